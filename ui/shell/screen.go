package shell

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
)

// Screen is one place of the program. It is a plain struct with a pointer
// receiver; all its methods run on the program's one goroutine.
type Screen interface {
	// Update hears a fact: the answer to a question of its own, or one of
	// the messages of this package.
	Update(tea.Msg) tea.Cmd
	// View draws the part between header and toast: exactly size.H lines of
	// exactly size.W cells. The same state must give the same lines, and
	// what has not changed should be remembered, since View runs after every
	// message.
	View(size Size) Picture
	// Place says where in the screen the keys go now, and what they act on.
	Place() Place
	// Actions are the screen's own actions, the most useful first.
	Actions() []action.Action
}

// Picture is what a screen looks like.
type Picture struct {
	Lines []string
	// Rule is the line between header and screen, nil for a plain one.
	Rule *string
	// Cursor is where the terminal's cursor stands, from the screen's upper
	// left; nil hides it.
	Cursor *tea.Cursor
}

// Place is where the keys go.
type Place struct {
	// Title is the left of the header, such as "Billing · unassigned 7 of 19".
	Title safe.Text
	// Aside stands quietly behind the title, where everything else of the header
	// leaves it room.
	Aside safe.Text
	// Scope are the places the keys belong to, of package action.
	Scope action.Scope
	// On is what an action would act on, at this moment.
	On action.Target
	// At is the conversation under the cursor; 0 for none.
	At desk.ConversationID
	// Chosen is how many of these have been selected one by one; 0 when On is
	// only what is under the cursor.
	Chosen int
	// Note stands at the right of the toast line, such as "3 selected".
	Note safe.Text
}

// Target is what an action that is pressed now would act on.
func (p Place) Target(a action.Action) action.Target {
	switch {
	case a.Single && p.At != 0:
		return action.Target{p.At}
	case a.Single && len(p.On) > 1:
		return nil
	}
	return p.On
}

// What a screen hears of its place in the stack and of the terminal.
type (
	// Opened is heard by a screen that has been put on top of the stack.
	Opened struct{ Size Size }
	// Resumed is heard by one that is on top again after the one above has
	// gone.
	Resumed struct{}
	// Resized is heard by all when the terminal or the theme changes.
	Resized struct{ Size Size }
)

// Changed is heard by every screen when the desk has rung: something is new,
// and where. A screen that shows one of the inboxes reads it again.
type Changed struct{ desk.Changed }

// StateRead is heard by every screen when [State] is new.
type StateRead struct{}

// Began is heard by every screen at the moment an action on conversations
// begins. A list lets go of its selection.
type Began struct{ On action.Target }

// Leaving is heard by every screen at the moment an action begins that takes
// conversations from where they are. A list moves its cursor to the next one
// below; a screen that shows one of them goes back, or on to its neighbour.
type Leaving struct {
	On action.Target
	// Stay says that what shows a conversation goes on showing it.
	Stay bool
	// Next says that the neighbour is to be shown.
	Next bool
}

// Returned is heard by every screen when an undo has put conversations back.
type Returned struct{ On action.Target }

// The optional parts of a screen, asked for where they are needed.
type (
	// Typer is a screen with a text that is being written. While Typing is
	// true every key that is not bound in its place goes to Type.
	Typer interface {
		Typing() bool
		Type(tea.KeyPressMsg) tea.Cmd
		Paste(string) tea.Cmd
	}
	// Closer is a screen that has something to settle before it goes, such
	// as saving a draft. What the command leads to may be an [Unkept].
	Closer interface{ Close() tea.Cmd }
	// Unkept is a fact that may say that something could not be kept, and why.
	// Whoever was about to leave asks first.
	Unkept interface{ Unkept() error }
	// Backer is a screen with steps of its own: Back takes one back and
	// reports whether there was one.
	Backer interface{ Back() (tea.Cmd, bool) }
	// Author is a screen in which an answer or a note can be written at once,
	// without opening another.
	Author interface{ Write(Start, Over) tea.Cmd }
	// Around is a screen that knows an order of conversations.
	Around interface {
		// Neighbour is the conversation so many places below (or above) the
		// given one, if it is known.
		Neighbour(id desk.ConversationID, by int) (desk.ConversationID, bool)
	}
	// Knower is a screen that has conversations in memory.
	Knower interface {
		// Known is the conversation as the screen shows it; nil when it is
		// not in memory.
		Known(desk.ConversationID) *desk.Row
	}
)

// View is a place one can go to by name.
type View struct {
	Name safe.Text
	// Hint tells where it belongs or how to get there by key.
	Hint safe.Text
	Go   func() tea.Cmd
}

// Start is what a conversation is opened for.
type Start uint8

// What a conversation is opened for.
const (
	ToRead Start = iota
	ToReply
	ToReplyAll
	ToNote
	// ToNoteHolder is a note that begins with the name of who has it.
	ToNoteHolder
)

// Over says what was answered to the question whose a conversation is.
type Over uint8

// The answers.
const (
	NotAsked Over = iota
	Anyway        // it stays with who has it
	TakeOver
)

// Opening says which conversation a screen is to show, and why.
type Opening struct {
	ID    desk.ConversationID
	Start Start
	Over  Over
	// Around is the list it was opened from; nil where there is none.
	Around Around
	// Draft is a text to go on with, such as a mail that was taken back.
	Draft *desk.Draft
}

// Screens make the places that another leads to. A nil one does not exist:
// its actions say so.
type Screens struct {
	Thread  func(*Shell, Opening) Screen
	Compose func(*Shell, Composing) Screen
	// Board shows the tickets of an inbox by stage.
	Board   func(*Shell, desk.InboxID) Screen
	Welcome func(*Shell) Screen
	// Connect opens the wizard that connects a mailbox.
	Connect func(*Shell, Connecting) Screen
	// Settings opens the settings at one of them.
	Settings func(*Shell, Setting) Screen
}

// Setting names one of the settings, such as the audit log; empty is the first.
type Setting string

// Connecting says what kind of mailbox is to be connected; empty asks.
type Connecting struct{ Kind desk.InboxKind }

// Composing says from which inbox a new mail is to go, or goes on with a draft.
type Composing struct {
	Inbox string
	Draft *desk.Draft
}

// Dialog is a question or a choice over the screens. It takes every key.
type Dialog interface {
	// Press takes a key. esc and ctrl+c never arrive: they close the dialog.
	Press(tea.KeyPressMsg) tea.Cmd
	Paste(string)
	Update(tea.Msg) tea.Cmd
	// View draws the dialog for a screen of this size and tells where in it
	// the cursor stands.
	View(Size) (lines []string, cursor *tea.Position)
}
