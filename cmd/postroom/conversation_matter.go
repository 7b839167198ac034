package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
)

// matterCommands change what a conversation is besides open or closed.
func (p *program) matterCommands() []*cobra.Command {
	return []*cobra.Command{
		p.tagCommand(), p.logCommand(), p.priorityCommand(), p.snoozeCommand(),
		p.actCommand("wake", "Bring snoozed conversations back at once", "Woken", (*desk.Seat).Wake),
		p.actCommand("spam", "Put conversations among the spam", "Spam now", (*desk.Seat).MarkSpam),
		p.actCommand("unspam", "Take conversations out of the spam, as they were", "No spam any more", (*desk.Seat).NotSpam),
		p.actCommand("trash", "Throw conversations away; they can be restored", "Thrown away", (*desk.Seat).Trash),
		p.actCommand("restore", "Take conversations out of the trash, as they were", "Restored", (*desk.Seat).Restore),
	}
}

func (p *program) assignCommand() *cobra.Command {
	var team, reason, by string
	c := &cobra.Command{
		Use: "assign ID... [USER]", Short: "Give conversations to somebody, to a team or both; nobody gives them back",
		Long: "Gives conversations to a user; a team that has them keeps them when he is of it. With\n" +
			"--team they go to the team, where one of its people takes them, or to the team and\n" +
			"the user. nobody takes them from both. With --by a strategy finds somebody, of the team if\n" +
			"one has them or is given. A reason stands in the history.",
		Example: "  postroom conversation assign 4473 4474 maya --reason 'she knows the customer'\n  postroom conversation assign 4473 --team billing --by rota\n  postroom conversation assign 4473 --team billing\n  postroom conversation assign 4473 nobody",
		Args:    wants(1, -1),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		given := c.Flags().Changed("team") || c.Flags().Changed("by")
		var to desk.User
		last := len(args) - 1
		if _, err := conversationID(args[last]); err != nil || !given {
			if last == 0 {
				return misused(c, "Name the conversations, and then who gets them.")
			}
			if to, err = userCalled(ctx, h.seat, args[last]); err != nil {
				return err
			}
			args = args[:last]
		}
		ids, err := conversationIDs(args)
		if err != nil {
			return err
		}
		var t desk.Team
		if team != "" {
			if t, err = teamCalled(ctx, h.seat, team); err != nil {
				return err
			}
		}
		if by != "" {
			if to.ID != 0 {
				return misused(c, "A strategy finds somebody by itself: name a user or a strategy.")
			}
			out, err := h.seat.AssignBy(ctx, ids, by, t.ID)
			return p.outcome("Assigned by "+by+":", out, err)
		}
		out, err := h.seat.Give(ctx, ids, desk.Assignment{User: to.ID, Team: t.ID, Reason: reason})
		if t.ID == 0 {
			return p.outcome("Assigned to "+to.Name+":", out, err)
		}
		name := t.Name
		if to.ID != 0 {
			name = to.Name + " of " + t.Name
		}
		return p.outcome("Assigned to "+name+":", out, err)
	})
	c.Flags().StringVar(&by, "by", "", "let this `STRATEGY` find somebody")
	p.completesFlag(c, "by", strategyNames)
	c.Flags().StringVar(&reason, "reason", "", "why; it stands in the history")
	c.Flags().StringVar(&team, "team", "", "give them to this `TEAM`, or with USER to both")
	c.ValidArgsFunction = p.completing(openConversations, conversationsAndUsers)
	return p.writes(c)
}

// teamCalled finds a team by its name.
func teamCalled(ctx context.Context, seat *desk.Seat, name string) (desk.Team, error) {
	teams, err := seat.Teams(ctx)
	if err != nil {
		return desk.Team{}, err
	}
	for _, t := range teams {
		if desk.FoldName(t.Name) == desk.FoldName(name) {
			return t.Team, nil
		}
	}
	return desk.Team{}, &desk.Error{
		Kind: desk.NotFound, Code: "NO_SUCH_TEAM", Message: "There is no team " + quoted(name) + ".", Hint: "See the teams with: postroom team list",
	}
}

func (p *program) tagCommand() *cobra.Command {
	var add, remove []string
	c := &cobra.Command{
		Use: "tag ID...", Short: "Give conversations tags, or take tags away",
		Example: "  postroom conversation tag 4473 4474 --add refund,eu --remove new",
		Args:    wants(1, -1),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		ids, err := conversationIDs(args)
		if err != nil {
			return err
		}
		if len(add)+len(remove) == 0 {
			return misused(c, "Say which tags, with --add or --remove.")
		}
		out, err := h.seat.Tag(ctx, ids, add, remove)
		return p.outcome("Tagged", out, err)
	})
	c.Flags().StringSliceVar(&add, "add", nil, "give them these `TAGS`")
	c.Flags().StringSliceVar(&remove, "remove", nil, "take these `TAGS` away")
	return p.writes(p.completesConversations(c))
}

func (p *program) priorityCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "priority ID... LEVEL", Short: "Say how much conversations matter: none, low, medium, high or urgent",
		Example: "  postroom conversation priority 4473 4474 high",
		Args:    wants(2, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			last := len(args) - 1
			ids, err := conversationIDs(args[:last])
			if err != nil {
				return err
			}
			to, err := desk.ParsePriority(args[last])
			if err != nil {
				return err
			}
			out, err := h.seat.SetPriority(ctx, ids, to)
			return p.outcome("Priority "+to.String()+":", out, err)
		}),
	}
	return p.writes(p.completesConversations(c))
}

func (p *program) snoozeCommand() *cobra.Command {
	var until, span string
	c := &cobra.Command{
		Use: "snooze ID...", Short: "Take conversations out of the queue until a time",
		Long: "Takes open conversations out of the queue. They come back at that time, or at once\n" +
			"when the customer writes. A time is 3h, 2d, tomorrow, mon, mon 9:00, 2026-12-01 or\n" +
			"17:30, in your time zone; a day without a time begins at 8:00.",
		Example: "  postroom conversation snooze 4473 --until 'mon 9:00'\n  postroom conversation snooze 4473 --for 3h",
		Args:    wants(1, -1), PreRunE: exclusive("until", "for"),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		ids, err := conversationIDs(args)
		if err != nil {
			return err
		}
		now := h.desk.Now().In(time.Local)
		var when time.Time
		switch {
		case c.Flags().Changed("until"):
			when, err = desk.ParseWhen(until, now)
		case c.Flags().Changed("for"):
			when, err = desk.ParseSpan(span, now)
		default:
			return misused(c, "Say until when, with --until or --for.")
		}
		if err != nil {
			return err
		}
		out, err := h.seat.Snooze(ctx, ids, when)
		return p.outcome("Snoozed until "+when.Format("Mon 2006-01-02 15:04")+":", out, err)
	})
	c.Flags().StringVar(&until, "until", "", "the `TIME` they come back: 2d, tomorrow, mon 9:00, 2026-12-01")
	c.Flags().StringVar(&span, "for", "", "how `LONG` from now: 90m, 3h, 2d, 1w")
	return p.writes(p.completesConversations(c))
}

// marked is a subject with the tags of its conversation behind it.
func marked(r desk.Row) string {
	if len(r.Tags) == 0 {
		return r.Subject
	}
	return r.Subject + "  #" + strings.Join(r.Tags, " #")
}
