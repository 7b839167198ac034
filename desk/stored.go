package desk

import (
	"context"
	"errors"
)

// Stored is how the mail of an inbox lies in the database, for an audit.
type Stored struct {
	// Waiting are stored mails that have no message yet.
	Waiting int
	// Mails is how many were held to their hashes, Damaged those of them whose
	// bytes are not what came in. Both are empty where that was not asked for.
	Mails   int
	Damaged []RawID
}

// storedAtOnce is how many mails are held to their hashes on one snapshot.
const storedAtOnce = 200

// Waiting says how many stored mails of an inbox the actor sees have no message
// yet.
func (s *Seat) Waiting(ctx context.Context, inbox string) (Stored, error) {
	var out Stored
	err := s.d.store.Read(ctx, func(r Reader) error {
		in, err := s.mustSeeInbox(r, inbox)
		if err != nil {
			return err
		}
		out.Waiting, err = r.UnparsedIn(in.ID)
		return err
	})
	return out, err
}

// VerifyStored is [Seat.Waiting], and holds every stored mail of the inbox to
// its hash. It reads all bytes, so it takes its time.
func (s *Seat) VerifyStored(ctx context.Context, inbox string) (Stored, error) {
	out, err := s.Waiting(ctx, inbox)
	var after RawID
	for more := err == nil; more; {
		err = s.d.store.Read(ctx, func(r Reader) error {
			in, err := s.mustSeeInbox(r, inbox)
			if err != nil {
				return err
			}
			list, err := r.Raws(in.ID, after, storedAtOnce)
			if err != nil {
				return err
			}
			more = len(list) == storedAtOnce
			for _, id := range list {
				after = id
				if err := out.verify(r, id); err != nil {
					return err
				}
			}
			return nil
		})
		more = more && err == nil
	}
	return out, err
}

// Repaired is what was put right so that an inbox is as its mail servers: mails
// that were fetched, known again by their bytes, marked as gone, and given a
// message.
type Repaired struct {
	Fetched int `json:"fetched"`
	Known   int `json:"known"`
	Gone    int `json:"gone"`
	Parsed  int `json:"parsed"`
}

// Repair lets an inbox be put right and keeps what was done as the actor's. It
// needs the right to do something there: who only reads changes nothing.
func (s *Seat) Repair(ctx context.Context, inbox string, do func() (Repaired, error)) error {
	any := []Right{RightReply, RightAssign, RightConfigure}
	err := s.d.store.Read(ctx, func(r Reader) error {
		_, err := s.mayIn(r, inbox, any...)
		return err
	})
	if err != nil {
		return err
	}
	done, failed := do()
	if done == (Repaired{}) {
		return failed
	}
	// What was done is told whatever came after it.
	return errors.Join(failed, s.write(context.WithoutCancel(ctx), func(w Writer) error {
		in, err := s.mustSeeInbox(w, inbox)
		if err != nil {
			return err
		}
		return w.Append(s.event(EventRepaired, in.ID, 0, nil, state(done)))
	}))
}

func (st *Stored) verify(r Reader, id RawID) error {
	_, err := r.RawBytes(id)
	var e *Error
	st.Mails++
	if errors.As(err, &e) && e.Code == "MAIL_DAMAGED" {
		st.Damaged = append(st.Damaged, id)
		return nil
	}
	return err
}
