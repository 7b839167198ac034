package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"postroom/desk"
)

// heldAs is what a refusal says of the holder of an address.
func (w *world) heldAs(what string, err error) desk.Error {
	w.t.Helper()
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "ADDRESS_IN_USE" || e.Kind != desk.Conflict || e.Holder == nil {
		w.t.Fatalf("%s: %v", what, err)
	}
	return *e
}

// testAddressKinds: an address of any kind has one holder, whichever kind it is
// wanted as (S36, S49).
func testAddressKinds(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	_, err := w.zoe.CreateInbox(w.ctx, "Zoe", desk.Personal)
	w.ok(err)
	for i, kind := range desk.AddressKinds() {
		address := fmt.Sprintf("Second%d@acme.test", i)
		a, err := w.maya.AddAddress(w.ctx, "help@acme.test", " "+address+" ", kind)
		w.ok(err)
		w.want("added", a, desk.Address{Account: w.helpAcc.ID, Address: address, Kind: kind, Since: w.clock.get()})
		for _, as := range desk.AddressKinds() {
			_, err := w.maya.AddAddress(w.ctx, "sales@acme.test", "SECOND"+fmt.Sprint(i)+"@acme.test", as)
			e := w.heldAs("another account's", err)
			w.want("the holder", *e.Holder, desk.Holding{Name: "Support", Kind: desk.Shared, As: kind, Since: w.clock.get(), Release: "postroom account alias remove " + address})
		}
		_, err = w.maya.AddAddress(w.ctx, "help@acme.test", address, kind)
		w.heldAs("its own account's", err)
		_, err = w.ben.AddAddress(w.ctx, "ben@acme.test", address, desk.AddressSendAs)
		w.want("to a member of the inbox", w.heldAs("a personal account's", err).Holder.Release, "")
		w.want("to a colleague", *w.inUse(w.zoe, "Zoe", desk.Account{Address: address}).Holder, desk.Holding{Name: "Support"})
	}
	w.want("personal for ben", w.heldAs("an address of Ben", w.addOnly(w.maya, "help@acme.test", "ben@acme.test")).Holder.Name, "Ben")
	list := func(s *desk.Seat) []string {
		all, err := s.Addresses(w.ctx)
		w.ok(err)
		var texts []string
		for _, a := range all {
			texts = append(texts, fmt.Sprint(a.Address, " ", a.Kind, " ", a.Writes()))
		}
		return texts
	}
	help := []string{"help@acme.test primary true", "Second0@acme.test alias false", "Second1@acme.test send-as false", "Second2@acme.test form false"}
	w.want("ben sees", list(w.ben), append(help, "sales@acme.test primary true", "ben@acme.test primary true"))
	w.want("an admin sees", list(w.maya), append(help, "sales@acme.test primary true"))
	w.want("zoe sees", list(w.zoe), []string{"sales@acme.test primary true"})

	w.write(func(wr desk.Writer) error { return wr.SaveVerified("second0@acme.test", w.clock.get()) })
	w.want("verified", list(w.ben)[1], "Second0@acme.test alias true")
	w.addressRights()
	all := []string{"help@acme.test", "Second0@acme.test", "Second1@acme.test", "Second2@acme.test"}
	rehearsed, err := w.maya.Disconnect(desk.Rehearse(w.ctx), "help@acme.test")
	w.ok(err)
	w.want("what a preview would free", len(rehearsed), len(all))
	w.want("what is freed", w.disconnect(w.maya, "help@acme.test"), all)
	w.clock.forward(time.Second)
	w.connect(w.maya, "Support", "help@acme.test")
	w.want("what comes back", list(w.ben)[3:], []string{"help@acme.test primary true", "Second0@acme.test alias true", "Second2@acme.test form false"})
	w.want("once more", w.disconnect(w.maya, "help@acme.test"), []string{"help@acme.test", "Second0@acme.test", "Second2@acme.test"})
	w.connect(w.maya, "Sales", "second0@acme.test") // somebody else has it now
	w.clock.forward(time.Second)
	w.connect(w.maya, "Support", "help@acme.test")
	w.want("without what somebody has", w.disconnect(w.maya, "help@acme.test"), []string{"help@acme.test", "Second2@acme.test"})
	w.disconnect(w.maya, "second0@acme.test")
	w.clock.forward(time.Second)
	w.connect(w.maya, "Sales", "help@acme.test")
	w.want("in another inbox", w.disconnect(w.maya, "help@acme.test"), all[:1])
	_, err = w.ben.AddAddress(w.ctx, "ben@acme.test", "bs@acme.test", desk.AddressAlias)
	w.ok(err)
	w.want("what an admin learns of a personal account", w.disconnect(w.maya, "ben@acme.test"), []string{"ben@acme.test"})
	for i := range 3 {
		w.clock.forward(time.Second)
		w.connect(w.maya, "Support", fmt.Sprintf("second%d@acme.test", i))
	}
}

// addOnly adds an alias and gives the error.
func (w *world) addOnly(s *desk.Seat, account, address string) error {
	_, err := s.AddAddress(w.ctx, account, address, desk.AddressAlias)
	return err
}

// disconnectOnly disconnects an account and gives the error.
func (w *world) disconnectOnly(s *desk.Seat, account string) error {
	_, err := s.Disconnect(w.ctx, account)
	return err
}

// disconnect gives the addresses that are free then.
func (w *world) disconnect(s *desk.Seat, account string) (free []string) {
	w.t.Helper()
	all, err := s.Disconnect(w.ctx, account)
	w.ok(err)
	for _, a := range all {
		free = append(free, a.Address)
	}
	return free
}

// addressRights: who may give and take addresses, and what they are not.
func (w *world) addressRights() {
	w.t.Helper()
	w.want("an agent, for a shared account", desk.KindOf(w.addOnly(w.ben, "help@acme.test", "x@acme.test")), desk.Denied)
	w.want("an admin, for a personal account", desk.KindOf(w.addOnly(w.maya, "ben@acme.test", "x@acme.test")), desk.Denied)
	w.want("by an alias of the account", desk.KindOf(w.addOnly(w.maya, "second0@acme.test", "x@acme.test")), desk.Conflict)
	w.want("disconnecting by an alias", desk.KindOf(w.disconnectOnly(w.maya, "second0@acme.test")), desk.Conflict)
	_, err := w.maya.RemoveAddress(w.ctx, "help@acme.test")
	w.want("removing the primary", desk.KindOf(err), desk.Conflict)
	_, err = w.zoe.RemoveAddress(w.ctx, "second0@acme.test")
	w.want("removing what one does not see", desk.KindOf(err), desk.NotFound)
	_, err = w.maya.AddAddress(w.ctx, "help@acme.test", "x@acme.test", desk.AddressPrimary)
	w.want("a second primary", desk.KindOf(err), desk.Invalid)

	w.ok(w.addOnly(w.ben, "ben@acme.test", "B.Smith@acme.test"))
	removed, err := w.maya.RemoveAddress(w.ctx, "b.smith@ACME.test")
	w.ok(err)
	w.want("an admin releases", removed.Address, "B.Smith@acme.test")
	w.ok(w.addOnly(w.maya, "sales@acme.test", "b.smith@acme.test"))
}

// testAddressesAtOnce: of several who want an address at the same time, as an
// account's own or as one of its further ones, each with a handle of his own,
// one gets it.
func testAddressesAtOnce(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	seats := make([]*desk.Seat, 6)
	for i := range seats {
		seats[i] = w.seat(w.desk(w.open(t), uint64(i)+10), "maya")
	}
	kinds := append(desk.AddressKinds(), desk.AddressPrimary)
	for round := range 3 {
		errs := make([]error, len(seats))
		var all sync.WaitGroup
		for i, s := range seats {
			all.Go(func() {
				address := fmt.Sprintf("new%d@acme.test", round)
				if kind := kinds[i%len(kinds)]; kind == desk.AddressPrimary {
					_, errs[i] = s.Connect(w.ctx, "Sales", desk.Account{Address: address})
				} else {
					_, errs[i] = s.AddAddress(w.ctx, []string{"help@acme.test", "sales@acme.test"}[i%2], address, kind)
				}
			})
		}
		all.Wait()
		w.want("winners", won(errs), 1)
		for _, err := range errs {
			if err != nil {
				w.want("a loser is told the release", w.heldAs("a loser", err).Holder.Release != "", true)
			}
		}
		w.read(func(r desk.Reader) error {
			all, err := r.Addresses()
			w.want("addresses", len(all), 3+1+round)
			return err
		})
	}
}

// testVerified: only the test mail of an address that came back into its
// account, with the From it left with, verifies it.
func testVerified(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	const alias, sendAs = "info@acme.test", "boss@acme.test"
	w.ok(w.addOnly(w.maya, "help@acme.test", alias))
	_, err := w.maya.AddAddress(w.ctx, "help@acme.test", sendAs, desk.AddressSendAs)
	w.ok(err)
	_, err = w.maya.AddAddress(w.ctx, "help@acme.test", "web@acme.test", desk.AddressForm)
	w.ok(err)
	_, err = w.maya.BeginVerify(w.ctx, "web@acme.test")
	w.want("a form", refused(err), "NOT_WRITTEN_FROM")
	_, err = w.maya.BeginVerify(w.ctx, "help@acme.test")
	w.want("the primary", refused(err), "VERIFIED")
	_, err = w.zoe.BeginVerify(w.ctx, alias)
	w.want("who does not see it", refused(err), "NO_SUCH_ADDRESS")

	verified := func() (list []string) {
		w.read(func(r desk.Reader) error {
			all, err := r.Addresses()
			for _, a := range all {
				if a.Kind != desk.AddressPrimary && a.Writes() {
					list = append(list, a.Address)
				}
			}
			return err
		})
		return list
	}
	back := func(out desk.Outgoing, account desk.Account, change func(*desk.Mail)) {
		m := desk.Mail{
			MessageID: out.HeaderID, InReplyTo: []string{out.InReplyTo}, References: out.References, Subject: out.Subject, Text: out.Text,
			From: []desk.Mailbox{out.From}, To: out.To, Auto: desk.Auto{Kind: desk.AutoGenerated},
		}
		change(&m)
		raw := w.keep(account.Inbox, w.clock.get())
		w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: raw, Account: account.ID, Role: desk.RoleInbox, At: w.clock.get(), Mail: m}}))
	}
	out, err := w.maya.BeginVerify(w.ctx, "INFO@acme.test")
	w.ok(err)
	w.want("it goes", []string{out.From.Addr, out.To[0].Addr}, []string{alias, alias})
	same := func(*desk.Mail) {}
	back(out, w.salesAcc, same)
	back(out, w.helpAcc, func(m *desk.Mail) { m.From = []desk.Mailbox{{Addr: "help@acme.test"}} })
	back(out, w.helpAcc, func(m *desk.Mail) { m.InReplyTo = []string{"pr1.1.t0.aaaaaaaaaaaaaaaa@acme.test"} })
	back(out, w.helpAcc, func(m *desk.Mail) { m.To = []desk.Mailbox{{Addr: "help@acme.test"}} })
	w.want("elsewhere, with another From, without the signature, to another address", verified(), []string(nil))
	back(out, w.helpAcc, same)
	w.want("back", verified(), []string{alias})

	out, err = w.maya.BeginVerify(w.ctx, sendAs)
	w.ok(err)
	w.want("send-as goes", []string{out.From.Addr, out.To[0].Addr}, []string{sendAs, "help@acme.test"})
	back(out, w.helpAcc, same)
	w.want("both", len(verified()), 2)
}
