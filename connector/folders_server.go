package connector

import (
	"context"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
)

// ServerFolder is a folder of an account as its server lists it.
type ServerFolder struct {
	Name string
	// Role is what it is for on the server.
	Role desk.FolderRole
	// Reads is how its mail comes in; empty when it is not read.
	Reads desk.FolderRole
	// Messages is how many are there, Here how many of them are in the ledger.
	Messages, Here int
	// Gone says that it is to be read and the server does not list it.
	Gone bool
}

// Folders asks an account's server for all its folders. It changes nothing,
// takes no lease and opens none of them.
func (c *Connector) Folders(ctx context.Context, account desk.AccountID) ([]ServerFolder, error) {
	a, err := c.account(ctx, account)
	if err != nil {
		return nil, err
	}
	s, read, err := openFolders(ctx, a, c.keys, c.pace)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if s.blind {
		return nil, &desk.Error{
			Kind: desk.Offline, Code: "NO_FOLDERS", Message: "The server's list of folders cannot be read, so only INBOX is.",
			Hint: "Look there for a folder with a broken name.",
		}
	}
	var list []ServerFolder
	for _, l := range s.listed {
		if !opens(l) && l.Mailbox != inboxName {
			continue
		}
		f := ServerFolder{Name: l.Mailbox, Role: s.roleOf(l)}
		if i := slices.IndexFunc(read, func(r listing) bool { return r.name == l.Mailbox }); i >= 0 {
			f.Reads = read[i].role
		}
		if f.Messages, err = s.messagesIn(l.Mailbox); err != nil {
			return nil, s.explain(err)
		}
		if f.Here, err = c.here(ctx, account, l.Mailbox); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	for _, chosen := range a.Folders {
		if chosen.Name == inboxName || s.lists(chosen.Name) {
			continue
		}
		here, err := c.here(ctx, account, chosen.Name)
		if err != nil {
			return nil, err
		}
		list = append(list, ServerFolder{Name: chosen.Name, Role: desk.RoleOther, Here: here, Gone: true})
	}
	return list, nil
}

// roleOf is what a listed folder is for: of several that might be the one for
// sent mail, one is.
func (s *session) roleOf(l *imap.ListData) desk.FolderRole {
	if l.Mailbox == inboxName {
		return desk.RoleInbox
	}
	for _, role := range []desk.FolderRole{desk.RoleSent, desk.RoleJunk, desk.RoleArchive, desk.RoleTrash} {
		if name, ok := folderOf(s.listed, role); ok && name == l.Mailbox {
			return role
		}
	}
	return desk.RoleOther
}

// messagesIn asks how many messages a folder has, without opening it; 0 for one
// that cannot be asked.
func (s *session) messagesIn(name string) (int, error) {
	n := 0
	err := s.within(s.pace.search, func() error {
		data, err := s.client.Status(name, &imap.StatusOptions{NumMessages: true}).Wait()
		if err == nil && data.NumMessages != nil {
			n = int(*data.NumMessages)
		}
		return err
	})
	var no *imap.Error
	if errors.As(err, &no) {
		return 0, nil
	}
	return n, err
}

// here is how many mails of a folder are in the ledger.
func (c *Connector) here(ctx context.Context, a desk.AccountID, name string) (int, error) {
	cursor, err := c.room.Cursor(ctx, a, name)
	if errors.Is(err, desk.ErrNoRow) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	uids, err := c.room.KnownUIDs(ctx, cursor)
	return len(uids), err
}
