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
	Address string
	Account AccountID
	Inbox   Inbox
	Since   time.Time
}

// Holding is what somebody may know of the holder of an address that is in use.
// Everybody learns the name (S35, S49); who is neither an admin nor a member of
// the inbox learns no more, and for him the rest is empty.
type Holding struct {
	// Name is the owner's for a personal inbox, else the inbox's.
	Name string
	Kind InboxKind
	// Since is when the address was connected.
	Since time.Time
	// Release is the command with which the actor himself frees the address;
	// empty when that is for others to do.
	Release string
}

// goodAddress reports whether an account can have the address. What cannot be
// seen in it, and quotes that change nothing, would be a second spelling of an
// address that is held.
func goodAddress(address string) bool {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || strings.HasSuffix(address, ".") || strings.ContainsAny(address, "<>\"") {
		return false
	}
	if domain := address[at+1:]; domain == "" || domain[0] == '.' {
		return false
	}
	return !strings.ContainsFunc(address, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	})
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

// mustBeFree refuses the address of an account that is to be connected when
// another one has it. With plus addressing that is also whoever has a part of
// it: mail to help+eu@ arrives in the mailbox of help@.
func (s *Seat) mustBeFree(r Reader, a Account) error {
	folded := FoldAddress(a.Address)
	h, err := r.AddressHolder(folded)
	if err == nil {
		return s.addressInUse(r, a.Address, h)
	}
	if !errors.Is(err, ErrNoRow) {
		return err
	}
	all, err := r.Accounts()
	if err != nil {
		return err
	}
	base, plus := plusBase(folded)
	for _, other := range all {
		theirs := FoldAddress(other.Address)
		theirBase, theirPlus := plusBase(theirs)
		if plus && other.PlusAddressing && theirs == base || theirPlus && a.PlusAddressing && theirBase == folded {
			if h, err = r.AddressHolder(theirs); err != nil {
				return err
			}
			return s.addressInUse(r, a.Address, h)
		}
	}
	return nil
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
	member, err := s.member(r, h.Inbox.ID)
	if err != nil {
		return err
	}
	known, whose := Holding{Name: h.Inbox.Name}, fmt.Sprintf("the inbox %q", h.Inbox.Name)
	if h.Inbox.Kind == Personal {
		known.Name, whose = owner.Name, owner.Name
	}
	if !member && !me.Admin() {
		return inUse(known, "Ask "+owner.Name+" or an admin of this desk to release it.", "%s belongs to %s.", wanted, whose)
	}
	known.Kind, known.Since = h.Inbox.Kind, h.Since
	whose = fmt.Sprintf("the %s inbox %q of %s, since %s", h.Inbox.Kind, h.Inbox.Name, owner.Name, h.Since.UTC().Format("2006-01-02 15:04 UTC"))
	if FoldAddress(wanted) != FoldAddress(h.Address) {
		whose += fmt.Sprintf(": its mail arrives in one mailbox with that of %s", h.Address)
	}
	hint := "Ask " + owner.Name + " or an admin of this desk to release it with: postroom account disconnect " + h.Address
	if me.Admin() || h.Inbox.Owner == me.ID {
		known.Release = "postroom account disconnect " + h.Address
		hint = "Release it with: " + known.Release
	}
	return inUse(known, hint, "%s belongs to %s.", wanted, whose)
}

func inUse(known Holding, hint, format string, args ...any) error {
	return &Error{Kind: Conflict, Code: "ADDRESS_IN_USE", Message: fmt.Sprintf(format, args...), Hint: hint, Holder: &known}
}
