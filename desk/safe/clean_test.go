package safe_test

import (
	"strings"
	"testing"

	"postroom/desk/safe"
)

const circle = "\u25CC"

// attacks are the payloads of the promises A1, A3 and M14, with what a reader
// sees of each in a body and in a line.
var attacks = []struct {
	name, in, body, line string
}{
	{"clipboard, OSC 52", "\x1b]52;c;cm0gLXJmIH4=\x07", "�]52;c;cm0gLXJmIH4=�", ""},
	{"window title, OSC 0", "\x1b]0;root@bank\x07", "�]0;root@bank�", ""},
	{"window title, ended by ST", "\x1b]2;t\x1b\\", "�]2;t�\\", ""},
	{"link that lies, OSC 8", "\x1b]8;;http://evil.test\x1b\\bank.com\x1b]8;;\x1b\\", "�]8;;http://evil.test�\\bank.com�]8;;�\\", ""},
	{"notification, OSC 777", "\x1b]777;notify;a;b\x07", "�]777;notify;a;b�", ""},
	{"OSC without an end", "x\x1b]52;c;", "x�]52;c;", ""},
	{"colour, CSI", "\x1b[31mred\x1b[0m", "�[31mred�[0m", ""},
	{"cursor and erase, CSI", "\x1b[2J\x1b[H", "�[2J�[H", ""},
	{"device report, CSI", "\x1b[6n\x1b[c\x1b[21t", "�[6n�[c�[21t", ""},
	{"ESC around a sequence", "\x1b\x1b[31m]52;c;x", "��[31m]52;c;x", ""},
	{"sixel, DCS", "\x1bPq#0;2;0;0;0~\x1b\\", "�Pq#0;2;0;0;0~�\\", ""},
	{"DECRQSS, DCS", "\x1bP$q\"p\x1b\\", "�P$q\"p�\\", ""},
	{"kitty graphics, APC", "\x1b_Gf=24,s=1;AAAA\x1b\\", "�_Gf=24,s=1;AAAA�\\", ""},
	{"PM and SOS", "\x1b^a\x1b\\\x1bXb\x1b\\", "�^a�\\�Xb�\\", ""},
	{"reset, RIS", "\x1bc", "�c", ""},
	{"CSI as a rune of C1", "\u009b2J", "�2J", ""},
	{"OSC, DCS, APC, ST as runes of C1", "\u009d0;t\u009c\u0090q\u009f_", "�0;t��q�_", ""},
	{"CSI as a raw byte", "\x9b2J", "�2J", ""},
	{"next line, C1", "a\u0085b", "a�b", ""},
	{"bell", "a\ab", "a�b", ""},
	{"overprint with BS", "evil\b\b\b\bgood", "evil����good", ""},
	{"overprint with CR", "evil\rgood", "evil\ngood", "evil good"},
	{"delete", "a\x7fb", "a�b", ""},
	{"NUL, SO, SI, VT, FF", "a\x00\x0e\x0f\v\fb", "a�����b", ""},
	{"surrogate", "a\xed\xa0\x80b", "a���b", ""},
	{"overlong ESC", "a\xc0\x9b[m", "a��[m", ""},
	{"cut off rune", "a\xe2\x82", "a��", ""},
	{"right-to-left override", "invoice\u202Efdp.exe", "invoicefdp.exe", ""},
	{"isolates and marks of direction", "a\u2066b\u2069\u200E\u200F\u061Cc\u202A\u202C", "abc", ""},
	{"zero width", "p\u200Ba\u200Cy\u2060p\uFEFFa\u00ADl", "paypal", ""},
	{"joiner in a word", "pay\u200Dpal", "paypal", ""},
	{"tags", "hi\U000E0041\U000E0042\U000E007F", "hi", ""},
	{"hidden selectors", "a\uFE00\uFE0F\U000E0100\u180Bb", "ab", ""},
	{"grapheme joiners of a newsletter", "x\u034F \u034F \u034F y", "x   y", "x y"},
	{"line and paragraph separator", "a\u2028b\u2029c", "a\nb\nc", "a b c"},
	{"annotation", "a\uFFF9b\uFFFAc\uFFFBd", "a�b�c�d", ""},
	{"private use", "\uE0B0\U000F0000\U0010FFFD", "���", ""},
	{"unassigned, noncharacters", "\u0378\uFFFF\U0003FFFE", "���", ""},
	{"five thousand marks", "a" + strings.Repeat("\u0301", 5000) + "b", "a\u0301\u0301\u0301\u0301b", ""},
	{"marks on nothing", strings.Repeat("\u0301", 5000), circle + "\u0301\u0301\u0301\u0301", ""},
	{"marks behind a hidden rune", "a\u0301\u0301\u200B\u0301\u0301\u0301", "a\u0301\u0301\u0301\u0301", ""},
	{"mark behind a blank", "a \u0301", "a " + circle + "\u0301", ""},
	{"mark at the start of a line", "a\n\u0301", "a\n" + circle + "\u0301", "a " + circle + "\u0301"},
	{"enclosing marks", "a" + strings.Repeat("\u20DD", 9), "a" + strings.Repeat("\u20DD", 4), ""},
	{"half-width voiced marks", "\uFF76" + strings.Repeat("\uFF9E", 9), "\uFF76" + strings.Repeat("\uFF9E", 4), ""},
	{"exotic blanks", "a\u00A0b\u2003c\u3000d\u202Fe\u1680f", "a b c d e f", ""},
	{"invisible letters", "a\u3164b\u2800c\uFFA0d\u115Fe", "a b c d e", ""},
	{"endless joined emoji", strings.Repeat("👩\u200D", 7) + "👩", strings.Repeat("👩\u200D", 4) + "👩" + strings.Repeat("👩\u200D", 2) + "👩", strings.Repeat("👩", 8)},
	{"stray tones", "a🏽🏽", "a", ""},
	{"tones in a row", "👍🏽🏽🏽", "👍🏽", "👍"},
}

func TestAttacks(t *testing.T) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			if a.line == "" {
				a.line = a.body
			}
			if got := safe.Clean(a.in).String(); got != a.body {
				t.Errorf("Clean(%q)\n got %q\nwant %q", a.in, got, a.body)
			}
			if got := safe.Line(a.in).String(); got != a.line {
				t.Errorf("Line(%q)\n got %q\nwant %q", a.in, got, a.line)
			}
			if got := safe.Bytes([]byte(a.in)).String(); got != a.body {
				t.Errorf("Bytes(%q)\n got %q\nwant %q", a.in, got, a.body)
			}
			checkPolicy(t, safe.FileName(a.in).String(), true)
			checkPolicy(t, safe.Host(a.in).String(), true)
			checkPolicy(t, safe.Addr("x@"+a.in).String(), true)
		})
	}
}

// Good mail must come through as it was written.
func TestGoodTextIsKept(t *testing.T) {
	for _, s := range []string{
		"", "Hello, world", "Grüße aus Köln – „schön“ … 20 €", "naïve cafe\u0301",
		"こんにちは、世界", "안녕하세요", "각", "你好", "שלום עולם", "مرحبا بالعالم",
		"हिंदी नमस्ते", "สวัสดีครับ น้ำ", "Việt Nam", "Ζεύς", "Привет", "ﾊﾟｿｺﾝ",
		"→ ▌ ✓ ● ○ ◌ ▲ ┆ ── ⌁ ☂ ©", "2 × 3 ≤ 7", "�",
	} {
		if got := safe.Clean(s).String(); got != s {
			t.Errorf("Clean(%q) = %q", s, got)
		}
		if got := safe.Line(s).String(); got != s {
			t.Errorf("Line(%q) = %q", s, got)
		}
	}
}

func TestEmoji(t *testing.T) {
	for _, c := range []struct{ in, body, line string }{
		{"👨\u200D👩\u200D👧", "👨\u200D👩\u200D👧", "👨👩👧"},
		{"✈\uFE0F now", "✈\uFE0F now", "✈ now"},
		{"👍🏽 ok", "👍🏽 ok", "👍 ok"},
		{"👩🏽\u200D🚒", "👩🏽\u200D🚒", "👩🚒"},
		{"🏳\uFE0F\u200D🌈", "🏳\uFE0F\u200D🌈", "🏳🌈"},
		{"🧑\u200D❤\uFE0F\u200D💋\u200D🧑", "🧑\u200D❤\uFE0F\u200D💋\u200D🧑", "🧑❤💋🧑"},
		{"🇩🇪", "🇩🇪", "DE"},
		{"1\uFE0F\u20E3", "1\u20E3", "1\u20E3"},
		{"👩\u200D", "👩", "👩"},
		{"👩\u200D a", "👩 a", "👩 a"},
	} {
		if got := safe.Clean(c.in).String(); got != c.body {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.body)
		}
		if got := safe.Line(c.in).String(); got != c.line {
			t.Errorf("Line(%q) = %q, want %q", c.in, got, c.line)
		}
	}
}

func TestBlanksAndBreaks(t *testing.T) {
	for _, c := range []struct{ in, body, line string }{
		{"a\tb", "a       b", "a b"},
		{"\tb", "        b", "b"},
		{"1234567\tb", "1234567 b", "1234567 b"},
		{"12345678\tb", "12345678        b", "12345678 b"},
		{"x\n12\tb", "x\n12      b", "x 12 b"},
		{"日本\tb", "日本    b", "日本 b"},
		{"e\u0301\tb", "e\u0301       b", "e\u0301 b"},
		{"a\r\nb\rc\nd", "a\nb\nc\nd", "a b c d"},
		{"a\r\r\nb", "a\n\nb", "a b"},
		{"  a  b  ", "  a  b  ", "a b"},
		{" \u00A0\u200B a \t\r\n ", "   a    \n ", "a"},
		{"\u200B a", " a", "a"},
		{" \n\t ", " \n         ", ""},
	} {
		if got := safe.Clean(c.in).String(); got != c.body {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.body)
		}
		if got := safe.Line(c.in).String(); got != c.line {
			t.Errorf("Line(%q) = %q, want %q", c.in, got, c.line)
		}
	}
}

// One rune at a time nothing is forgotten, in each of the modes.
func TestEveryRune(t *testing.T) {
	for r := rune(0); r <= 0x10FFFF; r++ {
		if r > 0x3FFFF && r < 0xE0000 && r%0x100 > 1 {
			continue // planes without a single assigned code point: the edges will do
		}
		s := "a" + string(r) + "b"
		checkPolicy(t, safe.Clean(s).String(), false)
		checkPolicy(t, safe.Line(s).String(), true)
		checkPolicy(t, safe.FileName(s).String(), true)
	}
	for b := range 0x100 {
		checkPolicy(t, safe.Bytes([]byte{'a', byte(b), 'b'}).String(), false)
	}
}
