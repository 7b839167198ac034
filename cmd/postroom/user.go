package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// person is a user in the form for programs.
type person struct {
	Login    string `json:"login"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Disabled bool   `json:"disabled"`
	// State is active, pending, disabled or removed.
	State string `json:"state"`
}

func personOf(u desk.User) person {
	return person{Login: u.Login, Name: u.Name, Role: string(u.Role), Disabled: !u.DisabledAt.IsZero(), State: u.State()}
}

// listedForm is one of the desk, and how it is with his invitation: null unless
// he is pending and an admin asks.
type listedForm struct {
	person

	Invitation *pendingForm `json:"invitation"`
}

func (p *program) userCommand() *cobra.Command {
	return p.group("user", "The people who work at this desk", p.userAddCommand(), p.userAvailableCommand(), p.userAwayCommand(), p.userCapacityCommand(),
		p.userDisableCommand(), p.userEnableCommand(), p.userInviteCommand(), p.userListCommand(), p.userRemoveCommand(), p.userRoleCommand(),
		p.userScheduleCommand(), p.userSignatureCommand(), p.userStandbyCommand(), p.userVerifyCommand())
}

func (p *program) userAddCommand() *cobra.Command {
	var name string
	role := string(desk.RoleAgent)
	c := &cobra.Command{
		Use: "add LOGIN", Short: "Add somebody to the desk; admins only",
		Example: "  postroom user add maya --name 'Maya Brandt'",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			u, err := h.seat.AddUser(ctx, args[0], name, desk.Role(role))
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(personOf(u))
			}
			p.done(safe.Sprintf("Added %s (%s), %s.", safe.Line(u.Name), safe.Line(u.Login), safe.Line(string(u.Role))))
			return nil
		}),
	}
	c.Flags().StringVar(&name, "name", "", "what colleagues and customers see (default: made from the login)")
	c.Flags().StringVar(&role, "role", role, "agent or admin")
	return p.writes(c)
}

func (p *program) userListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List who works at this desk", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			users, err := h.seat.Users(ctx)
			if err != nil {
				return err
			}
			waiting, err := p.pending(ctx, h)
			if err != nil {
				return err
			}
			if p.print.json {
				list := make([]listedForm, len(users))
				for i, u := range users {
					list[i].person = personOf(u)
					if w, ok := waiting[u.Login]; ok {
						list[i].Invitation = &w
					}
				}
				return p.print.document(list)
			}
			rows := make([][]safe.Text, len(users))
			for i, u := range users {
				rows[i] = []safe.Text{safe.Line(u.Login), safe.Line(u.Name), safe.Line(string(u.Role)), safe.Line(u.State())}
			}
			p.print.table([]column{{title: safe.Const("LOGIN")}, {title: safe.Const("NAME"), gives: true}, {title: safe.Const("ROLE")}, {title: safe.Const("STATE")}}, rows)
			for _, u := range users {
				if w, ok := waiting[u.Login]; ok {
					p.print.remark(safe.Sprintf("%s: %s. A fresh one: %s", safe.Line(u.Name), safe.Line(strings.TrimRight(w.Reason, ".")), safe.Line(w.Again)))
				}
			}
			return nil
		}),
	}
}

// userCalled finds a user by login; me is the one who asks, nobody is 0.
func userCalled(ctx context.Context, seat *desk.Seat, login string) (desk.User, error) {
	switch desk.FoldName(login) {
	case "me":
		return seat.Me(ctx)
	case "nobody":
		return desk.User{Name: "nobody"}, nil
	}
	users, err := seat.Users(ctx)
	if err != nil {
		return desk.User{}, err
	}
	for _, u := range users {
		if u.Login == desk.FoldName(login) {
			return u, nil
		}
	}
	return desk.User{}, &desk.Error{
		Kind: desk.NotFound, Code: "NO_SUCH_USER", Message: "There is no user " + quoted(login) + ".",
		Hint: "See who there is with: postroom user list",
	}
}
