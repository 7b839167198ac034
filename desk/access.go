package desk

import (
	"context"
	"slices"
)

// ReasonKind says why somebody sees an inbox.
type ReasonKind string

// The reasons. The last three are the kinds of grants.
const (
	AsOwner    ReasonKind = "owner"
	AsAdmin    ReasonKind = "admin"
	AsGlass    ReasonKind = "break-glass"
	AsUser     ReasonKind = ReasonKind(ToUser)
	AsTeam     ReasonKind = ReasonKind(ToTeam)
	AsEveryone ReasonKind = ReasonKind(ToEveryone)
)

// Reason is one for which a user sees an inbox, and what it lets him do there.
type Reason struct {
	User   User
	Kind   ReasonKind
	Team   string // its name, for AsTeam
	Rights Rights
}

// String is the reason in a word or two: owner, member, team Billing.
func (r Reason) String() string {
	switch r.Kind {
	case AsTeam:
		return "team " + r.Team
	case AsUser:
		return "member"
	case AsOwner, AsAdmin, AsGlass, AsEveryone:
	}
	return string(r.Kind)
}

// Access is what one user can do in an inbox and why: a row of the matrix that
// shows who can do what (S2).
type Access struct {
	User User
	// Can are the answers of the very question every use case asks, for each
	// right, so that the matrix cannot say one thing and the desk do another
	// (S133).
	Can map[Right]bool
	// From says of each right he has where it comes from; with nothing for a
	// right, all of it is his own.
	From map[Right][]Reason
	// Flag is what is wrong with the row, in words; empty when nothing is.
	Flag string
}

// Nothing reports whether he can do nothing in the inbox, not even see it.
func (a Access) Nothing() bool { return !a.Can[RightSee] }

// InboxAccess is who can do what in an inbox.
type InboxAccess struct {
	Inbox Inbox
	Users []Access // by login
	// EmptyTeams were let in, and nobody is in them.
	EmptyTeams []string
}

// Access shows who can do what in an inbox, and tries it as each of them. Who
// sees the inbox may ask.
func (s *Seat) Access(ctx context.Context, inbox string) (InboxAccess, error) {
	var list InboxAccess
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = InboxAccess{}
		in, err := s.mustSeeInbox(r, inbox)
		if err != nil {
			return err
		}
		list.Inbox = in
		reasons, err := r.Reasons(in.ID)
		if err != nil {
			return err
		}
		for _, why := range reasons {
			if !why.User.RemovedAt.IsZero() {
				continue // he belongs to no desk any more; the journal has his name
			}
			if n := len(list.Users); n == 0 || list.Users[n-1].User.ID != why.User.ID {
				a, err := s.tried(r, in, why.User)
				if err != nil {
					return err
				}
				list.Users = append(list.Users, a)
			}
			a := &list.Users[len(list.Users)-1]
			for _, what := range AllRights() {
				if why.Rights.Has(what) && a.Can[what] {
					a.From[what] = append(a.From[what], why)
				}
			}
		}
		list.EmptyTeams, err = emptyTeams(r, in.ID)
		return err
	})
	return list, err
}

// tried asks for every right as somebody else.
func (s *Seat) tried(r Reader, in Inbox, u User) (Access, error) {
	a := Access{User: u, Can: map[Right]bool{}, From: map[Right][]Reason{}}
	other := s.d.As(Actor{Kind: ActorUser, User: u.ID})
	for _, what := range AllRights() {
		err := other.mustMay(r, in.ID, what)
		if k := KindOf(err); err != nil && k != Denied && k != NotFound {
			return a, err
		}
		a.Can[what] = err == nil
	}
	switch {
	case !u.DisabledAt.IsZero():
		a.Flag = "disabled"
	case a.Nothing():
		a.Flag = "no access"
	case !a.Can[RightReply] && !a.Can[RightAssign] && !a.Can[RightConfigure]:
		a.Flag = "sees only"
	}
	return a, nil
}

// emptyTeams are those that were let in without anybody in them.
func emptyTeams(r Reader, in InboxID) ([]string, error) {
	grants, err := r.Grants(in)
	if err != nil {
		return nil, err
	}
	teams, err := r.Teams()
	if err != nil {
		return nil, err
	}
	var empty []string
	for _, t := range teams {
		if !slices.ContainsFunc(grants, func(g Grant) bool { return g.To == Grantee{ToTeam, int64(t.ID)} }) {
			continue
		}
		members, err := r.TeamMembers(t.ID)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(members, func(u User) bool { return u.DisabledAt.IsZero() }) {
			empty = append(empty, t.Name)
		}
	}
	return empty, nil
}
