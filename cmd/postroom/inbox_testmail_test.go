package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// The test mail of an inbox goes through a real mail server, and fails at the
// hop that is broken.

func TestInboxTestMail(t *testing.T) {
	t.Parallel()
	newDesktop(t).testsInbox(t)
}

func TestInboxTestMailPostgres(t *testing.T) {
	t.Parallel()
	newDesktop(t).onPostgres().testsInbox(t)
}

func (d *desktop) testsInbox(t *testing.T) {
	t.Helper()
	m := testserver.StartMail(t, us, anna)
	d.furnish(m, us)

	if got := d.must("inbox", "test", "support", "--dry-run"); !strings.Contains(got, "dry run") || len(m.Messages(t, us, "INBOX")) != 0 {
		t.Errorf("a rehearsed test says %s", got)
	}
	one := d.tested("support")
	if !one.Passed || len(one.Hops) != 6 || slices.ContainsFunc(one.Hops, func(h hopTold) bool { return h.At == nil }) {
		t.Errorf("the test is %+v", one)
	}
	if got := d.must("inbox", "test", "Support"); !strings.Contains(got, "Logged:") || strings.Contains(got, "failed") {
		t.Errorf("the second test says %s", got)
	}
	arrived := m.Await(t, us, "INBOX", 2)
	if !bytes.Contains(arrived[0].Raw, []byte("\r\nAuto-Submitted: auto-generated\r\n")) {
		t.Errorf("an absence note may answer\n%s", arrived[0].Raw)
	}
	if sent := m.Messages(t, us, "Sent"); len(sent) != 0 {
		t.Errorf("%d tests are kept in Sent", len(sent))
	}

	// Both are in one closed conversation, which is nobody's work.
	list := d.conversations("is:closed")
	if len(list) != 1 || list[0].Messages != 4 || list[0].Unread || list[0].WaitingSince != nil || list[0].Assignee != nil {
		t.Errorf("the closed conversations are %+v", list)
	}
	if got := d.conversations(); len(got) != 0 {
		t.Errorf("the tests lie open: %+v", got)
	}
	if got := d.must("conversation", "show", "1"); strings.Count(got, "inbox tested") != 2 {
		t.Errorf("the timeline shows %s", got)
	}
	if got := d.must("outbox", "list", "--json"); strings.TrimSpace(got) != "[]" {
		t.Errorf("the outbox holds %s", got)
	}
	if got := d.must("rebuild", "--dry-run", "--json"); !regexp.MustCompile(`"changed": 0`).MatchString(got) {
		t.Errorf("a rebuild would change %s", got)
	}
	d.takesForgeriesForMail(t, m, arrived[0].Raw)
}

// takesForgeriesForMail is the control: what only looks like a test is work.
func (d *desktop) takesForgeriesForMail(t *testing.T, m *testserver.Mail, test []byte) {
	t.Helper()
	token := string(regexp.MustCompile(`In-Reply-To:\s+<([^>]+)>`).FindSubmatch(test)[1])
	forged := strings.Replace(token, "pr1.1.", "pr1.2.", 1)
	if forged == token {
		t.Fatalf("the token is %s", token)
	}
	for i, f := range []struct{ from, answers string }{{us, forged}, {anna, forged}, {anna, token}} {
		m.Deliver(t, us, fmt.Appendf(nil, "From: <%s>\r\nTo: %s\r\nSubject: Test mail %d\r\nDate: %s\r\nMessage-ID: <f%d@x.test>\r\nIn-Reply-To: <%s>\r\n\r\nHelp!\r\n",
			f.from, us, i, time.Now().UTC().Format(time.RFC1123Z), i, f.answers))
	}
	d.must("sync", "--once")
	list := d.conversations()
	if len(list) != 3 {
		t.Errorf("of 3 forged tests these are open: %+v", list)
	}
	for _, c := range list {
		if c.WaitingSince == nil || !c.Unread {
			t.Errorf("nobody is told of %+v", c)
		}
	}
}

// TestInboxTestBesideTheScreen: who serves the account fetches the test mail.
func TestInboxTestBesideTheScreen(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, anna)
	d := newDesktop(t)
	d.furnish(m, us)
	screen := d.open(120, 40)
	m.Deliver(t, us, letterTo(us, "one@example.test", "Where is my parcel"))
	screen.see("Where is my parcel")
	if got := d.must("sync", "--once"); !strings.Contains(got, "another process serves it") {
		t.Errorf("the screen does not serve the account: %s", got)
	}
	if one := d.tested("support"); !one.Passed {
		t.Errorf("the test is %+v", one)
	}
	if got := d.conversations(); len(got) != 1 {
		t.Errorf("open are %+v", got)
	}
}

func TestInboxTestNamesTheHop(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, "lost@example.test", "refused@example.test", "deaf@example.test")
	for _, f := range []struct {
		name, address, hop, says string
		smtp                     bool
		patience                 string // an hour where nothing is to be waited for
	}{
		{"refused", "refused@example.test", "sent", "refused the test mail", false, "1h"},
		{"unreachable", us, "sent", "the connection is refused", true, "1h"},
		{"lost", "lost@example.test", "delivered", "not in the mailbox", false, "6s"},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			d := newDesktop(t)
			gate := testserver.NewGate(t, m.SMTPS)
			d.furnishAt(m, f.address, m.IMAPS, gate.Addr)
			if f.smtp {
				gate.Shut()
			}
			d.failsAt(t, f.hop, f.says, f.patience)
			if got := d.must("outbox", "list", "--json"); strings.TrimSpace(got) != "[]" {
				t.Errorf("the outbox holds %s", got)
			}
			if got := d.conversations(); len(got) != 0 {
				t.Errorf("the test lies open: %+v", got)
			}
			if f.hop == "delivered" {
				d.tellsOfLosses(t, m, f.address)
			}
		})
	}
	t.Run("unread", func(t *testing.T) {
		t.Parallel()
		testUnread(t, m, "deaf@example.test")
	})
}

// testUnread shuts the mailbox, and lets the mail be found among the spam.
func testUnread(t *testing.T, m *testserver.Mail, address string) {
	t.Helper()
	d := newDesktop(t)
	gate := testserver.NewGate(t, m.IMAPS)
	d.furnishAt(m, address, gate.Addr, m.SMTPS)
	gate.Shut()
	d.failsAt(t, "fetched", "the connection is refused", "1h")
	arrived := m.Await(t, address, "INBOX", 1)
	m.Move(t, address, "INBOX", "Junk", arrived[0].UID)
	gate.Open()
	d.must("sync", "--once")
	_, h := d.openHouse()
	defer func() { _ = h.close() }()
	trip, err := h.seat.FollowTest(t.Context(), 1)
	if err != nil || trip.Next != desk.HopRouted || !trip.Stuck || !trip.Has(desk.HopThreaded) {
		t.Errorf("%v: a test among the spam is %+v", err, trip)
	}
	if _, err := h.seat.BeginTest(t.Context(), "other", trip.Outgoing.Account); desk.KindOf(err) != desk.NotFound {
		t.Errorf("an account was tested for an inbox that is not there: %v", err)
	}
	d.withdrawsOldTests(t, trip.Outgoing.Account)
}

// tellsOfLosses follows a lost test mail that is reported as undeliverable, and
// then comes all the same, without what it answers.
func (d *desktop) tellsOfLosses(t *testing.T, m *testserver.Mail, address string) {
	t.Helper()
	_, h := d.openHouse()
	defer func() { _ = h.close() }()
	follow := func() desk.Trip {
		trip, err := h.seat.FollowTest(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		return trip
	}
	out := follow().Outgoing
	m.DeliverFrom(t, "", address, fmt.Appendf(nil, "From: MAILER-DAEMON@example.test\r\nTo: %[1]s\r\nSubject: Undelivered Mail Returned to Sender\r\nDate: %[2]s\r\n"+
		"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"+
		"--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.test\r\n\r\n"+
		"Final-Recipient: rfc822; %[1]s\r\nAction: failed\r\nStatus: 5.2.2\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <%[3]s>\r\n--b--\r\n",
		address, time.Now().UTC().Format(time.RFC1123Z), out.HeaderID))
	d.must("sync", "--once")
	if trip := follow(); trip.Next != desk.HopDelivered || !trip.Stuck || !strings.Contains(trip.Missing.Error(), "undeliverable (5.2.2)") {
		t.Errorf("a test that bounced is %+v", trip)
	}
	m.Deliver(t, address, fmt.Appendf(nil, "From: <%s>\r\nSubject: Test\r\nDate: %s\r\nMessage-ID: <%s>\r\n\r\nTest\r\n",
		address, time.Now().UTC().Format(time.RFC1123Z), out.HeaderID))
	d.must("sync", "--once")
	if trip := follow(); trip.Next != desk.HopThreaded || !trip.Stuck {
		t.Errorf("a test that has lost its thread is %+v", trip)
	}
}

// withdrawsOldTests looks after what a killed test has left.
func (d *desktop) withdrawsOldTests(t *testing.T, account desk.AccountID) {
	t.Helper()
	for _, later := range []struct {
		by      time.Duration
		waiting int
	}{{0, 1}, {desk.TestTime / 2, 2}, {2 * desk.TestTime, 1}} {
		p, h := d.openHouse()
		if err := h.close(); err != nil {
			t.Fatal(err)
		}
		p.clock = func() time.Time { return time.Now().Add(later.by) }
		h, err := p.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.seat.BeginTest(t.Context(), "support", account)
		list, failure := h.seat.Outbox(t.Context(), false)
		if err := errors.Join(err, failure, h.close()); err != nil || len(list) != later.waiting {
			t.Errorf("%v: %v later %d tests wait, want %d", err, later.by, len(list), later.waiting)
		}
	}
}

// TestHopsAreTold: each hop is told when it is first seen, and once.
func TestHopsAreTold(t *testing.T) {
	var out bytes.Buffer
	p := &program{print: &printer{out: &out}}
	began := time.Date(2026, 10, 19, 9, 42, 0, 0, time.UTC)
	trip := desk.Trip{Outgoing: desk.Outgoing{CreatedAt: began}, Next: desk.HopSent, Missing: errors.New("it waits")}
	told := p.tellsHops(desk.Account{Address: us}, false)
	said := func(what, want string) {
		t.Helper()
		if out.String() != want {
			t.Errorf("%s: %q, want %q", what, out.String(), want)
		}
		out.Reset()
	}
	told.passed(trip)
	said("nothing yet", "")
	trip.Passed, trip.Next = []desk.Passage{{Hop: desk.HopSent, At: began.Add(time.Second)}}, desk.HopDelivered
	told.passed(trip)
	said("it has left", "Sent:      09:42:01 UTC (after 1.0 s)\n")
	told.passed(trip)
	said("no news", "")
	told.over(trip)
	said("the end", "Delivered: failed\nFetched:   -\nThreaded:  -\nRouted:    -\nLogged:    -\n")
}

// failsAt wants a test to fail at a hop, and everything behind that unknown.
func (d *desktop) failsAt(t *testing.T, hop, says, patience string) {
	t.Helper()
	r := d.run("inbox", "test", "support", "--timeout", patience, "--json")
	var forms []testTold
	if err := json.Unmarshal([]byte(r.out), &forms); err != nil || len(forms) != 1 {
		t.Fatalf("%v: %d %s%s", err, r.code, r.out, r.err)
	}
	if r.code != exitFailed || forms[0].Passed || !strings.Contains(r.err, "TEST_NOT_"+strings.ToUpper(hop)) || !strings.Contains(r.err, says) {
		t.Errorf("want %s and %q, got %d: %s%s", hop, says, r.code, r.out, r.err)
	}
	failed := slices.IndexFunc(forms[0].Hops, func(h hopTold) bool { return h.Hop == hop })
	for i, h := range forms[0].Hops {
		if i >= failed && h.At != nil || i == 0 && failed > 0 && h.At == nil {
			t.Errorf("failed at %s, but %+v", hop, h)
		}
	}
	if got := d.must("conversation", "show", "1"); !strings.Contains(got, "inbox tested, not "+hop) {
		t.Errorf("the timeline shows %s", got)
	}
}

type hopTold struct {
	Hop string
	At  *time.Time
}

type testTold struct {
	Passed bool
	Hops   []hopTold
}

func (d *desktop) tested(inbox string) testTold {
	d.t.Helper()
	var forms []testTold
	if err := json.Unmarshal([]byte(d.must("inbox", "test", inbox, "--json")), &forms); err != nil || len(forms) != 1 {
		d.t.Fatalf("%v: %+v", err, forms)
	}
	return forms[0]
}

type listed struct {
	Messages               int
	Unread                 bool
	WaitingSince, Assignee *string `json:",omitempty"`
}

// conversations lists what a query finds.
func (d *desktop) conversations(query ...string) []listed {
	d.t.Helper()
	var list []listed
	text := strings.ReplaceAll(d.must(append([]string{"conversation", "list", "--json"}, query...)...), "waiting_since", "WaitingSince")
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		d.t.Fatal(err)
	}
	return list
}

// furnish makes the inbox support with an account.
func (d *desktop) furnish(m *testserver.Mail, address string) {
	d.t.Helper()
	d.furnishAt(m, address, m.IMAPS, m.SMTPS)
}

func (d *desktop) furnishAt(m *testserver.Mail, address, imap, smtp string) {
	d.t.Helper()
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "support", "--shared")
	d.must("account", "connect", address, "--inbox", "support", "--imap", imap, "--smtp", smtp, "--ca", m.CAFile)
}
