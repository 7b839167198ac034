package store

import "postroom/desk"

const (
	addTally = `INSERT INTO tallies (inbox, who, open, owed, closed, spam) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (inbox, who) DO UPDATE SET open = tallies.open + excluded.open,
		owed = tallies.owed + excluded.owed, closed = tallies.closed + excluded.closed, spam = tallies.spam + excluded.spam`
	readTallies = `SELECT m.inbox, t.who, t.open, t.owed, t.closed, t.spam FROM members m
		JOIN tallies t ON t.inbox = m.inbox AND t.who IN (-1, 0, ?) WHERE m.user_id = ?`
)

// tally is what one conversation adds to the numbers of its inbox.
type tally struct {
	inbox                    desk.InboxID
	who                      desk.UserID
	open, owed, closed, spam int64
}

func tallyOf(c desk.Conversation) tally {
	t := tally{inbox: c.Inbox, who: c.Assignee}
	switch placeOf(c) {
	case desk.InOpen:
		t.open = 1
		t.owed = flag(c.Rank() < desk.RankOwed)
	case desk.InClosed:
		t.closed = 1
	case desk.InSpam:
		t.spam = 1
	default: // joined: counts nowhere
	}
	return t
}

func (t tally) zero() bool { return t.open == 0 && t.owed == 0 && t.closed == 0 && t.spam == 0 }

// retally moves a conversation in the numbers from what it was to what it is.
func (w *writer) retally(b, a tally) error {
	if a == b {
		return nil
	}
	b.open, b.owed, b.closed, b.spam = -b.open, -b.owed, -b.closed, -b.spam
	if a.inbox == b.inbox {
		sum := tally{a.inbox, desk.UserID(desk.Anybody), a.open + b.open, a.owed + b.owed, a.closed + b.closed, a.spam + b.spam}
		return w.addTallies(a, b, sum)
	}
	all := func(t tally) tally { t.who = desk.UserID(desk.Anybody); return t }
	return w.addTallies(a, b, all(a), all(b))
}

func (w *writer) addTallies(list ...tally) error {
	for _, t := range list {
		if t.zero() {
			continue
		}
		if err := w.do(addTally, t.inbox, t.who, t.open, t.owed, t.closed, t.spam); err != nil {
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
		var who, open, owed, closed, spam int64
		if err := rows.Scan(&in, &who, &open, &owed, &closed, &spam); err != nil {
			return nil, err
		}
		c := counts[in]
		switch who {
		case int64(desk.Anybody):
			c.Open, c.Owed, c.Closed, c.Spam = int(open), int(owed), int(closed), int(spam)
		case int64(desk.Nobody):
			c.Unassigned = int(open)
		default:
			c.Mine = int(open)
		}
		counts[in] = c
	}
	return counts, rows.Err()
}
