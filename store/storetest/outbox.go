package storetest

import (
	"errors"
	"testing"
	"time"

	"postroom/desk"
)

// reply queues a reply of ben's and gives its row.
func (w *world) reply(c desk.ConversationID, text string, o desk.SendOptions) desk.Outgoing {
	w.t.Helper()
	dr, err := w.ben.NewReply(w.ctx, c, false)
	w.ok(err)
	dr.Text = text
	o.Confirmed = []desk.Guard{desk.GuardChanged, desk.GuardNewRecipient, desk.GuardAttachment, desk.GuardWriting, desk.GuardAssigned}
	sent, err := w.ben.Send(w.ctx, dr, o)
	w.ok(err)
	return sent.Outgoing
}

func testOutbox(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	held := w.reply(c, "held", desk.SendOptions{Hold: time.Hour})
	now := w.reply(c, "now", desk.SendOptions{})
	l, err := m.Lease(w.ctx, w.helpAcc.ID, "one", "")
	w.ok(err)
	due, err := m.NextDue(w.ctx, w.helpAcc.ID)
	w.ok(err)
	w.want("next due", due, now.HoldUntil)

	got, found, err := m.ClaimOutgoing(w.ctx, l)
	w.ok(err)
	w.want("the claimed one", []any{found, got.ID, got.State, got.Attempts, got.To, got.From.Name}, []any{true, now.ID, desk.Claimed, 1, now.To, "Ben"})
	_, found, err = m.ClaimOutgoing(w.ctx, l)
	w.ok(err)
	w.want("a second claim", found, false)
	stale := got
	got, err = m.Submitting(w.ctx, l, got, []byte("the exact bytes"))
	w.ok(err)
	if _, err := m.Submitting(w.ctx, l, stale, []byte("others")); !errors.Is(err, desk.ErrStale) {
		t.Fatal("compare and set lets a stale row through:", err)
	}
	back, err := m.Outgoing(w.ctx, got.ID)
	w.ok(err)
	w.want("the bytes", string(back.Raw), "the exact bytes")
	w.want("the row as it was queued", []any{back.HeaderID, back.InReplyTo, back.References, back.ReplyTo, back.Text}, []any{now.HeaderID, now.InReplyTo, now.References, now.ReplyTo, "now"})

	next, err := m.Lease(w.ctx, w.helpAcc.ID, "two", "one") // one has died while submitting
	w.ok(err)
	w.clock.forward(2 * time.Hour)
	got, found, err = m.ClaimOutgoing(w.ctx, next)
	w.ok(err)
	w.want("after the hold", []any{found, got.ID}, []any{true, held.ID})
	doubt, err := m.InDoubtSince(w.ctx, w.helpAcc.ID)
	w.ok(err)
	w.want("in doubt", []any{len(doubt), doubt[0].ID}, []any{1, now.ID})
	_, err = m.Lease(w.ctx, w.helpAcc.ID, "three", "two") // two has died after the claim
	w.ok(err)
	third, err := m.Lease(w.ctx, w.helpAcc.ID, "three", "")
	w.ok(err)
	got, found, err = m.ClaimOutgoing(w.ctx, third)
	w.ok(err)
	w.want("a dead worker's claim is free again", []any{found, got.ID, got.Attempts}, []any{true, held.ID, 2})
	retry := w.clock.get().Add(time.Minute)
	got, err = m.Submitting(w.ctx, third, got, []byte("raw"))
	w.ok(err)
	w.ok(m.Settle(w.ctx, third, got, desk.Settled{State: desk.Deferred, Detail: "451 later", Retry: retry}))
	due, err = m.NextDue(w.ctx, w.helpAcc.ID)
	w.ok(err)
	w.want("the retry", due, retry)

	list, err := w.maya.Outbox(w.ctx, false)
	w.ok(err)
	w.want("what is not settled, newest first", outgoingIDs(list), []desk.OutgoingID{now.ID, held.ID})
	none, err := w.zoe.Outbox(w.ctx, true)
	w.ok(err)
	w.want("zoe's outbox", len(none), 0)
	w.clock.forward(time.Hour)
	evidence := w.d.Mailroom()
	w.ok(evidence.FoundSent(w.ctx, third, doubt[0]))
	list, err = w.maya.Outbox(w.ctx, false)
	w.ok(err)
	w.want("what is not settled", outgoingIDs(list), []desk.OutgoingID{held.ID})
	list, err = w.maya.Outbox(w.ctx, true)
	w.ok(err)
	w.want("with settled ones", len(list), 2)
	w.read(func(r desk.Reader) error {
		n, err := r.CountWaiting(w.helpAcc.ID)
		w.want("waiting", n, 1)
		if err != nil {
			return err
		}
		msg, err := r.Message(now.Message)
		w.want("the message has its bytes and state", []any{msg.Raw != 0, msg.State, msg.AuthorName}, []any{true, desk.Accepted, "Ben"})
		if err != nil {
			return err
		}
		o, err := r.OutgoingByHeaderID(now.HeaderID)
		w.want("by its Message-ID", o.ID, now.ID)
		if _, missing := r.OutgoingByHeaderID(""); !errors.Is(missing, desk.ErrNoRow) {
			t.Error("a row without a Message-ID:", missing)
		}
		return err
	})
	got, found, err = m.ClaimOutgoing(w.ctx, third)
	w.ok(err)
	w.want("the deferred one, later", []any{found, got.ID}, []any{true, held.ID})
	w.ok(m.Settle(w.ctx, third, got, desk.Settled{State: desk.Failed, Detail: "550 no"}))
	list, err = w.ben.Outbox(w.ctx, false)
	w.ok(err)
	w.want("a failed one waits for its author", outgoingIDs(list), []desk.OutgoingID{held.ID})
}

func outgoingIDs(list []desk.Outgoing) []desk.OutgoingID {
	var ids []desk.OutgoingID
	for _, o := range list {
		ids = append(ids, o.ID)
	}
	return ids
}

func testJobs(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	w.reply(c, "now", desk.SendOptions{})
	l, err := m.Lease(w.ctx, w.helpAcc.ID, "one", "")
	w.ok(err)
	out, _, err := m.ClaimOutgoing(w.ctx, l)
	w.ok(err)
	out, err = m.Submitting(w.ctx, l, out, []byte("raw"))
	w.ok(err)
	w.ok(m.Settle(w.ctx, l, out, desk.Settled{State: desk.Accepted}))
	jobs, err := m.DueJobs(w.ctx, l)
	w.ok(err)
	w.want("the copy for Sent", []any{len(jobs), jobs[0].Kind, jobs[0].Outgoing}, []any{1, desk.JobSentCopy, out.ID})
	w.write(func(wr desk.Writer) error {
		return wr.AddJob(desk.Job{Account: w.helpAcc.ID, Kind: desk.JobSentCopy, Outgoing: out.ID})
	})
	retry := w.clock.get().Add(time.Minute)
	w.ok(m.FinishJob(w.ctx, l, jobs[0], errors.New("later"), retry))
	due, err := m.NextDue(w.ctx, w.helpAcc.ID)
	w.ok(err)
	w.want("the job's next try", due, retry)
	none, err := m.DueJobs(w.ctx, l)
	w.ok(err)
	w.want("due before its time", len(none), 0)
	w.clock.forward(time.Hour)
	jobs, err = m.DueJobs(w.ctx, l)
	w.ok(err)
	w.want("due again, once", []any{len(jobs), jobs[0].Attempts, jobs[0].LastError}, []any{1, 1, "later"})
	w.ok(m.FinishJob(w.ctx, l, jobs[0], nil, time.Time{}))
	due, err = m.NextDue(w.ctx, w.helpAcc.ID)
	w.ok(err)
	w.want("nothing is due", due.IsZero(), true)
}

// testTakenBackClosing: taking back a mail takes back the claim and the closing
// that came with it, but not what somebody has done since.
func testTakenBackClosing(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	before, err := w.ben.Thread(w.ctx, c, 0)
	w.ok(err)
	out := w.reply(c, "done", desk.SendOptions{Hold: time.Hour, Close: true})
	sent, err := w.ben.Thread(w.ctx, c, 0)
	w.ok(err)
	w.want("after sending", []any{sent.Status, sent.Assignee == before.Assignee}, []any{desk.Closed, false})
	_, err = w.ben.CancelSend(w.ctx, out.ID)
	w.ok(err)
	after, err := w.ben.Thread(w.ctx, c, 0)
	w.ok(err)
	w.want("after taking it back", []any{after.Status, after.Assignee, after.WaitingSince, after.Messages}, []any{before.Status, before.Assignee, before.WaitingSince, before.Messages})

	out = w.reply(c, "again", desk.SendOptions{Hold: time.Hour, Close: true})
	_, err = w.ben.Reopen(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	_, err = w.ben.Assign(w.ctx, []desk.ConversationID{c}, 0)
	w.ok(err)
	_, err = w.ben.CancelSend(w.ctx, out.ID)
	w.ok(err)
	after, err = w.ben.Thread(w.ctx, c, 0)
	w.ok(err)
	w.want("what was done since", []any{after.Status, after.Assignee}, []any{desk.Open, desk.UserID(0)})
}
