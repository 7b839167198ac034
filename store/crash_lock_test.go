package store

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"postroom/internal/crash"
)

// insertInChild holds the path of the database for the process that writes
// beside the test.
const insertInChild = "POSTROOM_STORE_TEST_INSERT"

// TestCrashLockLoss shows why nobody but SQLite may open the files of a
// database, which internal/structure holds store and cmd to: this process holds
// the lock for writing, opens db-shm, closes it, and the lock is gone. Another
// process writes, COMMIT says that all is well, and one of the rows is lost.
func TestCrashLockLoss(t *testing.T) {
	if path := os.Getenv(insertInChild); path != "" {
		db := openForRow(t, path)
		if _, err := db.ExecContext(t.Context(), "INSERT INTO x VALUES ('theirs')"); err != nil {
			fmt.Println("locked:", err)
		}
		return
	}
	locked, rows, err := writeBoth(t, func(string) {})
	if !locked || rows != "ours" || err != nil {
		t.Errorf("with the lock in place: the other one was locked out: %v, the rows are %q, COMMIT said %v", locked, rows, err)
	}
	lockedToo, left, err := writeBoth(t, func(path string) {
		f, err := os.Open(path + "-shm")
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if lockedToo || err != nil || strings.Contains(left, "ours") && strings.Contains(left, "theirs") {
		t.Errorf("after opening db-shm: locked out %v, rows %q, COMMIT said %v: the rule has lost its reason", lockedToo, left, err)
	}
	crash.Report(t, "with the lock the rows are %q; after os.Open of db-shm both commits report success and the rows are %q", rows, left)
}

// writeBoth writes a row here and, while that is not committed, one in another
// process. meanwhile is what this process does with the file in between.
func writeBoth(t *testing.T, meanwhile func(path string)) (locked bool, rows string, commit error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	db := openForRow(t, path)
	for _, text := range []string{"PRAGMA journal_mode = WAL", "CREATE TABLE x (whose TEXT)", "BEGIN IMMEDIATE", "INSERT INTO x VALUES ('ours')"} {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	meanwhile(path)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashLockLoss$")
	child.Env = append(os.Environ(), insertInChild+"="+path)
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, commit = db.ExecContext(t.Context(), "COMMIT")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	after := openForRow(t, path)
	var list sql.NullString
	if err := after.QueryRowContext(t.Context(), "SELECT group_concat(whose) FROM x").Scan(&list); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(out), "locked"), list.String, commit
}

// openForRow opens one connection that waits for nobody.
func openForRow(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", fileURL(path))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() }) // it may be closed already
	return db
}
