package storetest

import (
	"errors"
	"testing"
	"time"

	"postroom/desk"
)

// testCustomers is what the database keeps of contacts, companies and deals.
func testCustomers(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	now := w.clock.get()
	var ann, annsOther, bob desk.ContactID
	var acme desk.CompanyID
	w.write(func(wr desk.Writer) error {
		var err error
		acme, err = wr.AddCompany(desk.Company{Name: "Acme", CreatedAt: now})
		w.ok(err)
		w.ok(wr.SetDomain("acme.example", acme))
		add := func(k desk.Contact, address string) desk.ContactID {
			k.CreatedAt = now
			id, err := wr.AddContact(k)
			w.ok(err)
			w.ok(wr.AddContactAddress(id, address, now))
			return id
		}
		ann = add(desk.Contact{Name: "Ann", Owner: 2, Company: acme, Listed: true}, "Ann@acme.example")
		annsOther, bob = add(desk.Contact{}, "ann@home.example"), add(desk.Contact{}, "bob@other.example")
		return err
	})
	w.read(func(r desk.Reader) error {
		k, err := r.ContactAt("ann@acme.example")
		w.want("a contact by its folded address", k, desk.Contact{ID: ann, Name: "Ann", Owner: 2, Company: acme, Listed: true, CreatedAt: now})
		w.ok(err)
		id, co, err := r.Whose("ann@home.example", "acme.example")
		w.want("whose an address and a domain are", []any{id, co}, []any{annsOther, acme})
		w.ok(err)
		if _, err := r.ContactAt("nobody@acme.example"); !errors.Is(err, desk.ErrNoRow) {
			t.Error("an address nobody has:", err)
		}
		return nil
	})
	w.write(func(wr desk.Writer) error {
		return wr.SaveContact(desk.Contact{ID: annsOther, Merged: ann, CreatedAt: now})
	})
	var old, young, theirs desk.DealID
	w.write(func(wr desk.Writer) error {
		deal := func(name string, c desk.ContactID, co desk.CompanyID, open bool, at time.Time) desk.DealID {
			id, err := wr.AddDeal(desk.Deal{Name: name, Contact: c, Company: co, Open: open, Amount: 1250, Currency: "EUR", ActiveAt: at, CreatedAt: now})
			w.ok(err)
			return id
		}
		old, young = deal("old", ann, 0, true, now.Add(-2*time.Hour)), deal("young", ann, acme, true, now.Add(-time.Hour))
		theirs = deal("theirs", 0, acme, true, now)
		deal("over", ann, 0, false, now)
		deal("bob's", bob, 0, true, now)
		return wr.TouchDeal(annsOther, now.Add(time.Minute))
	})
	w.read(func(r desk.Reader) error {
		k, err := r.Contact(annsOther)
		w.want("what a merged contact is in", k.ID, ann)
		w.ok(err)
		addresses, err := r.ContactAddresses(ann)
		w.want("the addresses of both", addresses, []string{"Ann@acme.example", "ann@home.example"})
		w.ok(err)
		open, err := r.OpenDeals(annsOther)
		w.ok(err)
		var ids []desk.DealID
		for _, d := range open {
			ids = append(ids, d.ID)
		}
		w.want("open deals", ids, []desk.DealID{young, old, theirs})
		w.want("the one mail belongs to", []any{open[0].ActiveAt, open[0].Amount, open[0].Currency}, []any{now.Add(time.Minute), int64(1250), "EUR"})
		w.want("one it does not belong to", open[1].ActiveAt, now.Add(-2*time.Hour))
		all, err := r.Deals(desk.DealQuery{Contact: ann, Closed: true})
		w.want("closed deals", len(all), 1)
		return err
	})
	w.write(func(wr desk.Writer) error { return wr.RemoveCompany(acme) })
	w.read(func(r desk.Reader) error {
		k, err := r.Contact(ann)
		w.want("the company of a contact after it is gone", k.Company, desk.CompanyID(0))
		return err
	})
}
