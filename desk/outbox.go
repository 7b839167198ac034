package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DraftKind says what a draft will become.
type DraftKind string

// The kinds of drafts.
const (
	DraftReply DraftKind = "reply"
	DraftNote  DraftKind = "note"
	DraftNew   DraftKind = "new"
)

// Draft is a text somebody is writing. It is saved in the store while it is
// written, so that nothing is lost, whatever ends the program.
type Draft struct {
	ID           DraftID
	Author       UserID
	Kind         DraftKind
	Inbox        InboxID
	Conversation ConversationID // 0 for a new one
	Account      AccountID      // who sends it
	To, Cc, Bcc  []Mailbox
	Subject      string
	// Text is Markdown; the plain part is the text as it stands.
	Text string
	// Version is the conversation's version the author has seen. A reply
	// against an older one is held and shows what is new.
	Version   int64
	UpdatedAt time.Time
}

// OutgoingState is where a row of the outbox stands. accepted, failed and
// cancelled are final; in doubt waits for evidence or for its author.
type OutgoingState string

// The states of the outbox.
const (
	Queued     OutgoingState = "queued"     // held, or waiting for a worker
	Claimed    OutgoingState = "claimed"    // a worker talks to the server
	Submitting OutgoingState = "submitting" // committed before the final dot
	Accepted   OutgoingState = "accepted"   // the server has said 250
	Deferred   OutgoingState = "deferred"   // 4xx or no connection: will be tried again
	Failed     OutgoingState = "failed"     // 5xx: needs its author
	InDoubt    OutgoingState = "in doubt"   // perhaps sent; never sent again by itself
	Cancelled  OutgoingState = "cancelled"  // taken back, or given up
)

// Outgoing is a row of the outbox. Message-ID, token and recipients are fixed
// when it is queued.
type Outgoing struct {
	ID           OutgoingID
	Conversation ConversationID
	Inbox        InboxID
	Account      AccountID
	Author       UserID
	// Message is its entry in the timeline.
	Message     MessageID
	From        Mailbox
	ReplyTo     string // the plus address with the token, or empty
	To, Cc, Bcc []Mailbox
	Subject     string
	Text        string
	// HeaderID is the Message-ID without brackets. InReplyTo and References
	// are the threading headers, oldest first.
	HeaderID   string
	InReplyTo  string
	References []string
	State      OutgoingState
	// HoldUntil is the end of the time in which undo takes it back.
	HoldUntil time.Time
	// NextTry is when a deferred mail is tried again.
	NextTry  time.Time
	Attempts int
	// LastError is what the server or the network said.
	LastError string
	// Raw are the exact bytes handed over, kept from Submitting on.
	Raw                  []byte
	CreatedAt, UpdatedAt time.Time
}

// HoldTime is how long a mail can be taken back after sending.
const HoldTime = 10 * time.Second

// LeftOverAge is when a queued mail that no worker has taken goes back to the
// drafts (design, "Hold and quit").
const LeftOverAge = 24 * time.Hour

// Guard is a reason to look once more before a reply goes out.
type Guard string

// The guards, in the order in which they are shown.
const (
	GuardChanged      Guard = "changed"       // the conversation has changed since it was read
	GuardWriting      Guard = "writing"       // somebody else is writing an answer
	GuardAttachment   Guard = "attachment"    // the text speaks of an attachment, there is none
	GuardNewRecipient Guard = "new recipient" // an address that was not part of the conversation
)

// Caution is a guard that has something to say, in a sentence.
type Caution struct {
	Guard  Guard
	Detail string
}

// Sending is the answer to [Seat.Send].
type Sending struct {
	// Cautions is not empty when nothing was queued: confirm and send again.
	Cautions []Caution
	Outgoing Outgoing
	// Batch undoes the closing and the claim alone, if there was one;
	// [Seat.CancelSend] takes back the mail with them.
	Batch string
}

// SendOptions say how a mail is to go out.
type SendOptions struct {
	// Confirmed are the guards the author has seen and overruled.
	Confirmed []Guard
	// Close closes the conversation with the reply.
	Close bool
	// Hold is the time for undo; 0 sends as soon as a worker sees it.
	Hold time.Duration
}

// NewReply prepares a reply to the newest message of a conversation: to whom,
// from which account, with which subject. A draft the actor has already begun
// is continued.
func (s *Seat) NewReply(ctx context.Context, id ConversationID, all bool) (Draft, error) {
	var dr Draft
	err := s.d.store.Read(ctx, func(r Reader) error {
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		dr, err = r.Draft(s.actor.User, c.ID, DraftReply)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrNoRow) {
			return err
		}
		accounts, err := s.sendingAccounts(r, c.Inbox)
		if err != nil {
			return err
		}
		last, err := r.LastMail(c.ID)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		dr = replyTo(c, last, accounts, all)
		dr.Author = s.actor.User
		return nil
	})
	return dr, err
}

// sendingAccounts are the accounts of an inbox, oldest first.
func (s *Seat) sendingAccounts(r Reader, inbox InboxID) ([]Account, error) {
	all, err := r.Accounts()
	if err != nil {
		return nil, err
	}
	var mine []Account
	for _, a := range all {
		if a.Inbox == inbox {
			mine = append(mine, a)
		}
	}
	if len(mine) == 0 {
		return nil, conflict("NO_ACCOUNT", "Connect one with: postroom account connect ADDRESS --inbox NAME", "This inbox has no mail account to send from.")
	}
	return mine, nil
}

// replyTo addresses an answer: to Reply-To, else From; with all also to the
// others, never to ourselves (RFC 5322 3.6.3). To our own message the answer
// goes to whom that went.
func replyTo(c Conversation, last Message, accounts []Account, all bool) Draft {
	dr := Draft{Kind: DraftReply, Inbox: c.Inbox, Conversation: c.ID, Account: accounts[0].ID, Version: c.Version, Subject: replySubject(c.Subject)}
	own := map[string]bool{}
	for _, a := range accounts {
		own[FoldAddress(a.Address)] = true
		if a.ID == last.Account {
			dr.Account = a.ID
		}
	}
	to := last.Mail.From
	if len(last.Mail.ReplyTo) > 0 {
		to = last.Mail.ReplyTo
	}
	if last.Direction == Out {
		to = last.Mail.To
	}
	seen := map[string]bool{}
	add := func(dst *[]Mailbox, list []Mailbox) {
		for _, m := range list {
			f := FoldAddress(m.Addr)
			if f == "" || seen[f] || own[stripPlus(f)] || own[f] {
				continue
			}
			seen[f] = true
			*dst = append(*dst, m)
		}
	}
	add(&dr.To, to)
	if all {
		if last.Direction == In {
			add(&dr.To, last.Mail.To)
		}
		add(&dr.Cc, last.Mail.Cc)
	}
	return dr
}

func stripPlus(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	plus := strings.IndexByte(addr, '+')
	if at < 0 || plus < 0 || plus > at {
		return addr
	}
	return addr[:plus] + addr[at:]
}

func replySubject(s string) string {
	if len(s) >= 3 && strings.EqualFold(s[:3], "re:") {
		return s
	}
	return "Re: " + s
}

// NewMail prepares the first message of a new conversation from an inbox.
func (s *Seat) NewMail(ctx context.Context, inbox string) (Draft, error) {
	var dr Draft
	err := s.d.store.Read(ctx, func(r Reader) error {
		in, err := s.mustSeeInbox(r, inbox)
		if err != nil {
			return err
		}
		dr, err = r.Draft(s.actor.User, 0, DraftNew)
		if err == nil && dr.Inbox == in.ID {
			return nil
		}
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		accounts, err := s.sendingAccounts(r, in.ID)
		if err != nil {
			return err
		}
		dr = Draft{Author: s.actor.User, Kind: DraftNew, Inbox: in.ID, Account: accounts[0].ID}
		return nil
	})
	return dr, err
}

// Draft gives the actor's draft of a kind in a conversation (0 for a new
// mail), or a NotFound error.
func (s *Seat) Draft(ctx context.Context, id ConversationID, kind DraftKind) (Draft, error) {
	var dr Draft
	err := s.d.store.Read(ctx, func(r Reader) error {
		if id != 0 {
			if _, err := s.mustSee(r, id); err != nil {
				return err
			}
		}
		var err error
		dr, err = r.Draft(s.actor.User, id, kind)
		if errors.Is(err, ErrNoRow) {
			return notFound("NO_DRAFT", "", "There is no such draft.")
		}
		return err
	})
	return dr, err
}

// SaveDraft keeps a draft; one of each kind for each author and conversation.
func (s *Seat) SaveDraft(ctx context.Context, dr Draft) (Draft, error) {
	dr.Author, dr.UpdatedAt = s.actor.User, s.d.now()
	err := s.write(ctx, func(w Writer) error {
		if err := s.mayWrite(w, dr); err != nil {
			return err
		}
		id, err := w.SaveDraft(dr)
		dr.ID = id
		return err
	})
	return dr, err
}

// DiscardDraft forgets a draft.
func (s *Seat) DiscardDraft(ctx context.Context, id ConversationID, kind DraftKind) error {
	return s.write(ctx, func(w Writer) error { return w.DeleteDraft(s.actor.User, id, kind) })
}

// mayWrite asks whether the actor works where the draft belongs.
func (s *Seat) mayWrite(r Reader, dr Draft) error {
	if dr.Conversation != 0 {
		_, err := s.mustSee(r, dr.Conversation)
		return err
	}
	ok, err := s.member(r, dr.Inbox)
	if err == nil && !ok {
		return notFound("NO_SUCH_INBOX", "See yours with: postroom inbox list", "There is no such inbox.")
	}
	return err
}

// Prepare makes the outgoing mail of a draft without queueing it, for a
// preview: what [Seat.Send] would send, with a Message-ID of its own.
func (s *Seat) Prepare(ctx context.Context, dr Draft) (Outgoing, error) {
	var out Outgoing
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		out, _, err = s.prepare(r, dr)
		return err
	})
	return out, err
}

// prepare checks a draft and turns it into an outgoing mail. For a new
// conversation the Message-ID is fixed later, when its number is known.
func (s *Seat) prepare(r Reader, dr Draft) (Outgoing, Conversation, error) {
	fail := func(err error) (Outgoing, Conversation, error) { return Outgoing{}, Conversation{}, err }
	if err := s.mayWrite(r, dr); err != nil {
		return fail(err)
	}
	if dr.Kind == DraftNote {
		return fail(invalid("A_NOTE", "", "A note cannot be sent."))
	}
	if err := checkDraft(dr); err != nil {
		return fail(err)
	}
	var c Conversation
	if dr.Conversation != 0 {
		var err error
		if c, err = s.mustSee(r, dr.Conversation); err != nil {
			return fail(err)
		}
		dr.Inbox = c.Inbox
	}
	accounts, err := s.sendingAccounts(r, dr.Inbox)
	if err != nil {
		return fail(err)
	}
	at := slices.IndexFunc(accounts, func(a Account) bool { return a.ID == dr.Account })
	if at < 0 {
		return fail(conflict("OTHER_ACCOUNT", "Choose an account of this inbox.", "The mail would leave from an account of another inbox."))
	}
	me, err := r.User(s.actor.User)
	if err != nil {
		return fail(err)
	}
	now := s.d.now()
	out := Outgoing{
		Conversation: c.ID, Inbox: dr.Inbox, Account: accounts[at].ID, Author: s.actor.User,
		From: Mailbox{Name: me.Name, Addr: accounts[at].Address}, To: dr.To, Cc: dr.Cc, Bcc: dr.Bcc,
		Subject: oneLine(dr.Subject), Text: dr.Text, State: Queued, CreatedAt: now, UpdatedAt: now,
	}
	if c.ID != 0 {
		ids, err := r.MailIDs(c.ID, 50)
		if err != nil {
			return fail(err)
		}
		out.References = ids
		if len(ids) > 0 {
			out.InReplyTo = ids[len(ids)-1]
		}
	}
	s.d.sign(&out, accounts[at])
	return out, c, nil
}

// sign fixes the Message-ID and, where the account takes it, the plus address.
func (d *Desk) sign(out *Outgoing, a Account) {
	token := makeToken(d.key, out.Conversation, d.nonce(8))
	out.HeaderID = token + "@" + a.Domain()
	if a.PlusAddressing {
		at := strings.LastIndexByte(a.Address, '@')
		out.ReplyTo = a.Address[:at] + "+" + token + a.Address[at:]
	}
}

func checkDraft(dr Draft) error {
	if strings.TrimSpace(dr.Text) == "" {
		return invalid("EMPTY_MAIL", "Write something first.", "The mail is empty.")
	}
	if len(dr.To)+len(dr.Cc)+len(dr.Bcc) == 0 {
		return invalid("NO_RECIPIENT", "Fill in To.", "The mail has no recipient.")
	}
	for _, m := range slices.Concat(dr.To, dr.Cc, dr.Bcc) {
		at := strings.LastIndexByte(m.Addr, '@')
		if at < 1 || at == len(m.Addr)-1 || strings.ContainsAny(m.Addr, " \t\r\n<>,;\x00") {
			return invalid("BAD_RECIPIENT", "Write it as name@example.org.", "%q is not a mail address.", m.Addr)
		}
	}
	return nil
}

// oneLine keeps a header value on its line (promises A10).
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\x00", "")), " ")
}

// cautions asks the guards (ux 3.3), leaving out those the author overruled.
func (s *Seat) cautions(r Reader, dr Draft, c Conversation, confirmed []Guard) ([]Caution, error) {
	var list []Caution
	add := func(g Guard, format string, args ...any) {
		if !slices.Contains(confirmed, g) {
			list = append(list, Caution{g, fmt.Sprintf(format, args...)})
		}
	}
	if dr.Conversation != 0 {
		if c.Version != dr.Version {
			add(GuardChanged, "The conversation has changed since you opened it.")
		}
		who, err := r.WritingOthers(c.ID, s.actor.User, s.d.now().Add(-writingAge))
		if err != nil {
			return nil, err
		}
		if len(who) > 0 {
			add(GuardWriting, "%s is writing an answer too.", who[0].Name)
		}
	}
	if speaksOfAttachment(dr.Text) {
		add(GuardAttachment, "The text speaks of an attachment, but there is none.")
	}
	if dr.Conversation != 0 {
		known, err := r.Participants(c.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range slices.Concat(dr.To, dr.Cc, dr.Bcc) {
			if !slices.Contains(known, FoldAddress(m.Addr)) {
				add(GuardNewRecipient, "%s was not part of this conversation.", m.Addr)
				break
			}
		}
	}
	return list, nil
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

// Send queues a mail: outbox row, Message-ID and token are fixed and durable
// when it returns. A reply claims an unassigned conversation (H2). Guards that
// are not confirmed come back as cautions and nothing is queued.
func (s *Seat) Send(ctx context.Context, dr Draft, o SendOptions) (Sending, error) {
	var res Sending
	err := s.write(ctx, func(w Writer) error {
		res = Sending{}
		out, c, err := s.prepare(w, dr)
		if err != nil {
			return err
		}
		if res.Cautions, err = s.cautions(w, dr, c, o.Confirmed); err != nil || len(res.Cautions) > 0 {
			return err
		}
		if c.ID == 0 {
			if c, err = s.newConversation(w, out); err != nil {
				return err
			}
			out.Conversation = c.ID
			account, err := w.Account(out.Account)
			if err != nil {
				return err
			}
			s.d.sign(&out, account)
		}
		out.HoldUntil = s.d.now().Add(o.Hold)
		batch := s.d.newBatch()
		if err := s.enqueue(w, &out, &c, batch); err != nil {
			return err
		}
		changed, err := s.settleConversation(w, &c, o.Close, batch)
		if err != nil {
			return err
		}
		if changed {
			res.Batch = batch
		}
		res.Outgoing = out
		return w.DeleteDraft(s.actor.User, dr.Conversation, dr.Kind)
	})
	return res, err
}

// newConversation opens the conversation a new mail begins.
func (s *Seat) newConversation(w Writer, out Outgoing) (Conversation, error) {
	id, err := w.NextConversationID()
	if err != nil {
		return Conversation{}, err
	}
	to := slices.Concat(out.To, out.Cc, out.Bcc)[0]
	contact, err := w.Contact(to, out.CreatedAt)
	if err != nil {
		return Conversation{}, err
	}
	c := Conversation{
		ID: id, Inbox: out.Inbox, Subject: out.Subject, Status: Open, Contact: contact,
		Who: whoIs(to), CreatedAt: out.CreatedAt, LastAt: out.CreatedAt,
	}
	return c, w.AddConversation(c)
}

// enqueue writes the outbox row and its entry in the timeline. The batch leads
// from the mail to what else its sending has changed.
func (s *Seat) enqueue(w Writer, out *Outgoing, c *Conversation, batch string) error {
	id, err := w.NextMessageID(out.CreatedAt)
	if err != nil {
		return err
	}
	out.Message = id
	if out.ID, err = w.AddOutgoing(*out); err != nil {
		return err
	}
	m := out.message()
	if err := w.AddMessage(m); err != nil {
		return err
	}
	c.count(m)
	ev := s.event(EventQueued, c.Inbox, c.ID, nil, nil)
	ev.Message, ev.Batch = id, batch
	return w.Append(ev)
}

// message is the outgoing mail as an entry of the timeline.
func (o Outgoing) message() Message {
	m := Message{
		ID: o.Message, Conversation: o.Conversation, Inbox: o.Inbox, Account: o.Account,
		Direction: Out, At: o.CreatedAt, Author: o.Author, Outgoing: o.ID,
		Mail: Mail{
			MessageID: o.HeaderID, References: o.References, Date: o.CreatedAt, Subject: o.Subject,
			From: []Mailbox{o.From}, To: o.To, Cc: o.Cc, Bcc: o.Bcc, Text: o.Text, Auto: Auto{Kind: AutoNone},
		},
	}
	if o.InReplyTo != "" {
		m.Mail.InReplyTo = []string{o.InReplyTo}
	}
	return m
}

// settleConversation does what a reply does besides going out: it claims an
// unassigned conversation, ends the waiting, and closes it if asked to. It
// reports whether the batch has anything to undo.
func (s *Seat) settleConversation(w Writer, c *Conversation, closing bool, batch string) (bool, error) {
	c.Version++
	c.Touched = true
	c.AnsweredOutside = false
	c.WaitingSince = time.Time{}
	var events []*Event
	if c.Assignee == 0 {
		c.Assignee = s.actor.User
		events = append(events, s.event(EventAssigned, c.Inbox, c.ID, state(UserID(0)), state(s.actor.User)))
	}
	if closing && c.Status == Open {
		c.Status = Closed
		events = append(events, s.event(EventClosed, c.Inbox, c.ID, state(Open), state(Closed)))
	}
	for _, ev := range events {
		ev.Batch = batch
		if err := w.Append(ev); err != nil {
			return false, err
		}
	}
	return len(events) > 0, w.SaveConversation(*c)
}

// CancelSend takes back a mail that has not left yet and gives its text back
// as a draft, together with what its sending did to the conversation: the claim
// and the closing. Its author only. Once a worker has it, it is too late.
func (s *Seat) CancelSend(ctx context.Context, id OutgoingID) (Draft, error) {
	var dr Draft
	err := s.write(ctx, func(w Writer) error {
		out, c, err := s.mustOwn(w, id)
		if err != nil {
			return err
		}
		if out.State != Queued && out.State != Deferred && out.State != Failed {
			return conflict("TOO_LATE", "", "It is too late: the mail is %s.", out.State)
		}
		if err := s.undoSending(w, out); err != nil {
			return err
		}
		if c, err = w.Conversation(c.ID); err != nil {
			return err
		}
		dr, err = s.d.takeBack(w, out, c, s.actor)
		return err
	})
	return dr, err
}

// undoSending takes back what sending a mail did besides. What somebody has
// changed since stays as it is.
func (s *Seat) undoSending(w Writer, out Outgoing) error {
	queued, err := w.LastChange(out.Conversation, 0, []EventKind{EventQueued})
	if errors.Is(err, ErrNoRow) || err == nil && (queued.Message != out.Message || queued.Batch == "") {
		return nil
	}
	if err != nil {
		return err
	}
	events, err := w.LastBatch(s.actor.User, queued.Batch)
	if errors.Is(err, ErrNoRow) || err == nil && len(events) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	batch := s.d.newBatch()
	for _, ev := range events {
		if _, err := s.undoOne(w, ev, batch); err != nil {
			return err
		}
	}
	return w.MarkUndone(events)
}

// takeBack cancels an outbox row and makes a draft of it again.
func (d *Desk) takeBack(w Writer, out Outgoing, c Conversation, by Actor) (Draft, error) {
	before := out.State
	out.State, out.UpdatedAt = Cancelled, d.now()
	if err := w.SaveOutgoing(out, before); err != nil {
		return Draft{}, err
	}
	if err := w.RemoveMessage(out.Message); err != nil {
		return Draft{}, err
	}
	c.Version++
	if err := d.recount(w, &c); err != nil {
		return Draft{}, err
	}
	dr := Draft{
		Author: out.Author, Kind: DraftReply, Inbox: out.Inbox, Conversation: c.ID, Account: out.Account,
		To: out.To, Cc: out.Cc, Bcc: out.Bcc, Subject: out.Subject, Text: out.Text, Version: c.Version, UpdatedAt: d.now(),
	}
	noted, err := hasNotes(w, out.Author, c.ID)
	if err != nil {
		return Draft{}, err
	}
	if c.Messages == 0 && !noted {
		// It was the first mail of a new conversation: that goes with it,
		// unless a colleague has written a note there since.
		dr.Kind, dr.Conversation, dr.Version = DraftNew, 0, 0
		if err := w.RemoveConversation(c.ID); err != nil {
			return Draft{}, err
		}
	} else if err := w.SaveConversation(c); err != nil {
		return Draft{}, err
	}
	begun, err := w.Draft(dr.Author, dr.Conversation, dr.Kind)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return Draft{}, err
	}
	if strings.TrimSpace(begun.Text) != "" {
		// The author has begun another text since: neither may be lost.
		dr.Text += "\n\n" + begun.Text
	}
	if dr.ID, err = w.SaveDraft(dr); err != nil {
		return Draft{}, err
	}
	return dr, w.Append(&Event{At: d.now(), Actor: by, Kind: EventCancelled, Inbox: c.Inbox, Conversation: c.ID, Message: out.Message})
}

// hasNotes reports whether a conversation without messages holds a note.
func hasNotes(r Reader, viewer UserID, c ConversationID) (bool, error) {
	t, err := r.Thread(viewer, c, 1)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return slices.ContainsFunc(t.Items, func(it Item) bool { return it.Note != nil }), err
}

// recount brings a conversation's derived fields in line with its timeline.
func (d *Desk) recount(w Writer, c *Conversation) error {
	msgs, err := w.Mails(c.ID)
	if err != nil {
		return err
	}
	fresh := *c
	fresh.Messages, fresh.Last, fresh.Attachments, fresh.Snippet = 0, 0, false, ""
	fresh.WaitingSince, fresh.LastAt = time.Time{}, fresh.CreatedAt
	for _, m := range msgs {
		fresh.count(m)
		fresh.wait(m)
	}
	*c = fresh
	return nil
}

// mustOwn gives the actor's own row of the outbox, and its conversation.
func (s *Seat) mustOwn(r Reader, id OutgoingID) (Outgoing, Conversation, error) {
	missing := notFound("NO_SUCH_MAIL", "See yours with: postroom outbox list", "There is no outgoing mail %d.", id)
	out, err := r.Outgoing(id)
	if errors.Is(err, ErrNoRow) {
		return out, Conversation{}, missing
	}
	if err != nil {
		return out, Conversation{}, err
	}
	c, err := s.mustSee(r, out.Conversation)
	if KindOf(err) == NotFound && err != nil {
		return out, c, missing
	}
	if err != nil {
		return out, c, err
	}
	if out.Author != s.actor.User {
		return out, c, denied("Ask its author.", "Only its author can decide about this mail.")
	}
	return out, c, nil
}

// Outbox lists the outgoing mails of the inboxes the actor works in that are
// not final yet or have failed, which needs their author, and with all also
// the last hundred others; newest first.
func (s *Seat) Outbox(ctx context.Context, all bool) ([]Outgoing, error) {
	var list []Outgoing
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.OutgoingFor(s.actor.User, all)
		return err
	})
	return list, err
}

// RetrySend sends a failed mail again, or one in doubt whose author has
// decided that it did not arrive. The Message-ID stays the same.
func (s *Seat) RetrySend(ctx context.Context, id OutgoingID) error {
	return s.decide(ctx, id, Queued, EventQueued, Failed, InDoubt, Deferred)
}

// ResolveSend declares a mail in doubt as sent.
func (s *Seat) ResolveSend(ctx context.Context, id OutgoingID) error {
	return s.decide(ctx, id, Accepted, EventSent, InDoubt)
}

func (s *Seat) decide(ctx context.Context, id OutgoingID, to OutgoingState, kind EventKind, from ...OutgoingState) error {
	return s.write(ctx, func(w Writer) error {
		out, c, err := s.mustOwn(w, id)
		if err != nil {
			return err
		}
		if !slices.Contains(from, out.State) {
			return conflict("WRONG_STATE", "See: postroom outbox list", "The mail is %s.", out.State)
		}
		before := out.State
		out.State, out.UpdatedAt, out.NextTry, out.HoldUntil = to, s.d.now(), s.d.now(), s.d.now()
		if err := w.SaveOutgoing(out, before); err != nil {
			return err
		}
		ev := s.event(kind, c.Inbox, c.ID, state(before), state(to))
		ev.Message = out.Message
		return w.Append(ev)
	})
}
