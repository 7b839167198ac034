package desk

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A rule does by itself what somebody would do by hand: when something happens
// to a conversation and a condition holds, its actions are carried out, in the
// same transaction and once. Rules run in one order; each sees what the ones
// before it have done. What a rule does makes no other rule run, so they cannot
// go in circles (rows S72, S101, F127, F189).

// RuleID names a rule.
type RuleID int64

// Edition counts the changes of all rules of a desk: each change makes a new
// one, and what the rules were in any of them is known.
type Edition int64

// Rule is one rule of the desk.
type Rule struct {
	ID   RuleID
	Name string // unique, compared folded
	// Position is its place in the order, counted from 1.
	Position int
	Enabled  bool
	// Inbox is where it counts: 0 is all shared inboxes. A personal inbox has
	// its owner's rules only.
	Inbox InboxID
	// Channel is the folded address the mail must have come to; empty for any.
	Channel string
	// On is when it runs.
	On []RuleEvent
	// When is the condition, in the language of [ParseCondition].
	When string
	// Then are the actions, one in each line, in the order in which they are
	// done; see [ParseAction].
	Then []string
	// Edition is the one of its last change.
	Edition Edition
	// Checked is how far in time a rule that waits for time has looked.
	Checked time.Time
	// Hits counts how often it matched, LastHit is when it last did.
	Hits    int64
	LastHit time.Time
}

// RuleChange is a change of the rules.
type RuleChange struct {
	Edition Edition
	Rule    RuleID // 0 when it is the order of all
	At      time.Time
	Actor   Actor
	Change  RuleChangeKind
	// Data is the rule after the change, in the form of [RuleText], or the
	// order.
	Data json.RawMessage
}

// RuleChangeKind says what was changed about a rule.
type RuleChangeKind string

// The changes.
const (
	RuleAdded    RuleChangeKind = "added"
	RuleEdited   RuleChangeKind = "edited"
	RuleEnabled  RuleChangeKind = "enabled"
	RuleDisabled RuleChangeKind = "disabled"
	RuleRemoved  RuleChangeKind = "removed"
	RulesOrdered RuleChangeKind = "ordered"
	// RuleKeyed is another key for its calls; see [Seat.RenewHookKey].
	RuleKeyed RuleChangeKind = "rekeyed"
)

// RuleEvent says when a rule runs. Those about time have an age behind them, as
// in "silent 3d".
type RuleEvent string

// The events of rules.
const (
	OnReceived RuleEvent = "received" // a mail came in
	OnCreated  RuleEvent = "created"  // a mail came in that begins a conversation
	OnReplied  RuleEvent = "replied"  // a mail of ours has left
	OnAssigned RuleEvent = "assigned" // somebody else has the conversation
	OnStage    RuleEvent = "stage"    // a ticket is in another stage
	OnDueSoon  RuleEvent = "due-soon" // a clock of a ticket will run out soon
	OnMissed   RuleEvent = "missed"   // a clock of a ticket has run out
	OnSilent   RuleEvent = "silent"   // the customer has not answered us for an age
	OnWaiting  RuleEvent = "waiting"  // the customer has waited for us for an age
)

// RuleEvents are all of them, without their ages.
func RuleEvents() []RuleEvent {
	return []RuleEvent{OnReceived, OnCreated, OnReplied, OnAssigned, OnStage, OnDueSoon, OnMissed, OnSilent, OnWaiting}
}

// timed reports whether it is time that brings the event.
func (e RuleEvent) timed() bool { kind := e.kind(); return kind == OnSilent || kind == OnWaiting }

// kind is the event without its age.
func (e RuleEvent) kind() RuleEvent {
	kind, _, _ := strings.Cut(string(e), " ")
	return RuleEvent(kind)
}

// before is the time an event's age before now.
func (e RuleEvent) before(now time.Time) time.Time {
	_, age, _ := strings.Cut(string(e), " ")
	n, unit, _ := ageOf(age)
	return ago(now, n, unit)
}

// ParseRuleEvents reads when a rule runs: received, silent 3d.
func ParseRuleEvents(text string) ([]RuleEvent, error) {
	var list []RuleEvent
	for _, one := range strings.Split(text, ",") {
		words := strings.Fields(strings.ToLower(one))
		if len(words) == 0 {
			continue
		}
		e := RuleEvent(strings.Join(words, " "))
		if !slices.Contains(RuleEvents(), e.kind()) {
			return nil, invalid("BAD_RULE", "There are: "+eventWords(), "A rule cannot run on %q.", Snippet(one, 40))
		}
		n, unit, aged := ageOf(words[len(words)-1])
		aged = aged && n > 0 && strings.IndexByte("hdw", unit) >= 0 // months differ in length
		if e.timed() != (len(words) == 2 && aged) || len(words) > 2 {
			return nil, invalid("BAD_RULE", "There are: "+eventWords(), "%q is not an event: an age in h, d or w belongs to silent and waiting, and only there.", Snippet(one, 40))
		}
		if !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil, invalid("BAD_RULE", "There are: "+eventWords(), "A rule needs something to run on.")
	}
	return list, nil
}

func eventWords() string {
	var words []string
	for _, e := range RuleEvents() {
		if e.timed() {
			e += " 3d"
		}
		words = append(words, string(e))
	}
	return strings.Join(words, ", ")
}

// OnText is what [ParseRuleEvents] reads.
func (r Rule) OnText() string {
	words := make([]string, len(r.On))
	for i, e := range r.On {
		words[i] = string(e)
	}
	return strings.Join(words, ", ")
}

const (
	maxRuleName    = 80
	maxRules       = 2000
	maxRuleActions = 20
)

// cleanRuleName is a rule's name as it is kept.
func cleanRuleName(name string) (string, error) {
	name = oneLine(name)
	if name == "" || utf8.RuneCountInString(name) > maxRuleName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", invalid("BAD_NAME", "Give it a short name, like: invoices to finance", "%q cannot be the name of a rule.", Snippet(name, 60))
	}
	return name, nil
}
