package thread

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/widget"
)

// sheet is a text and what it is to become. A reply and a note may both have
// been begun in one conversation: then each has a sheet, and what stands on one
// never gets onto the other.
type sheet struct {
	kind  desk.DraftKind
	text  widget.Editor
	saves saving
	// private says that the text has been a note for the team.
	private bool
	// fresh is the number of edits up to which a note has nothing private: when
	// it was begun, or was made from a reply; -1 where there is none.
	fresh int
}

// saving is how the text in the store compares with the one on the screen.
type saving struct {
	edits int // every change of the text or a field, counted by the composer
	asked int // the edits that were given to the store
	done  int // the edits that it has
	at    time.Time
	gone  desk.DraftKind // see [keeping]
}

// fill puts a stored text onto the sheet.
func (s *sheet) fill(d desk.Draft) {
	s.kind = d.Kind
	s.text.Set(d.Text)
	s.text.End()
	if d.ID != 0 {
		s.saves.at = d.UpdatedAt
	}
	s.fresh = s.text.Edits()
	if !s.blank() {
		s.fresh = -1
	}
}

func (s *sheet) blank() bool { return strings.TrimSpace(s.text.Value()) == "" }

// draftSaved is the fact that texts have been given to the store.
type draftSaved struct {
	owned
	kept []kept
}

// kept is how it went with one of them.
type kept struct {
	kind  desk.DraftKind
	edits int
	err   error
}

// save gives the store what is new on the sheets. It is one command, so that
// whoever leaves can wait for it.
func (c *composer) save() tea.Cmd {
	if !c.ready {
		return nil
	}
	var list []keeping
	for _, s := range [...]*sheet{&c.sheet, &c.aside} {
		k := &s.saves
		if s.kind == "" || k.edits == k.asked {
			continue
		}
		k.asked = k.edits
		d := c.draft(s)
		list = append(list, keeping{draft: d, edits: k.edits, empty: c.empty(d), gone: k.gone})
	}
	if len(list) == 0 {
		return nil
	}
	keep, sh := c.keep, c.sh
	return shell.Do(sh, func(ctx context.Context) ([]kept, error) {
		var done []kept
		for _, t := range list {
			done = append(done, kept{t.draft.Kind, t.edits, keep.save(ctx, sh.Desk, t)})
		}
		return done, nil
	}, func(done []kept, _ error) tea.Msg { return draftSaved{owned{c}, done} })
}

// flush is save for whoever does not come back: it waits for what the store has
// been given already, too, and tells how that went.
func (c *composer) flush() tea.Cmd {
	for _, s := range [...]*sheet{&c.sheet, &c.aside} {
		s.saves.asked = min(s.saves.asked, s.saves.done)
	}
	return c.save()
}

// stored reports whether the store has all that has been written.
func (c *composer) stored() bool {
	return c.saves.done == c.saves.edits && c.aside.saves.done == c.aside.saves.edits
}

// Unkept is why a text could not be stored; nil if all of them were.
func (s draftSaved) Unkept() error {
	for _, k := range s.kept {
		if k.err != nil {
			return k.err
		}
	}
	return nil
}

func (c *composer) saved(s draftSaved) tea.Cmd {
	var cmds []tea.Cmd
	for _, k := range s.kept {
		for _, on := range [...]*sheet{&c.sheet, &c.aside} {
			if on.kind == k.kind {
				cmds = append(cmds, c.settled(&on.saves, k))
			}
		}
	}
	switch {
	case s.Unkept() != nil:
		c.leaving = false
	case c.leaving && c.stored():
		cmds = append(cmds, c.host.stop())
	}
	return tea.Batch(cmds...)
}

func (c *composer) settled(s *saving, k kept) tea.Cmd {
	if k.err != nil {
		s.asked = min(s.asked, k.edits-1)
		c.problem, c.unsaved = safe.Sprintf("The draft is not saved: %s", shell.Sentence(k.err)), true
		return c.arm(draftRetry)
	}
	if c.unsaved {
		c.problem, c.unsaved = safe.Text{}, false
	}
	s.done, s.at = max(s.done, k.edits), c.sh.Now()
	if s.edits == k.edits {
		s.gone = ""
	}
	return nil
}
