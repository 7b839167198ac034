package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"postroom/desk"
)

func testJournal(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	var from desk.Seq
	w.read(func(r desk.Reader) error {
		var err error
		from, err = r.LastSeq()
		return err
	})
	_, err := w.ben.Take(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	_, err = w.maya.Close(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	w.read(func(r desk.Reader) error {
		events, err := r.EventsAfter(from, 10)
		if err != nil {
			return err
		}
		w.want("events", []any{len(events), events[0].Seq, events[0].Kind, string(events[0].Before), string(events[0].After), events[1].Kind, events[1].Actor.Login},
			[]any{2, from + 1, desk.EventAssigned, "0", fmt.Sprint(w.ben.Actor().User), desk.EventClosed, "maya"})
		one, err := r.EventsAfter(from, 1)
		w.want("at most one", len(one), 1)
		if err != nil {
			return err
		}
		batch, err := r.LastBatch(w.ben.Actor().User, "")
		w.want("ben's last batch", []any{len(batch), batch[0].Kind}, []any{1, desk.EventAssigned})
		if err != nil {
			return err
		}
		foreign, err := r.LastBatch(w.ben.Actor().User, events[1].Batch)
		w.want("maya's batch for ben", len(foreign), 0)
		if err != nil {
			return err
		}
		none, err := r.LastBatch(w.zoe.Actor().User, "")
		w.want("the batch of who did nothing", len(none), 0)
		if err != nil {
			return err
		}
		change, err := r.LastChange(c, from, []desk.EventKind{desk.EventAssigned, desk.EventSpam})
		w.want("the last change", change.Seq, from+1)
		if err != nil {
			return err
		}
		if _, err := r.LastChange(c, from+1, []desk.EventKind{desk.EventAssigned}); !errors.Is(err, desk.ErrNoRow) {
			t.Error("a change that was not:", err)
		}
		return nil
	})
	w.write(func(wr desk.Writer) error {
		key, err := wr.TokenKey()
		if err != nil {
			return err
		}
		kept, err := wr.InitTokenKey([]byte("another"))
		w.want("the key that counts", string(kept), string(key))
		return err
	})
}

// testJournalGaps lets several handles write at once, some of them failing,
// and reads the journal while they do: what is read once must never get an
// event in between later.
func testJournalGaps(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	const handles, writes = 4, 40
	refused := errors.New("refused")
	var wg sync.WaitGroup
	for h := range handles {
		s := w.open(t)
		wg.Go(func() {
			for i := range writes {
				err := s.Write(w.ctx, func(wr desk.Writer) error {
					for n := range i%3 + 1 {
						if err := wr.Append(&desk.Event{At: w.clock.get(), Kind: desk.EventHistory, Inbox: w.support.ID, Batch: fmt.Sprint(h, i, n)}); err != nil {
							return err
						}
					}
					if i%5 == 4 {
						return refused
					}
					return nil
				})
				if err != nil && !errors.Is(err, refused) {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	var last desk.Seq
	for finished := false; !finished; {
		select {
		case <-done:
			finished = true
		case <-time.After(time.Millisecond):
		}
		w.read(func(r desk.Reader) error {
			events, err := r.EventsAfter(last, 10_000)
			for _, e := range events {
				if e.Seq != last+1 {
					t.Fatalf("event %d follows on %d", e.Seq, last)
				}
				last = e.Seq
			}
			if seq, err := r.LastSeq(); err != nil || seq != last {
				t.Fatalf("the last number is %d, the last event %d (%v)", seq, last, err)
			}
			return err
		})
	}
}

func testFailedWrite(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	stop := errors.New("stop")
	before := w.journalLength()
	err := w.store.Write(w.ctx, func(wr desk.Writer) error {
		id, err := wr.NextConversationID()
		if err != nil {
			return err
		}
		if err := wr.AddConversation(desk.Conversation{ID: id, Inbox: w.support.ID, Status: desk.Open}); err != nil {
			return err
		}
		if err := wr.Append(&desk.Event{Kind: desk.EventHistory}); err != nil {
			return err
		}
		if _, err := wr.Conversation(id); err != nil {
			t.Error("a transaction does not see its own row:", err)
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = w.store.Write(w.ctx, func(wr desk.Writer) error {
			_, _ = wr.NextConversationID()
			panic("in the middle")
		})
	}()
	w.want("conversations", len(w.conversations()), 0)
	w.want("events", w.journalLength(), before)
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if err := w.store.Write(ctx, func(desk.Writer) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error("a write that was called off:", err)
	}
	first := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one"))
	w.want("the first number is not lost", first.Conversation, desk.ConversationID(1))
}

func (w *world) journalLength() desk.Seq {
	w.t.Helper()
	var n desk.Seq
	w.read(func(r desk.Reader) error {
		var err error
		n, err = r.LastSeq()
		return err
	})
	return n
}

// testClaims lets two people at two handles take the same conversations.
func testClaims(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	const n = 60
	var all []desk.ConversationID
	for i := range n {
		all = append(all, w.arrive(w.support.ID, mail(fmt.Sprint(i, "@x"), "ann@x.test", "Hi", "one")).Conversation)
	}
	before := w.journalLength()
	seats := []*desk.Seat{w.seat(w.desk(w.open(t), 2), "ben"), w.seat(w.desk(w.open(t), 3), "maya")}
	won := make([]int, len(seats))
	var wg sync.WaitGroup
	for i, s := range seats {
		wg.Go(func() {
			for _, id := range all {
				out, err := s.Take(w.ctx, []desk.ConversationID{id})
				if err != nil || len(out.Done)+len(out.Skipped) != 1 {
					t.Error(out, err)
				}
				won[i] += len(out.Done)
			}
		})
	}
	wg.Wait()
	w.want("winners", won[0]+won[1], n)
	w.want("events", w.journalLength()-before, n)
	w.checkCounts()
}

func testUndo(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	var all []desk.ConversationID
	for i := range 3 {
		all = append(all, w.arrive(w.support.ID, mail(fmt.Sprint(i, "@x"), "ann@x.test", "Hi", "one")).Conversation)
	}
	team := w.team("Billing", "maya")
	look := func() (s string) {
		for _, c := range all {
			s += w.everything(c)
		}
		return s
	}
	for name, do := range map[string]func() (desk.Outcome, error){
		"take":  func() (desk.Outcome, error) { return w.ben.Take(w.ctx, all) },
		"close": func() (desk.Outcome, error) { return w.ben.Close(w.ctx, all) },
		"give":  func() (desk.Outcome, error) { return w.ben.Assign(w.ctx, all, w.maya.Actor().User) },
		"note":  func() (desk.Outcome, error) { return w.ben.AddNote(w.ctx, all[0], "wombat") },
		"team": func() (desk.Outcome, error) {
			return w.ben.Give(w.ctx, all, desk.Assignment{Team: team.ID, User: w.maya.Actor().User, Reason: "you know her"})
		},
		"priority": func() (desk.Outcome, error) { return w.ben.SetPriority(w.ctx, all, desk.High) },
		"tag":      func() (desk.Outcome, error) { return w.ben.Tag(w.ctx, all, []string{"Refund", "#eu"}, nil) },
		"snooze":   func() (desk.Outcome, error) { return w.ben.Snooze(w.ctx, all, w.clock.get().Add(time.Hour)) },
		"spam":     func() (desk.Outcome, error) { return w.ben.MarkSpam(w.ctx, all) },
		"trash":    func() (desk.Outcome, error) { return w.ben.Trash(w.ctx, all) },
	} {
		before := look()
		out, err := do()
		w.ok(err)
		w.checkCounts()
		undone, err := w.ben.Undo(w.ctx, out.Batch)
		w.ok(err)
		w.want(name+": skipped", len(undone.Skipped), 0)
		w.want(name+" and its undo", look(), before)
		w.checkCounts()
		_, err = w.ben.Undo(w.ctx, out.Batch)
		w.want(name+": a second undo", desk.KindOf(err), desk.NotFound)
	}
	w.want("an undone note is not found", len(w.query(w.ben, "wombat ")), 0)
}
