package connector

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postroom/desk"
)

// write makes a file with its directories.
func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// recent is a mail received a number of days ago.
func recent(subject string, days int) []byte {
	at := time.Now().AddDate(0, 0, -days).Format(time.RFC1123Z)
	return append([]byte("Received: from a by b;\r\n\t"+at+"\r\n"), rawMail(subject, "From the sea\n>From the land\nend")...)
}

func importAll(t *testing.T, o *office, paths ...string) Imported {
	t.Helper()
	done, err := o.connector(t).Import(soon(t, time.Minute), o.seat, "support", paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// An import that was killed after it had stored a mail is finished by the next
// one: nobody else parses on a desk without accounts.
func TestImportFinishesAKilledOne(t *testing.T) {
	o := newOffice(t, desk.Shared)
	file := filepath.Join(t.TempDir(), "one.eml")
	raw := recent("left alone", 1)
	write(t, file, raw)
	mails := []desk.Fetched{{At: time.Now(), Packed: o.desk.Mailroom().Pack(raw)}}
	if _, err := o.seat.KeepImported(t.Context(), "support", desk.RoleInbox, mails); err != nil {
		t.Fatal(err)
	}
	if done := importAll(t, o, file); done.New != 0 {
		t.Errorf("%+v: it was stored already", done)
	}
	if got := o.subjects(t, desk.InOpen); fmt.Sprint(got) != "[left alone]" {
		t.Errorf("the inbox shows %v", got)
	}
}

func TestImportTakesFilesOfAllKinds(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "one.eml"), recent("one", 2))
	write(t, filepath.Join(dir, "deep", "er", "two.eml"), recent("two", 40))
	write(t, filepath.Join(dir, "notes.txt"), []byte("nothing to see"))
	write(t, filepath.Join(dir, "picture.png"), []byte("\x89PNG\r\n\x1a\n\x00\x00"))
	md := filepath.Join(dir, "Maildir")
	for _, sub := range []string{"cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Junk/cur", ".Junk/new", ".Drafts/cur", ".Drafts/new"} {
		if err := os.MkdirAll(filepath.Join(md, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(md, "cur", "1.a:2,S"), recent("seen", 1))
	write(t, filepath.Join(md, "new", "2.a"), recent("unseen", 1))
	write(t, filepath.Join(md, ".Junk", "cur", "3.a:2,"), recent("pills", 1))
	write(t, filepath.Join(md, ".Drafts", "cur", "4.a:2,D"), recent("draft", 1))
	write(t, filepath.Join(md, ".Sent", "cur", "5.a:2,S"), []byte("From: us@example.test\r\nTo: ada@outside.test\r\nSubject: ours\r\nDate: "+time.Now().Format(time.RFC1123Z)+"\r\n\r\nhello\r\n"))
	o := newOffice(t, desk.Personal)
	done := importAll(t, o, dir, filepath.Join(dir, "missing.eml"))
	if done.Read != 6 || done.New != 6 {
		t.Errorf("%+v, want 6 mails", done)
	}
	var why []string
	for _, s := range done.Skipped {
		why = append(why, filepath.Base(s.Path)+": "+s.Why)
	}
	if done.Left != 4 || !strings.Contains(strings.Join(why, "\n"), "missing.eml: no such file") {
		t.Errorf("skipped %d: %s", done.Left, strings.Join(why, "; "))
	}
	open := map[string]bool{}
	for _, r := range o.rows(t, desk.InOpen) {
		open[r.Subject] = r.Unread
	}
	if fmt.Sprint(open) != "map[one:true seen:false unseen:true]" {
		t.Errorf("open and unread: %v", open)
	}
	if closed, spam := o.subjects(t, desk.InClosed), o.subjects(t, desk.InSpam); len(closed) != 2 || fmt.Sprint(spam) != "[pills]" {
		t.Errorf("closed %v, spam %v", closed, spam)
	}
	if again := importAll(t, o, dir); again.New != 0 || again.Read != 6 {
		t.Errorf("a second import makes %+v", again)
	}
}

// TestImportOpensNoPipe that is named directly: nobody may ever write into it.
func TestImportOpensNoPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// So that opening it would not wait, and the test can fail.
	end, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer end.Close()
	write(t, filepath.Join(dir, "one.eml"), recent("one", 1))
	done := importAll(t, newOffice(t, desk.Shared), pipe, os.DevNull, filepath.Join(dir, "one.eml"))
	if done.Read != 1 || done.Left != 2 || done.Skipped[0] != (Skipped{pipe, noOrdinaryFile}) || done.Skipped[1] != (Skipped{os.DevNull, noOrdinaryFile}) {
		t.Errorf("the import tells %+v", done)
	}
}

func TestImportReadsMbox(t *testing.T) {
	var box bytes.Buffer
	for i := range 3 {
		raw := bytes.ReplaceAll(recent(fmt.Sprintf("letter %d", i), 1), []byte("\r\n"), []byte("\n"))
		fmt.Fprintf(&box, "From ada@outside.test Mon Nov  2 10:00:00 2026\n")
		for line := range bytes.Lines(raw) {
			if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
				box.WriteByte('>')
			}
			box.Write(line)
		}
		box.WriteString("\n")
	}
	path := filepath.Join(t.TempDir(), "archive.mbox")
	write(t, path, box.Bytes())
	o := newOffice(t, desk.Shared)
	if done := importAll(t, o, path); done.New != 3 || done.Left != 0 {
		t.Fatalf("%+v, want 3 mails", done)
	}
	rows := o.rows(t, desk.InOpen)
	if len(rows) != 3 {
		t.Fatalf("%d conversations, want 3", len(rows))
	}
	th, err := o.seat.Thread(context.Background(), rows[0].ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range th.Items {
		if it.Message == nil {
			continue
		}
		raw, err := o.seat.RawMail(context.Background(), rows[0].ID, it.Message.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(raw, []byte("\nFrom the sea\n>From the land\nend\n")) {
			t.Errorf("the quoted From lines came out as %q", raw)
		}
	}
}

func TestMboxWithLongLinesAndNoEnd(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	box := "From a Mon Nov  2 10:00:00 2026\nSubject: a\n\n" + long + "\nFrom here on\n\nFrom b Mon Nov  2 11:00:00 2026\r\nSubject: b\n\nno end"
	path := filepath.Join(t.TempDir(), "box")
	write(t, path, []byte(box))
	o := newOffice(t, desk.Shared)
	if done := importAll(t, o, path); done.New != 2 {
		t.Errorf("%+v, want 2 mails", done)
	}
}

func TestDateOfAFile(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	written := now.AddDate(0, 0, -1)
	from := now.AddDate(0, 0, -2)
	for _, c := range []struct {
		name, header string
		want         time.Time
	}{
		{"Received counts most", "Received: by x; Mon, 2 Nov 2026 10:00:00 +0100\nDate: Tue, 3 Nov 2026 10:00:00 +0000\n", time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)},
		{"then the From line", "Date: Tue, 3 Nov 2026 10:00:00 +0000\n", from},
		{"a date in the future is passed over", "Received: by x; Mon, 2 Nov 2036 10:00:00 +0100\n", from},
		{"folded", "Received: from a\n\tby x;\n Mon, 2 Nov 2026 10:00:00 +0100\n", time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)},
	} {
		if got := dateOf([]byte(c.header+"\nReceived: by y; Sun, 1 Nov 2026 10:00:00 +0000\n"), from, written, now); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := dateOf([]byte("Subject: x\n\n"), time.Time{}, written, now); !got.Equal(written) {
		t.Errorf("without any date: %v, want that of the file", got)
	}
}

func TestAuthenticationResultsOfTheProviderOnly(t *testing.T) {
	fail, pass := "mx.example.test; dmarc=fail header.from=bank.test", "mx.example.test; dmarc=pass header.from=bank.test"
	for _, c := range []struct {
		name   string
		fields []string
		server string
		want   string
	}{
		{"the provider says fail", []string{fail}, "MX.example.test", "true false"},
		{"the provider says pass above a forged fail", []string{pass, fail}, "mx.example.test", "false true"},
		{"the provider says fail above a forged pass", []string{fail, pass}, "mx.example.test", "true false"},
		{"somebody else says fail", []string{strings.ReplaceAll(fail, "mx.", "evil.")}, "mx.example.test", "false false"},
		{"somebody else says pass", []string{strings.ReplaceAll(pass, "mx.", "evil.")}, "mx.example.test", "false false"},
		{"nobody is believed", []string{fail}, "", "false false"},
		{"nonsense", []string{";;;", fail}, "mx.example.test", "true false"},
	} {
		failed, passed := dmarc(c.fields, c.server)
		if got := fmt.Sprint(failed, passed); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
