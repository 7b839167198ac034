package store

import (
	"errors"
	"time"

	"postroom/desk"
)

const (
	strategyColumns = `s.id, s.name, s.kind, s.otherwise, s.created_at`
	listStrategies  = `SELECT ` + strategyColumns + ` FROM strategies s ORDER BY s.folded`
	getStrategy     = `SELECT ` + strategyColumns + ` FROM strategies s WHERE s.id = ?`
	getStrategyName = `SELECT ` + strategyColumns + ` FROM strategies s WHERE s.folded = ?`
	addStrategy     = `INSERT INTO strategies (name, folded, kind, otherwise, turn, created_at) VALUES (?, ?, ?, ?, 0, ?)
		ON CONFLICT DO NOTHING RETURNING id`
	saveStrategy   = `UPDATE strategies SET kind = ?, otherwise = ? WHERE id = ?`
	removeStrategy = `DELETE FROM strategies WHERE id = ?`
	listTargets    = `SELECT kind, target FROM strategy_targets WHERE strategy = ? ORDER BY n`
	addTarget      = `INSERT INTO strategy_targets (strategy, n, kind, target) VALUES (?, ?, ?, ?)`
	removeTargets  = `DELETE FROM strategy_targets WHERE strategy = ?`
	removeTurns    = `DELETE FROM strategy_turns WHERE strategy = ?`
	nextTurn       = `UPDATE strategies SET turn = turn + 1 WHERE id = ? RETURNING turn`
	giveTurn       = `INSERT INTO strategy_turns (strategy, user_id, turn) VALUES (?, ?, ?)
		ON CONFLICT (strategy, user_id) DO UPDATE SET turn = excluded.turn`

	listUses    = `SELECT r.inbox, r.address, r.strategy FROM routings r ORDER BY r.inbox, r.address`
	listUsesOf  = `SELECT r.inbox, r.address, r.strategy FROM routings r WHERE r.inbox = ? ORDER BY r.address`
	saveRouting = `INSERT INTO routings (inbox, address, strategy) VALUES (?, ?, ?)
		ON CONFLICT (inbox, address) DO UPDATE SET strategy = excluded.strategy`
	dropRouting = `DELETE FROM routings WHERE inbox = ? AND address = ?`

	anyWaiting  = `SELECT count(*) FROM (SELECT 1 FROM waiting LIMIT 1) w`
	listWaiting = `SELECT conversation, inbox, since, chain, without FROM waiting WHERE since > ? OR since = ? AND conversation > ?
		ORDER BY since, conversation LIMIT ?`
	saveWaiting = `INSERT INTO waiting (conversation, inbox, since, chain, without) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (conversation) DO UPDATE SET inbox = excluded.inbox, since = excluded.since, chain = excluded.chain,
		without = excluded.without`
	dropWaiting = `DELETE FROM waiting WHERE conversation = ?`
	rewait      = `UPDATE waiting SET chain = ? WHERE inbox = ? AND chain = ?`
	unwait      = `DELETE FROM waiting WHERE inbox = ? AND chain = ?`

	getHanded = `SELECT conversation, user_id, until, passed FROM handed WHERE conversation = ?`
	// hand is a compare-and-set: what is somebody else's is left alone.
	hand = `INSERT INTO handed (conversation, user_id, until, passed) VALUES (?, ?, ?, 0)
		ON CONFLICT (conversation) DO UPDATE SET user_id = excluded.user_id, until = excluded.until, passed = 0
		WHERE handed.until <= ? OR handed.passed = 1 OR handed.user_id = excluded.user_id`
	passOn = `UPDATE handed SET passed = 1 WHERE user_id = ? AND passed = 0`
)

func scanStrategy(sc scanner) (desk.Strategy, error) {
	var s desk.Strategy
	err := sc.Scan(&s.ID, &s.Name, &s.Kind, jsonInto{&s.Else}, into(&s.CreatedAt))
	return s, err
}

// Strategies implements [desk.StrategyReader].
func (r *reader) Strategies() ([]desk.Strategy, error) {
	list, err := collect(r.session, scanStrategy, listStrategies)
	for i := range list {
		if list[i].Targets, err = r.targets(list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, err
}

// Strategy implements [desk.StrategyReader].
func (r *reader) Strategy(id desk.StrategyID) (desk.Strategy, error) {
	return r.strategy(getStrategy, id)
}

// StrategyByName implements [desk.StrategyReader].
func (r *reader) StrategyByName(folded string) (desk.Strategy, error) {
	return r.strategy(getStrategyName, folded)
}

func (r *reader) strategy(query string, arg any) (desk.Strategy, error) {
	s, err := find(r.session, scanStrategy, query, arg)
	if err == nil {
		s.Targets, err = r.targets(s.ID)
	}
	return s, err
}

func (r *reader) targets(id desk.StrategyID) ([]desk.Grantee, error) {
	return collect(r.session, func(sc scanner) (desk.Grantee, error) {
		var g desk.Grantee
		err := sc.Scan(&g.Kind, &g.ID)
		return g, err
	}, listTargets, id)
}

// AddStrategy implements [desk.StrategyWriter].
func (w *writer) AddStrategy(s desk.Strategy) (desk.StrategyID, error) {
	otherwise, err := asJSON(s.Else)
	if err != nil {
		return 0, err
	}
	id, err := w.insert(addStrategy, s.Name, desk.FoldName(s.Name), s.Kind, otherwise, millis(s.CreatedAt))
	if errors.Is(err, desk.ErrNoRow) {
		return 0, conflict("NAME_IN_USE", "Choose another name, or change it with: postroom strategy set", "There is a strategy %q already.", s.Name)
	}
	if err != nil {
		return 0, err
	}
	s.ID = desk.StrategyID(id)
	return s.ID, w.saveTargets(s)
}

// SaveStrategy implements [desk.StrategyWriter].
func (w *writer) SaveStrategy(s desk.Strategy) error {
	otherwise, err := asJSON(s.Else)
	if err != nil {
		return err
	}
	if err := w.mustChange(saveStrategy, s.Kind, otherwise, s.ID); err != nil {
		return err
	}
	if err := w.do(removeTargets, s.ID); err != nil {
		return err
	}
	return w.saveTargets(s)
}

func (w *writer) saveTargets(s desk.Strategy) error {
	for n, g := range s.Targets {
		if err := w.do(addTarget, s.ID, n, g.Kind, g.ID); err != nil {
			return err
		}
	}
	return nil
}

// RemoveStrategy implements [desk.StrategyWriter].
func (w *writer) RemoveStrategy(id desk.StrategyID) error {
	return errors.Join(w.do(removeTargets, id), w.do(removeTurns, id), w.do(removeStrategy, id))
}

// GiveTurn implements [desk.StrategyWriter]. The turn is a number of the
// strategy's own, so that two in the same millisecond have an order.
func (w *writer) GiveTurn(id desk.StrategyID, u desk.UserID) error {
	turn, err := w.insert(nextTurn, id)
	if err != nil {
		return err
	}
	return w.do(giveTurn, id, u, turn)
}

func scanUse(sc scanner) (desk.Use, error) {
	var u desk.Use
	err := sc.Scan(&u.Inbox, &u.Address, &u.Routing)
	return u, err
}

// Uses implements [desk.StrategyReader].
func (r *reader) Uses() ([]desk.Use, error) { return collect(r.session, scanUse, listUses) }

// UsesOf implements [desk.StrategyReader].
func (r *reader) UsesOf(in desk.InboxID) ([]desk.Use, error) {
	return recallAll(r.session, question{table: "routings", inbox: in}, scanUse, listUsesOf, in)
}

// SaveRouting implements [desk.StrategyWriter].
func (w *writer) SaveRouting(u desk.Use) error {
	if u.Routing == 0 {
		return w.do(dropRouting, u.Inbox, u.Address)
	}
	return w.do(saveRouting, u.Inbox, u.Address, u.Routing)
}

// AnyWaiting implements [desk.StrategyReader].
func (r *reader) AnyWaiting() (bool, error) {
	var n int
	err := r.get(anyWaiting, nil, &n)
	return n > 0, err
}

// Waiting implements [desk.StrategyReader].
func (r *reader) Waiting(after desk.Waiting, limit int) ([]desk.Waiting, error) {
	return collect(r.session, func(sc scanner) (desk.Waiting, error) {
		var w desk.Waiting
		err := sc.Scan(&w.Conversation, &w.Inbox, into(&w.Since), jsonInto{&w.Chain}, &w.Without)
		return w, err
	}, listWaiting, millis(after.Since), millis(after.Since), after.Conversation, limit)
}

// SaveWaiting implements [desk.StrategyWriter].
func (w *writer) SaveWaiting(wait desk.Waiting) error {
	chain, err := asJSON(wait.Chain)
	if err != nil {
		return err
	}
	return w.do(saveWaiting, wait.Conversation, wait.Inbox, millis(wait.Since), chain, wait.Without)
}

// DropWaiting implements [desk.StrategyWriter].
func (w *writer) DropWaiting(c desk.ConversationID) error { return w.do(dropWaiting, c) }

// Rewait implements [desk.StrategyWriter].
func (w *writer) Rewait(in desk.InboxID, from, to []desk.Choice) error {
	was, err := asJSON(from)
	if err != nil {
		return err
	}
	if len(to) == 0 {
		return w.do(unwait, in, was)
	}
	is, err := asJSON(to)
	if err != nil {
		return err
	}
	return w.do(rewait, is, in, was)
}

// Handed implements [desk.StrategyReader].
func (r *reader) Handed(c desk.ConversationID) (desk.Handed, error) {
	return find(r.session, func(sc scanner) (desk.Handed, error) {
		var h desk.Handed
		err := sc.Scan(&h.Conversation, &h.User, into(&h.Until), &h.Passed)
		return h, err
	}, getHanded, c)
}

// Hand implements [desk.StrategyWriter].
func (w *writer) Hand(h desk.Handed, now time.Time) (bool, error) {
	n, err := w.exec(hand, h.Conversation, h.User, millis(h.Until), millis(now))
	return n > 0, err
}

// PassOn implements [desk.StrategyWriter].
func (w *writer) PassOn(u desk.UserID) error { return w.do(passOn, u) }
