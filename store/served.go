package store

import "postroom/desk"

const (
	listServed = `SELECT inbox, until FROM served WHERE account = ? ORDER BY until`
	dropServed = `DELETE FROM served WHERE account = ?`
	addServed  = `INSERT INTO served (account, until, inbox) VALUES (?, ?, ?)`
	// moveAccount ends the lease like removeAccount.
	moveAccount = `UPDATE accounts SET inbox = ?, holder = '', fence = fence + 1, until = 0 WHERE id = ? AND connected = 1`
	// listDisconnected is asked for when an account is connected, which is
	// rare: it looks at all there ever were.
	listDisconnected = `SELECT ` + accountColumns + accountsAll + ` WHERE a.connected = 0 ORDER BY a.id DESC`
)

// Served implements [desk.AccountReader].
func (r *reader) Served(id desk.AccountID) ([]desk.Served, error) {
	return collect(r.session, func(sc scanner) (desk.Served, error) {
		var s desk.Served
		err := sc.Scan(&s.Inbox, into(&s.Until))
		return s, err
	}, listServed, id)
}

// Disconnected implements [desk.AccountReader].
func (r *reader) Disconnected(folded string) (desk.Account, error) {
	all, err := collect(r.session, scanAccount, listDisconnected)
	if err != nil {
		return desk.Account{}, err
	}
	for _, a := range all {
		if desk.FoldAddress(a.Address) == folded {
			return a, nil
		}
	}
	return desk.Account{}, desk.ErrNoRow
}

// MoveAccount implements [desk.AccountWriter].
func (w *writer) MoveAccount(id desk.AccountID, to desk.InboxID, served []desk.Served) error {
	if err := w.mustChange(moveAccount, to, id); err != nil {
		return err
	}
	if err := w.do(dropServed, id); err != nil {
		return err
	}
	for _, s := range served {
		if err := w.do(addServed, id, millis(s.Until), s.Inbox); err != nil {
			return err
		}
	}
	return nil
}
