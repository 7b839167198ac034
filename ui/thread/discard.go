package thread

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/shell"
)

// discard asks before a text of any size is thrown away.
func (c *composer) discard() tea.Cmd {
	if c.sending {
		return nil
	}
	if c.empty(c.written()) {
		return c.drop()
	}
	c.sh.Show(shell.NewChoice(c.sh, safe.Const("discard the text"), safe.Sprintf("It has %s %s and cannot be brought back.", safe.Int(c.text.Words()), plural(c.text.Words(), safe.Const("word"), safe.Const("words"))),
		shell.Option{Label: safe.Const("No, keep it")},
		shell.Option{Label: safe.Const("Yes, discard it"), Run: c.drop}))
	return nil
}

// discarded is the fact that a text has been thrown away.
type discarded struct {
	owned
	err error
}

func (c *composer) drop() tea.Cmd {
	c.sending = true // no key changes it any more
	id, kind, keep, sh := c.conv, c.kind, c.keep, c.sh
	return shell.Do(sh, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, keep.finish(kind, func() (bool, error) {
			err := sh.Desk.DiscardDraft(ctx, id, kind)
			return err == nil, err
		})
	}, func(_ struct{}, err error) tea.Msg { return discarded{owned{c}, err} })
}

func (c *composer) dropped(d discarded) tea.Cmd {
	c.sending = false
	if d.err != nil {
		c.refused(d.err)
		return nil
	}
	c.saves.asked = c.saves.edits // nothing of it is saved any more
	c.text.Set("")
	return c.host.stop()
}
