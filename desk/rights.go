package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Right is one thing a member may do in an inbox. Who only sees an inbox
// changes nothing there that others see (S131, S132, H62).
type Right string

// The rights.
const (
	// RightSee is to read: lists, conversations, notes, search, counts.
	RightSee Right = "see"
	// RightReply is to answer, write new mail, take what nobody has and give
	// back what one has.
	RightReply Right = "reply"
	// RightAssign is to give conversations to others.
	RightAssign Right = "assign"
	// RightConfigure is to change the inbox: its members, accounts, settings.
	RightConfigure Right = "configure"
)

// AllRights are the rights in the order in which they are shown.
func AllRights() []Right { return []Right{RightSee, RightReply, RightAssign, RightConfigure} }

// Rights are what somebody may do in an inbox besides seeing it.
type Rights struct {
	Reply, Assign, Configure bool
}

// FullRights are those of an inbox's owner.
func FullRights() Rights { return Rights{Reply: true, Assign: true, Configure: true} }

// WorkRights are those a member gets unless something else is said.
func WorkRights() Rights { return Rights{Reply: true, Assign: true} }

// Has reports whether a right is among them. Seeing always is.
func (r Rights) Has(what Right) bool {
	switch what {
	case RightSee:
		return true
	case RightReply:
		return r.Reply
	case RightAssign:
		return r.Assign
	case RightConfigure:
		return r.Configure
	default:
		return false
	}
}

// Works reports whether they are those of somebody who does the inbox's work:
// then he may also write notes, close and reopen.
func (r Rights) Works() bool { return r.Reply || r.Assign }

// String lists the rights as they are written: see,reply,assign.
func (r Rights) String() string {
	var list []string
	for _, what := range AllRights() {
		if r.Has(what) {
			list = append(list, string(what))
		}
	}
	return strings.Join(list, ",")
}

// ParseRights reads a list like "see,reply". Seeing may be left out: without
// it no other right is of use.
func ParseRights(s string) (Rights, error) {
	var r Rights
	for word := range strings.SplitSeq(s, ",") {
		switch Right(strings.ToLower(strings.TrimSpace(word))) {
		case RightSee:
		case RightReply:
			r.Reply = true
		case RightAssign:
			r.Assign = true
		case RightConfigure:
			r.Configure = true
		default:
			return Rights{}, invalid("BAD_RIGHTS", "The rights are see, reply, assign and configure, like: see,reply", "There is no right %q.", strings.TrimSpace(word))
		}
	}
	return r, nil
}

// GranteeKind says to whom a grant was given.
type GranteeKind string

// The kinds of grantees.
const (
	ToUser     GranteeKind = "user"
	ToTeam     GranteeKind = "team"
	ToEveryone GranteeKind = "everyone" // all users of the desk, also those who come later
)

// Grantee is who was let into an inbox: the user or team with the id, or
// everyone, whose id is 0.
type Grantee struct {
	Kind GranteeKind
	ID   int64
}

// Grant is the row with which a user, a team or everyone was let into a shared
// inbox. The owner and the admins need none, see [Store].
type Grant struct {
	Inbox InboxID
	To    Grantee
	Rights
	Since time.Time
}

// mustMay refuses who has none of the rights in an inbox he sees; of an inbox
// he does not see it says what it says of one that does not exist. The first
// right is the one that is named.
func (s *Seat) mustMay(r Reader, inbox InboxID, any ...Right) error {
	have, err := r.Rights(inbox, s.actor.User)
	if errors.Is(err, ErrNoRow) {
		return notFound("NO_SUCH_INBOX", "See yours with: postroom inbox list", "There is no such inbox.")
	}
	if err != nil || slices.ContainsFunc(any, have.Has) {
		return err
	}
	in, err := r.Inbox(inbox)
	if err != nil {
		return err
	}
	members, err := r.Members(inbox)
	if err != nil {
		return err
	}
	me, err := r.User(s.actor.User)
	if err != nil {
		return err
	}
	return lacking(any[0], have, in, members, me)
}

// Refusal is what would be said to somebody who sees the inbox like this and
// does there what needs one of the rights; nil when he may. It reads nothing,
// so that a screen can tell before anybody tries.
func (v InboxView) Refusal(me User, any ...Right) *Error {
	if slices.ContainsFunc(any, v.Rights.Has) {
		return nil
	}
	return lacking(any[0], v.Rights, v.Inbox, v.Members, me)
}

// may is mustMay as a yes or no.
func (s *Seat) may(r Reader, inbox InboxID, any ...Right) (bool, error) {
	err := s.mustMay(r, inbox, any...)
	if KindOf(err) == Denied && err != nil {
		return false, nil
	}
	return err == nil, err
}

// whoHelps is whom to ask for what an owner or an admin can do, among people who
// are there: who has left or may not sign in is nobody to ask.
func whoHelps(owner User, people []User) string {
	if owner.Active() && owner.Name != "" {
		return owner.Name + " or an admin of this desk"
	}
	for _, u := range people {
		if u.Admin() {
			return u.Name + ", an admin of this desk,"
		}
	}
	return "an admin of this desk"
}

// lacking is the refusal of a right, with who of those who see the inbox can
// grant it.
func lacking(what Right, have Rights, in Inbox, members []Member, me User) *Error {
	var owner User
	var people []User
	for _, m := range members {
		people = append(people, m.User)
		if m.ID == in.Owner {
			owner = m.User
		}
	}
	e := &Error{Kind: Denied, Code: "NO_" + strings.ToUpper(string(what)) + "_PERMISSION"}
	verb := map[Right]string{RightReply: "answer in", RightAssign: "assign in", RightConfigure: "change"}[what]
	works := what == RightConfigure || have.Works()
	switch {
	case in.Kind == Personal:
		e.Message = fmt.Sprintf("You look into %q through the glass, which only reads.", in.Name)
		e.Hint = fmt.Sprintf("To work there, ask %s to make it shared and to let you in.", owner.Name)
		if !owner.Active() || owner.Name == "" {
			e.Hint = "Its owner may not sign in now, and nobody else can let you work in it."
		}
	case me.Admin() && !works:
		e.Message = fmt.Sprintf("You see %q only as an admin.", in.Name)
		e.Hint = fmt.Sprintf("Let yourself in: postroom inbox member add %q %s", in.Name, me.Login)
	case works:
		e.Message = fmt.Sprintf("You may not %s %q.", verb, in.Name)
		e.Hint = fmt.Sprintf("Ask %s to let you.", whoHelps(owner, people))
	default:
		e.Message = fmt.Sprintf("You only read %q.", in.Name)
		e.Hint = fmt.Sprintf("Ask %s to let you work in it.", whoHelps(owner, people))
	}
	return e
}
