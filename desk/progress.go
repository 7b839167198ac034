package desk

import (
	"context"
	"errors"
	"math"
	"time"
)

// Progress is how far the mail of an account has come in, and what waits to
// leave.
type Progress struct {
	Account AccountID
	Folders []FolderProgress // by name
	// Waiting is how many mails are not out yet, of everybody.
	Waiting int
}

// FolderProgress is how far a folder has been read.
type FolderProgress struct {
	Folder
	// Here is how many messages of it are here and not gone from the server.
	Here int
	// Whole is when everything in it was last found here; zero when never.
	Whole time.Time
}

// Percent is how much of the folder's UIDs lies behind the reading, from 0 to
// 100; 100 only when all is here.
func (f FolderProgress) Percent() int {
	switch {
	case f.Backfilled <= 1 && f.UIDNext > 0:
		return 100
	case f.UIDNext <= 1 || f.Backfilled > f.UIDNext:
		return 0
	default:
		return min(int(100*uint64(f.UIDNext-f.Backfilled)/uint64(f.UIDNext-1)), 99)
	}
}

// Progress tells how an account comes along. To who works in its inbox, and to
// admins for a shared one.
func (s *Seat) Progress(ctx context.Context, account AccountID) (Progress, error) {
	p := Progress{Account: account}
	err := s.d.store.Read(ctx, func(r Reader) error {
		missing := notFound("NO_SUCH_ACCOUNT", "See them with: postroom account list", "There is no such account.")
		me, err := r.User(s.actor.User)
		if err != nil {
			return err
		}
		switch ok, err := s.seesAccount(r, me, account); {
		case errors.Is(err, ErrNoRow), err == nil && !ok:
			return missing
		case err != nil:
			return err
		}
		folders, err := r.Folders(account)
		if err != nil {
			return err
		}
		p.Folders = make([]FolderProgress, len(folders))
		for i, f := range folders {
			if p.Folders[i], err = progressOf(r, f); err != nil {
				return err
			}
		}
		p.Waiting, err = r.CountWaiting(account)
		return err
	})
	return p, err
}

func progressOf(r Reader, f Folder) (FolderProgress, error) {
	here, err := r.CountUIDs(f.ID, f.UIDValidity, 1, math.MaxUint32)
	if err != nil {
		return FolderProgress{}, err
	}
	_, whole, err := r.Settled(f.ID)
	if errors.Is(err, ErrNoRow) {
		whole, err = time.Time{}, nil
	}
	return FolderProgress{Folder: f, Here: here, Whole: whole}, err
}
