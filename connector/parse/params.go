package parse

import (
	"sort"
	"strconv"
	"strings"
)

// params are the parameters of a Content-Type or Content-Disposition, names in
// lower case, values decoded (RFC 2045 section 5.1, RFC 2231).
type params map[string]string

// paramsCap is how much of a value with parameters is read. Longer ones are
// aimed at us.
const paramsCap = 64 << 10

// parseParams reads a value such as `text/plain; charset=utf-8`. The first
// word comes back in lower case. Missing semicolons, open quotes, doubled
// parameters and encoded words in values are accepted.
func (r *reading) parseParams(value string) (string, params) {
	if len(value) > paramsCap {
		value = value[:paramsCap]
		r.defect("the parameters of a field are too long and were cut")
	}
	scan := paramScanner{rest: value}
	defer func() { r.work += scan.work }()
	word := scan.word()
	var list params
	var groups paramGroups
	for scan.rest != "" {
		name, text, ok := strings.Cut(scan.next(), "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || name == "" {
			continue
		}
		if list == nil {
			list = params{}
		}
		text = unquoteParam(text)
		if base, piece, continued := splitParamName(name); continued {
			piece.text = text
			groups.add(base, piece)
		} else if _, twice := list[name]; !twice {
			list[name] = text
		}
	}
	for _, base := range groups.order {
		// The form of RFC 2231 goes before the plain one beside it, which is
		// there for old programs (RFC 6266 section 4.3), unless it is broken.
		text := r.joinPieces(groups.pieces[base])
		if text != "" && (list[base] == "" || !strings.Contains(text, "\uFFFD")) {
			list[base] = text
		}
	}
	return word, list
}

// paramScanner cuts a value into its parameters. It looks at every byte a
// bounded number of times.
type paramScanner struct {
	rest    string
	noQuote bool // known: no quotation mark comes any more
	work    int
}

// word cuts the first word, which is no parameter. The semicolon behind it may
// be missing.
func (s *paramScanner) word() string {
	word := strings.TrimSpace(s.next())
	if end := strings.IndexAny(word, " \t"); end > 0 {
		if strings.IndexByte(word[end:], '=') >= 0 {
			s.rest = word[end:] + ";" + s.rest
		}
		word = word[:end]
	}
	return strings.ToLower(strings.TrimRight(word, ",:"))
}

// next cuts at the next semicolon outside of quotes, or after closed quotes
// behind which a parameter follows without one.
func (s *paramScanner) next() (item string) {
	for i := 0; i < len(s.rest); i++ {
		s.work++
		switch s.rest[i] {
		case '"':
			// An open quote is a character like any other.
			end := s.closingQuote(i)
			if end < 0 {
				continue
			}
			i = end
			if s.missingSemicolon(i + 1) {
				item, s.rest = s.rest[:i+1], s.rest[i+1:]
				return item
			}
		case ';':
			item, s.rest = s.rest[:i], s.rest[i+1:]
			return item
		}
	}
	item, s.rest = s.rest, ""
	return item
}

// closingQuote gives the end of the quoted string that begins at i, or -1.
func (s *paramScanner) closingQuote(i int) int {
	if s.noQuote {
		return -1
	}
	for i++; i < len(s.rest); i++ {
		s.work++
		switch s.rest[i] {
		case '\\':
			if i+1 < len(s.rest) && (s.rest[i+1] == '"' && i+2 < len(s.rest) && s.rest[i+2] != ';' || s.rest[i+1] == '\\') {
				i++
			}
		case '"':
			return i
		}
	}
	s.noQuote = true
	return -1
}

// missingSemicolon tells whether at i, behind closed quotes, the name of a
// parameter follows.
func (s *paramScanner) missingSemicolon(i int) bool {
	start := i
	for i < len(s.rest) && isSpace(s.rest[i]) {
		i++
	}
	if i == start {
		return false
	}
	name := i
	for i < len(s.rest) && i-name < 40 && (letter(s.rest[i]) || s.rest[i] == '-' || s.rest[i] == '*' || s.rest[i] >= '0' && s.rest[i] <= '9') {
		i++
	}
	s.work += i - start
	return i > name && i < len(s.rest) && s.rest[i] == '='
}

// unquoteParam takes the quotes and a trailing comment from a value.
func unquoteParam(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || s[0] != '"' {
		if i := strings.Index(s, " ("); i > 0 && strings.HasSuffix(s, ")") {
			s = strings.TrimSpace(s[:i])
		}
		if s = strings.Trim(s, `"`); len(s) > 1 && s[0] == '\'' && s[len(s)-1] == '\'' {
			s = s[1 : len(s)-1]
		}
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s) && s[i] != '"'; i++ {
		// A backslash before a letter is a Windows path, not an escape.
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' && i+2 < len(s) || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// paramPiece is one section of a parameter in RFC 2231 form.
type paramPiece struct {
	number  int // wholePiece for name*, which is not continued
	encoded bool
	text    string
}

const wholePiece = -1

// paramGroups are the pieces of the parameters in RFC 2231 form.
type paramGroups struct {
	order  []string
	pieces map[string][]paramPiece
}

func (g *paramGroups) add(base string, piece paramPiece) {
	if g.pieces == nil {
		g.pieces = map[string][]paramPiece{}
	}
	if g.pieces[base] == nil {
		g.order = append(g.order, base)
	}
	g.pieces[base] = append(g.pieces[base], piece)
}

// splitParamName understands name*, name*0 and name*0*.
func splitParamName(name string) (base string, piece paramPiece, ok bool) {
	base, tail, ok := strings.Cut(name, "*")
	base = strings.TrimSpace(base)
	if !ok || base == "" {
		return name, piece, false
	}
	if tail == "" {
		return base, paramPiece{number: wholePiece, encoded: true}, true
	}
	digits, encoded := strings.CutSuffix(tail, "*")
	number, err := strconv.Atoi(digits)
	if err != nil || number < 0 {
		number = 0
	}
	return base, paramPiece{number: number, encoded: encoded}, true
}

// joinPieces puts the pieces of a parameter together by their numbers, in
// whatever order they came (RFC 2231 section 3). Of two with the same number
// the first counts, and one that is whole before all that are not.
func (r *reading) joinPieces(group []paramPiece) string {
	sort.SliceStable(group, func(i, j int) bool { return group[i].number < group[j].number })
	if group[0].number == wholePiece {
		group = group[:1]
	}
	charset := ""
	var data []byte
	for i, p := range group {
		if i > 0 && p.number == group[i-1].number {
			continue
		}
		if i > 0 && p.number != group[i-1].number+1 || i == 0 && p.number > 1 {
			r.defect("a piece of a parameter is missing")
		}
		text := p.text
		if p.encoded && i == 0 {
			charset, text = extendedValue(text)
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
	if charset == "" {
		return tidy(r.rawText(string(data)))
	}
	return tidy(r.decode(data, charset))
}

// extendedValue divides charset'language'value. A value that lacks the first
// two is taken as it is.
func extendedValue(text string) (charset, value string) {
	charset, more, ok := strings.Cut(text, "'")
	if !ok || strings.ContainsAny(charset, "%. ") {
		return "", text
	}
	if _, value, ok = strings.Cut(more, "'"); ok {
		return charset, value
	}
	if lookupCharset(charsetLabel(charset)) != nil {
		return charset, more // the language was forgotten with its mark
	}
	return "", text
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

// partName gives the file name a part was given, still unsafe: filename first,
// then the older name parameter, with encoded words decoded although RFC 2047
// forbids them there.
func (r *reading) partName(disposition, contentType params) string {
	for _, name := range []string{disposition["filename"], disposition["name"], contentType["name"], contentType["filename"]} {
		if charset, value := extendedValue(name); charset != "" && lookupCharset(charsetLabel(charset)) != nil {
			// The form of RFC 2231 without the asterisk that announces it.
			name = r.decode(unpercent(value), charset)
		}
		if name = r.words(name); name != "" {
			return name
		}
	}
	return ""
}
