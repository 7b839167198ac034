package connector

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
)

// listing is a folder the server has and what it is for.
type listing struct {
	name string
	role desk.FolderRole
}

// openFolders signs in and finds what is to be read. One folder whose name is
// broken makes the library give up on the whole list, and the connection: then
// INBOX is read alone, which needs no list.
func openFolders(ctx context.Context, a desk.Account, k keys, p pace) (*session, []listing, error) {
	s, err := enterSession(ctx, a, k, p)
	if err != nil {
		return nil, nil, err
	}
	list, err := s.folders()
	if err == nil {
		return s, list, nil
	}
	s.close()
	if ctx.Err() != nil || !s.garbled(err) {
		return nil, nil, s.explain(err)
	}
	if s, err = enterSession(ctx, a, k, p); err != nil {
		return nil, nil, err
	}
	s.blind = true
	return s, choose(nil, nil), nil
}

// folders finds what is to be read: what the account has chosen, else INBOX and
// the folders for sent mail and for spam if there are any. INBOX comes first.
func (s *session) folders() ([]listing, error) {
	all, err := s.list()
	if err != nil {
		return nil, err
	}
	s.listed = all
	return choose(all, s.account.Folders), nil
}

// list asks for all folders there are.
func (s *session) list() ([]*imap.ListData, error) {
	var all []*imap.ListData
	err := s.within(s.pace.exchange, func() error {
		var options *imap.ListOptions
		// RFC 6154: the attributes come by themselves or on request.
		if s.has(imap.CapSpecialUse) && (s.has(imap.CapListExtended) || s.has(imap.CapIMAP4rev2)) {
			options = &imap.ListOptions{ReturnSpecialUse: true}
		}
		var err error
		all, err = s.client.List("", "*", options).Collect()
		return err
	})
	return all, err
}

// choose picks the folders to be read out of a listing. What an account has
// chosen and the server does not list is left out.
func choose(all []*imap.ListData, chosen []desk.FolderChoice) []listing {
	found := []listing{{name: inboxName, role: desk.RoleInbox}}
	for _, role := range []desk.FolderRole{desk.RoleSent, desk.RoleJunk} {
		name, ok := folderOf(all, role)
		if ok && (len(chosen) == 0 || slices.ContainsFunc(chosen, func(c desk.FolderChoice) bool { return c.Name == name })) {
			found = append(found, listing{name: name, role: role})
		}
	}
	for _, c := range chosen {
		taken := slices.ContainsFunc(found, func(l listing) bool { return l.name == c.Name })
		there := slices.ContainsFunc(all, func(l *imap.ListData) bool { return l.Mailbox == c.Name && opens(l) })
		if taken || !there {
			continue
		}
		role := c.Role
		if role == "" {
			role = desk.RoleExtra
		}
		found = append(found, listing{name: c.Name, role: role})
	}
	return found
}

// opens reports whether a folder other than INBOX can be opened.
func opens(l *imap.ListData) bool {
	return !slices.Contains(l.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(l.Attrs, imap.MailboxAttrNonExistent) && !strings.EqualFold(l.Mailbox, inboxName)
}

// folderOf finds the folder for a purpose: by special use (RFC 6154), else by
// the names mail programs give it. Where there is no archive but a folder of all
// mail, archiving is taking out of the INBOX.
func folderOf(all []*imap.ListData, role desk.FolderRole) (string, bool) {
	uses := map[desk.FolderRole][]imap.MailboxAttr{
		desk.RoleSent: {imap.MailboxAttrSent}, desk.RoleJunk: {imap.MailboxAttrJunk},
		desk.RoleArchive: {imap.MailboxAttrArchive, imap.MailboxAttrAll}, desk.RoleTrash: {imap.MailboxAttrTrash},
	}[role]
	for _, use := range uses {
		for _, l := range all {
			if opens(l) && slices.Contains(l.Attrs, use) {
				return l.Mailbox, true
			}
		}
	}
	for _, l := range all {
		name := l.Mailbox
		if l.Delim != 0 {
			name = strings.TrimPrefix(name, inboxName+string(l.Delim))
		}
		if opens(l) && roleOfName(name) == role {
			return l.Mailbox, true
		}
	}
	return "", false
}

// folderFor finds the folder for sent mail, the archive, Junk or Trash, and if
// wanted makes it where there is none; else it may be empty.
func (s *session) folderFor(role desk.FolderRole, create bool) (string, error) {
	if role == desk.RoleInbox {
		return inboxName, nil
	}
	all, err := s.list()
	if err != nil {
		return "", err
	}
	if name, ok := folderOf(all, role); ok || !create {
		return name, nil
	}
	name, use := "Sent", imap.MailboxAttrSent
	switch role {
	case desk.RoleArchive:
		name, use = "Archive", imap.MailboxAttrArchive
	case desk.RoleJunk:
		name, use = "Junk", imap.MailboxAttrJunk
	case desk.RoleTrash:
		name, use = "Trash", imap.MailboxAttrTrash
	default:
	}
	err = s.createFolder(name, use)
	var no *imap.Error
	if !errors.As(err, &no) {
		return name, err
	}
	// Some servers keep all folders below INBOX.
	var root []*imap.ListData
	err = s.within(s.pace.exchange, func() (err error) {
		root, err = s.client.List("", "", nil).Collect()
		return err
	})
	if err != nil || len(root) == 0 || root[0].Delim == 0 {
		return "", errors.Join(err, no)
	}
	below := inboxName + string(root[0].Delim) + name
	return below, s.createFolder(below, use)
}

func (s *session) createFolder(name string, use imap.MailboxAttr) error {
	return s.within(s.pace.exchange, func() error {
		var options *imap.CreateOptions
		if s.has(imap.CapCreateSpecialUse) {
			options = &imap.CreateOptions{SpecialUse: []imap.MailboxAttr{use}}
		}
		if err := s.client.Create(name, options).Wait(); err != nil {
			return err
		}
		// Mail programs that only show subscribed folders should show it; one
		// that cannot be subscribed to is still good.
		_ = s.client.Subscribe(name).Wait()
		return nil
	})
}
