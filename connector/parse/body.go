package parse

import (
	"slices"
	"strings"
	"unicode"
)

// body is what the text parts of a (sub)tree say. Pieces of text are kept in
// order; a piece from HTML is turned into text only when it is used.
type body struct {
	pieces []bodyPiece
	// notes tell of parts that are no text for people, such as invitations.
	// They are shown whichever form of the text is chosen.
	notes []string
	// spare is what is shown when the mail has no text at all.
	spare []spare
}

type bodyPiece struct {
	text   string // decoded text/plain, empty for a piece of HTML
	html   string // decoded text/html
	isHTML bool
}

// add takes over everything another body says.
func (b *body) add(other body) {
	b.pieces = append(b.pieces, other.pieces...)
	b.takeNotes(other)
}

// takeNotes takes over all but the text.
func (b *body) takeNotes(other body) {
	for _, note := range other.notes {
		if !slices.Contains(b.notes, note) {
			b.notes = append(b.notes, note)
		}
	}
	b.spare = append(b.spare, other.spare...)
}

// says tells whether there is any text.
func (b *body) says() bool {
	for _, p := range b.pieces {
		if strings.TrimSpace(p.text) != "" || p.isHTML && strings.TrimSpace(p.html) != "" {
			return true
		}
	}
	return false
}

func (b *body) hasText() bool {
	for _, p := range b.pieces {
		if !p.isHTML && strings.TrimSpace(p.text) != "" {
			return true
		}
	}
	return false
}

func (b *body) hasHTML() bool {
	for _, p := range b.pieces {
		if p.isHTML {
			return true
		}
	}
	return false
}

func (b *body) joinedHTML() string {
	var all []string
	for _, p := range b.pieces {
		if p.isHTML {
			all = append(all, p.html)
		}
	}
	return strings.Join(all, "\n")
}

// collect gathers the text of a part and puts everything else into the list
// of attachments, in the order of the message. top is true for the message
// itself, whose text is always its body, named or not.
func (r *reading) collect(p *part, top bool) body {
	if p.multipart() {
		return r.collectMultipart(p)
	}
	if content, ok := r.collectContainer(p); ok {
		return content
	}
	text := p.mediaType == "text/plain" || p.mediaType == "text/html" || p.mediaType == "text/enriched"
	if top && strings.HasPrefix(p.mediaType, "text/") {
		text = true
	}
	named := p.dispParams["filename"] != "" || p.params["name"] != ""
	if !text || p.attached() || named && !top {
		r.leaves = append(r.leaves, p)
		return body{}
	}
	content := r.partText(p)
	if p.mediaType == "text/html" || p.mediaType != "text/plain" && looksLikeHTML(content) {
		return body{pieces: []bodyPiece{{html: content, isHTML: true}}}
	}
	if looksLikeHTML(content) {
		r.defect("the plain text is HTML")
		return body{pieces: []bodyPiece{{html: content, isHTML: true}}}
	}
	return textBody(r.plainText(p, content))
}

func textBody(text string) body { return body{pieces: []bodyPiece{{text: text}}} }

func (r *reading) collectMultipart(p *part) body {
	switch p.mediaType {
	case "multipart/alternative":
		return r.collectAlternative(p)
	case "multipart/appledouble":
		return r.collectMixed(withoutForks(p))
	default:
		content := r.collectMixed(p)
		for _, child := range p.children {
			if child.mediaType == "application/pgp-encrypted" && !content.says() {
				content.pieces = []bodyPiece{{text: encryptedWords("OpenPGP", "")}}
			}
		}
		return content
	}
}

// collectMixed takes all parts one after the other. In multipart/related the
// start parameter of RFC 2387 names another beginning so rarely that the order
// decides there too.
func (r *reading) collectMixed(p *part) body {
	var all body
	for _, child := range p.children {
		all.add(r.collect(child, false))
	}
	return all
}

// collectAlternative chooses among the forms of one text (RFC 2046 section
// 5.1.4): the plain one for reading, the HTML one is kept beside it.
func (r *reading) collectAlternative(p *part) body {
	var plain, rich, all body
	for _, child := range p.children {
		b := r.collect(child, false)
		all.takeNotes(b)
		switch {
		case len(b.pieces) == 0:
		case b.hasHTML():
			rich = b
		case !plain.hasText():
			plain = b
		}
	}
	switch {
	case len(plain.pieces) == 0:
		all.pieces = rich.pieces
	case !rich.hasHTML():
		all.pieces = plain.pieces
	case !plain.hasText() || placeholder(plain, rich):
		all.pieces = rich.pieces
	default:
		// The HTML stays for BodyHTML, marked as already told by the plain text.
		all.pieces = append(plain.pieces, bodyPiece{html: rich.joinedHTML()})
	}
	return all
}

// placeholder tells whether a plain text only says that the mail is HTML: it
// has the words for that, and the HTML says something else.
func placeholder(plain, rich body) bool {
	text := ""
	for _, p := range plain.pieces {
		text += p.text
	}
	text = strings.TrimSpace(text)
	lower := strings.ToLower(text)
	if len(text) > 400 || !strings.Contains(lower, "html") && !strings.Contains(lower, "browser") && !strings.Contains(lower, "navigat") {
		return false
	}
	if !slices.ContainsFunc(viewWords(), func(word string) bool { return strings.Contains(lower, word) }) {
		return false
	}
	shown := onlyLetters(joinLines(renderHTML(rich.joinedHTML(), smallMail).lines))
	words := onlyLetters(text)
	return shown != "" && !strings.Contains(shown, words[:min(len(words), 40)])
}

// viewWords are the words of "your program cannot show HTML" in the languages
// in which programs write that.
func viewWords() []string {
	return []string{
		"view", "support", "capable", "fähig", "display", "enable", "read this", "see this", "anzeig", "darstell", "unterstütz", "afficher", "supporte", "compatible",
		"visualizar", "visualizza", "compatib", "ver este", "ver esta", "weergeven", "visa ", "vise ", "wyświetl", "zobraz", "megjelen", "görüntüle",
		"просмотр", "отобра", "перегля", "表示", "查看", "檢視", "표시",
	}
}

func onlyLetters(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
}

func looksLikeHTML(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) == 0 || s[0] != '<' {
		return false
	}
	start := strings.ToLower(s[:min(len(s), 20)])
	return strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") && len(start) > 5 &&
		(start[5] == '>' || start[5] == ' ' || start[5] == '\n')
}

// partText decodes a text part: transfer encoding, charset, line breaks.
func (r *reading) partText(p *part) string {
	data := r.textBytes(p)
	if p.mediaType != "text/html" {
		data = r.takeFiles(p, data)
	}
	charset := p.params["charset"]
	if charset == "" && p.mediaType == "text/html" {
		charset = metaCharset(data)
	}
	if len(data) > r.textLeft {
		r.defect("the text is too long and was cut")
		data = data[:r.textLeft]
	}
	text := r.decode(lineBreaks(data), charset)
	r.textLeft = max(0, r.textLeft-len(text))
	return text
}

// textBytes undoes the transfer encoding of a text.
func (r *reading) textBytes(p *part) []byte {
	if p.encoding != "base64" {
		return undoTransfer(p.body, p.encoding)
	}
	encoded, tail := cutBase64Tail(p.body)
	data := decodeBase64(encoded)
	if len(tail) == 0 {
		return data
	}
	r.defect("there is plain text behind the base64 of a text")
	if len(data) > 0 && data[len(data)-1] != '\n' {
		data = append(data, '\n')
	}
	return append(data, tail...)
}

func (r *reading) plainText(p *part, text string) string {
	if strings.EqualFold(p.params["format"], "flowed") {
		return unflow(text, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return text
}

// metaCharset finds the charset an HTML text names itself.
func metaCharset(data []byte) string {
	start := strings.ToLower(string(data[:min(len(data), 2048)]))
	meta := strings.Index(start, "<meta")
	if meta < 0 {
		return ""
	}
	at := strings.Index(start[meta:], "charset=")
	if at < 0 {
		return ""
	}
	label := strings.TrimLeft(start[meta+at+len("charset="):], "\"' ")
	if end := strings.IndexAny(label, "\"'/> ;"); end >= 0 {
		label = label[:end]
	}
	if label == "utf-16" || label == "utf-16le" || label == "utf-16be" {
		// An ASCII readable label cannot stand in UTF-16.
		return "utf-8"
	}
	return label
}
