package settings_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui/uitest"
)

// letter is a mail from a customer.
func (o *office) letter(inbox, id, subject string) {
	o.t.Helper()
	o.receive(inbox, desk.Mail{MessageID: id + "@x", From: []desk.Mailbox{{Addr: "ana@x.test"}}, To: []desk.Mailbox{{Addr: desk.FoldName(inbox) + "@acme.test"}}, Subject: subject, Date: o.clock.Now()})
}

func (o *office) rule(text string) {
	o.t.Helper()
	list, err := desk.ParseRules(text)
	must(o.t, err)
	for _, t := range list {
		_, err := o.maya.AddRule(context.Background(), t, 0)
		must(o.t, err)
	}
}

// rulesNow are the rules in their order, as they are written.
func (o *office) rulesNow() (names []string, first desk.RuleText) {
	o.t.Helper()
	list, err := o.maya.Rules(context.Background())
	must(o.t, err)
	for i, v := range list {
		names = append(names, v.Name)
		if i == 0 {
			first = v.Text
		}
	}
	return names, first
}

func ruleOffice(t *testing.T) (*office, *uitest.Driver) {
	o := newOffice(t)
	o.rule("rule: invoices\nscope: inbox:Billing\non: created\nwhen: invoice*\nthen: assign tom\nthen: tag invoice\n\nrule: unicorns\nscope: desk\non: received\nwhen: unicorn\nthen: priority high\n")
	o.letter("Billing", "1", "Invoice 7 is wrong")
	o.letter("Billing", "2", "A refund, please")
	return o, pick(o.open(o.maya, 120, 40), "settings routing rules")
}

// TestRules: they stand in their order with how often each matched, change
// places, are switched off, and are removed after a question.
func TestRules(t *testing.T) {
	o, d := ruleOffice(t)
	d.See("▌● invoices", "inbox:Billing · created · matched 1", "● unicorns", "never matched", "assign tom", "once, last 09:42")
	golden(t, d, "rules-120x40-dark", 120, 40)
	d.Press(">").See("invoices is number 2 now.", "matched 1").Press(">").See("it is the last already")
	d.Press("P").See("invoices is off", "inbox:Billing · created · off", "[ Switch on ]")
	names, _ := o.rulesNow()
	if len(names) != 2 || names[0] != "unicorns" {
		t.Fatalf("the order is %v", names)
	}
	d.Press("#").See("It matched once", "No, leave it").Press("enter")
	if names, _ = o.rulesNow(); len(names) != 2 {
		t.Fatal("removed without a yes")
	}
	d.Press("#", "2").See("The rule invoices is no more.").NotSee("▌● invoices")
	if names, _ = o.rulesNow(); len(names) != 1 {
		t.Fatalf("the rules are %v", names)
	}
}

// TestRuleIsRehearsed: while a rule is written it is asked about the mail that
// is here, beside what is done now; nothing is written until it is saved, and
// what is wrong is said at its field.
func TestRuleIsRehearsed(t *testing.T) {
	o, d := ruleOffice(t)
	before := len(o.events())
	pick(d, "change the rule").Advance(time.Second).See("Of 2 mails of the last 30 days 0 would be treated in", "matches       now 1 of them, then 1")
	d.Press("tab", "tab").Type(" OR refund").Advance(time.Second).See("Of 2 mails of the last 30 days 1 would be treated in", "now nothing, then assign tom, tag invoice")
	golden(t, d, "rule-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "rule-80x24-dark", 80, 24)
	d.Resize(120, 40).Type(" frm:x").Press("ctrl+s").Advance(time.Second).Press("ctrl+s").See("! There is no frm: (column 20).")
	d.Press("esc").See("Throw it away?", "No, go on").Press("2")
	if n := len(o.events()); n != before {
		t.Fatalf("a rehearsal has written %d events", n-before)
	}
	pick(d, "change the rule").Press("tab", "tab").Type(" OR refund").Advance(time.Second).Press("ctrl+s").See("Changed the rule invoices.")
	if _, first := o.rulesNow(); first.When != "invoice* OR refund" {
		t.Errorf("the rule is %+v", first)
	}
}

// TestRuleIsMade: a new rule says at its fields what is missing, and one that
// time brings is not rehearsed over mail.
func TestRuleIsMade(t *testing.T) {
	o, d := ruleOffice(t)
	d.Press("c").See("Make a rule", "Say when and what").Press("ctrl+s").See(`"" cannot be the name of a rule.`)
	d.Type("silence").Press("tab").See("created: a mail begins").Press("ctrl+u").Type("silent").Advance(time.Second).Press("ctrl+s").See("! \"silent\" is not an event")
	d.Press("ctrl+u").Type("silent 3d").Advance(time.Second).Press("tab", "tab").See("One action in each line:", "assign maya")
	d.Type("asign tom").Advance(time.Second).Press("ctrl+s").See("Did you mean: assign?").Press("ctrl+u").Type("close").Advance(time.Second).See("It runs on no mail that comes in")
	d.Press("ctrl+s").See("Made the rule silence, number 3 in the order.", "inbox:Billing · silent 3d")
	pick(d, "from one that comes").See("Newsletters and lists are closed").Type("invoice").Press("enter").Advance(time.Second).Press("ctrl+s").See("! ", "WHO").Press("esc", "2")
	if names, _ := o.rulesNow(); len(names) != 3 {
		t.Errorf("the rules are %v", names)
	}
	// Who may not look after the inbox sees the rules and is told whose they are.
	tom := pick(o.open(o.tom, 80, 24), "settings routing rules").See("● invoices")
	tom.Press("enter").See("You may not change \"Billing\"").NotSee("[ Change ]", "[ Remove ]").Press("P").See("you may not change")
	tom.Press("esc", "j", "enter").See("Only admins change rules for the whole desk", "[ Make a rule ]")
	golden(t, tom, "rules-80x24-dark", 80, 24)
}
