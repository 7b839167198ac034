package triage

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// mostChosen is how many conversations one action may be about.
const mostChosen = 5000

// toggle selects the row under the cursor, or not any more, and goes on to the
// next.
func (s *Screen) toggle(action.Target) tea.Cmd {
	cur := s.win.current()
	if cur == nil {
		return nil
	}
	if i := slices.Index(s.chosen, cur.ID); i >= 0 {
		s.chosen = slices.Delete(s.chosen, i, i+1)
	} else {
		s.chosen = append(s.chosen, cur.ID)
	}
	s.mark = s.anchor(*cur)
	return s.step(1)
}

// selectRange selects from the last row selected to the one under the cursor.
func (s *Screen) selectRange(action.Target) tea.Cmd {
	cur := s.win.current()
	if cur == nil || s.mark.ID == 0 {
		return s.toggle(nil)
	}
	from := s.win.index(s.mark.ID)
	if from < 0 {
		return s.selectFar(s.mark, s.anchor(*cur))
	}
	a, b := min(from, s.win.cursor), max(from, s.win.cursor)
	var ids []desk.ConversationID
	for _, r := range s.win.rows[a : b+1] {
		ids = append(ids, r.ID)
	}
	s.add(ids)
	return nil
}

// add selects what is not selected yet.
func (s *Screen) add(ids []desk.ConversationID) {
	seen := make(map[desk.ConversationID]bool, len(s.chosen)+len(ids))
	for _, id := range s.chosen {
		seen[id] = true
	}
	for _, id := range ids {
		if !seen[id] {
			s.chosen = append(s.chosen, id)
		}
	}
}

// selectFar selects a range that begins outside of what is in memory.
func (s *Screen) selectFar(a, b desk.Cursor) tea.Cmd {
	if (s.where.view.Sort == desk.ByNewest) == (a.Key < b.Key) {
		a, b = b, a
	}
	v, d := s.where.view, s.sh.Desk
	return s.ranges.Ask(s.sh.Context(), func(ctx context.Context) ([]desk.ConversationID, error) {
		return between(ctx, d, v, a, b)
	})
}

// selectAll selects everything in the view, also what is not in memory.
func (s *Screen) selectAll(action.Target) tea.Cmd {
	if !s.win.above && !s.win.below {
		s.chosen = s.chosen[:0]
		for _, r := range s.win.rows {
			s.chosen = append(s.chosen, r.ID)
		}
		return nil
	}
	v, d := s.where.view, s.sh.Desk
	return s.ranges.Ask(s.sh.Context(), func(ctx context.Context) ([]desk.ConversationID, error) {
		return between(ctx, d, v, desk.Cursor{}, end(v.Sort))
	})
}

// between reads the numbers of a view from one place to another, both
// included.
func between(ctx context.Context, d shell.Desk, v desk.View, from, to desk.Cursor) ([]desk.ConversationID, error) {
	var ids []desk.ConversationID
	include := true
	for len(ids) <= mostChosen {
		p, err := d.List(ctx, v, desk.Window{From: from, Include: include, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, r := range p.Rows {
			from = r.Cursor(v.Sort)
			if v.Sort == desk.ByNewest && from.Key < to.Key || v.Sort == desk.ByWaiting && from.Key > to.Key {
				return ids, nil
			}
			ids = append(ids, r.ID)
			if from == to {
				return ids, nil
			}
		}
		if !p.More || len(p.Rows) == 0 {
			break
		}
		include = false
	}
	return ids, nil
}

func (s *Screen) rangeRead(msg tea.Msg) tea.Cmd {
	ids, err, ok := s.ranges.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		return s.sh.Fail(err)
	}
	s.add(ids)
	if len(s.chosen) > mostChosen {
		s.chosen = s.chosen[:mostChosen]
		return s.sh.Say(shell.Toast{Text: safe.Sprintf("The first %s are selected: that is the most for one action", safe.Int(mostChosen)), Role: theme.Warn})
	}
	return nil
}
