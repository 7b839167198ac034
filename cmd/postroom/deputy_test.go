package main

import (
	"strings"
	"testing"
)

// TestDeputyIsNotLostSilently: whoever takes the deputy out of an inbox, or off
// the desk, hears of it.
func TestDeputyIsNotLostSilently(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	for _, login := range []string{"maya", "tom"} {
		d.must("user", "add", login)
		d.must("inbox", "member", "add", "support", login)
	}
	d.must("inbox", "set", "support", "deputy=maya")
	for _, out := range [][]string{
		{"inbox", "member", "remove", "support", "maya"},
		{"inbox", "member", "set", "support", "maya", "--rights", "see"},
	} {
		r := d.run(out...)
		if r.code != exitConflict || !strings.Contains(r.err, `Maya is the deputy of "support".`) || !strings.Contains(r.err, "postroom inbox set support deputy=LOGIN") {
			t.Errorf("%v: exit %d\n%s%s", out, r.code, r.out, r.err)
		}
	}
	d.must("inbox", "member", "remove", "support", "tom") // who is none is let go
	d.must("inbox", "member", "add", "support", "tom")
	d.must("inbox", "set", "support", "deputy=tom")
	d.must("inbox", "member", "remove", "support", "maya")

	const said = `The shared inbox "support": has no deputy now`
	if r := d.run("user", "remove", "tom", "--dry-run"); r.code != exitDone || !strings.Contains(r.out, said) {
		t.Errorf("the rehearsal: exit %d\n%s%s", r.code, r.out, r.err)
	}
	if got := d.must("inbox", "get", "support", "deputy"); !strings.Contains(got, "tom") {
		t.Errorf("after a rehearsal the deputy is %s", got)
	}
	if got := d.must("user", "remove", "tom"); !strings.Contains(got, said) {
		t.Errorf("removing him says: %s", got)
	}
	if got := d.must("inbox", "get", "support", "deputy"); strings.Contains(got, "tom") {
		t.Errorf("after he has left the deputy is %s", got)
	}
}
