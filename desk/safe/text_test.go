package safe_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"postroom/desk/safe"
)

func TestZeroTextIsEmpty(t *testing.T) {
	var zero safe.Text
	if !zero.IsEmpty() || zero.String() != "" || zero.Lines() != nil || zero != safe.Clean("") {
		t.Errorf("zero = %q", zero)
	}
	if safe.Const("a").IsEmpty() {
		t.Error("a text of one letter is empty")
	}
}

func TestOwnWordsAndOutsideWords(t *testing.T) {
	name := safe.Line("Eve\x1b[2J")
	for _, c := range []struct {
		got  safe.Text
		want string
	}{
		{safe.Const(" · "), " · "},
		{safe.Const("\x1b[2J"), "�[2J"},
		{safe.Int(-3), "-3"},
		{safe.Join(", "), ""},
		{safe.Join(", ", name), "Eve�[2J"},
		{safe.Join(", ", safe.Const("a"), name, safe.Int(2)), "a, Eve�[2J, 2"},
		{safe.Join("\n", safe.Const("a"), safe.Text{}), "a\n"},
		{safe.Sprintf("%s wrote %s mails, 100%%", name, safe.Int(2)), "Eve�[2J wrote 2 mails, 100%"},
		{safe.Sprintf("nothing"), "nothing"},
		{safe.Bytes([]byte("Gr\xfc\xdfe")), "Gr��e"},
	} {
		if c.got.String() != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	for in, want := range map[string][]string{
		"":         nil,
		"a":        {"a"},
		"a\n":      {"a"},
		"\n":       {""},
		"a\r\n\nb": {"a", "", "b"},
	} {
		var got []string
		for _, l := range safe.Clean(in).Lines() {
			got = append(got, l.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("Lines of %q = %q, want %q", in, got, want)
		}
	}
}

func TestFileName(t *testing.T) {
	long := strings.Repeat("a", 300)
	for _, c := range []struct{ in, want string }{
		{"invoice.pdf", "invoice.pdf"},
		{"Übersicht März.pdf", "Übersicht März.pdf"},
		{"", ""},
		{"invoice\u202Efdp.exe", "invoice�fdp.exe"},
		{"\u2067fdp.exe\u2069", "�fdp.exe�"},
		{"a\U000E0070\U000E0064b.exe", "a��b.exe"},
		{"invoice.pdf" + strings.Repeat(" ", 200) + ".exe", "invoice.pdf .exe"},
		{"invoice.pdf" + strings.Repeat("\u3000", 200) + ".exe", "invoice.pdf .exe"},
		{"invoice.pdf\r\n\t.exe", "invoice.pdf .exe"},
		{"in\u200Bvoice.p\u00ADdf", "invoice.pdf"},
		{long + ".pdf.exe", strings.Repeat("a", 39) + "…" + strings.Repeat("a", 16) + ".pdf.exe"},
		{strings.Repeat("é", 64), strings.Repeat("é", 64)},
		{strings.Repeat("é", 65), strings.Repeat("é", 39) + "…" + strings.Repeat("é", 24)},
	} {
		if got := safe.FileName(c.in).String(); got != c.want {
			t.Errorf("FileName(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

// The second half are the samples of RFC 3492, section 7.1, in lower case.
func TestHost(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"bank.com", "bank.com"},
		{"Bank.COM.", "Bank.COM."},
		{"[2001:db8::1]:993", "[2001:db8::1]:993"},
		{"xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"bücher.example", "xn--bcher-kva.example"},
		{"MÜNCHEN.de", "xn--mnchen-3ya.de"},
		{"аpple.com", "xn--pple-43d.com"},      // the first letter is Cyrillic
		{"аррӏе.com", "xn--80ak6aa92e.com"},    // every letter is Cyrillic
		{"пример。рф", "xn--e1afmkfd.xn--p1ai"}, // with an ideographic dot
		{"a..ü.", "a..xn--tda."},
		{"evil.com\x1b[2J", "evil.com�[2J"},
		{"goo\u202Egle.com", "xn--google-dm0c.com"},
		{"b\xffd.com", "b�d.com"},
		{strings.Repeat("ü", 64) + ".de", strings.Repeat("�", 64) + ".de"},
		{"☃.net", "xn--n3h.net"},

		{"ليهمابتكلموشعربي؟", "xn--egbpdaj6bu4bxfgehfvwxn"},
		{"他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"},
		{"почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"},
		{"ひとつ屋根の下2", "xn--2-u9tlzr9756bt3uc0v"},
		{"3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"},
		{"そのスピードで", "xn--d9juau41awczczp"},
	} {
		if got := safe.Host(c.in).String(); got != c.want {
			t.Errorf("Host(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestAddr(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"ann@bank.com", "ann@bank.com"},
		{"ann@аpple.com", "ann@xn--pple-43d.com"},
		{"jürgen@bücher.example", "jürgen@xn--bcher-kva.example"},
		{"\"support@bank.com\"@ёvil.test", "\"support@bank.com\"@xn--vil-xgd.test"},
		{"ann\r\nBcc: x@evil.test", "ann Bcc: x@evil.test"},
		{"ann\x1b]0;x\a@bank.com", "ann�]0;x�@bank.com"},
		{"nobody", "nobody"},
		{"", ""},
	} {
		if got := safe.Addr(c.in).String(); got != c.want {
			t.Errorf("Addr(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// raw writes its own JSON, as a stored document would be.
type raw string

func (r raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		in   any
		want string
	}{
		{nil, `null`},
		{map[string]int{"n": 1}, `{"n":1}`},
		{"Grüße <a@b> 日本 🇩🇪 👍", `"Grüße <a@b> 日本 🇩🇪 👍"`},
		{"\x1b]52;c;\a", `"\u001b]52;c;\u0007"`},
		{"\x7f\u0085\u009b2J", `"\u007f\u0085\u009b2J"`},
		{"\u202Efdp\u2066\u200B\u2028\u2029\uFEFF", `"\u202efdp\u2066\u200b\u2028\u2029\ufeff"`},
		{"\U000E0041\U000F0000\uE000", `"\udb40\udc41\udb80\udc00\ue000"`},
		{"a\u00A0\u3000b", `"a\u00a0\u3000b"`},
		{"\u0301e\u0301 \u0301", "\"\\u0301e\u0301 \\u0301\""},
		{"e\u0301\u0301\u0301\u0301\u0301", "\"e\u0301\u0301\u0301\u0301\\u0301\""},
		{"👩\u200D👧", `"👩\u200d👧"`},
		{"a\xffb", `"a\ufffdb"`},
		{raw("\"a\x9b\u009b\""), `"a\ufffd\u009b"`},
		{safe.Line("a\x1b[m"), `"a�[m"`},
	} {
		got, err := safe.JSON(c.in)
		if err != nil || string(got) != c.want {
			t.Errorf("JSON(%q)\n got %s, %v\nwant %s", c.in, got, err, c.want)
		}
	}
	got, err := safe.JSONIndent(map[string]string{"subject": "\u009b"})
	if want := "{\n  \"subject\": \"\\u009b\"\n}"; err != nil || string(got) != want {
		t.Errorf("JSONIndent = %s, %v", got, err)
	}
	if _, err := safe.JSON(func() {}); err == nil {
		t.Error("a function was encoded")
	} else if unsupported := new(json.UnsupportedTypeError); !errors.As(err, &unsupported) {
		t.Errorf("err = %v", err)
	}
}

// Whatever writes a text, it writes the clean one.
func TestTextInOtherWriters(t *testing.T) {
	text := safe.Line("a\x1b[2J\u009b")
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("mail", "subject", text)
	for _, s := range []string{fmt.Sprint(text), fmt.Sprintf("%s %v %q", text, text, text), strings.TrimSpace(log.String())} {
		checkPolicy(t, s, true)
		if !strings.Contains(s, "a�[2J�") {
			t.Errorf("the text is missing in %q", s)
		}
	}
}

func ExampleClean() {
	fmt.Println(safe.Clean("Hello\x1b]52;c;cm0=\a\r\n\u202Eworld"))
	// Output:
	// Hello�]52;c;cm0=�
	// world
}

func ExampleSprintf() {
	subject := safe.Line("Order\r\n\x1b[2J")
	fmt.Println(safe.Sprintf("%s of %s: %s", safe.Int(1), safe.Int(4), subject))
	// Output: 1 of 4: Order �[2J
}

func ExampleFileName() {
	fmt.Println(safe.FileName("invoice\u202Efdp.exe"))
	// Output: invoice�fdp.exe
}

func ExampleAddr() {
	fmt.Println(safe.Addr("support@аpple.com"))
	// Output: support@xn--pple-43d.com
}
