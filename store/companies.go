package store

import (
	"cmp"
	"errors"
	"slices"

	"postroom/desk"
)

const (
	companyColumns = `co.id, co.name, co.owner, co.created_at`
	getCompany     = `SELECT ` + companyColumns + ` FROM companies co WHERE co.id = ?`
	getCompanyAt   = `SELECT ` + companyColumns + ` FROM company_domains d JOIN companies co ON co.id = d.company WHERE d.domain = ?`
	getCompanyName = `SELECT ` + companyColumns + ` FROM companies co WHERE co.folded = ? AND co.folded <> ''`
	companiesOf    = `SELECT ` + companyColumns + ` FROM companies co WHERE co.owner = ? ORDER BY co.id`
	allDomains     = `SELECT company, domain FROM company_domains ORDER BY domain`
	companyDomains = `SELECT domain FROM company_domains WHERE company = ? ORDER BY domain`
	// listCompanies needs the viewer once: how many of its contacts he sees.
	listCompanies = `SELECT ` + companyColumns + `, coalesce(u.login, ''), (SELECT count(*) FROM contacts k
			WHERE k.company = co.id AND k.company <> 0 AND k.merged = 0
			AND (k.listed = 1 OR EXISTS (SELECT 1 FROM conversations c JOIN members m ON m.inbox = c.inbox AND m.user_id = ?
				WHERE c.contact <> 0 AND c.contact IN (SELECT k.id UNION ALL SELECT x.id FROM contacts x WHERE x.merged = k.id AND x.merged <> 0))))
		FROM companies co LEFT JOIN users u ON u.id = co.owner`
	addCompany    = `INSERT INTO companies (name, folded, owner, created_at) VALUES (?, ?, ?, ?) RETURNING id`
	saveCompany   = `UPDATE companies SET name = ?, folded = ?, owner = ? WHERE id = ?`
	setDomain     = `INSERT INTO company_domains (domain, company) VALUES (?, ?) ON CONFLICT (domain) DO UPDATE SET company = excluded.company`
	dropDomain    = `DELETE FROM company_domains WHERE domain = ?`
	dropDomains   = `DELETE FROM company_domains WHERE company = ?`
	leaveCompany  = `UPDATE contacts SET company = ? WHERE company = ? AND company <> 0`
	leaveDeals    = `UPDATE deals SET company = ? WHERE company = ?`
	removeCompany = `DELETE FROM companies WHERE id = ?`
	joinCompany   = `UPDATE contacts SET company = ? WHERE company = 0
		AND id IN (SELECT contact FROM contact_addresses WHERE substr(folded, length(folded) - length(?) + 1) = ?)`
)

func companyInto(co *desk.Company, more ...any) []any {
	return append([]any{&co.ID, &co.Name, &co.Owner, into(&co.CreatedAt)}, more...)
}

func scanCompany(sc scanner) (desk.Company, error) {
	var co desk.Company
	err := sc.Scan(companyInto(&co)...)
	return co, err
}

// Company implements [desk.CustomerReader].
func (r *reader) Company(id desk.CompanyID) (desk.Company, error) {
	return find(r.session, scanCompany, getCompany, id)
}

// CompanyAt implements [desk.CustomerReader].
func (r *reader) CompanyAt(domain string) (desk.Company, error) {
	return find(r.session, scanCompany, getCompanyAt, key(domain))
}

// CompanyByName implements [desk.CustomerReader].
func (r *reader) CompanyByName(folded string) (desk.Company, error) {
	return find(r.session, scanCompany, getCompanyName, folded)
}

// CompaniesOf implements [desk.CustomerReader].
func (r *reader) CompaniesOf(owner desk.UserID) ([]desk.Company, error) {
	return collect(r.session, scanCompany, companiesOf, owner)
}

// Domains implements [desk.CustomerReader].
func (r *reader) Domains(co desk.CompanyID) ([]string, error) {
	return collect(r.session, scanText, companyDomains, co)
}

// Companies implements [desk.CustomerReader].
func (r *reader) Companies(viewer desk.UserID) ([]desk.CompanyRow, error) {
	all, err := collect(r.session, func(sc scanner) (desk.CompanyRow, error) {
		var co desk.CompanyRow
		err := sc.Scan(companyInto(&co.Company, &co.OwnerName, &co.Contacts)...)
		return co, err
	}, listCompanies, viewer)
	if err != nil {
		return nil, err
	}
	domains := map[desk.CompanyID][]string{}
	_, err = collect(r.session, func(sc scanner) (struct{}, error) {
		var co desk.CompanyID
		var domain string
		err := sc.Scan(&co, &domain)
		domains[co] = append(domains[co], domain)
		return struct{}{}, err
	}, allDomains)
	var list []desk.CompanyRow
	for _, co := range all {
		if co.Name == "" && co.Contacts == 0 {
			continue
		}
		co.Domains = domains[co.ID]
		if co.Called = co.Name; co.Called == "" && len(co.Domains) > 0 {
			co.Called = co.Domains[0]
		}
		list = append(list, co)
	}
	slices.SortFunc(list, func(a, b desk.CompanyRow) int {
		return cmp.Or(cmp.Compare(desk.FoldName(a.Called), desk.FoldName(b.Called)), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// AddCompany implements [desk.CustomerWriter].
func (w *writer) AddCompany(co desk.Company) (desk.CompanyID, error) {
	id, err := w.insert(addCompany, co.Name, desk.FoldName(co.Name), co.Owner, millis(co.CreatedAt))
	return desk.CompanyID(id), err
}

// SaveCompany implements [desk.CustomerWriter].
func (w *writer) SaveCompany(co desk.Company) error {
	return w.do(saveCompany, co.Name, desk.FoldName(co.Name), co.Owner, co.ID)
}

// RemoveCompany implements [desk.CustomerWriter].
func (w *writer) RemoveCompany(co desk.CompanyID) error {
	return errors.Join(w.do(dropDomains, co), w.do(leaveCompany, 0, co), w.do(leaveDeals, 0, co), w.do(removeCompany, co))
}

// SetDomain implements [desk.CustomerWriter].
func (w *writer) SetDomain(domain string, co desk.CompanyID) error {
	if co == 0 {
		return w.do(dropDomain, key(domain))
	}
	return w.do(setDomain, key(domain), co)
}

// MoveToCompany implements [desk.CustomerWriter].
func (w *writer) MoveToCompany(from desk.CompanyID, domain string, to desk.CompanyID) error {
	if from != 0 {
		return errors.Join(w.do(leaveCompany, to, from), w.do(leaveDeals, to, from))
	}
	at := "@" + domain
	return w.do(joinCompany, to, at, at)
}
