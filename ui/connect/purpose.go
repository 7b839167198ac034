package connect

import (
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// makesTeam reports whether an inbox for a team is going to be made.
func (s *Screen) makesTeam() bool { return s.said.Kind == desk.Shared && !s.said.Existing }

// purposePage asks what a new inbox of a team is for, and tells what is chosen
// with the answer (row S288).
func purposePage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("inbox"), question: safe.Sprintf("What is %s for?", safe.Line(s.said.Inbox))}
	if s.said.Template == "" {
		s.said.Template = desk.SuggestTemplate(s.said.Address)
	}
	templates := desk.InboxTemplates()
	row := widget.FormRow{Label: safe.Const("It begins as"), Chosen: len(templates)}
	for i, t := range templates {
		row.Choices = append(row.Choices, widget.Choice{Label: safe.Line(t.Name)})
		if t.Name == s.said.Template {
			row.Chosen = i
		}
	}
	row.Choices = append(row.Choices, widget.Choice{Label: safe.Const("none of these")})
	p.form.Rows = []widget.FormRow{row}
	p.above = func(_ *Screen, out *sheet) {
		chosen := desk.InboxTemplate{Says: "All is as it is by default."}
		if i := p.form.Rows[0].Chosen; i < len(templates) {
			chosen = templates[i]
		}
		out.say(theme.Plain, safe.Line(chosen.Says))
		for _, key := range slices.Sorted(maps.Keys(chosen.Settings)) {
			out.fact(safe.Line(string(key)), theme.Plain, safe.Line(strings.ReplaceAll(chosen.Settings[key], "\n", " / ")))
		}
		out.say(theme.Faint, safe.Const("“postroom inbox set” changes it at any time."))
		out.gap()
	}
	p.read = func(s *Screen) {
		s.said.Template = desk.NoTemplate
		if i := p.form.Rows[0].Chosen; i < len(templates) {
			s.said.Template = templates[i].Name
		}
	}
	p.take = func(s *Screen) tea.Cmd { return s.show(atTickets) }
	return p, nil
}
