package desk

import (
	"context"
	"errors"
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
	// From is the address of the account it leaves from; its primary one when
	// empty.
	From        string
	To, Cc, Bcc []Mailbox
	Subject     string
	// Text is Markdown; the plain part is the text as it stands.
	Text string
	// Version is the conversation's version the author has seen. A reply
	// against an older one is held and shows what is new.
	Version   int64
	UpdatedAt time.Time
}

// NewReply continues the reply the actor has begun in a conversation, or else
// prepares one as [Seat.Answer] does.
func (s *Seat) NewReply(ctx context.Context, id ConversationID, all bool) (Draft, error) {
	dr, err := s.Draft(ctx, id, DraftReply)
	if err == nil || KindOf(err) != NotFound {
		return dr, err
	}
	return s.Answer(ctx, id, all)
}

// Answer prepares a reply to the newest message of a conversation: to whom,
// from which account, with which subject. A draft that was begun is left alone.
func (s *Seat) Answer(ctx context.Context, id ConversationID, all bool) (Draft, error) {
	var dr Draft
	err := s.d.store.Read(ctx, func(r Reader) error {
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		if err := s.mustMay(r, c.Inbox, RightReply); err != nil {
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
		from, held, err := senders(r, accounts)
		if err != nil {
			return err
		}
		customer, err := customerOf(r, last)
		if err != nil {
			return err
		}
		dr = replyTo(c, last, customer, accounts, held, all)
		dr.answerFrom(last, from)
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

// replyTo addresses an answer: to the customer the mail was sent for, else to
// Reply-To, else From; with all also to the others, never to ourselves (RFC 5322 3.6.3). To our own message the answer
// goes to whom that went.
func replyTo(c Conversation, last Message, customer Mailbox, accounts []Account, held []Address, all bool) Draft {
	dr := Draft{Kind: DraftReply, Inbox: c.Inbox, Conversation: c.ID, Account: accounts[0].ID, Version: c.Version, Subject: replySubject(c.Subject)}
	own := map[string]bool{}
	for _, d := range held {
		own[FoldAddress(d.Address)] = true
	}
	for _, a := range accounts {
		if a.ID == last.Account {
			dr.Account = a.ID
		}
	}
	to := last.Mail.From
	if len(last.Mail.ReplyTo) > 0 {
		to = last.Mail.ReplyTo
	}
	if last.Direction == In && customer != otherSide(In, last.Mail) {
		to = []Mailbox{customer}
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

// answerFrom lets an answer leave from the address the mail was written to: one
// of the account it came by, or of any of the inbox where that is not known.
func (dr *Draft) answerFrom(last Message, senders []Address) {
	if dr.Account == last.Account {
		senders = slices.DeleteFunc(slices.Clone(senders), func(a Address) bool { return a.Account != dr.Account })
	}
	if a, ok := writtenTo(last, senders); ok {
		dr.Account, dr.From = a.Account, a.Address
	}
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
		in, err := s.mayIn(r, inbox, RightReply)
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

// mayWrite asks whether the actor may write what the draft becomes where it
// belongs.
func (s *Seat) mayWrite(r Reader, dr Draft) error {
	inbox := dr.Inbox
	if dr.Conversation != 0 {
		c, err := s.mustSee(r, dr.Conversation)
		if err != nil {
			return err
		}
		inbox = c.Inbox
	}
	if dr.Kind == DraftNote {
		return s.mustMay(r, inbox, RightReply, RightAssign)
	}
	return s.mustMay(r, inbox, RightReply)
}

// MaxText is how many bytes a mail or note that somebody writes may have: far
// more than anybody types, and few enough to build the mail in memory. It
// leaves as plain text and as HTML, which makes three times as much of it.
const MaxText = 4 << 20

// checkLength refuses a text that is longer than [MaxText]. what names it, as
// the mail or the note.
func checkLength(text, what string) error {
	if len(text) > MaxText {
		return invalid("TEXT_TOO_LONG", "Shorten it, or leave it where others can fetch it and send the link.", "%s is longer than %d MB.", what, MaxText>>20)
	}
	return nil
}

func checkDraft(dr Draft) error {
	if strings.TrimSpace(dr.Text) == "" {
		return invalid("EMPTY_MAIL", "Write something first.", "The mail is empty.")
	}
	if err := checkLength(dr.Text, "The mail"); err != nil {
		return err
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
