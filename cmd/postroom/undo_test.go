package main

import (
	"strings"
	"testing"
)

// TestUndoSaysWhatStands: an undo that goes past what cannot be taken back says
// so, and one that is the last action says nothing.
func TestUndoSaysWhatStands(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	const stands = "cannot be taken back and stands:"
	d.must("inbox", "set", "support", "from=inbox")
	if r := d.run("undo"); r.code != exitDone || strings.Contains(r.out+r.err, stands) {
		t.Errorf("of the last action: exit %d, %s%s", r.code, r.out, r.err)
	}
	d.must("inbox", "set", "support", "from=inbox")
	d.must("user", "add", "ben")
	d.must("inbox", "member", "add", "support", "ben")
	for _, args := range [][]string{{"undo", "--dry-run", "--json"}, {"undo"}} {
		if r := d.run(args...); r.code != exitDone || !strings.Contains(r.out+r.err, stands+" member added, user added.") {
			t.Errorf("%s: exit %d, %s%s", args, r.code, r.out, r.err)
		}
	}
}
