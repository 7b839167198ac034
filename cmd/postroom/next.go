package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// nextForm is the answer that is owed next, for programs; id is 0 for none.
type nextForm struct {
	ID      desk.ConversationID `json:"id"`
	Inbox   string              `json:"inbox"`
	Subject string              `json:"subject"`
	Who     string              `json:"who"`
	Since   stamp               `json:"waiting_since"`
	Why     string              `json:"why"`
	Passed  []skippedForm       `json:"passed"`
}

func (p *program) nextCommand() *cobra.Command {
	var explain bool
	c := &cobra.Command{
		Use: "next", Short: "Hand you the customer who has waited longest for an answer that is yours to give",
		Long: "Of what you have, what nobody has, and what a team of yours has, in the inboxes you answer in:\n" +
			"the one whose customer has waited longest and whom nobody is writing to. Others who ask are\n" +
			"handed others; after two minutes without a draft of yours they may be handed this one.\n" +
			"Ask again for the one after it. It assigns nothing: your reply does.",
		Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			n, err := h.seat.Next(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				f := nextForm{ID: n.ID, Inbox: n.InboxName, Subject: n.Subject, Who: n.Who, Since: stamp(n.WaitingSince), Why: n.Why, Passed: []skippedForm{}}
				for _, s := range n.Passed {
					f.Passed = append(f.Passed, skippedForm(s))
				}
				return p.print.document(f)
			}
			if n.ID == 0 {
				p.print.say(safe.Const("Nothing is left for you to answer."))
			} else {
				p.print.say(safe.Sprintf("#%s %s: %s, in %s, waits since %s.", safe.Int(int(n.ID)), safe.Line(n.Who), safe.Line(n.Subject), safe.Line(n.InboxName), moment(n.WaitingSince)))
			}
			if explain {
				if n.Why != "" {
					p.print.say(safe.Sprintf("Why: %s.", safe.Line(n.Why)))
				}
				for _, s := range n.Passed {
					p.print.say(safe.Sprintf("  not #%s: %s", safe.Int(int(s.ID)), safe.Line(s.Reason)))
				}
			}
			return nil
		}),
	}
	c.Flags().BoolVar(&explain, "explain", false, "say why this one, and what was passed over")
	return p.writes(c)
}
