package store

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// waiting are statements of a transaction that have been given but not sent.
type waiting struct {
	batch pgx.Batch
	bytes int
}

// What waits is held in memory, so it is sent when it is this much.
const (
	maxWaiting      = 100
	maxWaitingBytes = 1 << 20
)

// later runs a statement whose outcome nobody asks for before the transaction
// ends. Where each statement waits for the network it is sent together with
// others, when one comes whose outcome is asked for; a failure is told then,
// and the transaction fails all the same. The arguments must not change until
// then.
func (s *session) later(text string, args []any) error {
	if !s.dialect.remote || s.caller.Err() != nil {
		_, err := s.exec(text, args...)
		return err
	}
	s.asked.before(text)
	s.waiting.batch.Queue(s.dialect.rebind(text), values(args)...)
	for _, a := range args {
		switch a := a.(type) {
		case string:
			s.waiting.bytes += len(a)
		case []byte:
			s.waiting.bytes += len(a)
		}
	}
	if s.waiting.batch.Len() < maxWaiting && s.waiting.bytes < maxWaitingBytes {
		return nil
	}
	return s.sendWaiting()
}

// sendWaiting sends what waits and hears how it went.
func (s *session) sendWaiting() error {
	if s.waiting.batch.Len() == 0 {
		return nil
	}
	sent := s.waiting.batch
	s.waiting = waiting{}
	return s.conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("send statements together: the driver is %T", driver)
		}
		answers := c.Conn().SendBatch(s.ctx, &sent)
		for range sent.Len() {
			done, err := answers.Exec()
			if err != nil {
				_ = answers.Close() // it says the same again
				return err
			}
			s.changed = s.changed || done.RowsAffected() > 0
		}
		return answers.Close()
	})
}
