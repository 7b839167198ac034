package desk

import (
	"errors"
	"slices"
	"strings"
)

// What of the mail of a personal inbox is logged: whether its conversations are
// with a contact, stand on its page and move its deals. A team's mail always is
// (H68). Nothing of this stops a mail from being sent or received (H66), and
// nobody sees a conversation because it is logged: for that he has to see the
// inbox.

// Logging says what of a personal inbox's mail is logged (H64).
type Logging string

// The modes of logging. The empty value is the first (S237).
const (
	LoggingAutomatic Logging = "automatic"
	// LoggingReplies logs a conversation once mail has gone both ways.
	LoggingReplies Logging = "replies"
	LoggingOff     Logging = "off"
)

// Loggings are all modes.
func Loggings() []Logging { return []Logging{LoggingAutomatic, LoggingReplies, LoggingOff} }

// ParseLogging reads a mode; the empty text is the default.
func ParseLogging(text string) (Logging, error) {
	mode := Logging(FoldName(text))
	if mode == "" || slices.Contains(Loggings(), mode) {
		return mode, nil
	}
	return "", invalid("BAD_SETTING", "It is automatic, replies or off.", "Mail cannot be logged %q.", Snippet(text, 40))
}

func putLogging(_ Reader, c *chosen, value string) (err error) {
	c.Logging, err = ParseLogging(value)
	return err
}

func loggingWords() []string {
	var words []string
	for _, m := range Loggings() {
		words = append(words, string(m))
	}
	return words
}

// NotLogged is why a mail is logged with nobody, in words; empty when it is
// logged.
type NotLogged string

// The reasons.
const (
	NotInThisMode  NotLogged = "logging is off in this inbox"
	NotAnsweredYet NotLogged = "mail has not gone both ways yet"
	NotThisOne     NotLogged = "its logging was switched off by hand"
	NotInternal    NotLogged = "it names somebody of an internal domain"
	NotListed      NotLogged = "all it names are on the never-log list"
	NoContactYet   NotLogged = "contacts are made by hand in this inbox, and nobody has made this one"
	NotACustomer   NotLogged = "it is junk or a report about mail"
)

// logbook is how the mail of one inbox is logged.
type logbook struct {
	in   Inbox
	mode Logging
	// never are the desk's entries and those of the inbox's owner, by address;
	// of two for the same address, one that holds the whole mail back.
	never map[string]NeverLog
}

func logbookOf(r Reader, id InboxID) (logbook, error) {
	in, err := r.Inbox(id)
	if err != nil || in.Kind != Personal {
		return logbook{in: in}, err
	}
	set, err := r.InboxSettings(id)
	if err != nil {
		return logbook{}, err
	}
	list, err := r.NeverLogs(in.Owner)
	b := logbook{in, set.Logging, map[string]NeverLog{}}
	for _, n := range list {
		if had, ok := b.never[n.Address]; !ok || !had.whole() {
			b.never[n.Address] = n
		}
	}
	return b, err
}

// listed reports whether a folded address is on a list, and whether a mail that
// names it is held back as a whole.
func (b logbook) listed(folded string) (listed, whole bool) {
	for _, name := range listNames(folded) {
		if n, ok := b.never[name]; ok {
			listed, whole = true, whole || n.whole()
		}
	}
	return listed, whole
}

// weigh says with whom a mail of a personal inbox is logged, or why with nobody.
// answered says that mail has gone both ways in its conversation.
//
// It is with its customer, else with the first of the others it names who is on
// no list (H67). An entry that holds back the whole mail wins over that: no
// customer's page tells what colleagues say among themselves (F161).
func (b logbook) weigh(r Reader, m Message, answered bool) (Mailbox, NotLogged, error) {
	switch {
	case b.mode == LoggingOff:
		return Mailbox{}, NotInThisMode, nil
	case b.mode == LoggingReplies && !answered:
		return Mailbox{}, NotAnsweredYet, nil
	}
	customer, err := customerOf(r, m)
	if err != nil || len(b.never) == 0 {
		return customer, "", err
	}
	var with []Mailbox
	others := false
	for _, p := range parties(customer, m) {
		folded := FoldAddress(p.Addr)
		if ours, err := b.ours(r, folded); err != nil {
			return Mailbox{}, "", err
		} else if ours {
			continue
		}
		others = true
		listed, whole := b.listed(folded)
		if whole {
			return Mailbox{}, NotInternal, nil
		}
		if !listed {
			with = append(with, p)
		}
	}
	switch {
	case len(with) > 0:
		return with[0], "", nil
	case others:
		return Mailbox{}, NotListed, nil
	default:
		return customer, "", nil // a mail to oneself
	}
}

// parties are the customer of a mail and all others it names, each once. From
// counts of what came in only: of our own it is us.
func parties(customer Mailbox, m Message) []Mailbox {
	all := []Mailbox{customer}
	if m.Direction == In {
		all = append(all, m.Mail.From...)
	}
	var some []Mailbox
	seen := map[string]bool{}
	for _, p := range slices.Concat(all, m.Mail.To, m.Mail.Cc, m.Mail.Bcc) {
		if folded := FoldAddress(p.Addr); strings.Contains(folded, "@") && !seen[folded] {
			seen[folded] = true
			some = append(some, p)
		}
	}
	return some
}

// ours reports whether a folded address is one of the inbox's owner, or of a
// team: to mail that goes to a team the lists do not apply (H68).
func (b logbook) ours(r Reader, folded string) (bool, error) {
	for _, addr := range []string{folded, stripPlus(folded)} {
		h, err := r.AddressHolder(addr)
		if errors.Is(err, ErrNoRow) {
			continue
		}
		return err == nil && (h.Inbox.Kind == Shared || h.Inbox.Owner == b.in.Owner), err
	}
	return false, nil
}

// log brings a conversation to its contact with one more mail in it, which is
// stored already, and reports whether the mail counts there. makes says that
// there is somebody behind the mail. A team's conversation gets its contact
// with its first mail; one in a personal inbox with the first that counts.
func (d *Desk) log(w Writer, c *Conversation, m Message, makes bool) (bool, error) {
	b, err := logbookOf(w, c.Inbox)
	if err != nil {
		return false, err
	}
	if b.in.Kind != Personal {
		if c.Messages > 0 || !makes {
			return true, nil
		}
		customer, err := customerOf(w, m)
		if err == nil {
			c.Contact, err = d.contactFor(w, c.Inbox, customer, m.At)
		}
		return true, err
	}
	if off, err := w.LogOff(c.ID); err != nil || off {
		return false, err
	}
	answered := false
	if b.mode == LoggingReplies {
		if answered, err = bothWays(w, c.ID); err != nil {
			return false, err
		}
	}
	with, why, err := b.weigh(w, m, answered)
	if err != nil || why != "" {
		return false, err
	}
	if c.Contact == 0 && makes {
		c.Contact, err = d.contactFor(w, c.Inbox, with, m.At)
	}
	return true, err
}

// bothWays reports whether somebody has answered in a conversation. What
// programs send is no answer.
func bothWays(r Reader, c ConversationID) (bool, error) {
	mails, err := r.Mails(c)
	return answeredIn(mails), err
}

func answeredIn(mails []Message) bool {
	went := map[Direction]bool{}
	for _, m := range mails {
		if k := m.Mail.Auto.Kind; k == AutoNone || k == "" {
			went[m.Direction] = true
		}
	}
	return went[In] && went[Out]
}

// attributed says whose a logged mail is (H70): his who wrote it, or the user's
// to whom it came. Of several users it is the first named in To, else in Cc;
// where it names none of us, whose inbox it is in. users gives the user who has
// a folded address, 0 for nobody.
func attributed(m Message, owner UserID, users func(folded string) (UserID, error)) (UserID, error) {
	if m.Direction == Out {
		if m.Author != 0 {
			return m.Author, nil
		}
		return owner, nil
	}
	for _, p := range slices.Concat(m.Mail.To, m.Mail.Cc) {
		if u, err := users(FoldAddress(p.Addr)); err != nil || u != 0 {
			return u, err
		}
	}
	return owner, nil
}

// usersAt finds users by an address: that of a personal inbox, or the one they
// were invited at.
func usersAt(r Reader) (func(folded string) (UserID, error), error) {
	users, err := r.Users()
	return func(folded string) (UserID, error) {
		for _, addr := range []string{folded, stripPlus(folded)} {
			h, err := r.AddressHolder(addr)
			if err == nil && h.Inbox.Kind == Personal {
				return h.Inbox.Owner, nil
			}
			if err != nil && !errors.Is(err, ErrNoRow) {
				return 0, err
			}
			for _, u := range users {
				if u.Active() && u.Email != "" && FoldAddress(u.Email) == addr {
					return u.ID, nil
				}
			}
		}
		return 0, nil
	}, err
}
