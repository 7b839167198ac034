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

// Compose is the screen on which the first mail of a conversation is written.
type Compose struct {
	sh       *shell.Shell
	composer *composer
	from     shell.Composing
	done     bool
}

// NewCompose writes a new mail, or goes on with one that was begun or taken
// back.
func NewCompose(sh *shell.Shell, from shell.Composing) shell.Screen {
	c := &Compose{sh: sh, from: from}
	c.composer = newComposer(sh, 0, c)
	return c
}

// Update hears a fact.
func (c *Compose) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Opened:
		return c.begin()
	case fact:
		if msg.of() == c.composer {
			return c.composer.update(msg)
		}
	}
	return nil
}

// begin goes on with the mail that was begun, whatever inbox it was for: there
// is one for each author, and a second would take the place of the first.
func (c *Compose) begin() tea.Cmd {
	if d := c.from.Draft; d != nil {
		return c.composer.update(draftRead{owned: owned{c.composer}, draft: *d})
	}
	name, d := c.from.Inbox, c.sh.Desk
	return shell.Do(c.sh, func(ctx context.Context) (desk.Draft, error) {
		begun, err := d.Draft(ctx, 0, desk.DraftNew)
		if desk.KindOf(err) == desk.NotFound {
			return d.NewMail(ctx, name)
		}
		return begun, err
	}, func(dr desk.Draft, err error) tea.Msg {
		return draftRead{owned: owned{c.composer}, draft: dr, err: err}
	})
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
	if in, ok := c.sh.State.Inbox(c.composer.mail.Inbox); ok {
		title = safe.Sprintf("new mail from %s", safe.Line(in.Name))
	}
	return shell.Place{Title: safe.Sprintf("%s %s", safe.Line(c.sh.Theme().Signs.Left), title), Scope: c.composer.scope()}
}

// Actions are those of writing.
func (c *Compose) Actions() []action.Action {
	if covered(c.sh, c) {
		return nil
	}
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
		return c.composer.leave(), true
	}
	return c.composer.openBar(), true
}

// Close saves what is being written.
func (c *Compose) Close() tea.Cmd {
	if c.done {
		return nil
	}
	return c.composer.flush()
}

func (c *Compose) stop() tea.Cmd {
	keeps := c.composer.keeps()
	cmd := c.sh.Back()
	if !keeps {
		return cmd
	}
	return tea.Batch(cmd, c.sh.Say(shell.Toast{Text: safe.Const("The mail stays as a draft: c goes on with it."), Role: theme.Faint}))
}

func (c *Compose) sent(then) tea.Cmd {
	c.done = true
	return c.sh.Back()
}

func (c *Compose) again() tea.Cmd { return nil }
