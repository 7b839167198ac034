package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postroom/connector"
	"postroom/internal/crash"
)

// What is promised here: all that is derived can be derived again from the
// stored mail, and comes out the same (promises P17).

// letter is a mail received some minutes ago.
func letter(minutes int, header, text string) string {
	at := time.Now().Add(-time.Duration(minutes) * time.Minute).UTC().Format(time.RFC1123Z)
	return "Received: from a by b; " + at + "\nDate: " + at + "\n" + header + "\n\n" + text + "\n"
}

// corpus are mails of the parser's own tests: one in so many, or all of them
// with POSTROOM_CORPUS=all.
func corpus(t *testing.T, oneIn int) []string {
	t.Helper()
	all, err := filepath.Glob("../../connector/parse/testdata/*.eml")
	if err != nil || len(all) < 100 {
		t.Fatal(len(all), err)
	}
	if os.Getenv("POSTROOM_CORPUS") == "all" {
		return all
	}
	var some []string
	for i := 0; i < len(all); i += oneIn {
		some = append(some, all[i])
	}
	return some
}

// furnishAll makes a desk with a bit of everything: the mails of the parser's
// own tests, twice, parents that come late, notes kept and undone, mail written
// here, sent, taken back and come back by a list.
func furnishAll(t *testing.T) *desktop {
	t.Helper()
	d := newDesktop(t)
	one := canary("inbox", "")
	for _, name := range []string{one, "two"} {
		d.must("inbox", "create", name, "--shared")
		d.must(append([]string{"import", "--inbox", name}, corpus(t, 15)...)...)
	}
	from := "From: Ana Ruiz <ana@acme.test>\nTo: help@desk.test\n"
	for i, l := range []string{
		letter(30, from+"Message-ID: <child@acme.test>\nReferences: <top@acme.test> <parent@acme.test>\nIn-Reply-To: <parent@acme.test>\nSubject: Re: Re: Late", "The child came first."),
		letter(40, from+"Message-ID: <parent@acme.test>\nReferences: <top@acme.test>\nSubject: Re: Late", "The parent."),
		letter(50, "From: Ana Maria Ruiz <ana@acme.test>\nTo: help@desk.test\nMessage-ID: <top@acme.test>\nSubject: Late", "The beginning.\n"+strings.Repeat(" \n", 500)+strings.Repeat("🎈 ", 200)),
		letter(20, from+"Message-ID: <left@acme.test>\nIn-Reply-To: <middle@acme.test>\nSubject: Re: Joined", "One half."),
		letter(19, from+"Message-ID: <right@acme.test>\nIn-Reply-To: <middle@acme.test>\nSubject: Re: Joined", "Other half."),
		letter(45, from+"Message-ID: <middle@acme.test>\nSubject: Joined", "The middle."),
	} {
		d.must("import", "--inbox", one, d.write(fmt.Sprintf("letter%d.eml", i), l))
	}
	connectSilently(t, d, "")
	late := conversationWith(t, d, "subject:Late")
	d.must("note", late, "A note that stays, about zebras.")
	d.must("note", late, "A note that goes, about giraffes.")
	d.must("undo")
	d.in = "Hello, this is our answer."
	d.must("reply", late, "--queue", "--yes")
	d.must("compose", "--inbox", one, "--to", "Bo <bo@b.test>", "--cc", "cy@c.test", "--subject", "Fresh", "--queue")
	d.must("compose", "--inbox", one, "--to", "dee@d.test", "--subject", "Taken back", "--queue")
	d.must("outbox", "cancel", "3")
	db := crash.Open(t, d.env["POSTROOM_DB"])
	ours := firstColumn(t, db, `SELECT header_id FROM outbox WHERE id = 2`)[0]
	back := letter(1, "From: "+canary("account", "")+"@desk.test\nTo: list@l.test\nMessage-ID: <"+ours+">\nSubject: Fresh", "Hello, this is our answer.")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	d.must("import", "--inbox", one, d.write("back.eml", back))
	return d
}

func conversationWith(t *testing.T, d *desktop, query string) string {
	t.Helper()
	var list []struct{ ID int }
	if err := json.Unmarshal([]byte(d.must("search", query, "--json")), &list); err != nil || len(list) == 0 {
		t.Fatal(query, list, err)
	}
	return fmt.Sprint(list[0].ID)
}

// damage is done by hand to everything that is derived. The search index is
// damaged in one of several ways besides.
func damage(t *testing.T, path string, toSearch string) {
	t.Helper()
	db := crash.Open(t, path)
	for _, s := range []string{
		`UPDATE messages SET auto = 'none' WHERE auto = 'own'`,
		`UPDATE messages SET subject = 'wrong', sender = 'x@y', auto = 'list', attachments = 7 WHERE id % 3 = 0`,
		`UPDATE messages SET message_id = 'wrong', unreadable = 1 - unreadable, auth_failed = 1, sent_at = 5 WHERE id % 5 = 0`,
		`UPDATE bodies SET head = 'no JSON at all' WHERE message % 4 = 0`,
		`UPDATE bodies SET text = 'wrong', quoted = '', signature = 'x' WHERE message % 7 = 0`,
		`DELETE FROM bodies WHERE message % 6 = 0`,
		`INSERT INTO bodies (message, head, text, quoted, signature) VALUES (99, '{}', 'of nobody', '', '')`,
		`UPDATE attachments SET filename = 'wrong.exe', size = 1 WHERE message % 2 = 0`,
		`DELETE FROM attachments WHERE message % 3 = 0`,
		`INSERT INTO attachments (message, n, filename, content_type, size, sha256, content_id, inline)
			SELECT id, 90, 'stray', '', 0, '', '', 0 FROM messages WHERE id % 4 = 0`,
		`DELETE FROM refs WHERE message % 3 = 0`,
		`INSERT INTO refs (inbox, ref, message) SELECT inbox, 'stray', id FROM messages WHERE id % 2 = 0`,
		`INSERT INTO refs (inbox, ref, message) VALUES (1, 'stray', 5)`,
		`DELETE FROM participants WHERE conversation % 2 = 0`,
		`UPDATE participants SET messages = 9 WHERE conversation % 3 = 0`,
		`INSERT INTO participants (conversation, address, messages) SELECT id, 'stray', 1 FROM conversations`,
		`UPDATE conversations SET subject = 'wrong', who = 'nobody' WHERE joined_to = 0 AND messages > 0`,
		`UPDATE conversations SET snippet = 'wrong', attachments = 1 - attachments, last = 1, last_at = 1 WHERE joined_to = 0 AND messages > 0 AND id % 2 = 0`,
		toSearch,
	} {
		if res, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(s, err)
		} else if n, err := res.RowsAffected(); n == 0 || err != nil {
			t.Fatal("this has damaged nothing:", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// rebuilds runs a rebuild and gives what it says.
func rebuilds(t *testing.T, d *desktop, args ...string) rebuiltForm {
	t.Helper()
	var f rebuiltForm
	if err := json.Unmarshal([]byte(d.must(append([]string{"rebuild", "--json"}, args...)...)), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRebuild(t *testing.T) {
	t.Parallel()
	d := furnishAll(t)
	// Enough that there are several batches.
	d.must("inbox", "create", "three", "--shared")
	d.must(append([]string{"import", "--inbox", "three"}, corpus(t, 5)...)...)
	whole := dumpDesk(t, d.env["POSTROOM_DB"])
	if joined := strings.Count(fmt.Sprint(whole["conversations"]), "joined_to=") - strings.Count(fmt.Sprint(whole["conversations"]), "joined_to=0 "); joined == 0 || len(whole["refs"]) < 20 || !strings.Contains(fmt.Sprint(whole["messages"]), `auto="own"`) {
		t.Fatalf("the desk has too little in it: %d joined, %d references", joined, len(whole["refs"]))
	}
	t.Run("an untouched desk", func(t *testing.T) { rebuildsUntouched(t, d, whole) })
	t.Run("a damaged desk", func(t *testing.T) { rebuildsDamaged(t, d, whole) })
	t.Run("cut off", func(t *testing.T) { rebuildsCutOff(t, d, whole) })
	t.Run("damaged mail", func(t *testing.T) { rebuildsBesideDamagedMail(t, d) })
	t.Run("beside others", func(t *testing.T) { rebuildsBesideOthers(t, d) })
}

// asBefore compares all but the journal, which has gained a line.
func asBefore(t *testing.T, d *desktop, before tableDump) {
	t.Helper()
	before.without("desk", "events").mustEqual(t, dumpDesk(t, d.env["POSTROOM_DB"]).without("desk", "events"))
}

func rebuildsUntouched(t *testing.T, d *desktop, whole tableDump) {
	if f := rebuilds(t, d); f.Changed+f.Conversations+f.References != 0 || f.Messages != len(whole["messages"]) {
		t.Errorf("an untouched desk was changed: %+v", f)
	}
	asBefore(t, d, whole)
	events := dumpDesk(t, d.env["POSTROOM_DB"])["events"]
	if n := len(events) - len(whole["events"]); n != 1 || !strings.Contains(strings.Join(events, "\n"), `kind="rebuilt"`) {
		t.Errorf("a rebuild writes %d events", n)
	}
}

func rebuildsDamaged(t *testing.T, d *desktop, whole tableDump) {
	path := d.env["POSTROOM_DB"]
	for _, toSearch := range []string{
		`INSERT INTO search (rowid, scope, body) SELECT id + 500000, '1', 'stray' FROM messages`,
		`DELETE FROM search_data WHERE id > 10`, // the index itself is broken
	} {
		damage(t, path, toSearch)
		if toSearch[0] == 'I' && len(whole.differences(dumpDesk(t, path))) < 8 {
			t.Error("the damage is not seen")
		}
		told := rebuilds(t, d, "--dry-run")
		if f := rebuilds(t, d); f.Changed != told.Changed || f.Changed == 0 || f.Conversations == 0 || f.References == 0 || len(told.Differences) == 0 {
			t.Errorf("told %+v, done %+v", told, f)
		}
		asBefore(t, d, whole)
	}
}

// rebuildsCutOff stops a rebuild behind its first batch, the second, the
// fourth and so on, and begins again.
func rebuildsCutOff(t *testing.T, d *desktop, whole tableDump) {
	damage(t, d.env["POSTROOM_DB"], `INSERT INTO search (search) VALUES ('delete-all')`)
	batches := 1
	for ; ; batches *= 2 {
		err := rebuildUpTo(t, d, batches)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if batches < 4 {
		t.Errorf("%d batches were all of it", batches)
	}
	asBefore(t, d, whole)
}

// rebuildUpTo begins a rebuild and ends it behind a number of batches.
func rebuildUpTo(t *testing.T, d *desktop, batches int) error {
	t.Helper()
	ctx, cutOff := context.WithCancel(t.Context())
	defer cutOff()
	p, h := d.openHouse()
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	con, err := p.connector(h)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	_, err = con.Rebuild(ctx, h.seat, func(connector.Rebuilt) {
		if told++; told == batches {
			cutOff()
		}
	})
	return err
}

// rebuildsBesideDamagedMail: bytes that are not what came in are told, and
// what was derived from them while they were right stays.
func rebuildsBesideDamagedMail(t *testing.T, d *desktop) {
	db := crash.Open(t, d.env["POSTROOM_DB"])
	was := firstColumn(t, db, `SELECT hex(sha256) FROM raws WHERE id = 7`)[0]
	if _, err := db.ExecContext(t.Context(), `UPDATE raws SET sha256 = zeroblob(32) WHERE id = 7`); err != nil {
		t.Fatal(err)
	}
	before := dumpDesk(t, d.env["POSTROOM_DB"])
	r := d.run("rebuild", "--json")
	if r.code != exitFailed || !strings.Contains(r.err, "MAIL_DAMAGED") || !strings.Contains(r.out, "\"damaged\": [\n    7\n  ]") {
		t.Errorf("%d %s %s", r.code, r.err, r.out)
	}
	asBefore(t, d, before)
	if _, err := db.ExecContext(t.Context(), `UPDATE raws SET sha256 = unhex(?) WHERE id = 7`, was); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// rebuildsBesideOthers rebuilds while mail comes in: both come out right.
func rebuildsBesideOthers(t *testing.T, d *desktop) {
	d.must("inbox", "create", "more", "--shared")
	other, done := d.as(d.login), make(chan ran)
	mails := corpus(t, 15)
	go func() { done <- other.run(append([]string{"import", "--inbox", "more"}, mails...)...) }()
	f := rebuilds(t, d)
	if r := <-done; r.code != exitDone || f.Changed != 0 {
		t.Fatal(f, r)
	}
	before := dumpDesk(t, d.env["POSTROOM_DB"])
	if f := rebuilds(t, d); f.Changed+f.Conversations+f.References != 0 {
		t.Errorf("what came in beside a rebuild is out of line: %+v", f)
	}
	asBefore(t, d, before)
}

func TestRebuildIsForAdmins(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("user", "add", "tom")
	if r := d.as("tom").run("rebuild"); r.code != exitNotAllowed || !strings.Contains(r.err, "Only an admin can rebuild the desk") {
		t.Errorf("%d %s", r.code, r.err)
	}
}

// TestRebuildTellsNothingOfOthersMail: an admin may rebuild what he may not
// read; what has changed there is counted, not shown.
func TestRebuildTellsNothingOfOthersMail(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("user", "add", "vera", "--role", "admin")
	d.as("vera").must("inbox", "create", "mine")
	d.as("vera").must("import", "--inbox", "mine", d.write("a.eml", letter(5, "From: a@b.test\nSubject: canary", "text")))
	db := crash.Open(t, d.env["POSTROOM_DB"])
	if _, err := db.ExecContext(t.Context(), `UPDATE messages SET subject = 'damaged canary'`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for login, shown := range map[string]bool{"root": false, "vera": true} {
		out := d.as(login).must("rebuild", "--dry-run", "--json")
		if !strings.Contains(out, `"changed": 1`) || strings.Contains(out, "canary") != shown {
			t.Errorf("%s is told %s", login, out)
		}
	}
}
