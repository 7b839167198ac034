package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/widget"
)

// matterActions change what conversations are besides open or closed.
func (m *Model) matterActions(act action.Scope, needs []action.Need) []action.Action {
	return []action.Action{
		{ID: "conversation.snooze", Title: "Snooze until…", Scope: act, Keys: []string{"b"}, Needs: needs, Risk: action.Undoable, Run: m.snooze},
		{ID: "conversation.wake", Title: "End the snooze", Scope: act, Needs: needs, Risk: action.Undoable, Run: m.put("woken", false, shell.Desk.Wake)},
		{ID: "conversation.tag", Title: "Give or take a tag…", Scope: act, Keys: []string{"t"}, Needs: needs, Risk: action.Undoable, Run: m.tag},
		{ID: "conversation.priority", Title: "Priority…", Scope: act, Keys: []string{"p"}, Needs: needs, Risk: action.Undoable, Run: m.priority},
		{ID: "conversation.spam", Title: "Spam", Scope: act, Keys: []string{"!"}, Needs: needs, Risk: action.Undoable, Run: m.put("marked as spam", true, shell.Desk.MarkSpam)},
		{ID: "conversation.unspam", Title: "No spam", Scope: act, Needs: needs, Risk: action.Undoable, Run: m.put("no spam any more", true, shell.Desk.NotSpam)},
		{ID: "conversation.trash", Title: "Throw away", Scope: act, Keys: []string{"#"}, Needs: needs, Risk: action.Undoable, Run: m.put("thrown away", true, shell.Desk.Trash)},
		{ID: "conversation.restore", Title: "Take out of the trash", Scope: act, Needs: needs, Risk: action.Undoable, Run: m.put("restored", true, shell.Desk.Restore)},
	}
}

// plain is a use case that needs nothing but the conversations.
type plain func(shell.Desk, context.Context, []desk.ConversationID) (desk.Outcome, error)

// put runs one of them; away says that the conversations leave their list.
func (m *Model) put(done string, away bool, use plain) func(action.Target) tea.Cmd {
	return func(on action.Target) tea.Cmd {
		return m.sure(on, safe.Line(done), func() tea.Cmd {
			return m.change(on, done, away, func(ctx context.Context) (desk.Outcome, error) { return use(m.sh.Desk, ctx, on) })
		})
	}
}

func (m *Model) change(on action.Target, done string, away bool, use func(context.Context) (desk.Outcome, error)) tea.Cmd {
	var leave *shell.Leaving
	if away {
		leave = &shell.Leaving{On: on}
	}
	return m.do(changing, on, safe.Line(done), leave, use)
}

// snooze asks until when. The first choice is what has been typed.
func (m *Model) snooze(on action.Target) tea.Cmd {
	until := func(when time.Time) tea.Cmd {
		return m.change(on, "snoozed until "+when.Format("Mon 2 Jan 15:04"), true, func(ctx context.Context) (desk.Outcome, error) {
			return m.sh.Desk.Snooze(ctx, on, when)
		})
	}
	offer := func(text string) (widget.Item, time.Time, bool) {
		when, err := desk.ParseWhen(text, m.sh.Now())
		return widget.Item{Label: safe.Line(text), Hint: safe.Line(when.Format("Mon 2 Jan 15:04"))}, when, err == nil
	}
	var items []widget.Item
	var times []time.Time
	for _, text := range []string{"3h", "tomorrow", "2d", "mon", "1w"} {
		if it, when, ok := offer(text); ok {
			items, times = append(items, it), append(times, when)
		}
	}
	p := shell.NewPick(m.sh, m.named(safe.Const("snooze"), on), items, func(i int) tea.Cmd { return until(times[i]) })
	p.Typed(func(text string) ([]widget.Item, func(int) tea.Cmd) {
		it, when, ok := offer(strings.TrimSpace(text))
		if !ok {
			return nil, nil
		}
		return []widget.Item{it}, func(int) tea.Cmd { return until(when) }
	})
	m.sh.Show(p.Hint(safe.Const("type 3h, mon 9:00, 2026-12-01 · enter snooze · esc back")))
	return nil
}

// priority asks which.
func (m *Model) priority(on action.Target) tea.Cmd {
	levels := desk.Priorities()
	items := make([]widget.Item, len(levels))
	for i := range levels {
		items[i] = widget.Item{Label: safe.Line(levels[len(levels)-1-i].String())}
	}
	m.sh.Show(shell.NewPick(m.sh, m.named(safe.Const("priority"), on), items, func(i int) tea.Cmd {
		to := levels[len(levels)-1-i]
		return m.change(on, "priority "+to.String(), false, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.SetPriority(ctx, on, to) })
	}))
	return nil
}

// tagsFound is the fact that we know what tags there are.
type tagsFound struct {
	on   action.Target
	tags []string
	err  error
}

func (m *Model) tag(on action.Target) tea.Cmd {
	return shell.Do(m.sh, m.sh.Desk.Tags, func(tags []string, err error) tea.Msg { return tagsFound{on, tags, err} })
}

// tagsFound asks for a tag: one there is, a new one, or with a minus in front
// one to take away.
func (m *Model) tagsFound(f tagsFound) tea.Cmd {
	if f.err != nil {
		return m.sh.Fail(f.err)
	}
	give := func(word string) tea.Cmd {
		add, remove, done := []string{word}, []string(nil), "tagged "+word
		if rest, less := strings.CutPrefix(word, "-"); less {
			add, remove, done = nil, []string{rest}, "not tagged "+rest
		}
		return m.change(f.on, done, false, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.Tag(ctx, f.on, add, remove) })
	}
	items := make([]widget.Item, len(f.tags))
	for i, tag := range f.tags {
		items[i] = widget.Item{Label: safe.Line(tag)}
	}
	p := shell.NewPick(m.sh, m.named(safe.Const("tag"), f.on), items, func(i int) tea.Cmd { return give(f.tags[i]) })
	p.Typed(func(text string) ([]widget.Item, func(int) tea.Cmd) {
		word := strings.TrimSpace(text)
		if _, err := desk.ParseTags([]string{strings.TrimPrefix(word, "-")}); err != nil {
			return nil, nil
		}
		return []widget.Item{{Label: safe.Line(word)}}, func(int) tea.Cmd { return give(word) }
	})
	m.sh.Show(p.Hint(safe.Const("a tag, or -tag to take it away · enter · esc back")))
	return nil
}
