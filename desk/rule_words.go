package desk

import (
	"math/bits"
	"slices"
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

// wordingOf folds a text. What has no word is empty. Every mail goes through it
// whole, so the letters that nearly all mail is written with are looked up, and
// where a word ends is counted instead of asked: a processor that guesses which
// letter is a word's last one is wrong at every word.
func wordingOf(text string) wording {
	b := make([]byte, len(text)+2)
	b[0] = ' '
	n, open := 1, 0 // open is 1 while a word has not ended
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			folded := ascii[c]
			letter := int(folded>>4|folded>>6) & 1 // 0 for the blank alone
			b[n] = folded
			n += letter | open
			open = letter
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		f, kind := foldRune(r)
		switch kind {
		case accent:
			if open == 1 { // it belongs to the letter before it
				continue
			}
		case inWord:
			b, open = utf8.AppendRune(b[:n], f), 1
			n = len(b)
		case wordAlone, noWord:
			if b = b[:n]; open == 1 {
				b, open = append(b, ' '), 0
			}
			if kind == wordAlone {
				b = append(utf8.AppendRune(b, f), ' ')
			}
			n = len(b)
		}
		// Few letters become longer, but those that follow need their room.
		b = slices.Grow(b[:n], len(text)-i+1)
		b = b[:cap(b)]
	}
	if open == 1 {
		b[n] = ' '
		n++
	}
	if n == 1 {
		return ""
	}
	return wording(b[:n])
}

// ascii are the first 128 characters, folded; a blank for what is no word.
const ascii = "                                " +
	"                0123456789      " +
	" abcdefghijklmnopqrstuvwxyz     " +
	" abcdefghijklmnopqrstuvwxyz     "

// runeKind is what a character is to a word.
type runeKind uint8

const (
	noWord    runeKind = iota // it ends one
	inWord                    // it is part of one
	wordAlone                 // it is one
	accent                    // it is part of the letter before it
)

// foldRune folds a character that is not ASCII.
func foldRune(r rune) (rune, runeKind) {
	if n := int(r - latinFirst); n >= 0 && n < len(latin) && latin[n] != '.' {
		return rune(latin[n]), inWord
	}
	switch {
	case r >= 'А' && r <= 'Я':
		return r - 'А' + 'а', inWord
	case r >= 'а' && r <= 'я':
		return r, inWord
	case r >= accentFirst && r < accentEnd:
		return r, accent
	case !unicode.IsLetter(r) && !unicode.IsNumber(r):
		return r, noWord
	case unbroken(r):
		return r, wordAlone
	case r == 'ı': // a letter of its own
		return r, inWord
	default:
		return unicode.ToLower(unicode.ToUpper(r)), inWord // by way of the capital: ς and σ
	}
}

// The block of combining marks.
const accentFirst, accentEnd = 0x300, 0x370

// unbroken reports whether a letter is of a script without blanks between words.
func unbroken(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

const latinFirst = 'À'

// latin are the letters from À to ſ in lower case and without their accents; a
// dot stands for a letter that has none to lose.
const latin = "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y" +
	"aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll." +
	"...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz."

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

// each gives the words of the text, in order, with their heads.
func (w wording) each(give func(head uint64, word string)) {
	for at := 1; at < len(w); {
		n, head := w.next(at)
		if n > 0 {
			give(head, string(w[at:at+n]))
		}
		at += n + 1
	}
}

// next is how long the word at a place is, 0 where there is none, and its head.
func (w wording) next(at int) (n int, head uint64) {
	rest := string(w[at:])
	if len(rest) < headBytes {
		n = strings.IndexByte(rest, ' ')
		return n, headOf(rest[:n])
	}
	head = load(rest)
	// The lowest byte that is a blank has its highest bit set here.
	blanks := head ^ 0x2020202020202020
	if blanks = (blanks - 0x0101010101010101) &^ blanks & 0x8080808080808080; blanks != 0 {
		n = bits.TrailingZeros64(blanks) / 8
		return n, head & (1<<(8*n) - 1)
	}
	return headBytes + strings.IndexByte(rest[headBytes:], ' '), head
}

// longest is the word that fewest texts will have.
func (w wording) longest() string {
	best := ""
	w.each(func(_ uint64, word string) {
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
