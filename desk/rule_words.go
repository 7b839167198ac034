package desk

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wording is a text as rules compare it: its words in lower case, Latin letters
// without their accents, one blank before and behind each. So a word or a phrase
// is found as a part of it, and "invoice" is not found in "invoices". Where a
// script writes no blanks between words, each character is one.
//
// Searching folds in the same way, but also brings words to their stem, which a
// rule does not: what it does must be told from its text alone.
type wording string

// wordingOf folds a text. What has no word is empty.
func wordingOf(text string) wording {
	b := make([]byte, 1, len(text)+2)
	b[0] = ' '
	open := false
	end := func() {
		if open {
			b, open = append(b, ' '), false
		}
	}
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			switch {
			case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
				b, open = append(b, byte(r)), true
			case r >= 'A' && r <= 'Z':
				b, open = append(b, byte(r)+'a'-'A'), true
			default:
				end()
			}
		case r >= accentFirst && r < accentEnd && open: // it belongs to the letter before it
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
			end()
		case unbroken(r):
			end()
			b = append(utf8.AppendRune(b, r), ' ')
		default:
			b, open = utf8.AppendRune(b, unaccented(r)), true
		}
	}
	end()
	if len(b) == 1 {
		return ""
	}
	return wording(b)
}

// The block of combining marks.
const accentFirst, accentEnd = 0x300, 0x370

// unbroken reports whether a letter is of a script without blanks between words.
func unbroken(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// latin are the letters from À to ſ in lower case and without their accents; a
// dot stands for a letter that has none to lose.
const latin = "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y" +
	"aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll." +
	"...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz."

func unaccented(r rune) rune {
	const first = 'À'
	if n := int(r - first); n >= 0 && n < len(latin) && latin[n] != '.' {
		return rune(latin[n])
	}
	if r == 'ı' {
		return r // a letter of its own
	}
	return unicode.ToLower(unicode.ToUpper(r)) // by way of the capital: ς and σ
}

// has reports whether the words stand in the text, next to each other. With
// prefix the last of them may go on.
func (w wording) has(words wording, prefix bool) bool {
	if words == "" {
		return false
	}
	if prefix {
		words = words[:len(words)-1]
	}
	return strings.Contains(string(w), string(words))
}

// each gives the words of the text, in order.
func (w wording) each(give func(word string)) {
	for rest := string(w); len(rest) > 1; {
		end := strings.IndexByte(rest[1:], ' ') + 1
		give(rest[1:end])
		rest = rest[end:]
	}
}

// longest is the word that fewest texts will have.
func (w wording) longest() string {
	best := ""
	w.each(func(word string) {
		if len(word) > len(best) {
			best = word
		}
	})
	return best
}

// subjectOf is a subject without what answering and forwarding put in front of
// it: RE:, AW:, SV:, Fwd: and their kin, also numbered or repeated (row S105).
func subjectOf(subject string) string {
	for {
		subject = strings.TrimSpace(subject)
		colon := strings.IndexAny(subject, ":：")
		if colon <= 0 || colon > longestPrefix {
			return subject
		}
		word := strings.TrimRight(strings.ToLower(subject[:colon]), " ")
		if open := strings.IndexAny(word, "[(^"); open > 0 {
			word = strings.TrimRight(word[:open], " ")
		}
		if !isAnswerPrefix(word) {
			return subject
		}
		_, size := utf8.DecodeRuneInString(subject[colon:])
		subject = subject[colon+size:]
	}
}

const longestPrefix = 16

// isAnswerPrefix knows what mail programs write before the subject of an answer
// or of a forwarded mail, in the languages they are sold in.
func isAnswerPrefix(word string) bool {
	switch word {
	case "re", "aw", "sv", "antw", "antwoord", "odp", "rif", "r", "res", "vs", "ynt", "vá", "vb", "回复", "回覆", "答复", "返信",
		"fw", "fwd", "wg", "tr", "rv", "i", "enc", "vl", "doorst", "pd", "továbbítás", "ilt", "转发", "轉寄", "転送":
		return true
	default:
		return false
	}
}
