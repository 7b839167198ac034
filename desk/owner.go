package desk

import "errors"

// keeperOf is who looks after the contact of a conversation, or after its open
// deal in which something was done last. said is why there is nobody.
func keeperOf(r Reader, c Conversation, kind StrategyKind) (owner UserID, said string, err error) {
	if c.Contact == 0 {
		return 0, "it has no contact", nil
	}
	if kind == ContactOwner {
		who, err := r.Contact(c.Contact)
		if errors.Is(err, ErrNoRow) || err == nil && who.Owner == 0 {
			return 0, "the contact has no owner", nil
		}
		return who.Owner, "", err
	}
	deals, err := r.OpenDeals(c.Contact)
	if err != nil {
		return 0, "", err
	}
	for _, d := range deals {
		if d.Owner != 0 {
			return d.Owner, "", nil
		}
	}
	if len(deals) > 0 {
		return 0, "no open deal has an owner", nil
	}
	return 0, "the contact has no open deal", nil
}
