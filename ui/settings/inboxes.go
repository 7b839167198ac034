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
)

// inboxes are the inboxes and the accounts behind them: one row for each
// account, and one for an inbox that has none yet.
type inboxes struct {
	s     *Screen
	list  list
	items []box
	trip  *shell.Journey
	// access is who can do what in the inbox under the cursor.
	access access
	// further are the addresses of all accounts I see.
	further remembered[desk.Address]
	// looks are who has looked into inboxes of mine lately.
	looks remembered[desk.BrokenGlass]
	begun bool
}

// box is one account and the inbox it serves.
type box struct {
	in desk.InboxView
	// account is nil for an inbox that has none.
	account *desk.Account
}

func newInboxes(s *Screen) *inboxes {
	return &inboxes{s: s, list: list{tall: 2, nothing: safe.Const("No inbox yet. c makes one.")}}
}

func (p *inboxes) about() About {
	return About{ID: Inboxes, Title: safe.Const("Inboxes"), scope: action.InInboxes}
}

func (p *inboxes) here() *list { return &p.list }

// mark counts the inboxes, or those that need somebody.
func (p *inboxes) mark() (safe.Text, theme.Role) {
	ill := 0
	for _, b := range p.items {
		if b.ill() {
			ill++
		}
	}
	if ill > 0 {
		return safe.Sprintf("%s !", safe.Int(ill)), theme.Warn
	}
	return safe.Int(len(p.s.state().Inboxes)), theme.Faint
}

func (p *inboxes) ask() tea.Cmd {
	p.fill()
	return tea.Batch(p.askAccess(), p.further.ask(p.s, p.s.o.Desk.Addresses), p.looks.ask(p.s, p.s.o.Desk.Glass))
}

func (p *inboxes) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.StateRead, shell.Answer[[]desk.User]:
		p.fill()
	case shell.Changed:
		if msg.Settings {
			p.access.known, p.further.known, p.looks.known = false, false, false
		}
		return tea.Batch(p.askAccess(), p.further.ask(p.s, p.s.o.Desk.Addresses), p.looks.ask(p.s, p.s.o.Desk.Glass), p.followed(msg))
	case shell.Answer[[]desk.BrokenGlass]:
		return p.looks.take(p.s, msg)
	case shell.Answer[[]desk.Address]:
		return p.further.take(p.s, msg)
	case shell.Answer[desk.InboxAccess]:
		return p.accessRead(msg)
	case providerBegun:
		return p.providerBegun(msg)
	case chosenRead:
		return p.chosen(msg)
	case mailboxRead:
		return p.mailboxRead(msg)
	case turned:
		return p.turned(msg)
	}
	return p.followed(msg)
}

// fill makes the rows from what every screen knows. The first time the cursor
// goes to what needs somebody: that is what the settings were opened for.
func (p *inboxes) fill() {
	p.items = p.items[:0]
	var rows []row
	for _, in := range p.s.state().Inboxes {
		if len(in.Accounts) == 0 {
			p.items = append(p.items, box{in: in})
		}
		for i := range in.Accounts {
			p.items = append(p.items, box{in, &in.Accounts[i]})
		}
	}
	for _, b := range p.items {
		rows = append(rows, p.row(b))
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
	if p.begun || !p.s.state().Known {
		return
	}
	p.begun = true
	for i, b := range p.items {
		if b.ill() {
			p.list.point(rows[i].id)
			return
		}
	}
}

// id tells a box: by its account, or by its inbox as a negative number.
func (b box) id() int64 {
	if b.account == nil {
		return -int64(b.in.ID)
	}
	return int64(b.account.ID)
}

// ill reports whether somebody has to do something.
func (b box) ill() bool {
	if b.account == nil {
		return false
	}
	switch b.account.State {
	case desk.AccountConnected, desk.AccountConnecting, desk.AccountPaused:
		return false
	default:
		return true
	}
}

func (p *inboxes) row(b box) row {
	r := row{id: b.id(), title: safe.Line(b.in.Name), sign: p.s.sh.Theme().Signs.Dot, role: theme.Faint}
	kind := safe.Line(string(b.in.Kind))
	if b.account == nil {
		r.under = safe.Sprintf("%s · no mailbox connected", kind)
		return r
	}
	r.right = safe.Addr(b.account.Address)
	words, role := health(p.s.sh, *b.account)
	r.role, r.sign = role, healthSign(p.s.sh.Theme(), role)
	r.under = safe.Sprintf("%s · %s", kind, words)
	return r
}

// health is how an account is, in words, and since when.
func health(sh *shell.Shell, a desk.Account) (safe.Text, theme.Role) {
	since := sh.When(a.Since)
	switch a.State {
	case desk.AccountConnected:
		return safe.Sprintf("connected since %s", since), theme.Good
	case desk.AccountConnecting:
		return safe.Const("connecting"), theme.Faint
	case desk.AccountPaused:
		return safe.Sprintf("paused since %s", since), theme.Faint
	case desk.AccountRetrying:
		return safe.Sprintf("retrying since %s", since), theme.Warn
	default:
		return safe.Sprintf("%s since %s", safe.Line(string(a.State)), since), theme.Bad
	}
}

// healthSign is the sign of a role of [health].
func healthSign(t *theme.Theme, role theme.Role) string {
	switch role {
	case theme.Good:
		return t.Signs.Health
	case theme.Warn, theme.Bad:
		return t.Signs.Broken
	default:
		return t.Signs.Dot
	}
}

// marked is what the cursor is on; false when that is nothing.
func (p *inboxes) marked() (box, bool) {
	id, ok := p.list.id()
	if !ok {
		return box{}, false
	}
	for _, b := range p.items {
		if b.id() == id {
			return b, true
		}
	}
	return box{}, false
}

func (p *inboxes) sheet(s *sheet) {
	b, ok := p.marked()
	if !ok {
		return
	}
	s.fact(safe.Const("type"), theme.Plain, p.kind(b.in))
	owner := p.s.name(b.in.Owner)
	if b.in.Owner != 0 && owner == (safe.Text{}) {
		owner = safe.Const("has left")
	}
	s.fact(safe.Const("owner"), theme.Plain, owner)
	if b.in.Member {
		s.fact(safe.Const("you may"), theme.Plain, safe.Line(strings.ReplaceAll(b.in.Rights.String(), ",", ", ")))
	}
	p.glassSheet(s, b.in)
	if b.in.Member {
		s.fact(safe.Const("open"), theme.Plain, safe.Sprintf("%s, %s unassigned", conversations(b.in.Counts.Open), safe.Int(b.in.Counts.Unassigned)))
	}
	if p.trip != nil && b.account != nil && p.trip.Account == b.account.ID {
		s.hops(p.trip, p.trip.Address != "" && p.writesFrom(p.trip.Address))
	}
	p.accountSheet(s, b)
	p.matrix(s, b.in)
}

func (p *inboxes) accountSheet(s *sheet, b box) {
	if b.account == nil {
		s.gap()
		s.say(theme.Faint, safe.Const("No mailbox is connected, so nothing comes in and nothing can leave."))
		return
	}
	a := *b.account
	if a.Address == "" {
		s.gap()
		words, role := health(p.s.sh, a)
		s.fact(safe.Const("mailbox"), role, words)
		s.say(theme.Faint, safe.Const("It is personal: whose address it is and what is in it is for its owner only."))
		return
	}
	s.title(safe.Addr(a.Address))
	words, role := health(p.s.sh, a)
	s.fact(safe.Const("health"), role, words)
	if a.Cause != "" {
		s.fact(safe.Const("cause"), theme.Plain, safe.Line(a.Cause))
	}
	if a.Holds() != "" {
		s.fact(safe.Const("outgoing"), theme.Warn, safe.Const("is held until then, and sent from no other address"))
	}
	s.fact(safe.Const("IMAP"), theme.Plain, safe.Line(a.IMAP))
	s.fact(safe.Const("SMTP"), theme.Plain, safe.Line(a.SMTP))
	s.fact(safe.Const("user name"), theme.Plain, safe.Line(a.Username))
	if a.CA != "" {
		s.fact(safe.Const("trusts"), theme.Plain, safe.Const("certificates of its own, besides the system's"))
	}
	if a.OAuth != "" {
		s.fact(safe.Const("signs in"), theme.Plain, safe.Sprintf("at %s, as %s", safe.Line(a.OAuth), safe.Line(a.OAuthUser)))
	}
	s.fact(safe.Const("also"), theme.Plain, p.aliases(a))
	s.fact(safe.Const("connected"), theme.Plain, p.s.sh.When(a.CreatedAt))
	s.fact(safe.Const("work from"), theme.Plain, safe.Sprintf("%s; mail from before came in closed", p.s.sh.When(a.CutOff)))
	s.fact(safe.Const("writes"), theme.Plain, writesBack(a.WriteBack))
	s.fact(safe.Const("folders"), theme.Plain, readFolders(a.Folders))
}

func (p *inboxes) kind(in desk.InboxView) safe.Text {
	if in.Kind == desk.Personal {
		if in.Owner == p.s.state().Me.ID {
			return safe.Const("personal: only you see it")
		}
		return safe.Const("personal: only its owner sees it")
	}
	return safe.Const("shared: its members work on it together")
}

// turned is the fact that something has been done with an account or inbox.
type turned struct {
	text safe.Text
	err  error
}

// do does something with what the cursor is on, and tells it.
func (p *inboxes) do(use func(context.Context) (safe.Text, error)) tea.Cmd {
	return shell.Do(p.s.sh, use, func(text safe.Text, err error) tea.Msg { return turned{text, err} })
}

func (p *inboxes) turned(t turned) tea.Cmd {
	if t.err != nil {
		return p.s.sh.Fail(t.err)
	}
	return p.s.say(theme.Good, t.text)
}
