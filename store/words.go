package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The words of a text as they stand in an index: PostgreSQL gets them from
// here, so that a desk finds the same on both databases, whatever extensions
// and locales a server has. SQLite's tokenizer ("porter unicode61
// remove_diacritics 2") makes them by itself; a test compares the two.

// maxWord is how many bytes of a word count.
const maxWord = 255

// eachWord gives the words of a text, in order.
func eachWord(text string, give func(word string)) {
	var b []byte
	end := func() {
		if len(b) > 0 {
			give(cut(stem(b)))
			b = b[:0]
		}
	}
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9'):
			b = append(b, byte(r))
		case r < utf8.RuneSelf && r >= 'A' && r <= 'Z':
			b = append(b, byte(r)+'a'-'A')
		case r < utf8.RuneSelf:
			end()
		case isWord(r):
			b = utf8.AppendRune(b, plain(r))
		case len(b) > 0 && isAccent(r): // it belongs to the letter before it
		default:
			end()
		}
	}
	end()
}

func cut(word []byte) string {
	if len(word) > maxWord {
		return strings.ToValidUTF8(string(word[:maxWord]), "")
	}
	return string(word)
}

// plain is a letter in lower case, and without its accents if it is a Latin
// one.
func plain(r rune) rune {
	const dotless = 'ı' // a letter of its own
	if r != dotless {
		// By way of the capital, which variants of a letter share: ς and σ.
		r = unicode.ToLower(unicode.ToUpper(r))
	}
	var buf [utf8.UTFMax]byte
	parts := norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).Decomposition()
	if len(parts) > 0 && parts[0] < utf8.RuneSelf {
		return rune(parts[0])
	}
	return r
}

// isAccent reports whether a combining mark vanishes within a word. It is
// SQLite's choice from the block of combining diacritical marks (U+0300 on).
func isAccent(r rune) bool {
	const first, marks = 0x300, 0x361F8_08029FDF
	return r >= first && r < first+50 && marks>>(r-first)&1 == 1
}
