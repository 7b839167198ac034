package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// Incoming is a stored mail, parsed, on its way into a conversation.
type Incoming struct {
	Raw     RawID
	Inbox   InboxID   // where the raw mail is kept, whatever the caller says
	Account AccountID // 0 for imported mail
	Role    FolderRole
	// At is when the server received it (INTERNALDATE).
	At time.Time
	// Seen is the server's \Seen flag; it counts in a personal inbox.
	Seen bool
	// Old says that it is from before the account's cut-off: it comes in
	// closed and silent.
	Old bool
	// AuthFailed says that the provider's own server found DMARC failing,
	// AuthPassed that it found it passing.
	AuthFailed, AuthPassed bool
	// Unreadable says that the mail could not be parsed; Mail.Text is then
	// its raw text and the conversation is made all the same.
	Unreadable bool
	Mail       Mail
	// test is set on a test mail that has come back, and on the mail with the
	// code of an invitation.
	test bool
	// left says that another program has put the mail away by now: it opens
	// nothing.
	left bool
}

// Direction says whether the mail is ours: only the Sent folder makes it so.
func (in Incoming) Direction() Direction {
	if in.Role == RoleSent {
		return Out
	}
	return In
}

func (in Incoming) sender() string {
	if len(in.Mail.From) == 0 {
		return ""
	}
	return FoldAddress(in.Mail.From[0].Addr)
}

// mentions reports whether the address wrote the mail or got it.
func (in Incoming) mentions(addr string) bool {
	for _, m := range slices.Concat(in.Mail.From, in.Mail.To, in.Mail.Cc) {
		if FoldAddress(m.Addr) == addr {
			return true
		}
	}
	return false
}

// Receive brings parsed mails into conversations: the second transaction of
// the way of a mail. A mail that has its message already is left alone, so any
// process may call it for any raw mail, any number of times.
func (m *Mailroom) Receive(ctx context.Context, batch []Incoming) error {
	slices.SortStableFunc(batch, func(a, b Incoming) int { return a.At.Compare(b.At) })
	return m.d.write(ctx, func(w Writer) error {
		history := map[InboxID]int{}
		for _, in := range batch {
			home, done, err := w.Kept(in.Raw)
			if err != nil {
				return err
			}
			if done {
				continue
			}
			in.Inbox = home
			if err := m.receive(w, in); err != nil {
				return err
			}
			if in.Old {
				history[in.Inbox]++
			}
		}
		for inbox, n := range history {
			err := w.Append(&Event{At: m.d.now(), Actor: connectorActor(), Kind: EventHistory, Inbox: inbox, After: state(n)})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// receive brings in one mail.
func (m *Mailroom) receive(w Writer, in Incoming) error {
	in, err := asItLies(w, in)
	if err != nil {
		return err
	}
	if in.Direction() == Out {
		ours, err := m.recogniseOwn(w, in)
		if err != nil || ours {
			return err
		}
	} else if ours, err := m.d.cameBack(w, in); err != nil {
		return err
	} else if ours {
		in.Mail.Auto.Kind, in.test = AutoOwn, m.d.isTest(in.Mail)
		if in.test {
			if err := m.verify(w, in); err != nil {
				return err
			}
		}
	} else if in.AuthFailed, err = unverified(w, in); err != nil {
		return err
	}
	code, err := m.d.arrived(w, in)
	if err != nil {
		return err
	}
	if code {
		in.Mail.Auto.Kind, in.test = AutoOwn, true // nobody's work: see conversationFor
	}
	p, err := m.d.place(w, in)
	if err != nil {
		return err
	}
	if p, err = m.d.afresh(w, in, p); err != nil {
		return err
	}
	var found []capture
	if p.conversation == 0 && p.follows == 0 {
		if found, p.conversation, err = m.d.captures(w, in); err != nil {
			return err
		}
	}
	join, late, err := m.d.lateChildren(w, in, p.conversation)
	if err != nil {
		return err
	}
	begins := p.conversation == 0 && len(join) > 0
	if begins {
		// Nothing of the child's conversation is lost by keeping its number:
		// it becomes the conversation the parent would have begun.
		p.conversation, p.follows, join = join[0], 0, join[1:]
	}
	if p.related == 0 {
		p.related = late
	}
	c, err := m.conversationFor(w, in, p)
	if err != nil {
		return err
	}
	if p.follows != 0 {
		if err := m.d.linkFollowUp(w, p.follows, &c); err != nil {
			return err
		}
	}
	in.Inbox = c.Inbox // it has been moved since, perhaps
	first := c.LastIn == 0
	if begins && in.Mail.Subject != "" {
		c.Subject = in.Mail.Subject
	}
	if err := keepCaptures(w, found, c.ID); err != nil {
		return err
	}
	msg, err := m.addMessage(w, in, c.ID)
	if err != nil {
		return err
	}
	logged, err := m.d.log(w, &c, msg, in.makesContact())
	if err != nil {
		return err
	}
	before := c.Status
	if err := m.d.tally(w, &c, msg, in); err != nil {
		return err
	}
	for _, child := range join {
		if err := m.d.join(w, child, &c); err != nil {
			return err
		}
	}
	if logged {
		if err := m.d.touchDeal(w, in, c); err != nil {
			return err
		}
	}
	c.Version++
	if err := m.received(w, in, &c, occasion{
		message: &msg, incoming: &in, began: p.conversation == 0, first: first, reopened: before == Closed && c.Status == Open,
	}); err != nil {
		return err
	}
	return w.SaveConversation(c)
}

// conversationFor gives the conversation a mail goes into, made if need be.
func (m *Mailroom) conversationFor(w Writer, in Incoming, p placement) (Conversation, error) {
	if p.conversation != 0 {
		return w.Conversation(p.conversation)
	}
	id, err := w.NextConversationID()
	if err != nil {
		return Conversation{}, err
	}
	other, err := customerOf(w, Message{Inbox: in.Inbox, Direction: in.Direction(), AuthFailed: in.AuthFailed, Mail: in.Mail})
	if err != nil {
		return Conversation{}, err
	}
	c := Conversation{
		ID: id, Inbox: in.Inbox, Subject: in.Mail.Subject, Status: Open, Spam: in.Role == RoleJunk,
		Who: whoIs(other), CreatedAt: in.At, LastAt: in.At, RelatedTo: p.related,
	}
	if in.Old || in.left || in.test || in.Direction() == Out {
		c.Status = Closed
	}
	if err := m.known(w, in, &c); err != nil {
		return Conversation{}, err
	}
	return c, w.AddConversation(c)
}

// known lets a sender through who is always let through, and one who never is
// not. The provider's opinion counts where nobody has said anything.
func (m *Mailroom) known(w Writer, in Incoming, c *Conversation) error {
	if in.Direction() != In {
		return nil
	}
	home, err := w.Inbox(c.Inbox)
	if err != nil {
		return err
	}
	k, known, err := knownAs(w, home, in.sender(), in.AuthFailed)
	if err != nil || !known || c.Spam == !k.Allowed {
		return err
	}
	c.Spam = !k.Allowed
	kind := EventNotSpam
	if c.Spam {
		kind = EventSpam
	}
	return w.Append(&Event{At: m.d.now(), Actor: connectorActor(), Kind: kind, Inbox: c.Inbox, Conversation: c.ID, After: state(k.form())})
}

// otherSide is who a mail is from, or whom ours is to. Whose matter it is says
// [customerOf].
func otherSide(dir Direction, m Mail) Mailbox {
	switch people := slices.Concat(m.To, m.Cc, m.Bcc); {
	case dir == Out && len(people) > 0:
		return people[0]
	case dir == In && len(m.From) > 0:
		return m.From[0]
	default:
		return Mailbox{Name: "(no sender)"}
	}
}

func whoIs(m Mailbox) string {
	if name := strings.TrimSpace(m.Name); name != "" {
		return name
	}
	return m.Addr
}

func (m *Mailroom) addMessage(w Writer, in Incoming, c ConversationID) (Message, error) {
	id, err := w.NextMessageID(in.At)
	if err != nil {
		return Message{}, err
	}
	msg := Message{
		ID: id, Conversation: c, Inbox: in.Inbox, Account: in.Account, Raw: in.Raw,
		Direction: in.Direction(), At: in.At, Unreadable: in.Unreadable, AuthFailed: in.AuthFailed, Mail: in.Mail,
	}
	if in.Direction() == Out {
		if msg.Author, err = m.authorOutside(w, in); err != nil {
			return Message{}, err
		}
	}
	return msg, w.AddMessage(msg)
}

// authorOutside says who wrote a mail that another client left in Sent: the
// owner of a personal inbox, or of the personal account its From names.
func (m *Mailroom) authorOutside(r Reader, in Incoming) (UserID, error) {
	inbox, err := r.Inbox(in.Inbox)
	if err != nil {
		return 0, err
	}
	if inbox.Kind == Personal {
		return inbox.Owner, nil
	}
	h, err := r.AddressHolder(in.sender())
	if errors.Is(err, ErrNoRow) || err == nil && h.Inbox.Kind != Personal {
		return 0, nil
	}
	return h.Inbox.Owner, err
}

// tally brings the conversation's row in line with one more message, and does
// what the message does to it: a customer's mail opens it again and starts the
// waiting, an answer ends the waiting and claims it, automatic mail does
// neither (design 4.6).
func (d *Desk) tally(w Writer, c *Conversation, m Message, in Incoming) error {
	newest := m.ID > c.Last
	if newest {
		c.count(m)
		if c.Status == Closed && m.Direction == In {
			c.WaitingSince = time.Time{}
		}
		c.wait(m)
	} else if err := d.recount(w, c); err != nil {
		return err
	}
	if in.Old || in.test {
		return nil
	}
	switch {
	case m.Direction == In && !in.Seen:
		c.LastIn = max(c.LastIn, m.ID)
	case m.Direction == In:
		inbox, err := w.Inbox(c.Inbox)
		if err != nil {
			return err
		}
		if inbox.Kind != Personal {
			c.LastIn = max(c.LastIn, m.ID)
		}
	default:
	}
	if !newest {
		return nil
	}
	if m.Direction == In && m.Mail.Auto.Kind == AutoNone && c.away() && !in.left {
		c.SnoozedUntil, c.Trashed = time.Time{}, false
		if err := d.turnTo(w, c, Open, connectorActor()); err != nil {
			return err
		}
		if err := d.leaveAbsent(w, c); err != nil {
			return err
		}
		return d.asJunk(w, in, c)
	}
	if m.Direction == Out && c.Messages > 1 {
		c.Touched = true
		c.AnsweredOutside = m.Author == 0
		if c.Assignee == 0 {
			c.Assignee = m.Author
		}
	}
	return nil
}

// count adds a message to what the row says about the timeline.
func (c *Conversation) count(m Message) {
	c.Messages++
	c.Attachments = c.Attachments || len(m.Mail.Attachments) > 0
	if m.ID > c.Last {
		c.Last, c.LastAt = m.ID, m.At
		c.Snippet = Snippet(beginning(m.Mail.Text), snippetRunes)
	}
}

const snippetRunes = 120

// SnippetBytes is how much of a text can show in a list.
const SnippetBytes = 400

// beginning is as much of a text as a list of messages reads, so that a
// snippet is the same whenever it is made.
func beginning(text string) string {
	if len(text) <= SnippetBytes {
		return text
	}
	return strings.ToValidUTF8(text[:SnippetBytes], "")
}

// wait starts or ends the customer's waiting. Messages must come in order.
func (c *Conversation) wait(m Message) {
	switch {
	case m.Mail.Auto.Kind != AutoNone && m.Mail.Auto.Kind != "":
	case m.Direction == Out:
		c.WaitingSince = time.Time{}
	case c.WaitingSince.IsZero():
		c.WaitingSince = m.At
	}
}

// join moves everything of one conversation into another; its number leads
// there from then on.
func (d *Desk) join(w Writer, from ConversationID, to *Conversation) error {
	child, err := w.Conversation(from)
	if err != nil {
		return err
	}
	if err := d.unite(w, child, to, connectorActor()); err != nil {
		return err
	}
	return w.Append(&Event{At: d.now(), Actor: connectorActor(), Kind: EventJoined, Inbox: to.Inbox, Conversation: to.ID, Before: state(from)})
}

// received journals a mail and lets what follows from it happen. Of mail from
// before the cut-off neither is done, and nothing follows from our own.
func (m *Mailroom) received(w Writer, in Incoming, c *Conversation, o occasion) error {
	if in.Old {
		return nil
	}
	kind := EventReceived
	if in.Direction() == Out {
		kind = EventSentOutside
	}
	var after json.RawMessage
	if in.Mail.Auto.Kind != AutoNone {
		after = state(in.Mail.Auto.Kind)
	}
	at := in.At
	if in.test {
		at = m.d.now() // how long it took is what the test asks
	}
	o.event = &Event{At: at, Actor: connectorActor(), Kind: kind, Inbox: c.Inbox, Conversation: c.ID, Message: o.message.ID, After: after}
	if err := w.Append(o.event); err != nil || in.Mail.Auto.Kind == AutoOwn {
		return err
	}
	return m.d.react(w, o, c)
}
