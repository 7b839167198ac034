package store

import (
	"time"

	"postroom/desk"
)

const (
	addTally = `INSERT INTO tallies (inbox, who, open, owed, closed, spam, snoozed, trash, soon, overdue) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (inbox, who) DO UPDATE SET open = tallies.open + excluded.open,
		owed = tallies.owed + excluded.owed, closed = tallies.closed + excluded.closed, spam = tallies.spam + excluded.spam,
		snoozed = tallies.snoozed + excluded.snoozed, trash = tallies.trash + excluded.trash,
		soon = tallies.soon + excluded.soon, overdue = tallies.overdue + excluded.overdue`
	readTallies = `SELECT m.inbox, t.who, t.open, t.owed, t.closed, t.spam, t.snoozed, t.trash, t.soon, t.overdue FROM members m
		JOIN tallies t ON t.inbox = m.inbox AND t.who IN (-1, 0, ?) WHERE m.user_id = ?`
	// unassignedBefore is the beginning of one index range, and ends at a limit.
	unassignedBefore = `SELECT c.id FROM conversations c
		WHERE c.inbox = ? AND c.place = 'open' AND c.assignee = 0 AND c.rank < ? AND c.team = 0 LIMIT ?`
	// teamTallies are rows that [ofTeam] has numbered.
	teamTallies = `SELECT t.who, t.open FROM members m JOIN tallies t ON t.inbox = m.inbox AND t.who < -1
		WHERE m.user_id = ? AND t.open > 0`
)

// tally is what one conversation adds to the numbers of its inbox.
type tally struct {
	inbox                                    desk.InboxID
	who                                      desk.UserID
	open, owed, closed, spam, snoozed, trash int64
	soon, overdue                            int64
}

// ofTeam is who a conversation is counted for that a team has and nobody of it:
// a number below that of all together.
func ofTeam(t desk.TeamID) desk.UserID { return desk.UserID(desk.Anybody) - desk.UserID(t) }

func tallyOf(c desk.Conversation) tally {
	t := tally{inbox: c.Inbox, who: c.Assignee}
	if c.Assignee == 0 && c.Team != 0 {
		t.who = ofTeam(c.Team)
	}
	if p := placeOf(c); p == desk.InOpen || p == desk.InSnoozed {
		t.soon, t.overdue = flag(c.DueState == desk.ClockSoon), flag(c.DueState == desk.ClockOverdue)
	}
	switch placeOf(c) {
	case desk.InOpen:
		t.open = 1
		t.owed = flag(c.Rank() < desk.RankOwed)
	case desk.InClosed:
		t.closed = 1
	case desk.InSpam:
		t.spam = 1
	case desk.InSnoozed:
		t.snoozed = 1
	case desk.InTrash:
		t.trash = 1
	default: // joined: counts nowhere
	}
	return t
}

func (t tally) zero() bool { return t == tally{inbox: t.inbox, who: t.who} }

// plus adds the numbers of another tally to those of t.
func (t tally) plus(o tally) tally {
	t.open, t.owed, t.closed = t.open+o.open, t.owed+o.owed, t.closed+o.closed
	t.spam, t.snoozed, t.trash = t.spam+o.spam, t.snoozed+o.snoozed, t.trash+o.trash
	t.soon, t.overdue = t.soon+o.soon, t.overdue+o.overdue
	return t
}

// minus is what takes t away again.
func (t tally) minus() tally {
	t.open, t.owed, t.closed, t.spam, t.snoozed, t.trash = -t.open, -t.owed, -t.closed, -t.spam, -t.snoozed, -t.trash
	t.soon, t.overdue = -t.soon, -t.overdue
	return t
}

// retally moves a conversation in the numbers from what it was to what it is.
func (w *writer) retally(b, a tally) error {
	if a == b {
		return nil
	}
	b = b.minus()
	all := func(t tally) tally { t.who = desk.UserID(desk.Anybody); return t }
	if a.inbox == b.inbox {
		return w.addTallies(a, b, all(a.plus(b)))
	}
	return w.addTallies(a, b, all(a), all(b))
}

func (w *writer) addTallies(list ...tally) error {
	for _, t := range list {
		if t.zero() {
			continue
		}
		if err := w.do(addTally, t.inbox, t.who, t.open, t.owed, t.closed, t.spam, t.snoozed, t.trash, t.soon, t.overdue); err != nil {
			return err
		}
	}
	return nil
}

// Counts implements [desk.ConversationReader].
func (r *reader) Counts(viewer desk.UserID) (map[desk.InboxID]desk.Counts, error) {
	ids, err := r.visible(viewer)
	if err != nil {
		return nil, err
	}
	counts := make(map[desk.InboxID]desk.Counts, len(ids))
	for _, id := range ids {
		counts[id] = desk.Counts{}
	}
	rows, err := r.query(readTallies, viewer, viewer)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var in desk.InboxID
		var who int64
		var n desk.Counts
		if err := rows.Scan(&in, &who, &n.Open, &n.Owed, &n.Closed, &n.Spam, &n.Snoozed, &n.Trash, &n.Soon, &n.Overdue); err != nil {
			return nil, err
		}
		c := counts[in]
		switch who {
		case int64(desk.Anybody):
			n.Unassigned, n.Mine = c.Unassigned, c.Mine
			c = n
		case int64(desk.Nobody):
			c.Unassigned = n.Open
		default:
			c.Mine = n.Open
		}
		counts[in] = c
	}
	return counts, rows.Err()
}

// UnassignedBefore implements [desk.ConversationReader].
func (r *reader) UnassignedBefore(in desk.InboxID, before time.Time, most int) (int, error) {
	ids, err := collect(r.session, number[desk.ConversationID], unassignedBefore, in, min(before.UnixMilli(), desk.RankOwed), most)
	return len(ids), err
}

// TeamCounts implements [desk.ConversationReader].
func (r *reader) TeamCounts(viewer desk.UserID) (map[desk.TeamID]int, error) {
	counts := map[desk.TeamID]int{}
	_, err := collect(r.session, func(sc scanner) (desk.TeamID, error) {
		var who desk.UserID
		var open int
		err := sc.Scan(&who, &open)
		t := desk.TeamID(desk.UserID(desk.Anybody) - who)
		counts[t] += open
		return t, err
	}, teamTallies, viewer)
	return counts, err
}
