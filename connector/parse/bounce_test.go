package parse

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"postroom/desk"
)

// verdict is one line of testdata/automatic.txt: what a person reads in a
// message. It was written before the code that has to read the same.
type verdict struct {
	server, file string
	kind         desk.AutoKind
	returned     string
	recipients   []desk.AutoRecipient
}

func verdicts(t testing.TB) []verdict {
	t.Helper()
	raw, err := os.ReadFile("testdata/automatic.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []verdict
	server := ""
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "# "); ok {
			server = name
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) < 3 {
			continue
		}
		v := verdict{server: server, file: cells[0], kind: desk.AutoKind(cells[1]), returned: strings.TrimPrefix(cells[2], "-")}
		for _, cell := range cells[3:] {
			words := strings.Split(cell, " ")
			to := desk.AutoRecipient{Addr: words[0], Status: words[1], Action: words[2]}
			to.Hard = len(words) > 3 && words[3] == "hard"
			v.recipients = append(v.recipients, to)
		}
		list = append(list, v)
	}
	if len(list) == 0 {
		t.Fatal("no verdicts")
	}
	return list
}

func message(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".eml")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
}

func TestVerdicts(t *testing.T) {
	for _, v := range verdicts(t) {
		got := parse(message(t, v.file), Options{})
		if got.Auto.Kind != v.kind {
			t.Errorf("%s: kind %s, want %s", v.file, got.Auto.Kind, v.kind)
		}
		if got.Returned != v.returned {
			t.Errorf("%s: returned %q, want %q", v.file, got.Returned, v.returned)
		}
		if len(got.Auto.Recipients) != len(v.recipients) {
			t.Errorf("%s: recipients %v, want %v", v.file, got.Auto.Recipients, v.recipients)
			continue
		}
		for i, to := range got.Auto.Recipients {
			if to != v.recipients[i] {
				t.Errorf("%s: recipient %v, want %v", v.file, to, v.recipients[i])
			}
		}
	}
}
