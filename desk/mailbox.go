package desk

import (
	"context"
	"slices"
	"strings"
	"time"
)

// FolderRole says what a folder is for.
type FolderRole string

// The roles of folders. The first five are read; mail of an extra folder comes
// in like that of the inbox, mail of a closed one closed and silent. Closed
// conversations are put into the archive, which is not read for itself.
const (
	RoleInbox   FolderRole = "inbox"
	RoleSent    FolderRole = "sent"
	RoleJunk    FolderRole = "junk"
	RoleExtra   FolderRole = "extra"
	RoleClosed  FolderRole = "closed"
	RoleArchive FolderRole = "archive"
	RoleTrash   FolderRole = "trash"
	// RoleOther is a folder that is for nothing in particular.
	RoleOther FolderRole = "other"
)

// FolderChoice is a folder that is to be read, by the name the server has for
// it. Role is RoleExtra or RoleClosed; empty for INBOX and the folders whose
// purpose the server tells.
type FolderChoice struct {
	Name string     `json:"name"`
	Role FolderRole `json:"role,omitempty"`
}

// WriteBack says what of the work done here is written to an account's
// mailbox. Everything else on the server is only read.
type WriteBack string

// The ways of writing back. In a personal inbox, what another mail program does
// counts here as well: always what it marks as read, and with WriteMove also
// where it moves mail to.
const (
	// WriteNone changes nothing on the server.
	WriteNone WriteBack = "none"
	// WriteFlags marks what was read as Seen and what was answered as Answered.
	WriteFlags WriteBack = "flags"
	// WriteMove also moves the mail of closed conversations to the archive,
	// that of spam to Junk, and back.
	WriteMove WriteBack = "move"
)

// usualWriteBack is what a new account begins with: a personal mailbox looks the
// same in every program, and of a team's, other programs may make another use.
func usualWriteBack(k InboxKind) WriteBack {
	if k == Personal {
		return WriteMove
	}
	return WriteNone
}

// beginAnew lets an account that becomes personal or shared write back what a
// new one of its kind does: a team must not move mail in what was somebody's
// own mailbox because that person did.
func beginAnew(w Writer, a *Account, k InboxKind) error {
	a.WriteBack = usualWriteBack(k)
	return w.SaveMailbox(*a)
}

// MailboxChange is what is to be different about an account's mailbox; what is
// nil stays.
type MailboxChange struct {
	WriteBack *WriteBack
	// CutOff counts for mail that comes in from now on.
	CutOff *time.Time
	// Folders are all that are read; none means INBOX, Sent and Junk.
	Folders *[]FolderChoice
}

// mailboxState is what the journal keeps of a changed mailbox.
type mailboxState struct {
	Address   string         `json:"address"`
	WriteBack WriteBack      `json:"write_back"`
	CutOff    time.Time      `json:"cut_off"`
	Folders   []FolderChoice `json:"folders"`
}

func mailboxOf(a Account) mailboxState {
	return mailboxState{a.Address, a.WriteBack, a.CutOff, a.Folders}
}

// SetMailbox changes how an account's mailbox is treated. What is here already
// stays as it is. Of a personal account only its owner decides.
func (s *Seat) SetMailbox(ctx context.Context, address string, change MailboxChange) (Account, error) {
	var a Account
	err := s.write(ctx, func(w Writer) error {
		var err error
		if a, err = s.mayTune(w, address); err != nil {
			return err
		}
		before := mailboxOf(a)
		if err := change.apply(&a, s.d.now()); err != nil {
			return err
		}
		if err := w.SaveMailbox(a); err != nil {
			return err
		}
		return w.Append(s.event(EventMailboxSet, a.Inbox, 0, state(before), state(mailboxOf(a))))
	})
	return a.withoutSecret(), err
}

// mayTune is mustHold for what only the owner of a personal account decides.
func (s *Seat) mayTune(r Reader, address string) (Account, error) {
	a, err := s.mustHold(r, address, "change this account")
	if err != nil {
		return a, err
	}
	in, err := r.Inbox(a.Inbox)
	if err == nil && in.Kind == Personal && in.Owner != s.actor.User {
		return Account{}, denied("Ask its owner.", "Only its owner can change a personal account.")
	}
	return a, err
}

// apply checks the change and makes it.
func (c MailboxChange) apply(a *Account, now time.Time) error {
	if c.WriteBack != nil {
		if !slices.Contains([]WriteBack{WriteNone, WriteFlags, WriteMove}, *c.WriteBack) {
			return invalid("BAD_WRITE_BACK", "Choose none, flags or move.", "There is no way to write back called %q.", string(*c.WriteBack))
		}
		a.WriteBack = *c.WriteBack
	}
	if c.CutOff != nil {
		if c.CutOff.After(now) {
			return invalid("BAD_CUT_OFF", "Take a day that has been.", "The cut-off is in the future: no mail would come in open.")
		}
		a.CutOff = c.CutOff.UTC().Truncate(time.Millisecond)
	}
	if c.Folders != nil {
		if err := checkFolders(*c.Folders); err != nil {
			return err
		}
		a.Folders = slices.Clone(*c.Folders)
	}
	return nil
}

// foldersMost is how many folders of one account may be read: each has a
// connection of its own, and servers allow only so many.
const foldersMost = 16

func checkFolders(list []FolderChoice) error {
	if len(list) == 0 {
		return nil
	}
	if len(list) > foldersMost {
		return invalid("TOO_MANY_FOLDERS", "Choose fewer.", "At most %d folders of an account are read.", foldersMost)
	}
	seen := map[string]bool{}
	for _, f := range list {
		if f.Name == "" || len(f.Name) > 255 || strings.ContainsAny(f.Name, "\r\n\x00") {
			return invalid("BAD_FOLDER", "Write it as the server does; see: postroom account folders ADDRESS", "%q cannot be the name of a folder.", f.Name)
		}
		if seen[f.Name] {
			return invalid("FOLDER_TWICE", "Name it once.", "The folder %s is named twice.", f.Name)
		}
		if f.Role != "" && f.Role != RoleExtra && f.Role != RoleClosed {
			return invalid("BAD_FOLDER", "Write :open or :closed behind it, or nothing.", "A folder cannot come in %q.", string(f.Role))
		}
		seen[f.Name] = true
	}
	if !seen["INBOX"] {
		return invalid("NO_INBOX", "Add INBOX to the folders.", "INBOX is always read: new mail is there.")
	}
	return nil
}

// Mailbox gives an account to who may change how its mailbox is treated.
func (s *Seat) Mailbox(ctx context.Context, address string) (Account, error) {
	var a Account
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		a, err = s.mayTune(r, address)
		return err
	})
	return a.withoutSecret(), err
}
