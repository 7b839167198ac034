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

// The fields of a switch between personal and shared.
const (
	toKind = iota
	toHistory
	toOwner
	toInbox
)

// switching is the riskiest thing an admin does, so the form is a preview: what
// it says is a rehearsal of the very switch.
type switching struct {
	s       *Screen
	form    *form
	account desk.Account
	now     desk.InboxKind
	same    bool // nothing is switched yet
	would   desk.Converted
	err     error
	known   bool
	read    shell.Lane[desk.Converted]
}

func (p *inboxes) convert(action.Target) tea.Cmd {
	b, _ := p.marked()
	w := &switching{s: p.s, account: *b.account, now: b.in.Kind, same: true}
	f := &form{
		title:   safe.Sprintf("Switch %s", safe.Addr(b.account.Address)),
		working: safe.Const("Switching…"),
		save:    w.save, glance: w.glance, seen: w.seen, preview: w.preview,
		culprit: func(e *desk.Error) int {
			switch e.Code {
			case "NAME_IN_USE", "BAD_NAME":
				return toInbox
			case "NO_SUCH_USER":
				return toOwner
			default:
				return -1
			}
		},
	}
	w.form = f
	f.fields.Rows = []widget.FormRow{
		toKind: {Label: safe.Const("Type"), Choices: []widget.Choice{
			{Label: safe.Const("personal"), Hint: safe.Const("one person sees it")},
			{Label: safe.Const("shared"), Hint: safe.Const("members work on it together")},
		}},
		toHistory: {Label: safe.Const("Mail so far"), Choices: []widget.Choice{
			{Label: safe.Const("stays"), Hint: safe.Const("with those who read it now")},
			{Label: safe.Const("goes along"), Hint: safe.Const("the inbox itself is switched")},
		}},
		toOwner: {Label: safe.Const("Owner"), Hint: safe.Const("you, or the login of somebody else")},
		toInbox: {Label: safe.Const("Inbox"), Hint: safe.Const("a new one, or the name of one that is there")},
	}
	if b.in.Kind == desk.Shared {
		f.fields.Rows[toKind].Chosen = 1
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	return p.s.open(f)
}

// conversion is what the fields ask for.
func (w *switching) conversion(v values) desk.Conversion {
	return desk.Conversion{
		Address: w.account.Address,
		To:      []desk.InboxKind{desk.Personal, desk.Shared}[v.chosen[toKind]],
		History: []desk.MailHistory{desk.HistoryKeep, desk.HistoryMove}[v.chosen[toHistory]],
		Owner:   v.text(toOwner), Inbox: v.text(toInbox),
	}
}

// glance rehearses the switch.
func (w *switching) glance(v values) tea.Cmd {
	k, d := w.conversion(v), w.s.o.Desk
	w.known, w.same = false, k.To == w.now
	if w.same {
		w.form.settled = true
		w.read.Drop()
		return nil
	}
	return w.read.Ask(w.s.sh.Context(), func(ctx context.Context) (desk.Converted, error) { return d.Convert(desk.Rehearse(ctx), k) })
}

func (w *switching) seen(msg tea.Msg) tea.Cmd {
	would, err, ok := w.read.Take(msg)
	if ok && !errors.Is(err, context.Canceled) {
		w.known, w.would, w.err, w.form.settled = true, would, err, true
	}
	return nil
}

// preview says who loses access, what becomes of the mail, and what does not
// change; or why it is refused, with everything that is in the way.
func (w *switching) preview(s *sheet) {
	switch {
	case w.same:
		s.say(theme.Faint, safe.Sprintf("It is %s now. Choose the other type to see what switching does.", safe.Line(string(w.now))))
		return
	case !w.known:
		s.say(theme.Faint, safe.Const("Looking what switching would do…"))
		return
	case w.err != nil:
		w.refused(s)
		return
	}
	s.say(theme.Strong, safe.Const("Switching would mean:"))
	for _, e := range w.would.Effects() {
		role := theme.Plain
		if e.What == "lose access" {
			role = theme.Warn
		}
		s.effect(safe.Line(e.What), role, safe.Line(e.Text))
	}
}

func (w *switching) refused(s *sheet) {
	s.say(theme.Bad, shell.Sentence(w.err))
	var e *desk.Error
	if !errors.As(w.err, &e) {
		return
	}
	for _, r := range e.References {
		s.effect(safe.Line(r.What), theme.Plain, safe.Sprintf("%s: %s", safe.Line(r.Name), safe.Line(r.Remove)))
	}
}

func (w *switching) save(ctx context.Context, v values) (result, error) {
	k := w.conversion(v)
	if k.To == w.now {
		return result{}, &desk.Error{Kind: desk.Invalid, Code: "SAME_KIND", Message: "It is " + string(w.now) + " already.", Hint: "Choose the other type, or cancel."}
	}
	done, err := w.s.o.Desk.Convert(ctx, k)
	return result{text: safe.Sprintf("%s is %s now, in the inbox %s.", safe.Addr(w.account.Address), safe.Line(string(k.To)), safe.Line(done.To.Name)), undo: done.Batch}, err
}
