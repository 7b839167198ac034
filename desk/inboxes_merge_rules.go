package desk

import (
	"errors"
	"slices"
	"strings"
)

// The rules of an inbox that goes into another one. They go on counting for
// what they counted for, the mail to its addresses, and for nothing else.

// ruleMove is a rule before and after.
type ruleMove struct{ was, is Rule }

// findRules finds the rules that go along. A condition that asks for the inbox
// by its name would never hold again, and nothing could be moved there: that is
// for people to change, so all such rules are named and nothing is merged.
func (p *mergePlan) findRules(s *Seat, r Reader) error {
	all, err := r.Rules()
	if err != nil {
		return err
	}
	var named []Reference
	for _, rule := range all {
		if rule.Inbox == p.From.ID {
			p.rules = append(p.rules, ruleMove{rule, p.narrowed(rule)})
			p.Rules = append(p.Rules, rule.Name)
		}
		seen, err := s.seesRule(r, rule)
		if err != nil {
			return err
		}
		if option := naming(rule, FoldName(p.From.Name)); option != "" {
			ref := Reference{What: "a rule that names it", Name: "a rule of another inbox", Remove: "ask who configures it"}
			if seen {
				ref.Name, ref.Remove = rule.Name, command("rule", "set", rule.Name, option, "…")
			}
			named = append(named, ref)
		}
	}
	if len(named) == 0 {
		return p.findIdle(s, r)
	}
	var list []string
	for _, ref := range named {
		list = append(list, ref.Name)
	}
	return &Error{
		Kind: Conflict, Code: "REFERENCED", References: named,
		Message: plural(len(named), "A rule names", "Rules name") + " the inbox, which there will be no more: " + strings.Join(list, ", ") + ".",
		Hint:    "Change " + plural(len(named), "it", "them") + " first, to channel:ADDRESS for example, or remove " + plural(len(named), "it", "them") + ".",
	}
}

// naming is the option of rule set with which a rule names an inbox; empty when
// it does not.
func naming(rule Rule, folded string) string {
	q, err := ParseCondition(rule.When)
	if err == nil && asksInbox(q.Expr, folded) {
		return "--when"
	}
	for _, line := range rule.Then {
		if a, err := parseAction(line); err == nil && a.verb == verbMove && FoldName(a.words) == folded {
			return "--then"
		}
	}
	return ""
}

// asksInbox reports whether a condition asks for an inbox by its name.
func asksInbox(e *Expr, folded string) bool {
	if e == nil {
		return false
	}
	return e.Term == TermInbox && FoldName(e.Text) == folded ||
		slices.ContainsFunc(e.Args, func(a Expr) bool { return asksInbox(&a, folded) })
}

// findIdle finds the rules that cannot go on in the other inbox.
func (p *mergePlan) findIdle(s *Seat, r Reader) error {
	for i := range p.rules {
		rule := &p.rules[i].is
		if !rule.Enabled {
			continue
		}
		why, err := "there is no address whose mail it was for", error(nil)
		if rule.Channel != "" || len(p.Addresses) > 0 {
			why, err = unfit(s, r, *rule, p.To)
		}
		if err != nil {
			return err
		}
		if why != "" {
			rule.Enabled = false
			p.Idle = append(p.Idle, IdleRule{rule.Name, why})
		}
	}
	return nil
}

// unfit says why a rule cannot do in an inbox what it is to do; empty when it
// can.
func unfit(s *Seat, r Reader, rule Rule, in Inbox) (string, error) {
	for _, line := range rule.Then {
		a, err := parseAction(line)
		if err == nil && a.check != nil {
			err = a.check(s, r, []Inbox{in}, a.words)
		}
		var e *Error
		if errors.As(err, &e) {
			return e.Message, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

// narrowed is a rule that counts in the other inbox for the mail to the
// addresses that went there, as it did before.
func (p *mergePlan) narrowed(rule Rule) Rule {
	rule.Inbox = p.To.ID
	if rule.Channel != "" || len(p.Addresses) == 0 {
		return rule
	}
	if len(p.Addresses) == 1 {
		rule.Channel = FoldAddress(p.Addresses[0].Address)
		return rule
	}
	var any []Expr
	for _, a := range p.Addresses {
		any = append(any, Expr{Term: TermChannel, Text: FoldAddress(a.Address)})
	}
	both := []Expr{*joint(TermOr, any)}
	if q, err := ParseCondition(rule.When); err == nil && q.Expr != nil {
		both = append(both, *q.Expr)
	}
	rule.When = strings.TrimSpace(Query{Expr: joint(TermAnd, both)}.String())
	return rule
}

// mergeRules keeps the rules as they count from now on.
func (s *Seat) mergeRules(w Writer, p *mergePlan) error {
	for _, rule := range p.rules {
		before, err := textOf(w, rule.was)
		if err != nil {
			return err
		}
		if err := s.noteRule(w, &rule.is, RuleEdited, &before, ""); err != nil {
			return err
		}
	}
	return nil
}
