package testserver

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// As much as a client must not take, and no more than it takes to see that.
const (
	muchData  = 300 << 20
	slowly    = 50 * time.Millisecond
	muchDepth = 200_000
)

// do plays steps.
func do(steps ...Step) func(*Sick, *Session) error {
	return func(_ *Sick, session *Session) error { return Steps(steps...)(session) }
}

// after plays steps where the right answer has been given.
func after(verb string, steps ...Step) func(*Sick, *Session) error {
	return func(s *Sick, session *Session) error {
		if err := s.answer(session, verb, verb); err != nil {
			return err
		}
		return do(steps...)(s, session)
	}
}

// Troubles is what is known to go wrong with IMAP servers, by mistake or by
// intent (promises M11, P10, A12, A15).
func Troubles() []Trouble {
	list := greetingTroubles()
	list = append(list, folderTroubles()...)
	list = append(list, searchTroubles()...)
	list = append(list, mailTroubles()...)
	return append(list, idleTroubles()...)
}

const (
	noAnswer = "does not answer"
	// A slow machine may meet the deadline first.
	tooMuch = "sends more than it was asked for|" + noAnswer
	hungUp  = "ended the connection"
	noIMAP  = "no IMAP"
	noMail  = "fails to hand out 1 message of INBOX (UID 3)"
)

func greetingTroubles() []Trouble {
	return []Trouble{
		{Name: "silence instead of a greeting", At: "GREETING", Do: do(Hang()), Says: noAnswer},
		{Name: "a greeting letter by letter", At: "GREETING", Do: do(Drip("* OK "+strings.Repeat("slow ", 2000), slowly)), Says: noAnswer},
		{Name: "half a greeting", At: "GREETING", Do: do(Write("* OK rea"), Hang()), Says: noAnswer},
		{Name: "a greeting without end", At: "GREETING", Do: do(Write("* OK "), Flood("x", muchData)), Says: tooMuch},
		{Name: "BYE as greeting", At: "GREETING", Do: do(Say("* BYE too many connections"), Hangup()), Says: "127.0.0.1"},
		{Name: "another protocol", At: "GREETING", Do: do(Say("220 mail.example.test ESMTP"), Hang()), Says: noIMAP},
		{Name: "hanging up at once", At: "GREETING", Do: do(Reset()), Says: hungUp},
		{Name: "PREAUTH", At: "GREETING", Do: do(Say("* PREAUTH [CAPABILITY IMAP4rev1] welcome"))},
		{Name: "PREAUTH before STARTTLS", Secure: true, At: "GREETING", Do: do(Say("* PREAUTH welcome"), Hang()), Says: "offers no TLS"},
		{Name: "no STARTTLS", Secure: true, At: "STARTTLS", Do: do(Say("$tag BAD what?"), Hang()), Says: "offers no TLS"},
		{Name: "an answer injected behind STARTTLS", Secure: true, At: "STARTTLS", Do: func(s *Sick, session *Session) error {
			injected := Write("$tag OK begin\r\n* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] $tag OK done\r\n")
			return do(injected, StartTLS(s.secure.ServerConfig()), Hang())(s, session)
		}, Says: "TLS"},
		{Name: "nobody may sign in now", At: "LOGIN", Do: do(Say("$tag NO [UNAVAILABLE] later")), Says: "lets nobody sign in"},
		{Name: "silence at the sign-in", At: "LOGIN", Do: do(Hang()), Says: noAnswer},
		{Name: "capabilities that are gone after the sign-in", Capabilities: "IMAP4rev1 IDLE ESEARCH", At: "LOGIN", Do: do(Say("* CAPABILITY IMAP4rev1", "$tag OK [CAPABILITY IMAP4rev1] in"))},
	}
}

func folderTroubles() []Trouble {
	list := func(name string) string { return `* LIST () "/" ` + name + "\r\n" }
	var many strings.Builder
	for i := range 100_000 {
		many.WriteString(list(fmt.Sprintf(`"folder %d"`, i)))
	}
	return []Trouble{
		{Name: "silence instead of the folders", At: "LIST", Do: do(Hang()), Says: noAnswer},
		{Name: "a huge string", At: "LIST", Do: do(Write(`* LIST () "/" "`), Flood("x", muchData)), Says: tooMuch},
		{Name: "a huge word", At: "LIST", Do: do(Write(`* LIST () "/" `), Flood("x", muchData)), Says: tooMuch},
		{Name: "a huge literal as a name", At: "LIST", Do: do(Write("* LIST () \"/\" {9000000000}\r\n"), Flood("x", muchData)), Says: tooMuch},
		{Name: "lists inside lists", At: "LIST", Do: do(Write("* LIST "+strings.Repeat("(", muchDepth)), Hang()), Says: tooMuch},
		{Name: "a hundred thousand folders", At: "LIST", Do: do(Write(many.String()+list("INBOX")), Say("$tag OK done"))},
		{Name: "a folder name that is no UTF-7", At: "LIST", Do: do(Write(list("INBOX")+list(`"Entw&rfe"`)), Say("$tag OK done")), Says: "list of folders cannot be read"},
		{Name: "folder names that attack a terminal", At: "LIST", Do: do(Write(list("INBOX") + list(`"\\"`) +
			"* LIST (\\Sent) \"/\" {13}\r\n\x1b]0;x\x07A\r\nNOOP\r\n$tag OK done\r\n")), Says: "list of folders cannot be read"},
		{Name: "no INBOX", At: "EXAMINE", Do: do(Say("$tag NO [NONEXISTENT] there is no \x1b[2J INBOX")), Says: "there is no"},
		{Name: "no UIDVALIDITY", At: "EXAMINE", Do: do(Say("* 6 EXISTS", "$tag OK done")), Says: "UIDVALIDITY"},
		{Name: "half a line", At: "EXAMINE", Do: do(Write("* 6 EXI"), Hang()), Says: noAnswer},
		{Name: "a flood of responses", At: "EXAMINE", Do: do(Flood("* 1 EXISTS\r\n", muchData)), Says: tooMuch},
		{Name: "a flood of alerts", At: "EXAMINE", Do: do(Flood("* NO [ALERT] the \x1b[31mdisk is full\r\n", muchData)), Says: tooMuch},
		{Name: "expunging what is not there", At: "EXAMINE", Do: after("EXAMINE", Say("* 1 EXPUNGE", "* 99 EXPUNGE"))},
	}
}

func searchTroubles() []Trouble {
	var down strings.Builder
	for n := 400_000; n > 0; n -= 2 {
		fmt.Fprintf(&down, " %d", n)
	}
	return []Trouble{
		{Name: "BYE in the middle", At: "SEARCH", Do: do(Say("* BYE going down"), Hangup()), Says: hungUp},
		{Name: "four billion messages", Capabilities: "IMAP4rev1 ESEARCH", At: "SEARCH", Do: do(Say(`* ESEARCH (TAG "$tag") UID ALL 1:4294967295`, "$tag OK done")), Says: tooMuch},
		{Name: "more UIDs than messages", At: "SEARCH", Do: do(Write("* SEARCH"+down.String()+"\r\n$tag OK done\r\n"), Hang()), Says: tooMuch},
		{Name: "ESEARCH that is not there", Capabilities: "IMAP4rev1 ESEARCH IDLE", At: "IDLE", Do: do(Say("$tag BAD what?"))},
		{Name: "fewer UIDs than messages", At: "SEARCH", Do: do(Say("* SEARCH 1 2 6", "$tag OK done")), Says: "counts 3 messages more"},
		{Name: "no UIDs at all", At: "SEARCH", Do: do(Say("$tag OK done")), Says: "counts 6 messages more"},
		{Name: "UID 0, and some twice", At: "SEARCH", Do: do(Say("* SEARCH 0 6 5 5 4 1 2 3 3", "$tag OK done"))},
		{Name: "the highest UID, and gaps", UIDs: []uint32{1, 7, 4_000_000, 4_294_967_295}, At: "NONE"},
		{Name: "messages that show up late", At: "GREETING", Do: func(s *Sick, session *Session) error {
			s.mu.Lock()
			s.held[1].Hidden, s.held[3].Hidden = true, true
			s.mu.Unlock()
			return Say("* OK ready")(session)
		}},
	}
}

func mailTroubles() []Trouble {
	bad := func(name string, does ...Step) Trouble {
		return Trouble{Name: name, At: "FETCH", Message: 3, Do: do(does...), Says: noMail}
	}
	hangUp := func(*Session) error { return io.EOF }
	return []Trouble{
		bad("OK without a message"),
		bad("a bad word in a message", Write("* 3 FETCH (UID 3 FLAGS (\\Seen INTERNALDATE ] BODY[] {\r\n")),
		bad("unknown data before a message", Write("* VANISHED (EARLIER) 41,43:116\r\n")),
		bad("hanging up before a message", hangUp),
		bad("hanging up in a message", Write("* 3 FETCH (UID 3 FLAGS () BODY[] {4000}\r\nFrom: a"), hangUp),
		bad("a reset in a message", Write("* 3 FETCH (UID 3 FLAGS () BODY[] {4000}\r\nFrom: a"), Reset()),
		bad("silence in a message", Write("* 3 FETCH (UID 3 FLAGS () BODY[] {4000}\r\nFrom: a"), Hang()),
		bad("a message letter by letter", Write("* 3 FETCH (UID 3 FLAGS () BODY[] {4000}\r\n"), Drip(strings.Repeat("x", 4000), slowly)),
		bad("BYE in a message", Write("* 3 FETCH (UID 3 FLAGS ()"), Say("", "* BYE going down"), Hangup()),
		bad("a message longer than announced", Write("* 3 FETCH (UID 3 FLAGS () BODY[] {10}\r\nSubject: half of what there is\r\n\r\ntext\r\n)\r\n")),
		bad("a message shorter than announced", Write("* 3 FETCH (UID 3 FLAGS () BODY[] {60}\r\nSubject: short\r\n\r\nx\r\n)\r\n* 2 FETCH (UID 2 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\n")),
		bad("a message too large", Write("* 3 FETCH (UID 3 FLAGS () BODY[] {9000000000}\r\n"), Flood("x", muchData)),
		bad("lists inside lists in a message", Write("* 3 FETCH (UID 3 BODYSTRUCTURE "+strings.Repeat("(", muchDepth)), Hang()),
		bad("an endless word in a message", Write("* 3 FETCH (UID 3 FLAGS ("), Flood("a", muchData)),
		bad("huge literals around a message", Write("* 3 FETCH (UID 3 BODYSTRUCTURE ("), Flood("{60000000}\r\n"+strings.Repeat("x", 1<<20), muchData)),
		bad("a message nobody asked for, and one twice", Write("* 9 FETCH (UID 99 FLAGS () BODY[] {3}\r\nabc)\r\n* 2 FETCH (UID 2 FLAGS () BODY[] {3}\r\nabc)\r\n* 2 FETCH (UID 2 FLAGS () BODY[] {3}\r\nabc)\r\n")),
		{Name: "a flood of flags", At: "FETCH", Do: do(Flood("* 1 FETCH (UID 1 FLAGS ("+strings.Repeat("$Label ", 200)+"\\Seen))\r\n", muchData)), Says: tooMuch},
		{Name: "a message expunged while it is fetched", At: "FETCH", Message: 3, Do: func(s *Sick, session *Session) error {
			s.Change(func(held []Held, validity uint32) ([]Held, uint32) {
				return append(append([]Held{}, held[:2]...), held[3:]...), validity
			})
			return session.write("* 3 EXPUNGE\r\n")
		}},
		{Name: "UIDVALIDITY changes while fetching", At: "FETCH", Message: 4, Do: func(s *Sick, _ *Session) error {
			s.Change(func(held []Held, validity uint32) ([]Held, uint32) {
				held = append([]Held{}, held...)
				for i := range held {
					held[i].UID += 100
				}
				return held, validity + 1
			})
			return io.EOF
		}},
	}
}

func idleTroubles() []Trouble {
	idling := Write("+ idling\r\n")
	return []Trouble{
		{Name: "silence after DONE", At: "IDLE", Do: do(idling, Write("* 7 EXISTS\r\n"), Hang()), Says: noAnswer},
		{Name: "a flood of flags in IDLE", At: "IDLE", Do: do(idling, Flood("* 1 FETCH (FLAGS ("+strings.Repeat("$Label ", 200)+"\\Seen))\r\n", muchData)), Says: tooMuch},
		{Name: "ringing without news", At: "IDLE", Do: do(idling, Write(strings.Repeat("* 6 EXISTS\r\n", 50)), Expect("DONE"), Say("$tag OK done"))},
		{Name: "unknown data in IDLE", At: "IDLE", Do: do(idling, Say("* VANISHED 3", "* X-NEWS soon"), Hang()), Says: noIMAP + "|" + hungUp},
	}
}
