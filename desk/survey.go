package desk

import "time"

// SurveyReader looks at the desk as a whole. Each method is one statement,
// however many inboxes there are.
type SurveyReader interface {
	// Memberships are who sees what, by inbox and login.
	Memberships() ([]Membership, error)
	// LastMails are the newest mails of every connected account.
	LastMails() ([]LastMail, error)
	// Deputies are those of the shared inboxes that have one.
	Deputies() (map[InboxID]UserID, error)
	// Visits are all, of everybody.
	Visits() ([]Visit, error)
	// Answerers count for every connected account who has written how many
	// mails since; 0 is somebody in another client.
	Answerers(since time.Time) ([]Answerer, error)
	// Activity counts the conversations of each inbox with something new
	// since, and stops at most.
	Activity(since time.Time, most int) (map[InboxID]int, error)
	// Stale are the open conversations of the viewer's inboxes in which
	// nothing was new since, the oldest first, at most limit.
	Stale(viewer UserID, since time.Time, limit int) ([]Conversation, error)
	// HeldByDisabled are the open conversations of the viewer's inboxes that
	// are assigned to somebody who is disabled, at most limit.
	HeldByDisabled(viewer UserID, limit int) ([]Conversation, error)
	// Unreadable are the conversations of the viewer's inboxes that are open
	// and have a mail that could not be read, at most limit.
	Unreadable(viewer UserID, limit int) ([]Conversation, error)
	// CountUnparsed counts stored mails without a message.
	CountUnparsed() (int, error)
	// UnparsedIn counts those of one inbox.
	UnparsedIn(InboxID) (int, error)
	// Raws are the stored mails of an inbox after an id, in order, at most
	// limit.
	Raws(in InboxID, after RawID, limit int) ([]RawID, error)
	// Upkeep are the events of a kind, [EventBackedUp] or [EventSignedOff],
	// newest first, at most limit.
	Upkeep(kind EventKind, limit int) ([]Event, error)
}

// SurveyWriter notes who is at work.
type SurveyWriter interface {
	// SaveVisit notes when somebody was in an inbox, an hour exactly.
	SaveVisit(Visit) error
}

// Membership is that a user sees an inbox, and what he may do there.
type Membership struct {
	Inbox  InboxID
	User   UserID
	Rights Rights
}

// LastMail is when the newest mails of an account came and went, in whole
// seconds; zero where there is none. What was written in another client counts,
// what waits to leave or was refused does not.
type LastMail struct {
	Account AccountID
	In, Out time.Time
}

// Visit is that a user did something in an inbox: opened, answered, assigned.
// Inbox 0 is something in no inbox.
type Visit struct {
	User  UserID
	Inbox InboxID
	At    time.Time
}

// Answerer is how many mails of an account a user has written.
type Answerer struct {
	Account AccountID
	User    UserID
	Mails   int
}

// noteVisits notes where the people behind events were. Who only sets up an
// inbox was not in it.
func noteVisits(w Writer, events []*Event) error {
	noted := map[Visit]bool{}
	for _, e := range events {
		if e.Actor.Kind != ActorUser {
			continue
		}
		v := Visit{User: e.Actor.User, At: e.At}
		if e.Conversation != 0 {
			v.Inbox = e.Inbox
		}
		if noted[v] {
			continue
		}
		noted[v] = true
		if err := w.SaveVisit(v); err != nil {
			return err
		}
	}
	return nil
}

// survey is the desk as a whole, read on one snapshot. It knows more than its
// viewer may: what leaves it has to ask.
type survey struct {
	now      time.Time
	me       User
	users    map[UserID]User
	inboxes  []Inbox // by name
	members  map[InboxID][]Member
	accounts []Account
	last     map[AccountID]LastMail
	visits   []Visit
}

// survey reads it.
func (s *Seat) survey(r Reader) (*survey, error) {
	v := &survey{now: s.d.now(), users: map[UserID]User{}, members: map[InboxID][]Member{}, last: map[AccountID]LastMail{}}
	users, err := r.Users()
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		v.users[u.ID] = u
	}
	v.me = v.users[s.actor.User]
	if v.inboxes, err = r.Inboxes(); err != nil {
		return nil, err
	}
	memberships, err := r.Memberships()
	if err != nil {
		return nil, err
	}
	for _, m := range memberships {
		v.members[m.Inbox] = append(v.members[m.Inbox], Member{v.users[m.User], m.Rights})
	}
	if v.accounts, err = r.Accounts(); err != nil {
		return nil, err
	}
	last, err := r.LastMails()
	if err != nil {
		return nil, err
	}
	for _, l := range last {
		v.last[l.Account] = l
	}
	v.visits, err = r.Visits()
	return v, err
}

// sees reports whether the viewer sees what is in the inbox.
func (v *survey) sees(in InboxID) bool {
	for _, m := range v.members[in] {
		if m.ID == v.me.ID {
			return true
		}
	}
	return false
}

// hands are the members of an inbox who may do its work.
func (v *survey) hands(in InboxID) []User {
	var list []User
	for _, m := range v.members[in] {
		if m.Rights.Works() {
			list = append(list, m.User)
		}
	}
	return list
}

// knows reports whether the viewer may know of the inbox at all.
func (v *survey) knows(in InboxID) bool { return v.me.Admin() || v.sees(in) }

// accountsOf are the accounts of an inbox as the viewer may see them.
func (v *survey) accountsOf(in Inbox) []Account {
	var list []Account
	for _, a := range v.accounts {
		if a.Inbox == in.ID {
			list = append(list, a.as(in, v.sees(in.ID)))
		}
	}
	return list
}
