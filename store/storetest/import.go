package storetest

import (
	"fmt"
	"testing"

	"postroom/desk"
)

// imported is what became of lines, in words.
func (w *world) imported(s *desk.Seat, kind desk.ImportKind, lines ...map[string]string) []string {
	w.t.Helper()
	in := make([]desk.ImportLine, len(lines))
	for i, v := range lines {
		in[i] = desk.ImportLine{N: i + 1, Values: v}
	}
	res, err := s.Import(w.ctx, kind, in)
	w.ok(err)
	list := make([]string, len(res))
	for i, l := range res {
		list[i] = fmt.Sprint(l.N, " ", l.Outcome)
	}
	return list
}

// testImport: lines make or change what they are about; one that is broken
// leaves nothing and stops no other; the same again changes nothing.
func testImport(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.arrive(w.support.ID, named("1@x", "Ann", "ann@firm.test", "one"))
	lines := []map[string]string{
		values("email", "ann@firm.test", "name", "Ann Lee", "owner", "ben", "company", "The Firm"),
		values("email", "not an address", "name", "Broken", "company", "Never Made"),
		values("email", "bob@x.test; bob@y.test", "name", "Bob", "company", ""),
		values("email", "eve@x.test", "owner", "nobody"),
		values("email", "bob@y.test", "owner", "zoe"),
		values("name", "No address"),
		values("email", "ann@firm.test bob@x.test"),
	}
	want := []string{"1 changed", "2 broken", "3 new", "4 broken", "5 changed", "6 broken", "7 broken"}
	before := w.customers()
	ctx := w.ctx
	w.ctx = desk.Rehearse(ctx)
	w.want("a rehearsal", w.imported(w.maya, desk.ImportContacts, lines...), want)
	w.ctx = ctx
	w.want("rows after it", w.customers(), before)
	w.want("the import", w.imported(w.maya, desk.ImportContacts, lines...), want)
	w.want("contacts", w.contacts(w.zoe, ""), []string{"Ann Lee <ann@firm.test> The Firm", "Bob <bob@x.test> x.test"})
	after := w.customers()
	want[0], want[2], want[4] = "1 same", "3 same", "5 same"
	w.want("the import again", w.imported(w.maya, desk.ImportContacts, lines...), want)
	w.want("rows after it", w.customers(), after)
	if _, err := w.maya.Company(w.ctx, "Never Made"); desk.KindOf(err) != desk.NotFound {
		t.Error("a broken line has made its company:", err)
	}

	w.want("companies", w.imported(w.maya, desk.ImportCompanies,
		values("name", "The Firm", "domains", "firm.test firm.example", "owner", "maya"),
		values("name", "Other", "domains", "firm.example"),
		values("domains", "x.test", "name", "X"),
		values("owner", "zoe")), []string{"1 changed", "2 broken", "3 changed", "4 broken"})
	deals := []map[string]string{
		values("name", "Big", "contact", "ann@firm.test", "owner", "zoe", "amount", "99 USD", "stage", "offer"),
		values("name", "Big", "contact", "bob@x.test", "status", "closed"),
		values("name", "Lost", "contact", "who@x.test"),
		values("name", "By number", "ref", "D-7", "company", "New One"),
		values("name", "Dear", "amount", "1.250,00 EUR"),
	}
	w.want("deals", w.imported(w.maya, desk.ImportDeals, deals...), []string{"1 new", "2 new", "3 broken", "4 new", "5 broken"})
	w.want("deals again", w.imported(w.maya, desk.ImportDeals, deals...), []string{"1 same", "2 same", "3 broken", "4 same", "5 broken"})
	deals[3]["name"] = "Renamed"
	w.want("one with a ref renamed", w.imported(w.maya, desk.ImportDeals, deals[3]), []string{"1 changed"})
	all, err := w.zoe.Deals(w.ctx, "", "", "", desk.DealQuery{})
	w.ok(err)
	w.want("deals there are", len(all), 3)
}
