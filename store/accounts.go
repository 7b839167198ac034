package store

import (
	"errors"
	"time"

	"postroom/desk"
)

const (
	accountColumns = `a.id, a.inbox, a.address, a.imap, a.smtp, a.ca, a.username, a.secret, a.password_command,
		a.auth_serv_id, a.plus_addressing, a.files_sent, a.cut_off, a.state, a.cause, a.since, a.created_at, ` + oauthColumns + mailboxColumns
	accountsAll    = ` FROM accounts a` + withOAuth + withMailbox
	accountRows    = accountsAll + ` WHERE a.connected = 1`
	getAccount     = `SELECT ` + accountColumns + accountRows + ` AND a.id = ?`
	listAccounts   = `SELECT ` + accountColumns + accountRows + ` ORDER BY a.id`
	addressColumns = `d.address, d.account, d.kind, d.since, d.verified_at`
	getHolder      = `SELECT ` + addressColumns + `, ` + inboxColumns + ` FROM addresses d
		JOIN accounts a ON a.id = d.account JOIN inboxes i ON i.id = a.inbox WHERE d.folded = ?`
	addAccount = `INSERT INTO accounts (inbox, address, imap, smtp, ca, username, secret, password_command,
		auth_serv_id, plus_addressing, files_sent, cut_off, state, cause, since, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
	addAddress = `INSERT INTO addresses (folded, address, account, kind, since, verified_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	listAddresses = `SELECT ` + addressColumns + ` FROM addresses d
		ORDER BY d.account, CASE d.kind WHEN 'primary' THEN 0 ELSE 1 END, d.since, d.folded`
	saveVerified  = `UPDATE addresses SET verified_at = ? WHERE folded = ?`
	removeAddress = `DELETE FROM addresses WHERE folded = ?`
	removeAccount = `UPDATE accounts SET connected = 0, secret = NULL, password_command = '', holder = '',
		fence = fence + 1, until = 0, since = ? WHERE id = ? AND connected = 1`
	removeAddresses = `DELETE FROM addresses WHERE account = ?`
	removeSettled   = `DELETE FROM settled WHERE folder IN (SELECT f.id FROM folders f WHERE f.account = ?)`
	removeFolders   = `DELETE FROM folders WHERE account = ?`
	removeJobs      = `DELETE FROM jobs WHERE account = ?`
	saveSecret      = `UPDATE accounts SET secret = ?, password_command = ? WHERE id = ? AND connected = 1`
	removeMirror    = `DELETE FROM mirror WHERE account = ?`
	removeMailbox   = `DELETE FROM mailboxes WHERE account = ?`
	saveMailbox     = `INSERT INTO mailboxes (account, write_back, folders) VALUES (?, ?, ?)
		ON CONFLICT (account) DO UPDATE SET write_back = excluded.write_back, folders = excluded.folders`
	// saveServers ends the lease like removeAccount.
	saveServers = `UPDATE accounts SET imap = ?, smtp = ?, ca = ?, username = ?, holder = '', fence = fence + 1, until = 0
		WHERE id = ? AND connected = 1`
	saveCutOff = `UPDATE accounts SET cut_off = ? WHERE id = ? AND connected = 1`
	saveHealth = `UPDATE accounts SET state = ?, cause = ?, since = ? WHERE id = ? AND connected = 1`
)

func scanAccount(sc scanner) (desk.Account, error) {
	var a desk.Account
	var granted, client time.Time
	err := sc.Scan(&a.ID, &a.Inbox, &a.Address, &a.IMAP, &a.SMTP, &a.CA, &a.Username, &a.Secret, &a.PasswordCommand,
		&a.AuthServID, &a.PlusAddressing, &a.FilesSent, into(&a.CutOff), &a.State, &a.Cause, into(&a.Since), into(&a.CreatedAt),
		&a.OAuth, &a.OAuthUser, into(&granted), into(&client), &a.WriteBack, jsonInto{&a.Folders})
	if a.OAuth != "" {
		a.GrantedAt = later(granted, client)
	}
	return a, err
}

// Account implements [desk.AccountReader].
func (r *reader) Account(id desk.AccountID) (desk.Account, error) {
	return find(r.session, scanAccount, getAccount, id)
}

// Accounts implements [desk.AccountReader].
func (r *reader) Accounts() ([]desk.Account, error) {
	return collect(r.session, scanAccount, listAccounts)
}

// AddressHolder implements [desk.AccountReader].
func (r *reader) AddressHolder(folded string) (desk.Holder, error) {
	return find(r.session, func(sc scanner) (desk.Holder, error) {
		var h desk.Holder
		in := &h.Inbox
		err := sc.Scan(&h.Address.Address, &h.Account, &h.Kind, into(&h.Since), into(&h.VerifiedAt),
			&in.ID, &in.Name, &in.Kind, &in.Owner, into(&in.CreatedAt), &in.JoinedTo)
		return h, err
	}, getHolder, folded)
}

// Addresses implements [desk.AccountReader].
func (r *reader) Addresses() ([]desk.Address, error) {
	return recallAll(r.session, question{table: "addresses"}, func(sc scanner) (desk.Address, error) {
		var a desk.Address
		err := sc.Scan(&a.Address, &a.Account, &a.Kind, into(&a.Since), into(&a.VerifiedAt))
		return a, err
	}, listAddresses)
}

// AddAccount implements [desk.AccountWriter].
func (w *writer) AddAccount(a desk.Account) (desk.AccountID, error) {
	id, err := w.insert(addAccount, a.Inbox, a.Address, a.IMAP, a.SMTP, a.CA, a.Username, a.Secret, a.PasswordCommand,
		a.AuthServID, flag(a.PlusAddressing), flag(a.FilesSent), millis(a.CutOff), a.State, a.Cause, millis(a.Since), millis(a.CreatedAt))
	if err != nil {
		return 0, err
	}
	a.ID = desk.AccountID(id)
	err = w.AddAddress(desk.Address{Account: a.ID, Address: a.Address, Kind: desk.AddressPrimary, Since: a.CreatedAt, VerifiedAt: a.CreatedAt})
	return a.ID, errors.Join(err, w.SaveMailbox(a))
}

// SaveServers implements [desk.AccountWriter].
func (w *writer) SaveServers(a desk.Account) error {
	return w.mustChange(saveServers, a.IMAP, a.SMTP, a.CA, a.Username, a.ID)
}

// SaveMailbox implements [desk.AccountWriter].
func (w *writer) SaveMailbox(a desk.Account) error {
	folders, err := asJSON(a.Folders)
	if err != nil {
		return err
	}
	return errors.Join(w.mustChange(saveCutOff, millis(a.CutOff), a.ID), w.do(saveMailbox, a.ID, a.WriteBack, folders))
}

// AddAddress implements [desk.AccountWriter]. The key of the table lets one of
// several win.
func (w *writer) AddAddress(a desk.Address) error {
	n, err := w.exec(addAddress, desk.FoldAddress(a.Address), a.Address, a.Account, a.Kind, millis(a.Since), millis(a.VerifiedAt))
	if err == nil && n == 0 {
		return conflict("ADDRESS_IN_USE", "See who has it with: postroom account list", "%s is connected to this desk already.", a.Address)
	}
	return err
}

// SaveVerified implements [desk.AccountWriter].
func (w *writer) SaveVerified(folded string, at time.Time) error {
	return w.mustChange(saveVerified, millis(at), folded)
}

// RemoveAddress implements [desk.AccountWriter].
func (w *writer) RemoveAddress(folded string) error {
	return w.mustChange(removeAddress, folded)
}

// RemoveAccount implements [desk.AccountWriter]. The fence moves on, so that
// the worker that still serves the account can write no more.
func (w *writer) RemoveAccount(id desk.AccountID, at time.Time) error {
	n, err := w.exec(removeAccount, millis(at), id)
	if err != nil {
		return err
	}
	if n == 0 {
		return desk.ErrNoRow
	}
	return errors.Join(w.do(removeAddresses, id), w.do(removeSettled, id), w.do(removeFolders, id), w.do(removeJobs, id), w.do(removeTokens, id),
		w.do(removeMirror, id), w.do(removeMailbox, id))
}

// SaveHealth implements [desk.AccountWriter].
func (w *writer) SaveHealth(a desk.Account) error {
	return w.mustChange(saveHealth, a.State, a.Cause, millis(a.Since), a.ID)
}

// SaveSecret implements [desk.AccountWriter].
func (w *writer) SaveSecret(a desk.Account) error {
	return w.mustChange(saveSecret, a.Secret, a.PasswordCommand, a.ID)
}

// mustChange runs a statement for one row that has to be there.
func (w *writer) mustChange(text string, args ...any) error {
	n, err := w.exec(text, args...)
	if err == nil && n == 0 {
		return desk.ErrNoRow
	}
	return err
}

const (
	getLease     = `SELECT holder, fence, until FROM accounts WHERE id = ? AND connected = 1`
	setLease     = `UPDATE accounts SET holder = ?, fence = ?, until = ? WHERE id = ?`
	releaseLease = `UPDATE accounts SET holder = '', until = 0 WHERE id = ? AND holder = ? AND fence = ?`
)

func (r *reader) lease(id desk.AccountID) (desk.Lease, error) {
	l := desk.Lease{Account: id}
	err := r.get(getLease, []any{id}, &l.Holder, &l.Fence, into(&l.Until))
	return l, err
}

// TakeLease implements [desk.AccountWriter].
func (w *writer) TakeLease(want desk.Lease, dead string, now time.Time) (desk.Lease, error) {
	l, err := w.lease(want.Account)
	if err != nil {
		return desk.Lease{}, err
	}
	mine := l.Holder == want.Holder && l.Fence > 0
	free := l.Holder == "" || !l.Until.After(now) || dead != "" && l.Holder == dead
	if !mine && !free {
		return l, desk.ErrStale
	}
	want.Fence = l.Fence
	if !mine {
		want.Fence++
	}
	return want, w.do(setLease, want.Holder, want.Fence, millis(want.Until), want.Account)
}

// CheckFence implements [desk.AccountWriter].
func (w *writer) CheckFence(l desk.Lease, _ time.Time) error {
	now, err := w.lease(l.Account)
	if errors.Is(err, desk.ErrNoRow) || err == nil && now.Fence != l.Fence {
		return desk.ErrFenced
	}
	return err
}

// ReleaseLease implements [desk.AccountWriter]. One that somebody else has
// taken over stays his.
func (w *writer) ReleaseLease(l desk.Lease) error {
	return w.do(releaseLease, l.Account, l.Holder, l.Fence)
}
