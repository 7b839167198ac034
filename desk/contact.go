package desk

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Contact is somebody who writes to the desk, or is written to.
//
// A contact is seen by who sees a conversation of it, and by everybody once it
// is Listed. Who sees it sees all that is in here. What mail called it is not
// in here but in each conversation ([Conversation.Who]), so that a name is
// seen only where the mail is seen that brought it.
type Contact struct {
	ID ContactID
	// Name is what somebody has entered; empty until then.
	Name string
	// Owner is the user who looks after the contact; 0 is nobody.
	Owner UserID
	// Company is where the contact works; 0 is nowhere that is known.
	Company CompanyID
	// Listed says that it was entered or imported for the whole desk.
	Listed bool
	// Merged is the contact this one went into; 0 while it stands alone. It
	// keeps its addresses and conversations, so that undoing is exact.
	Merged    ContactID
	CreatedAt time.Time
}

// ContactQuery asks for a part of the contacts.
type ContactQuery struct {
	// Words must all be in the name, in what the viewer's mails call it, or in
	// an address; folded.
	Words []string
	// Company and Owner limit the list; 0 is any.
	Company CompanyID
	Owner   UserID
	// After is the folded main address behind which the list begins.
	After string
	// Limit is how many, 0 for all.
	Limit int
}

// ContactRow is a contact as a list shows it to a viewer.
type ContactRow struct {
	Contact
	// Shown is the name, or what the newest mail the viewer sees calls it;
	// empty where there is neither.
	Shown string
	// Address is the main one.
	Address string
	// CompanyName is what its company is called, empty for none.
	CompanyName string
	// OwnerName is the login of its owner.
	OwnerName string
}

// contactFor is the contact a new conversation is with: the one that has the
// address, or a new one, unless the inbox wants them made by hand; then 0.
func (d *Desk) contactFor(w Writer, in InboxID, m Mailbox, at time.Time) (ContactID, error) {
	folded := FoldAddress(m.Addr)
	if !strings.Contains(folded, "@") {
		return 0, nil
	}
	domain := companyDomain(folded)
	id, company, err := w.Whose(folded, domain)
	if err != nil || id != 0 {
		return id, err
	}
	set, err := w.InboxSettings(in)
	if err != nil || set.Contacts == ContactsByHand {
		return 0, err
	}
	if company == 0 && domain != "" {
		if company, err = w.AddCompany(Company{CreatedAt: at}); err != nil {
			return 0, err
		}
		if err := w.SetDomain(domain, company); err != nil {
			return 0, err
		}
	}
	if id, err = w.AddContact(Contact{Company: company, CreatedAt: at}); err != nil {
		return 0, err
	}
	return id, w.AddContactAddress(id, m.Addr, at)
}

// makesContact reports whether there is somebody behind a mail: neither junk
// nor what a mail system tells about mail is from a customer.
func (in Incoming) makesContact() bool { return in.Mail.makesContact() && in.Role != RoleJunk }

func (m Mail) makesContact() bool {
	switch m.Auto.Kind {
	case AutoBounce, AutoDelayed, AutoFeedback:
		return false
	default:
		return true
	}
}

// touchDeal moves the activity of the deal a mail belongs to.
func (d *Desk) touchDeal(w Writer, in Incoming, c Conversation) error {
	if c.Contact == 0 || in.Old || in.test || in.Mail.Auto.Kind != AutoNone {
		return nil
	}
	return w.TouchDeal(c.Contact, in.At)
}

// ContactsMade says whether mail makes contacts.
type ContactsMade string

// Whether mail from a new sender makes a contact. The empty value is the first.
const (
	ContactsBySender ContactsMade = "auto"
	ContactsByHand   ContactsMade = "by-hand"
)

// addressDomain is the domain of a folded address.
func addressDomain(folded string) string {
	return folded[strings.LastIndexByte(folded, '@')+1:]
}

// companyDomain is the domain that tells where the owner of a folded address
// works; empty where everybody can have an address.
func companyDomain(folded string) string {
	domain := addressDomain(folded)
	if !strings.Contains(domain, ".") || strings.HasPrefix(domain, "[") || Freemail(domain) {
		return ""
	}
	return domain
}

// seesContact reports whether the actor sees a contact. in is 0 where it is
// listed, and otherwise an inbox by which he sees it: what is journaled about
// it is seen there and nowhere else.
func (s *Seat) seesContact(r Reader, c Contact) (in InboxID, ok bool, err error) {
	if c.Listed {
		return 0, true, nil
	}
	in, err = r.SeenIn(s.actor.User, c.ID)
	if errors.Is(err, ErrNoRow) {
		return 0, false, nil
	}
	return in, err == nil, err
}

// read is for who may sign in, also with a screen that is open longer.
func (s *Seat) read(ctx context.Context, fn func(Reader) error) error {
	return s.d.store.Read(ctx, func(r Reader) error {
		if u, err := r.User(s.actor.User); err == nil && !u.Active() {
			return outside(u)
		}
		return fn(r)
	})
}
