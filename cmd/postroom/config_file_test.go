package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postroom/desk"
	"postroom/store"
)

// TestConfigFileMistakes: each mistake is told with its line and with what to
// write.
func TestConfigFileMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"exact = [":              "f.toml:1: ",
		"\n[[team]]\nname = 7\n": `f.toml:3: The name is no text.`,
		"[[team]]\nname = \"a\"\n\n[[team]]\nmembers = [\"x\"]\n":         `f.toml:4: This team has no name.`,
		"[[team]]\nname = \"a\"\nmembres = [\"x\"]\n":                     `f.toml:3: There is no "membres" of a team.`,
		"[[team]]\nname = \"a\"\nmembers = \"x\"\n":                       `f.toml:3: That cannot be the members of a team.`,
		"[[user]]\nlogin = \"a\"\ncapacity = \"12\"\n":                    `f.toml:3: That cannot be the capacity of a user.`,
		"[[rule]]\nname = \"a\"\ndisabled = \"no\"\n":                     `f.toml:3: That cannot be the disabled of a rule.`,
		"# x\n[team]\nname = \"a\"\n":                                     `f.toml:2: There is not one team only.`,
		"[[inbox]]\nname=\"a\"\nsignature = '''\n[[x]]\n'''\n[[teams]]\n": `f.toml:6: A set-up has no "teams".`,
		"colour = 1\n":         `f.toml:1: A set-up has no "colour".`,
		"\nexact = \"rule\"\n": `f.toml:2: It does not say which kinds the file has all of.`,
	} {
		_, err := readConfig("f.toml", []byte(text))
		var told *desk.Error
		if !errors.As(err, &told) || !strings.HasPrefix(told.Message, want) || told.Hint == "" {
			t.Errorf("%q is told as %v, want %s", text, err, want)
		}
	}
	f, err := readConfig("f.toml", []byte("[[user]]\nlogin = \"a\"\n\n[[team]]\nname = \"b\"\nmembers = [\"a\", \"zoe\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	of := func(message string) error {
		return f.placed(&desk.ConfigError{Entry: 1, Err: &desk.Error{Message: message}})
	}
	if got, want := of(`There is no user "zoe".`).Error(), `f.toml:6: There is no user "zoe".`; got != want {
		t.Errorf("told as %s, want %s", got, want)
	}
	if got, want := of("Too many.").Error(), "f.toml:4: Too many."; got != want {
		t.Errorf("told as %s, want %s", got, want)
	}
}

// TestConfigFileKeepsTexts: whatever a text holds, the file holds it too, and
// nothing in the file gives a terminal a command.
func TestConfigFileKeepsTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z"'\\#\n\t\x7f\x{9b}\x{202e}ü=\[\]]*x`).Draw(t, "text")
		want := desk.Config{Exact: []string{"rule"}, Entries: []desk.ConfigEntry{
			{Kind: "user", Name: "ada", Values: map[string][]string{"capacity": {"12"}, "disabled": {"yes"}}},
			{Kind: "inbox", Name: text, Values: map[string][]string{"members": {text, "b"}, "signature": {text}}},
		}}
		written := configText(want)
		if strings.ContainsAny(written, "\x7f\u009b\u202e") {
			t.Errorf("the file has signs for a terminal: %q", written)
		}
		got, err := readConfig("f.toml", []byte(written))
		if err != nil {
			t.Fatalf("%v in\n%s", err, written)
		}
		if !reflect.DeepEqual(got.Config, want) {
			t.Errorf("written %q, read %q, from\n%s", want, got.Config, written)
		}
	})
}

// TestThreeInboxes: the example brings each of thirty mails to the team it is
// for (rows S160, S161).
func TestThreeInboxes(t *testing.T) {
	const example = "../../examples/three-inboxes.toml"
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	f, err := readConfig(example, data)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"), store.Options{AnyDisk: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	d, err := desk.New(t.Context(), desk.Outside{Store: st, Clock: func() time.Time { return now }, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	admin, err := d.SignIn(t.Context(), "root", "")
	if err != nil {
		t.Fatal(err)
	}
	seat := d.As(admin)
	if done, err := seat.Apply(t.Context(), f.Config); err != nil || len(done.Missing) != 3 {
		t.Fatalf("applied: %v, %v", done, err)
	}
	if done, err := seat.Apply(t.Context(), f.Config); err != nil || len(done.Changes) != 0 {
		t.Fatalf("applied again: %v, %v", done, err)
	}
	teams, inboxes := map[desk.TeamID]string{}, map[string]desk.InboxID{}
	list, err := seat.Teams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, team := range list {
		teams[team.ID] = team.Name
	}
	views, err := seat.Inboxes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		inboxes[strings.Fields(v.Name)[0]] = v.ID
	}
	mails, routed := routedMails(t), 0
	for i, m := range mails {
		got := routedTo(t.Context(), t, st, d, inboxes[m.inbox], i, m.subject, teams)
		if slices.Contains(got, m.team) {
			routed++
		} else {
			t.Errorf("%q in %s went to %v, want %s", m.subject, m.inbox, got, m.team)
		}
	}
	if len(mails) != 30 || routed != 30 {
		t.Errorf("%d of %d mails went where they belong", routed, len(mails))
	}
}

type routedMail struct{ inbox, subject, team string }

// routedMails reads the fixture: the inbox, the subject and the team of each.
func routedMails(t *testing.T) []routedMail {
	t.Helper()
	file, err := os.Open("testdata/three-inboxes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var mails []routedMail
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		parts := strings.Split(lines.Text(), " | ")
		if len(parts) != 3 {
			t.Fatalf("%q is no mail", lines.Text())
		}
		mails = append(mails, routedMail{parts[0], parts[1], parts[2]})
	}
	return mails
}

// routedTo lets a mail come in and says which team has it: itself, or those one
// of whose people has it.
func routedTo(ctx context.Context, t *testing.T, st *store.Store, d *desk.Desk, in desk.InboxID, n int, subject string, teams map[desk.TeamID]string) (has []string) {
	t.Helper()
	at := d.Now()
	var raw desk.RawID
	err := st.Write(ctx, func(w desk.Writer) error {
		var err error
		raw, _, err = w.AddRaw(in, 0, desk.Folder{Role: desk.RoleInbox}, desk.Fetched{At: at, Packed: st.Pack(fmt.Appendf(nil, "mail %d", n))})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	from := fmt.Sprintf("customer%d@shop.example", n)
	err = d.Mailroom().Receive(ctx, []desk.Incoming{{Raw: raw, Inbox: in, Role: desk.RoleInbox, At: at, Mail: desk.Mail{
		MessageID: fmt.Sprintf("m%d@shop.example", n), Subject: subject, Text: "Hello, please see the subject.", From: []desk.Mailbox{{Addr: from}},
		To: []desk.Mailbox{{Addr: "us@acme.example"}}, Auto: desk.Auto{Kind: desk.AutoNone},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	err = st.Read(ctx, func(r desk.Reader) error {
		c, err := r.Conversation(desk.ConversationID(n + 1))
		if err != nil {
			return err
		}
		if c.Inbox != in || c.Ticket == 0 {
			t.Errorf("%q is no ticket", subject)
		}
		if c.Team != 0 || c.Assignee == 0 {
			has = []string{teams[c.Team]}
			return nil
		}
		of, err := r.TeamsOf(c.Assignee)
		for _, id := range of {
			has = append(has, teams[id])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return has
}
