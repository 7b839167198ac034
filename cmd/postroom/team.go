package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// teamForm is a team in the form for programs.
type teamForm struct {
	Name    string   `json:"name"`
	Members []person `json:"members"`
}

func (p *program) teamCommand() *cobra.Command {
	member := p.group("member", "Who is in a team",
		p.teamMemberCommand("add", "Put somebody into a team: he works at once where it does", "is in the team", func(ctx context.Context, s *desk.Seat, team, login string) (int, error) {
			return 0, s.JoinTeam(ctx, team, login)
		}),
		p.teamMemberCommand("remove", "Take somebody out of a team, and of where he works by it", "is no longer in the team", func(ctx context.Context, s *desk.Seat, team, login string) (int, error) {
			return s.LeaveTeam(ctx, team, login)
		}))
	return p.group("team", "Groups of people that work in inboxes together", p.teamAddCommand(), p.teamListCommand(), p.teamRemoveCommand(), member)
}

func (p *program) teamAddCommand() *cobra.Command {
	return p.writes(&cobra.Command{
		Use: "add NAME", Short: "Make a team; admins only",
		Example: "  postroom team add billing\n  postroom team member add billing maya\n  postroom inbox member add support team:billing",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			t, err := h.seat.AddTeam(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(teamForm{t.Name, []person{}})
			}
			p.done(safe.Sprintf("Made the team %s.", safe.Line(quoted(t.Name))))
			return nil
		}),
	})
}

func (p *program) teamListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the teams and who is in them", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			teams, err := h.seat.Teams(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				list := make([]teamForm, len(teams))
				for i, t := range teams {
					list[i] = teamForm{t.Name, []person{}}
					for _, m := range t.Members {
						list[i].Members = append(list[i].Members, personOf(m))
					}
				}
				return p.print.document(list)
			}
			var rows [][]safe.Text
			for _, t := range teams {
				var logins []string
				for _, m := range t.Members {
					logins = append(logins, m.Login)
				}
				rows = append(rows, []safe.Text{safe.Line(t.Name), safe.Line(strings.Join(logins, ", "))})
			}
			p.print.table([]column{{title: safe.Const("TEAM")}, {title: safe.Const("MEMBERS"), gives: true}}, rows)
			return nil
		}),
	}
}

func (p *program) teamRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove NAME", Short: "Dissolve a team: its members lose what they had through it alone",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			freed, err := h.seat.RemoveTeam(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Team  string `json:"team"`
					Freed int    `json:"freed"`
				}{args[0], freed})
			}
			p.done(safe.Sprintf("The team %s is no more.", safe.Line(quoted(args[0]))))
			p.toldFreed(freed)
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(teamNames)
	return p.writes(c)
}

func (p *program) teamMemberCommand(verb, short, said string, do func(context.Context, *desk.Seat, string, string) (int, error)) *cobra.Command {
	c := &cobra.Command{
		Use: verb + " TEAM USER", Short: short, Args: wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			freed, err := do(ctx, h.seat, args[0], args[1])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Team  string `json:"team"`
					User  string `json:"user"`
					Freed int    `json:"freed"`
				}{args[0], desk.FoldName(args[1]), freed})
			}
			p.done(safe.Sprintf("%s %s %s.", safe.Line(args[1]), safe.Line(said), safe.Line(quoted(args[0]))))
			p.toldFreed(freed)
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(teamNames, userLogins)
	return p.writes(c)
}

func teamNames(ctx context.Context, seat *desk.Seat) ([]string, error) {
	teams, err := seat.Teams(ctx)
	words := make([]string, len(teams))
	for i, t := range teams {
		words[i] = t.Name
	}
	return words, err
}
