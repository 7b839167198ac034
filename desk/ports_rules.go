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
	// Idle are the conversations of an inbox that wait in their place (open or
	// snoozed) since a time behind after, up to until, the first first. With owed
	// it is the customer who waits, by since when; else nobody does, and it
	// is when the last message came or went.
	Idle(in InboxID, owed bool, after, until time.Time, limit int) ([]ConversationID, error)
	// NextIdle is the first such time behind after; the zero time when there
	// is none.
	NextIdle(in InboxID, owed bool, after time.Time) (time.Time, error)
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
	AddRuleRun(RuleRun) error
	// SetRuleChecked moves on how far a rule has looked, and reports whether
	// it still was at before.
	SetRuleChecked(r RuleID, before, now time.Time) (bool, error)
}
