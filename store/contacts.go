package store

import (
	"strings"
	"time"

	"postroom/desk"
)

// groupOf are a contact and those merged into it; it needs the contact twice.
const groupOf = `(SELECT CAST(? AS BIGINT) UNION ALL SELECT id FROM contacts WHERE merged = ? AND merged <> 0)`

const (
	contactColumns = `k.id, k.name, k.owner, k.company, k.listed, k.merged, k.created_at`
	// getContact and getContactAt follow a merge: merged never leads to one
	// that was merged itself.
	getContact = `SELECT ` + contactColumns + ` FROM contacts o
		JOIN contacts k ON k.id = CASE WHEN o.merged = 0 THEN o.id ELSE o.merged END WHERE o.id = ?`
	getContactAt = `SELECT ` + contactColumns + ` FROM contact_addresses a JOIN contacts o ON o.id = a.contact
		JOIN contacts k ON k.id = CASE WHEN o.merged = 0 THEN o.id ELSE o.merged END WHERE a.folded = ?`
	whose = `SELECT coalesce((SELECT contact FROM contact_addresses WHERE folded = ?), 0),
		coalesce((SELECT company FROM company_domains WHERE domain = ?), 0)`
	contactsOf       = `SELECT ` + contactColumns + ` FROM contacts k WHERE k.owner = ? ORDER BY k.id`
	contactAddresses = `SELECT a.address FROM contact_addresses a WHERE a.contact IN ` + groupOf + `
		ORDER BY CASE WHEN a.contact = ? THEN 0 ELSE 1 END, a.since, a.folded`
	contactGroup = `SELECT k.id FROM contacts k WHERE k.id IN ` + groupOf + ` ORDER BY k.id`
	// withContact are the conversations with a contact that a viewer sees; it
	// needs the viewer and the contact twice.
	withContact = ` FROM conversations c JOIN members m ON m.inbox = c.inbox AND m.user_id = ?
		WHERE c.contact <> 0 AND c.contact IN ` + groupOf
	seenIn            = `SELECT c.inbox` + withContact + ` ORDER BY c.inbox LIMIT 1`
	conversationsWith = `SELECT ` + rowColumns + ` FROM conversations c JOIN members m ON m.inbox = c.inbox AND m.user_id = ?` + rowJoins + `
		WHERE c.contact <> 0 AND c.joined_to = 0 AND c.contact IN ` + groupOf + ` ORDER BY c.last_at DESC, c.id DESC LIMIT ?`

	addContact           = `INSERT INTO contacts (name, owner, company, listed, merged, created_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`
	addContactAddress    = `INSERT INTO contact_addresses (folded, address, contact, since) VALUES (?, ?, ?, ?)`
	saveContact          = `UPDATE contacts SET name = ?, owner = ?, company = ?, listed = ?, merged = ? WHERE id = ?`
	mergeContact         = `UPDATE contacts SET merged = ? WHERE id = ?`
	removeContactAddress = `DELETE FROM contact_addresses WHERE folded = ?`
)

func contactInto(k *desk.Contact, more ...any) []any {
	return append([]any{&k.ID, &k.Name, &k.Owner, &k.Company, &k.Listed, &k.Merged, into(&k.CreatedAt)}, more...)
}

func scanContact(sc scanner) (desk.Contact, error) {
	var k desk.Contact
	err := sc.Scan(contactInto(&k)...)
	return k, err
}

// Contact implements [desk.CustomerReader].
func (r *reader) Contact(id desk.ContactID) (desk.Contact, error) {
	return find(r.session, scanContact, getContact, id)
}

// ContactAt implements [desk.CustomerReader].
func (r *reader) ContactAt(folded string) (desk.Contact, error) {
	return find(r.session, scanContact, getContactAt, key(folded))
}

// Whose implements [desk.CustomerReader].
func (r *reader) Whose(folded, domain string) (desk.ContactID, desk.CompanyID, error) {
	var k desk.ContactID
	var co desk.CompanyID
	err := r.get(whose, []any{key(folded), key(domain)}, &k, &co)
	return k, co, err
}

// ContactsOf implements [desk.CustomerReader].
func (r *reader) ContactsOf(owner desk.UserID) ([]desk.Contact, error) {
	return collect(r.session, scanContact, contactsOf, owner)
}

// ContactAddresses implements [desk.CustomerReader].
func (r *reader) ContactAddresses(c desk.ContactID) ([]string, error) {
	return collect(r.session, scanText, contactAddresses, c, c, c)
}

// ContactGroup implements [desk.CustomerReader].
func (r *reader) ContactGroup(c desk.ContactID) ([]desk.ContactID, error) {
	return collect(r.session, number[desk.ContactID], contactGroup, c, c)
}

// SeenIn implements [desk.CustomerReader].
func (r *reader) SeenIn(viewer desk.UserID, c desk.ContactID) (desk.InboxID, error) {
	return find(r.session, number[desk.InboxID], seenIn, viewer, c, c)
}

// ConversationsWith implements [desk.CustomerReader].
func (r *reader) ConversationsWith(viewer desk.UserID, c desk.ContactID, limit int) ([]desk.Row, error) {
	return collect(r.session, scanRow, conversationsWith, viewer, viewer, c, c, limit)
}

// listContacts has a contact's main address, and what the newest mail the
// viewer sees calls it. It needs the viewer three times.
const listContacts = `SELECT * FROM (SELECT ` + contactColumns + `, ad.address, ad.folded,
		coalesce(nullif(k.name, ''), (SELECT c.who FROM conversations c JOIN members m ON m.inbox = c.inbox AND m.user_id = ?
			JOIN contacts g ON g.id = c.contact
			WHERE c.contact <> 0 AND c.contact IN (SELECT k.id UNION ALL SELECT x.id FROM contacts x WHERE x.merged = k.id AND x.merged <> 0)
			ORDER BY c.last_at DESC, c.id DESC LIMIT 1), '') AS shown,
		coalesce(nullif(co.name, ''), (SELECT min(d.domain) FROM company_domains d WHERE d.company = k.company), '') AS at_company,
		coalesce(u.login, '') AS owned_by
	FROM contact_addresses ad JOIN contacts k ON k.id = ad.contact AND k.merged = 0
	LEFT JOIN companies co ON co.id = k.company LEFT JOIN users u ON u.id = k.owner
	WHERE ad.folded > ? AND NOT EXISTS (SELECT 1 FROM contact_addresses o WHERE o.contact = ad.contact AND (o.since, o.folded) < (ad.since, ad.folded))
	AND (k.listed = 1 OR EXISTS (SELECT 1 FROM conversations c JOIN members m ON m.inbox = c.inbox AND m.user_id = ?
		WHERE c.contact <> 0 AND c.contact IN (SELECT k.id UNION ALL SELECT x.id FROM contacts x WHERE x.merged = k.id AND x.merged <> 0)))`

// Contacts implements [desk.CustomerReader].
func (r *reader) Contacts(viewer desk.UserID, q desk.ContactQuery) ([]desk.ContactRow, error) {
	query, args := listContacts, []any{viewer, key(q.After), viewer}
	if q.Company != 0 {
		query, args = query+` AND k.company = ?`, append(args, q.Company)
	}
	if q.Owner != 0 {
		query, args = query+` AND k.owner = ?`, append(args, q.Owner)
	}
	query += `) list WHERE 1 = 1`
	for _, word := range q.Words {
		like := `%` + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(word)) + `%`
		query += ` AND (lower(list.shown) LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM contact_addresses a
			WHERE a.contact IN (SELECT list.id UNION ALL SELECT x.id FROM contacts x WHERE x.merged = list.id AND x.merged <> 0)
			AND a.folded LIKE ? ESCAPE '\'))`
		args = append(args, like, like)
	}
	query += ` ORDER BY list.folded`
	if q.Limit > 0 {
		query, args = query+` LIMIT ?`, append(args, q.Limit)
	}
	rows, err := r.once(query, args...)
	if err != nil {
		return nil, err
	}
	return drain(rows, func(sc scanner) (desk.ContactRow, error) {
		var k desk.ContactRow
		var folded string
		err := sc.Scan(contactInto(&k.Contact, &k.Address, &folded, &k.Shown, &k.CompanyName, &k.OwnerName)...)
		return k, err
	})
}

// AddContact implements [desk.CustomerWriter].
func (w *writer) AddContact(k desk.Contact) (desk.ContactID, error) {
	id, err := w.insert(addContact, k.Name, k.Owner, k.Company, flag(k.Listed), k.Merged, millis(k.CreatedAt))
	return desk.ContactID(id), err
}

// SaveContact implements [desk.CustomerWriter].
func (w *writer) SaveContact(k desk.Contact) error {
	return w.do(saveContact, k.Name, k.Owner, k.Company, flag(k.Listed), k.Merged, k.ID)
}

// MergeInto implements [desk.CustomerWriter].
func (w *writer) MergeInto(which []desk.ContactID, into desk.ContactID) error {
	for _, id := range which {
		if err := w.do(mergeContact, into, id); err != nil {
			return err
		}
	}
	return nil
}

// AddContactAddress implements [desk.CustomerWriter].
func (w *writer) AddContactAddress(c desk.ContactID, address string, since time.Time) error {
	return w.do(addContactAddress, key(desk.FoldAddress(address)), address, c, millis(since))
}

// RemoveContactAddress implements [desk.CustomerWriter].
func (w *writer) RemoveContactAddress(folded string) error {
	return w.do(removeContactAddress, key(folded))
}

// withCustomer are the ids of the conversations with the contact, or with those
// of the company, that a condition names.
func withCustomer(e desk.Expr) (few pred, ok bool) {
	group := groupOf
	switch {
	case e.ID == 0:
		return pred{}, false
	case e.Term == desk.TermContact:
	case e.Term == desk.TermCompany:
		group = `(SELECT k.id FROM contacts k WHERE k.company = ? AND k.company <> 0 AND k.merged = 0 UNION ALL
			SELECT g.id FROM contacts k JOIN contacts g ON g.merged = k.id AND g.merged <> 0
			WHERE k.company = ? AND k.company <> 0 AND k.merged = 0)`
	default:
		return pred{}, false
	}
	return pred{`SELECT w.id FROM conversations w WHERE w.contact <> 0 AND w.contact IN ` + group, []any{e.ID, e.ID}}, true
}

// isAmong asks whether the conversation c is one of them.
func isAmong(few pred) pred {
	if few.text == "" {
		return few
	}
	return pred{"c.id IN (" + few.text + ")", few.args}
}
