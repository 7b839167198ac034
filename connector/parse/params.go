package parse

import (
	"sort"
	"strconv"
	"strings"
)

// params are the parameters of a Content-Type or Content-Disposition, names in
// lower case, values decoded (RFC 2045 section 5.1, RFC 2231).
type params map[string]string

// parseParams reads a value such as `text/plain; charset=utf-8`. The first
// word comes back in lower case. Missing semicolons, open quotes, doubled
// parameters and encoded words in values are accepted.
func (r *reading) parseParams(value string) (string, params) {
	word, rest := cutParam(value)
	word = strings.ToLower(strings.TrimSpace(word))
	var list params
	var pieces map[string][]paramPiece
	for rest != "" {
		var item string
		item, rest = cutParam(rest)
		name, text, ok := strings.Cut(item, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || name == "" {
			continue
		}
		if list == nil {
			list = params{}
		}
		text = unquoteParam(text)
		base, piece, continued := splitParamName(name)
		if !continued {
			if _, twice := list[name]; !twice {
				list[name] = text
			}
			continue
		}
		piece.text = text
		if pieces == nil {
			pieces = map[string][]paramPiece{}
		}
		pieces[base] = append(pieces[base], piece)
	}
	for base, group := range pieces {
		list[base] = r.joinPieces(group)
	}
	return word, list
}

// cutParam cuts at the next semicolon outside quotes and comments.
func cutParam(s string) (item, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			if !quoted && strings.IndexByte(s[i+1:], '"') < 0 {
				// An open quote: the rest is read as if there were none.
				item, rest, _ = strings.Cut(s, ";")
				return item, rest
			}
			quoted = !quoted
		case c == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unquoteParam takes the quotes and a trailing comment from a value.
func unquoteParam(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || s[0] != '"' {
		if i := strings.Index(s, " ("); i > 0 && strings.HasSuffix(s, ")") {
			s = strings.TrimSpace(s[:i])
		}
		return strings.Trim(s, "'\"")
	}
	var b strings.Builder
	for i := 1; i < len(s) && s[i] != '"'; i++ {
		// A backslash before a letter is a Windows path, not an escape.
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// paramPiece is one section of a parameter in RFC 2231 form.
type paramPiece struct {
	number  int
	encoded bool
	text    string
}

// splitParamName understands name*, name*0 and name*0*.
func splitParamName(name string) (base string, piece paramPiece, ok bool) {
	base, tail, ok := strings.Cut(name, "*")
	if !ok || base == "" {
		return name, piece, false
	}
	if tail == "" {
		return base, paramPiece{encoded: true}, true
	}
	digits, encoded := strings.CutSuffix(tail, "*")
	number, err := strconv.Atoi(digits)
	if err != nil || number < 0 {
		return name, piece, false
	}
	return base, paramPiece{number: number, encoded: encoded}, true
}

func (r *reading) joinPieces(group []paramPiece) string {
	sort.SliceStable(group, func(i, j int) bool { return group[i].number < group[j].number })
	charset := ""
	var data []byte
	for i, p := range group {
		text := p.text
		if p.encoded && i == 0 {
			// charset'language'value
			if cs, more, ok := strings.Cut(text, "'"); ok {
				if _, value, ok := strings.Cut(more, "'"); ok {
					charset, text = cs, value
				}
			}
		}
		if p.encoded {
			data = append(data, unpercent(text)...)
		} else {
			data = append(data, text...)
		}
	}
	if charset == "" && strings.Contains(string(data), "=?") {
		return r.words(string(data))
	}
	return tidy(r.decode(data, charset))
}

func unpercent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// name gives the file name a part was given, still unsafe: filename first,
// then the older name parameter, with encoded words decoded although RFC 2047
// forbids them there.
func (r *reading) partName(disposition, contentType params) string {
	for _, name := range []string{disposition["filename"], contentType["name"], contentType["filename"]} {
		if name = r.words(name); name != "" {
			return name
		}
	}
	return ""
}
