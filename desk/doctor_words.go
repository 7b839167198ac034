package desk

import (
	"slices"
	"strings"
	"unicode"
)

// Words are the arguments of the command that mends it, without its name; nil
// where that is no command of this program.
func (f Finding) Words() []string {
	words := shellWords(f.Fix)
	if len(words) < 2 || words[0] != "postroom" {
		return nil
	}
	return words[1:]
}

// Whole reports that the command can be run as it stands: nothing in it has to
// be filled in.
func (f Finding) Whole() bool {
	return f.Fix != "" && !slices.ContainsFunc(shellWords(f.Fix), func(w string) bool {
		if _, value, ok := strings.Cut(w, "="); ok {
			w = value
		}
		return strings.ContainsFunc(w, unicode.IsUpper) && !strings.ContainsFunc(w, unicode.IsLower)
	})
}

// shellWords takes apart what [command] has put together.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quoted, begun, bare := false, false, false
	for _, r := range line {
		switch {
		case bare:
			word.WriteRune(r)
			bare = false
		case r == '\'':
			quoted, begun = !quoted, true
		case r == '\\' && !quoted:
			bare = true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}
