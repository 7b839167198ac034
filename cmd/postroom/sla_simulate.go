package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// simulatedForm is a simulation in the form for programs.
type simulatedForm struct {
	Since      stamp               `json:"since"`
	Tickets    int                 `json:"tickets"`
	More       bool                `json:"more"`
	LeftOut    int                 `json:"left_out"`
	Unpromised int                 `json:"unpromised"`
	Goals      []simulatedGoalForm `json:"goals"`
}

type simulatedGoalForm struct {
	Policy  string         `json:"policy"`
	Clock   desk.ClockKind `json:"clock"`
	Tickets int            `json:"tickets"`
	Missed  int            `json:"missed"`
	Had     int            `json:"had_missed"`
}

func (p *program) slaSimulateCommand() *cobra.Command {
	var days int
	c := &cobra.Command{
		Use: "simulate [NAME]", Short: "Say what a policy would have meant for the tickets of the last days; admins only",
		Long: "Lets the clocks follow once more what has happened to the tickets that were made in the last\n" +
			"days, by the policies as they are, or with other terms for NAME, or with a new policy NAME behind\n" +
			"those there are. It says how many would have missed each goal, and how many of them really\n" +
			"have. It writes nothing. The newest 5,000 tickets are looked at; those that were merged or split\n" +
			"are left out.",
		Example: "  postroom sla simulate Urgent --first-response '30m in berlin' --days 90\n  postroom sla simulate",
		Args:    wants(0, 1),
	}
	terms := termFlags(c)
	c.Flags().IntVar(&days, "days", 30, "how many days back")
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		q := desk.Simulation{Days: days, Terms: terms()}
		if len(args) > 0 {
			q.Policy = args[0]
		} else if len(q.Terms) > 0 {
			return misused(c, "Name the policy that has these terms.")
		}
		sim, err := h.seat.SimulateSLA(ctx, q)
		if err != nil {
			return err
		}
		if p.print.json {
			return p.print.document(simulatedAs(sim))
		}
		p.showSimulated(sim)
		return nil
	})
	c.ValidArgsFunction = p.completing(policyNames)
	return c
}

func simulatedAs(sim desk.Simulated) simulatedForm {
	f := simulatedForm{stamp(sim.Since), sim.Tickets, sim.More, sim.LeftOut, sim.Unpromised, []simulatedGoalForm{}}
	for _, g := range sim.Goals {
		f.Goals = append(f.Goals, simulatedGoalForm{g.Policy, g.Clock, g.Tickets, g.Missed, g.Had})
	}
	return f
}

// showSimulated prints a simulation for people.
func (p *program) showSimulated(sim desk.Simulated) {
	for _, g := range sim.Goals {
		if g.Tickets == 0 {
			p.print.say(safe.Sprintf("%s, %s: it would have counted for none.", safe.Line(g.Policy), safe.Line(string(g.Clock))))
			continue
		}
		p.print.say(safe.Sprintf("%s, %s: %s of the last %s would have missed; %s have.",
			safe.Line(g.Policy), safe.Line(string(g.Clock)), safe.Int(g.Missed), safe.Int(g.Tickets), safe.Int(g.Had)))
	}
	p.print.say(safe.Sprintf("Tickets: %s since %s.", safe.Int(sim.Tickets), moment(sim.Since)))
	for _, rest := range []struct {
		n    int
		what safe.Text
	}{
		{sim.Unpromised, safe.Const("No policy counts for")},
		{sim.LeftOut, safe.Const("Merged or split, and left out")},
	} {
		if rest.n > 0 {
			p.print.say(safe.Sprintf("%s: %s.", rest.what, safe.Int(rest.n)))
		}
	}
	if sim.More {
		p.print.say(safe.Const("There are older ones among these days that were not looked at."))
	}
}
