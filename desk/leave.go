package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fate is where something goes that a user leaves behind.
type Fate string

// The fates.
const (
	Unsaid   Fate = ""         // nobody has said; then nobody who holds some of it is removed
	Transfer Fate = "transfer" // to somebody else
	Release  Fate = "release"  // to nobody
	KeepAs   Fate = "keep"     // it stays as it is, archived
	Disable  Fate = "disable"  // it stays and does nothing: of rules
	Drop     Fate = "drop"     // it goes on without him: of strategies
)

// Going is a fate with its heir, where there is one.
type Going struct {
	Fate Fate
	To   string // the heir's login, for Transfer
}

// ParseGoing reads release, keep, disable, drop, or transfer:LOGIN; empty is
// Unsaid. Not everything can go everywhere: that is refused when it is tried.
func ParseGoing(s string) (Going, error) {
	word, to, _ := strings.Cut(s, ":")
	g := Going{Fate(word), FoldName(to)}
	switch {
	case g.Fate == Transfer && g.To != "", slices.Contains([]Fate{Release, KeepAs, Disable, Drop, Unsaid}, g.Fate) && to == "":
		return g, nil
	default:
		return Going{}, invalid("BAD_FATE", "Say release, keep, or transfer:LOGIN.", "%q says not where it goes.", s)
	}
}

// Leaving says where all goes that a user holds.
type Leaving struct {
	// Addresses are those of his own inboxes: released, kept (nobody else can
	// have them until they are released), or transferred with the inbox.
	Addresses Going
	// Inboxes are his own, with all private mail in them: kept, so that nobody
	// reads them, or transferred.
	Inboxes Going
	// Conversations are the open ones he has in shared inboxes: released to
	// nobody, transferred, or kept, which closes them.
	Conversations Going
	// Owner is the login of who owns the shared inboxes he has owned.
	Owner string
	// Rules are those that name him: disabled, or transferred, and name somebody
	// else. Strategies are those that lead to him: he is dropped from them, or
	// somebody else stands in his place.
	Rules, Strategies Going
	// Records are the contacts, companies and deals he looks after: released to
	// nobody, or transferred.
	Records Going
}

// Count is how many of something are in an inbox.
type Count struct {
	Inbox string `json:"inbox"`
	N     int    `json:"n"`
}

// Holdings are what a user holds, which has to go somewhere when he leaves.
type Holdings struct {
	Login     string   `json:"login"`
	Addresses []string `json:"addresses"`
	Inboxes   []string `json:"inboxes"`
	Owns      []string `json:"owns"` // shared inboxes
	// Deputy are the shared inboxes whose deputy he is, and once it is said who
	// owns his those whose deputy becomes the owner. They have none then.
	Deputy        []string `json:"deputy"`
	Conversations []Count  `json:"conversations"`
	// Rules and Strategies are those that name him.
	Rules      []string `json:"rules"`
	Strategies []string `json:"strategies"`
	// Contacts, Companies and Deals are how many he looks after. They are not
	// named: who removes him need not see them.
	Contacts  int `json:"contacts"`
	Companies int `json:"companies"`
	Deals     int `json:"deals"`

	accounts []Account
	own      []Inbox
	owned    []Inbox
	stands   []Inbox
	open     []InboxID

	rules      []Rule
	strategies []Strategy

	contacts  []Contact // those merged into others too
	companies []Company
	deals     []Deal
}

// Holdings lists what a user holds. Admins only: who decides where it goes has
// to know what it is.
func (s *Seat) Holdings(ctx context.Context, login string) (Holdings, error) {
	var h Holdings
	err := s.d.store.Read(ctx, func(r Reader) error {
		u, err := s.other(r, login, "remove")
		if err == nil {
			h, err = holdings(r, u)
		}
		return err
	})
	return h, err
}

func holdings(r Reader, u User) (Holdings, error) {
	h := Holdings{Login: u.Login, Addresses: []string{}, Inboxes: []string{}, Owns: []string{}, Deputy: []string{}, Conversations: []Count{}, Rules: []string{}, Strategies: []string{}}
	all, err := r.Inboxes()
	if err != nil {
		return h, err
	}
	if err := errors.Join(h.routes(r, u, all), h.records(r, u)); err != nil {
		return h, err
	}
	accounts, err := r.Accounts()
	if err != nil {
		return h, err
	}
	addresses, err := r.Addresses()
	if err != nil {
		return h, err
	}
	deputies, err := r.Deputies()
	if err != nil {
		return h, err
	}
	for _, in := range all {
		if deputies[in.ID] == u.ID {
			h.Deputy, h.stands = append(h.Deputy, in.Name), append(h.stands, in)
		}
		if in.Kind == Shared {
			if in.Owner == u.ID {
				h.Owns, h.owned = append(h.Owns, in.Name), append(h.owned, in)
			}
			ids, err := r.OpenOf(in.ID, u.ID)
			if err != nil {
				return h, err
			}
			if len(ids) > 0 {
				h.Conversations, h.open = append(h.Conversations, Count{in.Name, len(ids)}), append(h.open, in.ID)
			}
			continue
		}
		if in.Owner != u.ID {
			continue
		}
		h.Inboxes, h.own = append(h.Inboxes, in.Name), append(h.own, in)
		for _, a := range accounts {
			if a.Inbox != in.ID {
				continue
			}
			h.accounts = append(h.accounts, a)
			for _, d := range addresses {
				if d.Account == a.ID {
					h.Addresses = append(h.Addresses, d.Address)
				}
			}
		}
	}
	return h, nil
}

// missing says of what nobody has said where it goes, and how that is said.
func (h Holdings) missing(l Leaving) error {
	var held, flags []string
	say := func(yes bool, what, flag string) {
		if yes {
			held, flags = append(held, what), append(flags, flag)
		}
	}
	say(len(h.Addresses) > 0 && l.Addresses.Fate == Unsaid, "the addresses "+strings.Join(h.Addresses, ", "), "--addresses release")
	say(len(h.Inboxes) > 0 && l.Inboxes.Fate == Unsaid, "the personal inboxes "+strings.Join(h.Inboxes, ", "), "--inboxes keep")
	say(len(h.Owns) > 0 && l.Owner == "", "the shared inboxes "+strings.Join(h.Owns, ", "), "--owner LOGIN")
	var open []string
	for _, c := range h.Conversations {
		open = append(open, fmt.Sprintf("%d in %s", c.N, c.Inbox))
	}
	say(len(open) > 0 && l.Conversations.Fate == Unsaid, "open conversations ("+strings.Join(open, ", ")+")", "--conversations release")
	say(len(h.Rules) > 0 && l.Rules.Fate == Unsaid, "a name in the rules "+strings.Join(h.Rules, ", "), "--rules disable")
	say(len(h.Strategies) > 0 && l.Strategies.Fate == Unsaid, "a place in the strategies "+strings.Join(h.Strategies, ", "), "--strategies drop")
	say(h.looksAfter() != "" && l.Records.Fate == Unsaid, h.looksAfter(), "--contacts release")
	if len(held) == 0 {
		return nil
	}
	return conflict("USER_HOLDS", "Say where each goes, for instance with: "+strings.Join(flags, " ")+" (or transfer:LOGIN; the others: postroom user remove --help)",
		"%s holds %s.", h.Login, strings.Join(held, "; "))
}

// heirs are the people something goes to.
type heirs struct{ inboxes, conversations, owner, rules, strategies, records User }

// fitting refuses a fate that is none for what it was said of.
func (l Leaving) fitting() error {
	for _, said := range []struct {
		flag  string
		going Going
		fates []Fate
	}{
		{"--addresses", l.Addresses, []Fate{Release, KeepAs}},
		{"--conversations", l.Conversations, []Fate{Release, KeepAs}},
		{"--rules", l.Rules, []Fate{Disable}},
		{"--strategies", l.Strategies, []Fate{Drop}},
		{"--contacts", l.Records, []Fate{Release}},
		{"--inboxes", l.Inboxes, []Fate{KeepAs, Release}}, // what is released is told more of below
	} {
		switch {
		case said.going == Going{Fate: Transfer}:
			return invalid("NO_HEIR", "Say transfer:LOGIN.", "Nobody is named who takes it over.")
		case said.going.Fate != Unsaid && said.going.Fate != Transfer && !slices.Contains(said.fates, said.going.Fate):
			return invalid("BAD_FATE", fmt.Sprintf("Say %s %s, or transfer:LOGIN.", said.flag, said.fates[0]), "%s cannot be %q.", said.flag, said.going.Fate)
		}
	}
	return nil
}

// checked refuses what makes no sense for what he holds.
func (h Holdings) checked(r Reader, l Leaving) (heirs, error) {
	var to heirs
	if err := h.missing(l); err != nil {
		return to, err
	}
	if err := l.fitting(); err != nil {
		return to, err
	}
	switch {
	case l.Inboxes.Fate == Release:
		return to, invalid("BAD_FATE", "Say --inboxes keep, or transfer:LOGIN.", "An inbox with its mail is not thrown away.")
	case len(h.Addresses) > 0 && l.Addresses.Fate == Transfer && l.Inboxes != l.Addresses:
		return to, invalid("BAD_FATE", "Transfer the inboxes to the same person, or release the addresses and connect them anew.", "An address goes along with its inbox.")
	case len(h.Addresses) > 0 && l.Addresses.Fate == KeepAs && l.Inboxes.Fate == Transfer:
		return to, invalid("BAD_FATE", "Say --addresses release, or transfer:LOGIN too.", "An address that is kept stays with its inbox.")
	}
	for _, heir := range []struct {
		login string
		to    *User
	}{{l.Inboxes.To, &to.inboxes}, {l.Conversations.To, &to.conversations}, {l.Owner, &to.owner}, {l.Rules.To, &to.rules}, {l.Strategies.To, &to.strategies}, {l.Records.To, &to.records}} {
		if heir.login == "" {
			continue
		}
		u, err := named(r, heir.login)
		if err != nil {
			return to, err
		}
		if !u.Active() || u.Login == h.Login {
			return to, conflict("NO_HEIR", "Choose somebody who stays.", "%s cannot take anything over.", u.Name)
		}
		*heir.to = u
	}
	if to.conversations.ID == 0 {
		return to, nil
	}
	for i, in := range h.open {
		have, err := r.Rights(in, to.conversations.ID)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return to, err
		}
		if !have.Reply {
			return to, conflict("NO_HEIR", "Let him in first with: "+command("inbox", "member", "add", h.Conversations[i].Inbox, to.conversations.Login), "%s does not answer in %q.", to.conversations.Name, h.Conversations[i].Inbox)
		}
	}
	return to, nil
}

// RemoveUser takes a user off the desk, in one transaction. All he holds goes
// where l says; a Conflict error USER_HOLDS lists what nobody has said it of.
// His name stays on what he has written, his login is free. Admins only. It is
// not undone: rehearse it first.
func (s *Seat) RemoveUser(ctx context.Context, login string, l Leaving) (Holdings, error) {
	var h Holdings
	err := s.write(ctx, func(w Writer) error {
		u, err := s.other(w, login, "remove")
		if err != nil {
			return err
		}
		if err := lastAdmin(w, u); err != nil {
			return err
		}
		if h, err = holdings(w, u); err != nil {
			return err
		}
		to, err := h.checked(w, l)
		if err != nil {
			return err
		}
		if err := h.heirStands(w, to.owner); err != nil {
			return err
		}
		for _, step := range []func() error{
			func() error { return s.passStrategies(w, u, h, l.Strategies, to.strategies) },
			func() error { return s.passRules(w, u, h, l.Rules, to.rules) },
			func() error { return s.passRecords(w, u, h, to.records) },
			func() error { return s.passConversations(w, u, h, l.Conversations, to.conversations) },
			func() error { return s.passAccounts(w, u, h, l.Addresses.Fate) },
			func() error { return s.passInboxes(w, h, l.Inboxes.Fate, to) },
			func() error { return s.forget(w, u, h) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return w.Append(s.event(EventUserRemoved, 0, 0, state(h), nil))
	})
	return h, err
}

// heirStands adds the inboxes whose deputy becomes their owner: owner and deputy
// are two people.
func (h *Holdings) heirStands(r Reader, heir User) error {
	for _, in := range h.owned {
		set, err := r.InboxSettings(in.ID)
		if err != nil {
			return err
		}
		if set.Deputy != 0 && set.Deputy == heir.ID {
			h.Deputy, h.stands = append(h.Deputy, in.Name), append(h.stands, in)
		}
	}
	return nil
}

// ReleaseAddress frees an address that somebody has who was removed, and says
// how many further ones of its mailbox are free with it: his account is
// disconnected, its mail stays where it is (S52). An address of somebody who is
// here is released as its holder is told. Admins only.
func (s *Seat) ReleaseAddress(ctx context.Context, address string) (further int, err error) {
	err = s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "release an address"); err != nil {
			return err
		}
		h, err := w.AddressHolder(FoldAddress(address))
		if errors.Is(err, ErrNoRow) {
			return notFound("NO_SUCH_ADDRESS", "It is free: see postroom inbox map", "Nobody has the address %s.", address)
		}
		if err != nil {
			return err
		}
		owner, err := w.User(h.Inbox.Owner)
		if err != nil {
			return err
		}
		if h.Inbox.Kind == Shared || owner.RemovedAt.IsZero() {
			return conflict("HOLDER_IS_HERE", "Release it with: "+h.release(), "%s belongs to the %s inbox %q of %s, who has not left.", address, h.Inbox.Kind, h.Inbox.Name, owner.Name)
		}
		a, err := w.Account(h.Account)
		if err != nil {
			return err
		}
		if err := s.recall(w, a); err != nil {
			return err
		}
		free, err := s.cutOff(w, a)
		further = len(free) - 1
		return err
	})
	return further, err
}
