package compose

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// How long a text may be, and how many links it may have, to be read as
// Markdown. Reading takes quadratic time for text made to be slow, and quoted
// text can come from anybody; what is beyond goes out with its lines as they
// are.
const (
	markdownCap = 64 << 10
	linkCap     = 500
)

// htmlPage turns Markdown into a page that means the same: nothing in it is
// loaded from anywhere, links lead to the web or to a mail address, and a line
// break stays where the author typed it.
func htmlPage(text string) (string, error) {
	var b bytes.Buffer
	b.WriteString("<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"></head>\n<body>\n")
	if len(text) > markdownCap || strings.Count(text, "](") > linkCap {
		fmt.Fprintf(&b, "<pre style=\"white-space:pre-wrap;font-family:inherit\">%s</pre>\n", util.EscapeHTML([]byte(text)))
	} else if err := markdown().Convert([]byte(mailLines(text)), &b); err != nil {
		return "", err
	}
	b.WriteString("</body>\n</html>\n")
	return b.String(), nil
}

// markdown is CommonMark with tables, strikethrough and bare links, less what
// surprises in a mail. Raw HTML is text like any other: "Map<String, Int>" must
// arrive. A line of dashes under a paragraph makes no heading of it: it is the
// beginning of a signature.
func markdown() goldmark.Markdown {
	parse := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
	return goldmark.New(
		goldmark.WithParser(parse),
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
		goldmark.WithRendererOptions(html.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(mailRenderer{}, 1))),
	)
}

// mailLines changes lines that mean one thing in Markdown and another in a
// mail, outside of code:
//
//   - A line that follows "> …" without a blank line still belongs to the
//     quotation there; in a mail it is the answer to it.
//   - Dashes under a line make a table of it there; in a mail two of them
//     begin a signature and more of them are a rule.
func mailLines(text string) string {
	var b strings.Builder
	depth, fence := 0, false
	for line := range strings.Lines(text) {
		now, rest := quoteDepth(line)
		content := strings.TrimSpace(rest)
		marks := strings.TrimSuffix(line, rest)
		if !fence && now < depth && content != "" {
			b.WriteString(strings.Repeat(">", now) + "\n")
		}
		if now == 0 && (strings.HasPrefix(content, "```") || strings.HasPrefix(content, "~~~")) {
			fence = !fence
		}
		dashes := content != "" && strings.Trim(content, "-:") == ""
		switch {
		case fence || !dashes:
			b.WriteString(line)
		case strings.Trim(content, "-") == "" && len(content) >= 3:
			b.WriteString(marks + "\n" + line)
		default:
			b.WriteString(marks + "\\" + rest)
		}
		depth = now
	}
	return b.String()
}

// quoteDepth counts the quotation marks before a line and gives what follows.
func quoteDepth(line string) (int, string) {
	depth := 0
	for {
		rest := strings.TrimLeft(line, " ")
		if len(line)-len(rest) > 3 || !strings.HasPrefix(rest, ">") {
			return depth, rest
		}
		depth++
		line = strings.TrimPrefix(rest[1:], " ")
	}
}

// mailRenderer writes links and quotations the way mail needs them.
type mailRenderer struct{}

// RegisterFuncs is how goldmark learns of the renderer.
func (m mailRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindLink, m.link)
	r.Register(ast.KindImage, m.image)
	r.Register(ast.KindAutoLink, m.autoLink)
	r.Register(ast.KindBlockquote, m.quote)
}

func (mailRenderer) link(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if l, ok := n.(*ast.Link); ok {
		anchor(w, l.Destination, entering)
	}
	return ast.WalkContinue, nil
}

// image makes a link of a picture: showing it would load it, and tell its host
// who reads the mail.
func (mailRenderer) image(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if i, ok := n.(*ast.Image); ok {
		anchor(w, i.Destination, entering)
	}
	return ast.WalkContinue, nil
}

func (mailRenderer) autoLink(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	l, ok := n.(*ast.AutoLink)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	to := l.URL(source)
	if l.AutoLinkType == ast.AutoLinkEmail && !bytes.HasPrefix(bytes.ToLower(to), []byte("mailto:")) {
		to = append([]byte("mailto:"), to...)
	}
	anchor(w, to, true)
	_, _ = w.Write(util.EscapeHTML(l.Label(source)))
	anchor(w, to, false)
	return ast.WalkContinue, nil
}

// anchor writes one end of a link; nothing when it leads to where no link of
// ours may lead. Errors of the writer come out when goldmark flushes it.
func anchor(w util.BufWriter, to []byte, begin bool) {
	switch {
	case !safeLink(string(to)):
	case begin:
		_, _ = w.WriteString(`<a href="`)
		_, _ = w.Write(util.EscapeHTML(util.URLEscape(to, true)))
		_, _ = w.WriteString(`">`)
	default:
		_, _ = w.WriteString("</a>")
	}
}

// safeLink lets through the web and mail, by name: a list of what is bad would
// never be complete.
func safeLink(to string) bool {
	u, err := url.Parse(to)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return u.Opaque != ""
	default:
		return false
	}
}

// quote marks a quotation so that mail programs can fold it away.
func (mailRenderer) quote(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<blockquote type=\"cite\" style=\"margin:0 0 0 .8ex;padding-left:1ex;border-left:2px solid #ccc\">\n")
	} else {
		_, _ = w.WriteString("</blockquote>\n")
	}
	return ast.WalkContinue, nil
}
