package store

import (
	"path/filepath"
	"testing"

	"postroom/desk"
	"postroom/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t testing.TB) func(testing.TB) desk.Store {
		path := filepath.Join(t.TempDir(), "desk.db")
		return func(t testing.TB) desk.Store {
			s, err := Open(t.Context(), "sqlite:"+path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error("close:", err)
				}
			})
			return s
		}
	})
}
