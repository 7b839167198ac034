package connector

import (
	"context"
	"errors"
	"math"
	"time"

	"postroom/desk"
)

// Rebuilt is what a rebuild has found and done.
type Rebuilt struct {
	// Messages were gone through; Changed of them were not as their mails say.
	Messages, Changed int
	// Conversations whose rows were not as their messages say; References that
	// no message has.
	Conversations, References int
	// Differences are the first of the changed messages, at most
	// [DifferencesMost].
	Differences []desk.Difference
	// Damaged are stored mails whose bytes are not what came in. Their
	// messages were left as they are.
	Damaged []desk.RawID
}

// DifferencesMost is how many differences a [Rebuilt] tells.
const DifferencesMost = 10

// Rebuild derives everything again from the stored mail, through the parser
// mail comes in by. Every batch is a transaction of its own and right by
// itself: others may work meanwhile, and a rebuild that was cut off is begun
// once more. In a rehearsal it only says what it would do. progress may be nil.
func (c *Connector) Rebuild(ctx context.Context, seat *desk.Seat, progress func(Rebuilt)) (Rebuilt, error) {
	r := &rebuild{Connector: c, seat: seat, progress: progress}
	for _, step := range []func(context.Context) error{r.messages, r.conversations, r.references} {
		if err := step(ctx); err != nil {
			return r.done, err
		}
	}
	return r.done, seat.Rebuilt(ctx, r.done.Changed)
}

// rebuild is the state of one rebuild.
type rebuild struct {
	*Connector
	seat     *desk.Seat
	progress func(Rebuilt)
	done     Rebuilt
}

func (r *rebuild) tell() {
	if r.progress != nil {
		r.progress(r.done)
	}
}

// messages goes through all messages, oldest first.
func (r *rebuild) messages(ctx context.Context) error {
	span := desk.Span{}
	for {
		list, err := r.seat.Origins(ctx, span.After, batchMails)
		if err != nil {
			return err
		}
		batch, err := r.derive(ctx, list)
		if err != nil {
			return err
		}
		span.UpTo = math.MaxInt64
		if len(list) > 0 {
			list = list[:batch.read]
			span.UpTo = list[len(list)-1].ID
		}
		changed, err := r.seat.Rederive(ctx, span, batch.derived)
		if err != nil {
			return err
		}
		r.note(len(list), changed)
		if len(list) == 0 {
			return nil
		}
		span.After = span.UpTo
	}
}

func (r *rebuild) note(n int, changed []desk.Difference) {
	r.done.Messages += n
	r.done.Changed += len(changed)
	for _, d := range changed {
		if d.What != "" && len(r.done.Differences) < DifferencesMost {
			r.done.Differences = append(r.done.Differences, d)
		}
	}
	r.tell()
}

// derivedBatch are messages to be written in one transaction, and how many of
// the list they came from have been read for it.
type derivedBatch struct {
	derived []desk.Derived
	read    int
}

// derive reads and parses mails until the batch is full.
func (r *rebuild) derive(ctx context.Context, list []desk.Message) (derivedBatch, error) {
	var b derivedBatch
	size := 0
	for _, m := range list {
		if size >= batchBytes {
			break
		}
		b.read++
		if m.Outgoing != 0 {
			b.derived = append(b.derived, desk.Derived{Message: m.ID})
			continue
		}
		raw, err := r.room.Raw(ctx, m.Raw)
		var damaged *desk.Error
		if errors.Is(err, desk.ErrNoRow) || errors.As(err, &damaged) && damaged.Code == "MAIL_DAMAGED" {
			r.done.Damaged = append(r.done.Damaged, m.Raw)
			continue
		}
		if err != nil {
			return b, err
		}
		size += len(raw.Bytes)
		in := parseWithin(r.log, parseTime, task{mail: raw, cutOff: time.Time{}})
		b.derived = append(b.derived, desk.Derived{Message: m.ID, Incoming: in})
	}
	return b, nil
}

// conversations goes through all conversations.
func (r *rebuild) conversations(ctx context.Context) error {
	var after desk.ConversationID
	for {
		last, changed, err := r.seat.RederiveConversations(ctx, after, batchMails)
		if err != nil || last == 0 {
			return err
		}
		after = last
		r.done.Conversations += changed
		r.tell()
	}
}

// references goes through the references of all messages.
func (r *rebuild) references(ctx context.Context) error {
	place := ""
	for {
		next, dropped, err := r.seat.RederiveReferences(ctx, place)
		if err != nil || next == "" {
			return err
		}
		place = next
		r.done.References += dropped
	}
}
