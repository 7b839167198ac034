package settings

import (
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

// strategies are the ways to find who gets a new conversation.
type strategies struct {
	s     *Screen
	list  list
	all   []desk.StrategyView
	known bool
	read  shell.Lane[[]desk.StrategyView]
	// of is the strategy that next is about: who would get the next one.
	of   desk.StrategyID
	next foreseeing
}

// foreseeing asks who a strategy would find.
type foreseeing struct {
	list  []desk.Foreseen
	err   error
	known bool
	read  shell.Lane[[]desk.Foreseen]
}

func newStrategies(s *Screen) *strategies {
	return &strategies{s: s, list: list{tall: 2, nothing: safe.Const("No strategy yet: people take and assign. c makes one.")}}
}

func (p *strategies) about() About {
	return About{ID: Strategies, Title: safe.Const("Strategies"), scope: action.InStrategies}
}

func (p *strategies) here() *list { return &p.list }

func (p *strategies) mark() (safe.Text, theme.Role) {
	if len(p.all) == 0 {
		return safe.Text{}, theme.Faint
	}
	return safe.Int(len(p.all)), theme.Faint
}

func (p *strategies) ask() tea.Cmd {
	var cmds []tea.Cmd
	if !p.known && !p.read.Busy() {
		cmds = append(cmds, p.read.Ask(p.s.sh.Context(), p.s.o.Desk.Strategies))
	}
	return tea.Batch(append(cmds, p.foresee())...)
}

// foresee asks who the strategy under the cursor would find, unless it is known.
func (p *strategies) foresee() tea.Cmd {
	v, ok := p.marked()
	if !ok || !p.s.state().Me.Admin() || p.of == v.ID && (p.next.known || p.next.read.Busy()) {
		return nil
	}
	p.of = v.ID
	return p.next.ask(p.s, v.Name, desk.StrategySetting{})
}

func (n *foreseeing) ask(s *Screen, name string, set desk.StrategySetting) tea.Cmd {
	n.known = false
	d := s.o.Desk
	return n.read.Ask(s.sh.Context(), func(ctx context.Context) ([]desk.Foreseen, error) { return d.ForeseeStrategy(ctx, name, set) })
}

// take hears the answer, and reports whether it was one.
func (n *foreseeing) take(msg tea.Msg) bool {
	list, err, ok := n.read.Take(msg)
	if !ok || errors.Is(err, context.Canceled) {
		return false
	}
	n.known, n.list, n.err = true, list, err
	return true
}

// tell writes who would be found, inbox by inbox.
func (n *foreseeing) tell(s *sheet) {
	switch {
	case !n.known:
		s.say(theme.Faint, safe.Const("Looking who would be next…"))
		return
	case n.err != nil:
		s.say(theme.Bad, shell.Sentence(n.err))
		return
	}
	for i, f := range n.list {
		if i > 0 {
			s.gap()
		}
		s.say(theme.Strong, safe.Sprintf("The next one of %s", safe.Line(f.Inbox)))
		for _, line := range f.Lines {
			role, text := theme.Plain, safe.Line(line)
			if strings.HasPrefix(line, " ") {
				text = safe.Sprintf("· %s", text)
			}
			s.say(role, text)
		}
	}
}

func (p *strategies) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		p.known, p.next.known = p.known && !msg.Settings, false
		if p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]desk.StrategyView]:
		all, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.all, p.known, p.next.known = all, true, false
		p.fill()
		return p.foresee()
	case shell.Answer[[]desk.Foreseen]:
		p.next.take(msg)
	case strategyTurned:
		if msg.err != nil {
			return p.s.sh.Fail(msg.err)
		}
		p.known = false
		return tea.Batch(p.s.say(theme.Good, msg.text), p.ask())
	}
	return nil
}

func (p *strategies) fill() {
	t := p.s.sh.Theme()
	rows := make([]row, len(p.all))
	for i, v := range p.all {
		r := row{id: int64(v.ID), title: safe.Line(v.Name), right: safe.Line(string(v.Kind)), sign: t.Signs.Health, role: theme.Good, under: safe.Sprintf("used by %s", safe.Line(strings.Join(v.Used, ", ")))}
		if len(v.Used) == 0 {
			r.sign, r.role, r.under = t.Signs.Dot, theme.Faint, safe.Const("used by nothing yet")
		}
		rows[i] = r
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

// marked is the strategy under the cursor.
func (p *strategies) marked() (desk.StrategyView, bool) {
	id, ok := p.list.id()
	for _, v := range p.all {
		if ok && int64(v.ID) == id {
			return v, true
		}
	}
	return desk.StrategyView{}, false
}

func (p *strategies) sheet(s *sheet) {
	v, ok := p.marked()
	if !ok {
		s.say(theme.Faint, safe.Const("A strategy finds somebody for a new conversation: in turn, the least busy, by dice, or the contact's owner. An inbox uses it when its setting “routing” names it."))
		return
	}
	s.fact(safe.Const("kind"), theme.Plain, kindWords(v.Kind))
	s.fact(safe.Const("among"), theme.Plain, safe.Line(strings.Join(v.On, ", ")))
	s.fact(safe.Const("else"), theme.Plain, safe.Line(strings.Join(v.Otherwise, ", ")))
	used := safe.Line(strings.Join(v.Used, ", "))
	if used.IsEmpty() {
		used = safe.Const("nothing: choose it in Inboxes, Change, Routing")
	}
	s.fact(safe.Const("used by"), theme.Plain, used)
	if p.s.state().Me.Admin() {
		s.gap()
		p.next.tell(s)
	}
}

// kindWords say what a kind of strategy finds.
func kindWords(k desk.StrategyKind) safe.Text {
	return safe.Sprintf("%s: %s", safe.Line(string(k)), kindSays(k))
}

func kindSays(k desk.StrategyKind) safe.Text {
	switch k {
	case desk.RoundRobin:
		return safe.Const("who was given nothing for longest")
	case desk.LeastBusy:
		return safe.Const("who has the fewest to answer")
	case desk.Random:
		return safe.Const("anybody, by dice")
	case desk.ContactOwner:
		return safe.Const("who looks after the contact")
	case desk.DealOwner:
		return safe.Const("who has the open deal")
	default:
		return safe.Text{}
	}
}

func (p *strategies) verbs() []verb {
	some := action.When("no strategy is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	admin := action.When("only admins make and change strategies", func() bool { return p.s.state().Me.Admin() })
	return []verb{
		{Action: action.Action{ID: "strategy.change", Title: "Change the strategy", Run: p.change}, button: safe.Const("Change"), fits: some, right: admin},
		{Action: action.Action{ID: "strategy.remove", Title: "Remove the strategy", Keys: []string{"#"}, Risk: action.Asks, Run: p.remove}, button: safe.Const("Remove"), fits: some, right: admin},
		{Action: action.Action{ID: "strategy.add", Title: "Make a strategy", Keys: []string{"c"}, Footer: "make a strategy", Weight: 5, Run: p.add}, button: safe.Const("Make a strategy"), right: admin},
	}
}

// strategyTurned is the fact that something has been done with a strategy.
type strategyTurned struct {
	text safe.Text
	err  error
}

func (p *strategies) remove(action.Target) tea.Cmd {
	v, _ := p.marked()
	d := p.s.o.Desk
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("remove the strategy"), safe.Sprintf("%s is forgotten, with whose turn it was. What it has given to somebody stays his.", safe.Line(v.Name)),
		shell.Option{Label: safe.Const("No, leave it")},
		shell.Option{Label: safe.Sprintf("Yes, remove %s", safe.Line(v.Name)), Run: func() tea.Cmd {
			return shell.Do(p.s.sh, func(ctx context.Context) (safe.Text, error) {
				return safe.Sprintf("The strategy %s is no more.", safe.Line(v.Name)), d.RemoveStrategy(ctx, v.Name)
			}, func(text safe.Text, err error) tea.Msg { return strategyTurned{text, err} })
		}}))
	return nil
}

// planning is a strategy that is being written: who it would find stands below.
type planning struct {
	s    *Screen
	form *form
	was  string // its name; empty for a new one
	next foreseeing
}

// The fields of a strategy, counted from the end: only a new one has a name.
const (
	strategyElse = 1 + iota
	strategyOn
	strategyKind
)

func (p *strategies) add(action.Target) tea.Cmd { return p.fillIn(desk.StrategyView{}) }

func (p *strategies) change(action.Target) tea.Cmd {
	v, _ := p.marked()
	return p.fillIn(v)
}

// fillIn opens the form of a strategy; one without a name is new.
func (p *strategies) fillIn(v desk.StrategyView) tea.Cmd {
	e := &planning{s: p.s, was: v.Name}
	e.form = &form{title: safe.Const("Make a strategy"), working: safe.Const("Saving…"), culprit: e.culprit, save: e.save, glance: e.glance, seen: e.seen, preview: e.preview, saved: func() { p.known = false }}
	if v.Name != "" {
		e.form.title = safe.Sprintf("Change %s", safe.Line(v.Name))
	} else {
		e.form.fields.Rows = append(e.form.fields.Rows, widget.FormRow{Label: safe.Const("Name"), Hint: safe.Const("such as: rota")})
	}
	kind := widget.FormRow{Label: safe.Const("Kind")}
	for i, k := range desk.StrategyKinds() {
		kind.Choices = append(kind.Choices, widget.Choice{Label: safe.Line(string(k)), Hint: kindSays(k)})
		if k == v.Kind {
			kind.Chosen = i
		}
	}
	among, otherwise := widget.FormRow{Label: safe.Const("Among"), Hint: safe.Const("such as: maya, tom, team:billing")}, widget.FormRow{Label: safe.Const("Else"), Hint: safe.Const("such as: strategy:rota, team:billing, nobody")}
	among.Field.Set(strings.Join(v.On, ", "))
	otherwise.Field.Set(strings.Join(v.Otherwise, ", "))
	e.form.fields.Rows = append(e.form.fields.Rows, kind, among, otherwise)
	e.form.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	return p.s.open(e.form)
}

// row is where a field stands.
func (e *planning) row(field int) int { return len(e.form.fields.Rows) - field }

// setting is the strategy as the fields say it.
func (e *planning) setting(v values) desk.StrategySetting {
	return desk.StrategySetting{Kind: desk.StrategyKinds()[v.chosen[e.row(strategyKind)]], On: listed(v.text(e.row(strategyOn))), Else: listed(v.text(e.row(strategyElse)))}
}

// listed are words with commas between; none are an empty list, which says that
// there are none.
func listed(text string) []string {
	list := []string{}
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			list = append(list, word)
		}
	}
	return list
}

func (e *planning) glance(v values) tea.Cmd { return e.next.ask(e.s, e.was, e.setting(v)) }

func (e *planning) seen(msg tea.Msg) tea.Cmd {
	if e.next.take(msg) {
		e.form.settled = true
	}
	return nil
}

func (e *planning) preview(s *sheet) { e.next.tell(s) }

func (e *planning) culprit(failed *desk.Error) int {
	v := e.form.values()
	of := func(text string) bool {
		for _, word := range listed(text) {
			name := word[strings.Index(word, ":")+1:] // behind team: or strategy:
			if strings.Contains(desk.FoldName(failed.Message), `"`+desk.FoldName(name)+`"`) {
				return true
			}
		}
		return false
	}
	switch failed.Code {
	case "BAD_NAME", "NAME_IN_USE":
		return 0
	case "BAD_KIND":
		return e.row(strategyKind)
	case "NO_TARGETS", "NO_CHOICE", "BAD_TARGET":
		return e.row(strategyOn)
	case "LOOP":
		return e.row(strategyElse)
	}
	if of(v.text(e.row(strategyElse))) && !of(v.text(e.row(strategyOn))) {
		return e.row(strategyElse)
	}
	return e.row(strategyOn)
}

func (e *planning) save(ctx context.Context, v values) (result, error) {
	set := e.setting(v)
	if e.was != "" {
		st, err := e.s.o.Desk.SetStrategy(ctx, e.was, set)
		return result{text: safe.Sprintf("Changed the strategy %s.", safe.Line(st.Name))}, err
	}
	st, err := e.s.o.Desk.AddStrategy(ctx, v.text(0), set)
	return result{text: safe.Sprintf("Made the strategy %s. An inbox uses it by its setting “routing”.", safe.Line(st.Name))}, err
}
