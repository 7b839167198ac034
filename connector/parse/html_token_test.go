package parse

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"
)

// ourTokens writes the tokens that matter as text, texts that follow each
// other joined.
func ourTokens(source string) string {
	var b strings.Builder
	z := tokenizer{source: source}
	for t := (token{}); ; {
		switch z.next(&t); t.kind {
		case tokenEnd:
			return b.String()
		case tokenOther:
		case tokenText:
			b.WriteString(t.text)
		case tokenOpen:
			b.WriteString("\n<" + t.tag.String() + " " + t.href + "|" + t.style + "|" + t.class + "|" + t.alt + ">\n")
		case tokenClose:
			b.WriteString("\n</" + t.tag.String() + ">\n")
		}
	}
}

// theirTokens is the same from golang.org/x/net/html.
func theirTokens(source string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Raw())
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			values := map[string]string{}
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				if values[string(key)] == "" {
					values[string(key)] = string(value)
				}
			}
			b.WriteString("\n<" + known(name) + " " + values["href"] + "|" + values["style"] + "|" + values["class"] + "|" + values["alt"] + ">\n")
		case html.EndTagToken:
			name, _ := z.TagName()
			b.WriteString("\n</" + known(name) + ">\n")
		}
	}
}

func known(name []byte) string {
	if len(name) > 16 {
		return ""
	}
	return atom.Lookup(name).String()
}

func TestTokenizerAgrees(t *testing.T) {
	for name, raw := range corpus(t) {
		if source := parse(raw, Options{}).BodyHTML; ourTokens(source) != theirTokens(source) {
			t.Errorf("%s:\nours:\n%s\ntheirs:\n%s", name, ourTokens(source), theirTokens(source))
		}
	}
	pieces := rapid.SampledFrom([]string{
		"<p>", "</p>", "<a href=x>", "<a HREF = 'y z'>", `<a href="q" href="r" class=c>`, "<br/>", "<img alt=a/>", "</", "</>", "</ x>", "</a b='>'>",
		"<", "<1", "<!", "<!-->", "<!--->", "<!-- x -->", "<!-- x --!>", "<!-- x ->", "-->", "--", "<!doctype html>", "<![CDATA[x]]>", "<?php x ?>",
		"<style>", "</style>", "</STYLE >", "</stylex>", "<title>", "</title>", "<textarea>", "</textarea\n>", "<xmp>", "</xmp>",
		"text", " ", ">", "=", "'", `"`, "/", "<custom-element-name>", "<o:p>", "</o:p>", "&amp;", "<p\nstyle='a:b'\t>", "<div style=>", "<div =x>",
	})
	rapid.Check(t, func(t *rapid.T) {
		source := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), "")
		if ours, theirs := ourTokens(source), theirTokens(source); ours != theirs {
			t.Fatalf("%q:\nours:\n%s\ntheirs:\n%s", source, ours, theirs)
		}
	})
}
