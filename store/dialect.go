package store

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// dialect is all in which two databases differ for the SQL of this package.
// Everything else is written once.
type dialect struct {
	// numbered says that placeholders are $1, $2 … instead of ?.
	numbered bool
	// oneResult says that a connection has one open result at a time and sends
	// all of it: what SQLite reads as it goes is asked for in parts.
	oneResult bool
	// strict says that text has to be UTF-8 without the character 0.
	strict bool
	// script says that a statement without arguments may be several, and is
	// not prepared.
	script bool
	// beginRead starts a consistent snapshot, beginWrite a transaction that
	// is the writer from its first moment on.
	beginRead, beginWrite string
	// version is a query for a number that changes with every commit of
	// somebody else that has put something into the journal, or more often.
	version string
	// text is how it searches.
	text *fullText
}

func sqliteDialect() dialect {
	return dialect{beginRead: "BEGIN", beginWrite: "BEGIN IMMEDIATE", version: "PRAGMA data_version", text: sqliteText()}
}

// rebind brings a statement to the dialect's placeholders. Statements of this
// package have no question marks but placeholders.
func (d dialect) rebind(text string) string {
	if !d.numbered {
		return text
	}
	var b strings.Builder
	n := 0
	for _, r := range text {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	return b.String()
}

// values brings arguments to what the database keeps. Mail brings text of any
// kind; what a strict database cannot hold becomes U+FFFD in it, also in what
// is looked for.
func (d dialect) values(args []any) []any {
	if !d.strict {
		return args
	}
	for i, a := range args {
		s, ok := a.(string)
		if !ok || utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
			continue
		}
		kept := append([]any(nil), args...)
		for j := i; j < len(kept); j++ {
			if s, ok := kept[j].(string); ok {
				kept[j] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
			}
		}
		return kept
	}
	return args
}
