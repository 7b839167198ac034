package desk

import (
	"errors"
)

// The actions that change the conversation itself.

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
	if err := run.w.WantMirror(run.c.ID, true, run.d.now()); err != nil {
		return "", err
	}
	return "", run.changed(run.event(EventClosed, Open, Closed))
}

func (run *ruleRun) spam(string) (string, error) {
	if run.c.Spam {
		return "it was spam already", nil
	}
	before := run.c.Place()
	run.c.Spam = true
	if err := run.w.WantMirror(run.c.ID, true, run.d.now()); err != nil {
		return "", err
	}
	return "", run.changed(run.event(EventSpam, before, run.c.Place()))
}

func (run *ruleRun) stop(string) (string, error) {
	run.stopped = true
	return "", nil
}
