package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// An invited user is pending until a code has come to him: by a mail to his
// address, or from the admin's own hand. The code is good once, for one login,
// for a day, and for a handful of tries (A43).

const (
	// CodeTime is how long a code is good.
	CodeTime = 24 * time.Hour
	// codeTries is how many wrong codes are answered before the right one is
	// worth nothing either.
	codeTries = 5
	// codeLetters leave out what looks like something else.
	codeLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
	codeLength  = 8
	// codeSubject begins the subject of the mail with a code. By it a mail is
	// recognised that comes into a mailbox of the desk, through whatever alias
	// or forwarder (S15).
	codeSubject = "Your postroom code: "
)

// Code is what the desk keeps of a code: never the code itself.
type Code struct {
	User      UserID
	MAC       []byte
	ExpiresAt time.Time
	Tries     int
	// Outgoing is the mail with the code; 0 when none was sent.
	Outgoing OutgoingID
}

// spent reports whether so many wrong codes were typed that the right one is
// worth nothing either.
func (c Code) spent() bool { return c.Tries >= codeTries }

// byHand reports whether the admin was given the code himself, to hand it over.
func (c Code) byHand() bool { return c.User != 0 && c.Outgoing == 0 }

// inviteAgain is the command by which an admin sends a fresh code, or gets one
// to hand over where he did so before. The role is named where it would change.
func inviteAgain(u User, byHand bool) string {
	words := []string{"user", "invite", u.Login, "--email", u.Email}
	if byHand {
		words = append(words, "--out-of-band")
	}
	if u.Role == RoleAdmin { // pending, and so not yet Admin()
		words = append(words, "--role", string(u.Role))
	}
	return command(words...)
}

// Invitation is whom an admin wants at the desk.
type Invitation struct {
	Login, Name string
	Role        Role
	// Email is where the code goes.
	Email string
	// Inbox is whose account sends it; empty for the first shared one, by name,
	// that the admin may write from, and his own where there is none: the mail is
	// the desk's and not his.
	Inbox string
	// OutOfBand sends no mail: the admin hands the code over himself.
	OutOfBand bool
}

// Invited is what became of an invitation.
type Invited struct {
	User User
	// Code is told once, where the admin is to hand it over; else empty.
	Code string
	// Outgoing is the mail with the code, queued; zero when there is none.
	Outgoing  Outgoing
	ExpiresAt time.Time
}

// Invite adds a user who is pending until he has shown a code, or sends one who
// is pending a fresh code, which ends the one before. Admins only. A Conflict
// error NO_SENDER when no account of the admin's can send the mail.
func (s *Seat) Invite(ctx context.Context, inv Invitation) (Invited, error) {
	u, err := s.newUser(inv.Login, inv.Name, inv.Role)
	if err != nil {
		return Invited{}, err
	}
	u.Email, u.PendingSince = strings.TrimSpace(inv.Email), u.CreatedAt
	if !goodAddress(u.Email) {
		return Invited{}, badAddress(inv.Email)
	}
	var res Invited
	err = s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "invite users"); err != nil {
			return err
		}
		if u, err = s.pending(w, u); err != nil {
			return err
		}
		code := s.d.newCode()
		kept := Code{User: u.ID, MAC: s.d.codeMAC(u.ID, code), ExpiresAt: s.d.now().Add(CodeTime)}
		res = Invited{User: u, ExpiresAt: kept.ExpiresAt}
		if inv.OutOfBand {
			res.Code = code
		} else if res.Outgoing, err = s.sendCode(w, u, inv.Inbox, code); err != nil {
			return err
		}
		kept.Outgoing = res.Outgoing.ID
		if err := w.SaveCode(kept); err != nil {
			return err
		}
		return w.Append(s.event(EventUserInvited, 0, 0, nil, state(u.Login)))
	})
	return res, err
}

// pending adds the user, or finds him when he is pending already.
func (s *Seat) pending(w Writer, u User) (User, error) {
	all, err := w.Users()
	if err != nil {
		return u, err
	}
	for _, other := range all {
		if other.RemovedAt.IsZero() && other.Login != u.Login && FoldAddress(other.Email) == FoldAddress(u.Email) {
			return u, conflict("EMAIL_IN_USE", "Every user has an address of his own.", "%s is the address of %s already.", u.Email, other.Name)
		}
	}
	there, err := w.UserByLogin(u.Login)
	if errors.Is(err, ErrNoRow) {
		u.ID, err = addUser(w, u)
		return u, err
	}
	if err != nil {
		return u, err
	}
	if there.State() != "pending" {
		return u, conflict("LOGIN_IN_USE", "Choose another login, or see: postroom user list", "The login %q is taken.", u.Login)
	}
	there.Email, there.Role, there.PendingSince = u.Email, u.Role, u.PendingSince
	return there, w.SaveUser(there)
}

// sendCode queues the mail with a code, in a closed conversation of its own.
func (s *Seat) sendCode(w Writer, u User, inbox, code string) (Outgoing, error) {
	in, a, err := s.codeSender(w, inbox)
	if err != nil {
		return Outgoing{}, err
	}
	now := s.d.now()
	out := Outgoing{
		Inbox: in.ID, Account: a.ID, Author: s.actor.User, State: Queued, CreatedAt: now, UpdatedAt: now, HoldUntil: now,
		From: Mailbox{Name: "postroom", Addr: a.Address}, To: []Mailbox{{Name: u.Name, Addr: u.Email}},
		Subject: codeSubject + code,
		Text: fmt.Sprintf("You are invited to a desk of postroom, as %s.\n\nSign in where the desk is, and type:\n\n    postroom user verify %s\n\n"+
			"The code is good for a day, once. If you expected nothing of the kind, ignore this mail.", u.Login, code),
	}
	c, err := s.newConversation(w, out)
	if err != nil {
		return out, err
	}
	c.Status, c.Touched = Closed, true
	out.Conversation = c.ID
	s.d.sign(&out, a)
	if err := s.enqueue(w, &out, &c, ""); err != nil {
		return out, err
	}
	c.Version++
	return out, w.SaveConversation(c)
}

// codeSender is the account that sends a code: of the inbox called name, or the
// first the actor may write from.
func (s *Seat) codeSender(r Reader, name string) (Inbox, Account, error) {
	inboxes, err := r.Inboxes()
	if err != nil {
		return Inbox{}, Account{}, err
	}
	if name != "" {
		in, err := s.mayIn(r, name, RightReply)
		if err != nil {
			return in, Account{}, err
		}
		inboxes = []Inbox{in}
	}
	accounts, err := r.Accounts()
	if err != nil {
		return Inbox{}, Account{}, err
	}
	slices.SortStableFunc(inboxes, func(a, b Inbox) int { return strings.Compare(string(b.Kind), string(a.Kind)) }) // shared before personal
	for _, in := range inboxes {
		have, err := r.Rights(in.ID, s.actor.User)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return in, Account{}, err
		}
		at := slices.IndexFunc(accounts, func(a Account) bool { return a.Inbox == in.ID && a.Holds() == "" })
		if have.Reply && at >= 0 {
			return in, accounts[at], nil
		}
	}
	return Inbox{}, Account{}, conflict("NO_SENDER", "Hand the code over yourself, with: --out-of-band", "No account that you may write from can send the code.")
}

// newCode is a fresh code, in two halves as it is read: ABCD-EFGH.
func (d *Desk) newCode() string {
	var b strings.Builder
	one := make([]byte, 1)
	for b.Len() < codeLength+1 {
		if b.Len() == codeLength/2 {
			b.WriteByte('-')
		}
		if _, err := io.ReadFull(d.rand, one); err != nil {
			panic("desk: the source of randomness has failed: " + err.Error())
		}
		// Bytes above the last whole round of letters would favour the first.
		if n := len(codeLetters); int(one[0]) < 256/n*n {
			b.WriteByte(codeLetters[int(one[0])%n])
		}
	}
	return b.String()
}

// codeMAC tells a right code from a wrong one, and nothing else.
func (d *Desk) codeMAC(u UserID, code string) []byte {
	plain := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
	mac := hmac.New(sha256.New, d.key)
	fmt.Fprintf(mac, "code %d %s", u, plain)
	return mac.Sum(nil)
}

// Verify ends the waiting of the pending user with a login who shows his code.
// Wrong ones are counted; a Denied error BAD_CODE says how many are left.
func (d *Desk) Verify(ctx context.Context, login, code string) (User, error) {
	var u User
	var wrong error
	err := d.write(ctx, func(w Writer) error {
		wrong = nil
		var err error
		if u, err = named(w, login); KindOf(err) == NotFound && err != nil {
			return notFound("NO_SUCH_USER", "Sign in under the login you were invited with, or ask an admin of the desk.", "This desk knows nobody called %q.", login)
		}
		if err != nil {
			return err
		}
		if u.State() != "pending" {
			return conflict("NOT_PENDING", "See who you are with: postroom login", "%s waits for no code.", u.Name)
		}
		kept, err := w.Code(u.ID)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		fresh := "Ask an admin for a fresh one: " + inviteAgain(u, kept.byHand())
		if err != nil || kept.spent() || d.now().After(kept.ExpiresAt) {
			return badCode("The code is not good any more.", fresh)
		}
		if !hmac.Equal(kept.MAC, d.codeMAC(u.ID, code)) {
			kept.Tries++
			// What was tried has to be counted, so this transaction succeeds.
			wrong = wrongCode(kept, fresh)
			return w.SaveCode(kept)
		}
		u, err = d.enrol(w, u, Actor{Kind: ActorUser, User: u.ID, Login: u.Login})
		return err
	})
	if err == nil {
		err = wrong
	}
	return u, err
}

// wrongCode answers a wrong try: with what is left, and after the last one with
// where a fresh code comes from.
func wrongCode(kept Code, fresh string) error {
	if kept.spent() {
		return badCode(fmt.Sprintf("This is not the code either: after %d wrong tries it is used up.", codeTries), fresh)
	}
	left := "1 try is left"
	if n := codeTries - kept.Tries; n > 1 {
		left = fmt.Sprintf("%d of %d tries are left", n, codeTries)
	}
	where := "Type it as it stands in the mail, like: ABCD-EFGH"
	if kept.byHand() {
		where = "Type it as you were given it, like: ABCD-EFGH"
	}
	return badCode("This is not the code; "+left+".", where)
}

func badCode(message, hint string) error {
	return &Error{Kind: Denied, Code: "BAD_CODE", Message: message, Hint: hint}
}

// enrol makes a pending user one of the desk.
func (d *Desk) enrol(w Writer, u User, by Actor) (User, error) {
	u.PendingSince = time.Time{}
	if err := w.SaveUser(u); err != nil {
		return u, err
	}
	if err := w.DropCode(u.ID); err != nil {
		return u, err
	}
	return u, w.Append(&Event{At: d.now(), Actor: by, Kind: EventUserVerified, After: state(u.Login)})
}

// arrived enrols the pending user whose code has come into a mailbox of the
// desk: then his address is one that the desk itself reads. It reports whether
// the mail is one with a code of this desk: one that ends somebody's waiting, or
// that has our own mark and comes again.
func (d *Desk) arrived(w Writer, in Incoming) (ours bool, err error) {
	_, rest, ok := strings.Cut(in.Mail.Subject, codeSubject)
	if !ok || in.Role == RoleSent || in.Account == 0 || len(rest) < codeLength+1 {
		return false, nil
	}
	ours = in.Mail.Auto.Kind == AutoOwn
	code := rest[:codeLength+1]
	users, err := w.Users()
	if err != nil {
		return ours, err
	}
	for _, u := range users {
		if u.State() != "pending" {
			continue
		}
		kept, err := w.Code(u.ID)
		if errors.Is(err, ErrNoRow) || err == nil && (d.now().After(kept.ExpiresAt) || !hmac.Equal(kept.MAC, d.codeMAC(u.ID, code))) {
			continue
		}
		if err != nil {
			return ours, err
		}
		_, err = d.enrol(w, u, connectorActor())
		return true, err
	}
	return ours, nil
}

// Pending is a user who has not shown his code yet.
type Pending struct {
	User      User
	ExpiresAt time.Time
	// Spent says that the code is used up by wrong tries.
	Spent bool
	// Again is the command for a fresh code.
	Again string
	// Mail is what became of the mail with the code: its state, and what the
	// server has said against it (S14). Empty when none was sent.
	Mail   OutgoingState
	Reason string
}

// Pending lists who was invited and has not come. Admins only.
func (s *Seat) Pending(ctx context.Context) ([]Pending, error) {
	var list []Pending
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = nil
		if err := s.mustAdmin(r, "see who is invited"); err != nil {
			return err
		}
		users, err := r.Users()
		for _, u := range users {
			if u.State() != "pending" {
				continue
			}
			p := Pending{User: u}
			kept, err := r.Code(u.ID)
			if err != nil && !errors.Is(err, ErrNoRow) {
				return err
			}
			p.ExpiresAt, p.Spent, p.Again = kept.ExpiresAt, kept.spent(), inviteAgain(u, kept.byHand())
			if kept.Outgoing != 0 {
				out, err := r.Outgoing(kept.Outgoing)
				if err != nil && !errors.Is(err, ErrNoRow) {
					return err
				}
				p.Mail, p.Reason = out.State, out.LastError
			}
			list = append(list, p)
		}
		return err
	})
	return list, err
}
