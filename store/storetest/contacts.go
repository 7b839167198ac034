package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"postroom/desk"
)

// named is a mail whose sender has a name.
func named(id, name, from, subject string) desk.Mail {
	m := mail(id, from, subject, "hello")
	m.From[0].Name = name
	return m
}

// contacts are those a seat sees: what each is called and its main address.
func (w *world) contacts(s *desk.Seat, typed string) []string {
	w.t.Helper()
	rows, err := s.ContactsLike(w.ctx, typed, "", "", desk.ContactQuery{})
	w.ok(err)
	list := []string{}
	for _, k := range rows {
		list = append(list, k.Shown+" <"+k.Address+"> "+k.CompanyName)
	}
	return list
}

func values(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// testContactsSeen: a contact that mail has made is seen where the mail is, and
// called there as the mail calls it (design 4.7).
func testContactsSeen(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	first := w.arrive(w.support.ID, named("1@x", "Ann Lee", "Ann@firm.test", "one"))
	w.arrive(w.ownInbox.ID, named("2@x", "Annie Private", "ann@firm.test", "two"))
	w.arrive(w.ownInbox.ID, named("3@x", "Bob", "bob@gmail.com", "three"))
	junk := w.keep(w.support.ID, w.clock.get())
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: junk, Role: desk.RoleJunk, At: w.clock.get(), Mail: mail("4@x", "spam@casino.test", "win", "win")}}))

	w.want("contacts maya sees", w.contacts(w.maya, ""), []string{"Ann Lee <Ann@firm.test> firm.test"})
	w.want("contacts ben sees", w.contacts(w.ben, ""), []string{"Annie Private <Ann@firm.test> firm.test", "Bob <bob@gmail.com> "})
	w.want("contacts zoe sees", w.contacts(w.zoe, ""), []string{})
	w.want("maya looks for the private name", w.contacts(w.maya, "annie"), []string{})
	w.want("ben looks for it", len(w.contacts(w.ben, "ANNIE firm")), 1)
	for what, ask := range map[string]func() error{
		"the contact":      func() error { _, err := w.zoe.Contact(w.ctx, "ann@firm.test"); return err },
		"nobody's address": func() error { _, err := w.zoe.Contact(w.ctx, "nobody@firm.test"); return err },
		"its company":      func() error { _, err := w.zoe.Company(w.ctx, "firm.test"); return err },
		"its conversation": func() error { _, err := w.zoe.Customer(w.ctx, first.Conversation); return err },
		"to change it":     func() error { _, err := w.zoe.SetContact(w.ctx, "ann@firm.test", values("name", "x")); return err },
		"to merge it":      func() error { _, err := w.zoe.MergeContacts(w.ctx, "ann@firm.test", "bob@gmail.com"); return err },
		"deals with it":    func() error { _, err := w.zoe.Deals(w.ctx, "ann@firm.test", "", "", desk.DealQuery{}); return err },
		"a deal with it": func() error {
			_, _, err := w.zoe.AddDeal(w.ctx, values("name", "x", "contact", "ann@firm.test"))
			return err
		},
		"contacts of there": func() error {
			_, err := w.zoe.ContactsLike(w.ctx, "", "", "firm.test", desk.ContactQuery{})
			return err
		},
	} {
		if err := ask(); desk.KindOf(err) != desk.NotFound {
			t.Errorf("zoe asks for %s: %v", what, err)
		}
	}
	if q, err := desk.ParseQuery("contact:ann@firm.test"); err != nil {
		t.Error(err)
	} else if _, err := w.zoe.Resolve(w.ctx, q); desk.KindOf(err) != desk.Invalid {
		t.Error("zoe looks for conversations of a contact she does not see:", err)
	}
	w.want("maya looks for its conversations", w.query(w.maya, "contact:ann@firm.test"), []desk.ConversationID{first.Conversation})
	for _, line := range []string{
		"contact:ann@firm.test is:open", "contact:ann@firm.test company:firm.test", "contact:ann@firm.test -is:closed -has:attachment", "hello contact:ann@firm.test inbox:support ",
		"contact:ann@firm.test OR is:closed", fmt.Sprintf("#%d contact:ann@firm.test", first.Conversation),
	} {
		w.want("maya looks for "+line, w.query(w.maya, line), []desk.ConversationID{first.Conversation})
	}
	w.want("ben looks for those of its company", len(w.query(w.ben, "company:firm.test ")), 2)

	cos, err := w.maya.Companies(w.ctx)
	w.ok(err)
	w.want("companies maya sees", fmt.Sprint(cos[0].Called, cos[0].Contacts, len(cos)), "firm.test1 1")
	none, err := w.zoe.Companies(w.ctx)
	w.ok(err)
	w.want("companies zoe sees", len(none), 0)

	// Zoe enters whom she has met: nothing tells her that others know him.
	res, err := w.zoe.AddContact(w.ctx, values("email", "ann@firm.test", "name", "Ms Lee"))
	w.ok(err)
	w.want("what zoe is told", fmt.Sprint(res.Added, res.Of), "trueann@firm.test")
	w.want("contacts zoe sees now", w.contacts(w.zoe, ""), []string{"Ms Lee <ann@firm.test> firm.test"})
	card, err := w.zoe.Contact(w.ctx, "ann@firm.test")
	w.ok(err)
	w.want("conversations she sees", len(card.Conversations), 0)
	card, err = w.maya.Customer(w.ctx, first.Conversation)
	w.ok(err)
	w.want("whom maya's conversation is with", fmt.Sprint(card.Shown, card.Listed, len(card.Conversations)), "Ms Leetrue 1")
	_, err = w.maya.AddContact(w.ctx, values("email", "Ann@Firm.test"))
	w.refused("one that is seen", err, "CONTACT_EXISTS")
}

// testContactsByHand: where mail makes no contacts, people do.
func testContactsByHand(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetContacts: string(desk.ContactsByHand)})
	m := w.arrive(w.support.ID, named("1@x", "Ann", "ann@firm.test", "one"))
	w.want("contacts", w.contacts(w.maya, ""), []string{})
	if _, err := w.maya.Customer(w.ctx, m.Conversation); !errors.Is(err, desk.ErrNoRow) {
		t.Error("whom the conversation is with:", err)
	}
	w.arrive(w.sales.ID, named("2@x", "Bob", "bob@firm.test", "two"))
	w.want("contacts of another inbox", w.contacts(w.maya, ""), []string{"Bob <bob@firm.test> firm.test"})
	_, err := w.maya.AddContactOf(w.ctx, m.Conversation)
	w.ok(err)
	w.want("contacts after the key", w.contacts(w.maya, ""), []string{"Ann <ann@firm.test> firm.test", "Bob <bob@firm.test> firm.test"})
	_, err = w.maya.AddContactOf(w.ctx, m.Conversation)
	w.refused("the key again", err, "CONTACT_EXISTS")
	again := w.arrive(w.support.ID, named("3@x", "Ann", "ann@firm.test", "three"))
	card, err := w.maya.Customer(w.ctx, again.Conversation)
	w.ok(err)
	w.want("a new conversation of a known sender", len(card.Conversations), 2)
}

// customers are all rows of contacts, companies and deals as the ports give
// them: what an undo has to bring back.
func (w *world) customers() string {
	w.t.Helper()
	var all strings.Builder
	w.read(func(r desk.Reader) error {
		for _, k := range w.allContacts(r) {
			addresses, err := r.ContactAddresses(k.ID)
			w.ok(err)
			group, err := r.ContactGroup(k.ID)
			w.ok(err)
			open, err := r.OpenDeals(k.ID)
			w.ok(err)
			fmt.Fprintf(&all, "%+v %v %v %+v\n", k, addresses, group, open)
		}
		return nil
	})
	for _, c := range w.conversations() {
		fmt.Fprintln(&all, c.ID, c.Contact)
	}
	return all.String()
}

func (w *world) allContacts(r desk.Reader) []desk.Contact {
	w.t.Helper()
	var list []desk.Contact
	for id := desk.ContactID(1); ; id++ {
		k, err := r.Contact(id)
		if errors.Is(err, desk.ErrNoRow) {
			return list
		}
		w.ok(err)
		list = append(list, k)
	}
}

// testContactsMerged: merging makes one of two, and undo makes them two again,
// with all that belongs to each.
func testContactsMerged(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	at := map[string]desk.ConversationID{}
	for i, from := range []string{"ann@firm.test", "ann@home.test", "a.lee@old.test"} {
		at[from] = w.arrive(w.support.ID, named(fmt.Sprint(i, "@x"), "Ann Lee", from, from)).Conversation
	}
	_, err := w.maya.SetContact(w.ctx, "ann@home.test", values("owner", "ben", "name", "Ann L."))
	w.ok(err)
	_, _, err = w.maya.AddDeal(w.ctx, values("name", "Big", "contact", "ann@home.test", "owner", "zoe", "amount", "1,250.5 eur"))
	w.ok(err)
	before := w.customers()

	first, err := w.maya.MergeContacts(w.ctx, "ann@home.test", "a.lee@old.test")
	w.ok(err)
	between := w.customers()
	second, err := w.maya.MergeContacts(w.ctx, "ann@firm.test", "a.lee@old.test") // by an address of the one that is gone
	w.ok(err)
	w.want("what it took over", fmt.Sprint(second.After["owner"], "/", second.After["name"]), "ben/Ann L.")
	card, err := w.maya.Contact(w.ctx, "ann@home.test")
	w.ok(err)
	w.want("the one that is left", fmt.Sprint(card.Addresses, len(card.Conversations), card.OwnerName, card.Deals[0].Worth(), len(w.contacts(w.maya, ""))),
		"[ann@firm.test ann@home.test a.lee@old.test] 3ben1250.50 EUR1")
	w.want("a search by an address of it", w.contacts(w.maya, "old.test"), []string{"Ann L. <ann@firm.test> firm.test"})
	w.want("its conversations in a list", len(w.query(w.maya, "contact:a.lee@old.test")), 3)
	later := w.arrive(w.support.ID, named("later@x", "Ann", "ann@home.test", "later")).Conversation
	w.want("its conversations after more mail", len(w.query(w.maya, "contact:ann@firm.test")), 4)

	_, err = w.maya.Undo(w.ctx, first.Batch)
	w.want("undoing the first merge of two", desk.KindOf(err), desk.Conflict)
	_, err = w.maya.Undo(w.ctx, second.Batch)
	w.ok(err)
	w.want("after the undo the later mail is with who wrote it", len(w.query(w.maya, "contact:ann@home.test")), 3)
	w.want("rows after the undo", strings.Replace(w.customers(), fmt.Sprintln(later, 2), "", 1), w.aged(between))
	_, err = w.maya.Undo(w.ctx, first.Batch)
	w.ok(err)
	w.want("rows after both", strings.Replace(w.customers(), fmt.Sprintln(later, 2), "", 1), w.aged(before))
	_, err = w.maya.MergeContacts(w.ctx, "ann@home.test", "ann@home.test")
	w.refused("one with itself", err, "SAME_CONTACT")
}

// aged is a dump with the deal's activity as it is now: mail has come since.
func (w *world) aged(dump string) string {
	w.t.Helper()
	var deal desk.Deal
	w.read(func(r desk.Reader) error {
		var err error
		deal, err = r.Deal(1)
		return err
	})
	now := fmt.Sprintf("ActiveAt:%v", deal.ActiveAt)
	parts := strings.Split(dump, "ActiveAt:")
	for i, p := range parts[1:] {
		parts[i+1] = now + p[strings.Index(p, " CreatedAt:"):]
	}
	return strings.Join(parts, "")
}

// testCompanies: a company that somebody enters takes over what its domains
// have brought; undo brings attributes back.
func testCompanies(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.arrive(w.support.ID, named("1@x", "Ann", "ann@firm.test", "one"))
	w.arrive(w.ownInbox.ID, named("2@x", "Bob", "bob@firm.example", "two"))
	_, err := w.zoe.AddCompany(w.ctx, values("name", "The Firm", "domains", "firm.test, @FIRM.example"))
	w.ok(err)
	card, err := w.ben.Company(w.ctx, "the firm")
	w.ok(err)
	w.want("the company", fmt.Sprint(card.Domains, card.Contacts), "[firm.example firm.test] 2")
	card, err = w.zoe.Company(w.ctx, "firm.test")
	w.ok(err)
	w.want("the company for who sees no contact of it", fmt.Sprint(card.Called, card.Contacts), "The Firm0")
	_, err = w.maya.AddCompany(w.ctx, values("name", "Other", "domains", "firm.test"))
	w.refused("a domain that is a company's", err, "DOMAIN_IN_USE")
	_, err = w.maya.AddCompany(w.ctx, values("name", "THE firm"))
	w.refused("a name that is a company's", err, "NAME_IN_USE")
	_, err = w.maya.AddCompany(w.ctx, values("name", "Mail", "domains", "gmail.com"))
	w.refused("a domain at which everybody can have an address", err, "FREEMAIL")

	set, err := w.maya.SetCompany(w.ctx, "The Firm", values("owner", "zoe", "name", "Firm & Co"))
	w.ok(err)
	_, err = w.maya.Undo(w.ctx, set.Batch)
	w.ok(err)
	card, err = w.maya.Company(w.ctx, "The Firm")
	w.ok(err)
	w.want("after the undo", fmt.Sprint(card.Name, card.OwnerName), "The Firm")
	n, err := w.maya.RemoveCompany(w.ctx, "firm.test")
	w.ok(err)
	w.want("contacts of the one removed that maya sees", n, 1)
	w.want("the contact of none", w.contacts(w.maya, ""), []string{"Ann <ann@firm.test> "})
}
