package connector

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// hastySMTP is a patience at which a test sees every deadline and every next
// attempt. The answer to a final dot decides, so a well server has more time.
func hastySMTP() patience {
	const short = time.Second
	return patience{
		connect: 10 * time.Second, greeting: short, command: short, data: 8 * short, goodbye: short, grace: 100 * time.Millisecond,
		doubt: 12 * time.Minute, again: short, most: 2 * short, retries: []time.Duration{short, 2 * short},
	}
}

// postOffice is a desk whose accounts send, each in an inbox of its own. They
// read from one server that has no mail.
type postOffice struct {
	*office
	imap   string
	con    *Connector
	sender *Sender
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	empty := testserver.Script(t, nil, testserver.Say("* OK ready"), testserver.IMAP{}.Until("LOGOUT"))
	o := &postOffice{office: newOffice(t, desk.Shared), imap: "imap://" + empty.Address}
	o.con = o.connector(t)
	o.con.pace = hasty()
	o.sender = NewSender(SenderOptions{
		Desk: o.desk, Log: slog.New(slog.NewTextHandler(testLog{t}, nil)),
		Password: func(context.Context, desk.Account) (string, error) { return testserver.Password, nil },
	})
	o.sender.patience, o.sender.pace = hastySMTP(), hasty()
	o.con.outbox = o.sender
	return o
}

// smtpPatient is a sick submission server with its account.
type smtpPatient struct {
	*testserver.SickSMTP
	testserver.SMTPTrouble
	account desk.AccountID
	inbox   string
	first   desk.OutgoingID
}

// admit connects an account to a sick server, and has it send a mail.
func (o *postOffice) admit(t *testing.T, trouble testserver.SMTPTrouble, n int) smtpPatient {
	t.Helper()
	server := testserver.StartSickSMTP(t, trouble)
	p := smtpPatient{SickSMTP: server, SMTPTrouble: trouble, inbox: fmt.Sprintf("inbox%02d", n)}
	if _, err := o.seat.CreateInbox(t.Context(), p.inbox, desk.Shared); err != nil {
		t.Fatal(err)
	}
	a := accountOn(t, o.imap, server.CAFile, fmt.Sprintf("sick%02d@example.test", n))
	a.SMTP, a.FilesSent = server.URL(), true
	a, err := o.seat.Connect(t.Context(), p.inbox, a)
	if err != nil {
		t.Fatal(err)
	}
	p.account = a.ID
	p.first = o.post(t, p.inbox)
	return p
}

// post sends a mail to three recipients.
func (o *postOffice) post(t *testing.T, inbox string) desk.OutgoingID {
	t.Helper()
	dr, err := o.seat.NewMail(t.Context(), inbox)
	if err != nil {
		t.Fatal(err)
	}
	dr.To = []desk.Mailbox{{Addr: "ann@customer.test"}, {Addr: testserver.SickRecipient}, {Addr: "carl@customer.test"}}
	dr.Subject, dr.Text = "Your parcel", "It is on its way."
	sent, err := o.seat.Send(t.Context(), dr, desk.SendOptions{})
	if err != nil || len(sent.Cautions) > 0 {
		t.Fatalf("send: %v, %v", sent.Cautions, err)
	}
	return sent.Outgoing.ID
}

// shown is a mail as its author sees it in the outbox.
func (o *postOffice) shown(t *testing.T, id desk.OutgoingID) desk.Outgoing {
	t.Helper()
	list, err := o.seat.Outbox(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(out desk.Outgoing) bool { return out.ID == id })
	if i < 0 {
		t.Fatalf("mail %d is not in the outbox", id)
	}
	return list[i]
}

// awaitMail waits until a mail is in a state, with words beside it.
func (o *postOffice) awaitMail(t *testing.T, id desk.OutgoingID, state, says string) desk.Outgoing {
	t.Helper()
	var out desk.Outgoing
	bell := o.desk.Bell().Listen()
	defer bell.Close()
	ctx := soon(t, patienceForHealth)
	for {
		out = o.shown(t, id)
		if string(out.State) == state && slices.ContainsFunc(strings.Split(says, "|"), func(some string) bool { return strings.Contains(out.LastError, some) }) {
			return out
		}
		select {
		case <-bell.Rung():
			bell.Take()
		case <-ctx.Done():
			t.Fatalf("waited for mail %d to be %s (%s); it is %s: %s", id, state, says, out.State, out.LastError)
		}
	}
}

// TestEverySickSMTPServerIsToldAndHeals sends from one account on each sick
// submission server, all at once. The author sees in words what became of each
// mail; once a server is well, what waited leaves by itself, and so does what
// is sent then. Whatever the servers have done, none has a mail twice, and none
// that was not accepted is called so (promises P10, P11, P12).
func TestEverySickSMTPServerIsToldAndHeals(t *testing.T) {
	t.Parallel()
	o := newPostOffice(t)
	var ward []smtpPatient
	for i, trouble := range testserver.SMTPTroubles() {
		ward = append(ward, o.admit(t, trouble, i))
	}
	run(t, o.con)
	if len(ward) < 45 {
		t.Errorf("only %d sick servers", len(ward))
	}
	for _, p := range ward {
		t.Run(p.Name, func(t *testing.T) {
			told := o.awaitMail(t, p.first, p.Leaves, p.Says)
			await(t, p.Shows(), "the trouble to show")
			t.Logf("%s: %s", told.State, told.LastError)
			if said := told.LastError + o.account(t, p.account).Cause; strings.ContainsAny(said, "\x1b\x07\r\n") || len(said) > 2000 {
				t.Errorf("what it says is not harmless: %q", said)
			}
			p.Heal()
		})
	}
	for _, p := range ward {
		t.Run(p.Name+", well again", func(t *testing.T) {
			ends := p.Leaves
			if ends == string(desk.Deferred) {
				ends = string(desk.Accepted)
			}
			o.awaitHealth(t, p.account, "to be well", func(a desk.Account) bool { return a.State == desk.AccountConnected && a.Cause == "" })
			first := o.awaitMail(t, p.first, ends, "")
			second := o.awaitMail(t, o.post(t, p.inbox), string(desk.Accepted), "")
			want := map[string]int{second.HeaderID: 1}
			if first.State == desk.Accepted || p.Takes {
				want[first.HeaderID] = 1
			}
			if got := p.Taken(); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("the server has %v, want %v", got, want)
			}
			if again := o.shown(t, p.first); again.State != first.State {
				t.Errorf("the first mail was %s and is %s", first.State, again.State)
			}
		})
	}
}

// await waits for something that has to happen soon.
func await(t *testing.T, happens <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-happens:
	case <-soon(t, patienceForHealth).Done():
		t.Fatalf("waited for %s", what)
	}
}

// TestSickSMTPServersDelayNoOther measures how long a mail of a well account
// takes alone, and beside accounts whose servers hang at every stage. All of
// its mail has to be out while those still wait for their first answer.
func TestSickSMTPServersDelayNoOther(t *testing.T) {
	t.Parallel()
	const letters = 9
	o := newPostOffice(t)
	const deadline = 5 * time.Minute
	o.sender.patience.greeting, o.sender.patience.command, o.sender.patience.data = deadline, deadline, deadline
	well := o.admit(t, testserver.SMTPTrouble{Name: "well", At: "NONE"}, 0)
	run(t, o.con)
	o.awaitMail(t, well.first, string(desk.Accepted), "")
	leave := func() time.Duration {
		var took []time.Duration
		for range letters {
			began := time.Now()
			o.awaitMail(t, o.post(t, well.inbox), string(desk.Accepted), "")
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		return took[letters/2]
	}
	alone := leave()
	var ward []smtpPatient
	for i, trouble := range testserver.SMTPTroubles() {
		if strings.HasPrefix(trouble.Name, "silence") && trouble.At != "QUIT" || strings.HasPrefix(trouble.Name, "half a greeting") || strings.Contains(trouble.Name, "letter by letter") || strings.HasPrefix(trouble.Name, "a dead line") {
			ward = append(ward, o.admit(t, trouble, i+1))
		}
	}
	for _, p := range ward {
		await(t, p.Shows(), p.Name)
	}
	beside := leave()
	t.Logf("median of %d: %v alone, %v beside %d servers that hang", letters, alone, beside, len(ward))
	if len(ward) < 8 {
		t.Errorf("only %d servers hang", len(ward))
	}
	for _, p := range ward {
		if n := p.Played(); n != 1 {
			t.Errorf("%s: the trouble has shown %d times: the mail left after its deadline", p.Name, n)
		}
	}
	if n := len(well.Taken()); n != 1+2*letters {
		t.Errorf("the well server has %d mails", n)
	}
}

// TestWaitingMailLeavesWithinAMinute of a server that is back, however long it
// was away, and all of it is tried as one: by a server that is not, a hundred
// mails are one attempt.
func TestWaitingMailLeavesWithinAMinute(t *testing.T) {
	t.Parallel()
	server := script(t, testserver.Hangup())
	o := sending(t, onScript(server.Address))
	const mails = 20
	var list []desk.OutgoingID
	for range mails {
		list = append(list, o.queue("ben@customer.test").ID)
	}
	for attempt := 1; attempt <= 12; attempt++ {
		if _, err := o.drain(); desk.KindOf(err) != desk.Offline {
			t.Fatal(err)
		}
		if n := server.Sessions(); n != attempt {
			t.Fatalf("%d connections at attempt %d, with %d mails", n, attempt, mails)
		}
		due := o.want(list[0], desk.Deferred, "ended the connection").NextTry
		if wait := due.Sub(o.desk.Now()); wait <= 0 || wait > time.Minute {
			t.Errorf("attempt %d: the next is in %v", attempt, wait)
		}
		for _, id := range list {
			if at := o.row(id).NextTry; !at.Equal(due) {
				t.Errorf("attempt %d: one mail waits until %v, another until %v", attempt, due, at)
			}
		}
		o.pass(due.Sub(o.desk.Now()))
	}
	// What is no news has not been written down each time.
	thread, err := o.seat.Thread(t.Context(), o.row(list[0]).Conversation, 100)
	if err != nil {
		t.Fatal(err)
	}
	deferred := 0
	for _, item := range thread.Items {
		if item.Event != nil && item.Event.Kind == desk.EventDeferred {
			deferred++
		}
	}
	if deferred != 1 {
		t.Errorf("%d events about one mail that waits", deferred)
	}
}
