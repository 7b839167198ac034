package testserver

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Need skips the test when one of the programs is not installed, with a
// sentence that says what to install. Under CI=true it fails instead: there a
// skipped suite would look like a passed one.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	var missing, packages []string
	for _, name := range programs {
		if Program(name) == "" {
			missing = append(missing, name)
			packages = append(packages, debianPackages(name)...)
		}
	}
	if len(missing) == 0 {
		return
	}
	skip(t, "%s needs %s, which is not installed. On Debian: apt-get install %s (or run `make test` as root)",
		t.Name(), strings.Join(missing, " and "), strings.Join(packages, " "))
}

// Program is the full path of an installed program, or empty. It also looks
// where Debian keeps daemons, which is not on the PATH of an ordinary user.
func Program(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	dirs := []string{"/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/dovecot"}
	// Each version of PostgreSQL has a directory; the newest is the last.
	versions, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(versions)
	for _, dir := range append(dirs, versions...) {
		path := filepath.Join(dir, name)
		if stat, err := os.Stat(path); err == nil && stat.Mode().IsRegular() && stat.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// InCI says whether a missing program fails a test instead of skipping it.
func InCI() bool { return os.Getenv("CI") == "true" }

func skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if InCI() {
		t.Fatalf("under CI nothing is skipped: "+format, args...)
	}
	t.Skipf(format, args...)
}

// debianPackages names what provides a program where the names differ.
func debianPackages(program string) []string {
	switch program {
	case "dovecot", "doveadm":
		return []string{"dovecot-imapd", "dovecot-lmtpd"}
	case "lmtp":
		return []string{"dovecot-lmtpd"}
	case "initdb", "postgres", "pg_ctl":
		return []string{"postgresql"}
	case "mbsync":
		return []string{"isync"}
	}
	return []string{program}
}

// NeedTrace is Need for tests that look into the system calls of a program with
// strace. Where the kernel or a container forbids that, there is nothing to
// install: it is the one skip that CI allows, and it says so.
func NeedTrace(t testing.TB) {
	t.Helper()
	Need(t, "strace")
	if out, err := exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("%s: programs may not be traced here (%v: %s)", t.Name(), err, strings.TrimSpace(string(out)))
	}
}
