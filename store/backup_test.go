package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"postroom/desk"
)

// TestBackupAfterAKilledOne: what a killed backup has left stops no later one.
// A backup that is under way does, and so does a file that is none of ours.
func TestBackupAfterAKilledOne(t *testing.T) {
	s := open(t)
	dest := filepath.Join(t.TempDir(), "copy.db")
	write := func(path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("half a copy"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(code string) {
		t.Helper()
		_, err := s.Backup(t.Context(), dest)
		var e *desk.Error
		if !errors.As(err, &e) || e.Code != code || e.Kind != desk.Conflict {
			t.Errorf("want %s, got %v", code, err)
		}
		if half, err := os.ReadFile(dest + ".partial"); err != nil || string(half) != "half a copy" {
			t.Errorf("the other file was touched: %q, %v", half, err)
		}
	}
	write(dest + ".partial")
	refused("FILE_EXISTS")
	write(dest + ".busy")
	other, err := os.Open(dest + ".busy")
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(other.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	refused("BACKUP_RUNS")
	_ = other.Close() // as when its process is killed
	if _, err := s.Backup(t.Context(), dest); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(dest + ".*"); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}
