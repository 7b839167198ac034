package parse

import "strings"

// answeredBelow is whether the text above an earlier mail says that its
// answers stand inside it, where nothing sets them apart.
type answeredBelow uint8

const (
	answeredUnknown answeredBelow = iota
	answeredAbove
	answeredInside
)

// pointCap is how long an answer may be that points at what stands below it.
// Longer ones say themselves what they have to say.
const pointCap = 800

// pointsBelow tells whether the text above line i, where the first earlier
// mail begins, points into it. Then that mail is shown with the answers.
func (s *splitter) pointsBelow(i int) bool {
	if s.points == answeredUnknown {
		s.points = answeredAbove
		if own := strings.ToLower(s.ownAbove(i)); containsWord(own, belowPhrases) || containsWord(own, belowWords) && containsWord(own, insideWords) {
			s.points = answeredInside
		}
	}
	return s.points == answeredInside
}

// ownAbove gives the text above line i, or nothing if it is long.
func (s *splitter) ownAbove(i int) string {
	var own []string
	size := 0
	for j, l := range s.lines[:i] {
		s.work++
		if s.kinds[j] != kindText {
			continue
		}
		if size += len(l.text); size > pointCap {
			return ""
		}
		own = append(own, l.text)
	}
	return strings.Join(own, " ")
}
