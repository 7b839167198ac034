package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/connector/sample"
	"postroom/desk"
)

// TestDemoIsNotSetUpPerfectly: the demo has the commonest mistake, shared inboxes
// in which nobody stands in for the owner, and the doctor finds that and no
// other (S176). Mended as he says, it is well.
func TestDemoIsNotSetUpPerfectly(t *testing.T) {
	t.Parallel()
	w := newDesktop(t)
	p := newProgram(world{
		getenv: func(k string) string { return w.env[k] }, in: strings.NewReader(""), out: io.Discard, err: io.Discard,
		login: func() (string, error) { return w.login, nil }, clock: time.Now,
	})
	office, err := sample.Open(time.Now(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = office.Close() }()
	h, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.close() }()
	if err := p.furnish(t.Context(), h, office); err != nil {
		t.Fatal(err)
	}
	found := func() []string {
		d, err := p.diagnose(t.Context(), h, false)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, f := range d.Findings {
			list = append(list, fmt.Sprintf("%s %s", f.Code, f.Where))
		}
		return list
	}
	if got := found(); !slices.Equal(got, []string{"NO_DEPUTY Billing", "NO_DEPUTY Support"}) {
		t.Errorf("the doctor finds %q", got)
	}
	for _, inbox := range []string{"Billing", "Support"} {
		if _, err := h.seat.SetInboxSettings(t.Context(), inbox, map[desk.SettingKey]string{desk.SetDeputy: "tom"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := found(); len(got) > 0 {
		t.Errorf("mended, the doctor finds %q", got)
	}
}
