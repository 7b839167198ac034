package desk

import (
	"context"
	"errors"
	"strings"
)

// Foreseen is who a strategy would give the next new conversation of an inbox.
type Foreseen struct {
	Inbox string `json:"inbox"`
	// Lines say so with all who were looked at, and why each would be passed
	// over.
	Lines []string `json:"lines"`
}

// foreseenInboxes is in how many inboxes a strategy is tried.
const foreseenInboxes = 5

// ForeseeStrategy says who a strategy would find now, if the setting were made
// and saved, in the inboxes that use it, or where none does in the shared ones.
// Nothing is written and no turn is taken. An empty name is a strategy that is
// still to be made. Admins only.
func (s *Seat) ForeseeStrategy(ctx context.Context, name string, set StrategySetting) ([]Foreseen, error) {
	var list []Foreseen
	err := s.write(Rehearse(ctx), func(w Writer) error {
		list = list[:0]
		if err := s.mustAdmin(w, "rehearse a strategy"); err != nil {
			return err
		}
		st, err := rehearsedStrategy(w, name, set)
		if err != nil {
			return err
		}
		inboxes, err := s.foreseenIn(w, st.ID)
		if err != nil {
			return err
		}
		logins, err := loginsOf(w)
		if err != nil {
			return err
		}
		for _, in := range inboxes {
			f := &finding{d: s.d, w: turnless{w}, c: Conversation{Inbox: in.ID}, tried: map[StrategyID]bool{}}
			ended, err := f.strategy(st.ID)
			if err != nil {
				return err
			}
			f.found.Waits = !ended
			list = append(list, Foreseen{in.Name, f.found.foreseen(logins)})
		}
		return nil
	})
	return list, err
}

// rehearsedStrategy makes or changes a strategy, to be taken back.
func rehearsedStrategy(w Writer, name string, set StrategySetting) (Strategy, error) {
	var st Strategy
	var err error
	if name != "" {
		if st, err = strategyNamed(w, name); err != nil {
			return st, err
		}
	}
	if err := putStrategy(w, &st, set); err != nil {
		return st, err
	}
	if name != "" {
		return st, errors.Join(w.SaveStrategy(st), checkUses(w, st))
	}
	st.Name = "this strategy:" // no other can have a name with a colon
	st.ID, err = w.AddStrategy(st)
	return st, err
}

// turnless is a writer that gives no turns, so that each inbox is asked as if it
// were the next.
type turnless struct{ Writer }

// GiveTurn implements [StrategyWriter].
func (turnless) GiveTurn(StrategyID, UserID) error { return nil }

// foreseenIn are the inboxes in which a strategy is tried.
func (s *Seat) foreseenIn(r Reader, id StrategyID) ([]Inbox, error) {
	uses, err := r.Uses()
	if err != nil {
		return nil, err
	}
	used := map[InboxID]bool{}
	for _, u := range uses {
		if u.Routing.Strategy() == id {
			used[u.Inbox] = true
		}
	}
	all, err := r.Inboxes()
	if err != nil {
		return nil, err
	}
	var list []Inbox
	for _, in := range all {
		if in.Kind != Shared || len(used) > 0 && !used[in.ID] || len(list) == foreseenInboxes {
			continue
		}
		if ok, err := s.sees(r, in.ID); err != nil {
			return nil, err
		} else if ok {
			list = append(list, in)
		}
	}
	return list, nil
}

// foreseen tells what would be found.
func (f Routed) foreseen(logins map[UserID]string) []string {
	var lines []string
	for i, step := range f.Steps {
		line := strings.TrimSuffix(step.By, ":")
		if step.Kind != "" && step.By != string(step.Kind) {
			line += " (" + string(step.Kind) + ")"
		}
		switch {
		case step.Kind == ContactOwner:
			line += ": who looks after the contact, if he can have it"
		case step.Kind == DealOwner:
			line += ": who sells to the contact, if he can have it"
		case step.Said != "":
			line += ": " + step.Said
		case step.By == string(ToNobody):
			line += ": it waits for whoever takes it"
		case f.Team != 0 && i == len(f.Steps)-1:
			line += ": it has it, for whoever of it takes it"
		}
		lines = append(lines, line)
		for _, c := range step.Candidates {
			lines = append(lines, "  "+c.foreseen(logins[c.User], step.Kind))
		}
	}
	if f.Waits {
		lines = append(lines, "nobody else can have it now: it would wait for the first who can")
	}
	return lines
}

// foreseen is a candidate of something that is still to come.
func (c Candidate) foreseen(login string, kind StrategyKind) string {
	switch {
	case c.Skip != "":
		return c.told(login, kind)
	case kind == Random:
		return login + ": may get it, by dice"
	case c.Chosen:
		return login + ": is next" + c.counted(kind)
	default:
		return login + ": comes later" + c.counted(kind)
	}
}
