package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"postroom/desk"
)

// BenchmarkMergeInboxes brings all of an inbox into another one, a tag on each
// of its conversations.
func BenchmarkMergeInboxes(b *testing.B) {
	for _, n := range []int{5_000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			onBoth(b, func(b *testing.B, open func(testing.TB) *Store) { benchMerge(b, open, n) })
		})
	}
}

func benchMerge(b *testing.B, open func(testing.TB) *Store, n int) {
	for range b.N {
		b.StopTimer()
		s := open(b)
		fill(b, s, 0, 0)
		r := rand.New(rand.NewPCG(5, 6))
		zipf := rand.NewZipf(r, 1.2, 4, 20_000)
		start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := 0; i < n; i += 1000 {
			err := s.Write(b.Context(), func(w desk.Writer) error {
				for j := i; j < i+1000; j++ {
					if err := fillOne(w, r, zipf, start.Add(time.Duration(j)*time.Minute), 120, 1); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		d, err := desk.New(b.Context(), desk.Outside{Store: s, Clock: time.Now, Rand: bytes.NewReader(make([]byte, 1<<20))})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		done, err := d.As(desk.Actor{Kind: desk.ActorUser, User: 1}).MergeInboxes(b.Context(), "inbox0", "inbox1", "moved")
		b.StopTimer()
		if err != nil || done.All != n {
			b.Fatalf("%d of %d: %v", done.All, n, err)
		}
		b.StartTimer()
	}
}
