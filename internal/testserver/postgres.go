package testserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Cluster is a PostgreSQL server with a data directory of its own. It listens
// on a unix socket, where everybody on this machine who finds the directory is
// let in, and on loopback, where a password is asked for.
type Cluster struct {
	// TCP is where a password is asked for, as host:port.
	TCP string

	dir   string
	owner *syscall.Credential // nil: this process's own user
	ports ports
	run   *process

	mu   sync.Mutex
	last int
}

// PostgresUser owns the databases; he may log in and make databases, nothing
// else. Over TCP his password is [Password].
const PostgresUser = "postroom"

//nolint:gochecknoglobals // one server per test process is the point
var sharedCluster struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// Postgres is the DSN of a new, empty database of a server that all tests of
// this process share. None may stop it; it ends with the process.
func Postgres(t testing.TB) string {
	t.Helper()
	return SharedPostgres(t).Database(t)
}

// SharedPostgres is the server behind [Postgres].
func SharedPostgres(t testing.TB) *Cluster {
	t.Helper()
	Need(t, "initdb", "postgres")
	sharedCluster.once.Do(func() { sharedCluster.cluster, sharedCluster.err = startCluster() })
	if sharedCluster.err != nil {
		t.Fatalf("start the shared PostgreSQL: %v", sharedCluster.err)
	}
	return sharedCluster.cluster
}

// StartPostgres starts a server for one test. Settings are like "fsync=off".
func StartPostgres(t testing.TB, settings ...string) *Cluster {
	t.Helper()
	Need(t, "initdb", "postgres")
	c, err := startCluster(settings...)
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what PostgreSQL logged last:\n%s", c.log(40))
		}
		if err := c.close(); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
	})
	return c
}

func startCluster(settings ...string) (c *Cluster, err error) {
	c = &Cluster{}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%w\n%s", err, c.log(20)), c.close())
			c = nil
		}
	}()
	if c.dir, err = shortTempDir(); err != nil {
		return c, err
	}
	if err := c.giveAway(); err != nil {
		return c, err
	}
	if c.TCP, err = c.ports.take(); err != nil {
		return c, err
	}
	// --no-sync: what initdb writes may be lost with the machine, the tests are
	// then lost too. The server itself syncs as it does anywhere.
	out, err := c.command("initdb", "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256",
		"--encoding=UTF8", "--locale=C", "--username=postgres", "--pgdata="+c.data()).CombinedOutput()
	if err != nil {
		return c, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := c.start(settings...); err != nil {
		return c, err
	}
	return c, c.SQL("postgres", fmt.Sprintf("CREATE ROLE %s LOGIN CREATEDB PASSWORD '%s'", PostgresUser, Password))
}

// giveAway finds the user the server runs as: PostgreSQL refuses to be root.
func (c *Cluster) giveAway() error {
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("find the user postgres: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return err
	}
	c.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(c.dir, int(uid), int(gid))
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// command prepares a program of PostgreSQL as the server's user.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(Program(name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner}
	return cmd
}

func (c *Cluster) start(settings ...string) error {
	_, port, _ := strings.Cut(c.TCP, ":")
	argv := []string{
		Program("postgres"), "-D", c.data(), "-k", c.dir, "-h", "127.0.0.1", "-p", port,
		"-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=4GB", "-c", "checkpoint_timeout=1h",
		"-c", "max_connections=200", "-c", "shared_buffers=128MB", "-c", "logging_collector=off",
	}
	for _, s := range settings {
		argv = append(argv, "-c", s)
	}
	log := filepath.Join(c.dir, "log")
	run, err := startProcessAs(c.owner, syscall.SIGQUIT, c.dir, log, argv...)
	if err != nil {
		return err
	}
	c.run = run
	return c.awaitReady()
}

// awaitReady returns when the server answers a query: it listens at its address
// before it does at its socket, and there before it has recovered.
func (c *Cluster) awaitReady() error {
	if err := c.run.waitFor(c.TCP); err != nil {
		return err
	}
	notYet := func(err error) bool {
		var refused *pgconn.PgError
		if errors.As(err, &refused) {
			return refused.Code == "57P03" // cannot_connect_now: it starts, or recovers
		}
		return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ECONNREFUSED)
	}
	for {
		err := c.SQL("postgres", "SELECT 1")
		if err == nil || !c.run.running() || !notYet(err) {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// SQL runs statements as the superuser.
func (c *Cluster) SQL(database, text string) error {
	_, port, _ := strings.Cut(c.TCP, ":")
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, fmt.Sprintf("host=%s port=%s user=postgres dbname=%s", c.dir, port, database))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, text)
	return errors.Join(err, conn.Close(ctx))
}

// Database makes a new, empty database and gives its DSN.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	return c.create(t, "")
}

// Copy makes a new database with all that is in another one, which nobody has
// open meanwhile, and gives its DSN.
func (c *Cluster) Copy(t testing.TB, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return c.create(t, " TEMPLATE "+strings.TrimPrefix(u.Path, "/"))
}

func (c *Cluster) create(t testing.TB, like string) string {
	t.Helper()
	c.mu.Lock()
	c.last++
	name := fmt.Sprintf("desk%d", c.last)
	c.mu.Unlock()
	if err := c.SQL("postgres", "CREATE DATABASE "+name+" OWNER "+PostgresUser+like); err != nil {
		t.Fatal(err)
	}
	return c.DSN(name)
}

// DSN names a database by the server's socket.
func (c *Cluster) DSN(database string) string {
	_, port, _ := strings.Cut(c.TCP, ":")
	return "postgres:///" + database + "?" + url.Values{"host": {c.dir}, "port": {port}, "user": {PostgresUser}}.Encode()
}

// Stop ends the server as a loss of power would: nothing is finished.
func (c *Cluster) Stop(t testing.TB) {
	t.Helper()
	run := c.run
	c.run = nil
	if err := run.stop(); err != nil {
		t.Fatalf("stop PostgreSQL: %v", err)
	}
}

// Resume starts the server again after Stop, with the same data.
func (c *Cluster) Resume(t testing.TB, settings ...string) {
	t.Helper()
	if err := c.start(settings...); err != nil {
		t.Fatalf("start PostgreSQL again: %v\n%s", err, c.log(20))
	}
}

func (c *Cluster) log(lines int) string {
	text, err := os.ReadFile(filepath.Join(c.dir, "log"))
	if err != nil {
		return ""
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func (c *Cluster) close() error {
	var err error
	if c.run != nil {
		err = c.run.stop()
		c.run = nil
	}
	c.ports.release()
	if c.dir != "" {
		err = errors.Join(err, os.RemoveAll(c.dir))
	}
	return err
}
