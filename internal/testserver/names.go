package testserver

import (
	"net"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// ServerName is the name of this machine that no file knows, only [Names].
const ServerName = "mail.example.test"

// Names is a name server on loopback (RFC 1035): it knows every name as this
// machine, until it is told otherwise.
type Names struct {
	Addr string
	says atomic.Int32
}

// NewNames starts a name server.
func NewNames(t testing.TB) *Names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &Names{Addr: conn.LocalAddr().String()}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.serve(conn)
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-ended
	})
	return n
}

// Know answers that every name is this machine.
func (n *Names) Know() { n.says.Store(int32(dnsmessage.RCodeSuccess)) }

// Forget answers that there is no such name.
func (n *Names) Forget() { n.says.Store(int32(dnsmessage.RCodeNameError)) }

// Fail answers that names cannot be looked up now.
func (n *Names) Fail() { n.says.Store(int32(dnsmessage.RCodeServerFailure)) }

func (n *Names) serve(conn net.PacketConn) {
	buf := make([]byte, 1<<10)
	for {
		size, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:size]) != nil || len(m.Questions) == 0 {
			continue
		}
		m.Response, m.RCode = true, dnsmessage.RCode(n.says.Load())
		m.Answers, m.Additionals = nil, nil
		if q := m.Questions[0]; m.RCode == dnsmessage.RCodeSuccess && q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class},
				Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
			}}
		}
		if answer, err := m.Pack(); err == nil {
			_, _ = conn.WriteTo(answer, from) // who hears nothing asks again
		}
	}
}
