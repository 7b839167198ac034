package parse

import (
	"bytes"
	"strings"
)

// undoTransfer undoes the Content-Transfer-Encoding of a part (RFC 2045
// section 6). The result may share memory with body.
func undoTransfer(body []byte, encoding string) []byte {
	switch encoding {
	case "base64":
		return decodeBase64(body)
	case "quoted-printable":
		return decodeQuotedPrintable(body)
	case "x-uuencode":
		return decodeUU(body)
	default:
		return body
	}
}

// transferEncoding cleans the encoding's name; known is false for one that
// does not exist, whose body is then read as it stands.
func transferEncoding(value string) (name string, known bool) {
	if i := strings.IndexAny(value, ";(,"); i >= 0 {
		value = value[:i]
	}
	name = strings.ToLower(strings.Trim(value, " \t\"'"))
	if i := strings.IndexAny(name, " \t"); i > 0 {
		name = name[:i]
	}
	switch name {
	case "base64", "base-64", "b64":
		return "base64", true
	case "quoted-printable", "quotedprintable", "quoted_printable", "qp":
		return "quoted-printable", true
	case "x-uuencode", "x-uue", "uuencode", "uue", "x-uu":
		return "x-uuencode", true
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "8bits", "none":
		return "", true
	default:
		return name, false
	}
}

// base64Stream decodes base64 piece by piece, so that a large attachment is
// measured without being held in memory. Characters outside the alphabet are
// passed over (RFC 2045 section 6.8); padding in the middle, which joined
// attachments have, ends a group and reading goes on.
type base64Stream struct {
	group uint32
	count int
}

const notBase64 = 0xff

// base64Values maps a byte to its six bits. The URL alphabet is taken too.
var base64Values = func() (table [256]byte) {
	for i := range table {
		table[i] = notBase64
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		table[c] = byte(i)
	}
	table['-'], table['_'] = 62, 63
	return table
}()

// decode appends what src gives to dst.
func (s *base64Stream) decode(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		if s.count == 0 {
			for i+4 <= len(src) {
				a, b := base64Values[src[i]], base64Values[src[i+1]]
				c, d := base64Values[src[i+2]], base64Values[src[i+3]]
				if (a|b|c|d)&0xc0 != 0 {
					break
				}
				v := uint32(a)<<18 | uint32(b)<<12 | uint32(c)<<6 | uint32(d)
				dst = append(dst, byte(v>>16), byte(v>>8), byte(v))
				i += 4
			}
			if i >= len(src) {
				break
			}
		}
		c := src[i]
		i++
		if c == '=' {
			dst = s.end(dst)
			continue
		}
		v := base64Values[c]
		if v == notBase64 {
			continue
		}
		s.group = s.group<<6 | uint32(v)
		if s.count++; s.count == 4 {
			dst = append(dst, byte(s.group>>16), byte(s.group>>8), byte(s.group))
			s.group, s.count = 0, 0
		}
	}
	return dst
}

// end appends the bytes of an unfinished group.
func (s *base64Stream) end(dst []byte) []byte {
	switch s.count {
	case 2:
		dst = append(dst, byte(s.group>>4))
	case 3:
		dst = append(dst, byte(s.group>>10), byte(s.group>>2))
	}
	s.group, s.count = 0, 0
	return dst
}

func decodeBase64(src []byte) []byte {
	var s base64Stream
	dst := s.decode(make([]byte, 0, len(src)/4*3+3), src)
	return s.end(dst)
}

// sampleSize is how much of a body is looked at to see what it is.
const sampleSize = 4 << 10

// foreignShare is the percentage of bytes beyond which something is no base64
// with noise in it, but text: in the languages of the longest words, more than
// this are blanks, punctuation and letters outside of ASCII.
const foreignShare = 12

// plausibleBase64 tells whether a body can be base64. Some programs announce
// it and send plain text.
func plausibleBase64(body []byte) bool {
	sample := bytes.TrimSpace(body[:min(len(body), sampleSize)])
	foreign := 0
	for i, c := range sample {
		foreign += foreignToBase64(sample, i, c)
	}
	return foreign*100 <= len(sample)*foreignShare
}

// foreignToBase64 is 1 for a byte that base64 does not have: what is not in
// its alphabet, and a blank between two words.
func foreignToBase64(b []byte, i int, c byte) int {
	switch {
	case base64Values[c] != notBase64, c == '=', c == '\r', c == '\n':
		return 0
	case isSpace(c) && (i+1 >= len(b) || b[i+1] <= ' ' || i == 0 || b[i-1] <= ' '):
		return 0
	default:
		return 1
	}
}

// cutBase64Tail divides the base64 of a text from the lines of plain text that
// a mailing list or a virus scanner has put behind it.
func cutBase64Tail(body []byte) (encoded, tail []byte) {
	// A line that is no base64 may be noise: what follows decides, and that is
	// looked at a few times only.
	for pos, looks := 0, 0; pos < len(body) && looks < 20; {
		line, next := cutLine(body, pos)
		foreign := 0
		for i, c := range line {
			foreign += foreignToBase64(line, i, c)
		}
		ruler := len(line) > 1 && len(bytes.Trim(line, "-_ \t")) == 0
		if pos > 0 && (ruler || foreign*100 > len(line)*foreignShare) {
			if looks++; !plausibleBase64(body[pos:]) {
				return body[:pos], body[pos:]
			}
		}
		pos = next
	}
	return body, nil
}

// decodeQuotedPrintable undoes quoted-printable (RFC 2045 section 6.7). An
// equals sign that begins no code stays as it is.
func decodeQuotedPrintable(src []byte) []byte {
	if bytes.IndexByte(src, '=') < 0 {
		return src
	}
	dst := make([]byte, 0, len(src))
	for len(src) > 0 {
		eq := bytes.IndexByte(src, '=')
		if eq < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:eq]...)
		src = src[eq:]
		if len(src) >= 3 && isHex(src[1]) && isHex(src[2]) {
			dst = append(dst, unhex(src[1])<<4|unhex(src[2]))
			src = src[3:]
			continue
		}
		if n := softBreak(src); n > 0 {
			src = src[n:]
			continue
		}
		dst = append(dst, '=')
		src = src[1:]
	}
	return dst
}

// softBreak gives the length of the soft line break at the start of src, which
// some programs follow with blanks, or 0 if there is none.
func softBreak(src []byte) int {
	i := 1
	for i < len(src) && isSpace(src[i]) {
		i++
	}
	switch {
	case i == len(src):
		return i
	case src[i] == '\n':
		return i + 1
	case src[i] == '\r':
		if i+1 < len(src) && src[i+1] == '\n' {
			return i + 2
		}
		return i + 1
	default:
		return 0
	}
}
