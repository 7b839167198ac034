//go:build linux

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

const benchUser = "us@example.test"

// benchBox is a server with a full mailbox.
type benchBox struct {
	b    *testing.B
	mail *testserver.Mail
	bag  postbag
	n    int   // mails in it
	raw  int64 // bytes of them
}

// fullMailbox offers COMPRESS as many providers do, because mbsync takes it
// when it can.
func fullMailbox(b *testing.B) *benchBox {
	b.Helper()
	m := &benchBox{b: b, mail: testserver.Start(b, testserver.Options{Users: []string{benchUser}, Compress: true})}
	n := benchMails(b)
	m.bag = yearOfMail(n)
	m.add(n)
	b.Logf("%d mails of %.1f KB on average", m.n, float64(m.raw)/float64(m.n)/1000)
	return m
}

// add lets the next n mails of the bag come in.
func (m *benchBox) add(n int) {
	m.b.Helper()
	first := m.n
	m.mail.Fill(m.b, benchUser, "INBOX", n, func(i int) testserver.Letter {
		l := m.bag.letter(first + i)
		m.raw += int64(len(l.Raw))
		return l
	})
	m.n += n
}

// peer is a program that brings a mailbox home.
type peer struct {
	name  string
	fresh func()            // forget everything
	sync  func() usage      // bring what is missing
	holds func() int        // mails it has
	extra func(m *benchBox) // tell more, after a first sync

	cold, same, more spread
	cpu, peak        []float64
}

// postroomPeer is the program of this repository, on a new desk each time.
func postroomPeer(b *testing.B, m *benchBox) *peer {
	program, dir := built(b), b.TempDir()
	var w *workplace
	p := &peer{name: "postroom"}
	p.fresh = func() {
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
		w = newWorkplace(b, program, dir)
		w.connect(m.mail, benchUser)
		w.close()
	}
	p.sync = func() usage { return cost(b, w.command("sync", "--once")) }
	p.holds = func() int { return w.mails() }
	p.extra = func(m *benchBox) {
		var index, chunks int64
		w.ask("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search%'", &index)
		w.ask("SELECT sum(pgsize) FROM dbstat WHERE name = 'chunks'", &chunks)
		info, err := os.Stat(w.database())
		w.ok(err)
		part := func(n int64) float64 { return float64(n) / float64(m.raw) }
		b.ReportMetric(part(info.Size()), "database/raw")
		b.ReportMetric(part(index), "index/raw")
		b.Logf("postroom: database %.3f of the raw mail: mail %.3f, full text %.4f (%.1f MB), rest %.3f", part(info.Size()), part(chunks), part(index), float64(index)/1e6, part(info.Size()-chunks-index))
	}
	return p
}

// mbsyncPeer is mbsync into a Maildir of its own.
func mbsyncPeer(b *testing.B, m *benchBox, name, dir string, settings ...string) *peer {
	config := filepath.Join(b.TempDir(), "mbsyncrc")
	global, account := "", ""
	for _, s := range settings {
		if strings.HasPrefix(s, "FSync") {
			global += s + "\n"
		} else {
			account += s + "\n"
		}
	}
	_, port, _ := strings.Cut(m.mail.IMAPS, ":")
	text := fmt.Sprintf("%s\nIMAPAccount a\nHost localhost\nPort %s\nSSLType IMAPS\nCertificateFile %s\nUser %s\nPass %s\nAuthMechs LOGIN\n%s\nIMAPStore far\nAccount a\n\nMaildirStore near\nPath %[7]s/\nInbox %[7]s/INBOX\nSubFolders Verbatim\n\nChannel a\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync Pull\nCopyArrivalDate yes\nSyncState *\n",
		global, port, m.mail.CAFile, benchUser, testserver.Password, account, dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return &peer{
		name: name,
		fresh: func() {
			if err := os.RemoveAll(dir); err != nil {
				b.Fatal(err)
			}
			if err := os.MkdirAll(dir, 0o700); err != nil {
				b.Fatal(err)
			}
		},
		sync:  func() usage { return cost(b, exec.CommandContext(b.Context(), "mbsync", "-c", config, "-q", "a")) },
		holds: func() int { return mailsBelow(b, dir) },
	}
}

func mailsBelow(b *testing.B, dir string) int {
	b.Helper()
	n := 0
	for _, sub := range []string{"cur", "new"} {
		list, err := os.ReadDir(filepath.Join(dir, "INBOX", sub))
		if err != nil {
			b.Fatal(err)
		}
		n += len(list)
	}
	return n
}

// notmuchPeer indexes what mbsync has brought: only together do the two have
// what a desk has after its first sync, threads and search.
func notmuchPeer(b *testing.B, dir string) *peer {
	base := b.TempDir()
	config := filepath.Join(base, "config")
	index := filepath.Join(base, "index")
	text := fmt.Sprintf("[database]\npath=%s\nmail_root=%s\n[new]\ntags=unread;inbox\n[user]\nprimary_email=%s\n", index, dir, benchUser)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	run := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(b.Context(), "notmuch", append([]string{"--config=" + config}, args...)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + base}
		return cmd
	}
	p := &peer{name: "notmuch-new"}
	p.fresh = func() {
		if err := os.RemoveAll(index); err != nil {
			b.Fatal(err)
		}
		if err := os.MkdirAll(index, 0o700); err != nil {
			b.Fatal(err)
		}
	}
	p.sync = func() usage { return cost(b, run("new", "--quiet")) }
	p.holds = func() int {
		out, err := run("count", "--exclude=false", "*").Output()
		if err != nil {
			b.Fatal(err)
		}
		var n int
		if _, err := fmt.Sscan(string(out), &n); err != nil {
			b.Fatal(err)
		}
		return n
	}
	p.extra = func(m *benchBox) {
		size := sizeBelow(b, index)
		b.ReportMetric(float64(size)/float64(m.raw), "notmuch-index/raw")
		b.Logf("notmuch: index %.1f MB", float64(size)/1e6)
	}
	return p
}

// BenchmarkFirstSync brings a mailbox home with several programs in turn, over
// TLS: everything, then nothing new several times, then a hundred new mails.
// Each iteration is a round of all of them; -benchtime 3x makes three.
func BenchmarkFirstSync(b *testing.B) {
	testserver.Need(b, "mbsync")
	m := fullMailbox(b)
	shared := filepath.Join(b.TempDir(), "maildir")
	plain := "DisableExtensions COMPRESS=DEFLATE"
	peers := []*peer{
		postroomPeer(b, m),
		mbsyncPeer(b, m, "mbsync-nocompress-nofsync", shared, plain, "FSync no"),
		mbsyncPeer(b, m, "mbsync-nocompress-fsync", b.TempDir(), plain, "FSync yes"),
		mbsyncPeer(b, m, "mbsync-as-it-comes", b.TempDir()),
	}
	// notmuch is no mail program by itself, so nobody has to have it.
	if testserver.Program("notmuch") != "" {
		peers = append(peers, notmuchPeer(b, shared))
	}
	rounds := 0
	for b.Loop() {
		round(b, m, peers, rounds)
		rounds++
	}
	only(b)
	reportPeers(b, peers)
}

// round lets every program do everything once. Who is first changes; notmuch
// needs what the second one has fetched, so it is always the last.
func round(b *testing.B, m *benchBox, peers []*peer, number int) {
	b.Helper()
	order := slices.Clone(peers)
	fetchers := order[:4]
	rand.New(rand.NewPCG(uint64(number), 1)).Shuffle(len(fetchers), func(i, k int) { fetchers[i], fetchers[k] = fetchers[k], fetchers[i] }) //nolint:gosec // a small number
	for _, p := range order {
		p.fresh()
		u := p.sync()
		p.check(b, m)
		// Rounds have a hundred mails more each; the rate is what compares.
		p.cold = append(p.cold, u.wall*time.Duration(benchMails(b))/time.Duration(m.n))
		p.cpu = append(p.cpu, u.cpu.Seconds())
		p.peak = append(p.peak, float64(u.peak)/1e6)
		if p.extra != nil && number == 0 {
			p.extra(m)
		}
	}
	for range 5 {
		for _, p := range order {
			p.same = append(p.same, p.sync().wall)
		}
	}
	m.add(100)
	for _, p := range order {
		p.more = append(p.more, p.sync().wall)
		p.check(b, m)
	}
}

func (p *peer) check(b *testing.B, m *benchBox) {
	b.Helper()
	if got := p.holds(); got != m.n {
		b.Fatalf("%s has %d mails of %d", p.name, got, m.n)
	}
}

// reportPeers gives medians, and how many times as long as postroom the others
// took in the same round.
func reportPeers(b *testing.B, peers []*peer) {
	b.Helper()
	ours := peers[0]
	for _, p := range peers {
		rate := float64(benchMails(b)) / p.cold.median().Seconds()
		b.ReportMetric(rate, p.name+"-msgs/s")
		b.Logf("%-25s first %7.2f s (x%6.2f, %5.0f msgs/s, CPU %6.1f s, peak %4.0f MB)   nothing new %6.1f ms (x%5.2f)   100 new %6.1f ms (x%5.2f)",
			p.name, p.cold.median().Seconds(), ratio(p.cold, ours.cold), rate, middle(p.cpu), middle(p.peak),
			ms(p.same.median()), ratio(p.same, ours.same), ms(p.more.median()), ratio(p.more, ours.more))
	}
	b.ReportMetric(middle(ours.peak), "peak-MB")
}

// ratio is the median of the ratios of measurements made side by side.
func ratio(theirs, ours spread) float64 {
	list := make([]float64, len(ours))
	for i := range ours {
		list[i] = theirs[i].Seconds() / ours[i].Seconds()
	}
	return middle(list)
}

func middle(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// BenchmarkSyncInside is the first sync within this process, for a profile:
// -cpuprofile cpu.out shows where its time goes.
func BenchmarkSyncInside(b *testing.B) {
	m := fullMailbox(b)
	for b.Loop() {
		b.StopTimer()
		w := newWorkplace(b, "", b.TempDir())
		w.connect(m.mail, benchUser)
		w.close()
		var out bytes.Buffer
		env := map[string]string{"HOME": w.dir, "POSTROOM_DB": w.database()}
		p := newProgram(world{
			args: []string{"sync", "--once"}, getenv: func(k string) string { return env[k] },
			in: strings.NewReader(""), out: &out, err: &out, login: osLogin, clock: time.Now,
		})
		b.StartTimer()
		if code := p.execute(b.Context()); code != exitDone || w.mails() != m.n {
			b.Fatalf("%d mails, exit code %d: %s", w.mails(), code, out.String())
		}
	}
	b.ReportMetric(float64(m.n*b.N)/b.Elapsed().Seconds(), "msgs/s")
}

// BenchmarkFirstPage is the time from the start of the program on an empty desk
// until another process can list the newest fifty conversations of a large
// mailbox.
func BenchmarkFirstPage(b *testing.B) {
	m := fullMailbox(b)
	program := built(b)
	var listed spread
	for b.Loop() {
		w := newWorkplace(b, program, b.TempDir())
		w.connect(m.mail, benchUser)
		cmd := w.command("sync")
		began := time.Now()
		w.ok(cmd.Start())
		w.awaitPage(50)
		listed = append(listed, time.Since(began))
		w.ok(cmd.Process.Kill())
		_ = cmd.Wait() // killed is how it ends
		w.close()
	}
	only(b)
	listed.report(b, "first-page")
}

// awaitPage looks, as somebody in front of a list would, until it is full.
func (w *workplace) awaitPage(n int) {
	w.b.Helper()
	view := desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest}
	limit := time.Now().Add(patience)
	for {
		p, err := w.seat.List(w.b.Context(), view, desk.Window{Limit: n})
		w.ok(err)
		if len(p.Rows) == n {
			return
		}
		if time.Now().After(limit) {
			w.b.Fatalf("only %d conversations are there", len(p.Rows))
		}
		time.Sleep(2 * time.Millisecond)
	}
}
