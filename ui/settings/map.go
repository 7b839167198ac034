package settings

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// chart is every address of the desk on one page: where its mail goes, who
// looks after it, and how it is.
type chart struct {
	s    *Screen
	list list
	all  remembered[desk.Mapped]
}

func newChart(s *Screen) *chart {
	return &chart{s: s, list: list{tall: 2, nothing: safe.Const("No address is connected yet.")}}
}

func (p *chart) about() About {
	return About{ID: Map, Title: safe.Const("Inbox map"), scope: action.InMap}
}

func (p *chart) here() *list { return &p.list }

func (p *chart) mark() (safe.Text, theme.Role) {
	if len(p.all.list) == 0 {
		return safe.Text{}, theme.Faint
	}
	return safe.Int(len(p.all.list)), theme.Faint
}

func (p *chart) ask() tea.Cmd { return p.all.ask(p.s, p.s.o.Desk.Map) }

func (p *chart) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		p.all.known = false // the newest mail is on it, too
		if p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]desk.Mapped]:
		cmd := p.all.take(p.s, msg)
		p.fill()
		return cmd
	}
	return nil
}

// addressID tells an address from the others; one that may not be known is told
// by its account.
func addressID(m desk.Mapped) int64 {
	return idOf(m.Address.Address, string(m.Address.Kind), strconv.FormatInt(int64(m.Account.ID), 10))
}

func (p *chart) fill() {
	rows := make([]row, len(p.all.list))
	for i, m := range p.all.list {
		_, role := health(p.s.sh, m.Account)
		r := row{id: addressID(m), title: safe.Addr(m.Address.Address), right: safe.Line(m.Inbox.Name), role: role, sign: healthSign(p.s.sh.Theme(), role)}
		if m.Address.Address == "" {
			r.title = safe.Const("(private)")
		}
		r.under = safe.Sprintf("%s · %s · %s", safe.Line(string(m.Address.Kind)), safe.Line(m.Owner.Name), safe.Line(string(m.Account.State)))
		rows[i] = r
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

func (p *chart) marked() (desk.Mapped, bool) {
	id, ok := p.list.id()
	for _, m := range p.all.list {
		if ok && addressID(m) == id {
			return m, true
		}
	}
	return desk.Mapped{}, false
}

func (p *chart) sheet(s *sheet) {
	m, ok := p.marked()
	if !ok {
		return
	}
	words, role := health(p.s.sh, m.Account)
	s.fact(safe.Const("kind"), theme.Plain, safe.Line(string(m.Address.Kind)))
	s.fact(safe.Const("inbox"), theme.Plain, safe.Sprintf("%s (%s)", safe.Line(m.Inbox.Name), safe.Line(string(m.Inbox.Kind))))
	s.fact(safe.Const("owner"), theme.Plain, safe.Line(m.Owner.Name))
	if m.Address.Address == "" {
		s.fact(safe.Const("health"), role, words)
		s.gap()
		s.say(theme.Faint, safe.Const("It is personal: whose address it is and what is in it is for its owner only."))
		return
	}
	s.fact(safe.Const("members"), theme.Plain, memberNames(m.Members))
	s.fact(safe.Const("health"), role, words)
	s.fact(safe.Const("cause"), theme.Plain, safe.Line(m.Account.Cause))
	s.fact(safe.Const("last in"), theme.Plain, p.lastMail(m.LastIn))
	s.fact(safe.Const("last out"), theme.Plain, p.lastMail(m.LastOut))
	p.waysSheet(s, m)
}

// waysSheet says what happens to mail that comes in there.
func (p *chart) waysSheet(s *sheet, m desk.Mapped) {
	s.title(safe.Const("What happens to its mail"))
	var rules []safe.Text
	for _, name := range m.Rules {
		rules = append(rules, safe.Line(name))
	}
	text := safe.Const("none")
	if len(rules) > 0 {
		text = safe.Sprintf("%s: %s", safe.Int(len(rules)), safe.Join(", ", rules...))
	}
	s.fact(safe.Const("rules"), theme.Plain, text)
	switch {
	case m.Routing == desk.RoutingManual:
		s.fact(safe.Const("goes to"), theme.Plain, safe.Const("who takes it, or whom somebody gives it to"))
	case m.Routing != "":
		s.fact(safe.Const("goes to"), theme.Plain, safe.Sprintf("whom the strategy %s finds", safe.Line(m.Routing)))
	case m.Inbox.Kind == desk.Personal:
	default:
		s.fact(safe.Const("goes to"), theme.Warn, safe.Const("nobody has decided; it waits until somebody takes it"))
	}
}

// lastMail is when mail last came or went.
func (p *chart) lastMail(at time.Time) safe.Text {
	if at.IsZero() {
		return safe.Const("never")
	}
	return p.s.sh.When(at)
}

func memberNames(users []desk.User) safe.Text {
	if len(users) == 0 {
		return safe.Const("nobody")
	}
	names := make([]safe.Text, len(users))
	for i, u := range users {
		names[i] = safe.Line(u.Name)
	}
	return safe.Join(", ", names...)
}

func (p *chart) verbs() []verb {
	some := action.When("no address is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	return []verb{{Action: action.Action{ID: "map.open", Title: "Look at the inbox of the address", Run: p.open}, button: safe.Const("To its inbox"), fits: some}}
}

// open turns to the inbox of the address.
func (p *chart) open(action.Target) tea.Cmd {
	m, _ := p.marked()
	return p.s.goTo(Inboxes, int64(m.Account.ID))
}
