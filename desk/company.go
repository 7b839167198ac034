package desk

import "time"

// Company is where contacts work. One that the domain of an address has
// brought has no name of its own and is called by the domain; it is seen by
// who sees a contact of it. One with a name is seen by everybody.
type Company struct {
	ID CompanyID
	// Name is unique, compared folded; empty until somebody has entered one.
	Name string
	// Owner is the user who looks after it; 0 is nobody.
	Owner     UserID
	CreatedAt time.Time
}

// CompanyRow is a company as a list shows it to a viewer.
type CompanyRow struct {
	Company
	// Called is its name or its first domain.
	Called  string
	Domains []string
	// OwnerName is the login of its owner.
	OwnerName string
	// Contacts are how many of its contacts the viewer sees.
	Contacts int
}
