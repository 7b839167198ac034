package store

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"postroom/desk"
)

// plan is the query plan of a statement, one step a line.
func plan(t *testing.T, ses *session, text string, args ...any) string {
	t.Helper()
	rows, err := ses.once("EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	steps, err := drain(rows, func(sc scanner) (string, error) {
		var id, parent, unused int
		var detail string
		err := sc.Scan(&id, &parent, &unused, &detail)
		return detail, err
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return strings.Join(steps, "\n")
}

// checkPlan fails on a plan that reads a whole table or sorts. Full text shows
// as a scan of a virtual table with an index; constants are no scan of a table.
func checkPlan(t *testing.T, name, plan string) {
	t.Helper()
	for step := range strings.Lines(plan) {
		step = strings.TrimSpace(step)
		scan := strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" && !regexp.MustCompile(`VIRTUAL TABLE INDEX \d+:.*M6`).MatchString(step)
		if scan || strings.Contains(step, "TEMP B-TREE") {
			t.Errorf("%s:\n%s", name, plan)
			return
		}
	}
}

// TestPlans looks at the plan of every query that a key press, a fetched mail
// or a wake-up runs, on a desk big enough for SQLite's choice to matter.
func TestPlans(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a desk of 100,000 conversations")
	}
	s := open(t)
	fill(t, s, 100_000, 3)
	err := s.snapshot(t.Context(), func(ses *session) error {
		for name, q := range map[string]struct {
			text string
			args []any
		}{
			"thread head": {threadHead, []any{1, 1, 5}}, "newest mails": {newestMails, []any{5, 200}}, "last mail": {lastMail, []any{5}},
			"all mails": {allMails, []any{5}}, "newest notes": {newestNotes, []any{5, 200}}, "count of items": {countItems, []any{5, 5}},
			"thread events": {threadEvents, []any{5, 0, 500}}, "attachments": {listAttachments, []any{5}}, "conversation": {getConversation, []any{5}},
			"tallies": {readTallies, []any{1, 1}}, "visible inboxes": {visibleInboxes, []any{1}}, "membership": {isMember, []any{1, 1}},
			"participants": {listParticipants, []any{5}}, "drafts of others": {writingOthers, []any{5, 0, "reply", 1}}, "draft": {getDraft, []any{1, 5, "reply"}},
			"known id": {knownID, []any{1, "x"}}, "answers": {answersTo, []any{1, "x"}}, "mail ids": {mailIDs, []any{5, 50}},
			"next message id": {lastMessageID, []any{0, 9, 0, 9, 0, 9}}, "raw by bytes": {getRaw, []any{1, []byte("x")}}, "raw mail": {getRawMail, []any{1}},
			"chunks": {getChunks, []any{0, 1}}, "unparsed": {unparsed, []any{100}}, "ledger": {ledgerUIDs, []any{1, 1}}, "flags": {setFlags, []any{1, 1, 1, 1, 1, 1, 1}},
			"read elsewhere": {readElsewhere, []any{1}}, "gone": {setGone, []any{1, 1, 1, 1, 1}}, "folder": {getFolder, []any{1, "x"}},
			"message of raw": {messageWithRaw, []any{1}}, "holder": {getHolder, []any{"x"}}, "contact": {getContact, []any{"x"}},
			"due mail": {dueOutgoing, []any{1, 1}}, "abandoned": {abandoned, []any{1, "claimed", 1}}, "mail by id": {outgoingID, []any{"x"}},
			"outbox of an account": {outgoingOf, []any{1, "in doubt"}}, "waiting mails": {countWaiting, []any{1}}, "settled mails": {settledFor, []any{1, 1, 100}},
			"unsettled mails": {unsettledFor, []any{1}}, "due jobs": {dueJobs, []any{1, 1}}, "events": {eventsAfter, []any{1, 100}},
			"last batch": {lastBatch, []any{1}}, "events of a batch": {batchEvents, []any{"x", 1}}, "events since": {eventsSince, []any{5, 1}},
			"lease": {getLease, []any{1}}, "sequence": {lastSeq, nil}, "move messages": {moveMessages, []any{1, 2}}, "move events": {moveEvents, []any{1, 2}},
		} {
			checkPlan(t, name, plan(t, ses, q.text, q.args...))
		}
		checkListPlans(t, ses)
		checkQueryPlans(t, ses)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkListPlans(t *testing.T, ses *session) {
	for _, sort := range []desk.Sort{desk.ByWaiting, desk.ByNewest} {
		for _, assigned := range []desk.Assigned{desk.Anybody, desk.Nobody, 1} {
			for _, owed := range []bool{false, sort == desk.ByWaiting} {
				for _, win := range []desk.Window{{Limit: 50}, {Limit: 50, From: desk.Cursor{Key: 1, ID: 1}}, {Limit: 50, Back: true, From: desk.Cursor{Key: math.MaxInt64, ID: 1}, Include: true}} {
					q := compiled{view: desk.View{Place: desk.InOpen, Assigned: assigned, Sort: sort, Owed: owed}}
					text, args := rangeQuery(q, win)
					name := fmt.Sprintf("list %+v %+v", q.view, win)
					p := plan(t, ses, text, append([]any{1, 1, 2, 2, desk.InOpen}, args...)...)
					checkPlan(t, name, p)
					index := map[desk.Sort]string{desk.ByWaiting: "rank", desk.ByNewest: "last"}[sort]
					if assigned != desk.Anybody {
						index = "assignee_" + index
					}
					if !strings.Contains(p, "SEARCH c USING INDEX conversations_"+index) {
						t.Errorf("%s does not use conversations_%s:\n%s", name, index, p)
					}
				}
			}
		}
	}
}

func checkQueryPlans(t *testing.T, ses *session) {
	for _, line := range []string{"invoice", "from:@x.test", "a b is:unread", "word -other", "is:unread -has:attachment", "-word is:open", "(word OR is:closed) older:2d", "from:@x.test OR is:unread"} {
		parsed, err := desk.ParseQuery(line)
		if err != nil {
			t.Fatal(err)
		}
		q, err := compile(desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest, Query: parsed})
		if err != nil {
			t.Fatal(err)
		}
		inboxes := []desk.InboxID{1, 2, 3}
		if q.match == "" {
			text, args := rangeQuery(q, desk.Window{Limit: 50})
			checkPlan(t, line, plan(t, ses, text, append([]any{1, 1, 2, 2, desk.InOpen}, args...)...))
			continue
		}
		match := inScope(q.match, inboxes)
		for _, win := range []desk.Window{{}, {Back: true}} {
			for _, from := range []desk.MessageID{0, 1 << 40} {
				text, args := hitsQuery(1, q, match, win, from)
				checkPlan(t, line, plan(t, ses, text, args...))
			}
		}
		checkPlan(t, line, plan(t, ses, messageHit+andText(q.hit)+newestFirst, append([]any{1, 1, match}, q.hit.args...)...))
	}
}
