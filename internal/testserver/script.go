package testserver

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Scripted is a server that says what its script says and nothing else, for
// the servers no distribution packages: sick, hostile, or cut off in the middle.
type Scripted struct {
	Address string

	t        testing.TB
	listener net.Listener
	tls      *tls.Config
	steps    []Step
	stop     chan struct{}
	sessions sync.WaitGroup

	mu    sync.Mutex
	heard []string
	count int
	conns []net.Conn
}

// Step is one move of a script. An error ends the session.
type Step func(*Session) error

// Session is one client's conversation with a script.
type Session struct {
	server *Scripted
	conn   net.Conn
	in     *bufio.Reader
	tag    string // of the IMAP command heard last

	arrived chan struct{} // of a [Sick] server: closed when something has come
}

// Script listens on loopback and plays the steps to every client that connects;
// after the last one it hangs up. With a TLS configuration the conversation is
// encrypted from the first byte.
//
//	server := testserver.Script(t, certs.Good.ServerConfig(),
//		testserver.Say("* OK ready"),
//		testserver.IMAP{Messages: 3}.Until("FETCH"),
//		testserver.Write("* 1 FETCH (UID 1 BODY[] {4000}\r\nFrom: a"),
//		testserver.Reset())
func Script(t testing.TB, config *tls.Config, steps ...Step) *Scripted {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen for a scripted server: %v", err)
	}
	s := &Scripted{
		Address: listener.Addr().String(), t: t, listener: listener,
		tls: config, steps: steps, stop: make(chan struct{}),
	}
	s.sessions.Add(1)
	go s.accept()
	t.Cleanup(s.close)
	return s
}

// Heard is every line that clients sent, in the order of arrival.
func (s *Scripted) Heard() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heard...)
}

// Sessions is how many clients have connected.
func (s *Scripted) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Cut ends all sessions; the server goes on.
func (s *Scripted) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		_ = conn.Close()
	}
	s.conns = nil
}

func (s *Scripted) accept() {
	defer s.sessions.Done()
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.count++
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		if s.tls != nil {
			conn = tls.Server(conn, s.tls)
		}
		s.sessions.Add(1)
		go s.play(&Session{server: s, conn: conn, in: bufio.NewReader(conn)})
	}
}

func (s *Scripted) play(session *Session) {
	defer s.sessions.Done()
	defer func() { _ = session.conn.Close() }()
	for _, step := range s.steps {
		if err := step(session); err != nil {
			var surprise unexpected
			if errors.As(err, &surprise) {
				s.t.Errorf("scripted server: %v", err)
			}
			return
		}
	}
}

func (s *Scripted) close() {
	close(s.stop)
	_ = s.listener.Close()
	s.Cut()
	s.sessions.Wait()
}

// unexpected is a client that does not follow the script; everything else that
// ends a session is the client hanging up, which hostile servers provoke.
type unexpected struct{ want, got string }

func (u unexpected) Error() string {
	return fmt.Sprintf("expected %q, the client sent %q", u.want, u.got)
}

func (s *Session) line() (string, error) {
	line, err := s.in.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	s.server.mu.Lock()
	s.server.heard = append(s.server.heard, line)
	s.server.mu.Unlock()
	return line, nil
}

// Steps are steps as one.
func Steps(steps ...Step) Step {
	return func(s *Session) error {
		for _, step := range steps {
			if err := step(s); err != nil {
				return err
			}
		}
		return nil
	}
}

// Say sends lines. $tag stands for the tag of the IMAP command heard last.
func Say(lines ...string) Step {
	return func(s *Session) error {
		for _, line := range lines {
			if err := s.write(line + "\r\n"); err != nil {
				return err
			}
		}
		return nil
	}
}

// Write sends text as it is: half a line, a literal, no end.
func Write(text string) Step {
	return func(s *Session) error { return s.write(text) }
}

func (s *Session) write(text string) error {
	_, err := io.WriteString(s.conn, strings.ReplaceAll(text, "$tag", s.tag))
	return err
}

// Expect reads one line, which must contain part; the first word is its tag.
func Expect(part string) Step {
	return func(s *Session) error {
		line, err := s.line()
		if err != nil {
			return err
		}
		s.tag, _, _ = strings.Cut(line, " ")
		if !strings.Contains(strings.ToUpper(line), strings.ToUpper(part)) {
			return unexpected{part, line}
		}
		return nil
	}
}

// ExpectData reads the body of an SMTP message up to and with its final dot.
func ExpectData() Step {
	return func(s *Session) error {
		for {
			line, err := s.line()
			if err != nil || line == "." {
				return err
			}
		}
	}
}

// StartTLS turns the conversation into TLS, after the script has agreed to it.
// What the client sent before the handshake is thrown away, as it must be.
func StartTLS(config *tls.Config) Step {
	return func(s *Session) error {
		s.conn = tls.Server(s.conn, config)
		s.in = bufio.NewReader(s.conn)
		return nil
	}
}

// Hang says nothing more and keeps the connection open until the client goes.
func Hang() Step {
	return func(s *Session) error {
		_, err := io.Copy(io.Discard, s.in)
		return errors.Join(err, io.EOF)
	}
}

// Hangup closes the connection in the regular way.
func Hangup() Step {
	return func(s *Session) error { return errors.Join(s.conn.Close(), io.EOF) }
}

// Reset tears the connection down without a goodbye, as a dying host does.
func Reset() Step {
	return func(s *Session) error {
		conn := s.conn
		if secure, ok := conn.(*tls.Conn); ok {
			conn = secure.NetConn()
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		return errors.Join(conn.Close(), io.EOF)
	}
}

// Drip sends text one byte at a time.
func Drip(text string, every time.Duration) Step {
	return func(s *Session) error {
		text := strings.ReplaceAll(text, "$tag", s.tag)
		for i := range len(text) {
			if _, err := io.WriteString(s.conn, text[i:i+1]); err != nil {
				return err
			}
			select {
			case <-time.After(every):
			case <-s.server.stop:
				return io.EOF
			}
		}
		return nil
	}
}

// Flood repeats text until the client has had enough, or limit bytes are out.
func Flood(text string, limit int64) Step {
	return func(s *Session) error {
		chunk := strings.Repeat(text, 1+64<<10/len(text))
		for sent := int64(0); sent < limit; sent += int64(len(chunk)) {
			if _, err := io.WriteString(s.conn, chunk); err != nil {
				return err
			}
		}
		return nil
	}
}
