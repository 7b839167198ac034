package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Membered is what the journal keeps of a member of an inbox: who, as it is
// written on the command line, and what he may do.
type Membered struct {
	Who    string `json:"who"`
	Rights string `json:"rights"`
}

// teamMark begins the name of a team where a user could stand as well.
const teamMark = "team:"

// Everyone is how all users of the desk are written where a user could stand.
const Everyone = "everyone"

// grantee reads who is meant by a login, by team:NAME or by everyone. name is
// how he is called in a sentence.
func grantee(r Reader, who string) (g Grantee, name string, err error) {
	if team, ok := strings.CutPrefix(FoldName(who), teamMark); ok {
		t, err := teamNamed(r, team)
		return Grantee{ToTeam, int64(t.ID)}, "The team " + t.Name, err
	}
	if FoldName(who) == Everyone {
		return Grantee{Kind: ToEveryone}, "Everyone", nil
	}
	u, err := named(r, who)
	return Grantee{ToUser, int64(u.ID)}, u.Name, err
}

// AddMember lets a user, a team or everyone into a shared inbox. It needs the
// right to configure the inbox. Who is in already with the same rights stays
// so; with others it is a Conflict error ALREADY_MEMBER.
func (s *Seat) AddMember(ctx context.Context, inbox, who string, rights Rights) error {
	return s.write(ctx, func(w Writer) error { return s.letIn(w, inbox, who, rights) })
}

func (s *Seat) letIn(w Writer, inbox, who string, rights Rights) error {
	in, to, name, err := s.membering(w, inbox, who)
	if err != nil {
		return err
	}
	had, ok, err := grantOf(w, in.ID, to)
	switch {
	case err != nil:
		return err
	case ok && had.Rights == rights:
		return nil
	case ok:
		return conflict("ALREADY_MEMBER", "Change it with: postroom inbox member set", "%s works in %q already, and may %s.", name, in.Name, had.Rights)
	}
	if err := w.SaveGrant(Grant{Inbox: in.ID, To: to, Rights: rights, Since: s.d.now()}); err != nil {
		return err
	}
	return w.Append(s.event(EventMemberAdded, in.ID, 0, nil, state(Membered{FoldName(who), rights.String()})))
}

// SetMember changes what a user, a team or everyone may do in an inbox. The
// open conversations of those who may not answer any more go back to nobody;
// freed says how many these are.
func (s *Seat) SetMember(ctx context.Context, inbox, who string, rights Rights) (freed int, err error) {
	return s.changeMember(ctx, inbox, who, EventMemberChanged, func(w Writer, had Grant) error {
		had.Rights = rights
		return w.SaveGrant(had)
	})
}

// RemoveMember takes back what let a user, a team or everyone in. Who was let
// in by something else too stays; freed as for [Seat.SetMember].
func (s *Seat) RemoveMember(ctx context.Context, inbox, who string) (freed int, err error) {
	return s.changeMember(ctx, inbox, who, EventMemberRemoved, func(w Writer, had Grant) error {
		return w.RemoveGrant(had.Inbox, had.To)
	})
}

func (s *Seat) changeMember(ctx context.Context, inbox, who string, kind EventKind, change func(Writer, Grant) error) (freed int, err error) {
	err = s.write(ctx, func(w Writer) error {
		in, to, name, err := s.membering(w, inbox, who)
		if err != nil {
			return err
		}
		if to.Kind == ToUser && UserID(to.ID) == in.Owner {
			return conflict("OWNER", "Hand it over first with: "+command("inbox", "set", in.Name, "owner=LOGIN"),
				"%s owns %q, stays in it and may do everything there, whatever is said of members.", name, in.Name)
		}
		had, ok, err := grantOf(w, in.ID, to)
		if err != nil {
			return err
		}
		if !ok {
			return s.notAMember(w, in, to, name)
		}
		before, err := deputyOf(w, in)
		if err != nil {
			return err
		}
		if freed, err = s.regrant(w, []InboxID{in.ID}, func() error { return change(w, had) }); err != nil {
			return err
		}
		if err := s.deputyStays(w, in, before); err != nil {
			return err
		}
		now, ok, err := grantOf(w, in.ID, to)
		if err != nil {
			return err
		}
		ev := s.event(kind, in.ID, 0, state(Membered{FoldName(who), had.Rights.String()}), nil)
		if ok {
			ev.After = state(Membered{FoldName(who), now.Rights.String()})
		}
		return w.Append(ev)
	})
	return freed, err
}

// deputyOf gives the deputy of an inbox, if he does its work; else 0.
func deputyOf(r Reader, in Inbox) (UserID, error) {
	set, err := r.InboxSettings(in.ID)
	if err != nil || set.Deputy == 0 {
		return 0, err
	}
	may, err := r.Rights(in.ID, set.Deputy)
	if errors.Is(err, ErrNoRow) || err == nil && !may.Works() {
		return 0, nil
	}
	return set.Deputy, err
}

// deputyStays refuses a change after which the deputy would not do the work of
// the inbox any more: who stands in next is to be said first.
func (s *Seat) deputyStays(r Reader, in Inbox, before UserID) error {
	now, err := deputyOf(r, in)
	if err != nil || now == before {
		return err
	}
	u, err := r.User(before)
	if err != nil {
		return err
	}
	return conflict("DEPUTY", "Choose another first with: "+command("inbox", "set", in.Name, "deputy=LOGIN")+" (deputy= for none)", "%s is the deputy of %q.", u.Name, in.Name)
}

// notAMember says of somebody without a grant why he has none to change.
func (s *Seat) notAMember(r Reader, in Inbox, to Grantee, name string) error {
	hint := "See who does, and why, with: postroom inbox show"
	reasons, err := r.Reasons(in.ID)
	if err != nil {
		return err
	}
	for _, why := range reasons {
		if to.Kind == ToUser && why.User.ID == UserID(to.ID) {
			return conflict("NOT_BY_NAME", hint, "%s sees %q as %s, not by name.", name, in.Name, why)
		}
	}
	return notFound("NOT_A_MEMBER", hint, "%s does not work in %q.", name, in.Name)
}

// membering gives the shared inbox whose members the actor wants to change, and
// whom he means.
func (s *Seat) membering(r Reader, inbox, who string) (Inbox, Grantee, string, error) {
	in, err := s.mayIn(r, inbox, RightConfigure)
	if err == nil && in.Kind == Personal {
		err = conflict("PERSONAL_INBOX", "Make a shared inbox with: postroom inbox create NAME --shared", "A personal inbox has one owner and no members.")
	}
	if err != nil {
		return in, Grantee{}, "", err
	}
	to, name, err := grantee(r, who)
	return in, to, name, err
}

func grantOf(r Reader, in InboxID, to Grantee) (Grant, bool, error) {
	all, err := r.Grants(in)
	at := slices.IndexFunc(all, func(g Grant) bool { return g.To == to })
	if err != nil || at < 0 {
		return Grant{Inbox: in, To: to}, false, err
	}
	return all[at], true, nil
}

// regrant runs a change of who may do what in some inboxes. Open conversations
// of those who may not answer there any more go back to nobody, so that none
// waits for somebody who cannot see it.
func (s *Seat) regrant(w Writer, inboxes []InboxID, change func() error) (freed int, err error) {
	before, teams := map[InboxID][]Member{}, map[InboxID]map[TeamID]Team{}
	for _, in := range inboxes {
		if before[in], err = w.Members(in); err != nil {
			return 0, err
		}
		if teams[in], err = answeringTeams(w, in); err != nil {
			return 0, err
		}
	}
	if err := change(); err != nil {
		return 0, err
	}
	batch := s.d.newBatch()
	for _, in := range inboxes {
		after, err := w.Members(in)
		if err != nil {
			return 0, err
		}
		for _, m := range before[in] {
			if !m.Rights.Reply || slices.ContainsFunc(after, func(a Member) bool { return a.ID == m.ID && a.Rights.Reply }) {
				continue
			}
			n, err := s.handOver(w, in, m.ID, 0, batch)
			if err != nil {
				return 0, err
			}
			freed += n
		}
		n, err := s.freeTeams(w, in, teams[in], batch)
		if err != nil {
			return 0, err
		}
		freed += n
	}
	return freed, nil
}

// freeTeams takes from the teams that could answer in an inbox what they have
// there and nobody of them can answer any more, and counts it.
func (s *Seat) freeTeams(w Writer, in InboxID, could map[TeamID]Team, batch string) (freed int, err error) {
	can, err := answeringTeams(w, in)
	if err != nil {
		return 0, err
	}
	for t := range could {
		if _, ok := can[t]; ok {
			continue
		}
		ids, err := w.OpenOfTeam(in, t)
		if err != nil {
			return 0, err
		}
		for _, id := range ids {
			c, err := w.Conversation(id)
			if err != nil {
				return 0, err
			}
			before := c.Assignment()
			c.Team = 0
			c.Version++
			ev := s.event(EventAssigned, in, id, state(before), state(c.Assignment()))
			ev.Batch = batch
			if err := errors.Join(w.SaveConversation(c), w.Append(ev)); err != nil {
				return 0, err
			}
			if c.Assignee == 0 {
				freed++
			}
		}
	}
	return freed, nil
}

// handOver gives the open conversations a user has in an inbox to somebody
// else, or to nobody, and counts them.
func (s *Seat) handOver(w Writer, in InboxID, from, to UserID, batch string) (int, error) {
	ids, err := w.OpenOf(in, from)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		c, err := w.Conversation(id)
		if err != nil {
			return 0, err
		}
		before := c.Assignment()
		c.Assignee = to
		c.Version++
		if err := w.SaveConversation(c); err != nil {
			return 0, err
		}
		ev := s.event(EventAssigned, in, id, state(before), state(c.Assignment()))
		ev.Batch = batch
		if err := w.Append(ev); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// turnTo closes a conversation or opens it again.
func (d *Desk) turnTo(w Writer, c *Conversation, to Status, by Actor) error {
	c.Status = to
	if to != Open {
		return nil
	}
	return d.backTo(w, c, by)
}

// backTo gives a conversation that is open again, or out of spam or the trash,
// to whoever had it. A user or a team that may not answer there any more does
// not get it back, as with those that were open when that was lost. It is no
// part of what is undone.
func (d *Desk) backTo(w Writer, c *Conversation, by Actor) error {
	before := c.Assignment()
	if c.Assignee != 0 {
		have, err := w.Rights(c.Inbox, c.Assignee)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if !have.Reply {
			c.Assignee = 0
		}
	}
	if c.Team != 0 {
		teams, err := answeringTeams(w, c.Inbox)
		if err != nil {
			return err
		}
		if _, ok := teams[c.Team]; !ok {
			c.Team = 0
		}
	}
	if after := c.Assignment(); !before.to(after) {
		return w.Append(&Event{At: d.now(), Actor: by, Kind: EventAssigned, Inbox: c.Inbox, Conversation: c.ID, Before: state(before), After: state(after)})
	}
	return nil
}
