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
	"strings"

	"filippo.io/age"

	"postroom/desk"
)

// Secrets seals what accounts sign in with, and opens it again for IMAP and
// SMTP. The sealed bytes live in the database, the key in a file of its own
// that only its owner can read: neither is of use without the other.
type Secrets struct {
	keyFile string
}

// NewSecrets uses the key in the given file; see [KeyFile]. The file is made
// when something is sealed for the first time.
func NewSecrets(keyFile string) *Secrets { return &Secrets{keyFile: keyFile} }

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

// Seal encrypts a secret to the key of this desk, which is made if there is
// none yet.
func (s *Secrets) Seal(secret []byte) ([]byte, error) {
	id, err := s.identity()
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.create(); err == nil {
			id, err = s.identity()
		}
	}
	if err != nil {
		return nil, err
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, id.Recipient())
	if err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	if _, err := w.Write(secret); err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	return sealed.Bytes(), nil
}

// Open decrypts what [Secrets.Seal] has made. A key that is gone or another
// one gives an error that asks for a new sign-in.
func (s *Secrets) Open(sealed []byte) (string, error) {
	id, err := s.identity()
	if errors.Is(err, fs.ErrNotExist) {
		return "", keyLost("The key that opens the passwords of this desk is not here: "+s.keyFile+" is missing.", err)
	}
	if err != nil {
		return "", err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return "", keyLost("The password was sealed with another key than "+s.keyFile+" holds.", err)
	}
	// A password is short; a limit keeps a broken row from filling the memory.
	secret, err := io.ReadAll(io.LimitReader(r, secretCap))
	if err != nil {
		return "", keyLost("The stored password is damaged.", err)
	}
	return string(secret), nil
}

const secretCap = 1 << 20

func keyLost(message string, err error) error {
	return &desk.Error{
		Kind: desk.Broken, Code: "KEY_LOST", Message: message, Err: err,
		Hint: "Put the key file back, or sign in again: postroom account reauth ADDRESS",
	}
}

// Password gives what the account signs in with: from its password command if
// it has one, else the sealed one. No error of it holds the password.
func (s *Secrets) Password(ctx context.Context, a desk.Account) (string, error) {
	if a.PasswordCommand != "" {
		return runPasswordCommand(ctx, a)
	}
	if len(a.Secret) == 0 {
		return "", &desk.Error{
			Kind: desk.Broken, Code: "NO_PASSWORD", Message: fmt.Sprintf("No password is stored for %s.", a.Address),
			Hint: "Sign in again: postroom account reauth " + a.Address,
		}
	}
	return s.Open(a.Secret)
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

// create makes the key file. It is written beside its place and linked into
// it: whoever is first wins, and nobody ever reads half a key.
func (s *Secrets) create() (err error) {
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
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.keyFile), 0o700); err != nil {
		return err
	}
	var nonce [8]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return err
	}
	draft := s.keyFile + "." + hex.EncodeToString(nonce[:])
	f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft) }()
	_, err = fmt.Fprintf(f, "# The key to the passwords of a postroom desk. Without it every account has to sign in again.\n%s\n", id)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(draft, s.keyFile); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
