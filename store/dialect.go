package store

import (
	"strconv"
	"strings"
)

// dialect is all in which two databases differ for the SQL of this package,
// besides full text, which is in search.go, find.go and walk.go only.
// Everything else is written once.
type dialect struct {
	// numbered says that placeholders are $1, $2 … instead of ?.
	numbered bool
	// beginRead starts a consistent snapshot, beginWrite a transaction that
	// is the writer from its first moment on.
	beginRead, beginWrite string
}

func sqliteDialect() dialect {
	return dialect{beginRead: "BEGIN", beginWrite: "BEGIN IMMEDIATE"}
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
