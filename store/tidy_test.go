package store

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"postroom/desk"
)

// TestTidy: mails that came one by one leave an index of many parts, tidying
// leaves few, and every search finds the same before, in between and after.
func TestTidy(t *testing.T) {
	s := open(t)
	fill(t, s, 1, 20)
	r := rand.New(rand.NewPCG(5, 6))
	zipf := rand.NewZipf(r, 1.2, 4, 2000)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 300 {
		err := s.Write(t.Context(), func(w desk.Writer) error {
			return fillOne(w, r, zipf, at.Add(time.Duration(i)*time.Minute), 20, 10)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	found := func() (all [][]desk.ConversationID) {
		for _, line := range []string{wordOf(0) + " ", wordOf(50) + " ", wordOf(0)[:3], "from:@c77.test ", wordOf(1) + " -" + wordOf(2) + " "} {
			q, err := desk.ParseQuery(line)
			if err != nil {
				t.Fatal(err)
			}
			var ids []desk.ConversationID
			err = s.Read(t.Context(), func(r desk.Reader) error {
				p, err := r.List(1, desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q}, desk.Window{Limit: 50})
				for _, row := range p.Rows {
					ids = append(ids, row.ID)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, ids)
		}
		return all
	}
	before, want := segments(t, s), found()
	const few = 5
	if before <= few {
		t.Fatalf("the index has %d segments; there is nothing to tidy", before)
	}
	for more, steps := true, 0; more; steps++ {
		var err error
		if more, err = s.Tidy(t.Context()); err != nil || steps > 1000 {
			t.Fatal(steps, err)
		}
		if got := found(); !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("after %d steps the searches find %v, want %v", steps+1, got, want)
		}
	}
	if after := segments(t, s); after > few {
		t.Errorf("of %d segments %d are left", before, after)
	}
	before = segments(t, s)
	if more, err := s.Tidy(t.Context()); more || err != nil || segments(t, s) != before {
		t.Errorf("a tidy index: more %t, %v", more, err)
	}
}

func segments(t *testing.T, s *Store) (n int) {
	t.Helper()
	err := s.snapshot(t.Context(), func(ses *session) error { return ses.get(countSegments, nil, &n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}
