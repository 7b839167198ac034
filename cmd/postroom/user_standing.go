package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// standingForm is what became of a user, for programs. Freed are the open
// conversations that went back to nobody.
type standingForm struct {
	User  string `json:"user"`
	State string `json:"state"`
	Role  string `json:"role"`
	Freed int    `json:"freed"`
}

func (p *program) userDisableCommand() *cobra.Command {
	return p.userStanding("disable LOGIN", "Keep somebody from signing in, until he is enabled again", func(ctx context.Context, s *desk.Seat, args []string) (standingForm, error) {
		freed, err := s.DisableUser(ctx, args[0])
		return standingForm{User: desk.FoldName(args[0]), State: "disabled", Freed: freed}, err
	})
}

func (p *program) userEnableCommand() *cobra.Command {
	return p.userStanding("enable LOGIN", "Let a disabled user in again, wherever he was", func(ctx context.Context, s *desk.Seat, args []string) (standingForm, error) {
		return standingForm{User: desk.FoldName(args[0]), State: "enabled"}, s.EnableUser(ctx, args[0])
	})
}

func (p *program) userRoleCommand() *cobra.Command {
	return p.userStanding("role LOGIN ROLE", "Make somebody an admin or an agent", func(ctx context.Context, s *desk.Seat, args []string) (standingForm, error) {
		return standingForm{User: desk.FoldName(args[0]), State: args[1], Role: args[1]}, s.SetRole(ctx, args[0], desk.Role(args[1]))
	})
}

func (p *program) userStanding(use, short string, do func(context.Context, *desk.Seat, []string) (standingForm, error)) *cobra.Command {
	n := strings.Count(use, " ") // words behind the verb
	c := &cobra.Command{
		Use: use, Short: short, Args: wants(n, n),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			f, err := do(ctx, h.seat, args)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(f)
			}
			p.done(safe.Sprintf("%s is %s.", safe.Line(f.User), safe.Line(f.State)))
			p.toldFreed(f.Freed)
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(userLogins)
	return p.writes(c)
}

func (p *program) userRemoveCommand() *cobra.Command {
	var addresses, inboxes, conversations, owner, rules, strategies, contacts string
	c := &cobra.Command{
		Use: "remove LOGIN", Short: "Take somebody off the desk, and say where goes what he holds",
		Long: "All of it happens at once or not at all; --dry-run shows what he holds and what would\n" +
			"happen. It cannot be undone. His name stays on what he has written, his login is free.\n\n" +
			"--addresses, of his own inboxes: release (anybody may connect them), keep (nobody until\n" +
			"account release), or transfer:LOGIN, along with the inbox.\n" +
			"--inboxes, his own with all private mail: keep (nobody reads them), or transfer:LOGIN.\n" +
			"--conversations, the open ones he has: release (to nobody), transfer:LOGIN, keep (closed).\n" +
			"--owner, of the shared inboxes he owned: a login.\n" +
			"--rules, that name him: disable, or transfer:LOGIN, whom they name then.\n" +
			"--strategies, that lead to him: drop (they do without him), or transfer:LOGIN.\n" +
			"--contacts, and the companies and deals he looks after: release (to nobody), or\n" +
			"transfer:LOGIN.",
		Example: "  postroom user remove tom --dry-run\n  postroom user remove tom --addresses release --inboxes keep --conversations transfer:maya",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			l := desk.Leaving{Owner: desk.FoldName(owner)}
			for _, g := range []struct {
				said string
				to   *desk.Going
			}{{addresses, &l.Addresses}, {inboxes, &l.Inboxes}, {conversations, &l.Conversations}, {rules, &l.Rules}, {strategies, &l.Strategies}, {contacts, &l.Records}} {
				var err error
				if *g.to, err = desk.ParseGoing(g.said); err != nil {
					return err
				}
			}
			held, err := h.seat.RemoveUser(ctx, args[0], l)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(held)
			}
			p.showHoldings(held, l)
			p.done(safe.Sprintf("%s is no longer of this desk.", safe.Line(held.Login)))
			return nil
		}),
	}
	f := c.Flags()
	f.StringVar(&addresses, "addresses", "", "release, keep, or transfer:LOGIN")
	f.StringVar(&inboxes, "inboxes", "", "keep, or transfer:LOGIN")
	f.StringVar(&conversations, "conversations", "", "release, transfer:LOGIN, or keep")
	f.StringVar(&owner, "owner", "", "who owns the shared inboxes he has owned")
	f.StringVar(&rules, "rules", "", "disable, or transfer:LOGIN")
	f.StringVar(&strategies, "strategies", "", "drop, or transfer:LOGIN")
	f.StringVar(&contacts, "contacts", "", "release, or transfer:LOGIN; companies and deals too")
	p.completesFlag(c, "owner", userLogins)
	c.ValidArgsFunction = p.completing(userLogins)
	return p.writes(c)
}

// showHoldings prints what somebody held and where each goes.
func (p *program) showHoldings(h desk.Holdings, l desk.Leaving) {
	goes := func(g desk.Going) safe.Text {
		if g.Fate == desk.Transfer {
			return safe.Sprintf("to %s", safe.Line(g.To))
		}
		return safe.Line(map[desk.Fate]string{desk.Release: "released", desk.KeepAs: "kept", desk.Disable: "disabled", desk.Drop: "goes on without"}[g.Fate])
	}
	for _, a := range h.Addresses {
		p.print.say(safe.Sprintf("The address %s: %s", safe.Addr(a), goes(l.Addresses)))
	}
	for _, in := range h.Inboxes {
		p.print.say(safe.Sprintf("The personal inbox %s: %s", safe.Line(quoted(in)), goes(l.Inboxes)))
	}
	for _, in := range h.Owns {
		p.print.say(safe.Sprintf("The shared inbox %s: to %s", safe.Line(quoted(in)), safe.Line(l.Owner)))
	}
	for _, in := range h.Deputy {
		p.print.say(safe.Sprintf("The shared inbox %s: has no deputy now", safe.Line(quoted(in))))
	}
	for _, c := range h.Conversations {
		p.print.say(safe.Sprintf("%s open in %s: %s", safe.Int(c.N), safe.Line(quoted(c.Inbox)), goes(l.Conversations)))
	}
	for _, name := range h.Rules {
		p.print.say(safe.Sprintf("The rule %s: %s", safe.Line(quoted(name)), goes(l.Rules)))
	}
	for _, name := range h.Strategies {
		p.print.say(safe.Sprintf("The strategy %s: %s", safe.Line(quoted(name)), goes(l.Strategies)))
	}
	for _, kind := range []struct {
		n    int
		what safe.Text
	}{{h.Contacts, safe.Const("Contacts")}, {h.Companies, safe.Const("Companies")}, {h.Deals, safe.Const("Deals")}} {
		if kind.n > 0 {
			p.print.say(safe.Sprintf("%s to look after (%s): %s", kind.what, safe.Int(kind.n), goes(l.Records)))
		}
	}
}

func (p *program) accountReleaseCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "release ADDRESS", Short: "Free an address of somebody who was removed",
		Long: "His account is disconnected; its mail stays where it is. Nobody has to be made again for\n" +
			"that. An address of somebody who is here is released as its holder is told. Admins only.",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			further, err := h.seat.ReleaseAddress(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Address string `json:"address"`
					Further int    `json:"further"`
				}{args[0], further})
			}
			p.done(safe.Sprintf("%s is free.", safe.Addr(args[0])))
			if further > 0 {
				p.print.say(safe.Sprintf("So are %s of the same mailbox.", safe.Line(count(further, "further address", "further addresses"))))
			}
			return nil
		}),
	}
	return p.writes(c)
}
