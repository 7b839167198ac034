package discover

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// manualRow is a provider as the manual's table has it.
func manualRow(p provider) string {
	note := p.note
	if note == "" {
		note = "The usual password."
	}
	bare := func(url string) string {
		return "`" + strings.TrimPrefix(strings.TrimPrefix(url, "imaps://"), "smtps://") + "`"
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", p.name, bare(p.imap), bare(p.smtp), note)
}

// TestTheManualHasTheProviders as the program knows them.
func TestTheManualHasTheProviders(t *testing.T) {
	manual, err := os.ReadFile("../../docs/connecting.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range providers {
		if row := manualRow(p); !strings.Contains(string(manual), row+"\n") {
			t.Errorf("the manual has no line\n%s", row)
		}
	}
}
