package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// jobs are what happens behind the screen: the accounts with how far their
// folders have been read, and my mail that has not left.
type jobs struct {
	s     *Screen
	list  list
	far   desk.Progress
	read  shell.Lane[desk.Progress]
	stale bool // something has happened since it was read
}

func newJobs(s *Screen) *jobs {
	return &jobs{s: s, list: list{tall: 2, nothing: safe.Const("No mailbox is connected.")}}
}

func (p *jobs) about() About {
	return About{ID: Jobs, Title: safe.Const("Sync & jobs"), scope: action.InJobs, system: true}
}

func (p *jobs) here() *list { return &p.list }

// mark counts my mails that wait.
func (p *jobs) mark() (safe.Text, theme.Role) {
	if n := len(p.s.state().Waiting); n > 0 {
		return safe.Int(n), theme.Faint
	}
	return safe.Text{}, theme.Faint
}

func (p *jobs) ask() tea.Cmd {
	p.fill()
	b, ok := p.marked()
	if !ok || p.read.Busy() && p.far.Account == b.account.ID || !p.stale && p.far.Account == b.account.ID {
		return nil
	}
	if p.far.Account != b.account.ID {
		p.far = desk.Progress{Account: b.account.ID}
	}
	p.stale = false
	d, id := p.s.o.Desk, b.account.ID
	return p.read.Ask(p.s.sh.Context(), func(ctx context.Context) (desk.Progress, error) { return d.Progress(ctx, id) })
}

func (p *jobs) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.StateRead:
		p.fill()
	case shell.Changed:
		p.stale = true
		if p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[desk.Progress]:
		far, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.far = far
		return p.ask() // mail may have come in while it was read
	}
	return nil
}

// boxes are the accounts whose mailbox I may know.
func (p *jobs) boxes() []box {
	var list []box
	for _, in := range p.s.state().Inboxes {
		for i, a := range in.Accounts {
			if a.Address != "" {
				list = append(list, box{in, &in.Accounts[i]})
			}
		}
	}
	return list
}

func (p *jobs) marked() (box, bool) {
	id, ok := p.list.id()
	for _, b := range p.boxes() {
		if ok && b.id() == id {
			return b, true
		}
	}
	return box{}, false
}

func (p *jobs) fill() {
	var rows []row
	t := p.s.sh.Theme()
	for _, b := range p.boxes() {
		words, role := health(p.s.sh, *b.account)
		rows = append(rows, row{id: b.id(), title: safe.Addr(b.account.Address), right: safe.Line(b.in.Name), under: words, role: role, sign: healthSign(t, role)})
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

func (p *jobs) sheet(s *sheet) {
	b, ok := p.marked()
	if !ok {
		return
	}
	words, role := health(p.s.sh, *b.account)
	s.fact(safe.Const("health"), role, words)
	s.fact(safe.Const("cause"), theme.Plain, safe.Line(b.account.Cause))
	if p.far.Account == b.account.ID {
		s.fact(safe.Const("outgoing"), theme.Plain, waitingWords(p.far.Waiting))
		p.folders(s)
	}
	if mine := len(p.s.state().Waiting); mine > 0 {
		s.gap()
		s.say(theme.Faint, safe.Sprintf("Mails of yours that have not left, from all inboxes: %s. g o in the queue shows them.", safe.Int(mine)))
	}
}

func waitingWords(n int) safe.Text {
	switch n {
	case 0:
		return safe.Const("nothing waits")
	case 1:
		return safe.Const("one mail waits")
	default:
		return safe.Sprintf("%s mails wait", safe.Int(n))
	}
}

func (p *jobs) folders(s *sheet) {
	s.title(safe.Const("Folders"))
	if len(p.far.Folders) == 0 {
		s.say(theme.Faint, safe.Const("None has been read yet. They are while postroom or postroom sync runs."))
	}
	for _, f := range p.far.Folders {
		text := safe.Sprintf("%s mails here", safe.Int(f.Here))
		switch {
		case f.Percent() < 100:
			text = safe.Sprintf("%s, %s%% of the way into the past", text, safe.Int(f.Percent()))
		case !f.Whole.IsZero():
			text = safe.Sprintf("%s, all of them as of %s", text, p.s.sh.When(f.Whole))
		}
		s.effect(safe.Line(f.Name), theme.Plain, text)
	}
}

func (p *jobs) verbs() []verb { return nil }
