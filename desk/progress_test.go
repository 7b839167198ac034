package desk_test

import (
	"testing"

	"postroom/desk"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		backfilled, next uint32
		want             int
	}{
		{0, 0, 0}, {1, 1, 100}, {1, 500, 100}, {500, 500, 0}, {251, 501, 50}, {2, 100_000, 99}, {600, 500, 0}, {1, 0, 0},
	} {
		f := desk.FolderProgress{Folder: desk.Folder{Backfilled: c.backfilled, UIDNext: c.next}}
		if got := f.Percent(); got != c.want {
			t.Errorf("down to %d of %d: %d%%, want %d%%", c.backfilled, c.next, got, c.want)
		}
	}
}
