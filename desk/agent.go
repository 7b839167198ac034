package desk

import (
	"cmp"
	"time"

	"postroom/desk/calendar"
)

// Availability says when a user can be given work by itself. Its zero value,
// with the user's id, is somebody who always can, without a limit.
type Availability struct {
	User UserID
	// Away is set until it is taken back; AwayBy said so at AwaySince.
	Away      bool
	AwayBy    UserID
	AwaySince time.Time
	// Off are the times he is out of office, the earliest first.
	Off []Absence
	// Hours are when he works, week by week; without any he always does.
	Hours calendar.Spec
	// Idle is how long he may do nothing before no more is given to him; 0 is
	// for ever. SeenAt is when he last did something, to the minute, and kept
	// only while Idle is set.
	Idle   time.Duration
	SeenAt time.Time
	// Capacity is how many conversations that need an answer he can have before
	// no more are given to him; 0 is without limit.
	Capacity int
	// Share is how much of a full day he works, in percent, for [LeastBusy];
	// 0 is 100.
	Share int
}

// Absence is a time out of office. It begins at From and is over at Until.
type Absence struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Skip is why somebody was not given a conversation, in a word that is stored.
type Skip string

// The reasons to skip somebody, in the order in which they are looked for.
const (
	SkipInactive Skip = "inactive"      // disabled, pending or removed
	SkipAccess   Skip = "no access"     // he may not answer in the inbox
	SkipTeam     Skip = "other team"    // it was given to a team he is not in
	SkipAway     Skip = "away"          // he, or somebody for him, has said so
	SkipOff      Skip = "out of office" // an absence that was planned
	SkipHours    Skip = "off hours"     // not in his hours
	SkipIdle     Skip = "idle"          // he has done nothing for too long
	SkipFull     Skip = "full"          // he has as many as he can have
	SkipSilent   Skip = "silent"        // he had it, and did nothing
)

// Says is the reason in a half sentence behind a name.
func (k Skip) Says() string {
	switch k {
	case "":
		return "can have it"
	case SkipInactive:
		return "cannot sign in"
	case SkipAccess:
		return "may not answer in this inbox"
	case SkipTeam:
		return "is not in the team"
	case SkipAway:
		return "is away"
	case SkipOff:
		return "is out of office"
	case SkipHours:
		return "is not at work now"
	case SkipIdle:
		return "has done nothing for a while"
	case SkipFull:
		return "has as many as he can have"
	case SkipSilent:
		return "had it and did nothing"
	default:
		return string(k)
	}
}

// Agent is a user as somebody who may be given conversations of one inbox.
type Agent struct {
	User
	// Rights are his in the inbox; nothing when he does not see it.
	Rights       Rights
	Availability Availability
	// Load is how many conversations of shared inboxes he has whose customer
	// waits for an answer. What is snoozed, closed, spam or in the trash does
	// not count, nor what waits for the customer (H15). It is a number the
	// store keeps, never one it counts.
	Load int
	// Turn is when the strategy that was asked for has last given him
	// something: larger is later, 0 is never.
	Turn int64
}

// skip is why somebody is not given more at a time; "" when he can be.
func (d *Desk) skip(a Agent, now time.Time) Skip {
	switch {
	case !a.Active():
		return SkipInactive
	case !a.Rights.Reply:
		return SkipAccess
	}
	if why, _ := d.free(a.Availability, now); why != "" {
		return why
	}
	if c := a.Availability.Capacity; c > 0 && a.Load >= c {
		return SkipFull
	}
	return ""
}

// busier compares two agents by how much they have for what they work.
func busier(a, b Agent) int {
	share := func(a Agent) int { return cmp.Or(a.Availability.Share, 100) }
	return cmp.Or(cmp.Compare(a.Load*share(b), b.Load*share(a)), earlier(a, b))
}

// earlier compares two agents by whose turn was longer ago. Of two who never
// had one the login decides.
func earlier(a, b Agent) int {
	return cmp.Or(cmp.Compare(a.Turn, b.Turn), cmp.Compare(a.Login, b.Login))
}
