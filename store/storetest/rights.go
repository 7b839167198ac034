package storetest

import (
	"errors"
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
	w.ok(w.maya.AddMember(w.ctx, "Sales", "zoe", desk.Rights{}))
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
			case told.Kind == desk.Denied && told.Hint != "Ask Maya or an admin of this desk to let you.":
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
