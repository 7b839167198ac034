package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// RoutingManual is how it is written that new conversations wait for a person.
const RoutingManual = "manual"

// Routing says who gets new conversations: a strategy's id, [Manually], or 0
// where nobody has decided yet. Until somebody does they wait unassigned (H1).
type Routing int64

// Manually is the decision that people take and assign by hand.
const Manually Routing = -1

// Strategy is the one that decides; 0 when none does.
func (r Routing) Strategy() StrategyID { return StrategyID(max(r, 0)) }

// chain is what a new conversation goes along; empty when nothing decides.
func (r Routing) chain() []Choice {
	if r <= 0 {
		return nil
	}
	return []Choice{{ToStrategy, int64(r)}}
}

// Use is an inbox, or one address of it, in which a routing was decided.
type Use struct {
	Inbox   InboxID
	Address string // empty for the inbox as a whole
	Routing Routing
}

// parseChoice reads one step of a chain as people write it, see [Choice].
func parseChoice(r Reader, text string) (Choice, error) {
	word := FoldName(text)
	switch ChoiceKind(word) {
	case ToNobody, ToContactOwner, ToDealOwner:
		return Choice{Kind: ChoiceKind(word)}, nil
	default:
	}
	if name, ok := strings.CutPrefix(word, string(ToStrategy)+":"); ok {
		st, err := strategyNamed(r, name)
		return Choice{ToStrategy, int64(st.ID)}, err
	}
	g, _, err := grantee(r, strings.TrimPrefix(word, string(ToOne)+":"))
	if err != nil {
		return Choice{}, err
	}
	if g.Kind == ToEveryone {
		return Choice{}, invalid("BAD_TARGET", "It is a login, team:NAME, strategy:NAME, contact-owner, deal-owner or nobody.", "Everyone cannot have a conversation.")
	}
	return Choice{ChoiceKind(g.Kind), g.ID}, nil
}

// words writes a choice as [parseChoice] reads it.
func (c Choice) words(r Reader) (string, error) {
	switch c.Kind {
	case ToStrategy:
		st, err := r.Strategy(StrategyID(c.ID))
		return string(c.Kind) + ":" + st.Name, err
	case ToOne, ToTeamQueue:
		return Grantee{GranteeKind(c.Kind), c.ID}.words(r)
	default:
		return string(c.Kind), nil
	}
}

// words writes a user or team as people do: maya, team:billing.
func (g Grantee) words(r Reader) (string, error) {
	switch g.Kind {
	case ToTeam:
		teams, err := r.Teams()
		if at := slices.IndexFunc(teams, func(t Team) bool { return t.ID == TeamID(g.ID) }); at >= 0 {
			return teamMark + teams[at].Name, err
		}
		return teamMark + strconv.FormatInt(g.ID, 10), err // dissolved since
	case ToEveryone:
		return Everyone, nil
	default:
		return loginOf(r, UserID(g.ID))
	}
}

// strategyView puts a strategy into words.
func (s *Seat) strategyView(r Reader, st Strategy) (StrategyView, error) {
	v := StrategyView{Strategy: st}
	for _, g := range st.Targets {
		word, err := g.words(r)
		if err != nil {
			return v, err
		}
		v.On = append(v.On, word)
	}
	for _, c := range st.Else {
		word, err := c.words(r)
		if err != nil {
			return v, err
		}
		v.Otherwise = append(v.Otherwise, word)
	}
	uses, err := r.Uses()
	if err != nil {
		return v, err
	}
	for _, u := range uses {
		if u.Routing.Strategy() != st.ID || st.ID == 0 {
			continue
		}
		ok, err := s.sees(r, u.Inbox)
		if err != nil {
			return v, err
		}
		if !ok {
			continue // its name is not the viewer's to know
		}
		in, err := r.Inbox(u.Inbox)
		if err != nil {
			return v, err
		}
		name := in.Name
		if u.Address != "" {
			name = u.Address
		}
		v.Used = append(v.Used, name)
	}
	all, err := r.Strategies()
	if err != nil {
		return v, err
	}
	for _, other := range all {
		if slices.Contains(other.Else, Choice{ToStrategy, int64(st.ID)}) && st.ID != 0 {
			v.Used = append(v.Used, string(ToStrategy)+":"+other.Name)
		}
	}
	return v, nil
}

// StrategyWords is what the journal keeps of a strategy.
type StrategyWords struct {
	Name string       `json:"name"`
	Kind StrategyKind `json:"kind"`
	On   []string     `json:"on,omitempty"`
	Else []string     `json:"else,omitempty"`
}

func (v StrategyView) words() StrategyWords { return StrategyWords{v.Name, v.Kind, v.On, v.Otherwise} }

// checkUses holds a strategy to the inboxes that use it, see [checkRouting].
func checkUses(r Reader, st Strategy) error {
	uses, err := r.Uses()
	if err != nil {
		return err
	}
	for _, u := range uses {
		id := u.Routing.Strategy()
		if id == 0 {
			continue
		}
		used, err := r.Strategy(id)
		if err != nil {
			return err
		}
		leads, err := leadsTo(r, used, st.ID)
		if err != nil {
			return err
		}
		if !leads {
			continue
		}
		in, err := r.Inbox(u.Inbox)
		if err != nil {
			return err
		}
		if err := checkRouting(r, in, []Choice{{ToStrategy, int64(st.ID)}}); err != nil {
			return err
		}
	}
	return nil
}

// leadsTo reports whether a strategy is another one or has it in its chain.
func leadsTo(r Reader, from Strategy, to StrategyID) (bool, error) {
	if from.ID == to {
		return true, nil
	}
	for _, c := range from.Else {
		if c.Kind != ToStrategy {
			continue
		}
		next, err := r.Strategy(StrategyID(c.ID))
		if err != nil {
			return false, err
		}
		if ok, err := leadsTo(r, next, to); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// checkRouting refuses choices that could lead to somebody who may not answer
// in the inbox, and names all of them (S106). Who is disabled or invited is no
// reason: he may come back.
func checkRouting(r Reader, in Inbox, list []Choice) error {
	outside, err := outsiders(r, in.ID, list)
	if err != nil || len(outside) == 0 {
		return err
	}
	slices.Sort(outside)
	outside = slices.Compact(outside)
	return conflict("TARGET_WITHOUT_ACCESS", "Let them in with: "+command("inbox", "member", "add", in.Name, outside[0])+", or leave them out.",
		"%s may not answer in %q.", strings.Join(outside, ", "), in.Name)
}

// outsiders are the targets of a chain that may not answer in an inbox, as
// they are written.
func outsiders(r Reader, in InboxID, list []Choice) ([]string, error) {
	var out []string
	for _, c := range list {
		more, err := outsidersOf(r, in, c)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func outsidersOf(r Reader, in InboxID, c Choice) ([]string, error) {
	var agents []Agent
	var err error
	switch c.Kind {
	case ToOne:
		var a Agent
		a, err = r.Agent(UserID(c.ID), in)
		agents = []Agent{a}
	case ToTeamQueue:
		return teamOutside(r, in, c)
	case ToStrategy:
		st, err := r.Strategy(StrategyID(c.ID))
		if err != nil {
			return nil, err
		}
		if agents, err = r.Agents(st.ID, in); err != nil {
			return nil, err
		}
		out, err := outsiders(r, in, st.Else)
		return append(logins(agents), out...), err
	default:
		return nil, nil
	}
	return logins(agents), err
}

// logins are those among agents who could sign in and may not answer.
func logins(agents []Agent) []string {
	var out []string
	for _, a := range agents {
		if a.Active() && !a.Rights.Reply {
			out = append(out, a.Login)
		}
	}
	return out
}

// teamOutside names a team of which nobody may answer in an inbox.
func teamOutside(r Reader, in InboxID, c Choice) ([]string, error) {
	members, err := r.TeamMembers(TeamID(c.ID))
	if err != nil {
		return nil, err
	}
	for _, u := range members {
		have, err := r.Rights(in, u.ID)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return nil, err
		}
		if have.Reply {
			return nil, nil
		}
	}
	word, err := c.words(r)
	return []string{word}, err
}

// putRouting chooses who gets the new conversations of an inbox.
func putRouting(r Reader, c *chosen, value string) error {
	to, err := parseRouting(r, c.Inbox, value)
	c.Routing = to
	return err
}

// parseRouting reads a strategy's name, manual, or nothing, and holds the
// strategy to the inbox.
func parseRouting(r Reader, in Inbox, value string) (Routing, error) {
	switch FoldName(value) {
	case "":
		return 0, nil
	case RoutingManual:
		return Manually, nil
	}
	st, err := strategyNamed(r, strings.TrimPrefix(FoldName(value), string(ToStrategy)+":"))
	if err != nil {
		return 0, err
	}
	if err := mustFind(r, st); err != nil {
		return 0, err
	}
	return Routing(st.ID), checkRouting(r, in, []Choice{{ToStrategy, int64(st.ID)}})
}

// routingWords is how a routing is written; empty while undecided.
func routingWords(r Reader, to Routing) (string, error) {
	switch {
	case to == Manually:
		return RoutingManual, nil
	case to == 0:
		return "", nil
	}
	st, err := r.Strategy(to.Strategy())
	if err != nil {
		return "", fmt.Errorf("read strategy %d: %w", to, err)
	}
	return st.Name, nil
}

// reroute decides for an inbox or address. What waits for the strategy of
// before waits for the new one.
func reroute(w Writer, u Use, before Routing) error {
	if err := w.SaveRouting(u); err != nil {
		return err
	}
	if before.Strategy() == 0 {
		return nil
	}
	return w.Rewait(u.Inbox, before.chain(), u.Routing.chain())
}

// Strategy gives the strategy called name, in words.
func (s *Seat) Strategy(ctx context.Context, name string) (StrategyView, error) {
	var v StrategyView
	err := s.d.store.Read(ctx, func(r Reader) error {
		st, err := strategyNamed(r, name)
		if err == nil {
			v, err = s.strategyView(r, st)
		}
		return err
	})
	return v, err
}

// asInbox is how it is written that an address has no routing of its own.
const asInbox = "inbox"

// RouteAddress decides for the mail of one address of a shared inbox: a
// strategy, manual, or inbox for what the inbox as a whole has. Only who may
// configure the inbox.
func (s *Seat) RouteAddress(ctx context.Context, address, routing string) (Inbox, error) {
	var in Inbox
	err := s.write(ctx, func(w Writer) error {
		h, err := w.AddressHolder(FoldAddress(address))
		if err == nil {
			in, err = s.mayIn(w, h.Inbox.Name, RightConfigure)
		}
		if errors.Is(err, ErrNoRow) || KindOf(err) == NotFound && err != nil {
			return notFound("NO_SUCH_ADDRESS", "See them with: postroom account alias list", "No inbox of yours has the address %s.", address)
		}
		if err == nil && in.Kind == Personal {
			err = conflict("PERSONAL_INBOX", "Route the addresses of shared inboxes.", "What comes into a personal inbox is its owner's.")
		}
		if err != nil {
			return err
		}
		if FoldName(routing) == asInbox {
			routing = ""
		}
		to, err := parseRouting(w, in, routing)
		if err != nil {
			return err
		}
		uses, err := w.UsesOf(in.ID)
		if err != nil {
			return err
		}
		u := Use{Inbox: in.ID, Address: FoldAddress(address), Routing: to}
		var before Routing
		for _, had := range uses {
			if had.Address == u.Address {
				before = had.Routing
			}
		}
		was, err := routingWords(w, before)
		if err != nil {
			return err
		}
		if err := w.SaveRouting(u); err != nil {
			return err
		}
		is, err := routingWords(w, to)
		if err != nil {
			return err
		}
		return w.Append(s.setup(EventAddressRouted, in.ID, state(AddressRouted{u.Address, was}), state(AddressRouted{u.Address, is})))
	})
	return in, err
}

// AddressRouted is what the journal keeps of the routing of an address.
type AddressRouted struct {
	Address string `json:"address"`
	Routing string `json:"routing"`
}
