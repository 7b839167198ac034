package safe_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postroom/desk/safe"
)

// pieces are what the interesting rules of the policy are about, so that
// random texts bring them next to each other.
var pieces = []string{
	"a", "Z", "7", ".", "@", " ", "  ", "\n", "\r", "\r\n", "\t", "é", "日", "ש",
	"\x1b", "\x1b[", "\x1b]0;", "\a", "\b", "\x7f", "\x00", "\u0085", "\u009b", "\x9b", "\xff",
	"\xe2\x82", "\xed\xa0\x80", "�", "\u0301", "\u0308", "\u20E3", "\u0903", "\uFE0F", "\uFE0E",
	"\u200D", "\u200B", "\u200C", "\u202E", "\u2066", "\u2069", "\u2028", "\u00A0", "\u3000",
	"\u00AD", "\u034F", "\u3164", "\U000E0041", "\U000E0100", "\uE000", "\u0378", "👩", "👍",
	"❤", "✈", "🏽", "🇩", "ᄒ", "ᅡ", "ᆫ", "ﾊ", "\uFF9E", circle, "…", "\"", "\\", "<",
}

func anyText() *rapid.Generator[string] {
	mixed := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "pieces"), "")
	})
	raw := rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes"))
	})
	return rapid.OneOf(mixed, raw, rapid.String())
}

var cleaners = []struct {
	name    string
	clean   func(string) safe.Text
	oneLine bool
}{
	{"Clean", safe.Clean, false},
	{"Line", safe.Line, true},
	{"FileName", safe.FileName, true},
	{"Host", safe.Host, true},
	{"Addr", safe.Addr, true},
}

func TestCleanTextObeysThePolicyAndStays(t *testing.T) {
	for _, c := range cleaners {
		t.Run(c.name, rapid.MakeCheck(func(t *rapid.T) {
			in := anyText().Draw(t, "in")
			checkAgainst(t, in, c.clean, c.oneLine)
		}))
	}
}

// checkAgainst is what must hold for every cleaner and every input. It takes
// the few methods that testing and rapid have in common.
func checkAgainst(t interface {
	Helper()
	Fatalf(string, ...any)
}, in string, clean func(string) safe.Text, oneLine bool,
) {
	t.Helper()
	once := clean(in).String()
	if why := violation(once, oneLine); why != "" {
		t.Fatalf("%q became %q: %s", in, once, why)
	}
	if twice := clean(once).String(); twice != once {
		t.Fatalf("%q became %q and then %q", in, once, twice)
	}
	if again := safe.Clean(once).String(); again != once {
		t.Fatalf("%q is not clean, it became %q", once, again)
	}
}

func TestCleanTextsJoinToCleanText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := safe.Clean(anyText().Draw(t, "a")), safe.Line(anyText().Draw(t, "b"))
		joined := safe.Join("", a, b).String()
		if joined != a.String()+b.String() || safe.Clean(joined).String() != joined {
			t.Fatalf("%q", joined)
		}
		printed := safe.Sprintf("%s%.3s%5s", a, b, b).String()
		if why := violation(printed, false); why != "" {
			t.Fatalf("%q: %s", printed, why)
		}
		for _, l := range a.Lines() {
			if strings.Contains(l.String(), "\n") || safe.Clean(l.String()) != l {
				t.Fatalf("line %q of %q", l, a)
			}
		}
	})
}

func TestJSONKeepsTheValueAndIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := map[string]string{anyText().Draw(t, "key"): anyText().Draw(t, "value")}
		for _, encode := range []func(any) ([]byte, error){safe.JSON, safe.JSONIndent} {
			out, err := encode(in)
			if err != nil {
				t.Fatalf("encode: %v", err)
			}
			plain, err := json.Marshal(in)
			if err != nil {
				t.Fatalf("marshal: %v", err)
			}
			var got, want map[string]string
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%s: %v", out, err)
			}
			if err := json.Unmarshal(plain, &want); err != nil {
				t.Fatalf("%s: %v", plain, err)
			}
			for k, v := range want {
				if got[k] != v || len(got) != len(want) {
					t.Fatalf("got %q, want %q", got, want)
				}
			}
			if again := safe.Clean(string(out)).String(); again != string(out) {
				t.Fatalf("%q is not harmless: %q", out, again)
			}
		}
	})
}

// A few megabytes of the worst end at all only if the work grows with the size:
// with its square this test would run for hours.
func TestCostIsLinear(t *testing.T) {
	const size = 4 << 20
	for _, unit := range []string{"\u0301", "\x1b[", "\x9b", "👩\u200D", "\t", "\u200B", " ", "\u202E", "a\u0301"} {
		in := strings.Repeat(unit, size/len(unit))
		for _, c := range cleaners {
			if got := c.clean(in).String(); len(got) > 8*size {
				t.Errorf("%s of %d bytes of %q gives %d", c.name, size, unit, len(got))
			}
		}
	}
}

func FuzzClean(f *testing.F) { fuzz(f, safe.Clean, false) }

func FuzzLine(f *testing.F) { fuzz(f, safe.Line, true) }

func FuzzFileName(f *testing.F) { fuzz(f, safe.FileName, true) }

func FuzzAddr(f *testing.F) { fuzz(f, safe.Addr, true) }

func fuzz(f *testing.F, clean func(string) safe.Text, oneLine bool) {
	for _, a := range attacks {
		f.Add(a.in)
	}
	for _, p := range pieces {
		f.Add("a" + p + p + "b" + p)
	}
	f.Fuzz(func(t *testing.T, in string) { checkAgainst(t, in, clean, oneLine) })
}

func BenchmarkClean(b *testing.B) {
	ascii := strings.Repeat("The order of last week has still not arrived.\n", 100)
	german := strings.Repeat("Die Bestellung für Köln fehlt noch, schöne Grüße.\n", 100)
	hostile := strings.Repeat("\x1b]52;c;cm0=\a \u202Efdp.exe a\u0301\u0301\u0301\u0301\u0301\r\n", 100)
	for _, c := range []struct{ name, in string }{
		{"ascii", ascii}, {"german", german}, {"japanese", strings.Repeat("先週の注文がまだ届きません。\n", 100)}, {"hostile", hostile},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.in)))
			b.ReportAllocs()
			for b.Loop() {
				safe.Clean(c.in)
			}
		})
	}
}

func BenchmarkLine(b *testing.B) {
	for _, c := range []struct{ name, in string }{
		{"ascii", "Re: Order 10482 has still not arrived"},
		{"german", "Re: Bestellung für Köln fehlt"},
		{"hostile", "Re: \x1b]0;x\a \u202Eorder"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.in)))
			b.ReportAllocs()
			for b.Loop() {
				safe.Line(c.in)
			}
		})
	}
}

// Plain text is the rule; it costs no memory.
func TestPlainTextDoesNotAllocate(t *testing.T) {
	for _, s := range []string{"Re: Order 10482", "Grüße\naus Köln", "注文が届きません", "👨\u200D👩\u200D👧"} {
		if n := testing.AllocsPerRun(100, func() { safe.Clean(s) }); n != 0 {
			t.Errorf("Clean(%q): %v allocations", s, n)
		}
	}
	for _, s := range []string{"Re: Order 10482", "Grüße aus Köln", " trimmed \r\n"} {
		if n := testing.AllocsPerRun(100, func() { safe.Line(s) }); n != 0 {
			t.Errorf("Line(%q): %v allocations", s, n)
		}
	}
}
