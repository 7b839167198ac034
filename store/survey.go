package store

import (
	"time"

	"postroom/desk"
)

// What looks at the desk as a whole: one statement for each question, on
// indexes, with whose it is joined inside where it is about conversations.
const (
	listMemberships = `SELECT m.inbox, m.user_id, m.reply, m.assign, m.configure FROM members m JOIN users u ON u.id = m.user_id ORDER BY m.inbox, u.folded`
	// newestOf leaves out what has not left, or perhaps not.
	newestOf = `coalesce((SELECT m.id FROM messages m WHERE m.account = a.id AND m.account <> 0
		AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message = m.id AND o.state <> 'accepted') AND m.direction = `
	newestEnd    = ` ORDER BY m.id DESC LIMIT 1), 0)`
	lastMails    = `SELECT a.id, ` + newestOf + `'in'` + newestEnd + `, ` + newestOf + `'out'` + newestEnd + ` FROM accounts a WHERE a.connected = 1`
	listDeputies = `SELECT inbox, deputy FROM inbox_settings WHERE deputy <> 0`
	listVisits   = `SELECT user_id, inbox, at FROM visits ORDER BY inbox, user_id`
	// saveVisit writes once an hour at most: most of what people do finds its
	// hour noted.
	saveVisit = `INSERT INTO visits (user_id, inbox, at) VALUES (?, ?, ?)
		ON CONFLICT (user_id, inbox) DO UPDATE SET at = excluded.at WHERE excluded.at >= visits.at + 3600000`
	// CROSS JOIN keeps SQLite from beginning with the messages.
	listAnswerers = `SELECT m.account, m.author, count(*) FROM accounts a CROSS JOIN messages m
		WHERE a.connected = 1 AND m.account = a.id AND m.account <> 0 AND m.direction = 'out' AND m.id >= ? GROUP BY m.account, m.author ORDER BY m.account, m.author`
	activeIn = `(SELECT count(*) FROM (SELECT 1 FROM conversations c WHERE c.inbox = i.id AND c.place = '`
	activity = `SELECT i.id, ` + activeIn + `open' AND c.last_at >= ? LIMIT ?) o) + ` +
		activeIn + `closed' AND c.last_at >= ? LIMIT ?) o) FROM inboxes i`
	someConversation = `c.id, c.inbox, c.last_at, c.assignee, c.subject`
	visibleOpen      = ` FROM members v JOIN conversations c ON c.inbox = v.inbox AND c.place = 'open'`
	listStale        = `SELECT ` + someConversation + visibleOpen + ` AND c.last_at < ? WHERE v.user_id = ? ORDER BY c.last_at, c.id LIMIT ?`
	heldByDisabled   = `SELECT ` + someConversation + ` FROM members v JOIN users u ON u.disabled_at <> ?
		JOIN conversations c ON c.inbox = v.inbox AND c.place = 'open' AND c.assignee = u.id
		WHERE v.user_id = ? ORDER BY c.id LIMIT ?`
	listUnreadable = `SELECT DISTINCT ` + someConversation + ` FROM members v JOIN messages m ON m.inbox = v.inbox AND m.unreadable = 1
		JOIN conversations c ON c.id = m.conversation AND c.inbox = v.inbox AND c.place = 'open'
		WHERE v.user_id = ? ORDER BY c.id LIMIT ?`
	countUnparsed = `SELECT count(*) FROM raws WHERE parsed = 0`
	unparsedIn    = `SELECT count(*) FROM raws WHERE parsed = 0 AND inbox = ?`
	listRaws      = `SELECT id FROM raws WHERE inbox = ? AND id > ? ORDER BY id LIMIT ?`
	listUpkeep    = `SELECT ` + eventColumns + ` FROM events e WHERE e.kind IN ('backed up', 'signed off') AND e.kind = ?
		ORDER BY e.seq DESC LIMIT ?`
)

// Memberships implements [desk.SurveyReader].
func (r *reader) Memberships() ([]desk.Membership, error) {
	return collect(r.session, func(sc scanner) (desk.Membership, error) {
		var m desk.Membership
		err := sc.Scan(&m.Inbox, &m.User, &m.Rights.Reply, &m.Rights.Assign, &m.Rights.Configure)
		return m, err
	}, listMemberships)
}

// LastMails implements [desk.SurveyReader].
func (r *reader) LastMails() ([]desk.LastMail, error) {
	return collect(r.session, func(sc scanner) (desk.LastMail, error) {
		var l desk.LastMail
		var in, out desk.MessageID
		err := sc.Scan(&l.Account, &in, &out)
		l.In, l.Out = arrival(in), arrival(out)
		return l, err
	}, lastMails)
}

// arrival is the time an id was made for.
func arrival(id desk.MessageID) time.Time {
	if id == 0 {
		return time.Time{}
	}
	return time.Unix(id.Unix(), 0).UTC()
}

// Deputies implements [desk.SurveyReader].
func (r *reader) Deputies() (map[desk.InboxID]desk.UserID, error) {
	rows, err := r.query(listDeputies)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	deputies := map[desk.InboxID]desk.UserID{}
	for rows.Next() {
		var in desk.InboxID
		var u desk.UserID
		if err := rows.Scan(&in, &u); err != nil {
			return nil, err
		}
		deputies[in] = u
	}
	return deputies, rows.Err()
}

// Visits implements [desk.SurveyReader].
func (r *reader) Visits() ([]desk.Visit, error) {
	return collect(r.session, func(sc scanner) (desk.Visit, error) {
		var v desk.Visit
		err := sc.Scan(&v.User, &v.Inbox, into(&v.At))
		return v, err
	}, listVisits)
}

// SaveVisit implements [desk.SurveyWriter].
func (w *writer) SaveVisit(v desk.Visit) error {
	return w.do(saveVisit, v.User, v.Inbox, millis(v.At))
}

// Answerers implements [desk.SurveyReader].
func (r *reader) Answerers(since time.Time) ([]desk.Answerer, error) {
	return collect(r.session, func(sc scanner) (desk.Answerer, error) {
		var a desk.Answerer
		err := sc.Scan(&a.Account, &a.User, &a.Mails)
		return a, err
	}, listAnswerers, desk.FirstMessageID(since.Unix()))
}

// Activity implements [desk.SurveyReader].
func (r *reader) Activity(since time.Time, most int) (map[desk.InboxID]int, error) {
	type row struct {
		inbox desk.InboxID
		n     int
	}
	rows, err := collect(r.session, func(sc scanner) (row, error) {
		var x row
		err := sc.Scan(&x.inbox, &x.n)
		return x, err
	}, activity, millis(since), most, millis(since), most)
	counts := make(map[desk.InboxID]int, len(rows))
	for _, x := range rows {
		counts[x.inbox] = min(x.n, most)
	}
	return counts, err
}

func scanSome(sc scanner) (desk.Conversation, error) {
	var c desk.Conversation
	err := sc.Scan(&c.ID, &c.Inbox, into(&c.LastAt), &c.Assignee, &c.Subject)
	return c, err
}

// Stale implements [desk.SurveyReader].
func (r *reader) Stale(viewer desk.UserID, since time.Time, limit int) ([]desk.Conversation, error) {
	return collect(r.session, scanSome, listStale, millis(since), viewer, limit)
}

// HeldByDisabled implements [desk.SurveyReader].
func (r *reader) HeldByDisabled(viewer desk.UserID, limit int) ([]desk.Conversation, error) {
	return collect(r.session, scanSome, heldByDisabled, millis(time.Time{}), viewer, limit)
}

// Unreadable implements [desk.SurveyReader].
func (r *reader) Unreadable(viewer desk.UserID, limit int) ([]desk.Conversation, error) {
	return collect(r.session, scanSome, listUnreadable, viewer, limit)
}

// CountUnparsed implements [desk.SurveyReader].
func (r *reader) CountUnparsed() (int, error) {
	var n int
	err := r.get(countUnparsed, nil, &n)
	return n, err
}

// UnparsedIn implements [desk.SurveyReader].
func (r *reader) UnparsedIn(in desk.InboxID) (int, error) {
	var n int
	err := r.get(unparsedIn, []any{in}, &n)
	return n, err
}

// Raws implements [desk.SurveyReader].
func (r *reader) Raws(in desk.InboxID, after desk.RawID, limit int) ([]desk.RawID, error) {
	return collect(r.session, number[desk.RawID], listRaws, in, after, limit)
}

// Upkeep implements [desk.SurveyReader].
func (r *reader) Upkeep(kind desk.EventKind, limit int) ([]desk.Event, error) {
	return collect(r.session, scanEvent, listUpkeep, kind, limit)
}
