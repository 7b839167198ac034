package thread

import (
	tea "charm.land/bubbletea/v2"

	"postroom/ui/action"
)

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
	sends := func(what then) func(action.Target) tea.Cmd {
		return on(func(c *composer) tea.Cmd { return c.send(what) })
	}
	write, bar := action.Composer, action.SendBar
	mail := []action.Need{action.When("this is a note: it stays with the team", func() bool { c := get(); return c != nil && !c.note() })}
	reply := []action.Need{action.When("a new mail has no conversation yet", func() bool { c := get(); return c != nil && c.conv != 0 })}
	return []action.Action{
		{ID: "compose.bar", Title: "Send, or leave the text", Scope: write, Footer: "send…", FooterKey: "esc", Run: on((*composer).openBar)},
		{ID: "compose.kind", Title: "Make it a note, or a reply", Scope: write, Keys: []string{"ctrl+r"}, Needs: reply, Footer: "reply or note", Run: on((*composer).switchKind)},
		{ID: "compose.next", Title: "Next field", Scope: write, Keys: []string{"tab"}, Footer: "field", Run: on(func(c *composer) tea.Cmd { c.focusNext(1); return nil })},
		{ID: "compose.previous", Title: "Previous field", Scope: write, Keys: []string{"shift+tab"}, Run: on(func(c *composer) tea.Cmd { c.focusNext(-1); return nil })},
		{ID: "compose.save", Title: "Save the draft", Scope: write, Keys: []string{"ctrl+s"}, Footer: "save", Run: on((*composer).save)},
		{ID: "compose.editor", Title: "Write in $EDITOR", Scope: write, Keys: []string{"ctrl+o"}, Footer: "editor", Run: on((*composer).external)},
		{ID: "compose.sendnow", Title: "Send (in terminals that report this key)", Scope: write, Keys: []string{"ctrl+enter"}, Risk: action.Held, Run: sends(stayHere)},
		{ID: "send.send", Title: "Send", Scope: bar, Keys: []string{"s"}, Risk: action.Held, Footer: "send", Run: sends(stayHere)},
		{ID: "send.close", Title: "Send and close", Scope: bar, Keys: []string{"e"}, Needs: mail, Risk: action.Held, Footer: "send, close", Run: sends(closeIt)},
		{ID: "send.next", Title: "Send and go to the next", Scope: bar, Keys: []string{"x"}, Risk: action.Held, Footer: "send, next", Run: sends(goToNext)},
		{ID: "send.discard", Title: "Discard the text", Scope: bar, Keys: []string{"d"}, Risk: action.Asks, Footer: "discard", Run: on((*composer).discard)},
		{ID: "send.write", Title: "Write on", Scope: bar, Keys: []string{"i"}, Footer: "write on", Run: on((*composer).writeOn)},
		{ID: "send.leave", Title: "Leave; the text stays as a draft", Scope: bar, Keys: []string{"esc", "q"}, Footer: "keep draft", Weight: -1, Run: on((*composer).leave)},
	}
}

func (c *composer) openBar() tea.Cmd {
	c.bar = true
	return c.askHead()
}

func (c *composer) writeOn() tea.Cmd {
	if !c.sending {
		c.bar, c.leaving = false, false
	}
	return nil
}

// leave ends the writing as soon as the store has the text: what it refuses
// stays on the screen. While the text is being handed over nothing happens:
// whether it has gone decides what leaving means.
func (c *composer) leave() tea.Cmd {
	if c.sending {
		return nil
	}
	cmd := c.save()
	if !c.stored() {
		c.leaving = true
		return cmd
	}
	return tea.Batch(cmd, c.host.stop())
}

// keeps reports whether there is a text that stays as a draft.
func (c *composer) keeps() bool { return c.ready && !c.empty(c.written()) }
