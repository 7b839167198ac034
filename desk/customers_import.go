package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// ImportKind is what lines of an import are.
type ImportKind string

// What can be imported.
const (
	ImportContacts  ImportKind = "contacts"
	ImportCompanies ImportKind = "companies"
	ImportDeals     ImportKind = "deals"
)

// ImportLine is one line of an import: values by the attributes of its kind. An
// empty value leaves what there is.
type ImportLine struct {
	// N is its number in the file, from 1.
	N      int
	Values map[string]string
}

// ImportOutcome is what became of a line.
type ImportOutcome string

// The outcomes.
const (
	ImportNew     ImportOutcome = "new"
	ImportChanged ImportOutcome = "changed"
	ImportSame    ImportOutcome = "same"
	ImportBroken  ImportOutcome = "broken"
)

// ImportedLine is what became of one line.
type ImportedLine struct {
	N       int
	Outcome ImportOutcome
	Altered
	// Why says what is wrong with a broken line.
	Why string
	// Company is one that was made for it.
	Company string
}

// ImportCount is how the journal keeps an import.
type ImportCount struct {
	Kind    ImportKind `json:"kind"`
	New     int        `json:"new"`
	Changed int        `json:"changed"`
	Same    int        `json:"same"`
	Broken  int        `json:"broken"`
}

// importBatch is how many lines go into one transaction.
const importBatch = 200

// Import enters lines for the whole desk. A line finds what it is about, a
// contact by an address, a company by a domain or its name, a deal by its ref
// or by its name and contact, and changes it, or makes it new: doing it again
// changes nothing. A broken line changes nothing and stops no other. Companies
// that a line names and nobody has entered are made.
func (s *Seat) Import(ctx context.Context, kind ImportKind, lines []ImportLine) ([]ImportedLine, error) {
	size := importBatch
	if Rehearsing(ctx) {
		size = max(len(lines), 1) // so that a line finds what one before it would have made
	}
	var all []ImportedLine
	for some := range slices.Chunk(lines, size) {
		var done []ImportedLine
		err := s.write(ctx, func(w Writer) error {
			done = done[:0]
			count := ImportCount{Kind: kind}
			for _, line := range some {
				res, err := s.importLine(w, kind, line)
				if err != nil {
					return err
				}
				count.add(res.Outcome)
				done = append(done, res)
			}
			return w.Append(s.event(EventImported, 0, 0, nil, state(count)))
		})
		all = append(all, done...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func (c *ImportCount) add(o ImportOutcome) {
	switch o {
	case ImportNew:
		c.New++
	case ImportChanged:
		c.Changed++
	case ImportSame:
		c.Same++
	case ImportBroken:
		c.Broken++
	}
}

// importLine enters one line. What the user has to mend is an outcome, no error.
func (s *Seat) importLine(w Writer, kind ImportKind, line ImportLine) (ImportedLine, error) {
	values := maps.Clone(line.Values)
	maps.DeleteFunc(values, func(_, v string) bool { return strings.TrimSpace(v) == "" })
	res := ImportedLine{N: line.N}
	// What a line writes before it is found to be broken must not remain, so
	// the company it names is made only once everything else is right.
	err := s.checkLine(w, kind, values)
	if err == nil && kind != ImportCompanies {
		res.Company, err = s.missingCompany(w, values)
	}
	if err == nil {
		switch kind {
		case ImportCompanies:
			res.Altered, err = s.importCompany(w, values)
		case ImportDeals:
			res.Altered, err = s.importDeal(w, values)
		default:
			res.Altered, err = s.importContact(w, values)
		}
	}
	switch k := KindOf(err); {
	case err == nil && res.Added:
		res.Outcome = ImportNew
	case err == nil && len(res.After) > 0:
		res.Outcome = ImportChanged
	case err == nil:
		res.Outcome = ImportSame
	case k == Invalid || k == NotFound || k == Conflict:
		res.Outcome, res.Why = ImportBroken, err.Error()
		var e *Error
		if errors.As(err, &e) && e.Hint != "" {
			res.Why += " " + e.Hint
		}
		err = nil
	}
	return res, err
}

// checkLine finds out whether a line can be entered, without the company it
// names, and writes nothing.
func (s *Seat) checkLine(r Reader, kind ImportKind, values map[string]string) error {
	rest := maps.Clone(values)
	delete(rest, AttrCompany)
	switch kind {
	case ImportCompanies:
		_, err := alter(s, r, companyAttributes(), &companyRecord{}, rest)
		if KindOf(err) == Conflict {
			return nil // the name or the domain may be its own
		}
		return err
	case ImportDeals:
		if values[AttrName] == "" {
			return invalid("BAD_NAME", "", "A deal has a name.")
		}
		if _, err := alter(s, r, dealAttributes(), &Deal{}, rest); err != nil {
			return err
		}
		_, err := s.dealOfLine(r, values)
		return err
	case ImportContacts:
	}
	if values[AttrEmail] == "" {
		return invalid("NO_ADDRESS", "", "There is no address.")
	}
	if _, err := alter(s, r, contactAttributes(), &contactRecord{}, rest); err != nil {
		return err
	}
	_, _, err := s.contactOfLine(r, values)
	return err
}

// missingCompany makes the company that a line names where there is none.
func (s *Seat) missingCompany(w Writer, values map[string]string) (string, error) {
	name := values[AttrCompany]
	if name == "" {
		return "", nil
	}
	_, _, err := s.mustSeeCompany(w, name)
	if KindOf(err) != NotFound || err == nil {
		return "", err
	}
	res, err := s.addCompany(w, map[string]string{AttrName: name})
	return res.Of, err
}

// contactOfLine is the contact the actor sees with one of the line's addresses;
// its ID is 0 where there is none.
func (s *Seat) contactOfLine(r Reader, values map[string]string) (k Contact, in InboxID, err error) {
	for _, a := range items(values[AttrEmail], nil, FoldAddress) {
		one, by, err := s.mustSeeContact(r, a)
		switch {
		case err != nil && KindOf(err) == NotFound:
		case err != nil:
			return k, 0, err
		case k.ID != 0 && k.ID != one.ID:
			return k, 0, conflict("TWO_CONTACTS", "Merge them first with: postroom contact merge", "Its addresses belong to two contacts.")
		default:
			k, in = one, by
		}
	}
	return k, in, nil
}

func (s *Seat) importContact(w Writer, values map[string]string) (Altered, error) {
	k, in, err := s.contactOfLine(w, values)
	if err != nil {
		return Altered{}, err
	}
	values = maps.Clone(values)
	if k.ID == 0 {
		rec := contactRecord{Contact: Contact{Listed: true, CreatedAt: s.d.now()}}
		res, err := alter(s, w, contactAttributes(), &rec, values)
		if err != nil {
			return res, err
		}
		return res, s.addContact(w, &rec, &res)
	}
	values[AttrEmail], values[AttrListed] = "+"+values[AttrEmail], yesNo(true)
	res, err := s.setContact(w, k, in, values)
	return res, err
}

func (s *Seat) importCompany(w Writer, values map[string]string) (Altered, error) {
	co, in, err := s.companyOfLine(w, values)
	switch {
	case err != nil:
		return Altered{}, err
	case co.ID == 0:
		return s.addCompany(w, values)
	}
	values = maps.Clone(values)
	if values[AttrDomains] != "" {
		values[AttrDomains] = "+" + values[AttrDomains]
	}
	return s.setCompany(w, co, in, values)
}

// companyOfLine is the company with the line's name; else one without a name,
// or any if the line has none, that has one of its domains. Its ID is 0 where
// there is none.
func (s *Seat) companyOfLine(r Reader, values map[string]string) (Company, InboxID, error) {
	if name := values[AttrName]; name != "" {
		co, err := r.CompanyByName(FoldName(name))
		if !errors.Is(err, ErrNoRow) {
			return co, 0, err
		}
	}
	for _, d := range items(values[AttrDomains], nil, foldDomain) {
		co, in, err := s.mustSeeCompany(r, d)
		switch {
		case err != nil && KindOf(err) == NotFound:
		case err != nil:
			return co, 0, err
		case co.Name == "" || values[AttrName] == "":
			return co, in, nil
		}
	}
	return Company{}, 0, nil
}

func (s *Seat) importDeal(w Writer, values map[string]string) (Altered, error) {
	d, err := s.dealOfLine(w, values)
	if err != nil {
		return Altered{}, err
	}
	if d.ID != 0 {
		return s.setDeal(w, d, values)
	}
	_, res, err := s.addDeal(w, values)
	return res, err
}

// dealOfLine is the deal with the line's ref, or with its name and its contact
// or company; its ID is 0 where there is none.
func (s *Seat) dealOfLine(r Reader, values map[string]string) (Deal, error) {
	q := DealQuery{Ref: values[AttrRef]}
	switch {
	case q.Ref != "":
	case values[AttrContact] != "":
		k, _, err := s.mustSeeContact(r, values[AttrContact])
		if err != nil {
			return Deal{}, err
		}
		q.Contact = k.ID
	case values[AttrCompany] != "":
		var err error
		if q.Company, err = s.companyOf(r, values[AttrCompany]); KindOf(err) == NotFound && err != nil {
			return Deal{}, nil // it is yet to be made
		} else if err != nil {
			return Deal{}, err
		}
	}
	deals, err := r.Deals(q)
	if err != nil {
		return Deal{}, err
	}
	name := FoldName(strings.Join(strings.Fields(values[AttrName]), " "))
	deals = slices.DeleteFunc(deals, func(d Deal) bool { return q.Ref == "" && FoldName(d.Name) != name })
	switch len(deals) {
	case 0:
		return Deal{}, nil
	case 1:
		return deals[0], nil
	default:
		return Deal{}, conflict("TWO_DEALS", "Give it a ref.", "There are %d deals like it.", len(deals))
	}
}
