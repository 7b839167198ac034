package settings_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
)

// TestStrategies: one is made with who it would find in sight, used by an
// inbox, changed and removed; nobody's turn is taken by looking.
func TestStrategies(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := pick(o.open(o.maya, 120, 40), "settings strategies").See("No strategy yet", "[ Make a strategy ]")
	d.Press("c").Advance(time.Second).See("Make a strategy", "A strategy of kind round-robin needs somebody").Type("rota").Press("tab", "tab").Type("maya, tim").Advance(time.Second).Press("ctrl+s").See(`! There is no`, `"tim"`)
	d.Press("backspace", "backspace", "backspace").Type("tom").Advance(time.Second).See("The next one of Billing", "strategy:this strategy", "maya: is next, had none yet", "tom: comes later")
	golden(t, d, "strategy-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "strategy-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("ctrl+s").See("Made the strategy rota.", "used by nothing yet", "among      maya, tom")
	_, err := o.maya.SetInboxSettings(ctx, "Billing", map[desk.SettingKey]string{desk.SetRouting: "rota"})
	must(t, err)
	_, err = o.maya.SetAway(ctx, "maya")
	must(t, err)
	d.Listen().Advance(time.Second).See("used by Billing", "maya: is away", "tom: is next").NotSee("The next one of Sales")
	golden(t, d, "strategies-120x40-dark", 120, 40)
	// Looking has taken no turn, so the first of them gets it.
	_, err = o.maya.SetAvailable(ctx, "maya")
	must(t, err)
	o.letter("Billing", "1", "Hello")
	d.Listen().Advance(time.Second).See("tom: is next, had none yet", "maya: comes later, last had turn")
	d.Press("#", "2").See("is used by Billing")
	pick(d, "change the strategy").Advance(time.Second).See("Change rota").Press("tab", "tab").Type("strategy:rota").Advance(time.Second).See("would lead back to itself").Press("ctrl+s").See("! ").Press("ctrl+u").Type("nobody").Advance(time.Second).Press("ctrl+s").See("Changed the strategy rota.", "else       nobody")
	// Who is no admin sees them, and whose they are to change.
	tom := pick(o.open(o.tom, 80, 24), "settings strategies").Press("enter").See("used by    Billing", "Only admins make and change strategies").NotSee("[ Change ]", "The next one")
	golden(t, tom, "strategies-80x24-dark", 80, 24)
}
