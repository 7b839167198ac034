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

// addresses offers what can be done with the further addresses of an account.
func (p *inboxes) addresses(action.Target) tea.Cmd {
	b, _ := p.marked()
	a := *b.account
	items := []widget.Item{{Label: safe.Const("Add an address")}}
	runs := []func() tea.Cmd{func() tea.Cmd { return p.addAddress(a) }}
	for _, other := range p.further.list {
		if other.Account != a.ID || other.Kind == desk.AddressPrimary {
			continue
		}
		name, kind := safe.Addr(other.Address), safe.Line(string(other.Kind))
		if other.Kind != desk.AddressForm && !other.Writes() {
			items = append(items, widget.Item{Label: safe.Sprintf("Verify %s by a mail", name), Hint: kind})
			runs = append(runs, func() tea.Cmd { return p.verify(a, other.Address) })
		}
		items = append(items, widget.Item{Label: safe.Sprintf("Remove %s", name), Hint: kind})
		runs = append(runs, func() tea.Cmd { return p.removeAddress(other.Address) })
	}
	p.s.sh.Show(shell.NewPick(p.s.sh, safe.Sprintf("addresses of %s", safe.Addr(a.Address)), items, func(i int) tea.Cmd { return runs[i]() }))
	return nil
}

// The fields of a further address.
const (
	addressNew = iota
	addressKind
)

func (p *inboxes) addAddress(a desk.Account) tea.Cmd {
	d := p.s.o.Desk
	f := &form{
		title:   safe.Sprintf("Another address of %s", safe.Addr(a.Address)),
		intro:   safe.Const("Like the address of an account, each has one holder in the whole desk. Before one is written from, a mail has to show that it can be."),
		working: safe.Const("Saving…"),
		culprit: func(e *desk.Error) int {
			if e.Kind == desk.Invalid || e.Kind == desk.Conflict {
				return addressNew
			}
			return -1
		},
	}
	f.fields.Rows = []widget.FormRow{
		addressNew: {Label: safe.Const("Address"), Hint: safe.Const("such as: help@acme.test")},
		addressKind: {Label: safe.Const("Kind"), Choices: []widget.Choice{
			{Label: safe.Const("alias"), Hint: safe.Const("mail to it arrives here too")},
			{Label: safe.Const("send-as"), Hint: safe.Const("mail to it arrives elsewhere")},
			{Label: safe.Const("form"), Hint: safe.Const("what a form delivers")},
		}},
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.saved = func() { p.further.known = false }
	f.save = func(ctx context.Context, v values) (result, error) {
		added, err := d.AddAddress(ctx, a.Address, v.text(addressNew), desk.AddressKinds()[v.chosen[addressKind]])
		text := safe.Sprintf("%s has the address %s.", safe.Addr(a.Address), safe.Addr(added.Address))
		if added.Kind != desk.AddressForm {
			text = safe.Sprintf("%s Verify it before you write from it.", text)
		}
		return result{text: text}, err
	}
	return p.s.open(f)
}

func (p *inboxes) removeAddress(address string) tea.Cmd {
	d, name := p.s.o.Desk, safe.Addr(address)
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("remove the address"), safe.Sprintf("Nobody writes from %s any more, and it is free to be used anew. What came in through it stays.", name),
		shell.Option{Label: safe.Const("No, leave it")},
		shell.Option{Label: safe.Sprintf("Yes, remove %s", name), Run: func() tea.Cmd {
			p.further.known = false
			return p.do(func(ctx context.Context) (safe.Text, error) {
				_, err := d.RemoveAddress(ctx, address)
				return safe.Sprintf("%s is free again.", name), err
			})
		}}))
	return nil
}

// verify sends a mail from the address and follows it back.
func (p *inboxes) verify(a desk.Account, address string) tea.Cmd {
	var cmd tea.Cmd
	p.trip, cmd = shell.SendVerification(p.s.sh, p.s.o.Desk, address, a.ID)
	return cmd
}

// followed hands a fact to the mail that is under way. When that has come back,
// the addresses may be others than they were.
func (p *inboxes) followed(msg tea.Msg) tea.Cmd {
	underway := p.trip.UnderWay()
	cmd := p.trip.Update(msg)
	if underway && !p.trip.UnderWay() {
		p.further.known = false
		return tea.Batch(cmd, p.further.ask(p.s, p.s.o.Desk.Addresses))
	}
	return cmd
}

// writesFrom reports whether mail may leave from an address now.
func (p *inboxes) writesFrom(address string) bool {
	for _, a := range p.further.list {
		if a.Address == address {
			return a.Writes()
		}
	}
	return false
}
