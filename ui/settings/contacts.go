package settings

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// contacts are the people who write to the desk, as far as one sees them.
type contacts struct {
	s    *Screen
	list list
	// words are what is looked for; twins that those are shown that look like
	// one.
	words string
	found []desk.ContactRow
	read  shell.Lane[[]desk.ContactRow]
	twins []desk.Duplicate
	pairs shell.Lane[[]desk.Duplicate]
	// card is what is known of the contact under the cursor.
	card desk.ContactCard
	look shell.Lane[desk.ContactCard]
}

// contactsShown is how many the list has at most: who looks for one types a
// part of the name.
const contactsShown = 200

func newContacts(s *Screen) *contacts {
	return &contacts{s: s, list: list{tall: 2, nothing: safe.Const("Nobody is found. / looks for others.")}}
}

func (p *contacts) about() About {
	return About{ID: Contacts, Title: safe.Const("Contacts"), scope: action.InContacts}
}

func (p *contacts) here() *list { return &p.list }

// mark says that not all are shown.
func (p *contacts) mark() (safe.Text, theme.Role) {
	if p.words == "" {
		return safe.Text{}, theme.Faint
	}
	return safe.Const("/"), theme.Accent
}

func (p *contacts) ask() tea.Cmd {
	p.fill()
	d, words := p.s.o.Desk, p.words
	if p.read.Busy() {
		return p.askCard()
	}
	if p.found == nil {
		return tea.Batch(p.find(words), p.pairs.Ask(p.s.sh.Context(), d.Duplicates))
	}
	return p.askCard()
}

// find looks for the words.
func (p *contacts) find(words string) tea.Cmd {
	d := p.s.o.Desk
	return p.read.Ask(p.s.sh.Context(), func(ctx context.Context) ([]desk.ContactRow, error) {
		list, err := d.ContactsLike(ctx, words, "", "", desk.ContactQuery{Limit: contactsShown})
		return append([]desk.ContactRow{}, list...), err
	})
}

// askCard reads what is known of the contact under the cursor.
func (p *contacts) askCard() tea.Cmd {
	k, ok := p.marked()
	if !ok || p.card.ID == k.ID {
		return nil
	}
	d := p.s.o.Desk
	return p.look.Ask(p.s.sh.Context(), func(ctx context.Context) (desk.ContactCard, error) { return d.Contact(ctx, k.Address) })
}

func (p *contacts) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Returned:
		p.card, p.found = desk.ContactCard{}, nil // what was merged may be two again
		if p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Changed:
		p.card = desk.ContactCard{} // a mail may have come from it
		if p.s.part() == part(p) && !p.read.Busy() && p.found != nil {
			return p.find(p.words)
		}
	case shell.Answer[[]desk.ContactRow]:
		found, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.found = found
		p.fill()
		return p.askCard()
	case shell.Answer[[]desk.Duplicate]:
		twins, err, ok := p.pairs.Take(msg)
		if ok && err != nil {
			return p.s.sh.Missed(err)
		}
		if ok {
			p.twins = twins
			p.fill()
		}
	case shell.Answer[desk.ContactCard]:
		card, err, ok := p.look.Take(msg)
		switch {
		case !ok:
		case err != nil && desk.KindOf(err) == desk.NotFound: // it is gone since, which the list will show
		case err != nil:
			return p.s.sh.Missed(err)
		default:
			p.card = card
		}
	}
	return nil
}

func (p *contacts) fill() {
	rows := make([]row, len(p.found))
	for i, k := range p.found {
		r := row{id: int64(k.ID), title: safe.Line(k.Shown), right: safe.Line(k.OwnerName), under: safe.Addr(k.Address), sign: p.s.sh.Theme().Signs.Dot, role: theme.Faint}
		if k.Shown == "" {
			r.title = safe.Addr(k.Address)
		}
		if k.CompanyName != "" {
			r.under = safe.Sprintf("%s · %s", r.under, safe.Line(k.CompanyName))
		}
		if _, ok := p.twin(k.ID); ok {
			r.sign, r.role = p.s.sh.Theme().Signs.Broken, theme.Warn
		}
		rows[i] = r
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

func (p *contacts) marked() (desk.ContactRow, bool) {
	id, ok := p.list.id()
	for _, k := range p.found {
		if ok && int64(k.ID) == id {
			return k, true
		}
	}
	return desk.ContactRow{}, false
}

// twin is a proposal to merge a contact with another one.
func (p *contacts) twin(id desk.ContactID) (desk.Duplicate, bool) {
	for _, d := range p.twins {
		if d.Into.ID == id || d.From.ID == id {
			return d, true
		}
	}
	return desk.Duplicate{}, false
}

func (p *contacts) sheet(s *sheet) {
	k, ok := p.marked()
	if !ok {
		return
	}
	if p.words != "" {
		s.say(theme.Accent, safe.Sprintf("Found by: %s", safe.Line(p.words)))
	}
	if d, ok := p.twin(k.ID); ok {
		other := d.Into
		if other.ID == k.ID {
			other = d.From
		}
		s.say(theme.Warn, safe.Sprintf("It looks like %s: %s.", safe.Addr(other.Address), safe.Line(d.Why)))
		s.gap()
	}
	s.fact(safe.Const("name"), theme.Plain, safe.Line(k.Shown))
	if p.card.ID != k.ID {
		s.fact(safe.Const("address"), theme.Plain, safe.Addr(k.Address))
		return
	}
	s.contact(p.s.sh, p.card)
}

// contact writes all that is known of a contact.
func (s *sheet) contact(sh *shell.Shell, card desk.ContactCard) {
	var addresses []safe.Text
	for _, a := range card.Addresses {
		addresses = append(addresses, safe.Addr(a))
	}
	s.fact(safe.Const("addresses"), theme.Plain, safe.Join(", ", addresses...))
	s.fact(safe.Const("company"), theme.Plain, safe.Line(card.CompanyName))
	s.fact(safe.Const("owner"), theme.Plain, safe.Line(card.OwnerName))
	seen := safe.Const("who sees its conversations")
	if card.Listed {
		seen = safe.Const("everybody at the desk")
	}
	s.fact(safe.Const("seen by"), theme.Faint, seen)
	if len(card.Deals) > 0 {
		s.title(safe.Const("Deals"))
	}
	for _, d := range card.Deals {
		role, words := theme.Plain, []safe.Text{safe.Line(d.Stage), safe.Line(d.OwnerName)}
		if !d.Open {
			role, words = theme.Faint, []safe.Text{safe.Const("closed"), safe.Line(d.OwnerName)}
		}
		s.effect(safe.Sprintf("%s %s", safe.Int(int(d.ID)), safe.Line(d.Name)), role, safe.Join(" · ", filledIn(words)...))
	}
	if len(card.Conversations) > 0 {
		s.title(safe.Const("Conversations"))
	}
	for _, c := range card.Conversations {
		s.fact(safe.Sprintf("#%s", safe.Int(int(c.ID))), theme.Plain, safe.Sprintf("%s · %s · %s · %s", safe.Line(c.Subject), safe.Line(string(c.Place())), safe.Line(c.InboxName), sh.When(c.LastAt)))
	}
	if card.More {
		s.say(theme.Faint, safe.Sprintf("There are older ones: search for contact:%s", safe.Addr(card.Address)))
	}
}

// filledIn leaves out what is empty.
func filledIn(list []safe.Text) []safe.Text {
	var some []safe.Text
	for _, t := range list {
		if !t.IsEmpty() {
			some = append(some, t)
		}
	}
	if len(some) == 0 {
		return []safe.Text{safe.Const("open")}
	}
	return some
}

func (p *contacts) verbs() []verb {
	some := action.When("no contact is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	talked := action.When("you see no conversation of it", func() bool { k, _ := p.marked(); return p.card.ID == k.ID && len(p.card.Conversations) > 0 })
	return []verb{
		{Action: action.Action{ID: "contact.change", Title: "Change the contact", Keys: []string{"e"}, Footer: "change", Weight: 5, Run: p.change}, button: safe.Const("Change"), fits: some},
		{Action: action.Action{ID: "contact.open", Title: "Open a conversation of the contact…", Keys: []string{"o"}, Footer: "conversations", Weight: 4, Needs: []action.Need{talked}, Run: p.open}, button: safe.Const("Conversations…"), fits: some},
		{Action: action.Action{ID: "contact.merge", Title: "Merge the contact with another one", Keys: []string{"m"}, Footer: "merge", Weight: 4, Run: p.merge}, button: safe.Const("Merge…"), fits: some},
		{Action: action.Action{ID: "contact.find", Title: "Look for contacts", Keys: []string{"/"}, Footer: "find", Weight: 6, Run: p.search}, button: safe.Const("Find")},
		{Action: action.Action{ID: "contact.add", Title: "Enter a contact", Keys: []string{"c"}, Footer: "enter a contact", Weight: 5, Run: p.add}, button: safe.Const("Enter a contact")},
	}
}

// open shows one of the conversations one sees of the contact.
func (p *contacts) open(action.Target) tea.Cmd {
	thread := p.s.sh.Screens().Thread
	if thread == nil {
		return nil
	}
	list := p.card.Conversations
	items := make([]widget.Item, len(list))
	for i, c := range list {
		items[i] = widget.Item{Label: safe.Sprintf("#%s  %s", safe.Int(int(c.ID)), safe.Line(c.Subject)), Hint: safe.Line(strings.Join([]string{c.InboxName, string(c.Place())}, " · "))}
	}
	p.s.sh.Show(shell.NewPick(p.s.sh, safe.Sprintf("conversations of %s", safe.Addr(p.card.Address)), items, func(i int) tea.Cmd {
		return p.s.sh.Open(thread(p.s.sh, shell.Opening{ID: list[i].ID}))
	}))
	return nil
}
