package desk

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// way is what is looked at to tell how far a test mail has come.
type way struct {
	r       Reader
	viewer  UserID
	account Account
	home    Conversation // where the mail is to arrive
}

// follow fills in the hops.
func (w way) follow(t *Trip) error {
	got, found, err := w.arrival(t.Outgoing)
	if err != nil {
		return err
	}
	if !found {
		return w.underWay(t)
	}
	fetched, err := w.fetchedAt(got)
	if err != nil {
		return err
	}
	// What has arrived was sent, also where the server's answer was lost. Its
	// clock has whole seconds, and may be another one: it arrived after it was
	// sent, and before it was fetched.
	sent, delivered := t.Outgoing.UpdatedAt, got.At
	if t.Outgoing.State != Accepted {
		sent = delivered
	}
	if delivered.Before(sent) {
		delivered = sent
	}
	t.Passed = []Passage{{HopSent, sent}, {HopDelivered, delivered}, {HopFetched, fetched}}
	if got.Conversation != w.home.ID {
		t.stop(HopThreaded, "See whether the mail server changes the headers In-Reply-To and References.",
			"The test mail came into conversation #%d instead of #%d.", got.Conversation, w.home.ID)
		return nil
	}
	t.Passed = append(t.Passed, Passage{HopThreaded, fetched})
	raw, err := w.r.RawMail(got.Raw)
	if err != nil {
		return err
	}
	if raw.Role != RoleInbox || w.home.Spam {
		t.stop(HopRouted, "Tell the mail server that mail from "+w.account.Address+" is no spam: its own mail must not be taken for that.",
			"The mail server of %s took the test mail for spam, and customers' mail may go the same way.", w.account.Address)
		return nil
	}
	t.Passed = append(t.Passed, Passage{HopRouted, fetched})
	shown, _, err := w.timeline(got.ID)
	if err != nil {
		return err
	}
	if !shown || w.home.Contact == 0 {
		t.stop(HopLogged, "Derive the timeline again with: postroom rebuild",
			"The test mail is stored, but the timeline of conversation #%d does not show it.", w.home.ID)
		return nil
	}
	t.Passed = append(t.Passed, Passage{HopLogged, fetched})
	return nil
}

// arrival finds the test mail that has come back: by what it answers, or where
// a server has taken that out, by its own id.
func (w way) arrival(out Outgoing) (Message, bool, error) {
	known, err := w.r.AnswersTo(out.Inbox, out.InReplyTo)
	if err != nil {
		return Message{}, false, err
	}
	for _, k := range known {
		if k.Direction != In {
			continue
		}
		m, err := w.r.Message(k.Message)
		if err != nil || m.Mail.Auto.Kind == AutoOwn {
			return m, err == nil, err
		}
	}
	return w.stray(out)
}

// strayEvents is how much of the journal is searched for a test mail that has
// lost what it answers.
const strayEvents = 1000

// stray looks for the mail by its id among what has come in since it was queued.
func (w way) stray(out Outgoing) (Message, bool, error) {
	queued, err := w.r.LastChange(out.Conversation, 0, []EventKind{EventQueued})
	if err != nil || queued.Message != out.Message {
		return Message{}, false, err
	}
	events, err := w.r.EventsAfter(queued.Seq, strayEvents)
	if err != nil {
		return Message{}, false, err
	}
	for _, ev := range events {
		if ev.Kind != EventReceived || ev.Inbox != out.Inbox {
			continue
		}
		m, err := w.r.Message(ev.Message)
		if errors.Is(err, ErrNoRow) {
			continue
		}
		if err != nil || m.Mail.Auto.Kind == AutoOwn && m.Mail.MessageID == out.HeaderID {
			return m, err == nil, err
		}
	}
	return Message{}, false, nil
}

// fetchedAt is when a mail was brought in here; a mail from before the cut-off
// leaves no event, and then it is when the server had it.
func (w way) fetchedAt(m Message) (time.Time, error) {
	ev, err := w.r.LastChange(m.Conversation, 0, []EventKind{EventReceived})
	if errors.Is(err, ErrNoRow) || err == nil && ev.Message != m.ID {
		return m.At, nil
	}
	return ev.At, err
}

// timeline reports whether the end of the conversation shows a message, and
// gives the newest message that says that a mail could not be delivered.
func (w way) timeline(id MessageID) (shown bool, bounce Message, err error) {
	th, err := w.r.Thread(w.viewer, w.home.ID, ThreadLimit)
	if err != nil {
		return false, bounce, err
	}
	for _, it := range th.Items {
		if it.Message == nil {
			continue
		}
		shown = shown || it.Message.ID == id
		if it.Message.Mail.Auto.Kind == AutoBounce {
			bounce = *it.Message
		}
	}
	return shown, bounce, nil
}

// underWay tells of a mail that has not come back.
func (w way) underWay(t *Trip) error {
	if t.Outgoing.State != Accepted {
		w.unsent(t)
		return nil
	}
	t.Passed = []Passage{{HopSent, t.Outgoing.UpdatedAt}}
	_, bounce, err := w.timeline(0)
	if err != nil {
		return err
	}
	if bounce.ID > t.Outgoing.Message {
		t.Stuck = true
		t.stop(HopDelivered, fmt.Sprintf("The report is in conversation #%d.", w.home.ID), "The test mail came back as undeliverable%s.", statusOf(bounce))
		return nil
	}
	if w.account.State != AccountConnected {
		t.stop(HopFetched, w.remedy(), "The mailbox of %s cannot be read now, so nobody knows whether the test mail has arrived: %s", w.account.Address, w.health())
		return nil
	}
	t.stop(HopDelivered, "Look for it in the log and the quarantine of the mail server; for a slow server allow more time with --timeout.",
		"The mail server has taken the test mail, but it is not in the mailbox of %s.", w.account.Address)
	return nil
}

func statusOf(bounce Message) string {
	for _, to := range bounce.Mail.Auto.Recipients {
		if to.Status != "" {
			return " (" + to.Status + ")"
		}
	}
	return ""
}

// unsent tells of a mail that no server has taken.
func (w way) unsent(t *Trip) {
	out := t.Outgoing
	reason := cmp.Or(strings.TrimSuffix(out.LastError, "."), "no reason was given")
	switch out.State {
	case Failed:
		t.Stuck = true
		t.stop(HopSent, "Ask who looks after the mail server whether "+w.account.Address+" may send and is known there.", "The mail server refused the test mail: %s.", reason)
	case InDoubt:
		t.Stuck = true
		t.stop(HopSent, "Test again.", "It is in doubt whether the test mail was sent: %s.", reason)
	case Cancelled:
		t.Stuck = true
		t.stop(HopSent, "Test again.", "The test mail was taken back: %s.", reason)
	case Deferred:
		t.Stuck = w.account.State.NeedsPerson()
		t.stop(HopSent, w.remedy(), "The mail server has not taken the test mail: %s.", reason)
	case Queued, Claimed, Submitting, Accepted:
		t.stop(HopSent, w.remedy(), "The test mail waits in the outbox, and %s", w.health())
	}
}

// health is how the account is, and why.
func (w way) health() string {
	text := "the account " + w.account.State.is() + "."
	if w.account.Cause != "" {
		text += " " + w.account.Cause
	}
	return text
}

// remedy is what to do about the account.
func (w way) remedy() string {
	if w.account.State.NeedsPerson() {
		return "Sign in again with: postroom account reauth " + w.account.Address
	}
	return "See how it is with: postroom account list"
}

// stop says which hop is missing, and why.
func (t *Trip) stop(h Hop, hint, format string, args ...any) {
	t.Next = h
	t.Missing = &Error{
		Kind: Offline, Code: "TEST_NOT_" + strings.ToUpper(string(h)),
		Message: fmt.Sprintf(format, args...), Hint: hint,
	}
	t.Stuck = t.Stuck || t.Has(HopFetched)
}
