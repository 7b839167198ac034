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
		list = v.mapped(held)
		return nil
	})
	return list, err
}

func (v *survey) mapped(held []Address) []Mapped {
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
					m.LastIn, m.LastOut = v.last[a.ID].In, v.last[a.ID].Out
				}
				list = append(list, m)
			}
		}
	}
	return list
}
