package store

import (
	"path/filepath"
	"testing"

	"postroom/desk"
	"postroom/internal/testserver"
	"postroom/store/storetest"
)

func TestConformance(t *testing.T) {
	at := func(place func(testing.TB) string) storetest.Fresh {
		return func(t testing.TB) func(testing.TB) desk.Store {
			dsn := place(t)
			return func(t testing.TB) desk.Store { return openAt(t, dsn) }
		}
	}
	storetest.Run(t, map[string]storetest.Fresh{
		"SQLite":     at(func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") }),
		"PostgreSQL": at(testserver.Postgres),
	})
}
