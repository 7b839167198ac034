package parse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who wrote the mail that is forwarded is read from the header above it, in the
// dialects and languages of the corpus; an answer forwards nobody, whatever it
// quotes.
func TestForwardedFrom(t *testing.T) {
	read := func(file string) string {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, m := range Parse(raw, Options{}).Forwarded {
			list = append(list, m.Addr)
		}
		return strings.Join(list, " ")
	}
	for file, want := range map[string]string{
		"quote_fwd_apple": "bob@other.test", "quote_fwd_gmail": "bob@other.test", "quote_fwd_outlook": "bob@other.test", "quote_fwd_outlook_de": "bob@other.test",
		"structure_rfc822_only": "joerg@inner.test",
		"quote_fwd_in_reply":    "", "html_gmail_forward": "", // of a name without an address
	} {
		if got := read(filepath.Join("testdata", file+".eml")); got != want {
			t.Errorf("%s forwards %q, want %q", file, got, want)
		}
	}
	files, err := filepath.Glob("testdata/newtext/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	forwards, found := 0, 0
	for _, file := range files {
		name, got := filepath.Base(file), read(file)
		forward := strings.Contains(name, "_forward_") && !strings.Contains(name, "_reply_to_forward_")
		if !forward && got != "" {
			t.Errorf("%s is no forward, and forwards %q", name, got)
		}
		if forward {
			forwards++
		}
		if got != "" {
			found++
			if !strings.Contains(got, "@") || strings.Contains(got, " ") {
				t.Errorf("%s forwards %q", name, got)
			}
		}
	}
	if forwards < 50 || found < forwards-1 {
		t.Errorf("of %d forwards %d say whose mail it is", forwards, found)
	}
}
