package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// audit is the journal as a list, the newest first. It is read page by page as
// the cursor goes down; what is in memory is bounded.
type audit struct {
	s       *Screen
	list    list
	entries []desk.Entry
	read    shell.Lane[auditPage]
	// query is what is asked for; who and kind are it in words.
	query     desk.JournalQuery
	who, kind safe.Text
	// next is where the following page begins; 0 when there is none. cut says
	// that the newest entries are not in memory any more.
	next  desk.Seq
	known bool
	cut   bool
}

// auditPage is an answer of the journal, and what it was asked before: 0 is the
// beginning of the list.
type auditPage struct {
	desk.History
	before desk.Seq
}

// How much of the journal is read at once, and how much is kept.
const (
	auditPageSize = 100
	auditMost     = 1000
	auditAhead    = 20 // rows below the cursor that are to be there already
)

func newAudit(s *Screen) *audit {
	return &audit{s: s, list: list{tall: 2, nothing: safe.Const("Nothing of the kind in the journal.")}}
}

func (p *audit) about() About {
	return About{ID: AuditLog, Title: safe.Const("Audit log"), scope: action.InJournal, system: true}
}

func (p *audit) here() *list { return &p.list }

func (p *audit) mark() (safe.Text, theme.Role) { return safe.Text{}, theme.Faint }

// ask reads the beginning of the list, or the next page when the cursor comes
// near the end of what is there.
func (p *audit) ask() tea.Cmd {
	switch {
	case !p.known:
		return p.load(0)
	case p.next != 0 && p.list.at+auditAhead >= len(p.entries):
		return p.load(p.next)
	case p.cut && p.list.at == 0:
		return p.load(0)
	default:
		return nil
	}
}

func (p *audit) load(before desk.Seq) tea.Cmd {
	if p.read.Busy() {
		return nil
	}
	q, d := p.query, p.s.o.Desk
	q.Before, q.Limit = before, auditPageSize
	return p.read.Ask(p.s.sh.Context(), func(ctx context.Context) (auditPage, error) {
		h, err := d.Journal(ctx, q)
		return auditPage{h, before}, err
	})
}

func (p *audit) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		// What is new stands above; whoever reads further down is not moved.
		if p.s.part() == part(p) && !p.cut {
			return p.load(0)
		}
		p.known = false
	case shell.Answer[auditPage]:
		return p.arrived(msg)
	}
	return nil
}

func (p *audit) arrived(msg tea.Msg) tea.Cmd {
	page, err, ok := p.read.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		return p.s.sh.Missed(err)
	}
	p.known = true
	if page.before == 0 {
		p.begin(page.History)
	} else {
		p.entries, p.next = append(p.entries, page.Entries...), page.Next
		if over := len(p.entries) - auditMost; over > 0 {
			p.entries, p.cut = append([]desk.Entry{}, p.entries[over:]...), true
		}
	}
	p.list.set(p.rows(), p.s.sh.Dialog() != nil)
	return p.ask()
}

// begin takes the newest page. Where it reaches what is there already, that
// stays below it; an event that has been undone since is told anew.
func (p *audit) begin(h desk.History) {
	if n := len(h.Entries); n > 0 && !p.cut {
		for i, e := range p.entries {
			if e.Seq == h.Entries[n-1].Seq {
				p.entries = append(h.Entries[:n:n], p.entries[i+1:]...)
				return
			}
		}
	}
	p.entries, p.next, p.cut = h.Entries, h.Next, false
}

func (p *audit) rows() []row {
	rows := make([]row, len(p.entries))
	for i, e := range p.entries {
		under := safe.Line(e.InboxName)
		if e.Conversation != 0 {
			under = safe.Sprintf("%s #%s", under, safe.Int(int(e.Conversation)))
		}
		switch c := change(e); {
		case under.IsEmpty():
			under = c
		case !c.IsEmpty():
			under = safe.Join("  ", under, c)
		}
		rows[i] = row{id: int64(e.Seq), title: safe.Sprintf("%s · %s", safe.Line(e.Who), safe.Line(string(e.Kind))), right: p.s.sh.When(e.At), under: under, role: theme.Faint}
	}
	return rows
}

// change is what an event has changed, on one line.
func change(e desk.Entry) safe.Text {
	switch {
	case e.Was != "" && e.Is != "":
		return safe.Sprintf("%s, now %s", safe.Line(e.Was), safe.Line(e.Is))
	case e.Was != "":
		return safe.Sprintf("no more: %s", safe.Line(e.Was))
	default:
		return safe.Line(e.Is)
	}
}

func (p *audit) sheet(s *sheet) {
	if p.list.at < len(p.entries) {
		p.entry(s, p.entries[p.list.at])
		s.gap()
	}
	s.say(theme.Faint, p.asked())
}

func (p *audit) entry(s *sheet, e desk.Entry) {
	s.fact(safe.Const("what"), theme.Plain, safe.Line(string(e.Kind)))
	s.fact(safe.Const("who"), theme.Plain, safe.Line(e.Who))
	if e.Actor.Kind == desk.ActorUser {
		s.fact(safe.Const("login"), theme.Plain, safe.Line(e.Actor.Login))
	}
	s.fact(safe.Const("when"), theme.Plain, safe.Line(e.At.In(p.s.sh.Now().Location()).Format("Mon 2 Jan 2006 15:04:05")))
	s.fact(safe.Const("inbox"), theme.Plain, safe.Line(e.InboxName))
	if e.Conversation != 0 {
		s.fact(safe.Const("where"), theme.Plain, safe.Sprintf("conversation #%s", safe.Int(int(e.Conversation))))
	}
	s.fact(safe.Const("before"), theme.Plain, safe.Line(e.Was))
	s.fact(safe.Const("after"), theme.Plain, safe.Line(e.Is))
	if e.Undone {
		s.fact(safe.Const("undone"), theme.Warn, safe.Const("it has been taken back"))
	}
	s.fact(safe.Const("number"), theme.Faint, safe.Int(int(e.Seq)))
}

// asked says what the list is limited to.
func (p *audit) asked() safe.Text {
	switch {
	case p.who.IsEmpty() && p.kind.IsEmpty():
		return safe.Const("Everything but mail that only came in. / limits it.")
	case p.who.IsEmpty():
		return safe.Sprintf("Only: %s. / changes it.", p.kind)
	case p.kind.IsEmpty():
		return safe.Sprintf("Only: by %s. / changes it.", p.who)
	default:
		return safe.Sprintf("Only: %s, by %s. / changes it.", p.kind, p.who)
	}
}

func (p *audit) verbs() []verb {
	return []verb{
		{Action: action.Action{ID: "audit.search", Title: "Limit to a person or a kind", Keys: []string{"/"}, Footer: "search", Weight: 5, Run: p.search}, button: safe.Const("Search")},
	}
}

// search offers the persons and the kinds that can be asked for. One of each
// can be chosen after the other.
func (p *audit) search(action.Target) tea.Cmd {
	items := []widget.Item{{Label: safe.Const("Everything")}}
	takes := []func(){func() { p.query, p.who, p.kind = desk.JournalQuery{}, safe.Text{}, safe.Text{} }}
	for _, u := range p.s.users {
		name := safe.Line(u.Name)
		items = append(items, widget.Item{Label: safe.Sprintf("By %s", name), Hint: safe.Line(u.Login)})
		takes = append(takes, func() { p.query.User, p.who = u.ID, name })
	}
	for _, k := range desk.EventKinds() {
		name := safe.Line(string(k))
		items = append(items, widget.Item{Label: safe.Sprintf("Only: %s", name)})
		takes = append(takes, func() { p.query.Kind, p.kind = k, name })
	}
	p.s.sh.Show(shell.NewPick(p.s.sh, safe.Const("search the audit log"), items, func(i int) tea.Cmd {
		takes[i]()
		p.read.Drop()
		p.entries, p.next, p.cut, p.known = nil, 0, false, false
		p.list.at, p.list.lost = 0, false
		p.list.set(nil, false)
		p.s.picture.stale = true
		return p.ask()
	}))
	return nil
}
