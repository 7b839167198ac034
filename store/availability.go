package store

import (
	"errors"
	"time"

	"postroom/desk"
)

const (
	availabilityColumns = `coalesce(a.away, 0), coalesce(a.away_by, 0), coalesce(a.away_since, -62135596800000), coalesce(a.off, '[]'),
		coalesce(a.hours, '{}'), coalesce(a.idle, 0), coalesce(a.seen_at, -62135596800000), coalesce(a.capacity, 0), coalesce(a.share, 0)`
	// loadOf is how much a user has: a sum of the numbers of his inboxes.
	loadOf = `coalesce((SELECT CAST(sum(y.owed) AS BIGINT) FROM tallies y JOIN inboxes i ON i.id = y.inbox AND i.kind = 'shared'
		WHERE y.who = u.id), 0)`
	// agentRow needs the inbox and the strategy.
	agentRow = `SELECT ` + userColumns + `, coalesce(m.reply, 0), coalesce(m.assign, 0), coalesce(m.configure, 0), ` + availabilityColumns + `,
		` + loadOf + `, coalesce(t.turn, 0) FROM users u
		LEFT JOIN members m ON m.user_id = u.id AND m.inbox = ?
		LEFT JOIN availability a ON a.user_id = u.id
		LEFT JOIN strategy_turns t ON t.strategy = ? AND t.user_id = u.id`
	getAgent   = agentRow + ` WHERE u.id = ?`
	listAgents = agentRow + ` WHERE u.id IN (SELECT target FROM strategy_targets WHERE strategy = ? AND kind = 'user'
		UNION SELECT tm.user_id FROM strategy_targets st JOIN team_members tm ON tm.team = st.target WHERE st.strategy = ? AND st.kind = 'team')
		ORDER BY u.folded`
	allAgents = agentRow + ` WHERE u.removed_at < 0 ORDER BY u.folded`

	getAvailability  = `SELECT ` + availabilityColumns + ` FROM availability a WHERE a.user_id = ?`
	saveAvailability = `INSERT INTO availability (user_id, away, away_by, away_since, off, hours, idle, seen_at, capacity, share)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET away = excluded.away, away_by = excluded.away_by,
		away_since = excluded.away_since, off = excluded.off, hours = excluded.hours, idle = excluded.idle, seen_at = excluded.seen_at,
		capacity = excluded.capacity, share = excluded.share`
	// lastSeen is only asked of whom it is kept.
	lastSeen = `SELECT idle, seen_at FROM availability WHERE user_id = ? AND idle > 0`
	saveSeen = `UPDATE availability SET seen_at = ? WHERE user_id = ?`
	teamsOf  = `SELECT team FROM team_members WHERE user_id = ? ORDER BY team`
)

// availabilityInto are the places of availabilityColumns.
func availabilityInto(a *desk.Availability) []any {
	return []any{
		&a.Away, &a.AwayBy, into(&a.AwaySince), jsonInto{&a.Off}, jsonInto{&a.Hours}, (*int64)(&a.Idle), into(&a.SeenAt), &a.Capacity, &a.Share,
	}
}

func scanAgent(sc scanner) (desk.Agent, error) {
	var a desk.Agent
	places := userInto(&a.User, &a.Rights.Reply, &a.Rights.Assign, &a.Rights.Configure)
	err := sc.Scan(append(append(places, availabilityInto(&a.Availability)...), &a.Load, &a.Turn)...)
	a.Availability.User = a.ID
	return a, err
}

// Agents implements [desk.StrategyReader].
func (r *reader) Agents(s desk.StrategyID, in desk.InboxID) ([]desk.Agent, error) {
	return collect(r.session, scanAgent, listAgents, in, s, s, s)
}

// Agent implements [desk.StrategyReader].
func (r *reader) Agent(u desk.UserID, in desk.InboxID) (desk.Agent, error) {
	return find(r.session, scanAgent, getAgent, in, 0, u)
}

// AllAgents implements [desk.StrategyReader].
func (r *reader) AllAgents() ([]desk.Agent, error) {
	return collect(r.session, scanAgent, allAgents, 0, 0)
}

// Availability implements [desk.StrategyReader].
func (r *reader) Availability(u desk.UserID) (desk.Availability, error) {
	a, err := find(r.session, func(sc scanner) (desk.Availability, error) {
		var a desk.Availability
		err := sc.Scan(availabilityInto(&a)...)
		return a, err
	}, getAvailability, u)
	if errors.Is(err, desk.ErrNoRow) {
		err = nil
	}
	a.User = u
	return a, err
}

// SaveAvailability implements [desk.StrategyWriter].
func (w *writer) SaveAvailability(a desk.Availability) error {
	if a.Off == nil {
		a.Off = []desk.Absence{}
	}
	off, err := asJSON(a.Off)
	if err != nil {
		return err
	}
	hours, err := asJSON(a.Hours)
	if err != nil {
		return err
	}
	return w.do(saveAvailability, a.User, flag(a.Away), a.AwayBy, millis(a.AwaySince), off, hours, int64(a.Idle), millis(a.SeenAt), a.Capacity, a.Share)
}

// SaveSeen implements [desk.StrategyWriter].
func (w *writer) SaveSeen(u desk.UserID, at time.Time) (bool, error) {
	var idle int64
	var seen time.Time
	err := w.get(lastSeen, []any{u}, &idle, into(&seen))
	if errors.Is(err, desk.ErrNoRow) {
		return false, nil
	}
	if err != nil || at.Sub(seen) < time.Minute {
		return false, err
	}
	return at.Sub(seen) >= time.Duration(idle), w.do(saveSeen, millis(at), u)
}

// TeamsOf implements [desk.TeamReader].
func (r *reader) TeamsOf(u desk.UserID) ([]desk.TeamID, error) {
	return collect(r.session, number[desk.TeamID], teamsOf, u)
}
