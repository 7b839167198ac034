package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Guard is a reason to look once more before a reply goes out.
type Guard string

// The guards, in the order in which they are shown.
const (
	GuardChanged      Guard = "changed"       // the conversation has changed since it was read
	GuardWriting      Guard = "writing"       // somebody else is writing an answer
	GuardAssigned     Guard = "assigned"      // it is somebody else's to answer
	GuardAttachment   Guard = "attachment"    // the text speaks of an attachment, there is none
	GuardNewRecipient Guard = "new recipient" // an address that was not part of the conversation
)

// Caution is a guard that has something to say, in a sentence.
type Caution struct {
	Guard  Guard
	Detail string
}

// cautions asks the guards (ux 3.3), leaving out those the author overruled.
// Who takes the conversation over has answered whose it is.
func (s *Seat) cautions(r Reader, dr Draft, c Conversation, o SendOptions) ([]Caution, error) {
	var list []Caution
	add := func(g Guard, format string, args ...any) {
		if !slices.Contains(o.Confirmed, g) {
			list = append(list, Caution{g, fmt.Sprintf(format, args...)})
		}
	}
	if dr.Conversation != 0 {
		if c.Version != dr.Version {
			what, err := s.whatChanged(r, c)
			if err != nil {
				return nil, err
			}
			add(GuardChanged, "%s", what)
		}
		who, err := r.WritingOthers(c.ID, s.actor.User, s.d.now().Add(-writingAge))
		if err != nil {
			return nil, err
		}
		if len(who) > 0 {
			add(GuardWriting, "%s is writing an answer too.", who[0].Name)
		}
		if c.Assignee != 0 && c.Assignee != s.actor.User && !o.Take {
			u, err := r.User(c.Assignee)
			if err != nil {
				return nil, err
			}
			add(GuardAssigned, "It is assigned to %s.", u.Name)
		}
	}
	if speaksOfAttachment(dr.Text) {
		add(GuardAttachment, "The text speaks of an attachment, but there is none.")
	}
	if dr.Conversation != 0 {
		known, err := s.trusted(r, c)
		if err != nil {
			return nil, err
		}
		var strangers []string
		for _, m := range slices.Concat(dr.To, dr.Cc, dr.Bcc) {
			if !known[FoldAddress(m.Addr)] {
				strangers = append(strangers, m.Addr)
			}
		}
		// All of them are named: confirming the guard confirms each.
		if n := len(strangers); n > 0 {
			add(GuardNewRecipient, "%s %s not part of this conversation.", strings.Join(strangers, ", "), plural(n, "was", "were"))
		}
	}
	return list, nil
}

// whatChanged is the sentence of [GuardChanged]. That a colleague has answered
// is the one change nobody may overlook.
func (s *Seat) whatChanged(r Reader, c Conversation) (string, error) {
	last, err := r.LastMail(c.ID)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return "", err
	}
	switch {
	case last.Direction == Out && last.Author != s.actor.User && last.AuthorName != "":
		return last.AuthorName + " has answered; the conversation has changed since you opened it.", nil
	case last.Direction == Out && last.Author != s.actor.User:
		return "Somebody has answered from another client; the conversation has changed since you opened it.", nil
	default:
		return "The conversation has changed since you opened it.", nil
	}
}

// trusted are the addresses an answer may go to without a question: whom the
// conversation began with, whom we have written to, and whom one of these has
// brought in. Who only wrote in, with the id of a mail that was forwarded to
// him, is not among them.
func (s *Seat) trusted(r Reader, c Conversation) (map[string]bool, error) {
	t, err := r.Thread(s.actor.User, c.ID, ThreadLimit)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	add := func(lists ...[]Mailbox) {
		for _, m := range slices.Concat(lists...) {
			known[FoldAddress(m.Addr)] = true
		}
	}
	first := true
	for _, it := range t.Items {
		m := it.Message
		if m == nil || m.State == Cancelled {
			continue
		}
		from := Incoming{Mail: m.Mail}.sender()
		if first || m.Direction == Out || known[from] {
			customer, err := customerOf(r, *m)
			if err != nil {
				return nil, err
			}
			add([]Mailbox{customer}, m.Mail.From, m.Mail.ReplyTo, m.Mail.To, m.Mail.Cc, m.Mail.Bcc)
		}
		first = false
	}
	return known, nil
}

// writingAge is how fresh somebody's draft must be to count as writing.
const writingAge = 2 * time.Minute

// speaksOfAttachment looks for the promise of an attachment in what the author
// wrote himself, not in lines he quotes.
func speaksOfAttachment(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, ">") {
			continue
		}
		line = strings.ToLower(line)
		for _, w := range [...]string{"attached", "attachment", "enclosed", "im anhang", "angehängt", "ci-joint", "pièce jointe", "adjunt", "allegat", "anexo", "bijlage", "bifogar", "vedhæft", "vedlagt", "załącz", "во вложении", "添付", "附件"} {
			if strings.Contains(line, w) {
				return true
			}
		}
	}
	return false
}
