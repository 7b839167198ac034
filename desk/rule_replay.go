package desk

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
)

// Replay is what rules would do with mail that is here already, without doing
// it: the present ones beside another set of them (row F128).
type Replay struct {
	// Mails is how many were looked at; Cut says that there may be older ones
	// that were left out.
	Mails int
	Cut   bool
	// Different are those with which the other set does something else, in the
	// order in which they came.
	Different []Replayed
	// Rules are all of both sets that count, in the order of the other one,
	// with how often each matched.
	Rules []ReplayedRule
}

// Replayed is a mail that is treated in another way.
type Replayed struct {
	Conversation ConversationID
	Message      MessageID
	At           time.Time
	Inbox        string
	From         string
	Subject      string
	// Was and Is are the actions of the two sets, in words; empty for none.
	Was, Is string
}

// ReplayedRule is how often a rule matched, as it is and as it would be.
type ReplayedRule struct {
	Name    string
	Was, Is int
}

// ReplayOptions say what is replayed.
type ReplayOptions struct {
	// Since is the time of the oldest mail.
	Since time.Time
	// Most is how many mails are looked at, of more the newest; 0 is all.
	Most int
	// Rules are the other set; without one the present rules are counted.
	Rules []RuleText
	// Reread parses a stored mail once more. It is needed for what is not kept
	// of a mail, and called only when some rule asks for that: a header field.
	Reread func(RawMail) Incoming
}

// Replay goes through the mail of the inboxes the actor sees, and writes
// nothing. Who may not change the rules where one of the others counts may not
// rehearse it; those that are as they were need no right. A conversation is
// asked as it began, or for a reply as it is now.
func (s *Seat) Replay(ctx context.Context, o ReplayOptions) (Replay, error) {
	var rp *replaying
	err := s.d.store.Read(ctx, func(r Reader) error {
		now, err := r.Rules()
		if err != nil {
			return err
		}
		now = slices.DeleteFunc(now, func(rule Rule) bool {
			ok, failure := s.seesRule(r, rule)
			err = errors.Join(err, failure)
			return !ok
		})
		other := now
		if o.Rules != nil {
			if other, err = s.readRules(r, o.Rules, now); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		rp = &replaying{seat: s, r: r, o: o, was: newRuleSet(0, now), is: newRuleSet(0, other), hits: map[string]*ReplayedRule{}, sees: map[InboxID]bool{}}
		for _, rule := range slices.Concat(other, now) {
			if rule.Enabled && rp.hits[FoldName(rule.Name)] == nil {
				h := &ReplayedRule{Name: rule.Name}
				rp.hits[FoldName(rule.Name)], rp.order = h, append(rp.order, h)
			}
		}
		return rp.all(ctx)
	})
	if err != nil {
		return Replay{}, err
	}
	for _, h := range rp.order {
		rp.found.Rules = append(rp.found.Rules, *h)
	}
	return rp.found, nil
}

// readRules makes rules of texts, in their order. Their names must differ. A
// text that says what one of the present rules says is that rule.
func (s *Seat) readRules(r Reader, texts []RuleText, now []Rule) ([]Rule, error) {
	there := map[string]Rule{}
	for _, rule := range now {
		t, err := textOf(r, rule)
		if err != nil {
			return nil, err
		}
		there[t.String()] = rule
	}
	var list []Rule
	for i, t := range texts {
		rule, ok := there[t.String()]
		if !ok {
			var err error
			if rule, err = s.readRule(r, t); err != nil {
				return nil, err
			}
		}
		if slices.ContainsFunc(list, func(o Rule) bool { return FoldName(o.Name) == FoldName(rule.Name) }) {
			return nil, conflict("NAME_IN_USE", "Choose another name.", "There are two rules %q.", rule.Name)
		}
		rule.ID, rule.Position = RuleID(i+1), i+1
		list = append(list, rule)
	}
	return list, nil
}

// replaying is one replay under way.
type replaying struct {
	seat    *Seat
	r       Reader
	o       ReplayOptions
	was, is *ruleSet
	hits    map[string]*ReplayedRule
	order   []*ReplayedRule
	// sees are the inboxes that were asked for, with whether the actor sees them.
	sees  map[InboxID]bool
	found Replay
}

// all goes through the messages in pages, the newest first, and brings what was
// found into the order in which it came.
func (rp *replaying) all(ctx context.Context) error {
	const page = 500
	since, before := FirstMessageID(max(rp.o.Since.Unix(), 0)), MessageID(math.MaxInt64)
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		list, err := rp.r.OriginsBefore(before, page)
		if err != nil {
			return err
		}
		more = len(list) == page
		for _, m := range list {
			if before = m.ID; before < since {
				more = false
				break
			}
			if rp.found.Cut = rp.o.Most > 0 && rp.found.Mails >= rp.o.Most; rp.found.Cut {
				more = false
				break
			}
			if err := rp.look(m); err != nil {
				return err
			}
		}
	}
	slices.Reverse(rp.found.Different)
	return nil
}

// look asks about a message if it is a mail that came into an inbox the actor
// sees.
func (rp *replaying) look(m Message) error {
	if m.Direction != In {
		return nil
	}
	sees, known := rp.sees[m.Inbox]
	if !known {
		var err error
		if sees, err = rp.seat.sees(rp.r, m.Inbox); err != nil {
			return err
		}
		rp.sees[m.Inbox] = sees
	}
	if !sees {
		return nil
	}
	return rp.one(m.ID)
}

// one lets both sets look at a mail.
func (rp *replaying) one(id MessageID) error {
	m, err := rp.r.Message(id)
	if err != nil {
		return err
	}
	c, err := standing(rp.r, m.Conversation)
	if err != nil || c.ID == 0 || m.Mail.Auto.Kind == AutoOwn {
		return err
	}
	in, err := rp.r.Inbox(m.Inbox)
	if err != nil {
		return err
	}
	o := occasion{message: &m, incoming: &Incoming{AuthFailed: m.AuthFailed}, began: m.At.Equal(c.CreatedAt)}
	if rp.rereads(in) && m.Raw != 0 && rp.o.Reread != nil {
		raw, err := rp.r.RawMail(m.Raw)
		if err != nil {
			return err
		}
		again := rp.o.Reread(raw)
		m.Mail.Fields, o.incoming = again.Mail.Fields, &again
	}
	rp.found.Mails++
	was, err := rp.outcome(rp.was, o, c, in, func(h *ReplayedRule) { h.Was++ })
	if err != nil {
		return err
	}
	is, err := rp.outcome(rp.is, o, c, in, func(h *ReplayedRule) { h.Is++ })
	if err != nil || was == is {
		return err
	}
	told := Replayed{Conversation: c.ID, Message: m.ID, At: m.At, Inbox: in.Name, Subject: m.Mail.Subject, Was: was, Is: is}
	if len(m.Mail.From) > 0 {
		told.From = m.Mail.From[0].Addr
	}
	rp.found.Different = append(rp.found.Different, told)
	return nil
}

// rereads reports whether some rule asks in an inbox for what is not kept.
func (rp *replaying) rereads(in Inbox) bool {
	for _, set := range []*ruleSet{rp.was, rp.is} {
		if b := set.bucket(OnCreated, in); b != nil && (len(b.headers) > 0 || b.asksAuth) {
			return true
		}
	}
	return false
}

// outcome is what a set would do with a mail, in words.
func (rp *replaying) outcome(set *ruleSet, o occasion, c Conversation, in Inbox, hit func(*ReplayedRule)) (string, error) {
	on := OnReceived
	if o.began {
		on = OnCreated
	}
	b := set.bucket(on, in)
	if b == nil {
		return "", nil
	}
	f, err := rp.seat.d.factsOf(rp.r, b, o, c)
	if err != nil {
		return "", err
	}
	f.Home, f.Inbox, f.At = in.ID, FoldName(in.Name), o.message.At
	if b.hours {
		if f.Off, err = workingHours(rp.r, c, f.At); err != nil {
			return "", err
		}
	}
	if o.began {
		f.Place, f.Owed, f.Assignee, f.Team, f.Tags, f.Priority = InOpen, !f.Auto, "", "", nil, NoPriority
		f.Ticket, f.Stage, f.Pipeline, f.Due, f.SLA = false, "", "", time.Time{}, nil
	}
	var words []string
	for _, p := range b.candidates(f) {
		if !p.matches(f, nil) {
			continue
		}
		hit(rp.hits[FoldName(p.Name)])
		stopped := false
		for _, a := range p.actions {
			stopped = stopped || a.verb == "stop"
			if a.foresee != nil {
				a.foresee(&f.situation, a.words)
			}
			if a.verb == "stop" {
				continue
			}
			if a.last { // a later one takes the place of an earlier one
				words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, a.verb+" ") })
			}
			if !slices.Contains(words, a.String()) {
				words = append(words, a.String())
			}
		}
		if stopped {
			break
		}
	}
	return strings.Join(words, ", "), nil
}

// Tested is what a rule says to one conversation.
type Tested struct {
	Matched bool
	// Counts says that the rule counts in the conversation's inbox at all.
	Counts bool
	Asked  []Asked
	// Then are the actions it would have.
	Then []string
}

// TestRule asks a rule about the newest mail of a conversation from outside,
// as if it had come in just now, and does nothing.
func (s *Seat) TestRule(ctx context.Context, t RuleText, id ConversationID, reread func(RawMail) Incoming) (Tested, error) {
	var res Tested
	err := s.d.store.Read(ctx, func(r Reader) error {
		res = Tested{}
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		rule, err := s.readRule(r, t)
		if err != nil {
			return err
		}
		in, err := r.Inbox(c.Inbox)
		if err != nil {
			return err
		}
		rule.Enabled = true
		p := prepare(rule)
		m, err := r.LastMail(c.ID)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		o := occasion{message: &m, incoming: &Incoming{AuthFailed: m.AuthFailed}, began: m.At.Equal(c.CreatedAt)}
		if m.Raw != 0 && reread != nil {
			raw, err := r.RawMail(m.Raw)
			if err != nil {
				return err
			}
			again := reread(raw)
			m.Mail.Fields, o.incoming = again.Mail.Fields, &again
		}
		set := newRuleSet(0, []Rule{rule})
		f, err := s.d.factsOf(r, set.newBucket([]*preparedRule{p}), o, c)
		if err != nil {
			return err
		}
		var tr trace
		res.Matched, res.Counts = p.matches(f, &tr), p.countsIn(in)
		res.Asked, res.Then = tr.asked, rule.Then
		return nil
	})
	return res, err
}
