package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postroom/desk"
)

// BenchmarkAssign lets a round robin of eight people find somebody for one
// conversation, each a commit with an fsync: alone, with eight who do so at once
// in one process, and with eight in what is four processes to the database. p99
// is how long one of them waited, for the others and for the disk.
func BenchmarkAssign(b *testing.B) {
	onBoth(b, func(b *testing.B, open func(testing.TB) *Store) {
		b.Run("alone", func(b *testing.B) { benchAssign(b, open, 1, 1) })
		b.Run("contended", func(b *testing.B) { benchAssign(b, open, 8, 1) })
		b.Run("processes", func(b *testing.B) { benchAssign(b, open, 8, 4) })
	})
}

func benchAssign(b *testing.B, open func(testing.TB) *Store, writers, handles int) {
	s := open(b)
	all := assignable(b, s, b.N)
	seats := make([]*desk.Seat, handles)
	for i := range seats {
		other, err := Open(b.Context(), s.Path(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = other.Close() })
		d, err := desk.New(b.Context(), desk.Outside{Store: other, Clock: time.Now, Rand: rand.NewChaCha8([32]byte{byte(i)})})
		if err != nil {
			b.Fatal(err)
		}
		seats[i] = d.As(desk.Actor{Kind: desk.ActorUser, User: 1, Login: "user1"})
	}
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for i := range writers {
		group.Go(func() {
			for n := next.Add(1) - 1; n < int64(b.N); n = next.Add(1) - 1 {
				began := time.Now()
				out, err := seats[i%handles].AssignBy(b.Context(), all[n:n+1], "rota", 0)
				took[n] = time.Since(began)
				if err != nil || len(out.Done) != 1 {
					b.Error(out, err)
					return
				}
			}
		})
	}
	group.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// assignable makes n conversations that nobody has, and a round robin.
func assignable(b *testing.B, s *Store, n int) []desk.ConversationID {
	b.Helper()
	var ids []desk.ConversationID
	err := s.Write(b.Context(), func(w desk.Writer) error {
		st := desk.Strategy{Name: "rota", Kind: desk.RoundRobin}
		for i := range 8 {
			id, err := w.AddUser(desk.User{Login: fmt.Sprint("user", i), Name: fmt.Sprint("User ", i), Role: desk.RoleAgent})
			if err != nil {
				return err
			}
			st.Targets = append(st.Targets, desk.Grantee{Kind: desk.ToUser, ID: int64(id)})
		}
		in, err := w.AddInbox(desk.Inbox{Name: "support", Kind: desk.Shared, Owner: 1})
		for _, g := range st.Targets {
			err = errors.Join(err, w.SaveGrant(desk.Grant{Inbox: in, To: g, Rights: desk.WorkRights()}))
		}
		if _, add := w.AddStrategy(st); add != nil || err != nil {
			return errors.Join(err, add)
		}
		for range n {
			id, err := w.NextConversationID()
			if err != nil {
				return err
			}
			ids = append(ids, id)
			c := desk.Conversation{ID: id, Inbox: in, Status: desk.Open, CreatedAt: time.Now(), LastAt: time.Now(), WaitingSince: time.Now()}
			if err := w.AddConversation(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return ids
}
