package store

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"postroom/desk"
)

// TestFailedCommit lets COMMIT fail before and after it took effect. The first
// must be an error, the second none, and the store must go on after both.
func TestFailedCommit(t *testing.T) { checkFailedCommit(t, open(t)) }

func checkFailedCommit(t *testing.T, s *Store) {
	t.Helper()
	honest := s.commit
	disk := errors.New("input/output error")
	event := func() error {
		return s.Write(t.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) })
	}
	length := func() (seq desk.Seq) {
		err := s.Read(t.Context(), func(r desk.Reader) error {
			var err error
			seq, err = r.LastSeq()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return seq
	}
	for range 3 {
		before := length()
		s.commit = func(*session) error { return disk }
		if err := event(); !errors.Is(err, disk) {
			t.Fatal("a commit that did not happen is reported as", err)
		}
		if length() != before {
			t.Fatal("a commit that did not happen has happened")
		}
		s.commit = func(ses *session) error { return errors.Join(honest(ses), disk) }
		if err := event(); err != nil {
			t.Fatal("a commit that happened is reported as", err)
		}
		if length() != before+1 {
			t.Fatal("a commit that happened has not happened")
		}
		s.commit = honest
		if err := event(); err != nil {
			t.Fatal("after a failed commit:", err)
		}
	}
}

// TestNothingToKeep sees that a transaction without changes writes nothing.
func TestNothingToKeep(t *testing.T) { checkNothingToKeep(t, open(t)) }

func checkNothingToKeep(t *testing.T, s *Store) {
	t.Helper()
	s.commit = func(*session) error { return errors.New("something was written") }
	err := s.Write(t.Context(), func(w desk.Writer) error {
		_, err := w.Accounts()
		return errors.Join(err, w.SetGone(desk.Folder{ID: 1}, []uint32{1}, time.Now()), w.MarkUndone(nil))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBackup(t *testing.T) {
	s := open(t)
	fill(t, s, 300, 20)
	stop := make(chan struct{})
	done := make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if err := s.Write(t.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) }); err != nil {
				done <- err
				return
			}
		}
	}()
	dest := filepath.Join(t.TempDir(), "copy.db")
	c, err := s.Backup(t.Context(), dest)
	close(stop)
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dest)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != c.Size || len(c.SHA256) != 64 {
		t.Errorf("%+v: %v %v", c, info, err)
	}
	_, err = s.Backup(t.Context(), dest)
	if desk.KindOf(err) != desk.Conflict {
		t.Error("an existing file is overwritten:", err)
	}
	if _, err := s.Backup(t.Context(), filepath.Join(dest, "below")); err == nil {
		t.Error("a backup below a file")
	}
	restored, err := Open(t.Context(), dest, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = restored.Read(t.Context(), func(r desk.Reader) error {
		p, err := r.List(1, desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest}, desk.Window{Limit: 5})
		if len(p.Rows) != 5 {
			t.Errorf("the restored list has %d rows", len(p.Rows))
		}
		return err
	})
	var mode string
	w := <-restored.writer
	err = errors.Join(err, w.conn.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&mode))
	restored.writer <- w
	if err := errors.Join(err, restored.Close()); err != nil || mode != "wal" {
		t.Fatal(mode, err)
	}
}

// writeInChild is set for the test binary that commits for the watcher.
const writeInChild = "POSTROOM_STORE_TEST_WRITE"

func TestWatch(t *testing.T) {
	if path := os.Getenv(writeInChild); path != "" {
		s, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Write(t.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) })
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		return
	}
	s := open(t)
	news, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	append1 := func(s *Store) {
		if err := s.Write(t.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) }); err != nil {
			t.Fatal(err)
		}
	}
	append1(s)
	other, err := Open(t.Context(), s.Path(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		append1(other)
		select {
		case <-news:
		case <-time.After(30 * time.Second):
			t.Fatal("another handle's commit goes unnoticed")
		}
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWatch$")
	c.Env = append(os.Environ(), writeInChild+"="+s.Path())
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	select {
	case <-news:
	case <-time.After(30 * time.Second):
		t.Fatal("another process's commit goes unnoticed")
	}
}
