package desk

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseQuery(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"", ""},
		{"   ", ""},
		{`"`, ""},
		{"-", ""},
		{"(\"\")", ""},
		{"invoice", "invoice*"},
		{"invoice ", "invoice "},
		{"late invoice", "late invoice*"},
		{"a", "a "},
		{`"late invoice"`, `"late invoice"`},
		{`"late inv`, `"late inv"`},
		{"IS:Open is:owed", "is:open is:owed"},
		{"from:@acme.test -has:attachment", "from:@acme.test -has:attachment"},
		{`subject:"late invoice" to:ann@x.test `, `subject:"late invoice" to:ann@x.test`},
		{"(a OR b) c", "(a OR b) c "},
		{"a b OR c", "a b OR c "},
		{"-(a OR b)", "-(a OR b) "},
		{"--a", "a "},
		{"#4473", "#4473"},
		{"#abc ", "#abc "},
		{"assignee:me assignee:Maya assignee:nobody", "assignee:me assignee:maya assignee:nobody"},
		{"older:2D newer:12h inbox:Support", "older:2d newer:12h inbox:Support"},
		{"has:attachments", "has:attachment"},
		{"https://a.test/x ", "https://a.test/x "},
		{"12:30 ", "12:30 "},
		{"f(x) ", `"f(x)"`},
		{"- & --- foo ", "foo "},
		{"or ", "or "},
		{"inv* ", "inv*"},
		{"((a)) ", "a "},
		{"a (b c)", "a b c "},
		{`foo"bar baz"`, `foo "bar baz"`},
	} {
		q, err := ParseQuery(c.line)
		if err != nil {
			t.Errorf("%q: %v", c.line, err)
			continue
		}
		if got := q.String(); got != c.want {
			t.Errorf("%q prints %q, want %q", c.line, got, c.want)
		}
		if q.Source != c.line {
			t.Errorf("%q: the source is %q", c.line, q.Source)
		}
	}
}

func TestParseQueryErrors(t *testing.T) {
	for _, c := range []struct{ line, message, hint string }{
		{"a subjekt:x", "There is no subjekt: (column 3).", "Did you mean subject:?"},
		{"form:ann", "There is no form: (column 1).", "Did you mean from:?"},
		{"assign:me", "There is no assign: (column 1).", "Did you mean assignee:?"},
		{"zzzzzz:1", "There is no zzzzzz: (column 1).", "Put it in quotes to look for the word."},
		{"due:today", `"today" is no time ahead (column 5).`, "Use < or >, a number and m (minutes), h, d or w, like due:<1h"},
		{"é sla:late", "There is no sla:late (column 7).", "There is sla:overdue, sla:soon, sla:met, sla:missed."},
		{"is:opne", "There is no is:opne (column 4).", "Did you mean is:open?"},
		{"is:", "There is nothing after is: (column 1).", "For example: is:open"},
		{"has:hat", "There is no has:hat (column 5).", "There is has:attachment."},
		{"older:soon", `"soon" is not an age (column 7).`, "Use a number and h, d, w, m or y, like older:2d"},
		{"!!!", "There is no word to look for (column 1).", "Words are made of letters and digits."},
		{"\xff\xfe", "There is no word to look for (column 1).", "Words are made of letters and digits."},
		{"- \U0001F600", "There is no word to look for (column 1).", "Words are made of letters and digits."},
		{"is:open from:!!!", `There is no word in "!!!" to look for (column 14).`, "For example: from:@acme.test"},
		{"(a b", "A parenthesis is not closed (column 1).", "Close it with a )."},
		{"a)", "A parenthesis closes that was not opened (column 2).", "Remove it, or open one before."},
		{"OR a", "There is nothing on one side of OR (column 1).", "Write it as: a OR b"},
		{"a OR", "There is nothing on one side of OR (column 5).", "Write it as: a OR b"},
	} {
		_, err := ParseQuery(c.line)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q gives %v", c.line, err)
			continue
		}
		if e.Kind != Invalid || e.Code != "BAD_QUERY" || e.Message != c.message || e.Hint != c.hint {
			t.Errorf("%q gives %s %s %q, hint %q", c.line, e.Kind, e.Code, e.Message, e.Hint)
		}
	}
	for _, line := range []string{strings.Repeat("(", 50), strings.Repeat("-", 50) + "a", strings.Repeat("a ", 200), strings.Repeat("x", 3000)} {
		if _, err := ParseQuery(line); err == nil {
			t.Errorf("%.20q… is accepted", line)
		}
	}
}

// samePrinted holds print and parse together.
func samePrinted(t interface{ Fatalf(string, ...any) }, line string) {
	q, err := ParseQuery(line)
	if err != nil {
		if KindOf(err) != Invalid {
			t.Fatalf("%q fails with %v", line, err)
		}
		return
	}
	again, err := ParseQuery(q.String())
	if err != nil {
		t.Fatalf("%q prints %q, which gives %v", line, q.String(), err)
	}
	if !reflect.DeepEqual(q.Expr, again.Expr) {
		t.Fatalf("%q prints %q, which is %+v, not %+v", line, q.String(), again.Expr, q.Expr)
	}
}

func TestQueryPrintsAsParsed(t *testing.T) {
	token := rapid.SampledFrom([]string{
		"a", "late", "OR", "-", "(", ")", `"`, " ", " ", "is:open", "is:owed", "from:@x.test", "subject:", "to:ann",
		"#7", "#", "*", "older:2d", "inbox:x", `"two words"`, "f(x", ":", "//", "é", "\x00", "has:attachment", "assignee:me",
	})
	rapid.Check(t, func(t *rapid.T) {
		samePrinted(t, strings.Join(rapid.SliceOfN(token, 0, 20).Draw(t, "tokens"), rapid.SampledFrom([]string{"", " "}).Draw(t, "gap")))
	})
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "is:open from:@a.test \"x y\" -(b OR c*)", "#4473 older:2d", "f(x) OR -has:attachment", "a \xff b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) { samePrinted(t, line) })
}
