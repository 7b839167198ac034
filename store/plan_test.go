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

// reads says whether a plan reads a whole table or sorts. Full text shows as a
// scan of a virtual table by a match, which is an index; a constant is no table.
func reads(plan string) bool {
	byMatch := regexp.MustCompile(`VIRTUAL TABLE INDEX \d+:.*M6`)
	for step := range strings.Lines(plan) {
		step = strings.TrimSpace(step)
		scan := strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" && !byMatch.MatchString(step)
		if scan || strings.Contains(step, "TEMP B-TREE") {
			return true
		}
	}
	return false
}

func checkPlan(t *testing.T, name, plan string) {
	t.Helper()
	if reads(plan) {
		t.Errorf("%s:\n%s", name, plan)
	}
}

// multiply copies the first conversation and its mail n times.
func multiply(t *testing.T, s *Store, n int) {
	t.Helper()
	const numbers = `WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < ?) `
	err := s.Write(t.Context(), func(w desk.Writer) error {
		for _, q := range []string{
			`INSERT INTO conversations SELECT i, i % 10 + 1, CASE i % 3 WHEN 0 THEN 'closed' ELSE 'open' END, c.rank - i, c.last_at + i, i % 3, c.status,
				c.spam, c.contact, c.version, c.created_at, c.last, c.last_in, c.waiting_since, c.messages, c.attachments, c.touched, c.answered_outside,
				c.joined_to, c.related_to, c.subject, c.who, c.snippet, c.team, c.priority, c.tags, c.snoozed_until, c.trashed,
				c.ticket, c.stage, c.due_at, c.due, c.due_state, c.urgency - i FROM n, conversations c WHERE c.id = 1`,
			`INSERT INTO messages SELECT i, i, i % 10 + 1, account, raw, direction, at, author, outgoing, unreadable, auth_failed, sent_at, attachments, auto,
				sender, 'id' || i, subject FROM n, messages WHERE conversation = 1`,
			`INSERT INTO refs SELECT i % 10 + 1, 'id' || (i - 1), i FROM n`,
			`INSERT INTO participants SELECT i, 'a' || i || '@x.test', 1 FROM n`,
			`INSERT INTO raws SELECT i, i % 10 + 1, 0, 'inbox', i, 0, randomblob(32), 1, i % 100 <> 0 FROM n`,
			`INSERT INTO events SELECT i, i, 'user', 1, 'x', 'assigned', 1, i, 0, '0', '1', 'batch' || (i / 3), 0, i % 2 FROM n`,
			`INSERT INTO search (rowid, scope, subject, sender, recipients, body, files) SELECT i, i % 10 + 1, 'invoice', 'a', 'b', 'word ' || i, '' FROM n`,
		} {
			if err := w.(*writer).do(numbers+q, n); err != nil {
				return fmt.Errorf("%.40s: %w", q, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hotQuery is a query with arguments of the right kinds.
type hotQuery struct {
	text string
	args []any
}

// hotQueries are those that a key press, a fetched mail or a wake-up runs,
// besides lists and searches.
func hotQueries() map[string]hotQuery {
	return map[string]hotQuery{
		"thread head": {threadHead, []any{1, 1, 5}}, "newest mails": {newestMails, []any{5, 200}}, "last mail": {lastMail, []any{5}},
		"all mails": {allMails, []any{5}}, "newest notes": {newestNotes, []any{5, 200}}, "count of items": {countItems, []any{5, 5}},
		"thread events": {threadEvents, []any{5, 0, 500}}, "attachments": {listAttachments, []any{5}}, "conversation": {getConversation, []any{5}},
		"numbers of teams": {teamTallies, []any{1}}, "unassigned before": {unassignedBefore, []any{1, 1, 1000}}, "open of": {openOf, []any{1, 1}},
		"clocks": {listClocks, []any{5}}, "clocks told": {clocksTold, []any{1, 100}}, "next clock": {nextClock, []any{1}},
		"silence": {getSilence, []any{5}}, "ended silences": {endedSilences, []any{1, 100}}, "next silence": {nextSilence, nil}, "last done": {lastDone, []any{5, 1, 5, 1}}, "open of a team": {openOfTeam, []any{1, 1}},
		"ended snoozes": {snoozeEnded, []any{1, 100}}, "next snooze": {snoozeEnding, []any{1}},
		"numbers of stages": {readStaged, []any{1, 1}}, "drop stage": {dropStaged, []any{1}},
		"tallies": {readTallies, []any{1, 1}}, "visible inboxes": {visibleInboxes, []any{1}}, "membership": {getRights, []any{1, 1}},
		"participants": {listParticipants, []any{5}}, "drafts of others": {writingOthers, []any{5, 0, "reply", 1}}, "draft": {getDraft, []any{1, 5, "reply"}},
		"known id": {knownID, []any{1, "x"}}, "answers": {answersTo, []any{1, "x"}}, "mail ids": {mailIDs, []any{5, 50}},
		"next message id": {lastMessageIDs, []any{0, 9, 0, 9, 0, 9}}, "kept": {getKept, []any{1}}, "served": {listServed, []any{1}}, "raw by bytes": {getRaw, []any{1, []byte("x")}}, "raw mail": {getRawMail, []any{1}},
		"chunks": {getChunks, []any{0, 1}}, "unparsed": {unparsed, []any{100}}, "ledger": {ledgerUIDs, []any{1, 1, 0}}, "ledger counted": {countUIDs, []any{1, 1, 1, 2, 0}}, "seen": {setSeen, []any{1, 1, 1, 1, 1}},
		"answered": {setAnswered, []any{1, 1, 1, 1, 1}}, "places": {placedOf, []any{0, 5}}, "places of bytes": {placedBytes, []any{0, 1, []byte("x")}}, "places of a raw mail": {placedRaw, []any{0, 1}},
		"place": {placedAt, []any{0, 1, 1, 1}}, "read up to": {readUpTo, []any{5}}, "want mirror": {wantMirror, []any{1, 1, 5}}, "due mirror": {dueMirror, []any{1, 1}},
		"folders": {listFolders, []any{1}}, "raw under": {rawUnder, []any{1, 1, 1}}, "mirror": {getMirror, []any{1, 5}}, "written at": {writtenAt, []any{1, 2, 1}}, "gone": {setGone, []any{1, 1, 1, 1, 1}}, "folder": {getFolder, []any{1, "x"}},
		"message of raw": {messageWithRaw, []any{1}}, "holder": {getHolder, []any{"x"}}, "contact": {getContact, []any{1}},
		"contact at": {getContactAt, []any{"x"}}, "whose": {whose, []any{"x", "x"}}, "group": {contactGroup, []any{1, 1}},
		"open deals": {openDeals, []any{1}}, "deals of his company": {openAtHis, []any{1}}, "touch": {touchDeal, []any{1, 1, 1}},
		"due mail": {dueOutgoing, []any{1, 1}}, "abandoned": {abandoned, []any{1, "claimed", 1}}, "mail by id": {outgoingID, []any{"x"}},
		"outbox of an account": {outgoingOf, []any{1, "in doubt"}}, "waiting mails": {countWaiting, []any{1}}, "settled mails": {settledFor, []any{1, 1, 100}},
		"unsettled mails": {unsettledFor, []any{1}}, "due jobs": {dueJobs, []any{1, 1}}, "events": {eventsAfter, []any{1, 100}},
		"last batch": {lastBatch, []any{1}}, "events of a batch": {batchEvents, []any{"x", 1}}, "events since": {eventsSince, []any{5, 1}}, "events in": {eventsIn, []any{5}}, "tickets since": {ticketsSince, []any{1, 100}},
		"lease": {getLease, []any{1}}, "sequence": {lastSeq, nil}, "move messages": {moveMessages, []any{1, 2}}, "move events": {moveEvents, []any{1, 2}},
		"visit": {saveVisit, []any{1, 1, 1}}, "upkeep": {listUpkeep, []any{"backed up", 1}},
	}
}

// TestPlans looks at the plan of every hot query, on a desk big enough for
// SQLite's choice to matter.
func TestPlans(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a desk of 100,000 conversations")
	}
	s := open(t)
	fill(t, s, 100, 3)
	multiply(t, s, planSize)
	err := s.snapshot(t.Context(), func(ses *session) error {
		for name, q := range hotQueries() {
			checkPlan(t, name, plan(t, ses, q.text, q.args...))
		}
		for _, bad := range []string{"SELECT * FROM conversations WHERE who = 'x'", "SELECT id FROM conversations WHERE inbox = 1 AND place = 'open' ORDER BY who", "SELECT rowid FROM search"} {
			if p := plan(t, ses, bad); !reads(p) {
				t.Errorf("a bad plan is not seen: %s\n%s", bad, p)
			}
		}
		checkListPlans(t, ses)
		checkQueryPlans(t, ses)
		checkCustomerPlans(t, ses)
		checkSurveyPlans(t, ses)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkListPlans(t *testing.T, ses *session) {
	text, args := rangeQuery(compiled{view: desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByDue}}, desk.Window{Limit: 50, From: desk.Cursor{Key: 1, ID: 1}})
	p := plan(t, ses, text, append([]any{1, 1, 2, 2, desk.InOpen}, args...)...)
	if checkPlan(t, "the list by due", p); !strings.Contains(p, "SEARCH c USING INDEX conversations_due") {
		t.Errorf("the list by due:\n%s", p)
	}
	text, args = rangeQuery(compiled{view: desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Stage: 1, Sort: desk.ByWaiting}}, desk.Window{Limit: 50, From: desk.Cursor{Key: 1, ID: 1}})
	p = plan(t, ses, text, append([]any{1, 1, 2, 2, desk.InOpen}, args...)...)
	if checkPlan(t, "a stage", p); !strings.Contains(p, "SEARCH c USING INDEX conversations_stage_rank") {
		t.Errorf("a stage:\n%s", p)
	}
	for _, sort := range []desk.Sort{desk.ByWaiting, desk.ByNewest, desk.ByPriority} {
		order := map[desk.Sort]string{desk.ByWaiting: "rank", desk.ByNewest: "last", desk.ByPriority: "urgency"}[sort]
		text, args := rangeQuery(compiled{view: desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Team: 1, Sort: sort}}, desk.Window{Limit: 50})
		p := plan(t, ses, text, append([]any{1, 1, 2, 2, desk.InOpen}, args...)...)
		if !strings.Contains(p, "SEARCH c USING INDEX conversations_team_"+order) && sort != desk.ByPriority || reads(p) && sort != desk.ByPriority {
			t.Errorf("the list of a team:\n%s", p)
		}
		for _, assigned := range []desk.Assigned{desk.Anybody, desk.Nobody, 1} {
			for _, owed := range []bool{false, sort == desk.ByWaiting} {
				for _, win := range []desk.Window{{Limit: 50}, {Limit: 50, From: desk.Cursor{Key: 1, ID: 1}}, {Limit: 50, Back: true, From: desk.Cursor{Key: math.MaxInt64, ID: 1}, Include: true}} {
					q := compiled{view: desk.View{Place: desk.InOpen, Assigned: assigned, Sort: sort, Owed: owed}}
					text, args := rangeQuery(q, win)
					name := fmt.Sprintf("list %+v %+v", q.view, win)
					p := plan(t, ses, text, append([]any{1, 1, 2, 2, desk.InOpen}, args...)...)
					checkPlan(t, name, p)
					index := order
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
	for _, line := range []string{"invoice", "from:@x.test", "a b is:unread", "word -other", "is:unread -has:attachment", "-word is:open", "(word OR is:closed) older:2d", "from:@x.test OR is:unread", "tag:refund", "tag:refund -tag:eu word", "priority:high", "is:snoozed"} {
		parsed, err := desk.ParseQuery(line)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ses.dialect.text.compile(desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest, Query: parsed})
		if err != nil {
			t.Fatal(err)
		}
		inboxes := []desk.InboxID{1, 2, 3}
		if q.match == "" {
			text, args := rangeQuery(q, desk.Window{Limit: 50})
			checkPlan(t, line, plan(t, ses, text, append([]any{1, 1, 2, 2, desk.InOpen}, args...)...))
			continue
		}
		s := search{compiled: q, viewer: 1, match: ses.dialect.text.inScope(q.match, inboxes)}
		for _, win := range []desk.Window{{}, {Back: true}} {
			for _, from := range []desk.MessageID{0, 1 << 40} {
				s.win, s.from = win, from
				text, args := s.hitsQuery()
				checkPlan(t, line, plan(t, ses, text, args...))
			}
		}
		checkPlan(t, line, plan(t, ses, ses.dialect.text.messageHit+andText(q.hit)+newestFirst, append([]any{1, 1, s.match}, q.hit.args...)...))
	}
}

// checkCustomerPlans: the few conversations of a contact or a company are found
// by it, not among all of the list.
func checkCustomerPlans(t *testing.T, ses *session) {
	for _, term := range []desk.Term{desk.TermContact, desk.TermCompany} {
		q, err := ses.dialect.text.compile(desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByWaiting, Query: desk.Query{Expr: &desk.Expr{Term: term, ID: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		text, args := rangeQuery(q, desk.Window{Limit: 50})
		p := plan(t, ses, text, q.rangeArgs(1, 2, desk.InOpen, args)...)
		if !strings.Contains(p, "SEARCH c USING INTEGER PRIMARY KEY") || !strings.Contains(p, "conversations_contact") || strings.Contains(p, "SCAN c") {
			t.Errorf("%s:\n%s", term, p)
		}
	}
}

// checkSurveyPlans: a look at the whole desk may go through its accounts,
// inboxes and users, of which there are few, and through nothing else.
func checkSurveyPlans(t *testing.T, ses *session) {
	through := regexp.MustCompile(`(?m)^SCAN [^aiuvo]`)
	for name, q := range map[string]hotQuery{
		"last mails": {lastMails, nil}, "answerers": {listAnswerers, []any{1}}, "activity": {activity, []any{1, 5, 1, 5}}, "stale": {listStale, []any{1, 1, 10}},
		"held by disabled": {heldByDisabled, []any{0, 1, 10}}, "unreadable mails": {listUnreadable, []any{1, 10}},
	} {
		if p := plan(t, ses, q.text, q.args...); through.MatchString(p) || !strings.Contains(p, "INDEX") && !strings.Contains(p, "PRIMARY KEY") {
			t.Errorf("%s:\n%s", name, p)
		}
	}
	if p := plan(t, ses, "SELECT m.id FROM messages m WHERE m.subject = 'x'"); !through.MatchString(p) {
		t.Errorf("a bad plan is not seen:\n%s", p)
	}
}
