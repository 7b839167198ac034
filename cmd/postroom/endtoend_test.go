package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"time"

	"postroom/internal/testserver"
)

// TestFromCustomerToCustomer is the whole way on real servers: a mail comes in
// through Postfix and Dovecot, is taken and answered on the screen, and the
// answer arrives; the customer answers from another client, the agent too.
func TestFromCustomerToCustomer(t *testing.T) {
	t.Parallel()
	const us, customer = "support@example.test", "priya@example.test"
	m := testserver.Start(t, testserver.Options{Users: []string{us, customer}, Postfix: true})
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "Support", "--shared")
	d.must("account", "connect", us, "--inbox", "Support", "--imap", m.IMAPS, "--smtp", m.SMTPS, "--ca", m.CAFile)

	g := d.open(120, 40).see("Support", "connected")
	post(t, m, customer, us, "<first@kite.test>", "", "The lamp is broken", "Hello, my lamp arrived broken.\r\nCan you help?")
	g.see("The lamp is broken", "my lamp arrived broken")
	g.press("A").see("taken")
	g.press("r").see("Reply to customer", "priya@example.test")
	g.press("I am sorry. A new one is on its way.\r\rMaya").see("A new one is on its way.")
	g.press("\x1b").see("write on")
	g.press("s").see("leaves in")

	answer := m.Await(t, customer, "INBOX", 1)[0].Raw
	head := headOf(t, answer)
	if got := head.Get("In-Reply-To"); got != "<first@kite.test>" {
		t.Errorf("In-Reply-To is %q", got)
	}
	if from := head.Get("From"); !strings.Contains(from, us) {
		t.Errorf("From is %q", from)
	}
	for _, want := range []string{"multipart/alternative", "A new one is on its way.", "<p>"} {
		if !bytes.Contains(answer, []byte(want)) {
			t.Errorf("the answer has no %q:\n%s", want, answer)
		}
	}
	sent := m.Await(t, us, "Sent", 1)
	if len(sent) != 1 || headOf(t, sent[0].Raw).Get("Message-Id") != head.Get("Message-Id") {
		t.Errorf("%d copies in Sent", len(sent))
	}

	// The customer answers from another client, quoting nothing, with our id.
	post(t, m, customer, us, "<second@kite.test>", head.Get("Message-Id"), "Re: The lamp is broken", "It came, and it shines.")
	g.see("it shines")
	// The agent answers from a client of his own; that client files it in Sent.
	m.Append(t, us, "Sent", letterFrom(us, customer, "<phone@example.test>", "<second@kite.test>", "Re: The lamp is broken", "Glad to hear it. Written on the train."))
	g.see("Written on the train", "from another client")

	var shown struct {
		Subject  string
		Assignee string
		Messages []struct{ Direction, Text string }
	}
	id := onlyConversation(t, d)
	if err := json.Unmarshal([]byte(d.must("conversation", "show", id, "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	var ways []string
	for _, msg := range shown.Messages {
		ways = append(ways, msg.Direction)
	}
	if got := strings.Join(ways, " "); got != "in out in out" {
		t.Errorf("the conversation has the messages %s", got)
	}
	if len(m.Messages(t, us, "Sent")) != 2 || len(m.Messages(t, customer, "INBOX")) != 1 {
		t.Error("a mail was sent or filed twice")
	}
}

// onlyConversation is the number of the one conversation there is.
func onlyConversation(t *testing.T, d *desktop) string {
	t.Helper()
	var list []struct{ ID int }
	if err := json.Unmarshal([]byte(d.must("conversation", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 {
		t.Fatalf("there are %d conversations, want one", len(list))
	}
	return fmt.Sprint(list[0].ID)
}

// post hands a mail to Postfix as any server on the net would.
func post(t *testing.T, m *testserver.Mail, from, to, id, answers, subject, text string) {
	t.Helper()
	if err := m.Post(t, from, to, letterFrom(from, to, id, answers, subject, text)); err != nil {
		t.Fatal(err)
	}
}

func letterFrom(from, to, id, answers, subject, text string) []byte {
	head := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: %s\r\n", from, to, subject, time.Now().Format(time.RFC1123Z), id)
	if answers != "" {
		head += "In-Reply-To: " + answers + "\r\nReferences: " + answers + "\r\n"
	}
	return []byte(head + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n")
}

func headOf(t *testing.T, raw []byte) mail.Header {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header
}
