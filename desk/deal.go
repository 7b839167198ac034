package desk

import "time"

// Deal is a sale on its way, as somebody has entered it. Everybody at the desk
// sees deals; whose contact one is with, who sees the contact.
type Deal struct {
	ID DealID
	// Ref is what another system calls it, empty where none does.
	Ref     string
	Name    string
	Company CompanyID
	Contact ContactID
	// Owner is the user whose deal it is; 0 is nobody.
	Owner UserID
	// Stage is a word of whoever sells.
	Stage string
	Open  bool
	// Amount is in hundredths of Currency, a code of three letters (ISO 4217);
	// without a currency there is none.
	Amount   int64
	Currency string
	// ActiveAt is when it was last changed, or its contact last wrote or was
	// written to: of several open deals of a contact, such mail belongs to the
	// most recently active one.
	ActiveAt  time.Time
	CreatedAt time.Time
}

// DealQuery asks for a part of the deals.
type DealQuery struct {
	// Open and Closed say which; with neither, both.
	Open, Closed bool
	// Contact, Company and Owner limit the list; 0 is any.
	Contact ContactID
	Company CompanyID
	Owner   UserID
	// Ref is what another system calls it.
	Ref string
	// Limit is how many, 0 for all.
	Limit int
}
