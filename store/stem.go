package store

import "bytes"

// stem takes the English endings off a word in lower case, after M. F. Porter,
// "An algorithm for suffix stripping" (1980), with the two endings he changed
// later (bli, logi). Words of less than three bytes and very long ones stay.
func stem(word []byte) []byte {
	const longest = 64
	if len(word) < 3 || len(word) > longest {
		return word
	}
	w := plural(word)
	w = pastOrGerund(w)
	if n := len(w) - 1; w[n] == 'y' && hasVowel(w[:n]) {
		w[n] = 'i'
	}
	w = replaceEnding(w, doubleEndings(), 0)
	w = replaceEnding(w, longEndings(), 0)
	w = replaceEnding(w, lastEndings(), 1)
	return tidy(w)
}

// plural is step 1a.
func plural(w []byte) []byte {
	n := len(w)
	switch {
	case w[n-1] != 's':
		return w
	case n > 4 && bytes.HasSuffix(w, []byte("sses")), n > 3 && bytes.HasSuffix(w, []byte("ies")):
		return w[:n-2]
	case w[n-2] == 's':
		return w
	default:
		return w[:n-1]
	}
}

// pastOrGerund is step 1b.
func pastOrGerund(w []byte) []byte {
	n := len(w)
	switch {
	case n > 3 && bytes.HasSuffix(w, []byte("eed")):
		if measure(w[:n-3]) > 0 {
			return w[:n-1]
		}
		return w
	case n > 2 && bytes.HasSuffix(w, []byte("ed")) && hasVowel(w[:n-2]):
		w = w[:n-2]
	case n > 3 && bytes.HasSuffix(w, []byte("ing")) && hasVowel(w[:n-3]):
		w = w[:n-3]
	default:
		return w
	}
	n = len(w)
	for _, ending := range []string{"at", "bl", "iz"} {
		if n > 2 && bytes.HasSuffix(w, []byte(ending)) {
			return append(w, 'e')
		}
	}
	switch last := w[n-1]; {
	case n > 1 && last == w[n-2] && !isVowel(last) && last != 'l' && last != 's' && last != 'z':
		return w[:n-1]
	case measure(w) == 1 && closed(w):
		return append(w, 'e')
	}
	return w
}

// tidy is step 5: a silent e, a double l.
func tidy(w []byte) []byte {
	n := len(w)
	if w[n-1] == 'e' {
		if m := measure(w[:n-1]); m > 1 || m == 1 && !closed(w[:n-1]) {
			w = w[:n-1]
		}
	}
	n = len(w)
	if n > 1 && w[n-1] == 'l' && w[n-2] == 'l' && measure(w[:n-1]) > 1 {
		w = w[:n-1]
	}
	return w
}

// ending is one and what stands for it afterwards.
type ending struct{ from, to string }

// doubleEndings are those of step 2, the longer ones first.
func doubleEndings() []ending {
	return []ending{
		{"ational", "ate"},
		{"ization", "ize"},
		{"iveness", "ive"},
		{"fulness", "ful"},
		{"ousness", "ous"},
		{"tional", "tion"},
		{"biliti", "ble"},
		{"entli", "ent"},
		{"ousli", "ous"},
		{"ation", "ate"},
		{"alism", "al"},
		{"aliti", "al"},
		{"iviti", "ive"},
		{"enci", "ence"},
		{"anci", "ance"},
		{"izer", "ize"},
		{"logi", "log"},
		{"alli", "al"},
		{"ator", "ate"},
		{"bli", "ble"},
		{"eli", "e"},
	}
}

// longEndings are those of step 3.
func longEndings() []ending {
	return []ending{{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ness", ""}, {"ful", ""}}
}

// lastEndings are those of step 4.
func lastEndings() []ending {
	return []ending{
		{"ement", ""},
		{"ance", ""},
		{"ence", ""},
		{"able", ""},
		{"ible", ""},
		{"ment", ""},
		{"sion", "s"},
		{"tion", "t"},
		{"ant", ""},
		{"ent", ""},
		{"ism", ""},
		{"ate", ""},
		{"iti", ""},
		{"ous", ""},
		{"ive", ""},
		{"ize", ""},
		{"al", ""},
		{"er", ""},
		{"ic", ""},
		{"ou", ""},
	}
}

// replaceEnding replaces the first ending that fits if what is before it is
// long enough.
func replaceEnding(w []byte, endings []ending, above int) []byte {
	for _, e := range endings {
		if len(w) <= len(e.from) || !bytes.HasSuffix(w, []byte(e.from)) {
			continue
		}
		rest := w[:len(w)-len(e.from)]
		// The s or t before "ion" belongs to what is measured.
		measured := rest
		if e.to == "s" || e.to == "t" {
			measured = w[:len(rest)+1]
		}
		if measure(measured) > above {
			return append(rest, e.to...)
		}
		return w
	}
	return w
}

func isVowel(c byte) bool { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' }

// consonants calls see for each letter; a y behind a consonant is a vowel.
func consonants(w []byte, see func(consonant bool)) {
	consonant := false
	for _, c := range w {
		consonant = !isVowel(c) && (c != 'y' || !consonant)
		see(consonant)
	}
}

// measure is how many times a vowel is followed by a consonant.
func measure(w []byte) int {
	m, vowel := 0, false
	consonants(w, func(consonant bool) {
		if consonant && vowel {
			m++
		}
		vowel = !consonant
	})
	return m
}

func hasVowel(w []byte) bool {
	found := false
	consonants(w, func(consonant bool) { found = found || !consonant })
	return found
}

// closed reports whether a word ends in consonant, vowel, consonant, the last
// of which is not w, x or y.
func closed(w []byte) bool {
	if len(w) < 3 || bytes.IndexByte([]byte("wxy"), w[len(w)-1]) >= 0 {
		return false
	}
	last := 0
	consonants(w, func(consonant bool) {
		last <<= 1
		if consonant {
			last |= 1
		}
	})
	return last&7 == 5
}
