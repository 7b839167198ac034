package connector

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// sickServer is an IMAP server with some messages, one of which it cannot hand
// out. It speaks plain on loopback.
type sickServer struct {
	address string
	// sick answers for a message instead of the server; false: not this one.
	// An error ends the connection.
	sick func(w io.Writer, uid uint32, command string) (bool, error)

	// idle makes the server offer IDLE.
	idle bool

	mu    sync.Mutex
	uids  []uint32
	push  chan struct{} // closed when a message has arrived
	going int           // sessions in IDLE
}

func startSick(t testing.TB, messages int, sick func(w io.Writer, uid uint32, command string) (bool, error)) *sickServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sickServer{address: l.Addr().String(), sick: sick, push: make(chan struct{})}
	for uid := range messages {
		s.uids = append(s.uids, uint32(uid+1))
	}
	var open sync.WaitGroup
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Add(1)
			go func() {
				defer open.Done()
				context.AfterFunc(ctx, func() { _ = conn.Close() })
				s.serve(conn)
			}()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		stop()
		open.Wait()
	})
	return s
}

func (s *sickServer) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	caps := "IMAP4rev1"
	if s.idle {
		caps += " IDLE"
	}
	fmt.Fprintf(conn, "* OK [CAPABILITY %s] ready\r\n", caps)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		tag, command, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb, rest, _ := strings.Cut(command, " "); {
		case verb == "CAPABILITY":
			fmt.Fprintf(conn, "* CAPABILITY %s\r\n", caps)
		case verb == "IDLE":
			s.wait(conn, in)
		case verb == "LIST":
			fmt.Fprint(conn, "* LIST () \"/\" INBOX\r\n")
		case verb == "EXAMINE":
			fmt.Fprintf(conn, "* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT %d] x\r\n", len(s.all()), len(s.all())+1)
		case verb == "UID" && strings.HasPrefix(rest, "SEARCH"):
			s.search(conn, rest)
		case verb == "UID" && strings.HasPrefix(rest, "FETCH"):
			if err := s.fetch(conn, rest); err != nil {
				return
			}
		default:
		}
		fmt.Fprintf(conn, "%s OK done\r\n", tag)
	}
}

func (s *sickServer) all() []uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.uids
}

// arrive puts one more message there and tells all who wait in IDLE.
func (s *sickServer) arrive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uids = append(s.uids, uint32(len(s.uids)+1))
	close(s.push)
	s.push = make(chan struct{})
}

func (s *sickServer) wait(w io.Writer, in *bufio.Reader) {
	s.mu.Lock()
	push, n := s.push, len(s.uids)
	s.going++
	s.mu.Unlock()
	fmt.Fprint(w, "+ idling\r\n")
	done := make(chan struct{})
	go func() {
		select {
		case <-push:
			fmt.Fprintf(w, "* %d EXISTS\r\n", n+1)
		case <-done:
		}
	}()
	_, _ = in.ReadString('\n')
	close(done)
	s.mu.Lock()
	s.going--
	s.mu.Unlock()
}

func (s *sickServer) search(w io.Writer, command string) {
	fmt.Fprint(w, "* SEARCH")
	for _, uid := range s.all() {
		if inSet(command[strings.LastIndexByte(command, ' ')+1:], uid) {
			fmt.Fprintf(w, " %d", uid)
		}
	}
	fmt.Fprint(w, "\r\n")
}

func (s *sickServer) fetch(w io.Writer, command string) error {
	words := strings.Fields(command)
	for _, uid := range s.all() {
		if !inSet(words[1], uid) {
			continue
		}
		done, err := s.sick(w, uid, command)
		if err != nil {
			return err
		}
		if !done {
			raw := rawMail(fmt.Sprintf("letter %d", uid), "text")
			fmt.Fprintf(w, "* %d FETCH (UID %d FLAGS () INTERNALDATE \"%s\" BODY[] {%d}\r\n%s)\r\n", uid, uid,
				time.Now().Add(time.Duration(uid)*time.Second).Format("02-Jan-2006 15:04:05 -0700"), len(raw), raw)
		}
	}
	return nil
}

func inSet(set string, uid uint32) bool {
	for part := range strings.SplitSeq(set, ",") {
		from, to, found := strings.Cut(part, ":")
		if !found {
			to = from
		}
		low, _ := strconv.ParseUint(from, 10, 32)
		high, err := strconv.ParseUint(to, 10, 32)
		if err != nil {
			high = 1<<32 - 1
		}
		if uint64(uid) >= low && uint64(uid) <= high {
			return true
		}
	}
	return false
}

var errHangup = errors.New("hang up")

func TestOneBrokenMessageStopsNoOther(t *testing.T) {
	for _, c := range []struct {
		name    string
		skipped int
		answer  func(w io.Writer, command string) error
	}{
		{"a bad token", 1, func(w io.Writer, _ string) error {
			_, err := fmt.Fprint(w, "* 3 FETCH (UID 3 FLAGS (\\Seen INTERNALDATE ] BODY[] {\r\n")
			return err
		}},
		{"unknown data", 1, func(w io.Writer, _ string) error {
			_, err := fmt.Fprint(w, "* VANISHED (EARLIER) 41,43:116\r\n")
			return err
		}},
		{"hanging up before it", 1, func(io.Writer, string) error { return errHangup }},
		{"hanging up in the middle of it", 1, func(w io.Writer, _ string) error {
			_, err := fmt.Fprint(w, "* 3 FETCH (UID 3 FLAGS () BODY[] {4000}\r\nFrom: a")
			return errors.Join(err, errHangup)
		}},
		{"silence", 1, func(w io.Writer, _ string) error {
			// Until the client has had enough.
			_, _ = io.Copy(io.Discard, w.(io.Reader))
			return errHangup
		}},
		{"OK without data", 1, func(io.Writer, string) error { return nil }},
		{"a nest of lists", 1, func(w io.Writer, _ string) error {
			_, err := fmt.Fprintf(w, "* 3 FETCH (UID 3 BODYSTRUCTURE %s", strings.Repeat("(", 200_000))
			return err
		}},
		{"an endless word", 1, func(w io.Writer, _ string) error {
			for range 1000 {
				if _, err := fmt.Fprint(w, "* 3 FETCH (UID 3 FLAGS ("+strings.Repeat("a", 100_000)); err != nil {
					return err
				}
			}
			return nil
		}},
		{"too large", 0, func(w io.Writer, command string) error {
			if strings.Contains(command, "<0.") {
				raw := rawMail("letter 3", "the beginning")
				_, err := fmt.Fprintf(w, "* 3 FETCH (UID 3 FLAGS () INTERNALDATE \"%s\" BODY[]<0> {%d}\r\n%s)\r\n", time.Now().Format("02-Jan-2006 15:04:05 -0700"), len(raw), raw)
				return err
			}
			_, err := fmt.Fprint(w, "* 3 FETCH (UID 3 FLAGS () BODY[] {9000000000}\r\n")
			for range 100 {
				_, err = fmt.Fprint(w, strings.Repeat("x", 1<<20))
			}
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startSick(t, 6, func(w io.Writer, uid uint32, command string) (bool, error) {
				if uid != 3 {
					return false, nil
				}
				return true, c.answer(w, command)
			})
			o := newOffice(t, desk.Shared)
			o.connect(t, "imap://"+s.address, "", "anna@example.test")
			con := o.connector(t)
			con.pace.mail, con.pace.broken = 400*time.Millisecond, time.Millisecond
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			sum := o.sync(t, con)
			runtime.ReadMemStats(&after)
			if sum.New != 6-c.skipped || sum.Skipped != c.skipped {
				t.Errorf("%+v, want %d new and %d skipped", sum, 6-c.skipped, c.skipped)
			}
			if got := o.subjects(t, desk.InOpen); len(got) != 6-c.skipped {
				t.Errorf("the inbox shows %v", got)
			}
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 200 {
				t.Errorf("%d MB were allocated", made)
			}
			list, err := o.seat.Accounts(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if told := strings.Contains(list[0].Cause, "UID 3"); list[0].State != desk.AccountConnected || told != (c.skipped > 0) {
				t.Errorf("the account is %s: %q", list[0].State, list[0].Cause)
			}
		})
	}
}

func TestTooLargeMailIsVisible(t *testing.T) {
	raw := append(cutNotice(100, 80<<20), rawMail("big", "text")...)
	in := ParseIncoming(desk.RawMail{Bytes: raw}, time.Time{})
	if !in.Unreadable || in.Mail.Subject != "big" || !strings.Contains(strings.Join(in.Mail.Defects, " "), "80 MB") {
		t.Errorf("a cut mail is %+v", in)
	}
}

func TestSickServersEndInASentence(t *testing.T) {
	hello := testserver.Say("* OK ready")
	in := testserver.IMAP{Messages: 3}
	for _, c := range []struct {
		name  string
		kind  desk.Kind
		steps []testserver.Step
	}{
		{"silence instead of a greeting", desk.Offline, []testserver.Step{testserver.Hang()}},
		{"half a greeting", desk.Offline, []testserver.Step{testserver.Write("* OK rea"), testserver.Hang()}},
		{"BYE as greeting", desk.Offline, []testserver.Step{testserver.Say("* BYE too many connections")}},
		{"another protocol", desk.Offline, []testserver.Step{testserver.Say("220 mail.example.test ESMTP"), testserver.Hang()}},
		{"a greeting without end", desk.Offline, []testserver.Step{testserver.Write("* OK "), testserver.Flood("x", 300<<20)}},
		{"NO to the sign-in", desk.Denied, []testserver.Step{hello, in.Until("LOGIN"), testserver.Say("$tag NO [AUTHENTICATIONFAILED] wrong"), testserver.Hang()}},
		{"not now", desk.Offline, []testserver.Step{hello, in.Until("LOGIN"), testserver.Say("$tag NO [UNAVAILABLE] later"), testserver.Hang()}},
		{"silence after the sign-in", desk.Offline, []testserver.Step{hello, in.Until("LIST"), testserver.Hang()}},
		{"half a line", desk.Offline, []testserver.Step{hello, in.Until("EXAMINE"), testserver.Write("* 3 EXI"), testserver.Hang()}},
		{"BYE in the middle", desk.Offline, []testserver.Step{hello, in.Until("SEARCH"), testserver.Say("* BYE going down"), testserver.Hangup()}},
		{"four billion messages", desk.Offline, []testserver.Step{hello, testserver.IMAP{Messages: 3, Capabilities: "IMAP4rev1 ESEARCH"}.Until("SEARCH"), testserver.Say(`* ESEARCH (TAG "$tag") UID ALL 1:4294967295`, "$tag OK done"), testserver.Hang()}},
		{"a huge string", desk.Offline, []testserver.Step{hello, in.Until("LIST"), testserver.Write(`* LIST () "/" "`), testserver.Flood("x", 300<<20)}},
		{"a huge literal as a name", desk.Offline, []testserver.Step{hello, in.Until("LIST"), testserver.Write("* LIST () \"/\" {9000000000}\r\n"), testserver.Flood("x", 300<<20)}},
		{"a flood of responses", desk.Offline, []testserver.Step{hello, in.Until("LIST"), testserver.Flood("* 1 EXISTS\r\n", 300<<20)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := testserver.Script(t, nil, c.steps...)
			o := newOffice(t, desk.Shared)
			o.connect(t, "imap://"+server.Address, "", "anna@example.test")
			con := o.connector(t)
			con.pace.greeting, con.pace.exchange, con.pace.search = 500*time.Millisecond, 500*time.Millisecond, 500*time.Millisecond
			if strings.HasSuffix(t.Name(), "flood_of_responses") || strings.Contains(t.Name(), "end") {
				con.pace.greeting, con.pace.exchange = 20*time.Second, 20*time.Second
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			list, err := con.Sync(soon(t, 30*time.Second))
			runtime.ReadMemStats(&after)
			if err != nil || len(list) != 1 {
				t.Fatalf("sync: %v, %v", list, err)
			}
			var e *desk.Error
			if !errors.As(list[0].Err, &e) || e.Kind != c.kind || e.Hint == "" {
				t.Errorf("%v is no sentence of kind %s with a hint", list[0].Err, c.kind)
			}
			want := desk.AccountRetrying
			if c.kind == desk.Denied {
				want = desk.AccountNeedsSignIn
			}
			if got := o.state(t); got != want {
				t.Errorf("the account is %s, want %s", got, want)
			}
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 150 {
				t.Errorf("%d MB were allocated", made)
			}
			t.Log(sentence(list[0].Err))
		})
	}
}
