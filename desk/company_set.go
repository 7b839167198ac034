package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// companyRecord is a company with all that can be entered about it.
type companyRecord struct {
	Company
	Domains []string
}

// AttrDomains are the domains of a company's addresses.
const AttrDomains = "domains"

func companyAttributes() []attribute[companyRecord] {
	return []attribute[companyRecord]{
		{
			key: AttrName, get: func(_ Reader, co companyRecord) (string, error) { return co.Name, nil },
			put: putCompanyName,
		},
		{
			key: AttrDomains, get: func(_ Reader, co companyRecord) (string, error) { return strings.Join(co.Domains, ", "), nil },
			put: putDomains,
		},
		{
			key: AttrOwner, get: func(r Reader, co companyRecord) (string, error) { return loginOf(r, co.Owner) },
			put: func(_ *Seat, r Reader, co *companyRecord, v string) (err error) {
				co.Owner, err = ownerOf(r, v)
				return err
			},
		},
	}
}

// CompanyAttributes are the words for what can be entered about a company.
func CompanyAttributes() []string { return keysOf(companyAttributes()) }

func putCompanyName(_ *Seat, r Reader, co *companyRecord, value string) error {
	name, err := enteredName(value, "company")
	if err != nil {
		return err
	}
	if name == "" {
		co.Name = "" // it is called by its domain then
		return nil
	}
	other, err := r.CompanyByName(FoldName(name))
	if err == nil && other.ID != co.ID {
		return conflict("NAME_IN_USE", "Choose another name.", "There is a company %q already.", name)
	}
	co.Name = name
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	return err
}

func putDomains(_ *Seat, r Reader, co *companyRecord, value string) error {
	list := items(value, co.Domains, foldDomain)
	for i, d := range list {
		list[i] = foldDomain(d)
		switch {
		case !goodAddress("x@"+list[i]) || !strings.Contains(list[i], ".") || len(d) > maxRecordName:
			return invalid("BAD_DOMAIN", "Write it as example.org.", "%q is not a domain.", Snippet(d, 80))
		case Freemail(list[i]):
			return invalid("FREEMAIL", "Give its contacts the company one by one.", "Everybody can have an address at %s.", list[i])
		}
		has, err := r.CompanyAt(list[i])
		if err == nil && has.ID != co.ID && has.Name != "" {
			return conflict("DOMAIN_IN_USE", "Take it there first: postroom company set "+shellWord(has.Name)+" domains=-"+list[i], "%s is a domain of %q.", list[i], has.Name)
		}
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
	}
	slices.Sort(list)
	co.Domains = list
	return nil
}

// foldDomain brings a typed domain, or the @ form of one, to the form in which
// addresses have it.
func foldDomain(d string) string {
	return addressDomain(FoldAddress("x@" + strings.TrimPrefix(strings.TrimSpace(d), "@")))
}

// companyCalled is what a company is called: its name, or its first domain.
func companyCalled(r Reader, id CompanyID) (string, error) {
	if id == 0 {
		return "", nil
	}
	co, err := r.Company(id)
	if err != nil || co.Name != "" {
		return co.Name, err
	}
	domains, err := r.Domains(id)
	return first(domains), err
}

// companyOf finds a company that the actor sees, by its name or a domain.
func (s *Seat) companyOf(r Reader, value string) (CompanyID, error) {
	if value == "" {
		return 0, nil
	}
	co, _, err := s.mustSeeCompany(r, value)
	return co.ID, err
}

func noCompany(name string) error {
	return notFound("NO_SUCH_COMPANY", "See those you see with: postroom company list", "There is no company %q.", Snippet(name, 80))
}

// mustSeeCompany gives the company with a name or a domain if the actor sees
// it; in is where what is journaled about it is seen.
func (s *Seat) mustSeeCompany(r Reader, name string) (co Company, in InboxID, err error) {
	co, err = r.CompanyByName(FoldName(name))
	if errors.Is(err, ErrNoRow) {
		co, err = r.CompanyAt(foldDomain(name))
	}
	if errors.Is(err, ErrNoRow) {
		return co, 0, noCompany(name)
	}
	if err != nil || co.Name != "" {
		return co, 0, err
	}
	seen, err := r.Contacts(s.actor.User, ContactQuery{Company: co.ID, Limit: 1})
	if err != nil {
		return co, 0, err
	}
	if len(seen) == 0 {
		return Company{}, 0, noCompany(name)
	}
	in, _, err = s.seesContact(r, seen[0].Contact)
	return co, in, err
}

func companyRecordOf(r Reader, co Company) (companyRecord, error) {
	domains, err := r.Domains(co.ID)
	return companyRecord{co, domains}, err
}

// AddCompany enters a company for the whole desk; values are by
// [CompanyAttributes]. The contacts with an address at one of its domains that
// have no other company are its own from then on.
func (s *Seat) AddCompany(ctx context.Context, values map[string]string) (Altered, error) {
	var res Altered
	err := s.write(ctx, func(w Writer) error {
		var err error
		res, err = s.addCompany(w, values)
		return err
	})
	return res, err
}

func (s *Seat) addCompany(w Writer, values map[string]string) (Altered, error) {
	co := companyRecord{Company: Company{CreatedAt: s.d.now()}}
	res, err := alter(s, w, companyAttributes(), &co, values)
	if err != nil {
		return res, err
	}
	if co.Name == "" {
		return res, invalid("BAD_NAME", "Write: postroom company add NAME", "A company has a name.")
	}
	if co.ID, err = w.AddCompany(co.Company); err != nil {
		return res, err
	}
	for _, d := range co.Domains {
		if err := s.takeDomain(w, co.ID, d); err != nil {
			return res, err
		}
	}
	res.Of, res.Added = co.Name, true
	err = s.journalRecord(w, EventCompanyAdded, 0, int64(co.ID), &res)
	res.Batch = ""
	return res, err
}

// takeDomain gives a company a domain. A company that only the domain had
// brought goes into it.
func (s *Seat) takeDomain(w Writer, to CompanyID, domain string) error {
	has, err := w.CompanyAt(domain)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	if err := w.SetDomain(domain, to); err != nil {
		return err
	}
	if err := w.MoveToCompany(has.ID, domain, to); err != nil || has.ID == 0 || has.ID == to {
		return err
	}
	left, err := w.Domains(has.ID)
	if err != nil || len(left) > 0 {
		return err
	}
	return w.RemoveCompany(has.ID)
}

// SetCompany changes a company the actor sees, named by its name or a domain.
// values are by [CompanyAttributes].
func (s *Seat) SetCompany(ctx context.Context, name string, values map[string]string) (Altered, error) {
	var res Altered
	err := s.write(ctx, func(w Writer) error {
		co, in, err := s.mustSeeCompany(w, name)
		if err != nil {
			return err
		}
		res, err = s.setCompany(w, co, in, values)
		return err
	})
	return res, err
}

func (s *Seat) setCompany(w Writer, co Company, in InboxID, values map[string]string) (Altered, error) {
	before, err := companyRecordOf(w, co)
	if err != nil {
		return Altered{}, err
	}
	after := before
	res, err := alter(s, w, companyAttributes(), &after, values)
	if err != nil || len(res.After) == 0 {
		res.Of = co.Name
		return res, err
	}
	if err := s.saveCompany(w, before, after); err != nil {
		return res, err
	}
	if res.Of, err = companyCalled(w, co.ID); err != nil {
		return res, err
	}
	if after.Name != "" {
		in = 0
	}
	return res, s.journalRecord(w, EventCompanySet, in, int64(co.ID), &res)
}

func (s *Seat) saveCompany(w Writer, before, after companyRecord) error {
	for _, d := range before.Domains {
		if !slices.Contains(after.Domains, d) {
			if err := w.SetDomain(d, 0); err != nil {
				return err
			}
		}
	}
	for _, d := range after.Domains {
		if !slices.Contains(before.Domains, d) {
			if err := s.takeDomain(w, after.ID, d); err != nil {
				return err
			}
		}
	}
	return w.SaveCompany(after.Company)
}

// RemoveCompany takes a company off the desk; its contacts and deals stay and
// have none. contacts are how many of them the actor sees.
func (s *Seat) RemoveCompany(ctx context.Context, name string) (contacts int, err error) {
	err = s.write(ctx, func(w Writer) error {
		co, in, err := s.mustSeeCompany(w, name)
		if err != nil {
			return err
		}
		seen, err := w.Contacts(s.actor.User, ContactQuery{Company: co.ID})
		if err != nil {
			return err
		}
		contacts = len(seen)
		called, err := companyCalled(w, co.ID)
		if err != nil {
			return err
		}
		if err := w.RemoveCompany(co.ID); err != nil {
			return err
		}
		return w.Append(s.event(EventCompanyRemoved, in, 0, state(recorded{ID: int64(co.ID), Of: called}), nil))
	})
	return contacts, err
}

// undoCompany brings back what an event has changed about a company.
func (s *Seat) undoCompany(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	before, after, err := recordsOf(ev)
	if err != nil {
		return nil, "", err
	}
	if _, moved := after.Values[AttrDomains]; moved {
		return nil, "contacts have moved with its domains", nil
	}
	co, err := w.Company(CompanyID(after.ID))
	if errors.Is(err, ErrNoRow) {
		return nil, "the company has been removed since", nil
	}
	if err != nil {
		return nil, "", err
	}
	rec, err := companyRecordOf(w, co)
	if err != nil {
		return nil, "", err
	}
	if reason, err := changedSince(w, companyAttributes(), rec, after.Values); err != nil || reason != "" {
		return nil, reason, err
	}
	was := rec
	if _, err := alter(s, w, companyAttributes(), &rec, before.Values); err != nil {
		return undoRefused(err)
	}
	if err := s.saveCompany(w, was, rec); err != nil {
		return undoRefused(err)
	}
	undo := s.event(EventUndone, ev.Inbox, 0, ev.After, ev.Before)
	undo.Batch = batch
	return []string{"The company " + after.Of + " is as it was."}, "", w.Append(undo)
}

// Companies are those the actor sees, by what they are called.
func (s *Seat) Companies(ctx context.Context) ([]CompanyRow, error) {
	var list []CompanyRow
	err := s.read(ctx, func(r Reader) error {
		var err error
		list, err = r.Companies(s.actor.User)
		return err
	})
	return list, err
}
