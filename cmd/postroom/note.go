package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) noteCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "note ID [TEXT]", Short: "Write a note for the team into a conversation",
		Long:    "Writes a note that only the team sees; it can never be part of a mail.",
		Example: "  postroom note 4473 'Called him, refund is on its way.'\n  postroom note 4473 --file -",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			id, err := conversationID(args[0])
			if err != nil {
				return err
			}
			text := strings.Join(args[1:], " ")
			if file != "" || text == "" {
				if text, err = p.writtenText(ctx, file, "the note"); err != nil {
					return err
				}
			}
			if err := readable(text, "the note"); err != nil {
				return err
			}
			out, err := h.seat.AddNote(ctx, id, text)
			return p.outcome("Noted in", out, err)
		}),
	}
	c.Flags().StringVar(&file, "file", "", "read the note from a file; - is standard input")
	return p.writes(p.completesConversations(c))
}
