package triage

import (
	"context"

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
	s.chosen.toggle(cur.ID)
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
	return s.choose(ids)
}

// choose selects conversations and says so when they are too many for one
// action.
func (s *Screen) choose(ids []desk.ConversationID) tea.Cmd {
	if s.chosen.add(ids) {
		return nil
	}
	return s.sh.Say(shell.Toast{Text: safe.Sprintf("%s are selected: that is the most for one action", safe.Int(mostChosen)), Role: theme.Warn})
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
		var ids []desk.ConversationID
		for _, r := range s.win.rows {
			ids = append(ids, r.ID)
		}
		return s.choose(ids)
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
			if v.Sort == desk.ByNewest && from.Key < to.Key || v.Sort != desk.ByNewest && from.Key > to.Key {
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
		return s.sh.Missed(err)
	}
	return s.choose(ids)
}
