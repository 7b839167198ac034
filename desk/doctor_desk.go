package desk

import (
	"fmt"
	"strconv"
	"time"
)

const (
	// backupOld is how old the newest backup may be, or a desk without one.
	backupOld = 7 * 24 * time.Hour
	// doubtLong is how long evidence for a mail in doubt is looked for before
	// its author has to decide.
	doubtLong = time.Hour
	// diskLeast is how many bytes should be free.
	diskLeast = 512 << 20
)

func deskChecks() []check {
	return []check{
		{Check{
			Code: "NO_BACKUP", Area: AreaDesk, Severity: Warning, Source: InDesk, Admin: true,
			About: "No backup was made for a week.",
			Mend:  "postroom backup FILE",
		}, noBackup},
		{Check{
			Code: "NOT_SIGNED_OFF", Area: AreaDesk, Severity: Warning, Source: InDesk, Admin: true, // S256
			About: "Nobody has gone through this list and signed it off for 90 days.",
			Mend:  "postroom doctor --sign-off",
		}, notSignedOff},
		{Check{
			Code: "OWN_DOMAIN_LOGGED", Area: AreaDesk, Severity: Notice, Source: InDesk, Admin: true, // S238
			About: "A domain of the desk's own is not on its never-log list: in personal inboxes the mail of colleagues is logged as that of customers.",
			Mend:  "postroom neverlog add DOMAIN --desk",
		}, ownDomainLogged},
		{Check{
			Code: "UNREADABLE_MAIL", Area: AreaDesk, Severity: Warning, Source: InDesk, // S260, F30
			About: "Open conversations with a mail that could not be read; it is shown as it came.",
			Mend:  "postroom conversation close NUMBER...",
		}, unreadableMail},
		{Check{
			Code: "MAIL_WITHOUT_MESSAGE", Area: AreaDesk, Severity: Fault, Source: InDesk, Admin: true, // S260
			About: "Stored mail that has no message yet: a crash has left it, or it is coming in right now.",
			Mend:  "postroom sync --once",
		}, mailWithoutMessage},
		{Check{
			Code: "SENDING_IN_DOUBT", Area: AreaDesk, Severity: Fault, Source: InDesk,
			About: "An outgoing mail that perhaps was sent, for more than an hour. Its author decides: resolve says that it was, retry sends it again.",
			Mend:  "postroom outbox resolve NUMBER",
		}, sendingInDoubt},
		{Check{
			Code: "SENDING_FAILED", Area: AreaDesk, Severity: Fault, Source: InDesk,
			About: "An outgoing mail that a server has refused. Its author decides: retry sends it again, cancel makes it a draft.",
			Mend:  "postroom outbox cancel NUMBER",
		}, sendingFailed},
		{Check{
			Code: "CLOCK_WRONG", Area: AreaDesk, Severity: Fault, Source: InDesk,
			About: "The clock of this machine jumps, or is behind what the journal says.",
			Mend:  "timedatectl set-ntp true",
		}, clockWrong},
		{Check{
			Code: "KEY_OPEN", Area: AreaDesk, Severity: Fault, Source: OnMachine, Admin: true,
			About: "The key to the passwords of the accounts can be read by others. It is not used until it is closed.",
			Mend:  "chmod 600 FILE",
		}, keyOpen},
		{Check{
			Code: "KEY_MISSING", Area: AreaDesk, Severity: Fault, Source: OnMachine, Admin: true,
			About: "Passwords are stored, and the key that opens them is not on this machine. Copy it from one that has it (key export); only if none has, begin a new one: every account then signs in again.",
			Mend:  "postroom key new",
		}, keyMissing},
		{Check{
			Code: "DISK_LOW", Area: AreaDesk, Severity: Fault, Source: OnMachine, Admin: true,
			About: "Less than 512 MB are free where the database lies. When there is nothing left no mail comes in.",
		}, diskLow},
	}
}

func noBackup(c *chart) []Finding {
	name := command("backup", "postroom-"+c.now.Format(time.DateOnly)+".db")
	switch {
	case !c.backedUp.IsZero() && c.now.Sub(c.backedUp) > backupOld:
		return []Finding{{What: fmt.Sprintf("The last backup is %s old.", lasting(c.now.Sub(c.backedUp))), Fix: name}}
	case c.backedUp.IsZero() && c.now.Sub(c.began) > backupOld:
		return []Finding{{What: fmt.Sprintf("This desk is %s old and was never backed up.", lasting(c.now.Sub(c.began))), Fix: name}}
	}
	return nil
}

func notSignedOff(c *chart) []Finding {
	since := c.signedOff
	if since.IsZero() {
		since = c.began
	}
	if c.now.Sub(since) <= SignOffEvery {
		return nil
	}
	return []Finding{{
		What: fmt.Sprintf("Nobody has signed off how this desk is set up for %s.", lasting(c.now.Sub(since))),
		Fix:  command("doctor", "--sign-off"),
	}}
}

// ownDomainLogged names no domain that only somebody else's personal inbox has.
// Where nobody has a personal inbox there is nothing the list would apply to.
func ownDomainLogged(c *chart) []Finding {
	applies := func(in Inbox) bool { return in.Kind == Personal }
	if len(domainsAt(c.inboxes, c.accounts, c.addresses, applies)) == 0 {
		return nil
	}
	var list []Finding
	known := func(in Inbox) bool { return in.Kind == Shared || c.sees(in.ID) }
	for _, d := range unlisted(domainsAt(c.inboxes, c.accounts, c.addresses, known), c.neverLogs) {
		list = append(list, Finding{
			Where: d,
			What:  "It is a domain of the desk's own and not on its never-log list: the mail of colleagues in personal inboxes is logged on contacts.",
			Fix:   command("neverlog", "add", d, "--desk"),
		})
	}
	return list
}

func unreadableMail(c *chart) []Finding {
	return c.byInbox(c.unreadable, func(in Inbox, some []Conversation, f *Finding) {
		f.What = fmt.Sprintf("%s a mail that could not be read; look at it, then close it.", counted(len(some), "open conversation has", "open conversations have"))
		f.Fix = c.byAHand(in.ID, append([]string{"conversation", "close"}, numbersOf(some)...)...)
	})
}

func mailWithoutMessage(c *chart) []Finding {
	if c.unparsed == 0 {
		return nil
	}
	return []Finding{{
		What: fmt.Sprintf("%d stored %s no message yet.", c.unparsed, plural(c.unparsed, "mail has", "mails have")),
		Fix:  command("sync", "--once"),
	}}
}

// eachOutgoing asks something of every mail that is not out, and gives its
// author the command: an admin may act as him.
func (c *chart) eachOutgoing(verb string, find func(Outgoing, *Finding) bool) []Finding {
	var list []Finding
	for _, o := range c.outbox {
		f := Finding{Where: c.nameOf(o.Inbox)}
		if o.Test() || !find(o, &f) {
			continue
		}
		words := []string{"outbox", verb, strconv.FormatInt(int64(o.ID), 10)}
		switch {
		case o.Author == c.me.ID:
			f.Fix = command(words...)
		case !c.users[o.Author].RemovedAt.IsZero():
			f.Fix = c.byAHand(o.Inbox, words...)
		case c.me.Admin():
			f.Fix = command(append([]string{"--as", c.users[o.Author].Login}, words...)...)
		}
		list = append(list, f)
	}
	return list
}

func (c *chart) nameOf(id InboxID) string {
	for _, in := range c.inboxes {
		if in.ID == id {
			return in.Name
		}
	}
	return ""
}

func sendingInDoubt(c *chart) []Finding {
	return c.eachOutgoing("resolve", func(o Outgoing, f *Finding) bool {
		f.What = fmt.Sprintf("A mail of %s, %q, was perhaps sent %s ago: %s", c.users[o.Author].Name, Snippet(o.Subject, 40), lasting(c.now.Sub(o.UpdatedAt)), o.LastError)
		return o.State == InDoubt && c.now.Sub(o.UpdatedAt) > doubtLong
	})
}

func sendingFailed(c *chart) []Finding {
	return c.eachOutgoing("cancel", func(o Outgoing, f *Finding) bool {
		f.What = fmt.Sprintf("A mail of %s, %q, was refused: %s", c.users[o.Author].Name, Snippet(o.Subject, 40), o.LastError)
		return o.State == Failed
	})
}

func clockWrong(c *chart) []Finding {
	fix := "timedatectl set-ntp true"
	if c.trouble.Err != nil && c.trouble.Err.Code == "CLOCK_JUMPED" {
		return []Finding{{What: c.trouble.Err.Message, Fix: fix}}
	}
	if ahead := c.lastEvent.Sub(c.now); ahead >= jumpLeast {
		return []Finding{{What: fmt.Sprintf("The newest entry of the journal is from %s ahead of the clock of this machine.", span(ahead)), Fix: fix}}
	}
	return nil
}

func keyOpen(c *chart) []Finding {
	m := c.readings.Machine
	if !m.KeyOpen {
		return nil
	}
	return []Finding{{Where: m.KeyFile, What: "The key to the passwords of the accounts can be read by others.", Fix: "chmod 600 " + shellWord(m.KeyFile)}}
}

func keyMissing(c *chart) []Finding {
	m := c.readings.Machine
	if !m.KeyMissing {
		return nil
	}
	is := "is not there"
	if m.KeyForeign {
		is = "is not there, but another one"
	}
	return []Finding{{
		Where: m.KeyFile, What: "The key to the passwords of the accounts " + is + ". Copy it from a machine that has it (postroom key export), or say where it is (POSTROOM_KEY_FILE). Only if it is lost:",
		Fix: command("key", "new"),
	}}
}

func diskLow(c *chart) []Finding {
	free := c.readings.Machine.Free
	if free < 0 || free >= diskLeast {
		return nil
	}
	return []Finding{{What: fmt.Sprintf("Only %d MB are free where the database lies.", free>>20)}}
}
