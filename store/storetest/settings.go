package storetest

import (
	"strings"
	"testing"

	"postroom/desk"
)

// set changes settings of an inbox, which has to succeed.
func (w *world) set(s *desk.Seat, inbox string, values map[desk.SettingKey]string) desk.SettingsChanged {
	w.t.Helper()
	res, err := s.SetInboxSettings(w.ctx, inbox, values)
	w.ok(err)
	return res
}

// value reads one setting of the inbox Support.
func (w *world) value(key desk.SettingKey) string {
	w.t.Helper()
	list, err := w.maya.InboxSettings(w.ctx, "Support")
	w.ok(err)
	for _, set := range list {
		if set.Key == key {
			return set.Value
		}
	}
	w.t.Fatalf("there is no setting %s", key)
	return ""
}

func testSettings(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.want("a from nobody has chosen", w.value(desk.SetFrom), "")
	w.want("the owner nobody has chosen", w.value(desk.SetOwner), "maya")
	res := w.set(w.maya, "support", map[desk.SettingKey]string{
		desk.SetFrom: "agent-via-inbox", desk.SetOwner: "BEN", desk.SetDeputy: "maya", desk.SetName: "Help desk", desk.SetNotify: "all",
	})
	w.want("what is different", []any{res.Before, res.After}, []any{
		map[desk.SettingKey]string{desk.SetDeputy: "", desk.SetFrom: "", desk.SetName: "Support", desk.SetNotify: "", desk.SetOwner: "maya"},
		map[desk.SettingKey]string{desk.SetDeputy: "maya", desk.SetFrom: "agent-via-inbox", desk.SetName: "Help desk", desk.SetNotify: "all", desk.SetOwner: "ben"},
	})
	w.want("the same once more", len(w.set(w.maya, "Help desk", map[desk.SettingKey]string{desk.SetOwner: "ben"}).After), 0)
	w.read(func(r desk.Reader) error {
		events, err := r.EventsSince(w.support.ID, desk.EventInboxSet, w.clock.get().Add(-1))
		if len(events) != 1 || !strings.Contains(string(events[0].After), "Help desk") || !strings.Contains(string(events[0].Before), "Support") {
			t.Errorf("the journal has %+v", events)
		}
		return err
	})
	out, err := w.maya.Undo(w.ctx, res.Batch)
	w.ok(err)
	w.want("what is undone", []any{out.What, out.Said}, []any{desk.EventInboxSet, []string{`The settings of "Support" are as they were.`}})
	for key, want := range map[desk.SettingKey]string{desk.SetName: "Support", desk.SetFrom: "", desk.SetOwner: "maya", desk.SetDeputy: "", desk.SetNotify: ""} {
		w.want("after undo, "+string(key), w.value(key), want)
	}
	res = w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetFrom: "inbox"})
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetFrom: "{{agent.first}} at Acme"})
	out, err = w.maya.Undo(w.ctx, res.Batch)
	if desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "from has been changed") {
		t.Errorf("a setting that was changed again is undone: %+v, %v", out, err)
	}
	w.want("the newer from", w.value(desk.SetFrom), "{{agent.first}} at Acme")
}

func testSettingsRefused(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	refused := func(s *desk.Seat, inbox string, key desk.SettingKey, value string, kind desk.Kind) {
		t.Helper()
		_, err := s.SetInboxSettings(w.ctx, inbox, map[desk.SettingKey]string{key: value, desk.SetNotify: "none"})
		if desk.KindOf(err) != kind || err == nil {
			t.Errorf("%s %s=%q: %v, want %s", inbox, key, value, err, kind)
		}
	}
	for _, bad := range []string{"a\nBcc: x@evil.test", "a\r\nb", "a\x00", "\x1b[2J", "{{agent.nam}}", "{{agent.name", "agent.name}}", strings.Repeat("x", 201), "\xff"} {
		refused(w.maya, "Support", desk.SetFrom, bad, desk.Invalid)
	}
	for _, bad := range []string{"a\x07", "{{x}}", strings.Repeat("x", 5000), "a\rb"} {
		refused(w.maya, "Support", desk.SetSignature, bad, desk.Invalid)
	}
	refused(w.maya, "Support", desk.SetName, "sales", desk.Conflict)
	refused(w.maya, "Support", desk.SetName, " ", desk.Invalid)
	refused(w.maya, "Support", desk.SetNotify, "some", desk.Invalid)
	refused(w.maya, "Support", desk.SetDeputy, "maya", desk.Conflict) // the owner
	refused(w.maya, "Support", desk.SetDeputy, "zoe", desk.Conflict)  // no member
	refused(w.maya, "Support", desk.SetOwner, "zoe", desk.Conflict)
	refused(w.maya, "Support", desk.SetOwner, "", desk.NotFound)
	refused(w.maya, "Support", desk.SetDeputy, "who", desk.NotFound)
	refused(w.maya, "Support", "colour", "red", desk.Invalid)
	refused(w.ben, "Ben", desk.SetDeputy, "maya", desk.Invalid) // his own inbox has none
	refused(w.ben, "Support", desk.SetFrom, "inbox", desk.Denied)
	refused(w.zoe, "Support", desk.SetFrom, "inbox", desk.NotFound)
	refused(w.maya, "Ben", desk.SetFrom, "inbox", desk.NotFound)
	if _, err := w.maya.InboxSettings(w.ctx, "Ben"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("an admin reads the settings of a personal inbox: %v", err)
	}
	if _, err := w.zoe.InboxSettings(w.ctx, "Support"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a stranger reads the settings of a shared inbox: %v", err)
	}
	w.want("what a refused change has left", w.value(desk.SetNotify), "")
	// The control: what is right is taken.
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetDeputy: "ben", desk.SetNotify: "none"})
	w.set(w.ben, "Ben", map[desk.SettingKey]string{desk.SetFrom: "inbox"})
	w.want("after that", w.value(desk.SetNotify), "none")
}

// testLetterhead: the name in From and the signature of a mail (S58, S107).
func testLetterhead(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	prepare := func(text string) desk.Outgoing {
		t.Helper()
		dr, err := w.ben.Answer(w.ctx, c, false)
		w.ok(err)
		dr.Text = text
		out, err := w.ben.Prepare(w.ctx, dr)
		w.ok(err)
		head, err := w.ben.Letterhead(w.ctx, dr.Inbox)
		w.ok(err)
		w.want("the letterhead before sending", head, desk.Letterhead{Name: out.From.Name, Signature: head.Signature})
		return out
	}
	for rule, want := range map[string]string{
		"": "Ben", "agent": "Ben", "inbox": "Support", "agent-via-inbox": "Ben via Support",
		"{{agent.first}} at Acme": "Ben at Acme", "Acme  {{ inbox.name }}": "Acme Support",
	} {
		w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetFrom: rule})
		out := prepare("Hello")
		w.want("From by "+rule, out.From, desk.Mailbox{Name: want, Addr: "help@acme.test"})
	}
	_, err := w.ben.SetSignature(w.ctx, "-- \nBen at home")
	w.ok(err)
	w.want("the author's own", prepare("Hello").Body(), "Hello\n\n-- \nBen at home\n")
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetSignature: "{{agent.name}}, {{inbox.name}}\n+49 30 1\n"})
	w.want("the inbox's comes first", prepare("Hello\n\n").Body(), "Hello\n\n-- \nBen, Support\n+49 30 1\n")
	w.want("an author's own in the text", prepare("Hello\n-- \nBen").Body(), "Hello\n-- \nBen")
	w.want("none asked for", prepare("Hello\n\n-- \n").Body(), "Hello\n")
	w.want("a quoted one is not the author's", prepare("> -- \n> Ann\n\nHello").Signature, "Ben, Support\n+49 30 1")

	// A mail that is taken back and sent again has its signature once.
	dr, err := w.ben.Answer(w.ctx, c, false)
	w.ok(err)
	dr.Text = "Hello"
	sent, err := w.ben.Send(w.ctx, dr, desk.SendOptions{Hold: desk.HoldTime})
	w.ok(err)
	dr, err = w.ben.CancelSend(w.ctx, sent.Outgoing.ID)
	w.ok(err)
	w.want("the text that was taken back", dr.Text, "Hello")
	sent, err = w.ben.Send(w.ctx, dr, desk.SendOptions{})
	w.ok(err)
	w.read(func(r desk.Reader) error {
		out, err := r.Outgoing(sent.Outgoing.ID)
		w.want("the mail in the outbox", out.Body(), "Hello\n\n-- \nBen, Support\n+49 30 1\n")
		if err != nil {
			return err
		}
		m, err := r.Message(sent.Outgoing.Message)
		w.want("in the timeline", []string{m.Mail.Text, m.Mail.Signature}, []string{"Hello", "Ben, Support\n+49 30 1"})
		return err
	})
	// What is being written is shown as it would stand, and not kept.
	shown, err := w.ben.Signed(w.ctx, w.support.ID, "-- \n{{agent.first}} at {{inbox.name}}")
	w.ok(err)
	w.want("the signature that is being written", shown, "Ben at "+w.support.Name)
	_, err = w.ben.Signed(w.ctx, w.support.ID, "{{weather}}")
	w.refused("a place nobody knows", err, "BAD_PLACE")
	if _, err := w.zoe.Signed(w.ctx, w.support.ID, "{{inbox.name}}"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("zoe reads the name of an inbox she does not see: %v", err)
	}
	if _, err := w.zoe.Letterhead(w.ctx, w.support.ID); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a stranger reads the letterhead: %v", err)
	}
}
