package desk

import (
	"slices"
	"strings"
	"time"
)

// situation is what a rule can ask beside the text of the mail itself: how
// everything stood when something happened. It is kept with what the rules did,
// so that they can be explained later as they were, not as things are by then.
type situation struct {
	At time.Time `json:"at"`
	// Home is the inbox it was in, Mail the mail that was looked at.
	Home     InboxID   `json:"home"`
	Mail     MessageID `json:"mail,omitempty"`
	Inbox    string    `json:"inbox"`
	Began    bool      `json:"new,omitempty"`
	Auto     bool      `json:"auto,omitempty"`
	Place    Place     `json:"place"`
	Owed     bool      `json:"owed,omitempty"`
	Assignee string    `json:"assignee,omitempty"` // the login
	Team     string    `json:"team,omitempty"`
	Tags     []string  `json:"tags,omitempty"`
	Priority Priority  `json:"priority,omitempty"`
	// Ticket says that it is one; Stage and Pipeline are folded, and told where
	// some rule asks for them, as are SLA, how its clocks stand, and Off, that
	// nobody works at the moment. Due is when its most urgent clock ends.
	Ticket   bool      `json:"ticket,omitempty"`
	Stage    string    `json:"stage,omitempty"`
	Pipeline string    `json:"pipeline,omitempty"`
	Due      time.Time `json:"due,omitzero"`
	SLA      []string  `json:"sla,omitempty"`
	Off      bool      `json:"off,omitempty"`
	Auth     string    `json:"auth"`
	// Owner looks after the contact, OpenDeal says that there is one. Contact
	// and Company are by what these can be named, folded: addresses and a name,
	// a name and domains. All are told where some rule asks.
	Owner    string   `json:"owner,omitempty"`
	OpenDeal bool     `json:"open_deal,omitempty"`
	Contact  []string `json:"contact,omitempty"`
	Company  []string `json:"company,omitempty"`
	// Channels are the addresses of ours that the mail came to.
	Channels []string `json:"channels,omitempty"`
	// Headers are the fields that some rule asks for, by their names in lower
	// case; Language is told where some rule asks for it.
	Headers  map[string][]string `json:"headers,omitempty"`
	Language string              `json:"language,omitempty"`
}

// facts are a situation and its mail, prepared so that a thousand rules can be
// asked. What nobody asks for is not made.
type facts struct {
	situation
	// asked is what the rules ask for.
	asked *bucket
	// found are the keys of foundBy that are in the mail.
	found                   []bool
	foundBy                 *bucket
	mail                    Mail
	subject, body, from, to *wording
	fields                  map[string]wording
	addressed               *[2][]string
}

func once(at **wording, text func() string) wording {
	if *at == nil {
		w := wordingOf(text())
		*at = &w
	}
	return **at
}

func (f *facts) subjectWords() wording {
	return once(&f.subject, func() string { return subjectOf(f.mail.Subject) })
}

func (f *facts) bodyWords() wording { return once(&f.body, func() string { return f.mail.Text }) }

func (f *facts) fromWords() wording {
	return once(&f.from, func() string { return written(f.mail.From, nil) })
}

func (f *facts) toWords() wording {
	return once(&f.to, func() string {
		return written(slices.Concat(f.mail.To, f.mail.Cc, f.mail.Bcc), append(slices.Clone(f.mail.DeliveredTo), f.Channels...))
	})
}

// fieldWords are those of a header field. A phrase stands in one value: two
// blanks, which no phrase has, keep one value from the next.
func (f *facts) fieldWords(name string) wording {
	w, folded := f.fields[name]
	if folded {
		return w
	}
	for _, value := range f.Headers[name] {
		w += wordingOf(value)
	}
	if f.fields == nil {
		f.fields = map[string]wording{}
	}
	f.fields[name] = w
	return w
}

func written(people []Mailbox, more []string) string {
	var b strings.Builder
	for _, m := range people {
		b.WriteString(m.Name + "\n" + m.Addr + "\n")
	}
	return b.String() + strings.Join(more, "\n")
}

// senders and recipients are folded addresses. Whoever got the mail by a Bcc or
// an alias is where the server wrote down that it delivered it, or else the
// account it lies in (row S104).
func (f *facts) senders() []string    { return f.addresses()[0] }
func (f *facts) recipients() []string { return f.addresses()[1] }

func (f *facts) addresses() *[2][]string {
	if f.addressed != nil {
		return f.addressed
	}
	f.addressed = &[2][]string{}
	add := func(to int, addr string) {
		folded := FoldAddress(addr)
		for _, a := range []string{folded, stripPlus(folded)} {
			if a != "" && !slices.Contains(f.addressed[to], a) && len(f.addressed[to]) < maxRulePeople {
				f.addressed[to] = append(f.addressed[to], a)
			}
		}
	}
	for _, m := range f.mail.From {
		add(0, m.Addr)
	}
	for _, addr := range slices.Concat(f.Channels, f.mail.DeliveredTo) {
		add(1, addr)
	}
	for _, m := range slices.Concat(f.mail.To, f.mail.Cc, f.mail.Bcc) {
		add(1, m.Addr)
	}
	return f.addressed
}

// maxRulePeople is how many addresses of a mail are looked at.
const maxRulePeople = 200

// addressIs reports whether a folded address is the wanted one: a whole one,
// everybody at a domain (@acme.test), or a name at any (billing@).
func addressIs(addr, want string) bool {
	at := strings.LastIndexByte(addr, '@')
	switch {
	case at < 0:
		return addr == want
	case strings.HasPrefix(want, "@"):
		return addr[at:] == want
	case strings.HasSuffix(want, "@"):
		return addr[:at+1] == want
	default:
		return addr == want
	}
}
