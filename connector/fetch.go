package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/desk"
)

const (
	// MaxMail is the size of the largest mail that is stored whole, in bytes.
	MaxMail = 64 << 20
	// cutMail is how much of a larger one is stored.
	cutMail = 256 << 10
	// firstPage is how many of the newest mails are fetched before anything
	// else, so that there is something to look at.
	firstPage = 50
	// setSize is how many mails one FETCH asks for: larger sets gain nothing
	// and make new mail wait.
	setSize = 100
)

// letter is one mail as the server has sent it.
type letter struct {
	uid            uint32
	at             time.Time
	seen, answered bool
	raw            []byte
	// aside is a large mail that has been read, in place of raw.
	aside  *aside
	packed desk.Packed
	// oversize is how large the mail is when it is too large to be read.
	oversize int64
}

// errBroken is a mail that the server fails to deliver: the connection may be
// gone, but the account is not at fault.
var errBroken = errors.New("the server fails on a message")

// wholeMail asks for everything of a mail. PEEK leaves \Seen as it is.
// ENVELOPE and BODYSTRUCTURE are never asked for: the server would have to
// parse the mail, and what it makes of a broken one kills connections.
func wholeMail(part *imap.SectionPartial) *imap.FetchOptions {
	return &imap.FetchOptions{
		UID: true, Flags: true, InternalDate: true,
		BodySection: []*imap.FetchItemBodySection{{Peek: true, Partial: part}},
	}
}

// fetch reads mails of the open folder and gives each to take as it comes. It
// returns the UIDs that were read whole, also when it fails half-way. A mail
// counts only when what follows it shows that its response ended where it
// should: a server that announces a wrong length would else have us keep half
// a mail, or one with the next in it.
func (s *session) fetch(ctx context.Context, uids []uint32, part *imap.SectionPartial, take func(letter) error) (got []uint32, err error) {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return s.fetchSet(ctx, set, wholeMail(part), take)
}

// fetchSet is fetch for other sets of mails, and other parts of them.
func (s *session) fetchSet(ctx context.Context, set imap.NumSet, options *imap.FetchOptions, take func(letter) error) (got []uint32, err error) {
	s.guard.allow(maxLine, maxData, MaxMail)
	if err := s.hurry(); err != nil {
		return nil, s.cause(err)
	}
	cmd := s.client.Fetch(set, options)
	var last letter
	defer func() { last.aside.drop() }()
	accept := func() error {
		l := last
		last = letter{}
		if l.uid == 0 {
			return nil // nothing has come, or only news of a flag
		}
		// While we are busy with it, the server need not hurry.
		_ = s.conn.Until(time.Time{})
		if err := take(l); err != nil {
			return err
		}
		got = append(got, l.uid)
		_ = s.hurry() // where it fails, the command tells why
		return nil
	}
	// The library goes on with the connection as soon as a body has failed, so
	// nothing more may be read of it then; not even by closing the command.
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		if err := accept(); err != nil {
			// The rest of the answer is not wanted any more.
			_ = s.conn.Close()
			_ = cmd.Close()
			return got, s.cause(err)
		}
		if last, err = s.readLetter(msg); err != nil {
			_ = s.conn.Close()
			return got, s.cause(err)
		}
		if ctx.Err() != nil {
			_ = s.conn.Close()
		}
	}
	err = cmd.Close()
	if !s.garbled(err) {
		err = errors.Join(err, accept())
	}
	if clear := s.conn.Until(time.Time{}); err == nil {
		err = clear
	}
	if ctx.Err() != nil {
		return got, context.Cause(ctx)
	}
	return got, s.cause(err)
}

// hurry gives the server its time for the next mail.
func (s *session) hurry() error { return s.conn.Until(time.Now().Add(s.pace.mail)) }

// garbled reports whether a command has failed because of what the server has
// said, and not because the connection ended or the server refused.
func (s *session) garbled(err error) bool {
	var status *imap.Error
	return err != nil && !errors.As(err, &status) && s.guard.cause() == nil
}

// readLetter takes one FETCH response apart. One without a body is no letter:
// the server tells of a changed flag.
func (s *session) readLetter(msg *imapclient.FetchMessageData) (letter, error) {
	var l letter
	body := false
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			l.uid = uint32(item.UID)
		case imapclient.FetchItemDataFlags:
			l.seen = slices.Contains(item.Flags, imap.FlagSeen)
			l.answered = slices.Contains(item.Flags, imap.FlagAnswered)
		case imapclient.FetchItemDataInternalDate:
			l.at = item.Time
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue // NIL: another program has just taken the mail away
			}
			body = true
			if item.Literal.Size() > MaxMail {
				l.oversize = item.Literal.Size()
				return l, nil
			}
			var err error
			if l.raw, l.aside, err = s.readBody(item.Literal); err != nil {
				return l, fmt.Errorf("read UID %d: %w", l.uid, err)
			}
		}
	}
	if !body {
		l.uid = 0
	}
	return l, nil
}

// fetchCut reads the beginning of a mail that is too large to be stored, and
// says so in a header field in front: the message is visible as unreadable,
// with sender and subject, and nothing waits for it.
func (s *session) fetchCut(ctx context.Context, uid uint32, size int64, take func(letter) error) error {
	_, err := s.fetch(ctx, []uint32{uid}, &imap.SectionPartial{Offset: 0, Size: cutMail}, func(l letter) error {
		if l.oversize > 0 {
			return fmt.Errorf("%w: it sends all of UID %d instead of its beginning", errTooMuch, uid)
		}
		l.raw = append(cutNotice(int64(len(l.raw)), size), l.raw...)
		return take(l)
	})
	return err
}

// flagsAtOnce is how many flags are handed over together.
const flagsAtOnce = 1000

// fetchFlags reads the flags of the open folder, in pieces: those that have
// changed since the given MODSEQ, or those of the newest messages where the
// server keeps no MODSEQ.
func (s *session) fetchFlags(since uint64, take func([]desk.Fetched) error) error {
	options := &imap.FetchOptions{UID: true, Flags: true}
	var set imap.NumSet = imap.UIDSet{{Start: 1, Stop: 0}}
	if since > 0 && s.has(imap.CapCondStore) {
		options.ChangedSince = since
	} else {
		const newest = 2000
		n := s.exists()
		if n == 0 {
			return nil
		}
		var from uint32 = 1
		if n > newest {
			from = n - newest + 1
		}
		set = imap.SeqSet{{Start: from, Stop: n}}
	}
	var list []desk.Fetched
	err := s.within(s.pace.search, func() error {
		s.guard.allow(maxLine, maxData, maxString)
		cmd := s.client.Fetch(set, options)
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			if l := flagsOf(msg); l.UID != 0 {
				list = append(list, l)
			}
			if len(list) < flagsAtOnce {
				continue
			}
			if err := take(list); err != nil {
				// The rest of the answer is not wanted any more.
				_ = s.conn.Close()
				_ = cmd.Close()
				return err
			}
			list = list[:0]
		}
		return cmd.Close()
	})
	if err != nil || len(list) == 0 {
		return err
	}
	return take(list)
}

func flagsOf(msg *imapclient.FetchMessageData) desk.Fetched {
	var f desk.Fetched
	known := false
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			f.UID = uint32(item.UID)
		case imapclient.FetchItemDataFlags:
			known = true
			f.Seen = slices.Contains(item.Flags, imap.FlagSeen)
			f.Answered = slices.Contains(item.Flags, imap.FlagAnswered)
		default:
		}
	}
	if !known {
		f.UID = 0
	}
	return f
}
