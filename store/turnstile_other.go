//go:build !linux

package store

import "errors"

// turns are not there where locks belong to processes: two stores of one would
// take each other's away.
type turns struct{}

func openTurns(string) (*turns, error) { return nil, errors.ErrUnsupported }

func (*turns) try() bool   { return false }
func (*turns) wait() error { return errors.ErrUnsupported }
func (*turns) leave()      {}
func (*turns) close()      {}
