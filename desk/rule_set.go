package desk

import (
	"slices"
	"sync"
)

// preparedRule is a rule made ready to run.
type preparedRule struct {
	Rule
	when    *clause // nil is always true
	actions []action
	// broken is why it cannot be read any more; it never matches then.
	broken error
}

// prepare reads a rule's texts.
func prepare(r Rule) *preparedRule {
	p := &preparedRule{Rule: r}
	q, err := ParseCondition(r.When)
	if err != nil {
		p.broken = err
		return p
	}
	var all []Expr
	if r.Channel != "" {
		all = append(all, Expr{Term: TermChannel, Text: r.Channel})
	}
	if q.Expr != nil {
		all = append(all, *q.Expr)
	}
	if e := joint(TermAnd, all); e != nil {
		c := compileClause(*e)
		p.when = &c
	}
	for _, line := range r.Then {
		a, err := parseAction(line)
		if err != nil {
			p.broken = err
			return p
		}
		p.actions = append(p.actions, a)
	}
	return p
}

// matches asks the rule's condition.
func (p *preparedRule) matches(f *facts, t *trace) bool {
	return p.broken == nil && (p.when == nil || p.when.holds(f, t))
}

// countsIn reports whether the rule counts in an inbox: those of the desk do in
// every shared one.
func (p *preparedRule) countsIn(in Inbox) bool {
	return p.Inbox == in.ID || p.Inbox == 0 && in.Kind == Shared
}

// runsOn reports whether an event makes the rule run. A mail that begins a
// conversation has come in, too.
func (p *preparedRule) runsOn(on RuleEvent) bool {
	return slices.Contains(p.On, on) || on == OnCreated && slices.Contains(p.On, OnReceived)
}

// ruleSet are the enabled rules of one edition, prepared once. For each event
// and inbox it has an index, so that a mail meets only the rules it may match.
type ruleSet struct {
	edition Edition
	rules   []*preparedRule // in their order
	tongues *tongues        // nil while no rule asks for a language
	threads bool            // some rule threads by a captured text
	timed   bool            // some rule waits for time

	mu      sync.Mutex
	buckets map[bucketKey]*bucket
}

type bucketKey struct {
	on    RuleEvent
	inbox InboxID
}

// bucket are the rules that run on an event in an inbox.
type bucket struct {
	set   *ruleSet
	rules []*preparedRule
	// always are those that have to be asked of every mail, as places in
	// rules; lexicons lead to the others, by what has to be in a part of the
	// mail.
	always   []int
	lexicons map[spot]*lexicon
	known    int             // how many words the lexicons have
	headers  map[string]bool // the fields that some rule asks for, in lower case
	language bool
	asksAuth bool
	// customer says that some rule asks who the contact is to us; stages, clocks
	// and hours that one asks for those.
	customer, stages, clocks, hours bool
}

func newRuleSet(edition Edition, rules []Rule) *ruleSet {
	set := &ruleSet{edition: edition, buckets: map[bucketKey]*bucket{}}
	for _, r := range rules {
		if !r.Enabled {
			continue
		}
		p := prepare(r)
		set.rules = append(set.rules, p)
		if p.when != nil && p.when.asks(TermLang) && set.tongues == nil {
			set.tongues = newTongues()
		}
		set.timed = set.timed || slices.ContainsFunc(p.On, RuleEvent.timed)
		set.threads = set.threads || slices.ContainsFunc(p.actions, func(a action) bool { return a.verb == "thread-by" })
	}
	return set
}

// bucket gives the rules for an event in an inbox; nil when there are none.
func (s *ruleSet) bucket(on RuleEvent, in Inbox) *bucket {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := bucketKey{on, in.ID}
	b, known := s.buckets[key]
	if known {
		return b
	}
	var rules []*preparedRule
	for _, p := range s.rules {
		if p.countsIn(in) && p.runsOn(on) {
			rules = append(rules, p)
		}
	}
	if len(rules) > 0 {
		b = s.newBucket(rules)
	}
	s.buckets[key] = b
	return b
}

func (s *ruleSet) newBucket(rules []*preparedRule) *bucket {
	b := &bucket{set: s, rules: rules, lexicons: map[spot]*lexicon{}, headers: map[string]bool{}}
	for i, p := range rules {
		if p.broken != nil {
			continue
		}
		b.index(i, p.when)
		if p.when != nil {
			b.language = b.language || p.when.asks(TermLang)
			b.customer = b.customer || p.when.asks(TermOwner) || p.when.asks(TermContact) || p.when.asks(TermCompany) || p.when.asksFor(TermHas, HasOpenDeal)
			b.stages = b.stages || p.when.asks(TermStage) || p.when.asks(TermPipeline)
			b.clocks = b.clocks || p.when.asks(TermSLA)
			b.hours = b.hours || p.when.asksFor(TermIs, IsInHours) || p.when.asksFor(TermIs, IsOffHours)
			b.asksAuth = b.asksAuth || p.when.asks(TermAuth)
			p.when.headers(b.headers)
		}
	}
	return b
}

// asks reports whether a term stands anywhere in the condition.
func (c *clause) asks(t Term) bool {
	return c.Term == t || slices.ContainsFunc(c.args, func(a clause) bool { return a.asks(t) })
}

// asksFor reports whether a term with a value stands anywhere in the condition.
func (c *clause) asksFor(t Term, value string) bool {
	return c.Term == t && c.Text == value || slices.ContainsFunc(c.args, func(a clause) bool { return a.asksFor(t, value) })
}

// headers adds the fields that the condition asks for.
func (c *clause) headers(names map[string]bool) {
	if c.Term == TermHeader {
		names[c.name] = true
	}
	for i := range c.args {
		c.args[i].headers(names)
	}
}
