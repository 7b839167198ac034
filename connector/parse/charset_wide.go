package parse

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// wide tells whether a label is one of the charsets whose characters have two
// or four bytes.
func wide(label string) bool {
	return strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "utf16") ||
		strings.HasPrefix(label, "utf-32") || strings.HasPrefix(label, "utf32") ||
		label == "unicode" || label == "ucs-2" || label == "iso-10646-ucs-2"
}

// decodeUTF16 reads UTF-16 (RFC 2781) and UTF-32. A byte order mark wins over
// the label, and where both are missing, the bytes tell which half of a
// character is the empty one.
func decodeUTF16(b []byte, label string) (text, defect string) {
	if plainASCIIBytes(b) {
		return string(b), "charset " + label + " is wrong, read as us-ascii"
	}
	if strings.Contains(label, "32") {
		order := utf32.BigEndian
		if strings.HasSuffix(label, "le") {
			order = utf32.LittleEndian
		}
		if decoded, err := utf32.UTF32(order, utf32.UseBOM).NewDecoder().Bytes(b); err == nil {
			return string(decoded), ""
		}
		return windows1252(b), "text is not in charset " + label + ", read as windows-1252"
	}
	if text, ok := markedUTF16(b); ok {
		return text, ""
	}
	order := unicode.BigEndian
	switch guess, ok := guessUTF16(b, 2); {
	case strings.HasSuffix(label, "le"):
		order = unicode.LittleEndian
	case ok && !strings.HasSuffix(label, "be"):
		order = guess
	}
	decoded, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(b)
	if err != nil {
		return windows1252(b), "text is not in charset " + label + ", read as windows-1252"
	}
	return string(decoded), ""
}

// markedUTF16 reads text that begins with the byte order mark of UTF-16.
func markedUTF16(b []byte) (text string, ok bool) {
	if !bytes.HasPrefix(b, []byte("\xff\xfe")) && !bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return "", false
	}
	decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(b)
	return string(decoded), err == nil
}

// guessUTF16 tells the byte order of UTF-16 without a mark by its zero bytes:
// text has blanks, digits and line breaks whose upper half is zero. ok is
// false when fewer than that many percent of the bytes are such halves.
func guessUTF16(b []byte, percent int) (order unicode.Endianness, ok bool) {
	b = b[:min(len(b), 4096)]
	if len(b) < 4 || bytes.IndexByte(b, 0) < 0 {
		return unicode.BigEndian, false
	}
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch {
	case zeros[0] > 8*zeros[1] && zeros[0]*100 > len(b)*percent:
		return unicode.BigEndian, true
	case zeros[1] > 8*zeros[0] && zeros[1]*100 > len(b)*percent:
		return unicode.LittleEndian, true
	default:
		return unicode.BigEndian, false
	}
}
