// Package testdesk gives tests a desk that nobody has used yet. Making one takes
// longer than most of the tests that begin with one, so it is made once for all
// tests of a process, and copied.
package testdesk

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"postroom/store"
)

var unused = sync.OnceValues(func() ([]byte, error) { //nolint:gochecknoglobals // made once for all tests
	dir, err := os.MkdirTemp("", "postroom-unused-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "desk.db")
	db, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// File is where a copy lies. It goes with the test.
func File(t testing.TB) string {
	t.Helper()
	file, err := unused()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "desk.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
