package desk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// letter is a mail with all that a condition can ask.
func letter() *facts {
	return &facts{
		situation: situation{
			Inbox: "support", Began: true, Place: InOpen, Owed: true, Auth: "pass", Language: "en", Owner: "maya", Contact: []string{"ana@kite.test"}, Company: []string{"kite.test", "kite ltd"}, OpenDeal: true, Tags: []string{"vip"}, Priority: High,
			Channels: []string{"help@acme.test"}, Headers: map[string][]string{"list-id": {"Announce <announce.kite.test>"}},
		},
		mail: Mail{
			Subject: "AW: Re[2]: Übergabe der Rechnung", Text: "Please send the refund.\nThank you", Quoted: "> the contract", Signature: "Kite Limited",
			From: []Mailbox{{"Ana Kite", "Ana+work@Kite.test"}}, To: []Mailbox{{"Help desk", "help@acme.test"}}, Cc: []Mailbox{{"", "bo@kite.test"}},
			DeliveredTo: []string{"billing@acme.test"}, Attachments: []Attachment{{Filename: "Bill.PDF", ContentType: "application/pdf"}},
		},
	}
}

func TestConditionsHoldOrNot(t *testing.T) {
	for _, tt := range []struct {
		when string
		want bool
	}{
		{"", true},
		{"subject:ubergabe", true}, // decoded before, and without its accents
		{"subject:RECHNUNG", true},
		{"subject:re", false}, // what answering put there is no subject (S105)
		{`subject:"ubergabe der"`, true},
		{`subject:"der ubergabe"`, false},
		{"subject:rechn", false}, // words are whole
		{"subject:rechn*", true},
		{"refund", true},
		{"rechnung", true},
		{"contract", false},
		{"body:refund", true},
		{"body:refunds", false},
		{"body:contract", false}, // quoted (S103)
		{"body:limited", false},  // a signature
		{"body:rechnung", false},
		{"from:@kite.test", true},
		{"from:*@kite.test", true},
		{"from:@test", false},
		{"from:@ite.test", false}, // S247
		{"from:ana@kite.test", true},
		{"from:ana+work@kite.test", true},
		{"from:an@kite.test", false},
		{"from:ana@", true},
		{"from:kite", true},
		{"from:bo", false},
		{"to:help@acme.test", true},
		{"to:bo@kite.test", true},
		{"to:billing@", true},
		{"to:billing@acme.test", true}, // a Bcc, or an alias (S104)
		{"to:sales@", false},
		{"to:desk", true},
		{"has:attachment", true},
		{"ext:pdf", true},
		{"ext:.PDF", true},
		{"ext:doc", false},
		{"type:application/pdf", true},
		{"type:application/*", true},
		{"type:image", false},
		{"type:app", false},
		{"header:List-Id", true},
		{"header:list-id=announce", true},
		{"header:List-Id=nounce", false},
		{"header:X-None", false},
		{`header:List-Id="announce announce"`, true},
		{`header:"List-Id=kite test"`, true},
		{"lang:en", true},
		{"lang:de", false},
		{"auth:pass", true},
		{"auth:fail", false},
		{"-auth:pass", false},
		{"channel:Help@acme.test", true},
		{"channel:sales@acme.test", false},
		{"inbox:Support", true},
		{"inbox:sales", false},
		{"is:new", true},
		{"is:reply", false},
		{"is:auto", false},
		{"is:open", true},
		{"is:unassigned", true},
		{"is:owed", true},
		{"assignee:nobody", true},
		{"assignee:maya", false},
		{"contact:ana@kite.test", true},
		{"contact:bo@kite.test", false},
		{"company:kite.test", true},
		{"company:@kite.test", true},
		{`company:"Kite Ltd"`, true},
		{"company:acme.test", false},
		{"owner:maya", true},
		{"owner:nobody", false},
		{"has:open-deal", true},
		{"tag:vip", true},
		{"tag:x", false},
		{"priority:high", true},
		{"priority:low", false},
		{"team:billing", false},
		{"team:none", true},
		{"refund OR contract", true},
		{"refund contract", false},
		{"refund -contract", true},
		{"-(refund contract)", true},
		{"-(refund OR contract)", false},
	} {
		q, err := ParseCondition(tt.when)
		if err != nil {
			t.Errorf("%s: %v", tt.when, err)
			continue
		}
		p := prepare(Rule{When: q.String()})
		if got := p.matches(letter(), nil); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.when, got, tt.want)
		}
		// The index must not lose what would match.
		set := newRuleSet(1, []Rule{{ID: 1, When: tt.when, On: []RuleEvent{OnReceived}, Enabled: true}})
		found := len(set.bucket(OnReceived, Inbox{ID: 1, Kind: Shared}).candidates(letter())) == 1
		if tt.want && !found {
			t.Errorf("%s matches, and the index does not lead to it", tt.when)
		}
	}
}

func TestARuleAsksOnlyWhatItCan(t *testing.T) {
	for when, hint := range map[string]string{
		"older:2d": "silent 3d", "#12": "", "is:unread": "", "assignee:me": "Name somebody", "lang:english": "", "auth:maybe": "auth:pass",
		"header:=x": "header:List-Id", "header:a=!": "header:List-Id", "body:!": "body:refund", "channel:help": "channel:help@", "type:*": "type:image",
	} {
		if _, err := ParseCondition(when); KindOf(err) != Invalid || !strings.Contains(hintOf(err), hint) {
			t.Errorf("%s: %v, hint %q", when, err, hintOf(err))
		}
	}
	for _, line := range []string{"body:refund", "header:X-A=b", "ext:pdf", "lang:de", "auth:pass", "channel:a@b.test", "is:new"} {
		if _, err := ParseQuery(line); KindOf(err) != Invalid {
			t.Errorf("a list takes %s", line)
		}
	}
}

func hintOf(err error) string {
	if e, ok := err.(*Error); ok { //nolint:errorlint // it is made here
		return e.Hint
	}
	return ""
}

// TestConditionsArePrintedAsTheyAreRead: the text of a rule is the same
// everywhere.
func TestConditionsArePrintedAsTheyAreRead(t *testing.T) {
	for _, when := range []string{
		`body:"late invoice" -(from:@kite.test OR header:"list-id=a b")`, "header:x-spam=yes type:image ext:pdf", "is:new channel:a@b.test invoice*", "refund",
	} {
		q, err := ParseCondition(when)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseCondition(q.String())
		if err != nil || again.String() != q.String() || strings.TrimSpace(q.String()) != when {
			t.Errorf("%s is printed as %s: %v", when, q, err)
		}
	}
	text := RuleText{Name: "a b", Scope: "inbox:support", On: "received, silent 3d", When: "x: y", Then: []string{"assign maya", "stop"}}
	list, err := ParseRules("# a comment\n" + text.String() + "\n" + text.String())
	if err != nil || len(list) != 2 || fmt.Sprint(list[0]) != fmt.Sprint(text) {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestExplainingSaysWhatFailed(t *testing.T) {
	q, err := ParseCondition("refund lang:de is:new")
	if err != nil {
		t.Fatal(err)
	}
	var tr trace
	if prepare(Rule{When: q.String()}).matches(letter(), &tr) {
		t.Fatal("it matches")
	}
	want := []Asked{{"refund", true, "Übergabe der Rechnung"}, {"lang:de", false, "en"}}
	if !slices.Equal(tr.asked, want) {
		t.Errorf("asked %+v, want %+v", tr.asked, want)
	}
}

func TestSubjectsLoseTheirPrefixes(t *testing.T) {
	for subject, want := range map[string]string{
		"RE: AW: SV: Fwd: Lamp": "Lamp", "Re[3]: Lamp": "Lamp", "回复：灯": "灯", "Lamp: broken": "Lamp: broken", "Re:": "", "": "", "Antw: Re : Lamp": "Lamp",
	} {
		if got := subjectOf(subject); got != want {
			t.Errorf("%q is %q, want %q", subject, got, want)
		}
	}
}

func TestWordsInAnyScript(t *testing.T) {
	for text, want := range map[string]wording{
		"Ärger, Straße!": " arger straße ", "ΣΊΣΥΦΟΣ": wordingOf("σίσυφος"), "我没有发票": " 我 没 有 发 票 ", "café": wordingOf("cafe\u0301"), "- !": "", "A1-b2": " a1 b2 ",
	} {
		if got := wordingOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if !wordingOf("请寄发票来").has(wordingOf("发票"), false) || wordingOf("发 工 票").has(wordingOf("发票"), false) {
		t.Error("words of a script without blanks")
	}
}
