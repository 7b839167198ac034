package testserver

import (
	"bytes"
	"io"
	"log"
	"maps"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Sink is a submission server that takes every mail, counts it by its
// Message-ID, and delivers nothing. It can lose its answer after the final dot,
// as a broken connection does: the mail has arrived, and its sender does not
// know.
type Sink struct {
	Address string // host:port on loopback, without TLS; any password is good

	mu    sync.Mutex
	taken map[string]int
	lose  func(n int) bool
	count int
}

// StartSink starts a sink that ends with the test. lose decides by the number
// of a mail, counted from 1, whether the answer to it is lost; it may be nil.
func StartSink(t testing.TB, lose func(n int) bool) *Sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen for a sink: %v", err)
	}
	s := &Sink{Address: l.Addr().String(), taken: map[string]int{}, lose: lose}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &sinkSession{s, c.Conn()}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", true
	server.ErrorLog = log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // it ends when it is closed
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return s
}

// Taken is how often each mail has arrived, by Message-ID without brackets.
func (s *Sink) Taken() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.taken)
}

// Count is how many mails have arrived, each as often as it came.
func (s *Sink) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Forget begins to count anew.
func (s *Sink) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.taken)
	s.count = 0
}

// take counts a mail and says whether its answer is lost.
func (s *Sink) take(raw []byte) (lost bool, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[strings.Trim(m.Header.Get("Message-ID"), "<>")]++
	s.count++
	return s.lose != nil && s.lose(s.count), nil
}

type sinkSession struct {
	sink *Sink
	conn net.Conn
}

func (s *sinkSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *sinkSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, _ string) error { return nil }), nil
}

func (s *sinkSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *sinkSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *sinkSession) Reset()                               {}
func (s *sinkSession) Logout() error                        { return nil }

func (s *sinkSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	lost, err := s.sink.take(raw)
	if lost {
		// Without a goodbye, as a dying host does.
		if tcp, ok := s.conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = s.conn.Close()
	}
	return err
}
