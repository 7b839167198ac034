package connector

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"

	"postroom/connector/dial"
)

// upgradeSMTP begins TLS on a connection that needs it (RFC 3207). As with
// IMAP nothing the server has said in clear is believed afterwards: the library
// gets a greeting of ours and asks for the extensions again.
func upgradeSMTP(ctx context.Context, conn *dial.Conn) (net.Conn, error) {
	config := conn.StartTLS()
	if config == nil {
		return conn, nil
	}
	if err := clearReply(conn, "220"); err != nil {
		return nil, err
	}
	if err := clearCommand(conn, "EHLO "+smtpName, "250"); err != nil {
		return nil, err
	}
	if err := clearCommand(conn, "STARTTLS", "220"); err != nil {
		return nil, err
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return &greeted{Conn: secure, greeting: []byte("220 encrypted\r\n")}, nil
}

func clearCommand(conn *dial.Conn, command, code string) error {
	if _, err := io.WriteString(conn, command+"\r\n"); err != nil {
		return err
	}
	return clearReply(conn, code)
}

// clearReply reads one reply before TLS, byte by byte: whatever follows it in
// clear then reaches the TLS handshake, which fails on it.
func clearReply(conn *dial.Conn, code string) error {
	for {
		line, err := clearLine(conn)
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(line, []byte(code)) {
			return fmt.Errorf("%w: it says %q", errNoUpgrade, line[:min(len(line), 80)])
		}
		if len(line) < 4 || line[3] != '-' {
			return nil
		}
	}
}
