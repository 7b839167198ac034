package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// glassForm is the look of an admin into a personal inbox, for programs.
type glassForm struct {
	Inbox  string    `json:"inbox"`
	User   string    `json:"user"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
	Over   bool      `json:"over"`
}

func glassOf(list []desk.BrokenGlass) []glassForm {
	forms := []glassForm{}
	for _, g := range list {
		forms = append(forms, glassForm{g.InboxName, g.UserName, g.Reason, g.Since, g.Until, g.Over})
	}
	return forms
}

// tellGlass tells an owner who looks into his inbox, or has lately, and an admin
// into whose he looks himself.
func (p *program) tellGlass(me desk.UserID, list []desk.BrokenGlass) {
	for _, g := range list {
		if g.User == me {
			p.print.remark(safe.Sprintf("You see the inbox %s through the glass until %s, and its owner is told: %s",
				safe.Line(quoted(g.InboxName)), moment(g.Until), safe.Line(g.Reason)))
			continue
		}
		verb := safe.Const("sees")
		if g.Over {
			verb = safe.Const("saw")
		}
		p.print.remark(safe.Sprintf("%s %s your inbox %s, from %s to %s: %s", safe.Line(g.UserName), verb, safe.Line(quoted(g.InboxName)),
			moment(g.Since), moment(g.Until), safe.Line(g.Reason)))
	}
}

func (p *program) inboxBreakGlassCommand() *cobra.Command {
	var reason string
	var lasting time.Duration
	var end bool
	c := &cobra.Command{
		Use: "break-glass NAME --reason TEXT", Short: "Look into somebody's personal inbox, for a time, and he is told",
		Long: "For admins, when it has to be. It lets you read the inbox and search it, and do nothing\n" +
			"else there. The owner reads who, when and why, on his screen and at login; the journal\n" +
			"keeps it. It ends by itself, or with --end, which the owner may do too.",
		Example: "  postroom inbox break-glass maya --reason 'Maya is ill, the contract of Acme is due' --for 30m",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if end {
				if err := h.seat.EndGlass(ctx, args[0]); err != nil {
					return err
				}
				p.done(safe.Sprintf("Nobody looks into %s any more.", safe.Line(quoted(args[0]))))
				return nil
			}
			g, err := h.seat.BreakGlass(ctx, args[0], reason, lasting)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(glassForm{args[0], h.seat.Actor().Login, g.Reason, g.Since, g.Until, g.Over})
			}
			p.done(safe.Sprintf("You see %s until %s. Its owner is told.", safe.Line(quoted(args[0])), moment(g.Until)))
			return nil
		}),
	}
	f := c.Flags()
	f.StringVar(&reason, "reason", "", "why; the owner reads it")
	f.DurationVar(&lasting, "for", desk.GlassTime, "how long, at most eight hours")
	f.BoolVar(&end, "end", false, "end it now")
	return p.writes(p.completesInboxes(c))
}
