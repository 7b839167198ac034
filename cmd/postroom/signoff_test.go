package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// signedForm is a signed checklist as a program reads it.
type signedForm struct {
	By, Note string
	Passed   int
	Points   []pointForm
}

// TestSignOffHistory reads back what two admins have signed: newest first, each
// with his name, his note and what was well on his day.
func TestSignOffHistory(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	if r := d.run("doctor", "--history"); r.code != exitDone || !strings.Contains(r.err, "Nobody has signed") {
		t.Fatalf("before the first: exit %d\n%s%s", r.code, r.out, r.err)
	}
	d.must("user", "add", "maya", "--role", "admin")
	d.must("user", "add", "tom")
	d.must("inbox", "create", "support", "--shared") // no account, one member: two points are open
	d.must("doctor", "--offline", "--sign-off", "--note", "the address comes on Friday")
	d.must("user", "remove", "tom") // who saw no inbox: one point less
	d.as("maya").must("doctor", "--offline", "--sign-off", "--note", "Tom has left; the rest waits")

	if got := d.must("journal", "--kind", "signed off", "--json"); !strings.Contains(got, "points are well: Tom has left; the rest waits") {
		t.Errorf("the journal says %s", got)
	}
	if r := d.as("tom").run("doctor", "--history"); r.code == exitDone {
		t.Errorf("who has left reads: %s", r.out)
	}
	rows := strings.Split(strings.TrimSpace(d.must("doctor", "--history")), "\n")
	want := []string{`^DATE +BY +WELL +NOTE$`, `^\S.*? +maya +(\d+) of (\d+) +Tom has left; the rest waits$`, `^\S.*? +root +(\d+) of (\d+) +the address comes on Friday$`}
	if len(rows) != len(want) {
		t.Fatalf("the history has %d lines:\n%s", len(rows), strings.Join(rows, "\n"))
	}
	for i, w := range want {
		if !regexp.MustCompile(w).MatchString(rows[i]) {
			t.Errorf("line %d is %q, want %s", i+1, rows[i], w)
		}
	}

	var signed []signedForm
	if err := json.Unmarshal([]byte(d.must("doctor", "--history", "--json")), &signed); err != nil {
		t.Fatal(err)
	}
	if len(signed) != 2 || signed[0].By != "maya" || signed[1].By != "root" || signed[0].Note != "Tom has left; the rest waits" {
		t.Fatalf("as JSON: %+v", signed)
	}
	open := func(s signedForm) map[string]string {
		codes := map[string]string{}
		for _, p := range s.Points {
			if len(p.Findings) > 0 {
				codes[p.Code] = strings.Join(p.Findings, "\n")
			}
		}
		if s.Passed != len(s.Points)-len(codes) {
			t.Errorf("%s: %d of %d points are well, and %d are open", s.By, s.Passed, len(s.Points), len(codes))
		}
		return codes
	}
	first, second := open(signed[1]), open(signed[0])
	if first["NO_ADDRESS"] != "support: It has no account, so no mail can reach it." || !strings.Contains(first["NO_INBOX"], "tom: Tom sees no inbox.") {
		t.Errorf("root signed %v", first)
	}
	if second["NO_ADDRESS"] == "" || second["NO_INBOX"] != "" {
		t.Errorf("maya signed %v", second)
	}
}
