package store

import (
	"time"

	"postroom/desk"
)

const (
	dealColumns = `d.id, d.ref, d.name, d.company, d.contact, d.owner, d.stage, d.open, d.amount, d.currency, d.active_at, d.created_at`
	getDeal     = `SELECT ` + dealColumns + ` FROM deals d WHERE d.id = ?`
	addDeal     = `INSERT INTO deals (ref, name, company, contact, owner, stage, open, amount, currency, active_at, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
	saveDeal = `UPDATE deals SET ref = ?, name = ?, company = ?, contact = ?, owner = ?, stage = ?, open = ?, amount = ?,
		currency = ?, active_at = ? WHERE id = ?`
	// mainContact is the one a contact was merged into, or itself.
	mainContact = `(SELECT CASE WHEN k.merged = 0 THEN k.id ELSE k.merged END FROM contacts k WHERE k.id = ?)`
	newestDeal  = ` ORDER BY d.active_at DESC, d.id DESC`
	openDeals   = `SELECT ` + dealColumns + ` FROM deals d WHERE d.open = 1 AND d.contact = ` + mainContact + newestDeal
	openAtHis   = `SELECT ` + dealColumns + ` FROM deals d WHERE d.open = 1 AND d.contact = 0 AND d.company <> 0
		AND d.company = (SELECT m.company FROM contacts m WHERE m.id = ` + mainContact + `)` + newestDeal
	touchDeal = `UPDATE deals SET active_at = ? WHERE active_at < ?
		AND id = (SELECT d.id FROM deals d WHERE d.open = 1 AND d.contact = ` + mainContact + newestDeal + ` LIMIT 1)`
)

func scanDeal(sc scanner) (desk.Deal, error) {
	var d desk.Deal
	err := sc.Scan(&d.ID, &d.Ref, &d.Name, &d.Company, &d.Contact, &d.Owner, &d.Stage, &d.Open, &d.Amount, &d.Currency, into(&d.ActiveAt), into(&d.CreatedAt))
	return d, err
}

// Deal implements [desk.CustomerReader].
func (r *reader) Deal(id desk.DealID) (desk.Deal, error) {
	return find(r.session, scanDeal, getDeal, id)
}

// OpenDeals implements [desk.CustomerReader].
func (r *reader) OpenDeals(c desk.ContactID) ([]desk.Deal, error) {
	own, err := collect(r.session, scanDeal, openDeals, c)
	if err != nil {
		return nil, err
	}
	his, err := collect(r.session, scanDeal, openAtHis, c)
	return append(own, his...), err
}

// Deals implements [desk.CustomerReader].
func (r *reader) Deals(q desk.DealQuery) ([]desk.Deal, error) {
	query, args := `SELECT `+dealColumns+` FROM deals d WHERE 1 = 1`, []any(nil)
	if q.Open != q.Closed {
		query, args = query+` AND d.open = ?`, append(args, flag(q.Open))
	}
	for column, id := range map[string]int64{"contact": int64(q.Contact), "company": int64(q.Company), "owner": int64(q.Owner)} {
		if id != 0 {
			query, args = query+` AND d.`+column+` = ?`, append(args, id)
		}
	}
	if q.Ref != "" {
		query, args = query+` AND d.ref = ?`, append(args, q.Ref)
	}
	query += newestDeal
	if q.Limit > 0 {
		query, args = query+` LIMIT ?`, append(args, q.Limit)
	}
	rows, err := r.once(query, args...)
	if err != nil {
		return nil, err
	}
	return drain(rows, scanDeal)
}

// AddDeal implements [desk.CustomerWriter].
func (w *writer) AddDeal(d desk.Deal) (desk.DealID, error) {
	id, err := w.insert(addDeal, d.Ref, d.Name, d.Company, d.Contact, d.Owner, d.Stage, flag(d.Open), d.Amount, d.Currency, millis(d.ActiveAt), millis(d.CreatedAt))
	return desk.DealID(id), err
}

// SaveDeal implements [desk.CustomerWriter].
func (w *writer) SaveDeal(d desk.Deal) error {
	return w.do(saveDeal, d.Ref, d.Name, d.Company, d.Contact, d.Owner, d.Stage, flag(d.Open), d.Amount, d.Currency, millis(d.ActiveAt), d.ID)
}

// TouchDeal implements [desk.CustomerWriter].
func (w *writer) TouchDeal(c desk.ContactID, at time.Time) error {
	return w.do(touchDeal, millis(at), millis(at), c)
}
