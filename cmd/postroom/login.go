package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// identity is who sits here, for programs.
type identity struct {
	User  person `json:"user"`
	Login string `json:"login"`
	DB    string `json:"db"`
	// Glass are looks of admins into personal inboxes of his.
	Glass []glassForm `json:"break_glass"`
}

func (p *program) loginCommand() *cobra.Command {
	return &cobra.Command{
		Use: "login", Short: "Say who you are here",
		Long: "Says which user of the desk you are. The operating-system login decides; the first\n" +
			"one who comes to an empty desk becomes its admin.",
		Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			me, err := h.seat.Me(ctx)
			if err != nil {
				return err
			}
			glass, err := h.seat.Glass(ctx)
			if err != nil {
				return err
			}
			login := h.seat.Actor().Login
			if p.print.json {
				return p.print.document(identity{User: personOf(me), Login: login, DB: h.place, Glass: glassOf(glass)})
			}
			p.print.fields(
				[2]safe.Text{safe.Const("User"), safe.Sprintf("%s (%s), %s", safe.Line(me.Name), safe.Line(me.Login), safe.Line(string(me.Role)))},
				[2]safe.Text{safe.Const("Login"), actingFor(login, me)},
				[2]safe.Text{safe.Const("Desk"), safe.Line(h.place)},
			)
			p.tellGlass(h.seat.Actor().User, glass)
			return nil
		}),
	}
}

// actingFor names the login where it is not the user's own.
func actingFor(login string, me desk.User) safe.Text {
	if login == me.Login {
		return safe.Line(login)
	}
	return safe.Sprintf("%s, acting as %s", safe.Line(login), safe.Line(me.Login))
}
