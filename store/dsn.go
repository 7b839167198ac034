package store

import (
	"path/filepath"
	"strings"
)

// parseDSN finds the file a --db value names.
func parseDSN(dsn string) (string, error) {
	scheme, rest, found := strings.Cut(dsn, ":")
	switch {
	case dsn == "":
		return "", invalid("BAD_DATABASE", "Give a path: --db ~/desk/postroom.db", "The name of the database is empty.")
	case found && (scheme == "postgres" || scheme == "postgresql"):
		return "", invalid("NO_POSTGRES", "Use a file: --db PATH", "PostgreSQL is not in this version.")
	case found && (scheme == "sqlite" || scheme == "sqlite3"):
		dsn = strings.TrimPrefix(rest, "//")
	case found && strings.HasPrefix(rest, "//"):
		return "", invalid("BAD_DATABASE", "Use a file: --db PATH, or --db sqlite:PATH", "postroom does not know databases of the kind %q.", scheme)
	}
	if dsn == "" || strings.ContainsRune(dsn, 0) || dsn == ":memory:" {
		return "", invalid("BAD_DATABASE", "Give a path: --db ~/desk/postroom.db", "%q is not the path of a database.", dsn)
	}
	return filepath.Abs(dsn)
}
