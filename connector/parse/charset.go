package parse

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
)

// decode turns bytes of the labelled charset into valid UTF-8 without NUL.
// A label that is unknown or plainly wrong becomes a defect.
func (r *reading) decode(b []byte, label string) string {
	label = charsetLabel(label)
	if plainASCIIBytes(b) && !sevenBit(label) {
		return string(b)
	}
	text, defect := decodeCharset(b, label, r.hint)
	if defect != "" {
		r.defect(defect)
	}
	return clean(text)
}

// clean makes sure of valid UTF-8 and takes NUL out, which no database column
// of text may hold.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return s
}

// decodeCharset reads bytes by their label and, where it is missing or wrong,
// by what they look like and by the hint.
func decodeCharset(b []byte, label, hint string) (text, defect string) {
	switch {
	case unlabelled(label), label == "utf-8", label == "utf8", label == "unicode-1-1-utf-8":
		return decodeUnicode(b, label, hint)
	case label == "utf-7", label == "utf7", label == "unicode-1-1-utf-7":
		return decodeUTF7(b), ""
	case label == "iso-2022-kr", label == "csiso2022kr":
		return decodeISO2022KR(b), ""
	case wide(label):
		return decodeUTF16(b, label)
	}
	enc := lookupCharset(label)
	if enc == nil {
		if utf8.Valid(b) {
			return string(b), "charset " + label + " unknown, read as utf-8"
		}
		return windows1252(b), "charset " + label + " unknown, read as windows-1252"
	}
	if !isASCII(b) && utf8.Valid(b) && mustBeUTF8(b, enc) {
		return string(b), "charset " + label + " is wrong, read as utf-8"
	}
	if twin, name := controlTwin(label); twin != nil && hasC1(b) {
		enc = twin
		defect = "charset " + label + " is wrong, read as " + name
	}
	decoded, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return windows1252(b), "text is not in charset " + label + ", read as windows-1252"
	}
	if !isASCII(b) && utf8.Valid(b) && bytes.Contains(decoded, []byte("\uFFFD")) {
		return string(b), "charset " + label + " is wrong, read as utf-8"
	}
	return string(decoded), defect
}

// mustBeUTF8 tells whether valid UTF-8 with the label of another charset is
// UTF-8 all the same. In a single byte charset no text looks so by chance; in
// one of two bytes, a few characters may.
func mustBeUTF8(b []byte, enc encoding.Encoding) bool {
	if _, single := enc.(*charmap.Charmap); single {
		return true
	}
	good, _ := countUTF8(b)
	return good >= 6
}

// unlabelled tells whether a label says nothing about bytes beyond ASCII.
func unlabelled(label string) bool {
	switch label {
	case "", "us-ascii", "ascii", "7bit", "8bit", "default", "none", "unknown", "unknown-8bit", "x-unknown", "_autodetect", "_autodetect_all", "binary":
		return true
	}
	return false
}

// decodeUnicode reads bytes that are labelled UTF-8, ASCII or not at all.
func decodeUnicode(b []byte, label, hint string) (text, defect string) {
	if text, ok := markedUTF16(b); ok {
		return text, ""
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(b, 0x1b) >= 0 && isISO2022JP(b) {
		if decoded, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil {
			return string(decoded), "no charset, read as iso-2022-jp"
		}
	}
	if order, ok := guessUTF16(b, 30); ok && len(b) >= 16 {
		if decoded, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(b); err == nil {
			return string(decoded), "no charset, read as utf-16"
		}
	}
	if utf8.Valid(b) {
		return string(b), ""
	}
	if good, bad := countUTF8(b); good > bad {
		return string(b), "some bytes are not valid utf-8"
	}
	text, guess := guessed(b, hint)
	if label == "" || unlabelled(label) && !strings.HasSuffix(label, "ascii") {
		return text, "no charset, read as " + guess
	}
	return text, "charset " + label + " is wrong, read as " + guess
}

// guessed reads bytes by the hint, or as windows-1252 where that cannot be.
func guessed(b []byte, hint string) (text, charset string) {
	if hint != "" {
		if enc := lookupCharset(hint); enc != nil {
			decoded, err := enc.NewDecoder().Bytes(b)
			if err == nil && !bytes.Contains(decoded, []byte("\uFFFD")) {
				return string(decoded), hint
			}
		}
	}
	return windows1252(b), "windows-1252"
}

func isISO2022JP(b []byte) bool {
	return bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")) ||
		bytes.Contains(b, []byte("\x1b(J"))
}

// countUTF8 counts characters of several bytes and bytes that form none.
func countUTF8(b []byte) (good, bad int) {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		c, n := utf8.DecodeRune(b)
		if c == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	return good, bad
}

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func windows1252(b []byte) string {
	var out strings.Builder
	out.Grow(len(b) + len(b)/8)
	for _, c := range b {
		if c < utf8.RuneSelf {
			out.WriteByte(c)
			continue
		}
		out.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return out.String()
}

// decodeISO2022KR reads the Korean mail charset of RFC 1557: between the shift
// characters stands EUC-KR without its high bit.
func decodeISO2022KR(b []byte) string {
	out := make([]byte, 0, len(b))
	shifted := false
	b = bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)
	for _, c := range b {
		switch {
		case c == 0x0e:
			shifted = true
		case c == 0x0f:
			shifted = false
		case shifted && c > ' ' && c < 0x7f:
			out = append(out, c|0x80)
		default:
			out = append(out, c)
		}
	}
	decoded, err := korean.EUCKR.NewDecoder().Bytes(out)
	if err != nil {
		return string(out)
	}
	return string(decoded)
}

// decodeUTF7 reads RFC 2152. A plus sign that begins no code stays.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	out.Grow(len(b))
	utf16 := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	for len(b) > 0 {
		plus := bytes.IndexByte(b, '+')
		if plus < 0 {
			out.Write(b)
			break
		}
		out.Write(b[:plus])
		b = b[plus+1:]
		n := 0
		for n < len(b) && base64Values[b[n]] != notBase64 && b[n] != '-' && b[n] != '_' {
			n++
		}
		code := decodeBase64(b[:n])
		b = b[n:]
		closed := len(b) > 0 && b[0] == '-'
		if closed {
			b = b[1:]
		}
		if n == 0 {
			out.WriteByte('+')
			continue
		}
		if decoded, err := utf16.NewDecoder().Bytes(code[:len(code)&^1]); err == nil {
			out.Write(decoded)
		}
	}
	return out.String()
}
