package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// whoHelp explains the second word of the commands for members.
const whoHelp = "WHO is a login, team:NAME, or everyone."

// memberDone is what became of a member, for programs. Freed are the open
// conversations that went back to nobody.
type memberDone struct {
	Inbox  string   `json:"inbox"`
	Who    string   `json:"who"`
	Rights []string `json:"rights"`
	Freed  int      `json:"freed"`
}

func (p *program) memberAddCommand() *cobra.Command {
	rights := desk.WorkRights().String()
	c := &cobra.Command{
		Use: "add INBOX WHO", Short: "Let a user, a team or everyone into a shared inbox",
		Long: whoHelp + " Who is in a team that was let in is in, from the moment he joins it.\n\n" +
			"see is to read; reply to answer, write and take; assign to give to others; configure to\n" +
			"change the inbox and who works in it. The owner may do all of it, and admins see and\n" +
			"configure every shared inbox.",
		Example: "  postroom inbox member add support maya\n  postroom inbox member add support team:billing --rights see",
		Args:    wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			may, err := desk.ParseRights(rights)
			if err != nil {
				return err
			}
			if err := h.seat.AddMember(ctx, args[0], args[1], may); err != nil {
				return err
			}
			return p.toldMember(memberDone{args[0], desk.FoldName(args[1]), rightsOf(may), 0}, "works in")
		}),
	}
	return p.memberCommand(c, &rights)
}

func (p *program) memberSetCommand() *cobra.Command {
	rights := ""
	c := &cobra.Command{
		Use: "set INBOX WHO --rights RIGHTS", Short: "Change what a member may do",
		Long:    whoHelp + "\n\nThe open conversations of those who may not answer any more go back to nobody.",
		Example: "  postroom inbox member set support tom --rights see,reply",
		Args:    wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			may, err := desk.ParseRights(rights)
			if err != nil {
				return err
			}
			freed, err := h.seat.SetMember(ctx, args[0], args[1], may)
			if err != nil {
				return err
			}
			return p.toldMember(memberDone{args[0], desk.FoldName(args[1]), rightsOf(may), freed}, "works in")
		}),
	}
	return p.memberCommand(c, &rights)
}

func (p *program) memberRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove INBOX WHO", Short: "Take back what let somebody into a shared inbox",
		Long: whoHelp + " Who was let in by something else too, stays.\n\n" +
			"The open conversations of those who may not answer any more go back to nobody.",
		Example: "  postroom inbox member remove support tom",
		Args:    wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			freed, err := h.seat.RemoveMember(ctx, args[0], args[1])
			if err != nil {
				return err
			}
			return p.toldMember(memberDone{args[0], desk.FoldName(args[1]), []string{}, freed}, "is no longer let into")
		}),
	}
	return p.memberCommand(c, nil)
}

func (p *program) memberCommand(c *cobra.Command, rights *string) *cobra.Command {
	if rights != nil {
		c.Flags().StringVar(rights, "rights", *rights, "what they may do: see, reply, assign, configure")
	}
	c.ValidArgsFunction = p.completing(inboxNames, grantees)
	return p.writes(c)
}

func (p *program) toldMember(m memberDone, what string) error {
	if p.print.json {
		return p.print.document(m)
	}
	said := safe.Sprintf("%s %s %s", safe.Line(m.Who), safe.Line(what), safe.Line(quoted(m.Inbox)))
	if len(m.Rights) > 0 {
		said = safe.Sprintf("%s: %s", said, safe.Line(strings.Join(m.Rights, ",")))
	}
	p.done(safe.Sprintf("%s.", said))
	p.toldFreed(m.Freed)
	return nil
}

// toldFreed says that conversations have nobody any more.
func (p *program) toldFreed(n int) {
	switch {
	case n == 1:
		p.print.remark(safe.Const("1 open conversation has nobody now."))
	case n > 1:
		p.print.remark(safe.Sprintf("%s open conversations have nobody now.", safe.Int(n)))
	}
}

// grantees are those that can be let into an inbox.
func grantees(ctx context.Context, seat *desk.Seat) ([]string, error) {
	words, err := userLogins(ctx, seat)
	if err != nil {
		return nil, err
	}
	teams, err := seat.Teams(ctx)
	for _, t := range teams {
		words = append(words, "team:"+desk.FoldName(t.Name))
	}
	return append(words, desk.Everyone), err
}
