package main

import (
	"bytes"
	"slices"

	"postroom/desk/safe"
)

// encode writes v for programs, with null where there is no value. It is done
// here once, for all commands, so that no form can forget it: a program that
// asks `.cause == null` or `.assignee // "nobody"` may ask so everywhere.
func (p *printer) encode(v any, indented bool) ([]byte, error) {
	form := safe.JSON
	if indented {
		form = safe.JSONIndent
	}
	b, err := form(v)
	if err != nil {
		return nil, err
	}
	return withoutEmpty(b), nil
}

// withoutEmpty makes null of each empty text that nobody has written. Two
// quotes side by side are an empty text and nothing else: within a text the
// encoder puts a backslash before each quote.
func withoutEmpty(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for {
		i := bytes.Index(b, []byte(`""`))
		if i < 0 {
			return append(out, b...)
		}
		before := bytes.TrimSuffix(bytes.TrimRight(b[:i], " "), []byte(`":`))
		isValue := len(before) < len(bytes.TrimRight(b[:i], " "))
		key := before[bytes.LastIndexByte(before, '"')+1:]
		out = append(out, b[:i]...)
		if isValue && !slices.Contains(written(), string(key)) {
			out = append(out, "null"...)
		} else {
			out = append(out, `""`...)
		}
		b = b[i+2:]
	}
}

// written are the fields that hold what somebody wrote, in a mail or about
// himself. An empty subject is a subject: these are texts always.
func written() []string {
	return []string{"subject", "name", "addr", "filename", "body_text", "body_html", "text", "quoted", "signature", "snippet"}
}
