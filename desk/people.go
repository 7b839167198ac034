package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Role says what a user may do besides the work in the inboxes.
type Role string

// The roles.
const (
	RoleAdmin Role = "admin"
	RoleAgent Role = "agent"
)

// User is a person who works at the desk.
type User struct {
	ID UserID
	// Login is unique, folded: the operating-system login or what an admin chose.
	Login string
	// Name is what colleagues and customers see.
	Name string
	Role Role
	// Email is where an invited user was written to; empty for one who was
	// added by his login alone.
	Email string
	// DisabledAt is zero while the user may sign in.
	DisabledAt time.Time
	// PendingSince is when the user was last invited, and zero once he has shown
	// the code; until then he sees nothing.
	PendingSince time.Time
	// RemovedAt is zero while the user belongs to the desk. Who was removed is
	// disabled too, and stays as the author of what he has written.
	RemovedAt time.Time
	CreatedAt time.Time
}

// Active reports whether the user may sign in.
func (u User) Active() bool { return u.DisabledAt.IsZero() && u.PendingSince.IsZero() }

// Admin reports whether the user may do what only admins may.
func (u User) Admin() bool { return u.Role == RoleAdmin && u.Active() }

// State is how the user stands to the desk, in a word.
func (u User) State() string {
	switch {
	case !u.RemovedAt.IsZero():
		return "removed"
	case !u.DisabledAt.IsZero():
		return "disabled"
	case !u.PendingSince.IsZero():
		return "pending"
	default:
		return "active"
	}
}

// ActorKind says what sort of thing acts.
type ActorKind string

// The kinds of actors.
const (
	ActorUser      ActorKind = "user"
	ActorConnector ActorKind = "connector"
	ActorRule      ActorKind = "rule" // what it does makes no other rule run
)

// Actor is who acts. Login is the operating-system login behind it, which the
// journal keeps beside the user (design, "Who am I"); of a rule it is the name.
type Actor struct {
	Kind  ActorKind
	User  UserID
	Login string
}

// ruleName is how a rule that acts is called in a sentence.
func (a Actor) ruleName() string { return "the rule \"" + a.Login + "\"" }

// SignIn finds out who is at the keyboard. On an empty desk it makes login the
// first admin. as, when not empty and not the login itself, is somebody an
// admin acts for; the journal keeps the login.
func (d *Desk) SignIn(ctx context.Context, login, as string) (Actor, error) {
	login, as = FoldName(login), FoldName(as)
	if login == "" {
		return Actor{}, invalid("NO_LOGIN", "Set POSTROOM_USER, or run as a user with a name.", "The operating system does not say who you are.")
	}
	var actor Actor
	err := d.store.Read(ctx, func(r Reader) error {
		n, err := r.CountUsers()
		if err != nil || n == 0 {
			return err
		}
		actor, err = signIn(r, login, as)
		return err
	})
	if err != nil || actor.User != 0 {
		return actor, err
	}
	err = d.write(ctx, func(w Writer) error {
		if n, err := w.CountUsers(); err != nil || n > 0 {
			if err == nil {
				actor, err = signIn(w, login, as)
			}
			return err
		}
		if as != "" && as != login {
			// Whoever asks to be somebody else must not become the admin instead.
			return notFound("NO_SUCH_USER", "This desk is new: begin without --as and POSTROOM_USER.", "There is no user %q.", as)
		}
		u := User{Login: login, Name: displayName(login), Role: RoleAdmin, CreatedAt: d.now()}
		id, err := w.AddUser(u)
		if err != nil {
			return err
		}
		actor = Actor{Kind: ActorUser, User: id, Login: login}
		return w.Append(&Event{At: d.now(), Actor: actor, Kind: EventUserAdded, After: state(login)})
	})
	return actor, err
}

func signIn(r Reader, login, as string) (Actor, error) {
	me, err := r.UserByLogin(login)
	if errors.Is(err, ErrNoRow) {
		return Actor{}, denied("An admin adds you with: postroom user add "+login, "%q is not a user of this desk.", login)
	}
	if err != nil {
		return Actor{}, err
	}
	if !me.DisabledAt.IsZero() {
		return Actor{}, denied("Ask an admin of this desk.", "The user %q is disabled.", login)
	}
	if !me.PendingSince.IsZero() {
		return Actor{}, &Error{
			Kind: Denied, Code: "PENDING", Message: me.Name + " is invited, and has not shown the code yet.",
			Hint: "Type the code you were sent: postroom user verify CODE",
		}
	}
	if as == "" || as == login {
		return Actor{Kind: ActorUser, User: me.ID, Login: login}, nil
	}
	if !me.Admin() {
		return Actor{}, denied("Leave --as and POSTROOM_USER out.", "Only admins can act as somebody else.")
	}
	other, err := r.UserByLogin(as)
	if errors.Is(err, ErrNoRow) {
		return Actor{}, notFound("NO_SUCH_USER", "See who there is with: postroom user list", "There is no user %q.", as)
	}
	if err != nil {
		return Actor{}, err
	}
	if !other.DisabledAt.IsZero() {
		return Actor{}, denied("Let them in again first: postroom user enable "+other.Login, "The user %q is disabled.", other.Login)
	}
	if !other.PendingSince.IsZero() {
		return Actor{}, denied("They type the code they were sent: postroom user verify CODE. A fresh one: postroom user invite "+other.Login+" --email ADDRESS", "The user %q is invited, and has not shown the code yet.", other.Login)
	}
	return Actor{Kind: ActorUser, User: other.ID, Login: login}, nil
}

func displayName(login string) string {
	parts := strings.FieldsFunc(login, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	for i, p := range parts {
		first, size := utf8.DecodeRuneInString(p)
		parts[i] = string(unicode.ToUpper(first)) + p[size:]
	}
	if len(parts) == 0 {
		return login
	}
	return strings.Join(parts, " ")
}

// maxName is how long a name may be, in bytes.
const maxName = 120

// goodLogin keeps logins to what can be typed and printed everywhere.
func goodLogin(login string) bool {
	if login == "" || len(login) > 64 || login[0] == '-' {
		return false
	}
	return !strings.ContainsFunc(login, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
	})
}

// Me is the user behind the seat.
func (s *Seat) Me(ctx context.Context) (User, error) {
	var u User
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		if u, err = r.User(s.actor.User); err == nil && !u.Active() {
			err = outside(u)
		}
		return err
	})
	return u, err
}

// outside is what somebody is told who no longer belongs to the desk.
func outside(u User) error {
	return denied("Ask an admin of this desk.", "The user %q is %s.", u.Login, u.State())
}

// Users lists everybody who belongs to the desk, by login: also who is disabled
// or pending.
func (s *Seat) Users(ctx context.Context) ([]User, error) {
	var us []User
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		us, err = r.Users()
		us = slices.DeleteFunc(us, func(u User) bool { return !u.RemovedAt.IsZero() })
		return err
	})
	return us, err
}

// AddUser makes a new user. Admins only. The login must be free.
func (s *Seat) AddUser(ctx context.Context, login, name string, role Role) (User, error) {
	u, err := s.newUser(login, name, role)
	if err != nil {
		return User{}, err
	}
	err = s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "add users"); err != nil {
			return err
		}
		if u.ID, err = addUser(w, u); err != nil {
			return err
		}
		return w.Append(s.event(EventUserAdded, 0, 0, nil, state(u.Login)))
	})
	return u, err
}

// newUser checks what is known of a user who is to be added.
func (s *Seat) newUser(login, name string, role Role) (User, error) {
	u := User{Login: FoldName(login), Name: strings.TrimSpace(name), Role: role, CreatedAt: s.d.now()}
	if slices.Contains([]string{"me", "nobody", "none", Everyone}, u.Login) {
		return User{}, invalid("BAD_LOGIN", "Choose another one.", "%q cannot be a login: commands and queries mean something else by it.", login)
	}
	if !goodLogin(u.Login) {
		return User{}, invalid("BAD_LOGIN", "Use letters, digits, dots, dashes and underscores, like: maya", "%q cannot be a login.", login)
	}
	if len(u.Name) > maxName || strings.ContainsFunc(u.Name, unicode.IsControl) || !utf8.ValidString(u.Name) {
		return User{}, invalid("BAD_NAME", "Give the name as it should stand in a From, on one line.", "%q cannot be a name.", Snippet(name, 60))
	}
	if u.Name == "" {
		u.Name = displayName(u.Login)
	}
	if role != RoleAdmin && role != RoleAgent {
		return User{}, invalid("BAD_ROLE", "The roles are admin and agent.", "There is no role %q.", role)
	}
	return u, nil
}

func addUser(w Writer, u User) (UserID, error) {
	if _, err := w.UserByLogin(u.Login); err == nil {
		return 0, conflict("LOGIN_IN_USE", "Choose another login, or see: postroom user list", "The login %q is taken.", u.Login)
	} else if !errors.Is(err, ErrNoRow) {
		return 0, err
	}
	return w.AddUser(u)
}
