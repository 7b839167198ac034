package parse

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// rtfPrefix is what the dictionary of compressed RTF begins with (MS-OXRTFCP
// 2.1.2.1).
const rtfPrefix = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript ` +
	`\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" +
	`\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// inflateRTF undoes the compression of RTF in Outlook's containers
// (MS-OXRTFCP). cut is true where that gives more than limit bytes.
func inflateRTF(b []byte, limit int) (out []byte, cut bool) {
	const header, dictionary = 16, 4096
	if len(b) < header {
		return nil, false
	}
	kind := binary.LittleEndian.Uint32(b[8:])
	b = b[header:]
	if kind == 0x414c454d { // MELA: not compressed
		return b[:min(len(b), limit)], len(b) > limit
	}
	if kind != 0x75465a4c { // LZFu
		return nil, false
	}
	var window [dictionary]byte
	write := copy(window[:], rtfPrefix)
	put := func(c byte) {
		out = append(out, c)
		window[write] = c
		write = (write + 1) % dictionary
	}
	for len(b) > 0 {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0; bit++ {
			if len(out) >= limit {
				return out, true
			}
			if flags&(1<<bit) == 0 {
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out, false
			}
			reference := binary.BigEndian.Uint16(b)
			b = b[2:]
			read := int(reference >> 4)
			if read == write {
				return out, false // the mark of the end
			}
			for n := int(reference&15) + 2; n > 0; n-- {
				put(window[read])
				read = (read + 1) % dictionary
			}
		}
	}
	return out, false
}

// rtfReader turns RTF into text, or into the HTML that Outlook hides in it
// (MS-OXRTFEX).
type rtfReader struct {
	out     strings.Builder
	pending []byte // bytes of the code page not yet decoded
	charset string
	html    bool
	half    rune // the first half of a character beyond 16 bits
	stack   []rtfState
	rtfState
}

// rtfState is what a group in braces inherits and gives back.
type rtfState struct {
	skip    bool // a destination that is no text
	tag     bool // inside of \*\htmltag
	hidden  bool // \htmlrtf: for readers of RTF only
	unicode int  // how many characters to skip behind \u
}

// rtfDepth is how deeply groups may be nested; beyond it they share a state.
const rtfDepth = 500

// readRTF gives the text of an RTF document; isHTML is true when that is HTML.
func readRTF(src []byte) (text string, isHTML bool) {
	r := &rtfReader{charset: "windows-1252", rtfState: rtfState{unicode: 1}}
	depth := 0
	for i := 0; i < len(src); {
		switch c := src[i]; c {
		case '{':
			r.flush()
			if depth++; len(r.stack) < rtfDepth {
				r.stack = append(r.stack, r.rtfState)
			}
			i++
		case '}':
			r.flush()
			if n := len(r.stack); n > 0 && depth <= n {
				r.rtfState, r.stack = r.stack[n-1], r.stack[:n-1]
			}
			depth = max(0, depth-1)
			i++
		case '\\':
			i += r.control(src[i+1:]) + 1
		case '\r', '\n', 0:
			i++
		default:
			r.literal(c)
			i++
		}
	}
	r.flush()
	return r.out.String(), r.html
}

// shown tells whether text at this place is part of the document.
func (r *rtfReader) shown() bool {
	if r.html && r.tag {
		return true
	}
	return !r.skip && !r.hidden
}

func (r *rtfReader) literal(c byte) {
	if r.shown() {
		r.pending = append(r.pending, c)
	}
}

func (r *rtfReader) flush() {
	if len(r.pending) > 0 {
		text, _ := decodeCharset(r.pending, r.charset, "")
		r.out.WriteString(text)
		r.pending = r.pending[:0]
	}
}

func (r *rtfReader) write(s string) {
	if r.shown() {
		r.flush()
		r.out.WriteString(s)
	}
}

// control reads what stands behind a backslash and gives its length.
func (r *rtfReader) control(s []byte) int {
	if len(s) == 0 {
		return 0
	}
	if !letter(s[0]) {
		return r.symbol(s)
	}
	end := 0
	for end < len(s) && end < 32 && letter(s[end]) {
		end++
	}
	word := string(s[:end])
	digits := end
	if digits < len(s) && s[digits] == '-' {
		digits++
	}
	for digits < len(s) && digits-end < 12 && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	number, err := strconv.Atoi(string(s[end:digits]))
	if err != nil {
		number = 1
	}
	if digits < len(s) && s[digits] == ' ' {
		digits++
	}
	if word == "u" {
		return digits + r.unicodeChar(number, s[digits:])
	}
	r.word(word, number)
	return digits
}

// symbol reads a control of one character.
func (r *rtfReader) symbol(s []byte) int {
	switch s[0] {
	case '\'':
		if len(s) >= 3 && isHex(s[1]) && isHex(s[2]) {
			r.literal(unhex(s[1])<<4 | unhex(s[2]))
			return 3
		}
	case '*':
		// A destination that old readers have to skip: so do we, but for one.
		if len(s) > 8 && string(s[1:9]) == `\htmltag` {
			r.flush()
			r.tag = true
		} else {
			r.skip = true
		}
	case '~':
		r.write("\u00a0")
	case '_':
		r.write("-")
	case '\\', '{', '}':
		r.literal(s[0])
	case '\r', '\n':
		r.write("\n")
	}
	return 1
}

// unicodeChar writes the character of \u and gives the length of the
// replacement behind it, which is for readers that do not know it.
func (r *rtfReader) unicodeChar(number int, s []byte) int {
	if number < 0 {
		number += 1 << 16
	}
	c := rune(number)
	if whole := utf16.DecodeRune(r.half, c); whole != utf8.RuneError {
		c = whole
	}
	if r.half = rune(number); !utf16.IsSurrogate(c) && c > 0 {
		r.write(string(c))
	}
	length := 0
	for n := r.unicode; n > 0 && length < len(s); n-- {
		switch {
		case s[length] == '{' || s[length] == '}':
			return length
		case s[length] == '\\' && length+3 < len(s) && s[length+1] == '\'':
			length += 4
		case s[length] == '\\':
			return length
		default:
			length++
		}
	}
	return length
}

func (r *rtfReader) word(word string, number int) {
	switch word {
	case "par", "line", "row", "sect", "page":
		r.write("\n")
	case "tab", "cell":
		r.write("\t")
	case "emdash":
		r.write("—")
	case "endash":
		r.write("–")
	case "bullet":
		r.write("•")
	case "lquote":
		r.write("‘")
	case "rquote":
		r.write("’")
	case "ldblquote":
		r.write("“")
	case "rdblquote":
		r.write("”")
	case "uc":
		r.unicode = min(max(number, 0), 16)
	case "ansicpg":
		if label := "cp" + strconv.Itoa(number); lookupCharset(label) != nil {
			r.charset = label
		} else if number == 65001 {
			r.charset = "utf-8"
		}
	case "fromhtml":
		r.html = true
	case "htmlrtf":
		r.flush()
		r.hidden = number != 0
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "listtable", "listoverridetable", "fldinst", "pntext":
		r.flush()
		r.skip = true
	}
}
