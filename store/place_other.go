//go:build !linux

package store

// diskKind cannot tell here.
func diskKind(string) (string, error) { return "", nil }

// placeTrouble cannot tell here.
func placeTrouble(string, error) error { return nil }

// roomFor leaves it to the attempt to write.
func (s *Store) roomFor() error { return nil }

// freeAt cannot tell here.
func freeAt(string) int64 { return -1 }
