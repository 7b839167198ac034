package thread

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/ui/shell"
)

// kindRead is the fact that we know what there was of the other kind.
type kindRead struct {
	owned
	draft desk.Draft
	err   error
}

// switchKind makes a reply a note and back. The text stays where it is, with
// its cursor and its undo, and so do the recipients for when it becomes a reply
// again.
func (c *composer) switchKind() tea.Cmd {
	if !c.ready || c.conv == 0 || c.sending {
		return nil
	}
	other := desk.DraftNote
	if c.note() {
		other = desk.DraftReply
	}
	if c.read[other] {
		return c.turn(other)
	}
	return shell.Do(c.sh, c.reading(other, false), func(d desk.Draft, err error) tea.Msg { return kindRead{owned{c}, d, err} })
}

func (c *composer) turned(r kindRead) tea.Cmd {
	switch {
	case r.err != nil:
		c.problem = shell.Sentence(r.err)
		return nil
	case c.read[r.draft.Kind] || c.sending:
		return nil // the key was pressed twice
	}
	c.read[r.draft.Kind] = true
	if r.draft.Kind == desk.DraftReply {
		c.addressed(r.draft)
	}
	if begun := r.draft.Text; strings.TrimSpace(begun) != "" && begun != c.text.Value() {
		// There was a text of the other kind already: neither is lost.
		c.text.End()
		c.text.Insert("\n\n" + begun)
	}
	return c.turn(r.draft.Kind)
}

// turn changes what the text will become, here and in the store.
func (c *composer) turn(kind desk.DraftKind) tea.Cmd {
	c.saves.gone = c.kind
	c.kind, c.at = kind, onText
	cmd := c.changedText()
	return tea.Batch(cmd, c.save())
}
