package store

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// IsServer reports whether a --db value names a server and not a file.
func IsServer(dsn string) bool {
	scheme, _, _ := strings.Cut(dsn, "://")
	return scheme == "postgres" || scheme == "postgresql"
}

// Exists reports whether there is a desk at a DSN, and makes none.
func Exists(ctx context.Context, dsn string) bool {
	if IsServer(dsn) {
		return serverHasDesk(ctx, dsn)
	}
	path, err := parseDSN(dsn)
	if err == nil {
		_, err = os.Stat(path)
	}
	return err == nil
}

// saysServer reports whether a value is in the other form that psql takes, as
// "host=db.example.org user=postroom".
func saysServer(dsn string) bool {
	key, _, found := strings.Cut(dsn, "=")
	return found && slices.Contains([]string{"host", "hostaddr", "port", "dbname", "user", "password", "service", "sslmode"}, strings.TrimSpace(key))
}

// parseDSN finds the file a --db value names.
func parseDSN(dsn string) (string, error) {
	scheme, rest, found := strings.Cut(dsn, ":")
	switch {
	case dsn == "":
		return "", invalid("BAD_DATABASE", "Give a path: --db ~/desk/postroom.db", "The name of the database is empty.")
	case found && (scheme == "postgres" || scheme == "postgresql"):
		return "", invalid("BAD_DATABASE", "Write it as postgres://USER@HOST/NAME", "%q is not the address of a server.", scheme+":")
	case found && (scheme == "sqlite" || scheme == "sqlite3"):
		dsn = strings.TrimPrefix(rest, "//")
	case found && strings.HasPrefix(rest, "//"):
		return "", invalid("BAD_DATABASE", "Use a file, --db PATH, or a server, --db postgres://USER@HOST/NAME", "postroom does not know databases of the kind %q.", scheme)
	}
	if found && scheme == "file" || saysServer(dsn) {
		// The file would have the password in its name.
		return "", invalid("BAD_DATABASE", "Use a file, --db PATH, or a server, --db postgres://USER@HOST/NAME", "What --db says is not the path of a database.")
	}
	if strings.TrimSpace(dsn) == "" || strings.ContainsRune(dsn, 0) || dsn == ":memory:" {
		return "", invalid("BAD_DATABASE", "Give a path: --db ~/desk/postroom.db", "%q is not the path of a database.", dsn)
	}
	return filepath.Abs(dsn)
}
