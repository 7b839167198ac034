package main

import (
	"os"
	"strings"
	"testing"

	"postroom/desk"
)

// TestDoctorPage holds the page of the manual to the checks there are.
func TestDoctorPage(t *testing.T) {
	const file, begins, ends = "../../docs/doctor.md", "-update -->\n", "<!-- end of checks -->"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), begins)
	_, after, closed := strings.Cut(rest, ends)
	if !ok || !closed {
		t.Fatal("the page has no place for the table")
	}
	want := before + begins + checkTable() + ends + after
	if want == string(page) {
		return
	}
	if !*update {
		t.Error("docs/doctor.md is not about the checks there are: go test ./cmd/postroom -run DoctorPage -update")
	} else if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
}

func checkTable() string {
	var b strings.Builder
	b.WriteString("| area | code | | what is looked for | mended by |\n|---|---|---|---|---|\n")
	for _, c := range desk.Checks() {
		about, mend := c.About, ""
		if c.Source == desk.OnServers {
			about += " (on the servers)"
		}
		if c.Admin {
			about += " (admins)"
		}
		if c.Mend != "" {
			mend = "`" + c.Mend + "`"
		}
		b.WriteString("| " + strings.Join([]string{string(c.Area), "`" + c.Code + "`", string(c.Severity), about, mend}, " | ") + " |\n")
	}
	return b.String()
}
