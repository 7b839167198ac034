package connector_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/connector"
	"postroom/desk"
)

// canary is the password that must turn up nowhere.
const canary = "canary-Gelbspötter-42"

func TestSecretComesBackAndIsNotOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(dir, "state", "postroom", "desk.key")
	secrets := connector.NewSecrets(key, nil)
	sealed, err := secrets.Seal(t.Context(), []byte(canary))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), canary) {
		t.Error("the sealed form holds the password")
	}
	got, err := connector.NewSecrets(key, nil).Password(t.Context(), desk.Account{Address: "anna@example.test", Secret: sealed})
	if err != nil || got != canary {
		t.Errorf("Password gives %q, %v", got, err)
	}
	info, err := os.Stat(key)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key file has mode %v", info.Mode().Perm())
	}
	if info, err = os.Stat(filepath.Dir(key)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("its directory has mode %v, %v", info.Mode().Perm(), err)
	}
	assertNoCanary(t, dir)
}

func assertNoCanary(t *testing.T, dir string) {
	t.Helper()
	count := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		count++
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), canary) {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil || count != 1 {
		t.Errorf("%d files in the state directory, want the key alone (%v)", count, err)
	}
}

func TestKeyIsMadeOnceByManyAtATime(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "desk.key")
	const many = 16
	sealed := make([][]byte, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			var err error
			if sealed[i], err = connector.NewSecrets(key, nil).Seal(t.Context(), []byte(canary)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, s := range sealed {
		if got, err := connector.NewSecrets(key, nil).Open(s); err != nil || got != canary {
			t.Fatalf("Open gives %q, %v", got, err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(key))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left, want the key alone (%v)", len(left), err)
	}
}

func TestLostKeyAsksForANewSignIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine, other := connector.NewSecrets(filepath.Join(dir, "a"), nil), connector.NewSecrets(filepath.Join(dir, "b"), nil)
	sealed, err := mine.Seal(t.Context(), []byte(canary))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Seal(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte(nil), sealed...)
	damaged[len(damaged)-1] ^= 1
	for name, open := range map[string]func() (string, error){
		"missing": func() (string, error) { return connector.NewSecrets(filepath.Join(dir, "none"), nil).Open(sealed) },
		"other":   func() (string, error) { return other.Open(sealed) },
		"damaged": func() (string, error) { return mine.Open(damaged) },
	} {
		_, err := open()
		code, hint := "SECRET_LOST", "account reauth"
		if name == "missing" {
			code, hint = "KEY_LOST", "key new"
		}
		var said *desk.Error
		if !errors.As(err, &said) || said.Code != code || !strings.Contains(said.Hint, hint) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s key: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("opening has made a key")
	}
}

func TestKeyFileThatOthersReadIsRefused(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "desk.key")
	secrets := connector.NewSecrets(key, nil)
	sealed, err := secrets.Seal(t.Context(), []byte(canary))
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o666} {
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		var said *desk.Error
		if _, err := secrets.Open(sealed); !errors.As(err, &said) || said.Code != "KEY_EXPOSED" || !strings.Contains(said.Hint, "chmod 600") {
			t.Errorf("mode %v: %v", mode, err)
		}
		if _, err := secrets.Seal(t.Context(), nil); err == nil {
			t.Errorf("mode %v seals", mode)
		}
	}
}

func TestBrokenKeyFileIsNotQuoted(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "desk.key")
	const half = "AGE-SECRET-KEY-1QQQQ"
	if err := os.WriteFile(key, []byte("# a comment\n"+half+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := connector.NewSecrets(key, nil).Seal(t.Context(), []byte(canary))
	if err == nil || strings.Contains(err.Error(), half) || strings.Contains(err.Error(), canary) {
		t.Errorf("a broken key gives %v", err)
	}
}

func TestWhereTheKeyLies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"HOME": "/home/anna"}, "/home/anna/.local/state/postroom/abc.key"},
		{map[string]string{"HOME": "/home/anna", "XDG_STATE_HOME": "/s"}, "/s/postroom/abc.key"},
		{map[string]string{"HOME": "/home/anna", "XDG_STATE_HOME": "relative"}, "/home/anna/.local/state/postroom/abc.key"},
		{map[string]string{"HOME": "/home/anna", "POSTROOM_KEY_FILE": "/k"}, "/k"},
		{nil, ""},
	} {
		got, err := connector.KeyFile(func(name string) string { return c.env[name] }, "abc")
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%v gives %q, %v", c.env, got, err)
		}
	}
}

func TestPasswordCommand(t *testing.T) {
	t.Parallel()
	secrets := connector.NewSecrets(filepath.Join(t.TempDir(), "desk.key"), nil)
	ask := func(command string) (string, error) {
		return secrets.Password(t.Context(), desk.Account{Address: "anna@example.test", PasswordCommand: command})
	}
	for command, want := range map[string]string{
		"echo '" + canary + "'":                           canary,
		"printf '" + canary + "\\r\\nuser: anna\\n'":      canary,
		"printf ' two words '":                            " two words ",
		"echo '" + canary + "'; yes | head -c 5000000":    canary,
		"echo '" + canary + "'; sleep 60 & exit 0":        canary,
		"read line; printf '%s' \"$line\"; echo no-input": "no-input",
		"printf x; printf y; echo; echo '" + canary + "'": "xy",
	} {
		if got, err := ask(command); got != want || err != nil {
			t.Errorf("%s gives %q, %v", command, got, err)
		}
	}
	for _, command := range []string{
		"echo '" + canary + "' >&2; exit 3", "echo '" + canary + "'; exit 1", "true", "echo; echo '" + canary + "'",
		"no-such-command-" + canary, "printf '" + canary + "\\0'",
	} {
		got, err := ask(command)
		if err == nil || got != "" || strings.Contains(err.Error(), canary) {
			t.Errorf("%s gives %q, %v", command, got, err)
		}
	}
}

func TestPasswordCommandEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := connector.NewSecrets("unused", nil).Password(ctx, desk.Account{PasswordCommand: "sleep 60; echo late"})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 20*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

func TestAccountWithoutPasswordSaysSo(t *testing.T) {
	t.Parallel()
	_, err := connector.NewSecrets("unused", nil).Password(t.Context(), desk.Account{Address: "anna@example.test"})
	var said *desk.Error
	if !errors.As(err, &said) || said.Code != "NO_PASSWORD" {
		t.Errorf("got %v", err)
	}
}
