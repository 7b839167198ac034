package store

import (
	"math/rand/v2"
	"testing"
	"time"

	"postroom/desk"
)

// BenchmarkTick does what time brings at a desk with 10,000 clocks: nothing, and
// one of them that is overdue from then on.
func BenchmarkTick(b *testing.B) { onBoth(b, benchTick) }

const benchClocks = 10_000

func benchTick(b *testing.B, open func(testing.TB) *Store) {
	s := open(b)
	fill(b, s, benchClocks, 10)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	d, err := desk.New(b.Context(), desk.Outside{Store: s, Clock: func() time.Time { return now }, Rand: rand.NewChaCha8([32]byte{})})
	if err != nil {
		b.Fatal(err)
	}
	err = s.Write(b.Context(), func(w desk.Writer) error {
		_, err := w.AddUser(desk.User{Login: "root", Role: desk.RoleAdmin})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	root := d.As(desk.Actor{Kind: desk.ActorUser, User: 3, Login: "root"})
	if _, err := root.AddPolicy(b.Context(), "Standard", map[desk.PolicyKey]string{desk.PolicySolved: "4h"}, desk.NewTickets); err != nil {
		b.Fatal(err)
	}
	err = s.Write(b.Context(), func(w desk.Writer) error {
		for i := range benchClocks {
			k := desk.Clock{
				Conversation: desk.ConversationID(i + 1), Kind: desk.ClockResolution, Policy: 1, Goal: 4 * time.Hour,
				Started: now, DueAt: now.Add(time.Duration(i+1) * time.Minute),
			}
			if err := w.AddClock(k); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	tick := func(b *testing.B, by time.Duration) {
		b.Helper()
		for b.Loop() {
			now = now.Add(by)
			if _, err := d.Mailroom().Tick(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("nothing due", func(b *testing.B) { tick(b, 0) })
	b.Run("one overdue", func(b *testing.B) {
		if b.N > benchClocks {
			b.Fatalf("there are %d clocks; use -benchtime 1000x", benchClocks)
		}
		tick(b, time.Minute)
		var told int
		err := s.Read(b.Context(), func(r desk.Reader) error {
			list, err := r.Clocks(1)
			for _, k := range list {
				if k.Told == desk.ClockOverdue {
					told++
				}
			}
			return err
		})
		if err != nil || told != 1 {
			b.Fatalf("the first clock was not told: %v", err)
		}
	})
}
