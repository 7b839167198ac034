package connector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
	"postroom/desk/safe"
)

// mirror writes to the server what was done here and is due. Like a job, what
// fails waits and stands in nobody's way.
func (r *round) mirror(ctx context.Context) error {
	list, err := r.room.MirrorDue(ctx, r.lease)
	if err != nil {
		return err
	}
	for _, m := range list {
		failure := r.reflect(ctx, m)
		if failure != nil {
			r.hangUpIMAP()
			if ctx.Err() != nil || errors.Is(failure, desk.ErrFenced) {
				return errors.Join(failure, ctx.Err())
			}
			failure = errors.New(clip(sentence(failure)))
			r.log.Warn("what was done here waits to be written to the server", "account", r.account.Address, "conversation", m.Conversation, "err", failure.Error())
		}
		done, cancel := lastWords(ctx)
		err := r.room.FinishMirror(done, r.lease, m, failure, r.desk.Now().Add(jobPause(m.Attempts)))
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// reflect brings the mails of one conversation in line. What is to be done is
// asked for again after each turn, because a mail that was found in the archive
// may lack a flag.
func (r *round) reflect(ctx context.Context, m desk.Mirror) error {
	const turns = 3
	for range turns {
		list, err := r.room.Changes(ctx, m)
		if err != nil || len(list) == 0 {
			return err
		}
		s, err := r.session(ctx)
		if err != nil {
			return err
		}
		changed := false
		for _, ch := range list {
			did, err := r.change(ctx, s, ch)
			if len(ch.Away) == 0 && s.tookAway(ch.Placed, err) {
				did, err = false, nil
			}
			if err != nil {
				return s.explain(err)
			}
			changed = changed || did
		}
		if !changed {
			return nil
		}
	}
	return nil
}

// tookAway reports whether the server refuses a change because another program
// has taken the mail away in the meantime. That comes to light by itself.
func (s *session) tookAway(p desk.Placed, err error) bool {
	var no *imap.Error
	if !errors.As(err, &no) || no.Type != imap.StatusResponseTypeNo {
		return false
	}
	if _, err := s.examine(p.Name); err != nil {
		return false
	}
	there, err := s.holds(p.UID)
	return err == nil && !there
}

// change does what one mail needs. It reports whether anything could be done.
func (r *round) change(ctx context.Context, s *session, ch desk.Change) (bool, error) {
	// Nothing of a mail is touched there that could not be read here again, to
	// the last bit (promises P8).
	mail, err := r.room.Raw(ctx, ch.Raw)
	if err != nil {
		return false, err
	}
	if len(ch.Away) > 0 {
		return r.bringBack(ctx, s, ch, mail.Bytes)
	}
	if open, err := s.writable(ch.Placed); err != nil || !open {
		return false, err
	}
	if ch.AddSeen || ch.AddAnswered {
		now := ch.Placed
		now.Seen, now.Answered = ch.Seen || ch.AddSeen, ch.Answered || ch.AddAnswered
		if err := s.addFlags(ch); err != nil {
			return false, err
		}
		flags := ch
		flags.To = ""
		if err := r.room.Written(ctx, r.lease, flags, now); err != nil {
			return false, err
		}
		ch.Placed = now
	}
	if ch.To == "" || !s.moves() {
		return ch.AddSeen || ch.AddAnswered, nil
	}
	return true, r.move(ctx, s, ch, mail.Bytes)
}

// writable opens the folder of a mail for writing. A folder that is not there
// has nothing to be changed.
func (s *session) writable(p desk.Placed) (bool, error) {
	if s.selected.name != p.Name || !s.selected.writable {
		if _, err := s.open(p.Name, false); err != nil {
			var no *imap.Error
			if errors.As(err, &no) && no.Type == imap.StatusResponseTypeNo {
				return false, nil
			}
			return false, err
		}
	}
	if s.selected.uidValidity != p.UIDValidity {
		// Its UIDs name other mails now; it is read again first.
		return false, fmt.Errorf("write to %s: %w", safe.Line(p.Name), errEpoch)
	}
	return true, nil
}

// addFlags adds flags to one mail of the open folder; it takes none away.
func (s *session) addFlags(ch desk.Change) error {
	var flags []imap.Flag
	if ch.AddSeen {
		flags = append(flags, imap.FlagSeen)
	}
	if ch.AddAnswered {
		flags = append(flags, imap.FlagAnswered)
	}
	return s.store(ch.UID, flags)
}

func (s *session) store(uid uint32, flags []imap.Flag) error {
	return s.within(s.pace.exchange, func() error {
		return s.client.Store(imap.UIDSetNum(imap.UID(uid)), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close()
	})
}

// moves reports whether the server can take one mail out of a folder and no
// other. Without MOVE (RFC 6851) and UIDPLUS (RFC 4315) there is only EXPUNGE,
// which takes all that any program has marked as deleted: then nothing is moved.
func (s *session) moves() bool { return s.has(imap.CapMove) || s.has(imap.CapUIDPlus) }

// asked says why new mail may come a minute late.
const asked = "The server does not announce new mail (it has no IDLE), so it is asked every minute."

// lacks says in sentences what the server cannot do and what is done instead.
func (s *session) lacks() []string {
	var list []string
	if !s.has(imap.CapIdle) {
		list = append(list, asked)
	}
	if s.account.WriteBack == desk.WriteMove && !s.moves() {
		list = append(list, "The server cannot move a single mail (it has neither MOVE nor UIDPLUS), so closed mail stays where it is there.")
	}
	return list
}

// move puts a mail of the open folder where it belongs, and notes where it lies
// now.
func (r *round) move(ctx context.Context, s *session, ch desk.Change, raw []byte) error {
	name, err := s.folderFor(ch.To, true)
	if err != nil {
		return err
	}
	now, err := s.moveOpen(ctx, ch.Placed, name, raw)
	if err != nil {
		return err
	}
	return r.room.Written(ctx, r.lease, ch, now)
}

// moveOpen moves a mail of the open folder to another one. Where the server does
// not say which UID it has there, it is looked for: our own change must not look
// like somebody else's.
func (s *session) moveOpen(ctx context.Context, p desk.Placed, to string, raw []byte) (desk.Placed, error) {
	now := p
	now.Name, now.UIDValidity, now.UID = to, 0, 0
	if !s.has(imap.CapMove) {
		now, err := s.copyOnce(ctx, p, now, raw)
		if err != nil {
			return now, err
		}
		return now, s.remove(p.UID)
	}
	err := s.within(s.pace.search, func() error {
		data, err := s.client.Move(imap.UIDSetNum(imap.UID(p.UID)), to).Wait()
		if err == nil {
			now.UIDValidity, now.UID = data.UIDValidity, only(data.DestUIDs)
		}
		return err
	})
	if err != nil {
		return now, err
	}
	if now.UID == 0 {
		return s.find(ctx, now, raw)
	}
	return now, nil
}

// copyOnce copies a mail of the open folder to another one, unless an earlier
// attempt has done so that did not get further.
func (s *session) copyOnce(ctx context.Context, p, to desk.Placed, raw []byte) (desk.Placed, error) {
	there, err := s.find(ctx, to, raw)
	if err != nil {
		return there, err
	}
	if open, err := s.writable(p); err != nil || !open {
		return there, errors.Join(err, errEpoch)
	}
	if there.UID != 0 {
		return there, nil
	}
	err = s.within(s.pace.search, func() error {
		data, err := s.client.Copy(imap.UIDSetNum(imap.UID(p.UID)), to.Name).Wait()
		if err == nil {
			to.UIDValidity, to.UID = data.UIDValidity, only(data.DestUIDs)
		}
		return err
	})
	return to, err
}

// remove takes one mail out of the open folder, and only that.
func (s *session) remove(uid uint32) error {
	if err := s.store(uid, []imap.Flag{imap.FlagDeleted}); err != nil {
		return err
	}
	return s.within(s.pace.exchange, func() error { return s.client.UIDExpunge(imap.UIDSetNum(imap.UID(uid))).Close() })
}

// only is the one UID of a set, 0 where there is not just one.
func only(set imap.NumSet) uint32 {
	uids, ok := set.(imap.UIDSet)
	if !ok {
		return 0
	}
	list, ok := uids.Nums()
	if !ok || len(list) != 1 {
		return 0
	}
	return uint32(list[0])
}

// bringBack looks in the archive or in Trash for a mail and moves it to where it
// belongs. One that is not there, or has no Message-ID to be found by, stays
// where it is. Another program may take it from one of them to the other
// meanwhile, so where it was looked for first is looked at once more.
func (r *round) bringBack(ctx context.Context, s *session, ch desk.Change, raw []byte) (bool, error) {
	if !s.moves() {
		return false, nil
	}
	for _, role := range append(slices.Clone(ch.Away), ch.Away[:len(ch.Away)-1]...) {
		name, err := s.folderFor(role, false)
		if err != nil {
			return false, err
		}
		if name == "" {
			continue
		}
		to, err := s.folderFor(ch.To, true)
		if err != nil {
			return false, err
		}
		if _, err := s.open(name, false); err != nil {
			return false, err
		}
		from := ch.Placed
		from.Name = name
		if from, err = s.find(ctx, from, raw); err != nil {
			return false, err
		}
		if from.UID == 0 {
			continue
		}
		now, err := s.moveOpen(ctx, from, to, raw)
		if s.tookAway(from, err) {
			continue
		}
		if err != nil {
			return false, err
		}
		return true, r.room.Written(ctx, r.lease, ch, now)
	}
	return false, nil
}

// find looks for a mail in the folder its place names: by its Message-ID, and
// then by its bytes. UID is 0 when it is not there.
func (s *session) find(ctx context.Context, p desk.Placed, raw []byte) (desk.Placed, error) {
	p.UID = 0
	if p.HeaderID == "" {
		return p, nil
	}
	if s.selected.name != p.Name {
		if _, err := s.open(p.Name, false); err != nil {
			return p, err
		}
	}
	p.UIDValidity = s.selected.uidValidity
	uids, err := s.withField("Message-ID", p.HeaderID)
	if err != nil {
		return p, err
	}
	const most = 10 // who has more copies than that is not looking for one of them
	for _, uid := range uids[max(0, len(uids)-most):] {
		_, err := s.fetch(ctx, []uint32{uint32(uid)}, nil, func(l letter) error {
			defer l.aside.drop()
			same, err := l.is(raw)
			if same {
				p.UID, p.Seen, p.Answered = l.uid, l.seen, l.answered
			}
			return err
		})
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// is reports whether the letter has just these bytes.
func (l *letter) is(raw []byte) (bool, error) {
	if l.aside == nil {
		return l.oversize == 0 && bytes.Equal(l.raw, raw), nil
	}
	if l.aside.bytes() != int64(len(raw)) {
		return false, nil
	}
	whole, err := l.aside.load()
	return bytes.Equal(whole, raw), err
}
