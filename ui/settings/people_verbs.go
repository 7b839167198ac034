package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/widget"
)

func (p *people) verbs() []verb {
	admin := action.When("only admins change who works here", func() bool { return p.s.state().Me.Admin() })
	person := action.When("no person is marked: move to one with j and k", func() bool { _, ok := p.person(); return ok })
	team := action.When("no team is marked: move to one with j and k", func() bool { _, ok := p.team(); return ok })
	some := action.When("there is no team yet: make one first", func() bool { return len(p.teams) > 0 })
	turn := safe.Const("Disable")
	if u, ok := p.person(); ok && !u.DisabledAt.IsZero() {
		turn = safe.Const("Enable")
	}
	return append([]verb{
		{Action: action.Action{ID: "people.add", Title: "Add a person", Keys: []string{"c"}, Footer: "add a person", Weight: 5, Run: p.add}, button: safe.Const("Add a person"), right: admin},
		{Action: action.Action{ID: "people.invite", Title: "Invite a person, by mail or with a code", Run: p.invite}, button: safe.Const("Invite"), right: admin},
		{Action: action.Action{ID: "people.role", Title: "Change the role: admin or agent", Risk: action.Asks, Run: p.turnRole}, button: safe.Const("Role…"), fits: person, right: admin},
		{Action: action.Action{ID: "people.team", Title: "Put into a team, or take out of one", Needs: []action.Need{some}, Run: p.join}, button: safe.Const("Teams…"), fits: person, right: admin},
		{Action: action.Action{ID: "people.disable", Title: "Disable a person, or enable again", Risk: action.Asks, Run: p.disable}, button: turn, fits: person, right: admin},
		{Action: action.Action{ID: "people.remove", Title: "Remove a person, and say where goes what they hold", Risk: action.Asks, Run: p.remove}, button: safe.Const("Remove…"), fits: person, right: admin},
		{Action: action.Action{ID: "address.release", Title: "Free an address of somebody who was removed", Run: p.release}, button: safe.Const("Free an address"), right: admin},
		{Action: action.Action{ID: "team.add", Title: "Make a team", Run: p.addTeam}, button: safe.Const("Make a team"), right: admin},
		{Action: action.Action{ID: "team.remove", Title: "Dissolve the team", Keys: []string{"#"}, Risk: action.Asks, Run: p.dissolve}, button: safe.Const("Dissolve"), fits: team, right: admin},
	}, p.planVerbs()...)
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
		newRole:   {Label: safe.Const("Role"), Choices: roles()},
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

// sure asks before something is done with a person.
func (p *people) sure(title, text, yes safe.Text, use func(context.Context) (safe.Text, error)) tea.Cmd {
	p.s.sh.Show(shell.NewChoice(p.s.sh, title, text,
		shell.Option{Label: safe.Const("No, leave it as it is")},
		shell.Option{Label: yes, Run: func() tea.Cmd { return p.do(use) }}))
	return nil
}

// turnRole makes an agent an admin, and an admin an agent.
func (p *people) turnRole(action.Target) tea.Cmd {
	u, _ := p.person()
	d, name, to := p.s.o.Desk, safe.Line(u.Name), desk.RoleAdmin
	text := safe.Sprintf("%s will see every shared inbox and set the desk up: people, inboxes and mailboxes.", name)
	if u.Role == desk.RoleAdmin {
		to, text = desk.RoleAgent, safe.Sprintf("%s will work only where let in, and set nothing up any more.", name)
	}
	return p.sure(safe.Sprintf("role of %s", name), text, safe.Sprintf("Yes, make %s an %s", name, safe.Line(string(to))),
		func(ctx context.Context) (safe.Text, error) {
			return safe.Sprintf("%s is an %s now.", name, safe.Line(string(to))), d.SetRole(ctx, u.Login, to)
		})
}

// disable keeps a person out, or lets in again who was kept out.
func (p *people) disable(action.Target) tea.Cmd {
	u, _ := p.person()
	d, name := p.s.o.Desk, safe.Line(u.Name)
	if !u.DisabledAt.IsZero() {
		return p.sure(safe.Sprintf("enable %s", name), safe.Sprintf("%s may sign in again, and is in again wherever let in before.", name), safe.Sprintf("Yes, let %s in again", name),
			func(ctx context.Context) (safe.Text, error) {
				return safe.Sprintf("%s may sign in again.", name), d.EnableUser(ctx, u.Login)
			})
	}
	return p.sure(safe.Sprintf("disable %s", name),
		safe.Sprintf("%s is kept out of everything at once, also on a screen that is open, until enabled again. Their open conversations go back to nobody; mail of their own inboxes goes on coming in.", name), safe.Sprintf("Yes, keep %s out", name),
		func(ctx context.Context) (safe.Text, error) {
			freed, err := d.DisableUser(ctx, u.Login)
			return safe.Sprintf("%s is disabled.%s", name, freedWords(freed)), err
		})
}
