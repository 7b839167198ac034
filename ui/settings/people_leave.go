package settings

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// heldRead is the fact that we know what somebody holds who is to be removed.
type heldRead struct {
	user desk.User
	held desk.Holdings
	err  error
}

// remove reads what the person under the cursor holds, and then asks where
// each thing goes.
func (p *people) remove(action.Target) tea.Cmd {
	u, _ := p.person()
	d := p.s.o.Desk
	return shell.Do(p.s.sh, func(ctx context.Context) (desk.Holdings, error) { return d.Holdings(ctx, u.Login) },
		func(held desk.Holdings, err error) tea.Msg { return heldRead{u, held, err} })
}

// The fields of a removal; those of what nobody holds are left out.
type leaveField uint8

const (
	leaveInboxes leaveField = iota
	leaveConversations
	leaveRules
	leaveStrategies
	leaveRecords
	leaveHeir
	leaveSure
)

// leaving is a removal that is being filled in: like a switch it is a preview,
// and what it says is a rehearsal of the very removal.
type leaving struct {
	s     *Screen
	form  *form
	user  desk.User
	held  desk.Holdings
	asks  []leaveField // what each row of the form is
	to    desk.Leaving // what the last rehearsal was about
	err   error
	known bool
	read  shell.Lane[desk.Holdings]
}

// leave opens the form of a removal.
func (p *people) leave(h heldRead) tea.Cmd {
	if h.err != nil {
		return p.s.sh.Fail(h.err)
	}
	if p.s.form != nil || p.s.part() != part(p) {
		return nil // somebody has gone on
	}
	l := &leaving{s: p.s, user: h.user, held: h.held}
	l.form = &form{
		title:   safe.Sprintf("Remove %s", safe.Line(h.user.Name)),
		working: safe.Const("Removing…"),
		save:    l.save, glance: l.glance, seen: l.seen, preview: l.preview, culprit: l.culprit,
	}
	l.rows()
	l.form.fields.Buttons = []safe.Text{safe.Const("Remove"), safe.Const("Cancel")}
	return p.s.open(l.form)
}

// rows asks for what is held and for nothing else. Of addresses and the inboxes
// they belong to only the four pairs are offered that make sense.
func (l *leaving) rows() {
	add := func(yes bool, f leaveField, row widget.FormRow) {
		if yes {
			l.asks, l.form.fields.Rows = append(l.asks, f), append(l.form.fields.Rows, row)
		}
	}
	add(len(l.held.Inboxes) > 0, leaveInboxes, widget.FormRow{Label: safe.Const("Own inboxes"), Choices: []widget.Choice{
		{Label: safe.Const("kept"), Hint: safe.Const("addresses stay taken")},
		{Label: safe.Const("kept, free"), Hint: safe.Const("addresses are free")},
		{Label: safe.Const("to the heir"), Hint: safe.Const("with their addresses")},
		{Label: safe.Const("to heir, free"), Hint: safe.Const("addresses are free")},
	}})
	add(len(l.held.Conversations) > 0, leaveConversations, widget.FormRow{Label: safe.Const("Open work"), Choices: []widget.Choice{
		{Label: safe.Const("to nobody"), Hint: safe.Const("somebody takes them")},
		{Label: safe.Const("to the heir"), Hint: safe.Const("who has to answer there")},
		{Label: safe.Const("closed"), Hint: safe.Const("under the old name")},
	}})
	add(len(l.held.Rules) > 0, leaveRules, widget.FormRow{Label: safe.Const("Rules"), Choices: []widget.Choice{
		{Label: safe.Const("disabled"), Hint: safe.Const("those that name them")},
		{Label: safe.Const("to the heir"), Hint: safe.Const("whom they name then")},
	}})
	add(len(l.held.Strategies) > 0, leaveStrategies, widget.FormRow{Label: safe.Const("Strategies"), Choices: []widget.Choice{
		{Label: safe.Const("do without"), Hint: safe.Const("the others get all")},
		{Label: safe.Const("to the heir"), Hint: safe.Const("in the same place")},
	}})
	records := l.held.Contacts + l.held.Companies + l.held.Deals
	add(records > 0, leaveRecords, widget.FormRow{Label: safe.Const("Customers"), Choices: []widget.Choice{
		{Label: safe.Const("to nobody"), Hint: safe.Const("and companies, deals")},
		{Label: safe.Const("to the heir"), Hint: safe.Const("who looks after them")},
	}})
	add(records+len(l.held.Inboxes)+len(l.held.Conversations)+len(l.held.Owns)+len(l.held.Rules)+len(l.held.Strategies) > 0, leaveHeir, widget.FormRow{Label: safe.Const("Heir"), Hint: safe.Const("the login of somebody who stays")})
	add(true, leaveSure, widget.FormRow{Label: safe.Const("Sure"), Hint: safe.Sprintf("type %s: it cannot be undone", safe.Line(l.user.Login))})
}

// row is where something is asked; -1 when it is not.
func (l *leaving) row(f leaveField) int {
	for i, other := range l.asks {
		if other == f {
			return i
		}
	}
	return -1
}

// leaving is where the fields say that everything goes.
func (l *leaving) leaving(v values) desk.Leaving {
	var to desk.Leaving
	heir := ""
	if i := l.row(leaveHeir); i >= 0 {
		heir = desk.FoldName(v.text(i))
	}
	keep, release, pass := desk.Going{Fate: desk.KeepAs}, desk.Going{Fate: desk.Release}, desk.Going{Fate: desk.Transfer, To: heir}
	if i := l.row(leaveInboxes); i >= 0 {
		to.Inboxes = []desk.Going{keep, keep, pass, pass}[v.chosen[i]]
		to.Addresses = []desk.Going{keep, release, pass, release}[v.chosen[i]]
	}
	if i := l.row(leaveConversations); i >= 0 {
		to.Conversations = []desk.Going{release, pass, keep}[v.chosen[i]]
	}
	if i := l.row(leaveRules); i >= 0 {
		to.Rules = []desk.Going{{Fate: desk.Disable}, pass}[v.chosen[i]]
	}
	if i := l.row(leaveStrategies); i >= 0 {
		to.Strategies = []desk.Going{{Fate: desk.Drop}, pass}[v.chosen[i]]
	}
	if i := l.row(leaveRecords); i >= 0 {
		to.Records = []desk.Going{release, pass}[v.chosen[i]]
	}
	if len(l.held.Owns) > 0 {
		to.Owner = heir
	}
	return to
}

// heirless refuses to give something to somebody who is not named.
func (l *leaving) heirless(to desk.Leaving) error {
	for _, g := range []desk.Going{to.Inboxes, to.Addresses, to.Conversations, to.Rules, to.Strategies, to.Records} {
		if g.Fate == desk.Transfer && g.To == "" {
			return &desk.Error{Kind: desk.Invalid, Code: "NO_HEIR", Message: "Nobody is named who gets it.", Hint: "Write the login of the heir."}
		}
	}
	if len(l.held.Owns) > 0 && to.Owner == "" {
		return &desk.Error{Kind: desk.Invalid, Code: "NO_HEIR", Message: "A shared inbox needs an owner.", Hint: "Write the login of the heir."}
	}
	return nil
}

// glance rehearses the removal.
func (l *leaving) glance(v values) tea.Cmd {
	to, d, login := l.leaving(v), l.s.o.Desk, l.user.Login
	if l.known && to == l.to {
		l.form.settled = true // only the last field is different
		return nil
	}
	l.to, l.known = to, false
	return l.read.Ask(l.s.sh.Context(), func(ctx context.Context) (desk.Holdings, error) {
		if err := l.heirless(to); err != nil {
			return desk.Holdings{}, err
		}
		return d.RemoveUser(desk.Rehearse(ctx), login, to)
	})
}

func (l *leaving) seen(msg tea.Msg) tea.Cmd {
	_, err, ok := l.read.Take(msg)
	if ok && !errors.Is(err, context.Canceled) {
		l.known, l.err, l.form.settled = true, err, true
	}
	return nil
}

// preview says what is held and where each thing would go; or what is in the
// way.
func (l *leaving) preview(s *sheet) {
	switch {
	case !l.known:
		s.say(theme.Faint, safe.Const("Looking what removing would do…"))
	case l.err != nil:
		if why := shell.Sentence(l.err); !l.form.says(why) {
			s.say(theme.Bad, why)
		}
	default:
		s.say(theme.Strong, safe.Const("Removing would mean:"))
	}
	heir := safe.Const("the heir")
	if i := l.row(leaveHeir); i >= 0 && l.form.fields.Value(i) != "" {
		heir = safe.Line(l.form.fields.Value(i))
	}
	for _, a := range l.held.Addresses {
		s.effect(safe.Const("address"), theme.Plain, safe.Sprintf("%s %s", safe.Addr(a), fate(l.to.Addresses.Fate, heir,
			safe.Const("stays taken until it is released"), safe.Const("is free at once"))))
	}
	for _, in := range l.held.Inboxes {
		s.effect(safe.Const("own inbox"), theme.Plain, safe.Sprintf("%s %s", safe.Line(in), fate(l.to.Inboxes.Fate, heir,
			safe.Const("stays, and nobody reads it any more"), safe.Text{})))
	}
	for _, in := range l.held.Owns {
		s.effect(safe.Const("owned inbox"), theme.Plain, safe.Sprintf("%s goes to %s", safe.Line(in), heir))
	}
	for _, c := range l.held.Conversations {
		s.effect(safe.Const("open work"), theme.Plain, safe.Sprintf("%s in %s: %s", safe.Int(c.N), safe.Line(c.Inbox), fate(l.to.Conversations.Fate, heir,
			safe.Const("closed"), safe.Const("nobody has them"))))
	}
	for _, name := range l.held.Rules {
		s.effect(safe.Const("rule"), theme.Plain, safe.Sprintf("%s %s", safe.Line(name), fate(l.to.Rules.Fate, heir, safe.Const("is disabled"), safe.Text{})))
	}
	for _, name := range l.held.Strategies {
		s.effect(safe.Const("strategy"), theme.Plain, safe.Sprintf("%s %s", safe.Line(name), fate(l.to.Strategies.Fate, heir, safe.Const("goes on without"), safe.Text{})))
	}
	for _, kind := range []struct {
		n    int
		what safe.Text
	}{{l.held.Contacts, safe.Const("contacts")}, {l.held.Companies, safe.Const("companies")}, {l.held.Deals, safe.Const("deals")}} {
		if kind.n > 0 {
			s.effect(kind.what, theme.Plain, safe.Sprintf("%s: %s", safe.Int(kind.n), fate(l.to.Records.Fate, heir, safe.Text{}, safe.Const("nobody looks after them"))))
		}
	}
	s.effect(safe.Const("access"), theme.Warn, safe.Sprintf("%s sees nothing of this desk any more, also on an open screen.", safe.Line(l.user.Name)))
	s.effect(safe.Const("what stays"), theme.Plain, safe.Const("The name on everything written here. The login is free."))
}

// fate is where something goes, in words.
func fate(f desk.Fate, heir, kept, released safe.Text) safe.Text {
	switch f {
	case desk.Transfer:
		return safe.Sprintf("goes to %s", heir)
	case desk.Release:
		return released
	case desk.KeepAs, desk.Disable, desk.Drop, desk.Unsaid:
	}
	return kept
}

func (l *leaving) culprit(e *desk.Error) int {
	switch e.Code {
	case "NO_HEIR", "NO_SUCH_USER":
		return l.row(leaveHeir)
	case "NOT_SURE":
		return l.row(leaveSure)
	default:
		return -1
	}
}

func (l *leaving) save(ctx context.Context, v values) (result, error) {
	to := l.leaving(v)
	if err := l.heirless(to); err != nil {
		return result{}, err
	}
	if desk.FoldName(v.text(l.row(leaveSure))) != l.user.Login {
		return result{}, &desk.Error{Kind: desk.Invalid, Code: "NOT_SURE", Message: fmt.Sprintf("Removing %s cannot be undone.", l.user.Name), Hint: "Type the login " + l.user.Login + " to say that you are sure."}
	}
	_, err := l.s.o.Desk.RemoveUser(ctx, l.user.Login, to)
	return result{text: safe.Sprintf("%s is no longer of this desk.", safe.Line(l.user.Name))}, err
}
