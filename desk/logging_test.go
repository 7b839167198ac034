package desk

import "testing"

// TestAttributed: whose a logged mail is depends on nothing but the mail (H70).
func TestAttributed(t *testing.T) {
	const owner, tom, zoe = UserID(1), UserID(2), UserID(3)
	at := map[string]UserID{"maya@acme.test": owner, "tom@acme.test": tom, "zoe@acme.test": zoe}
	users := func(folded string) (UserID, error) { return at[folded], nil }
	box := func(addresses ...string) []Mailbox {
		var list []Mailbox
		for _, a := range addresses {
			list = append(list, Mailbox{Addr: a})
		}
		return list
	}
	for _, tt := range []struct {
		what string
		m    Message
		want UserID
	}{
		{"one recipient who is a user", Message{Direction: In, Mail: Mail{To: box("Tom@acme.test")}}, tom},
		{"several, one a user", Message{Direction: In, Mail: Mail{To: box("ann@x.test", "zoe@acme.test")}}, zoe},
		{"several users", Message{Direction: In, Mail: Mail{To: box("zoe@acme.test", "tom@acme.test")}}, zoe},
		{"the same the other way round", Message{Direction: In, Mail: Mail{To: box("tom@acme.test", "zoe@acme.test")}}, tom},
		{"To before Cc", Message{Direction: In, Mail: Mail{To: box("tom@acme.test"), Cc: box("zoe@acme.test")}}, tom},
		{"Cc alone", Message{Direction: In, Mail: Mail{To: box("ann@x.test"), Cc: box("zoe@acme.test")}}, zoe},
		{"none of us is named", Message{Direction: In, Mail: Mail{To: box("list@x.test")}}, owner},
		{"what one of us wrote", Message{Direction: Out, Author: zoe, Mail: Mail{To: box("tom@acme.test")}}, zoe},
		{"what nobody is known to have written", Message{Direction: Out, Mail: Mail{To: box("tom@acme.test")}}, owner},
	} {
		if got, err := attributed(tt.m, owner, users); err != nil || got != tt.want {
			t.Errorf("%s: %d, want %d (%v)", tt.what, got, tt.want, err)
		}
	}
}
