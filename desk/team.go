package desk

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Team is a group of users. An inbox that lets a team in lets in whoever is in
// it, from the moment he joins until the moment he leaves (S76).
type Team struct {
	ID        TeamID
	Name      string // unique, compared folded
	CreatedAt time.Time
}

// TeamView is a team with who is in it, by login.
type TeamView struct {
	Team
	Members []User
}

// Joining is what the journal keeps of a user who joins or leaves a team.
type Joining struct {
	Team string `json:"team"`
	User string `json:"user"`
}

// Teams lists the teams, by name.
func (s *Seat) Teams(ctx context.Context) ([]TeamView, error) {
	var views []TeamView
	err := s.d.store.Read(ctx, func(r Reader) error {
		teams, err := r.Teams()
		for _, t := range teams {
			v := TeamView{Team: t}
			if v.Members, err = r.TeamMembers(t.ID); err != nil {
				return err
			}
			views = append(views, v)
		}
		return err
	})
	return views, err
}

// AddTeam makes a team without members. Admins only.
func (s *Seat) AddTeam(ctx context.Context, name string) (Team, error) {
	t := Team{Name: strings.TrimSpace(name), CreatedAt: s.d.now()}
	if t.Name == "" || len(t.Name) > 60 || strings.ContainsFunc(t.Name, unicode.IsControl) || !utf8.ValidString(t.Name) {
		return Team{}, invalid("BAD_NAME", "Give it a short name, like: billing", "%q cannot be the name of a team.", name)
	}
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "make a team"); err != nil {
			return err
		}
		id, err := w.AddTeam(t)
		if err != nil {
			return err
		}
		t.ID = id
		return w.Append(s.event(EventTeamAdded, 0, 0, nil, state(t.Name)))
	})
	return t, err
}

// RemoveTeam dissolves a team: its members lose what they had through it alone,
// and the conversations they can answer no more, or the team had, go back to
// nobody. freed says how many these are. Admins only.
func (s *Seat) RemoveTeam(ctx context.Context, name string) (freed int, err error) {
	err = s.write(ctx, func(w Writer) error {
		t, err := s.team(w, name, "remove a team")
		if err != nil {
			return err
		}
		freed, err = s.regrantAll(w, func() error { return w.RemoveTeam(t.ID) })
		if err != nil {
			return err
		}
		return w.Append(s.event(EventTeamRemoved, 0, 0, state(t.Name), nil))
	})
	return freed, err
}

// teammate gives a team and a user, and whether he is in it.
func (s *Seat) teammate(r Reader, team, login, what string) (t Team, u User, in bool, err error) {
	if t, err = s.team(r, team, what); err != nil {
		return t, u, false, err
	}
	if u, err = named(r, login); err != nil {
		return t, u, false, err
	}
	in, err = isIn(r, t.ID, u.ID)
	return t, u, in, err
}

// JoinTeam puts a user into a team. Admins only.
func (s *Seat) JoinTeam(ctx context.Context, team, login string) error {
	return s.write(ctx, func(w Writer) error {
		t, u, in, err := s.teammate(w, team, login, "add somebody to a team")
		if err != nil || in {
			return err
		}
		if err := w.JoinTeam(t.ID, u.ID); err != nil {
			return err
		}
		return w.Append(s.setup(EventTeamJoined, 0, nil, state(Joining{t.Name, u.Login})))
	})
}

// LeaveTeam takes a user out of a team, as [Seat.RemoveTeam] does with all of
// them. Admins only.
func (s *Seat) LeaveTeam(ctx context.Context, team, login string) (freed int, err error) {
	err = s.write(ctx, func(w Writer) error {
		t, u, in, err := s.teammate(w, team, login, "take somebody out of a team")
		if err != nil {
			return err
		}
		if !in {
			return notFound("NOT_IN_TEAM", "See who is with: postroom team list", "%s is not in the team %q.", u.Name, t.Name)
		}
		freed, err = s.regrantAll(w, func() error { return w.LeaveTeam(t.ID, u.ID) })
		if err != nil {
			return err
		}
		return w.Append(s.setup(EventTeamLeft, 0, state(Joining{t.Name, u.Login}), nil))
	})
	return freed, err
}

// team gives the team called name to an admin who wants to change it.
func (s *Seat) team(r Reader, name, what string) (Team, error) {
	if err := s.mustAdmin(r, what); err != nil {
		return Team{}, err
	}
	return teamNamed(r, name)
}

func teamNamed(r Reader, name string) (Team, error) {
	t, err := r.TeamByName(FoldName(name))
	if errors.Is(err, ErrNoRow) {
		return t, notFound("NO_SUCH_TEAM", "See the teams with: postroom team list", "There is no team %q.", name)
	}
	return t, err
}

// named gives the user with a login.
func named(r Reader, login string) (User, error) {
	if strings.TrimSpace(login) == "" {
		return User{}, notFound("NO_SUCH_USER", "See who there is with: postroom user list", "Say who: the login of somebody at this desk.")
	}
	u, err := r.UserByLogin(FoldName(login))
	if errors.Is(err, ErrNoRow) {
		return u, notFound("NO_SUCH_USER", "See who there is with: postroom user list", "There is no user %q.", login)
	}
	return u, err
}

func isIn(r Reader, t TeamID, u UserID) (bool, error) {
	list, err := r.TeamMembers(t)
	for _, m := range list {
		if m.ID == u {
			return true, err
		}
	}
	return false, err
}
