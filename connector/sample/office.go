package sample

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// Mailbox is one mailbox of the sample office.
type Mailbox struct {
	Address, Password string
	// Inbox is the name of the inbox it serves; Personal whose login owns it,
	// empty for a shared one.
	Inbox, Personal string
	// Alias is another address whose mail arrives there; empty for none.
	Alias string
	// Tickets is where its conversations become tickets, or "off"; empty for a
	// personal one.
	Tickets string
}

// Person is one of the agents of the sample office.
type Person struct{ Login, Name string }

// Mailboxes lists the mailboxes there are.
func Mailboxes() []Mailbox {
	return []Mailbox{
		{"support@acme.test", "sample", "Support", "", "help@acme.test", "Support/New"},
		{"billing@acme.test", "sample", "Billing", "", "", "off"},
		{"maya@acme.test", "sample", "Maya", "maya", "", ""},
	}
}

// People lists the agents; the first one is who sits at the keyboard.
func People() []Person {
	return []Person{{"maya", "Maya Brandt"}, {"tom", "Tom Ashe"}, {"sven", "Sven Berg"}}
}

// Conversations is how many matters the sample mail holds when it starts.
const Conversations = 320

// Office is a running sample office.
type Office struct {
	// IMAP and SMTP are where its servers listen, as URLs.
	IMAP, SMTP string

	servers *servers
	mu      sync.Mutex
	rand    *rand.Rand
	next    int
	// wrote is told which customer an agent has written to.
	wrote chan letter
}

// Open starts the servers on loopback and fills them with mail as of now. The
// same seed gives the same mail.
func Open(now time.Time, seed uint64) (*Office, error) {
	o := &Office{rand: rand.New(rand.NewPCG(seed, seed)), wrote: make(chan letter, 16)} //nolint:gosec // sample mail needs no secrets
	var err error
	if o.servers, err = serve(o.sent); err != nil {
		return nil, err
	}
	o.IMAP, o.SMTP = "imap://"+o.servers.imapAddr, "smtp://"+o.servers.smtpAddr
	if err := o.fill(now); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// Close stops the servers.
func (o *Office) Close() error { return o.servers.close() }

// fill writes the history: most of the matters are from the last days, a third
// is older than the cut-off and comes in closed.
func (o *Office) fill(now time.Time) error {
	var letters []delivery
	ts := topics()
	for i := range Conversations {
		age := time.Duration(o.rand.Int64N(int64(9*24*time.Hour))) + 10*time.Minute
		if i%3 == 2 {
			age = 35*24*time.Hour + time.Duration(o.rand.Int64N(int64(200*24*time.Hour)))
		}
		letters = append(letters, o.matter(ts[i%len(ts)], now.Add(-age), now)...)
	}
	letters = append(letters, o.oddities(now)...)
	sortByDate(letters)
	for _, d := range letters {
		if err := o.servers.append(d); err != nil {
			return err
		}
	}
	return nil
}

// delivery is a letter and where it lies.
type delivery struct {
	letter
	mailbox, folder string
	seen            bool
}

// matter is one conversation: the question, and of some the answer and more.
func (o *Office) matter(t topic, at, now time.Time) []delivery {
	c := o.customerFor(t)
	fill := o.filler(c)
	box := t.inbox + "@acme.test"
	first := o.letter(c, box, fill(t.subject), fill(t.ask), at)
	first.attach = t.attach
	first.html = o.rand.IntN(3) == 0
	list := []delivery{{letter: first, mailbox: box, folder: "INBOX"}}
	answered := at.Add(time.Duration(1+o.rand.IntN(20)) * time.Hour)
	if t.answer == "" || answered.After(now) || o.rand.IntN(3) == 0 {
		return list
	}
	ours := letter{
		from: officeName(t.inbox) + " <" + box + ">", to: first.from, subject: "Re: " + first.subject,
		text: fill(t.answer), id: o.id("acme.test"), inReplyTo: first.id, at: answered,
	}
	list = append(list, delivery{ours, box, "Sent", true})
	again := answered.Add(time.Duration(1+o.rand.IntN(30)) * time.Hour)
	if t.again == "" || again.After(now) {
		return list
	}
	last := o.letter(c, box, "Re: "+first.subject, t.again+quote(ours.text, officeName(t.inbox), ours.at), again)
	last.inReplyTo = ours.id
	return append(list, delivery{letter: last, mailbox: box, folder: "INBOX"})
}

func officeName(inbox string) string {
	if inbox == "maya" {
		return "Maya Brandt"
	}
	return "Acme " + strings.ToUpper(inbox[:1]) + inbox[1:]
}

func (o *Office) letter(c customer, to, subject, text string, at time.Time) letter {
	_, domain, _ := strings.Cut(c.addr, "@")
	return letter{from: c.name + " <" + c.addr + ">", to: to, subject: subject, text: text, id: o.id(domain), at: at}
}

func (o *Office) id(domain string) string {
	o.next++
	return fmt.Sprintf("%08x.%d@%s", o.rand.Uint32(), o.next, domain)
}

// customerFor picks somebody who writes in the language of the topic.
func (o *Office) customerFor(t topic) customer {
	var list []customer
	for _, c := range customers() {
		if c.lang == t.lang {
			list = append(list, c)
		}
	}
	return list[o.rand.IntN(len(list))]
}

// filler replaces the names in braces, the same way throughout a conversation.
func (o *Office) filler(c customer) func(string) string {
	first, _, _ := strings.Cut(c.name, " ")
	r := strings.NewReplacer(
		"{order}", fmt.Sprintf("A-%05d", 10000+o.rand.IntN(80000)),
		"{amount}", fmt.Sprintf("%d.%02d", 20+o.rand.IntN(900), o.rand.IntN(100)),
		"{product}", products()[o.rand.IntN(len(products()))],
		"{name}", c.name, "{first}", first)
	return r.Replace
}

// oddities are the mails every inbox gets besides: a vacation reply, a bounce,
// junk, and one that tries to draw on the screen.
func (o *Office) oddities(now time.Time) []delivery {
	plain := func(name, addr, subject, text string, ago time.Duration, extra string) letter {
		l := o.letter(customer{name, addr, "en"}, "support@acme.test", subject, text, now.Add(-ago))
		l.extra = extra
		return l
	}
	toAlias := plain("Emoji 👩‍👩‍👧‍👦 family", "family@photos.test", "Photos 🏳️‍🌈 ✈️ from हिंदी and 한국", "Wide, joined and combined: e\u0301 ñ 👍🏽", 4*time.Hour, "")
	toAlias.to = Mailboxes()[0].Alias
	return []delivery{
		{letter: plain("Hanna Lindqvist", "hanna@lindqvist.test", "Automatic reply: your order", "I am away until Monday and will read your mail then.", 3*time.Hour, "Auto-Submitted: auto-replied\r\n"), mailbox: "support@acme.test", folder: "INBOX"},
		{letter: plain("Shop news", "news@shop.test", "Everything must go", "Our autumn sale ends tonight.", 5*time.Hour, "List-Unsubscribe: <mailto:leave@shop.test>\r\nList-Id: <news.shop.test>\r\nPrecedence: bulk\r\n"), mailbox: "support@acme.test", folder: "INBOX"},
		{letter: plain("Prize desk", "win@prizes.test", "You have won", "Answer with your account number.", 26*time.Hour, ""), mailbox: "support@acme.test", folder: "Junk"},
		{letter: plain("\x1b[31mRed\x1b[0m", "red@hostile.test", "Look \x1b[2J\x1b[H here \u202egnp.exe", "A mail that would like to clear your screen:\n\x1b]0;title\x07\x1b[2J\nIt cannot.", 90*time.Minute, ""), mailbox: "support@acme.test", folder: "INBOX"},
		{letter: toAlias, mailbox: "support@acme.test", folder: "INBOX"},
	}
}
