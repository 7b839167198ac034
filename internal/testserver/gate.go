package testserver

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"testing"
)

// Gate stands between a program and a server, and can be shut, or opened as
// somebody else: the network and the certificates that go wrong in the middle
// of the work.
type Gate struct {
	// Addr is where it listens.
	Addr string

	t      testing.TB
	server string
	mu     sync.Mutex
	listen net.Listener
	conns  map[net.Conn]bool
	as     *Certificate
	all    sync.WaitGroup
}

// NewGate opens a gate to a server, which ends with the test.
func NewGate(t testing.TB, server string) *Gate {
	t.Helper()
	g := &Gate{t: t, server: server, Addr: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	g.Open()
	t.Cleanup(func() {
		g.Shut()
		g.all.Wait()
	})
	return g
}

// Open lets everybody through.
func (g *Gate) Open() {
	g.t.Helper()
	listen, err := net.Listen("tcp", g.Addr) //nolint:noctx // ends with the test
	if err != nil {
		g.t.Fatalf("open the gate: %v", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.listen, g.Addr = listen, listen.Addr().String()
	g.all.Add(1)
	go g.serve(listen)
}

// Shut cuts all connections and refuses new ones.
func (g *Gate) Shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.listen != nil {
		_ = g.listen.Close()
		g.listen = nil
	}
	for c := range g.conns {
		_ = c.Close()
	}
}

// Pretend cuts all connections and shows this certificate to whoever comes; nil
// shows that of the server again.
func (g *Gate) Pretend(c *Certificate) {
	g.t.Helper()
	g.Shut()
	g.mu.Lock()
	g.as = c
	g.mu.Unlock()
	g.Open()
}

func (g *Gate) serve(listen net.Listener) {
	defer g.all.Done()
	for {
		in, err := listen.Accept()
		if err != nil {
			return
		}
		g.mu.Lock()
		as, open := g.as, g.listen == listen
		if open {
			g.conns[in] = true
			g.all.Add(1)
		}
		g.mu.Unlock()
		if !open {
			_ = in.Close()
			return
		}
		go g.pass(in, as)
	}
}

// pass connects somebody with the server, or only shows him a certificate.
func (g *Gate) pass(in net.Conn, as *Certificate) {
	defer g.all.Done()
	defer g.forget(in)
	if as != nil {
		_ = tls.Server(in, as.ServerConfig()).Handshake() //nolint:noctx // who refuses the certificate ends it
		return
	}
	out, err := net.Dial("tcp", g.server) //nolint:noctx // ends with the connection
	if err != nil {
		return
	}
	g.mu.Lock()
	g.conns[out] = true
	g.mu.Unlock()
	defer g.forget(out)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(out, in)
		_ = out.Close()
	}()
	_, _ = io.Copy(in, out)
	_ = in.Close()
	<-done
}

func (g *Gate) forget(c net.Conn) {
	_ = c.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, c)
}
