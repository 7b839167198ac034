package desk

import (
	"fmt"
	"strings"
)

// String prints the query so that [ParseQuery] reads the same again.
func (q Query) String() string {
	if q.Expr == nil {
		return ""
	}
	text := q.Expr.print(false)
	last := *q.Expr
	for len(last.Args) > 0 {
		last = last.Args[len(last.Args)-1]
	}
	if last.Term == TermText && !last.Phrase && !last.Prefix {
		text += " " // or it would be the beginning of a word
	}
	return text
}

// print writes an expression; inner says that it is an operand, so that an or
// needs parentheses.
func (e Expr) print(inner bool) string {
	switch e.Term {
	case TermAnd, TermOr:
		sep := " "
		if e.Term == TermOr {
			sep = " OR "
		}
		parts := make([]string, len(e.Args))
		for i, a := range e.Args {
			parts[i] = a.print(e.Term == TermAnd)
		}
		if text := strings.Join(parts, sep); !inner || e.Term == TermAnd {
			return text
		}
		return "(" + strings.Join(parts, sep) + ")"
	case TermNot:
		if a := e.Args[0]; len(a.Args) > 0 {
			return "-(" + a.print(false) + ")"
		}
		return "-" + e.Args[0].print(true)
	case TermText:
		return e.valueText()
	case TermNumber:
		return fmt.Sprintf("#%d", e.ID)
	default:
		return string(e.Term) + ":" + e.valueText()
	}
}

func (e Expr) valueText() string {
	switch {
	case e.Phrase:
		return `"` + e.Text + `"`
	case e.Prefix:
		return e.Text + "*"
	default:
		return e.Text
	}
}
