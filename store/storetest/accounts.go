package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/desk"
)

// inUse is what a refused connect says of the holder.
func (w *world) inUse(s *desk.Seat, inbox string, a desk.Account) desk.Error {
	w.t.Helper()
	_, err := s.Connect(w.ctx, inbox, a)
	return w.heldAs(a.Address+" for the inbox "+inbox, err)
}

func testAddressHeld(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	_, err := w.zoe.CreateInbox(w.ctx, "Zoe", desk.Personal)
	w.ok(err)
	help, own := desk.Account{Address: "help@acme.test"}, desk.Account{Address: "ben@acme.test"}
	since := w.clock.get()

	w.want("to an admin", *w.inUse(w.maya, "Sales", help).Holder,
		desk.Holding{Name: "Support", Kind: desk.Shared, As: desk.AddressPrimary, Since: since, Release: "postroom account disconnect help@acme.test"})
	w.want("the ways out", w.inUse(w.maya, "Sales", help).Hint,
		"Release it with: postroom account disconnect help@acme.test; make it personal with: postroom account convert help@acme.test --to personal")
	w.want("the ways out of his own", w.inUse(w.ben, "Ben", own).Hint,
		"Release it with: postroom account disconnect ben@acme.test; make it shared with: postroom account convert ben@acme.test --to shared")
	w.want("of a personal inbox, to an admin", *w.inUse(w.maya, "Sales", own).Holder,
		desk.Holding{Name: "Ben", Kind: desk.Personal, As: desk.AddressPrimary, Since: since, Release: "postroom account disconnect ben@acme.test"})
	w.want("to a colleague who works there", *w.inUse(w.ben, "Ben", help).Holder, desk.Holding{Name: "Support"})
	w.want("to its owner", w.inUse(w.ben, "Ben", own).Holder.Release, "postroom account disconnect ben@acme.test")
	w.want("to who sees the inbox not", *w.inUse(w.zoe, "Zoe", help).Holder, desk.Holding{Name: "Support"})
	e := w.inUse(w.zoe, "Zoe", own)
	w.want("of a personal inbox, to a colleague", *e.Holder, desk.Holding{Name: "Ben"})
	w.want("in words", e.Message+" "+e.Hint, "ben@acme.test belongs to Ben. Ask Ben or an admin of this desk to release it.")

	w.sameAddress()
}

// sameAddress tries spellings of addresses that are held, and others that only
// look like one.
func (w *world) sameAddress() {
	w.t.Helper()
	w.connect(w.maya, "Sales", "post@bücher.test")
	w.connect(w.maya, "Sales", "team+eu@acme.test")
	w.disconnect(w.maya, "help@acme.test")
	_, err := w.maya.Connect(w.ctx, "Support", desk.Account{Address: "help@acme.test", PlusAddressing: true})
	w.ok(err)
	for spelling, plus := range map[string]bool{
		"HELP@Acme.TEST": false, " help@acme.test": false, "help+eu@acme.test": false, "Help+a+b@acme.test": false,
		"post@BÜCHER.test": false, "POST@xn--bcher-kva.test": false, "post@bücher。test": false,
		"team@acme.test": true, "TEAM+EU@acme.test": false,
	} {
		w.inUse(w.maya, "Sales", desk.Account{Address: spelling, PlusAddressing: plus})
	}
	for _, hidden := range []string{"help@acme.test.", `"help"@acme.test`, "help\u200b@acme.test", "help@acme.\u00adtest", "help@.acme.test"} {
		if _, err := w.maya.Connect(w.ctx, "Sales", desk.Account{Address: hidden}); desk.KindOf(err) != desk.Invalid {
			w.t.Errorf("%q is connected: %v", hidden, err)
		}
	}
	for _, other := range []string{"help@acme.example", "ben+x@acme.test", "team@acme.test", "helpeu@acme.test", "+@acme.test"} {
		w.connect(w.maya, "Sales", other)
	}
}

// testConnectAtOnce: of several who connect the same address at the same time,
// each with a handle of his own, one wins, and the others are told who (S24).
// All of them had found it free: that look alone would let every one of them in.
func testConnectAtOnce(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	const many, rounds = 6, 3
	seats := make([]*desk.Seat, many)
	for i := range seats {
		seats[i] = w.seat(w.desk(w.open(t), uint64(i)+10), "maya")
	}
	for round := range rounds {
		address := func(int) string { return fmt.Sprintf("new%d@acme.test", round) }
		w.want("who finds a new address free", won(w.connectAll(seats, address, true)), many)
		errs := w.connectAll(seats, address, false)
		w.want("winners", won(errs), 1)
		for _, err := range errs {
			var e *desk.Error
			if err != nil && (!errors.As(err, &e) || e.Code != "ADDRESS_IN_USE" || e.Holder == nil || e.Holder.Release == "") {
				t.Error("a loser is told:", err)
			}
		}
		w.read(func(r desk.Reader) error {
			all, err := r.Accounts()
			w.want("accounts", len(all), 3+1+round*(1+many))
			return err
		})
		own := func(i int) string { return fmt.Sprintf("own%d-%d@acme.test", round, i) }
		w.want("winners with an address each", won(w.connectAll(seats, own, false)), many)
	}
}

// connectAll lets every seat connect an address to one of two inboxes, all at
// once; rehearsed, they only ask.
func (w *world) connectAll(seats []*desk.Seat, address func(int) string, rehearsed bool) []error {
	ctx := w.ctx
	if rehearsed {
		ctx = desk.Rehearse(ctx)
	}
	errs := make([]error, len(seats))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, s := range seats {
		all.Add(1)
		go func() {
			defer all.Done()
			<-start
			_, errs[i] = s.Connect(ctx, []string{"Support", "Sales"}[i%2], desk.Account{Address: address(i)})
		}()
	}
	close(start)
	all.Wait()
	return errs
}

func won(errs []error) int {
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

// testPaused: a paused account hands over nothing and hears of nothing, and
// other accounts go on; resumed, it sends what was held, however old.
func testPaused(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	other := w.arrive(w.sales.ID, mail("2@x", "ann@x.test", "Hi", "two")).Conversation
	lease := func(a desk.AccountID) desk.Lease {
		l, err := m.Lease(w.ctx, a, "one", "")
		w.ok(err)
		return l
	}
	claims := func(a desk.AccountID) desk.OutgoingID {
		got, found, err := m.ClaimOutgoing(w.ctx, lease(a))
		w.ok(err)
		if !found {
			return 0
		}
		return got.ID
	}
	_, err := w.zoe.Pause(w.ctx, "help@acme.test")
	w.want("who does not see it", desk.KindOf(err), desk.NotFound)
	a, err := w.maya.Pause(w.ctx, "HELP@acme.test")
	w.ok(err)
	w.want("paused", []any{a.State, a.Cause, a.Since}, []any{desk.AccountPaused, "By Maya.", w.clock.get()})
	_, err = w.maya.Pause(w.ctx, "help@acme.test")
	w.want("twice", desk.KindOf(err), desk.Conflict)
	w.ok(m.SetHealth(w.ctx, lease(w.helpAcc.ID), desk.AccountConnected, ""))

	_, err = w.ben.BeginTest(w.ctx, "Support", w.helpAcc.ID)
	w.want("a test mail while paused", desk.KindOf(err), desk.Conflict)
	held, goes := w.reply(c, "held", desk.SendOptions{}), w.reply(other, "goes", desk.SendOptions{})
	w.want("claimed while paused", claims(w.helpAcc.ID), 0)
	w.want("claimed of the other account", claims(w.salesAcc.ID), goes.ID)
	due, err := m.NextDue(w.ctx, w.helpAcc.ID)
	w.ok(err)
	w.want("due while paused", due.IsZero(), true)
	list, err := w.ben.Outbox(w.ctx, false)
	w.ok(err)
	w.want("why it waits", []string{list[1].Held, list[0].Held},
		[]string{"held: help@acme.test is paused; resume it with: postroom account resume help@acme.test", ""})
	_, err = w.maya.Reauth(w.ctx, "help@acme.test", func(a desk.Account) (desk.Account, error) { return a, nil })
	w.ok(err)
	w.want("claimed after a new password", claims(w.helpAcc.ID), 0)

	left := w.reply(other, "left over", desk.SendOptions{})
	w.clock.forward(2 * desk.LeftOverAge)
	_, n, err := w.maya.Resume(w.ctx, "help@acme.test")
	w.ok(err)
	w.want("let go", n, 1)
	w.want("claimed when it works again", claims(w.helpAcc.ID), held.ID)
	got, err := m.Outgoing(w.ctx, held.ID)
	w.ok(err)
	w.want("from the same address", got.From.Addr, "help@acme.test")
	w.want("of the other account, which nobody held", claims(w.salesAcc.ID), 0)
	got, err = m.Outgoing(w.ctx, left.ID)
	w.ok(err)
	w.want("what was left over", got.State, desk.Cancelled)
	_, _, err = w.maya.Resume(w.ctx, "help@acme.test")
	w.want("resumed twice", desk.KindOf(err), desk.Conflict)
	w.resumeWithoutSecret()
}

// resumeWithoutSecret: an account whose password went with a lost key while it
// was paused does not work again by being resumed, and says so; the one that
// was not paused is the control.
func (w *world) resumeWithoutSecret() {
	w.t.Helper()
	w.connect(w.maya, "Sales", "spare@acme.test")
	_, err := w.maya.Pause(w.ctx, "spare@acme.test")
	w.ok(err)
	a, _, err := w.maya.Resume(w.ctx, "spare@acme.test")
	w.ok(err)
	w.want("with its password", a.State, desk.AccountConnecting)
	w.clock.forward(time.Minute)
	_, err = w.maya.Pause(w.ctx, "spare@acme.test")
	w.ok(err)
	_, err = w.maya.BeginKey(w.ctx, "", "another")
	w.ok(err)
	a, n, err := w.maya.Resume(w.ctx, "spare@acme.test")
	w.ok(err)
	w.want("without", []any{a.State, n}, []any{desk.AccountNeedsSignIn, 0})
	plan, err := w.maya.Convert(desk.Rehearse(w.ctx), desk.Conversion{Address: "spare@acme.test", To: desk.Personal, Inbox: "Mine", Owner: "maya"})
	w.ok(err)
	w.want("a preview tells it", slices.ContainsFunc(plan.Effects(), func(e desk.Effect) bool {
		return strings.Contains(e.Text, "postroom account reauth spare@acme.test")
	}), true)
}
