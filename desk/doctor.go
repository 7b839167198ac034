package desk

import (
	"context"
	"errors"
	"strings"
	"time"
)

// The doctor looks at the desk as a whole for what is set up in a way that
// goes wrong without a sound: an account that died ten days ago, a queue that
// nobody opens, a colleague who has left and still holds conversations (rows
// S176, S233-S240, S254-S263). Each check is one row of [checks], asks only a
// chart that was read before, and says in words what is wrong, where, and the
// one command that mends it.

// Severity says how much a finding matters.
type Severity string

// The severities.
const (
	// Fault is something that does not work, or is about to be lost.
	Fault Severity = "fault"
	// Warning is something that works and is set up in a way that goes wrong.
	Warning Severity = "warning"
	// Notice is worth knowing, and nothing to mend.
	Notice Severity = "notice"
)

// Area is the part of the desk a check looks at.
type Area string

// The areas, in the order in which findings are told.
const (
	AreaAccounts Area = "accounts"
	AreaInboxes  Area = "inboxes"
	AreaPeople   Area = "people"
	AreaAccess   Area = "access"
	AreaDesk     Area = "desk"
)

// Check is one thing the doctor looks for.
type Check struct {
	// Code is stable and in capitals, for scripts.
	Code     string
	Area     Area
	Severity Severity
	// About says what is looked for, Mend how it is mended: the command with
	// what differs in capitals. Mend is empty where no command can.
	About, Mend string
	// Admin says that only an admin is told: it is about the desk as a whole.
	Admin bool
	// Source says where what is looked at lies.
	Source Source
}

// Source is where a check looks.
type Source string

// The sources.
const (
	InDesk    Source = "desk"    // in the database
	OnMachine Source = "machine" // on the machine that asks: [Readings.Machine]
	OnServers Source = "servers" // on the mail servers: [Readings.Servers]
)

// Finding is something that a check has found.
type Finding struct {
	Check
	// Where is the address, inbox, person or file it is about; empty when it
	// is the desk.
	Where string
	// What is wrong, in one or two sentences.
	What string
	// Fix is the command that mends it, for a shell; what stands in capitals
	// is to be filled in. It is empty where no command can mend it, or not the
	// viewer's.
	Fix string
}

// Diagnosis is what the doctor has found.
type Diagnosis struct {
	At time.Time
	// Checked are the checks that were made, Findings what they found, both in
	// the order of the areas.
	Checked  []Check
	Findings []Finding
}

// Well reports that nothing but notices were found.
func (d Diagnosis) Well() bool { return d.Passed() == len(d.Checked) }

// Passed is how many of the checks found nothing to mend: the score (S176).
func (d Diagnosis) Passed() int {
	failed := map[string]bool{}
	for _, f := range d.Findings {
		if f.Severity != Notice {
			failed[f.Code] = true
		}
	}
	return len(d.Checked) - len(failed)
}

// Readings is what was measured outside the database. What is nil was not
// looked at, and the checks that need it are not made.
type Readings struct {
	Machine *Machine
	Servers map[AccountID]ServerReading
}

// Machine is what the machine that asks says.
type Machine struct {
	// KeyFile is where the key to the passwords of the accounts has to lie.
	// KeyOpen says that others can read it, KeyMissing that it is not there, or
	// another one, KeyForeign, in its place.
	KeyFile                         string
	KeyOpen, KeyMissing, KeyForeign bool
	// Free is how many bytes are free where the database lies; negative when
	// that cannot be told, or is another machine's matter.
	Free int64
	// OpenFiles are files that others can read and a password command reads.
	OpenFiles map[AccountID]string
}

// ServerReading is what the servers of one account said just now.
type ServerReading struct {
	// IMAP and SMTP are why signing in failed; nil when it did not.
	IMAP, SMTP error
	// NoIdle says that the IMAP server does not tell of new mail by itself
	// (RFC 2177).
	NoIdle bool
	// CertificateEnds is the earlier end of both servers' certificates; zero
	// where there is none.
	CertificateEnds time.Time
}

// check is a Check and how it is made.
type check struct {
	Check
	find func(*chart) []Finding
}

// checks are all there are, in the order of the areas.
func checks() []check {
	var all []check
	for _, of := range [...][]check{accountChecks(), inboxChecks(), peopleChecks(), routingChecks(), accessChecks(), deskChecks()} {
		all = append(all, of...)
	}
	return all
}

// Checks are all that the doctor looks for.
func Checks() []Check {
	var list []Check
	for _, c := range checks() {
		list = append(list, c.Check)
	}
	return list
}

// chart is what the checks ask.
type chart struct {
	*survey
	readings Readings
	trouble  Trouble
	// answerers and activity count the last 30 days.
	answerers []Answerer
	activity  map[InboxID]int
	deputies  map[InboxID]UserID
	// tickets is where the inboxes make tickets, adrift where
	// those make them of which the pipeline or the stage is gone.
	tickets   map[InboxID]TicketsIn
	adrift    map[InboxID]string
	addresses []Address
	neverLogs []NeverLog // the desk's
	// routings are where it is decided who gets what is new, rules those that
	// are enabled.
	routings   map[InboxID]Routing
	rules      []Rule
	roster     *roster
	stale      []Conversation
	held       []Conversation
	unreadable []Conversation
	outbox     []Outgoing
	unparsed   int
	// waiting is what waits longest in each shared inbox nobody opens, if
	// possible of those nobody has.
	waiting map[InboxID]Conversation
	// began is when the desk did; backedUp and signedOff are zero before the
	// first time.
	began, backedUp, signedOff time.Time
	// lastEvent is when the newest event of the journal was.
	lastEvent time.Time
}

// Doctor looks for all that is wrong in what the actor may see. What is read
// from outside comes with him: the zero Readings leave those checks out.
func (s *Seat) Doctor(ctx context.Context, readings Readings) (Diagnosis, error) {
	var c *chart
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		c, err = s.chart(r)
		return err
	})
	if err != nil {
		return Diagnosis{}, err
	}
	c.readings, c.trouble = readings, s.d.Trouble()
	return c.diagnose(), nil
}

// diagnose makes every check that the viewer may and the readings allow.
func (c *chart) diagnose() Diagnosis {
	d := Diagnosis{At: c.now}
	for _, k := range checks() {
		blind := k.Source == OnMachine && c.readings.Machine == nil || k.Source == OnServers && c.readings.Servers == nil
		if blind || k.Admin && !c.me.Admin() {
			continue
		}
		d.Checked = append(d.Checked, k.Check)
		for _, f := range k.find(c) {
			f.Check = k.Check
			d.Findings = append(d.Findings, f)
		}
	}
	return d
}

const (
	// month is how far back traffic is counted.
	month = 30 * 24 * time.Hour
	// namedMost is how many conversations one command names.
	namedMost = 20
)

// chart reads it on one snapshot.
func (s *Seat) chart(r Reader) (*chart, error) {
	v, err := s.survey(r)
	if err != nil {
		return nil, err
	}
	c := &chart{survey: v, began: v.now, waiting: map[InboxID]Conversation{}}
	for _, u := range v.users {
		if u.CreatedAt.Before(c.began) {
			c.began = u.CreatedAt
		}
	}
	ago := v.now.Add(-month)
	for _, read := range [...]func() error{
		func() (err error) { c.answerers, err = r.Answerers(ago); return err },
		func() (err error) { c.activity, err = r.Activity(ago, fewConversations); return err },
		func() (err error) { c.deputies, err = r.Deputies(); return err },
		func() (err error) { c.addresses, err = r.Addresses(); return err },
		func() (err error) { c.neverLogs, err = r.NeverLogs(0); return err },
		func() (err error) { c.stale, err = r.Stale(s.actor.User, ago, staleMost); return err },
		func() (err error) { c.held, err = r.HeldByDisabled(s.actor.User, staleMost); return err },
		func() (err error) { c.unreadable, err = r.Unreadable(s.actor.User, staleMost); return err },
		func() (err error) { c.outbox, err = r.OutgoingFor(s.actor.User, false); return err },
		func() (err error) { c.unparsed, err = r.CountUnparsed(); return err },
		func() (err error) { c.backedUp, err = lastOf(r, EventBackedUp); return err },
		func() (err error) { c.signedOff, err = lastOf(r, EventSignedOff); return err },
		func() (err error) { c.lastEvent, err = newestEvent(r); return err },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(c.readTickets(r), c.readRouting(r)); err != nil {
		return nil, err
	}
	for _, in := range v.inboxes {
		if _, unopened := c.unopened(in); !unopened {
			continue
		}
		for _, whose := range []Assigned{Anybody, Nobody} {
			page, err := r.List(s.actor.User, View{Inbox: in.ID, Place: InOpen, Assigned: whose, Sort: ByWaiting}, Window{Limit: 1})
			if err != nil {
				return nil, err
			}
			if len(page.Rows) > 0 {
				c.waiting[in.ID] = page.Rows[0].Conversation
			}
		}
	}
	return c, nil
}

// lastOf is when upkeep of a kind was last done; zero when never.
func lastOf(r Reader, kind EventKind) (time.Time, error) {
	events, err := r.Upkeep(kind, 1)
	if err != nil || len(events) == 0 {
		return time.Time{}, err
	}
	return events[0].At, nil
}

func newestEvent(r Reader) (time.Time, error) {
	seq, err := r.LastSeq()
	if err != nil {
		return time.Time{}, err
	}
	events, err := r.EventsAfter(seq-1, 1)
	if err != nil || len(events) == 0 {
		return time.Time{}, err
	}
	return events[0].At, nil
}

// command is a command of postroom for a shell.
func command(words ...string) string {
	line := "postroom"
	for _, w := range words {
		line += " " + shellWord(w)
	}
	return line
}

// shellWord is a word as a POSIX shell takes it for itself.
func shellWord(w string) string {
	plain := w != "" && !strings.ContainsFunc(w, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./-_", r))
	})
	if plain {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// inWords is an error as it may stand in a sentence.
func inWords(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

// lasting is a time that has passed in the words of people.
func lasting(d time.Duration) string {
	if d < time.Minute {
		return "less than a minute"
	}
	return span(d)
}
