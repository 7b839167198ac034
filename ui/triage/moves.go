package triage

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// step moves in the pane with the focus.
func (s *Screen) step(by int) tea.Cmd {
	switch s.focus {
	case onSidebar:
		s.sidebar.move(by)
		return nil
	case onPreview:
		s.preview.scroll(by)
		return nil
	default:
		if s.jumping() {
			s.steps += by
			return nil
		}
		s.move(by)
		if s.sh.Toast().Role != theme.Good {
			s.sh.Hush()
		}
		return tea.Batch(s.more(), s.preview.follow(s.win.current()))
	}
}

// move moves the cursor. What goes beyond the rows in memory is owed until the
// next ones are read: a key that is held down loses no press there.
func (s *Screen) move(by int) {
	by += s.owed
	s.owed = by - s.win.move(by)
	if s.owed > 0 && !s.win.below || s.owed < 0 && !s.win.above {
		s.owed = 0 // there is nothing beyond
	}
}

// more fetches rows when the sight comes near the end of those in memory.
func (s *Screen) more() tea.Cmd {
	if s.win.wants() && !s.lane.Busy() {
		return s.read(keep)
	}
	return nil
}

func (s *Screen) down(action.Target) tea.Cmd { return s.step(1) }

func (s *Screen) up(action.Target) tea.Cmd { return s.step(-1) }

// half moves half a page in the pane it scrolls; beside the list that is the
// preview too when it has the focus.
func (s *Screen) half(by int) tea.Cmd {
	height := s.win.height
	switch s.focus {
	case onSidebar:
		height = s.areas.Sidebar.H
	case onPreview:
		height = s.areas.Preview.H
	default:
	}
	return s.step(by * max(height/2, 1))
}

func (s *Screen) halfDown(action.Target) tea.Cmd { return s.half(1) }

func (s *Screen) halfUp(action.Target) tea.Cmd { return s.half(-1) }

func (s *Screen) first(action.Target) tea.Cmd {
	switch {
	case s.focus != onList:
		return s.step(-1 << 20)
	case s.win.above:
		return s.read(toTop)
	}
	s.land()
	clear(s.win.fresh)
	return s.step(-1 << 20)
}

// land gives up a jump that is under way: another has taken its place.
func (s *Screen) land() {
	if s.jumping() {
		s.lane.Drop()
	}
}

func (s *Screen) last(action.Target) tea.Cmd {
	if s.focus == onList && s.win.below {
		return s.read(toEnd)
	}
	s.land()
	return s.step(1 << 20)
}

// showNew moves to the first of the rows that have come in above.
func (s *Screen) showNew(action.Target) tea.Cmd {
	if s.win.more > 0 {
		return s.read(toTop)
	}
	for i, r := range s.win.rows {
		if s.win.fresh[r.ID] {
			s.win.put(i)
			s.win.top = s.win.cursor
			clear(s.win.fresh)
			s.win.settle()
			break
		}
	}
	return tea.Batch(s.more(), s.preview.follow(s.win.current()))
}

func (s *Screen) nextPane(action.Target) tea.Cmd { return s.turn(1) }

func (s *Screen) previousPane(action.Target) tea.Cmd { return s.turn(-1) }

// turn gives the focus to another of the panes in sight.
func (s *Screen) turn(by int) tea.Cmd {
	ring := []focus{}
	if !s.areas.Sidebar.Empty() {
		ring = append(ring, onSidebar)
	}
	if !s.areas.List.Empty() {
		ring = append(ring, onList)
	}
	if !s.areas.Preview.Empty() {
		ring = append(ring, onPreview)
	}
	for i, f := range ring {
		if f == s.focus {
			s.focus = ring[(i+by+len(ring))%len(ring)]
			break
		}
	}
	return nil
}

// toggleSidebar shows the views, or hides them.
func (s *Screen) toggleSidebar(action.Target) tea.Cmd {
	show := s.areas.Sidebar.Empty()
	s.drawer = &show
	s.arrange()
	if show && s.size.W < 120 {
		s.focus = onSidebar
	}
	s.win.scroll()
	return s.more()
}

// sort goes on to the next order of the list.
func (s *Screen) sort(action.Target) tea.Cmd {
	all := sorts()
	return s.sortBy(all[(slices.Index(all, s.where.view.Sort)+1)%len(all)])
}

// sorted is an action that sorts by one order.
func (s *Screen) sorted(by desk.Sort) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd { return s.sortBy(by) }
}

// sortBy gives the list another order, which its inbox keeps for the session.
func (s *Screen) sortBy(by desk.Sort) tea.Cmd {
	w := s.where
	if w.view.Owed {
		return s.sh.Say(shell.Toast{Text: safe.Const("Sort: who waits for us is always in the order of waiting"), Role: theme.Warn})
	}
	w.view.Sort = by
	if s.order == nil {
		s.order = map[ordered]desk.Sort{}
	}
	s.order[ordered{w.view.Inbox, w.view.Place}] = by
	cmd := s.show(w)
	return tea.Batch(cmd, s.sh.Say(shell.Toast{Text: order(by), Role: theme.Faint}))
}

// ordered are lists that share the order one has chosen.
type ordered struct {
	inbox desk.InboxID
	place desk.Place
}

// inOrder is a view in the order that was chosen for its inbox.
func (s *Screen) inOrder(w where) where {
	if by, ok := s.order[ordered{w.view.Inbox, w.view.Place}]; ok && !w.view.Owed {
		w.view.Sort = by
	}
	return w
}

// enter opens the view under the cursor of the sidebar.
func (s *Screen) enter(action.Target) tea.Cmd {
	w, ok := s.sidebar.current()
	if !ok {
		return nil
	}
	return s.visit(w)
}

// visit shows a view and gives the list the focus. A drawer has done its work
// then.
func (s *Screen) visit(w where) tea.Cmd {
	s.search.readable(s.sh)
	s.search.leave()
	s.focus = onList
	if s.size.W < 120 {
		s.drawer = nil
	}
	s.arrange()
	w = s.inOrder(w)
	cmd := s.show(w)
	s.sidebar.fill(s.sh.State, w)
	return cmd
}
