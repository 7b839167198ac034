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
	s.mark = cur.ID
	return s.step(1)
}

// selectRange selects from the last row selected to the one under the cursor.
func (s *Screen) selectRange(action.Target) tea.Cmd {
	cur := s.win.current()
	from := s.win.index(s.mark)
	if cur == nil || from < 0 {
		return s.toggle(nil)
	}
	a, b := min(from, s.win.cursor), max(from, s.win.cursor)
	for _, r := range s.win.rows[a : b+1] {
		if !slices.Contains(s.chosen, r.ID) {
			s.chosen = append(s.chosen, r.ID)
		}
	}
	return nil
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
		return everything(ctx, d, v)
	})
}

// everything reads the numbers of a whole view.
func everything(ctx context.Context, d shell.Desk, v desk.View) ([]desk.ConversationID, error) {
	var ids []desk.ConversationID
	var from desk.Cursor
	for len(ids) <= mostChosen {
		p, err := d.List(ctx, v, desk.Window{From: from, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, r := range p.Rows {
			ids = append(ids, r.ID)
		}
		if !p.More || len(p.Rows) == 0 {
			break
		}
		from = p.Rows[len(p.Rows)-1].Cursor(v.Sort)
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
	if len(ids) > mostChosen {
		s.chosen = ids[:mostChosen]
		return s.sh.Say(shell.Toast{Text: safe.Sprintf("The first %s are selected: that is the most for one action", safe.Int(mostChosen)), Role: theme.Warn})
	}
	s.chosen = ids
	return nil
}
