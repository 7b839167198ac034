package desk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
)

// FromRule says which name stands in From on the mails of an inbox.
type FromRule string

// The rules that have a word of their own; any other text is the name itself,
// with places: "{{agent.first}} at Acme".
const (
	FromAgent    FromRule = "agent"           // Maya Brandt
	FromInbox    FromRule = "inbox"           // Support
	FromAgentVia FromRule = "agent-via-inbox" // Maya Brandt via Support
)

func fromRules() []string {
	return []string{string(FromAgent), string(FromInbox), string(FromAgentVia)}
}

// maxFrom and maxSignature are how long a name in From and a signature may be,
// in bytes.
const (
	maxFrom      = 200
	maxSignature = 4 << 10
)

// fromName is the name in From of a mail that author writes from an inbox. It
// is one line, whatever the names in it are (promises A10).
func fromName(author User, in Inbox, set InboxSettings) string {
	text := set.FromName
	switch FromRule(text) {
	case "", FromAgent:
		text = "{{agent.name}}"
	case FromInbox:
		text = "{{inbox.name}}"
	case FromAgentVia:
		text = "{{agent.name}} via {{inbox.name}}"
	}
	return oneLine(fill(text, places(author, in)))
}

func putFrom(_ Reader, c *chosen, value string) error {
	if value == string(FromAgent) {
		value = "" // the default
	}
	text, ok := cleanLines(value)
	if !ok || strings.ContainsAny(text, "\n\t") || len(text) > maxFrom {
		return invalid("BAD_FROM", "Write one short line, like: {{agent.first}} at Acme", "%q cannot be a name in From.", Snippet(value, 60))
	}
	if err := checkPlaces(text); err != nil {
		return err
	}
	c.FromName = text
	return nil
}

func putSignature(_ Reader, c *chosen, value string) error {
	text, err := cleanSignature(value)
	c.Signature = text
	return err
}

// cleanSignature is a signature as it is kept. The line "-- " that many people
// write above theirs is not part of it.
func cleanSignature(value string) (string, error) {
	text, ok := cleanLines(value)
	if first, rest, _ := strings.Cut(text, "\n"); isSignatureMark(first) {
		text = rest
	}
	if !ok || len(text) > maxSignature {
		return "", invalid("BAD_SIGNATURE", "Write a few lines of plain text.", "That cannot be a signature: it has control characters, or is longer than %d KB.", maxSignature>>10)
	}
	return text, checkPlaces(text)
}

// isSignatureMark reports whether a line begins a signature (RFC 3676 4.3).
// Editors take the blank off its end.
func isSignatureMark(line string) bool { return line == "--" || line == "-- " }

// Letterhead is what stands on a mail besides what its author writes.
type Letterhead struct {
	// Name is the name in From.
	Name string
	// Signature is without the line "-- " above it; empty where there is none.
	Signature string
}

// Letterhead tells what would stand on a mail of the actor's from an inbox. The
// inbox's signature comes before the author's own (row S107).
func (s *Seat) Letterhead(ctx context.Context, inbox InboxID) (Letterhead, error) {
	var head Letterhead
	err := s.d.store.Read(ctx, func(r Reader) error {
		ok, err := s.sees(r, inbox)
		if err == nil && !ok {
			err = notFound("NO_SUCH_INBOX", "See yours with: postroom inbox list", "There is no such inbox.")
		}
		if err != nil {
			return err
		}
		head, err = s.letterhead(r, inbox)
		return err
	})
	return head, err
}

func (s *Seat) letterhead(r Reader, inbox InboxID) (Letterhead, error) {
	me, err := r.User(s.actor.User)
	if err != nil {
		return Letterhead{}, err
	}
	in, err := r.Inbox(inbox)
	if err != nil {
		return Letterhead{}, err
	}
	set, err := r.InboxSettings(inbox)
	if err != nil {
		return Letterhead{}, err
	}
	text := set.Signature
	if text == "" {
		if text, err = r.UserSignature(me.ID); err != nil {
			return Letterhead{}, err
		}
	}
	return Letterhead{fromName(me, in, set), fill(text, places(me, in))}, nil
}

// Signed is how a signature would stand below a mail of the actor's from an
// inbox: for who is writing one. It keeps nothing, and refuses what could not be
// kept. Of the inbox 0 it knows no name.
func (s *Seat) Signed(ctx context.Context, inbox InboxID, text string) (string, error) {
	text, err := cleanSignature(text)
	if err != nil {
		return "", err
	}
	err = s.d.store.Read(ctx, func(r Reader) error {
		me, err := r.User(s.actor.User)
		if err != nil {
			return err
		}
		var in Inbox
		if inbox != 0 {
			ok, err := s.sees(r, inbox)
			if err == nil && !ok {
				err = notFound("NO_SUCH_INBOX", "See yours with: postroom inbox list", "There is no such inbox.")
			}
			if err != nil {
				return err
			}
			if in, err = r.Inbox(inbox); err != nil {
				return err
			}
		}
		text = fill(text, places(me, in))
		return nil
	})
	return text, err
}

// WithSignature gives the text of a mail and the signature that goes below it. An
// author who has written a signature himself gets no second one; a line "-- "
// with nothing below it asks for none.
func WithSignature(text, signature string) (string, string) {
	lines := strings.Split(strings.TrimRight(text, " \t\r\n"), "\n")
	for i, line := range lines {
		if !isSignatureMark(strings.TrimSuffix(line, "\r")) {
			continue
		}
		if i == len(lines)-1 {
			return strings.TrimRight(strings.Join(lines[:i], "\n"), " \t\r\n") + "\n", ""
		}
		return text, ""
	}
	return text, signature
}

// Body is the whole text of the mail: what its author wrote, and the signature.
func (o Outgoing) Body() string {
	if o.Signature == "" {
		return o.Text
	}
	return strings.TrimRight(o.Text, " \t\r\n") + "\n\n-- \n" + o.Signature + "\n"
}

// Signature is the actor's own, for mail from inboxes that have none.
func (s *Seat) Signature(ctx context.Context) (string, error) {
	var text string
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		text, err = r.UserSignature(s.actor.User)
		return err
	})
	return text, err
}

// SetSignature changes the actor's own signature; empty takes it away. It
// gives the batch that brings the old one back, empty when nothing has changed.
func (s *Seat) SetSignature(ctx context.Context, text string) (batch string, err error) {
	if text, err = cleanSignature(text); err != nil {
		return "", err
	}
	err = s.write(ctx, func(w Writer) error {
		batch = ""
		before, err := w.UserSignature(s.actor.User)
		if err != nil || before == text {
			return err
		}
		if err := w.SaveUserSignature(s.actor.User, text); err != nil {
			return err
		}
		batch = s.d.newBatch()
		ev := s.event(EventSignatureSet, 0, 0, state(before), state(text))
		ev.Batch = batch
		return w.Append(ev)
	})
	return batch, err
}

// undoSignature brings the actor's own signature back, unless it has been
// changed again since.
func (s *Seat) undoSignature(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	var before, after string
	if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after)); err != nil {
		return nil, "", err
	}
	now, err := w.UserSignature(s.actor.User)
	if err != nil {
		return nil, "", err
	}
	if now != after {
		return nil, "the signature has been changed since", nil
	}
	if err := w.SaveUserSignature(s.actor.User, before); err != nil {
		return nil, "", err
	}
	undo := s.event(EventUndone, 0, 0, ev.After, ev.Before)
	undo.Batch = batch
	return []string{"Your signature is as it was."}, "", w.Append(undo)
}
