package settings

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// part is one of the settings: a list of things and what is known of each.
type part interface {
	// about is what never changes about the part.
	about() About
	// mark stands behind its title: how many there are, or how many need
	// somebody.
	mark() (safe.Text, theme.Role)
	// ask begins to read what the part shows; nil where that is known.
	ask() tea.Cmd
	// update hears a fact, of which most are none of its own.
	update(tea.Msg) tea.Cmd
	// here is its list with the cursor.
	here() *list
	// sheet writes what is known of the thing under the cursor.
	sheet(*sheet)
	// verbs are what can be done with it, in the order of the buttons.
	verbs() []verb
}

// About is what never changes about one of the settings.
type About struct {
	ID    shell.Setting
	Title safe.Text
	scope action.Scope
	// system parts stand below the others, under a heading of their own.
	system bool
}

// verb is an action that is also a button below what it is about.
type verb struct {
	action.Action
	button safe.Text
}

// The settings, in their order.
const (
	Inboxes       shell.Setting = "inboxes"
	People        shell.Setting = "people"
	Notifications shell.Setting = "notifications"
	Jobs          shell.Setting = "jobs"
	AuditLog      shell.Setting = "audit"
	Backup        shell.Setting = "backup"
	Doctor        shell.Setting = "doctor"
)

// All names the settings for menus.
func All() []About {
	parts := newScreen(nil, Outside{}).parts
	list := make([]About, len(parts))
	for i, p := range parts {
		list[i] = p.about()
	}
	return list
}
