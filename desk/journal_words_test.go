package desk

import (
	"encoding/json"
	"testing"
)

// TestJournalIsInWords: what changed is told without the signs it is kept with.
func TestJournalIsInWords(t *testing.T) {
	for raw, want := range map[string]string{
		"": "", "null": "", `""`: "", `"open"`: "open", "7": "7", "{": "",
		`{"who":"tom","rights":"see,reply"}`:       "who: tom, rights: see,reply",
		`{"passed":false,"hop":"delivered"}`:       "passed: false, hop: delivered",
		`{"passed":true,"hop":""}`:                 "passed: true",
		`{"client_id":"x","of":{"a":[1,null,2]}}`:  "client id: x, of: a: 1, 2",
		`{"reason":"{\"said\":1}","until":"noon"}`: `reason: {"said":1}, until: noon`,
	} {
		if got := valueIn(json.RawMessage(raw)); got != want {
			t.Errorf("%s is told as %q, want %q", raw, got, want)
		}
	}
}

// TestJournalTellsNames: whatever kind an event is of, a number of a user or a
// team that it keeps is told by the name, also of who has left.
func TestJournalTellsNames(t *testing.T) {
	k := called{users: map[UserID]string{0: "nobody", 7: "Maya", 8: "Tom"}, teams: map[TeamID]string{9: "Billing"}}
	kept := map[EventKind][2]any{
		EventAssigned:            {UserID(7), Assignment{User: 8, Team: 9, Reason: "she is away"}},
		EventOwnerChanged:        {UserID(7), UserID(8)},
		EventUndone:              {Assignment{User: 8, Team: 9}, UserID(7)},
		EventRouted:              {nil, Routed{User: 7, Steps: []RoutedStep{{By: "strategy:rota", Candidates: []Candidate{{User: 7}, {User: 8}}}}}},
		EventJoined:              {ConversationID(12), nil},
		EventMerged:              {nil, Union{Other: 12}},
		EventMoved:               {Moved{3, "Support"}, Moved{4, "Sales"}},
		EventStage:               {StageState{3, "Support/New"}, StageState{4, "Support/Closed"}},
		EventNotified:            {nil, Notified{To: []UserID{7}, Who: "Maya", Text: "look"}},
		EventNeverLogSet:         {nil, NeverLogState{"@x.test", NeverMail}},
		EventNeverLogRemoved:     {NeverLogState{"a@x.test", NeverAddress}, nil},
		EventLogged:              {LogState{Contact: 7}, LogState{Off: true}},
		EventConverted:           {conversion{Account: 3, Address: "a@x.test", Inbox: 4, Name: "Support", Kind: Shared, Owner: 7}, nil},
		EventSignedOff:           {nil, signature{"all known", []Point{{Code: "A"}, {Code: "B", Findings: []string{"gone"}}}}},
		EventPolicySet:           {nil, PolicyState{Name: "Urgent", Version: 2, Goals: map[PolicyKey]string{PolicyFirst: "1h in office"}, Terms: PolicyTerms{Off: true, For: PolicyFor{Priorities: []Priority{Urgent}, Tags: []string{"vip"}, Inboxes: []InboxID{1, 2}}}}},
		EventRepaired:            {nil, Repaired{Fetched: 2, Known: 1}},
		EventAccountDisconnected: {"a@x.test", departure{EventConverted, Personal}},
	}
	want := map[EventKind]string{
		EventAssigned: "Maya > Tom of Billing: she is away", EventOwnerChanged: "Maya > Tom", EventUndone: "Tom of Billing > Maya",
		EventRouted: " > Maya", EventJoined: "#12 > ", EventMerged: " > #12", EventMoved: "Support > Sales", EventStage: "Support/New > Support/Closed",
		EventNotified: " > Maya: look", EventConverted: `a@x.test in the shared inbox "Support" > `,
		EventNeverLogSet: " > @x.test, with all mail that names it", EventNeverLogRemoved: "a@x.test > ", EventLogged: "with a contact > off",
		EventSignedOff:           " > 1 of 2 points are well: all known",
		EventPolicySet:           " > Urgent, version 2, off, first-response=1h in office, priority=urgent, tag=vip, for 2 inboxes",
		EventRepaired:            " > 2 fetched, 1 known again, 0 marked as gone, 0 given a message",
		EventAccountDisconnected: "a@x.test in this inbox > in another inbox, a personal one; its mail until then stays here",
	}
	for _, kind := range EventKinds() {
		values, ok := kept[kind]
		if !ok {
			// Of all others the words that are kept are told as they are.
			values, want[kind] = [2]any{map[string]string{"who": "tom"}, "open"}, "who: tom > open"
			if kind == EventGlassBroken || kind == EventGlassOver || kind == EventTransferred {
				values[0], want[kind] = "open", "open > open"
			}
		}
		e := Entry{Event: Event{Kind: kind}}
		for i, raw := range []*json.RawMessage{&e.Before, &e.After} {
			if values[i] != nil {
				*raw = state(values[i])
			}
		}
		k.tell(&e)
		if got := e.Was + " > " + e.Is; got != want[kind] {
			t.Errorf("%q is told as %q, want %q", kind, got, want[kind])
		}
	}
	if e := (Entry{Event: Event{Kind: EventAccountDisconnected, Before: state("a@x.test")}}); true {
		if k.tell(&e); e.Kind != EventAccountDisconnected || e.Was != "a@x.test" || e.Is != "" {
			t.Errorf("an account that is disconnected is told as %+v", e)
		}
	}
	if e := (Entry{Event: Event{Kind: EventAccountDisconnected, After: state(departure{EventConverted, Personal})}}); true {
		if k.tell(&e); e.Kind != EventConverted {
			t.Errorf("a conversion is told as %q", e.Kind)
		}
	}
}
