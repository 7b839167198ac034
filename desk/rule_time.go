package desk

import (
	"time"
)

// Rules that wait for time (rows S171, F187). Each remembers how far it has
// looked; what has been idle long enough since is found by the index of the
// queue, so that nothing is asked twice and nothing polls. A rule does not look
// back behind the moment it was made or changed.

// Idle is a conversation in which nothing has happened, and since when.
type Idle struct {
	Conversation ConversationID
	Since        time.Time
}

// timedRules gives each event of each rule that waits for time.
func (d *Desk) timedRules(r Reader, give func(p *preparedRule, e RuleEvent, in Inbox) error) error {
	set, err := d.rules(r)
	if err != nil || !set.timed {
		return err
	}
	inboxes, err := r.Inboxes()
	if err != nil {
		return err
	}
	for _, p := range set.rules {
		for _, e := range p.On {
			if !e.timed() || p.broken != nil {
				continue
			}
			for _, in := range inboxes {
				if !p.countsIn(in) {
					continue
				}
				if err := give(p, e, in); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// rulesDue is when a rule has waited long enough next.
func (d *Desk) rulesDue(r Reader, _ time.Time) (time.Time, error) {
	var next time.Time
	checked, err := checkedOf(r)
	if err != nil {
		return next, err
	}
	err = d.timedRules(r, func(p *preparedRule, e RuleEvent, in Inbox) error {
		since, err := r.NextIdle(in.ID, e.kind() == OnWaiting, e.before(checked[p.ID]))
		if err != nil || since.IsZero() {
			return err
		}
		if at := e.after(since); next.IsZero() || at.Before(next) {
			next = at
		}
		return nil
	})
	return next, err
}

// checkedOf is how far each rule has looked.
func checkedOf(r Reader) (map[RuleID]time.Time, error) {
	list, err := r.Rules()
	checked := make(map[RuleID]time.Time, len(list))
	for _, rule := range list {
		checked[rule.ID] = rule.Checked
	}
	return checked, err
}

// runTimedRules runs what has waited long enough.
func (d *Desk) runTimedRules(w Writer, now time.Time) error {
	checked, err := checkedOf(w)
	if err != nil {
		return err
	}
	until := map[RuleID]time.Time{}
	var due []func() error
	err = d.timedRules(w, func(p *preparedRule, e RuleEvent, in Inbox) error {
		owed := e.kind() == OnWaiting
		from, to := e.before(checked[p.ID]), e.before(now)
		list, err := w.Idle(in.ID, owed, from, to, tickRows)
		if err != nil {
			return err
		}
		at := now
		if len(list) == tickRows {
			// The rest is for the next turn, but for what is of the same moment.
			to = list[tickRows-1].Since
			at = e.after(to)
			if list, err = w.Idle(in.ID, owed, from, to, 100*tickRows); err != nil {
				return err
			}
		}
		if has, known := until[p.ID]; !known || at.Before(has) {
			until[p.ID] = at
		}
		for _, idle := range list {
			due = append(due, func() error {
				if e.after(idle.Since).After(until[p.ID]) {
					return nil
				}
				return d.runTimed(w, p, e, idle)
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, at := range until {
		if ok, err := w.SetRuleChecked(id, checked[id], at); err != nil || !ok {
			return err // another process was here first
		}
	}
	for _, run := range due {
		if err := run(); err != nil {
			return err
		}
	}
	return nil
}

// runTimed runs one rule for one conversation.
func (d *Desk) runTimed(w Writer, p *preparedRule, e RuleEvent, idle Idle) error {
	c, err := w.Conversation(idle.Conversation)
	if err != nil {
		return err
	}
	mark := idle.Since.UnixMilli()
	if e.kind() == OnSilent {
		last, err := w.LastMail(c.ID)
		if err != nil || last.Direction != Out {
			return err // nobody was asked anything
		}
		mark = int64(last.ID)
	}
	set, err := d.rules(w)
	if err != nil {
		return err
	}
	o := occasion{event: &Event{At: d.now(), Inbox: c.Inbox, Conversation: c.ID}}
	hit := RuleHit{Conversation: c.ID, Occasion: "time", Mark: mark, At: d.now()}
	acted, err := d.runRules(w, o, &c, hit, e, set, set.newBucket([]*preparedRule{p}))
	if err != nil || !acted {
		return err
	}
	c.Version++
	return w.SaveConversation(c)
}

// after is the time an event's age after a moment.
func (e RuleEvent) after(at time.Time) time.Time { return at.Add(at.Sub(e.before(at))) }
