package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// RuleView is a rule as it is shown.
type RuleView struct {
	Rule
	Text RuleText
	// May says that the viewer may change it.
	May bool
	// Broken is why it cannot run any more; empty when it can.
	Broken string
}

// Rules lists the rules the actor sees, in their order: those of the whole desk
// and of the inboxes he sees.
func (s *Seat) Rules(ctx context.Context) ([]RuleView, error) {
	var list []RuleView
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = list[:0]
		all, err := r.Rules()
		if err != nil {
			return err
		}
		for _, rule := range all {
			if ok, err := s.seesRule(r, rule); err != nil {
				return err
			} else if !ok {
				continue
			}
			v, err := s.ruleView(r, rule)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	return list, err
}

func (s *Seat) seesRule(r Reader, rule Rule) (bool, error) {
	if rule.Inbox == 0 {
		return true, nil
	}
	return s.sees(r, rule.Inbox)
}

func (s *Seat) ruleView(r Reader, rule Rule) (RuleView, error) {
	v := RuleView{Rule: rule}
	var err error
	if v.Text, err = textOf(r, rule); err != nil {
		return v, err
	}
	if p := prepare(rule); p.broken != nil {
		v.Broken = p.broken.Error()
	}
	if rule.Inbox != 0 {
		v.May, err = s.may(r, rule.Inbox, RightConfigure)
		return v, err
	}
	me, err := r.User(s.actor.User)
	v.May = me.Admin()
	return v, err
}

// Rule gives one rule by its name.
func (s *Seat) Rule(ctx context.Context, name string) (RuleView, error) {
	var v RuleView
	err := s.d.store.Read(ctx, func(r Reader) error {
		rule, err := s.ruleNamed(r, name)
		if err != nil {
			return err
		}
		v, err = s.ruleView(r, rule)
		return err
	})
	return v, err
}

func (s *Seat) ruleNamed(r Reader, name string) (Rule, error) {
	rule, err := r.RuleByName(FoldName(oneLine(name)))
	seen := err == nil
	if seen {
		seen, err = s.seesRule(r, rule)
	}
	if errors.Is(err, ErrNoRow) || err == nil && !seen {
		return Rule{}, notFound("NO_SUCH_RULE", "See those there are with: postroom rule list", "There is no rule %q.", name)
	}
	return rule, err
}

// ruleToChange gives a rule the actor may change.
func (s *Seat) ruleToChange(r Reader, name string) (Rule, RuleText, error) {
	rule, err := s.ruleNamed(r, name)
	if err != nil {
		return rule, RuleText{}, err
	}
	if rule.Inbox != 0 {
		err = s.mustMay(r, rule.Inbox, RightConfigure)
	} else {
		err = s.mustAdmin(r, "change a rule for the whole desk")
	}
	if err != nil {
		return rule, RuleText{}, err
	}
	t, err := textOf(r, rule)
	return rule, t, err
}

// AddRule makes a rule, at a place of the order counted from 1, or with 0 at
// its end. Rules for the whole desk are an admin's, others of whoever may
// configure the inbox.
func (s *Seat) AddRule(ctx context.Context, t RuleText, at int) (RuleView, error) {
	var v RuleView
	err := s.write(ctx, func(w Writer) error {
		rule, err := s.readRule(w, t)
		if err != nil {
			return err
		}
		all, err := w.Rules()
		if err != nil {
			return err
		}
		if len(all) >= maxRules {
			return conflict("TOO_MANY_RULES", "Remove one that never matches; see: postroom rule list", "A desk has at most %d rules.", maxRules)
		}
		if at < 0 || at > len(all)+1 {
			return invalid("BAD_PLACE", "See them with: postroom rule list", "There is no place %d among %d rules and a new one.", at, len(all))
		}
		rule.Position, rule.Checked = len(all)+1, s.d.now()
		if rule.ID, err = w.AddRule(rule); err != nil {
			return err
		}
		batch := s.d.newBatch()
		if err := s.noteRule(w, &rule, RuleAdded, nil, batch); err != nil {
			return err
		}
		if at > 0 && at <= len(all) {
			if err := s.place(w, rule, at, batch); err != nil {
				return err
			}
			rule.Position = at
		}
		v, err = s.ruleView(w, rule)
		return err
	})
	return v, err
}

// noteRule keeps a change in the history of rules and in the journal, and lets
// the rule count from the edition it makes. Without a batch the change is part
// of something larger, and is not undone by itself.
func (s *Seat) noteRule(w Writer, rule *Rule, kind RuleChangeKind, before *RuleText, batch string) error {
	t, err := textOf(w, *rule)
	if err != nil {
		return err
	}
	data := state(keptRule{rule.Position, rule.Inbox, t})
	rule.Edition, err = w.AddRuleChange(RuleChange{Rule: rule.ID, At: s.d.now(), Actor: s.actor, Change: kind, Data: data})
	if err != nil {
		return err
	}
	if kind != RuleRemoved {
		if err := w.SaveRule(*rule); err != nil {
			return err
		}
	}
	ev := s.event(EventRuleChanged, rule.Inbox, 0, nil, state(t))
	ev.Batch = batch
	switch kind {
	case RuleAdded:
		ev.Kind = EventRuleAdded
	case RuleRemoved:
		ev.Kind, ev.Before, ev.After = EventRuleRemoved, state(keptRule{Position: rule.Position, RuleText: t}), nil
	case RuleKeyed:
		ev.Kind = EventRuleKeyed
	default:
		ev.Before = state(before)
	}
	return w.Append(ev)
}

// keptRule is a rule in the history of rules.
type keptRule struct {
	Position int     `json:"position"`
	Inbox    InboxID `json:"inbox,omitempty"`
	RuleText
}

// EditRule changes what change changes in a rule's text.
func (s *Seat) EditRule(ctx context.Context, name string, change func(*RuleText) error) (RuleView, error) {
	var v RuleView
	err := s.write(ctx, func(w Writer) error {
		rule, before, err := s.ruleToChange(w, name)
		if err != nil {
			return err
		}
		t := before
		t.Then = slices.Clone(before.Then)
		if err := change(&t); err != nil {
			return err
		}
		off := before
		off.Enabled = false
		fresh := rule
		if fresh.Enabled = false; t.String() != off.String() {
			// Any rule can be switched off, also one that names what is gone.
			fresh, err = s.readRule(w, t)
		}
		if err != nil {
			return err
		}
		fresh.ID, fresh.Position, fresh.Checked, fresh.Hits, fresh.LastHit = rule.ID, rule.Position, s.d.now(), rule.Hits, rule.LastHit
		after, err := textOf(w, fresh)
		if err != nil {
			return err
		}
		kind := RuleEdited
		switch {
		case before.String() == after.String():
			v, err = s.ruleView(w, rule)
			return err
		case before.Enabled != after.Enabled:
			kind = RuleDisabled
			if after.Enabled {
				kind = RuleEnabled
			}
		}
		if err := s.noteRule(w, &fresh, kind, &before, s.d.newBatch()); err != nil {
			return err
		}
		v, err = s.ruleView(w, fresh)
		return err
	})
	return v, err
}

// RemoveRule forgets a rule; its history stays.
func (s *Seat) RemoveRule(ctx context.Context, name string) error {
	return s.write(ctx, func(w Writer) error {
		rule, _, err := s.ruleToChange(w, name)
		if err != nil {
			return err
		}
		if err := s.noteRule(w, &rule, RuleRemoved, nil, s.d.newBatch()); err != nil {
			return err
		}
		if err := w.RemoveRule(rule.ID); err != nil {
			return err
		}
		all, err := w.Rules()
		if err != nil {
			return err
		}
		return renumberRules(w, all)
	})
}

// renumberRules writes the positions that are not as in the list.
func renumberRules(w Writer, list []Rule) error {
	for i, r := range list {
		if r.Position == i+1 {
			continue
		}
		r.Position = i + 1
		if err := w.SaveRule(r); err != nil {
			return err
		}
	}
	return nil
}

// OrderRule puts a rule at a place of the order, counted from 1.
func (s *Seat) OrderRule(ctx context.Context, name string, at int) error {
	return s.write(ctx, func(w Writer) error {
		rule, _, err := s.ruleToChange(w, name)
		if err != nil {
			return err
		}
		return s.place(w, rule, at, s.d.newBatch())
	})
}

func (s *Seat) place(w Writer, rule Rule, at int, batch string) error {
	all, err := w.Rules()
	if err != nil {
		return err
	}
	if at < 1 || at > len(all) {
		return invalid("BAD_PLACE", "See them with: postroom rule list", "There is no place %d among %d rules.", at, len(all))
	}
	from := slices.IndexFunc(all, func(r Rule) bool { return r.ID == rule.ID })
	if from == at-1 {
		return nil
	}
	moved := all[from]
	all = slices.Insert(slices.Delete(all, from, from+1), at-1, moved)
	if err := renumberRules(w, all); err != nil {
		return err
	}
	order := make([]RuleID, len(all))
	for i, r := range all {
		order[i] = r.ID
	}
	if _, err := w.AddRuleChange(RuleChange{At: s.d.now(), Actor: s.actor, Change: RulesOrdered, Data: state(order)}); err != nil {
		return err
	}
	ev := s.event(EventRuleOrdered, rule.Inbox, 0, state(ruleOrdered{rule.Name, from + 1}), state(ruleOrdered{rule.Name, at}))
	ev.Batch = batch
	return w.Append(ev)
}

// ruleOrdered is what the journal keeps of the place of a rule.
type ruleOrdered struct {
	Rule     string `json:"rule"`
	Position int    `json:"position"`
}

// rulesAt gives the enabled rules as they were in an edition, from their
// history.
func rulesAt(r Reader, e Edition) (*ruleSet, error) {
	changes, err := r.RuleChanges(0, e)
	if err != nil {
		return nil, err
	}
	var list []Rule
	find := func(id RuleID) int { return slices.IndexFunc(list, func(r Rule) bool { return r.ID == id }) }
	for _, c := range changes {
		if c.Change == RulesOrdered {
			var order []RuleID
			if err := json.Unmarshal(c.Data, &order); err != nil {
				return nil, err
			}
			slices.SortStableFunc(list, func(a, b Rule) int { return slices.Index(order, a.ID) - slices.Index(order, b.ID) })
			continue
		}
		at := find(c.Rule)
		if c.Change == RuleRemoved {
			if at >= 0 {
				list = slices.Delete(list, at, at+1)
			}
			continue
		}
		rule, err := c.rule()
		if err != nil {
			return nil, err
		}
		if at < 0 {
			list = append(list, rule)
		} else {
			list[at] = rule
		}
	}
	return newRuleSet(e, list), nil
}

// rule is the rule after the change.
func (c RuleChange) rule() (Rule, error) {
	var kept keptRule
	if err := json.Unmarshal(c.Data, &kept); err != nil {
		return Rule{}, err
	}
	on, err := ParseRuleEvents(kept.On)
	r := Rule{ID: c.Rule, Name: kept.Name, Position: kept.Position, Enabled: kept.Enabled, Inbox: kept.Inbox, On: on, When: kept.When, Then: kept.Then, Edition: c.Edition}
	if address, ok := strings.CutPrefix(kept.Scope, scopeChannel); ok {
		r.Channel = address
	}
	return r, err
}
