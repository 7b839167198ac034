package action

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
)

// ID names an action, in the form "what.verb". It is stable.
type ID string

// Scope is a set of places in which an action exists.
type Scope uint32

// The places.
const (
	Sidebar  Scope = 1 << iota // the views at the left
	List                       // the queue
	Preview                    // the beginning of a conversation beside the queue
	Thread                     // a conversation on the whole screen
	Composer                   // a text that is being written
	SendBar                    // the choice behind esc in the composer
	Query                      // the line of a search
	Welcome                    // the first run
	Form                       // fields that are being filled in
	Settings                   // the settings, whichever of them

	// The parts of the settings that have verbs of their own.
	InInboxes
	InMap
	InContacts
	InPipelines
	InPolicies
	InCalendars
	InPeople
	InSignatures
	InNotifications
	InJournal
	InJobs
	InBackup
	InDoctor
	InRules
	InStrategies
	InProviders
	InNeverLog

	Board // the tickets of an inbox by stage

	// Conversations are the places that have conversations to act on.
	Conversations = Sidebar | OnOne
	// OnOne are those of them in which one is under the cursor.
	OnOne = List | Preview | Thread | Board
	// Anywhere is wherever letters are verbs.
	Anywhere = Conversations | Welcome | Settings
)

// Name is the heading of the place in help and documents.
func (s Scope) Name() string {
	if s&Conversations != 0 && s&Welcome == 0 {
		s &^= Settings // what acts on conversations first of all
	}
	switch {
	case s&Welcome != 0:
		return "Anywhere"
	case s == Settings:
		return "Settings"
	case s == InInboxes:
		return "Settings: inboxes"
	case s == InMap:
		return "Settings: inbox map"
	case s == InContacts:
		return "Settings: contacts"
	case s == InPipelines:
		return "Settings: tickets"
	case s == InPolicies:
		return "Settings: due times"
	case s == InCalendars:
		return "Settings: hours"
	case s == InPeople:
		return "Settings: people and teams"
	case s == InSignatures:
		return "Settings: signatures"
	case s == InNotifications:
		return "Settings: notifications"
	case s == InJournal:
		return "Settings: audit log"
	case s == InJobs:
		return "Settings: sync and jobs"
	case s == InBackup:
		return "Settings: backup"
	case s == InDoctor:
		return "Settings: doctor"
	case s == InRules:
		return "Settings: routing rules"
	case s == InStrategies:
		return "Settings: strategies"
	case s == InProviders:
		return "Settings: sign-in providers"
	case s == InNeverLog:
		return "Settings: never log"
	case s == Form:
		return "Filling in"
	case s == Conversations, s == OnOne, s == List|Preview|Board, s == List|Preview, s == List|Thread:
		return "Conversation"
	case s&List != 0:
		return "List"
	case s == Board:
		return "Board"
	case s == Sidebar:
		return "Views"
	case s == Preview:
		return "Preview"
	case s == Composer:
		return "Writing"
	case s == Query:
		return "Searching"
	case s == SendBar:
		return "Sending"
	default:
		return "Conversation"
	}
}

// Risk says what happens when an action was a mistake.
type Risk uint8

// The risks.
const (
	Harmless Risk = iota // changes nothing
	Undoable             // z takes it back
	Held                 // leaves after a hold in which z takes it back
	Asks                 // asks first
)

// String is the risk in a word.
func (r Risk) String() string {
	switch r {
	case Undoable:
		return "undo"
	case Held:
		return "held"
	case Asks:
		return "asks"
	default:
		return ""
	}
}

// Target is what an action acts on, fixed at the key press.
type Target []desk.ConversationID

// Need is a condition of an action: the sentence for when it is not met, which
// says what is missing and what to do about it, and nothing when it is.
type Need func(Target) string

// Conversation is the need of something to act on.
func Conversation() Need {
	return need("no conversation is marked: move to one with j and k", func(on Target) bool { return len(on) > 0 })
}

// OneConversation is the need of a single conversation.
func OneConversation() Need {
	return need("this works on one conversation: clear the selection with esc", func(on Target) bool { return len(on) == 1 })
}

// When is a need that does not depend on the target.
func When(why string, met func() bool) Need {
	return need(why, func(Target) bool { return met() })
}

func need(why string, met func(Target) bool) Need {
	return func(on Target) string {
		if met(on) {
			return ""
		}
		return why
	}
}

// Action is one thing that can be done.
type Action struct {
	ID    ID
	Title string
	Scope Scope
	// Keys are in the words of Bubble Tea ("ctrl+d", "enter", "j"); a sequence
	// is written with blanks ("g i").
	Keys  []string
	Needs []Need
	Risk  Risk
	// Single says that it is about the conversation under the cursor, also
	// when others are selected.
	Single bool
	// Moves says that it only moves about. Lists of actions end with these.
	Moves bool
	// Footer is the word in the footer; empty keeps the action out of it.
	// FooterKey replaces the first key there, for pairs like "j/k".
	Footer, FooterKey string
	// Weight is how far to the left the word stands: a heavier one comes
	// before a lighter one, equals in the order of their declaration. A
	// negative one stands at the end and is never cut off.
	Weight int
	// Run begins the action. It waits for nothing; what takes time is in the
	// command it returns. A declaration without keys and without Run is only
	// a word in the footer.
	Run func(Target) tea.Cmd
}

// Missing is the sentence of the first need that is not met; empty when the
// action can run.
func (a Action) Missing(on Target) string {
	for _, missing := range a.Needs {
		if why := missing(on); why != "" {
			return why
		}
	}
	return ""
}

// Key is how the key is shown where there is room for one.
func (a Action) Key() string {
	if len(a.Keys) == 0 {
		return ""
	}
	return Show(a.Keys[0])
}
