package connector

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"postroom/desk"
)

// KeyFile is where the key of a desk lies: POSTROOM_KEY_FILE if set, else in
// the user's state directory, never beside the database. The name of the file
// comes from the desk itself (desk.Desk.Fingerprint), so that a database that
// is moved still finds its key and two desks never share one.
func KeyFile(getenv func(string) string, fingerprint string) (string, error) {
	if path := getenv("POSTROOM_KEY_FILE"); path != "" {
		return path, nil
	}
	state := getenv("XDG_STATE_HOME")
	// A relative path is to be ignored (XDG Base Directory Specification).
	if !filepath.IsAbs(state) {
		home := getenv("HOME")
		if !filepath.IsAbs(home) {
			return "", &desk.Error{
				Kind: desk.Invalid, Code: "NO_HOME", Message: "There is no home directory to keep the key of this desk in.",
				Hint: "Say where it is to lie: POSTROOM_KEY_FILE=/path/to/key",
			}
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "postroom", fingerprint+".key"), nil
}

// Ready reports whether something can be sealed here: the key of the desk is
// there, or it has none yet. Else it is a [desk.Error] KEY_LOST that names the
// file which was looked for and the ways out. Ask before a person types a
// password.
func (s *Secrets) Ready(ctx context.Context) error {
	_, _, err := s.look(ctx)
	if errors.Is(err, errNoKeyYet) {
		return nil
	}
	return err
}

// errNoKeyYet says that nothing was ever sealed.
var errNoKeyYet = errors.New("this desk has no key yet")

// look gives the key of this desk, and what the desk knows of it.
func (s *Secrets) look(ctx context.Context) (*age.X25519Identity, desk.Sealing, error) {
	var told desk.Sealing
	if s.room != nil {
		var err error
		if told, err = s.room.Sealing(ctx); err != nil {
			return nil, told, err
		}
	}
	id, err := s.identity()
	switch {
	case errors.Is(err, fs.ErrNotExist) && told.Key == "" && len(told.Kept) == 0:
		return nil, told, errNoKeyYet
	case errors.Is(err, fs.ErrNotExist):
		return nil, told, s.missing()
	case err != nil:
		return nil, told, err
	case !isKeyOf(id, told):
		return nil, told, s.foreign()
	}
	return id, told, nil
}

// isKeyOf reports whether a key is the desk's. Of a desk that has not named its
// key yet it is one that opens something kept there.
func isKeyOf(id *age.X25519Identity, told desk.Sealing) bool {
	if told.Key != "" {
		return told.Key == id.Recipient().String()
	}
	return len(told.Kept) == 0 || slices.ContainsFunc(told.Kept, func(sealed []byte) bool {
		_, err := age.Decrypt(bytes.NewReader(sealed), id)
		return err == nil
	})
}

// sealing gives the key to seal with, and makes and names the desk's first one.
func (s *Secrets) sealing(ctx context.Context) (*age.X25519Identity, error) {
	id, told, err := s.look(ctx)
	made := false
	if errors.Is(err, errNoKeyYet) {
		if made, err = s.create(); err == nil {
			id, err = s.identity()
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = s.missing() // made here, and another machine was faster
		}
	}
	if err != nil || s.room == nil || told.Key != "" {
		return id, err
	}
	err = s.room.NameKey(ctx, id.Recipient().String())
	if desk.KindOf(err) != desk.Conflict {
		return id, err
	}
	// Another machine, or another user of this one, was faster.
	if err = s.foreign(); made {
		err = errors.Join(s.missing(), os.Remove(s.keyFile))
	}
	return nil, err
}

// Export gives the text of a key file with the key of this desk. A NotFound
// error NO_KEY says that there is none yet, and KEY_LOST that it is not here.
func (s *Secrets) Export(ctx context.Context) (string, error) {
	id, _, err := s.look(ctx)
	if errors.Is(err, errNoKeyYet) {
		return "", &desk.Error{
			Kind: desk.NotFound, Code: "NO_KEY", Message: "This desk has no key yet: there is none at " + s.keyFile + ".",
			Hint: "It is made with the first password.",
		}
	}
	if err != nil {
		return "", err
	}
	return keyText(id), nil
}

// Copy writes the key of this desk to a new file that only its owner can read.
// noted is asked between the making of the file and its first byte; when it
// fails, or the writing does, the file is taken away again.
func (s *Secrets) Copy(ctx context.Context, file string, noted func() error) error {
	if file == "" || strings.HasPrefix(file, "~") {
		return &desk.Error{
			Kind: desk.Invalid, Code: "BAD_FILE_NAME", Message: fmt.Sprintf("%q is no name of a file to write the key to.", file),
			Hint: "Name a file that is not there yet, with its whole path, like: /home/me/postroom.key",
		}
	}
	text, err := s.Export(ctx)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		why := &desk.Error{Kind: desk.Broken, Code: "UNWRITABLE_FILE", Message: "The key cannot be written to " + file + ".", Hint: "Choose a folder in which you may write.", Err: err}
		if errors.Is(err, fs.ErrExist) {
			why = &desk.Error{Kind: desk.Conflict, Code: "FILE_EXISTS", Message: file + " is there already.", Hint: "Choose another name."}
		}
		return why
	}
	if err = noted(); err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Sync())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

func keyText(id *age.X25519Identity) string {
	return fmt.Sprintf("# The key to the passwords of a postroom desk. Without it every account has to sign in again.\n%s\n", id)
}

// Replace puts a key in the place of a lost one: the one that lies in the key
// file, or a new one. begin, as [desk.Seat.BeginKey], gets the public halves of
// both. A Conflict error KEY_HERE says that the key is not lost. In a rehearsal
// no file is made.
func (s *Secrets) Replace(ctx context.Context, begin func(lost, key string) error) error {
	_, told, err := s.look(ctx)
	switch {
	case err == nil:
		return &desk.Error{
			Kind: desk.Conflict, Code: "KEY_HERE", Message: "The key of this desk is not lost: it is in " + s.keyFile + ".",
			Hint: "To copy it to another machine: postroom key export",
		}
	case errors.Is(err, errNoKeyYet):
		return &desk.Error{
			Kind: desk.Conflict, Code: "KEY_HERE", Message: "This desk has no key that could be lost.",
			Hint: "It is made with the first password.",
		}
	case !isKeyLost(err):
		return err
	}
	made := false
	id, err := s.identity()
	if errors.Is(err, fs.ErrNotExist) {
		if id, err = age.GenerateX25519Identity(); err == nil && !desk.Rehearsing(ctx) {
			if made, err = s.create(); err == nil {
				id, err = s.identity()
			}
		}
	}
	if err != nil {
		return err
	}
	if err = begin(told.Key, id.Recipient().String()); err != nil && made {
		err = errors.Join(err, os.Remove(s.keyFile))
	}
	return err
}

func isKeyLost(err error) bool {
	var e *desk.Error
	return errors.As(err, &e) && e.Code == "KEY_LOST"
}

// missing is the error for a key that lies somewhere else, if at all.
func (s *Secrets) missing() error {
	e := s.elsewhere()
	e.Message = "The key that opens the passwords of this desk is not here: " + s.keyFile + " is missing."
	return e
}

// foreign is the error for a key file that holds the key of something else.
func (s *Secrets) foreign() error {
	e := s.elsewhere()
	e.Message = "The key that opens the passwords of this desk is not here: " + s.keyFile + " holds another one."
	return e
}

func (s *Secrets) elsewhere() *desk.Error {
	return &desk.Error{
		Kind: desk.Broken, Code: "KEY_LOST",
		Hint: "Say where it is (POSTROOM_KEY_FILE), or save there, with chmod 600, what postroom key export prints where it is. If it is lost for good: postroom key new",
	}
}

// identity reads the key. The error wraps fs.ErrNotExist when there is none.
func (s *Secrets) identity() (*age.X25519Identity, error) {
	f, err := os.Open(s.keyFile)
	if err != nil {
		return nil, s.unreadable(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, s.unreadable(err)
	}
	if !info.Mode().IsRegular() {
		return nil, s.unreadable(errors.New("it is not a file"))
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, &desk.Error{
			Kind: desk.Broken, Code: "KEY_EXPOSED", Message: fmt.Sprintf("The key file %s can be read by others.", s.keyFile),
			Hint: "Close it: chmod 600 " + s.keyFile,
		}
	}
	text, err := io.ReadAll(io.LimitReader(f, secretCap))
	if err != nil {
		return nil, s.unreadable(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, err := age.ParseX25519Identity(line)
		if err != nil {
			// The error of the parser may quote the line, which is the key.
			break
		}
		return id, nil
	}
	return nil, s.unreadable(errors.New("it holds no key"))
}

func (s *Secrets) unreadable(err error) error {
	return &desk.Error{
		Kind: desk.Broken, Code: "KEY_UNREADABLE", Message: fmt.Sprintf("The key file %s cannot be used.", s.keyFile), Err: err,
		Hint: "Look at the file, or say where the key is: POSTROOM_KEY_FILE=/path/to/key",
	}
}

// create makes the key file, and reports whether this is the one that did. It
// is written beside its place and linked into it: whoever is first wins, and
// nobody ever reads half a key.
func (s *Secrets) create() (made bool, err error) {
	defer func() {
		if err != nil {
			err = &desk.Error{
				Kind: desk.Broken, Code: "KEY_UNREADABLE", Message: fmt.Sprintf("The key file %s cannot be made.", s.keyFile), Err: err,
				Hint: "Say where it may lie: POSTROOM_KEY_FILE=/path/to/key",
			}
		}
	}()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(s.keyFile), 0o700); err != nil {
		return false, err
	}
	var nonce [8]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return false, err
	}
	draft := s.keyFile + "." + hex.EncodeToString(nonce[:])
	f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(draft) }()
	_, err = f.WriteString(keyText(id))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return false, err
	}
	err = os.Link(draft, s.keyFile)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}
