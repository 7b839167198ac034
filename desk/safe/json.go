package safe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON encodes v for a terminal or a pipe, on one line without a line feed at
// the end. A program reads exactly the value that went in: nothing is
// dropped, but every rune a terminal should not see is written as \uXXXX.
func JSON(v any) ([]byte, error) { return encodeJSON(v, "") }

// JSONIndent is [JSON] with one field per line, indented by two blanks.
func JSONIndent(v any) ([]byte, error) { return encodeJSON(v, "  ") }

func encodeJSON(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	return escapeJSON(bytes.TrimSuffix(b.Bytes(), []byte{'\n'})), nil
}

// escapeJSON escapes what is left after the encoder has escaped C0. Outside
// of strings JSON is ASCII, so an escape can only land inside of one.
func escapeJSON(in []byte) []byte {
	if isHarmlessJSON(in) {
		return in
	}
	out := make([]byte, 0, len(in)+len(in)/4)
	marks := maxMarks // a mark right behind a quote would sit on the quote
	for i := 0; i < len(in); {
		r, size := utf8.DecodeRune(in[i:])
		keep := false
		switch is := classOf(r); {
		case r == utf8.RuneError && size == 1:
		case r < 0x7F:
			keep = true
			marks = 0
			if r == '"' || r == ' ' {
				marks = maxMarks
			}
		case is == graphic, is == emoji, is == flag:
			keep, marks = true, 0
		case is == mark && marks < maxMarks:
			keep = true
			marks++
		default:
			marks = maxMarks
		}
		if keep {
			out = append(out, in[i:i+size]...)
		} else {
			out = appendEscape(out, r)
		}
		i += size
	}
	return out
}

// isHarmlessJSON tells whether all is ASCII without DEL.
func isHarmlessJSON(in []byte) bool {
	for _, b := range in {
		if b >= 0x7F {
			return false
		}
	}
	return true
}

// appendEscape writes r the way JSON does, as one or two UTF-16 units.
func appendEscape(out []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Appendf(out, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}
