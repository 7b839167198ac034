package main

import (
	"strings"
	"testing"
)

// TestDeputyWhoBecomesTheOwner is the deputy no more, and the preview says so.
func TestDeputyWhoBecomesTheOwner(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	for _, login := range []string{"ben", "zoe"} {
		d.must("user", "add", login)
	}
	d.must("inbox", "create", "support", "--shared", "--owner", "ben", "--deputy", "zoe")
	leave := []string{"user", "remove", "ben", "--owner", "zoe"}
	for _, args := range [][]string{append(leave, "--dry-run"), leave} {
		if said := d.must(args...); !strings.Contains(said, `The shared inbox "support": to zoe`) || !strings.Contains(said, `The shared inbox "support": has no deputy now`) {
			t.Errorf("%s says\n%s", args, said)
		}
	}
	if set := d.must("inbox", "get", "support", "deputy", "--json"); strings.Contains(set, "zoe") {
		t.Errorf("the deputy is\n%s", set)
	}
}
