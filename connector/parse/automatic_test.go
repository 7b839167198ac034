package parse

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postroom/desk"
)

// verdict is one line of testdata/automatic.txt: what a person reads in a
// message. The lines were written with the messages, before the code that has
// to read the same.
type verdict struct {
	group, file string
	kind        desk.AutoKind
	returned    string
	recipients  []desk.AutoRecipient
}

func verdicts(t testing.TB) []verdict {
	t.Helper()
	raw, err := os.ReadFile("testdata/automatic.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []verdict
	group := ""
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "# "); ok {
			group = name
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) < 3 {
			continue
		}
		v := verdict{group: group, file: cells[0], kind: desk.AutoKind(cells[1]), returned: strings.TrimPrefix(cells[2], "-")}
		for _, cell := range cells[3:] {
			words := strings.Split(cell, " ")
			to := desk.AutoRecipient{Addr: words[0], Status: words[1], Action: words[2]}
			to.Hard = len(words) > 3 && words[3] == "hard"
			v.recipients = append(v.recipients, to)
		}
		list = append(list, v)
	}
	if len(list) < 160 {
		t.Fatalf("only %d verdicts", len(list))
	}
	return list
}

// message reads a message of testdata.
func message(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// score counts what was read of the messages of one group.
type score struct {
	group                                        string
	messages, kinds, recipients, named, statuses int
}

// judge judges a reader by the verdicts, group by group, and tells what it read
// otherwise.
func judge(t testing.TB, read func(raw []byte) desk.Mail) (list []score, wrong []string) {
	for _, v := range verdicts(t) {
		if len(list) == 0 || list[len(list)-1].group != v.group {
			at := slices.IndexFunc(list, func(r score) bool { return r.group == v.group })
			if at >= 0 {
				t.Fatalf("%s stands in automatic.txt twice", v.group)
			}
			list = append(list, score{group: v.group})
		}
		r := &list[len(list)-1]
		got := read(message(t, v.file))
		r.messages++
		if got.Auto.Kind == v.kind {
			r.kinds++
		}
		same := len(got.Auto.Recipients) == len(v.recipients)
		for i, want := range v.recipients {
			r.recipients++
			if i >= len(got.Auto.Recipients) {
				continue
			}
			to := got.Auto.Recipients[i]
			if to.Addr == want.Addr {
				r.named++
			}
			if to == want {
				r.statuses++
			}
			same = same && to == want
		}
		if got.Auto.Kind != v.kind || got.Returned != v.returned || !same {
			wrong = append(wrong, fmt.Sprintf("%s: %s %q %v, want %s %q %v", v.file, got.Auto.Kind, got.Returned, got.Auto.Recipients, v.kind, v.returned, v.recipients))
		}
	}
	return list, wrong
}

func TestAutomaticMail(t *testing.T) {
	list, wrong := judge(t, func(raw []byte) desk.Mail { return parse(raw, Options{}) })
	for _, w := range wrong {
		t.Error(w)
	}
	var b strings.Builder
	b.WriteString("| written by | messages | kind | recipients | with status and permanence |\n| --- | ---: | ---: | ---: | ---: |\n")
	of := func(n, all int) string {
		if all == 0 {
			return "–"
		}
		return fmt.Sprintf("%d of %d", n, all)
	}
	for _, r := range list {
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |\n", r.group, r.messages, of(r.kinds, r.messages), of(r.named, r.recipients), of(r.statuses, r.recipients))
	}
	holdDocs(t, "automatic mail", b.String())
}

// TestAutomaticJudge is the control: a reader that calls no mail automatic, one
// that calls every mail a bounce, and one that knows no mail system by its words
// must be found out.
func TestAutomaticJudge(t *testing.T) {
	right := func(list []score, ordinary bool) (kinds, statuses int) {
		for _, r := range list {
			if (r.group == "Ordinary mail") == ordinary {
				kinds += r.kinds
				statuses += r.statuses
			}
		}
		return kinds, statuses
	}
	always := func(kind desk.AutoKind) func([]byte) desk.Mail {
		return func([]byte) desk.Mail { return desk.Mail{Auto: desk.Auto{Kind: kind}} }
	}
	blind, _ := judge(t, always(desk.AutoNone))
	if kinds, statuses := right(blind, false); kinds != 0 || statuses != 0 {
		t.Errorf("a reader that calls no mail automatic has %d kinds and %d recipients right", kinds, statuses)
	}
	harsh, _ := judge(t, always(desk.AutoBounce))
	if kinds, _ := right(harsh, true); kinds != 0 {
		t.Errorf("a reader that calls every mail a bounce has %d ordinary mails right", kinds)
	}
	all := mailSystems
	mailSystems = nil
	defer func() { mailSystems = all }()
	_, wrong := judge(t, func(raw []byte) desk.Mail { return parse(raw, Options{}) })
	if len(wrong) < 15 {
		t.Errorf("without the table of mail systems only %d messages are read otherwise", len(wrong))
	}
}

// TestOrdinaryMail: no message of the whole corpus is automatic but those that
// are there to be.
func TestOrdinaryMail(t *testing.T) {
	automatic := map[string]bool{"html_newsletter": true, "sig_list": true}
	for _, v := range verdicts(t) {
		automatic[v.file] = v.kind != desk.AutoNone
	}
	seen := 0
	for _, dir := range []string{"testdata", filepath.Join("testdata", "newtext")} {
		files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".eml")
			if automatic[name] || strings.HasPrefix(name, "auto_") {
				continue
			}
			seen++
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if mail := parse(raw, Options{}); mail.Auto.Kind != desk.AutoNone || len(mail.Auto.Recipients) > 0 || mail.Returned != "" {
				t.Errorf("%s: %s %v %q", file, mail.Auto.Kind, mail.Auto.Recipients, mail.Returned)
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d ordinary messages", seen)
	}
}

// TestSomebodySendsABounce: whoever pastes, quotes, forwards or attaches a
// bounce writes an ordinary mail. The same words from a mail system are the
// control.
func TestSomebodySendsABounce(t *testing.T) {
	const person = "Return-Path: <nora@kunde.test>\nFrom: Nora Beck <nora@kunde.test>\nTo: support@desk.test\n"
	ways := map[string]func(subject, text, raw string) string{
		"pasted": func(subject, text, _ string) string { return "Subject: " + subject + "\n\n" + text },
		"quoted": func(subject, text, _ string) string {
			return "Subject: Re: " + subject + "\n\nWhat is this?\n\n> " + strings.ReplaceAll(text, "\n", "\n> ")
		},
		"forwarded": func(subject, text, _ string) string {
			return "Subject: Fwd: " + subject + "\n\n---------- Forwarded message ---------\nFrom: MAILER-DAEMON@mx.test\nSubject: " + subject + "\nTo: nora@kunde.test\n\n" + text
		},
		"attached": func(subject, _, raw string) string {
			return "Subject: " + subject + "\nContent-Type: multipart/mixed; boundary=outside\n\n--outside\n\nSee the attached mail.\n--outside\nContent-Type: message/rfc822\n\n" + raw + "\n--outside--\n"
		},
		"taken apart": func(subject, text, _ string) string {
			return "Subject: Fwd: " + subject + "\nContent-Type: multipart/mixed; boundary=outside\n\n--outside\n\n" + text + "\n--outside\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.test\nAction: failed\nStatus: 5.1.1\n\n--outside--\n"
		},
	}
	machine := 0
	for _, v := range verdicts(t) {
		if v.kind != desk.AutoBounce && v.kind != desk.AutoDelayed {
			continue
		}
		raw := message(t, v.file)
		bounce := parse(raw, Options{})
		for way, write := range ways {
			sent := person + "Message-ID: <p@kunde.test>\nMIME-Version: 1.0\n" + write(bounce.Subject, bounce.BodyText, string(raw))
			if got := parse([]byte(sent), Options{}); got.Auto.Kind != desk.AutoNone || len(got.Auto.Recipients) > 0 || got.Returned != "" {
				t.Errorf("%s, %s: %s %v %q", v.file, way, got.Auto.Kind, got.Auto.Recipients, got.Returned)
			}
		}
		control := "Return-Path: <>\nFrom: MAILER-DAEMON@mx.test\nTo: support@desk.test\n" + ways["pasted"](bounce.Subject, bounce.BodyText, "")
		if got := parse([]byte(control), Options{}); got.Auto.Kind == v.kind {
			machine++
		}
	}
	if machine < 90 {
		t.Errorf("from a mail system only %d are bounces", machine)
	}
}

// TestMailSystems: whatever says of a mail system is enough for a bounce with a
// subject nobody knows, if a machine sent it, and for nothing if not. Each mail
// system has a message.
func TestMailSystems(t *testing.T) {
	used := map[string]bool{}
	for _, v := range verdicts(t) {
		raw := message(t, v.file)
		mail := parse(raw, Options{})
		if v.kind == desk.AutoBounce || v.kind == desk.AutoDelayed {
			if n := newReading(raw, Options{}).readNote(&mail); n.system != nil {
				used[n.system.name] = true
			}
		}
	}
	for _, m := range mailSystems {
		if !used[m.name] {
			t.Errorf("%s has no message in testdata", m.name)
		}
		subject := "Your order"
		if len(m.subject) > 0 {
			subject = m.subject[0]
		}
		for _, phrase := range m.says {
			if phrase != strings.ToLower(phrase) || strings.Join(strings.Fields(phrase), " ") != strings.TrimSpace(phrase) {
				t.Errorf("%s: %q can never be found", m.name, phrase)
			}
			text := "Subject: " + subject + "\n\n" + phrase + "\n\n<nora@kunde.test>\n550 5.1.1 unknown\n"
			if got := parse([]byte("Return-Path: <>\nFrom: postmaster@mx.test\n"+text), Options{}); got.Auto.Kind != desk.AutoBounce && got.Auto.Kind != desk.AutoDelayed {
				t.Errorf("%s: %q from a mail system is %s", m.name, phrase, got.Auto.Kind)
			}
			if got := parse([]byte("Return-Path: <nora@kunde.test>\nFrom: Nora <nora@kunde.test>\n"+text), Options{}); got.Auto.Kind != desk.AutoNone {
				t.Errorf("%s: %q from a person is %s", m.name, phrase, got.Auto.Kind)
			}
		}
		for _, form := range m.lists {
			if strings.Count(form, "%") != 1 || form != strings.ToLower(form) {
				t.Errorf("%s: %q is no form", m.name, form)
			}
		}
	}
}

func TestDiagnose(t *testing.T) {
	tests := map[string]string{
		"":                                       "",
		"550 5.1.1 user unknown":                 "5.1.1",
		"550-5.7.26 not accepted":                "5.7.26",
		"(#5.4.4)":                               "5.4.4",
		"Status code: 550 5.1.10.":               "5.1.10",
		"ERROR_CODE :550, ERROR_CODE :5.2.2 <a>": "5.2.2",
		"550 no such user":                       "5.1.1",
		"452 mailbox full":                       "4.2.2",
		"mailbox full":                           "4.2.2",
		"552 mailbox full":                       "5.2.2",
		"User mailbox size limit exceeded":       "4.2.2",
		"message size limit exceeded":            "5.3.4",
		"the maximum is 550 MB":                  "",
		"Exim 4.92.3 at 4.4.4.4":                 "",
		"version 5.50.1":                         "",
		"host not found":                         "5.1.2",
		"Das Postfach ist voll":                  "4.2.2",
		"我们找不到 邮箱不存在":                            "5.1.1",
		"2.0.0 accepted":                         "",
		"554 rejected":                           "5.0.0",
	}
	for text, want := range tests {
		if got := diagnose(text).status; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
