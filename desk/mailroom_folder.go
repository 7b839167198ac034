package desk

import (
	"context"
	"errors"
	"math"
	"time"
)

// Announced is what a server says of a folder as a whole (STATUS, RFC 9051
// 6.3.11). A server that keeps MODSEQ and announces the same twice has changed
// nothing in between (RFC 7162 3.1.1): a new mail takes the next UID, one that
// goes leaves fewer messages, and a flag raises HIGHESTMODSEQ.
type Announced struct {
	UIDValidity uint32
	// Messages is how many there are, UIDNext what the next one gets at least.
	Messages, UIDNext uint32
	// ModSeq is the HIGHESTMODSEQ, 0 where the server keeps none.
	ModSeq uint64
}

// SettleFolder notes what the server announces of a folder of which everything is
// here. It fails like every write of a worker when the lease is lost.
func (m *Mailroom) SettleFolder(ctx context.Context, l Lease, f FolderID, as Announced) error {
	return m.fenced(ctx, l, func(w Writer) error { return w.SetSettled(f, as, m.d.now()) })
}

// FolderSettled reports whether everything in a folder was here when the server
// announced just this, not longer ago than within. What a server announces is
// never believed for longer than that.
func (m *Mailroom) FolderSettled(ctx context.Context, a AccountID, name string, role FolderRole, as Announced, within time.Duration) (bool, error) {
	settled := false
	err := m.d.store.Read(ctx, func(r Reader) error {
		f, err := r.Folder(a, name)
		if err != nil || f.Role != role {
			return err
		}
		then, at, err := r.Settled(f.ID)
		age := m.d.now().Sub(at) // negative when the clock was set back
		settled = err == nil && then == as && as.ModSeq > 0 && age >= 0 && age < within
		return err
	})
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return settled, err
}

// Folders lists the folders of an account that were ever read.
func (m *Mailroom) Folders(ctx context.Context, a AccountID) ([]Folder, error) {
	var list []Folder
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.Folders(a)
		return err
	})
	return list, err
}

// RawAt gives the bytes of the mail the ledger has under a UID.
func (m *Mailroom) RawAt(ctx context.Context, f Folder, uid uint32) ([]byte, error) {
	var raw []byte
	err := m.d.store.Read(ctx, func(r Reader) error {
		id, err := r.RawUnder(f, uid)
		if err == nil {
			raw, err = r.RawBytes(id)
		}
		return err
	})
	return raw, err
}

// FolderRenamed lets a folder go on under the name it has on the server now,
// also where the account has chosen it. It gives that choice.
func (m *Mailroom) FolderRenamed(ctx context.Context, l Lease, f Folder, name string) ([]FolderChoice, error) {
	var chosen []FolderChoice
	err := m.fenced(ctx, l, func(w Writer) error {
		a, err := w.Account(l.Account)
		if err != nil {
			return err
		}
		if err := w.RenameFolder(f.ID, name); err != nil {
			return err
		}
		for i, c := range a.Folders {
			if c.Name == f.Name {
				a.Folders[i].Name = name
			}
		}
		chosen = a.Folders
		if err := w.SaveMailbox(a); err != nil {
			return err
		}
		return w.Append(&Event{At: m.d.now(), Actor: connectorActor(), Kind: EventFolderRenamed, Inbox: a.Inbox, Before: state(f.Name), After: state(name)})
	})
	return chosen, err
}

// manyRuns is how many runs of UIDs are counted one by one; with more gaps in
// the mailbox, reading all its UIDs is no slower.
const manyRuns = 256

// KnowsExactly reports whether KnownUIDs would list just these, ascending. It
// counts instead of reading: a folder of a hundred thousand mails that has not
// changed costs a few milliseconds. False may also mean that counting would
// not be worth it.
func (m *Mailroom) KnowsExactly(ctx context.Context, f Folder, uids []uint32) (exact bool, err error) {
	runs := runsOf(uids, manyRuns+1)
	if len(runs) > manyRuns {
		return false, nil
	}
	err = m.d.store.Read(ctx, func(r Reader) error {
		holds := func(first, last uint32, want int) (bool, error) {
			if first > last {
				return true, nil
			}
			n, err := r.CountUIDs(f.ID, f.UIDValidity, first, last)
			return err == nil && n == want, err
		}
		// All of each run, and nothing in between.
		next := uint32(0)
		for _, run := range runs {
			if exact, err = holds(next, run.first-1, 0); !exact {
				return err
			}
			if exact, err = holds(run.first, run.last, int(run.last-run.first)+1); !exact {
				return err
			}
			if next = run.last + 1; next == 0 {
				return nil // there is no greater UID
			}
		}
		exact, err = holds(next, math.MaxUint32, 0)
		return err
	})
	return exact, err
}

// run is a range of UIDs without a gap.
type run struct{ first, last uint32 }

// runsOf gives at most the first limit runs of ascending UIDs.
func runsOf(uids []uint32, limit int) []run {
	var runs []run
	for _, uid := range uids {
		if n := len(runs); n > 0 && runs[n-1].last+1 == uid {
			runs[n-1].last = uid
			continue
		}
		if len(runs) == limit {
			break
		}
		runs = append(runs, run{uid, uid})
	}
	return runs
}
