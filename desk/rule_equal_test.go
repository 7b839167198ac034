package desk

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// foldedSlowly is what [wordingOf] means, letter by letter as it is defined.
func foldedSlowly(text string) wording {
	var words []string
	open := false
	for _, r := range text {
		switch {
		case r >= 0x300 && r < 0x370 && open:
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
			open = false
		case r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			words, open = append(words, string(r)), false
		default:
			if n := int(r - 'À'); n >= 0 && n < len(latin) && latin[n] != '.' {
				r = rune(latin[n])
			} else if r != 'ı' {
				r = unicode.ToLower(unicode.ToUpper(r))
			}
			if !open {
				words, open = append(words, ""), true
			}
			words[len(words)-1] += string(r)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return wording(" " + strings.Join(words, " ") + " ")
}

// TestFoldingIsWhatItMeans: the fast way of folding a text and of going through
// its words gives what the plain one does.
func TestFoldingIsWhatItMeans(t *testing.T) {
	check := func(text string) {
		t.Helper()
		got, want := wordingOf(text), foldedSlowly(text)
		if got != want {
			t.Fatalf("%q is %q, want %q", text, got, want)
		}
		var words []string
		got.each(func(head uint64, word string) {
			if head != headOf(word) {
				t.Fatalf("%q: the head of %q is %x, want %x", text, word, head, headOf(word))
			}
			words = append(words, word)
		})
		if !slices.Equal(words, strings.Fields(string(want))) {
			t.Fatalf("%q has the words %q", text, words)
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if text := string(r); r < 0x3000 || r%97 == 0 {
			check(text)
			check("a" + text + "b")
		}
	}
	r := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // the same texts each time
	alphabet := []rune("aBz09 ,.-\n\u0301éßØ×ıİςЖщё请งか۱ȺⱯ\xff")
	for range 5_000 {
		text := make([]rune, r.IntN(40))
		for i := range text {
			text[i] = alphabet[r.IntN(len(alphabet))]
		}
		check(string(text))
	}
	check("a\xffb\xc3")
}

// chance makes conditions and mails of so few words that they often meet.
type chance struct{ *rand.Rand }

func (c chance) of(list ...string) string { return list[c.IntN(len(list))] }

func (c chance) word() string {
	return c.of("invoice", "invoices", "in", "refund", "straße", "lamp", "kundennummer", "kundennummern", "请", "发", "ж", "3", "acme")
}

func (c chance) address() string {
	return c.of("ann", "bo", "cy+x", "billing") + "@" + c.of("kite", "acme", "mail.kite") + c.of(".test", ".example")
}

func (c chance) words(n int) string {
	var list []string
	for range n {
		list = append(list, c.of(c.word(), strings.ToUpper(c.word()), "Lorem", "ipsum,"))
	}
	return strings.Join(list, c.of(" ", "\n"))
}

func (c chance) leaf() string {
	a := c.address()
	at := strings.IndexByte(a, '@')
	return strings.NewReplacer("WORD", c.word(), "OTHER", c.word(), "ADDRESS", a, "DOMAIN", a[at:], "NAME", a[:at+1]).Replace(c.of(
		"WORD", "WORD*", "subject:WORD", "body:WORD", "body:WORD*", `"WORD OTHER"`, `body:"WORD OTHER"`, "from:WORD", "from:ADDRESS", "from:DOMAIN", "from:NAME",
		"to:ADDRESS", "to:DOMAIN", "to:WORD*", "header:x-kind", "header:x-kind=WORD", `header:"x-kind=WORD OTHER"`, "is:new", "tag:vip", "lang:en", "has:attachment"))
}

func (c chance) condition(depth int) string {
	if depth == 0 || c.IntN(3) == 0 {
		return c.of("", "", "-") + c.leaf()
	}
	var list []string
	for range 1 + c.IntN(3) {
		list = append(list, c.condition(depth-1))
	}
	return c.of("", "", "-") + "(" + strings.Join(list, c.of(" ", " OR ")) + ")"
}

func (c chance) facts() *facts {
	f := &facts{situation: situation{Began: c.IntN(2) == 0}, mail: Mail{
		Subject: c.of("", "Re: ") + c.words(c.IntN(4)), Text: c.words(c.IntN(12)),
		From: []Mailbox{{c.words(1), c.address()}}, To: []Mailbox{{c.words(c.IntN(2)), c.address()}}, DeliveredTo: []string{c.address()},
	}}
	if c.IntN(2) == 0 {
		f.Headers = map[string][]string{"x-kind": {c.words(2), c.words(1)}}
	}
	if c.IntN(2) == 0 {
		f.Tags, f.Language = []string{"vip"}, "en"
	}
	return f
}

// missing are the rules that match when every one of them is asked of everything,
// and not when they are found by their words.
func missing(b *bucket, f *facts) []string {
	slow := &facts{situation: f.situation, mail: f.mail}
	var want, got []RuleID
	for _, p := range b.rules {
		if p.matches(slow, nil) {
			want = append(want, p.ID)
		}
	}
	for _, p := range b.candidates(f) {
		if p.matches(f, nil) {
			got = append(got, p.ID)
		}
	}
	var list []string
	for _, p := range b.rules {
		if slices.Contains(want, p.ID) != slices.Contains(got, p.ID) {
			list = append(list, p.When)
		}
	}
	if !slices.IsSorted(got) {
		list = append(list, "not in their order")
	}
	return list
}

// TestTheIndexLosesNoRule: what is found by words is what matches when every
// rule is asked, and explaining it says the same.
func TestTheIndexLosesNoRule(t *testing.T) {
	c := chance{rand.New(rand.NewPCG(2, 3))} //nolint:gosec // the same rules each time
	matched, lost := 0, 0
	for range 20 {
		rules := make([]Rule, 40)
		for i := range rules {
			when := c.condition(2)
			if _, err := ParseCondition(when); err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			rules[i] = Rule{ID: RuleID(i + 1), Enabled: true, On: []RuleEvent{OnReceived}, When: when}
		}
		b := newRuleSet(1, rules).bucket(OnReceived, Inbox{ID: 1, Kind: Shared})
		for range 40 {
			f := c.facts()
			if list := missing(b, f); len(list) > 0 {
				t.Fatalf("%q\n%+v\n%+v", list, f.mail, f.situation)
			}
			for _, p := range b.rules {
				var tr trace
				held := p.matches(f, nil)
				if p.matches(&facts{situation: f.situation, mail: f.mail}, &tr) != held || len(tr.asked) == 0 {
					t.Fatalf("%s is explained as %+v", p.When, tr.asked)
				}
				if held {
					matched++
				}
			}
			// The control: an index that forgot its words would be noticed.
			forgetful := *b
			forgetful.lexicons = map[spot]*lexicon{}
			lost += len(missing(&forgetful, &facts{situation: f.situation, mail: f.mail}))
		}
	}
	if matched < 1000 || lost < 100 {
		t.Errorf("%d matched, and %d would be lost without the index: too few to tell", matched, lost)
	}
}
