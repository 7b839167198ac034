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
	// DisabledAt is zero while the user may sign in.
	DisabledAt time.Time
	CreatedAt  time.Time
}

// Admin reports whether the user is an admin.
func (u User) Admin() bool { return u.Role == RoleAdmin }

// ActorKind says what sort of thing acts.
type ActorKind string

// The kinds of actors.
const (
	ActorUser      ActorKind = "user"
	ActorConnector ActorKind = "connector"
)

// Actor is who acts. Login is the operating-system login behind it, which the
// journal keeps beside the user (design, "Who am I").
type Actor struct {
	Kind  ActorKind
	User  UserID
	Login string
}

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
		return Actor{}, denied("", "The user %q is disabled.", as)
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
		u, err = r.User(s.actor.User)
		return err
	})
	return u, err
}

// Users lists everybody who works at the desk, by login.
func (s *Seat) Users(ctx context.Context) ([]User, error) {
	var us []User
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		us, err = r.Users()
		return err
	})
	return us, err
}

// AddUser makes a new user. Admins only. The login must be free.
func (s *Seat) AddUser(ctx context.Context, login, name string, role Role) (User, error) {
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
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "add users"); err != nil {
			return err
		}
		if _, err := w.UserByLogin(u.Login); err == nil {
			return conflict("LOGIN_IN_USE", "Choose another login, or see: postroom user list", "The login %q is taken.", u.Login)
		} else if !errors.Is(err, ErrNoRow) {
			return err
		}
		id, err := w.AddUser(u)
		if err != nil {
			return err
		}
		u.ID = id
		return w.Append(s.event(EventUserAdded, 0, 0, nil, state(u.Login)))
	})
	return u, err
}
