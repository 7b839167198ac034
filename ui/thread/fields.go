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

// mailFrom is an address the mail may leave from.
type mailFrom struct {
	desk.Address
	inbox desk.InboxID
}

// senders are the addresses the mail may leave from: those of the inbox, and
// for a new mail those of every inbox one works in.
func (c *composer) senders() []mailFrom {
	var list []mailFrom
	for _, in := range c.sh.State.Inboxes {
		if c.conv != 0 && in.ID != c.mail.Inbox {
			continue
		}
		for _, a := range in.Senders {
			list = append(list, mailFrom{a, in.ID})
		}
	}
	return list
}

// leavesFrom reports whether it is the address the mail leaves from now.
func (c *composer) leavesFrom(s mailFrom) bool {
	if s.Account != c.mail.Account {
		return false
	}
	if c.mail.From == "" {
		return s.Kind == desk.AddressPrimary
	}
	return desk.FoldAddress(s.Address.Address) == desk.FoldAddress(c.mail.From)
}

// chooseFrom takes the next address; a new mail belongs to the inbox of its
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
		if c.leavesFrom(a) {
			next = (i + by + len(list)) % len(list)
		}
	}
	c.mail.Account, c.mail.Inbox, c.mail.From = list[next].Account, list[next].inbox, list[next].Address.Address
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
