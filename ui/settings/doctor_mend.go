package settings

import (
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// remedy is what can be done about a finding from here: something that is done
// at once when it has been asked, or else a way to where it is done.
type remedy struct {
	do func(context.Context) (result, error)
	to func() tea.Cmd
	// where names the place that to leads to.
	where safe.Text
}

// marked is the finding under the cursor.
func (p *doctor) marked() (desk.Finding, bool) {
	id, ok := p.list.id()
	for _, f := range p.found.Findings {
		if ok && idOf(f.Code, f.Where) == id {
			return f, true
		}
	}
	return desk.Finding{}, false
}

// copyFix puts the command that mends the finding on the clipboard.
func (p *doctor) copyFix(action.Target) tea.Cmd {
	f, _ := p.marked()
	return tea.Batch(tea.SetClipboard(f.Fix), p.s.say(theme.Good, safe.Sprintf("Copied: %s", safe.Line(f.Fix))))
}

// mend shows what is wrong and what would be done, and asks.
func (p *doctor) mend(action.Target) tea.Cmd {
	f, _ := p.marked()
	text := safe.Line(f.What)
	options := []shell.Option{{Label: safe.Const("Leave it as it is")}}
	if f.Fix == "" {
		text = safe.Sprintf("%s There is nothing you could do about it here.", text)
	} else {
		text = safe.Sprintf("%s The command that mends it: %s", text, safe.Line(f.Fix))
		r := p.remedy(f)
		switch {
		case r.do != nil:
			options = append(options, shell.Option{Label: safe.Const("Do that now"), Run: func() tea.Cmd {
				return shell.Do(p.s.sh, r.do, func(done result, err error) tea.Msg { return mended{done, err} })
			}})
		case r.to != nil:
			options = append(options, shell.Option{Label: safe.Sprintf("Go there: %s", r.where), Run: r.to})
		}
		options = append(options, shell.Option{Label: safe.Const("Copy the command"), Run: func() tea.Cmd { return p.copyFix(nil) }})
	}
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Line(f.About), text, options...))
	return nil
}

// mended is the fact that a finding has been dealt with, or not.
type mended struct {
	done result
	err  error
}

func (p *doctor) mended(m mended) tea.Cmd {
	if m.err != nil {
		return p.s.sh.Fail(m.err)
	}
	p.known = false
	return tea.Batch(p.s.sh.Say(shell.Toast{Text: m.done.text, Role: theme.Good, Undo: m.done.undo}), p.ask())
}

// remedy is what can be done about a finding from here. It does what the
// command would, and only what can be taken back or harms nothing.
func (p *doctor) remedy(f desk.Finding) remedy {
	words := f.Words()
	if len(words) < 2 {
		return remedy{}
	}
	verb, rest := strings.Join(words[:2], " "), words[2:]
	if verb == "inbox member" && len(words) > 2 {
		verb, rest = strings.Join(words[:3], " "), words[3:]
	}
	if f.Whole() {
		if do := p.doing(verb, rest); do != nil {
			return remedy{do: do}
		}
	}
	return p.way(verb, rest)
}

// doing is what a command that is whole does.
func (p *doctor) doing(verb string, args []string) func(context.Context) (result, error) {
	d, sh := p.s.o.Desk, p.s.sh
	switch {
	case verb == "account resume" && len(args) == 1:
		return func(ctx context.Context) (result, error) {
			_, _, err := d.Resume(ctx, args[0])
			return result{text: safe.Sprintf("%s is not paused any more.", safe.Addr(args[0]))}, err
		}
	case verb == "inbox set" && len(args) == 2:
		key, value, _ := strings.Cut(args[1], "=")
		return func(ctx context.Context) (result, error) {
			done, err := d.SetInboxSettings(ctx, args[0], map[desk.SettingKey]string{desk.SettingKey(key): value})
			return result{text: safe.Sprintf("%s: %s", safe.Line(args[0]), differences(done)), undo: done.Batch}, err
		}
	case verb == "inbox member set" && len(args) == 4:
		return func(ctx context.Context) (result, error) {
			rights, err := desk.ParseRights(args[3])
			if err == nil {
				_, err = d.SetMember(ctx, args[0], args[1], rights)
			}
			return result{text: safe.Sprintf("%s may %s in %s.", safe.Line(args[1]), safe.Line(args[3]), safe.Line(args[0]))}, err
		}
	case verb == "inbox member add" && len(args) == 2:
		return func(ctx context.Context) (result, error) {
			return result{text: safe.Sprintf("%s works in %s now.", safe.Line(args[1]), safe.Line(args[0]))}, d.AddMember(ctx, args[0], args[1], desk.WorkRights())
		}
	case verb == "conversation close":
		return onConversations(args, sh.Desk.Close)
	case verb == "conversation take":
		return onConversations(args, sh.Desk.Take)
	}
	return nil
}

// onConversations does something with conversations that are named by number.
func onConversations(args []string, do func(context.Context, []desk.ConversationID) (desk.Outcome, error)) func(context.Context) (result, error) {
	var ids []desk.ConversationID
	for _, a := range args {
		n, err := strconv.ParseInt(strings.TrimPrefix(a, "#"), 10, 64)
		if err != nil {
			return nil
		}
		ids = append(ids, desk.ConversationID(n))
	}
	return func(ctx context.Context) (result, error) {
		done, err := do(ctx, ids)
		return result{text: safe.Sprintf("Done with %s of %s conversations.", safe.Int(len(done.Done)), safe.Int(len(ids))), undo: done.Batch}, err
	}
}

// way leads to where a command is done in the settings.
func (p *doctor) way(verb string, args []string) remedy {
	type place struct {
		at    shell.Setting
		id    action.ID
		where safe.Text
	}
	places := map[string]place{
		"account reauth":    {Inboxes, "account.signin", safe.Const("sign in again")},
		"account set":       {Inboxes, "account.servers", safe.Const("the servers of the account")},
		"account alias":     {Inboxes, "account.addresses", safe.Const("the addresses of the account")},
		"account convert":   {Inboxes, "account.convert", safe.Const("switch between personal and shared")},
		"account connect":   {Inboxes, "account.connect", safe.Const("connect a mailbox")},
		"inbox set":         {Inboxes, "inbox.change", safe.Const("change the inbox")},
		"inbox merge":       {Inboxes, "inbox.merge", safe.Const("merge the inbox")},
		"inbox member add":  {Inboxes, "member.add", safe.Const("let somebody in")},
		"inbox member set":  {Inboxes, "member.add", safe.Const("what somebody may do")},
		"user invite":       {People, "people.invite", safe.Const("invite a person")},
		"doctor --sign-off": {Doctor, "doctor.signoff", safe.Const("sign off")},
	}
	to, ok := places[verb]
	if len(args) == 0 {
		args = []string{""}
	}
	thing := args[0]
	if i := slices.Index(args, "--inbox"); verb == "account connect" && i >= 0 && i+1 < len(args) {
		thing = args[i+1]
	}
	if verb == "account alias" && len(args) > 1 {
		thing = args[1]
	}
	if verb == "key new" || verb == "key export" {
		to, ok = place{Backup, "key.copy", safe.Const("copy the key")}, true
		if verb == "key new" {
			to = place{Backup, "key.new", safe.Const("begin a new key")}
		}
	}
	if strings.HasPrefix(verb, "backup ") {
		to, ok = place{Backup, "backup.make", safe.Const("back up now")}, true
	}
	if !ok {
		return remedy{}
	}
	row := int64(0)
	if to.at == Inboxes || to.at == People {
		if row = p.thing(to.at, thing); row == 0 {
			return remedy{} // it is not in the list, so there is nowhere to go
		}
	}
	return remedy{where: to.where, to: func() tea.Cmd { return p.s.doVerb(to.at, row, to.id) }}
}

// thing is the row of an address, inbox or login in a part; what is not there
// is none.
func (p *doctor) thing(at shell.Setting, name string) int64 {
	if at == People {
		for _, u := range p.s.users {
			if u.Login == name {
				return int64(u.ID)
			}
		}
		return 0
	}
	holder := desk.FoldAddress(name)
	for _, in := range p.s.state().Inboxes {
		if len(in.Accounts) == 0 && in.Name == name {
			return box{in: in}.id()
		}
		for i, a := range in.Accounts {
			if in.Name == name || a.Address != "" && desk.FoldAddress(a.Address) == holder {
				return box{in, &in.Accounts[i]}.id()
			}
		}
	}
	return 0
}
