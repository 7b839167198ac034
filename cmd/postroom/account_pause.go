package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// pausedForm tells programs how an account is now, and how many of its mails
// that were held may leave.
type pausedForm struct {
	Address string `json:"address"`
	State   string `json:"state"`
	Sent    int    `json:"let_go"`
	DryRun  bool   `json:"dry_run"`
}

func (p *program) accountPauseCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "pause ADDRESS", Short: "Fetch and send nothing for an account until it is resumed",
		Long: "The account stays connected, and its mail, password and history stay. What is\n" +
			"written meanwhile is held in the outbox and leaves when the account is resumed;\n" +
			"it is sent from no other address.",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			a, err := h.seat.Pause(ctx, args[0])
			if err != nil {
				return err
			}
			return p.turned(a, 0, safe.Sprintf("%s is paused. Its mail is held until: postroom account resume %s", safe.Addr(a.Address), safe.Addr(a.Address)))
		}),
	}
	return p.writes(c)
}

func (p *program) accountResumeCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "resume ADDRESS", Short: "Let a paused account fetch and send again", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			a, n, err := h.seat.Resume(ctx, args[0])
			if err != nil {
				return err
			}
			text := safe.Sprintf("%s works again while postroom or postroom sync runs.", safe.Addr(a.Address))
			if a.State.NeedsPerson() {
				text = safe.Sprintf("%s is no longer paused, but it %s: nothing comes in or leaves until: postroom account reauth %s",
					safe.Addr(a.Address), safe.Line(stillNeeds(a.State)), safe.Addr(a.Address))
			}
			if n > 0 {
				text = safe.Sprintf("%s Then %s, too.", text, safe.Line(count(n, "held mail leaves", "held mails leave")))
			}
			return p.turned(a, n, text)
		}),
	}
	return p.writes(c)
}

// stillNeeds is what an account waits for that a person has to do.
func stillNeeds(s desk.AccountState) string {
	if s == desk.AccountNeedsConsent {
		return "waits for an admin at its provider"
	}
	return string(s)
}

func (p *program) turned(a desk.Account, sent int, text safe.Text) error {
	if p.print.json {
		return p.print.document(pausedForm{Address: a.Address, State: string(a.State), Sent: sent, DryRun: p.flags.rehearse})
	}
	p.done(text)
	return nil
}
