package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Explanation says why a conversation is where it is, from what was kept when
// it happened (rows S101, F129): nothing of it depends on how things are now.
type Explanation struct {
	Row
	// Runs are the occasions on which rules were asked, oldest first.
	Runs []ExplainedRun
	// Routing says in lines how it last got somebody by itself, or why nobody,
	// with all who were looked at; see [Seat.Routing].
	Routing []string
	// Returns is when it goes back to the queue unless who has it does
	// something, as things are now; zero for never. See [Silence].
	Returns time.Time
	// Events are what was done with the conversation, by rules and by people,
	// oldest first.
	Events []Entry
}

// ExplainedRun is one occasion.
type ExplainedRun struct {
	At time.Time
	On RuleEvent
	// Message is the mail, 0 where there was none; Subject and From are its own.
	Message       MessageID
	Subject, From string
	// Rules are those that count for such a thing, in their order as it was.
	Rules []ExplainedRule
}

// ExplainedRule is what became of one rule.
type ExplainedRule struct {
	Name    string
	Matched bool
	// Skipped is why it was not asked, or did nothing although it matched.
	Skipped string
	// Asked are the conditions that were looked at, until it was decided.
	Asked []Asked
	// Done are its actions, with what came of them.
	Done []ActDone
}

// What rules saw and did is kept for the newest occasions of a conversation, and
// for a year. What they did is in its journal for good.
const (
	ruleRunsKept    = 50
	ruleRunsKeptFor = 365 * 24 * time.Hour
)

// ruleRunsEnd is when the oldest run is to be forgotten: a day late, so that a
// desk does not wake for each of them.
func (d *Desk) ruleRunsEnd(r Reader, _ time.Time) (time.Time, error) {
	at, err := r.OldestRuleRun()
	if err != nil || at.IsZero() {
		return time.Time{}, err
	}
	return at.Add(ruleRunsKeptFor + 24*time.Hour), nil
}

// forgetRuleRuns forgets what is older than it has to be.
func (d *Desk) forgetRuleRuns(w Writer, now time.Time) error {
	return w.ForgetRuleRuns(now.Add(-ruleRunsKeptFor), tickRows)
}

// Explain says why a conversation is where it is. Rules of inboxes that the
// actor does not see are left out.
func (s *Seat) Explain(ctx context.Context, id ConversationID) (Explanation, error) {
	var x Explanation
	err := s.d.store.Read(ctx, func(r Reader) error {
		x = Explanation{}
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		t, err := r.Thread(s.actor.User, c.ID, ThreadLimit)
		if err != nil {
			return err
		}
		x.Row = t.Row
		var events []Event
		for _, it := range t.Items {
			if it.Event != nil {
				events = append(events, *it.Event)
			}
		}
		if x.Events, err = told(r, events); err != nil {
			return err
		}
		if x.Routing, err = routingTold(r, c.ID); err != nil {
			return err
		}
		if x.Returns, err = s.d.returnsAt(r, c); err != nil {
			return err
		}
		runs, err := r.RuleRuns(c.ID, ruleRunsKept)
		if err != nil {
			return err
		}
		sets := map[Edition]*ruleSet{}
		for _, run := range runs {
			if sets[run.Edition] == nil {
				if sets[run.Edition], err = rulesAt(r, run.Edition); err != nil {
					return err
				}
			}
			told, err := s.explainRun(r, sets[run.Edition], run)
			if err != nil {
				return err
			}
			x.Runs = append(x.Runs, told)
		}
		return nil
	})
	return x, err
}

// explainRun goes once more through the rules as they were, with what they saw.
func (s *Seat) explainRun(r Reader, set *ruleSet, run RuleRun) (ExplainedRun, error) {
	x := ExplainedRun{At: run.At, On: run.On, Message: run.Message}
	f := &facts{}
	var did []acted
	if err := errors.Join(json.Unmarshal(run.Facts, &f.situation), json.Unmarshal(run.Acted, &did)); err != nil {
		return x, err
	}
	m, err := r.Message(f.Mail)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return x, err
	}
	f.mail = m.Mail
	x.Subject = m.Mail.Subject
	if len(m.Mail.From) > 0 {
		x.From = m.Mail.From[0].Addr
	}
	in, err := r.Inbox(f.Home)
	if errors.Is(err, ErrNoRow) {
		return x, nil
	}
	if err != nil {
		return x, err
	}
	b := set.bucket(run.On, in)
	if b == nil {
		return x, nil
	}
	stopped := ""
	for _, p := range b.rules {
		told := p.explained(f, did, &stopped)
		if ok, err := s.seesRule(r, p.Rule); err != nil {
			return x, err
		} else if ok {
			x.Rules = append(x.Rules, told)
		}
	}
	return x, nil
}

// explained asks one rule again. After one that ran, the next sees what it had
// made of the conversation.
func (p *preparedRule) explained(f *facts, did []acted, stopped *string) ExplainedRule {
	x := ExplainedRule{Name: p.Name}
	if *stopped != "" {
		x.Skipped = "the rule \"" + *stopped + "\" before it said stop"
		return x
	}
	if p.broken != nil {
		x.Skipped = "it could not be read: " + p.broken.Error()
		return x
	}
	var t trace
	x.Matched = p.matches(f, &t)
	x.Asked = t.asked
	at := slices.IndexFunc(did, func(a acted) bool { return a.Rule == p.ID })
	switch {
	case at >= 0:
		x.Matched, x.Done, f.situation = true, did[at].Done, did[at].After
		if slices.ContainsFunc(p.actions, func(a action) bool { return a.verb == "stop" }) {
			*stopped = p.Name
		}
	case x.Matched:
		x.Skipped = "it had run for this already"
	}
	return x
}
