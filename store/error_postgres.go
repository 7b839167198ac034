package store

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"postroom/desk"
)

// isGone reports whether a connection to a server has ended, or none can be
// made now. The same may work on a new one.
func isGone(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case strings.HasPrefix(pg.Code, "08"), strings.HasPrefix(pg.Code, "57P"), pg.Code == "25P03":
			return true
		}
		return false
	}
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &network) || isDial(err) ||
		err != nil && strings.Contains(err.Error(), "conn closed")
}

// isDial reports whether a connection could not be made. That has a time of its
// own, whose end is not that of the caller's.
func isDial(err error) bool {
	var connect *pgconn.ConnectError
	return errors.As(err, &connect)
}

// explain puts failures of the server and of the way to it into words; all
// others pass. The cause that goes with them has no password in it.
func (s *server) explain(err error) error {
	cause := s.without(err)
	say := func(kind desk.Kind, code, hint, format string, args ...any) error {
		return &desk.Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint, Err: cause}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return s.explainAnswer(pg, err, say)
	}
	var dial *net.OpError
	if errors.As(err, &dial) {
		cause = s.without(dial) // once; the library says it for each way it has tried
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &dns):
		return say(desk.Unwell, "NO_SERVER", "Check the name of the host in --db.", "The database server %s cannot be found.", s.config.Host)
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return say(desk.Unwell, "BAD_CERTIFICATE", "Name its authority with sslrootcert=FILE in --db, or write the host as its certificate has it.",
			"The certificate of the database server %s cannot be trusted.", s.config.Host)
	case strings.Contains(err.Error(), "refused TLS"), strings.Contains(err.Error(), "server does not support SSL"):
		return say(desk.Unwell, "NO_TLS", "Switch it on there (ssl = on); or say sslmode=disable, if the network itself is safe.",
			"The database server %s does not encrypt.", s.config.Host)
	case isGone(err):
		return say(desk.Unwell, "NO_SERVER", "Look whether PostgreSQL runs there. Nothing that was confirmed is lost; it goes on by itself when it answers again.",
			"The database server %s does not answer.", s.config.Host)
	default:
		return err
	}
}

// explainAnswer puts what the server has answered into words.
func (s *server) explainAnswer(pg *pgconn.PgError, err error, say func(desk.Kind, string, string, string, ...any) error) error {
	switch pg.Code {
	case "28P01":
		return say(desk.Denied, "WRONG_PASSWORD", "Give it in PGPASSWORD, in ~/.pgpass or in --db.", "The database server refuses the password of %s.", s.config.User)
	case "28000":
		return say(desk.Denied, "NO_ACCESS", "Make the user with createuser, and let him in with a line in pg_hba.conf.", "The database server does not let %s in from here.", s.config.User)
	case "3D000":
		return say(desk.NotFound, "NO_DATABASE", "Make it: createdb --owner="+s.config.User+" "+s.config.Database, "There is no database %s on the server %s.", s.config.Database, s.config.Host)
	case "42501":
		return say(desk.Denied, "NO_RIGHTS", "Let the user own the database: ALTER DATABASE "+s.config.Database+" OWNER TO "+s.config.User, "The user %s may not do this in the database %s.", s.config.User, s.config.Database)
	case "25006":
		return say(desk.Unwell, "READ_ONLY", "Name the server that takes changes, or look at default_transaction_read_only.", "The database %s cannot be written to.", s.config.Database)
	case "53100":
		return say(desk.Unwell, "DISK_FULL", "Make room on it. Nothing that was confirmed is lost.", "The disk of the database server is full.")
	case "53200":
		return say(desk.Unwell, "SERVER_FULL", "Give it more, or try again.", "The database server has no memory left.")
	case "53300":
		return say(desk.Unwell, "SERVER_FULL", "Raise max_connections in postgresql.conf; each postroom takes up to seven.", "The database server takes no more connections.")
	case "55P03", "57014":
		return say(desk.Unwell, "DATABASE_BUSY", "Try again; if it stays so, look for a process that hangs.", "Another process has been writing to the database for too long.")
	case "58030":
		return say(desk.Unwell, "DISK_ERROR", "Look at the disk. Nothing that was confirmed is lost.", "The disk of the database server reports an error.")
	case "XX001", "XX002":
		return say(desk.Broken, "DATABASE_DAMAGED", "Quit all of postroom and restore the last backup.", "The database %s is damaged.", s.config.Database)
	case "42704":
		return say(desk.Invalid, "BAD_DATABASE", "Leave out of --db what the server does not know.", "The database server does not know a setting in --db.")
	}
	if isGone(err) {
		return say(desk.Unwell, "NO_SERVER", "It goes on by itself when the server answers again. Nothing that was confirmed is lost.", "The database server has ended the connection.")
	}
	return err
}

// without is an error whose text has no password in it.
func (s *server) without(err error) error {
	text := err.Error()
	clean := text
	for _, secret := range []string{s.config.Password} {
		if secret != "" {
			clean = strings.ReplaceAll(clean, secret, "…")
		}
	}
	if clean == text {
		return err
	}
	return errors.New(clean)
}
