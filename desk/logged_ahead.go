package desk

import (
	"fmt"
)

// LoggingAhead says, before a mailbox is connected to a personal inbox, what of
// its mail will be logged on contacts, and how to change that (S237). set are
// the settings of an inbox that is there ([Seat.InboxSettings]), none for a new
// one. The count is the most it can be: who stands on a never-log list is known
// of each mail only when it comes in.
func LoggingAhead(inbox string, set []Setting, t Traffic) (Logging, string) {
	mode, byHand := LoggingAutomatic, false
	for _, s := range set {
		switch {
		case s.Key == SetLogging && s.Value != "":
			mode = Logging(s.Value)
		case s.Key == SetContacts:
			byHand = s.Value == string(ContactsByHand)
		}
	}
	var says string
	switch {
	case mode == LoggingOff:
		says = "No mail in this inbox is logged on contacts."
	case mode == LoggingReplies:
		says = "Mail in this inbox is logged on contacts once it has gone both ways."
	case byHand:
		says = "Mail in this inbox is logged automatically, on the contacts that somebody has entered."
	case t.Looked == 0:
		says = "Mail in this inbox is logged on contacts automatically."
	default:
		says = fmt.Sprintf("Mail in this inbox is logged on contacts automatically: up to %d of the newest %d in INBOX would be, less whom a never-log list names.", t.Loggable, t.Looked)
	}
	var others []string
	for _, m := range Loggings() {
		if m != mode {
			others = append(others, string(m))
		}
	}
	return mode, fmt.Sprintf("%s Change that with %s (or %s), and with postroom neverlog add ADDRESS.", says, command("inbox", "set", inbox, "logging="+others[0]), others[1])
}
