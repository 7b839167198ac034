package desk

import (
	"context"
	"strings"
)

// NewInbox is what a shared inbox is made from.
type NewInbox struct {
	Name string
	// Access is who works there besides the creator: logins, team:NAME, or
	// [Everyone].
	Access []string
	// Template is the name of an [InboxTemplate]; empty for none.
	Template string
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

// MakeInbox makes a shared inbox with who works there and what its template
// chooses, all together or not at all. Admins only. The changed settings are
// those that differ from the defaults; their Batch takes them back, not the
// inbox.
func (s *Seat) MakeInbox(ctx context.Context, n NewInbox) (SettingsChanged, error) {
	var template InboxTemplate
	var err error
	if n.Template != "" {
		if template, err = templateCalled(n.Template); err != nil {
			return SettingsChanged{}, err
		}
	}
	var res SettingsChanged
	err = s.write(ctx, func(w Writer) error {
		in, err := s.addInbox(w, n.Name, Shared, s.actor.User)
		if err != nil {
			return err
		}
		for _, who := range n.Access {
			if err := s.letIn(w, in.Name, who, WorkRights()); err != nil {
				return err
			}
		}
		res, err = s.set(w, in, template.Settings)
		return err
	})
	return res, err
}
