package safe_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The policy is written here a second time, from the promises and not from
// the code, so that an error in the tables of the package is noticed.

// outlawed are the runes that must never be printed although Go calls some of
// them printable.
var outlawed = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0000, 0x0009, 1},
		{0x000B, 0x001F, 1},
		{0x007F, 0x00A0, 1},
		{0x00AD, 0x00AD, 1},
		{0x034F, 0x034F, 1},
		{0x061C, 0x061C, 1},
		{0x115F, 0x1160, 1},
		{0x1680, 0x1680, 1},
		{0x17B4, 0x17B5, 1},
		{0x180B, 0x180F, 1},
		{0x2000, 0x200C, 1},
		{0x200E, 0x200F, 1},
		{0x2028, 0x202F, 1},
		{0x205F, 0x206F, 1},
		{0x2800, 0x2800, 1},
		{0x3000, 0x3000, 1},
		{0x3164, 0x3164, 1},
		{0xD800, 0xF8FF, 1},
		{0xFE00, 0xFE0D, 1},
		{0xFEFF, 0xFEFF, 1},
		{0xFFA0, 0xFFA0, 1},
		{0xFFF0, 0xFFFB, 1},
		{0xFFFE, 0xFFFF, 1},
	},
	R32: []unicode.Range32{
		{0xE0000, 0x10FFFF, 1},
	},
}

// outlawedInLine are the runes whose width terminals do not agree on.
var outlawedInLine = &unicode.RangeTable{
	R16: []unicode.Range16{{0x000A, 0x000A, 1}, {0x200D, 0x200D, 1}, {0xFE00, 0xFE0F, 1}},
	R32: []unicode.Range32{{0x1F1E6, 0x1F1FF, 1}, {0x1F3FB, 0x1F3FF, 1}},
}

// checkPolicy fails when s holds anything a terminal must not get.
func checkPolicy(t *testing.T, s string, oneLine bool) {
	t.Helper()
	if why := violation(s, oneLine); why != "" {
		t.Fatalf("%q: %s", s, why)
	}
}

// violation says what is wrong with s, or nothing.
func violation(s string, oneLine bool) string {
	if !utf8.ValidString(s) {
		return "not UTF-8"
	}
	if why := startOfCommand(s); why != "" {
		return why
	}
	if oneLine && (strings.Contains(s, "  ") || strings.TrimSpace(s) != s) {
		return "blanks left"
	}
	marks, hasBase := 0, false
	for i, r := range s {
		switch {
		case unicode.Is(outlawed, r), oneLine && unicode.Is(outlawedInLine, r):
			return fmt.Sprintf("%U at %d", r, i)
		case r == '\u200D':
			next, _ := utf8.DecodeRuneInString(s[i+len("\u200D"):])
			if !hasBase || next < 0xA9 {
				return fmt.Sprintf("a joiner that joins nothing at %d", i)
			}
		case r == '\uFE0E', r == '\uFE0F':
			if !hasBase {
				return fmt.Sprintf("a selector without a base at %d", i)
			}
		case unicode.Is(unicode.M, r):
			if marks++; !hasBase || marks > 4 {
				return fmt.Sprintf("a mark without a base or too many at %d", i)
			}
		case r == '\n', r == ' ':
			hasBase, marks = false, 0
		case unicode.IsPrint(r):
			hasBase, marks = true, 0
		default:
			return fmt.Sprintf("%U is not on the list, at %d", r, i)
		}
	}
	return ""
}

// startOfCommand looks at the bytes as a terminal does that knows nothing of
// characters: none of the ways to start a command may be left.
func startOfCommand(s string) string {
	for i := 0; i < len(s); {
		switch b := s[i]; {
		case b < 0x20 && b != '\n', b == 0x7F:
			return fmt.Sprintf("control %#x at %d", b, i)
		case b >= 0x80 && b < 0xC2, b > 0xF4:
			return fmt.Sprintf("stray byte %#x at %d", b, i)
		case b == 0xC2 && i+1 < len(s) && s[i+1] < 0xA0:
			return fmt.Sprintf("C1 control at %d", i)
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return ""
}
