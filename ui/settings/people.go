package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// people are who works at the desk, and the teams they are in.
type people struct {
	s     *Screen
	list  list
	teams []desk.TeamView
	read  shell.Lane[[]desk.TeamView]
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
	if p.read.Busy() {
		return nil
	}
	return p.read.Ask(p.s.sh.Context(), p.s.o.Desk.Teams)
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
		s.fact(safe.Const("teams"), theme.Plain, safe.Join(", ", p.teamsOf(u.ID)...))
		s.fact(safe.Const("inboxes"), theme.Plain, safe.Join(", ", p.worksIn(u)...))
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

func (p *people) verbs() []verb {
	admin := action.When("only admins change who works here", func() bool { return p.s.state().Me.Admin() })
	person := action.When("no person is marked: move to one with j and k", func() bool { _, ok := p.person(); return ok })
	team := action.When("no team is marked: move to one with j and k", func() bool { _, ok := p.team(); return ok })
	some := action.When("there is no team yet: make one first", func() bool { return len(p.teams) > 0 })
	return []verb{
		{action.Action{ID: "people.add", Title: "Add a person", Keys: []string{"c"}, Needs: []action.Need{admin}, Footer: "add a person", Weight: 5, Run: p.add}, safe.Const("Add a person")},
		{action.Action{ID: "people.team", Title: "Put into a team, or take out of one", Needs: []action.Need{admin, person, some}, Run: p.join}, safe.Const("Teams…")},
		{action.Action{ID: "team.add", Title: "Make a team", Needs: []action.Need{admin}, Run: p.addTeam}, safe.Const("Make a team")},
		{action.Action{ID: "team.remove", Title: "Dissolve the team", Keys: []string{"#"}, Needs: []action.Need{admin, team}, Risk: action.Asks, Run: p.dissolve}, safe.Const("Dissolve")},
	}
}

// The fields of a new person.
const (
	newLogin = iota
	newPerson
	newRole
)

func (p *people) add(action.Target) tea.Cmd {
	d := p.s.o.Desk
	f := &form{
		title:   safe.Const("Add a person"),
		intro:   safe.Const("Whoever signs in to this machine with the login works here under it."),
		working: safe.Const("Saving…"),
		culprit: func(e *desk.Error) int {
			switch e.Code {
			case "BAD_LOGIN", "LOGIN_IN_USE":
				return newLogin
			case "BAD_NAME":
				return newPerson
			default:
				return -1
			}
		},
	}
	f.fields.Rows = []widget.FormRow{
		newLogin:  {Label: safe.Const("Login"), Hint: safe.Const("such as: tom")},
		newPerson: {Label: safe.Const("Name"), Hint: safe.Const("what customers see; made from the login")},
		newRole: {Label: safe.Const("Role"), Choices: []widget.Choice{
			{Label: safe.Const("agent"), Hint: safe.Const("works where let in")},
			{Label: safe.Const("admin"), Hint: safe.Const("sets the desk up")},
		}},
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		u, err := d.AddUser(ctx, v.text(newLogin), v.text(newPerson), []desk.Role{desk.RoleAgent, desk.RoleAdmin}[v.chosen[newRole]])
		return result{text: safe.Sprintf("%s works here now. Let them into inboxes next.", safe.Line(u.Name))}, err
	}
	return p.s.open(f)
}

func (p *people) addTeam(action.Target) tea.Cmd {
	d := p.s.o.Desk
	f := &form{title: safe.Const("Make a team"), working: safe.Const("Saving…"), culprit: func(*desk.Error) int { return 0 }}
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("Name"), Hint: safe.Const("such as: Sales")}}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		team, err := d.AddTeam(ctx, v.text(0))
		return result{text: safe.Sprintf("The team %s is there; nobody is in it yet.", safe.Line(team.Name))}, err
	}
	return p.s.open(f)
}

// join offers the teams; choosing one puts the person in, or takes him out.
func (p *people) join(action.Target) tea.Cmd {
	u, _ := p.person()
	d, teams := p.s.o.Desk, p.teams
	items, in := make([]widget.Item, len(teams)), make([]bool, len(teams))
	for i, team := range teams {
		items[i] = widget.Item{Label: safe.Sprintf("Put into %s", safe.Line(team.Name))}
		for _, m := range team.Members {
			in[i] = in[i] || m.ID == u.ID
		}
		if in[i] {
			items[i].Label = safe.Sprintf("Take out of %s", safe.Line(team.Name))
		}
	}
	p.s.sh.Show(shell.NewPick(p.s.sh, safe.Sprintf("teams of %s", safe.Line(u.Name)), items, func(i int) tea.Cmd {
		name := teams[i].Name
		return p.do(func(ctx context.Context) (safe.Text, error) {
			if in[i] {
				freed, err := d.LeaveTeam(ctx, name, u.Login)
				return safe.Sprintf("%s is no longer in %s.%s", safe.Line(u.Name), safe.Line(name), freedWords(freed)), err
			}
			return safe.Sprintf("%s is in %s now.", safe.Line(u.Name), safe.Line(name)), d.JoinTeam(ctx, name, u.Login)
		})
	}))
	return nil
}

func (p *people) dissolve(action.Target) tea.Cmd {
	team, _ := p.team()
	d := p.s.o.Desk
	text := safe.Sprintf("%s is dissolved: its %s people lose what they had through it alone, and conversations that nobody of them can answer any more go back to nobody.", safe.Line(team.Name), safe.Int(len(team.Members)))
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("dissolve the team"), text,
		shell.Option{Label: safe.Const("No, leave it")},
		shell.Option{Label: safe.Sprintf("Yes, dissolve %s", safe.Line(team.Name)), Run: func() tea.Cmd {
			return p.do(func(ctx context.Context) (safe.Text, error) {
				freed, err := d.RemoveTeam(ctx, team.Name)
				return safe.Sprintf("The team %s is dissolved.%s", safe.Line(team.Name), freedWords(freed)), err
			})
		}}))
	return nil
}
