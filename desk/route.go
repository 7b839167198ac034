package desk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Routed is what the journal keeps of how a conversation got somebody by
// itself, or why it got nobody. It is all that explains it later: nothing is
// computed again.
type Routed struct {
	Steps []RoutedStep `json:"steps"`
	User  UserID       `json:"user,omitempty"`
	Team  TeamID       `json:"team,omitempty"`
	// Waits says that nobody could have it: it is given to the first who can.
	Waits bool `json:"waits,omitempty"`
}

// RoutedStep is one choice on the way, with all who were looked at.
type RoutedStep struct {
	// By is the choice as it is written, Kind what sort of strategy it was.
	By         string       `json:"by"`
	Kind       StrategyKind `json:"kind,omitempty"`
	Candidates []Candidate  `json:"candidates,omitempty"`
	// Said is why there was nobody to look at.
	Said string `json:"said,omitempty"`
}

// Candidate is one who was looked at. Load, Capacity and Turn are what counted
// at that moment.
type Candidate struct {
	User     UserID `json:"user"`
	Load     int    `json:"load"`
	Capacity int    `json:"capacity,omitempty"`
	Turn     int64  `json:"turn,omitempty"`
	Skip     Skip   `json:"skip,omitempty"`
	Chosen   bool   `json:"chosen,omitempty"`
}

// finding is the search for who gets one conversation.
type finding struct {
	d *Desk
	w Writer
	c Conversation
	// team limits it to the people of one team; nil does not.
	team map[UserID]bool
	// without is who had it and did nothing; 0 is nobody.
	without UserID
	// tried are the strategies it has gone through: a chain that was changed
	// into a loop ends all the same.
	tried map[StrategyID]bool
	found Routed
}

// find goes along a chain until somebody can have the conversation. It writes
// nothing but the turn of who was found. It does not find without.
func (d *Desk) find(w Writer, c Conversation, chain []Choice, without UserID) (Routed, error) {
	f := &finding{d: d, w: w, c: c, without: without, tried: map[StrategyID]bool{}}
	if c.Team != 0 {
		members, err := w.TeamMembers(c.Team)
		if err != nil {
			return Routed{}, err
		}
		f.team = map[UserID]bool{}
		for _, u := range members {
			f.team[u.ID] = true
		}
	}
	ended, err := f.along(chain)
	f.found.Waits = !ended
	return f.found, err
}

// along tries one choice after the other; ended says that one has decided.
func (f *finding) along(chain []Choice) (ended bool, err error) {
	for _, c := range chain {
		if ended, err = f.try(c); ended || err != nil {
			return ended, err
		}
	}
	return false, nil
}

func (f *finding) try(c Choice) (ended bool, err error) {
	switch c.Kind {
	case ToNobody:
		f.found.Steps = append(f.found.Steps, RoutedStep{By: string(ToNobody)})
		return true, nil
	case ToTeamQueue:
		return f.toTeam(c)
	case ToOne:
		by, err := c.words(f.w)
		if err != nil {
			return false, err
		}
		return f.one(RoutedStep{By: by}, UserID(c.ID))
	case ToContactOwner, ToDealOwner:
		return f.owner(RoutedStep{By: string(c.Kind), Kind: StrategyKind(c.Kind)})
	case ToStrategy:
		return f.strategy(StrategyID(c.ID))
	default:
		return false, fmt.Errorf("the choice %q is not known", c.Kind)
	}
}

// toTeam gives the conversation to a team of which somebody may answer it.
func (f *finding) toTeam(c Choice) (bool, error) {
	outside, err := teamOutside(f.w, f.c.Inbox, c)
	if err != nil {
		return false, err
	}
	by, err := c.words(f.w)
	if err != nil {
		return false, err
	}
	step := RoutedStep{By: by}
	if len(outside) > 0 {
		step.Said = "nobody of it may answer in this inbox"
	} else {
		f.found.Team = TeamID(c.ID)
	}
	f.found.Steps = append(f.found.Steps, step)
	return len(outside) == 0, nil
}

// one looks at a single user.
func (f *finding) one(step RoutedStep, id UserID) (bool, error) {
	a, err := f.w.Agent(id, f.c.Inbox)
	if errors.Is(err, ErrNoRow) {
		step.Said = "that user is not of this desk"
		f.found.Steps = append(f.found.Steps, step)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return f.among(step, 0, []Agent{a}, func([]Agent) int { return 0 })
}

// owner looks at who looks after the contact, or its newest open deal.
func (f *finding) owner(step RoutedStep) (bool, error) {
	id, said, err := keeperOf(f.w, f.c, step.Kind)
	if err != nil {
		return false, err
	}
	if id == 0 {
		step.Said = said
		f.found.Steps = append(f.found.Steps, step)
		return false, nil
	}
	return f.one(step, id)
}

func (f *finding) strategy(id StrategyID) (bool, error) {
	if f.tried[id] {
		return false, nil
	}
	f.tried[id] = true
	st, err := f.w.Strategy(id)
	if errors.Is(err, ErrNoRow) {
		return false, nil // removed since a rule named it
	}
	if err != nil {
		return false, err
	}
	step := RoutedStep{By: string(ToStrategy) + ":" + st.Name, Kind: st.Kind}
	var ended bool
	if st.Kind.chooses() {
		var agents []Agent
		if agents, err = f.w.Agents(id, f.c.Inbox); err == nil {
			ended, err = f.among(step, id, agents, f.d.chooser(st.Kind))
		}
	} else {
		ended, err = f.owner(step)
	}
	if ended || err != nil {
		return ended, err
	}
	return f.along(st.Else)
}

// among looks at all agents and lets choose pick one of those who can have the
// conversation. st is whose turn it was, or 0.
func (f *finding) among(step RoutedStep, st StrategyID, agents []Agent, choose func([]Agent) int) (bool, error) {
	now := f.d.now()
	var able []Agent
	for _, a := range agents {
		skip := f.d.skip(a, now)
		if skip == "" && f.team != nil && !f.team[a.ID] {
			skip = SkipTeam
		}
		if skip == "" && a.ID == f.without {
			skip = SkipSilent
		}
		if skip == "" {
			able = append(able, a)
		}
		step.Candidates = append(step.Candidates, Candidate{User: a.ID, Load: a.Load, Capacity: a.Availability.Capacity, Turn: a.Turn, Skip: skip})
	}
	if len(agents) == 0 {
		step.Said = "there is nobody to choose among"
	}
	if len(able) > 0 {
		chosen := able[choose(able)].ID
		at := slices.IndexFunc(step.Candidates, func(c Candidate) bool { return c.User == chosen })
		step.Candidates[at].Chosen = true
		f.found.User = chosen
		if st != 0 {
			if err := f.w.GiveTurn(st, chosen); err != nil {
				return false, err
			}
		}
	}
	f.found.Steps = append(f.found.Steps, step)
	return len(able) > 0, nil
}

// chooser is how a kind of strategy picks one of several, of whom each can.
func (d *Desk) chooser(k StrategyKind) func([]Agent) int {
	least := func(less func(a, b Agent) int) func([]Agent) int {
		return func(list []Agent) int {
			best := 0
			for i := range list {
				if less(list[i], list[best]) < 0 {
					best = i
				}
			}
			return best
		}
	}
	switch k {
	case LeastBusy:
		return least(busier)
	case Random:
		return func(list []Agent) int { return d.dice(len(list)) }
	default:
		return least(earlier)
	}
}

// dice gives a number from 0 to n-1, each as often as the next: what lies in
// the last, shorter round of all numbers is thrown again.
func (d *Desk) dice(n int) int {
	limit := ^uint64(0) - ^uint64(0)%uint64(n)
	for {
		var b [8]byte
		if _, err := io.ReadFull(d.rand, b[:]); err != nil {
			panic("desk: the source of randomness has failed: " + err.Error())
		}
		if v := binary.LittleEndian.Uint64(b[:]); v < limit {
			return int(v % uint64(n))
		}
	}
}

// search lets a chain find who gets a conversation and keeps in the journal how
// it was found. Nobody found: it waits for the first who can have it, and is
// seen as unassigned meanwhile. The caller saves c, and journals that somebody
// has it now.
func (d *Desk) search(w Writer, c *Conversation, chain []Choice, by Actor) (Routed, error) {
	return d.searchWithout(w, c, chain, by, 0)
}

// searchWithout is search for anybody but one.
func (d *Desk) searchWithout(w Writer, c *Conversation, chain []Choice, by Actor, without UserID) (Routed, error) {
	found, err := d.find(w, *c, chain, without)
	if err != nil {
		return found, err
	}
	if found.Waits {
		err = w.SaveWaiting(Waiting{Chain: chain, Without: without, Since: c.waitsSince(), Conversation: c.ID, Inbox: c.Inbox})
		return found, errors.Join(err, w.Append(d.routed(*c, found, by)))
	}
	return found, d.take(w, c, found, by)
}

// take does what was found.
func (d *Desk) take(w Writer, c *Conversation, found Routed, by Actor) error {
	if err := w.Append(d.routed(*c, found, by)); err != nil {
		return err
	}
	if found.User != 0 {
		c.Assignee = found.User
	}
	if found.Team != 0 {
		c.Team = found.Team
	}
	return w.DropWaiting(c.ID)
}

// give is search with the event of it, and what follows from that.
func (d *Desk) give(w Writer, c *Conversation, chain []Choice, by Actor) (Routed, error) {
	before := c.Assignment()
	found, err := d.search(w, c, chain, by)
	if err != nil {
		return found, err
	}
	return found, d.given(w, c, before, by)
}

// given journals that somebody has a conversation now, if that is so.
func (d *Desk) given(w Writer, c *Conversation, before Assignment, by Actor) error {
	if before.to(c.Assignment()) {
		return nil
	}
	ev := d.assignedEvent(*c, before, c.Assignment(), by)
	if err := w.Append(ev); err != nil {
		return err
	}
	return d.react(w, occasion{event: ev}, c)
}

// assignedEvent is the event of a change of who has a conversation.
func (d *Desk) assignedEvent(c Conversation, before, after Assignment, by Actor) *Event {
	return &Event{At: d.now(), Actor: by, Kind: EventAssigned, Inbox: c.Inbox, Conversation: c.ID, Before: state(before), After: state(after)}
}

func (d *Desk) routed(c Conversation, found Routed, by Actor) *Event {
	return &Event{At: d.now(), Actor: by, Kind: EventRouted, Inbox: c.Inbox, Conversation: c.ID, After: state(found)}
}

// routeNew is the follower that gives a conversation that has just begun, or
// opened again, to somebody by the routing of its inbox, if nobody has it and
// nothing has said otherwise. Who a machine wrote to waits for nobody.
func (d *Desk) routeNew(w Writer, o occasion, c *Conversation) error {
	if *o.decided || o.event.Kind != EventReceived || o.automatic() || c.Place() != InOpen || c.Assignee != 0 || c.Team != 0 || !o.began && !o.reopened {
		return nil
	}
	to, err := routingOf(w, *c, o.message)
	if err != nil || to.Strategy() == 0 {
		return err
	}
	_, err = d.give(w, c, to.chain(), connectorActor())
	return err
}

// routingOf is the routing of the address a mail was written to, or else of the
// inbox.
func routingOf(r Reader, c Conversation, m *Message) (Routing, error) {
	uses, err := r.UsesOf(c.Inbox)
	if err != nil || len(uses) == 0 {
		return 0, err
	}
	var whole Routing
	to := map[string]Routing{}
	var ours []Address
	for _, u := range uses {
		if u.Address == "" {
			whole = u.Routing
			continue
		}
		to[u.Address] = u.Routing
		ours = append(ours, Address{Address: u.Address})
	}
	if m != nil {
		if a, ok := writtenTo(*m, ours); ok {
			return to[a.Address], nil
		}
	}
	return whole, nil
}

// leaveAbsent takes a conversation that opens again from an owner who could not
// be given it now (F124). The inbox's routing, or whoever takes it, comes next.
func (d *Desk) leaveAbsent(w Writer, c *Conversation) error {
	if c.Assignee == 0 {
		return nil
	}
	in, err := w.Inbox(c.Inbox)
	if err != nil || in.Kind != Shared {
		return err
	}
	a, err := w.Agent(c.Assignee, c.Inbox)
	if err != nil {
		return err
	}
	why := d.skip(a, d.now())
	if why == "" {
		return nil
	}
	before := c.Assignment()
	c.Assignee = 0
	after := c.Assignment()
	after.Reason = a.Name + " " + why.Says()
	return w.Append(d.assignedEvent(*c, before, after, connectorActor()))
}
