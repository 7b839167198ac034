package desk

import (
	"slices"
	"strings"
)

// ruleVerb is one thing a rule can do. Everything about it is said here; another
// one is another row of [ruleVerbs].
type ruleVerb struct {
	verb string
	// example is how it is written; it begins with the verb.
	example string
	// says is what it does, for the help and the manual.
	says string
	// shared says that a personal inbox has none of it (row S215).
	shared bool
	// mail says that it needs a mail that came in.
	mail bool
	// read checks the words behind the verb and gives them as they are kept.
	read func(words string) (string, error)
	// check refuses what cannot be carried out in the inboxes where the rule
	// counts; nil where nothing can be missing.
	check func(s *Seat, r Reader, inboxes []Inbox, words string) error
	// do carries it out and says in a few words what came of it. An [Error] is
	// noted with the run and stops nothing else; any other one ends the
	// transaction.
	do func(run *ruleRun, words string) (string, error)
	// foresee is what a later rule will see of it; nil for nothing. last says
	// that of several only the last counts.
	foresee func(f *situation, words string)
	last    bool
}

func ruleVerbs() []ruleVerb {
	return slices.Concat(ownVerbs(), ticketVerbs(), messageVerbs())
}

// ownVerbs change the conversation itself.
func ownVerbs() []ruleVerb {
	return []ruleVerb{
		{
			verb: verbAssign, example: "assign maya", says: "gives it to a user, a team, or who a strategy finds (strategy:NAME, contact-owner, deal-owner), or else the next", shared: true,
			read: readAssign, check: checkAssign, do: (*ruleRun).assign, last: true,
			foresee: func(f *situation, who string) {
				team, ok := strings.CutPrefix(who, teamMark)
				switch {
				case ok:
					f.Assignee, f.Team = "", team
				case who == toNobody:
					f.Assignee, f.Team = "", ""
				default:
					f.Assignee, f.Team = who, ""
				}
			},
		},
		{
			verb: "tag", example: "tag invoice", says: "gives it tags, or with a minus takes them away: tag invoice -new",
			read: readTag, do: (*ruleRun).tag,
			foresee: func(f *situation, words string) {
				add, remove, _ := tagWords(words)
				f.Tags = retagged(f.Tags, add, remove)
			},
		},
		{
			verb: "priority", example: "priority high", says: "says how much it matters: none, low, medium, high, urgent",
			read: readPriority, do: (*ruleRun).priority, last: true,
			foresee: func(f *situation, word string) { f.Priority, _ = ParsePriority(word) },
		},
		{
			verb: "snooze", example: "snooze 3d", says: "takes it out of the queue for an age, or until a real mail comes",
			read: readAge, do: (*ruleRun).snooze, last: true,
			foresee: func(f *situation, _ string) { f.Place = InSnoozed },
		},
		{
			verb: "close", example: "close", says: "closes it", read: noWords, do: (*ruleRun).close,
			foresee: func(f *situation, _ string) { f.Place = InClosed },
		},
		{
			verb: "spam", example: "spam", says: "puts it with the spam", read: noWords, do: (*ruleRun).spam,
			foresee: func(f *situation, _ string) { f.Place = InSpam },
		},
		{verb: "stop", example: "stop", says: "lets no later rule run this time", read: noWords, do: (*ruleRun).stop},
	}
}

// RuleVerb describes an action for people.
type RuleVerb struct {
	Verb, Example, Says string
	// Shared says that a personal inbox has none of it.
	Shared bool
}

// RuleVerbs are all actions a rule can have.
func RuleVerbs() []RuleVerb {
	var list []RuleVerb
	for _, v := range ruleVerbs() {
		list = append(list, RuleVerb{v.verb, v.example, v.says, v.shared})
	}
	return list
}

// action is one action of a rule, read.
type action struct {
	ruleVerb
	words string
}

func (a action) String() string { return strings.TrimSpace(a.verb + " " + a.words) }

// ParseAction reads an action as people write it, like "assign maya", and gives
// it as it is kept. It does not look at whether it can be carried out.
func ParseAction(line string) (string, error) {
	a, err := parseAction(line)
	return a.String(), err
}

func parseAction(line string) (action, error) {
	line = strings.TrimSpace(line)
	word, rest, _ := strings.Cut(line, " ")
	word = strings.ToLower(word)
	verbs := ruleVerbs()
	at := slices.IndexFunc(verbs, func(v ruleVerb) bool { return v.verb == word })
	if at < 0 {
		var words []string
		for _, v := range verbs {
			words = append(words, v.verb)
		}
		hint := "There are: " + strings.Join(words, ", ")
		if near, ok := nearest(word, words); ok {
			hint = "Did you mean: " + near + "?"
		}
		return action{}, invalid("BAD_ACTION", hint, "A rule cannot %q.", Snippet(line, 60))
	}
	if len(line) > maxAction {
		return action{}, invalid("BAD_ACTION", "Say it in fewer words.", "The action %q is longer than %d bytes.", Snippet(line, 40), maxAction)
	}
	kept, err := verbs[at].read(strings.TrimSpace(rest))
	return action{verbs[at], kept}, err
}

// maxAction is how long an action may be, in bytes: an answer is the longest.
const maxAction = 8 << 10

func noWords(words string) (string, error) {
	if words != "" {
		return "", invalid("BAD_ACTION", "Write each action alone.", "%q says too much.", Snippet(words, 40))
	}
	return "", nil
}

// oneWord reads a single folded word that must be there.
func oneWord(words, example string) (string, error) {
	list := strings.Fields(words)
	if len(list) != 1 {
		return "", invalid("BAD_ACTION", "For example: "+example, "%q is not what can stand there.", Snippet(words, 40))
	}
	return FoldName(list[0]), nil
}

const verbAssign = "assign"

const toNobody = "nobody"

// elseMark stands between what is tried one after the other.
const elseMark = " else "

func readAssign(words string) (string, error) {
	var list []string
	for word := range strings.SplitSeq(strings.ToLower(words), elseMark) {
		who, err := oneWord(word, "assign maya, or: assign contact-owner else strategy:rota")
		if err != nil {
			return "", err
		}
		list = append(list, strings.TrimPrefix(who, "user:"))
	}
	return strings.Join(list, elseMark), nil
}

// plainUser reports whether an assignment names one user, or nobody, and no way
// to find one.
func plainUser(who string) bool {
	return !strings.ContainsAny(who, " :") && ChoiceKind(who) != ToContactOwner && ChoiceKind(who) != ToDealOwner
}

// parseChain reads what is tried one after the other.
func parseChain(r Reader, words string) ([]Choice, error) {
	var chain []Choice
	for word := range strings.SplitSeq(words, elseMark) {
		c, err := parseChoice(r, word)
		if err != nil {
			return nil, err
		}
		chain = append(chain, c)
	}
	return chain, nil
}

// checkAssign refuses who cannot answer where the rule counts (S106).
func checkAssign(_ *Seat, r Reader, inboxes []Inbox, who string) error {
	if who == toNobody {
		return nil
	}
	if !plainUser(who) {
		chain, err := parseChain(r, who)
		for _, in := range inboxes {
			if err == nil {
				err = checkRouting(r, in, chain)
			}
		}
		return err
	}
	u, err := named(r, who)
	if err != nil {
		return err
	}
	for _, in := range inboxes {
		if ok, err := answersIn(r, in.ID, u.ID); err != nil {
			return err
		} else if !ok {
			return conflict("NO_ACCESS", "Let them in first with: postroom inbox member add "+in.Name+" "+u.Login+", or let the rule count elsewhere", "%s does not answer in %q, where the rule counts.", u.Name, in.Name)
		}
	}
	return nil
}

// tagWords reads tags to give, and with a minus in front to take away.
func tagWords(words string) (add, remove []string, err error) {
	for _, w := range strings.Fields(words) {
		if name, minus := strings.CutPrefix(w, "-"); minus {
			remove = append(remove, name)
		} else {
			add = append(add, w)
		}
	}
	if len(add)+len(remove) == 0 {
		return nil, nil, invalid("BAD_ACTION", "For example: tag invoice", "There is no tag.")
	}
	if add, err = ParseTags(add); err != nil {
		return nil, nil, err
	}
	remove, err = ParseTags(remove)
	return add, remove, err
}

func readTag(words string) (string, error) {
	add, remove, err := tagWords(words)
	for _, tag := range remove {
		add = append(add, "-"+tag)
	}
	return strings.Join(add, " "), err
}

func readPriority(words string) (string, error) {
	p, err := ParsePriority(words)
	return p.String(), err
}

func readAge(words string) (string, error) {
	age := strings.ToLower(words)
	if n, _, ok := ageOf(age); !ok || n == 0 {
		return "", invalid("BAD_ACTION", "Use a number and h, d, w, m or y, like: snooze 3d", "%q is not an age.", Snippet(words, 40))
	}
	return age, nil
}
