package store

import (
	"errors"

	"postroom/desk"
)

// Each version of a calendar or a policy is a row that stays as it is, because
// clocks run by it; current marks the one that counts.

const (
	calendarColumns = `k.id, k.line, k.version, k.name, k.spec, k.since`
	listCalendars   = `SELECT ` + calendarColumns + ` FROM calendars k WHERE k.current = 1 ORDER BY k.folded`
	getCalendar     = `SELECT ` + calendarColumns + ` FROM calendars k WHERE k.id = ?`
	addCalendar     = `INSERT INTO calendars (line, version, name, folded, spec, since, current) VALUES (?, ?, ?, ?, ?, ?, 1) RETURNING id`
	beginCalendar   = `UPDATE calendars SET line = id WHERE id = ?`
	retireCalendar  = `UPDATE calendars SET current = 0 WHERE line = ? AND current = 1`

	policyColumns = `p.id, p.line, p.version, p.name, p.position, p.terms, p.since`
	listPolicies  = `SELECT ` + policyColumns + ` FROM policies p WHERE p.current = 1 ORDER BY p.position, p.id`
	getPolicy     = `SELECT ` + policyColumns + ` FROM policies p WHERE p.id = ?`
	addPolicy     = `INSERT INTO policies (line, version, name, folded, position, terms, since, current) VALUES (?, ?, ?, ?, ?, ?, ?, 1) RETURNING id`
	beginPolicy   = `UPDATE policies SET line = id WHERE id = ?`
	retirePolicy  = `UPDATE policies SET current = 0 WHERE line = ? AND current = 1`
	placePolicy   = `UPDATE policies SET position = ? WHERE line = ? AND current = 1`
)

func scanCalendar(sc scanner) (desk.Calendar, error) {
	var c desk.Calendar
	err := sc.Scan(&c.ID, &c.Line, &c.Version, &c.Name, jsonInto{&c.Spec}, into(&c.Since))
	return c, err
}

func scanPolicy(sc scanner) (desk.Policy, error) {
	var p desk.Policy
	err := sc.Scan(&p.ID, &p.Line, &p.Version, &p.Name, &p.Position, jsonInto{&p.PolicyTerms}, into(&p.Since))
	return p, err
}

// Calendars implements [desk.ClockReader].
func (r *reader) Calendars() ([]desk.Calendar, error) {
	return collect(r.session, scanCalendar, listCalendars)
}

// Calendar implements [desk.ClockReader].
func (r *reader) Calendar(id desk.CalendarID) (desk.Calendar, error) {
	return find(r.session, scanCalendar, getCalendar, id)
}

// AddCalendar implements [desk.ClockWriter].
func (w *writer) AddCalendar(c desk.Calendar) (desk.CalendarID, error) {
	spec, err := asJSON(c.Spec)
	if err != nil {
		return 0, err
	}
	id, err := w.addVersion(retireCalendar, addCalendar, beginCalendar, int64(c.Line), c.Line, c.Version, c.Name, desk.FoldName(c.Name), spec, millis(c.Since))
	return desk.CalendarID(id), err
}

// addVersion keeps a version and lets it be the one that counts.
func (w *writer) addVersion(retire, add, begin string, line int64, args ...any) (int64, error) {
	if line != 0 {
		if err := w.do(retire, line); err != nil {
			return 0, err
		}
	}
	id, err := w.insert(add, args...)
	if err == nil && line == 0 {
		err = w.do(begin, id)
	}
	return id, err
}

// RetireCalendar implements [desk.ClockWriter].
func (w *writer) RetireCalendar(line desk.CalendarID) error { return w.do(retireCalendar, line) }

// Policies implements [desk.ClockReader].
func (r *reader) Policies() ([]desk.Policy, error) {
	return collect(r.session, scanPolicy, listPolicies)
}

// Policy implements [desk.ClockReader].
func (r *reader) Policy(id desk.PolicyID) (desk.Policy, error) {
	return find(r.session, scanPolicy, getPolicy, id)
}

// AddPolicy implements [desk.ClockWriter].
func (w *writer) AddPolicy(p desk.Policy) (desk.PolicyID, error) {
	terms, err := asJSON(p.PolicyTerms)
	if err != nil {
		return 0, err
	}
	id, err := w.addVersion(retirePolicy, addPolicy, beginPolicy, int64(p.Line), p.Line, p.Version, p.Name, desk.FoldName(p.Name), p.Position, terms, millis(p.Since))
	return desk.PolicyID(id), err
}

// RetirePolicy implements [desk.ClockWriter].
func (w *writer) RetirePolicy(line desk.PolicyID) error { return w.do(retirePolicy, line) }

// PlacePolicies implements [desk.ClockWriter].
func (w *writer) PlacePolicies(lines []desk.PolicyID) error {
	var err error
	for i, line := range lines {
		err = errors.Join(err, w.do(placePolicy, i+1, line))
	}
	return err
}
