package desk

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// EventKind says what happened.
type EventKind string

// The kinds of events. Their names are stable: they are stored.
const (
	EventUserAdded           EventKind = "user added"
	EventInboxCreated        EventKind = "inbox created"
	EventMemberAdded         EventKind = "member added" // with [Membered]
	EventMemberChanged       EventKind = "member changed"
	EventUserInvited         EventKind = "user invited"
	EventUserVerified        EventKind = "user verified"
	EventUserDisabled        EventKind = "user disabled"
	EventUserEnabled         EventKind = "user enabled"
	EventRoleChanged         EventKind = "role changed" // [Standing]
	EventUserRemoved         EventKind = "user removed" // what he held: [Holdings]
	EventOwnerChanged        EventKind = "owner changed"
	EventGlassBroken         EventKind = "break-glass" // an admin looks into a personal inbox, with reason and time
	EventGlassOver           EventKind = "break-glass over"
	EventMemberRemoved       EventKind = "member removed"
	EventTeamAdded           EventKind = "team added"
	EventTeamRemoved         EventKind = "team removed"
	EventTeamJoined          EventKind = "team joined" // by a user: [Joining]
	EventTeamLeft            EventKind = "team left"
	EventAccountConnected    EventKind = "account connected"
	EventAccountDisconnected EventKind = "account disconnected"
	EventAccountHealth       EventKind = "account health"
	EventConverted           EventKind = "account converted"   // to personal or to shared, or back
	EventTransferred         EventKind = "account transferred" // to another inbox of its kind
	EventAddressAdded        EventKind = "address added"       // alias, send-as or form
	EventAddressRemoved      EventKind = "address removed"
	EventAddressVerified     EventKind = "address verified"
	EventOAuthSet            EventKind = "sign-in client set"
	EventOAuthRemoved        EventKind = "sign-in client removed"
	EventKeyBegun            EventKind = "key begun"         // a new one, after the old one was lost: how many accounts sign in again
	EventKeyCopied           EventKind = "key copied"        // to a file, by its name, or else onto a screen
	EventServersSet          EventKind = "servers set"       // hosts, user name, certificates
	EventMailboxSet          EventKind = "mailbox set"       // folders, cut-off, write-back
	EventFolderRenamed       EventKind = "folder renamed"    // on the server, and followed
	EventRenumbered          EventKind = "folder renumbered" // by the server (RFC 3501 2.3.1.1)
	EventHistory             EventKind = "history imported"  // several old messages at once
	EventReceived            EventKind = "message received"
	EventSentOutside         EventKind = "answered outside" // written in another client
	EventJoined              EventKind = "joined"           // a late parent came
	EventAssigned            EventKind = "assigned"
	EventClosed              EventKind = "closed"
	EventReopened            EventKind = "reopened"
	EventSpam                EventKind = "spam"
	EventNotSpam             EventKind = "not spam"
	EventTrashed             EventKind = "trashed"
	EventRestored            EventKind = "restored" // from the trash
	EventSnoozed             EventKind = "snoozed"  // until when
	EventWoken               EventKind = "snooze over"
	EventPriority            EventKind = "priority set"
	EventTagged              EventKind = "tagged" // all tags before and after
	EventNoteAdded           EventKind = "note added"
	EventQueued              EventKind = "reply queued"
	EventCancelled           EventKind = "sending cancelled"
	EventSent                EventKind = "sent"
	EventDeferred            EventKind = "sending deferred"
	EventSendFailed          EventKind = "sending failed"
	EventInDoubt             EventKind = "sending in doubt"
	EventUndone              EventKind = "undone"
	EventTested              EventKind = "inbox tested"   // by a test mail: [TestResult]
	EventRepaired            EventKind = "inbox repaired" // so that it is as its servers: [Repaired]
	EventRebuilt             EventKind = "rebuilt"        // all derived again from the stored mail
	EventBackedUp            EventKind = "backed up"      // the whole desk was copied: the file
	EventSignedOff           EventKind = "signed off"     // the checklist was gone through: [SignOff]
	EventInboxSet            EventKind = "inbox set"      // settings by their keys
	EventSignatureSet        EventKind = "signature set"
	EventNotifySet           EventKind = "notifying set" // of what somebody hears
	EventCalendarSet         EventKind = "calendar set"  // [CalendarState]
	EventCalendarRemoved     EventKind = "calendar removed"
	EventPolicySet           EventKind = "policy set" // [PolicyState]
	EventPolicyRemoved       EventKind = "policy removed"
	EventPoliciesOrdered     EventKind = "policies ordered" // their names
	EventClockSoon           EventKind = "clock due soon"   // [ClockTold]
	EventClockOverdue        EventKind = "clock overdue"
	EventClockMet            EventKind = "clock met"
	EventClockMissed         EventKind = "clock missed"
	EventRuleAdded           EventKind = "rule added" // [RuleText]
	EventRuleChanged         EventKind = "rule changed"
	EventRuleRemoved         EventKind = "rule removed"
	EventRuleOrdered         EventKind = "rule moved"   // to another place of the order
	EventRuleKeyed           EventKind = "rule rekeyed" // its calls have another key
	EventContactAdded        EventKind = "contact added"
	EventContactSet          EventKind = "contact set"
	EventContactsMerged      EventKind = "contacts merged"
	EventCompanyAdded        EventKind = "company added"
	EventCompanySet          EventKind = "company set"
	EventCompanyRemoved      EventKind = "company removed"
	EventDealAdded           EventKind = "deal added"
	EventDealSet             EventKind = "deal set"
	EventImported            EventKind = "imported" // contacts, companies or deals: [ImportCount]
	EventPipelineAdded       EventKind = "pipeline added"
	EventPipelineSet         EventKind = "pipeline set"
	EventPipelineRemoved     EventKind = "pipeline removed"
	EventFieldAdded          EventKind = "ticket field added"
	EventFieldRemoved        EventKind = "ticket field removed"
	EventTicketMade          EventKind = "ticket made"      // in a stage: [StageState]
	EventStage               EventKind = "stage changed"    // [StageState]
	EventTicketSet           EventKind = "ticket set"       // category and fields
	EventMerged              EventKind = "merged"           // with another conversation: [Union]
	EventSplit               EventKind = "split"            // into two: [Union]
	EventMoved               EventKind = "moved"            // from another inbox: [Moved]
	EventMovedAway           EventKind = "moved away"       // to another inbox
	EventInboxesMerged       EventKind = "inboxes merged"   // one went into another: [InboxesMerged]
	EventRouted              EventKind = "routed"           // found somebody by itself, or nobody: [Routed]
	EventAvailability        EventKind = "availability set" // [AvailabilitySet]
	EventStrategySet         EventKind = "strategy set"     // [StrategyWords]
	EventStrategyRemoved     EventKind = "strategy removed"
	EventAddressRouted       EventKind = "address routed" // [AddressRouted]
	EventNotified            EventKind = "notified"       // by a rule: [Notified]
	EventHookFailed          EventKind = "webhook failed"
	EventSenderKnown         EventKind = "sender listed" // as allowed or denied
	EventSenderForgotten     EventKind = "sender unlisted"
	EventNeverLogSet         EventKind = "never-log set" // on the list: [NeverLogState]
	EventNeverLogRemoved     EventKind = "never-log removed"
	EventLogged              EventKind = "logging changed" // of a conversation: [LogState]
	EventApplied             EventKind = "set-up applied"  // a file of it: [AppliedSetup]
)

// EventKinds are all kinds, for whoever chooses one.
func EventKinds() []EventKind {
	return []EventKind{
		EventUserInvited, EventUserVerified, EventUserDisabled, EventUserEnabled, EventRoleChanged, EventUserRemoved, EventOwnerChanged, EventGlassBroken, EventGlassOver,
		EventUserAdded, EventInboxCreated, EventMemberAdded, EventMemberChanged, EventMemberRemoved, EventTeamAdded,
		EventTeamRemoved, EventTeamJoined, EventTeamLeft, EventAccountConnected, EventAccountDisconnected,
		EventAccountHealth, EventConverted, EventTransferred, EventAddressAdded, EventAddressRemoved, EventAddressVerified,
		EventOAuthSet, EventOAuthRemoved, EventKeyBegun, EventKeyCopied, EventServersSet, EventMailboxSet, EventFolderRenamed, EventRenumbered, EventHistory,
		EventReceived, EventSentOutside, EventJoined, EventAssigned, EventClosed, EventReopened, EventSpam,
		EventNotSpam, EventTrashed, EventRestored, EventSnoozed, EventWoken, EventPriority, EventTagged,
		EventNoteAdded, EventQueued, EventCancelled, EventSent, EventDeferred, EventSendFailed, EventInDoubt,
		EventUndone, EventTested, EventRepaired, EventRebuilt, EventBackedUp, EventSignedOff, EventInboxSet, EventSignatureSet,
		EventNotifySet, EventRuleAdded, EventRuleChanged, EventRuleRemoved, EventRuleOrdered, EventRuleKeyed,
		EventContactAdded, EventContactSet, EventContactsMerged, EventCompanyAdded, EventCompanySet, EventCompanyRemoved,
		EventDealAdded, EventDealSet, EventImported,
		EventPipelineAdded, EventPipelineSet, EventPipelineRemoved, EventFieldAdded, EventFieldRemoved,
		EventTicketMade, EventStage, EventTicketSet, EventMerged, EventSplit, EventMoved, EventMovedAway, EventInboxesMerged,
		EventCalendarSet, EventCalendarRemoved, EventPolicySet, EventPolicyRemoved, EventPoliciesOrdered,
		EventClockSoon, EventClockOverdue, EventClockMet, EventClockMissed,
		EventRouted, EventAvailability, EventStrategySet, EventStrategyRemoved, EventAddressRouted,
		EventNotified, EventHookFailed, EventSenderKnown, EventSenderForgotten, EventNeverLogSet, EventNeverLogRemoved, EventLogged, EventApplied,
	}
}

// Event is one row of the journal: who, what, when, from where, before, after.
// History, undo, audit and live updates all read it.
type Event struct {
	// Seq is given by the store as the last thing before the commit.
	Seq   Seq
	At    time.Time
	Actor Actor
	Kind  EventKind
	Inbox InboxID
	// Conversation and Message are what it was about; 0 where it was neither.
	Conversation ConversationID
	Message      MessageID
	// Before and After are the changed value as JSON, if one changed.
	Before, After json.RawMessage
	// Batch groups the events of one action, so that one undo takes all back.
	Batch string
	// Undone is set on events that have been taken back.
	Undone bool
}

// Undoable reports whether [Seat.Undo] knows the inverse.
func (e Event) Undoable() bool {
	switch e.Kind {
	case EventAssigned, EventClosed, EventReopened, EventNoteAdded, EventInboxSet, EventSignatureSet, EventNotifySet, EventConverted, EventTransferred, EventServersSet,
		EventSpam, EventNotSpam, EventTrashed, EventRestored, EventSnoozed, EventWoken, EventPriority, EventTagged, EventLogged,
		EventContactSet, EventContactsMerged, EventCompanySet, EventDealSet,
		EventTicketMade, EventStage, EventTicketSet, EventMerged, EventSplit, EventMoved:
		return !e.Undone && e.Actor.Kind == ActorUser
	default:
		return e.Kind.changesSetup() && e.Batch != "" && !e.Undone && e.Actor.Kind == ActorUser
	}
}

// lasting reports whether it is something a person does that [Seat.Undo] knows
// no inverse of, and that he would take for his last action.
func (k EventKind) lasting() bool {
	switch k {
	case EventUserAdded, EventUserInvited, EventUserVerified, EventUserDisabled, EventUserEnabled, EventUserRemoved, EventRoleChanged,
		EventInboxCreated, EventInboxesMerged, EventOwnerChanged, EventMemberAdded, EventMemberChanged, EventMemberRemoved,
		EventTeamAdded, EventTeamRemoved, EventTeamJoined, EventTeamLeft,
		EventAccountConnected, EventAccountDisconnected, EventMailboxSet, EventAddressAdded, EventAddressRemoved, EventAddressVerified,
		EventOAuthSet, EventOAuthRemoved, EventKeyBegun, EventKeyCopied, EventRuleKeyed, EventGlassBroken, EventGlassOver, EventRepaired, EventSignedOff,
		EventContactAdded, EventCompanyAdded, EventCompanyRemoved, EventDealAdded, EventImported, EventQueued:
		return !k.changesSetup()
	default:
		return false
	}
}

// Detail is what has changed, in words that name nobody: "high", "+refund -eu".
// Most events need none.
func (e Event) Detail() string {
	switch e.Kind {
	case EventPriority:
		_, after, err := changed[Priority](e)
		if err != nil {
			return ""
		}
		return after.String()
	case EventLogged:
		_, after, err := changed[LogState](e)
		if err != nil {
			return ""
		}
		return after.words()
	case EventTicketSet:
		_, after, err := changed[map[string]string](e)
		if err != nil {
			return ""
		}
		var words []string
		for _, name := range slices.Sorted(maps.Keys(after)) {
			words = append(words, name+": "+cmp.Or(after[name], "nothing"))
		}
		return strings.Join(words, ", ")
	case EventTagged:
		before, after, err := changed[[]string](e)
		if err != nil {
			return ""
		}
		var words []string
		for _, tag := range after {
			if !slices.Contains(before, tag) {
				words = append(words, "+"+tag)
			}
		}
		for _, tag := range before {
			if !slices.Contains(after, tag) {
				words = append(words, "-"+tag)
			}
		}
		return strings.Join(words, " ")
	default:
		return ""
	}
}

// state puts a value into the form the journal keeps.
func state(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("desk: an event's state must be marshallable: " + err.Error())
	}
	return b
}

func (s *Seat) event(kind EventKind, in InboxID, c ConversationID, before, after json.RawMessage) *Event {
	return &Event{At: s.d.now(), Actor: s.actor, Kind: kind, Inbox: in, Conversation: c, Before: before, After: after}
}
