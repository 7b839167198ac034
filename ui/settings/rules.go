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
	"postroom/ui/widget"
)

// rules are what is done by itself when something happens, in their order.
type rules struct {
	s    *Screen
	list list
	all  []desk.RuleView
	read shell.Lane[[]desk.RuleView]
	// known says that nothing has changed since they were read.
	known bool
}

func newRules(s *Screen) *rules {
	return &rules{s: s, list: list{tall: 2, nothing: safe.Const("No rule yet: people do what is to be done. c makes one.")}}
}

func (p *rules) about() About {
	return About{ID: Rules, Title: safe.Const("Routing rules"), scope: action.InRules}
}

func (p *rules) here() *list { return &p.list }

// mark counts the rules, or those that cannot run.
func (p *rules) mark() (safe.Text, theme.Role) {
	broken := 0
	for _, v := range p.all {
		if v.Broken != "" {
			broken++
		}
	}
	switch {
	case broken > 0:
		return safe.Sprintf("%s !", safe.Int(broken)), theme.Bad
	case len(p.all) == 0:
		return safe.Text{}, theme.Faint
	default:
		return safe.Int(len(p.all)), theme.Faint
	}
}

func (p *rules) ask() tea.Cmd {
	if p.known || p.read.Busy() {
		return nil
	}
	return p.read.Ask(p.s.sh.Context(), p.s.o.Desk.Rules)
}

func (p *rules) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		p.known = false // mail changes how often they matched
		if p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]desk.RuleView]:
		all, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.all, p.known = all, true
		p.fill()
	case ruleTurned:
		p.known = false
		if msg.err != nil {
			return tea.Batch(p.s.sh.Fail(msg.err), p.ask())
		}
		return tea.Batch(p.s.say(theme.Good, msg.text), p.ask())
	}
	return nil
}

func (p *rules) fill() {
	t := p.s.sh.Theme()
	rows := make([]row, len(p.all))
	for i, v := range p.all {
		r := row{id: int64(v.ID), title: safe.Line(v.Name), right: safe.Int(v.Position), sign: t.Signs.Health, role: theme.Good}
		state := safe.Sprintf("matched %s", safe.Int(int(v.Hits)))
		switch {
		case v.Broken != "":
			r.sign, r.role, state = t.Signs.Broken, theme.Bad, safe.Const("cannot run")
		case !v.Enabled:
			r.sign, r.role, state = t.Signs.Dot, theme.Faint, safe.Const("off")
		case v.Hits == 0:
			r.role, state = theme.Warn, safe.Const("never matched")
		}
		r.under = safe.Sprintf("%s · %s · %s", safe.Line(v.Text.Scope), safe.Line(v.Text.On), state)
		rows[i] = r
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

// marked is the rule under the cursor, and its place in the list.
func (p *rules) marked() (desk.RuleView, int, bool) {
	id, ok := p.list.id()
	for i, v := range p.all {
		if ok && int64(v.ID) == id {
			return v, i, true
		}
	}
	return desk.RuleView{}, 0, false
}

func (p *rules) sheet(s *sheet) {
	v, _, ok := p.marked()
	if !ok {
		s.say(theme.Faint, safe.Const("A rule does by itself what somebody would do by hand: when something happens and a condition holds, it assigns, tags, closes. Rules run in one order, each once for a mail."))
		return
	}
	s.fact(safe.Const("place"), theme.Plain, safe.Sprintf("%s of the order", safe.Int(v.Position)))
	if !v.Enabled {
		s.fact(safe.Const("runs"), theme.Warn, safe.Const("not: it is switched off; P switches it on"))
	}
	s.fact(safe.Const("on"), theme.Plain, safe.Line(v.Text.On))
	when := safe.Line(v.When)
	if v.When == "" {
		when = safe.Const("always")
	}
	s.fact(safe.Const("when"), theme.Plain, when)
	for i, line := range v.Then {
		name := safe.Const("then")
		if i > 0 {
			name = safe.Text{}
		}
		s.fact(name, theme.Plain, safe.Line(desk.Snippet(line, 200)))
	}
	s.fact(safe.Const("scope"), theme.Plain, safe.Line(v.Text.Scope))
	switch {
	case v.Broken != "":
		s.fact(safe.Const("cannot run"), theme.Bad, safe.Line(v.Broken))
	case v.Hits == 0:
		s.fact(safe.Const("matched"), theme.Warn, safe.Const("never: look whether its condition is right, or remove it"))
	default:
		s.fact(safe.Const("matched"), theme.Plain, safe.Sprintf("%s, last %s", times(v.Hits), p.s.sh.When(v.LastHit)))
	}
}

// times is how often something was, in words.
func times(n int64) safe.Text {
	switch n {
	case 0:
		return safe.Const("never")
	case 1:
		return safe.Const("once")
	default:
		return safe.Sprintf("%s times", safe.Int(int(n)))
	}
}

func (p *rules) verbs() []verb {
	some := action.When("no rule is marked: move to one with j and k", func() bool { _, _, ok := p.marked(); return ok })
	above := action.When("it is the first already", func() bool { _, i, ok := p.marked(); return ok && i > 0 })
	below := action.When("it is the last already", func() bool { _, i, ok := p.marked(); return ok && i < len(p.all)-1 })
	turn := safe.Const("Switch off")
	if v, _, ok := p.marked(); ok && !v.Enabled {
		turn = safe.Const("Switch on")
	}
	return []verb{
		{Action: action.Action{ID: "rule.change", Title: "Change the rule", Run: p.change}, button: safe.Const("Change"), fits: some, right: p.mayChange},
		{Action: action.Action{ID: "rule.earlier", Title: "Let the rule run earlier", Keys: []string{"<"}, Footer: "order", FooterKey: "</>", Weight: 4, Needs: []action.Need{above}, Run: p.move(-1)}, button: safe.Const("Earlier"), fits: some, right: p.mayChange},
		{Action: action.Action{ID: "rule.later", Title: "Let the rule run later", Keys: []string{">"}, Needs: []action.Need{below}, Run: p.move(1)}, button: safe.Const("Later"), fits: some, right: p.mayChange},
		{Action: action.Action{ID: "rule.switch", Title: "Switch the rule on or off", Keys: []string{"P"}, Footer: "on or off", Weight: 4, Run: p.turn}, button: turn, fits: some, right: p.mayChange},
		{Action: action.Action{ID: "rule.remove", Title: "Remove the rule", Keys: []string{"#"}, Risk: action.Asks, Run: p.remove}, button: safe.Const("Remove"), fits: some, right: p.mayChange},
		{Action: action.Action{ID: "rule.add", Title: "Make a rule", Keys: []string{"c"}, Footer: "make a rule", Weight: 5, Run: p.add}, button: safe.Const("Make a rule"), right: p.mayAdd},
		{Action: action.Action{ID: "rule.template", Title: "Make a rule from one that comes with postroom", Run: p.template}, button: safe.Const("From a template"), right: p.mayAdd},
	}
}

// mayChange is the need of the right to change the rule under the cursor.
func (p *rules) mayChange(on action.Target) string {
	v, _, ok := p.marked()
	switch {
	case !ok || v.May:
		return ""
	case v.Inbox == 0:
		return "only admins change rules for the whole desk"
	}
	return p.s.sh.MayIn(func() (desk.InboxView, bool) { return p.s.state().Inbox(v.Inbox) }, desk.RightConfigure)(on)
}

// mayAdd is the need of some place where I may make rules.
func (p *rules) mayAdd(action.Target) string {
	if p.scope() == "" && p.s.state().Known {
		return "you look after no inbox that could have a rule: ask an admin"
	}
	return ""
}

// scope is where a rule that I make counts, unless I say otherwise; empty where
// I may make none.
func (p *rules) scope() string {
	first := ""
	for _, in := range p.s.state().Inboxes {
		if !in.Rights.Configure {
			continue
		}
		if in.Kind == desk.Shared {
			return "inbox:" + in.Name
		}
		if first == "" {
			first = "inbox:" + in.Name
		}
	}
	if first == "" && p.s.state().Me.Admin() {
		return desk.ScopeDesk
	}
	return first
}

// ruleTurned is the fact that something has been done with a rule.
type ruleTurned struct {
	text safe.Text
	err  error
}

func (p *rules) do(use func(context.Context) (safe.Text, error)) tea.Cmd {
	return shell.Do(p.s.sh, use, func(text safe.Text, err error) tea.Msg { return ruleTurned{text, err} })
}

// move lets the rule run before the one above it, or after the one below.
func (p *rules) move(by int) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		v, i, _ := p.marked()
		d, at := p.s.o.Desk, p.all[i+by].Position
		return p.do(func(ctx context.Context) (safe.Text, error) {
			return safe.Sprintf("%s is number %s now.", safe.Line(v.Name), safe.Int(at)), d.OrderRule(ctx, v.Name, at)
		})
	}
}

func (p *rules) turn(action.Target) tea.Cmd {
	v, _, _ := p.marked()
	d, on := p.s.o.Desk, !v.Enabled
	text := safe.Sprintf("%s is off: nothing is done by it.", safe.Line(v.Name))
	if on {
		text = safe.Sprintf("%s is on: it runs from the next time on.", safe.Line(v.Name))
	}
	return p.do(func(ctx context.Context) (safe.Text, error) {
		_, err := d.EditRule(ctx, v.Name, func(t *desk.RuleText) error { t.Enabled = on; return nil })
		return text, err
	})
}

func (p *rules) remove(action.Target) tea.Cmd {
	v, _, _ := p.marked()
	d := p.s.o.Desk
	text := safe.Sprintf("%s is forgotten. It matched %s; what it did stays, and its history is in the audit log.", safe.Line(v.Name), times(v.Hits))
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("remove the rule"), text,
		shell.Option{Label: safe.Const("No, leave it")},
		shell.Option{Label: safe.Sprintf("Yes, remove %s", safe.Line(v.Name)), Run: func() tea.Cmd {
			return p.do(func(ctx context.Context) (safe.Text, error) {
				return safe.Sprintf("The rule %s is no more.", safe.Line(v.Name)), d.RemoveRule(ctx, v.Name)
			})
		}}))
	return nil
}

// template offers the rules that come with the program. What is in capitals in
// them is filled in in the form.
func (p *rules) template(action.Target) tea.Cmd {
	list := desk.RuleTemplates()
	items := make([]widget.Item, len(list))
	for i, t := range list {
		items[i] = widget.Item{Label: safe.Line(t.Says)}
	}
	p.s.sh.Show(shell.NewPick(p.s.sh, safe.Const("begin with"), items, func(i int) tea.Cmd {
		t := list[i].Text
		t.Enabled = true
		t.Scope = strings.Replace(t.Scope, "inbox:INBOX", p.scope(), 1)
		return p.fillIn("", t)
	}))
	return nil
}
