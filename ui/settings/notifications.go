package settings

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// notifications are what I hear of each inbox I see while I look elsewhere, and
// how.
type notifications struct {
	s     *Screen
	list  list
	rules []desk.Notifying
	read  shell.Lane[[]desk.Notifying]
}

func newNotifications(s *Screen) *notifications {
	return &notifications{s: s, list: list{tall: 2, nothing: safe.Const("You see no inbox yet.")}}
}

func (p *notifications) about() About {
	return About{ID: Notifications, Title: safe.Const("Notifications"), scope: action.InNotifications}
}

func (p *notifications) here() *list { return &p.list }

func (p *notifications) mark() (safe.Text, theme.Role) { return safe.Text{}, theme.Faint }

func (p *notifications) ask() tea.Cmd {
	if p.read.Busy() {
		return nil
	}
	return p.read.Ask(p.s.sh.Context(), p.s.o.Desk.Notifying)
}

func (p *notifications) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		if msg.Settings && p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]desk.Notifying]:
		rules, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.rules = rules
		p.fill()
	}
	return nil
}

func (p *notifications) fill() {
	rows := make([]row, len(p.rules))
	for i, n := range p.rules {
		r := row{id: int64(n.Inbox.ID), title: safe.Line(n.Inbox.Name), right: safe.Line(string(n.Rule.About)), sign: p.s.sh.Theme().Signs.Dot, role: theme.Faint, under: safe.Const("as the inbox says")}
		if n.Chosen {
			r.under = safe.Const("as you have chosen")
		}
		if n.Rule.About != desk.NotifyNone {
			r.under = safe.Sprintf("%s · %s · %s", r.under, waysWords(n.Rule), everyWords(n.Rule))
		}
		rows[i] = r
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

func waysWords(r desk.NotifyRule) safe.Text {
	words := make([]string, len(r.Ways))
	for i, w := range r.Ways {
		words[i] = string(w)
	}
	return safe.Line(strings.Join(words, ", "))
}

func everyWords(r desk.NotifyRule) safe.Text {
	if r.Every == 0 {
		return safe.Const("at once")
	}
	return safe.Sprintf("every %s min", safe.Int(int(r.Every/time.Minute)))
}

// marked is the rule under the cursor.
func (p *notifications) marked() (desk.Notifying, bool) {
	id, ok := p.list.id()
	for _, n := range p.rules {
		if ok && int64(n.Inbox.ID) == id {
			return n, true
		}
	}
	return desk.Notifying{}, false
}

func (p *notifications) sheet(s *sheet) {
	n, ok := p.marked()
	if !ok {
		return
	}
	s.fact(safe.Const("you hear"), theme.Plain, map[desk.NotifyAbout]safe.Text{
		desk.NotifyNone: safe.Const("nothing"),
		desk.NotifyMine: safe.Const("of mail in what you have, and of what is given to you"),
		desk.NotifyAll:  safe.Const("of every mail by a person, and of what is given to you"),
	}[n.Rule.About])
	if n.Rule.About != desk.NotifyNone {
		s.fact(safe.Const("by"), theme.Plain, waysWords(n.Rule))
		s.fact(safe.Const("when"), theme.Plain, everyWords(n.Rule))
	}
	if !n.Chosen {
		s.fact(safe.Const("chosen"), theme.Plain, safe.Const("by nobody: it is what counts in the inbox"))
	}
	s.gap()
	s.say(theme.Faint, safe.Const("The screen calls you while its terminal is not in front. It says how many and where, never what is in them; of old, automatic and read mail it says nothing."))
}

func (p *notifications) verbs() []verb {
	some := action.When("no inbox is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	return []verb{{Action: action.Action{ID: "notify.change", Title: "Change what you hear of the inbox", Keys: []string{"c"}, Needs: []action.Need{some}, Footer: "change", Weight: 5, Run: p.change}, button: safe.Const("Change")}}
}

// The fields of what one hears of an inbox.
const (
	notifyAbout = iota
	notifyWays
	notifyEvery
)

func (p *notifications) change(action.Target) tea.Cmd {
	n, _ := p.marked()
	d, inbox := p.s.o.Desk, n.Inbox.Name
	abouts := []desk.NotifyAbout{desk.NotifyNone, desk.NotifyMine, desk.NotifyAll}
	f := &form{
		title:   safe.Sprintf("What you hear of %s", safe.Line(inbox)),
		working: safe.Const("Saving…"),
		culprit: func(e *desk.Error) int {
			switch e.Code {
			case "BAD_WAY":
				return notifyWays
			case "BAD_TIME":
				return notifyEvery
			default:
				return -1
			}
		},
	}
	f.fields.Rows = []widget.FormRow{
		notifyAbout: {Label: safe.Const("Of"), Choices: []widget.Choice{
			{Label: safe.Const("none"), Hint: safe.Const("nothing")},
			{Label: safe.Const("mine"), Hint: safe.Const("what you have, or are given")},
			{Label: safe.Const("all"), Hint: safe.Const("every mail by a person, too")},
		}},
		notifyWays:  {Label: safe.Const("By"), Hint: safe.Const("bell, osc9, osc777")},
		notifyEvery: {Label: safe.Const("Collected for"), Hint: safe.Const("minutes; else told at once")},
	}
	for i, a := range abouts {
		if a == n.Rule.About {
			f.fields.Rows[notifyAbout].Chosen = i
		}
	}
	f.fields.Rows[notifyWays].Field.Set(waysWords(n.Rule).String())
	if n.Rule.Every > 0 {
		f.fields.Rows[notifyEvery].Field.Set(strconv.Itoa(int(n.Rule.Every / time.Minute)))
	}
	f.preview = func(s *sheet) {
		s.say(theme.Faint, safe.Const("The bell is heard in every terminal. osc9 shows a notification in iTerm2, kitty, WezTerm and Windows Terminal, osc777 in urxvt, foot, WezTerm and VTE."))
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		rule, err := ruleOf(abouts[v.chosen[notifyAbout]], v.text(notifyWays), v.text(notifyEvery))
		if err != nil {
			return result{}, err
		}
		now, err := d.SetNotifying(ctx, inbox, rule)
		return result{text: safe.Sprintf("You hear of %s in %s.", safe.Line(string(now.Rule.About)), safe.Line(inbox))}, err
	}
	return p.s.open(f)
}

// ruleOf reads what the fields say.
func ruleOf(about desk.NotifyAbout, ways, every string) (desk.NotifyRule, error) {
	rule := desk.NotifyRule{About: about}
	var err error
	if ways != "" {
		if rule.Ways, err = desk.ParseNotifyWays(ways); err != nil {
			return rule, err
		}
	}
	if every != "" {
		minutes, err := strconv.ParseUint(every, 10, 16)
		if err != nil {
			return rule, &desk.Error{Kind: desk.Invalid, Code: "BAD_TIME", Message: "That is no number of minutes.", Hint: "Write a number such as 15, or nothing.", Err: err}
		}
		rule.Every = time.Duration(minutes) * time.Minute
	}
	return rule, nil
}
