package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestForeignDemoLockDeletesNothing: a file called demo.lock beside a database
// says nothing about the directory, whatever is in it.
func TestForeignDemoLockDeletesNothing(t *testing.T) {
	// A real demo, whose lock somebody has copied.
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	demo, err := demoDirectory("")
	if err != nil {
		t.Fatal(err)
	}
	copied, err := os.ReadFile(filepath.Join(demo, demoLock))
	if err != nil {
		t.Fatal(err)
	}
	text := func(content string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
	}
	for name, put := range map[string]func(path string) error{
		"empty": text(""), "an old one": text("keep\n"), "a copy": text(string(copied)), "no directory": text(demoHere + "\n"),
		"a link":      func(path string) error { return os.Symlink(filepath.Join(demo, demoLock), path) },
		"a pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"this directory": func(path string) error {
			return os.WriteFile(path, []byte(demoHere+filepath.Dir(path)+"\n"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp(tmp, "mine-")
			if err != nil {
				t.Fatal(err)
			}
			thesis := filepath.Join(dir, "thesis.txt")
			if err := os.WriteFile(thesis, []byte("years of work"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := put(filepath.Join(dir, demoLock)); err != nil {
				t.Fatal(err)
			}
			d := newDesktop(t)
			d.env["POSTROOM_DB"] = filepath.Join(dir, demoDesk)
			d.must("inbox", "create", "support", "--shared")
			if got := d.must("inbox", "list"); !strings.Contains(got, "support") {
				t.Errorf("the inboxes are %s", got)
			}
			if got, err := os.ReadFile(thesis); err != nil || string(got) != "years of work" {
				t.Errorf("the thesis is %q, %v", got, err)
			}
		})
	}
}

// TestForeignDemoLockIsNotMentioned where the database itself cannot be.
func TestForeignDemoLockIsNotMentioned(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.env["POSTROOM_DB"] = filepath.Join(d.write("file", "text"), "postroom.db")
	if r := d.run("inbox", "list"); r.code == exitDone || strings.Contains(r.err, demoLock) {
		t.Errorf("it ended with %d: %s", r.code, r.err)
	}
}

// TestDemoGoesWithTheLastOne, with all its files and nothing else.
func TestDemoGoesWithTheLastOne(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, c := range []struct {
		name  string
		keep  string
		also  string // a file somebody puts beside
		stays []string
	}{
		{name: "alone"},
		{name: "with a file of somebody", also: "thesis.txt", stays: []string{"thesis.txt"}},
		{name: "kept", keep: filepath.Join(t.TempDir(), "mine"), stays: []string{demoKey, demoLock, demoDesk}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, err := demoDirectory(c.keep)
			if err != nil {
				t.Fatal(err)
			}
			first, second := enterDemo(t, dir), enterDemo(t, dir)
			if c.also != "" {
				if err := os.WriteFile(filepath.Join(dir, c.also), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := second.close(); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(dir, demoDesk)); err != nil {
				t.Fatalf("it is gone while somebody works there: %v", err)
			}
			if err := first.close(); err != nil {
				t.Fatal(err)
			}
			var left []string
			entries, err := os.ReadDir(dir)
			if err == nil {
				for _, e := range entries {
					if !strings.HasPrefix(e.Name(), demoDesk+".") {
						left = append(left, e.Name())
					}
				}
			}
			if strings.Join(left, " ") != strings.Join(c.stays, " ") {
				t.Errorf("%v stay, want %v", left, c.stays)
			}
			if c.stays == nil && !os.IsNotExist(err) {
				t.Errorf("the directory stays: %v", err)
			}
		})
	}
}

// enterDemo opens the demo's desk and seals something with its key.
func enterDemo(t *testing.T, dir string) *house {
	t.Helper()
	p := newProgram(world{
		getenv: func(string) string { return "" }, in: strings.NewReader(""), out: io.Discard, err: io.Discard,
		login: func() (string, error) { return "root", nil }, clock: time.Now,
	})
	p.flags.db = filepath.Join(dir, demoDesk)
	h, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	secrets, file, err := p.secrets(h)
	if err != nil {
		t.Fatal(err)
	}
	if file != filepath.Join(dir, demoKey) {
		t.Errorf("the key is %s", file)
	}
	if _, err := secrets.Seal(t.Context(), []byte("secret")); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestDemoWantsAScreen before it makes anything.
func TestDemoWantsAScreen(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.env["TMPDIR"] = t.TempDir()
	cmd := exec.CommandContext(t.Context(), "postroom", "demo")
	cmd.Env = append(d.command().Env, "TERM=dumb")
	g := lookAt(t, 100, 30, cmd)
	g.see("cannot show a screen", "TERM=xterm")
	<-g.ended
	if text := g.frame(); strings.Contains(text, "Preparing") {
		t.Errorf("it has begun:\n%s", text)
	}
	if left, err := os.ReadDir(d.env["TMPDIR"]); err != nil || len(left) > 0 {
		t.Errorf("%v: the demo has left %v", err, left)
	}
}

// TestProgramIsNamedAsItWasStarted in a command that is to be typed.
func TestProgramIsNamedAsItWasStarted(t *testing.T) {
	t.Parallel()
	for started, want := range map[string]string{
		"": "postroom", "./postroom": "./postroom", "/opt/my tools/postroom": "'/opt/my tools/postroom'",
		"/tmp/go-build314/b001/exe/postroom": "go run ./cmd/postroom", "bin/it's": `'bin/it'\''s'`,
	} {
		if got := (world{name: started}).called(); got != want {
			t.Errorf("%q is called %s, want %s", started, got, want)
		}
	}
}
