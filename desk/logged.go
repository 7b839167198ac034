package desk

import (
	"context"
	"errors"
	"fmt"
)

// LogState is what the journal keeps of a conversation's logging.
type LogState struct {
	// Contact is whom it is with; 0 is nobody.
	Contact ContactID `json:"contact"`
	// Off says that it was kept from being logged by hand.
	Off bool `json:"off,omitempty"`
}

// words are the state as it is told. Whom it is with is told where that is seen.
func (l LogState) words() string {
	switch {
	case l.Off:
		return "off"
	case l.Contact == 0:
		return "with nobody"
	default:
		return "with a contact"
	}
}

// LogOff keeps conversations of a personal inbox from being logged: they are on
// no contact's page any more, and their mail moves no deal (H72).
func (s *Seat) LogOff(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		off, reason, err := personalLog(w, *c)
		if err != nil || reason != "" {
			return nil, reason, err
		}
		if off {
			return nil, "it is so already", nil
		}
		before := LogState{Contact: c.Contact}
		c.Contact = 0
		return s.event(EventLogged, c.Inbox, c.ID, state(before), state(LogState{Off: true})), "", w.StopLog(c.ID)
	})
}

// LogOn takes back that conversations are not logged: each is with whom it would
// be with now.
func (s *Seat) LogOn(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		off, reason, err := personalLog(w, *c)
		if err != nil || reason != "" {
			return nil, reason, err
		}
		if !off {
			return nil, "it is so already", nil
		}
		if err := w.ResumeLog(c.ID); err != nil {
			return nil, "", err
		}
		b, err := logbookOf(w, c.Inbox)
		if err != nil {
			return nil, "", err
		}
		if _, err := s.d.relog(w, b, c); err != nil {
			return nil, "", err
		}
		return s.event(EventLogged, c.Inbox, c.ID, state(LogState{Off: true}), state(LogState{Contact: c.Contact})), "", nil
	})
}

// personalLog reports whether a conversation was kept from being logged, or why
// that cannot be chosen.
func personalLog(r Reader, c Conversation) (off bool, reason string, err error) {
	in, err := r.Inbox(c.Inbox)
	if err != nil {
		return false, "", err
	}
	if in.Kind != Personal {
		return false, "it is in a shared inbox, whose mail is always logged", nil
	}
	off, err = r.LogOff(c.ID)
	return off, "", err
}

// undoLogged brings back with whom a conversation was logged.
func (s *Seat) undoLogged(w Writer, c *Conversation, ev Event) (string, error) {
	before, after, err := changed[LogState](ev)
	if err != nil {
		return "", err
	}
	off, err := w.LogOff(c.ID)
	if err != nil {
		return "", err
	}
	if c.Contact != after.Contact || off != after.Off {
		return s.whoChanged(w, *c, ev, EventLogged, EventReceived)
	}
	c.Contact = before.Contact
	if before.Off {
		return "", w.StopLog(c.ID)
	}
	return "", w.ResumeLog(c.ID)
}

// counting is what is logged of a conversation.
type counting struct {
	with Mailbox
	// mail is the first that counts, else the first of all.
	mail Message
	why  NotLogged
}

// counts says with whom a conversation is logged by what holds now: by the
// first of its mails that counts.
func (b logbook) counts(r Reader, c Conversation) (counting, error) {
	off, err := r.LogOff(c.ID)
	if err != nil {
		return counting{}, err
	}
	mails, err := r.Mails(c.ID)
	if err != nil {
		return counting{}, err
	}
	n, answered := counting{why: NotACustomer}, answeredIn(mails)
	for _, m := range mails {
		if m, err = r.Message(m.ID); err != nil {
			return n, err
		}
		if n.mail.ID == 0 {
			n.mail = m
		}
		if off {
			n.why = NotThisOne
			break
		}
		if c.Spam || !m.Mail.makesContact() {
			continue
		}
		if n.with, n.why, err = b.weigh(r, m, answered); err != nil {
			return n, err
		}
		if n.why == "" {
			n.mail = m
			break
		}
	}
	return n, nil
}

// logPage is how many conversations are looked at in one transaction.
const logPage = 200

// personalBook is how a personal inbox is logged, with a page of what is in it.
func personalBook(r Reader, in Inbox, after ConversationID) (logbook, []Conversation, error) {
	if in.Kind != Personal {
		return logbook{}, nil, invalid("TEAM_INBOX", "See its contacts with: postroom contact list", "%q is a shared inbox: its mail is always logged.", in.Name)
	}
	b, err := logbookOf(r, in.ID)
	if err != nil {
		return b, nil, err
	}
	list, err := r.ConversationsIn(in.ID, after, logPage)
	return b, list, err
}

// LogRow is what is logged of a conversation, and what would be.
type LogRow struct {
	ID      ConversationID
	Subject string
	// With is the address of whom it would be logged with by what holds now, or
	// Why says why with nobody.
	With string
	Why  NotLogged
	// Whose is the login of the user whose activity it is (H70).
	Whose string
	// Now says that it is logged, with the contact at Contact.
	Now     bool
	Contact string
}

// Changes reports whether [Seat.Relog] would change it.
func (l LogRow) Changes() bool { return l.Now != (l.Why == "") }

// LogPreview is a page of what is logged of a personal inbox.
type LogPreview struct {
	Mode Logging
	Rows []LogRow
	Next ConversationID // 0 at the end
}

// Logged shows what is logged of a personal inbox the actor sees, and what would
// be in a mode; the empty one is that of the inbox (S237, F160). It changes
// nothing. after goes on behind a conversation.
func (s *Seat) Logged(ctx context.Context, inbox string, mode Logging, after ConversationID) (LogPreview, error) {
	var p LogPreview
	err := s.read(ctx, func(r Reader) error {
		in, err := s.mustSeeInbox(r, inbox)
		if err != nil {
			return err
		}
		b, list, err := personalBook(r, in, after)
		if err != nil {
			return err
		}
		if mode != "" {
			b.mode = mode
		}
		if b.mode == "" {
			b.mode = LoggingAutomatic
		}
		p = LogPreview{Mode: b.mode, Rows: make([]LogRow, 0, len(list))}
		for _, c := range list {
			row, err := b.row(r, c)
			if err != nil {
				return err
			}
			p.Rows = append(p.Rows, row)
		}
		if len(list) == logPage {
			p.Next = list[len(list)-1].ID
		}
		return nil
	})
	return p, err
}

func (b logbook) row(r Reader, c Conversation) (LogRow, error) {
	n, err := b.counts(r, c)
	if err != nil {
		return LogRow{}, err
	}
	row := LogRow{ID: c.ID, Subject: c.Subject, Why: n.why, Now: c.Contact != 0}
	if n.why == "" {
		row.With = n.with.Addr
		if err := b.byHand(r, &row); err != nil {
			return row, err
		}
	}
	if row.Now {
		if row.Contact, err = mainAddress(r, c.Contact); err != nil {
			return row, err
		}
	}
	users, err := usersAt(r)
	if err != nil {
		return row, err
	}
	whose, err := attributed(n.mail, b.in.Owner, users)
	if err != nil {
		return row, err
	}
	row.Whose, err = loginOf(r, whose)
	return row, err
}

// byHand says that nobody is there to log with, where contacts are made by hand.
func (b logbook) byHand(r Reader, row *LogRow) error {
	set, err := r.InboxSettings(b.in.ID)
	if err != nil || set.Contacts != ContactsByHand {
		return err
	}
	if _, err := r.ContactAt(FoldAddress(row.With)); errors.Is(err, ErrNoRow) {
		row.With, row.Why = "", NoContactYet
		return nil
	} else if err != nil {
		return err
	}
	return nil
}

// mayLogWith refuses to make a contact by hand of whom the lists name, or of a
// conversation that is not to be logged.
func (s *Seat) mayLogWith(r Reader, c Conversation, m Message, who Mailbox) error {
	b, err := logbookOf(r, c.Inbox)
	if err != nil || b.in.Kind != Personal {
		return err
	}
	off, err := r.LogOff(c.ID)
	if err != nil {
		return err
	}
	if off {
		return conflict("LOG_OFF", fmt.Sprintf("Log it again with: postroom conversation log on %d", c.ID), "#%d is not logged: that was switched off by hand.", c.ID)
	}
	with, why, err := b.weigh(r, m, true)
	if err != nil || why == "" && FoldAddress(with.Addr) == FoldAddress(who.Addr) || why == NotInThisMode {
		return err
	}
	return conflict("NEVER_LOGGED", "See the list with: postroom neverlog list", "#%d is never logged with %s.", c.ID, who.Addr)
}
