package desk

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// RuleHit is one run of a rule. It is kept so that no rule runs twice for the
// same thing (F189).
type RuleHit struct {
	Rule         RuleID
	Conversation ConversationID
	// Occasion and Mark say for what: a mail by its number, a change by the
	// conversation's version, the end of a time by when that began.
	Occasion string
	Mark     int64
	At       time.Time
}

// RuleRun is what was asked of a conversation's rules on one occasion, with all
// that is needed to explain it later: the rules are those of Edition, what they
// could see is Facts, the conversation behind each that matched in Acted.
type RuleRun struct {
	Conversation ConversationID
	Message      MessageID // 0 where there was no mail
	On           RuleEvent
	At           time.Time
	Edition      Edition
	// Facts and Acted are the desk's own, as JSON.
	Facts, Acted json.RawMessage
}

// acted is a rule that matched, in the journal of a run.
type acted struct {
	Rule RuleID    `json:"rule"`
	Done []ActDone `json:"done"`
	// After is the conversation as the next rule saw it.
	After situation `json:"after"`
}

// ActDone is an action and what came of it.
type ActDone struct {
	Action string `json:"action"`
	// Said is what it did, or with Failed why it could not.
	Said   string `json:"said,omitempty"`
	Failed bool   `json:"failed,omitempty"`
}

// ruleRun is one going through the rules.
type ruleRun struct {
	d *Desk
	w Writer
	o occasion
	c *Conversation
	f *facts
	// on is what the rules run on.
	on RuleEvent
	// rule is the one whose actions are carried out.
	rule    *preparedRule
	stopped bool
}

// actor is the rule, for the journal.
func (run *ruleRun) actor() Actor { return Actor{Kind: ActorRule, Login: run.rule.Name} }

// event is one of the rule's in the conversation.
func (run *ruleRun) event(kind EventKind, before, after any) *Event {
	ev := &Event{At: run.d.now(), Actor: run.actor(), Kind: kind, Inbox: run.c.Inbox, Conversation: run.c.ID}
	if before != nil {
		ev.Before = state(before)
	}
	if after != nil {
		ev.After = state(after)
	}
	return ev
}

// changed journals a change that the rule has made to the conversation, and
// lets follow what follows from it. No other rule does.
func (run *ruleRun) changed(ev *Event) error {
	if err := run.w.Append(ev); err != nil {
		return err
	}
	return run.d.react(run.w, occasion{event: ev}, run.c)
}

// ruleOccasion says on what rules run, and by what it is told from another
// occasion of that kind.
func ruleOccasion(o occasion, c Conversation) (on RuleEvent, occasion string, mark int64) {
	switch o.event.Kind {
	case EventReceived:
		if o.began {
			return OnCreated, "mail", int64(o.event.Message)
		}
		return OnReceived, "mail", int64(o.event.Message)
	case EventSent, EventSentOutside:
		return OnReplied, "mail", int64(o.event.Message)
	case EventAssigned:
		return OnAssigned, "change", c.Version
	case EventStage:
		return OnStage, "change", c.Version
	case EventClockSoon, EventClockOverdue, EventClockMissed:
		return clockOccasion(*o.event)
	default:
		return "", "", 0
	}
}

// followRules is the follower that lets the rules run. What a rule has done
// makes none run, and spam and the trash are left alone.
func (d *Desk) followRules(w Writer, o occasion, c *Conversation) error {
	on, what, mark := ruleOccasion(o, *c)
	if on == "" || o.event.Actor.Kind == ActorRule || c.Spam || c.Trashed {
		return nil
	}
	set, err := d.rules(w)
	if err != nil || len(set.rules) == 0 {
		return err
	}
	in, err := w.Inbox(c.Inbox)
	if err != nil {
		return err
	}
	if b := set.bucket(on, in); b != nil {
		hit := RuleHit{Conversation: c.ID, Occasion: what, Mark: mark, At: d.now()}
		_, err = d.runRules(w, o, c, hit, on, set, b)
	}
	return err
}

// runRules goes through the rules of a bucket and says whether one has matched.
// The caller saves c.
func (d *Desk) runRules(w Writer, o occasion, c *Conversation, hit RuleHit, on RuleEvent, set *ruleSet, b *bucket) (bool, error) {
	f, err := d.factsOf(w, b, o, *c)
	if err != nil {
		return false, err
	}
	kept := RuleRun{Message: o.event.Message, On: on, At: hit.At, Edition: set.edition, Facts: state(f.situation)}
	run := &ruleRun{d: d, w: w, o: o, c: c, f: f, on: on}
	var did []acted
	for _, p := range b.candidates(f) {
		if run.stopped || !p.matches(f, nil) {
			continue
		}
		hit.Rule = p.ID
		fresh, err := w.NoteRuleHit(hit)
		if err != nil {
			return false, err
		}
		if !fresh {
			continue
		}
		run.rule = p
		done, err := run.act()
		if err != nil {
			return false, err
		}
		if err := f.look(w, *c); err != nil {
			return false, err
		}
		did = append(did, acted{p.ID, done, f.situation})
	}
	kept.Conversation, kept.Acted = c.ID, state(did)
	return len(did) > 0, w.AddRuleRun(kept, ruleRunsKept)
}

// act carries out the actions of the rule that has matched. One that cannot be
// carried out any more is told so and stands in nobody's way: mail has to come
// in whatever a rule says.
func (run *ruleRun) act() ([]ActDone, error) {
	var list []ActDone
	for _, a := range run.rule.actions {
		said, err := a.do(run, a.words)
		done := ActDone{Action: a.String(), Said: said}
		var refused *Error
		switch {
		case errors.As(err, &refused) && refused.Kind != Broken && refused.Kind != Unwell:
			done.Said, done.Failed = refused.Message, true
		case err != nil:
			return nil, err
		}
		list = append(list, done)
	}
	return list, nil
}

// rules gives the enabled rules as they are now, prepared once for each edition.
func (d *Desk) rules(r Reader) (*ruleSet, error) {
	edition, err := r.RuleEdition()
	if err != nil {
		return nil, err
	}
	if set := d.ruled.Load(); set != nil && set.edition == edition {
		return set, nil
	}
	list, err := r.Rules()
	if err != nil {
		return nil, err
	}
	set := newRuleSet(edition, list)
	d.ruled.Store(set)
	return set, nil
}

// factsOf gathers what the rules of a bucket can see.
func (d *Desk) factsOf(r Reader, b *bucket, o occasion, c Conversation) (*facts, error) {
	f := &facts{situation: situation{At: d.now(), Began: o.began, Auth: "none"}, asked: b}
	m := o.message
	if m == nil {
		last, err := r.LastMail(c.ID)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return nil, err
		}
		m = &last
	}
	f.mail, f.Mail = m.Mail, m.ID
	f.Auto = f.mail.Auto.Kind != AutoNone && f.mail.Auto.Kind != ""
	switch {
	case m.AuthFailed || o.incoming != nil && o.incoming.AuthFailed:
		f.Auth = "fail"
	case o.incoming != nil && o.incoming.AuthPassed:
		f.Auth = "pass"
	}
	var err error
	if f.Channels, err = channelsOf(r, *m, c.Inbox); err != nil {
		return nil, err
	}
	f.readMail(b)
	if b.customer && c.Contact != 0 {
		if err := f.customer(r, c.Contact); err != nil {
			return nil, err
		}
	}
	if b.hours {
		if f.Off, err = workingHours(r, c, f.At); err != nil {
			return nil, err
		}
	}
	return f, f.look(r, c)
}

// readMail takes over what the rules of a bucket ask of the mail's header and of
// its language.
func (f *facts) readMail(b *bucket) {
	if len(b.headers) > 0 {
		f.Headers = map[string][]string{}
		for _, field := range f.mail.Fields {
			if name := strings.ToLower(field.Name); b.headers[name] {
				f.Headers[name] = append(f.Headers[name], field.Value)
			}
		}
	}
	if b.language {
		f.Language = b.set.tongues.of(f.bodyWords())
	}
}

// customer takes over who the contact is to us.
func (f *facts) customer(r Reader, id ContactID) error {
	contact, err := r.Contact(id)
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	if f.Owner, err = loginOf(r, contact.Owner); err != nil {
		return err
	}
	if f.Contact, err = r.ContactAddresses(id); err != nil {
		return err
	}
	if contact.Name != "" {
		f.Contact = append(f.Contact, FoldName(contact.Name))
	}
	if contact.Company != 0 {
		company, err := r.Company(contact.Company)
		if err != nil {
			return err
		}
		if f.Company, err = r.Domains(company.ID); err != nil {
			return err
		}
		if company.Name != "" {
			f.Company = append(f.Company, FoldName(company.Name))
		}
	}
	deals, err := r.OpenDeals(id)
	f.OpenDeal = len(deals) > 0
	return err
}

// look takes over how the conversation stands.
func (f *facts) look(r Reader, c Conversation) error {
	in, err := r.Inbox(c.Inbox)
	if err != nil {
		return err
	}
	f.Home, f.Inbox, f.Place, f.Owed, f.Tags, f.Priority = in.ID, FoldName(in.Name), c.Place(), c.Owed(), c.Tags, c.Priority
	if err := f.lookTicket(r, c); err != nil {
		return err
	}
	if f.Assignee, err = loginOf(r, c.Assignee); err != nil || c.Team == 0 {
		f.Team = ""
		return err
	}
	teams, err := r.Teams()
	for _, t := range teams {
		if t.ID == c.Team {
			f.Team = FoldName(t.Name)
		}
	}
	return err
}

// channelsOf are the addresses of ours that a mail came to: those it names, and
// where it names none, because it came by a Bcc, that of the account it lies in.
func channelsOf(r Reader, m Message, in InboxID) ([]string, error) {
	held, err := r.Addresses()
	if err != nil {
		return nil, err
	}
	accounts := map[AccountID]bool{m.Account: true}
	if m.Account == 0 { // imported
		all, err := r.Accounts()
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			accounts[a.ID] = a.Inbox == in
		}
	}
	var named []string
	for _, b := range slices.Concat(m.Mail.To, m.Mail.Cc) {
		named = append(named, b.Addr)
	}
	named = append(named, m.Mail.DeliveredTo...)
	for i, name := range named {
		named[i] = FoldAddress(name)
	}
	var list []string
	primary := ""
	for _, a := range held {
		if !accounts[a.Account] || m.Direction == Out {
			continue
		}
		folded := FoldAddress(a.Address)
		if a.Kind == AddressPrimary && m.Account != 0 {
			primary = folded
		}
		if slices.ContainsFunc(named, func(n string) bool { return n == folded || stripPlus(n) == folded }) {
			list = append(list, folded)
		}
	}
	if len(list) == 0 && primary != "" {
		list = append(list, primary)
	}
	return list, nil
}
