package store

import (
	"fmt"
	"time"

	"postroom/desk"
)

const (
	folderColumns = `f.id, f.account, f.name, f.role, f.uidvalidity, f.uidnext, f.backfilled, f.modseq`
	getFolder     = `SELECT ` + folderColumns + ` FROM folders f WHERE f.account = ? AND f.name = ?`
	listFolders   = `SELECT ` + folderColumns + ` FROM folders f WHERE f.account = ? ORDER BY f.name`
	renameFolder  = `UPDATE folders SET name = ? WHERE id = ?`
	rawUnder      = `SELECT raw FROM ledger WHERE folder = ? AND uidvalidity = ? AND uid = ?`
	saveFolder    = `INSERT INTO folders (account, name, role, uidvalidity, uidnext, backfilled, modseq)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, name) DO UPDATE SET role = excluded.role,
		uidvalidity = excluded.uidvalidity, uidnext = excluded.uidnext, backfilled = excluded.backfilled,
		modseq = excluded.modseq RETURNING id`
	getSettled = `SELECT uidvalidity, messages, uidnext, modseq, at FROM settled WHERE folder = ?`
	setSettled = `INSERT INTO settled (folder, uidvalidity, messages, uidnext, modseq, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (folder) DO UPDATE SET uidvalidity = excluded.uidvalidity, messages = excluded.messages,
		uidnext = excluded.uidnext, modseq = excluded.modseq, at = excluded.at`
	ledgerUIDs = `SELECT uid FROM ledger WHERE folder = ? AND uidvalidity = ? AND gone_at = ? ORDER BY uid`
	countUIDs  = `SELECT count(*) FROM ledger WHERE folder = ? AND uidvalidity = ? AND uid BETWEEN ? AND ? AND gone_at = ?`
)

func scanFolder(sc scanner) (desk.Folder, error) {
	var f desk.Folder
	var modseq int64
	err := sc.Scan(&f.ID, &f.Account, &f.Name, &f.Role, &f.UIDValidity, &f.UIDNext, &f.Backfilled, &modseq)
	f.ModSeq = uint64(modseq)
	return f, err
}

// Folder implements [desk.LedgerReader].
func (r *reader) Folder(a desk.AccountID, name string) (desk.Folder, error) {
	return find(r.session, scanFolder, getFolder, a, name)
}

// Folders implements [desk.LedgerReader].
func (r *reader) Folders(a desk.AccountID) ([]desk.Folder, error) {
	return collect(r.session, scanFolder, listFolders, a)
}

// RawUnder implements [desk.LedgerReader].
func (r *reader) RawUnder(f desk.Folder, uid uint32) (desk.RawID, error) {
	var id desk.RawID
	err := r.get(rawUnder, []any{f.ID, f.UIDValidity, uid}, &id)
	return id, err
}

// RenameFolder implements [desk.LedgerWriter].
func (w *writer) RenameFolder(f desk.FolderID, name string) error {
	return w.mustChange(renameFolder, name, f)
}

// SaveFolder implements [desk.LedgerWriter].
func (w *writer) SaveFolder(f desk.Folder) (desk.FolderID, error) {
	id, err := w.insert(saveFolder, f.Account, f.Name, f.Role, f.UIDValidity, f.UIDNext, f.Backfilled, int64(f.ModSeq))
	return desk.FolderID(id), err
}

// Settled implements [desk.LedgerReader].
func (r *reader) Settled(f desk.FolderID) (desk.Announced, time.Time, error) {
	var as desk.Announced
	var at time.Time
	var modseq int64
	err := r.get(getSettled, []any{f}, &as.UIDValidity, &as.Messages, &as.UIDNext, &modseq, into(&at))
	as.ModSeq = uint64(modseq)
	return as, at, err
}

// SetSettled implements [desk.LedgerWriter].
func (w *writer) SetSettled(f desk.FolderID, as desk.Announced, at time.Time) error {
	return w.do(setSettled, f, as.UIDValidity, as.Messages, as.UIDNext, int64(as.ModSeq), millis(at))
}

// LedgerUIDs implements [desk.LedgerReader].
func (r *reader) LedgerUIDs(f desk.FolderID, uidValidity uint32) ([]uint32, error) {
	return collect(r.session, func(sc scanner) (uint32, error) {
		var uid uint32
		err := sc.Scan(&uid)
		return uid, err
	}, ledgerUIDs, f, uidValidity, millis(time.Time{}))
}

// CountUIDs implements [desk.LedgerReader].
func (r *reader) CountUIDs(f desk.FolderID, uidValidity, first, last uint32) (int, error) {
	var n int
	err := r.get(countUIDs, []any{f, uidValidity, first, last, millis(time.Time{})}, &n)
	return n, err
}

const (
	getRaw    = `SELECT id FROM raws WHERE inbox = ? AND sha256 = ?`
	addRaw    = `INSERT INTO raws (inbox, account, role, at, seen, sha256, size) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`
	addChunk  = `INSERT INTO chunks (id, data) VALUES (?, ?)`
	addLedger = `INSERT INTO ledger (folder, uidvalidity, uid, raw, seen, answered, gone_at)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (folder, uidvalidity, uid) DO UPDATE SET raw = excluded.raw,
		seen = excluded.seen, answered = excluded.answered, gone_at = excluded.gone_at`
	setAnswered = `UPDATE ledger SET answered = ? WHERE folder = ? AND uidvalidity = ? AND uid = ? AND answered <> ?`
	setSeen     = `UPDATE ledger SET seen = ? WHERE folder = ? AND uidvalidity = ? AND uid = ? AND seen <> ? RETURNING raw`
	setRawSeen  = `UPDATE raws SET seen = ? WHERE id = ? AND parsed = 0`
	setGone     = `UPDATE ledger SET gone_at = ? WHERE folder = ? AND uidvalidity = ? AND uid = ? AND gone_at = ?`
)

// chunkBits leaves room for a million pieces of a megabyte in one mail.
const chunkBits = 20

// AddRaw implements [desk.LedgerWriter].
func (w *writer) AddRaw(in desk.InboxID, a desk.AccountID, f desk.Folder, m desk.Fetched) (desk.RawID, bool, error) {
	var id int64
	isNew := false
	err := w.get(getRaw, []any{in, m.Packed.SHA256[:]}, &id)
	if err == desk.ErrNoRow { //nolint:errorlint // get returns the sentinel itself
		isNew = true
		id, err = w.addRaw(in, a, f, m)
	}
	if err != nil {
		return 0, false, err
	}
	if f.ID != 0 {
		err = w.do(addLedger, f.ID, f.UIDValidity, m.UID, id, flag(m.Seen), flag(m.Answered), millis(time.Time{}))
	}
	return desk.RawID(id), isNew, err
}

func (w *writer) addRaw(in desk.InboxID, a desk.AccountID, f desk.Folder, m desk.Fetched) (int64, error) {
	if len(m.Packed.Chunks) >= 1<<chunkBits {
		return 0, fmt.Errorf("a mail of %d bytes is too big to be kept", m.Packed.Size)
	}
	id, err := w.insert(addRaw, in, a, f.Role, millis(m.At), flag(m.Seen), m.Packed.SHA256[:], m.Packed.Size)
	if err != nil {
		return 0, err
	}
	for i, c := range m.Packed.Chunks {
		if err := w.do(addChunk, id<<chunkBits|int64(i), c); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// SetFlags implements [desk.LedgerWriter].
func (w *writer) SetFlags(f desk.Folder, changed []desk.Fetched) ([]desk.Fetched, error) {
	var turned []desk.Fetched
	for _, m := range changed {
		if err := w.do(setAnswered, flag(m.Answered), f.ID, f.UIDValidity, m.UID, flag(m.Answered)); err != nil {
			return nil, err
		}
		raw, err := w.insert(setSeen, flag(m.Seen), f.ID, f.UIDValidity, m.UID, flag(m.Seen))
		if err == desk.ErrNoRow { //nolint:errorlint // get returns the sentinel itself
			continue
		}
		if err == nil {
			err = w.do(setRawSeen, flag(m.Seen), raw)
		}
		if err != nil {
			return nil, err
		}
		turned = append(turned, m)
	}
	return turned, nil
}

// SetGone implements [desk.LedgerWriter]. When a message went is not moved by
// hearing of it again.
func (w *writer) SetGone(f desk.Folder, uids []uint32, at time.Time) error {
	for _, uid := range uids {
		if err := w.do(setGone, millis(at), f.ID, f.UIDValidity, uid, millis(time.Time{})); err != nil {
			return err
		}
	}
	return nil
}

const (
	unparsed   = `SELECT id FROM raws WHERE parsed = 0 ORDER BY at DESC, id DESC LIMIT ?`
	getRawMail = `SELECT r.id, r.inbox, r.account, r.role, r.at, r.seen, coalesce(a.auth_serv_id, '') FROM raws r
		LEFT JOIN accounts a ON a.id = r.account WHERE r.id = ?`
	getKept   = `SELECT inbox, parsed FROM raws WHERE id = ?`
	countRaws = `SELECT count(*) FROM raws WHERE inbox = ? AND account = ? AND at >= ?`
	setParsed = `UPDATE raws SET parsed = 1 WHERE id = ? AND parsed = 0`
	getChunks = `SELECT data FROM chunks WHERE id >= ? AND id < ? ORDER BY id`
	getSize   = `SELECT size, sha256 FROM raws WHERE id = ?`
)

// Unparsed implements [desk.LedgerReader].
func (r *reader) Unparsed(limit int) ([]desk.RawID, error) {
	return collect(r.session, number[desk.RawID], unparsed, limit)
}

// RawMail implements [desk.LedgerReader].
func (r *reader) RawMail(id desk.RawID) (desk.RawMail, error) {
	var m desk.RawMail
	err := r.get(getRawMail, []any{id}, &m.ID, &m.Inbox, &m.Account, &m.Role, into(&m.At), &m.Seen, &m.AuthServID)
	if err != nil {
		return m, err
	}
	m.Bytes, err = r.RawBytes(id)
	return m, err
}

// RawBytes implements [desk.LedgerReader].
func (r *reader) RawBytes(id desk.RawID) ([]byte, error) {
	var size int64
	var sum []byte
	if err := r.get(getSize, []any{id}, &size, &sum); err != nil {
		return nil, err
	}
	chunks, err := collect(r.session, func(sc scanner) ([]byte, error) {
		var b []byte
		err := sc.Scan(&b)
		return b, err
	}, getChunks, int64(id)<<chunkBits, int64(id+1)<<chunkBits)
	if err != nil {
		return nil, err
	}
	raw, err := r.pack.unpack(chunks, size, sum)
	if err != nil {
		return nil, broken("MAIL_DAMAGED", "Restore the last backup, or fetch the mail again.", err, "The stored mail %d is damaged.", id)
	}
	return raw, nil
}

// Kept implements [desk.LedgerReader].
func (r *reader) Kept(id desk.RawID) (in desk.InboxID, parsed bool, err error) {
	err = r.get(getKept, []any{id}, &in, &parsed)
	return in, parsed, err
}

// CountRaws implements [desk.LedgerReader].
func (r *reader) CountRaws(in desk.InboxID, a desk.AccountID, since time.Time) (int, error) {
	var n int
	err := r.get(countRaws, []any{in, a, millis(since)}, &n)
	return n, err
}

// HasBytes implements [desk.LedgerReader].
func (r *reader) HasBytes(in desk.InboxID, sha256 [32]byte) (bool, error) {
	var id int64
	err := r.get(getRaw, []any{in, sha256[:]}, &id)
	if err == desk.ErrNoRow { //nolint:errorlint // get returns the sentinel itself
		return false, nil
	}
	return err == nil, err
}
