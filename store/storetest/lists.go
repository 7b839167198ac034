package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postroom/desk"
)

// fill adds n conversations with random states straight through the port: few
// different times, so that ties are common.
func (w *world) fill(n int, seed uint64) {
	w.t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	inboxes := []desk.InboxID{w.support.ID, w.sales.ID, w.ownInbox.ID}
	users := []desk.UserID{0, 0, w.maya.Actor().User, w.ben.Actor().User}
	w.write(func(wr desk.Writer) error {
		for range n {
			id, err := wr.NextConversationID()
			if err != nil {
				return err
			}
			at := w.clock.get().Add(time.Duration(r.IntN(8)) * time.Minute)
			c := desk.Conversation{
				ID: id, Inbox: inboxes[r.IntN(3)], Subject: fmt.Sprint("subject ", id), Status: desk.Open, Assignee: users[r.IntN(4)],
				CreatedAt: at, LastAt: at, LastIn: desk.FirstMessageID(at.Unix()), Attachments: r.IntN(3) == 0,
			}
			if r.IntN(2) == 0 {
				c.WaitingSince = at.Add(-time.Duration(r.IntN(5)) * time.Minute)
			}
			switch r.IntN(8) {
			case 0:
				c.Spam = true
			case 1:
				c.Status = desk.Closed
			case 2:
				c.JoinedTo = 1
			case 3:
				c.SnoozedUntil = at.Add(time.Hour)
			case 4:
				c.Trashed = true
			}
			c.Team, c.Priority = desk.TeamID(r.IntN(3)), desk.Priority(r.IntN(5))
			c.Tags = [][]string{nil, {"refund"}, {"eu", "refund"}}[r.IntN(3)]
			if err := wr.AddConversation(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// sorted is what a view must show, computed from all conversations.
func (w *world) sorted(viewer desk.UserID, v desk.View) []desk.ConversationID {
	w.t.Helper()
	members := map[desk.InboxID]bool{}
	w.read(func(r desk.Reader) error {
		for _, in := range []desk.InboxID{w.support.ID, w.sales.ID, w.ownInbox.ID} {
			_, err := r.Rights(in, viewer)
			if err != nil && !errors.Is(err, desk.ErrNoRow) {
				return err
			}
			members[in] = err == nil
		}
		return nil
	})
	all := slices.DeleteFunc(w.conversations(), func(c desk.Conversation) bool {
		return c.JoinedTo != 0 || !members[c.Inbox] || v.Inbox != 0 && c.Inbox != v.Inbox || c.Place() != v.Place ||
			v.Assigned != desk.Anybody && desk.Assigned(c.Assignee) != v.Assigned || v.Owed && !c.Owed() ||
			v.Team != 0 && c.Team != v.Team || v.Team == 0 && v.Assigned == desk.Nobody && c.Team != 0
	})
	slices.SortFunc(all, func(a, b desk.Conversation) int {
		ca, cb := desk.Row{Conversation: a}.Cursor(v.Sort), desk.Row{Conversation: b}.Cursor(v.Sort)
		n := int(ca.Key - cb.Key)
		if n == 0 {
			n = int(ca.ID - cb.ID)
		}
		if v.Sort == desk.ByNewest {
			n = -n
		}
		return n
	})
	list := make([]desk.ConversationID, len(all))
	for i, c := range all {
		list[i] = c.ID
	}
	return list
}

// testPaging pages through random views in random steps, to the end and back,
// and compares with sorting everything.
func testPaging(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.fill(150, 5)
	viewers := []*desk.Seat{w.maya, w.ben, w.zoe}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(viewers).Draw(rt, "viewer")
		v := desk.View{
			Inbox:    rapid.SampledFrom([]desk.InboxID{0, 0, w.support.ID, w.sales.ID, w.ownInbox.ID, 99}).Draw(rt, "inbox"),
			Place:    rapid.SampledFrom(append(desk.Places(), desk.InOpen)).Draw(rt, "place"),
			Team:     rapid.SampledFrom([]desk.TeamID{0, 0, 1}).Draw(rt, "team"),
			Assigned: rapid.SampledFrom([]desk.Assigned{desk.Anybody, desk.Nobody, desk.Assigned(w.ben.Actor().User)}).Draw(rt, "assigned"),
			Sort:     rapid.SampledFrom([]desk.Sort{desk.ByWaiting, desk.ByNewest}).Draw(rt, "sort"),
		}
		v.Owed = v.Sort == desk.ByWaiting && rapid.Bool().Draw(rt, "owed")
		limit := rapid.IntRange(1, 30).Draw(rt, "limit")
		want := w.sorted(s.Actor().User, v)
		rows := w.pages(rt, s, v, limit)
		if got := ids(rows); !slices.Equal(got, want) {
			rt.Fatalf("forward: %v, want %v", got, want)
		}
		if len(rows) == 0 {
			return
		}
		// From any row: itself and what follows, and what is before it.
		at := rapid.IntRange(0, len(rows)-1).Draw(rt, "at")
		for _, include := range []bool{false, true} {
			skip := 1
			if include {
				skip = 0
			}
			win := desk.Window{From: rows[at].Cursor(v.Sort), Include: include, Limit: limit}
			w.same(rt, s, v, win, want[min(at+skip, len(want)):], false)
			win.Back = true
			w.same(rt, s, v, win, want[:at+1-skip], true)
		}
	})
}

// pages reads a view from the top to the end.
func (w *world) pages(t *rapid.T, s *desk.Seat, v desk.View, limit int) []desk.Row {
	var rows []desk.Row
	win := desk.Window{Limit: limit}
	for range 1000 {
		p, err := s.List(w.ctx, v, win)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, p.Rows...)
		if !p.More {
			return rows
		}
		if len(p.Rows) != limit {
			t.Fatalf("a page of %d rows says that there are more than %d", limit, len(p.Rows))
		}
		win.From = p.Rows[len(p.Rows)-1].Cursor(v.Sort)
	}
	t.Fatal("the list does not end")
	return nil
}

// same compares one window with a part of the whole list.
func (w *world) same(t *rapid.T, s *desk.Seat, v desk.View, win desk.Window, want []desk.ConversationID, back bool) {
	p, err := s.List(w.ctx, v, win)
	if err != nil {
		t.Fatal(err)
	}
	more := len(want) > win.Limit
	if more && back {
		want = want[len(want)-win.Limit:]
	} else if more {
		want = want[:win.Limit]
	}
	if got := ids(p.Rows); !slices.Equal(got, want) || p.More != more {
		t.Fatalf("%+v: %v %v, want %v %v", win, got, p.More, want, more)
	}
}

func testVisibility(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	a := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "canary", "canary")).Conversation
	b := w.arrive(w.sales.ID, mail("2@x", "ann@x.test", "canary", "canary")).Conversation
	c := w.arrive(w.ownInbox.ID, mail("3@x", "ann@x.test", "canary", "canary")).Conversation
	for _, id := range []desk.ConversationID{a, b, c} {
		_, err := w.ben.AddNote(w.ctx, id, "canary in a note")
		w.ok(err)
	}
	for _, v := range []struct {
		s    *desk.Seat
		sees []desk.ConversationID
	}{{w.ben, []desk.ConversationID{a, b, c}}, {w.maya, []desk.ConversationID{a, b}}, {w.zoe, []desk.ConversationID{b}}} {
		for _, line := range []string{
			"canary ", "canar", `"canary"`, "subject:canary", "from:ann@x.test", "from:@x.test", "to:help@acme.test", "is:open", "is:unread",
			"-canary", "-is:closed", "canary OR is:open", "(canary -zzz) OR #1 OR #2 OR #3", "-zzz", "note ", "#1 OR #2 OR #3", "scope:1 OR canary",
		} {
			if line == "-canary" || line == "scope:1 OR canary" {
				continue // nothing matches the first; the second is no query, see below
			}
			w.want(fmt.Sprintf("%s of %s", line, v.s.Actor().Login), w.query(v.s, line), v.sees)
		}
		w.want("-canary", len(w.query(v.s, "-canary ")), 0)
		for _, id := range []desk.ConversationID{a, b, c} {
			var want []desk.ConversationID
			if slices.Contains(v.sees, id) {
				want = append(want, id)
			}
			w.want(fmt.Sprintf("#%d of %s", id, v.s.Actor().Login), w.query(v.s, fmt.Sprint("#", id)), want)
			_, err := v.s.Thread(w.ctx, id, 0)
			w.want("thread", err == nil, len(want) == 1)
		}
		views, err := v.s.Inboxes(w.ctx)
		w.ok(err)
		sum := desk.Counts{}
		for _, iv := range views {
			sum = sum.Add(iv.Counts)
		}
		w.want("counts of "+v.s.Actor().Login, sum.Open, len(v.sees))
		for _, in := range []string{"Support", "Sales", "Ben"} {
			q, err := desk.ParseQuery("inbox:" + in)
			w.ok(err)
			_, err = v.s.List(w.ctx, desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q}, desk.Window{})
			iv, seen := v.s.Inbox(w.ctx, in)
			w.want("inbox:"+in+" of "+v.s.Actor().Login, err == nil, seen == nil && iv.Member)
		}
	}
	if _, err := desk.ParseQuery("scope:1"); err == nil {
		t.Error("the index's own column is an operator")
	}
	// Words that mean something to an index must mean nothing here.
	for _, line := range []string{`canary" OR scope : "1`, "NEAR(canary)", "canary*zzz", "canary AND scope", "{subject} : canary", "^canary", "a + b", "scope", "'", "multi-agent", "%", "_"} {
		q, err := desk.ParseQuery(line)
		if err != nil {
			continue
		}
		p, err := w.zoe.List(w.ctx, desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q}, desk.Window{})
		w.ok(err)
		for _, r := range p.Rows {
			w.want("what "+line+" shows zoe", r.ID, b)
		}
	}
}

// checkCounts compares the numbers of every viewer with counting.
func (w *world) checkCounts() {
	w.t.Helper()
	if got, want := w.counts(); got != want {
		w.t.Fatalf("counts:\n got %s\nwant %s", got, want)
	}
}

// counts gives the kept numbers and the counted ones.
func (w *world) counts() (kept, counted string) {
	w.t.Helper()
	all := w.conversations()
	for _, s := range []*desk.Seat{w.maya, w.ben, w.zoe} {
		me := s.Actor().User
		w.read(func(r desk.Reader) error {
			counts, err := r.Counts(me)
			if err != nil {
				return err
			}
			ofTeams, err := r.TeamCounts(me)
			if err != nil {
				return err
			}
			slow, teams := map[desk.InboxID]desk.Counts{}, map[desk.TeamID]int{}
			for in := range counts {
				slow[in] = desk.Counts{}
			}
			for _, c := range all {
				if _, visible := slow[c.Inbox]; !visible || c.JoinedTo != 0 {
					continue
				}
				slow[c.Inbox] = slow[c.Inbox].Add(countOf(c, me))
				if c.Place() == desk.InOpen && c.Team != 0 && c.Assignee == 0 {
					teams[c.Team]++
				}
			}
			kept += fmt.Sprintf("%v %v;", counts, ofTeams)
			counted += fmt.Sprintf("%v %v;", slow, teams)
			for in := range slow {
				stages, err := r.StageCounts(me, in)
				if err != nil {
					return err
				}
				kept += fmt.Sprintf("%v;", stages)
				counted += fmt.Sprintf("%v;", stagesOf(all, in))
			}
			return nil
		})
	}
	return kept, counted
}

// stagesOf counts the tickets of an inbox one by one.
func stagesOf(all []desk.Conversation, in desk.InboxID) map[desk.StageID]map[desk.Place]int {
	counts := map[desk.StageID]map[desk.Place]int{}
	for _, c := range all {
		if c.Inbox != in || c.Stage == 0 || c.JoinedTo != 0 {
			continue
		}
		if counts[c.Stage] == nil {
			counts[c.Stage] = map[desk.Place]int{}
		}
		counts[c.Stage][c.Place()]++
	}
	return counts
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

func countOf(c desk.Conversation, me desk.UserID) desk.Counts {
	switch c.Place() {
	case desk.InClosed:
		return desk.Counts{Closed: 1}
	case desk.InSpam:
		return desk.Counts{Spam: 1}
	case desk.InSnoozed:
		return desk.Counts{Snoozed: 1, Soon: one(c.DueState == desk.ClockSoon), Overdue: one(c.DueState == desk.ClockOverdue)}
	case desk.InTrash:
		return desk.Counts{Trash: 1}
	case desk.InOpen:
	}
	n := desk.Counts{Open: 1, Soon: one(c.DueState == desk.ClockSoon), Overdue: one(c.DueState == desk.ClockOverdue)}
	if c.Owed() {
		n.Owed = 1
	}
	if c.Assignee == 0 && c.Team == 0 {
		n.Unassigned = 1
	}
	if c.Assignee == me {
		n.Mine = 1
	}
	return n
}
