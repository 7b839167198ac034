package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// holder is who could have conversations: a person, a team, a person for a
// team, or nobody.
type holder struct {
	name, hint safe.Text
	to         desk.Assignment
}

// assign looks up who could have the conversations, and then asks. What they
// are is fixed now, whatever comes in until the answer.
func (m *Model) assign(on action.Target) tea.Cmd {
	d, me := m.sh.Desk, m.sh.State.Me.ID
	find := func(ctx context.Context) ([]holder, error) {
		users, err := d.Assignable(ctx, on)
		if err != nil || len(users) == 0 {
			return nil, err
		}
		teams, err := d.AssignableTeams(ctx, on)
		if err != nil {
			return nil, err
		}
		members, err := d.Teams(ctx)
		return holders(me, users, teams, members), err
	}
	return reads(m, find, func(list []holder) tea.Cmd { return m.pickHolder(on, list) })
}

// holders are the people, then the teams, then the people of each team who can
// have it for the team, and at the end nobody.
func holders(me desk.UserID, users []desk.User, teams []desk.Team, members []desk.TeamView) []holder {
	var list, together []holder
	for _, u := range users {
		h := holder{safe.Line(u.Name), safe.Line(u.Login), desk.Assignment{User: u.ID}}
		if u.ID == me {
			h.hint = safe.Const("you")
		}
		list = append(list, h)
	}
	for _, t := range teams {
		list = append(list, holder{safe.Line(t.Name), safe.Const("team"), desk.Assignment{Team: t.ID}})
		at := slices.IndexFunc(members, func(v desk.TeamView) bool { return v.ID == t.ID })
		if at < 0 {
			continue
		}
		for _, u := range members[at].Members {
			if slices.ContainsFunc(users, func(o desk.User) bool { return o.ID == u.ID }) {
				together = append(together, holder{safe.Sprintf("%s of %s", safe.Line(u.Name), safe.Line(t.Name)), safe.Const("team and person"), desk.Assignment{User: u.ID, Team: t.ID}})
			}
		}
	}
	return append(append(list, together...), holder{name: safe.Const("Nobody")})
}

func (m *Model) pickHolder(on action.Target, list []holder) tea.Cmd {
	if len(list) == 0 {
		return m.sh.Say(shell.Toast{Text: safe.Const("Nobody works in all of these inboxes: assign them one inbox at a time."), Role: theme.Warn})
	}
	items := make([]widget.Item, len(list))
	for i, h := range list {
		items[i] = widget.Item{Label: h.name, Hint: h.hint}
	}
	p := shell.NewPick(m.sh, m.named(safe.Const("assign"), on), items, func(i int) tea.Cmd { return m.give(on, list[i]) })
	p.Typed(func(text string) ([]widget.Item, func(int) tea.Cmd) {
		who, why, ok := strings.Cut(text, ":")
		if why = strings.TrimSpace(why); !ok || why == "" {
			return nil, nil
		}
		var items []widget.Item
		var found []holder
		for _, h := range list {
			if widget.Match(who, h.name.String()) > 0 {
				h.to.Reason = why
				items, found = append(items, widget.Item{Label: safe.Sprintf("%s: %s", h.name, safe.Line(why))}), append(found, h)
			}
		}
		return items, func(i int) tea.Cmd { return m.give(on, found[i]) }
	})
	m.sh.Show(p.Hint(safe.Const("a name, or “name: reason” · enter assign · esc back")))
	return nil
}

// give lets somebody have the conversations, or nobody.
func (m *Model) give(on action.Target, h holder) tea.Cmd {
	v, what := assigning, safe.Const("Assign")
	if h.to.User == 0 && h.to.Team == 0 {
		v, what = releasing, safe.Const("Unassign")
	}
	return m.sure(on, what, func() tea.Cmd {
		leave := shell.Leaving{On: on, Stay: true}
		return m.do(v, on, h.name, &leave, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.Give(ctx, on, h.to) })
	})
}

func (m *Model) release(on action.Target) tea.Cmd { return m.give(on, holder{}) }
