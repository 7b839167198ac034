package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// The never-log list (rows F161, H66-H69): with whom the mail of personal
// inboxes is not logged. The desk's entries count for everybody's, each user has
// more of his own, which nobody else sees.

// NeverLog is one entry.
type NeverLog struct {
	// User is whose mail it is about; 0 is everybody's.
	User UserID
	// Address is folded, or a domain with its @, which covers its sub-domains
	// too.
	Address string
	Scope   NeverScope
	By      UserID
	At      time.Time
}

func (n NeverLog) whole() bool { return n.Scope == NeverMail }

// NeverScope is how much an entry holds back.
type NeverScope string

// The scopes.
const (
	// NeverAddress holds a mail back from the page of the address: it is logged
	// with others it names (H67).
	NeverAddress NeverScope = "address"
	// NeverMail holds back all mail that names the address. It is for internal
	// domains, and for the desk's list only.
	NeverMail NeverScope = "mail"
)

// NeverList is one of the two lists a user knows.
type NeverList string

// The lists.
const (
	NeverMine NeverList = "mine"
	NeverDesk NeverList = "desk" // changed by admins
)

// NeverLogState is what the journal keeps of an entry.
type NeverLogState struct {
	Address string     `json:"address"`
	Scope   NeverScope `json:"scope"`
}

func (n NeverLog) state() NeverLogState { return NeverLogState{n.Address, n.Scope} }

// NeverLogView is an entry as it is shown.
type NeverLogView struct {
	NeverLog
	List   NeverList
	ByName string
}

// NeverLogLists are the entries that count for the actor's mail.
type NeverLogLists struct {
	Entries []NeverLogView
	// Missing are the desk's own domains, as far as the actor knows them, that
	// are on no list (S238). They are offered.
	Missing []string
}

// NeverLogChange is what became of an entry.
type NeverLogChange struct {
	NeverLog
	List NeverList
	// Batch takes it back; empty when all was so already.
	Batch string
}

// readNever reads an address, or a domain with or without its @.
func readNever(text string) (string, error) {
	if t := strings.TrimSpace(text); t != "" && !strings.Contains(t, "@") {
		text = "@" + t
	}
	return readKnown(text)
}

// neverList gives whose a list is, and the inbox in which its changes are
// journaled: those of one's own list are nobody else's matter.
func (s *Seat) neverList(r Reader, list NeverList) (UserID, InboxID, error) {
	if list == NeverDesk {
		return 0, 0, s.mustAdmin(r, "change what is never logged for the whole desk")
	}
	mine, err := s.personals(r)
	if err != nil {
		return 0, 0, err
	}
	if len(mine) == 0 {
		return 0, 0, conflict("NO_PERSONAL_INBOX", "An admin changes the desk's list with --desk.", "You have no personal inbox, so nothing of yours is logged.")
	}
	return s.actor.User, mine[0].ID, nil
}

// personals are the personal inboxes of the actor.
func (s *Seat) personals(r Reader) ([]Inbox, error) {
	all, err := r.Inboxes()
	return slices.DeleteFunc(all, func(in Inbox) bool { return in.Kind != Personal || in.Owner != s.actor.User }), err
}

// AddNeverLog puts an address or a domain on a list, or changes its scope. With
// the empty scope a domain of the desk's own holds the whole mail back where the
// list is the desk's, and anything else only itself. It counts for new mail;
// what is logged already stays until [Seat.Relog].
func (s *Seat) AddNeverLog(ctx context.Context, list NeverList, address string, scope NeverScope) (NeverLogChange, error) {
	var res NeverLogChange
	folded, err := readNever(address)
	if err != nil {
		return res, err
	}
	err = s.write(ctx, func(w Writer) error {
		user, in, err := s.neverList(w, list)
		if err != nil {
			return err
		}
		if scope, err = neverScope(w, list, folded, scope); err != nil {
			return err
		}
		n := NeverLog{User: user, Address: folded, Scope: scope, By: s.actor.User, At: s.d.now()}
		had, err := neverLog(w, user, folded)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if err == nil && had.Scope == scope {
			res = NeverLogChange{NeverLog: had, List: list}
			return nil
		}
		ev := s.setup(EventNeverLogSet, in, nil, state(n.state()))
		if err == nil {
			ev.Before = state(had.state())
		}
		res = NeverLogChange{n, list, ev.Batch}
		return errors.Join(w.SaveNeverLog(n), w.Append(ev))
	})
	return res, err
}

func neverScope(r Reader, list NeverList, folded string, scope NeverScope) (NeverScope, error) {
	switch scope {
	case NeverAddress:
		return scope, nil
	case NeverMail:
		if list != NeverDesk {
			return "", invalid("BAD_SCOPE", "An admin puts it on the desk's list with --desk.", "What holds back whole mails is the desk's matter.")
		}
		return scope, nil
	case "":
		if list == NeverDesk && strings.HasPrefix(folded, "@") {
			own, err := ownDomains(r, func(Inbox) bool { return true })
			if slices.ContainsFunc(own, func(d string) bool { return covers(folded, d) }) {
				return NeverMail, err
			}
			return NeverAddress, err
		}
		return NeverAddress, nil
	default:
		return "", invalid("BAD_SCOPE", "It is address or mail.", "An entry cannot hold back %q.", Snippet(string(scope), 40))
	}
}

// covers reports whether an entry with its @ is for a domain.
func covers(entry, domain string) bool { return slices.Contains(listNames("@"+domain), entry) }

// ownDomains are the domains at which inboxes have addresses, sorted, but for
// those at which everybody can have one.
func ownDomains(r Reader, of func(Inbox) bool) ([]string, error) {
	inboxes, err := r.Inboxes()
	if err != nil {
		return nil, err
	}
	accounts, err := r.Accounts()
	if err != nil {
		return nil, err
	}
	addresses, err := r.Addresses()
	if err != nil {
		return nil, err
	}
	return domainsAt(inboxes, accounts, addresses, of), nil
}

// domainsAt are the domains of the addresses that such inboxes have.
func domainsAt(inboxes []Inbox, accounts []Account, addresses []Address, of func(Inbox) bool) []string {
	var own []string
	for _, a := range addresses {
		at := slices.IndexFunc(accounts, func(x Account) bool { return x.ID == a.Account })
		if at < 0 || !slices.ContainsFunc(inboxes, func(in Inbox) bool { return in.ID == accounts[at].Inbox && of(in) }) {
			continue
		}
		if d := companyDomain(FoldAddress(a.Address)); d != "" {
			own = append(own, d)
		}
	}
	slices.Sort(own)
	return slices.Compact(own)
}

// neverLog is the entry of an address itself.
func neverLog(r Reader, user UserID, address string) (NeverLog, error) {
	all, err := r.NeverLogs(user)
	if err != nil {
		return NeverLog{}, err
	}
	at := slices.IndexFunc(all, func(n NeverLog) bool { return n.User == user && n.Address == address })
	if at < 0 {
		return NeverLog{}, ErrNoRow
	}
	return all[at], nil
}

// RemoveNeverLog takes an entry off a list. New mail is logged again.
func (s *Seat) RemoveNeverLog(ctx context.Context, list NeverList, address string) (NeverLogChange, error) {
	var res NeverLogChange
	folded, err := readNever(address)
	if err != nil {
		return res, err
	}
	err = s.write(ctx, func(w Writer) error {
		user, in, err := s.neverList(w, list)
		if err != nil {
			return err
		}
		n, err := neverLog(w, user, folded)
		if errors.Is(err, ErrNoRow) {
			return notFound("NO_SUCH_ENTRY", "See them with: postroom neverlog list", "%s is not on that list.", folded)
		}
		if err != nil {
			return err
		}
		ev := s.setup(EventNeverLogRemoved, in, state(n.state()), nil)
		res = NeverLogChange{n, list, ev.Batch}
		return errors.Join(w.RemoveNeverLog(user, folded), w.Append(ev))
	})
	return res, err
}

// NeverLogs are the entries that count for the actor's mail: the desk's and his
// own.
func (s *Seat) NeverLogs(ctx context.Context) (NeverLogLists, error) {
	var l NeverLogLists
	err := s.read(ctx, func(r Reader) error {
		l = NeverLogLists{}
		all, err := r.NeverLogs(s.actor.User)
		if err != nil {
			return err
		}
		for _, n := range all {
			v := NeverLogView{NeverLog: n, List: NeverMine}
			if n.User == 0 {
				v.List = NeverDesk
			}
			if v.ByName, err = loginOf(r, n.By); err != nil {
				return err
			}
			l.Entries = append(l.Entries, v)
		}
		l.Missing, err = missingDomains(r, all, func(in Inbox) bool { return in.Kind == Shared || in.Owner == s.actor.User })
		return err
	})
	return l, err
}

// missingDomains are the desk's own domains that the desk's list does not have.
func missingDomains(r Reader, all []NeverLog, of func(Inbox) bool) ([]string, error) {
	own, err := ownDomains(r, of)
	return unlisted(own, all), err
}

// unlisted are those of some domains that the desk's list does not have.
func unlisted(domains []string, all []NeverLog) []string {
	return slices.DeleteFunc(domains, func(d string) bool {
		return slices.ContainsFunc(all, func(n NeverLog) bool { return n.User == 0 && covers(n.Address, d) })
	})
}

// revertNeverLog takes back a change of a list.
func (s *Seat) revertNeverLog(ctx context.Context, w Writer, ev Event) error {
	list, user := NeverDesk, UserID(0)
	if ev.Inbox != 0 {
		list, user = NeverMine, s.actor.User
	}
	return reverting[NeverLogState]{
		what: "entry",
		name: func(n NeverLogState) string { return n.Address },
		now: func(address string) (NeverLogState, error) {
			n, err := neverLog(w, user, address)
			return n.state(), err
		},
		same:   sameState[NeverLogState],
		add:    func(n NeverLogState) error { _, err := s.AddNeverLog(ctx, list, n.Address, n.Scope); return err },
		set:    func(_, to NeverLogState) error { _, err := s.AddNeverLog(ctx, list, to.Address, to.Scope); return err },
		remove: func(n NeverLogState) error { _, err := s.RemoveNeverLog(ctx, list, n.Address); return err },
	}.revert(ev)
}
