package testserver

import (
	"slices"
	"strings"
)

// In which states of the outbox a trouble leaves a mail.
const (
	goesOut  = "accepted"
	waits    = "deferred"
	refused  = "failed"
	doubtful = "in doubt"
)

// SickRecipient is whose RCPT is answered wrongly where a trouble is about one
// of several recipients.
const SickRecipient = "typo@customer.test"

// SMTPTroubles is what is known to go wrong with submission servers, by mistake
// or by intent (promises M10, P10, P11, P12).
func SMTPTroubles() []SMTPTrouble {
	return slices.Concat(smtpGreetingTroubles(), smtpTLSTroubles(), smtpSignInTroubles(), smtpMailTroubles(), smtpEndTroubles())
}

const (
	notNow      = "does not take mail at the moment"
	tooMuchSMTP = "sends more than it may|" + noAnswer
	noTLS       = "offers no TLS"
	maybeSent   = "may have been sent, or not"
)

// pages is a reply of many lines.
func pages(code string, lines int, last string) Step {
	return Write(strings.Repeat(code+"-a line\r\n", lines) + code + " " + last + "\r\n")
}

func smtpGreetingTroubles() []SMTPTrouble {
	at := func(name, says string, does ...Step) SMTPTrouble {
		return SMTPTrouble{Name: name, At: "GREETING", Do: Steps(does...), Leaves: waits, Says: says}
	}
	hello := func(name, leaves, says string, does ...Step) SMTPTrouble {
		return SMTPTrouble{Name: name, At: "EHLO", Do: Steps(does...), Leaves: leaves, Says: says}
	}
	return []SMTPTrouble{
		at("silence instead of a greeting", noAnswer, Hang()),
		at("a greeting letter by letter", noAnswer, Drip("220 "+strings.Repeat("slow ", 2000), slowly)),
		at("half a greeting", noAnswer, Write("220 localho"), Hang()),
		at("a greeting without end", tooMuchSMTP, Write("220 "), Flood("x", muchData)),
		at("421 as greeting", notNow, Say("421 4.3.2 too many connections"), Hangup()),
		at("554 as greeting", notNow, Say("554 5.3.2 no \x1b]0;service\x07"), Hangup()),
		at("another protocol", "no SMTP", Say("* OK IMAP4rev1 ready"), Hang()),
		at("hanging up at once", hungUp, Reset()),
		hello("silence at EHLO", waits, noAnswer, Hang()),
		hello("HELO only", goesOut, "", Say("502 5.5.1 what?")),
		hello("ten thousand extensions", goesOut, "", pages("250", 10_000, "AUTH PLAIN")),
		hello("extensions without end", waits, tooMuchSMTP, Flood("250-X\r\n", muchData)),
	}
}

func smtpTLSTroubles() []SMTPTrouble {
	upgrade := func(name, says string, does ...Step) SMTPTrouble {
		return SMTPTrouble{Name: name, Scheme: "smtp+starttls", At: "STARTTLS", Do: Steps(does...), Leaves: waits, Says: says}
	}
	shows := func(name, says string, shown func(*Authority) Certificate) SMTPTrouble {
		return SMTPTrouble{Name: name, Scheme: "smtps", At: "TLS", Shown: shown, Leaves: waits, Says: says}
	}
	return []SMTPTrouble{
		upgrade("STARTTLS and then noise", "does not speak TLS", Say("220 go on", strings.Repeat("noise ", 20)), Hang()),
		upgrade("STARTTLS and then silence", noAnswer, Say("220 go on"), Hang()),
		upgrade("STARTTLS refused", noTLS, Say("454 4.7.0 not now"), Hang()),
		{Name: "HELO only where TLS is wanted", Scheme: "smtp+starttls", At: "EHLO", Do: Say("502 5.5.1 what?"), Leaves: waits, Says: noTLS},
		shows("a certificate that has expired", "expired on", func(a *Authority) Certificate { return a.Expired }),
		shows("a certificate for another name", "is for another name", func(a *Authority) Certificate { return a.OtherName }),
		shows("a certificate that has changed", "is self-signed", func(a *Authority) Certificate { return a.SelfSigned }),
	}
}

func smtpSignInTroubles() []SMTPTrouble {
	at := func(name, says string, do Step) SMTPTrouble {
		return SMTPTrouble{Name: name, At: "AUTH", Do: do, Leaves: waits, Says: says}
	}
	asking := func(s *Session) error {
		for {
			if err := Say("334 dGhlIHBhc3N3b3Jk")(s); err != nil {
				return err
			}
			if _, err := s.line(); err != nil {
				return err
			}
		}
	}
	return []SMTPTrouble{
		at("silence at the sign-in", noAnswer, Hang()),
		at("nobody may sign in now", "454 4.7.0", Steps(Say("454 4.7.0 later"), Hangup())),
		at("asking for the password for ever", "no SMTP", asking),
	}
}

func smtpMailTroubles() []SMTPTrouble {
	at := func(verb, name, leaves, says string, does ...Step) SMTPTrouble {
		return SMTPTrouble{Name: name, At: verb, Do: Steps(does...), Leaves: leaves, Says: says}
	}
	one := func(name, leaves, says string, does ...Step) SMTPTrouble {
		return SMTPTrouble{Name: name, At: "RCPT", Recipient: SickRecipient, Do: Steps(does...), Leaves: leaves, Says: SickRecipient + says}
	}
	return []SMTPTrouble{
		at("MAIL", "4xx at MAIL", waits, "451 4.3.0", Say("451 4.3.0 \x1b[2Jbusy")),
		at("MAIL", "421 at MAIL", waits, notNow, Say("421 4.3.2 going down"), Hangup()),
		at("MAIL", "silence at MAIL", waits, noAnswer, Hang()),
		at("MAIL", "every answer twice", waits, "no SMTP", Say("250 fine", "250 fine")),
		at("RCPT", "4xx at RCPT", waits, "450 4.2.1", Say("450 4.2.1 greylisted")),
		at("RCPT", "a recipient letter by letter", waits, noAnswer, Drip("250 "+strings.Repeat("slow ", 2000), slowly)),
		at("RCPT", "hanging up at RCPT", waits, hungUp, Reset()),
		one("5xx for one of three", refused, ": 550 5.1.1", Say("550 5.1.1 nobody")),
		one("4xx for one of three", waits, ": 450 4.2.1", Say("450 4.2.1 later")),
		one("ten thousand lines against one of three", refused, ": 550", pages("550", 10_000, "enough")),
		at("DATA", "4xx at DATA", waits, "452 4.3.1", Say("452 4.3.1 full")),
		at("DATA", "silence at DATA", waits, noAnswer, Hang()),
		at("DATA", "a reset in the mail", doubtful, maybeSent, Say("354 go on"), Expect(":"), Reset()),
	}
}

// smtpEndTroubles are those after which somebody may have the mail.
func smtpEndTroubles() []SMTPTrouble {
	lost := func(name, leaves, says string, does ...Step) SMTPTrouble {
		return SMTPTrouble{Name: name, At: "DOT", Do: Steps(does...), Leaves: leaves, Says: says}
	}
	taken := func(name, leaves, says string, does ...Step) SMTPTrouble {
		trouble := lost(name, leaves, says, does...)
		trouble.Takes = true
		return trouble
	}
	return []SMTPTrouble{
		lost("4xx after the dot", waits, "451 4.7.1", Say("451 4.7.1 later")),
		lost("5xx after the dot", refused, "552 5.3.4", Say("552 5.3.4 too big")),
		lost("421 after the dot", waits, notNow, Say("421 4.3.2 going down"), Hangup()),
		lost("a reset after the dot", doubtful, maybeSent, Reset()),
		taken("a reset after the mail was taken", doubtful, maybeSent, Reset()),
		taken("a dead line after the dot", doubtful, maybeSent, Hang()),
		taken("half a reply after the dot", doubtful, maybeSent, Write("250 2.0.0 que"), Hangup()),
		taken("a reply letter by letter after the dot", doubtful, maybeSent, Drip("250-"+strings.Repeat("slow ", 2000), slowly)),
		taken("a reply without end after the dot", doubtful, maybeSent, Flood("250-queued\r\n", muchData)),
		taken("no SMTP after the dot", doubtful, maybeSent, Say("done!"), Hangup()),
		taken("ten thousand lines after the dot", goesOut, "", pages("250", 10_000, "2.0.0 queued")),
		taken("the reply to the dot twice", goesOut, "", Say("250 2.0.0 queued", "250 2.0.0 queued")),
		{Name: "silence instead of a goodbye", At: "QUIT", Do: Hang(), Leaves: goesOut},
	}
}
