package connector

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
)

// Checkup signs in to the servers of accounts and says how it went, for
// [desk.Seat.Doctor]. It writes nothing, neither there nor here, and takes no
// lease. A paused account is left alone.
func (c *Connector) Checkup(ctx context.Context, accounts []desk.AccountID) (map[desk.AccountID]desk.ServerReading, error) {
	chosen, err := c.chosen(ctx, accounts)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	readings := map[desk.AccountID]desk.ServerReading{}
	c.forEach(ctx, "checkup", chosen, func(i int) {
		if chosen[i].State == desk.AccountPaused {
			return
		}
		reading := c.checkup(ctx, chosen[i])
		mu.Lock()
		defer mu.Unlock()
		readings[chosen[i].ID] = reading
	})
	return readings, context.Cause(ctx)
}

func (c *Connector) checkup(ctx context.Context, a desk.Account) desk.ServerReading {
	var r desk.ServerReading
	s, err := enterSession(ctx, a, c.keys, probing())
	if r.IMAP = err; err == nil {
		r.NoIdle = !s.has(imap.CapIdle)
		r.CertificateEnds = s.conn.CertificateEnds()
		s.close()
	}
	sub, err := enterSubmission(ctx, a, c.keys, probingSMTP())
	if r.SMTP = err; err == nil {
		r.CertificateEnds = firstEnd(r.CertificateEnds, sub.conn.CertificateEnds())
		sub.quit()
	}
	return r
}

// firstEnd is the earlier of two times that are not zero.
func firstEnd(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// LookAround says how this machine keeps the secrets of accounts: whether the
// key is here, and whether others can read it, or a file that a password
// command names; home is what ~ stands for there. Free is left to the caller.
func (s *Secrets) LookAround(ctx context.Context, accounts []desk.Account, home string) desk.Machine {
	m := desk.Machine{KeyFile: s.keyFile, Free: -1, OpenFiles: map[desk.AccountID]string{}, KeyMissing: isKeyLost(s.Ready(ctx))}
	for _, a := range accounts {
		if file := openFile(a.PasswordCommand, home); file != "" {
			m.OpenFiles[a.ID] = file
		}
	}
	if info, err := os.Stat(s.keyFile); err == nil {
		m.KeyOpen, m.KeyForeign = info.Mode().Perm()&0o077 != 0, m.KeyMissing
	}
	return m
}

// openFile finds a file in the words of a password command that others can
// read and nobody has to run: the password may be in it.
func openFile(command, home string) string {
	for _, word := range strings.FieldsFunc(command, func(r rune) bool { return strings.ContainsRune(" \t\n'\"<>|&;()=", r) }) {
		if below, ok := strings.CutPrefix(word, "~/"); ok {
			word = filepath.Join(home, below)
		}
		if !filepath.IsAbs(word) {
			continue
		}
		info, err := os.Stat(word)
		if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0 && info.Mode().Perm()&0o111 == 0 {
			return word
		}
	}
	return ""
}
