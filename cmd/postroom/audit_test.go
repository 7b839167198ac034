package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// audited runs an audit and gives its exit code and what it says about INBOX.
func (d *desktop) audited(args ...string) (int, auditFolderForm) {
	d.t.Helper()
	r := d.run(append([]string{"sync", "--audit", "--json"}, args...)...)
	var list []auditForm
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != 1 || len(list[0].Folders) == 0 {
		d.t.Fatalf("the audit says %v: %s%s", err, r.out, r.err)
	}
	return r.code, list[0].Folders[0]
}

func TestAuditComparesEveryMessage(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, anna)
	for i := range 5 {
		m.Deliver(t, us, letterTo(us, fmt.Sprintf("%d@x.test", i), "letter"))
	}
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "support", "--shared")
	d.must(connectArgs(m, "--ca", m.CAFile)...)
	db := crash.Open(t, d.env["POSTROOM_DB"])
	for _, step := range []struct {
		name string
		do   func()
		code int
		want auditFolderForm
	}{
		{"never read", func() {}, exitFailed, auditFolderForm{OnServer: 5, Missing: 5}},
		{"read", func() { d.must("sync", "--once") }, exitDone, auditFolderForm{OnServer: 5, Here: 5}},
		{"a new one", func() { m.Deliver(t, us, letterTo(us, "n@x.test", "new")) }, exitDone, auditFolderForm{OnServer: 6, Here: 5, New: 1}},
		{"one deleted there", func() { m.Delete(t, us, "INBOX", 2) }, exitDone, auditFolderForm{OnServer: 5, Here: 4, New: 1, Gone: 1}},
		{"read again", func() { d.must("sync", "--once") }, exitDone, auditFolderForm{OnServer: 5, Here: 5}},
		{"one lost here", func() { alter(t, db, "DELETE FROM ledger WHERE uid = 3") }, exitFailed, auditFolderForm{OnServer: 5, Here: 4, Missing: 1}},
		{"found again", func() { d.must("sync", "--once") }, exitDone, auditFolderForm{OnServer: 5, Here: 5}},
		{"one that was never there", func() { alter(t, db, "UPDATE ledger SET uid = 900 WHERE uid = 3") }, exitFailed, auditFolderForm{OnServer: 5, Here: 4, Missing: 1, Extra: 1}},
		{"put right", func() { d.must("sync", "--once") }, exitDone, auditFolderForm{OnServer: 5, Here: 5}},
		{"numbered anew", func() { m.ResetUIDValidity(t, us, "INBOX") }, exitFailed, auditFolderForm{OnServer: 5, Missing: 5}},
		{"recognised", func() { d.must("sync", "--once") }, exitDone, auditFolderForm{OnServer: 5, Here: 5}},
	} {
		step.do()
		before := crash.Number(t, db, "SELECT (SELECT seq FROM desk) * 1000 + (SELECT sum(fence) FROM accounts)")
		code, got := d.audited()
		shown := auditFolderForm{OnServer: got.OnServer, Here: got.Here, Missing: got.Missing, Extra: got.Extra, New: got.New, Gone: got.Gone, Unlisted: got.Unlisted}
		if code != step.code || fmt.Sprint(shown) != fmt.Sprint(step.want) {
			t.Errorf("%s: exit %d with %+v, want %d with %+v", step.name, code, shown, step.code, step.want)
		}
		if len(got.MissingUIDs) != got.Missing || len(got.ExtraUIDs) != got.Extra {
			t.Errorf("%s: it names %v and %v", step.name, got.MissingUIDs, got.ExtraUIDs)
		}
		if after := crash.Number(t, db, "SELECT (SELECT seq FROM desk) * 1000 + (SELECT sum(fence) FROM accounts)"); after != before {
			t.Errorf("%s: the audit has changed something", step.name)
		}
	}
	d.refuses(exitNotFound, "postroom account list", "sync", "--audit", "--account", "nobody@x.test")
	d.refuses(exitUsage, "--audit", "sync", "--account", us)
	if n := crash.Number(t, db, "SELECT count(*) FROM messages"); n != 6 {
		t.Errorf("%d messages, want 6", n)
	}
	m.Stop(t)
	d.refuses(exitFailed, us+" could not be compared", "sync", "--audit")
	if out := d.run("sync", "--audit", "--account", us).out; strings.Contains(out, "missing=0") || !strings.Contains(out, "Not everything was compared") {
		t.Errorf("without a server it says %s", out)
	}
}

func alter(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}
