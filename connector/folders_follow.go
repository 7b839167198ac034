package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
	"postroom/desk/safe"
)

// arrive signs in and brings the folders in line with what the server lists. A
// folder that was renamed there is followed; one that is gone is told.
func (w *worker) arrive(ctx context.Context) (*session, []*folder, error) {
	s, list, err := openFolders(ctx, w.account, w.keys, w.pace)
	if err != nil {
		return nil, nil, err
	}
	var lost []string
	if !s.blind {
		if lost, err = w.follow(ctx, s); err != nil {
			s.close()
			return nil, nil, w.outcome(ctx, s, err)
		}
		list = choose(s.listed, w.account.Folders)
	}
	return s, w.keepFolders(list, s, lost), nil
}

// follow finds the folders that were read and are not listed any more, and what
// has become of them. It gives sentences about those that are gone.
func (w *worker) follow(ctx context.Context, s *session) (lost []string, err error) {
	known, err := w.room.Folders(ctx, w.account.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range known {
		if f.Name == inboxName || s.lists(f.Name) || !w.reads(f) {
			continue
		}
		name, err := w.renamedTo(ctx, s, f, known)
		if err != nil {
			return nil, err
		}
		if name == "" {
			if _, replaced := folderOf(s.listed, f.Role); !replaced {
				lost = append(lost, fmt.Sprintf("The folder %s is no more on the server; what came from it stays here.", safe.Line(f.Name)))
			}
			continue
		}
		w.log.Info("a folder was renamed on the server", "from", f.Name, "to", name)
		if w.account.Folders, err = w.room.FolderRenamed(ctx, w.lease, f, name); err != nil {
			return nil, err
		}
	}
	for _, c := range w.account.Folders {
		never := !slices.ContainsFunc(known, func(f desk.Folder) bool { return f.Name == c.Name })
		if never && c.Name != inboxName && !s.lists(c.Name) {
			lost = append(lost, fmt.Sprintf("There is no folder %s on the server.", safe.Line(c.Name)))
		}
	}
	return lost, nil
}

// lists reports whether the server has a folder of that name.
func (s *session) lists(name string) bool {
	return slices.ContainsFunc(s.listed, func(l *imap.ListData) bool { return l.Mailbox == name && opens(l) })
}

// reads reports whether a folder is one of those that are to be read.
func (w *worker) reads(f desk.Folder) bool {
	if len(w.account.Folders) == 0 {
		return f.Role == desk.RoleSent || f.Role == desk.RoleJunk
	}
	return slices.ContainsFunc(w.account.Folders, func(c desk.FolderChoice) bool { return c.Name == f.Name })
}

// renamedTo finds the folder that bears another name now: one that is not known
// by its own, has the same UIDVALIDITY, and under the same UIDs the same bytes.
func (w *worker) renamedTo(ctx context.Context, s *session, f desk.Folder, known []desk.Folder) (string, error) {
	uids, err := w.room.KnownUIDs(ctx, f)
	if err != nil || len(uids) == 0 {
		return "", err
	}
	for _, l := range s.listed {
		if !opens(l) || slices.ContainsFunc(known, func(k desk.Folder) bool { return k.Name == l.Mailbox }) {
			continue
		}
		validity, err := s.validityOf(l.Mailbox)
		if err != nil {
			return "", err
		}
		if validity != f.UIDValidity {
			continue
		}
		same, err := w.holdsSame(ctx, s, l.Mailbox, f, uids)
		if err != nil || same {
			return l.Mailbox, err
		}
	}
	return "", nil
}

// validityOf asks for the epoch of a folder without opening it, 0 for one that
// cannot be asked.
func (s *session) validityOf(name string) (uint32, error) {
	var validity uint32
	err := s.within(s.pace.exchange, func() error {
		data, err := s.client.Status(name, &imap.StatusOptions{UIDValidity: true}).Wait()
		if err == nil {
			validity = data.UIDValidity
		}
		return err
	})
	var no *imap.Error
	if errors.As(err, &no) {
		return 0, nil
	}
	return validity, err
}

// holdsSame compares the newest mails of a folder, by every byte, with those
// the ledger has under their UIDs.
func (w *worker) holdsSame(ctx context.Context, s *session, name string, f desk.Folder, known []uint32) (bool, error) {
	v, err := s.look(name)
	if err != nil {
		return false, err
	}
	common := subtract(v.uids, subtract(v.uids, known))
	const enough = 3
	common = common[max(0, len(common)-enough):]
	same := 0
	_, err = s.fetch(ctx, common, nil, func(l letter) error {
		defer l.aside.drop()
		raw, err := w.room.RawAt(ctx, f, l.uid)
		if err != nil {
			return err
		}
		equal, err := l.is(raw)
		if equal {
			same++
		}
		return err
	})
	return len(common) > 0 && same == len(common), err
}
