package desk

import (
	"fmt"
	"slices"
	"strings"
)

// readRouting reads what gives work out: rules, strategies, and where they are
// used.
func (c *chart) readRouting(r Reader) error {
	c.routings = map[InboxID]Routing{}
	uses, err := r.Uses()
	if err != nil {
		return err
	}
	for _, u := range uses {
		if u.Routing != 0 {
			c.routings[u.Inbox] = u.Routing // of the inbox or of one of its addresses
		}
	}
	if c.rules, err = r.Rules(); err != nil {
		return err
	}
	c.rules = slices.DeleteFunc(c.rules, func(rule Rule) bool { return !rule.Enabled })
	c.roster, err = readRoster(r, c.now)
	return err
}

func routingChecks() []check {
	return []check{
		{Check{
			Code: "RULE_NAMES_GONE", Area: AreaPeople, Severity: Fault, Source: InDesk, // S259
			About: "A rule that gives work to, or tells, somebody who has left, may not sign in any more or has been away for 14 days, or a team with nobody in it; or whose condition asks for a person or team who is gone.",
			Mend:  "postroom rule disable RULE",
		}, rulesOfTheGone},
		{Check{
			Code: "STRATEGY_FINDS_NOBODY", Area: AreaPeople, Severity: Fault, Source: InDesk, Admin: true, // S259
			About: "A strategy that can find nobody: all whom it names have left, may not sign in any more or have been away for 14 days, or are teams with nobody in them.",
			Mend:  "postroom strategy set STRATEGY --on LOGIN",
		}, strategiesOfNobody},
		{Check{
			Code: "STRATEGY_NAMES_GONE", Area: AreaPeople, Severity: Warning, Source: InDesk, Admin: true, // S259
			About: "A strategy that names, among others, somebody who has left, may not sign in any more or has been away for 14 days, or a team with nobody in it.",
			Mend:  "postroom strategy set STRATEGY --on LOGIN --else LOGIN",
		}, strategiesOfTheGone},
	}
}

func rulesOfTheGone(c *chart) []Finding {
	var list []Finding
	for _, rule := range c.rules {
		at := slices.IndexFunc(c.inboxes, func(in Inbox) bool { return in.ID == rule.Inbox })
		if at >= 0 && !c.sees(rule.Inbox) {
			continue
		}
		var says []string
		if gone := c.roster.named(rule); len(gone) > 0 {
			says = append(says, fmt.Sprintf("The rule counts on %s.", strings.Join(gone, "; ")))
		}
		if gone := c.roster.asked(rule); len(gone) > 0 {
			says = append(says, fmt.Sprintf("Its condition asks for %s.", strings.Join(gone, "; ")))
		}
		if len(says) > 0 {
			f := Finding{Where: rule.Name, What: strings.Join(says, " ")}
			if fix := []string{"rule", "disable", rule.Name}; rule.Inbox != 0 {
				f.Fix = c.byKeeper(rule.Inbox, fix...)
			} else if c.me.Admin() {
				f.Fix = command(fix...)
			}
			list = append(list, f)
		}
	}
	return list
}

func strategiesOfNobody(c *chart) []Finding {
	return c.eachStrategy(func(st Strategy, f *Finding) bool {
		f.What = fmt.Sprintf("It can find nobody: it names %s.", strings.Join(c.roster.gone(st), "; "))
		f.Fix = command("strategy", "set", st.Name, "--on", "LOGIN")
		return !c.roster.finds(st)
	})
}

func strategiesOfTheGone(c *chart) []Finding {
	return c.eachStrategy(func(st Strategy, f *Finding) bool {
		gone := c.roster.gone(st)
		f.What = fmt.Sprintf("It names %s.", strings.Join(gone, "; "))
		f.Fix = command(c.roster.without(st)...)
		return len(gone) > 0 && c.roster.finds(st)
	})
}

// without is the command after which a strategy names nobody any more who is not
// there.
func (p *roster) without(st Strategy) []string {
	words := []string{"strategy", "set", st.Name}
	add := func(flag string, chain []Choice) {
		var kept []string
		for _, c := range chain {
			if p.choice(c) == "" {
				kept = append(kept, p.word(c))
			}
		}
		if len(kept) == len(chain) {
			return
		}
		if len(kept) == 0 {
			kept = []string{string(ToNobody)}
			if flag == "--on" {
				kept = []string{"LOGIN"}
			}
		}
		words = append(words, flag, strings.Join(kept, ","))
	}
	var targets []Choice
	for _, g := range st.Targets {
		targets = append(targets, Choice{ChoiceKind(g.Kind), g.ID})
	}
	add("--on", targets)
	add("--else", st.Else)
	return words
}

// word is a choice as [parseChoice] reads it.
func (p *roster) word(c Choice) string {
	switch c.Kind {
	case ToOne:
		return p.agents[UserID(c.ID)].Login
	case ToTeamQueue:
		at := slices.IndexFunc(p.teams, func(t Team) bool { return t.ID == TeamID(c.ID) })
		return teamMark + p.teams[at].Name
	case ToStrategy:
		return string(ToStrategy) + ":" + p.strategies[StrategyID(c.ID)].Name
	default:
		return string(c.Kind)
	}
}

func (c *chart) eachStrategy(find func(Strategy, *Finding) bool) []Finding {
	var list []Finding
	for _, st := range c.roster.strategies {
		f := Finding{Where: st.Name}
		if find(st, &f) {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b Finding) int { return strings.Compare(FoldName(a.Where), FoldName(b.Where)) })
	return list
}

// undecidedRouting leaves out the inboxes in which a rule assigns (S67).
func undecidedRouting(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		f.What = "Nobody has decided who gets its new conversations, and no rule assigns them; until then they wait for whoever takes them."
		f.Fix = c.byKeeper(in.ID, "inbox", "set", in.Name, "routing="+RoutingManual)
		ruled := slices.ContainsFunc(c.rules, func(rule Rule) bool {
			return (rule.Inbox == in.ID || rule.Inbox == 0) && slices.ContainsFunc(rule.Then, func(line string) bool {
				a, err := parseAction(line)
				return err == nil && a.verb == verbAssign
			})
		})
		return c.routings[in.ID] == 0 && !ruled && len(c.accountsOf(in)) > 0
	})
}
