package desk

import (
	"context"
	"time"
)

// DisableUser keeps a user from signing in, and out of every inbox, until
// [Seat.EnableUser]; his open conversations go back to nobody, and freed says
// how many these are. Mail of his own inbox goes on coming in. Admins only.
func (s *Seat) DisableUser(ctx context.Context, login string) (freed int, err error) {
	err = s.write(ctx, func(w Writer) error {
		u, err := s.other(w, login, "disable")
		if err != nil {
			return err
		}
		if !u.DisabledAt.IsZero() {
			return conflict("DISABLED", "Let him in again with: postroom user enable "+u.Login, "%s is disabled already.", u.Name)
		}
		if err := lastAdmin(w, u); err != nil {
			return err
		}
		freed, err = s.regrantAll(w, func() error {
			u.DisabledAt = s.d.now()
			return w.SaveUser(u)
		})
		if err != nil {
			return err
		}
		return w.Append(s.event(EventUserDisabled, 0, 0, nil, state(u.Login)))
	})
	return freed, err
}

// EnableUser lets a disabled user in again, wherever he was. Admins only.
func (s *Seat) EnableUser(ctx context.Context, login string) error {
	return s.write(ctx, func(w Writer) error {
		u, err := s.other(w, login, "enable")
		if err != nil {
			return err
		}
		if u.DisabledAt.IsZero() {
			return conflict("NOT_DISABLED", "See: postroom user list", "%s is not disabled.", u.Name)
		}
		u.DisabledAt = time.Time{}
		if err := w.SaveUser(u); err != nil {
			return err
		}
		return w.Append(s.event(EventUserEnabled, 0, 0, nil, state(u.Login)))
	})
}

// SetRole makes a user an admin or an agent. Admins only; one stays.
func (s *Seat) SetRole(ctx context.Context, login string, role Role) error {
	if role != RoleAdmin && role != RoleAgent {
		return invalid("BAD_ROLE", "The roles are admin and agent.", "There is no role %q.", role)
	}
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "change a role"); err != nil {
			return err
		}
		u, err := named(w, login)
		if err != nil || u.Role == role {
			return err
		}
		if role == RoleAgent {
			if err := lastAdmin(w, u); err != nil {
				return err
			}
		}
		before := u.Role
		u.Role = role
		// An admin who becomes an agent sees less, but had no right to answer
		// by his role: nothing of his is left behind.
		if err := w.SaveUser(u); err != nil {
			return err
		}
		return w.Append(s.event(EventRoleChanged, 0, 0, state(Standing{u.Login, before}), state(Standing{u.Login, role})))
	})
}

// Standing is what the journal keeps of a change of role.
type Standing struct {
	User string `json:"user"`
	Role Role   `json:"role"`
}

// other gives a user to an admin who wants to change him, and is not he.
func (s *Seat) other(r Reader, login, what string) (User, error) {
	if err := s.mustAdmin(r, what+" a user"); err != nil {
		return User{}, err
	}
	u, err := named(r, login)
	if err == nil && u.ID == s.actor.User {
		err = conflict("YOURSELF", "Another admin can.", "You cannot %s yourself.", what)
	}
	return u, err
}

// lastAdmin refuses to leave the desk without an admin.
func lastAdmin(r Reader, u User) error {
	if !u.Admin() {
		return nil
	}
	all, err := r.Users()
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != u.ID && other.Admin() {
			return nil
		}
	}
	return conflict("LAST_ADMIN", "Make somebody else an admin first: postroom user role LOGIN admin", "%s is the only admin.", u.Name)
}

// regrantAll is regrant for a change that can matter in every inbox.
func (s *Seat) regrantAll(w Writer, change func() error) (int, error) {
	all, err := w.Inboxes()
	if err != nil {
		return 0, err
	}
	ids := make([]InboxID, len(all))
	for i, in := range all {
		ids[i] = in.ID
	}
	return s.regrant(w, ids, change)
}
