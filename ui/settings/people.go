package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// people are who works at the desk, and the teams they are in.
type people struct {
	s     *Screen
	list  list
	teams []desk.TeamView
	read  shell.Lane[[]desk.TeamView]
	// pending are who was invited and has not come; only admins know of them.
	pending []desk.Pending
	waiting shell.Lane[[]desk.Pending]
	// standbys are how those who are active stand to being given work.
	standbys []desk.Standby
	stand    shell.Lane[[]desk.Standby]
}

func newPeople(s *Screen) *people {
	return &people{s: s, list: list{tall: 2, nothing: safe.Const("Nobody works here yet.")}}
}

func (p *people) about() About {
	return About{ID: People, Title: safe.Const("People & teams"), scope: action.InPeople}
}

func (p *people) here() *list { return &p.list }

func (p *people) mark() (safe.Text, theme.Role) {
	if len(p.s.users) == 0 {
		return safe.Text{}, theme.Faint
	}
	return safe.Int(len(p.s.users)), theme.Faint
}

func (p *people) ask() tea.Cmd {
	p.fill()
	var cmds []tea.Cmd
	if !p.read.Busy() {
		cmds = append(cmds, p.read.Ask(p.s.sh.Context(), p.s.o.Desk.Teams))
	}
	if p.s.state().Me.Admin() && !p.waiting.Busy() {
		cmds = append(cmds, p.waiting.Ask(p.s.sh.Context(), p.s.o.Desk.Pending))
	}
	if !p.stand.Busy() {
		cmds = append(cmds, p.stand.Ask(p.s.sh.Context(), p.s.o.Desk.Standbys))
	}
	return tea.Batch(cmds...)
}

func (p *people) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		if msg.Settings && p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]desk.User]:
		p.fill()
	case shell.Answer[[]desk.TeamView]:
		teams, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.teams = teams
		p.fill()
	case shell.Answer[[]desk.Pending]:
		pending, err, ok := p.waiting.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.pending = pending
	case shell.Answer[[]desk.Standby]:
		standbys, err, ok := p.stand.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.standbys = standbys
		p.fill()
	case heldRead:
		return p.leave(msg)
	case peopleTurned:
		if msg.err != nil {
			return p.s.sh.Fail(msg.err)
		}
		return tea.Batch(p.s.say(theme.Good, msg.text), p.ask())
	}
	return nil
}

// fill makes the rows: the people, then the teams as negative numbers.
func (p *people) fill() {
	var rows []row
	t := p.s.sh.Theme()
	for _, u := range p.s.users {
		r := row{id: int64(u.ID), title: safe.Line(u.Name), right: safe.Line(u.Login), sign: t.Signs.Health, role: theme.Good, under: safe.Line(string(u.Role))}
		if !u.DisabledAt.IsZero() {
			r.sign, r.role, r.under = t.Signs.Dot, theme.Faint, safe.Sprintf("%s · disabled since %s", r.under, p.s.sh.When(u.DisabledAt))
		} else if !u.PendingSince.IsZero() {
			r.sign, r.role, r.under = t.Signs.Dot, theme.Faint, safe.Sprintf("%s · invited %s", r.under, p.s.sh.When(u.PendingSince))
		}
		if b, ok := p.standing(u.ID); ok && b.Why != "" {
			r.under = safe.Sprintf("%s · %s", r.under, safe.Line(b.Why.Says()))
		}
		if teams := p.teamsOf(u.ID); len(teams) > 0 {
			r.under = safe.Sprintf("%s · %s", r.under, safe.Join(", ", teams...))
		}
		rows = append(rows, r)
	}
	for _, team := range p.teams {
		rows = append(rows, row{id: -int64(team.ID), title: safe.Line(team.Name), right: safe.Const("team"), sign: t.Signs.Dot, role: theme.Faint, under: safe.Sprintf("%s people", safe.Int(len(team.Members)))})
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

func (p *people) teamsOf(id desk.UserID) []safe.Text {
	var list []safe.Text
	for _, team := range p.teams {
		for _, u := range team.Members {
			if u.ID == id {
				list = append(list, safe.Line(team.Name))
			}
		}
	}
	return list
}

// person is who the cursor is on; false when that is a team or nothing.
func (p *people) person() (desk.User, bool) {
	id, ok := p.list.id()
	for _, u := range p.s.users {
		if ok && int64(u.ID) == id {
			return u, true
		}
	}
	return desk.User{}, false
}

// team is the team the cursor is on.
func (p *people) team() (desk.TeamView, bool) {
	id, ok := p.list.id()
	for _, team := range p.teams {
		if ok && -int64(team.ID) == id {
			return team, true
		}
	}
	return desk.TeamView{}, false
}

func (p *people) sheet(s *sheet) {
	if u, ok := p.person(); ok {
		s.fact(safe.Const("login"), theme.Plain, safe.Line(u.Login))
		s.fact(safe.Const("role"), theme.Plain, role(u))
		s.fact(safe.Const("since"), theme.Plain, p.s.sh.When(u.CreatedAt))
		if !u.DisabledAt.IsZero() {
			s.fact(safe.Const("disabled"), theme.Warn, p.s.sh.When(u.DisabledAt))
		}
		p.invitation(s, u)
		s.fact(safe.Const("teams"), theme.Plain, safe.Join(", ", p.teamsOf(u.ID)...))
		s.fact(safe.Const("inboxes"), theme.Plain, safe.Join(", ", p.worksIn(u)...))
		p.plan(s, u.ID)
		s.gap()
		s.say(theme.Faint, safe.Const("What somebody may do is said for each inbox: Inboxes, who can do what. Of inboxes you do not see you are told nothing here."))
		return
	}
	if team, ok := p.team(); ok {
		var names []safe.Text
		for _, u := range team.Members {
			names = append(names, safe.Line(u.Name))
		}
		s.fact(safe.Const("people"), theme.Plain, safe.Join(", ", names...))
		s.fact(safe.Const("since"), theme.Plain, p.s.sh.When(team.CreatedAt))
		s.gap()
		s.say(theme.Faint, safe.Const("An inbox that lets the team in lets in whoever is in it, from joining to leaving."))
	}
}

func role(u desk.User) safe.Text {
	if u.Admin() {
		return safe.Const("admin: sees every shared inbox, and sets the desk up")
	}
	return safe.Const("agent: works where let in")
}

// worksIn are the inboxes I see in which somebody works.
func (p *people) worksIn(u desk.User) []safe.Text {
	var list []safe.Text
	for _, in := range p.s.state().Inboxes {
		for _, m := range in.Members {
			if m.User.ID == u.ID {
				list = append(list, safe.Line(in.Name))
			}
		}
	}
	return list
}

// peopleTurned is the fact that something has been done with a person or team.
type peopleTurned struct {
	text safe.Text
	err  error
}

func (p *people) do(use func(context.Context) (safe.Text, error)) tea.Cmd {
	return shell.Do(p.s.sh, use, func(text safe.Text, err error) tea.Msg { return peopleTurned{text, err} })
}
