package desk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// unopenedLong is how long nobody may look into an inbox with mail.
	unopenedLong = 7 * 24 * time.Hour
	// sharedMany is how many shared inboxes are more than a team looks at, if
	// some of them have less than fewConversations in a month (S289).
	sharedMany, fewConversations = 6, 5
	// staleMost is how many conversations are looked at in one list.
	staleMost = 200
)

func inboxChecks() []check {
	return []check{
		{Check{
			Code: "NO_ADDRESS", Area: AreaInboxes, Severity: Warning, Source: InDesk,
			About: "A shared inbox without an account: no mail can reach it. Where nobody needs it any more, inbox merge lets it go into another.",
			Mend:  "postroom account connect ADDRESS --inbox INBOX",
		}, noAddress},
		{Check{
			Code: "NO_OWN_ADDRESS", Area: AreaInboxes, Severity: Notice, Source: InDesk,
			About: "A personal inbox without an account, as an undo or a disconnect leaves one, whose owner has no account in another of his own either.",
			Mend:  "postroom account connect ADDRESS --inbox INBOX",
		}, noOwnAddress},
		{Check{
			Code: "NO_MEMBER", Area: AreaInboxes, Severity: Fault, Source: InDesk, // S45
			About: "A shared inbox that nobody may answer from.",
			Mend:  "postroom inbox member add INBOX LOGIN",
		}, noMember},
		{Check{
			Code: "SINGLE_MEMBER", Area: AreaInboxes, Severity: Warning, Source: InDesk, // S45
			About: "A shared inbox with a single member who may answer: nobody does when that one is away.",
			Mend:  "postroom inbox member add INBOX LOGIN",
		}, singleMember},
		{Check{
			Code: "NO_DEPUTY", Area: AreaInboxes, Severity: Warning, Source: InDesk, // S240
			About: "A shared inbox of several people without a deputy, who looks after it while its owner is away; or with one who owns it, works in it no more or may not sign in.",
			Mend:  "postroom inbox set INBOX deputy=LOGIN",
		}, noDeputy},
		{Check{
			Code: "TICKETS_UNDECIDED", Area: AreaInboxes, Severity: Warning, Source: InDesk, // S129
			About: "A shared inbox of which nobody has decided whether its conversations become tickets.",
			Mend:  "postroom inbox set INBOX tickets=PIPELINE|off",
		}, undecidedTickets},
		{Check{
			Code: "ROUTING_UNDECIDED", Area: AreaInboxes, Severity: Warning, Source: InDesk, // S67
			About: "A shared inbox of which nobody has decided who gets its new conversations: no strategy, no rule that assigns, and not by hand.",
			Mend:  "postroom inbox set INBOX routing=STRATEGY|manual",
		}, undecidedRouting},
		{Check{
			Code: "TICKETS_ADRIFT", Area: AreaInboxes, Severity: Fault, Source: InDesk, // S142
			About: "A shared inbox that is to make tickets in a pipeline or stage that is gone: they come up in the default one.",
			Mend:  "postroom inbox set INBOX tickets=PIPELINE/STAGE",
		}, adriftTickets},
		{Check{
			Code: "TOO_MANY", Area: AreaInboxes, Severity: Warning, Source: InDesk, // S289
			About: "More than 6 shared inboxes, and one of them had fewer than 5 conversations in 30 days: its mail is easier to see in another inbox.",
			Mend:  "postroom inbox merge INBOX --into OTHER --tag TAG",
		}, tooMany},
		{Check{
			Code: "NOT_OPENED", Area: AreaInboxes, Severity: Fault, Source: InDesk, // S234
			About: "A shared inbox that no member has opened for 7 days, while mail came in that is still open.",
			Mend:  "postroom conversation take NUMBER",
		}, notOpened},
		{Check{
			Code: "STALE", Area: AreaInboxes, Severity: Warning, Source: InDesk, // S255
			About: "Open conversations in which nothing has happened for 30 days.",
			Mend:  "postroom conversation close NUMBER...",
		}, staleConversations},
	}
}

// eachShared asks something of every shared inbox the viewer knows of.
func (c *chart) eachShared(find func(Inbox, *Finding) bool) []Finding {
	var list []Finding
	for _, in := range c.inboxes {
		f := Finding{Where: in.Name}
		if in.Kind == Shared && c.knows(in.ID) && find(in, &f) {
			list = append(list, f)
		}
	}
	return list
}

// addSomebody is the command that gives an inbox another member: the first by
// login who is none yet.
func (c *chart) addSomebody(in Inbox) string {
	best := "LOGIN"
	for _, u := range c.users {
		if u.Active() && !c.works(u.ID, in.ID) && (best == "LOGIN" || u.Login < best) {
			best = u.Login
		}
	}
	return c.byKeeper(in.ID, "inbox", "member", "add", in.Name, best)
}

// works reports whether a user may do the work of an inbox.
func (c *chart) works(u UserID, in InboxID) bool {
	return slices.ContainsFunc(c.hands(in), func(m User) bool { return m.ID == u })
}

func noAddress(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		f.What = "It has no account, so no mail can reach it."
		if merge := c.mergeIntoBusiest(in); strings.Contains(merge, " merge ") {
			f.What += " If nobody needs it any more, let it go into another: " + merge
		}
		f.Fix = c.byKeeper(in.ID, "account", "connect", "ADDRESS", "--inbox", in.Name)
		return len(c.accountsOf(in)) == 0
	})
}

// noOwnAddress leaves out who has left or may not sign in, and inboxes beside
// one that gets its owner's mail: somebody keeps those for what is in them.
func noOwnAddress(c *chart) []Finding {
	served := map[UserID]bool{}
	for _, in := range c.inboxes {
		if in.Kind == Personal && len(c.accountsOf(in)) > 0 {
			served[in.Owner] = true
		}
	}
	var list []Finding
	for _, in := range c.inboxes {
		owner := c.users[in.Owner]
		if in.Kind != Personal || served[in.Owner] || !c.knows(in.ID) || !owner.Active() {
			continue
		}
		f := Finding{Where: in.Name, What: "It has no account, so no mail can reach it.", Fix: c.byKeeper(in.ID, "account", "connect", "ADDRESS", "--inbox", in.Name)}
		if f.Fix == "" {
			f.What += fmt.Sprintf(" Only its owner, %s, can do something about it.", owner.Name)
		}
		list = append(list, f)
	}
	return list
}

func noMember(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		f.What = "Nobody may do its work: mail comes in, and no one can answer."
		f.Fix = c.addSomebody(in)
		return len(c.hands(in.ID)) == 0
	})
}

func singleMember(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		hands := c.hands(in.ID)
		if len(hands) != 1 {
			return false
		}
		f.What = fmt.Sprintf("%s is its single member who may answer: nobody does when that one is away.", hands[0].Name)
		f.Fix = c.addSomebody(in)
		return true
	})
}

// standIn is who else could look after an inbox than its owner: whoever of
// those who do its work was here last.
func (c *chart) standIn(in Inbox) (User, bool) {
	var best User
	for _, u := range c.hands(in.ID) {
		if u.ID != in.Owner && (best.ID == 0 || c.seenAt(u).After(c.seenAt(best))) {
			best = u
		}
	}
	return best, best.ID != 0
}

// noDeputy leaves out who works alone: that is another finding. A deputy who
// left through a team, or was disabled, is named still: nothing puts another in
// his place without a word.
func noDeputy(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		other, ok := c.standIn(in)
		deputy, chosen := c.users[c.deputies[in.ID]]
		f.Fix = c.byKeeper(in.ID, "inbox", "set", in.Name, "deputy="+other.Login)
		switch {
		case !chosen:
			f.What = "Nobody looks after it while its owner is away."
			return ok
		case !deputy.DisabledAt.IsZero():
			f.What = fmt.Sprintf("Its deputy, %s, may not sign in any more.", deputy.Name)
		case deputy.ID == in.Owner:
			f.What = fmt.Sprintf("Its deputy, %s, is its owner too: nobody stands in.", deputy.Name)
		case !c.works(deputy.ID, in.ID):
			f.What = fmt.Sprintf("Its deputy, %s, does not work in it any more.", deputy.Name)
		default:
			return false
		}
		return true
	})
}

// tooMany finds the inboxes a team would not miss.
func tooMany(c *chart) []Finding {
	shared := 0
	for _, in := range c.inboxes {
		if in.Kind == Shared && c.knows(in.ID) {
			shared++
		}
	}
	return c.eachShared(func(in Inbox, f *Finding) bool {
		n := c.activity[in.ID]
		f.What = fmt.Sprintf("There are %d shared inboxes, and this one had %s in 30 days: with its address in another inbox fewer places have to be looked at.",
			shared, counted(n, "conversation", "conversations"))
		f.Fix = c.mergeIntoBusiest(in)
		return shared > sharedMany && n < fewConversations && len(c.accountsOf(in)) > 0 && c.now.Sub(in.CreatedAt) > month
	})
}

// mergeIntoBusiest is the command that lets an inbox go into the busiest of the
// others the viewer may configure, its conversations tagged with its name.
func (c *chart) mergeIntoBusiest(in Inbox) string {
	var best Inbox
	for _, other := range c.inboxes {
		if other.Kind == Shared && other.ID != in.ID && c.byKeeper(other.ID) != "" && (best.ID == 0 || c.activity[other.ID] > c.activity[best.ID]) {
			best = other
		}
	}
	if best.ID == 0 {
		return command()
	}
	words := []string{"inbox", "merge", in.Name, "--into", best.Name}
	if tags, err := ParseTags([]string{strings.Join(strings.Fields(in.Name), "-")}); err == nil {
		words = append(words, "--tag", tags[0])
	}
	return c.byKeeper(in.ID, words...)
}

// opened is when a member was last in an inbox; when it was made, before the
// first time.
func (c *chart) opened(in Inbox) time.Time {
	last := in.CreatedAt
	for _, v := range c.visits {
		if v.Inbox == in.ID && v.At.After(last) && c.works(v.User, in.ID) {
			last = v.At
		}
	}
	return last
}

// unopened reports whether no member has opened a shared inbox for long while
// mail came in, and when the last did.
func (c *chart) unopened(in Inbox) (came time.Time, unopened bool) {
	opened := c.opened(in)
	for _, a := range c.accounts {
		if at := c.last[a.ID].In; a.Inbox == in.ID && at.After(came) {
			came = at
		}
	}
	return came, in.Kind == Shared && c.now.Sub(opened) > unopenedLong && came.After(opened)
}

// notOpened asks somebody to begin with what waits longest, or to look at what
// all have.
func notOpened(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		came, unopened := c.unopened(in)
		first := c.waiting[in.ID]
		f.What = fmt.Sprintf("No member has opened it for %s, and mail came in meanwhile, the last on %s.", lasting(c.now.Sub(c.opened(in))), came.Format(time.DateOnly))
		f.Fix = command()
		if first.Assignee == 0 {
			f.Fix = c.byAHand(in.ID, "conversation", "take", strconv.FormatInt(int64(first.ID), 10))
		}
		return unopened && first.ID != 0
	})
}

// byAHand is a command for somebody who may do the work of an inbox: the
// viewer, or for an admin the first who may.
func (c *chart) byAHand(in InboxID, words ...string) string {
	hands := c.hands(in)
	switch {
	case c.works(c.me.ID, in):
		return command(words...)
	case c.me.Admin() && len(hands) > 0:
		return command(append([]string{"--as", hands[0].Login}, words...)...)
	}
	return ""
}

// byKeeper is a command for who may configure an inbox; it would refuse all
// others.
func (c *chart) byKeeper(in InboxID, words ...string) string {
	for _, m := range c.members[in] {
		if m.ID == c.me.ID && m.Rights.Configure {
			return command(words...)
		}
	}
	return ""
}

func staleConversations(c *chart) []Finding {
	return c.byInbox(c.stale, func(in Inbox, some []Conversation, f *Finding) {
		f.What = fmt.Sprintf("%s open and nothing has happened in 30 days or more, in the oldest for %s.",
			counted(len(some), "conversation is", "conversations are"), lasting(c.now.Sub(some[0].LastAt)))
		f.Fix = c.byAHand(in.ID, append([]string{"conversation", "close"}, numbersOf(some)...)...)
	})
}

// byInbox makes one finding for each inbox that some conversations are in.
func (c *chart) byInbox(some []Conversation, tell func(Inbox, []Conversation, *Finding)) []Finding {
	of := map[InboxID][]Conversation{}
	for _, x := range some {
		of[x.Inbox] = append(of[x.Inbox], x)
	}
	var list []Finding
	for _, in := range c.inboxes {
		if len(of[in.ID]) > 0 {
			f := Finding{Where: in.Name}
			tell(in, of[in.ID], &f)
			list = append(list, f)
		}
	}
	return list
}

// numbersOf are the numbers of conversations for a command, the first of them.
func numbersOf(some []Conversation) []string {
	var words []string
	for _, x := range some[:min(len(some), namedMost)] {
		words = append(words, strconv.FormatInt(int64(x.ID), 10))
	}
	return words
}

// counted is a number with its noun; a list that was cut has more.
func counted(n int, one, many string) string {
	if n == staleMost {
		return fmt.Sprintf("%d or more %s", n, many)
	}
	return fmt.Sprintf("%d %s", n, plural(n, one, many))
}
