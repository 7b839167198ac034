package desk_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postroom/connector/parse"
	"postroom/desk"
)

// writer writes mails and the rules for them, of the same words: a few of these
// are in nearly every mail, most in hardly one.
type writer struct {
	r    *rand.Rand
	zipf *rand.Zipf
}

func newWriter(seed uint64) writer {
	r := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // the same each time
	return writer{r, rand.NewZipf(r, 1.2, 4, 40_000)}
}

// spelled writes a number as a word.
func spelled(n uint64) string {
	syllables := [...]string{"ba", "ce", "di", "to", "le", "gu", "ma", "ne", "ri", "so", "tu", "va", "pi", "we", "kö"}
	word := ""
	for n += 20; n > 0; n /= uint64(len(syllables)) {
		word += syllables[n%uint64(len(syllables))]
	}
	return word
}

func (w writer) words(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(spelled(w.zipf.Uint64()))
		b.WriteString([]string{" ", " ", " ", " the ", ", ", " ", " und ", " ", ".\n"}[i%9])
	}
	return b.String()
}

// seldom is a word that a rule looks for: one of those that are no small talk.
func (w writer) seldom() string { return spelled(200 + w.r.Uint64N(39_000)) }

// rule is the text of a condition, of a kind that desks have.
func (w writer) rule(i int) string {
	return strings.NewReplacer("NUM", fmt.Sprint(i), "WORD", w.seldom(), "OTHER", w.seldom()).Replace([]string{
		"from:@customerNUM.test", "from:ann@customerNUM.test is:new", "subject:WORD", "subject:WORD OR body:OTHER*", "WORD OTHER -is:auto",
		"to:boxNUM@acme.test", `body:"WORD OTHER"`, "body:WORD lang:de", "(from:@customerNUM.test OR from:@otherNUM.test) -has:attachment", "header:x-system=WORD",
	}[i%10])
}

// mail writes one of a kind: raw, as a server gives it.
func (w writer) mail(kind string, i int) []byte {
	text, contentType := "", "text/plain"
	switch kind {
	case "short":
		text = w.words(60 + w.r.IntN(100))
	case "long":
		text = w.words(800 + w.r.IntN(5200))
	case "html":
		contentType = "text/html"
		for range 8 + w.r.IntN(12) {
			text += `<tr><td style="font-family:Arial,sans-serif;font-size:14px;padding:8px 20px"><p style="margin:0 0 12px">` + w.words(25) + `<a href="https://acme.test/click?id=12345">more</a></p></td></tr>` + "\n"
		}
		text = `<html><head><style>p{color:#222}</style></head><body><table role="presentation">` + text + "</table></body></html>"
	default:
		text = w.words(80) + "\n\nOn Mon, Jan 1, 2024 at 9:30 AM Support <support@acme.test> wrote:\n> " + strings.ReplaceAll(w.words(400), "\n", "\n> ")
	}
	var raw bytes.Buffer
	for hop := range 4 {
		fmt.Fprintf(&raw, "Received: from mx%d.acme.test (mx%d.acme.test [192.0.2.%d])\n\tby mail.acme.test with ESMTPS id %x\n\tfor <support@acme.test>; Tue, 02 Jan 2024 10:00:00 +0100\n", hop, hop, hop, i)
	}
	fmt.Fprintf(&raw, "DKIM-Signature: v=1; a=rsa-sha256; d=acme.test; b=%s\nX-System: %s\nFrom: Ann Kite <ann@customer%d.test>\nTo: Support <support@acme.test>\nSubject: %sDate: Tue, 02 Jan 2024 10:00:00 +0100\nMessage-ID: <%d@customer.test>\nMIME-Version: 1.0\nContent-Type: %s; charset=utf-8\n\n%s",
		strings.Repeat("abcd", 80), w.seldom(), i%3000, strings.ReplaceAll(w.words(8), "\n", " ")+"\n", i, contentType, text)
	return raw.Bytes()
}

// BenchmarkRulesBesideParsing parses mails and asks a thousand rules about each,
// and says what either takes: one operation is a mail. The mails of "all" are
// half short, the rest as many of each kind.
func BenchmarkRulesBesideParsing(b *testing.B) {
	w := newWriter(1)
	rules := make([]desk.Rule, 1000)
	for i := range rules {
		rules[i] = desk.Rule{ID: desk.RuleID(i + 1), Position: i + 1, Enabled: true, On: []desk.RuleEvent{desk.OnReceived}, When: w.rule(i), Then: []string{"tag x"}}
	}
	ask := desk.AskRules(rules)
	for _, bench := range []struct {
		name  string
		kinds []string
	}{
		{"all", []string{"short", "long", "short", "html", "short", "thread"}},
		{"short", []string{"short"}},
		{"long", []string{"long"}},
		{"html", []string{"html"}},
		{"thread", []string{"thread"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var parsing, asking time.Duration
			var size, matched int
			for i := range b.N {
				raw := newWriter(uint64(i)).mail(bench.kinds[i%len(bench.kinds)], i)
				size += len(raw)
				began := time.Now()
				m := parse.Parse(raw, parse.Options{})
				parsed := time.Now()
				matched += ask(m)
				asking += time.Since(parsed)
				parsing += parsed.Sub(began)
			}
			if b.N > 1000 && matched == 0 {
				b.Error("no rule matches any mail")
			}
			n := float64(b.N)
			b.ReportMetric(float64(size)/n/1000, "KB/mail")
			b.ReportMetric(float64(matched)/n, "matches/mail")
			b.ReportMetric(float64(parsing.Nanoseconds())/n/1000, "parsing-µs")
			b.ReportMetric(float64(asking.Nanoseconds())/n/1000, "rules-µs")
			b.ReportMetric(0, "ns/op")
		})
	}
}
