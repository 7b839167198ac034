package desk

import (
	"context"
	"slices"
	"strings"
)

// Of a set-up the shared inboxes and the accounts they get their mail by.

func configInboxes() ConfigKind {
	k := ConfigKind{
		Name: "inbox", Key: "name",
		Fields: []ConfigField{{Name: "members", Form: ConfigList, grows: true, folded: true}},
		have:   haveInboxes, plain: plainInbox, add: addInboxOf, set: setInboxOf,
		drop: func(ctx context.Context, s *Seat, name, member string) error {
			who, _, err := memberOf(member)
			if err == nil {
				_, err = s.RemoveMember(ctx, name, who)
			}
			return err
		},
	}
	for _, key := range settingKeys(Shared) {
		if key != SetName {
			k.Fields = append(k.Fields, ConfigField{
				Name: string(key), late: true,
				folded: key != SetFrom && key != SetSignature,
			})
		}
	}
	return k
}

// memberText is a member as it is written: maya, or "team:billing: see" where
// his rights are not the usual ones.
func memberText(who string, rights Rights) string {
	if rights == WorkRights() {
		return who
	}
	return who + ": " + rights.String()
}

func memberOf(text string) (who string, rights Rights, err error) {
	at := strings.LastIndex(text, ":")
	if at < 0 || at == len(teamMark)-1 && strings.HasPrefix(FoldName(text), teamMark) {
		return strings.TrimSpace(text), WorkRights(), nil
	}
	rights, err = ParseRights(text[at+1:])
	return strings.TrimSpace(text[:at]), rights, err
}

func haveInboxes(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
	views, err := s.Inboxes(ctx)
	if err != nil {
		return nil, err
	}
	var list []ConfigEntry
	for _, v := range views {
		if v.Kind != Shared {
			continue
		}
		set, err := s.InboxSettings(ctx, v.Name)
		if err != nil {
			return nil, err
		}
		e := ConfigEntry{"inbox", v.Name, map[string][]string{}}
		for _, one := range set {
			if one.Key != SetName && one.Value != "" {
				e.Values[string(one.Key)] = []string{one.Value}
			}
		}
		err = s.d.store.Read(ctx, func(r Reader) error {
			var err error
			e.Values["members"], err = membersText(r, v.Inbox)
			return err
		})
		if err != nil {
			return nil, err
		}
		said(e.Values)
		list = append(list, e)
	}
	return list, nil
}

// membersText are those who were let into an inbox, but for its owner, who may
// do everything as it is.
func membersText(r Reader, in Inbox) ([]string, error) {
	grants, err := r.Grants(in.ID)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, g := range grants {
		if g.To == (Grantee{ToUser, int64(in.Owner)}) {
			continue
		}
		who := Everyone
		if g.To.Kind != ToEveryone {
			if who, err = g.To.words(r); err != nil {
				return nil, err
			}
		}
		list = append(list, memberText(who, g.Rights))
	}
	slices.Sort(list)
	return list, nil
}

// plainInbox writes members as [membersText] does.
func plainInbox(r Reader, _ *Seat, e ConfigEntry) (map[string][]string, error) {
	values := notThese(e.Values)
	if e.text(string(SetOwner)) == "" {
		delete(values, string(SetOwner)) // there is always one
	}
	if !e.has("members") {
		return values, nil
	}
	var owner Grantee
	if in, err := r.InboxByName(FoldName(e.Name)); err == nil {
		owner = Grantee{ToUser, int64(in.Owner)}
	}
	values["members"] = nil
	for _, text := range e.Values["members"] {
		who, rights, err := memberOf(text)
		if err != nil {
			return nil, err
		}
		g, _, err := grantee(r, who)
		if err != nil {
			return nil, err
		}
		name := Everyone
		if g.Kind != ToEveryone {
			if name, err = g.words(r); err != nil {
				return nil, err
			}
		}
		if g != owner {
			values["members"] = append(values["members"], memberText(name, rights))
		}
	}
	return values, nil
}

// addInboxOf makes an inbox with its owner and its members. Who applies the
// set-up is let in only where it says so.
func addInboxOf(ctx context.Context, s *Seat, e ConfigEntry) error {
	me, err := s.Me(ctx)
	if err != nil {
		return err
	}
	n := NewInbox{Name: e.Name, Kind: Shared, Owner: e.text(string(SetOwner))}
	if _, err := s.MakeInbox(ctx, n); err != nil {
		return err
	}
	if n.Owner != "" && FoldName(n.Owner) != me.Login {
		if _, err := s.RemoveMember(ctx, e.Name, me.Login); err != nil {
			return err
		}
	}
	return s.d.store.Read(ctx, func(r Reader) error {
		values, err := plainInbox(r, s, ConfigEntry{Name: e.Name, Values: map[string][]string{"members": e.Values["members"]}})
		if err != nil {
			return err
		}
		return setInboxOf(ctx, s, ConfigEntry{Name: e.Name, Values: values})
	})
}

func setInboxOf(ctx context.Context, s *Seat, e ConfigEntry) error {
	for _, text := range e.Values["members"] {
		if err := s.letInto(ctx, e.Name, text); err != nil {
			return err
		}
	}
	values := map[SettingKey]string{}
	for name, value := range notThese(e.Values, "members") {
		values[SettingKey(name)] = strings.Join(value, ", ")
	}
	if len(values) == 0 {
		return nil
	}
	_, err := s.SetInboxSettings(ctx, e.Name, values)
	return err
}

// letInto gives a member the rights that are written of him.
func (s *Seat) letInto(ctx context.Context, inbox, text string) error {
	who, rights, err := memberOf(text)
	if err != nil {
		return err
	}
	let := false
	err = s.d.store.Read(ctx, func(r Reader) error {
		in, to, _, err := s.membering(r, inbox, who)
		if err == nil {
			_, let, err = grantOf(r, in.ID, to)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case let:
		_, err = s.SetMember(ctx, inbox, who, rights)
		return err
	default:
		return s.AddMember(ctx, inbox, who, rights)
	}
}

func configAccounts() ConfigKind {
	return ConfigKind{
		Name: "account", Key: "address",
		Fields: []ConfigField{
			{Name: "inbox", fixed: true, folded: true},
			{Name: "imap", fixed: true},
			{Name: "smtp", fixed: true},
			{Name: "username", fixed: true},
			{Name: "write_back", folded: true},
			{Name: "addresses", Form: ConfigList, grows: true, folded: true},
			{Name: "routing", Form: ConfigList, grows: true, folded: true, late: true},
		},
		have: haveAccounts, set: setAccount,
		waits: func(ctx context.Context, s *Seat, e ConfigEntry) (string, error) {
			ok, err := s.holds(ctx, e.Name)
			if ok || err != nil {
				return "", err
			}
			words := []string{"account", "connect", e.Name, "--inbox", e.text("inbox")}
			for _, server := range []string{"imap", "smtp"} {
				if e.text(server) != "" {
					words = append(words, "--"+server, e.text(server))
				}
			}
			return "The mailbox " + e.Name + " is not connected. Sign in with: " + command(words...) + "; then apply the file again.", nil
		},
		// Never asked: what is not connected waits.
		add: func(_ context.Context, _ *Seat, e ConfigEntry) error {
			return notFound("NO_SUCH_ADDRESS", "See them with: postroom account list", "%s is no account, but another address of one.", e.Name)
		},
		drop: func(ctx context.Context, s *Seat, _, value string) error {
			address, _ := addressOf(value)
			_, err := s.RemoveAddress(ctx, address)
			return err
		},
	}
}

// holds reports whether a shared inbox has an address.
func (s *Seat) holds(ctx context.Context, address string) (bool, error) {
	all, err := s.Addresses(ctx)
	return slices.ContainsFunc(all, func(a Address) bool { return FoldAddress(a.Address) == FoldAddress(address) }), err
}

// addressOf reads "ADDRESS" or "ADDRESS: WORD".
func addressOf(text string) (address, word string) {
	address, word, _ = strings.Cut(text, ":")
	return strings.TrimSpace(address), FoldName(word)
}

func haveAccounts(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
	views, err := s.Inboxes(ctx)
	if err != nil {
		return nil, err
	}
	addresses, err := s.Addresses(ctx)
	if err != nil {
		return nil, err
	}
	var list []ConfigEntry
	for _, v := range views {
		if v.Kind != Shared {
			continue
		}
		routing := map[string]string{}
		err := s.d.store.Read(ctx, func(r Reader) error {
			uses, err := r.UsesOf(v.ID)
			for _, u := range uses {
				if u.Address == "" {
					continue
				}
				if routing[u.Address], err = routingWords(r, u.Routing); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, a := range v.Accounts {
			list = append(list, accountEntry(v.Inbox, a, addresses, routing))
		}
	}
	return list, nil
}

func accountEntry(in Inbox, a Account, addresses []Address, routing map[string]string) ConfigEntry {
	e := ConfigEntry{"account", a.Address, map[string][]string{
		"inbox": one(in.Name), "imap": one(a.IMAP), "smtp": one(a.SMTP), "username": one(a.Username), "write_back": one(string(a.WriteBack)),
	}}
	for _, other := range addresses {
		if other.Account != a.ID {
			continue
		}
		if other.Kind != AddressPrimary {
			text := other.Address
			if other.Kind != AddressAlias {
				text += ": " + string(other.Kind)
			}
			e.Values["addresses"] = append(e.Values["addresses"], text)
		}
		if by := routing[FoldAddress(other.Address)]; by != "" {
			e.Values["routing"] = append(e.Values["routing"], FoldAddress(other.Address)+": "+by)
		}
	}
	said(e.Values)
	return e
}

func setAccount(ctx context.Context, s *Seat, e ConfigEntry) error {
	if e.has("write_back") {
		way := WriteBack(FoldName(e.text("write_back")))
		if _, err := s.SetMailbox(ctx, e.Name, MailboxChange{WriteBack: &way}); err != nil {
			return err
		}
	}
	for _, text := range e.Values["addresses"] {
		address, kind := addressOf(text)
		if kind == "" {
			kind = string(AddressAlias)
		}
		if _, err := s.AddAddress(ctx, e.Name, address, AddressKind(kind)); err != nil {
			return err
		}
	}
	for _, text := range e.Values["routing"] {
		address, by := addressOf(text)
		if _, err := s.RouteAddress(ctx, address, by); err != nil {
			return err
		}
	}
	return nil
}
