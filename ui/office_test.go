package ui_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
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
	path    string
	clock   *uitest.Clock
	desk    *desk.Desk
	maya    *desk.Seat
	tom     *desk.Seat
	account map[string]desk.Account
	lease   map[string]desk.Lease
	folder  map[string]desk.Folder
	number  map[string]desk.InboxID
	uid     uint32
	seed    io.Reader
}

// monday is when every story begins.
func monday() time.Time { return time.Date(2026, 10, 19, 9, 42, 0, 0, time.UTC) }

func newOffice(t testing.TB) *office {
	t.Helper()
	ctx := context.Background()
	path := testdesk.File(t)
	db, err := store.Open(ctx, path, store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	o := &office{t: t, path: path, clock: uitest.NewClock(monday()), account: map[string]desk.Account{}, lease: map[string]desk.Lease{}, folder: map[string]desk.Folder{}, number: map[string]desk.InboxID{}}
	o.seed = rand.NewChaCha8([32]byte{1})
	o.desk, err = desk.New(ctx, desk.Outside{Store: db, Clock: o.clock.Now, Rand: o.seed})
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
	a, err := o.maya.Connect(ctx, name, desk.Account{Address: desk.FoldName(name) + "@acme.test", IMAP: "imaps://mail.acme.test", SMTP: "smtps://mail.acme.test", Secret: []byte("sealed")})
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
	attached                                 string
	auto                                     desk.AutoKind
}

// receive lets mails come in the way the connector does.
func (o *office) receive(letters ...letter) {
	o.t.Helper()
	ctx := context.Background()
	mr := o.desk.Mailroom()
	fetched := map[string][]desk.Fetched{}
	bodies := map[string][]desk.Mail{}
	var inboxes []string
	for _, m := range letters {
		o.uid++
		at := o.clock.Now().Add(-m.age)
		if fetched[m.inbox] == nil {
			inboxes = append(inboxes, m.inbox)
		}
		fetched[m.inbox] = append(fetched[m.inbox], desk.Fetched{UID: o.uid, At: at, Packed: mr.Pack(fmt.Appendf(nil, "mail %d", o.uid))})
		bodies[m.inbox] = append(bodies[m.inbox], o.mail(m, at))
	}
	var in []desk.Incoming
	for _, name := range inboxes {
		ids, err := mr.Keep(ctx, o.lease[name], o.folder[name], fetched[name])
		must(o.t, err)
		for i, id := range ids {
			in = append(in, desk.Incoming{Raw: id, Inbox: o.number[name], Account: o.account[name].ID, Role: desk.RoleInbox, At: fetched[name][i].At, Mail: bodies[name][i]})
		}
	}
	must(o.t, mr.Receive(ctx, in))
}

func (o *office) mail(m letter, at time.Time) desk.Mail {
	if m.id == "" {
		m.id = fmt.Sprintf("%d@test", o.uid)
	}
	mail := desk.Mail{
		MessageID: m.id, Date: at, Subject: m.subject, From: []desk.Mailbox{{Name: m.name, Addr: m.addr}},
		To: []desk.Mailbox{{Addr: o.account[m.inbox].Address}}, Text: m.text, BodyText: m.text, Quoted: m.quoted, Auto: desk.Auto{Kind: cmp.Or(m.auto, desk.AutoNone)},
	}
	if m.answers != "" {
		mail.InReplyTo = []string{m.answers}
		mail.References = []string{m.answers}
	}
	if m.attached != "" {
		mail.Attachments = []desk.Attachment{{Filename: m.attached, ContentType: "application/pdf", Size: 84_000}}
	}
	return mail
}

// morning fills the desk with what lies there on a Monday.
func (o *office) morning() {
	o.t.Helper()
	for i, m := range []struct{ name, addr, subject string }{
		{"Ana Ruiz", "ana@ruiz.test", "Charged twice for September"},
		{"Kofi Mensah", "kofi@mensah.test", "Card declined, order 88213"},
		{"Priya Nair", "priya@kite.test", "Refund still missing"},
		{"J. Dupont", "dupont@lampe.test", "Re: Refund still missing"},
		{"Li Wei", "wei@li.test", "Invoice needs VAT number"},
		{"Sam Okafor", "sam@okafor.test", "Cancel my plan please"},
		{"Dana Levy", "dana@levy.test", "Which plan has SSO?"},
		{"", "no-reply@bank.test", "Chargeback notice 5512"},
		{"Tomás Gil", "tomas@gil.test", "Re: Annual discount"},
		{"Ewa Nowak", "ewa@nowak.test", "Receipt for August"},
	} {
		o.receive(letter{
			inbox: "Billing", name: m.name, addr: m.addr, subject: m.subject, age: time.Duration(20-i) * 27 * time.Minute,
			text: "Hello,\n\nplease have a look at this. I am writing for the second time now and would like an answer today.\n\nThank you\n" + m.name,
		})
	}
	for i, s := range []string{"Lamp flickers", "API key rotation fails", "Wrong colour", "Password reset never arrives"} {
		o.receive(letter{inbox: "Support", name: "Grace Kim", addr: "grace@kim.test", subject: s, age: time.Duration(i+1) * 50 * time.Hour, text: "It happens every time.", attached: []string{"", "screen.png"}[i%2]})
	}
	o.receive(letter{inbox: "Maya", name: "Noor", addr: "noor@home.test", subject: "Lunch on Friday?", age: 2 * time.Hour, text: "At the usual place?"})
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
