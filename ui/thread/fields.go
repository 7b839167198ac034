package thread

import (
	"slices"

	"postroom/desk"
)

// focus is which part of the composer the keys go to.
type focus uint8

const (
	onText focus = iota
	onFrom
	onTo
	onCc
	onBcc
	onSubject
	focusCount
)

// senders are the accounts the mail may leave from: those of the inbox, and
// for a new mail those of every inbox one works in.
func (c *composer) senders() []desk.Account {
	if c.conv != 0 {
		in, _ := c.sh.State.Inbox(c.mail.Inbox)
		return in.Accounts
	}
	var list []desk.Account
	for _, in := range c.sh.State.Inboxes {
		if in.Member {
			list = append(list, in.Accounts...)
		}
	}
	return list
}

// chooseFrom takes the next account; a new mail belongs to the inbox of its
// account.
func (c *composer) chooseFrom(key string) {
	by := 1
	switch key {
	case "left", "up":
		by = -1
	case "right", "down", "space":
	case "enter":
		c.focusNext(1)
		return
	default:
		return
	}
	list := c.senders()
	if len(list) == 0 {
		return
	}
	next := 0
	for i, a := range list {
		if a.ID == c.mail.Account {
			next = (i + by + len(list)) % len(list)
		}
	}
	c.mail.Account, c.mail.Inbox = list[next].ID, list[next].Inbox
}

// focusNext goes to the next field that exists.
func (c *composer) focusNext(by int) {
	if c.note() {
		c.at = onText
		return
	}
	for {
		c.at = focus((int(c.at) + by + int(focusCount)) % int(focusCount))
		if c.at != onFrom || len(c.senders()) > 1 {
			return
		}
	}
}

// everybody is whom the mail would go to.
func (c *composer) everybody() []desk.Mailbox {
	d := c.written()
	return slices.Concat(d.To, d.Cc, d.Bcc)
}
