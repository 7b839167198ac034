package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// benchSize is how many conversations the benchmarks' desk has: 100,000, or
// POSTROOM_BENCH_ROWS.
func benchSize(b *testing.B) int {
	b.Helper()
	text := os.Getenv("POSTROOM_BENCH_ROWS")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 10_000 {
		b.Fatalf("POSTROOM_BENCH_ROWS=%s: a number from 10000 on", text)
	}
	return n
}

// onBoth runs a benchmark on either database.
func onBoth(b *testing.B, run func(b *testing.B, open func(testing.TB) *Store)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { run(b, open) })
	b.Run("postgres", func(b *testing.B) { run(b, openPostgres) })
}

// sharedDesk is one big desk for all benchmarks of a run; making it takes a
// minute and more.
type sharedDesk struct {
	once sync.Once
	s    *Store
	// end closes it and takes it away.
	end func()
}

//nolint:gochecknoglobals // made once for all benchmarks, removed by TestMain
var benchFile, benchServer sharedDesk

func TestMain(m *testing.M) {
	code := m.Run()
	for _, d := range []*sharedDesk{&benchFile, &benchServer} {
		if d.end != nil {
			d.end()
		}
	}
	os.Exit(code)
}

// fill makes the big desk, of mails of 120 words, and tidies it as a program
// does that has nothing else to do.
func (d *sharedDesk) fill(b *testing.B, dsn string) *Store {
	b.Helper()
	d.once.Do(func() {
		s, err := Open(context.Background(), dsn, Options{})
		if err != nil {
			b.Fatal(err)
		}
		d.s = s
		fill(b, s, benchSize(b), 120)
		for more := true; more; {
			if more, err = s.Tidy(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
		if s.server != nil {
			// As autovacuum would in its own time.
			if _, err := s.db.ExecContext(b.Context(), "VACUUM ANALYZE"); err != nil {
				b.Fatal(err)
			}
		}
	})
	return d.s
}

// withBigDesk runs a benchmark on the big desk of either database.
func withBigDesk(b *testing.B, run func(b *testing.B, s *Store)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) {
		if benchFile.end == nil {
			dir, err := os.MkdirTemp("", "postroom-bench")
			if err != nil {
				b.Fatal(err)
			}
			benchFile.end = func() { _ = errors.Join(benchFile.s.Close(), os.RemoveAll(dir)) }
			benchFile.fill(b, filepath.Join(dir, "desk.db"))
		}
		run(b, benchFile.s)
	})
	b.Run("postgres", func(b *testing.B) {
		if benchServer.end == nil {
			dsn := testserver.Postgres(b)
			benchServer.end = func() { _ = benchServer.s.Close() }
			benchServer.fill(b, dsn)
		}
		run(b, benchServer.s)
	})
}

// benchRead measures a question, each time on a snapshot of its own.
func benchRead(b *testing.B, s *Store, fn func(desk.Reader) error) {
	b.Helper()
	var times []time.Duration
	for b.Loop() {
		began := time.Now()
		if err := s.Read(b.Context(), fn); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	for _, p := range []int{50, 95} {
		b.ReportMetric(float64(times[len(times)*p/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
	}
	b.ReportMetric(0, "ns/op")
}

func BenchmarkList(b *testing.B) { withBigDesk(b, benchList) }

func benchList(b *testing.B, s *Store) {
	deep := desk.Cursor{Key: 2*desk.RankOwed - time.Date(2025, 1, 20, 0, 0, 0, 0, time.UTC).UnixMilli()}
	for _, c := range []struct {
		name string
		view desk.View
		from desk.Cursor
	}{
		{"one/first", desk.View{Inbox: 3, Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByWaiting}, desk.Cursor{}},
		{"one/deep", desk.View{Inbox: 3, Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByWaiting}, deep},
		{"ten/first", desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByWaiting}, desk.Cursor{}},
		{"ten/deep", desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByWaiting}, deep},
		{"ten/mine", desk.View{Place: desk.InOpen, Assigned: 1, Sort: desk.ByWaiting}, desk.Cursor{}},
		{"ten/newest", desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest}, desk.Cursor{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchRead(b, s, func(r desk.Reader) error {
				p, err := r.List(1, c.view, desk.Window{From: c.from, Limit: 50})
				if len(p.Rows) != 50 {
					b.Fatalf("%d rows", len(p.Rows))
				}
				return err
			})
		})
	}
}

func BenchmarkCounts(b *testing.B) { withBigDesk(b, benchCounts) }

func benchCounts(b *testing.B, s *Store) {
	benchRead(b, s, func(r desk.Reader) error {
		_, err := r.Counts(1)
		return err
	})
}

func BenchmarkThread(b *testing.B) { withBigDesk(b, benchThread) }

func benchThread(b *testing.B, s *Store) {
	benchRead(b, s, func(r desk.Reader) error {
		_, err := r.Thread(1, 5000, 200)
		return err
	})
}

func BenchmarkSearch(b *testing.B) { withBigDesk(b, benchSearch) }

func benchSearch(b *testing.B, s *Store) {
	for name, line := range map[string]string{
		"common": wordOf(0) + " ", "medium": wordOf(300) + " ", "rare": wordOf(15_000) + " ", "two": wordOf(3) + " " + wordOf(40) + " ",
		"prefix": wordOf(0)[:3], "from": "from:@c77.test ", "from and word": "from:@c77.test " + wordOf(1) + " ", "unread": wordOf(0) + " is:unread is:open", "negated": wordOf(0) + " -" + wordOf(9) + " ",
	} {
		q, err := desk.ParseQuery(line)
		if err != nil {
			b.Fatal(err)
		}
		for _, viewer := range []desk.UserID{1, 2} {
			b.Run(fmt.Sprintf("%s/viewer%d", name, viewer), func(b *testing.B) {
				benchRead(b, s, func(r desk.Reader) error {
					_, err := r.List(viewer, desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q}, desk.Window{Limit: 50})
					return err
				})
			})
		}
	}
}

// BenchmarkReceive brings in realistic mails of 5 KB through both transactions
// of their way, 200 in a batch: where there is no rule, and where a thousand are
// asked of each.
func BenchmarkReceive(b *testing.B) {
	onBoth(b, func(b *testing.B, open func(testing.TB) *Store) {
		b.Run("plain", func(b *testing.B) { benchReceive(b, open, 0) })
		b.Run("1000 rules", func(b *testing.B) { benchReceive(b, open, 1000) })
	})
}

// benchRule is one of many rules by sender, by subject and by words of the text.
func benchRule(n int) desk.Rule {
	when := []string{
		fmt.Sprintf("from:@c%d.test", n*17), fmt.Sprintf("from:p%d@c%d.test is:new", n, n%500), "subject:" + wordOf(uint64(n)+300),
		fmt.Sprintf("\"%s %s\"", wordOf(uint64(n)), wordOf(uint64(n)+1)), wordOf(uint64(n)+9000) + " -is:auto",
	}[n%5]
	return desk.Rule{Name: fmt.Sprint("rule ", n), Position: n + 1, Enabled: true, On: []desk.RuleEvent{desk.OnCreated, desk.OnReceived}, When: when, Then: []string{"tag seen"}}
}

func benchReceive(b *testing.B, open func(testing.TB) *Store, rules int) {
	s := open(b)
	fill(b, s, 1, 10)
	d, err := desk.New(b.Context(), desk.Outside{Store: s, Clock: time.Now, Rand: bytes.NewReader(make([]byte, 1<<20))})
	if err != nil {
		b.Fatal(err)
	}
	err = s.Write(b.Context(), func(w desk.Writer) error {
		for n := range rules {
			id, err := w.AddRule(benchRule(n))
			if err != nil {
				return err
			}
			if _, err := w.AddRuleChange(desk.RuleChange{Rule: id, Data: []byte("{}")}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	const batch = 200
	r := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(r, 1.2, 4, 20_000)
	n := 0
	for b.Loop() {
		b.StopTimer()
		var fetched []desk.Fetched
		var mails []desk.Mail
		for range batch {
			n++
			m := mailOf(r, zipf, n, 700)
			if n%3 > 0 {
				m.InReplyTo = []string{fmt.Sprintf("%d@mail.example.test", n-1)}
			}
			mails = append(mails, m)
			raw := fmt.Appendf(nil, "From: <%s>\r\nMessage-ID: <%s>\r\nSubject: %s\r\n\r\n%s", m.From[0].Addr, m.MessageID, m.Subject, m.Text)
			fetched = append(fetched, desk.Fetched{UID: uint32(n), At: time.Unix(int64(1_700_000_000+n), 0), Packed: desk.Packed{}})
			fetched[len(fetched)-1].Packed = s.Pack(raw)
		}
		b.StartTimer()
		var ids []desk.RawID
		err := s.Write(b.Context(), func(w desk.Writer) error {
			for _, f := range fetched {
				id, _, err := w.AddRaw(1, 0, desk.Folder{ID: 1, Role: desk.RoleInbox}, f)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		in := make([]desk.Incoming, batch)
		for i := range in {
			in[i] = desk.Incoming{Raw: ids[i], Inbox: 1, Role: desk.RoleInbox, At: fetched[i].At, Mail: mails[i]}
		}
		if err := d.Mailroom().Receive(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "mails/s")
	if rules > 0 {
		hits := int64(0)
		err := s.Read(b.Context(), func(r desk.Reader) error {
			list, err := r.Rules()
			for _, rule := range list {
				hits += rule.Hits
			}
			return err
		})
		if err != nil || hits == 0 {
			b.Fatal("no rule has matched: ", err)
		}
		b.ReportMetric(float64(hits)/float64(b.N*batch), "hits/mail")
	}
}

// BenchmarkClaim takes and gives back one conversation, each a commit with an
// fsync.
func BenchmarkClaim(b *testing.B) { onBoth(b, benchClaim) }

func benchClaim(b *testing.B, open func(testing.TB) *Store) {
	s := open(b)
	fill(b, s, 1000, 10)
	d, err := desk.New(b.Context(), desk.Outside{Store: s, Clock: time.Now, Rand: rand.NewChaCha8([32]byte{})})
	if err != nil {
		b.Fatal(err)
	}
	seat := d.As(desk.Actor{Kind: desk.ActorUser, User: 1, Login: "user0"})
	to := desk.UserID(2)
	for b.Loop() {
		if _, err := seat.Assign(b.Context(), []desk.ConversationID{5}, to); err != nil {
			b.Fatal(err)
		}
		to = 3 - to
	}
}

func BenchmarkPack(b *testing.B) {
	s := open(b)
	raw := bytes.Repeat([]byte("A line of an ordinary mail, more or less.\r\n"), 120)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		_ = s.Pack(raw)
	}
}

// BenchmarkOpen opens a desk that is up to date, as every start does.
func BenchmarkOpen(b *testing.B) { onBoth(b, benchOpen) }

func benchOpen(b *testing.B, open func(testing.TB) *Store) {
	s := open(b)
	for b.Loop() {
		o, err := Open(b.Context(), s.Path(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := o.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNotice is the time from one handle's commit to the news at another.
func BenchmarkNotice(b *testing.B) { onBoth(b, benchNotice) }

func benchNotice(b *testing.B, open func(testing.TB) *Store) {
	s := open(b)
	other, err := Open(b.Context(), s.Path(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = other.Close() })
	news, err := s.Watch(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var after time.Duration
	for b.Loop() {
		err := other.Write(b.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) })
		if err != nil {
			b.Fatal(err)
		}
		committed := time.Now()
		<-news
		after += time.Since(committed)
	}
	b.ReportMetric(float64(after.Microseconds())/float64(b.N), "µs-after-commit")
}
