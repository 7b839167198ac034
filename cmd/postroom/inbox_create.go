package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) inboxCreateCommand() *cobra.Command {
	var shared bool
	var access, template string
	c := &cobra.Command{
		Use: "create NAME", Short: "Make an inbox: personal, or shared by a team",
		Long: "Makes a personal inbox, or with --shared a queue that several work on. Who they are says\n" +
			"--access; without it a terminal asks, and a script makes an inbox in which you work alone.\n" +
			"--template begins with the settings that suit support, sales, billing or general; they are\n" +
			"told, and inbox set changes them.",
		Example: "  postroom inbox create support --shared --access everyone --template support\n" +
			"  postroom inbox create billing --shared --access maya,team:Office",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if !shared && (access != "" || template != "") {
				return &desk.Error{
					Kind: desk.Invalid, Code: "USAGE", Message: "Only a shared inbox has others who work in it, and a template.",
					Hint: "Add --shared, or leave --access and --template out.",
				}
			}
			if !shared {
				in, err := h.seat.CreateInbox(ctx, args[0], desk.Personal)
				if err != nil {
					return err
				}
				return p.inboxMade(desk.SettingsChanged{Inbox: in}, nil)
			}
			who, err := p.whoWorksThere(ctx, access)
			if err != nil {
				return err
			}
			res, err := h.seat.MakeInbox(ctx, desk.NewInbox{Name: args[0], Kind: desk.Shared, Access: who, Template: template})
			if err != nil {
				return err
			}
			return p.inboxMade(res, who)
		}),
	}
	f := c.Flags()
	f.BoolVar(&shared, "shared", false, "a queue that its members work on together; admins only")
	f.StringVar(&access, "access", "", "who works in it besides you: everyone, logins, team:NAME, with commas between; or me")
	f.StringVar(&template, "template", "", "begin with the settings for support, sales, billing or general")
	return p.writes(c)
}

// onlyMe is the answer that nobody else is to work in an inbox.
const onlyMe = "me"

// whoWorksThere reads who is to work in a new inbox, and asks where somebody is
// there to answer.
func (p *program) whoWorksThere(ctx context.Context, access string) ([]string, error) {
	if keyboard, ok := terminal(p.in); access == "" && ok && !p.print.json {
		var err error
		access, err = p.askLine(ctx, keyboard, safe.Const("Who works in it besides you: everyone, logins, team:NAME (enter for nobody)?"))
		if err != nil {
			return nil, err
		}
		access = cmp.Or(strings.TrimSpace(access), onlyMe)
	}
	var who []string
	for _, word := range strings.Split(access, ",") {
		if word = strings.TrimSpace(word); word != "" && desk.FoldName(word) != onlyMe {
			who = append(who, word)
		}
	}
	return who, nil
}

// inboxMade tells what was made, and all that was chosen with it.
func (p *program) inboxMade(res desk.SettingsChanged, access []string) error {
	if p.print.json {
		return p.print.document(struct {
			Name     string                     `json:"name"`
			Kind     string                     `json:"kind"`
			Access   []string                   `json:"access,omitempty"`
			Settings map[desk.SettingKey]string `json:"settings,omitempty"`
			DryRun   bool                       `json:"dry_run"`
		}{res.Inbox.Name, string(res.Inbox.Kind), access, res.After, p.flags.rehearse})
	}
	for _, key := range slices.Sorted(maps.Keys(res.After)) {
		p.print.say(safe.Sprintf("%s: %s", safe.Line(capital(string(key))), settingWord(res.After[key])))
	}
	p.done(safe.Sprintf("Made the %s inbox %s.", safe.Line(string(res.Inbox.Kind)), safe.Line(quoted(res.Inbox.Name))))
	switch {
	case res.Inbox.Kind != desk.Shared:
	case len(access) == 0:
		p.print.remark(safe.Sprintf("Only you work in it. Let others in with: postroom inbox member add %s LOGIN", safe.Line(res.Inbox.Name)))
	default:
		p.print.say(safe.Sprintf("In it work: you, %s.", safe.Line(strings.Join(access, ", "))))
	}
	return nil
}
