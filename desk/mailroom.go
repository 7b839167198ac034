package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Mailroom is the connector's side of the desk: where mail comes in and goes
// out. It acts for the desk itself, so it asks for leases, not for permission.
type Mailroom struct{ d *Desk }

// Mailroom gives the connector's side.
func (d *Desk) Mailroom() *Mailroom { return &Mailroom{d} }

// connectorActor is who the journal names for what the mailroom does.
func connectorActor() Actor { return Actor{Kind: ActorConnector} }

// Lease is the right of one process to serve one account until a time. The
// fence grows with every new holder; it is checked inside every write of the
// worker, so that one that slept through its lease can do no harm.
type Lease struct {
	Account AccountID
	Holder  string
	Fence   int64
	Until   time.Time
}

// LeaseTime is how long a lease lasts unless it is renewed.
const LeaseTime = 30 * time.Second

// Folder is a folder of an account and how far it has been read. It is the
// cursor, saved in the same transaction as the mail it speaks of.
type Folder struct {
	ID      FolderID
	Account AccountID
	Name    string
	Role    FolderRole
	// UIDValidity is the epoch of the UIDs (RFC 3501 2.3.1.1); when the server
	// changes it, everything is read again and recognised by its bytes.
	UIDValidity uint32
	// UIDNext is the lowest UID not asked for yet at the new end.
	UIDNext uint32
	// Backfilled is the lowest UID fetched from the old end; 1 when all of the
	// history is here.
	Backfilled uint32
	// ModSeq is the HIGHESTMODSEQ up to which flags are known (RFC 7162).
	ModSeq uint64
}

// Packed is a mail's bytes ready to be stored: hashed and compressed outside
// of any transaction.
type Packed struct {
	SHA256 [32]byte
	Size   int64
	// Chunks are the compressed pieces, in order.
	Chunks [][]byte
}

// Fetched is one mail as it came from a server, or from a file.
type Fetched struct {
	UID uint32
	// At is the INTERNALDATE.
	At             time.Time
	Seen, Answered bool
	Packed         Packed
}

// RawMail is a stored mail that waits to be parsed.
type RawMail struct {
	ID      RawID
	Inbox   InboxID
	Account AccountID
	Role    FolderRole
	At      time.Time
	Seen    bool
	// AuthServID is the account's ([Account]), whether it still is connected
	// or not.
	AuthServID string
	Bytes      []byte
}

// Pack compresses and hashes a mail for [Mailroom.Keep].
func (m *Mailroom) Pack(raw []byte) Packed { return m.d.store.Pack(raw) }

// Tidy does a short piece of the store's upkeep, for a time when no mail is on
// its way, and reports whether there is more to do.
func (m *Mailroom) Tidy(ctx context.Context) (more bool, err error) { return m.d.store.Tidy(ctx) }

// Accounts lists all accounts with their sealed secrets.
func (m *Mailroom) Accounts(ctx context.Context) ([]Account, error) {
	var list []Account
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.Accounts()
		return err
	})
	return list, err
}

// Lease takes or renews the lease on an account. A Conflict error says that
// another process has it: the returned lease then names that holder. dead, if
// not empty, is a holder the caller knows to be gone, whose lease need not
// expire first.
func (m *Mailroom) Lease(ctx context.Context, account AccountID, holder, dead string) (Lease, error) {
	var l Lease
	err := m.d.store.Write(ctx, func(w Writer) error {
		var err error
		now := m.d.now()
		l, err = w.TakeLease(Lease{Account: account, Holder: holder, Until: now.Add(m.d.leaseTime)}, dead, now)
		return err
	})
	if errors.Is(err, ErrStale) {
		return l, &Error{Kind: Conflict, Code: "ACCOUNT_SERVED", Message: "Another process serves this account.", Err: err}
	}
	return l, err
}

// LeaseTime is how long a lease of this desk lasts unless it is renewed.
func (m *Mailroom) LeaseTime() time.Duration { return m.d.leaseTime }

// Release gives a lease back before its time, so that the next process need
// not wait.
func (m *Mailroom) Release(ctx context.Context, l Lease) error {
	return m.d.store.Write(ctx, func(w Writer) error { return w.ReleaseLease(l) })
}

// fenced runs a worker's write under its fence.
func (m *Mailroom) fenced(ctx context.Context, l Lease, fn func(Writer) error) error {
	return m.d.write(ctx, func(w Writer) error {
		if err := w.CheckFence(l, m.d.now()); err != nil {
			return err
		}
		return fn(w)
	})
}

// Folder gives the cursor of a folder, made if it is new. A changed
// UIDVALIDITY begins a new epoch: the cursor starts over, and the journal
// keeps when.
func (m *Mailroom) Folder(ctx context.Context, l Lease, name string, role FolderRole, uidValidity uint32) (Folder, error) {
	var f Folder
	err := m.fenced(ctx, l, func(w Writer) error {
		var err error
		f, err = w.Folder(l.Account, name)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		known := err == nil
		if known && f.UIDValidity == uidValidity && f.Role == role {
			return nil
		}
		if known && f.UIDValidity != uidValidity {
			if err := m.renumber(w, f, uidValidity); err != nil {
				return err
			}
		}
		if !known || f.UIDValidity != uidValidity {
			f = Folder{ID: f.ID, Account: l.Account, Name: name, UIDValidity: uidValidity}
		}
		f.Role = role
		f.ID, err = w.SaveFolder(f)
		return err
	})
	return f, err
}

// renumbered is what the journal keeps of a changed UIDVALIDITY.
type renumbered struct {
	Folder      FolderID `json:"folder"`
	Name        string   `json:"name"`
	UIDValidity uint32   `json:"uidvalidity"`
}

// renumber notes that a folder's epoch has ended.
func (m *Mailroom) renumber(w Writer, f Folder, now uint32) error {
	a, err := w.Account(f.Account)
	if err != nil {
		return err
	}
	return w.Append(&Event{
		At: m.d.now(), Actor: connectorActor(), Kind: EventRenumbered, Inbox: a.Inbox,
		Before: state(renumbered{f.ID, f.Name, f.UIDValidity}), After: state(renumbered{f.ID, f.Name, now}),
	})
}

// Renumbered lists when within the last day the server has changed the
// folder's UIDVALIDITY, oldest first. The journal knows it, so that it is not
// forgotten when a process ends.
func (m *Mailroom) Renumbered(ctx context.Context, f Folder) ([]time.Time, error) {
	var times []time.Time
	err := m.d.store.Read(ctx, func(r Reader) error {
		a, err := r.Account(f.Account)
		if err != nil {
			return err
		}
		events, err := r.EventsSince(a.Inbox, EventRenumbered, m.d.now().Add(-24*time.Hour))
		if err != nil {
			return err
		}
		for _, e := range events {
			var now renumbered
			if err := json.Unmarshal(e.After, &now); err != nil {
				return fmt.Errorf("read event %d: %w", e.Seq, err)
			}
			if now.Folder == f.ID {
				times = append(times, e.At)
			}
		}
		return nil
	})
	return times, err
}

// Cursor gives the cursor of a folder as it is, for a look that changes
// nothing; [ErrNoRow] when the folder was never read.
func (m *Mailroom) Cursor(ctx context.Context, account AccountID, name string) (Folder, error) {
	var f Folder
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		f, err = r.Folder(account, name)
		return err
	})
	return f, err
}

// KnownUIDs lists the UIDs of a folder's epoch that the ledger has, ascending,
// without those known to be gone from the server.
func (m *Mailroom) KnownUIDs(ctx context.Context, f Folder) ([]uint32, error) {
	var list []uint32
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.LedgerUIDs(f.ID, f.UIDValidity)
		return err
	})
	return list, err
}

// Keep is the first transaction of the way of a mail: raw bytes, ledger rows
// and cursor together, under the fence. It returns the mails that are new to
// the inbox and wait to be parsed. A mail whose bytes the inbox has already
// (moved, copied, read again in a new epoch) only gets its ledger row. The inbox
// is the one the account served at the time of the mail, see [Served].
func (m *Mailroom) Keep(ctx context.Context, l Lease, cursor Folder, mails []Fetched) ([]RawID, error) {
	var fresh []RawID
	err := m.fenced(ctx, l, func(w Writer) error {
		fresh = fresh[:0]
		a, err := w.Account(l.Account)
		if err != nil {
			return err
		}
		homes, err := homesOf(w, a)
		if err != nil {
			return err
		}
		for _, f := range mails {
			in, err := homes.of(w, f)
			if err != nil {
				return err
			}
			id, isNew, err := m.keep(w, a, in, cursor, f)
			if err != nil {
				return err
			}
			if isNew {
				fresh = append(fresh, id)
			}
		}
		_, err = w.SaveFolder(cursor)
		return err
	})
	return fresh, err
}

// keep stores one mail in an inbox. One that the account's inbox has already may
// have been moved by another mail program.
func (m *Mailroom) keep(w Writer, a Account, into InboxID, cursor Folder, f Fetched) (id RawID, isNew bool, err error) {
	var before []Placed
	if into == a.Inbox && a.WriteBack == WriteMove {
		if before, err = w.PlacedBytes(into, f.Packed.SHA256); err != nil {
			return 0, false, err
		}
	}
	if id, isNew, err = w.AddRaw(into, a.ID, cursor, f); err != nil || isNew || len(before) == 0 {
		return id, isNew, err
	}
	in, err := w.Inbox(into)
	if err != nil || !twoWays(a, in) {
		return id, false, err
	}
	return id, false, m.appeared(w, in, cursor, f, before)
}

// Flags notes changed flags, and which messages are gone from the server.
// Their conversations stay. In a personal inbox both count; thrown are those of
// [Mailroom.PutAway] whose mails all are in the server's Trash.
func (m *Mailroom) Flags(ctx context.Context, l Lease, cursor Folder, changed []Fetched, gone []uint32, thrown []ConversationID) error {
	return m.fenced(ctx, l, func(w Writer) error {
		a, err := w.Account(l.Account)
		if err != nil {
			return err
		}
		in, err := w.Inbox(a.Inbox)
		if err != nil {
			return err
		}
		turned, err := w.SetFlags(cursor, changed)
		if err != nil {
			return err
		}
		if err := w.SetGone(cursor, gone, m.d.now()); err != nil {
			return err
		}
		if err := m.elsewhere(w, a, in, cursor, turned, gone, thrown); err != nil {
			return err
		}
		_, err = w.SaveFolder(cursor)
		return err
	})
}

// KeepImported stores mails that come from files into an inbox: the same first
// transaction, without account, ledger and fence. The actor must be
// one who may configure the inbox or answer in it.
func (s *Seat) KeepImported(ctx context.Context, inbox string, role FolderRole, mails []Fetched) (fresh []RawID, err error) {
	err = s.write(ctx, func(w Writer) error {
		fresh = fresh[:0]
		in, err := s.mayIn(w, inbox, RightConfigure, RightReply)
		if err != nil {
			return err
		}
		for _, f := range mails {
			id, isNew, err := w.AddRaw(in.ID, 0, Folder{Role: role}, f)
			if err != nil {
				return err
			}
			if isNew {
				fresh = append(fresh, id)
			}
		}
		return nil
	})
	return fresh, err
}

// Unparsed lists raw mails that have no message yet, newest first, at most
// limit. What a crash has left between the two transactions is found here.
func (m *Mailroom) Unparsed(ctx context.Context, limit int) ([]RawID, error) {
	var list []RawID
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.Unparsed(limit)
		return err
	})
	return list, err
}

// Raw gives a stored mail to be parsed.
func (m *Mailroom) Raw(ctx context.Context, id RawID) (RawMail, error) {
	var raw RawMail
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		raw, err = r.RawMail(id)
		return err
	})
	return raw, err
}

// SetHealth notes the state of an account with its cause in words. Only a
// change is written, and a paused account stays paused.
func (m *Mailroom) SetHealth(ctx context.Context, l Lease, st AccountState, cause string) error {
	return m.fenced(ctx, l, func(w Writer) error {
		a, err := w.Account(l.Account)
		if err != nil || a.State == AccountPaused || a.State == st && a.Cause == cause {
			return err
		}
		if a.State != st {
			a.Since = m.d.now()
		}
		before := a.State
		a.State, a.Cause = st, cause
		if err := w.SaveHealth(a); err != nil {
			return err
		}
		return w.Append(&Event{At: m.d.now(), Actor: connectorActor(), Kind: EventAccountHealth, Inbox: a.Inbox, Before: state(before), After: state(st)})
	})
}
