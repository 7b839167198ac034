package settings

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// releasing is the release of an address that was kept for somebody who was
// removed; like a removal it is previewed by a rehearsal.
type releasing struct {
	s       *Screen
	form    *form
	address string // what the last rehearsal was about
	err     error
	known   bool
	read    shell.Lane[int]
	further int
}

func (p *people) release(action.Target) tea.Cmd {
	w := &releasing{s: p.s}
	w.form = &form{
		title:   safe.Const("Free an address"),
		intro:   safe.Const("An address may have been kept when somebody was removed, so that nobody connects it."),
		working: safe.Const("Freeing…"),
		culprit: func(*desk.Error) int { return 0 },
		glance:  w.glance, seen: w.seen, preview: w.preview,
	}
	w.form.fields.Rows = []widget.FormRow{{Label: safe.Const("Address"), Hint: safe.Const("of somebody who was removed")}}
	w.form.fields.Buttons = []safe.Text{safe.Const("Free it"), safe.Const("Cancel")}
	d := p.s.o.Desk
	w.form.save = func(ctx context.Context, v values) (result, error) {
		further, err := d.ReleaseAddress(ctx, v.text(0))
		return result{text: safe.Sprintf("%s again.", freed(v.text(0), further))}, err
	}
	return p.s.open(w.form)
}

func (w *releasing) glance(v values) tea.Cmd {
	w.address, w.known = v.text(0), false
	if w.address == "" {
		w.form.settled = true
		w.read.Drop()
		return nil
	}
	d, address := w.s.o.Desk, w.address
	return w.read.Ask(w.s.sh.Context(), func(ctx context.Context) (int, error) {
		return d.ReleaseAddress(desk.Rehearse(ctx), address)
	})
}

func (w *releasing) seen(msg tea.Msg) tea.Cmd {
	further, err, ok := w.read.Take(msg)
	if ok && !errors.Is(err, context.Canceled) {
		w.known, w.further, w.err, w.form.settled = true, further, err, true
	}
	return nil
}

func (w *releasing) preview(s *sheet) {
	switch {
	case w.address == "":
	case !w.known:
		s.say(theme.Faint, safe.Const("Looking who has it…"))
	case w.err != nil:
		s.say(theme.Bad, shell.Sentence(w.err))
	default:
		s.say(theme.Plain, safe.Sprintf("The account of %s is disconnected, its password forgotten, and its mail that waits to leave goes back to drafts. What came in stays where it is. To be connected anew, %s then.", safe.Addr(w.address), freed(w.address, w.further)))
	}
}

// freed says which addresses are free: the further ones of a mailbox that was
// somebody's own are not named to an admin.
func freed(address string, further int) safe.Text {
	switch further {
	case 0:
		return safe.Sprintf("%s is free", safe.Addr(address))
	case 1:
		return safe.Sprintf("%s and one further address of the mailbox are free", safe.Addr(address))
	}
	return safe.Sprintf("%s and %s further addresses of the mailbox are free", safe.Addr(address), safe.Int(further))
}
