package desk

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a query: far beyond what anybody types, far below what hurts.
const (
	maxQueryRunes  = 2000
	maxQueryDepth  = 20
	maxQueryLeaves = 100
)

// ParseQuery reads a line of the query language (design 6). Words are all
// wanted; OR and parentheses say otherwise; a minus in front negates; quotes
// keep words together; word* is the beginning of a word, and so is the last
// word of a line while no space follows it. An error points at its place.
func ParseQuery(line string) (Query, error) { return parseQuery(line, false) }

func parseQuery(line string, rule bool) (Query, error) {
	q := Query{Source: line}
	if utf8.RuneCountInString(line) > maxQueryRunes {
		return Query{}, invalid("BAD_QUERY", "Ask for less.", "The query is longer than %d characters.", maxQueryRunes)
	}
	p := &queryParser{in: []rune(line), rule: rule}
	e, err := p.or(0)
	if err != nil {
		return Query{}, err
	}
	if p.skipSpace(); p.at < len(p.in) {
		return Query{}, p.fail(p.at, "Remove it, or open one before.", "A parenthesis closes that was not opened")
	}
	if e == nil && strings.ContainsFunc(line, isWritten) {
		return Query{}, p.fail(0, "Words are made of letters and digits.", "There is no word to look for")
	}
	q.Expr = e
	return q, nil
}

// isWritten reports whether a character is neither a gap nor what a query may
// begin with: while somebody is about to type a phrase, he sees everything. A
// line of other signs alone is meant, and everything would be the wrong answer.
func isWritten(r rune) bool { return !isGap(r) && !strings.ContainsRune(`"()-*#`, r) }

// queryParser goes over the line once, from left to right.
type queryParser struct {
	in     []rune
	at     int
	leaves int
	// rule says that it is what a rule asks: see [ParseCondition].
	rule bool
}

// fail is an error at a place, which people count from 1.
func (p *queryParser) fail(at int, hint, format string, args ...any) error {
	return invalid("BAD_QUERY", hint, format+" (column %d).", append(args, at+1)...)
}

// isGap reports whether a character separates words.
func isGap(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func (p *queryParser) skipSpace() {
	for p.at < len(p.in) && isGap(p.in[p.at]) {
		p.at++
	}
}

// or reads alternatives. nil is an expression without a condition.
func (p *queryParser) or(depth int) (*Expr, error) {
	if depth > maxQueryDepth {
		return nil, p.fail(p.at, "Use fewer parentheses.", "The query is nested too deeply")
	}
	var args []Expr
	for {
		start := p.at
		e, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		more := p.takeOr()
		if e == nil && (more || len(args) > 0) {
			return nil, p.fail(start, "Write it as: a OR b", "There is nothing on one side of OR")
		}
		if e != nil {
			args = append(args, *e)
		}
		if !more {
			return joint(TermOr, args), nil
		}
	}
}

// takeOr reads the word OR, in capitals, if it stands here.
func (p *queryParser) takeOr() bool {
	p.skipSpace()
	end := p.at + 2
	if end > len(p.in) || string(p.in[p.at:end]) != "OR" {
		return false
	}
	if end < len(p.in) && !isGap(p.in[end]) && !strings.ContainsRune(`()"`, p.in[end]) {
		return false
	}
	p.at = end
	return true
}

// and reads conditions that all must hold.
func (p *queryParser) and(depth int) (*Expr, error) {
	var args []Expr
	for {
		p.skipSpace()
		if p.at == len(p.in) || p.in[p.at] == ')' {
			return joint(TermAnd, args), nil
		}
		if at := p.at; p.takeOr() {
			p.at = at
			return joint(TermAnd, args), nil
		}
		e, err := p.unary(depth)
		if err != nil {
			return nil, err
		}
		if e != nil {
			args = append(args, *e)
		}
	}
}

// joint combines operands: none is nil, one is itself, and an and within an
// and is the same one.
func joint(t Term, args []Expr) *Expr {
	var flat []Expr
	for _, a := range args {
		if a.Term == t {
			flat = append(flat, a.Args...)
		} else {
			flat = append(flat, a)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return &flat[0]
	default:
		return &Expr{Term: t, Args: flat}
	}
}

func (p *queryParser) unary(depth int) (*Expr, error) {
	if p.in[p.at] == '-' {
		p.at++
		if depth++; depth > maxQueryDepth {
			return nil, p.fail(p.at, "Use one minus.", "The query is nested too deeply")
		}
		if p.at == len(p.in) || isGap(p.in[p.at]) || p.in[p.at] == ')' {
			return nil, nil
		}
		e, err := p.unary(depth)
		switch {
		case err != nil || e == nil:
			return nil, err
		case e.Term == TermNot:
			return &e.Args[0], nil
		default:
			return &Expr{Term: TermNot, Args: []Expr{*e}}, nil
		}
	}
	if p.in[p.at] != '(' {
		return p.leaf()
	}
	open := p.at
	p.at++
	e, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.skipSpace(); p.at == len(p.in) {
		return nil, p.fail(open, "Close it with a ).", "A parenthesis is not closed")
	}
	p.at++
	return e, nil
}

// leaf reads a word, a phrase, a number, or an operator with its value.
func (p *queryParser) leaf() (*Expr, error) {
	start := p.at
	if p.leaves++; p.leaves > maxQueryLeaves {
		return nil, p.fail(start, "Ask for less.", "The query has more than %d words", maxQueryLeaves)
	}
	if p.in[p.at] == '"' {
		return p.words(Expr{Term: TermText, Text: p.phrase(), Phrase: true}), nil
	}
	if name, ok := p.operator(); ok {
		return p.operated(start, strings.ToLower(name))
	}
	word := p.word()
	if id, ok := numberOf(word); ok {
		return p.checkLeaf(start, &Expr{Term: TermNumber, ID: id})
	}
	e := p.bare(Expr{Term: TermText, Text: word})
	if p.at == len(p.in) && !e.Phrase && utf8.RuneCountInString(e.Text) >= 2 {
		e.Prefix = true
	}
	return p.words(e), nil
}

// words drops a leaf in which there is nothing to look for.
func (p *queryParser) words(e Expr) *Expr {
	if !strings.ContainsFunc(e.Text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return nil
	}
	return &e
}

// bare finishes a leaf whose value was not quoted: a star behind it makes it
// the beginning of a word, and parentheses in it need quotes when printed.
func (p *queryParser) bare(e Expr) Expr {
	if cut := strings.TrimRight(e.Text, "*"); cut != e.Text {
		e.Text, e.Prefix = cut, utf8.RuneCountInString(cut) >= 2
	}
	if strings.ContainsAny(e.Text, "()") {
		e.Phrase, e.Prefix = true, false
	}
	return e
}

// phrase reads what stands between quotes. One that is not closed yet ends
// with the line.
func (p *queryParser) phrase() string {
	p.at++
	start := p.at
	for p.at < len(p.in) && p.in[p.at] != '"' {
		p.at++
	}
	text := string(p.in[start:p.at])
	if p.at < len(p.in) {
		p.at++
	}
	return strings.Join(strings.FieldsFunc(text, isGap), " ")
}

// word reads up to a space, a quote or a parenthesis that the word has not
// opened itself.
func (p *queryParser) word() string {
	start, open := p.at, 0
	for ; p.at < len(p.in); p.at++ {
		switch r := p.in[p.at]; {
		case isGap(r) || r == '"':
			return string(p.in[start:p.at])
		case r == '(':
			open++
		case r == ')':
			if open == 0 {
				return string(p.in[start:p.at])
			}
			open--
		}
	}
	return string(p.in[start:p.at])
}

// operator reads letters and a colon, if they stand here. What goes on like a
// web address is none.
func (p *queryParser) operator() (string, bool) {
	end := p.at
	for end < len(p.in) && (p.in[end] < utf8.RuneSelf && unicode.IsLetter(p.in[end])) {
		end++
	}
	if end == p.at || end == len(p.in) || p.in[end] != ':' {
		return "", false
	}
	if strings.HasPrefix(string(p.in[end+1:min(end+3, len(p.in))]), "//") {
		return "", false
	}
	name := string(p.in[p.at:end])
	p.at = end + 1
	return name, true
}

func numberOf(word string) (int64, bool) {
	if !strings.HasPrefix(word, "#") {
		return 0, false
	}
	id, err := strconv.ParseInt(word[1:], 10, 64)
	return id, err == nil && id > 0 && word[1] != '+'
}
