package desk

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is the handful of ways in which something can fail. Each has its exit
// code on the command line (design 5).
type Kind string

// The kinds of failure.
const (
	Broken   Kind = "broken"    // exit 1: something is wrong with the program or its database
	Offline  Kind = "offline"   // exit 1: a server does not answer or refuses
	Unwell   Kind = "unwell"    // exit 1: the desk takes no changes now, see [Trouble]
	Invalid  Kind = "invalid"   // exit 2: what was asked for makes no sense
	Conflict Kind = "conflict"  // exit 3: refused by a rule or by what somebody else did
	Denied   Kind = "denied"    // exit 4: not allowed
	NotFound Kind = "not_found" // exit 5: not there, or not for these eyes
)

// Error is a failure in the user's words: one sentence, then the next step.
// Message and Hint may quote text from outside, so they go through package
// safe like everything else.
type Error struct {
	Kind Kind
	// Code is stable and in capitals, for scripts: ADDRESS_IN_USE.
	Code    string
	Message string
	Hint    string
	// Holder is, for ADDRESS_IN_USE, who has the address.
	Holder *Holding
	// References is, for REFERENCED, all that is in the way.
	References []Reference
	// Err is the cause, if there is one that a developer would want.
	Err error
}

// Error is the sentence with its cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return strings.TrimSuffix(e.Message, ".") + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf says which kind of failure err is; Broken for what is no [Error].
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Broken
}

func invalid(code, hint, format string, args ...any) error {
	return &Error{Kind: Invalid, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func conflict(code, hint, format string, args ...any) error {
	return &Error{Kind: Conflict, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func denied(hint, format string, args ...any) error {
	return &Error{Kind: Denied, Code: "NOT_ALLOWED", Message: fmt.Sprintf(format, args...), Hint: hint}
}

// notFound is also the answer for what exists but may not be seen: the two
// must not be told apart (design 4.7).
func notFound(code, hint, format string, args ...any) error {
	return &Error{Kind: NotFound, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// ErrNoRow is what the store returns when a single row is asked for and is
// not there. Use cases turn it into an [Error] that names what was missing.
var ErrNoRow = errors.New("no such row")

// ErrStale is what the store returns when a compare-and-set write finds that
// the row has changed since it was read.
var ErrStale = errors.New("changed by somebody else in the meantime")

// ErrFenced is what the store returns to a worker whose lease on an account
// has passed to another process. The worker must stop and write nothing.
var ErrFenced = errors.New("another process serves this account now")
