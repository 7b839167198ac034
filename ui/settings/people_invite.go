package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// The fields of an invitation.
const (
	inviteLogin = iota
	inviteEmail
	invitePerson
	inviteRole
	inviteWay
)

// invite asks whom to invite. Who is pending is under the cursor to be sent a
// fresh code, so the fields are filled in then.
func (p *people) invite(action.Target) tea.Cmd {
	d := p.s.o.Desk
	f := &form{
		title:   safe.Const("Invite a person"),
		intro:   safe.Const("They see nothing until they have typed a code, under their login on this machine. The code is good once, for a day; a new one ends the one before."),
		working: safe.Const("Inviting…"),
		culprit: inviteCulprit,
	}
	f.fields.Rows = []widget.FormRow{
		inviteLogin:  {Label: safe.Const("Login"), Hint: safe.Const("such as: tom")},
		inviteEmail:  {Label: safe.Const("Mail address"), Hint: safe.Const("such as: tom@acme.test")},
		invitePerson: {Label: safe.Const("Name"), Hint: safe.Const("what customers see; made from the login")},
		inviteRole:   {Label: safe.Const("Role"), Choices: roles()},
		inviteWay: {Label: safe.Const("Code"), Choices: []widget.Choice{
			{Label: safe.Const("by mail"), Hint: safe.Const("from an inbox of yours")},
			{Label: safe.Const("by you"), Hint: safe.Const("shown here, once")},
		}},
	}
	if u, ok := p.person(); ok && !u.PendingSince.IsZero() {
		f.fields.Rows[inviteLogin].Field.Set(u.Login)
		f.fields.Rows[inviteEmail].Field.Set(u.Email)
		f.fields.Rows[invitePerson].Field.Set(u.Name)
		if u.Role == desk.RoleAdmin {
			f.fields.Rows[inviteRole].Chosen = 1
		}
	}
	f.fields.Buttons = []safe.Text{safe.Const("Invite"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		res, err := d.Invite(ctx, desk.Invitation{
			Login: v.text(inviteLogin), Name: v.text(invitePerson), Email: v.text(inviteEmail),
			Role: []desk.Role{desk.RoleAgent, desk.RoleAdmin}[v.chosen[inviteRole]], OutOfBand: v.chosen[inviteWay] == 1,
		})
		if err != nil {
			return result{}, err
		}
		name := safe.Line(res.User.Name)
		if res.Code == "" {
			return result{text: safe.Sprintf("%s is invited. The code goes to %s, from %s.", name, safe.Addr(res.User.Email), safe.Addr(res.Outgoing.From.Addr))}, nil
		}
		return result{text: safe.Sprintf("%s is invited.", name), once: safe.Sprintf(
			"The code of %s is %s. It is shown this once, and good for a day. They type: postroom user verify %s",
			name, safe.Line(res.Code), safe.Line(res.Code))}, nil
	}
	return p.s.open(f)
}

func inviteCulprit(e *desk.Error) int {
	switch e.Code {
	case "BAD_LOGIN", "LOGIN_IN_USE":
		return inviteLogin
	case "BAD_ADDRESS":
		return inviteEmail
	case "BAD_NAME":
		return invitePerson
	case "NO_SENDER":
		return inviteWay
	default:
		return -1
	}
}

// roles are what a new person can be.
func roles() []widget.Choice {
	return []widget.Choice{
		{Label: safe.Const("agent"), Hint: safe.Const("works where let in")},
		{Label: safe.Const("admin"), Hint: safe.Const("sets the desk up")},
	}
}

// invitation says how it is with the code of somebody who has not come yet.
func (p *people) invitation(s *sheet, u desk.User) {
	if u.PendingSince.IsZero() {
		return
	}
	s.fact(safe.Const("invited"), theme.Warn, safe.Sprintf("%s; sees nothing until the code has been typed", p.s.sh.When(u.PendingSince)))
	s.fact(safe.Const("address"), theme.Plain, safe.Addr(u.Email))
	for _, waits := range p.pending {
		if waits.User.ID != u.ID {
			continue
		}
		if waits.Spent {
			s.fact(safe.Const("code"), theme.Bad, safe.Const("used up by wrong tries; invite again for a fresh one"))
		} else {
			s.fact(safe.Const("code"), theme.Plain, safe.Sprintf("good until %s", p.s.sh.When(waits.ExpiresAt)))
		}
		switch {
		case waits.Reason != "":
			s.fact(safe.Const("its mail"), theme.Bad, safe.Sprintf("%s: %s", safe.Line(string(waits.Mail)), safe.Line(waits.Reason)))
		case waits.Mail != "":
			s.fact(safe.Const("its mail"), theme.Plain, safe.Line(string(waits.Mail)))
		}
	}
}
