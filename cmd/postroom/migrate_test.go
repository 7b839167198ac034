package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the test damages a desk on a server

	"postroom/desk"
	"postroom/internal/testserver"
)

// openHouse opens the desk as a command would.
func (d *desktop) openHouse() (*program, *house) {
	d.t.Helper()
	p := quietProgram(d.t)
	p.getenv = func(k string) string { return d.env[k] }
	p.world.login = func() (string, error) { return d.login, nil }
	h, err := p.open(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return p, h
}

// at is the same person at another desk.
func (d *desktop) at(dsn string) *desktop {
	other := *d
	other.env = maps.Clone(d.env)
	other.env["POSTROOM_DB"] = dsn
	return &other
}

// seal gives the desk an account with a password of its own.
func seal(t *testing.T, d *desktop, password string) {
	t.Helper()
	p, h := d.openHouse()
	secrets, _, err := p.secrets(h)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := secrets.Seal(t.Context(), []byte(password))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.seat.Connect(t.Context(), "two", desk.Account{
		Address: "sealed@desk.test", Username: "sealed", IMAP: "imap://127.0.0.1:1", SMTP: "smtp://127.0.0.1:1", Secret: sealed,
	})
	if err := errors.Join(err, h.close()); err != nil {
		t.Fatal(err)
	}
}

// opens reads the password of that account.
func opens(t *testing.T, d *desktop) string {
	t.Helper()
	p, h := d.openHouse()
	defer func() { _ = h.close() }()
	secrets, _, err := p.secrets(h)
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := h.desk.Mailroom().Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	password, err := secrets.Open(accounts[len(accounts)-1].Secret)
	if err != nil {
		t.Fatal(err)
	}
	return password
}

// TestMigrateDryRun counts what would move and looks at where it would go, and
// leaves no trace on either side.
func TestMigrateDryRun(t *testing.T) {
	t.Parallel()
	d := furnishAll(t)
	d.must("user", "add", "tom")
	from, file, server := d.env["POSTROOM_DB"], filepath.Join(d.env["HOME"], "not", "there", "new.db"), testserver.Postgres(t)
	whole := dumpDesk(t, from)
	if r := d.as("tom").run("migrate", "--from", from, "--to", file, "--dry-run"); r.code != exitNotAllowed {
		t.Errorf("anybody counts the desk: %+v", r)
	}
	for _, to := range []string{file, server} {
		var told rehearsedForm
		if err := json.Unmarshal([]byte(d.must("migrate", "--from", from, "--to", to, "--dry-run", "--json")), &told); err != nil {
			t.Fatal(err)
		}
		if !told.DryRun || told.Bytes <= 0 || (told.Free == nil) != (to == server) || len(told.Tables) < 20 {
			t.Errorf("%+v", told)
		}
		for _, table := range told.Tables {
			if int(table.Rows) != len(whole[table.Name]) {
				t.Errorf("%s has %d rows, told %d", table.Name, len(whole[table.Name]), table.Rows)
			}
		}
		if got := d.must("migrate", "--from", from, "--to", to, "--dry-run"); !strings.Contains(got, "nothing is in the way") {
			t.Errorf("the dry run says %s", got)
		}
	}
	if _, err := os.Stat(filepath.Dir(filepath.Dir(file))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the dry run has made a directory: %v", err)
	}
	if n := tablesOn(t, server); n != 0 {
		t.Errorf("the dry run has made %d tables", n)
	}
	whole.mustEqual(t, dumpDesk(t, from))

	d.refuses(exitFailed, "does not answer", "migrate", "--from", from, "--to", "postgres://nobody@127.0.0.1:1/x", "--dry-run")
	d.refuses(exitUsage, "at "+from+" already", "migrate", "--from", from, "--to", from, "--dry-run")
	if small, own := testserver.SmallDisk(t, "1m"); own {
		if err := os.WriteFile(filepath.Join(small, "filler"), make([]byte, 900<<10), 0o600); err != nil {
			t.Fatal(err)
		}
		d.refuses(exitConflict, "Make room", "migrate", "--from", from, "--to", filepath.Join(small, "new.db"), "--dry-run")
	}
	d.at(server).must("inbox", "create", "Mine")
	d.refuses(exitConflict, "There is a desk at", "migrate", "--from", from, "--to", server, "--dry-run")
	d.must("migrate", "--from", from, "--to", file)
	d.refuses(exitConflict, "The desk has moved", "migrate", "--from", from, "--to", file+"2", "--dry-run")
}

// tablesOn counts the tables of a database on a server.
func tablesOn(t *testing.T, dsn string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err == nil {
		err = db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&n)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestMigrate moves a desk with a bit of everything: every row arrives, the key
// is found, the old database says where the desk is, and work goes on.
func TestMigrate(t *testing.T) {
	t.Parallel()
	d := furnishAll(t)
	seal(t, d, "open sesame")
	d.must("user", "add", "tom")
	from, to := d.env["POSTROOM_DB"], filepath.Join(d.env["HOME"], "new.db")
	whole := dumpDesk(t, from)
	if r := d.as("tom").run("migrate", "--from", from, "--to", to); r.code != exitNotAllowed {
		t.Errorf("anybody moves the desk: %+v", r)
	}
	var told movedForm
	if err := json.Unmarshal([]byte(d.must("migrate", "--from", from, "--to", to, "--json")), &told); err != nil {
		t.Fatal(err)
	}
	whole.without("gate").mustEqual(t, dumpDesk(t, to).without("gate"))
	if told.Mails != len(whole["raws"]) || told.Mails == 0 || len(told.Damaged) != 0 || told.To != to {
		t.Errorf("%+v", told)
	}
	for _, table := range told.Tables {
		if int(table.Rows) != len(whole[table.Name]) {
			t.Errorf("%s has %d rows, told %d", table.Name, len(whole[table.Name]), table.Rows)
		}
	}
	moved := d.at(to)
	if got := opens(t, moved); got != "open sesame" {
		t.Errorf("the password is %q", got)
	}
	for _, args := range [][]string{{"conversation", "list"}, {"sync", "--once"}, {"rebuild"}, {"user", "list"}} {
		if r := d.run(args...); r.code != exitConflict || !strings.Contains(r.err, "The desk has moved from "+from+" to "+to) {
			t.Errorf("%v at the old place: %+v", args, r)
		}
	}
	if f := rebuilds(t, moved); f.Changed+f.Conversations+f.References != 0 {
		t.Errorf("what has arrived is out of line: %+v", f)
	}
	moved.must("note", conversationWith(t, moved, "subject:Late"), "Work goes on.")
	migrateThroughPostgres(t, moved)
}

// migrateThroughPostgres goes on to a server and back into a file; a backup on
// the way is a file too. Neither may differ from where it began, though the
// desk is damaged and rebuilt there.
func migrateThroughPostgres(t *testing.T, d *desktop) {
	t.Helper()
	file := func(name string) string { return filepath.Join(d.env["HOME"], name) }
	began, dsn := dumpDesk(t, d.env["POSTROOM_DB"]), testserver.Postgres(t)
	d.must("migrate", "--from", d.env["POSTROOM_DB"], "--to", dsn)
	server := d.at(dsn)
	var told copiedForm
	if err := json.Unmarshal([]byte(server.must("backup", file("copy.db"), "--json")), &told); err != nil || told.Mails != len(began["raws"]) {
		t.Error(told, err)
	}
	began.without("gate").mustEqual(t, dumpDesk(t, file("copy.db")).without("gate"))
	if left, _ := filepath.Glob(file("copy.db?*")); len(left) != 0 {
		t.Errorf("the backup has left %v", left)
	}
	if got := opens(t, server); got != "open sesame" {
		t.Errorf("on the server the password is %q", got)
	}
	rebuildsOnPostgres(t, server, dsn)
	if out := server.must("migrate", "--from", dsn, "--to", file("last.db")); !strings.Contains(out, "outbox_raws") || strings.Contains(out, testserver.Password) {
		t.Error(out)
	}
	began.without("gate", "desk", "events").mustEqual(t, dumpDesk(t, file("last.db")).without("gate", "desk", "events"))
	if r := server.run("conversation", "list"); r.code != exitConflict || !strings.Contains(r.err, "to "+file("last.db")) {
		t.Errorf("%+v", r)
	}
}

// rebuildsOnPostgres: a damaged desk on a server is as it was.
func rebuildsOnPostgres(t *testing.T, server *desktop, dsn string) {
	t.Helper()
	psql(t, dsn, `UPDATE messages SET subject = 'wrong' WHERE id % 3 = 0`, `UPDATE bodies SET head = 'no JSON' WHERE message % 4 = 0`,
		`DELETE FROM bodies WHERE message % 5 = 0`, `DELETE FROM refs WHERE message % 3 = 0`, `DELETE FROM participants WHERE conversation % 2 = 0`,
		`UPDATE conversations SET snippet = 'wrong' WHERE joined_to = 0 AND messages > 0`, `DELETE FROM search`)
	if r := server.run("search", "zebras", "--json"); strings.Contains(r.out, "Late") {
		t.Error("the damage is not seen")
	}
	if f := rebuilds(t, server); f.Changed == 0 || f.Conversations == 0 {
		t.Errorf("%+v", f)
	}
	if out := server.must("search", "zebras", "--json"); !strings.Contains(out, "Late") {
		t.Error("what was rebuilt is not found:", out)
	}
	if f := rebuilds(t, server); f.Changed+f.Conversations+f.References != 0 {
		t.Errorf("what was rebuilt is out of line: %+v", f)
	}
}

// TestSyncEndsWhenTheDeskMoves: it would say "Serving all accounts" for ever,
// and no mail would come in.
func TestSyncEndsWhenTheDeskMoves(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	cmd := d.command("sync")
	problems, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(problems)
	if !lines.Scan() || !strings.Contains(lines.Text(), "Serving all accounts") {
		t.Fatalf("sync begins with %q", lines.Text())
	}
	to := filepath.Join(d.env["HOME"], "new.db")
	d.must("migrate", "--from", d.env["POSTROOM_DB"], "--to", to)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(strings.Join(said, "\n"), "The desk has moved to "+to) {
		t.Errorf("it ends with %v and says %q", err, said)
	}
}

// psql runs statements on a server.
func psql(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(s, err)
		}
	}
}
