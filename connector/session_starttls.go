package connector

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"

	"postroom/connector/dial"
)

// errNoUpgrade is a server that was to begin TLS and does not. dial knows the
// word STARTTLS and makes a sentence of it.
var errNoUpgrade = errors.New("the server does not answer STARTTLS as it should")

// upgrade begins TLS on a connection that needs it (RFC 9051 section 6.2.1).
// It is done here and not by the library because the guard has to stand behind
// the encryption, and because nothing the server has said in clear may be
// believed afterwards: the library gets a greeting of ours and asks for the
// capabilities again.
func upgrade(ctx context.Context, conn *dial.Conn) (net.Conn, error) {
	config := conn.StartTLS()
	if config == nil {
		return conn, nil
	}
	// Lines are read byte by byte: whatever follows the answer in clear then
	// reaches the TLS handshake, which fails on it.
	greeting, err := clearLine(conn)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(bytes.ToUpper(greeting), []byte("* OK")) {
		return nil, fmt.Errorf("%w: it begins with %q", errNoUpgrade, greeting[:min(len(greeting), 40)])
	}
	if _, err := io.WriteString(conn, "T0 STARTTLS\r\n"); err != nil {
		return nil, err
	}
	for {
		answer, err := clearLine(conn)
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(answer, []byte("* ")) {
			continue
		}
		if !bytes.HasPrefix(bytes.ToUpper(answer), []byte("T0 OK")) {
			return nil, fmt.Errorf("%w: it says %q", errNoUpgrade, answer[:min(len(answer), 80)])
		}
		break
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return &greeted{Conn: secure, greeting: []byte("* OK encrypted\r\n")}, nil
}

// clearLine reads one line before TLS.
func clearLine(conn io.Reader) ([]byte, error) {
	const longest = 8 << 10
	var line []byte
	var one [1]byte
	for len(line) < longest {
		if _, err := io.ReadFull(conn, one[:]); err != nil {
			return nil, err
		}
		if one[0] == '\n' {
			return bytes.TrimRight(line, "\r"), nil
		}
		line = append(line, one[0])
	}
	return nil, errTooMuch
}

// greeted gives the library the greeting it waits for.
type greeted struct {
	net.Conn
	greeting []byte
}

func (g *greeted) Read(p []byte) (int, error) {
	if len(g.greeting) > 0 {
		n := copy(p, g.greeting)
		g.greeting = g.greeting[n:]
		return n, nil
	}
	return g.Conn.Read(p)
}
