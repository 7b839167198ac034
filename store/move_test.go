package store

import (
	"database/sql"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// codeIn is the code of a desk's error.
func codeIn(err error) string {
	var e *desk.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// atGate opens a database to move it.
func atGate(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Moving: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// aDeskToMove is a desk with something in most tables, opened by its mover.
func aDeskToMove(t *testing.T) *Store {
	t.Helper()
	return filled(t, atGate(t, filepath.Join(t.TempDir(), "from.db")))
}

func filled(t *testing.T, s *Store) *Store {
	t.Helper()
	fill(t, s, 30, 3)
	err := s.change(t.Context(), func(w *writer) error {
		a, err := w.AddAccount(desk.Account{Inbox: 1, Address: "help@acme.test"})
		if err != nil {
			return err
		}
		f, err := w.SaveFolder(desk.Folder{Account: a, Name: "INBOX", Role: desk.RoleInbox, UIDValidity: 7})
		if err != nil {
			return err
		}
		_, _, err = w.AddRaw(1, a, desk.Folder{ID: f, UIDValidity: 7}, desk.Fetched{UID: 1, At: time.Now(), Packed: s.Pack([]byte("Subject: x\r\n\r\ntext"))})
		if err != nil {
			return err
		}
		_, err = w.AddOutgoing(desk.Outgoing{Account: a, Inbox: 1, State: desk.Failed, CreatedAt: time.Now()})
		return errors.Join(err, w.MarkRead(1, 1, 1), w.do(addRef, 1, "a@b", 1),
			w.AddNote(desk.Note{ID: 3, Conversation: 1, Inbox: 1, Author: 1, Text: "a note"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTablesThatMove: a table that is in the schema and in no list would be
// left behind.
func TestTablesThatMove(t *testing.T) {
	got := slices.Collect(maps.Keys(staysBehind()))
	for _, tb := range tables() {
		got = append(got, tb.name)
	}
	slices.Sort(got)
	for name, db := range map[string]*sql.DB{"SQLite": openRaw(t, open(t).Path()), "PostgreSQL": openPostgres(t).db} {
		query := `SELECT name FROM sqlite_schema WHERE type = 'table'
			AND name NOT LIKE 'search\_%' ESCAPE '\' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'`
		if name == "PostgreSQL" {
			query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'goose%'`
		}
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		want, err := drain(rows, scanText)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(want)
		if !slices.Equal(want, got) || len(want) < 25 {
			t.Errorf("%s has %v\nthe lists have %v", name, want, got)
		}
	}
}

// usable says which of two databases are the desk to somebody who opens them.
func usable(t *testing.T, paths ...string) string {
	t.Helper()
	var found []string
	for _, path := range paths {
		s, err := Open(t.Context(), path, Options{})
		if err != nil {
			found = append(found, codeIn(err))
			continue
		}
		err = s.Write(t.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) })
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		found = append(found, "desk")
	}
	return strings.Join(found, " ")
}

func TestMove(t *testing.T) {
	from := aDeskToMove(t)
	other, err := Open(t.Context(), from.path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	to := atGate(t, filepath.Join(t.TempDir(), "to.db"))
	done, err := from.MoveTo(t.Context(), to, nil)
	if err != nil || len(done.Tables) != len(tables()) || done.Mails == 0 {
		t.Fatalf("%+v %v", done, err)
	}
	// Who had the desk open before can write no more.
	err = other.Write(t.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) })
	if codeIn(err) != "DESK_MOVED" || !strings.Contains(err.Error(), to.path) {
		t.Error("a process that was there before writes on:", err)
	}
	if got := usable(t, from.path, to.path); got != "DESK_MOVED desk" {
		t.Error(got)
	}
	if _, err := from.MoveTo(t.Context(), atGate(t, filepath.Join(t.TempDir(), "twice.db")), nil); codeIn(err) != "DESK_MOVED" {
		t.Error("it moves twice:", err)
	}
	for path, want := range map[string]string{from.path: "TARGET_NOT_EMPTY", to.path: "SAME_DATABASE"} {
		if _, err := to.MoveTo(t.Context(), atGate(t, path), nil); codeIn(err) != want {
			t.Errorf("moving over it gives %v, want %s", err, want)
		}
	}
}

// TestWhoeverWaitsLearnsOfTheMove: a program that only watches, or serves
// accounts to which no mail comes, would go on for ever beside the desk.
func TestWhoeverWaitsLearnsOfTheMove(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"SQLite": filepath.Join(t.TempDir(), "from.db"), "PostgreSQL": testserver.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := filled(t, atGate(t, path))
			waiting, err := Open(t.Context(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = waiting.Close() })
			news, err := waiting.Watch(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			to := atGate(t, filepath.Join(t.TempDir(), "to.db"))
			if _, err := from.MoveTo(t.Context(), to, nil); err != nil {
				t.Fatal(err)
			}
			for waiting.Trouble().Err == nil {
				if _, ok := <-news; !ok {
					t.Fatal("the watcher has ended")
				}
			}
			if e := waiting.Trouble().Err; e.Code != codeMoved || !strings.Contains(e.Message, to.path) {
				t.Error("it says", e)
			}
			if waiting.recover(t.Context()) || waiting.Trouble().Err == nil {
				t.Error("that is taken for trouble that goes by")
			}
		})
	}
}

// TestMoveThereAndBack takes a desk to PostgreSQL and back: nothing is lost or
// counted anew on the way, and what another process has open there is shut.
func TestMoveThereAndBack(t *testing.T) {
	dsn := testserver.Postgres(t)
	from, there := aDeskToMove(t), atGate(t, dsn)
	want, err := from.MoveTo(t.Context(), there, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := usable(t, from.path, dsn); got != "DESK_MOVED desk" {
		t.Error(got)
	}
	other := openAt(t, dsn)
	back := atGate(t, filepath.Join(t.TempDir(), "back.db"))
	got, err := there.MoveTo(t.Context(), back, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, tb := range want.Tables {
		// usable has written an event; all else is as it was.
		if got.Tables[i] != tb && tb.Name != "desk" && tb.Name != "events" {
			t.Errorf("%+v has become %+v", tb, got.Tables[i])
		}
	}
	if got.Mails != want.Mails || got.Mails == 0 {
		t.Errorf("%d mails have become %d", want.Mails, got.Mails)
	}
	err = other.Write(t.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) })
	if codeIn(err) != "DESK_MOVED" {
		t.Error("a process that was there before writes on:", err)
	}
	if got := usable(t, dsn, back.path); got != "DESK_MOVED desk" {
		t.Error(got)
	}
}

// TestMoveCutOff cuts a move off at each of its commits that count: there must
// be one desk at any moment, and a new move must end well.
func TestMoveCutOff(t *testing.T) {
	cut := errors.New("cut off")
	for name, c := range map[string]struct {
		// before is what is there when it is cut off, after when it has been
		// looked at again.
		onSource bool
		phase    phase
		want     string
	}{
		"while copying":    {phase: phaseArriving, want: "desk DESK_ARRIVING"},
		"before verified":  {phase: phaseVerified, want: "desk DESK_ARRIVING"},
		"before it moved":  {onSource: true, phase: phaseMoved, want: "desk DESK_ARRIVING"},
		"when it has just": {phase: phaseDesk, want: "DESK_MOVED desk"},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := aDeskToMove(t), atGate(t, filepath.Join(t.TempDir(), "to.db"))
			cuts, arrived := to, false
			if c.onSource {
				cuts = from
			}
			commit := cuts.commit
			cuts.commit = func(ses *session) error {
				g, err := ses.gate()
				if err != nil {
					return err
				}
				// "While copying" is the second commit of that phase.
				if g.phase == c.phase && (c.phase != phaseArriving || arrived) {
					return cut
				}
				arrived = arrived || g.phase == phaseArriving
				return commit(ses)
			}
			if _, err := from.MoveTo(t.Context(), to, nil); !errors.Is(err, cut) {
				t.Fatal("it was not cut off:", err)
			}
			if got := usable(t, from.path, to.path); got != c.want {
				t.Fatalf("the databases are: %s, want: %s", got, c.want)
			}
			if c.phase == phaseDesk {
				return
			}
			cuts.commit = commit
			if _, err := from.MoveTo(t.Context(), to, nil); err != nil {
				t.Fatal("the move does not begin anew:", err)
			}
			if got := usable(t, from.path, to.path); got != "DESK_MOVED desk" {
				t.Error(got)
			}
		})
	}
}

// TestMoveFinishedByHand: where the other side cannot be seen, the same command
// finishes what was cut off, and copies nothing again.
func TestMoveFinishedByHand(t *testing.T) {
	from, to := aDeskToMove(t), atGate(t, filepath.Join(t.TempDir(), "to.db"))
	if _, err := from.MoveTo(t.Context(), to, nil); err != nil {
		t.Fatal(err)
	}
	g, err := from.gate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := to.setGate(t.Context(), gate{phaseVerified, "/not/to/be/seen/from/here.db", g.move}); err != nil {
		t.Fatal(err)
	}
	if got := usable(t, from.path, to.path); got != "DESK_MOVED DESK_ARRIVING" {
		t.Fatal(got)
	}
	done, err := from.MoveTo(t.Context(), to, nil)
	if err != nil || len(done.Tables) != 0 {
		t.Fatalf("%+v %v", done, err)
	}
	if got := usable(t, from.path, to.path); got != "DESK_MOVED desk" {
		t.Error(got)
	}
}

// TestMoveSeesWhatIsNotTheSame is the control of the comparison: a database
// that keeps something else than it was given.
func TestMoveSeesWhatIsNotTheSame(t *testing.T) {
	for name, spoil := range map[string]string{
		"one letter":  `CREATE TRIGGER spoil AFTER INSERT ON bodies WHEN new.message % 7 = 0 BEGIN UPDATE bodies SET text = text || 'x' WHERE message = new.message; END`,
		"one number":  `CREATE TRIGGER spoil AFTER INSERT ON outbox BEGIN UPDATE outbox SET state = 'queued', due_at = due_at + 1 WHERE id = new.id; END`,
		"one row":     `CREATE TRIGGER spoil AFTER INSERT ON reads BEGIN DELETE FROM reads WHERE user_id = new.user_id; END`,
		"two swapped": `CREATE TRIGGER spoil AFTER INSERT ON refs BEGIN UPDATE refs SET ref = 'x' || ref WHERE message = new.message; END`,
		"the index":   `CREATE TRIGGER spoil AFTER INSERT ON notes BEGIN UPDATE notes SET hidden = 0 WHERE id = new.id; INSERT INTO search (rowid, scope) VALUES (5, '1'); END`,
	} {
		t.Run(name, func(t *testing.T) {
			from, to := aDeskToMove(t), atGate(t, filepath.Join(t.TempDir(), "to.db"))
			db := openRaw(t, to.path)
			if _, err := db.ExecContext(t.Context(), spoil); err != nil {
				t.Fatal(err)
			}
			if _, err := from.MoveTo(t.Context(), to, nil); codeIn(err) != "NOT_THE_SAME" {
				t.Errorf("it is taken for the same: %v", err)
			}
			if got := usable(t, from.path, to.path); got != "desk DESK_ARRIVING" {
				t.Error(got)
			}
		})
	}
}

// TestMoveKeepsCounting: ids that have been given out are not given out again,
// also where the highest row is gone, and leases stay behind; there and back.
func TestMoveKeepsCounting(t *testing.T) {
	from := aDeskToMove(t)
	err := from.change(t.Context(), func(w *writer) error {
		return w.do(`UPDATE accounts SET holder = 'me', fence = 7, until = 99`)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, dsn := range []string{filepath.Join(t.TempDir(), "one.db"), testserver.Postgres(t), filepath.Join(t.TempDir(), "two.db")} {
		giveOut(t, from, desk.DraftID(i+1))
		to := atGate(t, dsn)
		if _, err := from.MoveTo(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
		err := to.Read(t.Context(), func(r desk.Reader) error {
			own, _ := r.(*reader)
			l, err := own.lease(1)
			if l.Holder != "" || l.Fence != 7 || !l.Until.Equal(fromMillis(0)) {
				t.Errorf("the lease is %+v", l)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		from = to
	}
	giveOut(t, from, 4)
}

// giveOut saves a draft, which must get an id, and removes it again.
func giveOut(t *testing.T, s *Store, want desk.DraftID) {
	t.Helper()
	err := s.Write(t.Context(), func(w desk.Writer) error {
		id, err := w.SaveDraft(desk.Draft{Author: 1, Kind: desk.DraftNew, Inbox: 1})
		if id != want {
			t.Errorf("the draft is %d, want %d", id, want)
		}
		return errors.Join(err, w.DeleteDraft(1, 0, desk.DraftNew))
	})
	if err != nil {
		t.Fatal(err)
	}
}
