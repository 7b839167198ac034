package connector

import (
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"postroom/connector/discover"
	"postroom/connector/parse"
	"postroom/desk"
)

const (
	// trafficMails is how many of the newest mails of a folder a look counts.
	trafficMails = 200
	// trafficHeader is how much of the header of each it reads, in bytes.
	trafficHeader = 32 << 10
)

// Look is a [Probe] that also counts what a first sync would bring: how many
// mails are from before the account's cut-off, and who writes the newest. It
// reads headers and dates, and writes nothing, neither there nor here.
func Look(ctx context.Context, a desk.Account, password string) (Probed, error) {
	s, list, err := openFolders(ctx, a, given(password), probing())
	if err != nil {
		return Probed{}, err
	}
	defer s.close()
	p := Probed{Capabilities: s.offers()}
	newest := map[desk.FolderRole][]desk.Mail{}
	for _, l := range list {
		if _, err := s.examine(l.name); err != nil {
			return Probed{}, s.explain(err)
		}
		f := ProbedFolder{Name: l.name, Role: l.role, Messages: int(s.exists())}
		if f.Old, err = s.countBefore(a.CutOff); err != nil {
			return Probed{}, s.explain(err)
		}
		if l.role != desk.RoleJunk {
			mails, err := s.newestHeaders(ctx)
			if err != nil {
				return Probed{}, s.explain(err)
			}
			newest[l.role] = append(newest[l.role], mails...)
		}
		p.Folders = append(p.Folders, f)
	}
	p.Traffic = desk.TrafficOf(a.Address, !discover.GivesAddresses(a.Domain()), newest[desk.RoleInbox], newest[desk.RoleSent])
	return p, nil
}

// offers are what the server says it can do, sorted.
func (s *session) offers() []string {
	var list []string
	for c := range s.caps {
		list = append(list, string(c))
	}
	slices.Sort(list)
	return list
}

// countBefore counts the mails of the open folder that came before a time. A
// search knows days only, and those of the zone the server has written each
// date in (RFC 3501 6.4.4), so the dates around the time are read.
func (s *session) countBefore(t time.Time) (int, error) {
	if t.IsZero() || s.exists() == 0 {
		return 0, nil
	}
	day := t.UTC().Truncate(24 * time.Hour)
	first, last := day.AddDate(0, 0, -1), day.AddDate(0, 0, 2)
	before, err := s.search(&imap.SearchCriteria{Before: first}, 1)
	if err != nil {
		return 0, err
	}
	around, err := s.search(&imap.SearchCriteria{Since: first, Before: last}, 1)
	if err != nil || len(around) == 0 {
		return len(before), err
	}
	n := len(before)
	var set imap.UIDSet
	for _, uid := range around {
		set.AddNum(imap.UID(uid))
	}
	err = s.within(s.pace.search, func() error {
		s.guard.allow(maxLine, maxData, maxString)
		dates, err := s.client.Fetch(set, &imap.FetchOptions{UID: true, InternalDate: true}).Collect()
		for _, d := range dates {
			if d.InternalDate.Before(t) {
				n++
			}
		}
		return err
	})
	return n, err
}

// newestHeaders reads the headers of the newest mails of the open folder, as
// mails without a text.
func (s *session) newestHeaders(ctx context.Context) ([]desk.Mail, error) {
	n := s.exists()
	if n == 0 {
		return nil, nil
	}
	var from uint32 = 1
	if n > trafficMails {
		from = n - trafficMails + 1
	}
	var list []desk.Mail
	header := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: trafficHeader}}
	_, err := s.fetchSet(ctx, imap.SeqSet{{Start: from, Stop: n}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{header}}, func(l letter) error {
		list = append(list, parse.Parse(l.raw, parse.Options{}))
		return nil
	})
	return list, err
}
