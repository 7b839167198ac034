package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The kinds of a set-up that say who works here and where.

// yes is how a flag is written that is set.
const yes = "yes"

// one is the value of a field that is no list.
func one(text string) []string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return []string{text}
}

// said leaves out what has no value.
func said(values map[string][]string) map[string][]string {
	for name, value := range values {
		if len(value) == 0 {
			delete(values, name)
		}
	}
	return values
}

func flagOf(is bool) []string {
	if is {
		return []string{yes}
	}
	return nil
}

func configUsers() ConfigKind {
	return ConfigKind{
		Name: "user", Key: "login",
		Fields: []ConfigField{
			{Name: "name", fixed: true},
			{Name: "role", folded: true},
			{Name: "hours"},
			{Name: "zone"},
			{Name: "idle"},
			{Name: "capacity", Form: ConfigNumber},
			{Name: "share", Form: ConfigNumber},
			{Name: "disabled", Form: ConfigFlag, late: true},
		},
		have:  haveUsers,
		plain: plainUserEntry,
		add: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			role := Role(FoldName(e.text("role")))
			if role == "" {
				role = RoleAgent
			}
			if _, err := s.AddUser(ctx, e.Name, e.text("name"), role); err != nil {
				return err
			}
			return setUser(ctx, s, ConfigEntry{Name: e.Name, Values: notThese(e.Values, "role", "disabled")})
		},
		set: setUser,
	}
}

// notThese are the values of the other fields.
func notThese(values map[string][]string, names ...string) map[string][]string {
	rest := map[string][]string{}
	for name, value := range values {
		if !slices.Contains(names, name) {
			rest[name] = value
		}
	}
	return rest
}

func haveUsers(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return nil, err
	}
	var list []ConfigEntry
	err = s.d.store.Read(ctx, func(r Reader) error {
		list = nil
		for _, u := range users {
			a, err := r.Availability(u.ID)
			if err != nil {
				return err
			}
			e := ConfigEntry{"user", u.Login, map[string][]string{
				"name": one(u.Name), "role": one(string(u.Role)), "disabled": flagOf(!u.DisabledAt.IsZero()),
				"hours": one(HoursText(a.Hours)), "zone": one(a.Hours.Timezone),
			}}
			if a.Idle > 0 {
				e.Values["idle"] = one(shortTime(a.Idle))
			}
			if a.Capacity > 0 {
				e.Values["capacity"] = one(strconv.Itoa(a.Capacity))
			}
			if a.Share > 0 && a.Share < 100 {
				e.Values["share"] = one(strconv.Itoa(a.Share))
			}
			said(e.Values)
			list = append(list, e)
		}
		return nil
	})
	return list, err
}

// plainUserEntry writes times as the desk does.
func plainUserEntry(_ Reader, _ *Seat, e ConfigEntry) (map[string][]string, error) {
	values := notThese(e.Values)
	if text := e.text("hours"); text != "" {
		spec, err := parseHours(text, "UTC")
		if err != nil {
			return nil, err
		}
		values["hours"] = one(HoursText(spec))
	}
	if text := e.text("idle"); text != "" {
		idle, err := time.ParseDuration(text)
		if err != nil {
			return nil, invalid("BAD_TIME", "Write it like: 30m", "%q is no time to do nothing in.", Snippet(text, 40))
		}
		values["idle"] = one(shortTime(idle))
	}
	for field, usual := range map[string]string{"capacity": "0", "share": "100"} {
		if e.text(field) == usual {
			values[field] = nil
		}
	}
	return values, nil
}

func setUser(ctx context.Context, s *Seat, e ConfigEntry) error {
	if role, ok := e.Values["role"]; ok {
		if err := s.SetRole(ctx, e.Name, Role(FoldName(strings.Join(role, "")))); err != nil {
			return err
		}
	}
	if off, ok := e.Values["disabled"]; ok {
		if len(off) == 0 {
			return s.EnableUser(ctx, e.Name)
		}
		_, err := s.DisableUser(ctx, e.Name)
		return err
	}
	var now Availability
	err := s.d.store.Read(ctx, func(r Reader) error {
		u, err := named(r, e.Name)
		if err == nil {
			now, err = r.Availability(u.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return errors.Join(e.setWorking(ctx, s, now), e.setCapacity(ctx, s, now))
}

func (e ConfigEntry) setWorking(ctx context.Context, s *Seat, now Availability) error {
	if !e.has("hours", "zone", "idle") {
		return nil
	}
	set := Working{Hours: HoursText(now.Hours), Zone: now.Hours.Timezone, Idle: now.Idle}
	if e.has("hours") {
		set.Hours = e.text("hours")
	}
	if e.has("zone") {
		set.Zone = e.text("zone")
	}
	if set.Hours == "" && e.text("zone") != "" {
		return invalid("BAD_HOURS", `Write them like: hours = "mon-fri 09:00-17:00"`, "%s has a time zone and no hours in it.", e.Name)
	}
	if e.has("idle") {
		var err error
		if set.Idle, err = ParseIdle(e.text("idle")); err != nil {
			return err
		}
	}
	_, err := s.SetWorking(ctx, e.Name, set)
	return err
}

func (e ConfigEntry) setCapacity(ctx context.Context, s *Seat, now Availability) error {
	if !e.has("capacity", "share") {
		return nil
	}
	set := map[string]int{"capacity": now.Capacity, "share": now.Share}
	for field := range set {
		if !e.has(field) && set[field] > 0 {
			continue
		}
		usual := map[string]string{"capacity": "0", "share": "100"}[field]
		text := usual
		if len(e.Values[field]) > 0 {
			text = e.text(field)
		}
		n, err := ParseCapacity(text)
		if err != nil {
			return err
		}
		set[field] = n
	}
	_, err := s.SetCapacity(ctx, e.Name, set["capacity"], set["share"])
	return err
}

// has reports whether one of the fields has been said something about.
func (e ConfigEntry) has(fields ...string) bool {
	return slices.ContainsFunc(fields, func(f string) bool { _, ok := e.Values[f]; return ok })
}

func configTeams() ConfigKind {
	join := func(ctx context.Context, s *Seat, e ConfigEntry) error {
		for _, login := range e.Values["members"] {
			if err := s.JoinTeam(ctx, e.Name, login); err != nil {
				return err
			}
		}
		return nil
	}
	return ConfigKind{
		Name: "team", Key: "name",
		Fields: []ConfigField{{Name: "members", Form: ConfigList, grows: true, folded: true}},
		have: func(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
			teams, err := s.Teams(ctx)
			var list []ConfigEntry
			for _, t := range teams {
				var logins []string
				for _, m := range t.Members {
					logins = append(logins, m.Login)
				}
				list = append(list, ConfigEntry{"team", t.Name, said(map[string][]string{"members": logins})})
			}
			return list, err
		},
		add: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			if _, err := s.AddTeam(ctx, e.Name); err != nil {
				return err
			}
			return join(ctx, s, e)
		},
		set:    join,
		remove: func(ctx context.Context, s *Seat, name string) error { _, err := s.RemoveTeam(ctx, name); return err },
		drop: func(ctx context.Context, s *Seat, name, login string) error {
			_, err := s.LeaveTeam(ctx, name, login)
			return err
		},
	}
}

// configNeverLog is the desk's never-log list; those of users are their own.
func configNeverLog() ConfigKind {
	put := func(ctx context.Context, s *Seat, e ConfigEntry) error {
		address, err := readNever(e.Name)
		if err != nil {
			return err
		}
		if address != FoldAddress(e.Name) {
			return invalid("BAD_ADDRESS", "Write it as "+address+".", "A domain has its @ in a file.")
		}
		_, err = s.AddNeverLog(ctx, NeverDesk, address, NeverScope(FoldName(e.text("scope"))))
		return err
	}
	return ConfigKind{
		Name: "never_log", Key: "address",
		Fields: []ConfigField{{Name: "scope", folded: true}},
		have: func(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
			all, err := s.NeverLogs(ctx)
			var list []ConfigEntry
			for _, n := range all.Entries {
				if n.List == NeverDesk {
					list = append(list, ConfigEntry{"never_log", n.Address, map[string][]string{"scope": one(string(n.Scope))}})
				}
			}
			return list, err
		},
		add: put, set: put,
		remove: func(ctx context.Context, s *Seat, name string) error {
			_, err := s.RemoveNeverLog(ctx, NeverDesk, name)
			return err
		},
	}
}
