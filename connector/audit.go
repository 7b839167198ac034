package connector

import (
	"context"
	"errors"
	"slices"

	"postroom/desk"
)

// Audited is how the folders of one account compare with the ledger.
type Audited struct {
	Account string
	Folders []AuditedFolder
	// OnlyInbox says that the server's list of folders could not be read.
	OnlyInbox bool
	// Err says why there is nothing to compare.
	Err error
}

// AuditedFolder is how one folder compares: the set of UIDs the server lists
// with those the ledger has. An audit changes nothing, neither there nor here.
type AuditedFolder struct {
	Name        string
	Role        desk.FolderRole
	UIDValidity uint32
	// OnServer is how many messages the server lists, Here how many of them
	// are in the ledger.
	OnServer, Here int
	// Missing are on the server and not here, although they were there at the
	// last look at the folder; Extra are here and were never on the server.
	Missing, Extra []uint32
	// New have come since the last look; Gone are no more on the server since
	// then, and stay here.
	New, Gone int
	// Unlisted is how many messages the server counts and does not list.
	Unlisted int
	// Err says why the folder could not be compared.
	Err error
}

// Complete reports that nothing is missing, nothing extra and everything could
// be compared.
func (a Audited) Complete() bool {
	for _, f := range a.Folders {
		if f.Err != nil || len(f.Missing) > 0 || len(f.Extra) > 0 || f.Unlisted > 0 {
			return false
		}
	}
	return a.Err == nil && !a.OnlyInbox
}

// Audit compares accounts with their servers, in the order given. It takes no
// lease: another process may serve them meanwhile. told, if there is one, hears
// which folder of which account is looked at next, from several goroutines.
func (c *Connector) Audit(ctx context.Context, accounts []desk.AccountID, told func(account, folder string)) ([]Audited, error) {
	if told == nil {
		told = func(string, string) {}
	}
	chosen, err := c.chosen(ctx, accounts)
	if err != nil {
		return nil, err
	}
	list := make([]Audited, len(chosen))
	c.forEach(ctx, "audit", chosen, func(i int) { list[i] = c.audit(ctx, chosen[i], told) })
	return list, context.Cause(ctx)
}

// chosen are accounts with their secrets, in the order given.
func (c *Connector) chosen(ctx context.Context, ids []desk.AccountID) ([]desk.Account, error) {
	all, err := c.room.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var chosen []desk.Account
	for _, id := range ids {
		for _, a := range all {
			if a.ID == id {
				chosen = append(chosen, a)
			}
		}
	}
	return chosen, nil
}

func (c *Connector) audit(ctx context.Context, a desk.Account, told func(account, folder string)) Audited {
	out := Audited{Account: a.Address}
	s, list, err := openFolders(ctx, a, c.keys, c.pace)
	if err != nil {
		out.Err = err
		return out
	}
	defer s.close()
	out.OnlyInbox = s.blind
	for _, l := range list {
		told(a.Address, l.name)
		out.Folders = append(out.Folders, c.auditFolder(ctx, s, l))
	}
	return out
}

// auditFolder reads the ledger before and after the look at the server, since
// mail may come in meanwhile: what is missing has to be so afterwards, what is
// extra before.
func (c *Connector) auditFolder(ctx context.Context, s *session, l listing) AuditedFolder {
	out := AuditedFolder{Name: l.name, Role: l.role}
	cursor, err := c.room.Cursor(ctx, s.account.ID, l.name)
	if err != nil && !errors.Is(err, desk.ErrNoRow) {
		out.Err = err
		return out
	}
	before, err := c.room.KnownUIDs(ctx, cursor)
	if err != nil {
		out.Err = err
		return out
	}
	v, err := s.look(l.name)
	if err != nil {
		out.Err = s.explain(err)
		return out
	}
	out.UIDValidity, out.OnServer, out.Unlisted = v.uidValidity, len(v.uids), v.unlisted()
	if cursor.UIDValidity != v.uidValidity {
		// Never read, or numbered anew since: nothing here bears these UIDs.
		cursor, before = desk.Folder{}, nil
	}
	after, err := c.room.KnownUIDs(ctx, cursor)
	if err != nil {
		out.Err = err
		return out
	}
	absent := subtract(v.uids, after)
	out.Here = len(v.uids) - len(absent)
	var fresh, gone []uint32
	out.Missing, fresh = split(absent, cursor.UIDNext)
	gone, out.Extra = split(subtract(before, v.uids), v.uidNext)
	out.New, out.Gone = len(fresh), len(gone)
	return out
}

// split parts ascending UIDs at the first that is not below next; 0 is no
// mark, and all are below it.
func split(uids []uint32, next uint32) (below, from []uint32) {
	if next == 0 {
		return uids, nil
	}
	i, _ := slices.BinarySearch(uids, next)
	return uids[:i], uids[i:]
}
