package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// roster tells of a name in a rule or strategy whether anybody stands behind it.
type roster struct {
	now        time.Time
	users      []User // also who was removed
	agents     map[UserID]Agent
	teams      []Team
	members    map[TeamID][]User
	strategies map[StrategyID]Strategy
}

func readRoster(r Reader, now time.Time) (*roster, error) {
	p := &roster{now: now, agents: map[UserID]Agent{}, members: map[TeamID][]User{}, strategies: map[StrategyID]Strategy{}}
	var err error
	if p.users, err = r.Users(); err != nil {
		return nil, err
	}
	agents, err := r.AllAgents()
	if err != nil {
		return nil, err
	}
	for _, a := range agents {
		p.agents[a.ID] = a
	}
	if p.teams, err = r.Teams(); err != nil {
		return nil, err
	}
	for _, t := range p.teams {
		if p.members[t.ID], err = r.TeamMembers(t.ID); err != nil {
			return nil, err
		}
	}
	all, err := r.Strategies()
	for _, st := range all {
		p.strategies[st.ID] = st
	}
	return p, err
}

// user says what is wrong with counting on a user; empty when nothing is.
func (p *roster) user(id UserID) string {
	at := slices.IndexFunc(p.users, func(u User) bool { return u.ID == id })
	if at < 0 {
		return "somebody who is gone"
	}
	u := p.users[at]
	switch a := p.agents[id].Availability; {
	case !u.RemovedAt.IsZero():
		return u.Name + ", who has left"
	case !u.DisabledAt.IsZero():
		return u.Name + ", who may not sign in any more"
	case a.Away && p.now.Sub(a.AwaySince) > ownerAway:
		return fmt.Sprintf("%s, who has been away for %s", u.Name, lasting(p.now.Sub(a.AwaySince)))
	default:
		return ""
	}
}

// login is user for a login as a rule has it.
func (p *roster) login(folded string) string {
	for _, u := range p.users {
		if u.RemovedAt.IsZero() && FoldName(u.Login) == folded {
			return p.user(u.ID)
		}
	}
	return folded + ", who is not of this desk"
}

// team says what is wrong with counting on a team.
func (p *roster) team(id TeamID) string {
	at := slices.IndexFunc(p.teams, func(t Team) bool { return t.ID == id })
	switch {
	case at < 0:
		return "a team that is gone"
	case !slices.ContainsFunc(p.members[id], func(u User) bool { return u.Active() }):
		return "the team " + p.teams[at].Name + ", which has nobody in it"
	default:
		return ""
	}
}

// teamCalled is team for a name as a rule has it.
func (p *roster) teamCalled(folded string) string {
	for _, t := range p.teams {
		if FoldName(t.Name) == folded {
			return p.team(t.ID)
		}
	}
	return "the team " + folded + ", which is gone"
}

// choice says what is wrong with one step of a chain.
func (p *roster) choice(c Choice) string {
	switch c.Kind {
	case ToOne:
		return p.user(UserID(c.ID))
	case ToTeamQueue:
		return p.team(TeamID(c.ID))
	default:
		return ""
	}
}

// gone are the people and teams a strategy names that it can never find.
func (p *roster) gone(st Strategy) []string {
	var list []string
	for _, g := range st.Targets {
		list = append(list, p.choice(Choice{ChoiceKind(g.Kind), g.ID}))
	}
	for _, c := range st.Else {
		list = append(list, p.choice(c))
	}
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	slices.Sort(list)
	return slices.Compact(list)
}

// finds reports whether there is anybody whom a strategy could ever find. One
// that asks for an owner can.
func (p *roster) finds(st Strategy) bool { return p.leads(st, nil) }

func (p *roster) leads(st Strategy, path []StrategyID) bool {
	if !st.Kind.chooses() {
		return true
	}
	if slices.ContainsFunc(st.Targets, func(g Grantee) bool { return p.choice(Choice{ChoiceKind(g.Kind), g.ID}) == "" }) {
		return true
	}
	return slices.ContainsFunc(st.Else, func(c Choice) bool {
		switch c.Kind {
		case ToNobody:
			return false
		case ToStrategy:
			id := StrategyID(c.ID)
			return !slices.Contains(path, id) && p.leads(p.strategies[id], append(path, st.ID))
		default:
			return p.choice(c) == ""
		}
	})
}

// asked are the people and teams that the condition of a rule asks for and that
// are gone: it never holds, or always where it is turned round. Who is away may
// still have what it asks for, and so may a team with nobody in it.
func (p *roster) asked(r Rule) []string {
	var list []string
	r.names(func(e Expr) bool {
		name := FoldName(e.Text)
		switch {
		case e.Term == TermTeam:
			if !slices.ContainsFunc(p.teams, func(t Team) bool { return FoldName(t.Name) == name }) && name != "none" {
				list = append(list, "the team "+name+", which is gone")
			}
		case (e.Term == TermAssignee || e.Term == TermOwner) && name != toNobody:
			at := slices.IndexFunc(p.users, func(u User) bool { return u.RemovedAt.IsZero() && FoldName(u.Login) == name })
			if at < 0 || !p.users[at].DisabledAt.IsZero() {
				list = append(list, p.login(name))
			}
		}
		return false // go on to the next leaf
	})
	slices.Sort(list)
	return slices.Compact(list)
}

// named are the people and teams that the actions of a rule count on and that
// are not there.
func (p *roster) named(r Rule) []string {
	var list []string
	for _, line := range r.Then {
		a, err := parseAction(line)
		if err != nil || a.verb != verbAssign && a.verb != verbNotify {
			continue
		}
		words := strings.Split(a.words, elseMark)
		if a.verb == verbNotify {
			who, _, _ := strings.Cut(a.words, " ")
			words = []string{who}
		}
		for _, w := range words {
			team, ok := strings.CutPrefix(w, teamMark)
			switch {
			case ok:
				list = append(list, p.teamCalled(team))
			case plainUser(w) && w != toNobody && w != toAssignee:
				list = append(list, p.login(w))
			}
		}
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// mustFind refuses a strategy that can find nobody, with the reasons. Who is away
// comes back, however long he has been.
func mustFind(r Reader, st Strategy) error {
	p, err := readRoster(r, time.Time{})
	if err != nil || p.finds(st) {
		return err
	}
	return conflict("FINDS_NOBODY", "Give it somebody with: "+command("strategy", "set", st.Name, "--on", "LOGIN"),
		"The strategy %q can find nobody: it names %s.", st.Name, strings.Join(p.gone(st), "; "))
}
