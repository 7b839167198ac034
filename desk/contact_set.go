package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// contactRecord is a contact with all that can be entered about it.
type contactRecord struct {
	Contact
	Addresses []string
}

// The attributes of a contact.
const (
	AttrName    = "name"
	AttrEmail   = "email"
	AttrCompany = "company"
	AttrOwner   = "owner"
	AttrListed  = "listed"
)

func contactAttributes() []attribute[contactRecord] {
	return []attribute[contactRecord]{
		{
			key: AttrEmail, get: func(_ Reader, k contactRecord) (string, error) { return strings.Join(k.Addresses, ", "), nil },
			put: putAddresses,
		},
		{
			key: AttrName, get: func(_ Reader, k contactRecord) (string, error) { return k.Name, nil },
			put: func(_ *Seat, _ Reader, k *contactRecord, v string) (err error) {
				k.Name, err = enteredName(v, "contact")
				return err
			},
		},
		{
			key: AttrCompany, get: func(r Reader, k contactRecord) (string, error) { return companyCalled(r, k.Company) },
			put: func(s *Seat, r Reader, k *contactRecord, v string) (err error) {
				k.Company, err = s.companyOf(r, v)
				return err
			},
		},
		{
			key: AttrOwner, get: func(r Reader, k contactRecord) (string, error) { return loginOf(r, k.Owner) },
			put: func(_ *Seat, r Reader, k *contactRecord, v string) (err error) {
				k.Owner, err = ownerOf(r, v)
				return err
			},
		},
		{
			key: AttrListed, get: func(_ Reader, k contactRecord) (string, error) { return yesNo(k.Listed), nil },
			put: func(_ *Seat, _ Reader, k *contactRecord, v string) error {
				if v != yesNo(true) && v != yesNo(false) {
					return invalid("BAD_VALUE", "It is yes or no.", "A contact cannot be listed %q.", Snippet(v, 40))
				}
				k.Listed = v == yesNo(true)
				return nil
			},
		},
	}
}

// ContactAttributes are the words for what can be entered about a contact.
func ContactAttributes() []string { return keysOf(contactAttributes()) }

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// maxAddresses is how many addresses a contact can have.
const maxAddresses = 50

func putAddresses(_ *Seat, _ Reader, k *contactRecord, value string) error {
	list := items(value, k.Addresses, FoldAddress)
	switch {
	case len(list) == 0:
		return invalid("NO_ADDRESS", "Leave it one.", "A contact has at least one address.")
	case len(list) > maxAddresses:
		return invalid("TOO_MANY_ADDRESSES", "Make several contacts.", "A contact has at most %d addresses.", maxAddresses)
	}
	for _, a := range list {
		if !goodAddress(a) || len(a) > maxRecordName {
			return badAddress(Snippet(a, 80))
		}
	}
	k.Addresses = list
	return nil
}

func noContact(who string) error {
	return notFound("NO_SUCH_CONTACT", "See those you see with: postroom contact list", "There is no contact %q.", Snippet(who, 80))
}

// mustSeeContact gives the contact with an address, or the one of a
// conversation written as #4473, if the actor sees it. in is where what is
// journaled about it is seen.
func (s *Seat) mustSeeContact(r Reader, who string) (k Contact, in InboxID, err error) {
	if id, ok := numberOf(strings.TrimSpace(who)); ok {
		c, err := s.mustSee(r, ConversationID(id))
		if err != nil {
			return k, 0, err
		}
		if c.Contact == 0 {
			return k, 0, notFound("NO_CONTACT", "Make one with: postroom contact add "+who, "Who wrote %s is no contact.", who)
		}
		k, err = r.Contact(c.Contact)
		if err != nil {
			return k, 0, err
		}
	} else if k, err = r.ContactAt(FoldAddress(who)); errors.Is(err, ErrNoRow) {
		return k, 0, noContact(who)
	} else if err != nil {
		return k, 0, err
	}
	in, ok, err := s.seesContact(r, k)
	if err == nil && !ok {
		err = noContact(who)
	}
	return k, in, err
}

func recordOf(r Reader, k Contact) (contactRecord, error) {
	addresses, err := r.ContactAddresses(k.ID)
	return contactRecord{k, addresses}, err
}

// AddContact enters a contact for the whole desk, or with conversation for who
// sees that. values are by [ContactAttributes]; email there must be. A Conflict
// error CONTACT_EXISTS when the actor sees one with an address.
func (s *Seat) AddContact(ctx context.Context, values map[string]string) (Altered, error) {
	var res Altered
	err := s.write(ctx, func(w Writer) error {
		k := contactRecord{Contact: Contact{Listed: true, CreatedAt: s.d.now()}}
		var err error
		if res, err = alter(s, w, contactAttributes(), &k, values); err != nil {
			return err
		}
		if len(k.Addresses) == 0 {
			return invalid("NO_ADDRESS", "Write: postroom contact add ADDRESS", "A contact has at least one address.")
		}
		return s.addContact(w, &k, &res)
	})
	return res, err
}

// addContact writes a new contact.
func (s *Seat) addContact(w Writer, k *contactRecord, res *Altered) error {
	if domain := companyDomain(FoldAddress(k.Addresses[0])); k.Company == 0 && domain != "" {
		co, err := w.CompanyAt(domain)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if k.Company = co.ID; co.ID == 0 {
			if k.Company, err = w.AddCompany(Company{CreatedAt: k.CreatedAt}); err != nil {
				return err
			}
			if err := w.SetDomain(domain, k.Company); err != nil {
				return err
			}
		}
	}
	var err error
	if k.ID, err = w.AddContact(k.Contact); err != nil {
		return err
	}
	for _, a := range k.Addresses {
		if err := s.takeAddress(w, k.Contact, a); err != nil {
			return err
		}
	}
	res.Added, res.Of = true, k.Addresses[0]
	in, _, err := s.seesContact(w, k.Contact)
	if err != nil {
		return err
	}
	if err := s.journalRecord(w, EventContactAdded, in, int64(k.ID), res); err != nil {
		return err
	}
	res.Batch = ""
	return nil
}

// takeAddress gives an address to a contact. Where the actor sees who has it, he
// has to merge; from one that he does not see it is taken without a word, for
// everything else would tell him of it (design 4.7).
func (s *Seat) takeAddress(w Writer, to Contact, address string) error {
	folded := FoldAddress(address)
	has, err := w.ContactAt(folded)
	switch {
	case errors.Is(err, ErrNoRow):
		return w.AddContactAddress(to.ID, address, s.d.now())
	case err != nil || has.ID == to.ID:
		return err
	}
	_, sees, err := s.seesContact(w, has)
	if err != nil {
		return err
	}
	if sees {
		return conflict("CONTACT_EXISTS", "Change it with: postroom contact set "+address+", or make two one with: postroom contact merge", "%s is the address of a contact already.", address)
	}
	if err := w.RemoveContactAddress(folded); err != nil {
		return err
	}
	if err := w.AddContactAddress(to.ID, address, s.d.now()); err != nil {
		return err
	}
	left, err := w.ContactAddresses(has.ID)
	if err != nil || len(left) > 0 {
		return err
	}
	_, err = absorb(w, has, to) // or its conversations would be with nobody
	return err
}

// AddContactOf makes the customer of a conversation a contact that has none,
// in an inbox where mail makes none.
func (s *Seat) AddContactOf(ctx context.Context, id ConversationID) (Altered, error) {
	var res Altered
	err := s.write(ctx, func(w Writer) error {
		c, err := s.mustSee(w, id)
		if err != nil {
			return err
		}
		if c.Contact != 0 {
			return conflict("CONTACT_EXISTS", fmt.Sprintf("See it with: postroom contact show #%d", c.ID), "Who wrote #%d is a contact already.", c.ID)
		}
		mails, err := w.Mails(c.ID)
		if err != nil || len(mails) == 0 {
			return errors.Join(err, noContact(fmt.Sprintf("#%d", c.ID)))
		}
		first, err := w.Message(mails[0].ID)
		if err != nil {
			return err
		}
		who, err := customerOf(w, first)
		if err != nil {
			return err
		}
		if !goodAddress(who.Addr) {
			return badAddress(Snippet(who.Addr, 80))
		}
		if err := s.mayLogWith(w, c, first, who); err != nil {
			return err
		}
		k, err := w.ContactAt(FoldAddress(who.Addr))
		if errors.Is(err, ErrNoRow) {
			rec := contactRecord{Contact{CreatedAt: s.d.now()}, []string{who.Addr}}
			res = Altered{Before: map[string]string{}, After: map[string]string{AttrEmail: who.Addr}}
			if err = s.addContact(w, &rec, &res); err == nil {
				k = rec.Contact
			}
		}
		if err != nil {
			return err
		}
		c.Contact, res.Of = k.ID, who.Addr
		c.Version++
		return w.SaveConversation(c)
	})
	return res, err
}

// SetContact changes a contact the actor sees, named by an address or as the
// #4473 of a conversation. values are by [ContactAttributes].
func (s *Seat) SetContact(ctx context.Context, who string, values map[string]string) (Altered, error) {
	var res Altered
	err := s.write(ctx, func(w Writer) error {
		k, in, err := s.mustSeeContact(w, who)
		if err != nil {
			return err
		}
		res, err = s.setContact(w, k, in, values)
		return err
	})
	return res, err
}

func (s *Seat) setContact(w Writer, k Contact, in InboxID, values map[string]string) (Altered, error) {
	before, err := recordOf(w, k)
	if err != nil {
		return Altered{}, err
	}
	after := before
	res, err := alter(s, w, contactAttributes(), &after, values)
	if len(after.Addresses) > 0 {
		res.Of = after.Addresses[0]
	}
	if err != nil || len(res.After) == 0 {
		return res, err
	}
	if err := s.saveContact(w, before, after); err != nil {
		return res, err
	}
	if !after.Listed && in == 0 {
		// It is seen in fewer places from now on, and so is its history.
		if in, _, err = s.seesContact(w, after.Contact); err != nil {
			return res, err
		}
	}
	return res, s.journalRecord(w, EventContactSet, in, int64(k.ID), &res)
}

// saveContact writes what is different about a contact. An address may belong
// to one that was merged into it.
func (s *Seat) saveContact(w Writer, before, after contactRecord) error {
	has := func(list []string, a string) bool {
		return slices.ContainsFunc(list, func(o string) bool { return FoldAddress(o) == FoldAddress(a) })
	}
	for _, a := range before.Addresses {
		if !has(after.Addresses, a) {
			if err := w.RemoveContactAddress(FoldAddress(a)); err != nil {
				return err
			}
		}
	}
	for _, a := range after.Addresses {
		if has(before.Addresses, a) {
			continue
		}
		if err := s.takeAddress(w, after.Contact, a); err != nil {
			return err
		}
	}
	return w.SaveContact(after.Contact)
}

// undoContact brings back what an event has changed about a contact, and says
// why not where it has been changed again since.
func (s *Seat) undoContact(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	before, after, err := recordsOf(ev)
	if err != nil {
		return nil, "", err
	}
	k, err := w.Contact(ContactID(after.ID))
	if err != nil {
		return nil, "", err
	}
	in, sees, err := s.seesContact(w, k)
	if err != nil || !sees {
		return nil, "you do not see the contact any more", err
	}
	rec, err := recordOf(w, k)
	if err != nil {
		return nil, "", err
	}
	if reason, err := changedSince(w, contactAttributes(), rec, after.Values); err != nil || reason != "" {
		return nil, reason, err
	}
	was := rec
	if _, err := alter(s, w, contactAttributes(), &rec, before.Values); err != nil {
		return undoRefused(err)
	}
	if err := s.saveContact(w, was, rec); err != nil {
		return undoRefused(err)
	}
	undo := s.event(EventUndone, in, 0, ev.After, ev.Before)
	undo.Batch = batch
	return []string{"The contact " + before.Of + " is as it was."}, "", w.Append(undo)
}

// undoRefused turns what a use case refuses into a reason not to undo.
func undoRefused(err error) (said []string, reason string, _ error) {
	if k := KindOf(err); k == Conflict || k == NotFound || k == Invalid {
		return nil, strings.TrimSuffix(err.Error(), "."), nil
	}
	return nil, "", err
}
