// Package ui is the program on the screen. It knows the desk and no database,
// no mail server.
//
//	ui (root model, actions, frame)
//	├─ ui/triage   sidebar, list, preview
//	├─ ui/board    the tickets of an inbox by stage
//	├─ ui/thread   a conversation and the composer
//	├─ ui/welcome  the first run
//	├─ ui/connect  the wizard that connects a mailbox
//	├─ ui/settings the desk itself: inboxes, audit log, backup
//	├─ ui/shell    what screens may ask for; lanes, layout, dialogs
//	├─ ui/widget   lines, boxes, pickers: nothing of mail
//	├─ ui/action   declarations of actions, keys
//	├─ ui/theme    roles and signs
//	├─ ui/paint    from the newest view to the bytes for the terminal
//	└─ ui/uitest   the driver for tests
//
// Screens do not import each other. There is one tea.Model, [Model]; it runs
// the keys, the dialogs, and draws header, toast and footer. Everything else is
// a plain struct with a pointer receiver.
//
// # How a screen plugs in
//
// Write a struct with the four methods of [shell.Screen], and a constructor
// func(*shell.Shell, shell.Opening) shell.Screen. Name it in screens.go. That
// is all: enter, r, R, n, the palette and the footer find it.
//
//	type Screen struct {
//		sh    *shell.Shell
//		read  shell.Lane[desk.Thread]
//		t     desk.Thread
//	}
//
//	func (s *Screen) Update(msg tea.Msg) tea.Cmd {
//		switch msg := msg.(type) {
//		case shell.Opened, shell.Changed:
//			return s.ask()
//		case shell.Answer[desk.Thread]:
//			return s.arrived(msg)
//		}
//		return nil
//	}
//
//	func (s *Screen) ask() tea.Cmd {
//		id := s.id
//		return s.read.Ask(s.sh.Context(), func(ctx context.Context) (desk.Thread, error) {
//			return s.sh.Desk.Thread(ctx, id, 0)
//		})
//	}
//
//	func (s *Screen) arrived(msg tea.Msg) tea.Cmd {
//		t, err, ok := s.read.Take(msg)
//		if !ok {
//			return nil // an answer to an older question, or to another's
//		}
//		...
//	}
//
// A message that is not the root's own is told to every screen on the stack
// and every dialog, so a screen's own facts need no address. A command is a
// func that may read the shell's Desk but changes nothing of the screen: it
// returns a fact in the past tense.
//
// The first run plugs in the same way: [shell.Screens] has Welcome, which the
// root opens when the state has been read and there is no inbox.
//
// Optional parts are small interfaces in shell/screen.go: [shell.Typer] for a
// text that is being written (keys that are not bound go to it), [shell.Backer]
// for steps of its own before esc leaves, [shell.Closer] for what has to be
// settled (save the draft), [shell.Author] for writing in the same screen.
//
// # What the shell offers
//
//	questions            Lane[T].Ask / Take / Busy / Drop
//	writes               shell.Do(sh, do, fact): is never cancelled by moving on
//	sh.Say, sh.Fail      the line above the footer; Fail writes an error with its next step
//	Toast.Undo           the batch of what was done: a step of this session, which z takes back
//	sh.Show, sh.Dismiss  dialogs: shell.NewChoice (a question), shell.NewPick (a list to filter)
//	sh.Open, sh.Back     the stack of screens; sh.Home leaves all but the first
//	sh.After(d, msg)     time; sh.Now() the clock in the zone of the person
//	sh.State             who I am, inboxes with counts and health, my waiting mail
//	sh.Theme()           roles and signs; a new pointer means draw anew
//
// # How actions are declared
//
// A screen lists its own in Actions(), the most useful first. The declaration
// is the only place where a key is named; footer, help, palette, docs/keys.md
// and the conflict test follow from it. Scope is a set of places; Place() says
// in which one the keys are now. Run gets the conversations that Place().On
// named at the key press; an action that is Single gets the one under the
// cursor, whatever is selected. Verbs on conversations that exist in more than one
// screen (assign, close, reply, …) are declared once in actions.go of this
// package; a screen only says in Place() what they act on, and hears
// [shell.Began] when an action begins, [shell.Leaving] when conversations go
// from where they are, and [shell.Returned] when they are back. Weight orders
// the words of the footer.
//
// While Typing is true the scope of the place holds only keys that are no
// letters: what is typed goes to Type, and esc, ctrl+k and the like are looked
// up first.
//
// # How it is drawn
//
// View(size) returns exactly size.H lines of exactly size.W cells. Build them
// with widget.NewLine, which cuts and pads; text comes in as safe.Text only.
// View runs after every message (measured: 25 µs where nothing has changed, 50 µs
// for a key in a list of a million rows at 120×40), so a part that is not cheap remembers its
// lines and the key they were made from (data version, size, focus, theme).
//
// # Tests
//
// Package uitest drives the model: Press, Type, Send, Advance, See, Golden. A
// story is a sentence: open Billing, select two, press e, see "2 closed", press
// z. Lanes are tested with Hold and Release, which answers the newest first.
package ui
