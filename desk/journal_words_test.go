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
