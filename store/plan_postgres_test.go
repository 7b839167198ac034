package store

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"postroom/desk"
)

// postgresPlanSize is how many conversations the desk has whose plans are
// looked at: enough for an index to be cheaper than a table.
const postgresPlanSize = 20_000

// multiplyPostgres copies the first conversation and its mail n times.
func multiplyPostgres(t *testing.T, s *Store, n int) {
	t.Helper()
	const numbers = `WITH n (i) AS (SELECT * FROM generate_series(1000, CAST(? AS BIGINT))) `
	err := s.Write(t.Context(), func(w desk.Writer) error {
		for _, q := range []string{
			`INSERT INTO conversations SELECT i, i % 10 + 1, CASE i % 3 WHEN 0 THEN 'closed' ELSE 'open' END, c.rank - i, c.last_at + i, i % 3, c.status,
				c.spam, c.contact, c.version, c.created_at, c.last, c.last_in, c.waiting_since, c.messages, c.attachments, c.touched, c.answered_outside,
				c.joined_to, c.related_to, c.subject, c.who, c.snippet, c.team, c.priority, c.tags, c.snoozed_until, c.trashed,
				c.ticket, c.stage, c.due_at, c.due, c.due_state FROM n, conversations c WHERE c.id = 1`,
			`INSERT INTO messages SELECT i << 30, i, i % 10 + 1, account, raw, direction, at, author, outgoing, unreadable, auth_failed, sent_at, attachments, auto,
				sender, 'id' || i, subject FROM n, messages WHERE conversation = 1`,
			`INSERT INTO bodies SELECT i << 30, '{}', 'text', '', '' FROM n`,
			`INSERT INTO refs SELECT i % 10 + 1, 'id' || (i - 1), i FROM n`,
			`INSERT INTO participants SELECT i, 'a' || i || '@x.test', 1 FROM n`,
			`INSERT INTO raws SELECT i, i % 10 + 1, 0, 'inbox', i, 0, decode(md5(CAST(i AS TEXT)), 'hex'), 1, CASE i % 100 WHEN 0 THEN 0 ELSE 1 END FROM n`,
			`INSERT INTO chunks SELECT i << 20, '\x00' FROM n`,
			`INSERT INTO ledger SELECT i % 50, 1, i, i, 0, 0, i % 2 FROM n`,
			`INSERT INTO outbox SELECT i, i, i % 10 + 1, i % 5, 1, i, CASE WHEN i % 200 = 0 THEN 'queued' ELSE 'accepted' END, 0, 0, 0, 0, 0, 0, 0, '', 'h' || i, '{}', '', '' FROM n`,
			`INSERT INTO events SELECT i, i, 'user', 1, 'x', 'assigned', 1, i, 0, '0', '1', 'batch' || (i / 3), 0, i % 2 FROM n`,
			`INSERT INTO reads SELECT 1, i, i FROM n`,
			`INSERT INTO search SELECT i << 30, CAST('''#' || (i % 10 + 1) || ''' ''@a' || (i >> 6) || ''' ''@b' || (i >> 10) || ''' ''@c' || (i >> 14) || ''' ''invoic'':1A ''word'':3 ''w' || i || ''':4' AS TSVECTOR) FROM n`,
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
	if _, err := s.db.ExecContext(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

// postgresPlan is the plan that a session makes of a statement once, for all
// arguments. Those given are counted, the server must not look at them.
func postgresPlan(t *testing.T, ses *session, text string, args ...any) string {
	t.Helper()
	for _, q := range []string{"DEALLOCATE ALL", "PREPARE planned AS " + ses.dialect.rebind(text)} {
		if _, err := ses.conn.ExecContext(t.Context(), q, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	given := ""
	if len(args) > 0 {
		given = "(" + strings.TrimSuffix(strings.Repeat("NULL, ", len(args)), ", ") + ")"
	}
	rows, err := ses.conn.QueryContext(t.Context(), "EXPLAIN (COSTS OFF) EXECUTE planned"+given, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	steps, err := drain(rows, scanText)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return strings.Join(steps, "\n")
}

// wholeTables finds tables that grow and are read whole.
var wholeTables = regexp.MustCompile(`Seq Scan on (conversations|messages|bodies|refs|participants|raws|chunks|ledger|outbox|events|reads|search)\b`)

// TestPostgresPlans is TestPlans on a server.
func TestPostgresPlans(t *testing.T) {
	s := openPostgres(t)
	fill(t, s, 100, 3)
	multiplyPostgres(t, s, postgresPlanSize)
	ses, err := newSession(t.Context(), s.db, s.dialect)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ses.close() }()
	ses.ctx, ses.caller = t.Context(), t.Context()
	check := func(name, plan string) {
		t.Helper()
		if wholeTables.MatchString(plan) {
			t.Errorf("%s:\n%s", name, plan)
		}
	}
	for name, q := range hotQueries() {
		check(name, postgresPlan(t, ses, q.text, q.args...))
	}
	for _, bad := range []string{"SELECT * FROM conversations WHERE who = 'x'", "SELECT id FROM messages WHERE subject = 'x'"} {
		if p := postgresPlan(t, ses, bad); !wholeTables.MatchString(p) {
			t.Errorf("a bad plan is not seen: %s\n%s", bad, p)
		}
	}
	checkPostgresLists(t, ses, check)
	checkPostgresSearches(t, ses, check)
}

// mergesRanges reports whether a plan reads three ranges of an index in their
// order, and only as far as the merged list needs them.
func mergesRanges(plan, index string) bool {
	return strings.Count(plan, "using conversations_"+index+" ") == 3 && strings.Contains(plan, "Merge Append") &&
		!strings.Contains(strings.ReplaceAll(plan, "Sort Key", "Key"), "Sort")
}

func checkPostgresLists(t *testing.T, ses *session, check func(name, plan string)) {
	t.Helper()
	for _, sort := range []desk.Sort{desk.ByWaiting, desk.ByNewest} {
		for _, assigned := range []desk.Assigned{desk.Anybody, desk.Nobody, 1} {
			for _, win := range []desk.Window{{Limit: 50}, {Limit: 50, From: desk.Cursor{Key: 1, ID: 1}}, {Limit: 50, Back: true, From: desk.Cursor{Key: math.MaxInt64, ID: 1}, Include: true}} {
				q := compiled{view: desk.View{Assigned: assigned, Sort: sort}, places: []desk.Place{desk.InOpen}}
				text, args := mergedQuery(1, []desk.InboxID{1, 2, 3}, q, win)
				name := fmt.Sprintf("list %+v %+v", q.view, win)
				p := postgresPlan(t, ses, text, args...)
				check(name, p)
				index := map[desk.Sort]string{desk.ByWaiting: "rank", desk.ByNewest: "last"}[sort]
				if assigned != desk.Anybody {
					index = "assignee_" + index
				}
				if !mergesRanges(p, index) {
					t.Errorf("%s does not merge three ranges of conversations_%s:\n%s", name, index, p)
				}
				sorted := strings.ReplaceAll(text, "ORDER BY key", "ORDER BY who")
				if p := postgresPlan(t, ses, sorted, args...); mergesRanges(p, index) {
					t.Errorf("a list that is sorted is not seen:\n%s", p)
				}
			}
		}
	}
}

func checkPostgresSearches(t *testing.T, ses *session, check func(name, plan string)) {
	t.Helper()
	newest := desk.MessageID(postgresPlanSize << 30)
	manyHits := make([]int64, 500)
	for i := range manyHits {
		manyHits[i] = int64(1000+i) << 30
	}
	for _, line := range []string{"invoice", "from:@x.test", "a b is:unread", "word -other", "w1234", "subject:invoice", `"word w5000"`} {
		parsed, err := desk.ParseQuery(line + " ")
		if err != nil {
			t.Fatal(err)
		}
		q, err := ses.dialect.text.compile(desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: parsed})
		if err != nil {
			t.Fatal(err)
		}
		s := search{compiled: q, viewer: 1, match: ses.dialect.text.inScope(q.match, []desk.InboxID{1, 2, 3})}
		for sp := range s.spans(newest) {
			match := s.match
			if len(sp.marks) > 0 {
				match += " & ('" + strings.Join(sp.marks, "' | '") + "')"
			}
			p := postgresPlan(t, ses, hitsIn+" DESC LIMIT ?", match, sp.first, sp.end, 102)
			// Most searches end with the first span. Of a longer one of a small
			// desk, reading all may be right.
			if len(sp.marks) == perSpan && !strings.Contains(p, "search_words") {
				t.Errorf("%s does not use the index for %s:\n%s", line, match, p)
			}
		}
		wanted := s.ofHit()
		check(line, postgresPlan(t, ses, someHits+wanted.text+" ORDER BY s.rowid DESC", append([]any{manyHits, 1, 1}, wanted.args...)...))
		check(line, postgresPlan(t, ses, ses.dialect.text.messageHit+andText(q.hit)+newestFirst, append([]any{5, 1, s.match}, q.hit.args...)...))
	}
}
