package store

import (
	"fmt"
	"iter"
	"math"

	"postroom/desk"
)

// A search shows the newest hits, and an inverted index of PostgreSQL gives
// hits in no order: of a common word among a million messages it would have to
// give them all. So the rows of the index carry marks for the time of their
// message, and a search asks for its words together with the marks of a short
// span of time. The index walks the shorter of its lists, which is that of the
// span. If the span does not fill the window, the next one is longer: five
// spans reach over everything.

// The ids of messages are their seconds, shifted (desk.FirstMessageID). A mark
// names a block of seconds: of 18 hours, 12 days or half a year.
const (
	secondBits = 20
	blockBits  = 16
	levelBits  = 4
	levels     = 3
)

// blockOf is the number of a message's block on a level.
func blockOf(id desk.MessageID, level int) int64 {
	return int64(id) >> (secondBits + blockBits + levelBits*level)
}

// blockStart is the first id of a block.
func blockStart(block int64, level int) desk.MessageID {
	return desk.MessageID(block << (secondBits + blockBits + levelBits*level))
}

func markOf(block int64, level int) string { return fmt.Sprintf("@%c%d", 'a'+level, block) }

// marksOf are the marks of a message or note.
func marksOf(id desk.MessageID) []string {
	var list []string
	for level := range levels {
		list = append(list, markOf(blockOf(id, level), level))
	}
	return list
}

// span is a range of ids, first <= id < end, and the marks that all messages in
// it have one of; without marks it has to be looked for everywhere.
type span struct {
	first, end desk.MessageID
	marks      []string
}

// goOn leaves out what has been read, up to the given id.
func (s *span) goOn(last desk.MessageID, back bool) {
	if back {
		s.first = last + 1
	} else {
		s.end = last
	}
}

// spans are the spans of a window, in the order of its reading: from the hit it
// begins at, or from the newest message, to the end.
func (s search) spans(newest desk.MessageID) iter.Seq[span] {
	begin := s.from
	switch {
	case begin == 0:
		begin = newest + 1
	case s.win.Back != s.win.Include:
		begin++ // up behind it, or down with it
	}
	if s.win.Back {
		return spansUp(begin, newest)
	}
	return spansDown(begin)
}

// perSpan is how many blocks a span has at least.
const perSpan = 2

// spansDown are the spans below an id, each eight times as long as the one
// before.
func spansDown(end desk.MessageID) iter.Seq[span] {
	return func(yield func(span) bool) {
		for blocks, level := int64(perSpan), 0; end > 1; blocks *= 8 {
			for blocks > 16 && level < levels {
				blocks, level = blocks>>levelBits, level+1
			}
			sp := span{first: 1, end: end}
			if level < levels {
				last := blockOf(end-1, level)
				first := max(last-blocks+1, 0)
				sp.first = max(blockStart(first, level), 1)
				for b := first; b <= last; b++ {
					sp.marks = append(sp.marks, markOf(b, level))
				}
			}
			if !yield(sp) {
				return
			}
			end = sp.first
		}
	}
}

// spansUp are the spans from an id on.
func spansUp(first, newest desk.MessageID) iter.Seq[span] {
	return func(yield func(span) bool) {
		for blocks, level := int64(perSpan), 0; first <= newest; blocks *= 8 {
			for blocks > 16 && level < levels {
				blocks, level = blocks>>levelBits, level+1
			}
			sp := span{first: first, end: math.MaxInt64}
			if level < levels {
				from := blockOf(first, level)
				sp.end = blockStart(from+blocks, level)
				for b := from; b < from+blocks; b++ {
					sp.marks = append(sp.marks, markOf(b, level))
				}
			}
			if !yield(sp) {
				return
			}
			first = sp.end
		}
	}
}
