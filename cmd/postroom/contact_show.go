package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// contactCardForm is all about a contact, for programs.
type contactCardForm struct {
	contactForm
	Addresses     []string    `json:"addresses"`
	Deals         []dealForm  `json:"deals"`
	Conversations []metBefore `json:"conversations"`
	More          bool        `json:"more"`
}

// metBefore is a conversation of a contact.
type metBefore struct {
	ID      desk.ConversationID `json:"id"`
	Inbox   string              `json:"inbox"`
	Subject string              `json:"subject"`
	Status  string              `json:"status"`
	LastAt  stamp               `json:"last_at"`
}

func contactCardOf(card desk.ContactCard) contactCardForm {
	f := contactCardForm{contactForm: contactFormOf(card.ContactRow), Addresses: append([]string{}, card.Addresses...), Deals: dealForms(card.Deals), Conversations: []metBefore{}, More: card.More}
	for _, c := range card.Conversations {
		f.Conversations = append(f.Conversations, metBefore{c.ID, c.InboxName, c.Subject, string(c.Status), stamp(c.LastAt)})
	}
	return f
}

func (p *program) contactShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show ADDRESS|#ID", Short: "Show a contact: addresses, company, owner, deals, conversations you see",
		Example: "  postroom contact show ann@acme.test\n  postroom contact show '#4473'",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			card, err := h.seat.Contact(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(contactCardOf(card))
			}
			p.showContact(card)
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(contactAddresses)
	return c
}

func (p *program) showContact(card desk.ContactCard) {
	seen := safe.Const("who sees its conversations")
	if card.Listed {
		seen = safe.Const("everybody at the desk")
	}
	p.print.fields(
		[2]safe.Text{safe.Const("Name"), safe.Line(card.Shown)},
		[2]safe.Text{safe.Const("Addresses"), safe.Line(strings.Join(card.Addresses, ", "))},
		[2]safe.Text{safe.Const("Company"), safe.Line(card.CompanyName)},
		[2]safe.Text{safe.Const("Owner"), safe.Line(card.OwnerName)},
		[2]safe.Text{safe.Const("Seen by"), seen},
	)
	if len(card.Deals) > 0 {
		p.print.say(safe.Text{})
		p.dealTable(card.Deals)
	}
	if len(card.Conversations) == 0 {
		return
	}
	p.print.say(safe.Text{})
	rows := make([][]safe.Text, len(card.Conversations))
	for i, c := range card.Conversations {
		rows[i] = []safe.Text{safe.Sprintf("#%s", safe.Int(int(c.ID))), p.print.age(c.LastAt), safe.Line(c.InboxName), safe.Line(string(c.Status)), safe.Line(c.Subject)}
	}
	p.print.table([]column{
		{title: safe.Const("ID"), right: true},
		{title: safe.Const("AGE"), right: true},
		{title: safe.Const("INBOX")},
		{title: safe.Const("STATUS")},
		{title: safe.Const("SUBJECT"), gives: true},
	}, rows)
	if card.More {
		p.print.remark(safe.Sprintf("There are older ones: postroom conversation list contact:%s", safe.Line(card.Address)))
	}
}
