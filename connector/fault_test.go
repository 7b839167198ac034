package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// TestRenumberedTooOftenSurvivesARestart: more than three new epochs in a day
// pause the account, and starting the program again does not begin to count
// anew (promises P7).
func TestRenumberedTooOftenSurvivesARestart(t *testing.T) {
	t.Parallel()
	server := testserver.StartSick(t, testserver.Trouble{Name: "renumbering", At: "NONE"})
	o := newOffice(t, desk.Shared)
	a := o.connect(t, server.URL(), "", "anna@example.test")
	pass := func() error {
		list, err := openOffice(t, o.path).connector(t).Sync(soon(t, time.Minute))
		if err != nil || len(list) != 1 {
			t.Fatalf("sync: %v, %v", list, err)
		}
		return list[0].Err
	}
	for epoch := range epochLimit + 1 {
		if err := pass(); err != nil {
			t.Fatalf("epoch %d: %v", epoch, err)
		}
		server.Change(func(held []testserver.Held, validity uint32) ([]testserver.Held, uint32) { return held, validity + 1 })
	}
	for range 2 {
		if err := pass(); desk.KindOf(err) != desk.Offline || !strings.Contains(err.Error(), "numbered a folder anew") {
			t.Errorf("the fourth new epoch within a day is %v", err)
		}
	}
	if told := o.account(t, a.ID); told.State != desk.AccountRetrying || !strings.Contains(told.Cause, "rests") {
		t.Errorf("the account is %s: %s", told.State, told.Cause)
	}
	if n := o.total(t); n != 6 {
		t.Errorf("%d conversations, want 6", n)
	}
}

// TestReusedUIDIsReadAgain: a server that was restored without a new
// UIDVALIDITY gives a UID to another message. What the ledger had under that
// UID stays, and the other comes in.
func TestReusedUIDIsReadAgain(t *testing.T) {
	t.Parallel()
	server := testserver.StartSick(t, testserver.Trouble{Name: "restored", At: "NONE"})
	o := newOffice(t, desk.Shared)
	a := o.connect(t, server.URL(), "", "anna@example.test")
	con := o.connector(t)
	o.sync(t, con)
	change := func(change func([]testserver.Held) []testserver.Held) {
		server.Change(func(held []testserver.Held, validity uint32) ([]testserver.Held, uint32) {
			return change(slices.Clone(held)), validity
		})
	}
	change(func(held []testserver.Held) []testserver.Held { return held[:4] })
	if s := o.sync(t, con); s.Gone != 2 {
		t.Errorf("after the restore: %+v", s)
	}
	change(func(held []testserver.Held) []testserver.Held {
		other := server.NewHeld(5)
		other.Raw = append(other.Raw, "Another line.\r\n"...)
		return append(held, other)
	})
	if s := o.sync(t, con); s.New != 1 {
		t.Errorf("the message that took over UID 5: %+v", s)
	}
	if found := o.audit(t, con, a.ID); !found.Complete() || o.total(t) != 7 {
		t.Errorf("%d conversations; the audit finds %+v", o.total(t), found)
	}
}

// TestHalfAMailIsNeverKept: whatever a server announces, what is stored is the
// whole message or nothing.
func TestHalfAMailIsNeverKept(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		"* 3 FETCH (UID 3 FLAGS () BODY[] {10}\r\nSubject: half of what there is\r\n\r\ntext\r\n)\r\n",
		"* 3 FETCH (UID 3 FLAGS () BODY[] {60}\r\nSubject: short\r\n\r\nx\r\n)\r\n* 2 FETCH (UID 2 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\n",
	} {
		server := testserver.StartSick(t, testserver.Trouble{Name: "wrong length", At: "FETCH", Message: 3, Do: func(_ *testserver.Sick, s *testserver.Session) error {
			return testserver.Write(answer)(s)
		}})
		o := newOffice(t, desk.Shared)
		o.connect(t, server.URL(), "", "anna@example.test")
		con := o.connector(t)
		con.pace = hasty()
		if s := o.sync(t, con); s.New != 5 || s.Skipped != 1 {
			t.Errorf("%+v, want 5 new and one skipped", s)
		}
		for _, subject := range o.subjects(t, desk.InOpen) {
			if !strings.HasPrefix(subject, "wrong length") {
				t.Errorf("half a mail is kept: %q", subject)
			}
		}
	}
}

// TestModSeqGoesBack: after a restore the server counts from a lower MODSEQ.
// Flags that change then are seen all the same.
func TestModSeqGoesBack(t *testing.T) {
	t.Parallel()
	modseq := 900
	server := testserver.StartSick(t, testserver.Trouble{
		Name: "modseq", Capabilities: "IMAP4rev1 CONDSTORE", UIDs: []uint32{1}, At: "EXAMINE",
		Do: func(_ *testserver.Sick, s *testserver.Session) error {
			return testserver.Say("* 1 EXISTS", "* OK [UIDVALIDITY 7] x", "* OK [UIDNEXT 2] x", fmt.Sprintf("* OK [HIGHESTMODSEQ %d] x", modseq), "$tag OK done")(s)
		},
	})
	o := newOffice(t, desk.Personal)
	o.connect(t, server.URL(), "", "anna@example.test")
	con := o.connector(t)
	o.sync(t, con)
	if rows := o.rows(t, desk.InOpen); len(rows) != 1 || !rows[0].Unread {
		t.Fatalf("a new letter is %+v", rows)
	}
	modseq = 3
	server.Change(func(held []testserver.Held, validity uint32) ([]testserver.Held, uint32) {
		held = slices.Clone(held)
		held[0].Seen = true
		return held, validity
	})
	o.sync(t, con)
	if rows := o.rows(t, desk.InOpen); rows[0].Unread {
		t.Error("a letter read in another program is still unread here")
	}
}

// hanging are the troubles that keep a connection busy until its deadline.
func hanging() []testserver.Trouble {
	return slices.DeleteFunc(testserver.Troubles(), func(trouble testserver.Trouble) bool {
		return trouble.Secure || !strings.HasPrefix(trouble.Name, "silence") && !strings.HasPrefix(trouble.Name, "half") && !strings.HasSuffix(trouble.Name, "letter by letter")
	})
}

// TestSickServersDelayNoOther measures how long new mail of a well account
// takes alone, and beside accounts whose servers hang at every stage. All of
// it has to be here while those still wait for their first answer.
func TestSickServersDelayNoOther(t *testing.T) {
	t.Parallel()
	const letters = 9
	mail := testserver.Shared(t)
	user := mail.User(t)
	o := newOffice(t, desk.Shared)
	well := o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	con := o.connector(t)
	const deadline = 5 * time.Minute
	con.pace.greeting, con.pace.exchange, con.pace.search, con.pace.mail = deadline, deadline, deadline, deadline
	run(t, con)
	o.awaitHealth(t, well.ID, "to be well", func(a desk.Account) bool { return a.State == desk.AccountConnected })
	arrive := func(name string) time.Duration {
		var took []time.Duration
		for i := range letters {
			subject := fmt.Sprintf("%s %d", name, i)
			began := time.Now()
			mail.Deliver(t, user, rawMail(subject, "text"))
			o.await(t, subject, func() bool { return slices.Contains(o.subjects(t, desk.InOpen), subject) })
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		return took[letters/2]
	}
	alone := arrive("alone")
	var ward []patientServer
	for i, trouble := range hanging() {
		server := testserver.StartSick(t, trouble)
		a := o.connect(t, server.URL(), "", fmt.Sprintf("hangs%02d@example.test", i))
		ward = append(ward, patientServer{server, trouble, a.ID})
	}
	limit := soon(t, time.Minute)
	for _, p := range ward {
		select {
		case <-p.Shows():
		case <-limit.Done():
			t.Fatalf("%s: the trouble does not show", p.Name)
		}
	}
	beside := arrive("beside")
	t.Logf("median of %d: %v alone, %v beside %d servers that hang", letters, alone, beside, len(ward))
	if len(ward) < 8 {
		t.Errorf("only %d servers hang", len(ward))
	}
	for _, p := range ward {
		if n := p.Played(); n != 1 {
			t.Errorf("%s: the trouble has shown %d times: the mail came after its deadline", p.Name, n)
		}
	}
}
