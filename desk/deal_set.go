package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The attributes of a deal, besides those of a contact.
const (
	AttrRef     = "ref"
	AttrContact = "contact"
	AttrStage   = "stage"
	AttrStatus  = "status"
	AttrAmount  = "amount"
)

func dealAttributes() []attribute[Deal] {
	return []attribute[Deal]{
		{
			key: AttrName, get: func(_ Reader, d Deal) (string, error) { return d.Name, nil },
			put: func(_ *Seat, _ Reader, d *Deal, v string) (err error) {
				if v == "" {
					return invalid("BAD_NAME", "Write: name=…", "A deal has a name.")
				}
				d.Name, err = enteredName(v, "deal")
				return err
			},
		},
		{
			key: AttrContact, get: func(r Reader, d Deal) (string, error) { return mainAddress(r, d.Contact) },
			put: putDealContact,
		},
		{
			key: AttrCompany, get: func(r Reader, d Deal) (string, error) { return companyCalled(r, d.Company) },
			put: func(s *Seat, r Reader, d *Deal, v string) (err error) {
				d.Company, err = s.companyOf(r, v)
				return err
			},
		},
		{
			key: AttrOwner, get: func(r Reader, d Deal) (string, error) { return loginOf(r, d.Owner) },
			put: func(_ *Seat, r Reader, d *Deal, v string) (err error) {
				d.Owner, err = ownerOf(r, v)
				return err
			},
		},
		{
			key: AttrStage, get: func(_ Reader, d Deal) (string, error) { return d.Stage, nil },
			put: func(_ *Seat, _ Reader, d *Deal, v string) (err error) {
				d.Stage, err = enteredName(v, "stage")
				return err
			},
		},
		{key: AttrStatus, get: func(_ Reader, d Deal) (string, error) { return d.Status(), nil }, put: putDealStatus},
		{key: AttrAmount, get: func(_ Reader, d Deal) (string, error) { return d.Worth(), nil }, put: putAmount},
		{
			key: AttrRef, get: func(_ Reader, d Deal) (string, error) { return d.Ref, nil },
			put: func(_ *Seat, _ Reader, d *Deal, v string) (err error) {
				d.Ref, err = enteredName(v, "deal elsewhere")
				return err
			},
		},
	}
}

// DealAttributes are the words for what can be entered about a deal.
func DealAttributes() []string { return keysOf(dealAttributes()) }

// Status is open or closed.
func (d Deal) Status() string {
	if d.Open {
		return string(Open)
	}
	return string(Closed)
}

// Worth is the amount with its currency, as 1250.00 EUR; empty for none.
func (d Deal) Worth() string {
	if d.Currency == "" {
		return ""
	}
	return fmt.Sprintf("%d.%02d %s", d.Amount/100, d.Amount%100, d.Currency)
}

func putDealContact(s *Seat, r Reader, d *Deal, who string) error {
	if who == "" {
		d.Contact = 0
		return nil
	}
	k, _, err := s.mustSeeContact(r, who)
	if err != nil {
		return err
	}
	if d.Contact = k.ID; d.Company == 0 {
		d.Company = k.Company
	}
	return nil
}

func putDealStatus(_ *Seat, _ Reader, d *Deal, v string) error {
	switch Status(FoldName(v)) {
	case Open:
		d.Open = true
	case Closed:
		d.Open = false
	default:
		return invalid("BAD_VALUE", "It is open or closed.", "A deal cannot be %q.", Snippet(v, 40))
	}
	return nil
}

// putAmount reads 1250, 1250.50 EUR, 1,250.50 EUR. A point divides; commas
// group by three, so that a decimal comma is told from them and refused.
func putAmount(_ *Seat, _ Reader, d *Deal, v string) error {
	if v == "" {
		d.Amount, d.Currency = 0, ""
		return nil
	}
	number, currency, _ := strings.Cut(v, " ")
	if currency = strings.ToUpper(strings.TrimSpace(currency)); currency == "" {
		currency = d.Currency
	}
	cents, ok := hundredths(number)
	if !ok || len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return invalid("BAD_AMOUNT", "Write it as 1250.00 EUR.", "%q is not an amount.", Snippet(v, 40))
	}
	d.Amount, d.Currency = cents, currency
	return nil
}

// hundredths reads a number with at most two digits behind the point.
func hundredths(s string) (int64, bool) {
	whole, part, point := strings.Cut(s, ".")
	if groups := strings.Split(whole, ","); len(groups) > 1 {
		for i, g := range groups {
			if len(g) != 3 && i > 0 || len(g) > 3 || g == "" {
				return 0, false
			}
		}
		whole = strings.Join(groups, "")
	}
	if point && (part == "" || len(part) > 2) || len(whole) > 15 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 63)
	return int64(n), err == nil && whole != ""
}

// mainAddress names a contact.
func mainAddress(r Reader, id ContactID) (string, error) {
	if id == 0 {
		return "", nil
	}
	list, err := r.ContactAddresses(id)
	return first(list), err
}

func noDeal(id DealID) error {
	return notFound("NO_SUCH_DEAL", "See them with: postroom deal list", "There is no deal %d.", id)
}

// AddDeal enters a deal; values are by [DealAttributes], a name there must be.
// Its company is its contact's unless one is named.
func (s *Seat) AddDeal(ctx context.Context, values map[string]string) (DealID, Altered, error) {
	var id DealID
	var res Altered
	err := s.write(ctx, func(w Writer) error {
		var err error
		id, res, err = s.addDeal(w, values)
		return err
	})
	return id, res, err
}

func (s *Seat) addDeal(w Writer, values map[string]string) (DealID, Altered, error) {
	d := Deal{Open: true, ActiveAt: s.d.now(), CreatedAt: s.d.now()}
	res, err := alter(s, w, dealAttributes(), &d, values)
	if err != nil {
		return 0, res, err
	}
	if d.Name == "" {
		return 0, res, invalid("BAD_NAME", "Write: postroom deal add NAME", "A deal has a name.")
	}
	if d.ID, err = w.AddDeal(d); err != nil {
		return 0, res, err
	}
	res.Of, res.Added = d.Name, true
	in, _, err := s.dealSeenIn(w, d)
	if err != nil {
		return 0, res, err
	}
	err = s.journalRecord(w, EventDealAdded, in, int64(d.ID), &res)
	res.Batch = ""
	return d.ID, res, err
}

// dealSeenIn is where what is journaled about a deal is seen: it names contact
// and company, which not everybody may see. Of those the actor does not see
// himself hidden has the attributes.
func (s *Seat) dealSeenIn(r Reader, d Deal) (in InboxID, hidden []string, err error) {
	if d.Contact != 0 {
		k, err := r.Contact(d.Contact)
		if err != nil {
			return 0, nil, err
		}
		var sees bool
		if in, sees, err = s.seesContact(r, k); err != nil {
			return 0, nil, err
		}
		if !sees {
			hidden = append(hidden, AttrContact)
		}
	}
	if d.Company != 0 {
		called, err := companyCalled(r, d.Company)
		if err != nil {
			return 0, nil, err
		}
		_, by, err := s.mustSeeCompany(r, called)
		if err != nil && KindOf(err) != NotFound {
			return 0, nil, err
		}
		if err != nil {
			hidden = append(hidden, AttrCompany)
		}
		if in == 0 {
			in = by
		}
	}
	return in, hidden, nil
}

// SetDeal changes a deal. values are by [DealAttributes]; status=closed closes
// it. It is active then.
func (s *Seat) SetDeal(ctx context.Context, id DealID, values map[string]string) (Altered, error) {
	var res Altered
	err := s.write(ctx, func(w Writer) error {
		d, err := w.Deal(id)
		if errors.Is(err, ErrNoRow) {
			return noDeal(id)
		}
		if err != nil {
			return err
		}
		res, err = s.setDeal(w, d, values)
		return err
	})
	return res, err
}

func (s *Seat) setDeal(w Writer, d Deal, values map[string]string) (Altered, error) {
	in, hidden, err := s.dealSeenIn(w, d)
	if err != nil {
		return Altered{}, err
	}
	res, err := alter(s, w, dealAttributes(), &d, values)
	if res.Of = d.Name; err != nil || len(res.After) == 0 {
		return res, err
	}
	d.ActiveAt = s.d.now()
	if err := w.SaveDeal(d); err != nil {
		return res, err
	}
	now, _, err := s.dealSeenIn(w, d)
	if err != nil {
		return res, err
	}
	if in != now {
		// Who sees the one contact may not see the other.
		hidden = []string{AttrContact, AttrCompany}
	}
	for _, key := range hidden {
		if _, told := res.Before[key]; told {
			res.Before[key] = ""
		}
	}
	return res, s.journalRecord(w, EventDealSet, now, int64(d.ID), &res)
}

// undoDeal brings back what an event has changed about a deal.
func (s *Seat) undoDeal(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	before, after, err := recordsOf(ev)
	if err != nil {
		return nil, "", err
	}
	d, err := w.Deal(DealID(after.ID))
	if err != nil {
		return nil, "", err
	}
	if reason, err := changedSince(w, dealAttributes(), d, after.Values); err != nil || reason != "" {
		return nil, reason, err
	}
	if _, err := alter(s, w, dealAttributes(), &d, before.Values); err != nil {
		return undoRefused(err)
	}
	if err := w.SaveDeal(d); err != nil {
		return nil, "", err
	}
	undo := s.event(EventUndone, ev.Inbox, 0, ev.After, ev.Before)
	undo.Batch = batch
	return []string{"The deal " + after.Of + " is as it was."}, "", w.Append(undo)
}
