package storetest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// testSetups: what somebody has said of a mailbox he is connecting is his
// alone, one at a time, there for the next process, and gone when he is done.
func testSetups(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	want := desk.Setup{
		Step: "servers", Kind: desk.Shared, Address: "new@bücher.test", IMAP: "mail.acme.test:993", Username: "n\"ew", FilesSent: true, SignIn: "microsoft", Device: true, Person: "ann@acme.test",
		Confirmed: []string{"It looks odd."}, Inbox: "New", Existing: true, Members: []string{"ben"}, Owner: "maya", Deputy: "ben", CutOff: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Connected: true,
	}
	w.ok(w.ben.SaveSetup(w.ctx, desk.Setup{Address: "before"}))
	w.ok(w.ben.SaveSetup(w.ctx, want))
	w.ok(w.ben.SaveSetup(desk.Rehearse(w.ctx), desk.Setup{Address: "rehearsed"}))
	got, ok, err := w.ben.Setup(w.ctx)
	w.ok(err)
	want.UpdatedAt = w.clock.get()
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %+v, wanted %+v", ok, got, want)
	}
	_, ok, err = w.maya.Setup(w.ctx)
	w.ok(err)
	w.want("another's, to an admin", ok, false)
	for _, bad := range []string{strings.Repeat("x", 5000), "a\x00b", "a\xffb"} {
		if err := w.ben.SaveSetup(w.ctx, desk.Setup{Address: bad}); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%.10q is kept: %v", bad, err)
		}
	}
	w.ok(w.ben.DropSetup(w.ctx))
	w.ok(w.ben.DropSetup(w.ctx))
	_, ok, err = w.ben.Setup(w.ctx)
	w.ok(err)
	w.want("after it was dropped", ok, false)
}
