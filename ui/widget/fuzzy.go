package widget

import (
	"strings"
	"unicode"
)

// Match rates how well a typed pattern finds a text: 0 is not at all, more is
// better. The letters must come in order; beginnings of words and letters in a
// row count for more, so that "ctm" finds "Close this mail" first.
func Match(pattern, text string) int {
	words := strings.Fields(strings.ToLower(pattern))
	if len(words) == 0 {
		return 1
	}
	runes := []rune(strings.ToLower(text))
	total := 0
	for _, w := range words {
		score := matchWord([]rune(w), runes)
		if score == 0 {
			return 0
		}
		total += score
	}
	return total
}

// matchWord takes the best of all places where the first letter stands.
func matchWord(p, text []rune) int {
	best := 0
	for from := range text {
		if text[from] != p[0] {
			continue
		}
		best = max(best, matchFrom(p, text, from))
	}
	return best
}

func matchFrom(p, text []rune, from int) int {
	score, run, at := 0, 0, from
	for _, r := range p {
		for at < len(text) && text[at] != r {
			at++
			run = 0
		}
		if at == len(text) {
			return 0
		}
		score++
		if at == 0 || !unicode.IsLetter(text[at-1]) && !unicode.IsDigit(text[at-1]) {
			score += 8
		}
		score += 3 * run
		run++
		at++
	}
	if from == 0 {
		score += 4
	}
	return score
}
