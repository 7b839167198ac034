package main

import (
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"postroom/desk"
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
	sealed, err := secrets.Seal([]byte(password))
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
	// And on, to a third place.
	last := filepath.Join(d.env["HOME"], "last.db")
	if out := moved.must("migrate", "--from", to, "--to", last); !strings.Contains(out, "The desk has moved from "+to) || !strings.Contains(out, "outbox_raws") {
		t.Error(out)
	}
}
