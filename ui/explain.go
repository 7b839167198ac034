package ui

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

// explain says why a conversation is where it is: what was kept when it
// happened, as the command of the name does.
func (m *Model) explain(on action.Target) tea.Cmd {
	id := on[0]
	read := func(ctx context.Context) (desk.Explanation, error) { return m.sh.Desk.Explain(ctx, id) }
	return reads(m, read, func(x desk.Explanation) tea.Cmd {
		w := &explaining{sh: m.sh}
		w.tell(x)
		m.sh.Show(shell.NewPage(m.sh, safe.Sprintf("why #%s is here", safe.Int(int(x.ID))), w.text))
		return nil
	})
}

// mostPassages is how much of an explanation is shown: a thousand rules that
// were asked of fifty mails would be read by nobody.
const mostPassages = 2000

// explaining is an explanation that is being put into passages.
type explaining struct {
	sh   *shell.Shell
	text []shell.Passage
	left int // what was left out
}

func (w *explaining) say(role theme.Role, indent int, text safe.Text) {
	if len(w.text) >= mostPassages {
		w.left++
		return
	}
	w.text = append(w.text, shell.Passage{Role: role, Indent: indent, Text: text})
}

// title begins a group.
func (w *explaining) title(text safe.Text) {
	w.say(theme.Strong, 0, text)
	w.text[len(w.text)-1].Gap = w.left == 0
}

func (w *explaining) tell(x desk.Explanation) {
	has := safe.Const("nobody has it")
	if x.AssigneeName != "" {
		has = safe.Sprintf("%s has it", safe.Line(x.AssigneeName))
	}
	w.say(theme.Plain, 0, safe.Sprintf("It is in %s, %s, and %s.", safe.Line(x.InboxName), safe.Line(string(x.Place())), has))
	if !x.Returns.IsZero() {
		w.say(theme.Plain, 0, safe.Sprintf("It goes back to the queue %s, unless something is done with it before.", w.sh.When(x.Returns)))
	}
	w.routing(x.Routing)
	if len(x.Runs) == 0 {
		w.title(safe.Const("No rule was asked about it"))
	}
	for _, run := range x.Runs {
		w.title(safe.Sprintf("Rules, %s %s: %s", safe.Line(string(run.On)), w.sh.When(run.At), safe.Line(run.Subject)))
		for _, r := range run.Rules {
			w.rule(r)
		}
	}
	w.events(x.Events)
	if w.left > 0 {
		w.text = append(w.text, shell.Passage{Role: theme.Faint, Gap: true, Text: safe.Sprintf("%s more lines: postroom conversation explain %s", safe.Int(w.left), safe.Int(int(x.ID)))})
	}
}

// routing tells who was looked at, and why each was passed over.
func (w *explaining) routing(lines []string) {
	if len(lines) == 0 {
		return
	}
	w.title(safe.Const("Who it was given to by itself"))
	for _, line := range lines {
		indent := 0
		if strings.HasPrefix(line, " ") {
			indent = 2
		}
		w.say(theme.Plain, indent, safe.Line(line))
	}
}

// rule tells what became of a rule, and why.
func (w *explaining) rule(r desk.ExplainedRule) {
	switch {
	case r.Skipped != "":
		w.say(theme.Faint, 0, safe.Sprintf("%s was passed over: %s", safe.Line(r.Name), safe.Line(r.Skipped)))
	case r.Matched:
		w.say(theme.Good, 0, safe.Sprintf("%s matched", safe.Line(r.Name)))
	default:
		w.say(theme.Faint, 0, safe.Sprintf("%s did not match", safe.Line(r.Name)))
	}
	for _, a := range r.Asked {
		held := safe.Const("no")
		if a.Held {
			held = safe.Const("yes")
		}
		line := safe.Sprintf("%s  %s", held, safe.Line(a.Condition))
		if a.Saw != "" {
			line = safe.Sprintf("%s  (saw: %s)", line, safe.Line(a.Saw))
		}
		w.say(theme.Plain, 2, line)
	}
	for _, d := range r.Done {
		line := safe.Sprintf("did: %s", safe.Line(desk.Snippet(d.Action, 80)))
		if d.Said != "" {
			line = safe.Sprintf("%s, but %s", line, safe.Line(d.Said))
		}
		w.say(theme.Plain, 2, line)
	}
}

// events tell what was done since, by rules and by people.
func (w *explaining) events(list []desk.Entry) {
	if len(list) == 0 {
		return
	}
	w.title(safe.Const("What was done"))
	for _, e := range list {
		what := safe.Line(e.Is)
		switch {
		case e.Was != "" && e.Is != "":
			what = safe.Sprintf("%s, now %s", safe.Line(e.Was), safe.Line(e.Is))
		case e.Was != "":
			what = safe.Sprintf("no more: %s", safe.Line(e.Was))
		}
		w.say(theme.Plain, 0, safe.Sprintf("%s  %s: %s %s", w.sh.When(e.At), safe.Line(e.Who), safe.Line(string(e.Kind)), what))
	}
}
