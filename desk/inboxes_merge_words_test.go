package desk

import (
	"slices"
	"testing"
)

// TestAMergeOfManySaysThatItTakesTime, and one of few does not.
func TestAMergeOfManySaysThatItTakesTime(t *testing.T) {
	for all, want := range map[int]bool{manyMerged - 1: false, manyMerged: true} {
		if got := slices.ContainsFunc(InboxMerge{All: all}.Effects(), func(e Effect) bool { return e.What == "time" }); got != want {
			t.Errorf("%d conversations: %v", all, got)
		}
	}
}
