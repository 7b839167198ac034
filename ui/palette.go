package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// viewer is a screen with views one can go to by name.
type viewer interface {
	Views() []shell.View
}

// palette is one key to everything: the actions of this place, the views and
// inboxes, and a conversation by its number. What an action would act on is
// taken now.
func (m *Model) palette(action.Target) tea.Cmd {
	place := m.sh.Top().Place()
	var items []widget.Item
	var runs []func() tea.Cmd
	for _, a := range ranked(m.keymap().In(place.Scope)) {
		if plumbing(a) || a.Run == nil {
			continue
		}
		on := place.Target(a)
		it := widget.Item{Label: safe.Line(a.Title), Key: safe.Line(a.Key()), Off: safe.Line(a.Missing(on))}
		if takesTarget(a) && place.Chosen > 0 {
			it.Hint = safe.Sprintf("%s selected", safe.Int(place.Chosen))
		}
		items = append(items, it)
		runs = append(runs, func() tea.Cmd { return m.run(a, on) })
	}
	if v, ok := m.sh.Stack()[0].(viewer); ok {
		for _, view := range v.Views() {
			items = append(items, widget.Item{Label: safe.Sprintf("Go to: %s", view.Name), Hint: view.Hint})
			runs = append(runs, func() tea.Cmd { return tea.Batch(m.sh.Home(), view.Go()) })
		}
	}
	p := shell.NewPick(m.sh, safe.Const("commands"), items, func(i int) tea.Cmd { return runs[i]() })
	m.sh.Show(p.Hint(safe.Const("enter run · esc back")).Typed(m.byNumber))
	return nil
}

// byNumber offers the conversation whose number is typed.
func (m *Model) byNumber(typed string) ([]widget.Item, func(int) tea.Cmd) {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(typed), "#"), 10, 64)
	if err != nil || n <= 0 || m.sh.Screens().Thread == nil {
		return nil, nil
	}
	id := desk.ConversationID(n)
	// The label repeats what was typed, so that filtering keeps it.
	label := safe.Line(fmt.Sprintf("Open conversation %s", strings.TrimSpace(typed)))
	return []widget.Item{{Label: label}}, func(int) tea.Cmd { return m.open(action.Target{id}) }
}

// plumbing are actions nobody looks for by name: moving about, and the
// dialogs themselves.
func plumbing(a action.Action) bool {
	return strings.HasPrefix(string(a.ID), "move.") || slices.Contains([]action.ID{"program.commands", "program.escape", "program.interrupt"}, a.ID)
}

// ranked puts what is done with conversations first and moving about last.
func ranked(list []action.Action) []action.Action {
	of := func(a action.Action) int {
		switch {
		case takesTarget(a):
			return 0
		case a.Moves:
			return 2
		default:
			return 1
		}
	}
	slices.SortStableFunc(list, func(a, b action.Action) int { return of(a) - of(b) })
	return list
}

func takesTarget(a action.Action) bool { return strings.HasPrefix(string(a.ID), "conversation.") }

// help lists the keys of this place: to read, to filter, and to run. What
// cannot be done now stays, with its reason.
func (m *Model) help(action.Target) tea.Cmd {
	place := m.sh.Top().Place()
	list := ranked(m.keymap().In(place.Scope))
	var names []string
	for _, a := range list {
		if n := a.Scope.Name(); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	var items []widget.Item
	var runs []func() tea.Cmd
	for _, name := range names {
		items = append(items, widget.Item{Label: safe.Line(strings.ToUpper(name)), Heading: true})
		runs = append(runs, nil)
		for _, a := range list {
			if a.Scope.Name() != name || len(a.Keys) == 0 {
				continue
			}
			on := place.Target(a)
			shown := make([]string, len(a.Keys))
			for i, k := range a.Keys {
				shown[i] = action.Show(k)
			}
			items = append(items, widget.Item{Label: safe.Line(a.Title), Key: safe.Line(strings.Join(shown, "  ")), Off: safe.Line(a.Missing(on))})
			runs = append(runs, func() tea.Cmd { return m.run(a, on) })
		}
	}
	p := shell.NewPick(m.sh, safe.Const("keys for this place"), items, func(i int) tea.Cmd { return runs[i]() })
	m.sh.Show(p.Tall().Hint(safe.Const("type to filter · enter runs the marked line · esc back")))
	return nil
}

// outbox lists my mails that have not left: enter decides about one.
func (m *Model) outbox(action.Target) tea.Cmd {
	list := slices.Clone(m.sh.State.Waiting)
	if len(list) == 0 {
		return m.sh.Say(shell.Toast{Text: safe.Const("Nothing waits in your outbox"), Role: theme.Faint})
	}
	items := make([]widget.Item, len(list))
	for i, o := range list {
		items[i] = widget.Item{
			Label: safe.Sprintf("%s  %s", recipient(o), safe.Line(o.Subject)),
			Hint:  safe.Line(string(o.State)),
		}
	}
	m.sh.Show(shell.NewPick(m.sh, safe.Const("outgoing mail"), items, func(i int) tea.Cmd {
		m.sh.Show(m.decide(list[i]))
		return nil
	}))
	return nil
}
