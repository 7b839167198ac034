package ui_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"postroom/ui"
)

// TestMain lets the test binary be the program itself: with POSTROOM_ROWS=1 it
// shows a list of a hundred thousand rows on the terminal it is started in.
func TestMain(m *testing.M) {
	if os.Getenv("POSTROOM_ROWS") != "" {
		if err := ui.Run(context.Background(), ui.Options{Desk: &rows{n: 100_000}, Env: os.Environ()}); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// screen is a program on a terminal.
type screen struct {
	tty   *os.File
	cmd   *exec.Cmd
	bytes chan []byte
}

// start runs the program named by POSTROOM_PTY on a terminal, or else this
// test's own.
func start(tb testing.TB) *screen {
	tb.Helper()
	line := os.Getenv("POSTROOM_PTY")
	var cmd *exec.Cmd
	if line == "" {
		self, err := os.Executable()
		must(tb, err)
		cmd = exec.Command(self)
		cmd.Env = append(os.Environ(), "POSTROOM_ROWS=1")
	} else {
		words := strings.Fields(line)
		cmd = exec.Command(words[0], words[1:]...)
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	must(tb, err)
	// Room for what a terminal would hold; the reader must never wait for us,
	// or the program would.
	s := &screen{tty: tty, cmd: cmd, bytes: make(chan []byte, 4096)}
	go func() {
		defer close(s.bytes)
		buf := make([]byte, 64<<10)
		for {
			n, err := tty.Read(buf)
			if err != nil {
				return
			}
			s.bytes <- bytes.Clone(buf[:n])
		}
	}()
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = tty.Close()
	})
	return s
}

// rest reads until nothing has come for a while.
func (s *screen) rest(quiet time.Duration) []byte {
	var got []byte
	for {
		select {
		case b, ok := <-s.bytes:
			if !ok {
				return got
			}
			got = append(got, b...)
		case <-time.After(quiet):
			return got
		}
	}
}

// BenchmarkPTY measures from a key to the first bytes of the answer, on a
// terminal. The program is the one of POSTROOM_PTY, such as
// "postroom --db desk.db", or this test's list of a hundred thousand rows.
func BenchmarkPTY(b *testing.B) {
	s := start(b)
	s.rest(500 * time.Millisecond)
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		key := "j"
		if i%60 >= 30 {
			key = "k"
		}
		began := time.Now()
		_, err := s.tty.WriteString(key)
		must(b, err)
		select {
		case <-s.bytes:
		case <-time.After(5 * time.Second):
			b.Fatal("no answer to a key")
		}
		times = append(times, time.Since(began))
		s.rest(12 * time.Millisecond)
	}
	slices.Sort(times)
	at := func(p int) float64 { return float64(times[len(times)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(95), "p95-ms")
	b.ReportMetric(at(99), "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// TestOnATerminal starts the program for real, sees its first frame, and
// leaves it.
func TestOnATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a real program")
	}
	s := start(t)
	var got []byte
	for deadline := time.After(20 * time.Second); !bytes.Contains(got, []byte("Customer 3")); {
		select {
		case b, ok := <-s.bytes:
			if !ok {
				t.Fatalf("the program ended: %q", got)
			}
			got = append(got, b...)
		case <-deadline:
			t.Fatalf("no frame: %q", got)
		}
	}
	_, err := s.tty.WriteString("q")
	must(t, err)
	for range s.bytes {
	}
	must(t, s.cmd.Wait())
}

func TestDumbTerminal(t *testing.T) {
	err := ui.Run(context.Background(), ui.Options{Desk: &rows{n: 1}, Env: []string{"TERM=dumb"}})
	if err == nil || !strings.Contains(err.Error(), "cannot show a screen") {
		t.Errorf("TERM=dumb: %v", err)
	}
}

// BenchmarkFirstFrame measures from the start of the process to the first
// bytes on the terminal.
func BenchmarkFirstFrame(b *testing.B) {
	for b.Loop() {
		s := start(b)
		for got := []byte{}; !bytes.Contains(got, []byte("Customer 3")); {
			got = append(got, <-s.bytes...)
		}
		b.StopTimer()
		must(b, s.cmd.Process.Kill())
		for range s.bytes {
		}
		b.StartTimer()
	}
}
