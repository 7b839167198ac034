package store

import (
	"context"
	"os"
	"path/filepath"
	"sync"
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
	storetest.Run(t, map[string]storetest.Fresh{"SQLite": at(copyOfFile), "PostgreSQL": at(copyOnServer)})
}

// What the suite begins with, a desk that nobody has used: migrated once, and
// copied for each of its parts.
var (
	unusedFile = sync.OnceValues(func() ([]byte, error) { //nolint:gochecknoglobals // made once for all tests
		dir, err := os.MkdirTemp("", "postroom-unused-")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		path := filepath.Join(dir, "desk.db")
		if err := migrated(path); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	})
	unusedOnServer struct { //nolint:gochecknoglobals // made once for all tests
		once sync.Once
		dsn  string
		err  error
	}
)

func migrated(dsn string) error {
	s, err := Open(context.Background(), dsn, Options{})
	if err != nil {
		return err
	}
	return s.Close()
}

func copyOfFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "desk.db")
	unused, err := unusedFile()
	if err == nil {
		err = os.WriteFile(path, unused, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

func copyOnServer(t testing.TB) string {
	t.Helper()
	cluster, u := testserver.SharedPostgres(t), &unusedOnServer
	u.once.Do(func() {
		u.dsn = cluster.Database(t)
		u.err = migrated(u.dsn)
	})
	if u.err != nil {
		t.Fatal(u.err)
	}
	return cluster.Copy(t, u.dsn)
}
