package desk

import (
	"testing"
	"time"
)

func at(min int) time.Time { return time.Date(2026, 11, 2, 9, min, 0, 0, time.UTC) }

func TestRankPutsTheLongestWaitingFirst(t *testing.T) {
	long := Conversation{WaitingSince: at(1), LastAt: at(50)}
	short := Conversation{WaitingSince: at(9), LastAt: at(9)}
	answered := Conversation{LastAt: at(40)}
	older := Conversation{LastAt: at(30)}
	order := []Conversation{long, short, answered, older}
	for i := 1; i < len(order); i++ {
		if order[i-1].Rank() >= order[i].Rank() {
			t.Errorf("row %d ranks %d, behind row %d with %d", i-1, order[i-1].Rank(), i, order[i].Rank())
		}
	}
	if short.Rank() >= RankOwed || answered.Rank() < RankOwed {
		t.Error("RankOwed does not divide those who wait from the rest")
	}
}

func TestWaitingStartsAndEndsOnlyWithRealMail(t *testing.T) {
	msg := func(min int, dir Direction, auto AutoKind) Message {
		return Message{ID: FirstMessageID(at(min).Unix()), At: at(min), Direction: dir, Mail: Mail{Auto: Auto{Kind: auto}}}
	}
	tests := []struct {
		name string
		msgs []Message
		want time.Time
	}{
		{"the first unanswered mail counts", []Message{msg(1, In, AutoNone), msg(5, In, AutoNone)}, at(1)},
		{"an answer ends it", []Message{msg(1, In, AutoNone), msg(2, Out, AutoNone)}, time.Time{}},
		{"a new mail starts it again", []Message{msg(1, In, AutoNone), msg(2, Out, AutoNone), msg(3, In, AutoNone)}, at(3)},
		{"a vacation reply does not start it", []Message{msg(1, Out, AutoNone), msg(2, In, AutoReply)}, time.Time{}},
		{"our automatic answer does not end it", []Message{msg(1, In, AutoNone), msg(2, Out, AutoReply)}, at(1)},
		{"a bounce does not start it", []Message{msg(1, In, AutoBounce)}, time.Time{}},
	}
	for _, tt := range tests {
		var c Conversation
		for _, m := range tt.msgs {
			c.count(m)
			c.wait(m)
		}
		if !c.WaitingSince.Equal(tt.want) {
			t.Errorf("%s: waiting since %v, want %v", tt.name, c.WaitingSince, tt.want)
		}
	}
}

func TestReplyGoesToWhomItShould(t *testing.T) {
	us := Account{ID: 2, Address: "support@acme.test"}
	accounts := []Account{{ID: 1, Address: "help@acme.test"}, us}
	held := []Address{{Account: 1, Address: "help@acme.test"}, {Account: us.ID, Address: us.Address}}
	mail := Mail{
		From: []Mailbox{{"Ana", "ana@kite.test"}}, To: []Mailbox{{"", "Support@acme.test"}, {"", "bo@kite.test"}},
		Cc: []Mailbox{{"", "cy@kite.test"}, {"", "ANA@kite.test"}, {"", "help+x@acme.test"}},
	}
	in := Message{Direction: In, Account: us.ID, Mail: mail}
	list := func(ms []Mailbox) (s string) {
		for _, m := range ms {
			s += m.Addr + " "
		}
		return s
	}
	dr := replyTo(Conversation{Subject: "Lamp"}, in, otherSide(in.Direction, in.Mail), accounts, held, false)
	if list(dr.To) != "ana@kite.test " || len(dr.Cc) != 0 || dr.Account != us.ID || dr.Subject != "Re: Lamp" {
		t.Errorf("reply: %+v", dr)
	}
	dr = replyTo(Conversation{Subject: "RE: Lamp"}, in, otherSide(in.Direction, in.Mail), accounts, held, true)
	if list(dr.To) != "ana@kite.test bo@kite.test " || list(dr.Cc) != "cy@kite.test " || dr.Subject != "RE: Lamp" {
		t.Errorf("reply to all: to %s cc %s subject %s", list(dr.To), list(dr.Cc), dr.Subject)
	}
	in.Mail.ReplyTo = []Mailbox{{"", "office@kite.test"}}
	if dr = replyTo(Conversation{}, in, otherSide(in.Direction, in.Mail), accounts, held, false); list(dr.To) != "office@kite.test " {
		t.Errorf("Reply-To is ignored: %s", list(dr.To))
	}
	out := Message{Direction: Out, Account: us.ID, Mail: Mail{From: []Mailbox{{"", us.Address}}, To: []Mailbox{{"", "ana@kite.test"}}}}
	if dr = replyTo(Conversation{}, out, otherSide(out.Direction, out.Mail), accounts, held, false); list(dr.To) != "ana@kite.test " {
		t.Errorf("a second mail of ours goes to %s", list(dr.To))
	}
}

func TestForgottenAttachment(t *testing.T) {
	for text, want := range map[string]bool{
		"The invoice is attached.":           true,
		"Die Rechnung finden Sie im Anhang":  true,
		"> The invoice is attached.\nThanks": false,
		"Nothing here.":                      false,
	} {
		if speaksOfAttachment(text) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
}

func TestSnippetIsOneShortLine(t *testing.T) {
	if got := Snippet("  a\n\tb  c ", 10); got != "a b c" {
		t.Errorf("got %q", got)
	}
	if got := Snippet("ééééé ééééé", 8); len([]rune(got)) > 10 {
		t.Errorf("got %q", got)
	}
}

func TestMessageIDsAreInDateOrder(t *testing.T) {
	a, b := FirstMessageID(at(1).Unix()), FirstMessageID(at(2).Unix())
	if a >= b || a.Unix() != at(1).Unix() || a+1<<messageIDBits-1 >= b {
		t.Errorf("%d %d", a, b)
	}
}

func TestBellMergesWhatIsNotTaken(t *testing.T) {
	var b Bell
	l := b.Listen()
	b.ring([]Event{{Kind: EventReceived, Inbox: 1}})
	b.ring([]Event{{Kind: EventAssigned, Inbox: 2}, {Kind: EventUserAdded}})
	<-l.Rung()
	c := l.Take()
	if !c.Inboxes[1] || !c.Inboxes[2] || !c.Settings {
		t.Errorf("took %+v", c)
	}
	select {
	case <-l.Rung():
		t.Error("rings twice for one collection")
	default:
	}
	l.Close()
	b.ring([]Event{{Kind: EventReceived, Inbox: 1}})
	if len(l.Take().Inboxes) != 0 {
		t.Error("a closed listener still collects")
	}
}
