package settings

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// contactsFound is how many of the found a search names while it is typed.
const contactsFound = 12

// search asks whom to look for, and names them while it is typed.
func (p *contacts) search(action.Target) tea.Cmd {
	d := p.s.o.Desk
	f := &form{title: safe.Const("Find contacts"), working: safe.Const("Looking…"), hasty: true, harmless: true}
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("Find"), Hint: safe.Const("parts of a name or an address")}}
	f.fields.Rows[0].Field.Set(p.words)
	f.save = func(_ context.Context, v values) (result, error) {
		return result{text: safe.Const("These are found.")}, nil
	}
	f.saved = func() { p.words, p.found = strings.TrimSpace(f.fields.Rows[0].Text()), nil }
	r := &rehearsal[[]desk.ContactRow]{
		s: p.s,
		find: func(ctx context.Context, v values) ([]desk.ContactRow, error) {
			return d.ContactsLike(ctx, v.text(0), "", "", desk.ContactQuery{Limit: contactsFound})
		},
		show: func(s *sheet, list []desk.ContactRow) {
			if len(list) == 0 {
				s.say(theme.Faint, safe.Const("Nobody you see is called so."))
			}
			for _, k := range list {
				s.effect(safe.Line(k.Shown), theme.Plain, safe.Addr(k.Address))
			}
			if len(list) == contactsFound {
				s.say(theme.Faint, safe.Const("There may be more."))
			}
		},
	}
	cmd := r.open(f)
	f.fields.Buttons[0] = safe.Const("Find")
	return cmd
}

// The fields of a contact.
const (
	contactEmail = iota
	contactName
	contactCompany
	contactOwner
	contactListed
)

// contactKeys are the attributes behind the fields.
func contactKeys() []string {
	return []string{contactEmail: desk.AttrEmail, contactName: desk.AttrName, contactCompany: desk.AttrCompany, contactOwner: desk.AttrOwner, contactListed: desk.AttrListed}
}

func (p *contacts) add(action.Target) tea.Cmd {
	d := p.s.o.Desk
	return p.fillIn(safe.Const("Enter a contact"), desk.ContactCard{ContactRow: desk.ContactRow{Contact: desk.Contact{Listed: true}}},
		func(ctx context.Context, values map[string]string) (desk.Altered, error) {
			delete(values, desk.AttrListed) // it is: whoever is entered is seen by all
			return d.AddContact(ctx, values)
		})
}

func (p *contacts) change(action.Target) tea.Cmd {
	k, _ := p.marked()
	if p.card.ID != k.ID {
		return p.s.say(theme.Faint, safe.Const("A moment: it is still being read."))
	}
	d, who := p.s.o.Desk, k.Address
	return p.fillIn(safe.Sprintf("Change %s", safe.Addr(who)), p.card, func(ctx context.Context, values map[string]string) (desk.Altered, error) {
		return d.SetContact(ctx, who, values)
	})
}

// fillIn opens the form of a contact; write writes what is different.
func (p *contacts) fillIn(title safe.Text, was desk.ContactCard, write func(context.Context, map[string]string) (desk.Altered, error)) tea.Cmd {
	f := &form{title: title, working: safe.Const("Saving…"), culprit: contactCulprit}
	f.fields.Rows = []widget.FormRow{
		contactEmail:   {Label: safe.Const("Addresses"), Hint: safe.Const("the main one first, with commas between")},
		contactName:    {Label: safe.Const("Name"), Hint: safe.Const("as their mails say")},
		contactCompany: {Label: safe.Const("Company"), Hint: safe.Const("the name of one there is")},
		contactOwner:   {Label: safe.Const("Owner"), Hint: safe.Const("the login of who looks after it")},
		contactListed: {Label: safe.Const("Seen by"), Choices: []widget.Choice{
			{Label: safe.Const("who sees its mail")}, {Label: safe.Const("everybody")},
		}},
	}
	before := []string{strings.Join(was.Addresses, ", "), was.Name, was.CompanyName, was.OwnerName, "no"}
	for i, text := range before[:contactListed] {
		f.fields.Rows[i].Field.Set(text)
	}
	if was.Listed {
		before[contactListed], f.fields.Rows[contactListed].Chosen = "yes", 1
	}
	put := func(ctx context.Context, v values) (desk.Altered, error) {
		changed := map[string]string{}
		for i, key := range contactKeys() {
			now := v.text(i)
			if i == contactListed {
				now = []string{"no", "yes"}[v.chosen[i]]
			}
			if now != before[i] {
				changed[key] = now
			}
		}
		return write(ctx, changed)
	}
	return p.alter(f, put)
}

// alter opens a form that changes a record, with what would be different.
func (p *contacts) alter(f *form, put func(context.Context, values) (desk.Altered, error)) tea.Cmd {
	f.save = func(ctx context.Context, v values) (result, error) {
		a, err := put(ctx, v)
		return result{text: alteredWords(a), undo: a.Batch}, err
	}
	f.saved = func() { p.card, p.found = desk.ContactCard{}, nil }
	r := &rehearsal[desk.Altered]{s: p.s, find: put, show: showAltered}
	return r.open(f)
}

func contactCulprit(e *desk.Error) int {
	switch e.Code {
	case "NO_ADDRESS", "TOO_MANY_ADDRESSES", "BAD_ADDRESS", "CONTACT_EXISTS":
		return contactEmail
	case "BAD_NAME":
		return contactName
	case "NO_SUCH_COMPANY":
		return contactCompany
	case "NO_SUCH_USER":
		return contactOwner
	default:
		return -1
	}
}

func alteredWords(a desk.Altered) safe.Text {
	switch {
	case a.Added:
		return safe.Sprintf("%s is a contact now.", safe.Line(a.Of))
	case len(a.After) == 0:
		return safe.Const("Nothing is different, so nothing was written.")
	default:
		return safe.Sprintf("%s is changed.", safe.Line(a.Of))
	}
}

// showAltered writes what would be different.
func showAltered(s *sheet, a desk.Altered) {
	if len(a.After) == 0 {
		s.say(theme.Faint, safe.Const("Nothing is different."))
		return
	}
	s.say(theme.Strong, safe.Const("That would mean:"))
	for _, key := range desk.ContactAttributes() {
		now, ok := a.After[key]
		if !ok || now == a.Before[key] {
			continue
		}
		if now == "" {
			now = "none"
		}
		s.effect(safe.Line(key), theme.Plain, safe.Line(now))
		if was := a.Before[key]; was != "" {
			s.effect(safe.Const("  before"), theme.Faint, safe.Line(was))
		}
	}
}

// merge makes the contact and another one one; one that looks like it is
// proposed.
func (p *contacts) merge(action.Target) tea.Cmd {
	k, _ := p.marked()
	d, into, other := p.s.o.Desk, k, ""
	if twin, ok := p.twin(k.ID); ok {
		into, other = twin.Into, twin.From.Address
	}
	f := &form{
		title:   safe.Sprintf("Merge into %s", safe.Addr(into.Address)),
		intro:   safe.Const("It keeps what was entered about it and gets what it lacks. Who sees it sees the addresses of both from then on; each conversation stays where it is seen."),
		working: safe.Const("Merging…"),
		culprit: func(*desk.Error) int { return 0 },
	}
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("From"), Hint: safe.Const("the address of the other contact")}}
	f.fields.Rows[0].Field.Set(other)
	cmd := p.alter(f, func(ctx context.Context, v values) (desk.Altered, error) {
		return d.MergeContacts(ctx, into.Address, v.text(0))
	})
	saved := f.saved
	f.saved = func() {
		saved()
		p.twins = nil
	}
	f.fields.Buttons[0] = safe.Const("Merge")
	return cmd
}
