package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"postroom/connector"
	"postroom/internal/testserver"
)

// anna writes to us, and we answer, on a real mail server.
const (
	us   = "support@example.test"
	anna = "anna@example.test"
)

func letterTo(to, id, subject string) []byte {
	return fmt.Appendf(nil, "From: Anna Ruiz <%s>\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\n\r\nWhere is it?\r\n",
		anna, to, subject, time.Now().UTC().Format(time.RFC1123Z), id)
}

// connectArgs are the words that connect our account.
func connectArgs(m *testserver.Mail, more ...string) []string {
	return append([]string{"account", "connect", us, "--inbox", "support", "--imap", m.IMAPS, "--smtp", m.SMTPS}, more...)
}

func TestConnectReadAnswer(t *testing.T) {
	t.Parallel()
	newDesktop(t).connectReadAnswer(t)
}

func TestConnectReadAnswerPostgres(t *testing.T) {
	t.Parallel()
	newDesktop(t).onPostgres().connectReadAnswer(t)
}

func (d *desktop) connectReadAnswer(t *testing.T) {
	t.Helper()
	m := testserver.StartMail(t, us, anna)
	d.must("inbox", "create", "support", "--shared")

	// The certificate is signed by nobody we know.
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.refuses(exitFailed, "certificate", connectArgs(m)...)
	// The password is wrong; it is nowhere in what is said about it.
	d.env["POSTROOM_PASSWORD"] = "wrong-hunter2"
	d.refuses(exitNotAllowed, "password", connectArgs(m, "--ca", m.CAFile)...)
	if r := d.run(connectArgs(m, "--ca", m.CAFile)...); strings.Contains(r.err, "reauth") || !strings.Contains(r.err, "Type it again") {
		t.Errorf("what mends a wrong password is said to be %s", r.err)
	}
	if got := d.must("account", "list", "--json"); strings.TrimSpace(got) != "[]" {
		t.Errorf("what did not work was saved: %s", got)
	}
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	// A dry run signs in and keeps nothing.
	if got := d.must(connectArgs(m, "--ca", m.CAFile, "--dry-run")...); !strings.Contains(got, "dry run") {
		t.Errorf("a rehearsed connect says %s", got)
	}
	if got := d.must("account", "list", "--json"); strings.TrimSpace(got) != "[]" {
		t.Errorf("a dry run has connected: %s", got)
	}
	d.connectAtOnce(t, connectArgs(m, "--ca", m.CAFile, "--json"))
	d.env["POSTROOM_PASSWORD"] = ""
	d.refuses(exitConflict, "postroom account disconnect "+us, append(connectArgs(m, "--ca", m.CAFile), "--password-command", "echo secret")...)

	m.Deliver(t, us, letterTo(us, "one@example.test", "Where is my parcel"))
	if got := d.must("sync", "--once"); !strings.Contains(got, us+": 1 new") {
		t.Errorf("sync says %s", got)
	}
	if got := d.must("account", "list"); !strings.Contains(got, "connected") {
		t.Errorf("the account is %s", got)
	}
	if got := d.must("conversation", "list"); !strings.Contains(got, "Where is my parcel") {
		t.Errorf("the list is %s", got)
	}
	d.answers(t, m)
}

// connectAtOnce connects our account from several processes at the same time.
// One of them does; the others are told who has the address now.
func (d *desktop) connectAtOnce(t *testing.T, args []string) {
	t.Helper()
	var cmds [4]*exec.Cmd
	var said [len(cmds)]strings.Builder
	for i := range cmds {
		cmds[i] = d.command(args...)
		cmds[i].Stderr = &said[i]
		if err := cmds[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	won := 0
	for i, c := range cmds {
		_ = c.Wait() // the exit code tells
		var f struct {
			Error struct {
				Code   string
				Holder struct{ Name, Kind, Since, Release string }
			}
		}
		switch code := c.ProcessState.ExitCode(); {
		case code == exitDone:
			won++
		case code != exitConflict || json.Unmarshal([]byte(said[i].String()), &f) != nil:
			t.Errorf("a connect ended with %d: %s", code, &said[i])
		case f.Error.Code != "ADDRESS_IN_USE" || f.Error.Holder.Name != "support" || f.Error.Holder.Kind != "shared" ||
			f.Error.Holder.Since == "" || f.Error.Holder.Release != "postroom account disconnect "+us:
			t.Errorf("a loser is told %s", &said[i])
		}
	}
	if won != 1 {
		t.Errorf("%d of %d processes have connected the address", won, len(cmds))
	}
}

// answers goes on where the mail has come in.
func (d *desktop) answers(t *testing.T, m *testserver.Mail) {
	t.Helper()
	d.in = "It is on its way.\n"
	draft := d.must("reply", "1", "--dry-run")
	for _, want := range []string{"To: ", anna, "In-Reply-To: <one@example.test>", "It is on its way."} {
		if !strings.Contains(draft, want) {
			t.Errorf("the rehearsed answer lacks %q:\n%s", want, draft)
		}
	}
	if got := d.must("outbox", "list", "--all", "--json"); strings.TrimSpace(got) != "[]" {
		t.Errorf("the dry run has queued %s", got)
	}
	// A caution stops it until it is confirmed.
	d.in = "See the attached file.\n"
	d.refuses(exitConflict, "attachment", "reply", "1")
	d.in = "It is on its way.\n"
	if got := d.must("reply", "1", "--close"); !strings.Contains(got, "Sent to ") {
		t.Errorf("reply says %s", got)
	}
	arrived := m.Await(t, anna, "INBOX", 1)
	if !strings.Contains(string(arrived[0].Raw), "In-Reply-To: <one@example.test>") {
		t.Errorf("Anna got\n%s", arrived[0].Raw)
	}
	if sent := m.Messages(t, us, "Sent"); len(sent) != 1 {
		t.Errorf("%d copies in Sent", len(sent))
	}
	var shown struct {
		Status   string
		Messages []struct{ Direction, State string }
	}
	if err := json.Unmarshal([]byte(d.must("conversation", "show", "1", "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	if shown.Status != "closed" || len(shown.Messages) != 2 || shown.Messages[1].Direction != "out" || shown.Messages[1].State != "accepted" {
		t.Errorf("the conversation is %+v", shown)
	}

	// Queued mail leaves with the next pass.
	d.in = "One more thing."
	r := d.run("reply", "1", "--queue", "--json")
	if r.code != exitDone || !strings.Contains(r.out, `"state": "queued"`) || !strings.Contains(r.err, "Nobody serves this account now") {
		t.Errorf("queueing ended with %d: %s%s", r.code, r.out, r.err)
	}
	d.must("sync", "--once")
	m.Await(t, anna, "INBOX", 2)

	// A new mail, and one that is taken back before it leaves.
	d.in = "Hello Anna."
	d.must("compose", "--inbox", "support", "--to", "Anna <"+anna+">", "--subject", "News")
	m.Await(t, anna, "INBOX", 3)
	d.must("compose", "--inbox", "support", "--to", anna, "--subject", "Never", "--queue")
	var waiting []struct{ ID int64 }
	if err := json.Unmarshal([]byte(d.must("outbox", "list", "--json")), &waiting); err != nil || len(waiting) != 1 {
		t.Fatalf("%v: the outbox holds %+v", err, waiting)
	}
	d.refuses(exitConflict, "not sent yet", "account", "disconnect", us)
	d.must("outbox", "cancel", fmt.Sprint(waiting[0].ID))
	d.must("account", "disconnect", us)
}

// refuses wants an exit code and words in the error, and no password there.
func (d *desktop) refuses(code int, words string, args ...string) {
	d.t.Helper()
	r := d.run(args...)
	if r.code != code || !strings.Contains(r.err, words) {
		d.t.Errorf("postroom %s ended with %d, want %d with %q:\n%s", strings.Join(args, " "), r.code, code, words, r.err)
	}
	if p := d.env["POSTROOM_PASSWORD"]; p != "" && strings.Contains(r.out+r.err, p) {
		d.t.Errorf("postroom %s tells the password", strings.Join(args, " "))
	}
}

// TestRefusedMailIsAFailure: a recipient the server does not know.
func TestRefusedMailIsAFailure(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, anna)
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "support", "--shared")
	d.must(connectArgs(m, "--ca", m.CAFile)...)
	d.in = "Hello?"
	d.refuses(exitFailed, "postroom outbox cancel 1", "compose", "--inbox", "support", "--to", "nobody@example.test", "--subject", "Hello")
	if got := d.must("outbox", "list"); !strings.Contains(got, "failed") {
		t.Errorf("the outbox shows %s", got)
	}
}

// TestRefusedPasswordEndsTheWaiting: the mail waits in the outbox, not the
// command, and leaves with the first pass after the sign-in.
func TestRefusedPasswordEndsTheWaiting(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, anna)
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	d.env["POSTROOM_PASSWORD"] = ""
	password := d.write("password", testserver.Password)
	d.must(connectArgs(m, "--ca", m.CAFile, "--password-command", "cat "+password)...)
	d.write("password", "wrong")
	d.in = "Hello Anna."
	compose := []string{"compose", "--inbox", "support", "--to", anna, "--subject", "News"}
	d.refuses(exitNotAllowed, "postroom account reauth "+us, compose...)
	d.refuses(exitNotAllowed, "waits in the outbox", append(compose, "--json")...)
	r := d.run("sync", "--once")
	if want := us + ": 2 mails are not out yet"; r.code != exitFailed || !strings.Contains(r.out, want) {
		t.Errorf("sync ended with %d, and has no %q: %s%s", r.code, want, r.out, r.err)
	}
	if r := d.run("sync", "--once", "--json"); !strings.Contains(r.out, `"deferred": 2`) || !strings.Contains(r.out, `"in_doubt": 0`) {
		t.Errorf("sync tells %s", r.out)
	}
	// Nor does a command wait for a process that serves the account: that one
	// does not try before somebody has signed it in.
	d.seated(t, func(ctx context.Context, h *house) error {
		list, err := h.seat.Accounts(ctx)
		if err != nil {
			return err
		}
		lease, err := h.desk.Mailroom().Lease(ctx, list[0].ID, "another process", "")
		if err != nil {
			return err
		}
		d.refuses(exitNotAllowed, "another process serves the account", compose...)
		return h.desk.Mailroom().Release(ctx, lease)
	})
	d.must("outbox", "cancel", "3") // it is a draft again
	compose = append(compose, "--yes")
	d.write("password", testserver.Password)
	d.must("account", "reauth", us, "--password-command", "cat "+password)
	if got := d.must("sync", "--once"); strings.Contains(got, "not out yet") {
		t.Errorf("sync says %s", got)
	}
	m.Await(t, anna, "INBOX", 2)

	// A paused account sends nothing until it is resumed.
	d.must("account", "pause", us)
	d.refuses(exitConflict, "postroom account resume "+us, compose...)
	if got := d.must("sync", "--once"); !strings.Contains(got, "paused") {
		t.Errorf("sync says %s", got)
	}
	if got := d.must("outbox", "list", "--json"); !strings.Contains(got, `"held":"held: `+us+" is paused") {
		t.Errorf("the outbox is %s", got)
	}
	if n := len(m.Messages(t, anna, "INBOX")); n != 2 {
		t.Errorf("Anna has %d mails of a paused account", n-2)
	}
	if got := d.must("account", "resume", us); !strings.Contains(got, "1 held mail leaves") {
		t.Errorf("resume says %s", got)
	}
	d.must("sync", "--once")
	m.Await(t, anna, "INBOX", 3)
}

// TestSyncCountsWhatIsInDoubt by account.
func TestSyncCountsWhatIsInDoubt(t *testing.T) {
	t.Parallel()
	var out, problems strings.Builder
	p := newProgram(world{getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &out, err: &problems, clock: time.Now})
	p.showSync([]connector.Summary{{Account: us}}, map[string]keptBack{us: {deferred: 1, inDoubt: 2}})
	for _, want := range []string{"1 mail is not out yet", "2 mails are in doubt"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it has no %q:\n%s", want, &out)
		}
	}
}
