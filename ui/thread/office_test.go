package thread_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/internal/testdesk"
	"postroom/store"
	"postroom/ui"
	"postroom/ui/uitest"
)

// office is a desk on a real database with a team, inboxes and a clock that
// only the test moves.
type office struct {
	t       testing.TB
	clock   *uitest.Clock
	desk    *desk.Desk
	maya    *desk.Seat
	tom     *desk.Seat
	account map[string]desk.Account
	lease   map[string]desk.Lease
	folder  map[string]desk.Folder
	number  map[string]desk.InboxID
	uid     uint32
	// past is how long ago things happen that are done now.
	past time.Duration
	seed io.Reader
}

// monday is when every story begins.
func monday() time.Time { return time.Date(2026, 10, 19, 9, 42, 0, 0, time.UTC) }

func newOffice(t testing.TB) *office {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, testdesk.File(t), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	o := &office{t: t, clock: uitest.NewClock(monday()), account: map[string]desk.Account{}, lease: map[string]desk.Lease{}, folder: map[string]desk.Folder{}, number: map[string]desk.InboxID{}}
	o.seed = rand.NewChaCha8([32]byte{1})
	o.desk, err = desk.New(ctx, desk.Outside{Store: db, Clock: o.now, Rand: o.seed})
	must(t, err)
	actor, err := o.desk.SignIn(ctx, "maya", "")
	must(t, err)
	o.maya = o.desk.As(actor)
	_, err = o.maya.AddUser(ctx, "tom", "Tom Ashe", desk.RoleAgent)
	must(t, err)
	actor, err = o.desk.SignIn(ctx, "tom", "")
	must(t, err)
	o.tom = o.desk.As(actor)
	o.inbox("Billing", desk.Shared)
	o.inbox("Maya", desk.Personal)
	o.inbox("Support", desk.Shared)
	must(t, o.maya.AddMember(ctx, "Billing", "tom", desk.WorkRights()))
	return o
}

// now is the time at the desk.
func (o *office) now() time.Time { return o.clock.Now().Add(-o.past) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// inbox makes an inbox with a connected mailbox.
func (o *office) inbox(name string, kind desk.InboxKind) {
	o.t.Helper()
	ctx := context.Background()
	in, err := o.maya.CreateInbox(ctx, name, kind)
	must(o.t, err)
	a, err := o.maya.Connect(ctx, name, desk.Account{Address: desk.FoldName(name) + "@acme.test", IMAP: "imaps://mail.acme.test", SMTP: "smtps://mail.acme.test"})
	must(o.t, err)
	mr := o.desk.Mailroom()
	l, err := mr.Lease(ctx, a.ID, "test", "")
	must(o.t, err)
	f, err := mr.Folder(ctx, l, "INBOX", desk.RoleInbox, 1)
	must(o.t, err)
	must(o.t, mr.SetHealth(ctx, l, desk.AccountConnected, ""))
	o.account[name], o.lease[name], o.folder[name], o.number[name] = a, l, f, in.ID
}

// letter is a mail from outside.
type letter struct {
	inbox, name, addr, subject, text, quoted string
	age                                      time.Duration
	id, answers                              string
	attached, signature, cc                  string
	forged                                   bool
	defects                                  []string
}

// receive lets mails come in the way the connector does.
func (o *office) receive(letters ...letter) {
	o.t.Helper()
	ctx := context.Background()
	mr := o.desk.Mailroom()
	fetched := map[string][]desk.Fetched{}
	parsed := map[string][]desk.Incoming{}
	var inboxes []string
	for _, m := range letters {
		o.uid++
		at := o.clock.Now().Add(-m.age)
		if fetched[m.inbox] == nil {
			inboxes = append(inboxes, m.inbox)
		}
		fetched[m.inbox] = append(fetched[m.inbox], desk.Fetched{UID: o.uid, At: at, Packed: mr.Pack(fmt.Appendf(nil, "mail %d", o.uid))})
		parsed[m.inbox] = append(parsed[m.inbox], desk.Incoming{
			Inbox: o.number[m.inbox], Account: o.account[m.inbox].ID, Role: desk.RoleInbox, At: at, AuthFailed: m.forged, Mail: o.mail(m, at),
		})
	}
	var in []desk.Incoming
	for _, name := range inboxes {
		ids, err := mr.Keep(ctx, o.lease[name], o.folder[name], fetched[name])
		must(o.t, err)
		for i, id := range ids {
			parsed[name][i].Raw = id
		}
		in = append(in, parsed[name]...)
	}
	must(o.t, mr.Receive(ctx, in))
}

func (o *office) mail(m letter, at time.Time) desk.Mail {
	if m.id == "" {
		m.id = fmt.Sprintf("%d@test", o.uid)
	}
	mail := desk.Mail{
		MessageID: m.id, Date: at, Subject: m.subject, From: []desk.Mailbox{{Name: m.name, Addr: m.addr}},
		To: []desk.Mailbox{{Addr: o.account[m.inbox].Address}}, Text: m.text, BodyText: m.text, Quoted: m.quoted, Auto: desk.Auto{Kind: desk.AutoNone}, Defects: m.defects,
	}
	if m.answers != "" {
		mail.InReplyTo = []string{m.answers}
		mail.References = []string{m.answers}
	}
	mail.Signature = m.signature
	if m.cc != "" {
		mail.Cc = []desk.Mailbox{{Addr: m.cc}}
	}
	for i, name := range strings.Fields(m.attached) {
		mail.Attachments = append(mail.Attachments, desk.Attachment{Filename: name, ContentType: "application/pdf", Size: 84_000 << (4 * i)})
	}
	return mail
}

// refund is a conversation with a past: two letters, an answer, a note and a
// new letter.
func (o *office) refund() desk.ConversationID {
	o.t.Helper()
	ctx := context.Background()
	hour := time.Hour
	o.receive(letter{
		inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Refund still missing", id: "1@kite.test", age: 112 * hour, attached: "receipt.pdf photo.jpg",
		text: "Hi, I returned the blue lamp two weeks ago (order 88102) and the refund has not come through. Tracking says you received it on the 3rd. Could you check?", signature: "Priya Nair\nKite GmbH, Berlin",
	})
	id := o.ids(o.maya, desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest})[0]
	o.past = 96 * hour
	o.answer(o.tom, id, "Hello Priya, sorry about that. The stores are checking and I will write by Thursday.")
	_, err := o.tom.AddNote(ctx, id, "Warehouse ticket W-311. Chase Thursday. @Maya can you take this if I am out?")
	must(o.t, err)
	o.past = 48 * hour
	_, err = o.tom.Assign(ctx, []desk.ConversationID{id}, 0)
	must(o.t, err)
	o.past = 0
	o.receive(letter{
		inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: Refund still missing", id: "2@kite.test", answers: "1@kite.test", age: 11 * time.Minute, cc: "boss@kite.test",
		text:   "It is Friday and I heard nothing. This is the third time I am asking. Please just refund me today.",
		quoted: "> Hello Priya, sorry about that.\n> The stores are checking and\n> I will write by Thursday.",
	})
	return id
}

// answer is a reply that has left.
func (o *office) answer(by *desk.Seat, id desk.ConversationID, text string) {
	o.t.Helper()
	ctx := context.Background()
	d, err := by.NewReply(ctx, id, false)
	must(o.t, err)
	d.Text = text
	sent, err := by.Send(ctx, d, desk.SendOptions{})
	must(o.t, err)
	if len(sent.Cautions) > 0 {
		o.t.Fatalf("not sent: %v", sent.Cautions)
	}
	o.leave()
}

// leave lets everything that is due leave, the way a worker does.
func (o *office) leave() {
	o.t.Helper()
	ctx := context.Background()
	mr := o.desk.Mailroom()
	for name, l := range o.lease {
		l, err := mr.Lease(ctx, o.account[name].ID, l.Holder, "")
		must(o.t, err)
		o.lease[name] = l
		for {
			out, ok, err := mr.ClaimOutgoing(ctx, l)
			must(o.t, err)
			if !ok {
				break
			}
			out, err = mr.Submitting(ctx, l, out, []byte(out.Text))
			must(o.t, err)
			must(o.t, mr.Settle(ctx, l, out, desk.Settled{State: desk.Accepted}))
		}
	}
}

// outbox is what somebody has sent that has not left yet.
func (o *office) outbox(seat *desk.Seat) []desk.Outgoing {
	o.t.Helper()
	out, err := seat.Outbox(context.Background(), false)
	must(o.t, err)
	return slices.DeleteFunc(out, func(g desk.Outgoing) bool { return g.Author != seat.Actor().User })
}

// thread is the conversation as it is in the store.
func (o *office) thread(id desk.ConversationID) desk.Thread {
	o.t.Helper()
	t, err := o.maya.Thread(context.Background(), id, 0)
	must(o.t, err)
	return t
}

// reading opens the conversation at the top of the list.
func (o *office) reading(w, h int, change ...func(*ui.Settings)) *uitest.Driver {
	o.t.Helper()
	return o.open(o.maya, w, h, change...).Press("enter")
}

// open shows the program to somebody.
func (o *office) open(seat *desk.Seat, w, h int, change ...func(*ui.Settings)) *uitest.Driver {
	o.t.Helper()
	var m *ui.Model
	return o.openWith(&m, seat, w, h, change...)
}

// openWith also gives the model.
func (o *office) openWith(m **ui.Model, seat *desk.Seat, w, h int, change ...func(*ui.Settings)) *uitest.Driver {
	o.t.Helper()
	bell := o.desk.Bell().Listen()
	o.t.Cleanup(bell.Close)
	s := ui.Settings{Desk: seat, World: o.clock.World(), Ring: func() tea.Cmd { return nil }}
	for _, c := range change {
		c(&s)
	}
	*m = ui.New(context.Background(), s)
	d := uitest.New(o.t, *m, o.clock, func() (tea.Msg, bool) {
		select {
		case <-bell.Rung():
			return ui.Rang{Changed: bell.Take()}, true
		default:
			return nil, false
		}
	})
	d.Resize(w, h)
	d.Advance(time.Second)
	return d
}

// ids are the numbers of the conversations in a view, in order.
func (o *office) ids(seat *desk.Seat, v desk.View) []desk.ConversationID {
	o.t.Helper()
	p, err := seat.List(context.Background(), v, desk.Window{Limit: 1000})
	must(o.t, err)
	var ids []desk.ConversationID
	for _, r := range p.Rows {
		ids = append(ids, r.ID)
	}
	return slices.Clip(ids)
}
