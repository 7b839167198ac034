package desk

import (
	"errors"
	"fmt"
	"strings"
)

// Contacts, companies and deals have somebody who looks after them. Who has left
// answers no customer, and whoever has his login next is another, so they are
// passed on like all else, see [Leaving].

// records finds what he looks after.
func (h *Holdings) records(r Reader, u User) error {
	var failed [3]error
	h.contacts, failed[0] = r.ContactsOf(u.ID)
	h.companies, failed[1] = r.CompaniesOf(u.ID)
	h.deals, failed[2] = r.Deals(DealQuery{Owner: u.ID})
	for _, k := range h.contacts {
		if k.Merged == 0 {
			h.Contacts++
		}
	}
	h.Companies, h.Deals = len(h.companies), len(h.deals)
	return errors.Join(failed[:]...)
}

// looksAfter counts what he looks after, in words; empty for nothing.
func (h Holdings) looksAfter() string {
	var list []string
	for _, kind := range []struct {
		n         int
		one, many string
	}{{h.Contacts, "contact", "contacts"}, {h.Companies, "company", "companies"}, {h.Deals, "deal", "deals"}} {
		switch kind.n {
		case 0:
		case 1:
			list = append(list, "1 "+kind.one)
		default:
			list = append(list, fmt.Sprintf("%d %s", kind.n, kind.many))
		}
	}
	return strings.Join(list, ", ")
}

// passRecords lets somebody else look after what he did; the zero user is
// nobody. Like all of a removal it is in no batch: an undo would give it back to
// somebody who is not there.
func (s *Seat) passRecords(w Writer, u User, h Holdings, to User) error {
	note := func(kind EventKind, in InboxID, id int64, of string) error {
		side := func(login string) []byte { return state(recorded{id, of, map[string]string{AttrOwner: login}}) }
		return w.Append(s.event(kind, in, 0, side(u.Login), side(to.Login)))
	}
	for _, k := range h.contacts {
		in, of, err := seenAs(w, u.ID, k)
		if err != nil {
			return err
		}
		if k.Owner = to.ID; k.Merged == 0 {
			err = note(EventContactSet, in, int64(k.ID), of)
		}
		if err := errors.Join(err, w.SaveContact(k)); err != nil {
			return err
		}
	}
	for _, co := range h.companies {
		co.Owner = to.ID
		if err := errors.Join(w.SaveCompany(co), note(EventCompanySet, 0, int64(co.ID), co.Name)); err != nil {
			return err
		}
	}
	for _, d := range h.deals {
		d.Owner = to.ID
		if err := errors.Join(w.SaveDeal(d), note(EventDealSet, 0, int64(d.ID), d.Name)); err != nil {
			return err
		}
	}
	return nil
}

// seenAs is where a viewer sees a contact, and what the journal calls it there.
// One that he does not see is not named: admins read what is in no inbox.
func seenAs(r Reader, viewer UserID, k Contact) (in InboxID, of string, err error) {
	if !k.Listed {
		if in, err = r.SeenIn(viewer, k.ID); err != nil {
			if errors.Is(err, ErrNoRow) {
				err = nil
			}
			return 0, "", err
		}
	}
	of, err = mainAddress(r, k.ID)
	return in, of, err
}
