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
			// What was begun gives no recipients, no account and no subject to
			// an answer that takes its place.
			dr, err := h.seat.Answer(ctx, id, all)
			if err != nil {
				return err
			}
			begun, err := hasBegun(ctx, h.seat, id, desk.DraftReply)
			if err != nil {
				return err
			}
			if begun {
				s.cautions = append(s.cautions, desk.Caution{Guard: guardDraft, Detail: "You have begun a draft in this conversation; sending this answer discards it."})
			}
			if dr.Text, err = p.writtenText(ctx, s.file, "the answer"); err != nil {
				return err
			}
			return p.send(ctx, h, dr, s)
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "answer everybody, not only the sender")
	c.Flags().BoolVar(&s.close, "close", false, "close the conversation with it")
	c.Flags().BoolVar(&s.take, "take", false, "take the conversation over from who has it")
	s.flags(c)
	return p.writes(p.completesConversations(c))
}

// hasBegun reports whether the actor has written something already.
func hasBegun(ctx context.Context, seat *desk.Seat, id desk.ConversationID, kind desk.DraftKind) (bool, error) {
	dr, err := seat.Draft(ctx, id, kind)
	if err != nil && desk.KindOf(err) == desk.NotFound {
		return false, nil
	}
	return strings.TrimSpace(dr.Text) != "", err
}

// guardDraft is the caution only the command line knows: on the screen a begun
// draft is continued.
const guardDraft desk.Guard = "draft"
