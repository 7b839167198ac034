package desk

import "time"

// ClockReader reads calendars, policies and the clocks of tickets.
type ClockReader interface {
	// Calendars are those there are now, by name.
	Calendars() ([]Calendar, error)
	// Calendar is any version of one.
	Calendar(CalendarID) (Calendar, error)
	// Policies are those there are now, in their order.
	Policies() ([]Policy, error)
	// Policy is any version of one.
	Policy(PolicyID) (Policy, error)
	// Clocks are all of a ticket, by kind.
	Clocks(ConversationID) ([]Clock, error)
	// ClocksTold are those of which there is something to tell by now, the
	// longest due first, at most limit; and when the next one comes after
	// these, zero for never.
	ClocksTold(now time.Time, limit int) (due []Clock, next time.Time, err error)
	// OpenTickets are the tickets that are open or snoozed, by number.
	OpenTickets() ([]ConversationID, error)
}

// ClockWriter changes them.
type ClockWriter interface {
	// AddCalendar keeps a version, which is the one that counts from then on.
	// Without a Line it is the first of a new calendar. Names are unique.
	AddCalendar(Calendar) (CalendarID, error)
	// RetireCalendar leaves a calendar to the clocks that run by it.
	RetireCalendar(line CalendarID) error
	// AddPolicy and RetirePolicy are the same for policies.
	AddPolicy(Policy) (PolicyID, error)
	RetirePolicy(line PolicyID) error
	// PlacePolicies numbers policies in the given order of their lines.
	PlacePolicies([]PolicyID) error
	// SaveClock writes a clock if what was told of it is still the given
	// state, else ErrStale.
	SaveClock(c Clock, told ClockState) error
	// AddClock puts a clock in the place of that of its kind, if there is one.
	AddClock(Clock) error
	RemoveClock(ConversationID, ClockKind) error
}
