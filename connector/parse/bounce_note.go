package parse

import (
	"strings"

	"postroom/desk"
)

const (
	// noteCap and noteLines bound what is read of the words of a mail system.
	noteCap   = 32 << 10
	noteLines = 400
	// topLines is how far from the top a mail system must show itself.
	topLines = 20
	// recipientCap is how many recipients a bounce in plain text has at most.
	recipientCap = 200
)

// note is what a mail system wrote above the mail that it returns.
type note struct {
	r     *reading
	lines []string
	// lower are the lines in small letters.
	lower []string
	// rest is the returned mail, as far as it is in the text.
	rest string
	// system is the one that wrote the note, nil when it is none we know.
	system *mailSystem
	// begins is the number of lines before the one that shows the system.
	begins int
	// delayed says that the system will try again.
	delayed bool
	// recipients are those the note names, in order; at is the line of each,
	// -1 for one that is named elsewhere.
	recipients []string
	at         []int
	// reports are recipients in the form of RFC 3464, in plain text.
	reports []desk.AutoRecipient
	// ours are the addresses that the bounce was sent to, self is the one that
	// it names as it names recipients.
	ours []desk.Mailbox
	self string
	// all is what the whole note says about the failure, once it was asked.
	all *diagnosis
}

// readNote reads the text of a mail as that of a mail system.
func (r *reading) readNote(mail *desk.Mail) *note {
	n := &note{r: r, ours: append(append([]desk.Mailbox{}, mail.To...), mail.Cc...)}
	n.split(mail.BodyText)
	top, starts := n.top()
	n.system, n.begins = systemOf(strings.ToLower(mail.Subject), top, starts)
	n.delayed = containsAny(strings.ToLower(mail.Subject), delayPhrases) ||
		containsAny(strings.Join(strings.Fields(strings.Join(n.lower, " ")), " "), delayPhrases)
	n.readReports()
	lists := plainLists
	if n.system != nil && n.system.lists != nil {
		lists = n.system.lists
	}
	n.list(lists)
	return n
}

// list notes the recipients in the lines. An address that the bounce was sent
// to is put aside: it is a recipient only where nobody else is named.
func (n *note) list(forms []string) {
	for i, l := range n.lines {
		n.r.work += len(l)
		for _, addr := range namedIn(l, forms) {
			if n.own(addr) {
				n.self = addr
				continue
			}
			n.add(addr, i)
		}
	}
}

// split divides the text into the note and the returned mail.
func (n *note) split(text string) {
	text = clip(text, noteCap)
	for len(n.lines) < noteLines && text != "" {
		one, rest, _ := strings.Cut(text, "\n")
		if len(n.lines) > 0 && returnBegins(one) {
			n.rest = text
			return
		}
		one = strings.Trim(one, " \t\r")
		n.lines, n.lower = append(n.lines, one), append(n.lower, strings.ToLower(one))
		text = rest
	}
	n.rest = text
}

// returnBegins tells whether a line introduces the returned mail, or is already
// its header.
func returnBegins(line string) bool {
	lower := strings.ToLower(strings.TrimRight(line, " \t\r"))
	for _, field := range []string{"received:", "return-path:", "x-received:", "dkim-signature:", "delivered-to:", "x-originating-ip:", "mime-version:", "arc-seal:"} {
		if strings.HasPrefix(lower, field) {
			return true
		}
	}
	framed := strings.Trim(lower, "-=_*|#<>.: []0123456789\t")
	if len(framed) > 80 {
		return false
	}
	for _, phrase := range returnPhrases {
		if strings.HasPrefix(framed, phrase) && !strings.Contains(framed, "was received") {
			return true
		}
	}
	return false
}

// returnPhrases begin the line above the returned mail.
var returnPhrases = []string{
	"this is a copy of", "below this line is", "below the next line is", "below is a copy", "original message", "the original message", "original mail", "original headers", "message header", "the header", "the headers",
	"unsent message follows", "returned message", "undelivered message", "message text follows", "included is a copy", "a copy of", "copy of the", "possibly truncated original", "here is listed the initial part", "the message subject was",
	"transcript of message", "start of returned", "begin message", "ursprüngliche nachricht", "originalnachricht", "kopfzeilen der", "en-têtes de message", "en-têtes du message", "encabezados de mensaje", "intestazioni del messaggio", "cabeçalhos da mensagem",
	"исходное сообщение", "заголовки",
}

// top is the beginning of the note as one line of text, in lower case and
// without what is quoted; starts are the places where its lines begin.
func (n *note) top() (text string, starts []int) {
	var b strings.Builder
	for _, l := range n.lines {
		if strings.Trim(l, "-=_*|#.+~ ") == "" || strings.HasPrefix(l, ">") {
			continue
		}
		if len(starts) == topLines {
			break
		}
		starts = append(starts, b.Len())
		b.WriteString(strings.Join(strings.Fields(strings.ToLower(clip(l, 1000))), " "))
		b.WriteByte(' ')
	}
	return b.String(), starts
}

// own tells whether an address is one that the bounce was sent to.
func (n *note) own(addr string) bool {
	for _, box := range n.ours {
		if desk.FoldAddress(box.Addr) == desk.FoldAddress(addr) {
			return true
		}
	}
	return false
}

// add notes a recipient that stands in a line.
func (n *note) add(addr string, line int) {
	addr = n.r.address(addr)
	if addr == "" || len(n.recipients) >= recipientCap {
		return
	}
	for _, known := range n.recipients {
		if desk.FoldAddress(known) == desk.FoldAddress(addr) {
			return
		}
	}
	n.recipients = append(n.recipients, addr)
	n.at = append(n.at, line)
}

// name notes a recipient that is named outside of the note.
func (n *note) name(addr string) { n.add(addr, -1) }

// readReports reads the fields of RFC 3464 where they stand in plain text.
func (n *note) readReports() {
	var b strings.Builder
	for _, l := range n.lines {
		for _, name := range []string{"original-recipient", "final-recipient", "action", "status", "diagnostic-code"} {
			if value, ok := cutField(l, name); ok {
				b.WriteString(name + ": " + value + "\n")
			}
		}
	}
	if b.Len() > 0 {
		n.reports = n.r.deliveryStatus([]byte(b.String()))
	}
}

// complete gives the recipients of the bounce. Those of a report keep what it
// says, and the note fills in what it does not.
func (n *note) complete(list []desk.AutoRecipient) []desk.AutoRecipient {
	if list == nil {
		list = n.reports
	}
	if len(list) == 0 {
		for _, addr := range n.recipients {
			list = append(list, desk.AutoRecipient{Addr: addr})
		}
	}
	done := make([]desk.AutoRecipient, 0, len(list))
	for i, to := range list {
		if to.Status == "" && i < recipientCap {
			to.Status = n.statusOf(to.Addr)
		}
		if to.Action == "" {
			to.Action = "failed"
			if n.delayed {
				to.Action = "delayed"
			}
		}
		if n.delayed && to.Action == "delayed" {
			if to.Status == "" {
				to.Status = "4.0.0"
			}
			to.Status = "4" + to.Status[1:]
		}
		done = append(done, hardened(to))
	}
	return done
}

// statusOf finds what the note says about one recipient: first near its
// address, then, when it is the only one, anywhere. A number that a server gave
// is better than words.
func (n *note) statusOf(addr string) string {
	about := n.near(addr)
	n.r.work += len(about) + noteLines
	near := diagnose(about)
	if near.coded || len(n.recipients) > 1 && near.status != "" {
		return near.status
	}
	if n.all == nil {
		all := diagnose(strings.Join(n.lines, "\n"))
		n.all = &all
	}
	all := *n.all
	if all.coded && len(n.recipients) <= 1 || near.status == "" {
		return all.status
	}
	return near.status
}

// near gives the lines about one recipient: those with its address, and what
// follows up to a blank line or the next recipient.
func (n *note) near(addr string) string {
	var b strings.Builder
	lower := strings.ToLower(addr)
	about := false
	for i, l := range n.lines {
		switch {
		case strings.Contains(n.lower[i], lower):
			about = true
		case l == "" && !n.announces(i), n.names(i):
			about = false
		}
		if about && b.Len() < diagnosticCap {
			b.WriteString(l)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// announces tells whether a blank line stands right below an address, which is
// then a heading.
func (n *note) announces(line int) bool { return line > 0 && n.names(line-1) }

func (n *note) names(line int) bool {
	for _, at := range n.at {
		if at == line {
			return true
		}
	}
	return false
}

// delayPhrases say that a mail system will try again.
var delayPhrases = []string{
	"this is a warning message only", "this is a warning only", "you do not need to resend", "has not yet been delivered", "not been delivered yet", "still undelivered after", "delivery attempts will continue", "has been delayed", "will be retried", "could not send message for past", "could not send mail for past",
	"still being retried", "will keep trying", "only a temporary failure report", "do not need to re-send", "delivery status notification (delay)", "zustellung verzögert", "verzögerte zustellung", "remise différée", "retrasada la entrega",
}
