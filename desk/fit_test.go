package desk

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAddressesOfPeopleAndTeams(t *testing.T) {
	const person, team = "the address of a person", "the address of a team"
	for address, want := range map[string][2]string{
		"a.smith@co.test": {person, ""}, "anna@co.test": {person, ""}, "max.mustermann@co.test": {person, ""},
		"anna+lists@co.test": {person, ""}, "Tom_Reed@co.test": {person, ""}, "smirnova@co.test": {person, ""},
		"support@co.test": {"", team}, "Billing@co.test": {"", team}, "info@co.test": {"", team}, "sales.eu@co.test": {"", team},
		"customersupport@co.test": {"", team}, "kundenservice@co.test": {"", team}, "support2@co.test": {"", team}, "team-berlin@co.test": {"", team},
		"berlin@co.test": {"", ""}, "m@co.test": {"", ""}, "a.b@co.test": {"", ""}, "acme@co.test": {"", ""}, "x1@co.test": {"", ""},
	} {
		for i, kind := range []InboxKind{Shared, Personal} {
			got := strings.Join(RoleDoubts(kind, address, Traffic{}, "Olga Smirnova", "Smirnova Olga"), " ")
			if (want[i] == "") != (got == "") || !strings.Contains(got, want[i]) {
				t.Errorf("%s as %s: %q, wanted %q", address, kind, got, want[i])
			}
		}
	}
}

// letters are mails of people, so many of each.
func letters(from ...any) []Mail {
	var list []Mail
	for i := 0; i < len(from); i += 2 {
		for range from[i+1].(int) {
			list = append(list, Mail{From: []Mailbox{{Addr: from[i].(string)}}, Auto: Auto{Kind: AutoNone}})
		}
	}
	return list
}

func strangers(n int) []Mail {
	var list []Mail
	for i := range n {
		list = append(list, letters(fmt.Sprintf("c%d@shop%d.test", i, i), 1)...)
	}
	return list
}

func signed(names ...string) []Mail {
	var list []Mail
	for i := range 24 {
		list = append(list, Mail{From: []Mailbox{{Name: names[i%len(names)], Addr: "x@co.test"}}})
	}
	return list
}

func TestTrafficIsCounted(t *testing.T) {
	bounce := Mail{From: []Mailbox{{Addr: "mailer-daemon@x.test"}}, Auto: Auto{Kind: AutoBounce}}
	inbox := append(letters("ben@co.test", 4, "eva@friends.test", 3, "one@x.test", 1, "two@x.test", 2, "X@co.test", 2), Mail{Auto: Auto{Kind: AutoNone}}, Mail{From: []Mailbox{{Addr: "n@x.test"}}, Auto: Auto{Kind: AutoList}}, bounce)
	got := TrafficOf("x@co.test", true, inbox, signed("Ann", " ann", "Ben", ""))
	want := Traffic{Looked: 15, Conversations: 15, Automatic: 5, Loggable: 13, Colleagues: 4, Regulars: 3, Strangers: 3, People: 4, Sent: 24, Names: 2}
	if got != want || got.Human() != 10 {
		t.Errorf("%+v, wanted %+v", got, want)
	}
	// Whoever is at the same provider is no colleague.
	if got := TrafficOf("x@co.test", false, inbox, nil); got.Colleagues != 0 || got.Regulars != 7 {
		t.Errorf("%+v", got)
	}
}

// TestALookCountsConversations by what the mails answer: an answer of ours ties
// two together, a stranger who names another's mail does not.
func TestALookCountsConversations(t *testing.T) {
	mail := func(id, from, to string, answers ...string) Mail {
		return Mail{MessageID: id, From: []Mailbox{{Addr: from}}, To: []Mailbox{{Addr: to}}, InReplyTo: answers}
	}
	const us = "help@co.test"
	inbox := []Mail{
		mail("1", "eva@x.test", us), mail("2", "Eva@x.test", us, "ours"), mail("3", "eva@x.test", us, "2"),
		mail("4", "spy@y.test", us, "1"), mail("5", "tom@z.test", us, "not-looked-at"), mail("", "tom@z.test", us),
	}
	sent := []Mail{mail("ours", us, "eva@x.test", "1"), mail("alone", us, "new@w.test")}
	if got := TrafficOf(us, true, inbox, sent).Conversations; got != 4 {
		t.Errorf("%d conversations, wanted Eva's, the spy's and two of Tom", got)
	}
	if got := TrafficOf(us, true, inbox, nil).Conversations; got != 5 {
		t.Errorf("without what was sent %d conversations, wanted 5", got)
	}
}

func TestTrafficSpeaksAgainstAKind(t *testing.T) {
	private := letters("ben@co.test", 15, "eva@friends.test", 12, "one@x.test", 1, "two@x.test", 2)
	queue := append(strangers(40), letters("ben@co.test", 5)...)
	for name, c := range map[string]struct {
		kind        InboxKind
		inbox, sent []Mail
		want        []string
	}{
		"private mail for a team":       {Shared, private, nil, []string{"of 30 mails from people 15 are from colleagues and 12 from others who write often"}},
		"a queue for a team":            {Shared, queue, signed("Ann", "Ben", "Eva"), nil},
		"private mail for one":          {Personal, private, signed("Ann"), nil},
		"a queue for one":               {Personal, queue, nil, []string{"45 mails from people came from 41 addresses, 40 of them"}},
		"several answer":                {Personal, private, signed("Ann", "Ben", "Eva"), []string{"24 sent mails bear 3 different names"}},
		"two spellings are not several": {Personal, private, signed("Ann", "Ann Lee"), nil},
		"too little to tell, team":      {Shared, private[:19], nil, nil},
		"too little to tell, one":       {Personal, queue[:19], signed("Ann", "Ben", "Eva")[:19], nil},
		"one or two tell nothing":       {Shared, letters("ben@co.test", 100, "eva@friends.test", 100), nil, nil},
		"newsletters tell nothing":      {Personal, append(queue[:10:10], make([]Mail, 190)...), nil, nil},
	} {
		got := RoleDoubts(c.kind, "acme@co.test", TrafficOf("acme@co.test", true, c.inbox, c.sent))
		if len(got) != len(c.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i := range got {
			if !strings.Contains(got[i], c.want[i]) {
				t.Errorf("%s: %q has no %q", name, got[i], c.want[i])
			}
		}
	}
}

func TestDoubtsAreARefusal(t *testing.T) {
	if err := RoleUnlikely(nil); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if err := RoleUnlikely([]string{"One.", "Two."}); !errors.As(err, &e) || e.Kind != Conflict || e.Code != "ROLE_UNLIKELY" || e.Message != "One. Two." || !strings.Contains(e.Hint, "--yes") {
		t.Errorf("%+v", e)
	}
}
