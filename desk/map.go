package desk

import (
	"context"
	"time"
)

// Mapped is one address on the map of the desk (row S65): where its mail goes,
// who looks after it and how it is.
type Mapped struct {
	// Address is the zero one but for its kind where an admin sees only that a
	// personal inbox has one.
	Address Address
	Inbox   Inbox
	// Member is false where the viewer does not see what is in the inbox.
	Member bool
	Owner  User
	// Members are those who may do the inbox's work. They are empty for a
	// personal inbox of somebody else.
	Members []User
	// Account is the health of the account that has the address, without its
	// secret.
	Account Account
	// Rules are the names of the enabled rules that mail to the address meets,
	// in their order. Routing is who gets new conversations: a strategy's name,
	// [RoutingManual], or nothing while nobody has decided. Both are empty for a
	// personal inbox of somebody else.
	Rules   []string
	Routing string
	// LastIn and LastOut are when the account's newest mails came and went, in
	// whole seconds. They are zero for a personal inbox of somebody else.
	LastIn, LastOut time.Time
}

// Map lists every address the viewer may know of, by inbox. Of somebody's
// personal inbox an admin learns that it exists and how it is.
func (s *Seat) Map(ctx context.Context) ([]Mapped, error) {
	var list []Mapped
	err := s.d.store.Read(ctx, func(r Reader) error {
		v, err := s.survey(r)
		if err != nil {
			return err
		}
		held, err := r.Addresses()
		if err != nil {
			return err
		}
		ways, err := readWays(r)
		if err != nil {
			return err
		}
		list = v.mapped(held, ways)
		return nil
	})
	return list, err
}

// ways are what decides where mail goes once it is here.
type ways struct {
	rules  []*preparedRule // the enabled ones, in their order
	uses   []Use
	called map[StrategyID]string
}

func readWays(r Reader) (*ways, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	w := &ways{called: map[StrategyID]string{}}
	for _, rule := range rules {
		if rule.Enabled {
			w.rules = append(w.rules, &preparedRule{Rule: rule})
		}
	}
	strategies, err := r.Strategies()
	if err != nil {
		return nil, err
	}
	for _, st := range strategies {
		w.called[st.ID] = st.Name
	}
	w.uses, err = r.Uses()
	return w, err
}

// rulesFor are the rules that mail to an address of an inbox meets.
func (w *ways) rulesFor(in Inbox, address string) []string {
	var list []string
	for _, rule := range w.rules {
		if rule.countsIn(in) && (rule.Channel == "" || rule.Channel == FoldAddress(address)) {
			list = append(list, rule.Name)
		}
	}
	return list
}

// routing is what was decided for an address, or else for its inbox.
func (w *ways) routing(in Inbox, address string) string {
	var to Routing
	for _, u := range w.uses {
		if u.Inbox == in.ID && (u.Address == FoldAddress(address) || u.Address == "" && to == 0) {
			to = u.Routing
		}
	}
	if to == Manually {
		return RoutingManual
	}
	return w.called[to.Strategy()]
}

func (v *survey) mapped(held []Address, w *ways) []Mapped {
	var list []Mapped
	for _, in := range v.inboxes {
		if !v.knows(in.ID) {
			continue
		}
		private := in.Kind == Personal && !v.sees(in.ID)
		for _, a := range v.accountsOf(in) {
			for _, h := range held {
				if h.Account != a.ID {
					continue
				}
				m := Mapped{Address: Address{Kind: h.Kind}, Inbox: in, Member: v.sees(in.ID), Owner: v.users[in.Owner], Account: a}
				if !private {
					m.Address, m.Members = h, v.hands(in.ID)
					m.Rules, m.Routing = w.rulesFor(in, h.Address), w.routing(in, h.Address)
					m.LastIn, m.LastOut = v.last[a.ID].In, v.last[a.ID].Out
				}
				list = append(list, m)
			}
		}
	}
	return list
}
