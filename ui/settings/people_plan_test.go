package settings_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
)

// TestPlanningAPerson: away, absences, hours and capacity of somebody are seen
// and changed where the people are; the form says first how it leaves them.
func TestPlanningAPerson(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t) // Monday 2026-10-19 09:42 UTC
	standing := func() desk.Standby {
		t.Helper()
		b, err := o.tom.Standby(ctx)
		must(t, err)
		return b
	}
	_, err := o.maya.SetInboxSettings(ctx, "Billing", map[desk.SettingKey]string{desk.SetDeputy: "tom"})
	must(t, err)
	d := pick(o.open(o.maya, 120, 40), "settings people").See("covered by Tom Ashe in Billing; nobody in Sales")
	d.Press("j").See("login      tom", "now        can be given work", "works      always", "given      any number, has 0")
	pick(d, "a person is away").See("Tom Ashe is away, set by Maya.", "[ Back ]")
	d.Press("k").See("Tom Ashe, who is away, in Billing").Press("j")
	pick(d, "a person is away").See("Tom Ashe can be given work.", "[ Away ]")

	pick(d, "say when a person works").See("Hours of Tom Ashe").Type("mon-fri 10:00-17:00").Advance(time.Second).Press("ctrl+s").See("Write them like")
	d.Type("UTC").Advance(time.Second).See("Then Tom Ashe is not at work now until 10:00")
	golden(t, d, "hours-of-120x40-dark", 120, 40)
	if len(standing().Availability.Hours.Hours) != 0 {
		t.Fatal("the preview has written the hours")
	}
	d.Press("ctrl+s").See("Tom Ashe is not at work now until 10:00.", "works      mon-fri 10:00-17:00, UTC")

	pick(d, "plan an absence").See("Absence of Tom Ashe").Type("yesterday").Press("tab").Type("fri").Advance(time.Second).See("\"yesterday\" is no time").Press("ctrl+s")
	d.Press("ctrl+u").Type("tomorrow").Advance(time.Second).See("20 Oct 00:00 to 23 Oct 00:00")
	d.Resize(80, 24)
	golden(t, d, "absence-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("ctrl+s").See("absent     20 Oct 00:00 to 23 Oct 00:00")
	pick(d, "plan an absence").Press("up", "up", "up", "right").Advance(time.Second).Press("ctrl+s").NotSee("20 Oct")
	if off := standing().Availability.Off; len(off) != 0 {
		t.Fatalf("still planned: %v", off)
	}

	pick(d, "how much a person is given").Press("ctrl+u").Type("many").Advance(time.Second).Press("ctrl+s").See("\"many\" is no number.")
	d.Press("ctrl+u").Type("8").Press("tab", "ctrl+u").Type("0").Advance(time.Second).Press("ctrl+s").See("Nobody works 0 % of a day.")
	d.Press("ctrl+u").Type("50").Advance(time.Second).Press("ctrl+s").See("given      8 at most, has 0; works 50 % of a day")
	golden(t, d, "person-120x40-dark", 120, 40)
	if a := standing().Availability; a.Capacity != 8 || a.Share != 50 {
		t.Fatalf("%+v", a)
	}

	// Everybody says it of himself; of others only who may.
	d = pick(o.open(o.tom, 120, 40), "settings people").Press("g", "g").See("login      maya", "Only admins, and who configures").NotSee("[ Hours… ]", "has 0")
	pick(d, "a person is away").See("only admins, and who configures an inbox of theirs")
	pick(d.Press("esc", "j"), "say when a person works").Press("ctrl+u").Advance(time.Second).Press("ctrl+s").See("Tom Ashe can be given work.", "works      always")
}
