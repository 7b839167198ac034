package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

// server is a PostgreSQL database: how to get there.
type server struct {
	config *pgx.ConnConfig
}

// The connections of a client that is gone, or hangs, must not hold the desk:
// after these times the server lets go of them.
const (
	// forgottenWriter is how long a transaction that writes may do nothing.
	forgottenWriter = 30 * time.Second
	// forgottenReader is the same for one that reads, which holds up nobody.
	forgottenReader = 10 * time.Minute
	// longestStatement is far above any that is meant.
	longestStatement = 5 * time.Minute
	// deadPeer is how long a peer may leave bytes unacknowledged.
	deadPeer = 30 * time.Second
	// longestDial is how long to try to connect.
	longestDial = 10 * time.Second
)

// parseServer reads a DSN in the form of a URL; what it does not say comes from
// the environment (PGHOST, PGPASSWORD …), the password file and the service
// file, as with psql.
func parseServer(dsn string) (*server, error) {
	config, err := pgx.ParseConfig(dsn)
	if err == nil && mayFallBack(config) && !saysTLS(dsn) {
		config, err = pgx.ParseConfig(withFullTLS(dsn))
	}
	if err != nil {
		// What the library says may quote the password.
		return nil, invalid("BAD_DATABASE", "Write it as postgres://USER@HOST/NAME?sslmode=verify-full; a password with signs in it is safe in PGPASSWORD.",
			"The address of the database cannot be read.")
	}
	if mayFallBack(config) {
		return nil, invalid("NO_TLS", "Say sslmode=verify-full; or sslmode=disable, if the network itself is safe.",
			"With this sslmode the connection to %s may go without encryption, and nobody would be told.", config.Host)
	}
	return &server{config}, nil
}

// mayFallBack reports whether a connection over a network may be encrypted or
// not, as the server, or somebody between, likes it.
func mayFallBack(config *pgx.ConnConfig) bool {
	plain, sealed := false, false
	see := func(host string, encrypted bool) {
		if isHere(host) {
			return
		}
		plain, sealed = plain || !encrypted, sealed || encrypted
	}
	see(config.Host, config.TLSConfig != nil)
	for _, f := range config.Fallbacks {
		see(f.Host, f.TLSConfig != nil)
	}
	return plain && sealed
}

// isHere reports whether a host is this machine: a socket or loopback.
func isHere(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func saysTLS(dsn string) bool {
	u, err := url.Parse(dsn)
	if err != nil {
		return true
	}
	q := u.Query()
	return q.Has("sslmode") || q.Has("ssl") || q.Has("service") || os.Getenv("PGSSLMODE") != "" || os.Getenv("PGSERVICE") != ""
}

// withFullTLS asks for a server that proves who it is.
func withFullTLS(dsn string) string {
	joint := "?"
	if strings.Contains(dsn, "?") {
		joint = "&"
	}
	return dsn + joint + "sslmode=verify-full"
}

// name is what messages call the database; it has no password in it.
func (s *server) name() string {
	u := url.URL{Scheme: "postgres", Host: s.config.Host, Path: "/" + s.config.Database}
	q := url.Values{}
	if strings.HasPrefix(s.config.Host, "/") {
		u.Host = ""
		q.Set("host", s.config.Host)
	} else if strings.Contains(s.config.Host, ":") {
		u.Host = "[" + s.config.Host + "]"
	}
	const usual = 5432
	if s.config.Port != usual {
		if u.Host == "" {
			q.Set("port", fmt.Sprint(s.config.Port))
		} else {
			u.Host += fmt.Sprintf(":%d", s.config.Port)
		}
	}
	if s.config.User != "" {
		u.User = url.User(s.config.User)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// pool gives connections on which an idle transaction ends after a time, with
// settings of its own.
func (s *server) pool(idle time.Duration, more map[string]string) *sql.DB {
	db := stdlib.OpenDB(*s.connection(idle, more), stdlib.OptionAfterConnect(checked))
	db.SetMaxIdleConns(0) // the sessions keep theirs
	return db
}

// ear is the connection that listens.
func (s *server) ear() *pgx.ConnConfig { return s.connection(forgottenReader, nil) }

// connection is how a connection is made and kept. What the DSN says wins.
func (s *server) connection(idle time.Duration, more map[string]string) *pgx.ConnConfig {
	config := s.config.Copy()
	wanted := map[string]string{
		"application_name":                    "postroom",
		"idle_in_transaction_session_timeout": ms(idle),
		"statement_timeout":                   ms(longestStatement),
		"lock_timeout":                        ms(busyTimeout),
		"client_connection_check_interval":    ms(deadPeer),
		"tcp_user_timeout":                    ms(deadPeer),
		"tcp_keepalives_idle":                 seconds(deadPeer),
		"tcp_keepalives_interval":             seconds(deadPeer / 3),
		"tcp_keepalives_count":                "3",
		// Compiling a query takes longer than any of ours, and so does planning it
		// anew for each argument.
		"jit": "off", "plan_cache_mode": "force_generic_plan",
	}
	maps.Copy(wanted, more)
	for name, value := range wanted {
		if _, said := config.RuntimeParams[name]; !said {
			config.RuntimeParams[name] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = longestDial
	}
	config.DialFunc = (&net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: deadPeer, Interval: deadPeer / 3, Count: 3},
		Control:         giveUpOnDeadPeer,
	}).DialContext
	// What is called off ends on the server too, and the connection goes on.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: time.Second}
	}
	return config
}

func ms(d time.Duration) string      { return fmt.Sprint(d.Milliseconds()) }
func seconds(d time.Duration) string { return fmt.Sprint(int(d.Seconds())) }

// oldestServer is the first version that is taken: the oldest one the tests
// have run on.
const oldestServer = 15_00_00

const serverSettings = `SELECT CAST(current_setting('server_version_num') AS INT), current_setting('fsync'), current_setting('synchronous_commit'),
	current_setting('server_encoding'), CASE WHEN pg_is_in_recovery() THEN 'on' ELSE 'off' END`

// checked looks at a new connection: a server that may lose what it has
// confirmed is not used.
func checked(ctx context.Context, c *pgx.Conn) error {
	var version int
	var fsync, commit, encoding, standby string
	err := c.QueryRow(ctx, serverSettings, pgx.QueryExecModeSimpleProtocol).Scan(&version, &fsync, &commit, &encoding, &standby)
	if err == nil {
		err = refused(version, fsync, commit, encoding, standby)
	}
	if err != nil {
		return errors.Join(err, c.Close(ctx))
	}
	return nil
}

func refused(version int, fsync, commit, encoding, standby string) error {
	switch {
	case version < oldestServer:
		return broken("OLD_SERVER", "Use PostgreSQL 15 or newer.", nil, "The database server is PostgreSQL %d, which is too old.", version/10000)
	case fsync == "off":
		return unwell("UNSAFE_SERVER", "Set fsync = on in postgresql.conf and reload it.", nil,
			"The database server runs with fsync=off: a power cut would take confirmed mail with it.")
	case commit == "off":
		return unwell("UNSAFE_SERVER", "Set synchronous_commit = on for this database, its role and its server.", nil,
			"The database runs with synchronous_commit=off: a crash would take confirmed mail with it.")
	case encoding != "UTF8":
		return broken("NOT_UTF8", "Make a database for it with: createdb --encoding=UTF8 --template=template0 NAME", nil, "The database keeps text as %s, not as UTF-8.", encoding)
	case standby == "on":
		return unwell("READ_ONLY", "Name the server that takes changes, or add target_session_attrs=read-write.", nil, "The database server is a standby, which only reads.")
	}
	return nil
}

// openServer opens a desk on PostgreSQL.
func openServer(ctx context.Context, dsn string, o Options) (*Store, error) {
	srv, err := parseServer(dsn)
	if err != nil {
		return nil, err
	}
	s := newStore(srv.name(), postgresDialect(), o)
	s.server = srv
	s.db = srv.pool(forgottenWriter, nil)
	s.readDB = srv.pool(forgottenReader, map[string]string{"default_transaction_read_only": "on"})
	if err := s.prepareServer(ctx, o.Existing); err != nil {
		s.writer <- nil
		return nil, errors.Join(err, s.Close())
	}
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	return s, nil
}
