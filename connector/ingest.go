package connector

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"postroom/desk"
)

const (
	// A transaction ends at one of these (design, "Batches").
	batchMails = 200
	batchBytes = 8 << 20
	batchTime  = 50 * time.Millisecond

	// inFlight is how many bytes of raw mail may be in memory between the
	// network and the second transaction.
	inFlight = 32 << 20
	// parseTime is how long one mail may be parsed.
	parseTime = 10 * time.Second
	// sweepTime is how often raw mail without a message is looked for.
	sweepTime = time.Minute
	sweepSize = 200
)

// ingest is what happens to a mail after it is stored: it is parsed and goes
// into its conversation. All accounts of a process and all imports share one.
type ingest struct {
	room   *desk.Mailroom
	bell   *desk.Bell
	log    *slog.Logger
	now    func() time.Time
	memory *semaphore.Weighted
	raw    chan task
	// parsed has room for what the parsers finish while a transaction is
	// being written, so that they need not wait for it.
	parsed chan ready

	// untidy says that mail has come in since the store was last seen to.
	untidy atomic.Bool

	mu sync.Mutex
	// waiting are the mails on their way, so that the sweep lets them be.
	waiting map[desk.RawID]bool
	// unparsed is how many of them no parser has finished.
	unparsed int
	idle     chan struct{} // closed when nothing is on its way
	failed   error         // the last failure of the store
}

// task is a stored mail to be parsed.
type task struct {
	mail   desk.RawMail
	cutOff time.Time
	weight int64
}

// ready is a parsed mail with what it weighs in memory.
type ready struct {
	in     desk.Incoming
	weight int64
}

func newIngest(d *desk.Desk, now func() time.Time, log *slog.Logger) *ingest {
	in := &ingest{
		room: d.Mailroom(), bell: d.Bell(), log: log, now: now, memory: semaphore.NewWeighted(inFlight),
		raw: make(chan task), parsed: make(chan ready, batchMails),
		waiting: map[desk.RawID]bool{}, idle: make(chan struct{}),
	}
	close(in.idle)
	in.untidy.Store(true) // what an earlier process has left
	return in
}

// start runs the parsers and the writer until ctx ends. What is under way then
// stays stored and is found by the next sweep.
func (in *ingest) start(ctx context.Context, group *crew) {
	for range min(2, runtime.GOMAXPROCS(0)) {
		group.spawn("parse", func() error { return in.parse(ctx) })
	}
	group.spawn("receive", func() error { return in.receive(ctx) })
}

// weigh is how much of the memory a mail takes.
func weigh(raw []byte) int64 { return weightOf(int64(len(raw))) }

func weightOf(size int64) int64 { return min(size+1024, inFlight) }

// add hands a stored mail over. The memory for it has been acquired before.
func (in *ingest) add(ctx context.Context, t task) error {
	in.mu.Lock()
	if in.waiting[t.mail.ID] {
		in.mu.Unlock()
		in.memory.Release(t.weight)
		return nil
	}
	if len(in.waiting) == 0 {
		in.idle = make(chan struct{})
	}
	in.waiting[t.mail.ID] = true
	in.unparsed++
	in.mu.Unlock()
	select {
	case in.raw <- t:
		return nil
	case <-ctx.Done():
		in.finish([]ready{{in: desk.Incoming{Raw: t.mail.ID}, weight: t.weight}}, 1)
		return context.Cause(ctx)
	}
}

// finish takes mails off the list; unparsed of them never got to a parser.
func (in *ingest) finish(list []ready, unparsed int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, r := range list {
		delete(in.waiting, r.in.Raw)
		in.memory.Release(r.weight)
	}
	in.unparsed -= unparsed
	if len(in.waiting) == 0 {
		select {
		case <-in.idle:
		default:
			close(in.idle)
		}
	}
}

// wait returns when everything that was added is in its conversation, or has
// failed; then it gives the failure.
func (in *ingest) wait(ctx context.Context) error {
	in.mu.Lock()
	idle := in.idle
	in.mu.Unlock()
	select {
	case <-idle:
		in.mu.Lock()
		defer in.mu.Unlock()
		err := in.failed
		in.failed = nil
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (in *ingest) parse(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case t := <-in.raw:
			r := ready{in: parseWithin(in.log, parseTime, t), weight: t.weight}
			in.mu.Lock()
			in.unparsed--
			in.mu.Unlock()
			select {
			case in.parsed <- r:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// receive writes parsed mails in batches. A batch does not wait for more when
// nothing else is being parsed: a single new mail is on the screen at once.
func (in *ingest) receive(ctx context.Context) error {
	var batch []ready
	var size int64
	var full <-chan time.Time
	flush := func() {
		in.write(ctx, batch)
		batch, size, full = batch[:0], 0, nil
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-full:
			flush()
		case r := <-in.parsed:
			if len(batch) == 0 {
				full = time.After(batchTime)
			}
			batch = append(batch, r)
			size += r.weight
			if len(batch) >= batchMails || size >= batchBytes || in.nothingElse() {
				flush()
			}
		}
	}
}

// nothingElse reports whether all that is on its way has been parsed and taken.
func (in *ingest) nothingElse() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.unparsed == 0 && len(in.parsed) == 0
}

// write is the second transaction. When it fails the mails are tried one by
// one, so that one of them cannot keep the others out; what fails alone is
// left to the sweep, and so are all while the database takes no changes.
func (in *ingest) write(ctx context.Context, batch []ready) {
	if len(batch) == 0 {
		return
	}
	defer in.finish(batch, 0)
	list := make([]desk.Incoming, len(batch))
	for i, r := range batch {
		list[i] = r.in
	}
	in.untidy.Store(true)
	err := in.room.Receive(ctx, list)
	if err == nil || ctx.Err() != nil {
		return
	}
	if len(list) == 1 || desk.KindOf(err) == desk.Unwell {
		in.fail(list[0], err)
		return
	}
	for _, one := range list {
		if err := in.room.Receive(ctx, []desk.Incoming{one}); err != nil && ctx.Err() == nil {
			in.fail(one, err)
		}
	}
}

func (in *ingest) fail(one desk.Incoming, err error) {
	in.log.Error("a stored mail could not be put into a conversation; it is tried again", "raw", one.Raw, "err", err)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.failed = err
}

// sweep picks up stored mail that has no message: what a crash has left
// between the two transactions. It returns how many it has handed over.
func (in *ingest) sweep(ctx context.Context) (int, error) {
	total := 0
	accounts := map[desk.AccountID]desk.Account{}
	list, err := in.room.Accounts(ctx)
	if err != nil {
		return 0, err
	}
	for _, a := range list {
		accounts[a.ID] = a
	}
	tried := map[desk.RawID]bool{}
	for {
		ids, err := in.room.Unparsed(ctx, sweepSize+in.count()+len(tried))
		if err != nil {
			return total, err
		}
		n := 0
		for _, id := range ids {
			if tried[id] || in.onItsWay(id) {
				continue
			}
			tried[id] = true
			n++
			if err := in.pick(ctx, id, accounts); err != nil {
				return total, err
			}
		}
		total += n
		if n == 0 {
			return total, nil
		}
	}
}

func (in *ingest) count() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.waiting)
}

func (in *ingest) onItsWay(id desk.RawID) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.waiting[id]
}

// pick reads one stored mail and hands it over.
func (in *ingest) pick(ctx context.Context, id desk.RawID, accounts map[desk.AccountID]desk.Account) error {
	mail, err := in.room.Raw(ctx, id)
	if errors.Is(err, desk.ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	weight := weigh(mail.Bytes)
	if err := in.memory.Acquire(ctx, weight); err != nil {
		return err
	}
	t := task{mail: mail, weight: weight, cutOff: in.now().Add(-desk.CutOffAge)}
	if a, ok := accounts[mail.Account]; ok {
		t.cutOff = a.CutOff
	}
	return in.add(ctx, t)
}

// tidy sees to the store while no mail is on its way. Nothing is looked at
// while nothing has come.
func (in *ingest) tidy(ctx context.Context) {
	for in.count() == 0 && in.untidy.Load() {
		in.untidy.Store(false)
		began := time.Now()
		more, err := in.room.Tidy(ctx)
		if err != nil && ctx.Err() == nil {
			in.log.Error("the search index could not be tidied; searching goes on as it is", "err", err)
		}
		if more {
			in.untidy.Store(true)
			sleep(ctx, time.Since(began)) // half of the time is for others who write
		}
	}
}

// sweeping sweeps until ctx ends, and at once when the database takes changes
// again.
func (in *ingest) sweeping(ctx context.Context) error {
	every := time.NewTicker(sweepTime)
	defer every.Stop()
	bell := in.bell.Listen()
	defer bell.Close()
	for {
		if n, err := in.sweep(ctx); err != nil && ctx.Err() == nil {
			in.log.Error("stored mail without a message could not be looked for", "err", err)
		} else if n > 0 {
			in.log.Info("picked up stored mail that had no message yet", "mails", n)
		}
		for again := false; !again; {
			select {
			case <-ctx.Done():
				return nil
			case <-every.C:
				again = true
				in.tidy(ctx)
			case <-bell.Rung():
				again = bell.Take().Trouble && in.room.Trouble().Err == nil
			}
		}
	}
}
