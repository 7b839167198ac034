package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) mergeCommand() *cobra.Command {
	var into string
	c := &cobra.Command{
		Use: "merge ID...", Short: "Put conversations into another one of the same inbox",
		Long: "Puts conversations into the one named with --into. That one keeps its number, subject, customer and\n" +
			"stage; it takes over all tags, the higher priority, who has it where nobody had, and the ticket where\n" +
			"it was none. The merged numbers lead to it, and mail that answers them goes there. undo takes it back.",
		Example: "  postroom conversation merge 4475 4476 --into 4473",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			ids, err := conversationIDs(args)
			if err != nil {
				return err
			}
			to, err := conversationID(into)
			if err != nil {
				return err
			}
			out, err := h.seat.Merge(ctx, ids, to)
			return p.outcome(fmt.Sprintf("Merged into #%d:", to), out, err)
		}),
	}
	c.Flags().StringVar(&into, "into", "", "the conversation that stays")
	p.completesFlag(c, "into", openConversations)
	needs(c, "into")
	return p.writes(p.completesConversations(c))
}

func (p *program) splitCommand() *cobra.Command {
	var at string
	c := &cobra.Command{
		Use: "split ID", Short: "Take a message and all behind it into a conversation of its own",
		Long: "Takes the message or note named with --at, and all behind it, into a conversation of its own with a\n" +
			"number of its own, in the same inbox. The ids of messages are in: postroom conversation show ID --json",
		Example: "  postroom conversation split 4473 --at 1860318187520000",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			id, err := conversationID(args[0])
			if err != nil {
				return err
			}
			n, err := strconv.ParseInt(at, 10, 64)
			if err != nil || n <= 0 {
				return &desk.Error{Kind: desk.Invalid, Code: "BAD_ID", Message: quoted(at) + " is not the id of a message.", Hint: "See them with: postroom conversation show " + args[0] + " --json"}
			}
			out, err := h.seat.Split(ctx, id, desk.MessageID(n))
			return p.outcome("Split off", out, err)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "the id of the first message that goes")
	needs(c, "at")
	return p.writes(p.completesConversations(c))
}

func (p *program) moveCommand() *cobra.Command {
	var to string
	var preview bool
	c := &cobra.Command{
		Use: "move ID...", Short: "Take conversations to another inbox",
		Long: "Takes conversations, with their tickets, to another shared inbox in which you work. Number, stage, clocks,\n" +
			"tags and priority stay; who had one and does not answer there has it no more. Who saw it only by the inbox\n" +
			"it was in sees it no more: --preview says who, and changes nothing. Mail that answers it lands in it,\n" +
			"whichever of the inboxes it comes to.",
		Example: "  postroom conversation move 4473 --to billing --preview\n  postroom conversation move 4473 4474 --to billing",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			ids, err := conversationIDs(args)
			if err != nil {
				return err
			}
			if preview {
				effect, err := h.seat.PreviewMove(ctx, ids, to)
				if err != nil {
					return err
				}
				return p.previewedMove(effect, to)
			}
			out, err := h.seat.Move(ctx, ids, to)
			return p.outcome("Moved to "+to+":", out, err)
		}),
	}
	c.Flags().StringVar(&to, "to", "", "the inbox they go to")
	c.Flags().BoolVar(&preview, "preview", false, "say what would change for whom, and change nothing")
	p.completesFlag(c, "to", inboxNames)
	needs(c, "to")
	return p.writes(p.completesConversations(c))
}

// previewedMove tells what a move would do.
func (p *program) previewedMove(e desk.MoveEffect, to string) error {
	names := func(list []desk.User) []string {
		logins := make([]string, len(list))
		for i, u := range list {
			logins[i] = u.Login
		}
		return logins
	}
	if p.print.json {
		return p.print.document(struct {
			Moves   []desk.ConversationID `json:"moves"`
			Skipped []skippedForm         `json:"skipped"`
			Said    []string              `json:"said"`
			Sees    []string              `json:"sees"`
			Loses   []string              `json:"loses"`
		}{append([]desk.ConversationID{}, e.Done...), skippedForms(e.Skipped), append([]string{}, e.Said...), names(e.Sees), names(e.Loses)})
	}
	p.print.fields(
		[2]safe.Text{safe.Const("Would go"), safe.Line(numbers(e.Done))},
		[2]safe.Text{safe.Const("To"), safe.Line(to)},
		[2]safe.Text{safe.Const("See it there"), loginList(e.Sees)},
		[2]safe.Text{safe.Const("See it no more"), loginList(e.Loses)},
	)
	for _, text := range e.Said {
		p.print.say(safe.Line(text))
	}
	for _, s := range e.Skipped {
		p.print.say(safe.Sprintf("#%s stays: %s", safe.Int(int(s.ID)), safe.Line(s.Reason)))
	}
	return nil
}

func skippedForms(list []desk.Skipped) []skippedForm {
	forms := []skippedForm{}
	for _, s := range list {
		forms = append(forms, skippedForm(s))
	}
	return forms
}

// loginList are users by their logins; nobody for none.
func loginList(list []desk.User) safe.Text {
	if len(list) == 0 {
		return safe.Const("nobody")
	}
	text := safe.Line(list[0].Login)
	for _, u := range list[1:] {
		text = safe.Sprintf("%s, %s", text, safe.Line(u.Login))
	}
	return text
}
