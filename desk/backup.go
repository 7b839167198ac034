package desk

import "context"

// MayBackUp asks whether the actor may copy the whole desk, or the key to its
// passwords. Admins only: a copy holds what everybody has written.
func (s *Seat) MayBackUp(ctx context.Context) error {
	return s.d.store.Read(ctx, func(r Reader) error { return s.mustAdmin(r, "copy the whole desk or its key") })
}

// MayMove asks whether the actor may move the desk to another database. Admins
// only: everybody works elsewhere afterwards.
func (s *Seat) MayMove(ctx context.Context) error {
	return s.d.store.Read(ctx, func(r Reader) error { return s.mustAdmin(r, "move the desk") })
}
