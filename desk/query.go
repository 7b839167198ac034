package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Query is a parsed search: what [ParseQuery] made of a line like
//
//	is:open is:unassigned from:@acme.test "late invoice" -has:attachment
//
// The zero Query matches everything.
type Query struct {
	// Source is the line as typed.
	Source string
	// Expr is the root of the expression; nil matches everything.
	Expr *Expr
}

// IsEmpty reports whether the query matches everything.
func (q Query) IsEmpty() bool { return q.Expr == nil }

// Term says what a leaf or a joint of a query means.
type Term string

// The joints: and and or have two operands or more, not has one.
const (
	TermAnd Term = "and"
	TermOr  Term = "or"
	TermNot Term = "not"
)

// The leaves that look for words in messages and notes.
const (
	TermText    Term = "text"    // anywhere in a message or note
	TermSubject Term = "subject" // in the subject
	TermFrom    Term = "from"    // in who wrote it; @acme.test is all of a domain
	TermTo      Term = "to"      // in who got it
)

// The leaves that look at conversations.
const (
	TermIs       Term = "is"       // Text is one of the Is constants
	TermHas      Term = "has"      // Text is "attachment"
	TermAssignee Term = "assignee" // ID is the user, NoUser for none though a team may have it
	TermInbox    Term = "inbox"    // ID is the inbox
	TermTeam     Term = "team"     // ID is the team, NoTeam for none
	TermTag      Term = "tag"      // Text is the tag
	TermPriority Term = "priority" // ID is the [Priority]
	TermOlder    Term = "older"    // nothing new since Unix
	TermNewer    Term = "newer"    // something new at or after Unix
	TermContact  Term = "contact"  // ID is the contact
	TermCompany  Term = "company"  // ID is the company its contact works at
	TermDue      Term = "due"      // a clock ends before (<) or after (>) Unix
	TermSLA      Term = "sla"      // Text is one of the SLA constants, as of Unix
	TermNumber   Term = "#"        // ID is the conversation
	TermStage    Term = "stage"    // IDs are the stages
	TermPipeline Term = "pipeline" // IDs are its stages
	TermWaits    Term = "waits"    // a customer waits since before Unix, in the inboxes IDs if there are any; only made by resolving
)

// NoTeam is the ID of a [TermTeam] that wants conversations which no team has.
const NoTeam = -1

// NoUser is the ID of a [TermAssignee] that wants what no user has.
const NoUser = -1

// What a conversation can be asked to be.
const (
	IsOpen       = "open"
	IsClosed     = "closed"
	IsSpam       = "spam"
	IsSnoozed    = "snoozed"
	IsTrash      = "trash" // the only way to find it, but for its number
	IsUnassigned = "unassigned"
	IsAssigned   = "assigned"
	IsUnread     = "unread"
	IsOwed       = "owed"
	IsTicket     = "ticket"
	IsFalling    = "falling" // open, with nobody, and a customer waits too long: see [SetFalling]
)

// What the clocks of a conversation can be asked to be.
const (
	SLAOverdue = "overdue" // one runs behind its end
	SLASoon    = "soon"    // one is due soon
	SLAMet     = "met"     // one has stopped in time
	SLAMissed  = "missed"  // one has stopped too late
)

// Expr is one node of a query.
type Expr struct {
	Term Term
	// Args are the operands of a joint (and, or, not).
	Args []Expr
	// Text is the value as typed, without its quotes.
	Text string
	// Phrase says that Text was quoted.
	Phrase bool
	// Prefix says that Text is the beginning of a word: it was typed with a *
	// behind it, or is the last word of a line that is still being typed.
	Prefix bool
	// ID is the inbox, user or conversation the value names, once resolved.
	ID int64
	// IDs are the stages the value names, once resolved: pipelines may have
	// stages of the same name.
	IDs []int64
	// Unix is a point in time in seconds, for older:, newer:, due: and sla:.
	Unix int64
}

// Resolve fills in what a query only names: users, inboxes and points in time.
// An inbox the actor does not work in is one that does not exist.
func (s *Seat) Resolve(ctx context.Context, q Query) (Query, error) {
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		q, err = s.resolve(r, q)
		return err
	})
	return q, err
}

func (s *Seat) resolve(r Reader, q Query) (Query, error) {
	if q.Expr == nil {
		return q, nil
	}
	e, err := s.resolveExpr(r, *q.Expr)
	q.Expr = &e
	return q, err
}

func (s *Seat) resolveExpr(r Reader, e Expr) (Expr, error) {
	switch e.Term {
	case TermIs:
		if e.Text == IsFalling {
			return s.resolveFalling(r)
		}
		return e, nil
	case TermAssignee:
		return s.resolveAssignee(r, e)
	case TermTeam:
		return s.resolveTeam(r, e)
	case TermInbox:
		in, err := s.mustSeeInbox(r, e.Text)
		if KindOf(err) == NotFound && err != nil {
			return e, invalid("BAD_QUERY", "See yours with: postroom inbox list", "There is no inbox %q to look in.", e.Text)
		}
		e.ID = int64(in.ID)
		return e, err
	case TermContact, TermCompany:
		return s.resolveCustomer(r, e)
	case TermOlder, TermNewer:
		n, unit, ok := ageOf(e.Text)
		if !ok {
			return e, invalid("BAD_QUERY", "Use a number and h, d, w, m or y.", "%q is not an age.", e.Text)
		}
		e.Unix = ago(s.d.now(), n, unit).Unix()
		return e, nil
	case TermStage, TermPipeline:
		return resolveStages(r, e)
	case TermNumber:
		// The number of one that was merged leads to the one it is part of.
		c, err := standing(r, ConversationID(e.ID))
		if c.ID != 0 {
			e.ID = int64(c.ID)
		}
		return e, err
	case TermDue:
		_, ahead, ok := dueOf(e.Text)
		if !ok {
			return e, invalid("BAD_QUERY", "Use a number and m, h, d or w, like due:<1h", "%q is no time ahead.", e.Text)
		}
		e.Unix = s.d.now().Add(ahead).Unix()
		return e, nil
	case TermSLA:
		e.Unix = s.d.now().Unix()
		return e, nil
	default:
		e.Args = slices.Clone(e.Args)
		for i := range e.Args {
			var err error
			if e.Args[i], err = s.resolveExpr(r, e.Args[i]); err != nil {
				return e, err
			}
		}
		if e.Term == TermAnd {
			return *joint(TermAnd, e.Args), nil // one of them may have become several
		}
		return e, nil
	}
}

// resolveStages finds the stages with a name, of all pipelines or of the one in
// front of a slash; or all stages of a pipeline.
func resolveStages(r Reader, e Expr) (Expr, error) {
	all, err := r.Pipelines()
	if err != nil {
		return e, err
	}
	e.IDs = nil
	pipeline, stage, both := strings.Cut(e.Text, "/")
	if !both {
		pipeline, stage = "", e.Text
	}
	if e.Term == TermPipeline {
		pipeline, stage = e.Text, ""
	}
	for _, p := range all {
		for _, s := range p.Stages {
			if (pipeline == "" || FoldName(p.Name) == FoldName(pipeline)) && (stage == "" || FoldName(s.Name) == FoldName(stage)) {
				e.IDs = append(e.IDs, int64(s.ID))
			}
		}
	}
	if len(e.IDs) == 0 {
		return e, invalid("BAD_QUERY", "See them with: postroom pipeline list", "There is no %s %q.", e.Term, e.Text)
	}
	return e, nil
}

func (s *Seat) resolveAssignee(r Reader, e Expr) (Expr, error) {
	switch e.Text {
	case "me":
		e.ID = int64(s.actor.User)
		return e, nil
	case "nobody":
		e.ID = NoUser
		return e, nil
	}
	u, err := r.UserByLogin(FoldName(e.Text))
	if errors.Is(err, ErrNoRow) {
		return e, invalid("BAD_QUERY", "See who there is with: postroom user list", "There is no user %q.", e.Text)
	}
	e.ID = int64(u.ID)
	return e, err
}

// resolveTeam finds a team: none, one by its name, or those of the actor.
func (s *Seat) resolveTeam(r Reader, e Expr) (Expr, error) {
	switch FoldName(e.Text) {
	case "none", "nobody":
		e.ID = NoTeam
		return e, nil
	case "mine":
		return s.resolveMyTeams(r)
	}
	t, err := r.TeamByName(FoldName(e.Text))
	if errors.Is(err, ErrNoRow) {
		return e, invalid("BAD_QUERY", "See the teams with: postroom team list", "There is no team %q.", e.Text)
	}
	e.ID = int64(t.ID)
	return e, err
}

// resolveMyTeams is any of the teams the actor is in.
func (s *Seat) resolveMyTeams(r Reader) (Expr, error) {
	teams, err := r.Teams()
	if err != nil {
		return Expr{}, err
	}
	var any []Expr
	for _, t := range teams {
		in, err := isIn(r, t.ID, s.actor.User)
		if err != nil {
			return Expr{}, err
		}
		if in {
			any = append(any, Expr{Term: TermTeam, Text: t.Name, ID: int64(t.ID)})
		}
	}
	if found := joint(TermOr, any); found != nil {
		return *found, nil
	}
	return Expr{}, invalid("BAD_QUERY", "See the teams with: postroom team list", "You are in no team.")
}

// resolveCustomer finds the contact or the company a condition names. One that
// the actor does not see is one that does not exist.
func (s *Seat) resolveCustomer(r Reader, e Expr) (Expr, error) {
	var err error
	if e.Term == TermContact {
		var k Contact
		k, _, err = s.mustSeeContact(r, e.Text)
		e.ID = int64(k.ID)
	} else {
		var co Company
		co, _, err = s.mustSeeCompany(r, e.Text)
		e.ID = int64(co.ID)
	}
	if KindOf(err) == NotFound && err != nil {
		return e, invalid("BAD_QUERY", fmt.Sprintf("See those you see with: postroom %s list", e.Term), "There is no %s %q to look for.", e.Term, Snippet(e.Text, 80))
	}
	return e, err
}

// ago is the time n hours, days, weeks, months or years before now.
func ago(now time.Time, n int, unit byte) time.Time {
	switch unit {
	case 'h':
		return now.Add(-time.Duration(n) * time.Hour)
	case 'd':
		return now.AddDate(0, 0, -n)
	case 'w':
		return now.AddDate(0, 0, -7*n)
	case 'm':
		return now.AddDate(0, -n, 0)
	default:
		return now.AddDate(-n, 0, 0)
	}
}
