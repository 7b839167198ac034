package widget_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"postroom/ui/widget"
)

func TestRows(t *testing.T) {
	for _, test := range []struct {
		line  string
		width int
		want  []string
	}{
		{"one two three", 8, []string{"one two", "three"}},
		{"  in the middle", 8, []string{"  in the", "middle"}},
		{"a state-of-the-art desk", 12, []string{"a state-of-", "the-art desk"}},
		{"see https://us1.list-manage.test now", 20, []string{"see", "https://us1.list-man", "age.test now"}},
		{"see https://us1.list-manage.test now", 28, []string{"see", "https://us1.list-manage.test", "now"}},
		{"mail help@list-manage.test", 16, []string{"mail", "help@list-manage", ".test"}},
		{"go to list-manage.test.", 17, []string{"go to", "list-manage.test."}},
		{"+----+----+----+", 8, []string{"+----+--", "--+----+"}},
		{"use --dry-run here", 11, []string{"use --dry-", "run here"}},
		{"A-12 ご確認いただけますか。", 12, []string{"A-12 ご確認", "いただけます", "か。"}},
		{"（日本）日本。", 8, []string{"（日本）", "日本。"}},
		{"a\u00a0b\u00a0c d", 5, []string{"a\u00a0b\u00a0c", "d"}},
		{"x      ", 3, []string{"x"}},
	} {
		if got := widget.Rows(ansi.WcWidth, test.line, test.width, true); !slices.Equal(got, test.want) {
			t.Errorf("%q at %d: %q instead of %q", test.line, test.width, got, test.want)
		}
	}
	long := "see https://us1.list-manage.test/" + strings.Repeat("a", 80)
	if got := widget.Rows(ansi.WcWidth, long, 20, false); len(got) != 2 || got[1] != long[4:] {
		t.Errorf("a word was broken: %q", got)
	}
}

// TestRowsLoseNothing: what was in a line is in its rows, in its order.
func TestRowsLoseNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		letters := rapid.SampledFrom([]string{"a", "b", "-", " ", "  ", "日", "。", "（", "e\u0301", "👩\u200d💻", "\u00a0", "\u3000", ".", "://", "ส", "ำ"})
		line := strings.Join(rapid.SliceOf(letters).Draw(rt, "letters"), "")
		width := rapid.IntRange(6, 14).Draw(rt, "width")
		squeeze := func(s string) string { return strings.NewReplacer(" ", "", "\u3000", "").Replace(s) }
		for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			rows := widget.Rows(m, line, width, true)
			if got := strings.Join(rows, ""); squeeze(got) != squeeze(line) {
				rt.Fatalf("%q became %q", line, rows)
			}
			for _, r := range rows {
				if n := m.StringWidth(r); n > width {
					rt.Fatalf("%d cells instead of %d: %q", n, width, r)
				}
			}
		}
	})
}
