package settings

import (
	"cmp"
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// signatures are what stands below the mail one writes: one's own, and those of
// the inboxes, which come before it.
type signatures struct {
	s    *Screen
	list list
	read shell.Lane[[]signature]
	// all are mine and those of the inboxes I see, mine first.
	all []signature
}

// signature is one of them, as it is kept and as it stands below a mail of mine.
type signature struct {
	in          desk.InboxView // its ID is 0 for my own
	text, shown string
}

func newSignatures(s *Screen) *signatures {
	return &signatures{s: s, list: list{tall: 2}}
}

func (p *signatures) about() About {
	return About{ID: Signatures, Title: safe.Const("Signatures"), scope: action.InSignatures}
}

func (p *signatures) here() *list { return &p.list }

func (p *signatures) mark() (safe.Text, theme.Role) { return safe.Text{}, theme.Faint }

func (p *signatures) ask() tea.Cmd {
	if p.read.Busy() {
		return nil
	}
	d := p.s.o.Desk
	var inboxes []desk.InboxView
	for _, in := range p.s.state().Inboxes {
		if in.Member && (in.Kind == desk.Shared || in.Owner == p.s.state().Me.ID) {
			inboxes = append(inboxes, in)
		}
	}
	return p.read.Ask(p.s.sh.Context(), func(ctx context.Context) ([]signature, error) {
		own, err := d.Signature(ctx)
		if err != nil {
			return nil, err
		}
		all := []signature{{text: own}}
		for _, in := range inboxes {
			list, err := d.InboxSettings(ctx, in.Name)
			if err != nil {
				return nil, err
			}
			all = append(all, signature{in: in, text: setting(list, desk.SetSignature).Value})
		}
		for i, sig := range all {
			if all[i].shown, err = d.Signed(ctx, where(all, sig), cmp.Or(sig.text, own)); err != nil {
				return nil, err
			}
		}
		return all, nil
	})
}

// where is the inbox a signature is shown in: mine in the first that has none of
// its own.
func where(all []signature, sig signature) desk.InboxID {
	if sig.in.ID != 0 {
		return sig.in.ID
	}
	for _, other := range all {
		if other.in.ID != 0 && other.text == "" && other.in.Rights.Reply {
			return other.in.ID
		}
	}
	return 0
}

func (p *signatures) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		if msg.Settings && p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]signature]:
		all, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.all = all
		p.fill()
	}
	return nil
}

func (p *signatures) fill() {
	rows := make([]row, len(p.all))
	for i, sig := range p.all {
		r := row{id: int64(sig.in.ID), title: safe.Line(sig.in.Name), right: safe.Line(string(sig.in.Kind)), sign: p.s.sh.Theme().Signs.Dot, role: theme.Faint}
		if sig.in.ID == 0 {
			r.title, r.right = safe.Const("Yours"), safe.Text{}
		}
		first, _, _ := strings.Cut(sig.shown, "\n")
		switch {
		case sig.text != "":
			r.sign, r.role, r.under = p.s.sh.Theme().Signs.Health, theme.Good, safe.Line(first)
		case sig.in.ID == 0:
			r.under = safe.Const("you have none")
		default:
			r.under = safe.Const("none of its own: yours stands there")
		}
		rows[i] = r
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

// marked is the signature under the cursor.
func (p *signatures) marked() (signature, bool) {
	id, ok := p.list.id()
	for _, sig := range p.all {
		if ok && int64(sig.in.ID) == id {
			return sig, true
		}
	}
	return signature{}, false
}

func (p *signatures) sheet(s *sheet) {
	sig, ok := p.marked()
	if !ok {
		return
	}
	switch {
	case sig.in.ID == 0:
		s.say(theme.Faint, safe.Const("It stands below your mail from inboxes that have none of their own."))
		s.fact(safe.Const("below mail"), theme.Plain, p.below())
	case sig.text != "":
		s.say(theme.Faint, safe.Const("It stands below mail from this inbox, whoever writes it, in the place of their own."))
	default:
		s.say(theme.Faint, safe.Const("The inbox has none of its own: below a mail stands that of who writes it. Below yours:"))
	}
	s.gap()
	s.signature(sig.shown)
}

// below names the inboxes below whose mail mine stands.
func (p *signatures) below() safe.Text {
	var list []safe.Text
	for _, sig := range p.all {
		if sig.in.ID != 0 && sig.text == "" && sig.in.Rights.Reply {
			list = append(list, safe.Sprintf("from %s", safe.Line(sig.in.Name)))
		}
	}
	return safe.Join(", ", list...)
}

// signature writes the end of a mail.
func (s *sheet) signature(text string) {
	if text == "" {
		s.say(theme.Faint, safe.Const("(nothing)"))
		return
	}
	s.say(theme.Faint, safe.Const("--"))
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			s.lines = append(s.lines, widget.Blank(s.width))
			continue
		}
		s.say(theme.Plain, safe.Line(line))
	}
}

func (p *signatures) verbs() []verb {
	some := action.When("no signature is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	look := p.s.sh.MayIn(func() (desk.InboxView, bool) { sig, ok := p.marked(); return sig.in, ok && sig.in.ID != 0 }, desk.RightConfigure)
	return []verb{{Action: action.Action{ID: "signature.change", Title: "Change the signature", Keys: []string{"c"}, Footer: "change", Weight: 5, Run: p.change}, button: safe.Const("Change"), fits: some, right: look}}
}

// signing is a signature that is being written, with what would stand below a
// mail.
type signing struct {
	s     *Screen
	in    desk.InboxID // whose name stands in the preview
	shown string
	err   error
	read  shell.Lane[string]
}

func (p *signatures) change(action.Target) tea.Cmd {
	sig, _ := p.marked()
	d, w := p.s.o.Desk, &signing{s: p.s, in: where(p.all, sig)}
	name := safe.Const("Your signature")
	if sig.in.ID != 0 {
		name = safe.Sprintf("Signature of %s", safe.Line(sig.in.Name))
	}
	f := &form{
		title: name, working: safe.Const("Saving…"), hasty: true,
		culprit: func(*desk.Error) int { return 0 },
		glance:  w.glance, seen: w.seen, preview: w.preview,
	}
	text := &widget.Editor{}
	text.Set(sig.text)
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("Text"), Hint: safe.Const("a few lines; none where it is empty"), Lines: text}}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		if sig.in.ID == 0 {
			batch, err := d.SetSignature(ctx, v.text(0))
			return kept(name, batch), err
		}
		done, err := d.SetInboxSettings(ctx, sig.in.Name, map[desk.SettingKey]string{desk.SetSignature: v.text(0)})
		return kept(name, done.Batch), err
	}
	return p.s.open(f)
}

// kept tells that a signature is, and how it is taken back.
func kept(name safe.Text, batch string) result {
	if batch == "" {
		return result{text: safe.Const("Nothing is different, so nothing was written.")}
	}
	return result{text: safe.Sprintf("%s is kept.", name), undo: batch}
}

// glance finds out how it would stand below a mail.
func (w *signing) glance(v values) tea.Cmd {
	d, in := w.s.o.Desk, w.in
	return w.read.Ask(w.s.sh.Context(), func(ctx context.Context) (string, error) { return d.Signed(ctx, in, v.text(0)) })
}

func (w *signing) seen(msg tea.Msg) tea.Cmd {
	shown, err, ok := w.read.Take(msg)
	if ok && !errors.Is(err, context.Canceled) {
		w.shown, w.err = shown, err
	}
	return nil
}

func (w *signing) preview(s *sheet) {
	if w.err != nil {
		s.say(theme.Bad, shell.Sentence(w.err))
		return
	}
	s.say(theme.Faint, safe.Const("Below your mail stands then:"))
	s.signature(w.shown)
	s.gap()
	s.say(theme.Faint, safe.Const("{{agent.name}}, {{agent.first}} and {{inbox.name}} stand for who writes and where."))
}
