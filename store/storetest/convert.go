package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// refused is the code with which something was refused.
func refused(err error) string {
	var e *desk.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint("not refused: ", err)
}

func logins(us []desk.User) []string {
	var list []string
	for _, u := range us {
		list = append(list, u.Login)
	}
	return list
}

func (w *world) inboxNow(id desk.InboxID) desk.Inbox {
	w.t.Helper()
	var in desk.Inbox
	w.read(func(r desk.Reader) error {
		var err error
		in, err = r.Inbox(id)
		return err
	})
	return in
}

// testConvert: a shared account becomes personal and shared again while mail
// arrives. Every mail is in one inbox, and those who read it are those who were
// to read it when it came (S11, S12).
func testConvert(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	b := &box{w: w, epoch: 1, mails: map[uint32]desk.Fetched{}}
	b.add(1, "one")
	b.sync(w.helpAcc.ID)
	k := desk.Conversion{Address: "HELP@acme.test", To: desk.Personal, Inbox: "Mine"}

	plan, err := w.maya.Convert(desk.Rehearse(w.ctx), k)
	w.ok(err)
	w.want("the preview", []any{plan.From.Name, plan.To.Name, plan.To.Kind, plan.Made, plan.Open, plan.All, plan.Alone, logins(plan.Losing), logins(plan.Gaining)},
		[]any{"Support", "Mine", desk.Personal, true, 1, 1, true, []string{"ben"}, []string(nil)})
	w.read(func(r desk.Reader) error {
		a, err := r.Account(w.helpAcc.ID)
		w.want("after a preview", a.Inbox, w.support.ID)
		return err
	})

	lease, err := w.d.Mailroom().Lease(w.ctx, w.helpAcc.ID, "the old worker", "")
	w.ok(err)
	b.add(2, "two, not fetched yet")
	w.clock.forward(time.Second)
	done, err := w.maya.Convert(w.ctx, k)
	w.ok(err)
	if err := w.d.Mailroom().SetHealth(w.ctx, lease, desk.AccountConnected, ""); !errors.Is(err, desk.ErrFenced) {
		t.Error("the worker of before goes on:", err)
	}
	b.add(3, "three")
	b.epoch = 2
	b.sync(w.helpAcc.ID)
	w.want("in Support", w.subjects(w.support.ID), []string{"one", "two, not fetched yet"})
	w.want("in Mine", w.subjects(done.To.ID), []string{"three"})
	w.want("ben finds", len(w.query(w.ben, "three")), 0)
	w.want("ben still finds", len(w.query(w.ben, "fetched")), 1)

	_, err = w.maya.Convert(w.ctx, k)
	w.want("once more", refused(err), "SAME_KIND")
	w.clock.forward(time.Second)
	_, err = w.maya.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Shared, Inbox: "support"})
	w.ok(err)
	b.add(4, "four")
	b.epoch = 3
	b.sync(w.helpAcc.ID)
	w.want("back in Support", w.subjects(w.support.ID), []string{"one", "two, not fetched yet", "four"})
	w.want("still in Mine", w.subjects(done.To.ID), []string{"three"})
	w.want("ben finds", len(w.query(w.ben, "three OR four")), 1)
}

// testConvertRefused: who may not switch an account, and when nobody may.
func testConvertRefused(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	to := func(s *desk.Seat, address string, kind desk.InboxKind, inbox string, h desk.MailHistory) error {
		_, err := s.Convert(w.ctx, desk.Conversion{Address: address, To: kind, Inbox: inbox, History: h})
		return err
	}
	w.want("an agent, who does not see it", refused(to(w.zoe, "help@acme.test", desk.Personal, "", "")), "NO_SUCH_ACCOUNT")
	w.want("an admin, somebody's personal one", refused(to(w.maya, "ben@acme.test", desk.Shared, "Sales", "")), "NOT_ALLOWED")
	w.want("an agent, his own, to a new shared inbox", refused(to(w.ben, "ben@acme.test", desk.Shared, "New", "")), "NOT_ALLOWED")
	w.want("an agent, his own inbox", refused(to(w.ben, "ben@acme.test", desk.Shared, "", desk.HistoryMove)), "NOT_ALLOWED")
	w.want("an agent, to an inbox he may not configure", refused(to(w.ben, "ben@acme.test", desk.Shared, "Sales", "")), "NO_CONFIGURE_PERMISSION")
	w.want("into somebody else's", refused(to(w.maya, "help@acme.test", desk.Personal, "Ben", "")), "NAME_IN_USE")
	w.want("into one of the same kind", refused(to(w.maya, "help@acme.test", desk.Personal, "Sales", "")), "NAME_IN_USE")
	w.want("nonsense", refused(to(w.maya, "help@acme.test", "both", "", "")), "BAD_KIND")

	for _, kind := range desk.AddressKinds() {
		_, err := w.maya.AddAddress(w.ctx, "help@acme.test", string(kind)+"@acme.test", kind)
		w.ok(err)
	}
	err := to(w.maya, "help@acme.test", desk.Personal, "", "")
	w.want("while things refer to it", refused(err), "REFERENCED")
	var e *desk.Error
	errors.As(err, &e)
	w.want("all of them", len(e.References), 3)
	for _, ref := range e.References {
		_, err := w.maya.RemoveAddress(w.ctx, ref.Name)
		w.ok(err)
		w.want("the command", ref.Remove, "postroom account alias remove "+ref.Name)
	}
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	failed := w.reply(c, "refused by the server", desk.SendOptions{})
	w.write(func(wr desk.Writer) error {
		failed.State = desk.Failed
		return wr.SaveOutgoing(failed, desk.Queued)
	})
	out := w.reply(c, "held", desk.SendOptions{Hold: time.Hour})
	w.want("while mail waits", refused(to(w.maya, "help@acme.test", desk.Personal, "", "")), "MAIL_WAITING")
	_, err = w.ben.CancelSend(w.ctx, out.ID)
	w.ok(err)
	w.connect(w.maya, "Support", "second@acme.test")
	w.want("with another account", refused(to(w.maya, "help@acme.test", desk.Personal, "", desk.HistoryMove)), "OTHER_ACCOUNTS")
	w.ok(to(w.maya, "help@acme.test", desk.Personal, "", ""))
	w.want("a mail of before that had failed", refused(w.ben.RetrySend(w.ctx, failed.ID)), "OTHER_ACCOUNT")
}

// testConvertRouted: rules and strategies that count on an account or an address
// keep it, all are named, and each is told with the command that frees it.
func testConvertRouted(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	_, err := w.maya.AddAddress(w.ctx, "help@acme.test", "orders@acme.test", desk.AddressAlias)
	w.ok(err)
	_, err = w.maya.AddStrategy(w.ctx, "rota", desk.StrategySetting{Kind: desk.RoundRobin, On: []string{"ben"}})
	w.ok(err)
	for _, address := range []string{"help@acme.test", "orders@acme.test"} {
		_, err = w.maya.RouteAddress(w.ctx, address, "rota")
		w.ok(err)
	}
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetRouting: "rota"})
	w.rule(w.maya, "by channel", "channel:orders@acme.test", "", "close")
	w.rule(w.maya, "asks for it", "desk", "-(lamp channel:Orders@acme.test)", "close")
	w.rule(w.maya, "mail to it", "desk", "to:Orders@acme.test", "close")
	w.rule(w.maya, "of the inbox", "inbox:support", "", "close")
	w.rule(w.maya, "asks for the inbox", "desk", "inbox:Support lamp", "close")
	w.rule(w.maya, "moves there", "inbox:sales", "", "tag x", "move SUPPORT")
	w.rule(w.maya, "has nothing to do with it", "desk", "lamp", "close")

	standing := func(err error) (names []string) {
		t.Helper()
		w.want("the code", refused(err), "REFERENCED")
		var e *desk.Error
		errors.As(err, &e)
		for _, ref := range e.References {
			names = append(names, ref.Name+": "+ref.Remove)
			if !strings.Contains(e.Message, ref.Name+" is "+ref.What) || !strings.Contains(e.Hint, ref.Remove) {
				t.Errorf("%s (%s) does not name %+v", e.Message, e.Hint, ref)
			}
		}
		return names
	}
	_, err = w.maya.RemoveAddress(w.ctx, "orders@acme.test")
	w.want("of the alias", standing(err), []string{
		"by channel: postroom rule remove 'by channel'", "asks for it: postroom rule remove 'asks for it'", "mail to it: postroom rule remove 'mail to it'", "orders@acme.test: postroom strategy use inbox orders@acme.test",
	})
	convert := func() error {
		_, err := w.maya.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Personal, Inbox: "Mine"})
		return err
	}
	w.want("of the account", standing(convert()), []string{
		"by channel: postroom rule remove 'by channel'", "asks for it: postroom rule remove 'asks for it'", "mail to it: postroom rule remove 'mail to it'", "of the inbox: postroom rule remove 'of the inbox'",
		"asks for the inbox: postroom rule remove 'asks for the inbox'", "moves there: postroom rule remove 'moves there'",
		"Support: postroom inbox set Support routing=manual", "help@acme.test: postroom strategy use inbox help@acme.test", "orders@acme.test: postroom strategy use inbox orders@acme.test",
		"orders@acme.test: postroom account alias remove orders@acme.test",
	})
	for _, name := range []string{"by channel", "asks for it", "mail to it"} {
		w.ok(w.maya.RemoveRule(w.ctx, name))
	}
	for _, address := range []string{"help@acme.test", "orders@acme.test"} {
		_, err = w.maya.RouteAddress(w.ctx, address, "inbox")
		w.ok(err)
	}
	_, err = w.maya.RemoveAddress(w.ctx, "orders@acme.test")
	w.ok(err)
	w.connect(w.maya, "Support", "second@acme.test")
	w.ok(convert()) // the inbox goes on with its other account, and so do its rules
}

// testConvertWork: an inbox that has tickets and goals does not become personal
// itself while it is set to have them; its account may leave it.
func testConvertWork(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	_, err := w.maya.AddPolicy(w.ctx, "gold", map[desk.PolicyKey]string{desk.PolicyFirst: "4h", desk.PolicyInboxes: "Support,Sales"}, desk.NewTickets)
	w.ok(err)
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetTickets: "support/new"})
	convert := func(h desk.MailHistory) (desk.Converted, error) {
		return w.maya.Convert(desk.Rehearse(w.ctx), desk.Conversion{Address: "help@acme.test", To: desk.Personal, History: h})
	}
	_, err = convert(desk.HistoryMove)
	w.want("with all that is in it", refused(err), "REFERENCED")
	var e *desk.Error
	errors.As(err, &e)
	w.want("what frees it", e.Hint, "Remove them with: postroom inbox set Support tickets=off; postroom sla remove gold")
	told := func(c desk.Converted) (list []string) {
		for _, e := range c.Effects() {
			if e.What == "routing" || e.What == "tickets" {
				list = append(list, e.Text)
			}
		}
		return list
	}
	kept, err := convert(desk.HistoryKeep)
	w.ok(err)
	w.want("the preview", told(kept), []string{
		`The routing of "Support" stays its own; nobody else is given what comes into a personal inbox.`,
		`The ticket setting and the policies of "Support" stay its own, and clocks of its tickets run on; what comes into a personal inbox begins neither.`,
	})
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetTickets: "off"})
	w.ok(w.maya.RemovePolicy(w.ctx, "gold"))
	moved, err := convert(desk.HistoryMove)
	w.ok(err)
	w.want("the preview of a move", told(moved)[1], "What comes in from then on becomes no ticket. Tickets there are go along, and their clocks run on.")
}

// testConvertUndone: undo∘convert leaves what there was; what came in between
// stays where it came, and a personal inbox that has got mail is not shown to
// the team by an undo.
func testConvertUndone(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	b := &box{w: w, epoch: 1, mails: map[uint32]desk.Fetched{}}
	b.add(1, "one")
	b.sync(w.helpAcc.ID)
	members := func(in desk.InboxID) (list string) {
		w.read(func(r desk.Reader) error {
			ms, err := r.Members(in)
			for _, m := range ms {
				list += m.Login + " " + m.Rights.String() + "; "
			}
			return err
		})
		return list
	}
	before := members(w.support.ID)
	for i, name := range []string{"help", "zoe", "zoe 2", "zoe 3"} { // never the address, which admins would read
		plan, err := w.maya.Convert(desk.Rehearse(w.ctx), desk.Conversion{Address: "help@acme.test", To: desk.Personal, Owner: "zoe"})
		w.ok(err)
		w.want("what its inbox is called", plan.To.Name, name)
		if i < 3 {
			_, err = w.ben.CreateInbox(w.ctx, name, desk.Personal)
			w.ok(err)
		}
	}
	made := map[desk.InboxID]bool{}
	for _, h := range []desk.MailHistory{desk.HistoryKeep, desk.HistoryMove} {
		done, err := w.maya.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Personal, Owner: "zoe", Inbox: "Zoes", History: h})
		w.ok(err)
		w.want("whose it is", []any{done.To.Kind, done.To.Owner, done.To.Name, members(done.To.ID)}, []any{desk.Personal, w.zoe.Actor().User, "Zoes", "zoe see,reply,assign,configure; "})
		w.want("what zoe finds", len(w.query(w.zoe, "one")), map[desk.MailHistory]int{desk.HistoryMove: 1}[h])
		out, err := w.maya.Undo(w.ctx, done.Batch)
		w.ok(err)
		w.want("what is said", out.Said[0], `help@acme.test serves the shared inbox "Support" again.`)
		w.want("Support", []any{w.inboxNow(w.support.ID), members(w.support.ID)}, []any{w.support, before})
		w.read(func(r desk.Reader) error {
			served, err := r.Served(w.helpAcc.ID)
			w.want("served", len(served), 0)
			if _, gone := r.InboxByName("zoes"); !errors.Is(gone, desk.ErrNoRow) {
				t.Error("the inbox that was made for it stays:", gone)
			}
			return err
		})
		_, err = w.maya.Undo(w.ctx, done.Batch)
		w.want("twice", desk.KindOf(err), desk.NotFound)
		w.want("an id the journal knows already", made[done.To.ID], false)
		made[done.To.ID] = true
	}

	kept, err := w.maya.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Personal, Owner: "zoe", Inbox: "Zoes"})
	w.ok(err)
	b.add(2, "two")
	b.sync(w.helpAcc.ID)
	w.clock.forward(time.Second)
	out, err := w.maya.Undo(w.ctx, "")
	w.ok(err)
	w.want("what stands besides the account that was cut off and is back", out.Stands, []desk.EventKind(nil))
	earlier, err := w.maya.Undo(desk.Rehearse(w.ctx), "")
	w.want("neither half of what is undone stands", err == nil && slices.Contains(earlier.Stands, desk.EventAccountDisconnected), false)
	w.want("what stays", out.Said[1], `1 mail that came in meanwhile stays in the inbox "Zoes".`)
	b.epoch = 2
	b.add(3, "three")
	b.sync(w.helpAcc.ID)
	w.want("Zoes", w.subjects(kept.To.ID), []string{"two"})
	w.want("Support", w.subjects(w.support.ID), []string{"one", "three"})

	again, err := w.maya.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Personal, Owner: "zoe", Inbox: "Zoes"})
	w.ok(err)
	out, err = w.maya.Undo(w.ctx, again.Batch)
	w.ok(err)
	w.want("said where nothing has come since", out.Said, []string{`help@acme.test serves the shared inbox "Support" again.`})

	moved, err := w.maya.Transfer(w.ctx, "help@acme.test", "sales")
	w.ok(err)
	w.want("transferred", []any{moved.To.Name, logins(moved.Losing), logins(moved.Gaining)}, []any{"Sales", []string(nil), []string{"zoe"}})
	_, err = w.maya.Transfer(w.ctx, "help@acme.test", "Sales")
	w.want("where it is", refused(err), "SAME_INBOX")
	_, err = w.maya.Transfer(w.ctx, "help@acme.test", "Ben")
	w.want("to one of another kind", refused(err), "NAME_IN_USE")
	_, err = w.ben.Transfer(w.ctx, "help@acme.test", "Support")
	w.want("by an agent", refused(err), "NO_CONFIGURE_PERMISSION")
	_, err = w.maya.Transfer(w.ctx, "ben@acme.test", "Ben two")
	w.want("somebody's own", refused(err), "NOT_ALLOWED")
	out, err = w.maya.Undo(w.ctx, moved.Batch)
	w.ok(err)
	w.want("said", out.Said, []string{`help@acme.test serves the shared inbox "Support" again.`})

	_, err = w.maya.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Personal, Owner: "zoe", History: desk.HistoryMove})
	w.ok(err)
	b.add(4, "four")
	b.sync(w.helpAcc.ID)
	_, err = w.maya.Undo(w.ctx, "")
	w.want("with mail of zoe's", refused(err), "CHANGED_SINCE")
	w.want("ben finds", len(w.query(w.ben, "one OR four")), 0)
	_, err = w.zoe.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Shared, Inbox: "Sales"})
	w.want("zoe, who may not configure Sales", refused(err), "NO_CONFIGURE_PERMISSION")
	w.disconnect(w.maya, "help@acme.test")
	_, err = w.maya.Undo(w.ctx, "")
	w.want("disconnected since", refused(err), "CHANGED_SINCE")
}
