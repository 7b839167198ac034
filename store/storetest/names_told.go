package storetest

import (
	"context"
	"regexp"
	"slices"

	"postroom/desk"
)

// numbered are the ways in which somebody or something is told by its number.
var numbered = regexp.MustCompile(`^\d+$|\b(user|owner|assignee|inbox|account|team|stage|to): ?\d+\b`)

// counted are the kinds of which a number is the matter itself.
var counted = []desk.EventKind{desk.EventHistory, desk.EventKeyBegun, desk.EventRebuilt}

// namesInTheJournal reads at the end of every test what the journal tells of all
// that was done in it: names, and no numbers of people, teams, inboxes, accounts.
func (w *world) namesInTheJournal() {
	if w.maya == nil || w.t.Failed() {
		return
	}
	ctx := context.Background() // that of the test is over
	for _, kind := range []desk.EventKind{"", desk.EventRouted} {
		for q := (desk.JournalQuery{Kind: kind}); ; {
			page, err := w.maya.Journal(ctx, q)
			if err != nil {
				return // she is not of this desk any more, or it was taken away
			}
			for _, e := range page.Entries {
				for _, words := range []string{e.Was, e.Is} {
					if numbered.MatchString(words) && !slices.Contains(counted, e.Kind) {
						w.t.Errorf("the journal tells %q by a number: %s (%s)", e.Kind, words, e.After)
					}
				}
				if e.Who == "" {
					w.t.Errorf("the journal does not tell who: %+v", e)
				}
			}
			if q.Before = page.Next; q.Before == 0 {
				break
			}
		}
	}
}
