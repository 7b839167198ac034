package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"postroom/connector/compose"
	"postroom/desk"
	"postroom/desk/safe"
)

// sending is how a mail written on the command line is to go out.
type sending struct {
	file              string
	from              string
	close, yes, queue bool
	// take takes the conversation over from who has it.
	take bool
	// cautions are what the command itself has to say before sending.
	cautions []desk.Caution
}

func (s *sending) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.file, "file", "", "read the text from a file; - is standard input")
	f.StringVar(&s.from, "from", "", "the address of the inbox it leaves from (default: the one that was written to, else the first)")
	f.BoolVar(&s.yes, "yes", false, "send it although something speaks against it")
	f.BoolVar(&s.queue, "queue", false, "return at once, without waiting for the server")
}

// guards are all that can speak against sending.
func guards() []desk.Guard {
	return []desk.Guard{desk.GuardChanged, desk.GuardWriting, desk.GuardAssigned, desk.GuardAttachment, desk.GuardNewRecipient}
}

// sentForm is what became of a mail, for programs.
type sentForm struct {
	Outgoing outgoingForm `json:"outgoing"`
	Batch    string       `json:"batch"`
}

// send queues a mail and waits until it is out. There is no hold time: a
// command that has been typed is meant.
func (p *program) send(ctx context.Context, h *house, dr desk.Draft, s sending) error {
	if s.from != "" {
		var err error
		if dr, err = h.seat.WriteFrom(ctx, dr, s.from); err != nil {
			return err
		}
	}
	if p.flags.rehearse {
		return p.rehearseSending(ctx, h, dr, s)
	}
	o := desk.SendOptions{Close: s.close, Take: s.take}
	if s.yes {
		o.Confirmed = guards()
	} else if err := p.mayGo(ctx, h, dr, s); err != nil {
		return err
	}
	res, err := h.seat.Send(ctx, dr, o)
	if err != nil {
		return err
	}
	if len(res.Cautions) > 0 {
		return cautioned(res.Cautions)
	}
	if s.queue {
		return p.leaveQueued(ctx, h, res)
	}
	out, err := p.deliver(ctx, h, res.Outgoing)
	if err != nil {
		return err
	}
	return p.sent(out, res.Batch)
}

// mayGo asks all guards at once, the desk's and the command's own, so that one
// look tells everything that speaks against sending.
func (p *program) mayGo(ctx context.Context, h *house, dr desk.Draft, s sending) error {
	res, err := h.seat.Send(desk.Rehearse(ctx), dr, desk.SendOptions{Take: s.take})
	if err != nil {
		return err
	}
	if all := append(s.cautions, res.Cautions...); len(all) > 0 {
		return cautioned(all)
	}
	return nil
}

func cautioned(list []desk.Caution) error {
	details := make([]string, len(list))
	hint := "Send it all the same with --yes."
	for i, c := range list {
		details[i] = c.Detail
		if c.Guard == desk.GuardAssigned {
			hint = "Send it all the same with --yes, take the conversation over with --take, or write a note: postroom note ID"
		}
	}
	return refused("CAUTION", hint, "Nothing was sent. %s", strings.Join(details, " "))
}

// rehearseSending prints the mail that would be sent.
func (p *program) rehearseSending(ctx context.Context, h *house, dr desk.Draft, s sending) error {
	err := p.mayGo(ctx, h, dr, s)
	if err != nil && desk.KindOf(err) != desk.Conflict {
		return err
	}
	out, prepared := h.seat.Prepare(ctx, dr)
	if prepared != nil {
		return prepared
	}
	raw, composed := compose.Build(out, h.desk.Now(), compose.Options{})
	if composed != nil {
		return composed
	}
	if p.print.json {
		if err := p.print.document(struct {
			Message string `json:"message"`
		}{string(raw)}); err != nil {
			return err
		}
	} else {
		p.print.say(safe.Bytes(raw))
	}
	if s.yes {
		return nil
	}
	return err
}

// sent tells how a mail ended.
func (p *program) sent(out desk.Outgoing, batch string) error {
	if p.print.json {
		if err := p.print.document(sentForm{Outgoing: outgoingOf(out), Batch: batch}); err != nil {
			return err
		}
	}
	if out.Held != "" {
		return refused("ACCOUNT_PAUSED", "Take it back with: "+outboxHint("cancel", out.ID), "The mail waits in the outbox, %s.", out.Held)
	}
	switch out.State {
	case desk.Accepted:
		if !p.print.json {
			p.print.say(safe.Sprintf("Sent to %s in conversation #%s.", sentTo(out), safe.Int(int(out.Conversation))))
		}
		return nil
	case desk.Failed:
		return &desk.Error{
			Kind: desk.Offline, Code: "SEND_FAILED", Message: "The server refused the mail: " + sentence(out.LastError),
			Hint: "Take it back with: " + outboxHint("cancel", out.ID) + ", or try again with: " + outboxHint("retry", out.ID),
		}
	case desk.InDoubt:
		return &desk.Error{
			Kind: desk.Offline, Code: "IN_DOUBT", Message: "The mail may have been sent: " + sentence(out.LastError),
			Hint: "When you know: " + outboxHint("resolve", out.ID) + " if it arrived, " + outboxHint("retry", out.ID) + " if not.",
		}
	case desk.Deferred:
		return &desk.Error{
			Kind: desk.Denied, Code: "NEEDS_SIGN_IN", Message: "The mail waits in the outbox: " + sentence(out.LastError),
			// The reason ends with what mends it, which need not be a sign-in.
			Hint: "Then it goes out when postroom or postroom sync runs.",
		}
	default:
		return refused("NOT_SENT", "See: postroom outbox list --all", "The mail was not sent: it is %s.", out.State)
	}
}

// sentTo names everybody who gets a mail, and how.
func sentTo(out desk.Outgoing) safe.Text {
	var groups []safe.Text
	if len(out.To) > 0 {
		groups = append(groups, people(out.To))
	}
	if len(out.Cc) > 0 {
		groups = append(groups, safe.Sprintf("Cc %s", people(out.Cc)))
	}
	if len(out.Bcc) > 0 {
		groups = append(groups, safe.Sprintf("Bcc %s", people(out.Bcc)))
	}
	return safe.Join("; ", groups...)
}

func outboxHint(what string, id desk.OutgoingID) string {
	return fmt.Sprintf("postroom outbox %s %d", what, id)
}
