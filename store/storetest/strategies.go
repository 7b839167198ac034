package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// staffed is a world in which Sales has ben, zoe and ada.
func staffed(t testing.TB, fresh Fresh) *world {
	w := newWorld(t, fresh)
	_, err := w.maya.AddUser(w.ctx, "ada", "", desk.RoleAgent)
	w.ok(err)
	w.ok(w.maya.AddMember(w.ctx, "Sales", "ada", desk.WorkRights()))
	return w
}

// strategy makes one and lets Sales use it.
func (w *world) strategy(name string, kind desk.StrategyKind, on, otherwise string) {
	w.t.Helper()
	_, err := w.maya.AddStrategy(w.ctx, name, setting(kind, on, otherwise))
	w.ok(err)
	w.set(w.maya, "Sales", map[desk.SettingKey]string{desk.SetRouting: name})
}

func setting(kind desk.StrategyKind, on, otherwise string) desk.StrategySetting {
	s := desk.StrategySetting{Kind: kind}
	if on != "" {
		s.On = strings.Split(on, ",")
	}
	if otherwise != "" {
		s.Else = strings.Split(otherwise, ",")
	}
	return s
}

// come lets a mail of a new customer come into Sales, and says who has it.
func (w *world) come() (desk.ConversationID, string) {
	w.t.Helper()
	n := w.mails + 1
	m := w.arrive(w.sales.ID, mail(fmt.Sprintf("m%d@x.test", n), fmt.Sprintf("c%d@x.test", n), fmt.Sprint("matter ", n), "text"))
	return m.Conversation, w.has(m.Conversation)
}

// comes lets several come and says who has them, in their order.
func (w *world) comes(n int) string {
	w.t.Helper()
	var who []string
	for range n {
		_, login := w.come()
		who = append(who, login)
	}
	return strings.Join(who, " ")
}

// has says who has a conversation.
func (w *world) has(id desk.ConversationID) string {
	w.t.Helper()
	login := "nobody"
	w.read(func(r desk.Reader) error {
		c, err := r.Conversation(id)
		if err != nil || c.Assignee == 0 {
			return err
		}
		u, err := r.User(c.Assignee)
		login = u.Login
		return err
	})
	return login
}

// testRoundRobin: each in turn, whatever people assign by hand, in whichever
// process (S241).
func testRoundRobin(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	w.strategy("rota", desk.RoundRobin, "ben,zoe,ada", "")
	w.want("six", w.comes(6), "ada ben zoe ada ben zoe")
	first, _ := w.come()
	w.want("who was first", w.has(first), "ada")
	_, err := w.maya.Assign(w.ctx, []desk.ConversationID{first}, w.zoe.Actor().User)
	w.ok(err)
	here := w.d
	w.d = w.desk(w.open(t), 9) // another process
	w.want("by hand moves no turn", w.comes(2), "ben zoe")
	w.d = here
	w.want("both know", w.comes(2), "ada ben")
	// Control: with the turns forgotten the order begins anew.
	w.write(func(wr desk.Writer) error {
		st, err := wr.StrategyByName("rota")
		if err != nil {
			return err
		}
		return wr.GiveTurn(st.ID, w.zoe.Actor().User)
	})
	w.want("turns decide", w.comes(2), "ada ben")
}

// testLeastBusy: who has the fewest that need an answer, by how much of a day
// he works; who has as many as he can have gets none (S241, H15).
func testLeastBusy(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	w.strategy("load", desk.LeastBusy, "ben,zoe", "")
	_, err := w.maya.SetCapacity(w.ctx, "zoe", 0, 50)
	w.ok(err)
	w.want("a part-timer gets half", w.comes(6), "ben zoe ben zoe ben ben")
	_, err = w.maya.SetCapacity(w.ctx, "ben", 4, 100)
	w.ok(err)
	w.want("none above the limit", w.comes(2), "zoe zoe")
	// What is answered needs nothing any more, and counts no more.
	var of []desk.ConversationID
	for _, c := range w.conversations() {
		if c.Inbox == w.sales.ID && c.Assignee == w.ben.Actor().User {
			of = append(of, c.ID)
		}
	}
	_, err = w.ben.Send(w.ctx, desk.Draft{Kind: desk.DraftReply, Conversation: of[0], Account: w.salesAcc.ID, Version: 1, To: []desk.Mailbox{{Addr: "c1@x.test"}}, Text: "Yes"},
		desk.SendOptions{Confirmed: []desk.Guard{desk.GuardChanged, desk.GuardNewRecipient}})
	w.ok(err)
	w.want("an answer makes room", w.comes(1), "ben")
	list, err := w.maya.Standbys(w.ctx)
	w.ok(err)
	w.want("loads", fmt.Sprint(list[0].Load, " ", list[1].Load, " ", list[1].Why, " ", list[3].Load), "0 4 full 4")
	_, err = w.ben.Close(w.ctx, of[1:2])
	w.ok(err)
	w.want("so does closing", w.comes(1), "ben")
}

// testAvailable: nothing is given to who is not there; what comes meanwhile is
// given, the oldest first, to the first who is (S221, F122).
func testAvailable(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	w.strategy("rota", desk.RoundRobin, "ben,zoe", "")
	_, err := w.zoe.SetAway(w.ctx, "")
	w.ok(err)
	w.want("one is away", w.comes(2), "ben ben")
	_, err = w.ben.PlanAbsence(w.ctx, "", desk.Absence{Until: w.clock.get().Add(48 * time.Hour)})
	w.ok(err)
	a, who := w.come()
	w.want("nobody is there", who, "nobody")
	b, _ := w.come()
	c, _ := w.come()
	w.want("they are seen as unassigned", w.list(w.ben, desk.View{Inbox: w.sales.ID, Place: desk.InOpen, Assigned: desk.Nobody, Sort: desk.ByWaiting}), []desk.ConversationID{a, b, c})
	// Somebody who is not a target changes nothing.
	_, err = w.maya.SetAvailable(w.ctx, "ada")
	w.ok(err)
	w.want("still nobody", w.has(a), "nobody")
	_, err = w.maya.SetCapacity(w.ctx, "zoe", 1, 100)
	w.ok(err)
	_, err = w.zoe.SetAvailable(w.ctx, "")
	w.ok(err)
	w.want("the oldest is hers", w.has(a)+" "+w.has(b), "zoe nobody")
	_, err = w.zoe.Close(w.ctx, []desk.ConversationID{a})
	w.ok(err)
	w.want("what frees gives the next", w.has(b)+" "+w.has(c), "zoe nobody")
	// Time alone: the absence ends.
	next, err := w.d.Mailroom().Tick(w.ctx)
	w.ok(err)
	if !next.After(w.clock.get()) {
		t.Fatal("next tick", next)
	}
	w.clock.forward(next.Sub(w.clock.get()))
	_, err = w.d.Mailroom().Tick(w.ctx)
	w.ok(err)
	w.want("he is back", w.has(c), "ben")
	// Closed meanwhile is given to nobody.
	_, err = w.maya.SetAway(w.ctx, "ben")
	w.ok(err)
	d, _ := w.come()
	_, err = w.zoe.Close(w.ctx, []desk.ConversationID{d})
	w.ok(err)
	_, err = w.ben.SetAvailable(w.ctx, "") // set away by maya, he takes it back (H13)
	w.ok(err)
	w.want("closed meanwhile", w.has(d), "nobody")
}

// testHours: hours by the week in somebody's own zone, and idling.
func testHours(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh) // Monday 2026-03-02 09:00 UTC
	w.strategy("rota", desk.RoundRobin, "ben", "")
	_, err := w.ben.SetWorking(w.ctx, "", desk.Working{Hours: "mon-fri 09:00-17:00", Zone: "America/New_York"})
	w.ok(err)
	b, err := w.ben.Standby(w.ctx)
	w.ok(err)
	w.want("not at work", fmt.Sprint(b.Why, " ", b.Until.Format("15:04")), "off hours 14:00")
	a, _ := w.come()
	next, err := w.d.Mailroom().Tick(w.ctx)
	w.ok(err)
	w.want("when next", next.Format(time.RFC3339), "2026-03-02T14:00:00Z")
	w.want("until then", w.has(a), "nobody")
	w.clock.forward(next.Sub(w.clock.get()))
	_, err = w.d.Mailroom().Tick(w.ctx)
	w.ok(err)
	w.want("then", w.has(a), "ben")
	_, err = w.ben.SetWorking(w.ctx, "", desk.Working{Idle: 30 * time.Minute})
	w.ok(err)
	w.clock.forward(29 * time.Minute)
	c, who := w.come() // a minute later: idle
	w.want("idle", who, "nobody")
	w.ok(w.ben.MarkRead(w.ctx, a, 1))
	w.want("back", w.has(c), "ben")
	for _, bad := range []desk.Working{{Hours: "mon-fri"}, {Hours: "someday 09:00-10:00", Zone: "UTC"}, {Hours: "mon 9-5", Zone: "UTC"}, {Hours: "mon 09:00-17:00"}, {Hours: "mon 09:00-17:00", Zone: "Nowhere/City"}, {Idle: time.Second}} {
		if _, err := w.ben.SetWorking(w.ctx, "", bad); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// testElse: what is tried when nobody is found; no loops; nobody outside (S106).
func testElse(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	_, err := w.maya.AddTeam(w.ctx, "night")
	w.ok(err)
	w.ok(w.maya.JoinTeam(w.ctx, "night", "ada"))
	_, err = w.maya.AddStrategy(w.ctx, "back", setting(desk.Random, "zoe", "team:night"))
	w.ok(err)
	w.strategy("front", desk.RoundRobin, "ben", "strategy:back")
	for _, login := range []string{"ben", "zoe"} {
		w.want("while "+login+" is there", w.comes(1), login)
		_, err := w.maya.SetAway(w.ctx, login)
		w.ok(err)
	}
	id, who := w.come()
	w.want("the team has it, nobody of it", who, "nobody")
	w.read(func(r desk.Reader) error {
		c, err := r.Conversation(id)
		teams, _ := r.Teams()
		w.want("team", c.Team, teams[0].ID)
		waits, _ := r.AnyWaiting()
		w.want("it waits for nobody else", waits, false)
		return err
	})
	why, err := w.ben.Routing(w.ctx, id)
	w.ok(err)
	w.want("explained", strings.Join(why, "\n"), "strategy:front (round-robin)\n  ben: is away\nstrategy:back (random)\n  zoe: is away\nteam:night: it has it, for whoever of it takes it")
	_, err = w.maya.SetStrategy(w.ctx, "back", desk.StrategySetting{Else: []string{"strategy:front"}})
	w.refused("a loop", err, "LOOP")
	_, err = w.maya.AddUser(w.ctx, "tom", "", desk.RoleAgent)
	w.ok(err)
	_, err = w.maya.SetStrategy(w.ctx, "back", desk.StrategySetting{On: []string{"zoe", "tom"}})
	w.refused("somebody outside, behind an else", err, "TARGET_WITHOUT_ACCESS")
	if !strings.Contains(err.Error(), "tom may not answer in \"Sales\"") {
		t.Error(err)
	}
	_, err = w.maya.SetInboxSettings(w.ctx, "Support", map[desk.SettingKey]string{desk.SetRouting: "front"})
	w.refused("an inbox zoe and ada are not in", err, "TARGET_WITHOUT_ACCESS")
	for name, s := range map[string]desk.StrategySetting{
		"no targets": setting(desk.RoundRobin, "", ""), "kind": setting("soon", "ben", ""), "owner with targets": setting(desk.ContactOwner, "ben", ""),
		"everyone": setting(desk.Random, "everyone", ""), "nobody's": setting(desk.Random, "nemo", ""),
	} {
		if _, err := w.maya.AddStrategy(w.ctx, "x", s); err == nil {
			t.Errorf("%s: made", name)
		}
	}
	_, err = w.ben.AddStrategy(w.ctx, "mine", setting(desk.Random, "ben", ""))
	if desk.KindOf(err) != desk.Denied {
		t.Error("ben made a strategy", err)
	}
	w.refused("in use", w.maya.RemoveStrategy(w.ctx, "front"), "IN_USE")
	w.set(w.maya, "Sales", map[desk.SettingKey]string{desk.SetRouting: desk.RoutingManual})
	w.want("by hand", w.comes(1), "nobody")
	w.ok(w.maya.RemoveStrategy(w.ctx, "front"))
	w.ok(w.maya.RemoveStrategy(w.ctx, "back"))
}

// testReopened: it goes back to its owner only if he could be given it (F124).
func testReopened(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	w.strategy("rota", desk.RoundRobin, "ben,zoe", "")
	again := func(id string, n int) {
		m := mail(fmt.Sprint(id, n), "c@x.test", "again", "text")
		m.References = []string{id}
		w.arrive(w.sales.ID, m)
	}
	first := w.arrive(w.sales.ID, mail("r@x.test", "c@x.test", "matter", "text")).Conversation
	w.want("whose", w.has(first), "ben")
	_, err := w.ben.Close(w.ctx, []desk.ConversationID{first})
	w.ok(err)
	again("r@x.test", 1)
	w.want("his again", w.has(first), "ben")
	_, err = w.ben.Close(w.ctx, []desk.ConversationID{first})
	w.ok(err)
	_, err = w.ben.SetAway(w.ctx, "")
	w.ok(err)
	again("r@x.test", 2)
	w.want("he is away, the next has it", w.has(first), "zoe")
	w.set(w.maya, "Sales", map[desk.SettingKey]string{desk.SetRouting: desk.RoutingManual})
	_, err = w.zoe.Close(w.ctx, []desk.ConversationID{first})
	w.ok(err)
	_, err = w.zoe.SetAway(w.ctx, "")
	w.ok(err)
	again("r@x.test", 3)
	w.want("by hand: the pool", w.has(first), "nobody")
}

// testNext: who has waited longest, to each another one.
func testNext(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	a, _ := w.come()
	b, _ := w.come()
	c, _ := w.come()
	_, err := w.zoe.Take(w.ctx, []desk.ConversationID{b})
	w.ok(err)
	next := func(s *desk.Seat) desk.Next {
		n, err := s.Next(w.ctx)
		w.ok(err)
		return n
	}
	w.want("the oldest", next(w.ben).ID, a)
	z := next(w.zoe)
	w.want("the other another one", z.ID, b)
	w.want("why", z.Why+fmt.Sprintf("%+v", z.Passed), fmt.Sprintf("of those nobody is answering, c2@x.test has waited longest; you have it[{ID:%d Reason:it was just handed to Ben}]", a))
	w.want("again, the one after it", next(w.ben).ID, c)
	w.want("what he passed is hers", next(w.zoe).ID, a)
	w.want("nothing is left for him", next(w.ben).ID, desk.ConversationID(0))
	w.clock.forward(3 * time.Minute)
	_, err = w.zoe.SaveDraft(w.ctx, desk.Draft{Kind: desk.DraftReply, Conversation: a, Text: "Dear"})
	w.ok(err)
	n := next(w.ben)
	w.want("nobody is writing", fmt.Sprint(n.ID, n.Passed), fmt.Sprint(c, []desk.Skipped{{ID: a, Reason: "Zoe is writing an answer"}}))
	ada := w.seat(w.d, "ada")
	_, err = w.maya.SetMember(w.ctx, "Sales", "ada", desk.Rights{})
	w.ok(err)
	w.want("who may only see gets none", next(ada).ID, desk.ConversationID(0))
}

// testOwners: to the contact's owner, to the owner of his open deal, and what
// follows where there is none who could have it (S243, S251).
func testOwners(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	ben, zoe, ada := w.ben.Actor().User, w.zoe.Actor().User, w.seat(w.d, "ada").Actor().User
	_, err := w.maya.AddStrategy(w.ctx, "contact", setting(desk.ContactOwner, "", "ada"))
	w.ok(err)
	w.strategy("deal", desk.DealOwner, "", "strategy:contact")
	n := 0
	from := func() string {
		n++
		c := w.arrive(w.sales.ID, mail(fmt.Sprintf("o%d@x.test", n), "ann@kite.test", fmt.Sprint("matter ", n), "text")).Conversation
		return w.has(c)
	}
	w.want("no owner, no deal", from(), "ada")
	var who desk.Contact
	w.write(func(wr desk.Writer) error {
		var err error
		if who, err = wr.ContactAt("ann@kite.test"); err != nil {
			return err
		}
		who.Owner = zoe
		if err := wr.SaveContact(who); err != nil {
			return err
		}
		_, err = wr.AddDeal(desk.Deal{Name: "won", Contact: who.ID, Owner: ada, ActiveAt: w.clock.get(), CreatedAt: w.clock.get()})
		return err
	})
	w.want("her owner; a closed deal counts for nothing", from(), "zoe")
	w.write(func(wr desk.Writer) error {
		for owner, age := range map[desk.UserID]time.Duration{ben: time.Hour, ada: 48 * time.Hour} {
			if _, err := wr.AddDeal(desk.Deal{Name: "lamps", Contact: who.ID, Owner: owner, Open: true, ActiveAt: w.clock.get().Add(-age), CreatedAt: w.clock.get()}); err != nil {
				return err
			}
		}
		return nil
	})
	w.want("the deal something was done in last", from(), "ben")
	_, err = w.ben.SetAway(w.ctx, "")
	w.ok(err)
	w.want("he is away: the contact's owner", from(), "zoe")
	_, err = w.maya.DisableUser(w.ctx, "zoe")
	w.ok(err)
	w.want("she cannot sign in: the last of the chain", from(), "ada")
}

// testRuleAssigns: a rule that finds somebody by a chain decides before the
// routing of the inbox does, also when it finds nobody.
func testRuleAssigns(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	w.strategy("rota", desk.RoundRobin, "zoe", "")
	add := func(text desk.RuleText) error {
		_, err := w.maya.AddRule(w.ctx, text, 0)
		return err
	}
	rule := desk.RuleText{Name: "owners", Scope: "inbox:sales", On: "created", When: "subject:matter", Then: []string{"assign contact-owner else ada"}, Enabled: true}
	w.ok(add(rule))
	w.want("the rule, not the rota", w.comes(1), "ada")
	_, err := w.maya.SetAway(w.ctx, "ada")
	w.ok(err)
	id, who := w.come()
	w.want("it waits for whom the rule names", who, "nobody")
	_, err = w.maya.SetAvailable(w.ctx, "ada")
	w.ok(err)
	w.want("and she gets it", w.has(id), "ada")
	rule.Name, rule.Then = "outside", []string{"assign strategy:rota else maya else who"}
	if desk.KindOf(add(rule)) != desk.NotFound {
		t.Error("a rule names somebody who is not there")
	}
	_, err = w.maya.AddUser(w.ctx, "tom", "", desk.RoleAgent)
	w.ok(err)
	rule.Then = []string{"assign strategy:rota else tom"}
	w.refused("somebody outside", add(rule), "TARGET_WITHOUT_ACCESS")
	m := w.arrive(w.sales.ID, mail("plain@x.test", "p@x.test", "other", "text"))
	w.want("no rule: the rota", w.has(m.Conversation), "zoe")
}
