package thread

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// tried is the fact that sending has been tried.
type tried struct {
	c           *composer
	cautions    []desk.Caution
	closed, nxt bool
	err         error
}

// writingActions are what the composer can do besides taking letters. Those of
// the send bar are letters, because no text is being written there.
func writingActions(get func() *composer) []action.Action {
	on := func(do func(*composer) tea.Cmd) func(action.Target) tea.Cmd {
		return func(action.Target) tea.Cmd {
			if c := get(); c != nil {
				return do(c)
			}
			return nil
		}
	}
	write, bar := action.Composer, action.SendBar
	mail := []action.Need{action.When("this is a note: it stays with the team", func() bool { c := get(); return c != nil && !c.note() })}
	return []action.Action{
		{ID: "compose.bar", Title: "Send, or leave the text", Scope: write, Footer: "send…", FooterKey: "esc"},
		{ID: "compose.kind", Title: "Make it a note, or a reply", Scope: write, Keys: []string{"ctrl+r"}, Footer: "reply or note", Run: on((*composer).switchKind)},
		{ID: "compose.next", Title: "Next field", Scope: write, Keys: []string{"tab"}, Footer: "next field", Run: on(func(c *composer) tea.Cmd { c.focusNext(1); return nil })},
		{ID: "compose.previous", Title: "Previous field", Scope: write, Keys: []string{"shift+tab"}, Run: on(func(c *composer) tea.Cmd { c.focusNext(-1); return nil })},
		{ID: "compose.save", Title: "Save the draft", Scope: write, Keys: []string{"ctrl+s"}, Footer: "save", Run: on((*composer).save)},
		{ID: "compose.editor", Title: "Write in $EDITOR", Scope: write, Keys: []string{"ctrl+o"}, Footer: "editor", Run: on((*composer).external)},
		{ID: "compose.sendnow", Title: "Send", Scope: write, Keys: []string{"ctrl+enter"}, Risk: action.Held, Run: on(func(c *composer) tea.Cmd { return c.send(false, false) })},
		{ID: "send.send", Title: "Send", Scope: bar, Keys: []string{"s"}, Risk: action.Held, Footer: "send", Run: on(func(c *composer) tea.Cmd { return c.send(false, false) })},
		{ID: "send.close", Title: "Send and close", Scope: bar, Keys: []string{"e"}, Needs: mail, Risk: action.Held, Footer: "send, close", Run: on(func(c *composer) tea.Cmd { return c.send(true, false) })},
		{ID: "send.next", Title: "Send and go to the next", Scope: bar, Keys: []string{"x"}, Risk: action.Held, Footer: "send, next", Run: on(func(c *composer) tea.Cmd { return c.send(false, true) })},
		{ID: "send.discard", Title: "Discard the text", Scope: bar, Keys: []string{"d"}, Risk: action.Asks, Footer: "discard", Run: on((*composer).discard)},
		{ID: "send.write", Title: "Write on", Scope: bar, Keys: []string{"i"}, Footer: "write on", Run: on(func(c *composer) tea.Cmd { c.bar = false; return nil })},
		{ID: "send.leave", Title: "Leave; the text stays as a draft", Scope: bar, Keys: []string{"esc", "q"}, Footer: "keep as draft", Run: on(func(c *composer) tea.Cmd { return c.host.stop() })},
	}
}

// send hands the text to the desk. What the guards say is shown; sending once
// more confirms exactly what has been shown.
func (c *composer) send(closing, next bool) tea.Cmd {
	if !c.ready || c.sending {
		return nil
	}
	c.sending, c.problem = true, safe.Text{}
	d, keep, sh := c.written(), c.keep, c.sh
	o := desk.SendOptions{Close: closing, Hold: desk.HoldTime}
	for _, ca := range c.cautions {
		o.Confirmed = append(o.Confirmed, ca.Guard)
	}
	return shell.Do(sh, func(ctx context.Context) ([]desk.Caution, error) {
		var cautions []desk.Caution
		err := keep.finish(func() (bool, error) {
			if d.Kind == desk.DraftNote {
				_, err := sh.Desk.AddNote(ctx, d.Conversation, d.Text)
				return err == nil, err
			}
			res, err := sh.Desk.Send(ctx, d, o)
			cautions = res.Cautions
			return err == nil && len(cautions) == 0, err
		})
		return cautions, err
	}, func(cautions []desk.Caution, err error) tea.Msg {
		return tried{c: c, cautions: cautions, closed: closing, nxt: next, err: err}
	})
}

func (c *composer) tried(t tried) tea.Cmd {
	c.sending = false
	switch {
	case t.err != nil:
		c.problem = shell.Sentence(t.err)
		c.bar = false
		return nil
	case len(t.cautions) > 0:
		// Guards that were confirmed before stay confirmed.
		c.cautions = append(c.cautions, t.cautions...)
		c.bar = true
		return nil
	}
	cmd := c.host.sent(t.closed, t.nxt)
	if c.note() {
		return tea.Batch(cmd, c.sh.Say(shell.Toast{Text: safe.Const("The note is in the conversation; only the team sees it."), Role: theme.Good, Undo: true}))
	}
	return cmd
}

// discard asks before a text of any size is thrown away.
func (c *composer) discard() tea.Cmd {
	if c.text.Value() == "" {
		return c.drop()
	}
	c.sh.Show(shell.NewChoice(c.sh, safe.Const("discard the text"), safe.Sprintf("It has %s words and cannot be brought back.", safe.Int(c.text.Words())),
		shell.Option{Label: safe.Const("No, keep it")},
		shell.Option{Label: safe.Const("Yes, discard it"), Run: c.drop}))
	return nil
}

func (c *composer) drop() tea.Cmd {
	id, kind, keep, sh := c.conv, c.draft.Kind, c.keep, c.sh
	c.ready = false // nothing of it is saved any more
	leave := c.host.stop()
	return tea.Batch(leave, shell.Do(sh, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, keep.finish(func() (bool, error) {
			err := sh.Desk.DiscardDraft(ctx, id, kind)
			return err == nil, err
		})
	}, func(_ struct{}, err error) tea.Msg { return markedRead{err} }))
}
