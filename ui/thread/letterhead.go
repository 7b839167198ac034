package thread

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// letterhead is what will stand on the mail besides its text, as the desk has
// said for one inbox.
type letterhead struct {
	desk.Letterhead
	inbox desk.InboxID
	// signed is the signature below the text as it was after so many edits.
	signed string
	edits  int
}

// headRead is the fact that the letterhead is known. Where it could not be
// read nothing is shown of it: sending tells what is wrong with an inbox.
type headRead struct {
	owned
	head letterhead
}

// askHead asks what will stand on the mail, which the team may have changed.
func (c *composer) askHead() tea.Cmd {
	if c.note() || c.mail.Inbox == 0 {
		return nil
	}
	d, in := c.sh.Desk, c.mail.Inbox
	return shell.Do(c.sh, func(ctx context.Context) (desk.Letterhead, error) { return d.Letterhead(ctx, in) },
		func(h desk.Letterhead, _ error) tea.Msg { return headRead{owned{c}, letterhead{h, in, "", -1}} })
}

// headed takes the letterhead, unless the mail is of another inbox by now.
func (c *composer) headed(r headRead) tea.Cmd {
	if r.head.inbox == c.mail.Inbox {
		c.head = r.head
	}
	return nil
}

// sender is the name and the address the mail leaves with, and address is that
// alone.
func (c *composer) sender() safe.Text {
	address := c.address()
	if c.head.inbox == c.mail.Inbox && c.head.Name != "" && !address.IsEmpty() {
		return safe.Sprintf("%s <%s>", safe.Line(c.head.Name), address)
	}
	return address
}

func (c *composer) address() safe.Text {
	for _, a := range c.senders() {
		if c.leavesFrom(a) {
			return safe.Addr(a.Address.Address)
		}
	}
	return safe.Text{}
}

// signature are the lines that will stand below the text, in at most half of
// the room; what there is no room for is told by an ellipsis.
func (c *composer) signature(t *theme.Theme, width, room int) []string {
	if c.note() || c.head.inbox != c.mail.Inbox || c.head.Signature == "" || room < 4 {
		return nil
	}
	if e := c.text.Edits(); c.head.edits != e {
		_, c.head.signed = desk.WithSignature(c.text.Value(), c.head.Signature)
		c.head.edits = e
	}
	if c.head.signed == "" {
		return nil
	}
	texts := strings.Split("-- \n"+c.head.signed, "\n")
	if most := room / 2; len(texts) > most {
		texts = append(texts[:most-1], "…")
	}
	lines := make([]string, len(texts))
	for i, text := range texts {
		lines[i] = widget.NewLine(t, width).Space(c.gutter()).Put(theme.Faint, safe.Line(text)).String()
	}
	return lines
}
