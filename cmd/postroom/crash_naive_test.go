package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/smtp"
	"os"
	"path/filepath"
	"strconv"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	_ "modernc.org/sqlite" // the controls write databases of their own

	"postroom/internal/testserver"
)

// The naive programs are the controls of the tests that kill: they do what most
// programs do, and lose or double mail.

func naively(fn func(ctx context.Context, args []string) error) func() {
	return func() {
		if err := fn(context.Background(), os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// naiveImport keeps each mail and then its message in two steps, and notes
// afterwards how far it has come. An error ends it: somebody will try again.
func naiveImport(ctx context.Context, args []string) error {
	dir := args[0]
	mails, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "naive.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS raws (mail); CREATE TABLE IF NOT EXISTS messages (mail)"); err != nil {
		return err
	}
	next, err := readCursor(dir)
	if err != nil {
		return err
	}
	for ; next <= mails; next++ {
		for _, insert := range []string{"INSERT INTO raws VALUES (?)", "INSERT INTO messages VALUES (?)"} {
			if _, err := db.ExecContext(ctx, insert, next); err != nil {
				return err
			}
		}
		if err := writeCursor(dir, next+1); err != nil {
			return err
		}
	}
	return db.Close()
}

// readCursor is the next mail a naive program has to fetch; 1 at first.
func readCursor(dir string) (next int, err error) {
	b, err := os.ReadFile(filepath.Join(dir, "cursor"))
	if errors.Is(err, fs.ErrNotExist) {
		return 1, nil
	}
	if err == nil {
		_, err = fmt.Sscan(string(b), &next)
	}
	return next, err
}

// writeCursor leaves no half of a number: that is not the mistake to be shown.
func writeCursor(dir string, next int) error {
	draft := filepath.Join(dir, "cursor.new")
	if err := os.WriteFile(draft, []byte(fmt.Sprint(next)), 0o600); err != nil {
		return err
	}
	return os.Rename(draft, filepath.Join(dir, "cursor"))
}

// naiveSync stores mail by mail and notes afterwards how far it has come.
func naiveSync(ctx context.Context, args []string) error {
	dir, addr, user := args[0], args[1], args[2]
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "naive.db")+"?_pragma=journal_mode(WAL)")
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS mails (uid INTEGER, raw BLOB)"); err != nil {
		return err
	}
	next, err := readCursor(dir)
	if err != nil {
		return err
	}
	c, err := imapclient.DialInsecure(addr, nil)
	if err != nil {
		return err
	}
	if err := c.Login(user, testserver.Password).Wait(); err != nil {
		return err
	}
	selected, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return err
	}
	for ; next < int(selected.UIDNext); next += 100 {
		set := imap.UIDSet{imap.UIDRange{Start: imap.UID(next), Stop: imap.UID(next + 99)}} //nolint:gosec // small numbers
		mails, err := c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
		if err != nil {
			return err
		}
		for _, mail := range mails {
			if _, err := db.ExecContext(ctx, "INSERT INTO mails VALUES (?, ?)", mail.UID, mail.BodySection[0].Bytes); err != nil {
				return err
			}
		}
		if err := writeCursor(dir, next+100); err != nil {
			return err
		}
	}
	return nil
}

// naiveSend sends mail by mail, copies each into a folder, and notes afterwards
// how far it has come.
func naiveSend(_ context.Context, args []string) error {
	dir, server, addr, user := filepath.Dir(args[0]), args[1], args[2], args[3]
	c, err := imapclient.DialInsecure(addr, nil)
	if err != nil {
		return err
	}
	if err := c.Login(user, testserver.Password).Wait(); err != nil {
		return err
	}
	_ = c.Create("Naive", nil).Wait() // it may be there
	next, err := readCursor(dir)
	if err != nil {
		return err
	}
	for ; ; next++ {
		raw := fmt.Appendf(nil, "From: %s\r\nMessage-ID: <%d@naive.test>\r\n\r\nhello\r\n", user, next)
		if err := smtp.SendMail(server, nil, user, []string{"customer@kite.test"}, raw); err != nil {
			return err
		}
		copied := c.Append("Naive", int64(len(raw)), nil)
		_, err := copied.Write(raw)
		if err = errors.Join(err, copied.Close()); err != nil {
			return err
		}
		if _, err := copied.Wait(); err != nil {
			return err
		}
		if err := writeCursor(dir, next+1); err != nil {
			return err
		}
	}
}
