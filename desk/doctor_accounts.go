package desk

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// pausedLong and retryingLong are how long an account may be so before
	// somebody has forgotten it.
	pausedLong   = 7 * 24 * time.Hour
	retryingLong = time.Hour
	// unverifiedLong is how long an address may wait to be verified.
	unverifiedLong = 24 * time.Hour
	// certificateLeast is how long a certificate has to be good for.
	certificateLeast = 14 * 24 * time.Hour
)

func accountChecks() []check {
	return []check{
		{Check{
			Code: "SIGN_IN_NEEDED", Area: AreaAccounts, Severity: Fault, Source: InDesk, // S233, S239, S254
			About: "An account whose server refuses the sign-in, or whose provider waits for an admin's consent: nothing comes in, and its outgoing mail is held.",
			Mend:  "postroom account reauth ADDRESS",
		}, signInNeeded},
		{Check{
			Code: "RETRYING_LONG", Area: AreaAccounts, Severity: Fault, Source: InDesk, // S257
			About: "An account that has not been reached for more than an hour.",
			Mend:  "postroom sync --once",
		}, retryingTooLong},
		{Check{
			Code: "PAUSED_LONG", Area: AreaAccounts, Severity: Warning, Source: InDesk, // H43
			About: "An account that has been paused for more than 7 days.",
			Mend:  "postroom account resume ADDRESS",
		}, pausedTooLong},
		{Check{
			Code: "PASSWORD_AT_PROVIDER", Area: AreaAccounts, Severity: Warning, Source: InDesk, // S127
			About: "An account at Google or Microsoft that signs in with a password: they block that, or will. It needs a client of yours there, see postroom oauth set --help.",
			Mend:  "postroom account reauth ADDRESS --oauth PROVIDER",
		}, passwordAtProvider},
		{Check{
			Code: "ADDRESS_UNVERIFIED", Area: AreaAccounts, Severity: Warning, Source: InDesk,
			About: "An alias or send-as address that was added more than a day ago, and that nothing may be written from because it was never verified.",
			Mend:  "postroom account alias verify ADDRESS",
		}, addressUnverified},
		{Check{
			Code: "PASSWORD_FILE_OPEN", Area: AreaAccounts, Severity: Fault, Source: OnMachine,
			About: "A password command that names a file which others on this machine can read.",
			Mend:  "chmod go= FILE",
		}, passwordFileOpen},
		{Check{
			Code: "SIGN_IN_REFUSED", Area: AreaAccounts, Severity: Fault, Source: OnServers, // S257
			About: "An account whose IMAP server refuses user name or password now.",
			Mend:  "postroom account reauth ADDRESS",
		}, signInRefused},
		{Check{
			Code: "IMAP_UNREACHABLE", Area: AreaAccounts, Severity: Fault, Source: OnServers,
			About: "An account whose IMAP server cannot be reached now. Once it can be, its mail is fetched by itself or at once with this. Another host or certificate is told by account set.",
			Mend:  "postroom sync --once",
		}, imapUnreachable},
		{Check{
			Code: "SMTP_UNREACHABLE", Area: AreaAccounts, Severity: Fault, Source: OnServers,
			About: "An account whose server for outgoing mail cannot be reached, or refuses the sign-in. Once it can be, what waits is sent by itself or at once with this. A sign-in that it alone refuses is mended by account reauth.",
			Mend:  "postroom sync --once",
		}, smtpUnreachable},
		{Check{
			Code: "CERTIFICATE_ENDS", Area: AreaAccounts, Severity: Warning, Source: OnServers,
			About: "A mail server whose certificate ends within 14 days. Whoever runs the server has to renew it.",
		}, certificateEnds},
		{Check{
			Code: "NO_IDLE", Area: AreaAccounts, Severity: Notice, Source: OnServers,
			About: "A server that does not tell of new mail by itself: it is asked again and again instead.",
		}, noIdle},
	}
}

// eachAccount asks something of every account the viewer knows of, as he may
// see it. Where that is only that it exists, the inbox stands for it and the
// command is its owner's.
func (c *chart) eachAccount(find func(Account, *Finding) bool) []Finding {
	var list []Finding
	for _, in := range c.inboxes {
		if !c.knows(in.ID) || c.users[in.Owner].State() == "removed" {
			continue // what is kept for who has left is never to work again
		}
		for _, a := range c.accountsOf(in) {
			f := Finding{Where: a.Address}
			if !find(a, &f) {
				continue
			}
			if a.Address == "" {
				f.Where, f.Fix = in.Name, ""
				f.What += " " + fmt.Sprintf("Only its owner, %s, can do something about it.", c.users[in.Owner].Name)
			}
			list = append(list, f)
		}
	}
	return list
}

// because is the cause of an account's state as the end of a sentence.
func (a Account) because() string {
	if a.Cause == "" {
		return "."
	}
	return ": " + a.Cause
}

func signInNeeded(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		f.What = fmt.Sprintf("It has needed sign-in for %s%s", lasting(c.now.Sub(a.Since)), a.because())
		if a.State == AccountNeedsConsent {
			f.What = fmt.Sprintf("It has been waiting for %s until an admin of the organisation allows this desk at the provider%s", lasting(c.now.Sub(a.Since)), a.because())
		}
		f.Fix = c.byKeeper(a.Inbox, "account", "reauth", a.Address)
		return a.State.NeedsPerson()
	})
}

// reconnecting is the command that lets an account reach its servers: it is
// told of their certificates, or where they are now; else it only tries again.
func (c *chart) reconnecting(a Account, certificate, elsewhere bool) string {
	switch {
	case certificate:
		return c.byKeeper(a.Inbox, "account", "set", a.Address, "ca=FILE")
	case elsewhere:
		return c.byKeeper(a.Inbox, "account", "set", a.Address, "imap=HOST:PORT", "smtp=HOST:PORT")
	default:
		return command("sync", "--once")
	}
}

// reconnectingAfter is reconnecting after a failure that was just seen.
func (c *chart) reconnectingAfter(a Account, err error) string {
	code := ""
	if e := (*Error)(nil); errors.As(err, &e) {
		code = e.Code
	}
	return c.reconnecting(a, code == "CERT_UNKNOWN", code == "CERT_OTHER_NAME" || code == "UNKNOWN_HOST")
}

func retryingTooLong(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		f.What = fmt.Sprintf("Its server has not been reached for %s%s", lasting(c.now.Sub(a.Since)), a.because())
		f.Fix = c.reconnecting(a, strings.Contains(a.Cause, "ca=FILE"), strings.Contains(a.Cause, "imap=HOST:PORT"))
		return a.State == AccountRetrying && c.now.Sub(a.Since) > retryingLong
	})
}

func pausedTooLong(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		f.What = fmt.Sprintf("It has been paused for %s%s", lasting(c.now.Sub(a.Since)), a.because())
		f.Fix = c.byKeeper(a.Inbox, "account", "resume", a.Address)
		return a.State == AccountPaused && c.now.Sub(a.Since) > pausedLong
	})
}

// providerOf names the provider whose IMAP server an account uses, where it
// wants people to sign in with it; empty for all others.
func providerOf(a Account) string {
	switch host := hostOf(a.IMAP); {
	case host == "imap.gmail.com", host == "imap.googlemail.com":
		return "google"
	case host == "outlook.office365.com", host == "outlook.office.com", host == "imap-mail.outlook.com":
		return "microsoft"
	}
	return ""
}

// hostOf is the host of a server's URL.
func hostOf(server string) string {
	_, host, _ := strings.Cut(server, "://")
	host, _, _ = strings.Cut(host, ":")
	return strings.ToLower(host)
}

func passwordAtProvider(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		provider := providerOf(a)
		f.What = fmt.Sprintf("It signs in to %s with a password, which the provider blocks for more and more mailboxes; a sign-in there lasts.", hostOf(a.IMAP))
		f.Fix = c.byKeeper(a.Inbox, "account", "reauth", a.Address, "--oauth", provider)
		return provider != "" && a.OAuth == ""
	})
}

func addressUnverified(c *chart) []Finding {
	var list []Finding
	for _, in := range c.inboxes {
		if !c.sees(in.ID) {
			continue
		}
		for _, a := range c.accounts {
			for _, address := range c.addresses {
				if a.Inbox != in.ID || address.Account != a.ID || address.Kind == AddressForm || !address.VerifiedAt.IsZero() || c.now.Sub(address.Since) <= unverifiedLong {
					continue
				}
				list = append(list, Finding{
					Where: address.Address, What: fmt.Sprintf("It is %s of %s, and nothing may be written from it: nobody has verified it.", address.Kind.article(), a.Address),
					Fix: c.byKeeper(in.ID, "account", "alias", "verify", address.Address),
				})
			}
		}
	}
	return list
}

func passwordFileOpen(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		file := c.readings.Machine.OpenFiles[a.ID]
		if file == "" || a.Address == "" {
			return false // the file's name is its owner's
		}
		f.What = fmt.Sprintf("Its password command uses %s, which others on this machine can read.", file)
		f.Fix = "chmod go= " + shellWord(file)
		return true
	})
}

// signInRefused leaves out what signInNeeded tells.
func signInRefused(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		err := c.readings.Servers[a.ID].IMAP
		if err == nil || KindOf(err) != Denied || a.Address == "" || a.State.NeedsPerson() {
			return false
		}
		f.What, f.Fix = inWords(err), c.byKeeper(a.Inbox, "account", "reauth", a.Address)
		return true
	})
}

// lacksKey reports whether a server was not even asked, because the key to the
// password is not to be had. An admin is told that once, about the desk.
func lacksKey(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Code == "KEY_LOST" || e.Code == "KEY_EXPOSED")
}

func imapUnreachable(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		err := c.readings.Servers[a.ID].IMAP
		if err == nil || KindOf(err) == Denied || a.Address == "" {
			return false
		}
		if lacksKey(err) {
			f.What = "Nobody can sign in to it from this machine: the key to its password is not there, or others can read it. An admin sees in doctor what helps."
			return !c.me.Admin()
		}
		f.What, f.Fix = inWords(err), c.reconnectingAfter(a, err)
		return true
	})
}

// smtpUnreachable leaves out a refused sign-in that is told already: both
// servers take the same one.
func smtpUnreachable(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		servers := c.readings.Servers[a.ID]
		if servers.SMTP == nil || a.Address == "" || lacksKey(servers.SMTP) {
			return false
		}
		f.What, f.Fix = inWords(servers.SMTP), c.reconnectingAfter(a, servers.SMTP)
		if KindOf(servers.SMTP) == Denied {
			f.Fix = c.byKeeper(a.Inbox, "account", "reauth", a.Address)
			return !a.State.NeedsPerson() && KindOf(servers.IMAP) != Denied
		}
		return true
	})
}

func certificateEnds(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		ends := c.readings.Servers[a.ID].CertificateEnds
		f.What = fmt.Sprintf("The certificate of its server ends on %s; whoever runs the server has to renew it before.", ends.UTC().Format(time.DateOnly))
		return !ends.IsZero() && ends.Sub(c.now) < certificateLeast
	})
}

func noIdle(c *chart) []Finding {
	return c.eachAccount(func(a Account, f *Finding) bool {
		f.What = "Its server does not tell of new mail by itself, so it is asked again and again; mail comes in a little later."
		return c.readings.Servers[a.ID].NoIdle
	})
}
