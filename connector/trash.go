package connector

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
)

// mostThrown is for how many mails that are gone from a folder Trash is
// searched in one look, each by a command of its own. Who puts away more at
// once waits for none of it: what is left counts as put away, and is closed.
const mostThrown = 500

// thrownAway finds the conversations whose mails another program has moved to
// Trash, all of them. Trash is only looked into for mails that have gone from
// the folder: it is not read, and what else is in it nobody sees here. The
// folder is open again afterwards.
func (w *worker) thrownAway(ctx context.Context, s *session, f *folder, gone []uint32) ([]desk.ConversationID, error) {
	if len(gone) == 0 || f.passTrash() || f.role != desk.RoleInbox && f.role != desk.RoleJunk || w.account.WriteBack != desk.WriteMove {
		return nil, nil
	}
	trash, err := s.folderFor(desk.RoleTrash, false)
	if err != nil || trash == "" {
		return nil, err
	}
	list, err := w.room.PutAway(ctx, f.at(), gone, trash)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	thrown, err := w.inTrash(ctx, s, trash, list[:min(len(list), mostThrown)])
	if err != nil {
		f.failTrash()
		return nil, err
	}
	if len(list) > mostThrown && len(thrown) > 0 {
		// The last one was perhaps not looked through.
		thrown = thrown[:len(thrown)-1]
	}
	now, err := s.examine(f.name)
	if err == nil && now.uidValidity != f.at().UIDValidity {
		err = errEpoch
	}
	s.ring() // what has come meanwhile was announced to nobody
	return thrown, err
}

// inTrash gives the conversations of which every mail is in the folder. Those of
// a conversation stand together in the list.
func (w *worker) inTrash(ctx context.Context, s *session, trash string, list []desk.Placed) ([]desk.ConversationID, error) {
	if _, err := s.examine(trash); err != nil {
		var no *imap.Error
		if errors.As(err, &no) && no.Type == imap.StatusResponseTypeNo {
			return nil, nil // a folder that cannot be opened says nothing
		}
		return nil, err
	}
	var thrown []desk.ConversationID
	for i, p := range list {
		begins := i == 0 || list[i-1].Conversation != p.Conversation
		if !begins && (len(thrown) == 0 || thrown[len(thrown)-1] != p.Conversation) {
			continue // one that is elsewhere is enough
		}
		there, err := w.isIn(ctx, s, trash, p)
		if err != nil {
			return nil, err
		}
		switch {
		case there && begins:
			thrown = append(thrown, p.Conversation)
		case !there && !begins:
			thrown = thrown[:len(thrown)-1]
		default:
		}
	}
	return thrown, nil
}

// isIn reports whether a mail, to the last byte, is in the open folder.
func (w *worker) isIn(ctx context.Context, s *session, name string, p desk.Placed) (bool, error) {
	if s.exists() == 0 {
		return false, nil
	}
	mail, err := w.room.Raw(ctx, p.Raw)
	if err != nil {
		return false, err
	}
	p.Name = name
	p, err = s.find(ctx, p, mail.Bytes)
	return p.UID != 0, err
}
