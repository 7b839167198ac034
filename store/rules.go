package store

import (
	"errors"
	"strings"
	"time"

	"postroom/desk"
)

const (
	ruleColumns = `id, name, position, enabled, inbox, channel, runs_on, condition, actions, edition, checked, hits, last_hit`
	listRules   = `SELECT ` + ruleColumns + ` FROM rules ORDER BY position, id`
	ruleByName  = `SELECT ` + ruleColumns + ` FROM rules WHERE folded = ?`
	addRule     = `INSERT INTO rules (name, folded, position, enabled, inbox, channel, runs_on, condition, actions, edition, checked, hits, last_hit)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING RETURNING id`
	saveRule = `UPDATE rules SET name = ?, folded = ?, position = ?, enabled = ?, inbox = ?, channel = ?, runs_on = ?,
		condition = ?, actions = ?, edition = ?, checked = ? WHERE id = ?`
	otherRule  = `SELECT count(*) FROM rules WHERE folded = ? AND id <> ?`
	removeRule = `DELETE FROM rules WHERE id = ?`
	forgetHits = `DELETE FROM rule_hits WHERE rule = ?`

	ruleEdition = `SELECT coalesce(max(edition), 0) FROM rule_history`
	ruleChanges = `SELECT edition, rule, at, actor, user_id, login, change, data FROM rule_history
		WHERE (rule = ? OR ? = 0) AND (edition <= ? OR ? = 0) ORDER BY edition`
	addRuleChange = `INSERT INTO rule_history (edition, rule, at, actor, user_id, login, change, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

	addRuleHit = `INSERT INTO rule_hits (rule, conversation, occasion, mark, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	countHit   = `UPDATE rules SET hits = hits + 1, last_hit = ? WHERE id = ?`
	addRuleRun = `INSERT INTO rule_runs (conversation, message, runs_on, at, edition, facts, acted) VALUES (?, ?, ?, ?, ?, ?, ?)`
	ruleRuns   = `SELECT conversation, message, runs_on, at, edition, facts, acted FROM (SELECT * FROM rule_runs
		WHERE conversation = ? ORDER BY id DESC LIMIT ?) r ORDER BY id`
	oldestRun = `SELECT at FROM rule_runs ORDER BY id LIMIT 1`
	// Runs are noted in the order of time, so those to forget are the first.
	forgetRuns  = `DELETE FROM rule_runs WHERE at < ? AND id IN (SELECT id FROM rule_runs ORDER BY id LIMIT ?)`
	forgetOlder = `DELETE FROM rule_runs WHERE conversation = ? AND id <= (SELECT id FROM rule_runs WHERE conversation = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`
	moveRuns    = `UPDATE rule_runs SET conversation = ? WHERE conversation = ?`

	// A rank counts up for who waits and down for who does not.
	idleConversations = `SELECT id, rank FROM conversations WHERE inbox = ? AND place = ? AND rank > ? AND rank <= ? AND joined_to = 0 ORDER BY rank, id LIMIT ?`
	idleLatest        = `SELECT id, rank FROM conversations WHERE inbox = ? AND place = ? AND rank >= ? AND rank < ? AND joined_to = 0 ORDER BY rank DESC, id LIMIT ?`
	nextWaiting       = `SELECT coalesce(min(rank), 0) FROM conversations WHERE inbox = ? AND place = ? AND rank > ? AND rank < ?`
	nextSilent        = `SELECT coalesce(max(rank), 0) FROM conversations WHERE inbox = ? AND place = ? AND rank < ? AND rank >= ?`

	setRuleChecked = `UPDATE rules SET checked = ? WHERE id = ? AND checked = ?`
)

// lines are short texts without line breaks, kept one below the other.
func lines[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = string(s)
	}
	return strings.Join(texts, "\n")
}

func fromLines[T ~string](text string) []T {
	var list []T
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			list = append(list, T(line))
		}
	}
	return list
}

func scanRule(sc scanner) (desk.Rule, error) {
	var r desk.Rule
	var on, then string
	err := sc.Scan(&r.ID, &r.Name, &r.Position, &r.Enabled, &r.Inbox, &r.Channel, &on, &r.When, &then, &r.Edition, into(&r.Checked), &r.Hits, into(&r.LastHit))
	r.On, r.Then = fromLines[desk.RuleEvent](on), fromLines[string](then)
	return r, err
}

// Rules implements [desk.RuleReader].
func (r *reader) Rules() ([]desk.Rule, error) { return collect(r.session, scanRule, listRules) }

// RuleByName implements [desk.RuleReader].
func (r *reader) RuleByName(folded string) (desk.Rule, error) {
	return find(r.session, scanRule, ruleByName, folded)
}

// RuleEdition implements [desk.RuleReader].
func (r *reader) RuleEdition() (desk.Edition, error) {
	return recall(r.session, question{table: "rule_history"}, func() (e desk.Edition, err error) {
		err = r.get(ruleEdition, nil, &e)
		return e, err
	})
}

func ruleNamed(name string) error {
	return conflict("NAME_IN_USE", "Choose another name.", "There is a rule %q already.", name)
}

// AddRule implements [desk.RuleWriter].
func (w *writer) AddRule(r desk.Rule) (desk.RuleID, error) {
	id, err := w.insert(addRule, r.Name, desk.FoldName(r.Name), r.Position, flag(r.Enabled), r.Inbox, r.Channel, lines(r.On), r.When, lines(r.Then),
		r.Edition, millis(r.Checked), millis(time.Time{}))
	if errors.Is(err, desk.ErrNoRow) {
		return 0, ruleNamed(r.Name)
	}
	return desk.RuleID(id), err
}

// SaveRule implements [desk.RuleWriter].
func (w *writer) SaveRule(r desk.Rule) error {
	var others int
	if err := w.get(otherRule, []any{desk.FoldName(r.Name), r.ID}, &others); err != nil {
		return err
	}
	if others > 0 {
		return ruleNamed(r.Name)
	}
	return w.do(saveRule, r.Name, desk.FoldName(r.Name), r.Position, flag(r.Enabled), r.Inbox, r.Channel, lines(r.On), r.When, lines(r.Then),
		r.Edition, millis(r.Checked), r.ID)
}

// RemoveRule implements [desk.RuleWriter].
func (w *writer) RemoveRule(id desk.RuleID) error {
	return errors.Join(w.do(removeRule, id), w.do(forgetHits, id))
}

func scanRuleChange(sc scanner) (desk.RuleChange, error) {
	var c desk.RuleChange
	err := sc.Scan(&c.Edition, &c.Rule, into(&c.At), &c.Actor.Kind, &c.Actor.User, &c.Actor.Login, &c.Change, rawJSON{&c.Data})
	return c, err
}

// RuleChanges implements [desk.RuleReader].
func (r *reader) RuleChanges(rule desk.RuleID, upTo desk.Edition) ([]desk.RuleChange, error) {
	return collect(r.session, scanRuleChange, ruleChanges, rule, rule, upTo, upTo)
}

// AddRuleChange implements [desk.RuleWriter].
func (w *writer) AddRuleChange(c desk.RuleChange) (desk.Edition, error) {
	last, err := w.RuleEdition()
	if err != nil {
		return 0, err
	}
	next := last + 1
	return next, w.do(addRuleChange, next, c.Rule, millis(c.At), c.Actor.Kind, c.Actor.User, c.Actor.Login, c.Change, string(c.Data))
}

// NoteRuleHit implements [desk.RuleWriter].
func (w *writer) NoteRuleHit(h desk.RuleHit) (bool, error) {
	n, err := w.exec(addRuleHit, h.Rule, h.Conversation, h.Occasion, h.Mark, millis(h.At))
	if err != nil || n == 0 {
		return false, err
	}
	return true, w.do(countHit, millis(h.At), h.Rule)
}

// AddRuleRun implements [desk.RuleWriter].
func (w *writer) AddRuleRun(run desk.RuleRun, keep int) error {
	err := w.do(addRuleRun, run.Conversation, run.Message, run.On, millis(run.At), run.Edition, string(run.Facts), string(run.Acted))
	if err != nil {
		return err
	}
	return w.do(forgetOlder, run.Conversation, run.Conversation, keep)
}

// OldestRuleRun implements [desk.RuleReader].
func (r *reader) OldestRuleRun() (time.Time, error) {
	var at time.Time
	err := r.get(oldestRun, nil, into(&at))
	if errors.Is(err, desk.ErrNoRow) {
		return time.Time{}, nil
	}
	return at, err
}

// ForgetRuleRuns implements [desk.RuleWriter].
func (w *writer) ForgetRuleRuns(before time.Time, limit int) error {
	return w.do(forgetRuns, millis(before), limit)
}

// RuleRuns implements [desk.RuleReader].
func (r *reader) RuleRuns(c desk.ConversationID, limit int) ([]desk.RuleRun, error) {
	return collect(r.session, func(sc scanner) (desk.RuleRun, error) {
		var run desk.RuleRun
		err := sc.Scan(&run.Conversation, &run.Message, &run.On, into(&run.At), &run.Edition, rawJSON{&run.Facts}, rawJSON{&run.Acted})
		return run, err
	}, ruleRuns, c, limit)
}

// Idle implements [desk.RuleReader].
func (r *reader) Idle(in desk.InboxID, owed bool, after, until time.Time, limit int) ([]desk.Idle, error) {
	query, from, to := idleConversations, after.UnixMilli(), until.UnixMilli()
	if !owed {
		query, from, to = idleLatest, 2*desk.RankOwed-until.UnixMilli(), 2*desk.RankOwed-after.UnixMilli()
	}
	return collect(r.session, func(sc scanner) (desk.Idle, error) {
		var idle desk.Idle
		var rank int64
		err := sc.Scan(&idle.Conversation, &rank)
		if !owed {
			rank = 2*desk.RankOwed - rank
		}
		idle.Since = fromMillis(rank)
		return idle, err
	}, query, in, desk.InOpen, from, to, limit)
}

// NextIdle implements [desk.RuleReader].
func (r *reader) NextIdle(in desk.InboxID, owed bool, after time.Time) (time.Time, error) {
	var rank int64
	query, args := nextWaiting, []any{in, desk.InOpen, after.UnixMilli(), int64(desk.RankOwed)}
	if !owed {
		query, args = nextSilent, []any{in, desk.InOpen, 2*desk.RankOwed - after.UnixMilli(), int64(desk.RankOwed)}
	}
	if err := r.get(query, args, &rank); err != nil || rank == 0 {
		return time.Time{}, err
	}
	if !owed {
		rank = 2*desk.RankOwed - rank
	}
	return fromMillis(rank), nil
}

// SetRuleChecked implements [desk.RuleWriter].
func (w *writer) SetRuleChecked(id desk.RuleID, before, now time.Time) (bool, error) {
	n, err := w.exec(setRuleChecked, millis(now), id, millis(before))
	return n > 0, err
}
