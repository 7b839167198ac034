package connector

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"postroom/desk"
	"postroom/internal/testserver"
)

// Another program takes a mail from Trash to the archive, or back, just before
// it is moved out of there: the server refuses, and the mail is found where it
// is now, in the same pass.
func TestTakenAwayBeforeItIsBroughtBack(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for _, v := range []struct{ from, to string }{{"Trash", "Archive"}, {"Archive", "Trash"}} {
		t.Run("from "+v.from, func(t *testing.T) {
			t.Parallel()
			user := mail.User(t)
			mail.Deliver(t, user, rawMail("a", "text"))
			at := meddle(t, mail.PlainIMAP)
			o := newMirrorAt(t, mail, "imap://"+at.addr, user, desk.Personal, desk.WriteMove)
			o.pass(t)
			ids := []desk.ConversationID{o.find(t, "a").ID}
			away, back := o.seat.Trash, o.seat.Restore
			if v.from == "Archive" {
				away, back = o.seat.Close, o.seat.Reopen
			}
			if _, err := away(t.Context(), ids); err != nil {
				t.Fatal(err)
			}
			o.pass(t)
			uid := mail.Messages(t, user, v.from)[0].UID
			if _, err := back(t.Context(), ids); err != nil {
				t.Fatal(err)
			}
			var met atomic.Int32
			at.before(" MOVE ", func() {
				if met.Add(1) == 1 {
					mail.Move(t, user, v.from, v.to, uid)
				}
			})
			o.pass(t)
			o.trashed(t, "brought back", "a", "", "")
			if met.Load() != 2 {
				t.Errorf("%d moves were asked for, not one in vain and one more", met.Load())
			}
		})
	}
}

// meddler stands between a program and a server and does something just before
// the server hears of a command.
type meddler struct {
	addr string
	mu   sync.Mutex
	verb []byte
	do   func()
}

func meddle(t *testing.T, server string) *meddler {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &meddler{addr: listen.Addr().String()}
	var all sync.WaitGroup
	t.Cleanup(func() {
		_ = listen.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			in, err := listen.Accept()
			if err != nil {
				return
			}
			all.Go(func() { m.pass(in, server) })
		}
	})
	return m
}

// before lets do happen before each command with this verb.
func (m *meddler) before(verb string, do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.verb, m.do = []byte(verb), do
}

func (m *meddler) pass(in net.Conn, server string) {
	defer in.Close()
	out, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer out.Close()
	go func() {
		_, _ = io.Copy(in, out)
		_ = in.Close()
	}()
	_, _ = io.Copy(io.MultiWriter(m, out), in)
}

// Write hears what the server is about to hear.
func (m *meddler) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.do != nil && bytes.Contains(p, m.verb) {
		m.do()
	}
	return len(p), nil
}
