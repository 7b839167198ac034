package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// senderForm is an entry of the lists of senders in the form for programs.
type senderForm struct {
	Sender string  `json:"sender"`
	List   string  `json:"list"`
	Inbox  *string `json:"inbox"`
	Reason string  `json:"reason"`
	Who    string  `json:"who"`
	At     stamp   `json:"at"`
}

func (p *program) senderCommand() *cobra.Command {
	return p.group("sender", "Senders that are always let through, or never",
		p.senderListCommand(),
		p.senderKnowCommand("allow", "Never take a sender's mail for spam", "Always lets through", true),
		p.senderKnowCommand("deny", "Take a sender's mail for spam as it comes in", "Takes for spam", false),
		p.senderForgetCommand())
}

func (p *program) senderKnowCommand(verb, short, said string, allowed bool) *cobra.Command {
	var inbox, reason string
	c := &cobra.Command{
		Use: verb + " SENDER", Short: short,
		Long: "SENDER is an address, or a domain as @kite.test, which covers its sub-domains too. Without an\n" +
			"inbox it counts in all shared ones, and is for admins. Who is allowed wins over who is denied,\n" +
			"over a rule and over the provider; a forged sender is never let through by his name. Mail that\n" +
			"is here already stays where it is, and the provider's own spam folder is not touched.",
		Example: "  postroom sender " + verb + " @kite.test --inbox support --reason 'a customer'",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			k, err := h.seat.KnowSender(ctx, inbox, args[0], allowed, reason)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(senderForm{Sender: k.Address, List: k.List(), Inbox: inboxOrNull(inbox), Reason: k.Reason, At: stamp(k.At)})
			}
			p.done(safe.Sprintf("%s: %s.", safe.Line(said), safe.Line(k.Address)))
			return nil
		}),
	}
	c.Flags().StringVar(&inbox, "inbox", "", "only in this inbox")
	c.Flags().StringVar(&reason, "reason", "", "why, for whoever asks later")
	p.completesFlag(c, "inbox", inboxNames)
	return p.writes(c)
}

// inboxOrNull is a text, or null where there is none.
func inboxOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (p *program) senderForgetCommand() *cobra.Command {
	var inbox string
	c := &cobra.Command{
		Use: "forget SENDER", Short: "Take a sender off the lists", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.ForgetSender(ctx, inbox, args[0]); err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Sender string `json:"sender"`
				}{args[0]})
			}
			p.done(safe.Sprintf("%s is on no list any more.", safe.Line(args[0])))
			return nil
		}),
	}
	c.Flags().StringVar(&inbox, "inbox", "", "of this inbox")
	p.completesFlag(c, "inbox", inboxNames)
	return p.writes(c)
}

func (p *program) senderListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the senders that are let through or not, and why", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Senders(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := []senderForm{}
				for _, k := range list {
					forms = append(forms, senderForm{k.Address, k.List(), inboxOrNull(k.InboxName), k.Reason, k.ByName, stamp(k.At)})
				}
				return p.print.document(forms)
			}
			var rows [][]safe.Text
			for _, k := range list {
				rows = append(rows, senderRow(k))
			}
			p.print.table([]column{
				{title: safe.Const("SENDER"), gives: true},
				{title: safe.Const("LIST")},
				{title: safe.Const("INBOX")},
				{title: safe.Const("WHO")},
				{title: safe.Const("SINCE")},
				{title: safe.Const("WHY"), gives: true},
			}, rows)
			return nil
		}),
	}
}

func senderRow(k desk.KnownView) []safe.Text {
	where := safe.Const("all shared")
	if k.InboxName != "" {
		where = safe.Line(k.InboxName)
	}
	return []safe.Text{safe.Line(k.Address), safe.Line(k.List()), where, safe.Line(k.ByName), day(k.At), safe.Line(k.Reason)}
}
