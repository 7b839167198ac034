package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ContactCard is all the actor may see about a contact.
type ContactCard struct {
	ContactRow
	// Addresses are all, the main one first.
	Addresses []string
	// Deals are open ones first, the most recently active first.
	Deals []DealRow
	// Conversations are the newest the actor sees; More says that there are
	// older ones.
	Conversations []Row
	More          bool
}

// cardConversations is how many conversations a card shows.
const cardConversations = 20

// DealRow is a deal as the actor may see it.
type DealRow struct {
	Deal
	// OwnerName is the login of its owner.
	OwnerName string
	// With is the main address of its contact and At what its company is
	// called; empty where the actor does not see them.
	With, At string
}

// Contacts lists the contacts the actor sees, by their main addresses.
func (s *Seat) Contacts(ctx context.Context, q ContactQuery) ([]ContactRow, error) {
	var list []ContactRow
	err := s.read(ctx, func(r Reader) error {
		var err error
		list, err = r.Contacts(s.actor.User, q)
		return err
	})
	return list, err
}

// ContactsLike reads a search for contacts as it is typed: words, and who and
// where as owner:LOGIN and company:NAME.
func (s *Seat) ContactsLike(ctx context.Context, typed, owner, company string, q ContactQuery) ([]ContactRow, error) {
	q.Words = strings.Fields(FoldName(typed))
	err := s.read(ctx, func(r Reader) error {
		var err error
		if q.Owner, err = ownerOf(r, owner); err != nil {
			return err
		}
		q.Company, err = s.companyOf(r, company)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Contacts(ctx, q)
}

// Contact shows a contact the actor sees, named by an address or as the #4473
// of a conversation.
func (s *Seat) Contact(ctx context.Context, who string) (ContactCard, error) {
	var card ContactCard
	err := s.read(ctx, func(r Reader) error {
		k, _, err := s.mustSeeContact(r, who)
		if err != nil {
			return err
		}
		card, err = s.card(r, k)
		return err
	})
	return card, err
}

// Customer is the card of a conversation's contact; [ErrNoRow] when it has none.
func (s *Seat) Customer(ctx context.Context, id ConversationID) (ContactCard, error) {
	var card ContactCard
	err := s.read(ctx, func(r Reader) error {
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		if c.Contact == 0 {
			return ErrNoRow
		}
		k, err := r.Contact(c.Contact)
		if err != nil {
			return err
		}
		card, err = s.card(r, k)
		return err
	})
	return card, err
}

func (s *Seat) card(r Reader, k Contact) (ContactCard, error) {
	card := ContactCard{ContactRow: ContactRow{Contact: k, Shown: k.Name}}
	var err error
	if card.Addresses, err = r.ContactAddresses(k.ID); err != nil {
		return card, err
	}
	card.Address = first(card.Addresses)
	if card.CompanyName, err = companyCalled(r, k.Company); err != nil {
		return card, err
	}
	if card.OwnerName, err = loginOf(r, k.Owner); err != nil {
		return card, err
	}
	if card.Conversations, err = r.ConversationsWith(s.actor.User, k.ID, cardConversations+1); err != nil {
		return card, err
	}
	if card.Shown == "" && len(card.Conversations) > 0 {
		card.Shown = card.Conversations[0].Who
	}
	if card.More = len(card.Conversations) > cardConversations; card.More {
		card.Conversations = card.Conversations[:cardConversations]
	}
	open, err := r.OpenDeals(k.ID)
	if err != nil {
		return card, err
	}
	closed, err := r.Deals(DealQuery{Contact: k.ID, Closed: true})
	if err != nil {
		return card, err
	}
	card.Deals, err = s.dealRows(r, append(open, closed...))
	return card, err
}

// dealRows puts names to deals.
func (s *Seat) dealRows(r Reader, deals []Deal) ([]DealRow, error) {
	rows := make([]DealRow, len(deals))
	for i, d := range deals {
		rows[i].Deal = d
		_, hidden, err := s.dealSeenIn(r, d)
		if err != nil {
			return nil, err
		}
		if rows[i].OwnerName, err = loginOf(r, d.Owner); err != nil {
			return nil, err
		}
		if !slices.Contains(hidden, AttrContact) {
			if rows[i].With, err = mainAddress(r, d.Contact); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(hidden, AttrCompany) {
			if rows[i].At, err = companyCalled(r, d.Company); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// Deals lists deals, the most recently active first. contact, company and
// owner limit the list where they are not empty; what the actor does not see
// there is answered like what is not there.
func (s *Seat) Deals(ctx context.Context, contact, company, owner string, q DealQuery) ([]DealRow, error) {
	var rows []DealRow
	err := s.read(ctx, func(r Reader) error {
		var err error
		if q.Owner, err = ownerOf(r, owner); err != nil {
			return err
		}
		if q.Company, err = s.companyOf(r, company); err != nil {
			return err
		}
		if contact != "" {
			k, _, err := s.mustSeeContact(r, contact)
			if err != nil {
				return err
			}
			q.Contact = k.ID
		}
		deals, err := r.Deals(q)
		if err != nil {
			return err
		}
		rows, err = s.dealRows(r, deals)
		return err
	})
	return rows, err
}

// Deal shows one deal.
func (s *Seat) Deal(ctx context.Context, id DealID) (DealRow, error) {
	var row DealRow
	err := s.read(ctx, func(r Reader) error {
		d, err := r.Deal(id)
		if errors.Is(err, ErrNoRow) {
			return noDeal(id)
		}
		if err != nil {
			return err
		}
		rows, err := s.dealRows(r, []Deal{d})
		if err == nil {
			row = rows[0]
		}
		return err
	})
	return row, err
}

// CompanyCard is all the actor may see about a company.
type CompanyCard struct {
	CompanyRow
	// People are the contacts of it that the actor sees.
	People []ContactRow
	Deals  []DealRow
}

// Company shows a company the actor sees, named by its name or a domain.
func (s *Seat) Company(ctx context.Context, name string) (CompanyCard, error) {
	var card CompanyCard
	err := s.read(ctx, func(r Reader) error {
		co, _, err := s.mustSeeCompany(r, name)
		if err != nil {
			return err
		}
		card.Company = co
		if card.Called, err = companyCalled(r, co.ID); err != nil {
			return err
		}
		if card.Domains, err = r.Domains(co.ID); err != nil {
			return err
		}
		if card.OwnerName, err = loginOf(r, co.Owner); err != nil {
			return err
		}
		if card.People, err = r.Contacts(s.actor.User, ContactQuery{Company: co.ID}); err != nil {
			return err
		}
		card.Contacts = len(card.People)
		deals, err := r.Deals(DealQuery{Company: co.ID})
		if err != nil {
			return err
		}
		card.Deals, err = s.dealRows(r, deals)
		return err
	})
	return card, err
}

// Duplicate is two contacts that may be one.
type Duplicate struct {
	// Into is the one to keep: the one that somebody has entered, else the
	// older one.
	Into, From ContactRow
	// Why is the reason, in words.
	Why string
}

// Duplicates are contacts the actor sees that look like one: with addresses
// that are one mailbox at their provider, or of the same name at one company's
// domain.
func (s *Seat) Duplicates(ctx context.Context) ([]Duplicate, error) {
	var found []Duplicate
	err := s.read(ctx, func(r Reader) error {
		found = nil
		all, err := r.Contacts(s.actor.User, ContactQuery{})
		if err != nil {
			return err
		}
		by, told := map[string]ContactRow{}, map[[2]ContactID]bool{}
		for _, k := range all {
			addresses, err := r.ContactAddresses(k.ID)
			if err != nil {
				return err
			}
			for why, key := range likenesses(k, addresses) {
				other, met := by[key]
				if !met || other.ID == k.ID {
					by[key] = k
					continue
				}
				d := Duplicate{Into: other, From: k, Why: strings.SplitN(why, "\n", 2)[0]}
				if k.Listed && !other.Listed || k.Listed == other.Listed && k.ID < other.ID {
					d.Into, d.From = k, other
				}
				if pair := [2]ContactID{d.Into.ID, d.From.ID}; !told[pair] {
					told[pair] = true
					found = append(found, d)
				}
			}
		}
		return nil
	})
	return found, err
}

// likenesses are what a contact can be alike in, by the reasons in words.
func likenesses(k ContactRow, addresses []string) map[string]string {
	alike := map[string]string{}
	for _, a := range addresses {
		folded := FoldAddress(a)
		if box, ok := providerMailbox(folded); ok {
			alike[fmt.Sprintf("one mailbox at its provider\n%s", box)] = "box " + box
		}
		// One word may be many people's name.
		if domain := companyDomain(folded); domain != "" && len(strings.Fields(k.Shown)) > 1 {
			alike["the same name at "+domain] = "name " + domain + " " + FoldName(strings.Join(strings.Fields(k.Shown), " "))
		}
	}
	return alike
}

// providerMailbox is the mailbox behind a folded address where the provider is
// known to ignore what stands behind a plus, or dots; false elsewhere. Google,
// Microsoft, Apple, Fastmail and Proton say so on their help pages.
func providerMailbox(folded string) (string, bool) {
	local, domain, _ := strings.Cut(folded, "@")
	dots := false
	switch domain {
	case "gmail.com", "googlemail.com":
		domain, dots = "gmail.com", true
	case "proton.me", "protonmail.com", "pm.me":
		domain, dots = "proton.me", true
	case "icloud.com", "me.com", "mac.com":
		domain = "icloud.com"
	case "outlook.com", "hotmail.com", "live.com", "fastmail.com", "fastmail.fm":
	default:
		return "", false
	}
	local, _, _ = strings.Cut(local, "+")
	if dots {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain, local != ""
}
