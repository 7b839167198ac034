package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An account is personal or shared by the inbox it serves, never both. To
// switch is to disconnect it from one and connect it to another, as one step:
// nothing is fetched a second time, and who saw something before sees no more
// and no less of what there was, unless [HistoryMove] asks for it.

// MailHistory says what becomes of the mail that is in an inbox when its account is
// switched.
type MailHistory string

// The two ways.
const (
	// HistoryKeep leaves it where it is: the account goes over to another
	// inbox, and what came before stays with those who could read it.
	HistoryKeep MailHistory = "keep"
	// HistoryMove takes it along: the inbox itself becomes personal or shared,
	// with all that is in it.
	HistoryMove MailHistory = "move"
)

// Conversion asks for the account with an address to become personal or shared.
type Conversion struct {
	// Address is the one the account is connected with.
	Address string
	To      InboxKind
	// Owner is the login of whose the inbox will be; the actor's when empty.
	// An inbox that is there already keeps its owner.
	Owner string
	// Inbox is the name of the inbox it serves then: one that is there, or a
	// new one. When empty that is a new one, called by what is before the @ or its owner,
	// and with HistoryMove the inbox keeps the name it has.
	Inbox string
	// History is HistoryKeep when empty.
	History MailHistory
}

// Converted is what a conversion has done, or in a [Rehearse] would do.
type Converted struct {
	Address string
	History MailHistory
	// State is how the account is, which stays so.
	State AccountState
	// From is the inbox the account served, To the one it serves now. With
	// HistoryMove they are the same inbox before and after.
	From, To Inbox
	// Made says that To was made for it.
	Made bool
	// Open and All are how many conversations there are in From.
	Open, All int
	// Alone says that From is left without an account.
	Alone bool
	// Losing read the mail of the address so far and will not; Gaining will
	// and did not. With HistoryKeep that is about mail from now on, with
	// HistoryMove also about all there is.
	Losing, Gaining []User
	// Batch takes it back: [Seat.Undo].
	Batch string
}

// Convert makes an account personal or shared. It is a preview in the context
// of [Rehearse].
//
// A shared account becomes personal by an admin, for himself or for Owner, and
// only when nothing refers to it any more: the Conflict error REFERENCED lists
// all that does. A personal one becomes shared by its owner alone; a new shared
// inbox needs an admin, one that is there the right to configure it.
func (s *Seat) Convert(ctx context.Context, k Conversion) (Converted, error) {
	k.History = cmp.Or(k.History, HistoryKeep)
	if k.To != Personal && k.To != Shared || k.History != HistoryKeep && k.History != HistoryMove {
		return Converted{}, invalid("BAD_KIND", "An account is personal or shared; its history is to keep or to move.", "An account cannot become %q with its history %q.", k.To, k.History)
	}
	var done Converted
	err := s.write(ctx, func(w Writer) error {
		a, from, err := s.mayConvert(w, k)
		if err != nil {
			return err
		}
		if k.To == Personal {
			if err := mustBeUnreferenced(w, a, from, k.History); err != nil {
				return err
			}
		}
		done = Converted{Address: a.Address, State: a.State, History: k.History, From: from, Batch: s.d.newBatch()}
		return s.weighed(w, a, &done, func() error {
			if k.History == HistoryMove {
				return s.convertInbox(w, k, a, &done)
			}
			return s.rehome(w, k, a, &done, EventConverted)
		})
	})
	return done, err
}

// Transfer lets an account serve another inbox of the same kind, as a
// conversion with [HistoryKeep] does: one that is there, or a new one. Who does
// it has to be allowed to configure both; of a personal account it is its owner.
func (s *Seat) Transfer(ctx context.Context, address, inbox string) (Converted, error) {
	var done Converted
	err := s.write(ctx, func(w Writer) error {
		a, err := s.mayAddress(w, address, "transfer this account")
		if err != nil {
			return err
		}
		from, err := w.Inbox(a.Inbox)
		if err != nil {
			return err
		}
		if FoldName(inbox) == FoldName(from.Name) {
			return conflict("SAME_INBOX", "See: postroom account list", "%s serves the inbox %q already.", a.Address, from.Name)
		}
		if err := mustBeSettled(w, a); err != nil {
			return err
		}
		done = Converted{Address: a.Address, State: a.State, History: HistoryKeep, From: from, Batch: s.d.newBatch()}
		return s.weighed(w, a, &done, func() error {
			return s.rehome(w, Conversion{To: from.Kind, Inbox: inbox}, a, &done, EventTransferred)
		})
	})
	return done, err
}

// weighed changes whose an account is, and finds out who loses and who gains
// by it: from the members before and after, which the store decides.
func (s *Seat) weighed(r Reader, a Account, done *Converted, change func() error) error {
	before, err := s.weigh(r, a, done)
	if err == nil {
		err = change()
	}
	if err != nil {
		return err
	}
	after, err := r.Members(done.To.ID)
	done.Losing, done.Gaining = without(before, after), without(after, before)
	return err
}

// weigh counts what is in the inbox before it is touched, and gives who reads
// it.
func (s *Seat) weigh(r Reader, a Account, done *Converted) ([]Member, error) {
	counts, err := r.Counts(s.actor.User)
	if err != nil {
		return nil, err
	}
	n := counts[done.From.ID]
	done.Open, done.All = n.Open, n.Open+n.Snoozed+n.Closed+n.Spam+n.Trash
	others, err := othersServing(r, a)
	if err != nil {
		return nil, err
	}
	done.Alone = len(others) == 0
	return r.Members(done.From.ID)
}

// without are the members of one list that are not in another.
func without(list, other []Member) []User {
	var rest []User
	for _, m := range list {
		if !slices.ContainsFunc(other, func(o Member) bool { return o.ID == m.ID }) {
			rest = append(rest, m.User)
		}
	}
	return rest
}

// othersServing are the other accounts of an account's inbox.
func othersServing(r Reader, a Account) ([]Account, error) {
	all, err := r.Accounts()
	return slices.DeleteFunc(slices.Clone(all), func(o Account) bool { return o.Inbox != a.Inbox || o.ID == a.ID }), err
}

// mayConvert gives the account that is to be switched, and its inbox.
func (s *Seat) mayConvert(r Reader, k Conversion) (Account, Inbox, error) {
	a, err := s.mustHold(r, k.Address, "convert this account")
	if err != nil {
		return a, Inbox{}, err
	}
	from, err := r.Inbox(a.Inbox)
	if err != nil {
		return a, from, err
	}
	switch {
	case from.Kind == k.To:
		return a, from, conflict("SAME_KIND", "See: postroom account list", "%s is %s already.", a.Address, k.To)
	case from.Kind == Personal && from.Owner != s.actor.User:
		return a, from, denied("Ask its owner to do it.", "Only its owner can make a personal account shared.")
	}
	if from.Kind == Shared {
		if err := s.mustAdmin(r, "make a shared account personal"); err != nil {
			return a, from, err
		}
	}
	return a, from, mustBeSettled(r, a)
}

// mustBeSettled refuses to change whose an account is while mail waits to leave
// from it.
func mustBeSettled(r Reader, a Account) error {
	waiting, err := r.CountWaiting(a.ID)
	if err == nil && waiting > 0 {
		return conflict("MAIL_WAITING", "Let it go out, or cancel it: postroom outbox list", "%d outgoing %s of %s not sent yet.", waiting, plural(waiting, "mail is", "mails are"), a.Address)
	}
	return err
}

// rehome lets an account serve another inbox. What is in the one it served
// stays there, and mail from that time still goes there ([Served]).
func (s *Seat) rehome(w Writer, k Conversion, a Account, done *Converted, kind EventKind) error {
	var err error
	if done.To, done.Made, err = s.newHome(w, k, a); err != nil {
		return err
	}
	served, err := w.Served(a.ID)
	if err != nil {
		return err
	}
	before := conversionOf(a, done.From, served)
	served = append(slices.Clone(served), Served{done.From.ID, s.d.now()})
	if err := w.MoveAccount(a.ID, done.To.ID, served); err != nil {
		return err
	}
	if err := beginAnew(w, &a, done.To.Kind); err != nil {
		return err
	}
	after := conversionOf(a, done.To, served)
	after.Made = done.Made
	for _, ev := range []*Event{
		s.event(EventAccountDisconnected, done.From.ID, 0, state(a.Address), state(departure{kind, done.To.Kind})),
		s.event(kind, done.To.ID, 0, state(before), state(after)),
	} {
		ev.Batch = done.Batch
		if err := w.Append(ev); err != nil {
			return err
		}
	}
	return nil
}

// newHome gives the inbox an account goes to, made if there is none of that
// name.
func (s *Seat) newHome(w Writer, k Conversion, a Account) (in Inbox, made bool, err error) {
	owner, err := s.newOwner(w, k)
	if err != nil {
		return in, false, err
	}
	name := strings.TrimSpace(k.Inbox)
	if name == "" {
		if name, err = unusedName(w, k.To, a, owner); err != nil {
			return in, false, err
		}
	}
	in, err = w.InboxByName(FoldName(name))
	if errors.Is(err, ErrNoRow) {
		in, err = s.addInbox(w, name, k.To, owner.ID)
		return in, true, err
	}
	if err != nil {
		return in, false, err
	}
	if in.Kind != k.To || in.Kind == Personal && in.Owner != owner.ID {
		return in, false, conflict("NAME_IN_USE", "Choose another name with --inbox.", "The inbox %q is none that this account can go to.", name)
	}
	if in.Kind == Shared {
		_, err = s.mayIn(w, name, RightConfigure)
	}
	return in, false, err
}

// unusedName is what a new inbox is called when nobody has said: what stands
// before the @, or for a personal one the login of its owner, the first that no
// inbox is called; else the address. A personal one never has the address for
// its name, because admins read the name: it is the login with a number.
func unusedName(r Reader, kind InboxKind, a Account, owner User) (string, error) {
	local, _, _ := strings.Cut(a.Address, "@")
	names := []string{local}
	if kind == Personal {
		names = append(names, owner.Login)
	}
	for _, name := range names {
		if _, err := r.InboxByName(FoldName(name)); errors.Is(err, ErrNoRow) {
			return name, nil
		} else if err != nil {
			return "", err
		}
	}
	if kind != Personal {
		return a.Address, nil
	}
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s %d", owner.Login, n)
		if _, err := r.InboxByName(FoldName(name)); errors.Is(err, ErrNoRow) {
			return name, nil
		} else if err != nil {
			return "", err
		}
	}
}

// newOwner is whose the inbox will be.
func (s *Seat) newOwner(r Reader, k Conversion) (User, error) {
	if k.Owner == "" {
		return r.User(s.actor.User)
	}
	u, err := r.UserByLogin(FoldName(k.Owner))
	if errors.Is(err, ErrNoRow) || err == nil && !u.Active() {
		return u, notFound("NO_SUCH_USER", "See who there is with: postroom user list", "There is no user %q who can sign in.", k.Owner)
	}
	return u, err
}

// convertInbox makes the inbox of an account personal or shared itself.
func (s *Seat) convertInbox(w Writer, k Conversion, a Account, done *Converted) error {
	owner, err := s.newOwner(w, k)
	if err != nil {
		return err
	}
	if k.To == Shared {
		if err := s.mustAdmin(w, "make a shared inbox"); err != nil {
			return err
		}
	}
	others, err := othersServing(w, a)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return conflict("OTHER_ACCOUNTS", "Leave its mail where it is, with --history keep.",
			"The inbox %q also has the account %s, so it cannot become %s with all that is in it.", done.From.Name, others[0].Address, k.To)
	}
	grants, err := w.Grants(done.From.ID)
	if err != nil {
		return err
	}
	before := conversionOf(a, done.From, nil)
	before.Grants = grants
	done.To = done.From
	done.To.Kind, done.To.Owner = k.To, owner.ID
	if err := rename(w, &done.To, k.Inbox); err != nil {
		return err
	}
	// Who was let into it is let in anew, should it be shared once more.
	for _, g := range grants {
		if err := w.RemoveGrant(g.Inbox, g.To); err != nil {
			return err
		}
	}
	if err := w.SaveInbox(done.To); err != nil {
		return err
	}
	if err := beginAnew(w, &a, k.To); err != nil {
		return err
	}
	ev := s.event(EventConverted, done.To.ID, 0, state(before), state(conversionOf(a, done.To, nil)))
	ev.Batch = done.Batch
	return w.Append(ev)
}

// rename gives an inbox another name, if there is one.
func rename(r Reader, in *Inbox, name string) error {
	name = strings.TrimSpace(name)
	if name == "" || FoldName(name) == FoldName(in.Name) {
		return nil
	}
	if _, err := inboxName(name); err != nil {
		return err
	}
	_, err := r.InboxByName(FoldName(name))
	if errors.Is(err, ErrNoRow) {
		in.Name = name
		return nil
	}
	if err != nil {
		return err
	}
	return conflict("NAME_IN_USE", "With --history move the inbox takes a new name, or keeps its own.", "There is an inbox %q already.", name)
}
