package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// ownerAway is how long the owner of a shared inbox may be away (S258).
	ownerAway = 14 * 24 * time.Hour
	// invitedLong is how long somebody who was invited may take to come.
	invitedLong = 7 * 24 * time.Hour
	// repliesEnough is how many answers of a month tell who answers.
	repliesEnough = 10
)

func peopleChecks() []check {
	return []check{
		{Check{
			Code: "OWNER_AWAY", Area: AreaPeople, Severity: Warning, Source: InDesk, // S258
			About: "The owner of a shared inbox has done nothing at the desk for 14 days, or may not sign in any more.",
			Mend:  "postroom inbox set INBOX owner=LOGIN",
		}, ownerIsAway},
		{Check{
			Code: "HELD_BY_DISABLED", Area: AreaPeople, Severity: Fault, Source: InDesk, // S259
			About: "Open conversations that are assigned to somebody who may not sign in any more.",
			Mend:  "postroom conversation assign NUMBER... nobody",
		}, heldByDisabled},
		{Check{
			Code: "ORPHAN_ADDRESS", Area: AreaPeople, Severity: Fault, Source: InDesk, Admin: true, // S52
			About: "An address in the personal inbox of somebody who may not sign in any more.",
			Mend:  "postroom account disconnect ADDRESS",
		}, orphanAddress},
		{Check{
			Code: "ADDRESS_KEPT", Area: AreaPeople, Severity: Notice, Source: InDesk, Admin: true, // S52
			About: "An address that was kept for somebody who was removed: nobody else can connect it.",
			Mend:  "postroom account release ADDRESS",
		}, addressKept},
		{Check{
			Code: "INVITED_LONG", Area: AreaPeople, Severity: Warning, Source: InDesk, Admin: true, // S14
			About: "Somebody who was invited more than 7 days ago and has not come.",
			Mend:  "postroom user invite LOGIN --email ADDRESS",
		}, invitedAndNotCome},
	}
}

func accessChecks() []check {
	return []check{
		{Check{
			Code: "NO_INBOX", Area: AreaAccess, Severity: Warning, Source: InDesk, Admin: true, // S2
			About: "Somebody who sees no inbox.",
			Mend:  "postroom inbox member add INBOX LOGIN",
		}, worksNowhere},
		{Check{
			Code: "SEES_ONLY", Area: AreaAccess, Severity: Notice, Source: InDesk, // S2
			About: "A member of a shared inbox who sees it and may do nothing there.",
			Mend:  "postroom inbox member set INBOX LOGIN --rights see,reply,assign",
		}, seesOnly},
		{Check{
			Code: "PERSON_AS_TEAM", Area: AreaAccess, Severity: Warning, Source: InDesk, // S126
			About: "A shared inbox with an address that looks like a person's: the whole team reads it.",
			Mend:  "postroom account convert ADDRESS --to personal --owner LOGIN",
		}, unlikely(Shared)},
		{Check{
			Code: "TEAM_AS_PERSON", Area: AreaAccess, Severity: Warning, Source: InDesk, // S13
			About: "A personal inbox with an address that looks like a team's: only one person sees it.",
			Mend:  "postroom account convert ADDRESS --to shared --inbox INBOX",
		}, unlikely(Personal)},
		{Check{
			Code: "ONE_ANSWERS", Area: AreaAccess, Severity: Warning, Source: InDesk, // S173, S203
			About: "A shared inbox of several people in which one wrote all of ten or more mails in 30 days: it is used like a personal one.",
			Mend:  "postroom account convert ADDRESS --to personal --owner LOGIN",
		}, oneAnswers},
	}
}

// seenAt is when somebody was last at work; when he was added, before the first
// time.
func (c *chart) seenAt(u User) time.Time {
	last := u.CreatedAt
	for _, v := range c.visits {
		if v.User == u.ID && v.At.After(last) {
			last = v.At
		}
	}
	return last
}

func ownerIsAway(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		owner := c.users[in.Owner]
		if other, ok := c.standIn(in); ok {
			f.Fix = c.byKeeper(in.ID, "inbox", "set", in.Name, "owner="+other.Login)
		}
		if !owner.DisabledAt.IsZero() {
			f.What = fmt.Sprintf("Its owner, %s, may not sign in any more: nobody looks after it.", owner.Name)
			return true
		}
		away := c.now.Sub(c.seenAt(owner))
		f.What = fmt.Sprintf("Its owner, %s, has done nothing at this desk for %s.", owner.Name, lasting(away))
		return away > ownerAway
	})
}

func heldByDisabled(c *chart) []Finding {
	return c.byInbox(c.held, func(in Inbox, some []Conversation, f *Finding) {
		f.What = fmt.Sprintf("%s assigned to %s, who may not sign in any more.",
			counted(len(some), "open conversation is", "open conversations are"), c.users[some[0].Assignee].Name)
		f.Fix = c.byAHand(in.ID, append(append([]string{"conversation", "assign"}, numbersOf(some)...), "nobody")...)
	})
}

// orphanAddress may name the address: its owner is gone, and an admin has to
// release it.
func orphanAddress(c *chart) []Finding {
	return c.leftBehind(false, func(owner User, a Account) Finding {
		return Finding{What: fmt.Sprintf("It belongs to %s, who may not sign in any more.", owner.Name), Fix: command("account", "disconnect", a.Address)}
	})
}

// addressKept is a notice: somebody has decided so.
func addressKept(c *chart) []Finding {
	return c.leftBehind(true, func(owner User, a Account) Finding {
		return Finding{What: fmt.Sprintf("It is kept for %s, who has left: its mail is not fetched, and nobody else can connect it.", owner.Name), Fix: command("account", "release", a.Address)}
	})
}

// leftBehind tells of the accounts in the personal inboxes of those who were
// removed, or who are only disabled.
func (c *chart) leftBehind(removed bool, tell func(User, Account) Finding) []Finding {
	var list []Finding
	for _, in := range c.inboxes {
		owner := c.users[in.Owner]
		if in.Kind != Personal || owner.DisabledAt.IsZero() || owner.RemovedAt.IsZero() == removed {
			continue
		}
		for _, a := range c.accounts {
			if a.Inbox == in.ID {
				f := tell(owner, a)
				f.Where = a.Address
				list = append(list, f)
			}
		}
	}
	return list
}

func invitedAndNotCome(c *chart) []Finding {
	var list []Finding
	for _, u := range c.usersByLogin() {
		since := c.now.Sub(u.PendingSince)
		if u.State() != "pending" || since <= invitedLong {
			continue
		}
		list = append(list, Finding{
			Where: u.Login, What: fmt.Sprintf("%s was invited %s ago and has not come. To hand the code over yourself add --out-of-band. If nobody waits for that any more: %s", u.Name, lasting(since), command("user", "remove", u.Login)),
			Fix: inviteAgain(u, false),
		})
	}
	return list
}

func worksNowhere(c *chart) []Finding {
	var list []Finding
	shared := "INBOX"
	for i, in := range slices.DeleteFunc(slices.Clone(c.inboxes), func(in Inbox) bool { return in.Kind != Shared }) {
		if shared = in.Name; i > 0 {
			shared = "INBOX"
			break
		}
	}
	for _, u := range c.usersByLogin() {
		if u.Active() && !c.member(u) {
			list = append(list, Finding{
				Where: u.Login, What: fmt.Sprintf("%s sees no inbox.", u.Name),
				Fix: command("inbox", "member", "add", shared, u.Login),
			})
		}
	}
	return list
}

// member reports whether somebody sees any inbox.
func (c *chart) member(u User) bool {
	for _, in := range c.inboxes {
		if slices.ContainsFunc(c.members[in.ID], func(m Member) bool { return m.ID == u.ID }) {
			return true
		}
	}
	return false
}

// seesOnly finds members of shared inboxes who may do nothing there.
func seesOnly(c *chart) []Finding {
	var list []Finding
	for _, in := range c.inboxes {
		if in.Kind != Shared || !c.knows(in.ID) {
			continue
		}
		for _, m := range c.members[in.ID] {
			if m.Rights == (Rights{}) {
				list = append(list, Finding{
					Where: in.Name, What: fmt.Sprintf("%s sees it and may do nothing in it.", m.Name),
					Fix: c.byKeeper(in.ID, "inbox", "member", "set", in.Name, m.Login, "--rights", WorkRights().String()),
				})
			}
		}
	}
	return list
}

func (c *chart) usersByLogin() []User {
	var list []User
	for _, u := range c.users {
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b User) int { return strings.Compare(FoldName(a.Login), FoldName(b.Login)) })
	return list
}

// otherKind is the command that makes an account of the other kind.
func (c *chart) otherKind(in Inbox, a Account) string {
	if in.Kind == Shared {
		return c.toPersonal(a, c.whose(a, in.Owner))
	}
	return c.byKeeper(in.ID, "account", "convert", a.Address, "--to", "shared", "--inbox", "INBOX")
}

// whose is the user an address is called after; else, and where it might be
// several, the one who has its inbox.
func (c *chart) whose(a Account, owner UserID) UserID {
	local, _, _ := strings.Cut(a.Address, "@")
	var fits []UserID
	for _, u := range c.usersByLogin() {
		if u.Active() && (FoldName(u.Login) == FoldName(local) || calledAfter(local, u.Name)) {
			fits = append(fits, u.ID)
		}
	}
	if len(fits) != 1 {
		return owner
	}
	return fits[0]
}

// toPersonal is the command that gives a shared account to somebody; only an
// admin may.
func (c *chart) toPersonal(a Account, owner UserID) string {
	if !c.me.Admin() {
		return ""
	}
	return command("account", "convert", a.Address, "--to", "personal", "--owner", c.users[owner].Login)
}

// unlikely finds accounts whose address does not fit the kind of their inbox.
func unlikely(kind InboxKind) func(*chart) []Finding {
	return func(c *chart) []Finding {
		var names []string
		for _, u := range c.users {
			names = append(names, u.Name)
		}
		var list []Finding
		for _, in := range c.inboxes {
			if in.Kind != kind || !c.knows(in.ID) {
				continue
			}
			for _, a := range c.accountsOf(in) {
				if a.Address == "" {
					continue
				}
				for _, doubt := range RoleDoubts(kind, a.Address, Traffic{}, names...) {
					list = append(list, Finding{Where: a.Address, What: doubt, Fix: c.otherKind(in, a)})
				}
			}
		}
		return list
	}
}

func oneAnswers(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		by, all := map[UserID]int{}, 0
		for _, a := range c.accountsOf(in) {
			for _, n := range c.answerers {
				if n.Account == a.ID {
					by[n.User] += n.Mails
					all += n.Mails
				}
			}
		}
		if all < repliesEnough || len(by) != 1 || len(c.hands(in.ID)) < 2 || by[0] > 0 {
			return false
		}
		for u, n := range by {
			if accounts := c.accountsOf(in); len(accounts) == 1 {
				f.Fix = c.toPersonal(accounts[0], u)
			}
			f.What = fmt.Sprintf("%s wrote all %d mails of the last 30 days, although %d people work in it.", c.users[u].Name, n, len(c.hands(in.ID)))
		}
		return true
	})
}
