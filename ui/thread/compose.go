package thread

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
)

// Compose is the screen on which the first mail of a conversation is written.
type Compose struct {
	sh       *shell.Shell
	composer *composer
	from     shell.Composing
	done     bool
}

// NewCompose writes a new mail, or goes on with one that was taken back.
func NewCompose(sh *shell.Shell, from shell.Composing) shell.Screen {
	c := &Compose{sh: sh, from: from}
	c.composer = newComposer(sh, 0, c)
	return c
}

// Update hears a fact.
func (c *Compose) Update(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(shell.Opened); ok {
		return c.begin()
	}
	return c.composer.update(msg)
}

func (c *Compose) begin() tea.Cmd {
	name := c.from.Inbox
	if d := c.from.Draft; d != nil {
		return func() tea.Msg { return draftRead{c.composer, *d, nil} }
	}
	return shell.Do(c.sh, func(ctx context.Context) (desk.Draft, error) { return c.sh.Desk.NewMail(ctx, name) }, c.composer.read)
}

// View draws the composer on the whole screen.
func (c *Compose) View(size shell.Size) shell.Picture {
	lines, cursor := c.composer.view(c.sh.Theme(), size.W, size.H)
	pic := shell.Picture{Lines: lines}
	if cursor != nil {
		pic.Cursor = tea.NewCursor(cursor.X, cursor.Y)
	}
	return pic
}

// Place says where the keys go.
func (c *Compose) Place() shell.Place {
	title := safe.Const("new mail")
	if in, ok := c.sh.State.Inbox(c.composer.draft.Inbox); ok {
		title = safe.Sprintf("new mail from %s", safe.Line(in.Name))
	}
	return shell.Place{Title: safe.Sprintf("%s %s", safe.Line(c.sh.Theme().Signs.Left), title), Scope: c.composer.scope()}
}

// Actions are those of writing.
func (c *Compose) Actions() []action.Action {
	return writingActions(func() *composer { return c.composer })
}

// Typing reports whether letters go into the text.
func (c *Compose) Typing() bool { return c.composer.typing() }

// Type takes a key for the text.
func (c *Compose) Type(msg tea.KeyPressMsg) tea.Cmd { return c.composer.press(msg) }

// Paste takes a text from the clipboard.
func (c *Compose) Paste(text string) tea.Cmd { return c.composer.paste(text) }

// Back opens the send bar before esc leaves.
func (c *Compose) Back() (tea.Cmd, bool) {
	if c.composer.bar {
		return nil, false
	}
	c.composer.bar = true
	return nil, true
}

// Close saves what is being written.
func (c *Compose) Close() tea.Cmd {
	if c.done {
		return nil
	}
	return c.composer.save()
}

func (c *Compose) stop() tea.Cmd { return c.sh.Back() }

func (c *Compose) sent(bool, bool) tea.Cmd {
	c.done = true
	return c.sh.Back()
}
