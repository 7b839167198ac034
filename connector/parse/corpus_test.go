package parse

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postroom/desk"
)

var update = flag.Bool("update", false, "write the expected files of testdata anew")

// expected is what a file of testdata/*.json holds: the contract form and the
// fields that the contract leaves out.
type expected struct {
	desk.Mail
	DeliveredTo []string       `json:"delivered_to,omitempty"`
	Bcc         []desk.Mailbox `json:"bcc,omitempty"`
	AuthResults []string       `json:"auth_results,omitempty"`
	Returned    string         `json:"returned,omitempty"`
	OwnID       string         `json:"own_id,omitempty"`
}

func form(t *testing.T, m desk.Mail) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(expected{Mail: m, DeliveredTo: m.DeliveredTo, Bcc: m.Bcc, AuthResults: m.AuthResults, Returned: m.Returned, OwnID: m.OwnID}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages in testdata: %v", err)
	}
	mails := map[string][]byte{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		mails[strings.TrimSuffix(filepath.Base(file), ".eml")] = raw
	}
	return mails
}

func TestCorpus(t *testing.T) {
	for name, raw := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			mail := parse(raw, Options{})
			checkForm(t, raw, mail)
			got := form(t, mail)
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("read otherwise than %s says\ngot:\n%s", file, got)
			}
		})
	}
}
