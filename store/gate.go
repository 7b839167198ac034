package store

import (
	"context"
	"errors"

	"postroom/desk"
)

// Which database is the desk. Two that were would both send what waits in the
// outbox, so while a desk moves from one database to another there is one at
// any moment, whatever is cut off where:
//
//	from      to
//	desk      arriving   rows are copied; nobody can write on either side
//	desk      verified   to has every row that from has
//	moved     verified   this commit moves the desk
//	moved     desk
//
// Whoever opens a verified database looks at the other one, and finishes the
// move if that has moved.

// phase is what a database is to the desk.
type phase string

const (
	phaseDesk     phase = ""
	phaseArriving phase = "arriving"
	phaseVerified phase = "verified"
	phaseMoved    phase = "moved"
)

// gate is the row every program reads first.
type gate struct {
	phase phase
	// other is the database on the other side of the move, without password.
	other string
	// move names one move: both sides have the same.
	move string
}

const (
	getGate = `SELECT phase, other, move FROM gate WHERE id = 1`
	setGate = `UPDATE gate SET phase = ?, other = ?, move = ? WHERE id = 1`
)

func (s *session) gate() (gate, error) {
	var g gate
	err := s.get(getGate, nil, &g.phase, &g.other, &g.move)
	return g, err
}

// setGate is a transaction of its own.
func (s *Store) setGate(ctx context.Context, g gate) error {
	return s.change(ctx, func(w *writer) error { return w.do(setGate, g.phase, g.other, g.move) })
}

// gate reads the gate of a database.
func (s *Store) gate(ctx context.Context) (gate, error) {
	var g gate
	err := s.snapshot(ctx, func(ses *session) error {
		var err error
		g, err = ses.gate()
		return err
	})
	return g, err
}

// admit lets nobody in where the desk is not; whoever moves it may go
// everywhere.
func (s *Store) admit(g gate) error {
	if g.phase == phaseDesk || s.moving {
		return nil
	}
	return s.elsewhere(g)
}

// elsewhere says that this is not the desk, and where it is.
func (s *Store) elsewhere(g gate) error {
	if g.phase == phaseMoved {
		return conflict(codeMoved, "Name it there: --db, or POSTROOM_DB.", "The desk has moved from %s to %s.", s.path, g.other)
	}
	return conflict("DESK_ARRIVING", "Begin the move again: postroom migrate --from "+g.other+" --to "+s.path,
		"The desk is being moved to %s and is not here yet.", s.path)
}

// codeMoved says that the desk is in another database now.
const codeMoved = "DESK_MOVED"

// left is the same answer for a program that has had the desk open since
// before it moved. That is trouble, as a disk is that is gone: nothing can be
// done here any more, and this one does not go by.
func (s *Store) left(g gate) error {
	return unwell(codeMoved, "Quit, and name it there: --db, or POSTROOM_DB.", nil, "The desk has moved to "+g.other+".")
}

// stillHere notices that the desk has moved away. A program that only reads,
// or waits for mail, would not learn it from anything it does.
func (s *Store) stillHere(ctx context.Context) error {
	g, err := s.gate(ctx)
	if err == nil && g.phase == phaseMoved && !s.moving {
		_ = s.noted(s.left(g)) // for everybody who asks for the trouble
	}
	return err
}

// admitted runs fn in a transaction of the desk. Another process may have
// moved it since this one has opened it.
func (w *writer) admitted(fn func(desk.Writer) error) error {
	g, err := w.gate()
	switch {
	case err != nil:
		return err
	case g.phase == phaseMoved && !w.store.moving:
		return w.store.left(g)
	}
	if err := w.store.admit(g); err != nil {
		return err
	}
	return fn(w)
}

// enter asks at the gate of a database that has just been opened.
func (s *Store) enter(ctx context.Context) error {
	g, err := s.gate(ctx)
	if err == nil && g.phase == phaseVerified && !s.moving {
		g, err = s.finishMove(ctx, g)
	}
	return errors.Join(err, s.admit(g))
}

// finishMove makes a verified database the desk if the other side has moved.
// If that cannot be seen from here, the gate stays shut.
func (s *Store) finishMove(ctx context.Context, g gate) (gate, error) {
	from, err := Open(ctx, g.other, Options{Moving: true, Existing: true, AnyDisk: true, Readers: 1})
	if err != nil {
		return g, nil //nolint:nilerr // the answer is the shut gate, which says how to go on
	}
	there, err := from.gate(ctx)
	if err = errors.Join(err, from.Close()); err != nil || there.phase != phaseMoved || there.move != g.move {
		return g, err
	}
	s.moving = true
	defer func() { s.moving = false }()
	return gate{}, s.setGate(ctx, gate{})
}

// newer says that a database was made by a newer program, and which one works
// with it. needs is empty where the database does not tell.
func newer(path string, version, latest int64, needs string) error {
	if needs == "" {
		return broken("NEWER_DATABASE", "Install the newest postroom. This one has changed nothing.", nil,
			"The database %s was made by a newer postroom (schema %d, this one knows %d).", path, version, latest)
	}
	return broken("NEWER_DATABASE", "Install postroom "+needs+" or newer. This one has changed nothing.", nil,
		"The database %s needs postroom %s or newer (schema %d, this one knows %d).", path, needs, version, latest)
}

// minimum is a query for the version a database needs, which it tells since
// the migration gateVersion.
const (
	minimum     = `SELECT needs FROM gate WHERE id = 1`
	gateVersion = 2
)

// notThere is the answer for a database that was to be there.
func notThere(path string) error {
	return &desk.Error{Kind: desk.NotFound, Code: "NO_SUCH_DESK", Message: "There is no desk at " + path + ".", Hint: "Check the path."}
}
