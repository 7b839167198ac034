package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"postroom/internal/testserver"
	"postroom/store"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"postroom": main, "skewed": skewed, "astray": astray, "naivesync": naively(naiveSync), "naiveimport": naively(naiveImport), "naivesend": naively(naiveSend), "naivelist": naiveList})
}

// TestScripts runs the stories in testdata/script against the real program.
func TestScripts(t *testing.T) {
	runScripts(t, func(workDir string) string { return workDir + "/desk/postroom.db" })
}

// TestScriptsPostgres runs them on a database of PostgreSQL.
func TestScriptsPostgres(t *testing.T) {
	cluster := testserver.SharedPostgres(t)
	runScripts(t, func(string) string { return cluster.Database(t) })
}

// runScripts runs the stories, each at a desk of its own. What is said of a
// file stands behind [file] in them.
func runScripts(t *testing.T, database func(workDir string) string) {
	t.Helper()
	inFile := !store.IsServer(database(t.TempDir()))
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
		Cmds:      map[string]func(*testscript.TestScript, bool, []string){"code": exitsWith, "dated": dated},
		Condition: func(c string) (bool, error) { return c == "file" && inFile, nil },
		Setup: func(e *testscript.Env) error {
			// Everything a run keeps lies in the directory of its script.
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_DATA_HOME", e.WorkDir+"/data")
			e.Setenv("XDG_STATE_HOME", e.WorkDir+"/state")
			e.Setenv("POSTROOM_DB", database(e.WorkDir))
			e.Setenv("LANG", "C.UTF-8")
			e.Setenv("COLUMNS", "80")
			e.Setenv("POSTROOM_NO_LOOKUP", "1")
			return nil
		},
	})
}

// exitsWith is the script command "code N PROGRAM ARGS...": it runs a program
// and wants this exit code.
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARGS...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("run %s: %v", args[1], err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("%s ended with %d, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// dated is the script command "dated FILE...": it puts a date of today for
// @TODAY@ in files, because old mail comes in closed.
func dated(ts *testscript.TestScript, _ bool, files []string) {
	for _, f := range files {
		text := strings.ReplaceAll(ts.ReadFile(f), "@TODAY@", time.Now().Add(-time.Hour).UTC().Format(time.RFC1123Z))
		ts.Check(os.WriteFile(ts.MkAbs(f), []byte(text), 0o600))
	}
}

// desktop runs command lines in this process, on one desk of its own.
type desktop struct {
	t     *testing.T
	env   map[string]string
	login string
	// in is what the next run reads.
	in string
	// shared is the database that all runs work with; nil opens one for each.
	shared *store.Store
}

func newDesktop(t *testing.T) *desktop {
	t.Helper()
	dir := t.TempDir()
	return &desktop{t: t, login: "root", env: map[string]string{
		"HOME": dir, "XDG_STATE_HOME": dir + "/state", "POSTROOM_DB": dir + "/desk/postroom.db", "LANG": "C.UTF-8", "COLUMNS": "80",
		"POSTROOM_NO_LOOKUP": "1", // the tests ask nobody outside this machine
	}}
}

// as gives the same desk to another login.
func (d *desktop) as(login string) *desktop {
	other := *d
	other.login = login
	return &other
}

// ran is what a run had to say.
type ran struct {
	code     int
	out, err string
}

func (d *desktop) run(args ...string) ran {
	d.t.Helper()
	var out, problems bytes.Buffer
	code := newProgram(d.world(args, &out, &problems)).execute(d.t.Context())
	return ran{code, out.String(), problems.String()}
}

// world is the program's, in this process.
func (d *desktop) world(args []string, out, problems io.Writer) world {
	w := world{
		args: args, getenv: func(k string) string { return d.env[k] },
		in: strings.NewReader(d.in), out: out, err: problems,
		login: func() (string, error) { return d.login, nil }, clock: time.Now,
	}
	if d.shared != nil {
		w.openStore = func(ctx context.Context, dsn string, o store.Options) (*store.Store, func() error, error) {
			if dsn != d.env["POSTROOM_DB"] || o.Moving {
				return storeOfItsOwn(ctx, dsn, o)
			}
			return d.shared, func() error { return nil }, nil
		}
	}
	return w
}

// must is run for what has to work.
func (d *desktop) must(args ...string) string {
	d.t.Helper()
	r := d.run(args...)
	if r.code != exitDone {
		d.t.Fatalf("postroom %s ended with %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// write puts a file into the desk's directory and gives its name.
func (d *desktop) write(name, text string) string {
	d.t.Helper()
	path := d.env["HOME"] + "/" + name
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// quietProgram is a program nobody runs, for a look at its commands.
func quietProgram(t *testing.T) *program {
	t.Helper()
	return newProgram(world{
		getenv: func(string) string { return "" }, in: strings.NewReader(""), out: &bytes.Buffer{}, err: &bytes.Buffer{}, clock: time.Now,
	})
}

// plain builds the program as users run it.
func plain(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "postroom")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return path
}
