package connector

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"postroom/desk"
)

// keyRefused asserts that an error says that the key is not here, and names
// the file and both ways out.
func keyRefused(t *testing.T, err error, file, says string) {
	t.Helper()
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "KEY_LOST" || !strings.Contains(e.Message, file+" "+says) ||
		!strings.Contains(e.Hint, "POSTROOM_KEY_FILE") || !strings.Contains(e.Hint, "key export") || !strings.Contains(e.Hint, "key new") {
		t.Errorf("%s: %v", file, err)
	}
}

func noFile(t *testing.T, file string) {
	t.Helper()
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s was made: %v", file, err)
	}
}

// TestNoSecondKeyIsMade: where a desk has sealed something, whoever does not
// see its key is told so before he types a password, and makes none.
func TestNoSecondKeyIsMade(t *testing.T) {
	t.Parallel()
	o, dir := newOffice(t, desk.Shared), t.TempDir()
	ctx, room := t.Context(), o.desk.Mailroom()
	here, there := filepath.Join(dir, "here"), filepath.Join(dir, "there")

	// A desk from before keys were named: one of two secrets shows which it is.
	sealed, err := NewSecrets(here, nil).Seal(ctx, []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	a := accountOn(t, "imap://127.0.0.1:1", "", "one@example.test")
	a.Secret = sealed
	if _, err := o.seat.Connect(ctx, "support", a); err != nil {
		t.Fatal(err)
	}
	away := NewSecrets(there, room)
	for range 2 { // the second time its name is known
		keyRefused(t, away.Ready(ctx), there, "is missing")
		_, err = away.Seal(ctx, []byte("two"))
		keyRefused(t, err, there, "is missing")
		noFile(t, there)
		if err := NewSecrets(here, room).Ready(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := NewSecrets(here, room).Seal(ctx, []byte("two")); err != nil {
			t.Fatal(err)
		}
	}
	// The control: nobody to ask, as it was before.
	if _, err := NewSecrets(there, nil).Seal(ctx, []byte("two")); err != nil {
		t.Fatal(err)
	}
	keyRefused(t, away.Ready(ctx), there, "holds another one")
	_, err = away.Seal(ctx, []byte("two"))
	keyRefused(t, err, there, "holds another one")
}

// TestFirstKeysAtOnce: of processes on different machines that seal a desk's
// first password at the same time, one makes the key, and the others none.
func TestFirstKeysAtOnce(t *testing.T) {
	t.Parallel()
	o, dir := newOffice(t, desk.Shared), t.TempDir()
	const many = 8
	var sealed [many][]byte
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			file := filepath.Join(dir, string(rune('a'+i/2))) // two at a time share a home
			var err error
			if sealed[i], err = NewSecrets(file, o.desk.Mailroom()).Seal(t.Context(), []byte("first")); err != nil {
				keyRefused(t, err, file, "")
			}
		})
	}
	all.Wait()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Fatalf("there are %d keys (%v)", len(left), err)
	}
	n := 0
	for _, s := range sealed {
		if s == nil {
			continue
		}
		n++
		if got, err := NewSecrets(filepath.Join(dir, left[0].Name()), nil).Open(s); err != nil || got != "first" {
			t.Errorf("opened %q, %v", got, err)
		}
	}
	if n < 1 || n > 2 {
		t.Errorf("%d have sealed", n)
	}
}

// TestLostKeyCostsASignIn, and nothing else.
func TestLostKeyCostsASignIn(t *testing.T) {
	t.Parallel()
	o, dir := newOffice(t, desk.Shared), t.TempDir()
	ctx, room := t.Context(), o.desk.Mailroom()
	secrets := NewSecrets(filepath.Join(dir, "lost"), room)
	begin := func(lost, key string) error {
		_, err := o.seat.BeginKey(ctx, lost, key)
		return err
	}
	isHere := func(err error) {
		t.Helper()
		var e *desk.Error
		if !errors.As(err, &e) || e.Code != "KEY_HERE" {
			t.Errorf("a key that is not lost: %v", err)
		}
	}
	isHere(secrets.Replace(ctx, begin))
	a := accountOn(t, "imap://127.0.0.1:1", "", "one@example.test")
	var err error
	if a.Secret, err = secrets.Seal(ctx, []byte("one")); err != nil {
		t.Fatal(err)
	}
	byCommand := accountOn(t, "imap://127.0.0.1:1", "", "two@example.test")
	byCommand.PasswordCommand = "echo two"
	for _, a := range []desk.Account{a, byCommand} {
		if _, err := o.seat.Connect(ctx, "support", a); err != nil {
			t.Fatal(err)
		}
	}
	isHere(secrets.Replace(ctx, begin))

	other := NewSecrets(filepath.Join(dir, "other"), room)
	rehearsed := desk.Rehearse(ctx)
	if err := other.Replace(rehearsed, func(lost, key string) error { _, err := o.seat.BeginKey(rehearsed, lost, key); return err }); err != nil {
		t.Fatal(err)
	}
	noFile(t, filepath.Join(dir, "other"))
	refused := errors.New("refused")
	if err := other.Replace(ctx, func(string, string) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	noFile(t, filepath.Join(dir, "other"))
	if got := statesOf(t, room); got != "connecting, connecting" {
		t.Fatalf("after a rehearsal: %s", got)
	}

	if err := other.Replace(ctx, begin); err != nil {
		t.Fatal(err)
	}
	if got := statesOf(t, room); got != "needs sign-in, connecting" {
		t.Errorf("with a new key: %s", got)
	}
	if err := begin("another", "third"); desk.KindOf(err) != desk.Conflict {
		t.Errorf("whoever comes second: %v", err)
	}
	keyRefused(t, secrets.Ready(ctx), filepath.Join(dir, "lost"), "holds another one")
	if err := other.Ready(ctx); err != nil {
		t.Error(err)
	}
}

// statesOf are the states of all accounts; those that wait for a sign-in have
// no secret left.
func statesOf(t *testing.T, room *desk.Mailroom) string {
	t.Helper()
	accounts, err := room.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, a := range accounts {
		if a.State == desk.AccountNeedsSignIn && (len(a.Secret) > 0 || !strings.Contains(a.Cause, "lost")) {
			t.Errorf("%s: %s", a, a.Cause)
		}
		states = append(states, string(a.State))
	}
	return strings.Join(states, ", ")
}
