package thread

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// kindRead is the fact that we know what there was of the other kind.
type kindRead struct {
	owned
	draft desk.Draft
	err   error
}

// switchKind makes a reply a note and back. The text stays where it is, with
// its cursor and its undo, and so do the recipients for when it becomes a reply
// again. Where a text of the other kind has been begun too, it goes to that,
// and each stays what it is.
func (c *composer) switchKind() tea.Cmd {
	if !c.ready || c.conv == 0 || c.sending || c.away {
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
	case c.read[r.draft.Kind] || c.sending || c.away:
		return nil // the key was pressed twice
	}
	c.read[r.draft.Kind] = true
	if r.draft.Kind == desk.DraftReply {
		c.addressed(r.draft)
	}
	if r.draft.Text == c.text.Value() {
		return c.turn(r.draft.Kind)
	}
	c.aside.fill(r.draft)
	if c.aside.blank() {
		return c.turn(r.draft.Kind)
	}
	text := safe.Const("This is the reply you had begun; the note keeps its own text.")
	if r.draft.Kind == desk.DraftNote {
		text = safe.Const("This is the note you had begun; the reply keeps its own text.")
	}
	return tea.Batch(c.turn(r.draft.Kind), c.sh.Say(shell.Toast{Text: text, Role: theme.Faint}))
}

// both reports whether there is a text of the other kind too.
func (c *composer) both() bool { return c.aside.kind != "" && !c.aside.blank() }

// turn goes to the text of the other kind, or else changes what this one will
// become, here and in the store.
func (c *composer) turn(kind desk.DraftKind) tea.Cmd {
	c.at = onText
	if c.both() {
		c.sheet, c.aside = c.aside, c.sheet
		c.words = counted{edits: -1}
		c.problem, c.cautions = safe.Text{}, nil
		return c.save()
	}
	c.aside = sheet{}
	switch {
	case kind == desk.DraftNote:
		c.fresh = c.text.Edits()
	case c.text.Edits() != c.fresh:
		c.private = true
	}
	c.saves.gone, c.kind = c.kind, kind
	cmd := c.changedText()
	return tea.Batch(cmd, c.save())
}

// wasNote is the caution about a text that was meant for the team. It is of the
// composer alone: the desk does not know how a text came about.
const wasNote desk.Guard = "was-note"

// betrays reports whether a text is about to leave that was a note, and nobody
// has been asked yet.
func (c *composer) betrays() bool {
	if c.note() || !c.private {
		return false
	}
	for _, ca := range c.cautions {
		if ca.Guard == wasNote {
			return false
		}
	}
	return true
}
