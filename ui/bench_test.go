package ui_test

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/ui"
	"postroom/ui/uitest"
)

// manyRows is a program over a list of the given length.
func manyRows(b *testing.B, n, w, h int) *uitest.Driver {
	clock := uitest.NewClock(monday())
	m := ui.New(context.Background(), ui.Settings{Desk: &rows{n: n}, World: clock.World(), Ring: func() tea.Cmd { return nil }})
	d := uitest.New(b, m, clock, nil)
	d.Resize(w, h).Advance(1e9)
	return d
}

// BenchmarkKey is one press of j with the frame after it, reads of the list
// included, at several lengths of the list and sizes of the terminal.
func BenchmarkKey(b *testing.B) {
	for _, c := range []struct {
		name    string
		n, w, h int
	}{
		{"1k-120x40", 1_000, 120, 40}, {"100k-120x40", 100_000, 120, 40}, {"1M-120x40", 1_000_000, 120, 40}, {"100k-80x24", 100_000, 80, 24}, {"100k-300x100", 100_000, 300, 100},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := manyRows(b, c.n, c.w, c.h)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				key := "j"
				if i%1600 >= 800 {
					key = "k"
				}
				d.Press(key)
				d.View()
			}
		})
	}
}

// BenchmarkUpdateKey is the press alone, without a frame and without reads.
func BenchmarkUpdateKey(b *testing.B) {
	d := manyRows(b, 100_000, 120, 40)
	down, up := uitest.Key("j"), uitest.Key("k")
	d.Hold()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			d.Send(down)
		} else {
			d.Send(up)
		}
	}
}

// BenchmarkView is a frame in which nothing has changed.
func BenchmarkView(b *testing.B) {
	d := manyRows(b, 100_000, 120, 40)
	b.ReportAllocs()
	for b.Loop() {
		d.View()
	}
}

// BenchmarkBell is the bell with all that is read again, and the frame after.
func BenchmarkBell(b *testing.B) {
	d := manyRows(b, 100_000, 120, 40)
	b.ReportAllocs()
	for b.Loop() {
		d.Send(ui.Rang{Changed: desk.Changed{Inboxes: map[desk.InboxID]bool{1: true}}})
		d.View()
	}
}
