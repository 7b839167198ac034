package settings

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// access is who can do what in the inbox under the cursor.
type access struct {
	in    desk.InboxID
	of    desk.InboxAccess
	known bool
	read  shell.Lane[desk.InboxAccess]
}

// remembered is what the part reads once for all inboxes, until something has
// changed it.
type remembered[T any] struct {
	list  []T
	known bool
	read  shell.Lane[[]T]
}

// ask reads it, unless it is known.
func (r *remembered[T]) ask(s *Screen, read func(context.Context) ([]T, error)) tea.Cmd {
	if r.known || r.read.Busy() {
		return nil
	}
	return r.read.Ask(s.sh.Context(), read)
}

func (r *remembered[T]) take(s *Screen, msg tea.Msg) tea.Cmd {
	list, err, ok := r.read.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		return s.sh.Missed(err)
	}
	r.list, r.known = list, true
	return nil
}

// aliases are the addresses of an account besides its own.
func (p *inboxes) aliases(a desk.Account) safe.Text {
	var list []safe.Text
	for _, other := range p.further.list {
		if other.Account != a.ID || other.Kind == desk.AddressPrimary {
			continue
		}
		text := safe.Sprintf("%s (%s", safe.Addr(other.Address), safe.Line(string(other.Kind)))
		if other.Kind != desk.AddressForm && !other.Writes() {
			text = safe.Sprintf("%s, not verified", text)
		}
		list = append(list, safe.Sprintf("%s)", text))
	}
	return safe.Join(", ", list...)
}

// askAccess reads it for the inbox under the cursor, unless it is known.
func (p *inboxes) askAccess() tea.Cmd {
	b, ok := p.marked()
	if !ok || b.in.Kind != desk.Shared || p.access.in == b.in.ID && (p.access.known || p.access.read.Busy()) {
		return nil
	}
	p.access.in, p.access.known = b.in.ID, false
	d, name := p.s.o.Desk, b.in.Name
	return p.access.read.Ask(p.s.sh.Context(), func(ctx context.Context) (desk.InboxAccess, error) { return d.Access(ctx, name) })
}

func (p *inboxes) accessRead(msg tea.Msg) tea.Cmd {
	of, err, ok := p.access.read.Take(msg)
	if !ok {
		return nil
	}
	if err != nil && desk.KindOf(err) == desk.NotFound {
		return nil // it is gone since it was asked for, which the list will show
	}
	if err != nil {
		return p.s.sh.Missed(err)
	}
	p.access.of, p.access.known = of, true
	return nil
}

// matrix shows members and rights: a row for everybody who can do something.
func (p *inboxes) matrix(s *sheet, in desk.InboxView) {
	if in.Kind != desk.Shared || p.access.in != in.ID || !p.access.known {
		return
	}
	s.title(safe.Const("Who can do what"))
	name := min(18, s.width/3)
	head := widget.NewLine(s.t, s.width).Space(1).Space(name)
	for _, r := range desk.AllRights() {
		head.Cell(theme.Faint, safe.Line(string(r)), len(r)+1)
	}
	s.lines = append(s.lines, head.String())
	for _, a := range p.access.of.Users {
		if a.Nothing() {
			continue
		}
		l := widget.NewLine(s.t, s.width).Space(1).Cell(theme.Plain, safe.Line(a.User.Name), name)
		for _, r := range desk.AllRights() {
			sign, role := s.t.Signs.Dot, theme.Faint
			if a.Can[r] {
				sign, role = s.t.Signs.Done, theme.Good
			}
			l.Sign(role, sign).Space(len(r))
		}
		s.lines = append(s.lines, l.Put(theme.Faint, why(a)).String())
		if a.Flag != "" {
			s.say(theme.Warn, safe.Sprintf("  %s", safe.Line(a.Flag)))
		}
	}
	for _, team := range p.access.of.EmptyTeams {
		s.say(theme.Warn, safe.Sprintf("The team %s is let in, and nobody is in it.", safe.Line(team)))
	}
}

// why is where somebody's rights come from.
func why(a desk.Access) safe.Text {
	var words []safe.Text
	for _, r := range desk.AllRights() {
		for _, from := range a.From[r] {
			if word := safe.Line(from.String()); !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	return safe.Join(", ", words...)
}

// grants are who was let in by name: users by login, teams as team:NAME,
// everyone. The owner and the admins are there without it.
func (p *inboxes) grants() []string {
	var list []string
	for _, a := range p.access.of.Users {
		for _, reasons := range a.From {
			for _, from := range reasons {
				who := ""
				switch from.Kind {
				case desk.AsUser:
					who = a.User.Login
				case desk.AsTeam:
					who = "team:" + from.Team
				case desk.AsEveryone:
					who = "everyone"
				case desk.AsOwner, desk.AsAdmin, desk.AsGlass:
				}
				if who != "" && !slices.Contains(list, who) {
					list = append(list, who)
				}
			}
		}
	}
	for _, team := range p.access.of.EmptyTeams {
		list = append(list, "team:"+team)
	}
	slices.Sort(list)
	return list
}

// The fields of who is let in.
const (
	memberWho = iota
	memberRights
)

// memberRightsChoices are the rights one usually gives; the command line takes
// any.
func memberRightsChoices() ([]widget.Choice, []desk.Rights) {
	choices := []widget.Choice{
		{Label: safe.Const("see"), Hint: safe.Const("reads, and changes nothing")},
		{Label: safe.Const("see, reply"), Hint: safe.Const("answers and takes")},
		{Label: safe.Const("see, reply, assign"), Hint: safe.Const("and gives to others")},
		{Label: safe.Const("everything"), Hint: safe.Const("and changes the inbox")},
	}
	return choices, []desk.Rights{{}, {Reply: true}, desk.WorkRights(), desk.FullRights()}
}

// letIn asks whom to let into the inbox under the cursor, and with which
// rights. Who is in already gets these instead of those he has.
func (p *inboxes) letIn(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, inbox := p.s.o.Desk, b.in.Name
	choices, rights := memberRightsChoices()
	f := &form{
		title:   safe.Sprintf("Who works in %s", safe.Line(inbox)),
		intro:   safe.Const("A login lets one person in, team:NAME a team, everyone all who work at the desk. Who is in already gets these rights instead of his."),
		working: safe.Const("Saving…"),
		culprit: func(e *desk.Error) int {
			if e.Kind == desk.NotFound || e.Kind == desk.Invalid {
				return memberWho
			}
			return -1
		},
	}
	f.fields.Rows = []widget.FormRow{
		memberWho:    {Label: safe.Const("Who"), Hint: safe.Const("such as: tom, team:Sales, everyone")},
		memberRights: {Label: safe.Const("May"), Choices: choices, Chosen: 2},
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.saved = func() { p.access.known = false }
	f.save = func(ctx context.Context, v values) (result, error) {
		who, may := v.text(memberWho), rights[v.chosen[memberRights]]
		freed := 0
		err := d.AddMember(ctx, inbox, who, may)
		if err != nil && desk.KindOf(err) == desk.Conflict {
			freed, err = d.SetMember(ctx, inbox, who, may)
		}
		return result{text: safe.Sprintf("%s may %s in %s.%s", safe.Line(who), choices[v.chosen[memberRights]].Label, safe.Line(inbox), freedWords(freed))}, err
	}
	return p.s.open(f)
}

// freedWords says how many conversations went back to nobody.
func freedWords(n int) safe.Text {
	if n == 0 {
		return safe.Text{}
	}
	return safe.Line(fmt.Sprintf(" Open conversations that went back to nobody: %d.", n))
}

// takeOut offers those who were let in, and asks before one is taken out.
func (p *inboxes) takeOut(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, inbox, list := p.s.o.Desk, b.in.Name, p.grants()
	items := make([]widget.Item, len(list))
	for i, who := range list {
		items[i] = widget.Item{Label: safe.Line(who)}
	}
	p.s.sh.Show(shell.NewPick(p.s.sh, safe.Sprintf("take out of %s", safe.Line(inbox)), items, func(i int) tea.Cmd {
		who := list[i]
		text := safe.Sprintf("%s will not see %s any more, unless let in by something else too. Open conversations that nobody else then answers go back to nobody.", safe.Line(who), safe.Line(inbox))
		p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("take out"), text,
			shell.Option{Label: safe.Const("No, leave it as it is")},
			shell.Option{Label: safe.Sprintf("Yes, take %s out", safe.Line(who)), Run: func() tea.Cmd {
				return p.do(func(ctx context.Context) (safe.Text, error) {
					freed, err := d.RemoveMember(ctx, inbox, who)
					return safe.Sprintf("%s is no longer in %s.%s", safe.Line(who), safe.Line(inbox), freedWords(freed)), err
				})
			}}))
		return nil
	}))
	return nil
}
