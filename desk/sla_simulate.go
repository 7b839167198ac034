package desk

import (
	"context"
	"errors"
	"slices"
	"time"
)

// What policies would have meant for the tickets of the past: the journal of
// each ticket is gone through once more, and the clocks follow it by the same
// code that they run by, only that nothing is kept.

// MaxSimulated is how many tickets a simulation looks at, the newest first.
const MaxSimulated = 5000

// MaxSimulatedDays is how far back it looks at most.
const MaxSimulatedDays = 3650

// simulatedRows are how many tickets are read in one snapshot, so that a long
// simulation keeps no old version of the database alive.
const simulatedRows = 50

// Simulation is the question what a change would have meant.
type Simulation struct {
	// Days says that tickets made in so many days are looked at.
	Days int
	// Policy is the one that is changed, or the name of a new one behind those
	// there are; empty for the policies as they are. Terms are what changes.
	Policy string
	Terms  map[PolicyKey]string
}

// Simulated is what a simulation has found.
type Simulated struct {
	Since time.Time
	// Tickets is how many it looked at. More says that there are older ones
	// behind [MaxSimulated]. LeftOut were merged or split: their journal is of
	// several tickets. Unpromised are those for which no policy counts.
	Tickets, LeftOut, Unpromised int
	More                         bool
	// Goals are by policy in their order, and by [ClockKinds].
	Goals []SimulatedGoal
	// Each are the tickets the actor sees, newest first.
	Each []SimulatedTicket
}

// SimulatedGoal is what became of a policy's goal.
type SimulatedGoal struct {
	Policy string
	Clock  ClockKind
	// Tickets had such a clock; Missed of them would have missed it or be
	// overdue now, and Had have really, by whatever counted then.
	Tickets, Missed, Had int
}

// SimulatedTicket is a ticket with the clocks it would have had, in the order
// in which they began. Policies are not kept: the number of a new one is -1.
type SimulatedTicket struct {
	Conversation ConversationID
	Clocks       []Clock
}

// SimulateSLA says what the policies with a change would have meant for the
// tickets of the last days. It writes nothing, and ends with ctx. Admins only.
// The company of a contact is taken as it is now; nobody keeps when it changed.
func (s *Seat) SimulateSLA(ctx context.Context, q Simulation) (Simulated, error) {
	if q.Days < 1 || q.Days > MaxSimulatedDays {
		return Simulated{}, invalid("BAD_DAYS", "Write it like: --days 30", "%d is no number of days: from 1 to %d.", q.Days, MaxSimulatedDays)
	}
	out := Simulated{Since: s.d.now().AddDate(0, 0, -q.Days)}
	var ids []ConversationID
	var book whatIf
	err := s.d.store.Read(ctx, func(r Reader) error {
		err := s.mustAdmin(r, "simulate policies")
		if err == nil {
			book, err = s.whatIf(r, q)
		}
		if err == nil {
			ids, err = r.TicketsSince(out.Since, MaxSimulated+1)
		}
		return err
	})
	if err != nil {
		return Simulated{}, err
	}
	if out.More = len(ids) > MaxSimulated; out.More {
		ids = ids[:MaxSimulated]
	}
	out.begin(book.policies)
	for some := range slices.Chunk(ids, simulatedRows) {
		err := s.d.store.Read(ctx, func(r Reader) error {
			book.Reader = r
			for _, id := range some {
				if err := errors.Join(ctx.Err(), s.simulate(&out, book, id)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return Simulated{}, err
		}
	}
	return out, nil
}

// begin makes a line for each goal.
func (out *Simulated) begin(policies []Policy) {
	for _, p := range policies {
		for _, g := range p.Goals {
			if !p.Off {
				out.Goals = append(out.Goals, SimulatedGoal{Policy: p.Name, Clock: g.Clock})
			}
		}
	}
}

// simulate looks at one ticket.
func (s *Seat) simulate(out *Simulated, book whatIf, id ConversationID) error {
	c, err := book.Conversation(id)
	if err != nil || c.Ticket == 0 {
		return err
	}
	out.Tickets++
	past, err := pastOf(book.Reader, c)
	if err != nil {
		return err
	}
	if past.shared() {
		out.LeftOut++
		return nil
	}
	clocks, err := past.clocks(book)
	if err != nil {
		return err
	}
	if len(clocks) == 0 {
		out.Unpromised++
	}
	had := past.missed()
	for i, g := range out.Goals {
		clocks := slices.DeleteFunc(slices.Clone(clocks), func(k Clock) bool {
			return k.Kind != g.Clock || book.policy(k.Policy).Name != g.Policy
		})
		if len(clocks) == 0 {
			continue
		}
		missed := slices.ContainsFunc(clocks, func(k Clock) bool {
			state := k.State(s.d.now())
			return state == ClockMissed || state == ClockOverdue
		})
		out.Goals[i].Tickets++
		out.Goals[i].Missed += count(missed)
		out.Goals[i].Had += count(had[g.Clock])
	}
	sees, err := s.sees(book.Reader, c.Inbox)
	if sees {
		out.Each = append(out.Each, SimulatedTicket{id, clocks})
	}
	return err
}

// whatIf reads as the database is, but for policies, and for the mails of a
// ticket, which are those there were at a moment of the past. What is asked for
// each event is kept; calendars and pipelines that are nil are read.
type whatIf struct {
	Reader
	policies  []Policy
	calendars []Calendar
	pipelines []Pipeline
	// past and upTo are the ticket whose mails are asked for, and the entry of
	// its journal at which it stands.
	past past
	upTo int
}

// whatIf are the policies with what a simulation changes.
func (s *Seat) whatIf(r Reader, q Simulation) (whatIf, error) {
	policies, err := r.Policies()
	calendars, failed := r.Calendars()
	pipelines, failing := r.Pipelines()
	if err := errors.Join(err, failed, failing); err != nil {
		return whatIf{}, err
	}
	b := whatIf{Reader: r, policies: policies, calendars: calendars, pipelines: pipelines}
	if q.Policy == "" {
		return b, nil
	}
	at := slices.IndexFunc(policies, func(p Policy) bool { return FoldName(p.Name) == FoldName(q.Policy) })
	if at < 0 {
		name, err := shortName(q.Policy)
		if err != nil {
			return b, err
		}
		b.policies, at = append(policies, Policy{ID: -1, Line: -1, Name: name}), len(policies)
	}
	p := &b.policies[at]
	p.Goals = slices.Clone(p.Goals)
	if err := p.put(r, s, q.Terms); err != nil {
		return b, err
	}
	return b, p.promises()
}

// Policies implements [ClockReader].
func (b whatIf) Policies() ([]Policy, error) { return b.policies, nil }

// Policy implements [ClockReader].
func (b whatIf) Policy(id PolicyID) (Policy, error) {
	if p := b.policy(id); p.ID != 0 {
		return p, nil
	}
	return b.Reader.Policy(id)
}

func (b whatIf) policy(id PolicyID) Policy {
	if at := slices.IndexFunc(b.policies, func(p Policy) bool { return p.ID == id }); at >= 0 {
		return b.policies[at]
	}
	return Policy{}
}

// Calendars implements [ClockReader].
func (b whatIf) Calendars() ([]Calendar, error) {
	if b.calendars == nil {
		return b.Reader.Calendars()
	}
	return b.calendars, nil
}

// Calendar implements [ClockReader].
func (b whatIf) Calendar(id CalendarID) (Calendar, error) {
	if at := slices.IndexFunc(b.calendars, func(c Calendar) bool { return c.ID == id }); at >= 0 {
		return b.calendars[at], nil
	}
	return b.Reader.Calendar(id)
}

// Pipelines implements [TicketReader].
func (b whatIf) Pipelines() ([]Pipeline, error) {
	if b.pipelines == nil {
		return b.Reader.Pipelines()
	}
	return slices.Clone(b.pipelines), nil
}

// Mails implements [TimelineReader].
func (b whatIf) Mails(ConversationID) ([]Message, error) { return b.past.known(b.upTo), nil }
