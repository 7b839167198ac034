package settings

import (
	"slices"

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
	// fits, where there is one, is the need of a thing the verb is made for: of
	// another there is no button. right is the need of a right: who has it not
	// is told so in the place of the button.
	fits, right action.Need
}

// needs are all that the verb asks for, what it is made for first.
func (v verb) needs() []action.Need {
	var list []action.Need
	for _, n := range [...]action.Need{v.fits, v.right} {
		if n != nil {
			list = append(list, n)
		}
	}
	return append(list, v.Needs...)
}

// offered are the verbs that are buttons now, and why others are none.
func offered(verbs []verb) (buttons []verb, refused []string) {
	for _, v := range verbs {
		switch {
		case v.fits != nil && v.fits(nil) != "":
		case v.right != nil && v.right(nil) != "":
			if why := v.right(nil); !slices.Contains(refused, why) {
				refused = append(refused, why)
			}
		default:
			buttons = append(buttons, v)
		}
	}
	return buttons, refused
}

// The settings, in their order.
const (
	Inboxes       shell.Setting = "inboxes"
	Map           shell.Setting = "map"
	People        shell.Setting = "people"
	Rules         shell.Setting = "rules"
	Strategies    shell.Setting = "strategies"
	Contacts      shell.Setting = "contacts"
	NeverLog      shell.Setting = "neverlog"
	Pipelines     shell.Setting = "tickets"
	Policies      shell.Setting = "due"
	Calendars     shell.Setting = "hours"
	Signatures    shell.Setting = "signatures"
	Notifications shell.Setting = "notifications"
	Providers     shell.Setting = "providers"
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
