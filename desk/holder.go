package desk

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Holder is who has an address: what a conflict has to name.
type Holder struct {
	Address
	Inbox Inbox
}

// Holding is what somebody may know of the holder of an address that is in use.
// Everybody learns the name (S35, S49); who is neither an admin nor the holder
// himself learns no more, also when he works in that inbox, and for him the rest
// is empty.
type Holding struct {
	// Name is the owner's for a personal inbox, else the inbox's.
	Name string
	Kind InboxKind
	// As is what the address is to its account.
	As AddressKind
	// Since is when the address was connected or added.
	Since time.Time
	// Release is the command with which the actor himself frees the address;
	// empty when that is for others to do.
	Release string
}

// goodAddress reports whether an account can have the address. What cannot be
// seen in it, and quotes that change nothing, would be a second spelling of an
// address that is held.
func goodAddress(address string) bool {
	at := strings.IndexByte(address, '@')
	if at < 1 || at != strings.LastIndexByte(address, '@') || strings.HasSuffix(address, ".") || strings.Contains(address[at:], "..") || strings.ContainsAny(address, "<>\",;:()[]\\") {
		return false
	}
	if domain := address[at+1:]; domain == "" || domain[0] == '.' {
		return false
	}
	return !strings.ContainsFunc(address, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	})
}

// CheckAddress refuses what cannot be the address of an account, with the
// Invalid error BAD_ADDRESS: the one check for all that ask for one.
func CheckAddress(address string) error {
	if !goodAddress(address) {
		return badAddress(address)
	}
	return nil
}

func badAddress(typed string) error {
	return invalid("BAD_ADDRESS", "Write it as name@example.org.", "%q is not a mail address.", typed)
}

// plusBase is the folded address without its plus part; false when it has none.
func plusBase(folded string) (string, bool) {
	at := strings.LastIndexByte(folded, '@')
	plus := strings.IndexByte(folded, '+')
	if plus < 1 || plus > at {
		return "", false
	}
	return folded[:plus] + folded[at:], true
}

// mustBeFree refuses the address that an account is to get when somebody has
// it, that account included. With plus addressing that is also whoever has a
// part of it: mail to help+eu@ arrives in the mailbox of help@. plus says that
// the account that gets it has that.
func (s *Seat) mustBeFree(r Reader, a Address, plus bool) error {
	folded := FoldAddress(a.Address)
	h, err := r.AddressHolder(folded)
	if err == nil {
		return s.addressInUse(r, a.Address, h)
	}
	if !errors.Is(err, ErrNoRow) {
		return err
	}
	accounts, err := r.Accounts()
	if err != nil {
		return err
	}
	plusOf := map[AccountID]bool{}
	for _, other := range accounts {
		plusOf[other.ID] = other.PlusAddressing
	}
	all, err := r.Addresses()
	if err != nil {
		return err
	}
	for _, other := range all {
		theirs := FoldAddress(other.Address)
		if other.Account == a.Account || !takes(plusOf[other.Account], other, folded) && !takes(plus, a, theirs) {
			continue
		}
		if h, err = r.AddressHolder(theirs); err != nil {
			return err
		}
		return s.addressInUse(r, a.Address, h)
	}
	return nil
}

// takes reports whether mail to a folded address with a plus part arrives at
// another one, whose account has plus addressing or not.
func takes(plus bool, at Address, folded string) bool {
	base, ok := plusBase(folded)
	return ok && plus && at.Kind.Arrives() && base == FoldAddress(at.Address)
}

// addressInUse names the holder, and tells those who may do something about it
// what that is.
func (s *Seat) addressInUse(r Reader, wanted string, h Holder) error {
	me, err := r.User(s.actor.User)
	if err != nil {
		return err
	}
	owner, err := r.User(h.Inbox.Owner)
	if err != nil {
		return err
	}
	known, whose := Holding{Name: h.Inbox.Name}, fmt.Sprintf("the inbox %q", h.Inbox.Name)
	if h.Inbox.Kind == Personal {
		known.Name, whose = owner.Name, owner.Name
	}
	if !me.Admin() && h.Inbox.Owner != me.ID {
		all, err := r.Users()
		if err != nil {
			return err
		}
		return inUse(known, "Ask "+whoHelps(owner, all)+" to release it.", "%s belongs to %s.", wanted, whose)
	}
	known.Kind, known.As, known.Since = h.Inbox.Kind, h.Kind, h.Since
	whose = fmt.Sprintf("the %s inbox %q of %s", h.Inbox.Kind, h.Inbox.Name, owner.Name)
	if h.Kind != AddressPrimary {
		whose += fmt.Sprintf(" as %s address", h.Kind.article())
	}
	whose += h.Since.UTC().Format(", since 2006-01-02 15:04 UTC")
	if FoldAddress(wanted) != FoldAddress(h.Address.Address) {
		whose += fmt.Sprintf(": its mail arrives in one mailbox with that of %s", h.Address.Address)
	}
	release := h.release()
	if h.Inbox.Kind == Personal && !owner.RemovedAt.IsZero() {
		release = "postroom account release " + h.Address.Address
	}
	known.Release = release
	return inUse(known, "Release it with: "+release+switching(h, me), "%s belongs to %s.", wanted, whose)
}

// switching is the command that makes the holder's account personal or shared,
// for who may do that (S11).
func switching(h Holder, me User) string {
	switch {
	case h.Kind != AddressPrimary:
	case h.Inbox.Kind == Shared && me.Admin():
		return "; make it personal with: postroom account convert " + h.Address.Address + " --to personal"
	case h.Inbox.Kind == Personal && h.Inbox.Owner == me.ID:
		return "; make it shared with: postroom account convert " + h.Address.Address + " --to shared"
	}
	return ""
}

func inUse(known Holding, hint, format string, args ...any) error {
	return &Error{Kind: Conflict, Code: "ADDRESS_IN_USE", Message: fmt.Sprintf(format, args...), Hint: hint, Holder: &known}
}
