package desk

import "time"

// RuleReader finds rules and what they have done.
type RuleReader interface {
	Rules() ([]Rule, error) // in their order
	RuleByName(folded string) (Rule, error)
	// RuleEdition is the newest; 0 while there never was a rule.
	RuleEdition() (Edition, error)
	// RuleChanges are those of one rule, or with 0 of all, up to an edition,
	// oldest first. With 0 the edition is the newest.
	RuleChanges(rule RuleID, upTo Edition) ([]RuleChange, error)
	// RuleRuns are those of a conversation, the oldest first, at most the
	// newest limit.
	RuleRuns(c ConversationID, limit int) ([]RuleRun, error)
	// OldestRuleRun is when the run that was noted first was; the zero time
	// when there is none.
	OldestRuleRun() (time.Time, error)
	// Idle are the open conversations of an inbox that wait since a time
	// behind after, up to until, the first first. With owed
	// it is the customer who waits, by since when; else nobody does, and it
	// is when the last message came or went.
	Idle(in InboxID, owed bool, after, until time.Time, limit int) ([]Idle, error)
	// NextIdle is the first such time behind after; the zero time when there
	// is none.
	NextIdle(in InboxID, owed bool, after time.Time) (time.Time, error)
	// CapturedIn is the conversation in which a text was last found in a mail
	// of the sender.
	CapturedIn(in InboxID, sender, text string) (ConversationID, error)
	// DueHook is the call that is due first, of those whose address begins
	// with none of busy; [ErrNoRow] when none is.
	DueHook(now time.Time, busy []string) (Hook, error)
	// NextHook is when one of these is due; the zero time when none waits.
	NextHook(busy []string) (time.Time, error)
	// KnownSenders are those of an inbox, by address; 0 is all shared ones.
	KnownSenders(InboxID) ([]KnownSender, error)
	// KnownSender is the entry of an address itself.
	KnownSender(in InboxID, address string) (KnownSender, error)
}

// RuleWriter changes rules and notes what they have done.
type RuleWriter interface {
	// AddRule gives the error NAME_IN_USE when there is one called so.
	AddRule(Rule) (RuleID, error)
	SaveRule(Rule) error // all but ID, Hits and LastHit
	RemoveRule(RuleID) error
	// AddRuleChange gives the edition that the change makes.
	AddRuleChange(RuleChange) (Edition, error)
	// NoteRuleHit says whether the rule has not run for this before, and
	// counts it then.
	NoteRuleHit(RuleHit) (fresh bool, err error)
	// AddRuleRun keeps a run, and of its conversation no more than the newest
	// keep.
	AddRuleRun(run RuleRun, keep int) error
	// ForgetRuleRuns removes those from before a time, looking at the limit
	// that were noted first.
	ForgetRuleRuns(before time.Time, limit int) error
	// SetRuleChecked moves on how far a rule has looked, and reports whether
	// it still was at before.
	SetRuleChecked(r RuleID, before, now time.Time) (bool, error)
	// NoteAutoAnswer notes that an address gets an automatic answer from an
	// inbox, and reports whether it has had none within a time.
	NoteAutoAnswer(in InboxID, address string, now time.Time, within time.Duration) (fresh bool, err error)
	SaveCapture(in InboxID, sender, text string, c ConversationID) error // one for each
	AddHook(Hook) error
	SaveHook(Hook) error // Attempts, NextTry
	RemoveHook(id int64) error
	SaveKnownSender(KnownSender) error // one for each inbox and address
	RemoveKnownSender(in InboxID, address string) error
}
