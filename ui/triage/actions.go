package triage

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
)

// Actions are what can be done in the queue and beside it.
func (s *Screen) Actions() []action.Action {
	return append(s.moving(), append(s.choosing(), s.going()...)...)
}

func (s *Screen) moving() []action.Action {
	panes := action.Sidebar | action.List | action.Preview
	return []action.Action{
		{ID: "move.down", Title: "Down", Scope: panes, Keys: []string{"j", "down"}, Footer: "move", FooterKey: "j/k", Weight: 9, Moves: true, Run: s.down},
		{ID: "move.up", Title: "Up", Scope: panes, Keys: []string{"k", "up"}, Moves: true, Run: s.up},
		{ID: "move.halfdown", Title: "Half a page down", Scope: panes, Keys: []string{"ctrl+d", "pgdown"}, Moves: true, Run: s.halfDown},
		{ID: "move.halfup", Title: "Half a page up", Scope: panes, Keys: []string{"ctrl+u", "pgup"}, Moves: true, Run: s.halfUp},
		{ID: "move.first", Title: "To the top", Scope: panes, Keys: []string{"g g", "home"}, Moves: true, Run: s.first},
		{ID: "move.last", Title: "To the end", Scope: panes, Keys: []string{"G", "end"}, Moves: true, Run: s.last},
		{ID: "move.pane", Title: "Next pane", Scope: panes, Keys: []string{"tab"}, Moves: true, Run: s.nextPane},
		{ID: "move.paneback", Title: "Previous pane", Scope: panes, Keys: []string{"shift+tab"}, Moves: true, Run: s.previousPane},
		{ID: "view.open", Title: "Open the view", Scope: action.Sidebar, Keys: []string{"enter", "right"}, Footer: "open", Weight: 8, Run: s.enter},
	}
}

func (s *Screen) choosing() []action.Action {
	fresh := action.When("nothing new has come in above", func() bool { return s.win.newAbove() > 0 })
	some := action.Conversation()
	both := action.Sidebar | action.List | action.Preview
	return []action.Action{
		{ID: "list.select", Title: "Select", Scope: action.List, Keys: []string{"x", "space"}, Needs: []action.Need{some}, Footer: "select", Weight: 7, Run: s.toggle},
		{ID: "list.range", Title: "Select a range", Scope: action.List, Keys: []string{"X"}, Needs: []action.Need{some}, Run: s.selectRange},
		{ID: "list.all", Title: "Select all in this view", Scope: action.List, Keys: []string{"*"}, Needs: []action.Need{some}, Run: s.selectAll},
		{ID: "list.new", Title: "Show what is new above", Scope: action.List, Keys: []string{"."}, Needs: []action.Need{fresh}, Run: s.showNew},
		{ID: "list.sort", Title: "Sort: waiting, newest, due, priority", Scope: both, Keys: []string{"S"}, Run: s.sort},
		{ID: "list.bywaiting", Title: "Sort: longest waiting first", Scope: both, Run: s.sorted(desk.ByWaiting)},
		{ID: "list.bynewest", Title: "Sort: newest first", Scope: both, Run: s.sorted(desk.ByNewest)},
		{ID: "list.bydue", Title: "Sort: due first, only what has a clock", Scope: both, Run: s.sorted(desk.ByDue)},
		{ID: "list.bypriority", Title: "Sort: highest priority first", Scope: both, Run: s.sorted(desk.ByPriority)},
		{ID: "list.search", Title: "Search", Scope: both, Keys: []string{"/"}, Footer: "search", Weight: 1, Run: s.beginSearch},
		{ID: "search.results", Title: "To the results", Scope: action.Query, Keys: []string{"enter", "tab"}, Footer: "to the results", Weight: 9, Run: s.toResults},
		{ID: "search.next", Title: "Next result", Scope: action.Query, Keys: []string{"down"}, Footer: "next result", Moves: true, Run: s.down},
		{ID: "search.previous", Title: "Previous result", Scope: action.Query, Keys: []string{"up"}, Moves: true, Run: s.up},
		{ID: "view.sidebar", Title: "Show or hide the views", Scope: both, Keys: []string{"\\"}, Run: s.toggleSidebar},
	}
}

// going are the ways to a view, from wherever letters are verbs.
func (s *Screen) going() []action.Action {
	to := func(w func() where) func(action.Target) tea.Cmd {
		return func(action.Target) tea.Cmd { return tea.Batch(s.sh.Home(), s.visit(w())) }
	}
	personal := action.When("you have no personal inbox: make one with “postroom inbox create”", func() bool { _, ok := s.personal(); return ok })
	return []action.Action{
		{ID: "go.inbox", Title: "Go to my inbox", Scope: action.Conversations, Keys: []string{"g i"}, Needs: []action.Need{personal}, Run: to(func() where { w, _ := s.personal(); return w })},
		{ID: "go.mine", Title: "Go to: assigned to me", Scope: action.Conversations, Keys: []string{"g m"}, Run: to(func() where { return mine(s.sh.State.Me.ID) })},
		{ID: "go.unassigned", Title: "Go to: unassigned", Scope: action.Conversations, Keys: []string{"g u"}, Run: to(unassigned)},
		{ID: "go.open", Title: "Go to: all open", Scope: action.Conversations, Keys: []string{"g a"}, Run: to(allOpen)},
		{ID: "go.next", Title: "Go to: waiting on us", Scope: action.Conversations, Keys: []string{"g q"}, Run: to(waiting)},
		{ID: "go.falling", Title: "Go to: falling through (with nobody, unanswered for too long)", Scope: action.Conversations, Keys: []string{"g f"}, Run: to(falling)},
		{ID: "go.closed", Title: "Go to: closed", Scope: action.Conversations, Keys: []string{"g c"}, Run: to(closed)},
		{ID: "go.snoozed", Title: "Go to: snoozed", Scope: action.Conversations, Keys: []string{"g z"}, Run: to(snoozed)},
		{ID: "go.trash", Title: "Go to: trash", Scope: action.Conversations, Keys: []string{"g #"}, Run: to(trash)},
		{ID: "go.spam", Title: "Go to: spam", Scope: action.Conversations, Keys: []string{"g !"}, Run: to(spam)},
	}
}

func (s *Screen) personal() (where, bool) {
	for _, in := range s.sh.State.Inboxes {
		if in.Kind == desk.Personal && in.Owner == s.sh.State.Me.ID {
			return inboxOpen(in), true
		}
	}
	return where{}, false
}

// Views are the teams and the inboxes, for the palette. The views with a key of their own
// are there as actions.
func (s *Screen) Views() []shell.View {
	var list []shell.View
	for _, team := range s.sh.State.Teams {
		list = append(list, shell.View{Name: safe.Line(team.Name), Hint: safe.Const("for the team"), Go: func() tea.Cmd { return s.visit(ofTeam(team.Team)) }})
	}
	for _, in := range s.sh.State.Inboxes {
		if !in.Member {
			continue
		}
		hint := safe.Const("shared inbox")
		if in.Kind == desk.Personal {
			hint = safe.Const("personal inbox")
		}
		list = append(list, shell.View{Name: safe.Line(in.Name), Hint: hint, Go: func() tea.Cmd { return s.visit(inboxOpen(in)) }})
		if in.Kind == desk.Shared {
			w := inboxUnassigned(in)
			list = append(list, shell.View{Name: w.name, Hint: hint, Go: func() tea.Cmd { return s.visit(w) }})
		}
	}
	return list
}
