package main

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
)

func (p *program) composeCommand() *cobra.Command {
	var s sending
	var inbox, subject string
	var to, cc, bcc []string
	c := &cobra.Command{
		Use: "compose --inbox NAME --to ADDRESS --subject TEXT", Short: "Write a new mail from an inbox",
		Long: "Begins a conversation. The text comes from --file or standard input; the command waits\n" +
			"until the server has taken the mail, as reply does.",
		Example: "  postroom compose --inbox support --to ana@acme.test --subject 'Your order' --file -",
		Args:    wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			if err := readable(subject, "the subject"); err != nil {
				return err
			}
			lists, err := recipients(to, cc, bcc)
			if err != nil {
				return err
			}
			dr, err := h.seat.NewMail(ctx, inbox)
			if err != nil {
				return err
			}
			if strings.TrimSpace(dr.Text) != "" {
				s.cautions = append(s.cautions, desk.Caution{Guard: guardDraft, Detail: "You have begun a mail from this inbox; sending this one discards it."})
			}
			if dr, err = afresh(ctx, h.seat, dr); err != nil {
				return err
			}
			dr.To, dr.Cc, dr.Bcc, dr.Subject = lists[0], lists[1], lists[2], subject
			if dr.Text, err = p.writtenText(ctx, s.file, "the mail"); err != nil {
				return err
			}
			return p.send(ctx, h, dr, s)
		}),
	}
	f := c.Flags()
	f.StringVar(&inbox, "inbox", "", "the inbox it is sent from")
	f.StringArrayVar(&to, "to", nil, "recipients, with commas between")
	f.StringArrayVar(&cc, "cc", nil, "recipients of a copy")
	f.StringArrayVar(&bcc, "bcc", nil, "recipients nobody else sees")
	f.StringVar(&subject, "subject", "", "what it is about")
	s.flags(c)
	needs(c, "inbox", "to", "subject")
	p.completesFlag(c, "inbox", inboxNames)
	return p.writes(c)
}

// afresh is a new mail from the inbox of one that may have been begun, whose
// account may be another one than the inbox's first.
func afresh(ctx context.Context, seat *desk.Seat, begun desk.Draft) (desk.Draft, error) {
	dr := desk.Draft{Author: begun.Author, Kind: desk.DraftNew, Inbox: begun.Inbox, Account: begun.Account}
	accounts, err := seat.Accounts(ctx)
	if err != nil {
		return dr, err
	}
	first := slices.IndexFunc(accounts, func(a desk.Account) bool { return a.Inbox == begun.Inbox })
	if first >= 0 {
		dr.Account = accounts[first].ID
	}
	return dr, nil
}

// recipients reads To, Cc and Bcc.
func recipients(fields ...[]string) ([][]desk.Mailbox, error) {
	lists := make([][]desk.Mailbox, len(fields))
	for i, words := range fields {
		var err error
		if lists[i], err = mailboxes(words); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// mailboxes reads recipients as people write them: ana@acme.test, or
// Ana Ruiz <ana@acme.test>.
func mailboxes(words []string) ([]desk.Mailbox, error) {
	var list []desk.Mailbox
	for _, w := range words {
		parsed, err := mail.ParseAddressList(w)
		if err != nil {
			return nil, &desk.Error{
				Kind: desk.Invalid, Code: "BAD_RECIPIENT", Message: quoted(w) + " is not a list of mail addresses.",
				Hint: "Write it as name@example.org,other@example.org.",
			}
		}
		for _, a := range parsed {
			list = append(list, desk.Mailbox{Name: a.Name, Addr: a.Address})
		}
	}
	return list, nil
}
