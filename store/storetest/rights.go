package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"postroom/desk"
)

// deed is something a member may or may not do with a conversation of Sales.
type deed struct {
	name string
	do   func(*desk.Seat) error
}

// deeds are tried in a rehearsal, so that none changes what the next one meets.
func (w *world) deeds(c desk.ConversationID) []deed {
	w.t.Helper()
	ctx := desk.Rehearse(w.ctx)
	one := []desk.ConversationID{c}
	outcome := func(o desk.Outcome, err error) error {
		if err == nil && len(o.Done) == 0 {
			err = errors.New(o.Skipped[0].Reason)
		}
		return err
	}
	maya := w.maya.Actor().User
	return []deed{
		{"see", func(s *desk.Seat) error { _, err := s.Thread(ctx, c, 0); return err }},
		{"answer", func(s *desk.Seat) error { _, err := s.Answer(ctx, c, false); return err }},
		{"send", func(s *desk.Seat) error {
			_, err := s.Send(ctx, desk.Draft{Kind: desk.DraftReply, Conversation: c, Account: w.salesAcc.ID, To: []desk.Mailbox{{Addr: "ann@x.test"}}, Text: "Hi"}, desk.SendOptions{})
			return err
		}},
		{"compose", func(s *desk.Seat) error { _, err := s.NewMail(ctx, "Sales"); return err }},
		{"draft", func(s *desk.Seat) error {
			_, err := s.SaveDraft(ctx, desk.Draft{Kind: desk.DraftReply, Conversation: c, Text: "Hi"})
			return err
		}},
		{"take", func(s *desk.Seat) error { return outcome(s.Take(ctx, one)) }},
		{"note", func(s *desk.Seat) error { return outcome(s.AddNote(ctx, c, "look")) }},
		{"close", func(s *desk.Seat) error { return outcome(s.Close(ctx, one)) }},
		{"assign", func(s *desk.Seat) error { return outcome(s.Assign(ctx, one, maya)) }},
		{"configure", func(s *desk.Seat) error { return s.AddMember(ctx, "Sales", "tom", desk.WorkRights()) }},
		{"connect", func(s *desk.Seat) error {
			_, err := s.Connect(ctx, "Sales", desk.Account{Address: "new@acme.test"})
			return err
		}},
		{"pause", func(s *desk.Seat) error { _, err := s.Pause(ctx, "sales@acme.test"); return err }},
	}
}

// testRights tries every deed as everybody: what each may is written down once.
func testRights(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for login, role := range map[string]desk.Role{"tom": desk.RoleAgent, "rita": desk.RoleAdmin, "disp": desk.RoleAgent, "conf": desk.RoleAgent, "repl": desk.RoleAgent, "gone": desk.RoleAgent} {
		_, err := w.maya.AddUser(w.ctx, login, "", role)
		w.ok(err)
	}
	_, err := w.maya.SetMember(w.ctx, "Sales", "zoe", desk.Rights{})
	w.ok(err)
	w.ok(w.maya.AddMember(w.ctx, "Sales", "disp", desk.Rights{Assign: true}))
	w.ok(w.maya.AddMember(w.ctx, "Sales", "conf", desk.Rights{Configure: true}))
	w.ok(w.maya.AddMember(w.ctx, "Sales", "repl", desk.Rights{Reply: true}))
	c := w.arrive(w.sales.ID, mail("a@x.test", "ann@x.test", "Question", "When?")).Conversation

	all := "see answer send compose draft take note close assign configure connect pause"
	for _, who := range []struct{ login, may, code string }{
		{"maya", all, ""}, // the owner
		{"ben", "see answer send compose draft take note close assign", "NO_CONFIGURE_PERMISSION"},
		{"repl", "see answer send compose draft take note close", "NO_ASSIGN_PERMISSION NO_CONFIGURE_PERMISSION"},
		{"zoe", "see", "NO_REPLY_PERMISSION NO_CONFIGURE_PERMISSION"},
		{"disp", "see note close assign", "NO_REPLY_PERMISSION NO_CONFIGURE_PERMISSION"},
		{"conf", "see configure connect pause", "NO_REPLY_PERMISSION"},
		{"rita", "see configure connect pause", "NO_REPLY_PERMISSION"}, // an admin who is no member
		{"tom", "", "NO_SUCH_CONVERSATION NO_SUCH_INBOX NO_SUCH_ACCOUNT"},
	} {
		s := w.seat(w.d, who.login)
		for _, d := range w.deeds(c) {
			err := d.do(s)
			var told *desk.Error
			switch {
			case has(who.may, d.name) && err != nil:
				t.Errorf("%s may %s, and is told: %v", who.login, d.name, err)
			case has(who.may, d.name):
			case err == nil:
				t.Errorf("%s can %s", who.login, d.name)
			case !errors.As(err, &told) || !has(who.code, told.Code):
				t.Errorf("%s is told of %s: %v", who.login, d.name, err)
			case told.Kind == desk.Denied && !strings.HasPrefix(told.Hint, "Ask Maya or an admin of this desk to let you") && (who.login != "rita" || told.Hint != `Let yourself in: postroom inbox member add "Sales" rita`):
				t.Errorf("%s is not told whom to ask: %+v", who.login, told)
			}
		}
	}
	// Nobody can be given what he cannot answer.
	for _, login := range []string{"zoe", "disp", "conf", "rita", "tom"} {
		out, err := w.maya.Assign(w.ctx, []desk.ConversationID{c}, w.seat(w.d, login).Actor().User)
		w.ok(err)
		w.want("assigned to "+login, len(out.Done), 0)
	}
	may, err := w.maya.Assignable(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	var logins []string
	for _, u := range may {
		logins = append(logins, u.Login)
	}
	w.want("who can be given it", logins, []string{"maya", "ben", "repl"})
}

func has(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// logins of those who have each right in an inbox, as the matrix shows it.
func (w *world) matrix(s *desk.Seat, inbox string) map[string]string {
	w.t.Helper()
	list, err := s.Access(w.ctx, inbox)
	w.ok(err)
	rows := map[string]string{}
	for _, a := range list.Users {
		var words []string
		for _, what := range desk.AllRights() {
			if a.Can[what] != (len(a.From[what]) > 0) {
				w.t.Errorf("%s: %s may %s is %v, for the reasons %v", inbox, a.User.Login, what, a.Can[what], a.From[what])
			}
			for _, why := range a.From[what] {
				words = append(words, fmt.Sprint(what, " as ", why))
			}
		}
		rows[a.User.Login] = strings.Join(append(words, a.Flag), "; ")
	}
	return rows
}

func testTeams(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	_, err := w.maya.AddTeam(w.ctx, "Billing")
	w.ok(err)
	_, err = w.maya.AddTeam(w.ctx, "BILLING ")
	w.want("a name that is taken", desk.KindOf(err), desk.Conflict)
	_, err = w.ben.AddTeam(w.ctx, "Mine")
	w.want("a team by an agent", desk.KindOf(err), desk.Denied)
	w.want("joining one's own way", desk.KindOf(w.zoe.JoinTeam(w.ctx, "Billing", "zoe")), desk.Denied)
	w.ok(w.maya.AddMember(w.ctx, "Support", "team:billing", desk.WorkRights()))
	list, err := w.maya.Access(w.ctx, "Support")
	w.ok(err)
	w.want("teams with nobody in them", list.EmptyTeams, []string{"Billing"})

	c := w.arrive(w.support.ID, mail("a@x.test", "ann@x.test", "Question", "When?")).Conversation
	_, err = w.zoe.Thread(w.ctx, c, 0)
	w.want("before she joins", desk.KindOf(err), desk.NotFound)
	rung := w.d.Bell().Listen()
	defer rung.Close()
	w.ok(w.maya.JoinTeam(w.ctx, "billing", "zoe"))
	w.want("open screens are told", rung.Take().Settings, true)
	out, err := w.zoe.Take(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	w.want("taken", len(out.Done), 1)
	w.want("who can do what", w.matrix(w.maya, "Support"), map[string]string{
		"maya": "see as owner; see as admin; reply as owner; assign as owner; configure as owner; configure as admin; ",
		"ben":  "see as member; reply as member; assign as member; ",
		"zoe":  "see as team Billing; reply as team Billing; assign as team Billing; ",
	})
	_, err = w.maya.RemoveMember(w.ctx, "Support", "zoe")
	var told *desk.Error
	if !errors.As(err, &told) || told.Code != "NOT_BY_NAME" {
		t.Error("a member by his team, removed by name:", err)
	}

	freed, err := w.maya.LeaveTeam(w.ctx, "Billing", "zoe")
	w.ok(err)
	w.want("freed", freed, 1)
	w.want("open screens are told again", rung.Take().Settings, true)
	_, err = w.zoe.Thread(w.ctx, c, 0)
	w.want("after she left", desk.KindOf(err), desk.NotFound)
	found, err := w.ben.Thread(w.ctx, c, 0)
	w.ok(err)
	w.want("who has it now", found.Assignee, desk.UserID(0))
	w.checkCounts()

	w.ok(w.maya.JoinTeam(w.ctx, "Billing", "zoe"))
	_, err = w.maya.RemoveTeam(w.ctx, "Billing")
	w.ok(err)
	_, err = w.zoe.Thread(w.ctx, c, 0)
	w.want("without the team", desk.KindOf(err), desk.NotFound)
}

// whoAnswersAgain closes a conversation, lets its customer answer, and gives
// who has it then.
func (w *world) whoAnswersAgain(c desk.ConversationID, to, id string) desk.UserID {
	w.t.Helper()
	_, err := w.maya.Close(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	answer := mail(id, "ann@x.test", "Re: Settled", "One more thing.")
	answer.InReplyTo = []string{to}
	w.want("where the answer goes", w.arrive(w.sales.ID, answer).Conversation, c)
	th, err := w.maya.Thread(w.ctx, c, 0)
	w.ok(err)
	w.want("its place", th.Place(), desk.InOpen)
	return th.Assignee
}

func testMembership(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.ok(w.maya.AddMember(w.ctx, "Sales", "ben", desk.WorkRights()))
	w.want("with other rights", desk.KindOf(w.maya.AddMember(w.ctx, "Sales", "ben", desk.Rights{})), desk.Conflict)
	c := w.arrive(w.sales.ID, mail("a@x.test", "ann@x.test", "Question", "When?")).Conversation
	closed := w.arrive(w.sales.ID, mail("b@x.test", "ann@x.test", "Settled", "Thanks.")).Conversation
	_, err := w.ben.Take(w.ctx, []desk.ConversationID{c, closed})
	w.ok(err)
	has := w.whoAnswersAgain(closed, "b@x.test", "c@x.test")
	w.want("who has what is open again, of one who may answer", has, w.ben.Actor().User)
	_, err = w.ben.Close(w.ctx, []desk.ConversationID{closed})
	w.ok(err)
	w.ok(w.maya.AddMember(w.ctx, "Sales", "everyone", desk.Rights{}))
	freed, err := w.maya.SetMember(w.ctx, "Sales", "ben", desk.Rights{Assign: true})
	w.ok(err)
	w.want("freed of one who cannot answer", freed, 1)
	has = w.whoAnswersAgain(closed, "b@x.test", "d@x.test")
	w.want("who has what is open again, of one who may not", has, desk.UserID(0))
	freed, err = w.maya.RemoveMember(w.ctx, "Sales", "ben")
	w.ok(err)
	w.want("freed of one who had nothing", freed, 0)
	w.want("who can do what", w.matrix(w.zoe, "Sales"), map[string]string{
		"maya": "see as owner; see as everyone; see as admin; reply as owner; assign as owner; configure as owner; configure as admin; ",
		"ben":  "see as everyone; sees only", "zoe": "see as member; see as everyone; reply as member; assign as member; ",
	})
	_, err = w.maya.RemoveMember(w.ctx, "Sales", "maya")
	w.want("the owner removed", desk.KindOf(err), desk.Conflict)
	_, err = w.maya.SetMember(w.ctx, "Ben", "zoe", desk.WorkRights())
	w.want("a colleague's personal inbox", desk.KindOf(err), desk.NotFound)
	_, err = w.ben.SetMember(w.ctx, "Ben", "zoe", desk.WorkRights())
	w.want("one's own personal inbox", desk.KindOf(err), desk.Conflict)
	_, err = w.maya.Access(w.ctx, "Ben")
	w.want("the matrix of what one does not see", desk.KindOf(err), desk.NotFound)
}

// testDerived changes people, teams and inboxes at random. After each change
// the members have to be those that the rules of [desk.PeopleWriter] give.
func testDerived(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	rnd := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // a test repeats itself
	users := []desk.UserID{w.maya.Actor().User, w.ben.Actor().User, w.zoe.Actor().User}
	inboxes := []desk.InboxID{w.support.ID, w.sales.ID, w.ownInbox.ID}
	var teams []desk.TeamID
	w.write(func(wr desk.Writer) error {
		for _, name := range []string{"one", "two"} {
			id, err := wr.AddTeam(desk.Team{Name: name})
			if err != nil {
				return err
			}
			teams = append(teams, id)
		}
		return nil
	})
	to := func() desk.Grantee {
		switch rnd.IntN(5) {
		case 0:
			return desk.Grantee{Kind: desk.ToEveryone}
		case 1, 2:
			return desk.Grantee{Kind: desk.ToTeam, ID: int64(teams[rnd.IntN(2)])}
		default:
			return desk.Grantee{Kind: desk.ToUser, ID: int64(users[rnd.IntN(3)])}
		}
	}
	seen := map[string]bool{}
	for range 120 {
		in, u, team := inboxes[rnd.IntN(3)], users[rnd.IntN(3)], teams[rnd.IntN(2)]
		w.write(func(wr desk.Writer) error {
			switch rnd.IntN(5) {
			case 0:
				return wr.RemoveGrant(in, to())
			case 1:
				return wr.JoinTeam(team, u)
			case 2:
				return wr.LeaveTeam(team, u)
			case 3:
				box, err := wr.Inbox(in)
				if err != nil {
					return err
				}
				box.Owner = u
				box.Kind = []desk.InboxKind{desk.Personal, desk.Shared}[rnd.IntN(2)]
				return wr.SaveInbox(box)
			default:
				return wr.SaveGrant(desk.Grant{Inbox: in, To: to(), Rights: desk.Rights{Reply: rnd.IntN(2) == 0, Assign: rnd.IntN(2) == 0, Configure: rnd.IntN(2) == 0}})
			}
		})
		for _, in := range inboxes {
			got, want := w.membersOf(in)
			w.want("members", got, want)
			seen[got] = true
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d different memberships were met", len(seen))
	}
}

// membersOf are the members the store has, and those the rules give.
func (w *world) membersOf(in desk.InboxID) (got, want string) {
	w.t.Helper()
	w.read(func(r desk.Reader) error {
		box, err := r.Inbox(in)
		if err != nil {
			return err
		}
		grants, err := r.Grants(in)
		if err != nil {
			return err
		}
		users, err := r.Users()
		if err != nil {
			return err
		}
		members, err := r.Members(in)
		for _, m := range members {
			got += fmt.Sprintln(m.Login, m.Rights)
		}
		for _, u := range users {
			may, sees := desk.FullRights(), u.ID == box.Owner
			if !sees && box.Kind == desk.Shared {
				may = desk.Rights{Configure: u.Admin()}
				sees = u.Admin()
				for _, g := range grants {
					theirs, err := grantIsFor(r, g, u.ID)
					if err != nil {
						return err
					}
					if theirs {
						sees = true
						may = desk.Rights{Reply: may.Reply || g.Reply, Assign: may.Assign || g.Assign, Configure: may.Configure || g.Configure}
					}
				}
			}
			if sees {
				want += fmt.Sprintln(u.Login, may)
			}
		}
		return err
	})
	return got, want
}

func grantIsFor(r desk.Reader, g desk.Grant, u desk.UserID) (bool, error) {
	if g.To.Kind != desk.ToTeam {
		return g.To.Kind == desk.ToEveryone || g.To.ID == int64(u), nil
	}
	in, err := r.TeamMembers(desk.TeamID(g.To.ID))
	return slices.ContainsFunc(in, func(m desk.User) bool { return m.ID == u }), err
}
