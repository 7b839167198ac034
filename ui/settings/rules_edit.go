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

// The fields of a rule.
const (
	ruleName = iota
	ruleOn
	ruleWhen
	ruleThen
	ruleScope
	ruleRuns
)

// What a rehearsal looks at, and how much of what it finds is told.
const (
	rehearsedDays  = 30
	rehearsedMails = 5000
	rehearsedTold  = 50
)

// ruling is a rule that is being written. What it would do is a rehearsal: all
// rules are asked about the mail of the last weeks, once as they are and once
// with this one as it is written.
type ruling struct {
	s      *Screen
	form   *form
	was    string // its name; empty for a new one
	before desk.RuleText
	would  desk.Replay
	err    error
	known  bool
	read   shell.Lane[desk.Replay]
}

func (p *rules) add(action.Target) tea.Cmd {
	return p.fillIn("", desk.RuleText{Scope: p.scope(), On: string(desk.OnCreated), Enabled: true})
}

func (p *rules) change(action.Target) tea.Cmd {
	v, _, _ := p.marked()
	return p.fillIn(v.Name, v.Text)
}

// fillIn opens the form of a rule: of the one with the name, or a new one.
func (p *rules) fillIn(name string, t desk.RuleText) tea.Cmd {
	e := &ruling{s: p.s, was: name, before: t}
	title := safe.Const("Make a rule")
	if name != "" {
		title = safe.Sprintf("Change %s", safe.Line(name))
	}
	e.form = &form{title: title, working: safe.Const("Saving…"), culprit: e.culprit, save: e.save, glance: e.glance, seen: e.seen, preview: e.preview, saved: func() { p.known = false }}
	then := &widget.Editor{}
	then.Set(strings.Join(t.Then, "\n"))
	e.form.fields.Rows = []widget.FormRow{
		ruleName:  {Label: safe.Const("Name"), Hint: safe.Const("such as: invoices to finance")},
		ruleOn:    {Label: safe.Const("On"), Hint: safe.Const("such as: created")},
		ruleWhen:  {Label: safe.Const("When"), Hint: safe.Const("always; or such as: invoice* OR subject:payment")},
		ruleThen:  {Label: safe.Const("Then"), Hint: safe.Const("such as: assign team:finance"), Lines: then},
		ruleScope: {Label: safe.Const("Scope"), Hint: safe.Const("desk, inbox:NAME or channel:ADDRESS")},
		ruleRuns:  {Label: safe.Const("It is"), Choices: []widget.Choice{{Label: safe.Const("on")}, {Label: safe.Const("off"), Hint: safe.Const("it stays, and does nothing")}}},
	}
	for i, text := range map[int]string{ruleName: t.Name, ruleOn: t.On, ruleWhen: t.When, ruleScope: t.Scope} {
		e.form.fields.Rows[i].Field.Set(text)
	}
	if !t.Enabled {
		e.form.fields.Rows[ruleRuns].Chosen = 1
	}
	e.form.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	return p.s.open(e.form)
}

// text is the rule as the fields say it.
func (e *ruling) text(v values) desk.RuleText {
	t := desk.RuleText{Name: v.text(ruleName), On: v.text(ruleOn), When: v.text(ruleWhen), Scope: v.text(ruleScope), Enabled: v.chosen[ruleRuns] == 0}
	for line := range strings.SplitSeq(v.typed[ruleThen], "\n") {
		if line = strings.TrimSpace(line); line != "" {
			t.Then = append(t.Then, line)
		}
	}
	return t
}

// empty reports whether nothing has been said that could be rehearsed.
func empty(t desk.RuleText) bool { return len(t.Then) == 0 && t.When == "" }

// glance rehearses the rule.
func (e *ruling) glance(v values) tea.Cmd {
	t, d, was := e.text(v), e.s.o.Desk, desk.FoldName(e.was)
	if e.known = empty(t); e.known {
		e.would, e.err, e.form.settled = desk.Replay{}, nil, true
		e.read.Drop()
		return nil
	}
	t.Name = cmp.Or(t.Name, "this rule")
	o := desk.ReplayOptions{Since: e.s.sh.Now().AddDate(0, 0, -rehearsedDays), Most: rehearsedMails, Reread: e.s.o.Reread}
	return e.read.Ask(e.s.sh.Context(), func(ctx context.Context) (desk.Replay, error) {
		list, err := d.Rules(ctx)
		if err != nil {
			return desk.Replay{}, err
		}
		for _, v := range list {
			if was != "" && desk.FoldName(v.Name) == was {
				o.Rules = append(o.Rules, t)
				continue
			}
			o.Rules = append(o.Rules, v.Text)
		}
		if was == "" {
			o.Rules = append(o.Rules, t)
		}
		return d.Replay(ctx, o)
	})
}

func (e *ruling) seen(msg tea.Msg) tea.Cmd {
	would, err, ok := e.read.Take(msg)
	if ok && !errors.Is(err, context.Canceled) {
		e.known, e.would, e.err, e.form.settled = true, would, err, true
	}
	return nil
}

// preview says what would be done in another way, and how what is being written
// is written.
func (e *ruling) preview(s *sheet) {
	t := e.text(e.form.values())
	switch {
	case !e.known:
		s.say(theme.Faint, safe.Sprintf("Asking the mail of the last %s days… esc leaves it.", safe.Int(rehearsedDays)))
	case e.err != nil:
		s.say(theme.Bad, shell.Sentence(e.err))
	case empty(t):
		s.say(theme.Faint, safe.Sprintf("Say when and what: here stands then what it would have done with the mail of the last %s days.", safe.Int(rehearsedDays)))
	case !onMail(t.On):
		s.say(theme.Faint, safe.Const("It runs on no mail that comes in, so nothing of the past tells what it would do. It runs from the next time on."))
	default:
		e.rehearsed(s, t)
	}
	s.gap()
	e.grammar(s)
}

// onMail reports whether a rule runs on mail that comes in.
func onMail(on string) bool {
	events, err := desk.ParseRuleEvents(on)
	if err != nil {
		return false
	}
	for _, ev := range events {
		if ev == desk.OnReceived || ev == desk.OnCreated {
			return true
		}
	}
	return false
}

// rehearsed tells what the rule would have done.
func (e *ruling) rehearsed(s *sheet, t desk.RuleText) {
	w := e.would
	of := safe.Sprintf("Of %s mails of the last %s days", safe.Int(w.Mails), safe.Int(rehearsedDays))
	if w.Cut {
		of = safe.Sprintf("Of the newest %s mails", safe.Int(w.Mails))
	}
	s.say(theme.Strong, safe.Sprintf("%s %s would be treated in another way. Nothing is written.", of, safe.Int(len(w.Different))))
	for _, r := range w.Rules {
		if desk.FoldName(r.Name) != desk.FoldName(cmp.Or(t.Name, "this rule")) {
			continue
		}
		role := theme.Plain
		if r.Is == 0 {
			role = theme.Warn
		}
		s.effect(safe.Const("matches"), role, safe.Sprintf("now %s of them, then %s", safe.Int(r.Was), safe.Int(r.Is)))
	}
	for _, d := range w.Different[max(len(w.Different)-rehearsedTold, 0):] {
		s.effect(safe.Sprintf("#%s", safe.Int(int(d.Conversation))), theme.Plain, safe.Sprintf("now %s, then %s · %s · %s", would(d.Was), would(d.Is), safe.Addr(d.From), safe.Line(desk.Snippet(d.Subject, 60))))
	}
	if n := len(w.Different) - rehearsedTold; n > 0 {
		s.say(theme.Faint, safe.Sprintf("and %s older ones", safe.Int(n)))
	}
}

// would is what is done with a mail.
func would(text string) safe.Text {
	if text == "" {
		return safe.Const("nothing")
	}
	return safe.Line(text)
}

// grammar says how the field with the focus is written.
func (e *ruling) grammar(s *sheet) {
	switch e.form.fields.At() {
	case ruleOn:
		s.say(theme.Faint, safe.Const("created: a mail begins a conversation. received: any mail comes in. replied, assigned, stage, due-soon, missed; silent 3d, waiting 3d: time has passed. Several with commas."))
	case ruleWhen:
		s.say(theme.Faint, safe.Const("As in a search: words, invoice*, \"two words\", from: to: subject: body: header:NAME= ext: type: lang: auth: channel: owner: tag: has:attachment has:open-deal is:new is:reply is:auto is:in-hours, with OR, - and ( )."))
	case ruleThen:
		s.say(theme.Faint, safe.Const("One action in each line:"))
		for _, v := range desk.RuleVerbs() {
			s.column(30, safe.Line(v.Example), theme.Faint, safe.Line(v.Says))
		}
	case ruleScope:
		s.say(theme.Faint, safe.Const("desk is all shared inboxes, inbox:NAME one of them, channel:ADDRESS the mail to one address."))
	}
}

// culprit is the field that an error is about: what can be read without the
// desk is read once more, the rest is told by its code.
func (e *ruling) culprit(failed *desk.Error) int {
	t := e.text(e.form.values())
	if _, err := desk.ParseRuleEvents(t.On); err != nil {
		return ruleOn
	}
	switch failed.Code {
	case "BAD_NAME", "NAME_IN_USE":
		return ruleName
	case "BAD_QUERY":
		return ruleWhen
	case "BAD_SCOPE", "NO_SUCH_ADDRESS", "NO_SUCH_INBOX", "PERSONAL_INBOX":
		return ruleScope
	}
	if failed.Kind == desk.Denied {
		return ruleScope
	}
	return ruleThen
}

func (e *ruling) save(ctx context.Context, v values) (result, error) {
	t := e.text(v)
	if e.was == "" {
		done, err := e.s.o.Desk.AddRule(ctx, t, 0)
		return result{text: safe.Sprintf("Made the rule %s, number %s in the order.", safe.Line(done.Name), safe.Int(done.Position))}, err
	}
	done, err := e.s.o.Desk.EditRule(ctx, e.was, func(now *desk.RuleText) error {
		e.onto(now, t)
		return nil
	})
	return result{text: safe.Sprintf("Changed the rule %s.", safe.Line(done.Name))}, err
}

// onto changes what was changed in the form, and leaves what somebody else has
// changed meanwhile.
func (e *ruling) onto(now *desk.RuleText, t desk.RuleText) {
	put := func(field *string, was, is string) {
		if was != is {
			*field = is
		}
	}
	put(&now.Name, e.before.Name, t.Name)
	put(&now.On, e.before.On, t.On)
	put(&now.When, e.before.When, t.When)
	put(&now.Scope, e.before.Scope, t.Scope)
	if strings.Join(e.before.Then, "\n") != strings.Join(t.Then, "\n") {
		now.Then = t.Then
	}
	if e.before.Enabled != t.Enabled {
		now.Enabled = t.Enabled
	}
}
