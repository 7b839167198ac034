package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Who is always let through and who never is (rows F219, H28): an address, or a
// domain written @acme.test, which covers its sub-domains too. What is allowed is
// never spam, whatever the provider or a rule says; what is denied comes in as
// spam. Allowed wins over denied: one entry that allows is enough, whether it is
// the inbox's or the desk's.

// KnownSender is one entry of these lists.
type KnownSender struct {
	// Inbox is where it counts; 0 is every shared inbox.
	Inbox   InboxID
	Address string // folded, or a domain with its @
	Allowed bool
	// Reason is why, in the words of who entered it.
	Reason string
	By     UserID
	At     time.Time
}

// KnownView is an entry as it is shown.
type KnownView struct {
	KnownSender
	InboxName string // empty for the desk
	ByName    string
}

const maxSenderReason = 200

// readKnown reads an address or a domain.
func readKnown(text string) (string, error) {
	address := FoldAddress(strings.TrimPrefix(strings.TrimSpace(text), "*"))
	at := strings.LastIndexByte(address, '@')
	if at < 0 || at == len(address)-1 || !strings.Contains(address[at:], ".") || strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return "", invalid("BAD_ADDRESS", "Write ana@kite.test, or @kite.test for everybody there and at its sub-domains.", "%q is neither an address nor a domain.", Snippet(text, 60))
	}
	return address, nil
}

// mayKnow gives the inbox a list is of, 0 for the desk's, if the actor may
// change it.
func (s *Seat) mayKnow(r Reader, inbox string) (InboxID, error) {
	if inbox == "" {
		return 0, s.mustAdmin(r, "let through or refuse senders for the whole desk")
	}
	in, err := s.mayIn(r, inbox, RightConfigure)
	return in.ID, err
}

// KnowSender lets a sender through always or never, in an inbox or, with "", in
// all shared ones. Mail that is here already stays where it is.
func (s *Seat) KnowSender(ctx context.Context, inbox, sender string, allowed bool, reason string) (KnownSender, error) {
	var k KnownSender
	address, err := readKnown(sender)
	if err != nil {
		return k, err
	}
	if reason = oneLine(reason); len(reason) > maxSenderReason {
		return k, invalid("BAD_REASON", "Say it in fewer words.", "The reason is longer than %d bytes.", maxSenderReason)
	}
	err = s.write(ctx, func(w Writer) error {
		in, err := s.mayKnow(w, inbox)
		if err != nil {
			return err
		}
		before, err := w.KnownSender(in, address)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		had := err == nil
		k = KnownSender{Inbox: in, Address: address, Allowed: allowed, Reason: reason, By: s.actor.User, At: s.d.now()}
		if err := w.SaveKnownSender(k); err != nil {
			return err
		}
		ev := s.event(EventSenderKnown, in, 0, nil, state(k.form()))
		if had {
			ev.Before = state(before.form())
		}
		return w.Append(ev)
	})
	return k, err
}

type knownForm struct {
	Sender string `json:"sender"`
	List   string `json:"list"`
	Reason string `json:"reason,omitempty"`
}

func (k KnownSender) form() knownForm { return knownForm{k.Address, k.List(), k.Reason} }

// List is the word for the list an entry is in.
func (k KnownSender) List() string {
	if k.Allowed {
		return "allow"
	}
	return "deny"
}

// ForgetSender takes a sender off the lists of an inbox or the desk.
func (s *Seat) ForgetSender(ctx context.Context, inbox, sender string) error {
	address, err := readKnown(sender)
	if err != nil {
		return err
	}
	return s.write(ctx, func(w Writer) error {
		in, err := s.mayKnow(w, inbox)
		if err != nil {
			return err
		}
		k, err := w.KnownSender(in, address)
		if errors.Is(err, ErrNoRow) {
			return notFound("NO_SUCH_SENDER", "See them with: postroom sender list", "%s is on neither list.", address)
		}
		if err != nil {
			return err
		}
		if err := w.RemoveKnownSender(in, address); err != nil {
			return err
		}
		return w.Append(s.event(EventSenderForgotten, in, 0, state(k.form()), nil))
	})
}

// Senders lists who is let through always or never, in the desk and in the
// inboxes the actor sees.
func (s *Seat) Senders(ctx context.Context) ([]KnownView, error) {
	var list []KnownView
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = list[:0]
		all, err := r.Inboxes()
		if err != nil {
			return err
		}
		for _, in := range slices.Concat([]Inbox{{}}, all) {
			if in.ID != 0 {
				if ok, err := s.sees(r, in.ID); err != nil {
					return err
				} else if !ok {
					continue
				}
			}
			some, err := r.KnownSenders(in.ID)
			if err != nil {
				return err
			}
			for _, k := range some {
				v := KnownView{KnownSender: k, InboxName: in.Name}
				u, err := r.User(k.By)
				if err != nil && !errors.Is(err, ErrNoRow) {
					return err
				}
				v.ByName = u.Name
				list = append(list, v)
			}
		}
		return nil
	})
	return list, err
}

// listNames are the entries of a list that are for a folded address: itself, its
// domain, and those its domain is below.
func listNames(address string) []string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return nil
	}
	names := []string{address, address[at:]}
	for domain := address[at+1:]; ; {
		_, parent, more := strings.Cut(domain, ".")
		if !more || !strings.Contains(parent, ".") {
			return names
		}
		domain = parent
		names = append(names, "@"+domain)
	}
}

// knownAs finds the entry that counts for a sender in an inbox; false when there
// is none. A forged sender is never let through by his name.
func knownAs(r Reader, in Inbox, sender string, forged bool) (k KnownSender, known bool, err error) {
	names := listNames(sender)
	lists := []InboxID{in.ID}
	if in.Kind == Shared {
		lists = append(lists, 0)
	}
	for _, list := range lists {
		for _, name := range names {
			found, err := r.KnownSender(list, name)
			if errors.Is(err, ErrNoRow) || err == nil && found.Allowed && forged {
				continue
			}
			if err != nil {
				return k, false, err
			}
			if found.Allowed || !known {
				k, known = found, true
			}
			if k.Allowed {
				return k, true, nil
			}
		}
	}
	return k, known, nil
}
