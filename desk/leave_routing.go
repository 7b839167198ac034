package desk

import (
	"slices"
	"strings"
)

// What gives work out by somebody's name does not know that he has left: a rule
// would fail without a sound, or find whoever has the login next. So the rules
// and strategies that name him are passed on like all else, see [Leaving].

// namesUser reports whether the rule gives something to the user with a folded
// login, tells him something, or asks for him.
func (r Rule) namesUser(login string) bool {
	return r.names(func(e Expr) bool { return e.asksUser(login) }) ||
		slices.ContainsFunc(r.Then, func(line string) bool { return renamedAction(line, login, "") != line })
}

// asksUser reports whether the leaf asks for a user.
func (e Expr) asksUser(login string) bool {
	return (e.Term == TermAssignee || e.Term == TermOwner) && FoldName(e.Text) == login
}

// renamedAction is an action with another user in the place of one.
func renamedAction(line, from, to string) string {
	a, err := parseAction(line)
	if err != nil {
		return line
	}
	switch a.verb {
	case verbAssign:
		words := strings.Split(a.words, elseMark)
		for i, w := range words {
			if w == from {
				words[i] = to
			}
		}
		a.words = strings.Join(words, elseMark)
	case verbNotify:
		who, text, _ := strings.Cut(a.words, " ")
		if who != from {
			return line
		}
		a.words = strings.TrimSpace(to + " " + text)
	default:
		return line
	}
	return a.String()
}

// renamed is an expression with another user in the place of one.
func (e Expr) renamed(from, to string) Expr {
	if e.asksUser(from) {
		e.Text = to
	}
	e.Args = slices.Clone(e.Args)
	for i, a := range e.Args {
		e.Args[i] = a.renamed(from, to)
	}
	return e
}

// names reports whether the strategy chooses among users of whom he is one by
// name, or leads to him.
func (st Strategy) names(u UserID) bool {
	return slices.Contains(st.Targets, Grantee{ToUser, int64(u)}) || slices.Contains(st.Else, Choice{ToOne, int64(u)})
}

// routes finds the enabled rules and the strategies that name him. The rules of
// personal inboxes are their owners', and go with them.
func (h *Holdings) routes(r Reader, u User, inboxes []Inbox) error {
	rules, err := r.Rules()
	if err != nil {
		return err
	}
	personal := func(id InboxID) bool {
		return slices.ContainsFunc(inboxes, func(in Inbox) bool { return in.ID == id && in.Kind == Personal })
	}
	for _, rule := range rules {
		if rule.Enabled && !personal(rule.Inbox) && rule.namesUser(FoldName(u.Login)) {
			h.Rules, h.rules = append(h.Rules, rule.Name), append(h.rules, rule)
		}
	}
	strategies, err := r.Strategies()
	for _, st := range strategies {
		if st.names(u.ID) {
			h.Strategies, h.strategies = append(h.Strategies, st.Name), append(h.strategies, st)
		}
	}
	return err
}

// passRules lets the rules name somebody else, who must be able to do what they
// say of him, or turns them off.
func (s *Seat) passRules(w Writer, u User, h Holdings, g Going, to User) error {
	for _, rule := range h.rules {
		before, err := textOf(w, rule)
		if err != nil {
			return err
		}
		kind := RuleDisabled
		rule.Enabled = false
		if g.Fate == Transfer {
			t := before
			t.Then = make([]string, len(before.Then))
			for i, line := range before.Then {
				t.Then[i] = renamedAction(line, FoldName(u.Login), FoldName(to.Login))
			}
			q, err := ParseCondition(before.When)
			if err != nil {
				return err
			}
			if q.Expr != nil {
				e := q.Expr.renamed(FoldName(u.Login), FoldName(to.Login))
				t.When = Query{Expr: &e}.String()
			}
			fresh, err := s.readRule(w, t)
			if err != nil {
				return err
			}
			fresh.ID, fresh.Position, fresh.Checked, fresh.Hits, fresh.LastHit = rule.ID, rule.Position, s.d.now(), rule.Hits, rule.LastHit
			kind, rule = RuleEdited, fresh
		}
		if err := s.noteRule(w, &rule, kind, &before, ""); err != nil {
			return err
		}
	}
	return nil
}

// passStrategies lets the strategies choose among others without him, or have
// somebody else in his place, who must be able to answer wherever they are used.
func (s *Seat) passStrategies(w Writer, u User, h Holdings, g Going, to User) error {
	for _, st := range h.strategies {
		before, err := s.strategyView(w, st)
		if err != nil {
			return err
		}
		st.Targets, st.Else = passed(st.Targets, Grantee{ToUser, int64(u.ID)}, Grantee{ToUser, int64(to.ID)}, g.Fate), passed(st.Else, Choice{ToOne, int64(u.ID)}, Choice{ToOne, int64(to.ID)}, g.Fate)
		if st.Kind.chooses() && len(st.Targets) == 0 {
			return conflict("NO_TARGETS", "Say --strategies transfer:LOGIN, or give it somebody else first with: "+command("strategy", "set", st.Name, "--on", "LOGIN"),
				"The strategy %q would have nobody to choose among.", st.Name)
		}
		if err := w.SaveStrategy(st); err != nil {
			return err
		}
		if err := checkUses(w, st); err != nil {
			return err
		}
		after, err := s.strategyView(w, st)
		if err != nil {
			return err
		}
		if err := w.Append(s.event(EventStrategySet, 0, 0, state(before.words()), state(after.words()))); err != nil {
			return err
		}
	}
	return nil
}

// passed is a list without from, or with Transfer with to in its place, each once.
func passed[T comparable](list []T, from, to T, fate Fate) []T {
	var rest []T
	for _, one := range list {
		if one == from && fate == Transfer {
			one = to
		}
		if one != from && !slices.Contains(rest, one) {
			rest = append(rest, one)
		}
	}
	return rest
}
