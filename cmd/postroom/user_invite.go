package main

import (
	"cmp"
	"context"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/store"
)

// invitedForm is an invitation for programs. Code is null unless the admin is
// to hand it over; Mail is the outgoing mail with it, or null.
type invitedForm struct {
	person

	Email     string    `json:"email"`
	Code      *string   `json:"code"`
	Mail      *int64    `json:"mail"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (p *program) userInviteCommand() *cobra.Command {
	inv := desk.Invitation{Role: desk.RoleAgent}
	role := string(desk.RoleAgent)
	c := &cobra.Command{
		Use: "invite LOGIN --email ADDRESS", Short: "Invite somebody, who sees nothing until he has typed a code",
		Long: "The code is sent to the address, from an account you may write from. It may arrive there\n" +
			"through an alias or a forwarder; one that arrives in a mailbox of this desk is recognised by\n" +
			"itself. It is good once, for a day, and for five tries. Who is invited again gets a fresh\n" +
			"one. With --out-of-band no mail is sent: the code is printed, once, for you to hand over.",
		Example: "  postroom user invite maya --email maya@acme.test\n  postroom user invite tom --email tom@acme.test --out-of-band",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			inv.Login, inv.Role = args[0], desk.Role(role)
			res, err := h.seat.Invite(ctx, inv)
			if err != nil {
				return err
			}
			return p.toldInvited(res)
		}),
	}
	f := c.Flags()
	f.StringVar(&inv.Email, "email", "", "where the code goes")
	f.StringVar(&inv.Name, "name", "", "what colleagues and customers see (default: made from the login)")
	f.StringVar(&role, "role", role, "agent or admin")
	f.StringVar(&inv.Inbox, "inbox", "", "the inbox whose account sends the code (default: one of yours)")
	f.BoolVar(&inv.OutOfBand, "out-of-band", false, "send no mail, print the code")
	p.completesFlag(c, "inbox", inboxNames)
	return p.writes(c)
}

func (p *program) toldInvited(res desk.Invited) error {
	if p.print.json {
		f := invitedForm{person: personOf(res.User), Email: res.User.Email, ExpiresAt: res.ExpiresAt}
		if res.Code != "" {
			f.Code = &res.Code
		}
		if id := int64(res.Outgoing.ID); id != 0 {
			f.Mail = &id
		}
		return p.print.document(f)
	}
	if res.Code != "" {
		p.done(safe.Sprintf("Invited %s. The code, told once: %s", safe.Line(res.User.Name), safe.Line(res.Code)))
		p.print.remark(safe.Sprintf("It is good for a day. He types: postroom user verify %s", safe.Line(res.Code)))
		return nil
	}
	p.done(safe.Sprintf("Invited %s. The code goes to %s, from %s.", safe.Line(res.User.Name), safe.Addr(res.User.Email), safe.Addr(res.Outgoing.From.Addr)))
	return nil
}

// pendingForm is how it is with the code of somebody who has not come, for
// programs. Again is the command for a fresh one.
type pendingForm struct {
	Email     string `json:"email"`
	Since     stamp  `json:"since"`
	ExpiresAt stamp  `json:"expires_at"`
	Reason    string `json:"reason"`
	Again     string `json:"again"`
}

// pending are the invitations an admin waits for, by login; nobody else is told.
func (p *program) pending(ctx context.Context, h *house) (map[string]pendingForm, error) {
	list, err := h.seat.Pending(ctx)
	if desk.KindOf(err) == desk.Denied {
		return nil, nil
	}
	forms := map[string]pendingForm{}
	for _, i := range list {
		forms[i.User.Login] = pendingForm{i.User.Email, stamp(i.User.PendingSince), stamp(i.ExpiresAt), p.whyPending(i), i.Again}
	}
	return forms, err
}

// whyPending says why somebody who was invited has not come.
func (p *program) whyPending(i desk.Pending) string {
	switch {
	case i.Spent:
		return "too many wrong codes were typed, and the right one is used up"
	case !i.ExpiresAt.After(p.clock()):
		return "the code is good no more"
	case i.Mail == desk.Failed:
		return "the code could not be sent: " + i.Reason
	case i.Mail == desk.Cancelled:
		return "the mail with the code was taken back"
	case i.Mail == desk.InDoubt:
		return "the mail with the code may not have been sent: " + i.Reason
	case i.Mail != desk.Accepted && i.Reason != "":
		return "the mail with the code waits and is tried again: " + i.Reason
	}
	return "has not typed the code yet"
}

func (p *program) userVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "verify CODE", Short: "Type the code with which you were invited",
		Args: wants(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			dsn, err := p.database()
			if err != nil {
				return err
			}
			h, err := p.openDesk(c.Context(), dsn, store.Options{})
			if err != nil {
				return err
			}
			defer func() { _ = h.close() }()
			login, err := p.login()
			if err != nil {
				return err
			}
			if as := cmp.Or(p.flags.as, p.getenv("POSTROOM_USER")); as != "" && desk.FoldName(as) != desk.FoldName(login) {
				return misused(c, "You are %s: a code counts for whoever types it. Leave --as and POSTROOM_USER out.", login)
			}
			u, err := h.desk.Verify(c.Context(), login, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(personOf(u))
			}
			p.done(safe.Sprintf("Welcome, %s. You belong to this desk now.", safe.Line(u.Name)))
			return nil
		},
	}
}
