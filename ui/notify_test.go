package ui_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/ui/uitest"
)

// hears says what somebody chose to hear of an inbox.
func (o *office) hears(s *desk.Seat, inbox string, rule desk.NotifyRule) {
	o.t.Helper()
	_, err := s.SetNotifying(context.Background(), inbox, rule)
	must(o.t, err)
}

func (o *office) letters(inbox string, n int) {
	for range n {
		o.receive(letter{inbox: inbox, name: "Ana; \x1b[2JRuiz", addr: "ana@ruiz.test", subject: "Secret subject", text: "Secret text"})
	}
}

// called is what the terminal was sent since the last call of it.
func (o *office) called(d *uitest.Driver) []string {
	d.Listen()
	return o.clock.Signals()
}

func (o *office) wants(d *uitest.Driver, what string, want ...string) {
	o.t.Helper()
	if got := o.called(d); !slices.Equal(got, want) {
		o.t.Fatalf("%s: the terminal was sent %q, want %q", what, got, want)
	}
}

func TestWhoLooksElsewhereIsCalled(t *testing.T) {
	o := newOffice(t)
	o.letters("Billing", 3)
	all := []desk.NotifyWay{desk.NotifyBell, desk.NotifyOSC9, desk.NotifyOSC777}
	o.hears(o.maya, "Billing", desk.NotifyRule{About: desk.NotifyAll, Ways: all})
	o.hears(o.maya, "Support", desk.NotifyRule{About: desk.NotifyAll, Ways: all, Every: 10 * time.Minute})
	d := o.open(o.maya, 80, 24)

	o.letters("Billing", 1)
	o.wants(d, "with the screen in front")
	d.Send(tea.BlurMsg{})
	o.wants(d, "for what came before")

	o.letters("Billing", 2)
	text := "2 new in Billing"
	if o.called(d.Advance(time.Second)); d.View().WindowTitle != "(2) postroom" {
		t.Errorf("the title is %q", d.View().WindowTitle)
	}
	d.Send(tea.FocusMsg{}).Send(tea.BlurMsg{}).Advance(2 * time.Minute)
	if title := d.View().WindowTitle; title != "postroom" {
		t.Errorf("after somebody has looked the title is %q", title)
	}
	o.wants(d, "after somebody has looked")
	o.letters("Billing", 2)
	o.wants(d, "two mails at once", "\a\x1b]9;"+text+"\a\x1b]777;notify;postroom;"+text+"\a")

	// A flood is one call a minute, of one line.
	for range 20 {
		o.letters("Billing", 1)
		d.Listen().Advance(time.Second)
	}
	o.wants(d, "within a minute")
	d.Advance(time.Minute)
	o.wants(d, "after it", strings.ReplaceAll("\a\x1b]9;T\a\x1b]777;notify;postroom;T\a", "T", "20 new in Billing"))

	// A digest waits for its time, and what is at once does not wait for it.
	o.letters("Support", 12)
	d.Listen().Advance(2 * time.Minute)
	o.wants(d, "before the digest")
	o.letters("Billing", 1)
	if got := o.called(d); len(got) != 1 || !strings.Contains(got[0], "1 new in Billing") || strings.Contains(got[0], "Support") {
		t.Errorf("beside the digest: %q", got)
	}
	d.Advance(9 * time.Minute)
	if got := o.called(d); len(got) != 1 || !strings.Contains(got[0], "12 new in Support") {
		t.Errorf("the digest: %q", got)
	}
	d.Send(tea.FocusMsg{})
	o.letters("Billing", 1)
	d.Listen().Advance(time.Hour)
	o.wants(d, "in front again")
}

// TestACallTellsNothing: no word of a mail, nothing of an inbox one does not
// see, and no sequence but the ones that were chosen.
func TestACallTellsNothing(t *testing.T) {
	o := newOffice(t)
	_, err := o.maya.SetInboxSettings(context.Background(), "Billing", map[desk.SettingKey]string{desk.SetName: "Bill;ing", desk.SetNotify: "all"})
	must(t, err)
	o.hears(o.tom, "Bill;ing", desk.NotifyRule{About: desk.NotifyAll, Ways: []desk.NotifyWay{desk.NotifyOSC777}})
	d := o.open(o.tom, 80, 24).Send(tea.BlurMsg{})
	o.letters("Support", 1)
	o.letters("Maya", 1)
	o.wants(d, "for inboxes tom does not see")
	o.letters("Billing", 1)
	o.wants(d, "for his own", "\x1b]777;notify;postroom;1 new in Bill,ing\a")
	o.hears(o.tom, "Bill;ing", desk.NotifyRule{About: desk.NotifyNone})
	d.Advance(time.Hour)
	o.letters("Billing", 1)
	d.Listen().Advance(time.Hour)
	o.wants(d, "for one he has silenced")
}
