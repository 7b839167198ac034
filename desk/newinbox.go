package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// NewInbox is what an inbox is made from. A personal one has a name and nothing
// else.
type NewInbox struct {
	Name string
	Kind InboxKind
	// Access is who works there besides the creator: logins, team:NAME, or
	// [Everyone].
	Access []string
	// Template is the name of an [InboxTemplate]; empty for none.
	Template string
	// Owner and Deputy are the logins of who looks after it; both work there.
	// Without an owner it is the creator's, without a deputy it has none.
	Owner, Deputy string
	// Tickets is where its conversations become tickets, as PIPELINE/STAGE, or
	// [NoTickets]; empty while nobody has decided.
	Tickets string
	// FirstResponse is until when a first answer is promised, as in a policy
	// ([PolicyFirst]); empty for no promise. It needs Tickets, which clocks are
	// for (S244).
	FirstResponse string
}

// settings are those that are chosen with the inbox.
func (n NewInbox) settings() (map[SettingKey]string, error) {
	values := map[SettingKey]string{}
	if n.Template != "" {
		template, err := templateCalled(n.Template)
		if err != nil {
			return nil, err
		}
		maps.Copy(values, template.Settings)
	}
	if n.Owner != "" {
		values[SetOwner] = n.Owner
	}
	if n.Deputy != "" {
		values[SetDeputy] = n.Deputy
	}
	if n.Tickets != "" {
		values[SetTickets] = n.Tickets
	}
	return values, nil
}

// InboxTemplate is what an inbox of a usual purpose begins with: settings like
// any others, and nothing besides.
type InboxTemplate struct {
	Name string
	// Says is for whom it is, in one sentence.
	Says     string
	Settings map[SettingKey]string
}

// InboxTemplates are the templates there are (row S288).
func InboxTemplates() []InboxTemplate {
	return []InboxTemplate{
		{"support", "Customers hear a person who speaks for the desk.", map[SettingKey]string{
			SetFrom: string(FromAgentVia), SetSignature: "{{agent.first}}\n{{inbox.name}}", SetNotify: string(NotifyMine),
		}},
		{"sales", "Customers hear one person, whom they will hear again.", map[SettingKey]string{
			SetFrom: string(FromAgent), SetSignature: "{{agent.name}}", SetNotify: string(NotifyMine),
		}},
		{"billing", "Customers hear the office, whoever writes.", map[SettingKey]string{
			SetFrom: string(FromInbox), SetSignature: "{{inbox.name}}", SetNotify: string(NotifyMine),
		}},
		{"general", "Little comes in, and everybody hears of all of it.", map[SettingKey]string{
			SetFrom: string(FromAgentVia), SetNotify: string(NotifyAll),
		}},
	}
}

func templateCalled(name string) (InboxTemplate, error) {
	var names []string
	for _, t := range InboxTemplates() {
		if t.Name == FoldName(name) {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return InboxTemplate{}, invalid("NO_SUCH_TEMPLATE", "There are: "+strings.Join(names, ", "), "There is no template %q.", Snippet(name, 40))
}

// SuggestTemplate is the template that the address of a mailbox fits; general
// where it fits none.
func SuggestTemplate(address string) string {
	local, _, _ := strings.Cut(FoldAddress(address), "@")
	for _, w := range []struct {
		template string
		stems    []string
	}{
		{"billing", []string{"billing", "invoice", "account", "payment", "finance", "rechnung", "buchhaltung", "factura"}},
		{"sales", []string{"sales", "order", "shop", "vertrieb", "verkauf", "bestell", "ventas", "ventes"}},
		{"support", []string{"support", "help", "service", "customer", "kunden", "hilfe", "soporte"}},
	} {
		if slices.ContainsFunc(w.stems, func(stem string) bool { return strings.Contains(local, stem) }) {
			return w.template
		}
	}
	return "general"
}

// MakeInbox makes an inbox with who works there, what its template chooses and
// who looks after it, all together or not at all. A shared one needs an admin.
// The changed settings are those that differ from the defaults; their Batch
// takes them back, not the inbox.
func (s *Seat) MakeInbox(ctx context.Context, n NewInbox) (SettingsChanged, error) {
	var res SettingsChanged
	err := s.write(ctx, func(w Writer) error {
		var err error
		res, err = s.makeInbox(w, n)
		return err
	})
	return res, err
}

// ConnectNew makes an inbox as [Seat.MakeInbox] does and gives it its mailbox
// as [Seat.Connect] does, both or neither.
func (s *Seat) ConnectNew(ctx context.Context, n NewInbox, a Account) (Account, SettingsChanged, error) {
	a, err := s.connectable(a)
	if err != nil {
		return Account{}, SettingsChanged{}, err
	}
	var res SettingsChanged
	err = s.write(ctx, func(w Writer) error {
		var err error
		if res, err = s.makeInbox(w, n); err != nil {
			return err
		}
		return s.connect(w, res.Inbox, &a)
	})
	return a.withoutSecret(), res, err
}

func (s *Seat) makeInbox(w Writer, n NewInbox) (SettingsChanged, error) {
	values, err := n.settings()
	if err != nil {
		return SettingsChanged{}, err
	}
	in, err := s.addInbox(w, n.Name, n.Kind, s.actor.User)
	if err != nil {
		return SettingsChanged{}, err
	}
	me, err := w.User(s.actor.User)
	if err != nil {
		return SettingsChanged{}, err
	}
	for _, who := range append(slices.Clone(n.Access), n.Owner, n.Deputy) {
		if who == "" || FoldName(who) == FoldName(me.Login) {
			continue // the creator has every right already
		}
		if err := s.letIn(w, in.Name, who, WorkRights()); err != nil {
			return SettingsChanged{}, err
		}
	}
	res, err := s.set(w, in, values)
	if err != nil || n.FirstResponse == "" {
		return res, err
	}
	if res.After[SetTickets] == "" || res.After[SetTickets] == NoTickets {
		return res, invalid("NO_TICKETS", "Say in which pipeline its conversations become tickets, or promise nothing.", "Only tickets have a clock for the first answer.")
	}
	res.Policy, err = s.promise(w, in, n.FirstResponse)
	return res, err
}

// promise makes a policy for a new inbox and says what it is called. It stands
// before the one that would count for what is nothing special there.
func (s *Seat) promise(w Writer, in Inbox, first string) (string, error) {
	if err := s.mustAdmin(w, "promise answers"); err != nil {
		return "", err
	}
	all, err := w.Policies()
	if err != nil {
		return "", err
	}
	p := Policy{Name: in.Name, Position: len(all) + 1}
	taken := func(other Policy) bool { return FoldName(other.Name) == FoldName(p.Name) }
	for n := 2; slices.ContainsFunc(all, taken); n++ {
		p.Name = fmt.Sprintf("%s (%d)", in.Name, n)
	}
	p.For.Inboxes = []InboxID{in.ID}
	if err := p.put(w, s, map[PolicyKey]string{PolicyFirst: first}); err != nil {
		return "", err
	}
	if p, err = s.keepPolicy(w, Policy{}, p, NewTickets); err != nil {
		return "", err
	}
	usual, ok := promised(all, in.ID)
	if !ok {
		return p.Name, nil
	}
	order := append(slices.Clone(all), p)
	at := slices.IndexFunc(all, func(other Policy) bool { return other.Line == usual.Line })
	return p.Name, s.placePolicies(w, order, slices.Insert(slices.Clone(all), at, p))
}
