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

// weighing is a form that changes whose an account is, or an inbox. That is the
// riskiest thing an admin does, so the form is a preview: what it says is a
// rehearsal of the very change.
type weighing struct {
	s    *Screen
	form *form
	// change makes the change the fields ask for. idle says, instead of a
	// preview, that they ask for none yet.
	change func(context.Context, values) (weighed, error)
	idle   func(values) safe.Text

	still safe.Text // what idle has said
	would weighed
	err   error
	known bool
	read  shell.Lane[weighed]
}

// weighed is a change, or what it would be: all it means, and what is said when
// it is done.
type weighed struct {
	effects []desk.Effect
	result  result
}

// converted tells of an account that has gone over to another inbox.
func converted(done desk.Converted, err error) (weighed, error) {
	if err != nil {
		return weighed{}, err
	}
	is := safe.Text{} // a transfer leaves the kind
	if done.To.Kind != done.From.Kind {
		is = safe.Sprintf(" is %s now, and", safe.Line(string(done.To.Kind)))
	}
	return weighed{done.Effects(), result{text: safe.Sprintf("%s%s serves the inbox %s.", safe.Addr(done.Address), is, safe.Line(done.To.Name)), undo: done.Batch}}, nil
}

func (p *inboxes) convert(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, account, now := p.s.o.Desk, *b.account, b.in.Kind
	asked := func(v values) desk.Conversion {
		return desk.Conversion{
			Address: account.Address,
			To:      []desk.InboxKind{desk.Personal, desk.Shared}[v.chosen[toKind]],
			History: []desk.MailHistory{desk.HistoryKeep, desk.HistoryMove}[v.chosen[toHistory]],
			Owner:   v.text(toOwner), Inbox: v.text(toInbox),
		}
	}
	w := &weighing{
		s:      p.s,
		change: func(ctx context.Context, v values) (weighed, error) { return converted(d.Convert(ctx, asked(v))) },
		idle: func(v values) safe.Text {
			if asked(v).To != now {
				return safe.Text{}
			}
			return safe.Sprintf("It is %s now. Choose the other type to see what switching does.", safe.Line(string(now)))
		},
	}
	w.form = &form{
		title:   safe.Sprintf("Switch %s", safe.Addr(account.Address)),
		working: safe.Const("Switching…"),
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
	w.form.fields.Rows = []widget.FormRow{
		toKind: {Label: safe.Const("Type"), Choices: []widget.Choice{
			{Label: safe.Const("personal"), Hint: safe.Const("one person sees it")},
			{Label: safe.Const("shared"), Hint: safe.Const("members work on it together")},
		}},
		toHistory: {Label: safe.Const("Mail so far"), Choices: []widget.Choice{
			{Label: safe.Const("stays"), Hint: safe.Const("with those who read it")},
			{Label: safe.Const("goes along"), Hint: safe.Const("the inbox itself moves")},
		}},
		toOwner: {Label: safe.Const("Owner"), Hint: safe.Const("you, or the login of somebody else")},
		toInbox: {Label: safe.Const("Inbox"), Hint: safe.Const("a new one, or one that is there")},
	}
	if now == desk.Shared {
		w.form.fields.Rows[toKind].Chosen = 1
	}
	return w.open()
}

// transfer lets the account serve another inbox of its kind.
func (p *inboxes) transfer(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, account, now := p.s.o.Desk, *b.account, b.in.Name
	w := &weighing{
		s: p.s,
		change: func(ctx context.Context, v values) (weighed, error) {
			return converted(d.Transfer(ctx, account.Address, v.text(0)))
		},
		idle: func(v values) safe.Text {
			if v.text(0) != "" {
				return safe.Text{}
			}
			return safe.Sprintf("It serves %s now. Name another inbox to see what that means.", safe.Line(now))
		},
	}
	w.form = &form{
		title:   safe.Sprintf("Another inbox for %s", safe.Addr(account.Address)),
		intro:   safe.Const("What came before stays where it is, and no mail is fetched a second time."),
		working: safe.Const("Going over…"),
		culprit: func(e *desk.Error) int {
			if e.Kind == desk.Invalid || e.Code == "NAME_IN_USE" {
				return 0
			}
			return -1
		},
	}
	w.form.fields.Rows = []widget.FormRow{{Label: safe.Const("Inbox"), Hint: safe.Sprintf("a new one, or the name of one that is %s too", safe.Line(string(b.in.Kind)))}}
	return w.open()
}

// The fields of merging an inbox into another one.
const (
	mergeInto = iota
	mergeTag
)

// merge lets the whole inbox go into another one.
func (p *inboxes) merge(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, name := p.s.o.Desk, b.in.Name
	w := &weighing{
		s: p.s,
		change: func(ctx context.Context, v values) (weighed, error) {
			m, err := d.MergeInboxes(ctx, name, v.text(mergeInto), v.text(mergeTag))
			if err != nil {
				return weighed{}, err
			}
			return weighed{m.Effects(), result{text: safe.Sprintf("The inbox %s has gone into %s.", safe.Line(m.From.Name), safe.Line(m.To.Name))}}, nil
		},
		idle: func(v values) safe.Text {
			if v.text(mergeInto) != "" {
				return safe.Text{}
			}
			return safe.Const("Name another shared inbox to see what that means.")
		},
	}
	w.form = &form{
		title:   safe.Sprintf("Merge %s into another inbox", safe.Line(name)),
		intro:   safe.Const("Its mailboxes, conversations and rules go into the other inbox, and it is gone. That cannot be undone."),
		working: safe.Const("Moving all of it… that takes a while for a big inbox"),
		culprit: func(e *desk.Error) int {
			switch e.Code {
			case "BAD_TAG":
				return mergeTag
			case "NO_SUCH_INBOX", "SAME_INBOX", "PERSONAL":
				return mergeInto
			default:
				return -1
			}
		},
	}
	w.form.fields.Rows = []widget.FormRow{
		mergeInto: {Label: safe.Const("Inbox"), Hint: safe.Const("the name of a shared one that is there")},
		mergeTag:  {Label: safe.Const("Tag"), Hint: safe.Const("for its conversations, to tell them from the others; or none")},
	}
	return w.open()
}

// open begins to fill the form in.
func (w *weighing) open() tea.Cmd {
	f := w.form
	f.save, f.glance, f.seen, f.preview = w.save, w.glance, w.seen, w.preview
	f.refusal = func() error { return w.err }
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	return w.s.open(f)
}

// glance rehearses the change.
func (w *weighing) glance(v values) tea.Cmd {
	w.known, w.still, w.err = false, w.idle(v), nil
	if !w.still.IsEmpty() {
		w.form.settled = true
		w.read.Drop()
		return nil
	}
	return w.read.Ask(w.s.sh.Context(), func(ctx context.Context) (weighed, error) { return w.change(desk.Rehearse(ctx), v) })
}

func (w *weighing) seen(msg tea.Msg) tea.Cmd {
	would, err, ok := w.read.Take(msg)
	if ok && !errors.Is(err, context.Canceled) {
		w.known, w.would, w.err, w.form.settled = true, would, err, true
		if err == nil {
			w.form.problem = safe.Text{}
		}
	}
	return nil
}

// preview says who loses access, what becomes of the mail, and what does not
// change; or why it is refused, with everything that is in the way.
func (w *weighing) preview(s *sheet) {
	switch {
	case !w.still.IsEmpty():
		s.say(theme.Faint, w.still)
		return
	case !w.known:
		s.say(theme.Faint, safe.Const("Looking what it would mean…"))
		return
	case w.err != nil:
		w.refused(s)
		return
	}
	s.say(theme.Strong, safe.Const("That would mean:"))
	// Who loses something comes first: in a small window little is in sight.
	for _, role := range [...]theme.Role{theme.Warn, theme.Plain} {
		for _, e := range w.would.effects {
			if (e.What == "lose access" || e.What == "assigned") == (role == theme.Warn) {
				s.effect(safe.Line(e.What), role, safe.Line(e.Text))
			}
		}
	}
}

func (w *weighing) refused(s *sheet) {
	var e *desk.Error
	if !errors.As(w.err, &e) || len(e.References) == 0 {
		s.say(theme.Bad, shell.Sentence(w.err))
		return
	}
	s.say(theme.Bad, safe.Const("It is refused while these refer to it. Each goes with the command behind it, in this order:"))
	for _, r := range e.References {
		s.effect(safe.Line(r.What), theme.Plain, safe.Sprintf("%s: %s", safe.Line(r.Name), safe.Line(r.Remove)))
	}
}

func (w *weighing) save(ctx context.Context, v values) (result, error) {
	if !w.idle(v).IsEmpty() {
		return result{}, &desk.Error{Kind: desk.Conflict, Code: "NOTHING_ASKED", Message: "Nothing would be different.", Hint: "Choose something else, or cancel."}
	}
	done, err := w.change(ctx, v)
	return done.result, err
}
