package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
)

func (p *program) replyCommand() *cobra.Command {
	var s sending
	var all bool
	c := &cobra.Command{
		Use: "reply ID", Short: "Answer a conversation, and wait until the mail is out",
		Long: "Answers the newest message. The text comes from --file or standard input. The command\n" +
			"waits until the server has taken the mail or refused it; --queue leaves that to the\n" +
			"program that serves the account. There is no time to take it back.",
		Example: "  postroom reply 4473 --file answer.txt --close\n  postroom reply 4473 --file - --dry-run < answer.txt",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			id, err := conversationID(args[0])
			if err != nil {
				return err
			}
			dr, err := h.seat.NewReply(ctx, id, all)
			if err != nil {
				return err
			}
			begun := strings.TrimSpace(dr.Text) != ""
			if dr.Text, err = p.writtenText(s.file, "the answer"); err != nil {
				return err
			}
			if begun {
				s.cautions = append(s.cautions, desk.Caution{Guard: guardDraft, Detail: "You have begun an answer on the screen; sending this one discards it."})
			}
			return p.send(ctx, h, dr, s)
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "answer everybody, not only the sender")
	c.Flags().BoolVar(&s.close, "close", false, "close the conversation with it")
	s.flags(c)
	return p.writes(p.completesConversations(c))
}

// guardDraft is the caution only the command line knows: on the screen a begun
// draft is continued.
const guardDraft desk.Guard = "draft"
