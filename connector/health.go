package connector

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/emersion/go-imap/v2"

	"postroom/connector/dial"
	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/desk/safe"
)

// refusal puts the server's answer to a sign-in in words. Only what clearly is
// about the credentials is Denied: a server that is full or down says NO too,
// and nobody must be asked for a password because of that.
func refusal(a desk.Account, where dial.Address, err error) error {
	var status *imap.Error
	var token *tokenRefused
	if errors.As(err, &token) {
		return token.explain(a, where)
	}
	if !errors.As(err, &status) || status.Type != imap.StatusResponseTypeNo && status.Type != imap.StatusResponseTypeBad {
		return err
	}
	said := serverText(status)
	switch status.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug, imap.ResponseCodeContactAdmin:
		return &desk.Error{
			Kind: desk.Offline, Code: "NOT_NOW", Err: err,
			Message: fmt.Sprintf("%s lets nobody sign in at the moment%s.", where.HostPort(), said), Hint: "Nothing to do: it is tried again.",
		}
	default:
		if a.OAuth != "" {
			return badToken(a, where, err)
		}
		return &desk.Error{
			Kind: desk.Denied, Code: "BAD_PASSWORD", Err: err,
			Message: fmt.Sprintf("%s refuses user name or password of %s%s.", where.HostPort(), safe.Line(a.Username), said),
			Hint:    wrongPassword(a, where),
		}
	}
}

// wrongPassword says what may be the matter with a password (S281), and where
// another way is known, which.
func wrongPassword(a desk.Account, where dial.Address) string {
	hint := "Was it changed, or are passwords switched off there? Type it again" + again(a) + " (with two-factor sign-in most providers want an app password)."
	if key := oauth.For(where.Host); key != "" && a.ID != 0 {
		hint += " Better sign in there: postroom account reauth " + a.Address + " --oauth " + key
	}
	return hint
}

// again is the end of a hint to sign in again, with the command for it; an
// account that is only being tried has none yet.
func again(a desk.Account) string {
	if a.ID == 0 {
		return ""
	}
	return ": postroom account reauth " + a.Address
}

// serverText quotes what a server said, made harmless.
func serverText(status *imap.Error) string {
	text := safe.Line(status.Text).String()
	if text == "" {
		return ""
	}
	const room = 120
	if r := []rune(text); len(r) > room {
		text = string(r[:room]) + "…"
	}
	return fmt.Sprintf(" (it says: %s)", strings.TrimRight(text, "."))
}

// explain puts any failure of a session in words.
func explain(where dial.Address, err error) error {
	var status *imap.Error
	var known *desk.Error
	switch {
	case err == nil || errors.As(err, &known) || errors.Is(err, desk.ErrFenced):
		return err
	case errors.As(err, &status):
		return &desk.Error{
			Kind: desk.Offline, Code: "SERVER_SAYS_NO", Err: err,
			Message: fmt.Sprintf("%s does not do what was asked%s.", where.HostPort(), serverText(status)), Hint: "It is tried again; if it stays, see: postroom doctor",
		}
	case errors.Is(err, errTooMuch):
		return &desk.Error{
			Kind: desk.Offline, Code: "TOO_MUCH", Err: err,
			Message: fmt.Sprintf("%s sends more than it was asked for.", where.HostPort()), Hint: "Look whether that is the right server; if it is, see: postroom doctor",
		}
	case isNonsense(err):
		return &desk.Error{
			Kind: desk.Offline, Code: "NOT_IMAP", Err: err,
			Message: fmt.Sprintf("%s says something that is no IMAP.", where.HostPort()), Hint: "Look whether host and port are those of the IMAP server.",
		}
	}
	return dial.Explain(where, err)
}

// isNonsense reports whether the library has met something that is no IMAP. It
// says the same of an answer that was cut off, but then the connection knows
// better.
func isNonsense(err error) bool {
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.EOF) {
		return false
	}
	return strings.Contains(err.Error(), "imapwire:") || strings.Contains(err.Error(), "in response")
}

// sentenceFor is the sentence of a failure of an account, whose address stands
// in the command that mends it.
func sentenceFor(a desk.Account, err error) string {
	return strings.ReplaceAll(sentence(err), " ADDRESS ", " "+a.Address+" ")
}

// sentence is the message and the hint of a failure in one line, for the
// account's health.
func sentence(err error) string {
	var e *desk.Error
	if !errors.As(err, &e) {
		return safe.Line(err.Error()).String()
	}
	return safe.Line(strings.TrimSpace(e.Message + " " + e.Hint)).String()
}
