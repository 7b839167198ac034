package connect

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/widget"
)

// maxInboxes is how many inboxes that are there already are offered.
const maxInboxes = 8

// inboxes are those of a kind that the person may give a mailbox.
func (s *Screen) inboxes(kind desk.InboxKind) []desk.InboxView {
	var list []desk.InboxView
	for _, in := range s.sh.State.Inboxes {
		own := in.Kind == desk.Personal && in.Owner == s.sh.State.Me.ID
		if in.Kind == kind && (own || kind == desk.Shared && in.Rights.Configure) && len(list) < maxInboxes {
			list = append(list, in)
		}
	}
	return list
}

// nameRow is where the name of a new inbox stands: below the choice of inboxes,
// where there is one.
func (s *Screen) nameRow() int {
	if len(s.inboxes(s.said.Kind)) > 0 {
		return 1
	}
	return 0
}

// inboxPage asks into which inbox the mail goes.
func inboxPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("inbox"), question: safe.Const("Into which inbox does its mail go?")}
	there, name := s.inboxes(s.said.Kind), s.nameRow()
	if len(there) > 0 {
		row := widget.FormRow{Label: safe.Const("Inbox"), Choices: []widget.Choice{{Label: safe.Const("a new one")}}}
		for i, in := range there {
			row.Choices = append(row.Choices, widget.Choice{Label: safe.Line(in.Name), Hint: safe.Const("there already")})
			if s.said.Existing && in.Name == s.said.Inbox {
				row.Chosen = i + 1
			}
		}
		p.form.Rows = append(p.form.Rows, row)
	}
	field := widget.FormRow{Label: safe.Const("Its name"), Hint: safe.Const("what you call it, such as: mine")}
	if s.said.Kind == desk.Shared {
		field.Hint = safe.Const("what the team calls it, such as: support")
	}
	suggested := s.said.Inbox
	if suggested == "" || s.said.Existing {
		suggested = local(s.said.Address)
	}
	field.Field.Set(suggested)
	p.form.Rows = append(p.form.Rows, field)
	if s.said.Kind == desk.Shared {
		row := widget.FormRow{Label: safe.Const("Works there"), Hint: safe.Const("logins of colleagues, such as: ben zoe; more can come later")}
		row.Field.Set(strings.Join(s.said.Members, " "))
		p.form.Rows = append(p.form.Rows, row)
	}
	p.read = func(s *Screen) {
		s.said.Existing = name == 1 && p.form.Rows[0].Chosen > 0
		s.said.Inbox = p.form.Value(name)
		if s.said.Existing {
			s.said.Inbox = there[p.form.Rows[0].Chosen-1].Name
		}
		s.said.Members = nil
		if s.said.Kind == desk.Shared {
			s.said.Members = strings.FieldsFunc(p.form.Value(name+1), func(r rune) bool { return r == ' ' || r == ',' })
		}
	}
	p.take = func(s *Screen) tea.Cmd { return s.takeInbox(p, name) }
	return p, nil
}

// takeInbox asks the desk whether the inbox may be made, before anything is.
func (s *Screen) takeInbox(p *page, name int) tea.Cmd {
	if s.said.Existing {
		s.said.Members = nil
		return s.show(atPreview)
	}
	if !p.needed(name, safe.Const("The inbox needs a name.")) {
		return nil
	}
	for _, login := range s.said.Members {
		if !s.login[desk.FoldName(login)] {
			return p.wrong(name+1, safe.Sprintf("There is no user %s. “postroom user list” shows who there is.", safe.Line(login)))
		}
	}
	d, wanted, kind := s.o.Desk, s.said.Inbox, s.said.Kind
	return s.ask(safe.Const("Looking whether the inbox can be made…"), func(ctx context.Context) error {
		_, err := d.CreateInbox(desk.Rehearse(ctx), wanted, kind)
		return err
	})
}
