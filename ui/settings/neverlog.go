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

// neverLog is with whom the mail of personal inboxes is not logged: the desk's
// list, one's own, and domains that the desk's lacks.
type neverLog struct {
	s     *Screen
	list  list
	lists desk.NeverLogLists
	read  shell.Lane[desk.NeverLogLists]
}

func newNeverLog(s *Screen) *neverLog {
	return &neverLog{s: s, list: list{tall: 2, nothing: safe.Const("Nobody is listed. c lists an address or a domain.")}}
}

func (p *neverLog) about() About {
	return About{ID: NeverLog, Title: safe.Const("Never log"), scope: action.InNeverLog}
}

func (p *neverLog) here() *list { return &p.list }

func (p *neverLog) mark() (safe.Text, theme.Role) { return safe.Text{}, theme.Faint }

func (p *neverLog) ask() tea.Cmd {
	if p.read.Busy() {
		return nil
	}
	return p.read.Ask(p.s.sh.Context(), p.s.o.Desk.NeverLogs)
}

func (p *neverLog) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		if msg.Settings && p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[desk.NeverLogLists]:
		lists, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.lists = lists
		p.fill()
	}
	return nil
}

func (p *neverLog) fill() {
	signs := p.s.sh.Theme().Signs
	var rows []row
	for _, d := range p.lists.Missing {
		rows = append(rows, row{id: idOf("missing", d), title: safe.Line(d), sign: signs.Broken, role: theme.Warn, under: safe.Const("not listed: the desk's own domain")})
	}
	for _, n := range p.lists.Entries {
		r := row{id: idOf(string(n.List), n.Address), title: safe.Line(n.Address), sign: signs.Dot, role: theme.Faint, under: safe.Const("your own list")}
		if n.List == desk.NeverDesk {
			r.under = safe.Const("the desk's list")
		}
		if n.Scope == desk.NeverMail {
			r.right = safe.Const("all mail")
		}
		rows = append(rows, r)
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

// marked is the entry under the cursor.
func (p *neverLog) marked() (desk.NeverLogView, bool) {
	id, ok := p.list.id()
	for _, n := range p.lists.Entries {
		if ok && idOf(string(n.List), n.Address) == id {
			return n, true
		}
	}
	return desk.NeverLogView{}, false
}

// missing is the domain under the cursor that is not listed.
func (p *neverLog) missing() (string, bool) {
	id, ok := p.list.id()
	for _, d := range p.lists.Missing {
		if ok && idOf("missing", d) == id {
			return d, true
		}
	}
	return "", false
}

func (p *neverLog) sheet(s *sheet) {
	if n, ok := p.marked(); ok {
		whose, what := safe.Const("your personal inboxes"), safe.Const("mail with it; of several people it is logged with another")
		if n.List == desk.NeverDesk {
			whose = safe.Const("everybody's personal inboxes")
		}
		if n.Scope == desk.NeverMail {
			what = safe.Const("all mail that names it, whoever else it names")
		}
		s.fact(safe.Const("counts in"), theme.Plain, whose)
		s.fact(safe.Const("not logged"), theme.Plain, what)
		s.fact(safe.Const("by"), theme.Plain, safe.Line(n.ByName))
		s.fact(safe.Const("since"), theme.Plain, p.s.sh.When(n.At))
		s.gap()
	}
	if d, ok := p.missing(); ok {
		s.say(theme.Warn, safe.Sprintf("%s is a domain of the desk's own: in personal inboxes what colleagues write each other is logged on contacts.", safe.Line(d)))
		s.gap()
	}
	s.say(theme.Faint, safe.Const("Mail with who is listed is on no contact's page and moves no deal. It is sent and received as ever. A domain covers its sub-domains. The mail of shared inboxes is always logged."))
}

func (p *neverLog) verbs() []verb {
	entry := action.When("no entry is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	domain := action.When("no domain that is not listed is marked", func() bool { _, ok := p.missing(); return ok })
	admin := p.s.admin("only admins change the desk's list")
	own := action.When("only admins change the desk's list", func() bool {
		n, ok := p.marked()
		return !ok || n.List == desk.NeverMine || p.s.state().Me.Admin()
	})
	return []verb{
		{Action: action.Action{ID: "neverlog.domain", Title: "Put a domain of the desk's own on its never-log list", Risk: action.Undoable, Run: p.addDomain}, button: safe.Const("List it"), fits: domain, right: admin},
		{Action: action.Action{ID: "neverlog.remove", Title: "Take the entry off the never-log list", Keys: []string{"#"}, Risk: action.Asks, Run: p.remove}, button: safe.Const("Remove"), fits: entry, right: own},
		{Action: action.Action{ID: "neverlog.add", Title: "Never log with an address or a domain", Keys: []string{"c"}, Footer: "never log with", Weight: 5, Run: p.add}, button: safe.Const("Never log with")},
	}
}

func (p *neverLog) addDomain(action.Target) tea.Cmd {
	domain, _ := p.missing()
	d := p.s.o.Desk
	return p.s.do(p, func(ctx context.Context) (result, error) {
		n, err := d.AddNeverLog(ctx, desk.NeverDesk, domain, "")
		return result{text: safe.Sprintf("Never logs mail that names %s, from now on.", safe.Line(n.Address)), undo: n.Batch}, err
	})
}

// remove asks what it is for. New mail is logged again in any case.
func (p *neverLog) remove(action.Target) tea.Cmd {
	n, _ := p.marked()
	d := p.s.o.Desk
	off := func(ctx context.Context) (desk.NeverLogChange, error) {
		return d.RemoveNeverLog(ctx, n.List, n.Address)
	}
	text := safe.Sprintf("%s is not on that list any more.", safe.Line(n.Address))
	options := []shell.Option{
		{Label: safe.Const("No, leave it as it is")},
		{Label: safe.Const("Yes, for new mail"), Run: func() tea.Cmd {
			return p.s.do(p, func(ctx context.Context) (result, error) {
				gone, err := off(ctx)
				return result{text: text, undo: gone.Batch}, err
			})
		}},
		{Label: safe.Const("Yes, and for what is in your own inboxes"), Run: func() tea.Cmd {
			return p.s.do(p, func(ctx context.Context) (result, error) {
				_, past, err := d.NeverLogPast(ctx, off)
				return result{text: safe.Sprintf("%s %s", text, relogged(past)), undo: past.Batch}, err
			})
		}},
	}
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("remove from the list"), safe.Sprintf("Mail with %s is logged on contacts again.", safe.Line(n.Address)), options...))
	return nil
}

// The fields of a new entry; the last two are an admin's.
const (
	neverAddress = iota
	neverPast
	neverWhose
	neverScope
)

// listing is what a new entry would do.
type listing struct {
	desk.NeverLogChange
	past *desk.Relogged // nil where it is for new mail
}

func (p *neverLog) add(action.Target) tea.Cmd {
	d := p.s.o.Desk
	f := &form{title: safe.Const("Never log with"), working: safe.Const("Saving…"), culprit: neverCulprit}
	f.fields.Rows = []widget.FormRow{
		neverAddress: {Label: safe.Const("Address"), Hint: safe.Const("or a domain, such as home.test")},
		neverPast: {Label: safe.Const("For"), Choices: []widget.Choice{
			{Label: safe.Const("new mail"), Hint: safe.Const("what is logged stays")},
			{Label: safe.Const("all mail"), Hint: safe.Const("also in your own inboxes")},
		}},
		neverWhose: {Label: safe.Const("List"), Choices: []widget.Choice{
			{Label: safe.Const("my own"), Hint: safe.Const("nobody else sees it")},
			{Label: safe.Const("the desk's"), Hint: safe.Const("for everybody's mail")},
		}},
		neverScope: {Label: safe.Const("Not logged"), Choices: []widget.Choice{
			{Label: safe.Const("as is usual"), Hint: safe.Const("mail for our own domain")},
			{Label: safe.Const("address"), Hint: safe.Const("not with it, but others")},
			{Label: safe.Const("mail"), Hint: safe.Const("all that names it")},
		}},
	}
	if !p.s.state().Me.Admin() {
		f.fields.Rows = f.fields.Rows[:neverWhose]
	}
	put := func(ctx context.Context, v values) (listing, error) {
		list, scope := desk.NeverMine, desk.NeverScope("")
		if len(v.chosen) > neverScope {
			list = []desk.NeverList{desk.NeverMine, desk.NeverDesk}[v.chosen[neverWhose]]
			scope = []desk.NeverScope{"", desk.NeverAddress, desk.NeverMail}[v.chosen[neverScope]]
		}
		on := func(ctx context.Context) (desk.NeverLogChange, error) {
			return d.AddNeverLog(ctx, list, v.text(neverAddress), scope)
		}
		if v.chosen[neverPast] == 0 {
			n, err := on(ctx)
			return listing{n, nil}, err
		}
		n, past, err := d.NeverLogPast(ctx, on)
		return listing{n, &past}, err
	}
	f.save = func(ctx context.Context, v values) (result, error) {
		n, err := put(ctx, v)
		if err != nil || n.past == nil {
			return result{text: n.words(), undo: n.Batch}, err
		}
		return result{text: n.words(), undo: n.past.Batch}, nil
	}
	r := &rehearsal[listing]{s: p.s, find: put, show: func(s *sheet, n listing) { s.say(theme.Plain, n.words()) }}
	return r.open(f)
}

// words are the entry as it is told.
func (n listing) words() safe.Text {
	text := safe.Sprintf("Never logs with %s.", safe.Line(n.Address))
	if n.Scope == desk.NeverMail {
		text = safe.Sprintf("Never logs mail that names %s.", safe.Line(n.Address))
	}
	if n.past != nil {
		text = safe.Sprintf("%s %s", text, relogged(*n.past))
	}
	return text
}

// relogged says what became of what was there already.
func relogged(past desk.Relogged) safe.Text {
	if past.Logged+past.Unlogged == 0 {
		return safe.Const("Nothing that is here is logged otherwise.")
	}
	return safe.Sprintf("Of what is here %s are logged anew, and %s not any more.", conversations(past.Logged), safe.Int(past.Unlogged))
}

func neverCulprit(e *desk.Error) int {
	switch e.Code {
	case "BAD_ADDRESS":
		return neverAddress
	case "BAD_SCOPE":
		return neverScope
	default:
		return -1
	}
}
