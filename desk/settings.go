package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// InboxSettings are what can be chosen about an inbox besides its name and its
// owner. The zero value is what counts where nobody has chosen.
type InboxSettings struct {
	// FromName is a [FromRule], or a text with places.
	FromName string
	// Signature is a text with places, without the line "-- " above it.
	Signature string
	// Notify is what members hear of who have not chosen themselves.
	Notify NotifyAbout
	// Deputy looks after a shared inbox while its owner is away; 0 is nobody.
	Deputy UserID
	// Contacts says whether mail makes contacts.
	Contacts ContactsMade
	// Logging says what of a personal inbox's mail is logged on contacts.
	Logging Logging
	// Tickets says whether new conversations become tickets.
	Tickets TicketsIn
	// Falling is after how long without an answer what nobody has is falling
	// through, in whole minutes, working time where the inbox has a calendar; 0
	// is the default, -1 never.
	Falling time.Duration
	// Return is after how long who has a conversation loses it if he does
	// nothing for a customer who waits, in whole minutes, working time as
	// [Silence] says; 0 is never.
	Return time.Duration
}

// SettingKey names one thing about an inbox that can be chosen. Its words are
// stable: the journal and scripts have them.
type SettingKey string

// The settings of an inbox.
const (
	SetName      SettingKey = "name"
	SetFrom      SettingKey = "from"
	SetSignature SettingKey = "signature"
	SetNotify    SettingKey = "notify"
	SetOwner     SettingKey = "owner"
	SetDeputy    SettingKey = "deputy"
	SetContacts  SettingKey = "contacts"
	SetLogging   SettingKey = "logging"
	SetTickets   SettingKey = "tickets"
	SetRouting   SettingKey = "routing"
	SetFalling   SettingKey = "falling"
	SetReturn    SettingKey = "return"
)

// SettingKeys are all settings, in the order in which they are shown. Which of
// them an inbox has depends on its kind.
func SettingKeys() []SettingKey { return settingKeys("") }

// settingKeys are the settings of a kind of inboxes, or with "" of both.
func settingKeys(kind InboxKind) []SettingKey {
	var keys []SettingKey
	for _, s := range settings(Inbox{Kind: kind}) {
		keys = append(keys, s.Key)
	}
	return keys
}

// Setting is one thing about an inbox that can be chosen, and what has been.
type Setting struct {
	Key SettingKey
	// Says is what it is for, in one sentence.
	Says string
	// Value is what has been chosen, empty where nobody has; Default counts
	// then, itself empty where there is none.
	Value, Default string
	// Choices are the words it takes. With Text it takes any other text too,
	// with Lines one of several lines.
	Choices     []string
	Text, Lines bool
	// Shows is what comes of it for a mail of whoever asks; empty where the
	// value says it all.
	Shows string
}

// chosen is an inbox with all that can be chosen about it.
type chosen struct {
	Inbox
	InboxSettings
	Routing Routing
}

// setting declares one setting: everything about it is said here.
type setting struct {
	Setting
	// only is the kind of inbox that has it; empty for both.
	only InboxKind
	get  func(Reader, chosen) (string, error)
	// put changes c; the value is trimmed, and empty for the default.
	put   func(r Reader, c *chosen, value string) error
	shows func(User, chosen) string
}

// settings are the settings of an inbox, in the order in which they are shown.
func settings(in Inbox) []setting {
	all := []setting{
		{
			Setting: Setting{Key: SetName, Says: "What the inbox is called.", Text: true},
			get:     func(_ Reader, c chosen) (string, error) { return c.Name, nil }, put: putName,
		},
		{
			Setting: Setting{Key: SetFrom, Says: "The name customers see in From.", Default: string(FromAgent), Choices: fromRules(), Text: true},
			get:     func(_ Reader, c chosen) (string, error) { return c.FromName, nil }, put: putFrom,
			shows: func(u User, c chosen) string { return fromName(u, c.Inbox, c.InboxSettings) },
		},
		{
			Setting: Setting{Key: SetSignature, Says: "What stands under every mail from the inbox, instead of its author's own signature.", Text: true, Lines: true},
			get:     func(_ Reader, c chosen) (string, error) { return c.Signature, nil }, put: putSignature,
			shows: func(u User, c chosen) string { return fill(c.Signature, places(u, c.Inbox)) },
		},
		{
			Setting: Setting{Key: SetNotify, Says: "Of what members hear who have not chosen themselves.", Default: string(notifyDefault(in)), Choices: notifyAbouts()},
			get:     func(_ Reader, c chosen) (string, error) { return string(c.Notify), nil }, put: putNotify,
		},
		{
			Setting: Setting{Key: SetOwner, Says: "Who looks after the inbox day to day.", Text: true}, only: Shared,
			get: func(r Reader, c chosen) (string, error) { return loginOf(r, c.Owner) },
			put: func(r Reader, c *chosen, v string) error { return putUser(r, &c.Owner, SetOwner, v) },
		},
		{
			Setting: Setting{Key: SetDeputy, Says: "Who looks after it while the owner is away.", Text: true}, only: Shared,
			get: func(r Reader, c chosen) (string, error) { return loginOf(r, c.Deputy) },
			put: func(r Reader, c *chosen, v string) error { return putUser(r, &c.Deputy, SetDeputy, v) },
		},
		{
			Setting: Setting{Key: SetContacts, Says: "Whether mail from a new sender makes a contact.", Default: string(ContactsBySender), Choices: []string{string(ContactsBySender), string(ContactsByHand)}},
			get:     func(_ Reader, c chosen) (string, error) { return string(c.Contacts), nil }, put: putContacts,
		},
		{
			Setting: Setting{Key: SetLogging, Says: "What of its mail is logged on contacts: all, once it was answered, or nothing.", Default: string(LoggingAutomatic), Choices: loggingWords()}, only: Personal,
			get: func(_ Reader, c chosen) (string, error) { return string(c.Logging), nil }, put: putLogging,
		},
		{
			Setting: Setting{Key: SetTickets, Says: "Where new conversations become tickets, as PIPELINE/STAGE; the open ones become tickets at once.", Choices: []string{NoTickets}, Text: true}, only: Shared,
			get: func(r Reader, c chosen) (string, error) { return c.Tickets.text(r) }, put: putTickets,
		},
		{
			Setting: Setting{Key: SetRouting, Says: "Who gets new conversations: a strategy, or manual for whoever takes them.", Choices: []string{RoutingManual}, Text: true}, only: Shared,
			get: func(r Reader, c chosen) (string, error) { return routingWords(r, c.Routing) }, put: putRouting,
		},
		{
			Setting: Setting{Key: SetFalling, Says: "After how long without an answer what nobody has is falling through; working time where a policy for the inbox has a calendar.", Default: "24h, or 8h of work", Choices: []string{NeverFalling}, Text: true}, only: Shared,
			get: func(_ Reader, c chosen) (string, error) { return fallingText(c.Falling), nil }, put: putFalling,
		},
		{
			Setting: Setting{Key: SetReturn, Says: "After how long what somebody has goes back to the queue, if he does nothing and the customer waits; working time.", Default: NeverFalling, Choices: []string{NeverFalling}, Text: true}, only: Shared,
			get: func(_ Reader, c chosen) (string, error) { return fallingText(c.Return), nil }, put: putReturn,
		},
	}
	return slices.DeleteFunc(all, func(s setting) bool { return s.only != "" && in.Kind != "" && in.Kind != s.only })
}

func putName(r Reader, c *chosen, value string) error {
	name, err := inboxName(value)
	if err != nil {
		return err
	}
	other, err := r.InboxByName(FoldName(name))
	if err == nil && other.ID != c.ID {
		return conflict("NAME_IN_USE", "Choose another name.", "There is an inbox %q already.", name)
	}
	c.Name = name
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	return err
}

func putNotify(_ Reader, c *chosen, value string) error {
	if value != "" && !slices.Contains(notifyAbouts(), value) {
		return invalid("BAD_SETTING", "It is one of: "+strings.Join(notifyAbouts(), ", "), "%q is not what members can hear of.", Snippet(value, 40))
	}
	c.Notify = NotifyAbout(value)
	return nil
}

func putContacts(_ Reader, c *chosen, value string) error {
	switch made := ContactsMade(FoldName(value)); made {
	case "", ContactsBySender, ContactsByHand:
		c.Contacts = made
		return nil
	default:
		return invalid("BAD_SETTING", "It is auto or by-hand.", "Contacts cannot be made %q.", Snippet(value, 40))
	}
}

func putUser(r Reader, id *UserID, key SettingKey, login string) error {
	if login == "" && key != SetOwner {
		*id = 0
		return nil
	}
	u, err := r.UserByLogin(FoldName(login))
	if errors.Is(err, ErrNoRow) {
		return notFound("NO_SUCH_USER", "See who there is with: postroom user list", "There is no user %q.", login)
	}
	*id = u.ID
	return err
}

// loginOf is how a user is named in a setting; empty for nobody.
func loginOf(r Reader, id UserID) (string, error) {
	if id == 0 {
		return "", nil
	}
	u, err := r.User(id)
	return u.Login, err
}

// InboxSettings lists what can be chosen about an inbox the actor sees, and
// what has been.
func (s *Seat) InboxSettings(ctx context.Context, inbox string) ([]Setting, error) {
	var list []Setting
	err := s.d.store.Read(ctx, func(r Reader) error {
		in, err := s.mustSeeInbox(r, inbox)
		if err != nil {
			return err
		}
		me, err := r.User(s.actor.User)
		if err != nil {
			return err
		}
		c, err := chosenOf(r, in)
		if err != nil {
			return err
		}
		for _, def := range settings(in) {
			set := def.Setting
			if set.Value, err = def.get(r, c); err != nil {
				return err
			}
			if def.shows != nil {
				set.Shows = def.shows(me, c)
			}
			list = append(list, set)
		}
		return nil
	})
	return list, err
}

func chosenOf(r Reader, in Inbox) (chosen, error) {
	set, err := r.InboxSettings(in.ID)
	if err != nil {
		return chosen{}, err
	}
	uses, err := r.UsesOf(in.ID)
	c := chosen{Inbox: in, InboxSettings: set}
	for _, u := range uses {
		if u.Address == "" {
			c.Routing = u.Routing
		}
	}
	return c, err
}

// SettingsChanged is what [Seat.SetInboxSettings] has changed: Before and
// After have the settings that are different now. Both are empty when all was
// so already.
type SettingsChanged struct {
	Inbox         Inbox
	Before, After map[SettingKey]string
	// Batch takes it back.
	Batch string
	// Tickets is how many open conversations have become tickets.
	Tickets int
	// Waiting is how many open conversations that nobody has stay so, where a
	// routing was switched on: it is for what comes in from then on.
	Waiting int
	// Policy is what the policy is called that was made for a new inbox; empty
	// where none was.
	Policy string
}

// Stays says what another routing leaves as it is; empty where that is nothing.
func (c SettingsChanged) Stays() string {
	if c.Waiting == 0 {
		return ""
	}
	return fmt.Sprintf("The routing is for what comes in from now on: %d open %s nobody has stay%s in the queue, to be taken or assigned.", c.Waiting, plural(c.Waiting, "conversation", "conversations"), plural(c.Waiting, "s", ""))
}

// SetInboxSettings changes settings of an inbox together or not at all; an
// empty value brings back the default. Of a shared inbox owner and deputy are
// two of its members. Only who may configure the inbox.
func (s *Seat) SetInboxSettings(ctx context.Context, inbox string, values map[SettingKey]string) (SettingsChanged, error) {
	var res SettingsChanged
	err := s.write(ctx, func(w Writer) error {
		in, err := s.mayIn(w, inbox, RightConfigure)
		if err != nil {
			return err
		}
		res, err = s.set(w, in, values)
		return err
	})
	return res, err
}

// set changes settings, with their event.
func (s *Seat) set(w Writer, in Inbox, values map[SettingKey]string) (SettingsChanged, error) {
	res, err := s.choose(w, in, values)
	if err != nil || len(res.After) == 0 {
		return res, err
	}
	res.Batch = s.d.newBatch()
	ev := s.event(EventInboxSet, in.ID, 0, state(res.Before), state(res.After))
	ev.Batch = res.Batch
	if err := w.Append(ev); err != nil {
		return res, err
	}
	if now := res.After[SetTickets]; now != "" && now != NoTickets {
		if res.Tickets, err = s.ticketsForOpen(w, res.Inbox, res.Batch); err != nil {
			return res, err
		}
	}
	manual := func(routing string) bool { return routing == "" || routing == RoutingManual }
	if !manual(res.After[SetRouting]) && manual(res.Before[SetRouting]) {
		counts, err := w.Counts(s.actor.User)
		res.Waiting = counts[in.ID].Unassigned
		return res, err
	}
	return res, nil
}

// choose changes settings and says which are different now.
func (s *Seat) choose(w Writer, in Inbox, values map[SettingKey]string) (SettingsChanged, error) {
	res := SettingsChanged{Inbox: in, Before: map[SettingKey]string{}, After: map[SettingKey]string{}}
	defs := settings(in)
	if err := checkKeys(defs, in, values); err != nil {
		return res, err
	}
	before, err := chosenOf(w, in)
	if err != nil {
		return res, err
	}
	after := before
	for _, def := range defs {
		value, asked := values[def.Key]
		if !asked {
			continue
		}
		was, err := def.get(w, after)
		if err != nil {
			return res, err
		}
		if err := def.put(w, &after, strings.TrimSpace(value)); err != nil {
			return res, err
		}
		now, err := def.get(w, after)
		if err != nil {
			return res, err
		}
		if now != was {
			res.Before[def.Key], res.After[def.Key] = was, now
		}
	}
	res.Inbox = after.Inbox
	if len(res.After) == 0 {
		return res, nil
	}
	if err := s.checkKeepers(w, before, after); err != nil {
		return res, err
	}
	if err := s.keepFormer(w, before, after); err != nil {
		return res, err
	}
	if err := w.SaveInbox(after.Inbox); err != nil {
		return res, err
	}
	if before.Routing != after.Routing {
		if err := reroute(w, Use{Inbox: in.ID, Routing: after.Routing}, before.Routing); err != nil {
			return res, err
		}
	}
	if err := w.SaveInboxSettings(in.ID, after.InboxSettings); err != nil || before.Return == after.Return || after.Return == 0 {
		return res, err
	}
	return res, s.d.countSilences(w, in.ID, after.Return)
}

// keepFormer lets whoever was the owner go on working in the inbox.
func (s *Seat) keepFormer(w Writer, before, after chosen) error {
	if before.Owner == after.Owner {
		return nil
	}
	former := Grantee{ToUser, int64(before.Owner)}
	grants, err := w.Grants(after.ID)
	if err != nil || slices.ContainsFunc(grants, func(g Grant) bool { return g.To == former }) {
		return err
	}
	return w.SaveGrant(Grant{Inbox: after.ID, To: former, Rights: WorkRights(), Since: s.d.now()})
}

// checkKeys refuses settings that the inbox does not have.
func checkKeys(defs []setting, in Inbox, values map[SettingKey]string) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if slices.ContainsFunc(defs, func(d setting) bool { return d.Key == key }) {
			continue
		}
		var known []string
		for _, d := range defs {
			known = append(known, string(d.Key))
		}
		return invalid("NO_SUCH_SETTING", "There are: "+strings.Join(known, ", "), "A %s inbox has no setting %q.", in.Kind, Snippet(string(key), 40))
	}
	return nil
}

// checkKeepers holds owner and deputy, where they are new, to be two people who
// work in the inbox.
func (s *Seat) checkKeepers(r Reader, before, after chosen) error {
	if after.Owner == after.Deputy {
		return conflict("SAME_PERSON", "Choose another deputy with: postroom inbox set NAME deputy=LOGIN", "Owner and deputy are two people: one stands in for the other.")
	}
	for now, was := range map[UserID]UserID{after.Owner: before.Owner, after.Deputy: before.Deputy} {
		if now == 0 || now == was {
			continue
		}
		u, err := r.User(now)
		if err != nil {
			return err
		}
		if !u.Active() {
			return conflict("NOT_HERE", "Choose somebody who is: postroom user list", "%s is %s, and cannot look after %q.", u.Name, u.State(), after.Name)
		}
		may, err := r.Rights(after.ID, now)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if !may.Works() {
			return conflict("NO_MEMBER", "Let them in first with: postroom inbox member add "+after.Name+" "+u.Login, "%s does not work in %q.", u.Name, after.Name)
		}
	}
	return nil
}

// undoSettings brings back what an event has changed, and says why not where
// it has been changed again since.
func (s *Seat) undoSettings(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	var before, after map[SettingKey]string
	if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after)); err != nil {
		return nil, "", err
	}
	in, err := w.Inbox(ev.Inbox)
	if err != nil {
		return nil, "", err
	}
	if may, err := s.may(w, in.ID, RightConfigure); KindOf(err) == NotFound && err != nil || err == nil && !may {
		return nil, "you may not change its settings any more", nil
	} else if err != nil {
		return nil, "", err
	}
	c, err := chosenOf(w, in)
	if err != nil {
		return nil, "", err
	}
	for _, def := range settings(in) {
		want, asked := after[def.Key]
		now, err := def.get(w, c)
		if err != nil {
			return nil, "", err
		}
		if asked && now != want {
			return nil, string(def.Key) + " has been changed since", nil
		}
	}
	res, err := s.choose(w, in, before)
	if KindOf(err) == Conflict || KindOf(err) == NotFound {
		return nil, strings.TrimSuffix(err.Error(), "."), nil
	}
	if err != nil {
		return nil, "", err
	}
	undo := s.event(EventUndone, in.ID, 0, state(res.Before), state(res.After))
	undo.Batch = batch
	return []string{fmt.Sprintf("The settings of %q are as they were.", res.Inbox.Name)}, "", w.Append(undo)
}
