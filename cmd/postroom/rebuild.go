package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// rebuiltForm is what a rebuild has done, for programs.
type rebuiltForm struct {
	Messages      int              `json:"messages"`
	Changed       int              `json:"changed"`
	Conversations int              `json:"conversations"`
	References    int              `json:"references"`
	Damaged       []desk.RawID     `json:"damaged"`
	Differences   []differenceForm `json:"differences"`
	DryRun        bool             `json:"dry_run"`
}

type differenceForm struct {
	Conversation desk.ConversationID `json:"conversation"`
	Message      desk.MessageID      `json:"message"`
	What         string              `json:"what"`
	Before       string              `json:"before"`
	After        string              `json:"after"`
}

func (p *program) rebuildCommand() *cobra.Command {
	return p.writes(&cobra.Command{
		Use: "rebuild", Short: "Derive everything again from the stored mail",
		Long: "Reads every stored mail once more and makes anew all that is derived from it: senders,\n" +
			"subjects, texts, attachments, the rows of lists and the search index. Numbers, who is in\n" +
			"which conversation, states and the journal stay, and nothing is sent or notified. Others\n" +
			"may work meanwhile; a rebuild that was cut off is simply begun once more.",
		Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			con, err := p.connector(h)
			if err != nil {
				return err
			}
			done, err := con.Rebuild(ctx, h.seat, p.rebuildProgress())
			if err != nil {
				return err
			}
			return p.rebuilt(done)
		}),
	})
}

// rebuildProgress tells how far a long rebuild is, to somebody who watches.
func (p *program) rebuildProgress() func(connector.Rebuilt) {
	tell := p.everyThousand()
	return func(now connector.Rebuilt) {
		tell(now.Messages, safe.Sprintf("%s read, %s changed so far", safe.Int(now.Messages), safe.Int(now.Changed)))
	}
}

// rebuilt tells what came of it. Damaged mail makes it a failure: what should
// be the truth is not there.
func (p *program) rebuilt(done connector.Rebuilt) error {
	if p.print.json {
		f := rebuiltForm{
			Messages: done.Messages, Changed: done.Changed, Conversations: done.Conversations, References: done.References,
			Damaged: append([]desk.RawID{}, done.Damaged...), Differences: []differenceForm{}, DryRun: p.flags.rehearse,
		}
		for _, d := range done.Differences {
			f.Differences = append(f.Differences, differenceForm{d.Conversation, d.Message, d.What, d.Before, d.After})
		}
		if err := p.print.document(f); err != nil {
			return err
		}
	} else {
		p.done(safe.Line("Read " + count(done.Messages, "message", "messages") + " again: " + count(done.Changed, "was", "were") +
			" not as the mail says, and " + count(done.Conversations, "conversation was", "conversations were") + " out of line."))
		for _, d := range done.Differences {
			p.print.say(safe.Sprintf("#%s %s: %s -> %s", safe.Int(int(d.Conversation)), safe.Line(d.What), safe.Line(quoted(d.Before)), safe.Line(quoted(d.After))))
		}
	}
	return damagedMail(done.Damaged)
}
