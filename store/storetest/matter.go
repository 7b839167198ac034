package storetest

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"

	"postroom/desk"
)

// testMatter keeps all that a conversation can be, and forgets it again.
func testMatter(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	id := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hello", "text")).Conversation
	kept := func() (c desk.Conversation) {
		w.read(func(r desk.Reader) (err error) {
			c, err = r.Conversation(id)
			return err
		})
		return c
	}
	plain := kept()
	full := plain
	full.Team, full.Priority, full.Tags = 7, desk.High, []string{"eu", "refund"}
	full.SnoozedUntil, full.Trashed = w.clock.get().Add(time.Hour), true
	full.Ticket, full.Stage = 12, 3
	full.DueAt, full.Due = w.clock.get().Add(2*time.Hour), desk.ClockFirstResponse
	for _, c := range []desk.Conversation{full, plain} {
		w.write(func(wr desk.Writer) error { return wr.SaveConversation(c) })
		if got := kept(); !reflect.DeepEqual(got, c) {
			t.Errorf("kept is %+v\nnot %+v", got, c)
		}
		w.checkCounts()
	}
	tags := func(viewer desk.UserID) (list []string) {
		w.read(func(r desk.Reader) (err error) {
			list, err = r.Tags(viewer)
			return err
		})
		return list
	}
	maya := w.maya.Actor().User
	w.want("tags nothing has any more", len(tags(maya)), 0)
	w.write(func(wr desk.Writer) error { return wr.SaveConversation(full) })
	w.want("tags", tags(maya), []string{"eu", "refund"})
	const stranger = 999
	w.want("tags that somebody sees who sees no inbox", len(tags(stranger)), 0)
}

// team makes one with a member.
func (w *world) team(name, login string) desk.Team {
	w.t.Helper()
	team, err := w.maya.AddTeam(w.ctx, name)
	w.ok(err)
	w.ok(w.maya.JoinTeam(w.ctx, name, login))
	return team
}

// row is a conversation as it is now.
func (w *world) row(id desk.ConversationID) (c desk.Conversation) {
	w.t.Helper()
	w.read(func(r desk.Reader) (err error) {
		c, err = r.Conversation(id)
		return err
	})
	return c
}

// did is what an action on one conversation has done, or why not.
func (w *world) did(out desk.Outcome, err error) string {
	w.t.Helper()
	w.ok(err)
	w.checkCounts()
	if len(out.Skipped) > 0 {
		return out.Skipped[0].Reason
	}
	return "done"
}

// testIndependent: status, snooze, spam and trash are four things (4.18 no. 1).
func testIndependent(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	id := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hello", "text")).Conversation
	ids := []desk.ConversationID{id}
	until := w.clock.get().Add(time.Hour)
	step := func(what string, want desk.Place, out desk.Outcome, err error) {
		t.Helper()
		w.want(what, []any{w.did(out, err), w.row(id).Place()}, []any{"done", want})
	}
	out, err := w.ben.Snooze(w.ctx, ids, until)
	step("snoozed", desk.InSnoozed, out, err)
	out, err = w.ben.Close(w.ctx, ids)
	step("closed", desk.InClosed, out, err)
	out, err = w.ben.MarkSpam(w.ctx, ids)
	step("spam", desk.InSpam, out, err)
	out, err = w.ben.Trash(w.ctx, ids)
	step("thrown away", desk.InTrash, out, err)
	out, err = w.ben.Restore(w.ctx, ids)
	step("restored", desk.InSpam, out, err)
	out, err = w.ben.NotSpam(w.ctx, ids)
	step("no spam", desk.InClosed, out, err)
	_, err = w.ben.Undo(w.ctx, "")
	w.ok(err)
	w.want("again spam", w.row(id).Place(), desk.InSpam)
	for what, again := range map[string]func(context.Context, []desk.ConversationID) (desk.Outcome, error){
		"it is spam already": w.ben.MarkSpam, "it is not in the trash": w.ben.Restore,
	} {
		w.want("twice", w.did(again(w.ctx, ids)), what)
	}
	w.want("snoozing spam", w.did(w.ben.Snooze(w.ctx, ids, until)), "it is spam, only what is open can be snoozed")
	// Automatic mail changes nothing, a real one reopens, and is never no spam.
	auto := mail("2@x", "ann@x.test", "Re: Hello", "away")
	auto.InReplyTo, auto.Auto.Kind = []string{"1@x"}, desk.AutoReply
	w.arrive(w.support.ID, auto)
	w.want("after an automatic answer", []any{w.row(id).Status, w.row(id).Spam, w.row(id).SnoozedUntil.Equal(until)}, []any{desk.Closed, true, true})
	real := mail("3@x", "ann@x.test", "Re: Hello", "and?")
	real.InReplyTo = []string{"1@x"}
	w.arrive(w.support.ID, real)
	c := w.row(id)
	w.want("after an answer", []any{c.Status, c.Spam, c.SnoozedUntil.IsZero(), c.Place()}, []any{desk.Open, true, true, desk.InSpam})
	w.want("no spam", w.did(w.ben.NotSpam(w.ctx, ids)), "done")
	w.want("in the trash", w.did(w.ben.Trash(w.ctx, ids)), "done")
	w.want("found everywhere", len(w.query(w.ben, "hello ")), 0)
	w.want("found in the trash", w.query(w.ben, "hello is:trash"), ids)
	w.want("found by number", w.query(w.ben, "#1"), ids)
	again := mail("4@x", "ann@x.test", "Re: Hello", "hello?")
	again.InReplyTo = []string{"1@x"}
	w.arrive(w.support.ID, again)
	w.want("an answer to what was thrown away", w.row(id).Place(), desk.InOpen)
	w.checkCounts()
	_, err = w.ben.Snooze(w.ctx, ids, w.clock.get())
	w.want("a time that is over", desk.KindOf(err), desk.Invalid)
}

// testTeamHolds: a team has a conversation without a user, and only one of
// which somebody answers in the inbox (H3, H4).
func testTeamHolds(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	billing, strangers := w.team("Billing", "ben"), w.team("Strangers", "zoe")
	id := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hello", "text")).Conversation
	ids := []desk.ConversationID{id}
	ben := w.ben.Actor().User
	w.want("a team without access", w.did(w.maya.Give(w.ctx, ids, desk.Assignment{Team: strangers.ID})), "nobody of that team answers in this inbox")
	teams, err := w.maya.AssignableTeams(w.ctx, ids)
	w.ok(err)
	w.want("teams to choose from", teams, []desk.Team{billing})
	w.want("given", w.did(w.maya.Give(w.ctx, ids, desk.Assignment{Team: billing.ID})), "done")
	w.want("is:unassigned", len(w.query(w.ben, "is:unassigned")), 0)
	w.want("team:billing", w.query(w.ben, "team:billing"), ids)
	w.want("team:mine", w.query(w.ben, "team:mine assignee:nobody"), ids)
	w.want("-team:none", w.query(w.ben, "-team:none"), ids)
	_, err = w.maya.Resolve(w.ctx, desk.Query{Expr: &desk.Expr{Term: desk.TermTeam, Text: "mine"}})
	w.want("the teams of who is in none", desk.KindOf(err), desk.Invalid)
	w.want("taken", w.did(w.ben.Take(w.ctx, ids)), "done")
	w.want("team and user", w.row(id).Assignment(), desk.Assignment{User: ben, Team: billing.ID})
	_, err = w.maya.RemoveTeam(w.ctx, "Billing")
	w.ok(err)
	w.want("without the team", w.row(id).Assignment(), desk.Assignment{User: ben})
	w.want("given back", w.did(w.ben.Assign(w.ctx, ids, 0)), "done")
	w.want("is:unassigned", w.query(w.ben, "is:unassigned"), ids)
}

// testTags: a tag is looked for by its own index, in any mixture.
func testTags(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	var ids []desk.ConversationID
	for _, n := range []string{"1@x", "2@x", "3@x"} {
		ids = append(ids, w.arrive(w.support.ID, mail(n, n+".test", "Hello", "wombat")).Conversation)
	}
	w.want("tagged", w.did(w.ben.Tag(w.ctx, ids[:2], []string{"Refund"}, nil)), "done")
	w.want("tagged more", w.did(w.ben.Tag(w.ctx, ids[1:], []string{"eu"}, nil)), "done")
	w.want("high", w.did(w.ben.SetPriority(w.ctx, ids[2:], desk.High)), "done")
	for line, want := range map[string][]desk.ConversationID{
		"tag:refund": {ids[0], ids[1]}, "tag:refund tag:eu": {ids[1]}, "tag:refund -tag:eu": {ids[0]}, "tag:refund OR priority:high": ids,
		"tag:refund wombat ": {ids[0], ids[1]}, "tag:refund is:closed": nil, "priority:high": {ids[2]}, "-priority:none": {ids[2]}, "tag:none": nil,
		"tag:eu inbox:Sales": nil, "tag:refund #2": {ids[1]},
	} {
		w.want(line, w.query(w.ben, line), want)
		w.want(line+" of a stranger", len(w.query(w.zoe, line)), 0)
	}
	w.want("closed", w.did(w.ben.Close(w.ctx, ids[:1])), "done")
	w.want("tag:refund is:closed", w.query(w.ben, "tag:refund is:closed"), ids[:1])
	w.want("untagged", w.did(w.ben.Tag(w.ctx, ids[:1], nil, []string{"refund"})), "done")
	w.want("tag:refund is:closed", len(w.query(w.ben, "tag:refund is:closed")), 0)
	_, err := w.ben.Tag(w.ctx, ids, []string{"two words"}, nil)
	w.want("a tag of two words", desk.KindOf(err), desk.Invalid)
}

// testTick: what was snoozed comes back once, whoever asks, and closed mail
// does not; nothing is asked for when nothing is to come.
func testTick(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	start := w.clock.get()
	tick := func() time.Time {
		t.Helper()
		next, err := w.d.Mailroom().Tick(w.ctx)
		w.ok(err)
		w.checkCounts()
		return next
	}
	w.want("nothing to come", tick().IsZero(), true)
	var ids []desk.ConversationID
	for _, n := range []string{"1@x", "2@x", "3@x"} {
		ids = append(ids, w.arrive(w.support.ID, mail(n, n+".test", "Hello", "text")).Conversation)
	}
	w.want("snoozed", w.did(w.ben.Snooze(w.ctx, ids[:2], start.Add(time.Hour))), "done")
	w.want("snoozed longer", w.did(w.ben.Snooze(w.ctx, ids[2:], start.Add(2*time.Hour))), "done")
	w.want("closed", w.did(w.ben.Close(w.ctx, ids[1:2])), "done")
	w.want("next", tick(), start.Add(time.Hour))
	w.want("before its time", w.row(ids[0]).Place(), desk.InSnoozed)
	w.clock.forward(time.Hour)
	other := w.desk(w.open(t), 3)
	var both sync.WaitGroup
	for _, d := range []*desk.Desk{w.d, other} {
		both.Add(1)
		go func() {
			defer both.Done()
			if _, err := d.Mailroom().Tick(w.ctx); err != nil {
				t.Error(err)
			}
		}()
	}
	both.Wait()
	w.want("next", tick(), start.Add(2*time.Hour))
	w.want("places", []any{w.row(ids[0]).Place(), w.row(ids[1]).Place(), w.row(ids[2]).Place()}, []any{desk.InOpen, desk.InClosed, desk.InSnoozed})
	w.want("the snooze of what is closed", w.row(ids[1]).SnoozedUntil.IsZero(), true)
	woken := 0
	w.read(func(r desk.Reader) error {
		events, err := r.EventsAfter(0, 1000)
		for _, e := range events {
			if e.Kind == desk.EventWoken {
				woken++
			}
		}
		return err
	})
	w.want("told", woken, 1)
}
