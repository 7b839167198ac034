package connector

import (
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/desk"
)

// seen is what one look at a whole folder has found.
type seen struct {
	selected
	// uids are those of all messages that the server lists, ascending.
	uids []uint32
	// counted is how many messages the server says there are.
	counted int
}

// announced is what the server has said of the folder as a whole.
func (v seen) announced() desk.Announced {
	return desk.Announced{UIDValidity: v.uidValidity, Messages: uint32(v.counted), UIDNext: v.uidNext, ModSeq: v.modSeq}
}

// unlisted is how many messages the server counts and does not list.
func (v seen) unlisted() int { return max(0, v.counted-len(v.uids)) }

// look opens a folder and lists all of it. A server that lists fewer messages
// than it counts is asked once more: one may have gone in between.
func (s *session) look(name string) (seen, error) {
	sel, err := s.examine(name)
	if err != nil {
		return seen{}, err
	}
	v := seen{selected: sel}
	for range 2 {
		if v.uids, err = s.searchUIDs(1); err != nil {
			return seen{}, err
		}
		if v.counted = int(s.exists()); v.unlisted() == 0 {
			break
		}
		if err := s.noop(); err != nil {
			return seen{}, err
		}
	}
	return v, nil
}

// announced asks what the server announces of folders, without opening one.
// What it does not say is not in the answer; nothing is where it keeps no
// MODSEQ, because then nothing follows from it.
func (s *session) announced(names []string) (map[string]desk.Announced, error) {
	found := map[string]desk.Announced{}
	if !s.has(imap.CapCondStore) {
		return found, nil
	}
	err := s.within(s.pace.exchange, func() error {
		var asked []*imapclient.StatusCommand
		for _, name := range names {
			asked = append(asked, s.client.Status(name, &imap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true, HighestModSeq: true}))
		}
		for i, cmd := range asked {
			data, err := cmd.Wait()
			var status *imap.Error
			if errors.As(err, &status) {
				continue // a folder that cannot be asked is opened
			}
			if err != nil {
				return err
			}
			if data.NumMessages != nil {
				found[names[i]] = desk.Announced{UIDValidity: data.UIDValidity, Messages: *data.NumMessages, UIDNext: uint32(data.UIDNext), ModSeq: data.HighestModSeq}
			}
		}
		return nil
	})
	return found, err
}

// searchUIDs lists the UIDs in the open folder from the given one on,
// ascending.
func (s *session) searchUIDs(from uint32) ([]uint32, error) {
	return s.search(&imap.SearchCriteria{UID: []imap.UIDSet{{{Start: imap.UID(from), Stop: 0}}}}, from)
}

// search lists the UIDs in the open folder that match, from the given one on,
// ascending.
func (s *session) search(criteria *imap.SearchCriteria, from uint32) ([]uint32, error) {
	var options *imap.SearchOptions
	if s.has(imap.CapESearch) {
		options = &imap.SearchOptions{ReturnAll: true}
	}
	var list []uint32
	err := s.cause(s.conn.Within(s.pace.search, func() error {
		// No honest answer is longer than a number and a space for each message.
		const number, slack = 11, 64 << 10
		room := min(maxSearch, slack+number*int64(s.exists()))
		s.guard.allow(room, room, maxString)
		data, err := s.client.UIDSearch(criteria, options).Wait()
		if err != nil {
			return err
		}
		list, err = expand(data.All, from)
		return err
	}))
	if s.refuses(imap.CapESearch, err) {
		return s.search(criteria, from)
	}
	return list, err
}

// maxFolder is how many messages a folder may have: the set 1:4294967295 is
// sent in a few bytes and would fill the memory.
const maxFolder = 4_000_000

func expand(found imap.NumSet, from uint32) ([]uint32, error) {
	set, ok := found.(imap.UIDSet)
	if !ok {
		return nil, nil
	}
	// 0 is no UID (RFC 3501 section 9, nz-number), but what some servers give
	// to a message they have not numbered yet; the library sorts it as "*".
	set = slices.DeleteFunc(set, func(r imap.UIDRange) bool { return r == imap.UIDRange{} })
	var n uint64
	for _, r := range set {
		n += uint64(r.Stop) - uint64(r.Start) + 1
		if r.Start == 0 || r.Stop < r.Start || n > maxFolder {
			return nil, fmt.Errorf("%w: a folder of %d messages", errTooMuch, n)
		}
	}
	list := make([]uint32, 0, n)
	for _, r := range set {
		for uid := uint64(r.Start); uid <= uint64(r.Stop); uid++ {
			// "n:*" always holds the newest message, even one below n.
			if uint32(uid) >= from {
				list = append(list, uint32(uid))
			}
		}
	}
	return list, nil
}
