package connector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"filippo.io/age"

	"postroom/desk"
)

// Secrets seals what accounts sign in with, and opens it again for IMAP and
// SMTP. The sealed bytes live in the database, the key in a file of its own
// that only its owner can read: neither is of use without the other. The desk
// knows the public half of its key, so that no second one is made where the
// first cannot be seen.
type Secrets struct {
	keyFile string
	room    *desk.Mailroom
}

// NewSecrets uses the key in the given file; see [KeyFile]. The file is made
// when something is sealed for the first time. room is of the desk whose
// secrets they are; nil for none in particular.
func NewSecrets(keyFile string, room *desk.Mailroom) *Secrets {
	return &Secrets{keyFile: keyFile, room: room}
}

// Seal encrypts a secret to the key of this desk, which is made if nothing was
// ever sealed. Where the key is missing, or another one is in its place, it
// refuses as [Secrets.Ready] does.
func (s *Secrets) Seal(ctx context.Context, secret []byte) ([]byte, error) {
	id, err := s.sealing(ctx)
	if err != nil {
		return nil, err
	}
	return seal(id, secret)
}

// sealAgain seals what takes the place of a secret that was opened a moment
// ago, so that the key is known to be the right one: what a provider has just
// given must not get lost because the database cannot be asked.
func (s *Secrets) sealAgain(secret []byte) ([]byte, error) {
	id, err := s.identity()
	if errors.Is(err, fs.ErrNotExist) {
		err = s.missing()
	}
	if err != nil {
		return nil, err
	}
	return seal(id, secret)
}

func seal(id *age.X25519Identity, secret []byte) ([]byte, error) {
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

// Open decrypts what [Secrets.Seal] has made. A [desk.Error] KEY_LOST says that
// the key is not here, SECRET_LOST that it does not open this: only a new
// sign-in helps then.
func (s *Secrets) Open(sealed []byte) (string, error) {
	id, err := s.identity()
	if errors.Is(err, fs.ErrNotExist) {
		return "", s.missing()
	}
	if err != nil {
		return "", err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return "", secretLost("The password was sealed with another key than "+s.keyFile+" holds.", err)
	}
	// A password is short; a limit keeps a broken row from filling the memory.
	secret, err := io.ReadAll(io.LimitReader(r, secretCap))
	if err != nil {
		return "", secretLost("The stored password is damaged.", err)
	}
	return string(secret), nil
}

const secretCap = 1 << 20

func secretLost(message string, err error) error {
	return &desk.Error{
		Kind: desk.Broken, Code: "SECRET_LOST", Message: message, Err: err,
		Hint: "Sign in again: postroom account reauth ADDRESS",
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
			Kind: desk.Denied, Code: "NO_PASSWORD", Message: fmt.Sprintf("No password is stored for %s.", a.Address),
			Hint: "Sign in again: postroom account reauth " + a.Address,
		}
	}
	return s.Open(a.Secret)
}
