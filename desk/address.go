package desk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// AddressKind says what an account has an address for.
type AddressKind string

// The kinds of addresses.
const (
	// AddressPrimary is the one the account is connected with and named by.
	AddressPrimary AddressKind = "primary"
	// AddressAlias is one whose mail arrives in the account too, and that may
	// be written from.
	AddressAlias AddressKind = "alias"
	// AddressSendAs may be written from; its mail arrives somewhere else.
	AddressSendAs AddressKind = "send-as"
	// AddressForm is where a form or a forwarder delivers to, with the account
	// as its end. Nobody writes from it.
	AddressForm AddressKind = "form"
)

// AddressKinds are the kinds an address can be added as, the usual one first.
func AddressKinds() []AddressKind { return []AddressKind{AddressAlias, AddressSendAs, AddressForm} }

// article is the kind with its article, for a sentence.
func (k AddressKind) article() string {
	if k == AddressAlias {
		return "an alias"
	}
	return "a " + string(k)
}

// Arrives reports whether mail to such an address is in the account's mailbox.
func (k AddressKind) Arrives() bool { return k != AddressSendAs }

// Address is one of the addresses of an account. In the whole desk it has this
// one holder, compared folded (design 4.8).
type Address struct {
	Account AccountID
	Address string // as written
	Kind    AddressKind
	// Since is when it was connected or added.
	Since time.Time
	// VerifiedAt is when a mail has shown that the account may write from it;
	// zero before that. A primary address is verified by signing in.
	VerifiedAt time.Time
}

// Writes reports whether mail may leave from the address.
func (a Address) Writes() bool { return a.Kind != AddressForm && !a.VerifiedAt.IsZero() }

// release is the command that frees the address.
func (a Address) release() string {
	if a.Kind == AddressPrimary {
		return "postroom account disconnect " + a.Address
	}
	return "postroom account alias remove " + a.Address
}

// AddAddress gives an account a further address. It must be free in the whole
// desk, as for [Seat.Connect]. Before it may be written from it has to be
// verified. Of a personal account only its owner may.
func (s *Seat) AddAddress(ctx context.Context, account, address string, kind AddressKind) (Address, error) {
	a := Address{Address: strings.TrimSpace(address), Kind: kind, Since: s.d.now()}
	if !goodAddress(a.Address) {
		return Address{}, badAddress(address)
	}
	if kind != AddressAlias && kind != AddressSendAs && kind != AddressForm {
		return Address{}, invalid("BAD_KIND", "The kinds are alias, send-as and form.", "An address cannot be added as %q.", kind)
	}
	err := s.write(ctx, func(w Writer) error {
		holder, err := s.mayAddress(w, account, "give this account another address")
		if err != nil {
			return err
		}
		a.Account = holder.ID
		if err := s.mustBeFree(w, a, holder.PlusAddressing); err != nil {
			return err
		}
		if err := w.AddAddress(a); err != nil {
			return err
		}
		return w.Append(s.event(EventAddressAdded, holder.Inbox, 0, nil, state(a.change())))
	})
	return a, err
}

// RemoveAddress frees an alias, send-as or form address. What came in through
// it stays. The primary address goes with its account: [Seat.Disconnect].
func (s *Seat) RemoveAddress(ctx context.Context, address string) (Address, error) {
	var a Address
	err := s.write(ctx, func(w Writer) error {
		h, err := s.held(w, address, "remove this address")
		if err != nil {
			return err
		}
		a = h.Address
		if a.Kind == AddressPrimary {
			return conflict("PRIMARY_ADDRESS", "Disconnect the account with: "+a.release(), "%s is the address its account is connected with.", a.Address)
		}
		if err := mustNotLeaveFrom(w, a); err != nil {
			return err
		}
		if err := mustBeUnreferencedAddress(w, a); err != nil {
			return err
		}
		if err := w.RemoveAddress(FoldAddress(a.Address)); err != nil {
			return err
		}
		return w.Append(s.event(EventAddressRemoved, h.Inbox.ID, 0, state(a.change()), nil))
	})
	return a, err
}

// Addresses lists the addresses of the accounts in the inboxes the actor works
// in, for an admin those of all shared ones too; by account, the primary first.
func (s *Seat) Addresses(ctx context.Context) ([]Address, error) {
	var list []Address
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = nil
		me, err := r.User(s.actor.User)
		if err != nil {
			return err
		}
		all, err := r.Addresses()
		if err != nil {
			return err
		}
		shown := map[AccountID]bool{}
		for _, a := range all {
			if a.Kind == AddressPrimary {
				if shown[a.Account], err = s.seesAccount(r, me, a.Account); err != nil {
					return err
				}
			}
			if shown[a.Account] {
				list = append(list, a)
			}
		}
		return nil
	})
	return list, err
}

// Further are the addresses of an account besides its primary one, among those
// of all: what comes back with it when it is connected again.
func Further(all []Address, a AccountID) []string {
	var list []string
	for _, d := range all {
		if d.Account == a && d.Kind != AddressPrimary {
			list = append(list, d.Address)
		}
	}
	return list
}

// seesAccount reports whether somebody may know what an account is called: who
// works in its inbox, and of shared ones the admins.
func (s *Seat) seesAccount(r Reader, me User, id AccountID) (bool, error) {
	a, err := r.Account(id)
	if err != nil {
		return false, err
	}
	return s.seesInbox(r, me, a.Inbox)
}

// seesInbox is seesAccount for all accounts of an inbox.
func (s *Seat) seesInbox(r Reader, me User, id InboxID) (bool, error) {
	in, err := r.Inbox(id)
	if err != nil || in.Kind == Shared && me.Admin() {
		return err == nil, err
	}
	return s.sees(r, in.ID)
}

// addressChange is what the journal keeps of an address that comes or goes.
type addressChange struct {
	Address  string      `json:"address"`
	Kind     AddressKind `json:"kind"`
	Verified bool        `json:"verified,omitempty"`
	// With is the primary address of the account that it went with.
	With string `json:"with,omitempty"`
}

func (a Address) change() addressChange {
	return addressChange{Address: a.Address, Kind: a.Kind, Verified: !a.VerifiedAt.IsZero()}
}

// mayAddress is mustHold, but of a personal account only its owner decides
// what it is called.
func (s *Seat) mayAddress(r Reader, account, what string) (Account, error) {
	a, err := s.mustHold(r, account, what)
	if err != nil {
		return a, err
	}
	in, err := r.Inbox(a.Inbox)
	if err == nil && in.Kind == Personal && in.Owner != s.actor.User {
		return Account{}, denied("Ask its owner.", "Only its owner can %s.", what)
	}
	return a, err
}

// held gives who has the address to its owner, to admins, and to who may
// configure its inbox.
func (s *Seat) held(r Reader, address, what string) (Holder, error) {
	missing := notFound("NO_SUCH_ADDRESS", "See them with: postroom account alias list", "No account has the address %s.", address)
	h, err := r.AddressHolder(FoldAddress(address))
	if errors.Is(err, ErrNoRow) {
		return Holder{}, missing
	}
	if err != nil {
		return Holder{}, err
	}
	err = s.mustMay(r, h.Inbox.ID, RightConfigure)
	if KindOf(err) == NotFound && err != nil {
		// Of a personal inbox an admin may know what its addresses are for.
		if s.mustAdmin(r, what) != nil {
			return Holder{}, missing
		}
		err = nil
	}
	return h, err
}

// addressIn is an address of the journal as a person reads it.
func addressIn(raw json.RawMessage) string {
	var a addressChange
	if json.Unmarshal(raw, &a) != nil || a.Address == "" {
		return valueIn(raw)
	}
	return a.Address + " (" + string(a.Kind) + ")"
}
