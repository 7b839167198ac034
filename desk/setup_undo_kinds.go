package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"postroom/desk/calendar"
)

func (s *Seat) revertRule(ctx context.Context, w Writer, ev Event) error {
	return reverting[keptRule]{
		what: "rule",
		name: func(k keptRule) string { return k.Name },
		now: func(name string) (keptRule, error) {
			rule, err := s.ruleNamed(w, name)
			if err != nil {
				return keptRule{}, err
			}
			t, err := textOf(w, rule)
			return keptRule{RuleText: t}, err
		},
		same: func(a, b keptRule) bool { return a.RuleText.String() == b.RuleText.String() },
		add: func(k keptRule) error {
			all, err := w.Rules()
			if err == nil {
				_, err = s.AddRule(ctx, k.RuleText, min(k.Position, len(all)+1))
			}
			return err
		},
		set: func(now, to keptRule) error {
			_, err := s.EditRule(ctx, now.Name, func(t *RuleText) error { *t = to.RuleText; return nil })
			return err
		},
		remove: func(k keptRule) error { return s.RemoveRule(ctx, k.Name) },
	}.revert(ev)
}

func (s *Seat) revertRuleOrder(ctx context.Context, w Writer, ev Event) error {
	var before, after ruleOrdered
	if err := errors.Join(unmarshal(ev.Before, &before), unmarshal(ev.After, &after)); err != nil {
		return err
	}
	rule, err := s.ruleNamed(w, after.Rule)
	if err != nil {
		return err
	}
	if rule.Position != after.Position {
		return conflict("CHANGED_SINCE", "", "The rule %q stands at another place since.", rule.Name)
	}
	return s.OrderRule(ctx, rule.Name, before.Position)
}

func (s *Seat) revertStrategy(ctx context.Context, w Writer, ev Event) error {
	return reverting[StrategyWords]{
		what: "strategy",
		name: func(v StrategyWords) string { return v.Name },
		now: func(name string) (StrategyWords, error) {
			st, err := strategyNamed(w, name)
			if err != nil {
				return StrategyWords{}, err
			}
			v, err := s.strategyView(w, st)
			return v.words(), err
		},
		same: sameState[StrategyWords],
		add:  func(v StrategyWords) error { _, err := s.AddStrategy(ctx, v.Name, v.setting()); return err },
		set: func(now, to StrategyWords) error {
			_, err := s.SetStrategy(ctx, now.Name, to.setting())
			return err
		},
		remove: func(v StrategyWords) error { return s.RemoveStrategy(ctx, v.Name) },
	}.revert(ev)
}

// setting says all of the strategy.
func (v StrategyWords) setting() StrategySetting {
	return StrategySetting{Kind: v.Kind, On: append([]string{}, v.On...), Else: append([]string{}, v.Else...)}
}

func (s *Seat) revertRoute(ctx context.Context, w Writer, ev Event) error {
	return reverting[AddressRouted]{
		what: "routing of",
		name: func(a AddressRouted) string { return a.Address },
		now: func(address string) (AddressRouted, error) {
			now := AddressRouted{Address: address}
			uses, err := w.UsesOf(ev.Inbox)
			for _, u := range uses {
				if u.Address == address && err == nil {
					now.Routing, err = routingWords(w, u.Routing)
				}
			}
			return now, err
		},
		same: sameState[AddressRouted],
		set: func(_, to AddressRouted) error {
			_, err := s.RouteAddress(ctx, to.Address, to.Routing)
			return err
		},
	}.revert(ev)
}

func (s *Seat) revertAvailability(ctx context.Context, w Writer, ev Event) error {
	return reverting[AvailabilitySet]{
		what: "availability of",
		name: func(a AvailabilitySet) string { return a.User },
		now: func(login string) (AvailabilitySet, error) {
			u, err := named(w, login)
			if err != nil {
				return AvailabilitySet{}, err
			}
			a, err := w.Availability(u.ID)
			return a.set(u.Login), err
		},
		same: sameState[AvailabilitySet],
		set: func(_, to AvailabilitySet) error {
			_, err := s.plan(ctx, to.User, func(_ User, a *Availability) error { return a.putBack(to, s) })
			return err
		},
	}.revert(ev)
}

// putBack makes an availability as the journal has kept it.
func (a *Availability) putBack(to AvailabilitySet, s *Seat) error {
	switch {
	case to.Away && !a.Away:
		a.Away, a.AwayBy, a.AwaySince = true, s.actor.User, s.d.now()
	case !to.Away:
		a.Away, a.AwayBy = false, 0
	}
	a.Off, a.Capacity, a.Share = to.Off, to.Capacity, to.Share
	idle, err := workTime(to.Idle)
	if to.Idle == "" {
		idle, err = 0, nil
	}
	if err != nil {
		return err
	}
	a.Idle, a.Hours = idle, calendar.Spec{}
	if to.Hours != "" {
		a.Hours, err = parseHours(to.Hours, to.Zone)
	}
	return err
}

func (s *Seat) revertCalendar(ctx context.Context, w Writer, ev Event) error {
	return reverting[CalendarState]{
		what: "calendar",
		name: func(c CalendarState) string { return c.Name },
		now: func(name string) (CalendarState, error) {
			c, err := calendarNamed(w, name)
			return CalendarState{Name: c.Name, Spec: c.Spec}, err
		},
		same: func(a, b CalendarState) bool { return a.Name == b.Name && sameState(a.Spec, b.Spec) },
		add:  func(c CalendarState) error { _, err := s.AddCalendar(ctx, c.Name, c.Spec); return err },
		set: func(now, to CalendarState) error {
			_, _, err := s.SetCalendar(ctx, now.Name, to.Spec, now.For.or())
			return err
		},
		remove: func(c CalendarState) error { return s.RemoveCalendar(ctx, c.Name) },
	}.revert(ev)
}

// or is new tickets where the journal says nothing.
func (r Running) or() Running {
	if r == OpenTickets {
		return OpenTickets
	}
	return NewTickets
}

func (s *Seat) revertPolicy(ctx context.Context, w Writer, ev Event) error {
	return reverting[PolicyState]{
		what: "policy",
		name: func(p PolicyState) string { return p.Name },
		now: func(name string) (PolicyState, error) {
			p, err := policyNamed(w, name)
			return PolicyState{Name: p.Name, Terms: p.PolicyTerms}, err
		},
		same: func(a, b PolicyState) bool { return a.Name == b.Name && sameState(a.Terms, b.Terms) },
		add:  func(p PolicyState) error { return s.policyBack(ctx, p, NewTickets) },
		set: func(now, to PolicyState) error {
			return s.policyBack(ctx, to, now.For.or())
		},
		remove: func(p PolicyState) error { return s.RemovePolicy(ctx, p.Name) },
	}.revert(ev)
}

// policyBack makes a policy as the journal has kept it, at its place.
func (s *Seat) policyBack(ctx context.Context, to PolicyState, open Running) error {
	var names []string
	_, err := s.changePolicy(ctx, "bring back a policy", open, func(w Writer) (was, now Policy, err error) {
		all, err := w.Policies()
		if err != nil {
			return was, now, err
		}
		for _, p := range all {
			if names = append(names, p.Name); FoldName(p.Name) == FoldName(to.Name) {
				was = p
			}
		}
		now = was
		if was.ID == 0 {
			now.Name, now.Position = to.Name, len(all)+1
			names = slices.Insert(names, max(min(to.Place-1, len(names)), 0), to.Name)
		}
		now.PolicyTerms = to.Terms
		now.Goals = slices.Clone(to.Terms.Goals)
		return was, now, now.findCalendars(w, to.Goals)
	})
	if err != nil {
		return err
	}
	return s.OrderPolicies(ctx, names)
}

// findCalendars reads those goals anew whose calendar was removed and made
// again since.
func (p *Policy) findCalendars(r Reader, goals map[PolicyKey]string) error {
	all, err := r.Calendars()
	if err != nil {
		return err
	}
	for _, key := range []PolicyKey{PolicyFirst, PolicyNext, PolicySolved} {
		g, ok := p.goal(clockOf(key))
		if !ok || g.Calendar == 0 || slices.ContainsFunc(all, func(c Calendar) bool { return c.Line == g.Calendar }) {
			continue
		}
		if err := p.putGoal(r, g.Clock, goals[key]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Seat) revertPolicyOrder(ctx context.Context, w Writer, ev Event) error {
	var before, after, now []string
	if err := errors.Join(unmarshal(ev.Before, &before), unmarshal(ev.After, &after)); err != nil {
		return err
	}
	all, err := w.Policies()
	if err != nil {
		return err
	}
	for _, p := range all {
		now = append(now, p.Name)
	}
	if !slices.Equal(now, after) {
		return conflict("CHANGED_SINCE", "", "The policies have another order since.")
	}
	return s.OrderPolicies(ctx, before)
}

func (s *Seat) revertField(ctx context.Context, w Writer, ev Event) ([]string, error) {
	err := reverting[TicketField]{
		what: "field",
		name: func(f TicketField) string { return f.Name },
		now: func(name string) (TicketField, error) {
			all, err := w.TicketFields()
			at := fieldAt(all, name)
			if err == nil && at < 0 {
				err = ErrNoRow
			}
			if err != nil {
				return TicketField{}, err
			}
			return all[at], nil
		},
		same:   func(a, b TicketField) bool { return a.Kind == b.Kind && slices.Equal(a.Choices, b.Choices) },
		add:    func(f TicketField) error { _, err := s.AddTicketField(ctx, f); return err },
		remove: func(f TicketField) error { return s.RemoveTicketField(ctx, f.Name) },
	}.revert(ev)
	if err != nil || ev.Kind == EventFieldAdded {
		return nil, err
	}
	var f TicketField
	err = unmarshal(ev.Before, &f)
	return []string{fmt.Sprintf("The field %q is there again; the values tickets had in it are not.", f.Name)}, err
}

func (s *Seat) revertTeam(ctx context.Context, w Writer, ev Event) error {
	var before, after Joining
	if err := errors.Join(unmarshal(ev.Before, &before), unmarshal(ev.After, &after)); err != nil {
		return err
	}
	in, was := before, ev.Kind == EventTeamLeft
	if !was {
		in = after
	}
	t, u, is, err := s.teammate(w, in.Team, in.User, "change a team")
	switch {
	case err != nil:
		return err
	case is == was:
		return conflict("CHANGED_SINCE", "", "Who is in the team %q has been changed since.", t.Name)
	case was:
		return s.JoinTeam(ctx, t.Name, u.Login)
	default:
		_, err := s.LeaveTeam(ctx, t.Name, u.Login)
		return err
	}
}
