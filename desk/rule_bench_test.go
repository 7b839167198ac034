package desk

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// benchWords are words by how often they come: a few in each text, most seldom.
func benchWords(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "word%d ", int(5000*r.Float64()*r.Float64()*r.Float64()))
		if i%12 == 11 {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// benchRules are rules as desks have them: by sender, by words, by a field, by
// language and by how the conversation stands.
func benchRules(n int) []Rule {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same rules each time
	list := make([]Rule, n)
	for i := range list {
		word := fmt.Sprintf("word%d", r.IntN(5000))
		when := []string{
			"from:@customerNUM.test", "from:ann@customerNUM.test is:new", "subject:WORD", "subject:WORD OR body:rareNUM*",
			"WORD rareNUM -is:auto", "to:boxNUM@acme.test", "body:\"WORD rareNUM\" tag:vip", "subject:rareNUM lang:de",
			"(from:@customerNUM.test OR from:@otherNUM.test) -has:attachment", "header:x-system=monitorNUM",
		}[i%10]
		when = strings.NewReplacer("NUM", strconv.Itoa(i), "WORD", word).Replace(when)
		list[i] = Rule{ID: RuleID(i + 1), Name: word, Position: i + 1, Enabled: true, On: []RuleEvent{OnReceived}, When: when, Then: []string{"tag x"}}
	}
	return list
}

// benchMails are mails of the median length of the corpus, and longer ones.
func benchMails(words int) []Mail {
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same mails each time
	list := make([]Mail, 200)
	for i := range list {
		list[i] = Mail{
			Subject: "Re: " + benchWords(r, 6), Text: benchWords(r, words),
			From: []Mailbox{{"Ann Kite", fmt.Sprintf("ann@customer%d.test", r.IntN(3000))}}, To: []Mailbox{{"Support", "support@acme.test"}},
			Fields: []Field{{"List-Id", "<announce.acme.test>"}, {"X-System", fmt.Sprintf("monitor%d", r.IntN(3000))}},
		}
	}
	return list
}

// BenchmarkRules asks rules about a mail that has come in: its words are folded,
// the rules that may match are found and asked. It is to be held against
// BenchmarkParse of connector/parse.
func BenchmarkRules(b *testing.B) {
	for _, rules := range []int{10, 1000} {
		for _, words := range []int{100, 800, 6000} { // about 0.8, 6 and 45 KB
			mails := benchMails(words)
			b.Run(fmt.Sprintf("%d rules/%d words", rules, words), func(b *testing.B) {
				bk := newRuleSet(1, benchRules(rules)).bucket(OnReceived, Inbox{ID: 1, Kind: Shared})
				hits, n := 0, 0
				b.ReportAllocs()
				for b.Loop() {
					m := mails[n%len(mails)]
					n++
					f := &facts{situation: situation{Inbox: "support", Began: true, Place: InOpen}, mail: m, asked: bk}
					f.Headers = map[string][]string{"x-system": {m.Fields[1].Value}}
					if bk.language {
						f.Language = bk.set.tongues.of(f.bodyWords())
					}
					for _, p := range bk.candidates(f) {
						if p.matches(f, nil) {
							hits++
						}
					}
				}
				if rules == 1000 && n >= len(mails) && hits == 0 {
					b.Error("no rule matches any mail")
				}
				b.ReportMetric(float64(hits)/float64(n), "hits/mail")
			})
		}
	}
}
