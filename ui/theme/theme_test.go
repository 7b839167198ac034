package theme_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"postroom/ui/theme"
)

// signs lists the signs of a theme by name.
func signs(t *theme.Theme) map[string]string {
	m := map[string]string{}
	v := reflect.ValueOf(t.Signs)
	for i := range v.NumField() {
		m[v.Type().Field(i).Name] = v.Field(i).String()
	}
	return m
}

func TestEverySignHasATwinOfOneCell(t *testing.T) {
	full, plain := theme.New(theme.Options{}), theme.New(theme.Options{ASCII: true})
	twins := signs(plain)
	for name, s := range signs(full) {
		for _, sign := range []string{s, twins[name]} {
			if ansi.StringWidth(sign) != 1 || ansi.StringWidthWc(sign) != 1 {
				t.Errorf("%s %q is not one cell in both ways of counting", name, sign)
			}
			for _, r := range sign {
				if unicode.Is(unicode.Co, r) {
					t.Errorf("%s is from a private use area", name)
				}
			}
		}
		if twin := twins[name]; twin[0] >= 0x80 {
			t.Errorf("the twin of %s is %q", name, twin)
		}
	}
}

func TestMonochromeKeepsAttributes(t *testing.T) {
	m := theme.New(theme.Options{Monochrome: true})
	for r := theme.Plain; r <= theme.Rest; r++ {
		for _, p := range strings.FieldsFunc(m.Open(theme.Plain, r), func(r rune) bool { return r < '0' || r > '9' }) {
			if p != "1" && p != "2" && p != "7" {
				t.Errorf("role %d has the attribute %s", r, p)
			}
		}
	}
	if m.Open(theme.Plain, theme.Unread) == "" || m.Open(theme.Cursor, theme.Plain) == "" {
		t.Error("unread and the cursor must be seen without colours")
	}
}

func TestOnlyTheTerminalsOwnColours(t *testing.T) {
	for _, light := range []bool{false, true} {
		m := theme.New(theme.Options{Light: light})
		for b := theme.Plain; b <= theme.Rest; b++ {
			for r := theme.Plain; r <= theme.Rest; r++ {
				if o := m.Open(b, r); strings.Contains(o, "38;") || strings.Contains(o, "48;") {
					t.Errorf("%q is no colour of the sixteen", o)
				}
			}
		}
	}
}

func TestPlainTextForPlainTerminals(t *testing.T) {
	m := theme.New(theme.Options{ASCII: true})
	for _, c := range []struct{ in, want string }{{"Tomás Gil", "Tomas Gil"}, {"“hi” – it’s", `"hi" - it's`}, {"日本", "????"}} {
		if got, _ := m.Fit(c.in, 40); got != c.want {
			t.Errorf("%q is written %q, want %q", c.in, got, c.want)
		}
	}
}
