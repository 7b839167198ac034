package compose

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// longestWord is how long a word of the header may be before it is encoded,
// which is the only way to break it.
const longestWord = 60

// plainText tells whether a value can stand in an unstructured field as it is
// and comes back unchanged: printable ASCII, single blanks, nothing that looks
// like an encoded word.
func plainText(s string) bool {
	if s == "" || strings.Contains(s, "=?") {
		return s == ""
	}
	for _, word := range strings.Split(s, " ") {
		if word == "" || len(word) > longestWord {
			return false
		}
		for i := range len(word) {
			if word[i] <= ' ' || word[i] >= 0x7f {
				return false
			}
		}
	}
	return true
}

// phrase is a display name as the words of a header (RFC 5322 3.2.5): as it
// stands, in quotes, or encoded.
func phrase(name string) []string {
	name = strings.TrimSpace(name)
	if name == "" {
		return nil
	}
	if !plainText(name) {
		return encodedWords(name)
	}
	for i := range len(name) {
		if name[i] != ' ' && !isAtext(name[i]) {
			quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
			return strings.Split(quoted, " ")
		}
	}
	return strings.Split(name, " ")
}

// longestEncoded is short enough to stand behind any name of a field on a line of
// 76 characters, which is the limit for lines with such words (RFC 2047 2).
const longestEncoded = 64

// encodedWords writes a text in encoded words (RFC 2047), each of whole
// characters of the text: in Q where most of it stays readable, else in B. Blanks between the words mean nothing.
func encodedWords(s string) []string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	const room = longestEncoded - len("=?utf-8?q??=")
	q := 0
	for i := range len(s) {
		q += len(qByte(s[i]))
	}
	asQ := 2*q <= 3*base64.StdEncoding.EncodedLen(len(s))
	var words []string
	for len(s) > 0 {
		end, length := 0, 0
		for end < len(s) {
			_, size := utf8.DecodeRuneInString(s[end:])
			if asQ {
				for i := range size {
					length += len(qByte(s[end+i]))
				}
			} else {
				length = base64.StdEncoding.EncodedLen(end + size)
			}
			if length > room {
				break
			}
			end += size
		}
		words = append(words, encodedWord(s[:end], asQ))
		s = s[end:]
	}
	return words
}

func encodedWord(s string, asQ bool) string {
	if !asQ {
		return "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
	}
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(qByte(s[i]))
	}
	return "=?utf-8?q?" + b.String() + "?="
}

// qByte is one byte in the Q encoding, with the few characters that are safe
// in a phrase too (RFC 2047 5.3).
func qByte(c byte) string {
	switch {
	case c == ' ':
		return "_"
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '!', c == '*', c == '+', c == '-', c == '/':
		return string(rune(c))
	default:
		return fmt.Sprintf("=%02X", c)
	}
}
