package desk

import (
	"fmt"
	"strconv"
	"strings"
)

// RuleText is a rule as people write it, the same on the command line, on the
// screen and in files.
type RuleText struct {
	Name string `json:"name"`
	// Scope is where it counts: desk for all shared inboxes, inbox:NAME, or
	// channel:ADDRESS for mail that came to one address.
	Scope   string   `json:"scope"`
	On      string   `json:"on"`
	When    string   `json:"when"`
	Then    []string `json:"then"`
	Enabled bool     `json:"enabled"`
}

// The scopes of rules.
const (
	ScopeDesk    = "desk"
	scopeInbox   = "inbox:"
	scopeChannel = "channel:"
)

// String writes the rule as [ParseRules] reads it.
func (t RuleText) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rule: %s\nscope: %s\non: %s\n", t.Name, t.Scope, t.On)
	if t.When != "" {
		fmt.Fprintf(&b, "when: %s\n", t.When)
	}
	for _, line := range t.Then {
		fmt.Fprintf(&b, "then: %s\n", line)
	}
	if !t.Enabled {
		b.WriteString("enabled: no\n")
	}
	return b.String()
}

// ParseRules reads rules from a text. Each begins with a line "rule: NAME"; the
// lines "scope:", "on:", "when:", "then:" and "enabled:" follow, with "then:"
// once for each action. A line that begins with # says nothing.
func ParseRules(text string) ([]RuleText, error) {
	var list []RuleText
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, _ := strings.Cut(line, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if key == "rule" {
			list = append(list, RuleText{Name: value, Scope: ScopeDesk, On: string(OnReceived), Enabled: true})
			continue
		}
		if len(list) == 0 {
			return nil, invalid("BAD_RULES", `Begin each with a line like "rule: invoices to finance".`, "Line %d belongs to no rule.", n+1)
		}
		r := &list[len(list)-1]
		switch key {
		case "scope":
			r.Scope = value
		case "on":
			r.On = value
		case "when":
			r.When = value
		case "then":
			r.Then = append(r.Then, value)
		case "enabled":
			r.Enabled = value != "no"
		default:
			return nil, invalid("BAD_RULES", "There are rule, scope, on, when, then and enabled.", "Line %d says %q, which a rule does not have.", n+1, Snippet(key, 40))
		}
	}
	return list, nil
}

// textOf puts a rule into words.
func textOf(r Reader, rule Rule) (RuleText, error) {
	t := RuleText{Name: rule.Name, Scope: ScopeDesk, On: rule.OnText(), When: rule.When, Then: rule.Then, Enabled: rule.Enabled}
	switch {
	case rule.Channel != "":
		t.Scope = scopeChannel + rule.Channel
	case rule.Inbox != 0:
		in, err := r.Inbox(rule.Inbox)
		if err != nil {
			return t, err
		}
		t.Scope = scopeInbox + in.Name
	}
	return t, nil
}

// read checks a text and makes a rule of it: its conditions and actions can be
// read, and its scope is there and the actor's to change.
func (s *Seat) readRule(r Reader, t RuleText) (Rule, error) {
	rule := Rule{Enabled: t.Enabled}
	var err error
	if rule.Name, err = cleanRuleName(t.Name); err != nil {
		return rule, err
	}
	if err := s.readScope(r, t.Scope, &rule); err != nil {
		return rule, err
	}
	if rule.On, err = ParseRuleEvents(t.On); err != nil {
		return rule, err
	}
	q, err := ParseCondition(t.When)
	if err != nil {
		return rule, err
	}
	rule.When = strings.TrimSpace(q.String())
	if len(t.Then) == 0 || len(t.Then) > maxRuleActions {
		return rule, invalid("BAD_RULE", "For example: --then \"assign maya\"", "A rule does something, at most %s things.", strconv.Itoa(maxRuleActions))
	}
	for _, line := range t.Then {
		kept, err := ParseAction(line)
		if err != nil {
			return rule, err
		}
		rule.Then = append(rule.Then, kept)
	}
	return rule, s.checkRule(r, rule, q)
}

// readScope reads where a rule counts. Who may not change the rules there is
// refused.
func (s *Seat) readScope(r Reader, scope string, rule *Rule) error {
	folded := FoldName(scope)
	if name, ok := strings.CutPrefix(folded, scopeInbox); ok {
		in, err := s.mayIn(r, name, RightConfigure)
		rule.Inbox = in.ID
		return err
	}
	if address, ok := strings.CutPrefix(folded, scopeChannel); ok {
		rule.Channel = FoldAddress(address)
		missing := notFound("NO_SUCH_ADDRESS", "See those there are with: postroom account alias list", "No inbox of yours has the address of %q.", Snippet(scope, 120))
		h, err := r.AddressHolder(rule.Channel)
		if err == ErrNoRow { //nolint:errorlint // the store returns the sentinel itself
			return missing
		}
		if err != nil {
			return err
		}
		if ok, err := s.sees(r, h.Inbox.ID); err != nil || !ok {
			return orError(err, missing)
		}
		rule.Inbox = h.Inbox.ID
		return s.mustMay(r, rule.Inbox, RightConfigure)
	}
	if folded != ScopeDesk {
		return invalid("BAD_SCOPE", "It is desk, inbox:NAME or channel:ADDRESS.", "A rule cannot count in %q.", Snippet(scope, 60))
	}
	return s.mustAdmin(r, "change a rule for the whole desk")
}

func orError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// checkRule refuses actions that cannot be carried out where the rule counts.
func (s *Seat) checkRule(r Reader, rule Rule, q Query) error {
	inboxes, err := ruleInboxes(r, rule, q)
	if err != nil {
		return err
	}
	if err := s.checkNames(r, q.Expr); err != nil {
		return err
	}
	timed, mail := false, true
	for _, e := range rule.On {
		timed = timed || e.timed()
		mail = mail && (e == OnReceived || e == OnCreated)
	}
	if t, asked := arrivalTerm(q.Expr); asked && !mail {
		return invalid("BAD_RULE", "Let the rule run on received or created only.", "%s: looks at a mail as it comes in, and is not kept.", t)
	}
	for _, line := range rule.Then {
		a, err := parseAction(line)
		if err != nil {
			return err
		}
		if a.mail && !mail {
			return invalid("BAD_RULE", "Let the rule run on received or created only.", "%q needs a mail that has come in.", a.verb)
		}
		for _, in := range inboxes {
			if a.shared && in.Kind == Personal {
				return conflict("PERSONAL_INBOX", "In a personal inbox a rule may close, snooze, tag and notify.", "%q is a personal inbox: nothing in it is assigned, and it has no tickets.", in.Name)
			}
		}
		if a.check != nil {
			if err := a.check(s, r, inboxes, a.words); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNames refuses a condition that asks for a stage, a person or a team that
// is not there: it would never hold, and with a minus always.
func (s *Seat) checkNames(r Reader, e *Expr) error {
	if e == nil {
		return nil
	}
	var err error
	switch e.Term {
	case TermStage, TermPipeline:
		_, err = resolveStages(r, *e)
	case TermAssignee:
		_, err = s.resolveAssignee(r, *e)
	case TermOwner:
		_, err = s.resolveAssignee(r, Expr{Text: e.Text})
	case TermTeam:
		_, err = s.resolveTeam(r, *e)
	default:
		for i := range e.Args {
			if err = s.checkNames(r, &e.Args[i]); err != nil {
				break
			}
		}
	}
	return err
}

// arrivalTerm is a leaf that asks what is known of a mail only while it comes
// in: its header, and what the provider found of the sender. Asked on another
// event it would never hold, and with a minus always.
func arrivalTerm(e *Expr) (t Term, asked bool) {
	if e == nil {
		return "", false
	}
	if e.Term == TermHeader || e.Term == TermAuth {
		return e.Term, true
	}
	for i := range e.Args {
		if t, asked = arrivalTerm(&e.Args[i]); asked {
			return t, true
		}
	}
	return "", false
}

// ruleInboxes are the inboxes in which a rule may match: where it counts, or of
// those the one its condition demands.
func ruleInboxes(r Reader, rule Rule, q Query) ([]Inbox, error) {
	all, err := r.Inboxes()
	if err != nil {
		return nil, err
	}
	only := demanded(q.Expr)
	var list []Inbox
	for _, in := range all {
		if rule.Inbox != 0 && in.ID != rule.Inbox || rule.Inbox == 0 && in.Kind != Shared {
			continue
		}
		if only == "" || FoldName(in.Name) == only {
			list = append(list, in)
		}
	}
	return list, nil
}

// demanded is the inbox that a condition demands whatever else it asks; empty
// when it demands none.
func demanded(e *Expr) string {
	switch {
	case e == nil:
		return ""
	case e.Term == TermInbox:
		return FoldName(e.Text)
	case e.Term == TermAnd:
		for i := range e.Args {
			if name := demanded(&e.Args[i]); name != "" {
				return name
			}
		}
	default:
	}
	return ""
}
