package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/desk"
	"postroom/store"
)

// house is what a command works with. It is opened from the flags and closed
// in reverse.
type house struct {
	dsn string
	// place is the dsn as it may be shown.
	place string
	store *store.Store
	desk  *desk.Desk
	seat  *desk.Seat
	// close undoes what was opened, the last first.
	closers []func() error
}

func (h *house) close() error {
	var errs []error
	for i := len(h.closers) - 1; i >= 0; i-- {
		errs = append(errs, h.closers[i]())
	}
	return errors.Join(errs...)
}

// seated runs a command at the desk, as whoever sits at the keyboard. With
// --dry-run everything it does is taken back.
func (p *program) seated(fn func(ctx context.Context, h *house, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) (err error) {
		h, err := p.open(c.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, h.close()) }()
		ctx := c.Context()
		if p.flags.rehearse {
			ctx = desk.Rehearse(ctx)
		}
		return fn(ctx, h, args)
	}
}

// open opens the database and finds out who is there.
func (p *program) open(ctx context.Context) (*house, error) {
	dsn, err := p.database()
	if err != nil {
		return nil, err
	}
	return p.openAt(ctx, dsn, store.Options{})
}

func (p *program) openAt(ctx context.Context, dsn string, o store.Options) (h *house, err error) {
	h, err = p.openDesk(ctx, dsn, o)
	if err != nil {
		return h, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	login, err := p.login()
	if err != nil {
		return h, fmt.Errorf("find out who is at the keyboard: %w", err)
	}
	as := p.flags.as
	if as == "" {
		as = p.getenv("POSTROOM_USER")
	}
	actor, err := h.desk.SignIn(ctx, login, as)
	if err != nil {
		return h, err
	}
	h.seat = h.desk.As(actor)
	return h, nil
}

// openDesk opens the database for nobody in particular.
func (p *program) openDesk(ctx context.Context, dsn string, o store.Options) (h *house, err error) {
	h = &house{dsn: dsn}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if err := p.joinDemo(h); err != nil {
		return h, err
	}
	o.AnyDisk = p.anyDisk()
	openStore := p.openStore
	if openStore == nil {
		openStore = storeOfItsOwn
	}
	var closeStore func() error
	if h.store, closeStore, err = openStore(ctx, h.dsn, o); err != nil {
		return h, err
	}
	h.closers = append(h.closers, closeStore)
	if h.place = h.dsn; store.IsServer(h.dsn) {
		h.place = h.store.Path() // without the password
	}
	h.desk, err = desk.New(ctx, desk.Outside{Store: h.store, Clock: p.clock, Rand: rand.Reader, Uptime: uptime})
	return h, err
}

func storeOfItsOwn(ctx context.Context, dsn string, o store.Options) (*store.Store, func() error, error) {
	s, err := store.Open(ctx, dsn, o)
	if err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

// database is where the desk is: --db, POSTROOM_DB, or the user's data
// directory.
func (p *program) database() (string, error) {
	if p.flags.db != "" {
		return p.flags.db, nil
	}
	if dsn := p.getenv("POSTROOM_DB"); dsn != "" {
		return dsn, nil
	}
	data := p.getenv("XDG_DATA_HOME")
	// A relative path is to be ignored (XDG Base Directory Specification).
	if !filepath.IsAbs(data) {
		home := p.getenv("HOME")
		if !filepath.IsAbs(home) {
			return "", &desk.Error{
				Kind: desk.Invalid, Code: "NO_HOME", Message: "There is no home directory to keep the database in.",
				Hint: "Say where it is: --db PATH, or POSTROOM_DB=PATH",
			}
		}
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "postroom", "postroom.db"), nil
}

// deskExists reports whether there is a database already, without making one.
func (p *program) deskExists(ctx context.Context) bool {
	dsn, err := p.database()
	return err == nil && store.Exists(ctx, dsn)
}

// databaseFile is the file a database that is one is in.
func databaseFile(dsn string) string {
	for _, scheme := range []string{"sqlite:", "sqlite3:"} {
		if path, ok := strings.CutPrefix(dsn, scheme); ok {
			return strings.TrimPrefix(path, "//")
		}
	}
	return dsn
}

// secrets opens what seals the accounts' passwords, and says where its key is.
func (p *program) secrets(h *house) (*connector.Secrets, string, error) {
	file, err := connector.KeyFile(p.getenv, h.desk.Fingerprint())
	if err != nil {
		return nil, "", err
	}
	return connector.NewSecrets(file, h.desk.Mailroom()), file, nil
}

// anyDisk reports whether the database may be on a network disk.
func (p *program) anyDisk() bool { return p.getenv("POSTROOM_ANY_DISK") == "1" }
