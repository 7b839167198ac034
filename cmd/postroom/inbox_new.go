package main

import (
	"cmp"
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// newInbox is what is said on the command line about an inbox that is to be
// made.
type newInbox struct {
	name                            string
	shared                          bool
	access, template, owner, deputy string
	tickets, firstResponse          string
}

// newInboxFlags are those of commands that make an inbox.
func newInboxFlags(c *cobra.Command, n *newInbox) {
	f := c.Flags()
	f.BoolVar(&n.shared, "shared", false, "a queue that its members work on together; admins only")
	f.StringVar(&n.access, "access", "", "who works in it besides you: everyone, logins, team:NAME, with commas between; or me")
	f.StringVar(&n.template, "template", "", "begin with the settings for support, sales, billing or general; or none")
	f.StringVar(&n.tickets, "tickets", "", "where its conversations become tickets: PIPELINE, PIPELINE/STAGE, or off")
	f.StringVar(&n.firstResponse, "first-response", "", "until when a first answer is promised, as 4h or '4h in CALENDAR': makes a policy for its tickets")
	f.StringVar(&n.owner, "owner", "", "the `LOGIN` of who looks after it (default: you)")
	f.StringVar(&n.deputy, "deputy", "", "the `LOGIN` of who does while the owner is away")
}

// onlyMe is the answer that nobody else is to work in an inbox.
const onlyMe = "me"

// wanted is the inbox that was asked for.
func (n newInbox) wanted() (desk.NewInbox, error) {
	if !n.shared {
		if n.access+n.template+n.tickets+n.firstResponse+n.owner+n.deputy != "" {
			return desk.NewInbox{}, &desk.Error{
				Kind: desk.Invalid, Code: "USAGE", Message: "Only a shared inbox has others who work in it and look after it, a template, tickets, and promises.",
				Hint: "Add --shared, or leave --access, --template, --tickets, --first-response, --owner and --deputy out.",
			}
		}
		return desk.NewInbox{Name: n.name, Kind: desk.Personal}, nil
	}
	wanted := desk.NewInbox{Name: n.name, Kind: desk.Shared, Template: n.template, Owner: n.owner, Deputy: n.deputy, Tickets: n.tickets, FirstResponse: n.firstResponse}
	if desk.FoldName(n.template) == desk.NoTemplate {
		wanted.Template = ""
	}
	for _, word := range strings.Split(n.access, ",") {
		if word = strings.TrimSpace(word); word != "" && desk.FoldName(word) != onlyMe {
			wanted.Access = append(wanted.Access, word)
		}
	}
	return wanted, nil
}

// asker is the keyboard, where somebody sits at it and reads what is asked.
func (p *program) asker() (*os.File, bool) {
	keyboard, ok := terminal(p.in)
	return keyboard, ok && !p.print.forPrograms()
}

// askIfMissing asks for a word that was not said; enter takes the usual one.
func (p *program) askIfMissing(ctx context.Context, keyboard *os.File, word *string, usual string, question safe.Text) error {
	if *word != "" {
		return nil
	}
	typed, err := p.askLine(ctx, keyboard, question)
	*word = cmp.Or(strings.TrimSpace(typed), usual)
	return err
}

// askWhoWorksThere asks for what nobody may forget about a shared inbox: who
// works there, and whether its conversations become tickets (S129). A script
// that does not say leaves that undecided, and the doctor says so.
func (p *program) askWhoWorksThere(ctx context.Context, n *newInbox) error {
	keyboard, ok := p.asker()
	if !ok || !n.shared {
		return nil
	}
	err := p.askIfMissing(ctx, keyboard, &n.access, onlyMe, safe.Const("Who works in it besides you: everyone, logins, team:NAME (enter for nobody)?"))
	if err != nil {
		return err
	}
	if n.tickets != "" {
		return nil
	}
	err = p.askIfMissing(ctx, keyboard, &n.tickets, desk.NoTickets, safe.Const("Do its conversations become tickets: off, or a pipeline such as Support (enter for off)?"))
	if err != nil || desk.FoldName(n.tickets) == desk.NoTickets {
		return err
	}
	return p.askIfMissing(ctx, keyboard, &n.firstResponse, "", safe.Const("Within what time is a first answer promised, as 4h or 4h in CALENDAR (enter for no promise)?"))
}

// madeForm is an inbox that was made, for programs.
type madeForm struct {
	Name     string                     `json:"name"`
	Kind     string                     `json:"kind"`
	Access   []string                   `json:"access,omitempty"`
	Settings map[desk.SettingKey]string `json:"settings,omitempty"`
	// Policy was made for the first answer; null where nothing was promised.
	Policy *string `json:"policy"`
	DryRun bool    `json:"dry_run"`
}

// madeOf is the inbox that was made; access is who was let in by name.
func (p *program) madeOf(res desk.SettingsChanged, access []string) madeForm {
	for _, key := range []desk.SettingKey{desk.SetOwner, desk.SetDeputy} {
		if who := res.After[key]; who != "" && !slices.ContainsFunc(access, func(a string) bool { return desk.FoldName(a) == desk.FoldName(who) }) {
			access = append(slices.Clone(access), who)
		}
	}
	m := madeForm{Name: res.Inbox.Name, Kind: string(res.Inbox.Kind), Access: access, Settings: res.After, DryRun: p.flags.rehearse}
	if res.Policy != "" {
		m.Policy = &res.Policy
	}
	return m
}

// tellMade tells what was made, and all that was chosen with it.
func (p *program) tellMade(m madeForm) {
	for _, key := range slices.Sorted(maps.Keys(m.Settings)) {
		p.print.say(safe.Sprintf("%s: %s", safe.Line(capital(string(key))), settingWord(m.Settings[key])))
	}
	p.done(safe.Sprintf("Made the %s inbox %s.", safe.Line(m.Kind), safe.Line(quoted(m.Name))))
	if m.Policy != nil {
		p.print.say(safe.Sprintf("What is promised is the policy %s: postroom sla list", safe.Line(quoted(*m.Policy))))
	}
	switch {
	case m.Kind != string(desk.Shared):
	case len(m.Access) == 0:
		p.print.remark(safe.Sprintf("Only you work in it. Let others in with: postroom inbox member add %s LOGIN", safe.Line(m.Name)))
	default:
		p.print.say(safe.Sprintf("In it work: you, %s.", safe.Line(strings.Join(m.Access, ", "))))
	}
}
