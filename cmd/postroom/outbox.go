package main

import (
	"cmp"
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// outgoingForm is a row of the outbox, for programs.
type outgoingForm struct {
	ID           desk.OutgoingID     `json:"id"`
	Conversation desk.ConversationID `json:"conversation"`
	State        string              `json:"state"`
	From         desk.Mailbox        `json:"from"`
	To           []desk.Mailbox      `json:"to"`
	Cc           []desk.Mailbox      `json:"cc"`
	Subject      string              `json:"subject"`
	MessageID    string              `json:"message_id"`
	Attempts     int                 `json:"attempts"`
	LastError    string              `json:"last_error"`
	Held         string              `json:"held"`
	NextTry      stamp               `json:"next_try"`
	CreatedAt    stamp               `json:"created_at"`
	UpdatedAt    stamp               `json:"updated_at"`
}

func outgoingOf(o desk.Outgoing) outgoingForm {
	return outgoingForm{
		ID: o.ID, Conversation: o.Conversation, State: string(o.State), From: o.From,
		To: append([]desk.Mailbox{}, o.To...), Cc: append([]desk.Mailbox{}, o.Cc...), Subject: o.Subject,
		MessageID: o.HeaderID, Attempts: o.Attempts, LastError: o.LastError, Held: o.Held,
		NextTry: stamp(o.NextTry), CreatedAt: stamp(o.CreatedAt), UpdatedAt: stamp(o.UpdatedAt),
	}
}

func (p *program) outboxCommand() *cobra.Command {
	return p.group("outbox", "Outgoing mail: list, retry, resolve, cancel",
		p.outboxListCommand(),
		p.decideCommand("retry", "Send a failed mail again, or one in doubt that did not arrive", "It will be sent again.", (*desk.Seat).RetrySend),
		p.decideCommand("resolve", "Declare a mail in doubt as sent", "It counts as sent.", (*desk.Seat).ResolveSend),
		p.decideCommand("cancel", "Take back a mail that has not left; its text becomes a draft", "It was taken back and is a draft again.", cancelSend),
	)
}

func cancelSend(seat *desk.Seat, ctx context.Context, id desk.OutgoingID) error {
	_, err := seat.CancelSend(ctx, id)
	return err
}

func (p *program) outboxListCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "list", Short: "List the mails that are not out yet", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Outbox(ctx, all)
			if err != nil {
				return err
			}
			if p.print.forPrograms() {
				return p.print.stream(func(emit func(any) error) error {
					for _, o := range list {
						if err := emit(outgoingOf(o)); err != nil {
							return err
						}
					}
					return nil
				})
			}
			if len(list) == 0 {
				p.print.remark(safe.Const("Nothing waits in the outbox."))
				return nil
			}
			rows := make([][]safe.Text, len(list))
			for i, o := range list {
				rows[i] = []safe.Text{
					safe.Int(int(o.ID)), safe.Line(string(o.State)), safe.Sprintf("#%s", safe.Int(int(o.Conversation))),
					p.print.age(o.CreatedAt), people(o.To), safe.Line(o.Subject), safe.Line(cmp.Or(o.Held, o.LastError)),
				}
			}
			p.print.table([]column{
				{title: safe.Const("ID")},
				{title: safe.Const("STATE")},
				{title: safe.Const("IN")},
				{title: safe.Const("AGE"), right: true},
				{title: safe.Const("TO"), gives: true},
				{title: safe.Const("SUBJECT"), gives: true},
				{title: safe.Const("WHY IT WAITS"), gives: true},
			}, rows)
			return nil
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "also the last hundred that are done")
	return p.streams(c)
}

// decideCommand is one that settles a mail by its number.
func (p *program) decideCommand(name, short, said string, do func(*desk.Seat, context.Context, desk.OutgoingID) error) *cobra.Command {
	c := &cobra.Command{
		Use: name + " ID", Short: short, Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || n <= 0 {
				return &desk.Error{
					Kind: desk.Invalid, Code: "BAD_ID", Message: quoted(args[0]) + " is not the number of an outgoing mail.",
					Hint: "See them with: postroom outbox list",
				}
			}
			if err := do(h.seat, ctx, desk.OutgoingID(n)); err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					ID int64 `json:"id"`
				}{n})
			}
			p.done(safe.Sprintf("Mail %s: %s", safe.Int(int(n)), safe.Line(said)))
			return nil
		}),
	}
	return p.writes(c)
}
