package connector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postroom/desk"
	"postroom/desk/safe"
)

// Imported is what an import has done.
type Imported struct {
	// Read mails were found in the files; New of them were not in the inbox
	// before.
	Read, New int
	// Files were read, of all kinds.
	Files int
	// Skipped says what was left out and why. At most [SkippedMost] are told;
	// Left counts all of them.
	Skipped []Skipped
	Left    int
}

// Skipped is a file, or a part of one, that was left out.
type Skipped struct {
	Path string
	Why  string
}

// SkippedMost is how many skipped files an [Imported] names.
const SkippedMost = 100

// Progress is told now and then during an import.
type Progress struct {
	Path      string // being read
	Read, New int
}

// Import reads mail out of files into an inbox: eml files, mbox files (mboxrd
// and mboxo), Maildirs, and directories of all of these. From the first
// transaction on the mails go the way of mail from a server; what the inbox
// has already is recognised by its bytes, so an import can be repeated. A file
// that cannot be read is skipped and told; progress may be nil.
func (c *Connector) Import(ctx context.Context, seat *desk.Seat, inbox string, paths []string, progress func(Progress)) (Imported, error) {
	c = c.fresh()
	ctx, stop := context.WithCancelCause(ctx)
	team := &crew{log: c.log, stop: stop}
	defer team.wait()
	defer stop(nil)
	c.ingest.start(ctx, team)
	view, err := seat.Inbox(ctx, inbox)
	if err != nil {
		return Imported{}, err
	}
	i := &importer{c: c, seat: seat, inbox: inbox, inboxID: view.ID, progress: progress, cutOff: c.now().Add(-desk.CutOffAge)}
	for _, path := range paths {
		if err := i.path(ctx, path); err != nil {
			return i.done, err
		}
	}
	if err := i.flush(ctx); err != nil {
		return i.done, err
	}
	if !desk.Rehearsing(ctx) {
		// An import that was killed may have stored mail that nobody has parsed,
		// and a desk without accounts has no worker that would.
		if _, err := c.ingest.sweep(ctx); err != nil {
			return i.done, err
		}
	}
	return i.done, c.ingest.wait(ctx)
}

// importer is the state of one import.
type importer struct {
	c        *Connector
	seat     *desk.Seat
	inbox    string
	inboxID  desk.InboxID
	progress func(Progress)
	cutOff   time.Time

	done  Imported
	role  desk.FolderRole // of the mails in batch
	batch []letter
	size  int64
}

const noOrdinaryFile = "it is no ordinary file"

// path imports a file or a directory the user has named. Only what is wrong
// with the desk is an error.
func (i *importer) path(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		i.skip(path, reason(err))
		return nil
	case info.IsDir():
		return i.directory(ctx, path, desk.RoleInbox)
	case !info.Mode().IsRegular():
		// Opening a pipe or a device may wait for ever.
		i.skip(path, noOrdinaryFile)
		return nil
	default:
		return i.file(ctx, path, roleOfFile(path), true)
	}
}

// directory imports what is in a directory: it is a Maildir, or holds files and
// directories.
func (i *importer) directory(ctx context.Context, path string, role desk.FolderRole) error {
	if isMaildir(path) {
		return i.maildir(ctx, path, role)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		i.skip(path, reason(err))
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		below := filepath.Join(path, e.Name())
		switch {
		case e.IsDir():
			err = i.directory(ctx, below, roleOfDir(e.Name(), role))
		case e.Type()&fs.ModeType != 0:
			i.skip(below, noOrdinaryFile)
			continue
		default:
			of := roleOfFile(below)
			if of == desk.RoleInbox {
				of = role
			}
			err = i.file(ctx, below, of, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// roleOfDir is what a directory is for: its name says so, or the one above.
func roleOfDir(name string, above desk.FolderRole) desk.FolderRole {
	if role := roleOfName(strings.TrimPrefix(name, ".")); role != desk.RoleInbox {
		return role
	}
	return above
}

// roleOfFile is what an mbox file is for, by its name.
func roleOfFile(path string) desk.FolderRole {
	name := filepath.Base(path)
	return roleOfName(strings.TrimSuffix(name, filepath.Ext(name)))
}

// file imports one file: an mbox if it begins like one, else a single mail. In
// a directory only what looks like mail is taken.
func (i *importer) file(ctx context.Context, path string, role desk.FolderRole, named bool) error {
	f, err := os.Open(path)
	if err != nil {
		i.skip(path, reason(err))
		return nil
	}
	defer f.Close()
	i.done.Files++
	i.tell(path)
	if beginsMbox(f) {
		return i.mbox(ctx, f, path, role)
	}
	if !named && !looksLikeMail(path, f) {
		i.done.Files--
		i.skip(path, "it is neither an eml file nor an mbox")
		return nil
	}
	return i.single(ctx, f, path, letter{}, role)
}

// single imports a file that is one mail.
func (i *importer) single(ctx context.Context, f *os.File, path string, l letter, role desk.FolderRole) error {
	raw, size, err := readCut(f)
	if err != nil {
		i.skip(path, reason(err))
		return nil
	}
	if len(raw) == 0 {
		i.skip(path, "it is empty")
		return nil
	}
	l.raw = raw
	if size > MaxMail {
		i.skip(path, fmt.Sprintf("it has %d MB, and all but the beginning is left out", size>>20))
	}
	info, err := f.Stat()
	if err != nil {
		i.skip(path, reason(err))
		return nil
	}
	l.at = dateOf(raw, time.Time{}, info.ModTime(), i.c.now())
	return i.put(ctx, l, role)
}

// put takes one mail into the batch.
func (i *importer) put(ctx context.Context, l letter, role desk.FolderRole) error {
	if role != i.role || i.size >= batchBytes || len(i.batch) >= batchMails {
		if err := i.flush(ctx); err != nil {
			return err
		}
	}
	i.role = role
	weight := weigh(l.raw)
	if !i.c.ingest.memory.TryAcquire(weight) {
		if err := i.flush(ctx); err != nil {
			return err
		}
		if err := i.c.ingest.memory.Acquire(ctx, weight); err != nil {
			return err
		}
	}
	i.batch = append(i.batch, l)
	i.size += weight
	i.done.Read++
	return nil
}

// flush is the first transaction for a batch.
func (i *importer) flush(ctx context.Context) error {
	if len(i.batch) == 0 {
		return nil
	}
	batch := i.batch
	i.batch, i.size = nil, 0
	mails := make([]desk.Fetched, len(batch))
	for n, l := range batch {
		mails[n] = desk.Fetched{At: l.at, Seen: l.seen, Answered: l.answered, Packed: i.c.room.Pack(l.raw)}
	}
	fresh, err := i.seat.KeepImported(ctx, i.inbox, i.role, mails)
	if err != nil {
		i.drop(batch)
		return err
	}
	i.done.New += len(fresh)
	i.tell("")
	if desk.Rehearsing(ctx) {
		// Nothing was stored that could be parsed.
		i.drop(batch)
		return nil
	}
	if len(fresh) != len(batch) {
		i.drop(batch)
		for _, id := range fresh {
			if err := i.c.ingest.pick(ctx, id, nil); err != nil {
				return err
			}
		}
		return nil
	}
	for n, l := range batch {
		err := i.c.ingest.add(ctx, task{weight: weigh(l.raw), cutOff: i.cutOff, mail: desk.RawMail{
			ID: fresh[n], Inbox: i.inboxID, Role: i.role, At: l.at, Seen: l.seen, Bytes: l.raw,
		}})
		if err != nil {
			i.drop(batch[n+1:])
			return err
		}
	}
	return nil
}

func (i *importer) drop(batch []letter) {
	for _, l := range batch {
		i.c.ingest.memory.Release(weigh(l.raw))
	}
}

func (i *importer) tell(path string) {
	if i.progress != nil {
		i.progress(Progress{Path: path, Read: i.done.Read, New: i.done.New})
	}
}

func (i *importer) skip(path, why string) {
	i.done.Left++
	if len(i.done.Skipped) < SkippedMost {
		i.done.Skipped = append(i.done.Skipped, Skipped{Path: path, Why: why})
	}
}

// reason is why a file cannot be read, without its path.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return safe.Line(err.Error()).String()
}
