package parse

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// words decodes a header value that is text for people (RFC 2047): encoded
// words, also broken ones, and bytes that should have been encoded. hint is
// the charset of the body, which is the best guess for such bytes.
func (r *reading) words(value string) string {
	if strings.IndexByte(value, '=') < 0 && plainASCII(value) {
		return tidy(value)
	}
	var out strings.Builder
	var pending encodedWord
	rest := value
	for rest != "" {
		start := strings.Index(rest, "=?")
		if start < 0 {
			break
		}
		word, size, ok := readWord(rest[start:])
		if !ok {
			r.flush(&out, &pending)
			out.WriteString(r.rawText(rest[:start+2]))
			rest = rest[start+2:]
			continue
		}
		// White space between two encoded words is not shown.
		if between := rest[:start]; strings.TrimSpace(between) != "" || pending.charset == "" {
			r.flush(&out, &pending)
			out.WriteString(r.rawText(between))
		}
		rest = rest[start+size:]
		// A character may be split over two words, which RFC 2047 forbids and
		// many programs do: the bytes are joined before they are decoded.
		if pending.charset != "" && !strings.EqualFold(pending.charset, word.charset) {
			r.flush(&out, &pending)
		}
		pending.charset = word.charset
		pending.data = append(pending.data, word.data...)
	}
	r.flush(&out, &pending)
	out.WriteString(r.rawText(rest))
	return tidy(out.String())
}

// encodedWord is an encoded word with its transfer encoding already undone.
type encodedWord struct {
	charset string
	data    []byte
}

func (r *reading) flush(out *strings.Builder, w *encodedWord) {
	if w.charset == "" {
		return
	}
	out.WriteString(r.decode(w.data, w.charset))
	*w = encodedWord{}
}

// readWord reads the encoded word at the start of s. Blanks inside, a missing
// end and a language tag (RFC 2231 section 5) are accepted.
func readWord(s string) (word encodedWord, size int, ok bool) {
	charsetEnd := strings.IndexByte(s[2:min(len(s), 80)], '?')
	if charsetEnd <= 0 {
		return word, 0, false
	}
	charset := s[2 : 2+charsetEnd]
	if i := strings.IndexByte(charset, '*'); i > 0 {
		charset = charset[:i]
	}
	charset = strings.TrimSpace(charset)
	if strings.ContainsAny(charset, " \t\"<>@,=") {
		return word, 0, false
	}
	at := 2 + charsetEnd + 1
	if at+1 >= len(s) || s[at+1] != '?' {
		return word, 0, false
	}
	encoding := s[at] | 0x20
	if encoding != 'q' && encoding != 'b' {
		return word, 0, false
	}
	text := s[at+2:]
	end, closed := wordEnd(text)
	size = at + 2 + end
	if closed {
		size += 2
	}
	data := []byte(text[:end])
	if encoding == 'b' {
		data = decodeBase64(data)
	} else {
		data = decodeQ(data)
	}
	return encodedWord{charset: charset, data: data}, size, true
}

// wordEnd finds the closing ?= of an encoded text. A word that was never
// closed goes on to the next word, or else to the end of the value.
func wordEnd(text string) (end int, closed bool) {
	// To look no further than the next word keeps many open ones linear.
	if next := strings.Index(text, " =?"); next >= 0 {
		text = text[:next]
	}
	end = strings.Index(text, "?=")
	if end < 0 {
		return len(text), false
	}
	// In "=?utf-8?Q??=41?=" the first ?= belongs to the text.
	if end == 0 && len(text) > 3 && isHex(text[2]) && isHex(text[3]) {
		if more := strings.Index(text[2:], "?="); more >= 0 {
			return 2 + more, true
		}
	}
	return end, true
}

// decodeQ undoes the Q encoding of RFC 2047 section 4.2.
func decodeQ(s []byte) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return out
}

// rawText decodes header bytes that are in no encoded word: UTF-8 (RFC 6532),
// else whatever the mail itself lets one guess.
func (r *reading) rawText(s string) string {
	switch {
	case plainASCII(s):
		return s
	case utf8.ValidString(s) && strings.IndexByte(s, 0x1b) < 0:
		return clean(s)
	default:
		return r.decode([]byte(s), r.hint)
	}
}

// tidy makes one line of a decoded value: every run of white space and control
// characters becomes one blank.
func tidy(s string) string {
	if tidyAlready(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, c := range s {
		if c <= ' ' || c == 0x7f {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(c)
	}
	return b.String()
}

func tidyAlready(s string) bool {
	before := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c == 0x7f || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return s == "" || before != ' '
}

// plainASCII tells whether s is 7-bit text without an escape (ISO-2022-JP is
// 7-bit but not plain) and without NUL.
func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || s[i] == 0x1b || s[i] == 0 {
			return false
		}
	}
	return true
}

func plainASCIIBytes(s []byte) bool {
	return isASCII(s) && bytes.IndexByte(s, 0x1b) < 0 && bytes.IndexByte(s, 0) < 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	default:
		return c - '0'
	}
}

// lineBreaks turns CRLF and lone CR into LF.
func lineBreaks(b []byte) []byte {
	if bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for {
		i := bytes.IndexByte(b, '\r')
		if i < 0 {
			return append(out, b...)
		}
		out = append(append(out, b[:i]...), '\n')
		b = b[i+breakLength(b[i:]):]
	}
}
