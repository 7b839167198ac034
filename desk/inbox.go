package desk

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// InboxKind says whose an inbox is.
type InboxKind string

// The kinds of inboxes.
const (
	// Personal is one owner's; admins see that it exists, never what is in it.
	Personal InboxKind = "personal"
	// Shared is a queue its members work on together.
	Shared InboxKind = "shared"
)

// Inbox is where conversations live.
type Inbox struct {
	ID   InboxID
	Name string // unique, compared folded
	Kind InboxKind
	// Owner is the one person who sees a personal inbox, and who looks after
	// a shared one.
	Owner     UserID
	CreatedAt time.Time
	// JoinedTo is the inbox this one went into, see [Seat.MergeInboxes]; 0 for
	// all there are. One that is gone is in no list and has no name to be found
	// by: it is there for what the journal says of it.
	JoinedTo InboxID
}

// InboxView is an inbox as somebody sees it.
type InboxView struct {
	Inbox
	// Member is false where an admin sees only that the inbox exists: then
	// Rights, Counts and Members are empty.
	Member bool
	// Rights are what the actor may do in it besides seeing.
	Rights  Rights
	Members []Member
	// Accounts serve the inbox: their addresses and health, never secrets.
	Accounts []Account
	// Senders are the addresses mail may leave from, those of one account
	// together, its primary first; empty for who is no member.
	Senders []Address
	Counts  Counts
	// Promise is the goal agreed for answers in words, such as "first answer
	// within 4h of work": of the policy for what is nothing special there. It is
	// empty where nothing is agreed.
	Promise string
	// Glass are the admins who see this personal inbox now, told to its owner;
	// each of them is told of himself.
	Glass []BrokenGlass
}

// Member is a user who sees what is in an inbox, and what he may do there.
type Member struct {
	User
	Rights Rights
}

// CreateInbox makes an inbox; its creator is the owner and first full member.
// Anybody may make a personal inbox, a shared one needs an admin.
func (s *Seat) CreateInbox(ctx context.Context, name string, kind InboxKind) (Inbox, error) {
	var in Inbox
	err := s.write(ctx, func(w Writer) error {
		var err error
		in, err = s.addInbox(w, name, kind, s.actor.User)
		return err
	})
	return in, err
}

// inboxName is a name as an inbox can have it.
func inboxName(name string) (string, error) {
	trimmed := strings.TrimSpace(name)
	if trimmed == "" || len(trimmed) > 60 || strings.ContainsFunc(trimmed, unicode.IsControl) || !utf8.ValidString(trimmed) {
		return "", invalid("BAD_NAME", "Give it a short name, like: support", "%q cannot be the name of an inbox.", Snippet(name, 60))
	}
	return trimmed, nil
}

// addInbox makes an inbox of somebody's.
func (s *Seat) addInbox(w Writer, name string, kind InboxKind, owner UserID) (Inbox, error) {
	in := Inbox{Kind: kind, Owner: owner, CreatedAt: s.d.now()}
	var err error
	if in.Name, err = inboxName(name); err != nil {
		return Inbox{}, err
	}
	if kind == Shared {
		if err := s.mustAdmin(w, "make a shared inbox"); err != nil {
			return Inbox{}, err
		}
	}
	if _, err := w.InboxByName(FoldName(name)); err == nil {
		return Inbox{}, conflict("NAME_IN_USE", "Choose another name.", "There is an inbox %q already.", in.Name)
	} else if !errors.Is(err, ErrNoRow) {
		return Inbox{}, err
	}
	if in.ID, err = w.AddInbox(in); err != nil {
		return Inbox{}, err
	}
	return in, w.Append(s.event(EventInboxCreated, in.ID, 0, nil, state(in.Name)))
}

// Inboxes lists what the actor sees: the inboxes he may look into with their
// counts, and for an admin the existence and health of the others.
func (s *Seat) Inboxes(ctx context.Context) ([]InboxView, error) {
	var views []InboxView
	err := s.d.store.Read(ctx, func(r Reader) error {
		me, err := r.User(s.actor.User)
		if err != nil {
			return err
		}
		all, err := r.Inboxes()
		if err != nil {
			return err
		}
		accounts, err := r.Accounts()
		if err != nil {
			return err
		}
		held, err := r.Addresses()
		if err != nil {
			return err
		}
		counts, err := r.Counts(s.actor.User)
		if err != nil {
			return err
		}
		glass, err := s.lookers(r)
		if err != nil {
			return err
		}
		for _, in := range all {
			rights, err := r.Rights(in.ID, s.actor.User)
			ok := err == nil
			if err != nil && !errors.Is(err, ErrNoRow) {
				return err
			}
			if !ok && !me.Admin() {
				continue
			}
			v := InboxView{Inbox: in, Member: ok, Rights: rights}
			for _, a := range accounts {
				if a.Inbox == in.ID {
					v.Accounts = append(v.Accounts, a.as(in, ok))
				}
			}
			if ok {
				v.Senders = sendersOf(v.Accounts, held)
			}
			if ok {
				if v.Members, err = r.Members(in.ID); err != nil {
					return err
				}
				v.Counts, v.Glass = counts[in.ID], glass[in.ID]
			}
			views = append(views, v)
		}
		f, err := s.d.fallings(r)
		if err != nil {
			return err
		}
		if err := f.sayPromises(views); err != nil {
			return err
		}
		return f.count(views)
	})
	return views, err
}

// Inbox shows one inbox by name, as [Seat.Inboxes] would.
func (s *Seat) Inbox(ctx context.Context, name string) (InboxView, error) {
	views, err := s.Inboxes(ctx)
	if err != nil {
		return InboxView{}, err
	}
	for _, v := range views {
		if FoldName(v.Name) == FoldName(name) {
			return v, nil
		}
	}
	return InboxView{}, notFound("NO_SUCH_INBOX", "See yours with: postroom inbox list", "There is no inbox %q.", name)
}
