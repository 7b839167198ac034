package desk

import (
	"errors"
	"slices"
)

// The actions that change the conversation itself.

// assign gives the conversation to who the rule names, if that is still one who
// can have it.
func (run *ruleRun) assign(who string) (string, error) {
	*run.o.decided = true
	if !plainUser(who) {
		return run.assignBy(who)
	}
	c, before := run.c, run.c.Assignment()
	var to User
	if who != toNobody {
		var err error
		if to, err = named(run.w, who); err != nil {
			return "", err
		}
		if ok, err := answersIn(run.w, c.Inbox, to.ID); err != nil {
			return "", err
		} else if !ok {
			return "", conflict("NO_ACCESS", "", "%s does not answer in this inbox any more.", to.Name)
		}
	}
	if before.User == to.ID {
		return "it was so already", nil
	}
	c.Assignee = to.ID
	return "", run.changed(run.event(EventAssigned, before, c.Assignment()))
}

// assignBy goes along a chain to find somebody for what nobody has.
func (run *ruleRun) assignBy(words string) (string, error) {
	before := run.c.Assignment()
	if before.User != 0 {
		return "somebody had it already", nil
	}
	chain, err := parseChain(run.w, words)
	if err != nil {
		return "", err
	}
	found, err := run.d.search(run.w, run.c, chain, run.actor())
	switch {
	case err != nil:
		return "", err
	case found.Waits:
		return "nobody could have it: it waits for the first who can", nil
	case before.to(run.c.Assignment()):
		return "it was so already", nil
	}
	return "", run.changed(run.event(EventAssigned, before, run.c.Assignment()))
}

// answersIn reports whether a user may answer in an inbox.
func answersIn(r Reader, in InboxID, u UserID) (bool, error) {
	have, err := r.Rights(in, u)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return have.Reply, err
}

func (run *ruleRun) close(string) (string, error) {
	if run.c.Status == Closed {
		return "it was closed already", nil
	}
	if err := run.d.turnTo(run.w, run.c, Closed, run.actor()); err != nil {
		return "", err
	}
	if err := run.w.WantMirror(run.c.ID, MoveAlong, run.d.now()); err != nil {
		return "", err
	}
	return "", run.changed(run.event(EventClosed, Open, Closed))
}

func (run *ruleRun) spam(string) (string, error) {
	if run.c.Spam {
		return "it was spam already", nil
	}
	in, err := run.w.Inbox(run.c.Inbox)
	if err != nil {
		return "", err
	}
	if senders := run.f.senders(); len(senders) > 0 {
		k, known, err := knownAs(run.w, in, senders[0], run.f.Auth == "fail")
		if err != nil {
			return "", err
		}
		if known && k.Allowed {
			return "", conflict("ALLOWED", "", "%s is always let through.", k.Address)
		}
	}
	before := run.c.Place()
	run.c.Spam = true
	if err := run.w.WantMirror(run.c.ID, MoveAlong, run.d.now()); err != nil {
		return "", err
	}
	return "", run.changed(run.event(EventSpam, before, run.c.Place()))
}

func (run *ruleRun) stop(string) (string, error) {
	run.stopped = true
	return "", nil
}

func (run *ruleRun) tag(words string) (string, error) {
	add, remove, err := tagWords(words)
	if err != nil {
		return "", err
	}
	before := run.c.Tags
	after := retagged(before, add, remove)
	switch {
	case slices.Equal(before, after):
		return "it was so already", nil
	case len(after) > maxTags:
		return "", conflict("TOO_MANY_TAGS", "", "It would have more than %d tags.", maxTags)
	}
	run.c.Tags = after
	return "", run.changed(run.event(EventTagged, before, after))
}

func (run *ruleRun) priority(word string) (string, error) {
	to, err := ParsePriority(word)
	if err != nil {
		return "", err
	}
	before := run.c.Priority
	if before == to {
		return "it was so already", nil
	}
	run.c.Priority = to
	return "", run.changed(run.event(EventPriority, before, to))
}

func (run *ruleRun) snooze(age string) (string, error) {
	if place := run.c.Place(); place != InOpen && place != InSnoozed {
		return "", conflict("NOT_OPEN", "", "Only what is open can be snoozed.")
	}
	n, unit, _ := ageOf(age)
	before := run.c.SnoozedUntil
	run.c.SnoozedUntil = ago(run.d.now(), -n, unit)
	return "", run.changed(run.event(EventSnoozed, before, run.c.SnoozedUntil))
}
