package parse

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// decode turns bytes of the labelled charset into valid UTF-8 without NUL.
// A label that is unknown or plainly wrong becomes a defect.
func (r *reading) decode(b []byte, label string) string {
	label = charsetLabel(label)
	if plainASCIIBytes(b) && !sevenBit(label) {
		return string(b)
	}
	text, defect := decodeCharset(b, label)
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

func charsetLabel(label string) string {
	return strings.ToLower(strings.Trim(label, " \t\"'<>;"))
}

// sevenBit tells whether plain ASCII bytes can mean something else in this
// charset.
func sevenBit(label string) bool {
	return strings.HasPrefix(label, "utf-7") || strings.HasPrefix(label, "utf7") ||
		strings.HasPrefix(label, "hz") || strings.HasPrefix(label, "utf-16") ||
		strings.HasPrefix(label, "unicode-1-1-utf-7") || strings.HasPrefix(label, "iso-2022-kr")
}

func decodeCharset(b []byte, label string) (text, defect string) {
	switch label {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "7bit", "unicode-1-1-utf-8":
		return decodeUnicode(b, label)
	case "utf-7", "utf7", "unicode-1-1-utf-7":
		return decodeUTF7(b), ""
	case "iso-2022-kr":
		return decodeISO2022KR(b), ""
	}
	enc := lookupCharset(label)
	if enc == nil {
		if utf8.Valid(b) {
			return string(b), "charset " + label + " unknown, read as utf-8"
		}
		return windows1252(b), "charset " + label + " unknown, read as windows-1252"
	}
	if _, single := enc.(*charmap.Charmap); single && utf8.Valid(b) && !isASCII(b) {
		// Text in a single byte charset whose every high byte forms valid
		// UTF-8 is UTF-8 with a wrong label.
		return string(b), "charset " + label + " is wrong, read as utf-8"
	}
	decoded, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return windows1252(b), "text is not in charset " + label + ", read as windows-1252"
	}
	if bytes.Contains(decoded, []byte("\uFFFD")) && utf8.Valid(b) && !isASCII(b) {
		return string(b), "charset " + label + " is wrong, read as utf-8"
	}
	return string(decoded), ""
}

// decodeUnicode reads bytes that are labelled UTF-8, ASCII or not at all.
func decodeUnicode(b []byte, label string) (text, defect string) {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		if decoded, err := utf16.NewDecoder().Bytes(b); err == nil {
			return string(decoded), ""
		}
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(b, 0x1b) >= 0 && isISO2022JP(b) {
		if decoded, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil {
			return string(decoded), "no charset, read as iso-2022-jp"
		}
	}
	if utf8.Valid(b) {
		return string(b), ""
	}
	if good, bad := countUTF8(b); good > bad {
		return string(b), "some bytes are not valid utf-8"
	}
	if label == "" {
		return windows1252(b), "no charset, read as windows-1252"
	}
	return windows1252(b), "charset " + label + " is wrong, read as windows-1252"
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

// lookupCharset knows the names of the web, those of IANA, and the misspelt
// ones that mail programs really write.
func lookupCharset(label string) encoding.Encoding {
	switch label {
	case "hz-gb-2312", "hz":
		return simplifiedchinese.HZGB2312
	case "utf-16", "utf16", "unicode":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "cp932", "ms932", "windows-31j", "x-ms-cp932", "sjis", "shift-jis":
		return japanese.ShiftJIS
	case "cp50220", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-ms", "iso2022jp", "csiso2022jp":
		return japanese.ISO2022JP
	case "cp936", "gb-2312", "gb_2312", "ms936":
		return simplifiedchinese.GBK
	case "cp949", "uhc", "ks_c_5601", "ksc5601", "x-windows-949", "euckr":
		return korean.EUCKR
	}
	if enc, err := htmlindex.Get(label); err == nil {
		if name, err := htmlindex.Name(enc); err == nil && name != "replacement" {
			return enc
		}
	}
	if enc, err := ianaindex.MIME.Encoding(label); err == nil && enc != nil {
		return enc
	}
	for _, prefix := range []string{"windows", "win-", "win", "cp-", "cp", "ibm-", "x-cp"} {
		number, ok := strings.CutPrefix(label, prefix)
		if !ok {
			continue
		}
		if enc, err := htmlindex.Get("windows-" + number); err == nil {
			return enc
		}
		if enc, err := ianaindex.MIME.Encoding("ibm" + number); err == nil && enc != nil {
			return enc
		}
	}
	if number, ok := strings.CutPrefix(label, "iso8859"); ok {
		if enc, err := htmlindex.Get("iso-8859-" + strings.Trim(number, "-_")); err == nil {
			return enc
		}
	}
	return nil
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
