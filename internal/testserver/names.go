package testserver

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// ServerName is the name of this machine that no file knows, only [Names].
const ServerName = "mail.example.test"

// Names is a name server on loopback (RFC 1035): it knows every name as this
// machine, until it is told otherwise, and the services it is told of.
type Names struct {
	Addr string
	says atomic.Int32
	mu   sync.Mutex
	// records are what is known besides addresses, by the name asked for.
	records map[string][]dnsmessage.Resource
	asked   []string
}

// NewNames starts a name server.
func NewNames(t testing.TB) *Names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &Names{Addr: conn.LocalAddr().String(), records: map[string][]dnsmessage.Resource{}}
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

// Service says where a service is, such as _imaps._tcp.example.test (RFC 2782).
func (n *Names) Service(name, target string, port uint16) {
	n.add(name, dnsmessage.TypeSRV, &dnsmessage.SRVResource{Target: dnsmessage.MustNewName(target), Port: port})
}

// Exchanger says where the mail of a domain goes.
func (n *Names) Exchanger(domain, host string) {
	n.add(domain+".", dnsmessage.TypeMX, &dnsmessage.MXResource{Pref: 10, MX: dnsmessage.MustNewName(host)})
}

func (n *Names) add(name string, of dnsmessage.Type, body dnsmessage.ResourceBody) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name = strings.TrimSuffix(name, ".") + "."
	n.records[name] = append(n.records[name], dnsmessage.Resource{
		Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Type: of, Class: dnsmessage.ClassINET}, Body: body,
	})
}

// Asked are the names that have been asked for.
func (n *Names) Asked() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.asked...)
}

// answers are the records a question is answered with.
func (n *Names) answers(q dnsmessage.Question) []dnsmessage.Resource {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, q.Name.String())
	if q.Type == dnsmessage.TypeA {
		return []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class},
			Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
		}}
	}
	var list []dnsmessage.Resource
	for _, r := range n.records[strings.ToLower(q.Name.String())] {
		if r.Header.Type == q.Type {
			list = append(list, r)
		}
	}
	return list
}

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
		m.Response, m.RecursionAvailable = true, true
		m.RCode = dnsmessage.RCode(n.says.Load())
		m.Answers, m.Additionals = nil, nil
		if answers := n.answers(m.Questions[0]); m.RCode == dnsmessage.RCodeSuccess {
			m.Answers = answers
		}
		if answer, err := m.Pack(); err == nil {
			_, _ = conn.WriteTo(answer, from) // who hears nothing asks again
		}
	}
}
