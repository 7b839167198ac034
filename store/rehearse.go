package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"postroom/desk"
)

// Rehearsal is what a move would take along.
type Rehearsal struct {
	From, To string
	// Tables have no hash here.
	Tables []MovedTable
	// Size is how many bytes the database takes now; on the other side it is
	// about as many. Free is how many there are where a file would lie, and
	// negative where that cannot be known, as on a server.
	Size, Free int64
}

// RehearseMove says what [Store.MoveTo] would take to another database, and
// refuses what that would refuse. It writes on neither side; what is not there
// is not made.
func (s *Store) RehearseMove(ctx context.Context, dsn string, o Options) (Rehearsal, error) {
	to, there, err := lookAt(ctx, dsn, o)
	if err != nil {
		return Rehearsal{}, err
	}
	r := Rehearsal{From: s.path, To: to.path, Free: -1}
	if s.isSame(to) {
		return r, s.already()
	}
	if there.exists {
		if err := to.unused(ctx, dsn, there, o); err != nil {
			return r, err
		}
	}
	if to.server == nil {
		r.Free = freeAt(nearest(to.path))
	}
	err = s.snapshot(ctx, func(ses *session) error {
		g, err := ses.gate()
		if err != nil {
			return err
		}
		if g.phase != phaseDesk {
			return s.elsewhere(g)
		}
		if r.Tables, err = ses.countRows(); err != nil {
			return err
		}
		return ses.get(s.dialect.size, nil, &r.Size)
	})
	if err == nil && r.Free >= 0 && r.Free < r.Size {
		err = conflict("NO_ROOM", "Make room, or name a place on another disk.", "The desk takes %d MB, and where %s would lie %d MB are free.", r.Size/1e6, r.To, r.Free/1e6)
	}
	return r, err
}

func (s *session) countRows() ([]MovedTable, error) {
	var list []MovedTable
	for _, t := range tables() {
		m := MovedTable{Name: t.name}
		if err := s.get(`SELECT count(*) FROM `+t.name, nil, &m.Rows); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// lookAt names a database that a desk could move to, and says what is there. It
// is not open.
func lookAt(ctx context.Context, dsn string, o Options) (*Store, state, error) {
	to, there := &Store{}, state{}
	latest, err := latestMigration()
	if err != nil {
		return to, there, err
	}
	if !IsServer(dsn) {
		if to.path, err = parseDSN(dsn); err == nil {
			err = onLocalDisk(to.path, o)
		}
		if err == nil {
			there, err = look(ctx, to.path, latest)
		}
		return to, there, err
	}
	if to.server, err = parseServer(dsn); err != nil {
		return to, there, err
	}
	to.path, to.readDB = to.server.name(), to.server.pool(forgottenReader, nil)
	defer func() { _ = to.readDB.Close() }()
	if there, err = to.lookAtServer(ctx, latest); err == nil && !there.exists {
		err = to.mayMakeTables(ctx)
	}
	return to, there, err
}

// mayMakeTables asks a server for the right to it.
func (s *Store) mayMakeTables(ctx context.Context) error {
	var may bool
	err := s.readDB.QueryRowContext(ctx, `SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`).Scan(&may)
	if err == nil && !may {
		user, name := s.server.config.User, s.server.config.Database
		return &desk.Error{
			Kind: desk.Denied, Code: "NO_RIGHTS", Message: "The user " + user + " may not make tables in the database " + name + ".",
			Hint: "Let the user own the database: ALTER DATABASE " + name + " OWNER TO " + user,
		}
	}
	return s.explain(err)
}

// unused refuses a database that has a desk in it.
func (s *Store) unused(ctx context.Context, dsn string, st state, o Options) error {
	if latest, err := latestMigration(); err != nil || st.version < latest {
		// To look into it, it would have to be changed.
		return errors.Join(err, s.notEmpty())
	}
	there, err := Open(ctx, dsn, Options{Moving: true, Existing: true, AnyDisk: o.AnyDisk, Readers: 1})
	if err != nil {
		return err
	}
	defer func() { _ = there.Close() }()
	return there.snapshot(ctx, func(ses *session) error {
		g, err := ses.gate()
		if err != nil || g.phase == phaseArriving || g.phase == phaseVerified {
			return err
		}
		list, err := ses.countRows()
		for _, t := range list {
			if t.Rows > 0 && t.Name != "desk" {
				return there.notEmpty()
			}
		}
		return err
	})
}

// already says that the desk need not move.
func (s *Store) already() error {
	return invalid("SAME_DATABASE", "Name another database to move to.", "The desk is at %s already.", s.path)
}

// notEmpty says that there is a desk where one was to move to.
func (s *Store) notEmpty() error {
	return conflict("TARGET_NOT_EMPTY", "Name a database that is not there yet, or an empty one.", "There is a desk at %s already.", s.path)
}

// nearest is the directory of a path, or the first one above it that is there.
func nearest(path string) string {
	dir := filepath.Dir(path)
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}
