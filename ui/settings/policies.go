package settings

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// policies say what is promised to which tickets, in the order in which a
// ticket meets them.
type policies struct {
	s    *Screen
	list list
	all  []desk.PolicyView
	read shell.Lane[[]desk.PolicyView]
}

func newPolicies(s *Screen) *policies {
	return &policies{s: s, list: list{tall: 2, nothing: safe.Const("Nothing is promised to any ticket.")}}
}

func (p *policies) about() About {
	return About{ID: Policies, Title: safe.Const("Due times"), scope: action.InPolicies}
}

func (p *policies) here() *list { return &p.list }

func (p *policies) mark() (safe.Text, theme.Role) { return counted(len(p.all)) }

func (p *policies) ask() tea.Cmd {
	if p.read.Busy() {
		return nil
	}
	return p.read.Ask(p.s.sh.Context(), p.s.o.Desk.Policies)
}

func (p *policies) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		if msg.Settings && p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]desk.PolicyView]:
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

func (p *policies) fill() {
	rows := make([]row, len(p.all))
	for i, v := range p.all {
		r := row{id: int64(v.Line), title: safe.Sprintf("%s %s", safe.Int(i+1), safe.Line(v.Name)), sign: p.s.sh.Theme().Signs.Health, role: theme.Good, under: goals(v)}
		if v.Off {
			r.sign, r.role, r.right = p.s.sh.Theme().Signs.Dot, theme.Faint, safe.Const("off")
		}
		rows[i] = r
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

// goals are what a policy promises, in a line.
func goals(v desk.PolicyView) safe.Text {
	var list []safe.Text
	for _, key := range []desk.PolicyKey{desk.PolicyFirst, desk.PolicyNext, desk.PolicySolved} {
		if words := v.Words[key]; words != "" {
			list = append(list, safe.Sprintf("%s %s", termLabel(key), safe.Line(words)))
		}
	}
	return safe.Join(" · ", list...)
}

// termLabel is what a term is called on the screen.
func termLabel(key desk.PolicyKey) safe.Text {
	switch key {
	case desk.PolicyFirst:
		return safe.Const("first")
	case desk.PolicyNext:
		return safe.Const("next")
	case desk.PolicySolved:
		return safe.Const("solved")
	case desk.PolicyInboxes:
		return safe.Const("inboxes")
	case desk.PolicyPriorities:
		return safe.Const("priorities")
	case desk.PolicyTags:
		return safe.Const("tags")
	case desk.PolicyCompanies:
		return safe.Const("companies")
	case desk.PolicyPipelines:
		return safe.Const("pipelines")
	case desk.PolicyStarts:
		return safe.Const("starts")
	default:
		return safe.Line(string(key))
	}
}

func (p *policies) marked() (desk.PolicyView, int, bool) {
	id, ok := p.list.id()
	for i, v := range p.all {
		if ok && int64(v.Line) == id {
			return v, i, true
		}
	}
	return desk.PolicyView{}, -1, false
}

func (p *policies) sheet(s *sheet) {
	v, at, ok := p.marked()
	if !ok {
		return
	}
	for _, key := range desk.PolicyKeys() {
		s.fact(termLabel(key), theme.Plain, safe.Line(v.Words[key]))
	}
	s.fact(safe.Const("version"), theme.Plain, safe.Sprintf("%s, since %s", safe.Int(v.Version), p.s.sh.When(v.Since)))
	s.gap()
	if at == 0 {
		s.say(theme.Faint, safe.Const("A ticket meets the policies in their order: the first that fits counts. This is the first."))
		return
	}
	s.say(theme.Faint, safe.Sprintf("A ticket meets the policies in their order: the first that fits counts. Before this comes %s.", safe.Line(p.all[at-1].Name)))
}

func (p *policies) verbs() []verb {
	admin := p.s.admin("only admins change what is promised")
	some := action.When("no policy is marked: move to one with j and k", func() bool { _, _, ok := p.marked(); return ok })
	above := action.When("it is the first already", func() bool { _, at, _ := p.marked(); return at > 0 })
	below := action.When("it is the last already", func() bool { _, at, _ := p.marked(); return at < len(p.all)-1 })
	return []verb{
		{Action: action.Action{ID: "policy.change", Title: "Change what is promised", Keys: []string{"e"}, Footer: "change", Weight: 5, Run: p.change}, button: safe.Const("Change"), fits: some, right: admin},
		{Action: action.Action{ID: "policy.earlier", Title: "Let tickets meet the policy earlier", Keys: []string{"<"}, Footer: "order", FooterKey: "</>", Weight: 4, Needs: []action.Need{above}, Run: p.move(-1)}, button: safe.Const("Earlier"), fits: some, right: admin},
		{Action: action.Action{ID: "policy.later", Title: "Let tickets meet the policy later", Keys: []string{">"}, Needs: []action.Need{below}, Run: p.move(1)}, button: safe.Const("Later"), fits: some, right: admin},
		{Action: action.Action{ID: "policy.remove", Title: "Remove the policy", Keys: []string{"#"}, Risk: action.Asks, Run: p.remove}, button: safe.Const("Remove"), fits: some, right: admin},
		{Action: action.Action{ID: "policy.add", Title: "Promise something to tickets", Keys: []string{"c"}, Footer: "make a policy", Weight: 5, Run: p.add}, button: safe.Const("Make a policy"), right: admin},
	}
}

// move lets tickets meet the policy under the cursor earlier or later.
func (p *policies) move(by int) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		v, at, _ := p.marked()
		names := make([]string, len(p.all))
		for i, other := range p.all {
			names[i] = other.Name
		}
		names[at], names[at+by] = names[at+by], names[at]
		d := p.s.o.Desk
		return p.s.do(p, func(ctx context.Context) (result, error) {
			return result{text: safe.Line(fmt.Sprintf("%s is number %d now.", v.Name, at+by+1))}, d.OrderPolicies(ctx, names)
		})
	}
}

func (p *policies) remove(action.Target) tea.Cmd {
	v, _, _ := p.marked()
	d := p.s.o.Desk
	return p.s.sure(p, safe.Sprintf("remove %s", safe.Line(v.Name)), safe.Const("Clocks that run by it go on. New tickets meet the other policies."), safe.Sprintf("Yes, remove %s", safe.Line(v.Name)),
		func(ctx context.Context) (result, error) {
			return result{text: safe.Sprintf("The policy %s is no more.", safe.Line(v.Name))}, d.RemovePolicy(ctx, v.Name)
		})
}
