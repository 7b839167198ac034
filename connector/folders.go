package connector

import (
	"context"
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
	return s, choose(nil), nil
}

// folders finds what is to be read: INBOX, and the folders for sent mail and
// for spam if there are any. INBOX comes first.
func (s *session) folders() ([]listing, error) {
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
	if err != nil {
		return nil, err
	}
	return choose(all), nil
}

// choose picks the folders out of a listing: by special use (RFC 6154), else
// by the names mail programs give them.
func choose(all []*imap.ListData) []listing {
	found := []listing{{name: inboxName, role: desk.RoleInbox}}
	for _, role := range []desk.FolderRole{desk.RoleSent, desk.RoleJunk} {
		if name, ok := folderOf(all, role); ok {
			found = append(found, listing{name: name, role: role})
		}
	}
	return found
}

func folderOf(all []*imap.ListData, role desk.FolderRole) (string, bool) {
	use := imap.MailboxAttrSent
	if role == desk.RoleJunk {
		use = imap.MailboxAttrJunk
	}
	open := func(l *imap.ListData) bool {
		return !slices.Contains(l.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(l.Attrs, imap.MailboxAttrNonExistent) && !strings.EqualFold(l.Mailbox, inboxName)
	}
	for _, l := range all {
		if open(l) && slices.Contains(l.Attrs, use) {
			return l.Mailbox, true
		}
	}
	for _, l := range all {
		name := l.Mailbox
		if l.Delim != 0 {
			name = strings.TrimPrefix(name, inboxName+string(l.Delim))
		}
		if open(l) && roleOfName(name) == role {
			return l.Mailbox, true
		}
	}
	return "", false
}

// roleOfName knows what mail programs call the folders, in the languages of
// their default settings.
func roleOfName(name string) desk.FolderRole {
	switch strings.ToLower(name) {
	case "sent", "sent items", "sent messages", "sent mail", "sent-mail", "outbox sent",
		"gesendet", "gesendete objekte", "gesendete elemente", "envoyés", "messages envoyés", "éléments envoyés",
		"enviados", "elementos enviados", "inviata", "posta inviata", "verzonden", "verzonden items", "skickat", "sendt", "wysłane":
		return desk.RoleSent
	case "junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk",
		"werbung", "unerwünscht", "courrier indésirable", "indésirables", "correo no deseado", "posta indesiderata", "ongewenste e-mail", "skräppost":
		return desk.RoleJunk
	default:
		return desk.RoleInbox
	}
}
