package desk

import (
	"context"
	"errors"
)

// rehearsal marks a context whose writes are taken back.
type rehearsal struct{}

// errRehearsed takes back the transaction of a rehearsal.
var errRehearsed = errors.New("a rehearsal keeps nothing")

// Rehearse gives a context in which every use case does all it would do,
// permission and rules included, and then takes it back: no row, no event, no
// bell. Its result says what would have happened; ids in it are not kept.
func Rehearse(ctx context.Context) context.Context {
	return context.WithValue(ctx, rehearsal{}, true)
}

// Rehearsing reports whether what is written in this context is taken back. A
// caller that would go on with what it has written has to stop there.
func Rehearsing(ctx context.Context) bool { return ctx.Value(rehearsal{}) != nil }
