package parse

import (
	"strings"

	"postroom/desk"
)

// sender says how far the header of a mail can be that of a mail system.
type sender int

const (
	// senderPerson: nothing says so. No text makes such a mail a bounce.
	senderPerson sender = iota
	// senderOffice: the address is one that machines write from and people as
	// well, such as postmaster. The text must begin as that of a machine.
	senderOffice
	// senderMachine: no person writes like this.
	senderMachine
)

func senderOf(mail *desk.Mail, h *header) sender {
	addr, name := "", ""
	if len(mail.From) > 0 {
		addr, name = strings.ToLower(mail.From[0].Addr), strings.ToLower(mail.From[0].Name)
	}
	local, _, _ := strings.Cut(addr, "@")
	submitted := submission(h)
	switch {
	case typed(h), submitted == "no":
		return senderPerson
	case daemon(local), addr == "" && (daemon(name) || h.text("from") == "<>"), h.has("x-failed-recipients"),
		nullReturnPath(h), submitted != "", strings.EqualFold(h.text("content-class"), "urn:content-classes:dsn"):
		return senderMachine
	case !office(local):
		return senderPerson
	case strings.EqualFold(h.text("precedence"), "bulk"), strings.EqualFold(h.text("precedence"), "junk"), serverMailer(h):
		return senderMachine
	}
	// That the envelope is another's shows that somebody passed the mail on.
	path := strings.ToLower(strings.Trim(h.text("return-path"), "<> "))
	pathLocal, _, _ := strings.Cut(path, "@")
	if path != "" && path != addr && !office(pathLocal) {
		return senderPerson
	}
	return senderOffice
}

// office tells whether a local part is one that machines use, and people too.
func office(local string) bool {
	switch local {
	case "postmaster", "post_master", "mdaemon", "sysadmin", "administrator", "admin", "no-reply", "noreply", "mail", "root":
		return true
	}
	for _, suffix := range []string{"-bounces", "-request", "-owner", "-admin"} {
		if strings.HasSuffix(local, suffix) {
			return true
		}
	}
	return false
}

// serverMailer tells whether a mail server signed as the program that wrote.
func serverMailer(h *header) bool {
	mailer := strings.ToLower(h.text("x-mailer"))
	return strings.Contains(mailer, "internet mail") || strings.HasPrefix(mailer, "<smtp32")
}

// daemon tells whether a local part is that of a mail system and of nobody else.
func daemon(local string) bool {
	switch local {
	case "mailer-daemon", "mail-daemon", "mailerdaemon", "mailer_daemon", "mail.delivery.system", "mail delivery system", "mail delivery subsystem", "mailer daemon":
		return true
	}
	return strings.HasPrefix(local, "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e")
}

// plainBounce reads the bounces of mail systems that write no report. Who sent
// the mail must be a machine, and the mail must begin as one of the mailSystems, or
// have a subject that only mail systems write.
func (r *reading) plainBounce(mail *desk.Mail, top *part) (desk.Auto, bool) {
	auto := desk.Auto{Kind: desk.AutoNone, Recipients: []desk.AutoRecipient{}}
	from := senderOf(mail, &top.header)
	if from == senderPerson {
		return auto, false
	}
	n := r.readNote(mail)
	known := n.system != nil
	switch {
	case from == senderOffice && (!known || n.begins > 0 || len(n.recipients) == 0),
		!known && !bounceSubject(mail.Subject),
		!known && !daemonSender(mail) && !nullReturnPath(&top.header):
		return auto, false
	}
	r.nameElsewhere(top, n)
	auto.Recipients = n.complete(nil)
	auto.Kind = desk.AutoBounce
	if n.delayed {
		auto.Kind = desk.AutoDelayed
	}
	return auto, true
}

// nameElsewhere adds the recipients that stand elsewhere than in the lines of
// the note: in the field of Exim and Gmail, in that of the list that refuses
// the mail, in a sentence, in the returned mail.
func (r *reading) nameElsewhere(top *part, n *note) {
	for _, field := range []string{"x-failed-recipients", "x-beenthere"} {
		for _, value := range top.header.all(field) {
			for _, box := range r.addresses(value) {
				n.name(box.Addr)
			}
		}
	}
	if len(n.recipients) == 0 && len(n.reports) == 0 {
		n.name(n.self)
	}
	if len(n.recipients) == 0 && len(n.reports) == 0 {
		n.name(r.onlyRecipient(top, n))
	}
}

// daemonSender tells whether the sender is a mail system and nobody else.
func daemonSender(mail *desk.Mail) bool {
	if len(mail.From) == 0 {
		return false
	}
	local, _, _ := strings.Cut(strings.ToLower(mail.From[0].Addr), "@")
	return daemon(local) || mail.From[0].Addr == "" && daemon(strings.ToLower(mail.From[0].Name))
}

// onlyRecipient is the recipient of a bounce that lists none: the only address
// in its words that is neither ours nor that of somebody to ask, else the only
// one that the returned mail was for.
func (r *reading) onlyRecipient(top *part, n *note) string {
	only := ""
	for i, l := range n.lines {
		if containsAny(n.lower[i], []string{"contact", "assistance", "support", "help", "hilfe", "reply", "administrator"}) {
			continue
		}
		for _, a := range addressesIn(l) {
			local, _, _ := strings.Cut(strings.ToLower(a.addr), "@")
			if n.own(a.addr) || daemon(local) || office(local) || local == "abuse" || strings.EqualFold(a.addr, only) {
				continue
			}
			if only != "" {
				return r.returnedTo(top, n)
			}
			only = a.addr
		}
	}
	if only == "" {
		return r.returnedTo(top, n)
	}
	return only
}

// returnedTo gives the recipient of the returned mail if there is but one.
func (r *reading) returnedTo(top *part, n *note) string {
	var to []desk.Mailbox
	for _, p := range reportParts(top) {
		switch p.mediaType {
		case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers":
			h, _ := splitHeader(undoTransfer(p.body, p.encoding), r.opts.MaxHeader)
			to = append(to, r.addressField(&h, "to")...)
		}
	}
	if len(to) == 0 {
		for line := range strings.Lines(clip(n.rest, noteCap)) {
			if value, ok := cutField(line, "to"); ok {
				to = r.addresses(value)
				break
			}
		}
	}
	if len(to) != 1 || n.own(to[0].Addr) {
		return ""
	}
	return to[0].Addr
}

// cutField gives the value of a field of this lower-case name.
func cutField(line, name string) (string, bool) {
	line = strings.TrimLeft(line, "> \t")
	if len(line) > len(name) && strings.EqualFold(line[:len(name)], name) && line[len(name)] == ':' {
		return strings.TrimSpace(line[len(name)+1:]), true
	}
	return "", false
}

// bounceSubject tells whether a subject is one that mail systems write.
func bounceSubject(subject string) bool {
	return containsAny(strings.ToLower(subject), bounceSubjects)
}

var bounceSubjects = []string{
	"failure notice", "failure delivery", "failed delivery", "undeliver", "delivery status", "delivery report", "delivery fail", "delivery problem", "delivery error", "delivery notification", "delivery has failed", "could not be delivered", "mail delivery", "mail failed", "mail failure",
	"returned mail", "returned to sender", "message not delivered", "nondeliverable", "non-deliverable", "could not send message", "error sending", "mail system error", "permanent error", "**message you sent blocked",
	"delayed mail", "warning: message", "warning: could not",
	"unzustellbar", "nicht zugestellt", "zustellung fehlgeschlagen", "zustellungsfehler", "non remis", "échec de remise", "échec de la remise", "non distribu", "no se puede entregar", "no entregado", "mancato recapito", "mancata consegna", "não entregue", "não foi possível entregar",
	"onbestelbaar", "niet afgeleverd", "olevererbar", "kunne ikke leveres", "niedostarcz", "nie można dostarczyć", "nedoručiteln", "kézbesíthetetlen", "недоставлен", "не доставлен", "не может быть доставлен", "退信", "配信エラー", "配信不能", "送信エラー", "メールエラー", "배달 실패", "iletilemedi",
}

// mailSystem is how a mail system writes that it could not deliver a mail.
//
// To teach postroom another one, add an entry and a message: says has what its
// text begins with and nobody else writes, lists how it names the recipients.
// Both are in lower case. Entries are tried from the top, so one that is more
// exact stands above one that is less.
type mailSystem struct {
	// name is that of the mail system.
	name string
	// subject is a part of the subject that must be there, if any is given.
	subject []string
	// says are phrases of which one must stand in the first lines of the text,
	// outside of what is quoted. Line breaks count as blanks.
	says []string
	// lists are the forms of the lines that name a recipient, see namedIn; nil
	// stands for plainLists.
	lists []string
}

// plainLists are the lines in which most mail systems name a recipient.
var plainLists = []string{"%", "%:*", "% *", "%...*"}

// systemOf gives the mail system that wrote a note and how many lines stand above the
// phrase that shows it.
func systemOf(subject, top string, starts []int) (m *mailSystem, above int) {
	for i := range mailSystems {
		m = &mailSystems[i]
		if len(m.subject) > 0 && !containsAny(subject, m.subject) {
			continue
		}
		for _, phrase := range m.says {
			at := strings.Index(top, phrase)
			if at < 0 {
				continue
			}
			for above < len(starts) && starts[above] <= at {
				above++
			}
			return m, above - 1
		}
	}
	return nil, 0
}

func containsAny(s string, phrases []string) bool {
	for _, phrase := range phrases {
		if strings.Contains(s, phrase) {
			return true
		}
	}
	return false
}
