package desk

import "time"

// CustomerReader finds contacts, companies and deals. What names a contact by
// its id or address follows merges: it gives the contact all is in now.
type CustomerReader interface {
	Contact(ContactID) (Contact, error)
	ContactAt(folded string) (Contact, error)
	// Whose are the contact that has the folded address itself, merged or not,
	// and the company that has the domain; 0 for none.
	Whose(folded, domain string) (ContactID, CompanyID, error)
	// ContactAddresses are all of a contact, the main one first.
	ContactAddresses(ContactID) ([]string, error)
	// ContactGroup are the contact and those merged into it.
	ContactGroup(ContactID) ([]ContactID, error)
	// SeenIn is an inbox in which the viewer sees a conversation of the
	// contact; [ErrNoRow] when there is none.
	SeenIn(viewer UserID, c ContactID) (InboxID, error)
	// Contacts are those the viewer sees, by their main addresses.
	Contacts(viewer UserID, q ContactQuery) ([]ContactRow, error)
	// ContactsOf are those a user looks after, also merged ones, by id.
	ContactsOf(owner UserID) ([]Contact, error)
	// ConversationsWith are those with a contact that the viewer sees, newest
	// first, at most limit.
	ConversationsWith(viewer UserID, c ContactID, limit int) ([]Row, error)

	// NeverLogs are the entries of the desk's never-log list, and behind them
	// those of the user's own, each by address.
	NeverLogs(UserID) ([]NeverLog, error)
	// LogOff reports whether a conversation was kept from being logged by hand.
	LogOff(ConversationID) (bool, error)
	// ConversationsIn are at most limit conversations of an inbox behind one,
	// by number, without those that have joined another.
	ConversationsIn(in InboxID, after ConversationID, limit int) ([]Conversation, error)

	Company(CompanyID) (Company, error)
	CompanyAt(domain string) (Company, error)
	CompanyByName(folded string) (Company, error)
	Domains(CompanyID) ([]string, error) // sorted
	// Companies are those the viewer sees: with a name, or with a contact he
	// sees. By what they are called.
	Companies(viewer UserID) ([]CompanyRow, error)
	CompaniesOf(owner UserID) ([]Company, error) // those he looks after, by id

	Deal(DealID) (Deal, error)
	// OpenDeals are those of a contact, the most recently active first; behind
	// them, in the same order, those of its company that name no contact.
	OpenDeals(ContactID) ([]Deal, error)
	// Deals are all the query asks for, the most recently active first.
	Deals(DealQuery) ([]Deal, error)
}

// CustomerWriter changes them.
type CustomerWriter interface {
	AddContact(Contact) (ContactID, error)
	SaveContact(Contact) error // all but ID and CreatedAt
	// MergeInto lets contacts go into another; with 0 each stands alone again.
	MergeInto(which []ContactID, into ContactID) error
	// AddContactAddress gives a contact an address that nobody has.
	AddContactAddress(c ContactID, address string, since time.Time) error
	RemoveContactAddress(folded string) error
	SaveNeverLog(NeverLog) error // one for each user and address
	RemoveNeverLog(u UserID, address string) error
	// StopLog keeps a conversation from being logged, ResumeLog takes that back.
	StopLog(ConversationID) error
	ResumeLog(ConversationID) error
	AddCompany(Company) (CompanyID, error)
	SaveCompany(Company) error     // all but ID and CreatedAt
	RemoveCompany(CompanyID) error // with its domains; its contacts and deals have none then
	// SetDomain gives a domain to a company; with 0 nobody has it.
	SetDomain(domain string, c CompanyID) error
	// MoveToCompany brings the contacts and deals of one company to another;
	// from 0 the contacts who have none and an address of the domain.
	MoveToCompany(from CompanyID, domain string, to CompanyID) error
	AddDeal(Deal) (DealID, error)
	SaveDeal(Deal) error // all but ID and CreatedAt
	// TouchDeal notes that the most recently active open deal of a contact was
	// active at a time.
	TouchDeal(c ContactID, at time.Time) error
}
