package desk

import (
	"fmt"
	"strings"
)

// Effect is one thing a conversion does, or does not do, in the words of the
// preview.
type Effect struct {
	// What it is about, as "conversations".
	What string
	// Text says what becomes of it, as a sentence.
	Text string
}

// Effects tell all a person has to know before an account is switched (ux 3.5),
// the same on the screen and on the command line.
func (c Converted) Effects() []Effect {
	moves := c.History == HistoryMove
	list := []Effect{{"new mail", c.newMail()}, {"conversations", c.conversations()}}
	if still := c.standstill(); still != "" {
		list = append(list, Effect{"account", still})
	}
	lost, gained := "new mail to "+c.Address, "new mail to "+c.Address
	if moves {
		lost, gained = "any of it, old or new", "all of it, old and new"
	}
	if len(c.Losing) > 0 {
		list = append(list, Effect{"lose access", names(c.Losing) + " no longer " + plural(len(c.Losing), "reads ", "read ") + lost + "."})
	}
	if len(c.Gaining) > 0 {
		list = append(list, Effect{"gain access", names(c.Gaining) + " will read " + gained + "."})
	}
	if len(c.Losing)+len(c.Gaining) == 0 {
		list = append(list, Effect{"access", "The same people read it as before."})
	}
	if !moves {
		list = append(list, Effect{"answers", fmt.Sprintf("An answer to an older mail comes into %q too, as a conversation of its own with what it quotes.", c.To.Name)})
	}
	if c.From.Kind != c.To.Kind || moves {
		list = append(list, c.work()...)
	}
	return append(list,
		Effect{"mail server", "Nothing changes there, and no mail is fetched again." + c.writing()},
		Effect{"undo", c.undoing()})
}

// writing says what is written to the mailbox from then on.
func (c Converted) writing() string {
	if c.To.Kind == Shared {
		return " From then on it is only read, unless write-back is chosen."
	}
	return " From then on it follows what is read, answered and closed here, unless write-back is turned off."
}

// standstill says that nothing comes in or leaves whatever inbox it serves;
// empty when something does.
func (c Converted) standstill() string {
	next := "postroom account reauth " + c.Address
	switch c.State {
	case AccountPaused:
		return "It is paused and stays so: nothing comes in or leaves until: postroom account resume " + c.Address
	case AccountNeedsSignIn:
		return "It needs sign-in and goes on needing it: nothing comes in or leaves until: " + next
	case AccountNeedsConsent:
		return "It waits for an admin at its provider: nothing comes in or leaves until then, and: " + next
	case AccountConnecting, AccountConnected, AccountRetrying:
	}
	return ""
}

func (c Converted) newMail() string {
	text := fmt.Sprintf("What arrives at %s goes into the %s inbox %q", c.Address, c.To.Kind, c.To.Name)
	if c.Made {
		text += ", which is made for it"
	}
	return text + "."
}

func (c Converted) conversations() string {
	what := fmt.Sprintf("%d %s, %d of them open", c.All, plural(c.All, "conversation", "conversations"), c.Open)
	if c.History == HistoryMove {
		return fmt.Sprintf("%s: they go along, with notes and answers.", what)
	}
	text := fmt.Sprintf("%s: they stay in the %s inbox %q, with notes and answers.", what, c.From.Kind, c.From.Name)
	if c.Alone {
		text += " Nobody can answer from there until it has another account."
	}
	return text
}

func (c Converted) undoing() string {
	if c.History == HistoryMove && c.To.Kind == Personal {
		return "With undo, until the first mail comes in: that is nobody else's by then."
	}
	if c.History == HistoryMove {
		return "With undo, until the inbox is changed again."
	}
	return "With undo, until the account is changed again; what comes in meanwhile stays where it came."
}

// names are the people as a list in a sentence.
func names(us []User) string {
	var list []string
	for _, u := range us {
		list = append(list, u.Name)
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
