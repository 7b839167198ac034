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
// where there is one. For a shared one the others follow.
func (s *Screen) nameRow() int { return min(len(s.inboxes(s.said.Kind)), 1) }

// inAccess is where it is said who works in a new shared inbox, below its name.
// Who that is stands below where it is not everyone, then who looks after it.
const inAccess = 1

// membersRow, ownerRow and deputyRow are fields of a new shared inbox, counted
// from its name.
func (s *Screen) membersRow() int { return inAccess + 1 }

func (s *Screen) ownerRow() int {
	if s.said.Only {
		return s.membersRow() + 1
	}
	return inAccess + 1
}

func (s *Screen) deputyRow() int { return s.ownerRow() + 1 }

// inboxPage asks into which inbox the mail goes, and for a new one of a team
// who is in it and who looks after it.
func inboxPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("inbox"), question: safe.Const("Into which inbox does its mail go?")}
	there, name := s.inboxes(s.said.Kind), s.nameRow()
	if name == 0 {
		s.said.Existing = false
	} else {
		row := widget.FormRow{Label: safe.Const("Inbox"), Choices: []widget.Choice{{Label: safe.Const("a new one")}}}
		for i, in := range there {
			row.Choices = append(row.Choices, widget.Choice{Label: safe.Line(in.Name), Hint: safe.Const("there already")})
			if s.said.Existing && in.Name == s.said.Inbox {
				row.Chosen = i + 1
			}
		}
		p.form.Rows = append(p.form.Rows, row)
	}
	// With another choice there are other questions.
	p.chose = func(s *Screen) tea.Cmd {
		at := p.form.At()
		cmd := s.show(atInbox)
		s.page.form.Go(at)
		return cmd
	}
	if !s.said.Existing {
		p.form.Rows = append(p.form.Rows, s.newInbox()...)
	}
	p.read = func(s *Screen) { s.readInbox(p, there, name) }
	p.take = func(s *Screen) tea.Cmd { return s.takeInbox(p, name) }
	return p, nil
}

// readInbox notes what stands in the form. A form that was made for another
// choice has not all of the fields yet.
func (s *Screen) readInbox(p *page, there []desk.InboxView, name int) {
	was := s.said.Existing
	if s.said.Existing = name == 1 && p.form.Rows[0].Chosen > 0; s.said.Existing {
		s.said.Inbox = there[p.form.Rows[0].Chosen-1].Name
		s.said.Only, s.said.Members, s.said.Owner, s.said.Deputy, s.said.Template, s.said.Tickets, s.said.FirstResponse = false, nil, "", "", "", "", ""
		return
	}
	if was {
		s.said.Inbox = "" // the form has no name in it yet
		return
	}
	s.said.Inbox = p.form.Value(name)
	if s.said.Kind != desk.Shared {
		return
	}
	s.said.Owner, s.said.Deputy = p.form.Value(name+s.ownerRow()), p.form.Value(name+s.deputyRow())
	if s.said.Only {
		s.said.Members = strings.FieldsFunc(p.form.Value(name+s.membersRow()), func(r rune) bool { return r == ' ' || r == ',' })
	}
	s.said.Only = p.form.Rows[name+inAccess].Chosen == 1
}

// newInbox are the questions about an inbox that is to be made.
func (s *Screen) newInbox() []widget.FormRow {
	suggested := s.said.Inbox
	if suggested == "" {
		suggested = local(s.said.Address)
	}
	field := widget.FormRow{Label: safe.Const("Its name"), Hint: safe.Const("what you call it, such as: mine")}
	field.Field.Set(suggested)
	rows := []widget.FormRow{field}
	if s.said.Kind != desk.Shared {
		return rows
	}
	rows[0].Hint = safe.Const("what the team calls it, such as: support")
	rows = append(rows, widget.FormRow{Label: safe.Const("Works there"), Choices: []widget.Choice{
		{Label: safe.Const("everyone"), Hint: safe.Const("also who joins the desk later")},
		{Label: safe.Const("these"), Hint: safe.Const("with owner and deputy; admins look in")},
	}})
	if s.said.Only {
		rows[inAccess].Chosen = 1
		members := widget.FormRow{Label: safe.Const("namely"), Hint: safe.Const("logins and teams, such as: ben zoe team:billing")}
		members.Field.Set(strings.Join(s.said.Members, " "))
		rows = append(rows, members)
	}
	owner := widget.FormRow{Label: safe.Const("Looks after it"), Hint: safe.Const("the login of its owner: you")}
	owner.Field.Set(s.said.Owner)
	deputy := widget.FormRow{Label: safe.Const("and deputy"), Hint: safe.Const("the login of who does while the owner is away")}
	deputy.Field.Set(s.said.Deputy)
	return append(rows, owner, deputy)
}

// takeInbox asks the desk whether the inbox may be made, before anything is.
func (s *Screen) takeInbox(p *page, name int) tea.Cmd {
	if s.said.Existing {
		return s.show(atPreview)
	}
	if !p.needed(name, safe.Const("The inbox needs a name.")) {
		return nil
	}
	s.doing = safe.Const("Looking whether the inbox can be made…")
	if s.said.Kind == desk.Shared {
		// Who is there is asked each time: somebody may just have been added.
		return s.people.Ask(s.sh.Context(), s.o.people)
	}
	return s.rehearse()
}

// knowsPeople goes on with the name of the inbox when all who are named are there.
func (s *Screen) knowsPeople(msg tea.Msg) tea.Cmd {
	p, err, ok := s.people.Take(msg)
	if !ok {
		return nil
	}
	s.doing = safe.Text{}
	if err != nil {
		return s.failed(err)
	}
	s.know(p)
	if row, why := s.wrongPeople(); row != 0 {
		return s.page.wrong(s.nameRow()+row, why)
	}
	return s.rehearse()
}

// rehearse asks the desk whether the inbox may be made.
func (s *Screen) rehearse() tea.Cmd {
	d, wanted := s.o.Desk, s.said.New()
	return s.ask(safe.Const("Looking whether the inbox can be made…"), func(ctx context.Context) error {
		_, err := d.MakeInbox(desk.Rehearse(ctx), wanted)
		return err
	})
}

// wrongPeople is the field that names somebody who is not there, and why; 0
// where all is well.
func (s *Screen) wrongPeople() (row int, why safe.Text) {
	if s.said.Only && len(s.said.Members) == 0 && len(s.login) > 1 {
		return s.membersRow(), safe.Const("Say who works there besides you, or choose everyone.")
	}
	for _, who := range s.said.New().Access {
		if folded := desk.FoldName(who); !s.login[folded] && !s.others[folded] {
			return s.membersRow(), safe.Sprintf("There is no user or team %s. “postroom user list” and “postroom team list” show who there is.", safe.Line(who))
		}
	}
	owner := desk.FoldName(s.said.Owner)
	if me := desk.FoldName(s.sh.State.Me.Login); owner == "" || owner == me {
		owner, s.said.Owner = me, "" // who makes it is its owner
	}
	switch deputy := desk.FoldName(s.said.Deputy); {
	case !s.login[owner]:
		return s.ownerRow(), safe.Sprintf("There is no user %s. “postroom user list” shows who there is.", safe.Line(owner))
	case deputy == owner:
		return s.deputyRow(), safe.Const("Owner and deputy are two people: one stands in for the other.")
	case deputy == "" && len(s.login) > 1:
		return s.deputyRow(), safe.Sprintf("Somebody has to look after it while %s is away.", safe.Line(owner))
	case deputy != "" && !s.login[deputy]:
		return s.deputyRow(), safe.Sprintf("There is no user %s. “postroom user list” shows who there is.", safe.Line(deputy))
	}
	return 0, safe.Text{}
}
