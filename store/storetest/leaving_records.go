package storetest

import (
	"strings"
	"testing"

	"postroom/desk"
)

// testLeavesRecords: contacts, companies and deals are asked about when who
// looks after them leaves. They are counted and not named, and what the journal
// says of a private one is seen where that is.
func testLeavesRecords(t *testing.T, fresh Fresh) {
	for _, c := range []struct {
		going desk.Going
		told  string // of the new owner
		gets  bool   // maya does
	}{{desk.Going{Fate: desk.Release}, "", false}, {desk.Going{Fate: desk.Transfer, To: "maya"}, ", values: owner: maya", true}} {
		w := newWorld(t, fresh)
		w.looksAfter("ben")
		ben, maya, zoe := w.userID("ben"), w.userID("maya"), w.userID("zoe")
		before := w.owners(ben)
		remove := func(g desk.Going) (desk.Holdings, error) {
			keep := desk.Going{Fate: desk.KeepAs}
			return w.maya.RemoveUser(w.ctx, "ben", desk.Leaving{Addresses: keep, Inboxes: keep, Conversations: desk.Going{Fate: desk.Release}, Records: g})
		}
		_, err := remove(desk.Going{})
		w.refused("nothing said", err, "USER_HOLDS")
		w.want("what is held", strings.Contains(err.Error(), "3 contacts, 1 company, 2 deals."), true)
		w.want("how it is said", strings.Contains(hint(err), "--contacts release"), true)
		_, err = remove(desk.Going{Fate: desk.KeepAs})
		w.refused("kept", err, "BAD_FATE")
		_, err = remove(desk.Going{Fate: desk.Transfer, To: "ben"})
		w.refused("to who leaves", err, "NO_HEIR")
		w.want("nothing has happened", w.owners(ben), before)

		seq := w.journalLength()
		held, err := remove(c.going)
		w.ok(err)
		w.want("what was held", []int{held.Contacts, held.Companies, held.Deals}, []int{3, 1, 2})
		w.want("what is left with him", w.owners(ben), 0)
		w.want("what somebody has", w.owners(maya), map[bool]int{false: 0, true: before}[c.gets])
		w.want("others keep theirs", w.owners(zoe), 1)

		kinds := map[desk.EventKind]int{}
		w.read(func(r desk.Reader) error {
			events, err := r.EventsAfter(seq, 100)
			for _, ev := range events {
				kinds[ev.Kind]++
				if strings.Contains(string(ev.Before)+string(ev.After), "bob@gmail.com") && ev.Inbox != w.ownInbox.ID {
					t.Errorf("a private contact is named where others read: %+v", ev)
				}
			}
			return err
		})
		w.want("in the journal", []int{kinds[desk.EventContactSet], kinds[desk.EventCompanySet], kinds[desk.EventDealSet], kinds[desk.EventUserRemoved]}, []int{3, 1, 2, 1})
		h, err := w.maya.Journal(w.ctx, desk.JournalQuery{Kind: desk.EventContactSet})
		w.ok(err)
		var said []string
		for _, e := range h.Entries {
			if e.Seq > seq {
				said = append(said, e.Was+" → "+e.Is)
			}
		}
		w.want("what an admin reads of contacts", said, []string{
			"id: 3, of: cy@firm.test, values: owner: ben → id: 3, of: cy@firm.test" + c.told,
			"id: 1, of: ann@firm.test, values: owner: ben → id: 1, of: ann@firm.test" + c.told,
		})
	}
}

// looksAfter gives a user contacts that all, some and nobody but he sees, one of
// them with another merged into it, a company, and deals open and closed; and
// zoe a contact of her own.
func (w *world) looksAfter(login string) {
	w.t.Helper()
	w.arrive(w.support.ID, named("1@x", "Ann", "ann@firm.test", "one"))
	w.arrive(w.ownInbox.ID, named("2@x", "Bob", "bob@gmail.com", "two"))
	for _, address := range []string{"cy@firm.test", "di@firm.test", "eve@firm.test"} {
		_, err := w.maya.AddContact(w.ctx, values("email", address))
		w.ok(err)
	}
	for address, owner := range map[string]string{"ann@firm.test": login, "bob@gmail.com": login, "cy@firm.test": login, "di@firm.test": login, "eve@firm.test": "zoe"} {
		_, err := w.ben.SetContact(w.ctx, address, values("owner", owner))
		w.ok(err)
	}
	_, err := w.maya.MergeContacts(w.ctx, "cy@firm.test", "di@firm.test")
	w.ok(err)
	_, err = w.maya.AddCompany(w.ctx, values("name", "The Firm", "domains", "firm.test", "owner", login))
	w.ok(err)
	for _, status := range []string{"open", "closed"} {
		_, _, err = w.maya.AddDeal(w.ctx, values("name", "Big", "owner", login, "status", status))
		w.ok(err)
	}
}

// owners is how much a user looks after, with what was merged.
func (w *world) owners(id desk.UserID) int {
	w.t.Helper()
	var n int
	w.read(func(r desk.Reader) error {
		contacts, err := r.ContactsOf(id)
		w.ok(err)
		companies, err := r.CompaniesOf(id)
		w.ok(err)
		deals, err := r.Deals(desk.DealQuery{Owner: id})
		n = len(contacts) + len(companies) + len(deals)
		return err
	})
	return n
}
