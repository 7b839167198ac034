package store

import (
	"slices"
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
	// remote says that every statement waits for a network, so that those that
	// can are sent together.
	remote bool
	// script says that a statement without arguments may be several, and is
	// not prepared.
	script bool
	// beginRead starts a consistent snapshot, beginWrite a transaction that
	// is the writer from its first moment on.
	beginRead, beginWrite string
	// beginLook starts reading after a COMMIT that has failed, whatever has
	// become of that.
	beginLook string
	// wait sets for how many milliseconds a connection waits for who writes.
	wait string
	// version is a query for a number that changes with every commit of
	// somebody else that has put something into the journal or has moved the
	// desk, or more often.
	version string
	// notify tells other processes of the journal's new last number when the
	// transaction commits; empty where the database cannot.
	notify string
	// patient lets a transaction take its time; empty where it has it anyway.
	patient string
	// lastID gives the last id a table has given out, by the table's name;
	// forgetLastID, if need be, and setLastID
	// (with the id) say what it was. countsAll says
	// that this is kept for every table, not only for those whose ids are
	// never given out twice.
	lastID, forgetLastID, setLastID string
	countsAll                       bool
	// size is a query for how many bytes the database takes.
	size string
	// text is how it searches.
	text *fullText
}

func sqliteDialect() dialect {
	return dialect{
		beginRead: "BEGIN", beginWrite: "BEGIN IMMEDIATE", beginLook: "BEGIN",
		wait: "PRAGMA busy_timeout", version: "PRAGMA data_version", text: sqliteText(),
		size:         "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
		lastID:       `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?`,
		forgetLastID: `DELETE FROM sqlite_sequence WHERE name = ?`,
		setLastID:    `INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)`,
	}
}

// lockDesk waits until all who write have ended, and keeps others from it.
// Every statement behind it sees what they have committed.
const lockDesk = "BEGIN; SELECT 1 FROM desk WHERE id = 1 FOR UPDATE"

func postgresDialect() dialect {
	return dialect{
		numbered: true, oneResult: true, remote: true, script: true,
		beginRead: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", beginWrite: lockDesk, beginLook: lockDesk,
		wait: "SET lock_timeout", version: seqAndGate, notify: "SELECT pg_notify('" + channel + "', CAST(? AS TEXT))", text: postgresText(),
		patient:   "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0",
		lastID:    `SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence(?, 'id') AS regclass)), 0)`,
		setLastID: `SELECT setval(CAST(pg_get_serial_sequence(?, 'id') AS regclass), ?)`,
		size:      "SELECT pg_database_size(current_database())",
		countsAll: true,
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

// values brings arguments to what every database keeps: text is UTF-8 without
// the character 0. Where it is not it gets U+FFFD, also in what is looked for.
func values(args []any) []any {
	if !slices.ContainsFunc(args, unfit) {
		return args
	}
	kept := slices.Clone(args)
	for i, a := range kept {
		if unfit(a) {
			s, _ := a.(string)
			kept[i] = fit(s)
		}
	}
	return kept
}

// fit is a text as it is kept.
func fit(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func unfit(arg any) bool {
	s, ok := arg.(string)
	return ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0)
}
