package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"postroom/desk"
)

// open opens a fresh database that ends with the test.
func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return s
}

func TestFirstMail(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	d, err := desk.New(ctx, desk.Outside{Store: s, Clock: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	actor, err := d.SignIn(ctx, "maya", "")
	if err != nil {
		t.Fatal(err)
	}
	me := d.As(actor)
	if _, err := me.CreateInbox(ctx, "support", desk.Shared); err != nil {
		t.Fatal(err)
	}
	acc, err := me.Connect(ctx, "support", desk.Account{Address: "help@acme.test", IMAP: "imaps://x", SMTP: "smtps://x"})
	if err != nil {
		t.Fatal(err)
	}
	mr := d.Mailroom()
	l, err := mr.Lease(ctx, acc.ID, "here", "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := mr.Folder(ctx, l, "INBOX", desk.RoleInbox, 7)
	if err != nil {
		t.Fatal(err)
	}
	raw := bytes.Repeat([]byte("From: a@b.test\r\n"), 100_000)
	ids, err := mr.Keep(ctx, l, f, []desk.Fetched{{UID: 1, At: time.Now(), Packed: mr.Pack(raw)}})
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	rm, err := mr.Raw(ctx, ids[0])
	if err != nil || !bytes.Equal(rm.Bytes, raw) {
		t.Fatal("raw differs", err)
	}
	in := desk.Incoming{
		Raw: rm.ID, Inbox: rm.Inbox, Account: rm.Account, Role: rm.Role, At: rm.At,
		Mail: desk.Mail{MessageID: "1@b", Subject: "Late invoice", From: []desk.Mailbox{{Name: "Ann", Addr: "a@b.test"}}, To: []desk.Mailbox{{Addr: "help@acme.test"}}, Text: "Where is the refund?", Auto: desk.Auto{Kind: desk.AutoNone}},
	}
	for range 2 {
		if err := mr.Receive(ctx, []desk.Incoming{in}); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range []desk.View{
		{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByWaiting},
		{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: desk.Query{Expr: &desk.Expr{Term: desk.TermText, Text: "refunds"}}},
		{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: desk.Query{Expr: &desk.Expr{Term: desk.TermFrom, Text: "@b.test"}}},
		{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: desk.Query{Expr: &desk.Expr{Term: desk.TermNot, Args: []desk.Expr{{Term: desk.TermFrom, Text: "@c.test"}}}}},
	} {
		p, err := me.List(ctx, v, desk.Window{Limit: 10})
		if err != nil || len(p.Rows) != 1 || !p.Rows[0].Unread {
			t.Fatalf("%+v: %+v %v", v, p, err)
		}
	}
	out, err := me.Take(ctx, []desk.ConversationID{1})
	if err != nil || len(out.Done) != 1 {
		t.Fatal(out, err)
	}
	dr, err := me.NewReply(ctx, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	dr.Text = "It is on its way."
	sent, err := me.Send(ctx, dr, desk.SendOptions{Close: true})
	if err != nil || len(sent.Cautions) > 0 {
		t.Fatal(sent, err)
	}
	th, err := me.Thread(ctx, 1, 0)
	if err != nil || len(th.Items) != 4 {
		t.Fatalf("%+v %v", th, err)
	}
	iv, err := me.Inbox(ctx, "support")
	if err != nil || iv.Counts != (desk.Counts{Closed: 1}) {
		t.Fatalf("%+v %v", iv, err)
	}
}
