package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"postroom/desk"
	"postroom/internal/crash"
)

// auditedInbox runs inbox audit and gives its exit code and what it says about
// support.
func (w *patient) auditedInbox(args ...string) (int, inboxAuditForm) {
	w.t.Helper()
	r := w.run(append([]string{"inbox", "audit", "support", "--json"}, args...)...)
	var list []inboxAuditForm
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != 1 || len(list[0].Accounts) != 1 {
		w.t.Fatalf("the audit says %v: %s%s", err, r.out, r.err)
	}
	return r.code, list[0]
}

// TestInboxAuditRepairs damages an inbox on purpose, in each way by itself; the
// audit tells it, a sync does not see it because the server announces what it
// did before, and a repair puts it right.
func TestInboxAuditRepairs(t *testing.T) {
	t.Parallel()
	w := newPatient(t)
	shown := func(f inboxAuditForm) string {
		a := f.Accounts[0]
		return fmt.Sprintf("server %d here %d missing %d extra %d waiting %d", a.OnServer, a.Here, a.Missing, a.Extra, f.Waiting)
	}
	const whole = "server 3 here 3 missing 0 extra 0 waiting 0"
	if code, f := w.auditedInbox(); code != exitDone || shown(f) != whole || f.Repaired != nil || f.Verified != nil {
		t.Fatalf("a whole inbox: exit %d, %s", code, shown(f))
	}
	db := crash.Open(t, w.env["POSTROOM_DB"])
	messages := crash.Number(t, db, "SELECT count(*) FROM messages")
	for _, tt := range []struct {
		name, found, repaired string
		damage                func()
		// seen says that a sync sees it too.
		seen bool
	}{
		{"one lost here", "server 3 here 2 missing 1 extra 0 waiting 0", "fetched 0 known 1 gone 0 parsed 0", func() { w.sql("DELETE FROM ledger WHERE uid = 2") }, false},
		{"one that was never there", "server 3 here 2 missing 1 extra 1 waiting 0", "fetched 0 known 1 gone 1 parsed 0", func() { w.sql("UPDATE ledger SET uid = 900 WHERE uid = 2") }, false},
		{"one taken for gone", "server 3 here 2 missing 1 extra 0 waiting 0", "fetched 0 known 1 gone 0 parsed 0", func() { w.sql("UPDATE ledger SET gone_at = 1 WHERE uid = 3") }, false},
		{"stored and not read", "server 3 here 3 missing 0 extra 0 waiting 1", "fetched 0 known 0 gone 0 parsed 1", w.crash, true},
	} {
		w.must("sync", "--once") // finds all here, and goes by what the server announces from now on
		tt.damage()
		code, f := w.auditedInbox()
		if code != exitFailed || shown(f) != tt.found {
			t.Errorf("%s: exit %d, %s, want %s", tt.name, code, shown(f), tt.found)
		}
		if !tt.seen {
			w.must("sync", "--once")
			if code, again := w.auditedInbox(); code != exitFailed || shown(again) != tt.found {
				t.Errorf("%s: a sync has put it right: exit %d, %s; then a repair is for nothing", tt.name, code, shown(again))
			}
		}
		code, f = w.auditedInbox("--repair", "--dry-run")
		if r := f.Repaired; code != exitFailed || shown(f) != tt.found || r == nil || !r.DryRun || r.Fetched+r.Gone+r.Parsed == 0 {
			t.Errorf("%s, a preview: exit %d, %s, %+v", tt.name, code, shown(f), r)
		}
		code, f = w.auditedInbox("--repair")
		if code != exitDone || shown(f) != whole || f.Repaired == nil {
			t.Fatalf("%s, repaired: exit %d, %s", tt.name, code, shown(f))
		}
		if r := f.Repaired; fmt.Sprintf("fetched %d known %d gone %d parsed %d", r.Fetched, r.Known, r.Gone, r.Parsed) != tt.repaired {
			t.Errorf("%s: the repair says %+v, want %s", tt.name, *r, tt.repaired)
		}
		if code, f := w.auditedInbox(); code != exitDone || shown(f) != whole {
			t.Errorf("%s, looked at again: exit %d, %s", tt.name, code, shown(f))
		}
	}
	if now := crash.Number(t, db, "SELECT count(*) FROM messages"); now != messages+1 {
		t.Errorf("%d messages were %d before, and one was left behind", now, messages)
	}
	told := w.must("journal", "--kind", string(desk.EventRepaired), "--json")
	if strings.Count(told, `"login":"root"`) != 4 || !strings.Contains(told, "0 fetched, 0 known again, 0 marked as gone, 1 given a message") {
		t.Errorf("the journal tells of four repairs:\n%s", told)
	}
	w.must("user", "add", "sam")
	w.must("inbox", "member", "add", "support", "sam", "--rights", "see")
	for _, args := range [][]string{{"--repair"}, {"--repair", "--dry-run"}} {
		w.as("sam").refuses(exitNotAllowed, "You only read", append([]string{"inbox", "audit", "support"}, args...)...)
	}
	w.damageBytes()
	w.as("maya").refuses(exitNotFound, "inbox list", "inbox", "audit", "nowhere")
	w.refuses(exitNotAllowed, "Ask its owner", "inbox", "audit", "maya")
	w.imap.Shut()
	w.refuses(exitFailed, "support@example.test could not be compared", "inbox", "audit", "support", "--repair")
}

// damageBytes turns the bytes of one mail: only who reads them can tell.
func (w *patient) damageBytes() {
	w.t.Helper()
	if code, f := w.auditedInbox("--bytes"); code != exitDone || f.Verified == nil || *f.Verified != 4 || len(f.Damaged) != 0 {
		w.t.Fatalf("whole bytes: exit %d, %+v", code, f)
	}
	w.sql("UPDATE chunks SET data = (SELECT data FROM chunks ORDER BY id LIMIT 1) WHERE id = (SELECT max(id) FROM chunks)")
	if code, f := w.auditedInbox(); code != exitDone || f.Damaged != nil {
		w.t.Errorf("without --bytes: exit %d, %+v", code, f)
	}
	if code, f := w.auditedInbox("--bytes"); code != exitFailed || len(f.Damaged) != 1 {
		w.t.Errorf("with --bytes: exit %d, %+v", code, f)
	}
	w.refuses(exitFailed, "not what came in", "inbox", "audit", "support", "--bytes")
}

// TestAuditBesideAnotherProcess does not send to the repair that was just tried.
func TestAuditBesideAnotherProcess(t *testing.T) {
	t.Parallel()
	for served, want := range map[string]string{"": "Fetch what is missing with: postroom inbox audit --repair", "host:7": "by host:7: wait"} {
		form := inboxAuditForm{Accounts: []auditForm{{Complete: true, Missing: 1}}, Repaired: &repairForm{}}
		if served != "" {
			form.Repaired.ServedBy = []string{served}
		}
		var e *desk.Error
		if err := inboxAuditOutcome([]inboxAuditForm{form}); !errors.As(err, &e) || !strings.Contains(e.Hint, want) {
			t.Errorf("served by %q: %v, want the hint %q", served, e, want)
		}
	}
}

// TestDeferredMailSaysWhatMendsIt offers no sign-in where the key is the trouble.
func TestDeferredMailSaysWhatMendsIt(t *testing.T) {
	t.Parallel()
	var e *desk.Error
	err := (&program{print: &printer{}}).sent(desk.Outgoing{State: desk.Deferred, LastError: "The key file /k can be read by others. Close it: chmod 600 /k"}, "")
	if !errors.As(err, &e) || !strings.Contains(e.Message, "chmod 600 /k") || strings.Contains(e.Message+e.Hint, "reauth") {
		t.Errorf("it says %+v", e)
	}
}
