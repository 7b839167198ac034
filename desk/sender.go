package desk

import (
	"context"
	"slices"
)

// senders are the addresses mail may leave from by some accounts: by account,
// each account's primary first. All are those the accounts have besides.
func senders(r Reader, accounts []Account) (senders, all []Address, err error) {
	held, err := r.Addresses()
	for _, d := range held {
		if slices.ContainsFunc(accounts, func(a Account) bool { return a.ID == d.Account }) {
			all = append(all, d)
		}
	}
	return sendersOf(accounts, all), all, err
}

// sendersOf are those among the addresses of a desk that some accounts may
// write from.
func sendersOf(accounts []Account, held []Address) []Address {
	var list []Address
	for _, d := range held {
		if d.Writes() && slices.ContainsFunc(accounts, func(a Account) bool { return a.ID == d.Account }) {
			list = append(list, d)
		}
	}
	return list
}

// WriteFrom lets a draft leave from another address of its inbox, of whichever
// of its accounts. It is refused for one that is not verified, and for one that
// belongs to anything else.
func (s *Seat) WriteFrom(ctx context.Context, dr Draft, address string) (Draft, error) {
	err := s.d.store.Read(ctx, func(r Reader) error {
		if err := s.mayWrite(r, dr); err != nil {
			return err
		}
		accounts, err := s.sendingAccounts(r, dr.Inbox)
		if err != nil {
			return err
		}
		_, all, err := senders(r, accounts)
		if err != nil {
			return err
		}
		from, err := mustWrite(all, address)
		dr.Account, dr.From = from.Account, from.Address
		return err
	})
	return dr, err
}

// mustWrite gives the address among those of the accounts of an inbox, if mail
// may leave from it.
func mustWrite(all []Address, address string) (Address, error) {
	at := slices.IndexFunc(all, func(a Address) bool { return FoldAddress(a.Address) == FoldAddress(address) })
	if at < 0 {
		return Address{}, conflict("OTHER_ADDRESS", "See those of its accounts with: postroom account alias list", "%s is not an address of this inbox.", address)
	}
	a := all[at]
	switch {
	case a.Kind == AddressForm:
		return a, conflict("OTHER_ADDRESS", "Write from another one; see: postroom account alias list", "%s only takes what a form delivers, nobody writes from it.", a.Address)
	case !a.Writes():
		return a, conflict("NOT_VERIFIED", "Verify it with: postroom account alias verify "+a.Address, "Nothing has shown yet that mail may leave from %s.", a.Address)
	}
	return a, nil
}

// sender is the address a draft leaves from, with its account.
func sender(accounts []Account, all []Address, dr Draft) (Account, string, error) {
	at := slices.IndexFunc(accounts, func(a Account) bool { return a.ID == dr.Account })
	if at < 0 {
		return Account{}, "", conflict("OTHER_ACCOUNT", "Choose an account of this inbox.", "The mail would leave from an account of another inbox.")
	}
	a := accounts[at]
	if dr.From == "" {
		return a, a.Address, nil
	}
	from, err := mustWrite(all, dr.From)
	if err == nil && from.Account != a.ID {
		err = conflict("OTHER_ACCOUNT", "Choose the account of the address.", "%s is not an address of %s.", from.Address, a.Address)
	}
	return a, from.Address, err
}

// writtenTo finds the address a mail was written to among ours, so that the
// answer leaves from it (S57): in To and Cc, else where the mail server says it
// has delivered it. Of a mail of ours it is the one that wrote it.
func writtenTo(last Message, ours []Address) (Address, bool) {
	var named []string
	boxes := slices.Concat(last.Mail.To, last.Mail.Cc)
	if last.Direction == Out {
		boxes = last.Mail.From
	}
	for _, m := range boxes {
		named = append(named, m.Addr)
	}
	if last.Direction == In {
		named = append(named, last.Mail.DeliveredTo...)
	}
	for _, name := range named {
		folded := FoldAddress(name)
		for _, wanted := range []string{folded, stripPlus(folded)} {
			if at := slices.IndexFunc(ours, func(a Address) bool { return FoldAddress(a.Address) == wanted }); at >= 0 {
				return ours[at], true
			}
		}
	}
	return Address{}, false
}
