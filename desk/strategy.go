package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// StrategyKind says how a strategy finds who gets a conversation.
type StrategyKind string

// The kinds of strategies. Their words are stable.
const (
	// RoundRobin gives it to whom the strategy has given nothing for longest.
	// What people assign by hand does not move the turns.
	RoundRobin StrategyKind = "round-robin"
	// LeastBusy gives it to who has the fewest that need an answer, for how
	// much of a day he works; of equals as RoundRobin does.
	LeastBusy StrategyKind = "least-busy"
	// Random throws dice.
	Random StrategyKind = "random"
	// ContactOwner gives it to who looks after the contact.
	ContactOwner StrategyKind = "contact-owner"
	// DealOwner gives it to the owner of the contact's open deal, of several
	// the one something was done in last.
	DealOwner StrategyKind = "deal-owner"
)

// StrategyKinds are all kinds, in the order in which they are shown.
func StrategyKinds() []StrategyKind {
	return []StrategyKind{RoundRobin, LeastBusy, Random, ContactOwner, DealOwner}
}

// chooses reports whether the kind chooses among targets; the others find one
// person by themselves.
func (k StrategyKind) chooses() bool { return k == RoundRobin || k == LeastBusy || k == Random }

// Strategy is a named way to find who gets a conversation.
type Strategy struct {
	ID   StrategyID
	Name string // unique, compared folded
	Kind StrategyKind
	// Targets are the users and teams it chooses among; none for an owner.
	Targets []Grantee
	// Else is tried in this order when nobody could be found.
	Else      []Choice
	CreatedAt time.Time
}

// ChoiceKind says what a [Choice] leads to.
type ChoiceKind string

// The kinds of choices.
const (
	ToStrategy     ChoiceKind = "strategy"
	ToOne          ChoiceKind = "user"
	ToTeamQueue    ChoiceKind = "team" // the team has it, nobody of it yet
	ToContactOwner ChoiceKind = ChoiceKind(ContactOwner)
	ToDealOwner    ChoiceKind = ChoiceKind(DealOwner)
	ToNobody       ChoiceKind = "nobody" // it stays where it is, and waits for nobody
)

// Choice is one step on the way to who gets a conversation, as rules and the
// end of strategies name it: strategy:rota, maya or user:maya, team:billing,
// contact-owner, deal-owner, nobody. ID is the strategy's, user's or team's.
type Choice struct {
	Kind ChoiceKind `json:"kind"`
	ID   int64      `json:"id,omitempty"`
}

// StrategyReader finds strategies and whom they could choose.
type StrategyReader interface {
	Strategies() ([]Strategy, error) // by name
	Strategy(StrategyID) (Strategy, error)
	StrategyByName(folded string) (Strategy, error)
	// Agents are those a strategy chooses among, for an inbox, by login: who is
	// a target himself or in a team that is one.
	Agents(StrategyID, InboxID) ([]Agent, error)
	// Agent is one user, for an inbox.
	Agent(UserID, InboxID) (Agent, error)
	// AllAgents are all who belong to the desk, by login, without rights.
	AllAgents() ([]Agent, error)
	// Uses are where a routing was decided, by inbox and address.
	Uses() ([]Use, error)
	// UsesOf are those of one inbox.
	UsesOf(InboxID) ([]Use, error)
	// Availability is what is known of when a user works; nothing where nobody
	// has said anything.
	Availability(UserID) (Availability, error)
	// AnyWaiting reports whether there is anything in Waiting.
	AnyWaiting() (bool, error)
	// Waiting are the conversations nobody could be found for, behind a place,
	// those first whose customer waits longest; at most limit.
	Waiting(after Waiting, limit int) ([]Waiting, error)
	// Handed is who a conversation was handed to, see [Seat.Next]; [ErrNoRow]
	// when nobody was.
	Handed(ConversationID) (Handed, error)
}

// StrategyWriter changes them.
type StrategyWriter interface {
	AddStrategy(Strategy) (StrategyID, error)
	SaveStrategy(Strategy) error
	// RemoveStrategy forgets its turns too.
	RemoveStrategy(StrategyID) error
	// GiveTurn notes that the strategy has given something to a user now.
	GiveTurn(StrategyID, UserID) error
	SaveAvailability(Availability) error
	// SaveSeen notes that a user does something, if somebody asks for it and to
	// the minute, and reports whether he was idle until now.
	SaveSeen(u UserID, at time.Time) (was bool, err error)
	SaveWaiting(Waiting) error        // one for each conversation
	DropWaiting(ConversationID) error // no error when there is none
	// Rewait lets what waits in an inbox along one chain wait along another, or
	// no more when that is empty.
	Rewait(in InboxID, from, to []Choice) error
	// SaveRouting decides for an inbox, or for one of its addresses.
	SaveRouting(Use) error
	// Hand notes that a conversation is handed to a user until a time, unless it
	// is somebody else's at now; it reports whether he has it.
	Hand(h Handed, now time.Time) (bool, error)
	// PassOn lets others have what was handed to a user.
	PassOn(UserID) error
}

// StrategyView is a strategy in words, with those it can choose now.
type StrategyView struct {
	Strategy
	// On are the targets, Otherwise the else chain, as they are written.
	On, Otherwise []string
	// Used are the inboxes the viewer sees, their addresses and the strategies
	// that name it.
	Used []string
}

// StrategySetting is what can be said about a strategy, in the words of the
// command line; nil leaves a list as it is.
type StrategySetting struct {
	Kind StrategyKind
	// On are logins and team:NAME; Else choices, see [Choice].
	On, Else []string
}

// Strategies lists them, by name.
func (s *Seat) Strategies(ctx context.Context) ([]StrategyView, error) {
	var views []StrategyView
	err := s.d.store.Read(ctx, func(r Reader) error {
		views = views[:0]
		list, err := r.Strategies()
		if err != nil {
			return err
		}
		for _, st := range list {
			v, err := s.strategyView(r, st)
			if err != nil {
				return err
			}
			views = append(views, v)
		}
		return nil
	})
	return views, err
}

// AddStrategy makes a strategy. Admins only.
func (s *Seat) AddStrategy(ctx context.Context, name string, set StrategySetting) (Strategy, error) {
	st := Strategy{Name: strings.TrimSpace(name), Kind: set.Kind, CreatedAt: s.d.now()}
	if !goodStrategyName(st.Name) {
		return st, invalid("BAD_NAME", "Give it a short name of its own, like: rota", "%q cannot be the name of a strategy.", Snippet(name, 60))
	}
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "make a strategy"); err != nil {
			return err
		}
		if err := putStrategy(w, &st, set); err != nil {
			return err
		}
		id, err := w.AddStrategy(st)
		if err != nil {
			return err
		}
		st.ID = id
		v, err := s.strategyView(w, st)
		if err != nil {
			return err
		}
		return w.Append(s.setup(EventStrategySet, 0, nil, state(v.words())))
	})
	return st, err
}

// SetStrategy changes a strategy: what the setting does not say stays. It is
// refused when somebody it chooses among could not answer in an inbox that uses
// it (S106). Admins only.
func (s *Seat) SetStrategy(ctx context.Context, name string, set StrategySetting) (Strategy, error) {
	var st Strategy
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "change a strategy"); err != nil {
			return err
		}
		var err error
		if st, err = strategyNamed(w, name); err != nil {
			return err
		}
		before, err := s.strategyView(w, st)
		if err != nil {
			return err
		}
		if err := putStrategy(w, &st, set); err != nil {
			return err
		}
		if err := w.SaveStrategy(st); err != nil {
			return err
		}
		if err := checkUses(w, st); err != nil {
			return err
		}
		after, err := s.strategyView(w, st)
		if err != nil {
			return err
		}
		return w.Append(s.setup(EventStrategySet, 0, state(before.words()), state(after.words())))
	})
	return st, err
}

// RemoveStrategy forgets a strategy nothing uses any more. Admins only.
func (s *Seat) RemoveStrategy(ctx context.Context, name string) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "remove a strategy"); err != nil {
			return err
		}
		st, err := strategyNamed(w, name)
		if err != nil {
			return err
		}
		v, err := s.strategyView(w, st)
		if err != nil {
			return err
		}
		if len(v.Used) > 0 {
			return conflict("IN_USE", "Choose another there first, like: "+command("inbox", "set", v.Used[0], "routing=manual"), "The strategy %q is used by %s.", st.Name, strings.Join(v.Used, ", "))
		}
		if err := w.RemoveStrategy(st.ID); err != nil {
			return err
		}
		return w.Append(s.setup(EventStrategyRemoved, 0, state(v.words()), nil))
	})
}

// putStrategy brings a strategy in line with what was said about it.
func putStrategy(r Reader, st *Strategy, set StrategySetting) error {
	if set.Kind != "" {
		st.Kind = set.Kind
	}
	if !slices.Contains(StrategyKinds(), st.Kind) {
		return invalid("BAD_KIND", "It is one of: "+kindWords(), "There is no kind of strategy %q.", Snippet(string(set.Kind), 40))
	}
	if set.On != nil {
		st.Targets = nil
		for _, who := range set.On {
			g, _, err := grantee(r, strings.TrimPrefix(FoldName(who), string(ToOne)+":"))
			if err != nil {
				return err
			}
			if g.Kind == ToEveryone {
				return invalid("BAD_TARGET", "Name users or teams, like: maya,team:billing", "A strategy does not choose among everyone.")
			}
			if !slices.Contains(st.Targets, g) {
				st.Targets = append(st.Targets, g)
			}
		}
	}
	if st.Kind.chooses() != (len(st.Targets) > 0) {
		if st.Kind.chooses() {
			return invalid("NO_TARGETS", "Say who with: --on maya,team:billing", "A strategy of kind %s needs somebody to choose among.", st.Kind)
		}
		return invalid("NO_CHOICE", "Leave --on out; who follows when nobody is found is said with --else.", "A strategy of kind %s finds its one person by itself.", st.Kind)
	}
	if set.Else != nil {
		st.Else = nil
		for _, text := range set.Else {
			c, err := parseChoice(r, text)
			if err != nil {
				return err
			}
			st.Else = append(st.Else, c)
		}
	}
	return noLoop(r, *st)
}

// noLoop refuses a strategy whose else chain leads back to itself.
func noLoop(r Reader, st Strategy) error {
	path := []string{st.Name}
	var walk func(Strategy) error
	walk = func(at Strategy) error {
		for _, c := range at.Else {
			if c.Kind != ToStrategy {
				continue
			}
			if c.ID == int64(st.ID) && st.ID != 0 {
				return conflict("LOOP", "Let the chain end with a team or nobody.", "The strategy %q would lead back to itself: %s.", st.Name, strings.Join(append(path, st.Name), ", then "))
			}
			next, err := r.Strategy(StrategyID(c.ID))
			if err != nil {
				return err
			}
			path = append(path, next.Name)
			if err := walk(next); err != nil {
				return err
			}
			path = path[:len(path)-1]
		}
		return nil
	}
	return walk(st)
}

func strategyNamed(r Reader, name string) (Strategy, error) {
	st, err := r.StrategyByName(FoldName(name))
	if errors.Is(err, ErrNoRow) {
		return st, notFound("NO_SUCH_STRATEGY", "See them with: postroom strategy list", "There is no strategy %q.", name)
	}
	return st, err
}

func goodStrategyName(name string) bool {
	return name != "" && len(name) <= 60 && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl) &&
		!strings.ContainsAny(name, ":,=") && !slices.Contains([]string{RoutingManual, string(ToNobody), "none", string(ContactOwner), string(DealOwner)}, FoldName(name))
}

func kindWords() string {
	var words []string
	for _, k := range StrategyKinds() {
		words = append(words, string(k))
	}
	return strings.Join(words, ", ")
}
