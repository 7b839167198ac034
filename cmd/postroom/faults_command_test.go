package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"postroom/internal/testserver"
)

// commandFault is what can be wrong with the database when a command starts, and
// what every command then says.
type commandFault struct {
	words []string
	begin func(*testing.T, *ward) (mend func())
	// mounted ones need a disk of their own.
	mounted bool
	// spares is the command that works all the same.
	spares string
}

func commandFaults() map[string]commandFault {
	return map[string]commandFault{
		"full disk": {words: []string{"The disk of the database is full", "Make room"}, begin: filled, mounted: true},
		"read-only": {words: []string{"The database cannot be written to", "Look at the permissions"}, begin: mountedReadOnly, mounted: true},
		"locked":    {words: []string{"Another program holds the database", "Look for one that hangs"}, begin: locked, spares: "backup"},
		"damaged":   {words: []string{"The database is damaged", "restore the last backup"}, begin: damaged},
	}
}

// TestCommandsMeetFaults: a command that meets a database that is not well says
// what is wrong and what to do, ends with 1, and loses nothing; afterwards the
// same command works.
func TestCommandsMeetFaults(t *testing.T) {
	t.Parallel()
	for name, f := range commandFaults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if f.mounted {
				var own bool
				if dir, own = testserver.SmallDisk(t, "8m"); !own {
					return // said there; the errors themselves are tried in store
				}
			}
			w := furnish(t, dir)
			w.desk.must("sync", "--once")
			w.deliver(t, "it comes while the desk is not well")
			paper := w.desk.write("paper.eml", letter(9, "From: a@b.test\nSubject: On paper", "By hand."))
			commands := [][]string{
				{"import", "--inbox", "Support", paper}, {"sync", "--once"}, {"reply", "1"}, {"backup", filepath.Join(w.desk.env["HOME"], "copy.db")},
			}
			mend := f.begin(t, w)
			var all sync.WaitGroup
			for _, args := range commands {
				all.Go(func() { // each waits for a lock for ten seconds
					r := w.runs(args...)
					if args[0] == f.spares {
						if r.code != exitDone {
							t.Errorf("%v ended with %d: %s", args, r.code, r.err)
						}
						return
					}
					for _, word := range f.words {
						if r.code != exitFailed || !strings.Contains(r.err, word) || strings.Contains(r.err, "goroutine ") {
							t.Errorf("%v ended with %d, and has no %q: %s%s", args, r.code, word, r.out, r.err)
						}
					}
				})
			}
			all.Wait()
			mend()
			for _, args := range commands {
				if args[0] == f.spares {
					continue
				}
				if r := w.runs(args...); r.code != exitDone {
					t.Errorf("afterwards %v ended with %d: %s%s", args, r.code, r.out, r.err)
				}
			}
			w.complete(t)
		})
	}
}

// runs runs a command as a process of its own.
func (w *ward) runs(args ...string) ran {
	cmd := w.desk.command(args...)
	var out, problems bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("It is on its way.\n"), &out, &problems
	_ = cmd.Run() // what it ended with is looked at
	return ran{cmd.ProcessState.ExitCode(), out.String(), problems.String()}
}

// complete fails unless every letter and the one on paper is there once, one
// answer has left, and the server has nothing else.
func (w *ward) complete(t *testing.T) {
	t.Helper()
	var list []struct{ Subject string }
	if err := json.Unmarshal([]byte(w.desk.must("conversation", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, c := range list {
		seen[c.Subject]++
	}
	if len(list) != w.sent+1 || len(seen) != w.sent+1 || seen["On paper"] != 1 {
		t.Errorf("%d letters came, and the conversations are %v", w.sent, seen)
	}
	if got := w.mail.Await(t, w.customer, "INBOX", 1); len(got) != 1 {
		t.Errorf("the customer has %d answers", len(got))
	}
	w.desk.must("sync", "--audit")
}

// filled writes a disk full.
func filled(t *testing.T, w *ward) func() {
	t.Helper()
	filler := filepath.Join(filepath.Dir(w.path), "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(filler); err != nil {
			t.Error(err)
		}
	}
}

// mountedReadOnly is a disk that was mounted read-only, as one with errors is.
func mountedReadOnly(t *testing.T, w *ward) func() {
	t.Helper()
	testserver.SetReadOnly(t, filepath.Dir(w.path), true)
	return func() { testserver.SetReadOnly(t, filepath.Dir(w.path), false) }
}
