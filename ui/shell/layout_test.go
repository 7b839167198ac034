package shell_test

import (
	"fmt"
	"testing"

	"postroom/ui/shell"
)

// wishes are all ways to ask for a layout.
func wishes() []shell.Wish {
	yes, no := true, false
	var list []shell.Wish
	for _, side := range []*bool{nil, &yes, &no} {
		for _, preview := range []bool{true, false} {
			list = append(list, shell.Wish{Sidebar: side, Preview: preview})
		}
	}
	return list
}

// TestAreasTile checks for every size from 40×10 to 300×100 that each cell
// belongs to exactly one area.
func TestAreasTile(t *testing.T) {
	for w := 40; w <= 300; w++ {
		for _, h := range []int{10, 11, 12, 15, 16, 17, 20, 23, 24, 25, 30, 40, 41, 60, 99, 100} {
			for _, wish := range wishes() {
				a := shell.Layout(shell.Size{W: w, H: h}, wish)
				if err := tiles(a, w, h); err != nil {
					t.Fatalf("%d×%d with %+v: %v\n%+v", w, h, wish, err, a)
				}
			}
		}
	}
}

func tiles(a shell.Areas, w, h int) error {
	cells := make([]bool, w*h)
	for _, r := range []shell.Rect{a.Header, a.TopRule, a.Sidebar, a.SideRule, a.List, a.MidRule, a.Preview, a.Toast, a.Footer} {
		if r.W < 0 || r.H < 0 {
			return fmt.Errorf("a negative area %+v", r)
		}
		for y := r.Y; y < r.Y+r.H && r.W > 0; y++ {
			for x := r.X; x < r.X+r.W; x++ {
				if y >= h || x >= w || cells[y*w+x] {
					return fmt.Errorf("cell %d,%d is outside or taken twice", x, y)
				}
				cells[y*w+x] = true
			}
		}
	}
	for i, taken := range cells {
		if !taken {
			return fmt.Errorf("cell %d,%d belongs to no area", i%w, i/w)
		}
	}
	return nil
}

func TestPanesByWidth(t *testing.T) {
	for _, c := range []struct {
		w, h                   int
		sidebar, preview, lies bool
	}{
		{120, 40, true, true, false},
		{119, 40, false, true, false},
		{100, 24, false, true, false},
		{99, 24, false, true, true},
		{80, 24, false, true, true},
		{79, 24, false, false, false},
		{60, 20, false, false, false},
		{40, 10, false, false, false},
		{300, 100, true, true, false},
	} {
		a := shell.Layout(shell.Size{W: c.w, H: c.h}, shell.Wish{Preview: true})
		if !a.Sidebar.Empty() != c.sidebar || !a.Preview.Empty() != c.preview || a.Stacked != c.lies {
			t.Errorf("%d×%d: sidebar %v, preview %v, stacked %v", c.w, c.h, !a.Sidebar.Empty(), !a.Preview.Empty(), a.Stacked)
		}
	}
}

func TestTooSmall(t *testing.T) {
	for _, c := range []struct {
		w, h  int
		small bool
	}{{40, 10, false}, {39, 10, true}, {40, 9, true}, {20, 5, true}, {1, 1, true}} {
		if got := (shell.Size{W: c.w, H: c.h}).TooSmall(); got != c.small {
			t.Errorf("%d×%d: %v", c.w, c.h, got)
		}
	}
}
