package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postroom/desk"
)

func TestNetworkDiskIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "desk.db")
	far := func(string) (string, error) { return diskName(0x6969), nil }
	_, err := Open(t.Context(), path, Options{disk: far})
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "NETWORK_DISK" || !strings.Contains(e.Message, "NFS") || !strings.Contains(e.Hint, "local disk") {
		t.Fatalf("a database on NFS: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("something was made there all the same")
	}
	for _, o := range []Options{{disk: far, AnyDisk: true}, {}} {
		s, err := Open(t.Context(), path, o)
		if err != nil {
			t.Fatalf("%+v: %v", o, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for magic, known := range map[uint32]bool{0x6969: true, 0x517b: true, 0xfe534d42: true, 0xff534d42: true, 0x65735546: true, 0xef53: false, 0x01021994: false, 0x9123683e: false, 0x58465342: false} {
		if (diskName(magic) != "") != known {
			t.Errorf("a file system with the number %#x is %q", magic, diskName(magic))
		}
	}
}
