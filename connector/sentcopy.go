package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
)

// jobs does what is due on the IMAP server. A job that fails waits; nothing it
// meets stops the sending.
func (r *round) jobs(ctx context.Context) error {
	list, err := r.room.DueJobs(ctx, r.lease)
	if err != nil {
		return err
	}
	for _, j := range list {
		failure := fmt.Errorf("there is no way to do %q", j.Kind)
		if j.Kind == desk.JobSentCopy {
			failure = r.copySent(ctx, j.Outgoing)
		}
		if errors.Is(failure, desk.ErrNoRow) {
			// The mail is gone from the outbox, and with it the job's sense.
			failure = nil
		}
		if failure != nil {
			r.hangUpIMAP()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failure = errors.New(clip(sentence(failure)))
			r.log.Warn("a job waits", "account", r.account.Address, "job", string(j.Kind), "err", failure.Error())
		}
		done, cancel := lastWords(ctx)
		err := r.room.FinishJob(done, r.lease, j, failure, r.desk.Now().Add(jobPause(j.Attempts)))
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// jobPause is the wait after a job failed, which it had done a number of times
// before. The first one is long enough for a server that had the copy already
// to show it.
func jobPause(failures int) time.Duration {
	const first, most = 30 * time.Second, 6 * time.Hour
	return min(first<<min(failures, 10), most)
}

// copySent puts the mail into the Sent folder unless it is there. It looks
// each time: an earlier attempt may have got further than its answer
// (promises P13).
func (r *round) copySent(ctx context.Context, id desk.OutgoingID) error {
	out, err := r.room.Outgoing(ctx, id)
	if err != nil {
		return err
	}
	if len(out.Raw) == 0 {
		return fmt.Errorf("the bytes of mail %d are not here", id)
	}
	s, err := r.session(ctx)
	if err != nil {
		return err
	}
	folder, err := s.folderFor(desk.RoleSent, true)
	if err == nil {
		var there bool
		if there, err = s.hasMail(folder, out.HeaderID); err == nil && !there {
			err = s.appendSeen(folder, out)
		}
	}
	return s.explain(err)
}

// Evidence looks in the Sent folder for copies of mails in doubt: a provider
// that files what it sends settles them. It looks at each after a while and
// then less and less often, for three days; a mail without evidence waits for
// its author. It returns when to look again, the zero time when there is
// nothing to look for. [Sender.Drain] does it too.
func (s *Sender) Evidence(ctx context.Context, lease desk.Lease, a desk.Account) (time.Time, error) {
	r := &round{Sender: s, line: s.line(a), lease: lease, account: a}
	defer r.close()
	return r.allEvidence(ctx)
}

func (r *round) allEvidence(ctx context.Context) (time.Time, error) {
	list, err := r.room.InDoubtSince(ctx, r.account.ID)
	if err != nil {
		return time.Time{}, err
	}
	var next time.Time
	for _, out := range list {
		at, err := r.evidence(ctx, out)
		if err != nil {
			return next, err
		}
		next = earliest(next, at)
	}
	return next, nil
}

// evidenceAge is how long a mail in doubt is looked for.
const evidenceAge = 72 * time.Hour

// evidence looks for one mail, if it is time to.
func (r *round) evidence(ctx context.Context, out desk.Outgoing) (time.Time, error) {
	age := r.desk.Now().Sub(out.UpdatedAt)
	switch at := latest(out.UpdatedAt.Add(r.patience.doubt), r.looked[out.ID]); {
	case age > evidenceAge:
		delete(r.looked, out.ID)
		return time.Time{}, nil
	case r.desk.Now().Before(at):
		return at, nil
	}
	s, err := r.session(ctx)
	if err != nil {
		return time.Time{}, err
	}
	folder, err := s.folderFor(desk.RoleSent, false)
	there := false
	if err == nil && folder != "" {
		there, err = s.hasMail(folder, out.HeaderID)
	}
	if err != nil {
		r.hangUpIMAP()
		return time.Time{}, s.explain(err)
	}
	if !there {
		r.looked[out.ID] = r.desk.Now().Add(min(max(age, r.patience.doubt), 6*time.Hour))
		return r.looked[out.ID], nil
	}
	delete(r.looked, out.ID)
	// The list has no bytes; what is accepted is kept with them.
	whole, err := r.room.Outgoing(ctx, out.ID)
	if err != nil || whole.State != desk.InDoubt {
		return time.Time{}, err
	}
	err = r.room.FoundSent(ctx, r.lease, whole)
	if errors.Is(err, desk.ErrStale) {
		// Its author was faster.
		err = nil
	}
	return time.Time{}, err
}

// session is the IMAP connection of this round. A server that cannot be
// reached is not tried again for each job.
func (r *round) session(ctx context.Context) (*session, error) {
	if r.imap != nil || r.imapTrouble != nil {
		return r.imap, r.imapTrouble
	}
	if r.imap, r.imapTrouble = enterSession(ctx, r.account, r.keys, r.pace); r.imapTrouble != nil {
		r.imap = nil
	}
	return r.imap, r.imapTrouble
}

func (r *round) hangUpIMAP() {
	if r.imap != nil {
		r.imap.close()
		r.imap = nil
	}
}

// hasMail tells whether the folder has a mail written here with the Message-ID,
// also when the provider has given it another one.
func (s *session) hasMail(folder, id string) (bool, error) {
	if _, err := s.examine(folder); err != nil {
		return false, err
	}
	for _, field := range []string{"Message-ID", desk.OwnIDField} {
		found, err := s.withField(field, id)
		if err != nil || len(found) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// withField lists the messages of the open folder with an id in a header field.
func (s *session) withField(field, id string) ([]imap.UID, error) {
	criteria := &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: field, Value: "<" + id + ">"}}}
	var found []imap.UID
	err := s.within(s.pace.search, func() error {
		data, err := s.client.UIDSearch(criteria, nil).Wait()
		if err == nil {
			found = data.AllUIDs()
		}
		return err
	})
	return found, err
}

// appendSeen puts the bytes that were sent into the folder.
func (s *session) appendSeen(folder string, out desk.Outgoing) error {
	enough := s.pace.mail * time.Duration(1+len(out.Raw)/slowBytes)
	return s.within(enough, func() error {
		cmd := s.client.Append(folder, int64(len(out.Raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: out.UpdatedAt})
		_, err := cmd.Write(out.Raw)
		if err = errors.Join(err, cmd.Close()); err != nil {
			return err
		}
		_, err = cmd.Wait()
		return err
	})
}
