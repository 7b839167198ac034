package testserver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Sick is an IMAP server with one mailbox that does everything right but for
// one thing. After Heal it does that right too.
type Sick struct {
	*Scripted
	// CAFile signs the certificate, if there is one.
	CAFile string

	*ailment
	trouble Trouble
	secure  *Certificate // for STARTTLS

	mu       sync.Mutex
	held     []Held
	validity uint32
	arrived  chan struct{} // closed when something has come
}

// Held is a message a [Sick] server holds.
type Held struct {
	UID  uint32
	Raw  []byte
	Seen bool
	// Hidden is counted out and not shown until the server is well.
	Hidden bool
}

// Trouble is what is wrong with a [Sick] server.
type Trouble struct {
	Name string
	// Capabilities are what it offers; IMAP4rev1 IDLE when empty.
	Capabilities string
	// At is the command that is answered wrongly: GREETING, STARTTLS, LOGIN,
	// LIST, EXAMINE, SEARCH, FETCH (of mails), IDLE.
	At string
	// Message is the UID that is answered wrongly in a FETCH; the others are
	// not. 0 is the whole answer.
	Message uint32
	// Do answers. An error ends the connection.
	Do func(*Sick, *Session) error
	// Says is what the account's health has to say meanwhile, one of several
	// with | between them; empty for what a client has to bear without a word.
	Says string
	// Secure servers want STARTTLS.
	Secure bool
	// UIDs are those of the messages; 1 to 6 when nil.
	UIDs []uint32
}

// StartSick starts the server, with messages nobody else holds.
func StartSick(t testing.TB, trouble Trouble) *Sick {
	t.Helper()
	s := &Sick{trouble: trouble, validity: 7, arrived: make(chan struct{}), ailment: newAilment()}
	if trouble.Secure {
		authority := Certificates(t)
		s.secure, s.CAFile = &authority.Good, authority.CAFile
	}
	uids := trouble.UIDs
	if uids == nil {
		uids = []uint32{1, 2, 3, 4, 5, 6}
	}
	for _, uid := range uids {
		s.hold(uid)
	}
	s.Scripted = Script(t, nil, s.serve)
	return s
}

// URL is how an account names the server.
func (s *Sick) URL() string {
	if s.secure != nil {
		return "imap+starttls://" + s.Address
	}
	return "imap://" + s.Address
}

// Heal makes the server well. Its sessions are cut, as by a restart.
func (s *Sick) Heal() {
	s.heal()
	s.mu.Lock()
	for i := range s.held {
		s.held[i].Hidden = false
	}
	s.mu.Unlock()
	s.Cut()
}

// Change changes what the mailbox holds, and its UIDVALIDITY. Clients in IDLE
// are told how many messages there are then.
func (s *Sick) Change(change func(held []Held, validity uint32) ([]Held, uint32)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held, s.validity = change(s.held, s.validity)
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// NewHeld is a message that no other is like.
func (s *Sick) NewHeld(uid uint32) Held {
	text := fmt.Sprintf("From: Ada <ada@outside.test>\r\nTo: us@example.test\r\nSubject: %s %d\r\nMessage-ID: <%d.%p@outside.test>\r\n\r\nLine one.\r\nLine two.\r\n",
		s.trouble.Name, uid, uid, s)
	return Held{UID: uid, Raw: []byte(text)}
}

func (s *Sick) hold(uid uint32) { s.held = append(s.held, s.NewHeld(uid)) }

// shown is what clients can see.
func (s *Sick) shown() (held []Held, validity uint32, arrived chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.held {
		if !h.Hidden {
			held = append(held, h)
		}
	}
	return held, s.validity, s.arrived
}

// fails reports whether the trouble shows now.
func (s *Sick) fails(at string, message uint32) bool {
	return s.trouble.At == at && s.trouble.Message == message && s.showing()
}

// serve is one session.
func (s *Sick) serve(session *Session) error {
	session.tag = "*"
	if s.fails("GREETING", 0) {
		if err := s.trouble.Do(s, session); err != nil {
			return err
		}
	} else if err := Say("* OK ready")(session); err != nil {
		return err
	}
	for {
		// What comes from here on a client in IDLE does not know yet.
		_, _, session.arrived = s.shown()
		line, err := session.command()
		if err != nil {
			return err
		}
		tag, command, _ := strings.Cut(line, " ")
		session.tag = tag
		command = strings.TrimPrefix(command, "UID ")
		verb, _, _ := strings.Cut(strings.ToUpper(command), " ")
		if verb == "AUTHENTICATE" {
			verb = "LOGIN"
		}
		if verb == "FETCH" && !strings.Contains(command, "BODY.PEEK") {
			verb = "FLAGS"
		}
		if s.fails(verb, 0) {
			err = s.trouble.Do(s, session)
		} else {
			err = s.answer(session, verb, command)
		}
		if err != nil {
			return err
		}
	}
}

func (s *Sick) capabilities() string {
	if s.trouble.Capabilities != "" {
		return s.trouble.Capabilities
	}
	return "IMAP4rev1 IDLE"
}

// answer is how a server that is well answers.
func (s *Sick) answer(session *Session, verb, command string) error {
	held, validity, _ := s.shown()
	var lines []string
	switch verb {
	case "CAPABILITY":
		lines = []string{"* CAPABILITY " + s.capabilities()}
	case "STARTTLS":
		if err := Say("$tag OK begin")(session); err != nil {
			return err
		}
		return StartTLS(s.secure.ServerConfig())(session)
	case "LIST":
		lines = []string{`* LIST () "/" INBOX`}
	case "EXAMINE":
		var next uint32
		if n := len(held); n > 0 {
			next = held[n-1].UID + 1
		}
		lines = []string{
			fmt.Sprintf("* %d EXISTS", len(held)), fmt.Sprintf("* OK [UIDVALIDITY %d] numbered", validity), fmt.Sprintf("* OK [UIDNEXT %d] next", max(1, next)),
		}
	case "SEARCH":
		lines = []string{found(held, command)}
	case "FETCH", "FLAGS":
		if err := s.hand(session, held, command); err != nil {
			return err
		}
	case "IDLE":
		return s.idle(session)
	}
	return Say(append(lines, "$tag OK done")...)(session)
}

// found answers a search by UID, with ESEARCH where that is asked for.
func found(held []Held, command string) string {
	words := strings.Fields(command)
	var uids []string
	for _, h := range held {
		if inSet(words[len(words)-1], h.UID) {
			uids = append(uids, strconv.FormatUint(uint64(h.UID), 10))
		}
	}
	if !strings.Contains(command, "RETURN") {
		return strings.TrimSpace("* SEARCH " + strings.Join(uids, " "))
	}
	if len(uids) == 0 {
		return `* ESEARCH (TAG "$tag") UID`
	}
	return `* ESEARCH (TAG "$tag") UID ALL ` + strings.Join(uids, ",")
}

// hand answers a FETCH: by UID for mails, by UID or number for flags.
func (s *Sick) hand(session *Session, held []Held, command string) error {
	words := strings.Fields(command)
	byUID := strings.Contains(command, "UID")
	for i, h := range held {
		key := h.UID
		if !byUID || !strings.Contains(command, "BODY.PEEK") {
			key = uint32(i + 1)
		}
		if !inSet(words[1], key) {
			continue
		}
		if strings.Contains(command, "BODY.PEEK") && s.fails("FETCH", h.UID) {
			if err := s.trouble.Do(s, session); err != nil {
				return err
			}
			continue
		}
		if err := session.write(h.response(i+1, strings.Contains(command, "BODY.PEEK"))); err != nil {
			return err
		}
	}
	return nil
}

// response is the FETCH response for a message.
func (h Held) response(number int, whole bool) string {
	flags := ""
	if h.Seen {
		flags = `\Seen`
	}
	if !whole {
		return fmt.Sprintf("* %d FETCH (UID %d FLAGS (%s))\r\n", number, h.UID, flags)
	}
	return fmt.Sprintf("* %d FETCH (UID %d FLAGS (%s) INTERNALDATE \"%s\" BODY[] {%d}\r\n%s)\r\n", number, h.UID, flags,
		time.Now().Format("02-Jan-2006 15:04:05 -0700"), len(h.Raw), h.Raw)
}

// idle waits for DONE and tells of what comes meanwhile.
func (s *Sick) idle(session *Session) error {
	if err := session.write("+ idling\r\n"); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		_, err := session.line()
		done <- err
	}()
	select {
	case <-session.arrived:
		held, _, _ := s.shown()
		if err := session.write(fmt.Sprintf("* %d EXISTS\r\n", len(held))); err != nil {
			return err
		}
		if err := <-done; err != nil {
			return err
		}
	case err := <-done:
		if err != nil {
			return err
		}
	}
	return Say("$tag OK done")(session)
}

// inSet reports whether a number is in a set such as 1:3,7,9:*.
func inSet(set string, n uint32) bool {
	return slices.ContainsFunc(strings.Split(set, ","), func(part string) bool {
		from, to, found := strings.Cut(part, ":")
		if !found {
			to = from
		}
		low, _ := strconv.ParseUint(from, 10, 32)
		high, err := strconv.ParseUint(to, 10, 32)
		if err != nil {
			high = 1<<32 - 1
		}
		return uint64(n) >= low && uint64(n) <= high
	})
}
