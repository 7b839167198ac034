package store

import (
	"strconv"
	"strings"
)

// dialect is all in which two databases differ for the SQL of this package.
// Everything else is written once.
type dialect struct {
	name string
	// numbered says that placeholders are $1, $2 … instead of ?.
	numbered bool
	// beginRead starts a consistent snapshot, beginWrite a transaction that
	// is the writer from its first moment on.
	beginRead, beginWrite string
	// match is the predicate of a full text search, with one placeholder.
	match string
	// skipLocked is what a query adds that takes the next free row of several.
	skipLocked string
}

func sqliteDialect() dialect {
	return dialect{
		name:       "sqlite",
		beginRead:  "BEGIN",
		beginWrite: "BEGIN IMMEDIATE",
		match:      "search MATCH ?",
	}
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
