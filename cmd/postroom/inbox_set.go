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

// settingForm is a setting in the form for programs.
type settingForm struct {
	Key     string   `json:"key"`
	Value   string   `json:"value"`
	Default string   `json:"default"`
	Choices []string `json:"choices"`
	Shows   string   `json:"shows"`
	Says    string   `json:"says"`
}

func settingOf(s desk.Setting) settingForm {
	f := settingForm{Key: string(s.Key), Value: s.Value, Default: s.Default, Choices: []string{}, Shows: s.Shows, Says: s.Says}
	f.Choices = append(f.Choices, s.Choices...)
	return f
}

// settingsOf are the values that count, by their settings.
func settingsOf(list []desk.Setting) map[string]string {
	values := make(map[string]string, len(list))
	for _, s := range list {
		values[string(s.Key)] = cmp.Or(s.Value, s.Default)
	}
	return values
}

func (p *program) inboxGetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "get INBOX [SETTING]", Short: "Show what is chosen about an inbox, or one setting as it is",
		Example: "  postroom inbox get support\n  postroom inbox get support signature",
		Args:    wants(1, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			list, err := h.seat.InboxSettings(ctx, args[0])
			if err != nil {
				return err
			}
			if len(args) > 1 {
				return p.oneSetting(list, args[1], "inbox get INBOX")
			}
			if p.print.json {
				return p.print.document(settingForms(list))
			}
			p.showSettings(list)
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(inboxNames, settingKeys(""))
	return c
}

func settingForms(list []desk.Setting) []settingForm {
	forms := make([]settingForm, len(list))
	for i, s := range list {
		forms[i] = settingOf(s)
	}
	return forms
}

// oneSetting prints what counts for a setting, and nothing else: for scripts.
// all is the command that shows every one.
func (p *program) oneSetting(list []desk.Setting, key, all string) error {
	at := slices.IndexFunc(list, func(s desk.Setting) bool { return string(s.Key) == key })
	if at < 0 {
		return &desk.Error{
			Kind: desk.Invalid, Code: "NO_SUCH_SETTING", Message: "There is no setting " + quoted(key) + ".",
			Hint: "See all with: postroom " + all,
		}
	}
	if p.print.json {
		return p.print.document(settingOf(list[at]))
	}
	if value := cmp.Or(list[at].Value, list[at].Default); value != "" {
		p.print.say(safe.Clean(value))
	}
	return nil
}

// showSettings prints settings for people: what counts, and what comes of it.
func (p *program) showSettings(list []desk.Setting) {
	for _, s := range list {
		name := safe.Line(settingName(s.Key))
		value := safe.Line(s.Value)
		switch {
		case s.Value == "" && s.Default == "":
			value = safe.Const("none")
		case s.Value == "":
			value = safe.Sprintf("%s (default)", safe.Line(s.Default))
		}
		if s.Lines && s.Value != "" {
			p.print.say(safe.Sprintf("%s:", name))
			p.print.quote(safe.Clean(s.Value))
			continue
		}
		if s.Shows != "" && s.Shows != s.Value {
			value = safe.Sprintf("%s, so yours is: %s", value, safe.Line(s.Shows))
		}
		p.print.fields([2]safe.Text{name, value})
	}
}

// settingName is what a setting is called in a list.
func settingName(key desk.SettingKey) string {
	switch key {
	case "imap", "smtp", "ca":
		return strings.ToUpper(string(key))
	default:
		return capital(string(key))
	}
}

func (p *program) inboxSetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "set INBOX SETTING=VALUE…", Short: "Change settings of an inbox: name, from, signature, notify, owner, deputy, contacts, logging, tickets, routing",
		Long: "Changes settings together or not at all. A value that begins with @ is read from the file\n" +
			"named behind it (@- is standard input); an empty one brings back the default. From is agent,\n" +
			"inbox, agent-via-inbox, or a text of your own; in it and in the signature {{agent.name}},\n" +
			"{{agent.first}} and {{inbox.name}} stand for who writes and where. logging, of a\n" +
			"personal inbox, is automatic, replies or off; inbox logged shows what each would do. It counts\n" +
			"for new mail, inbox relog is for what is there. tickets is off, or the\n" +
			"PIPELINE/STAGE in which new conversations become tickets; those that are open become tickets\n" +
			"at once, all or none, and --dry-run says how many. routing is the strategy that gives new\n" +
			"conversations to somebody (strategy list), or manual for whoever takes them; what nobody has\n" +
			"already stays so. What has changed is in the journal; undo takes it back.",
		Example: "  postroom inbox set support from=agent-via-inbox owner=maya deputy=tom\n" +
			"  postroom inbox set support 'from={{agent.first}} at Acme'\n" +
			"  postroom inbox set support signature=@signature.txt\n" +
			"  postroom inbox set support signature=",
		Args: wants(2, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := p.settingValues(ctx, args[1:])
			if err != nil {
				return err
			}
			res, err := h.seat.SetInboxSettings(ctx, args[0], values)
			if err != nil {
				return err
			}
			return p.settingsChanged(res)
		}),
	}
	c.ValidArgsFunction = p.completing(inboxNames, settingKeys("="))
	return p.writes(c)
}

// settingValues reads SETTING=VALUE.
func (p *program) settingValues(ctx context.Context, words []string) (map[desk.SettingKey]string, error) {
	values := map[desk.SettingKey]string{}
	for _, w := range words {
		key, value, ok := strings.Cut(w, "=")
		if !ok || key == "" {
			return nil, &desk.Error{
				Kind: desk.Invalid, Code: "USAGE", Message: quoted(w) + " does not say what a setting is to be.",
				Hint: "Write: postroom inbox set INBOX SETTING=VALUE",
			}
		}
		if file, ok := strings.CutPrefix(value, "@"); ok {
			b, err := p.readFile(ctx, file, desk.MaxText)
			if err != nil {
				return nil, err
			}
			value = string(b)
		}
		if _, twice := values[desk.SettingKey(key)]; twice {
			return nil, &desk.Error{Kind: desk.Invalid, Code: "USAGE", Message: "The setting " + quoted(key) + " is given twice.", Hint: "Give it once."}
		}
		if err := readable(value, "the value of "+key); err != nil {
			return nil, err
		}
		values[desk.SettingKey(key)] = value
	}
	return values, nil
}

// changeForm is a changed setting in the form for programs.
type changeForm struct {
	Key    string `json:"key"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// settingsChanged tells what is different now.
func (p *program) settingsChanged(res desk.SettingsChanged) error {
	changed := []changeForm{}
	for _, key := range slices.Sorted(maps.Keys(res.After)) {
		changed = append(changed, changeForm{string(key), res.Before[key], res.After[key]})
	}
	if p.flags.rehearse {
		res.Batch = ""
	}
	if p.print.json {
		return p.print.document(struct {
			Inbox   string       `json:"inbox"`
			Changed []changeForm `json:"changed"`
			Batch   string       `json:"batch"`
			Tickets int          `json:"tickets"`
			Waiting int          `json:"waiting"`
			DryRun  bool         `json:"dry_run"`
		}{res.Inbox.Name, changed, res.Batch, res.Tickets, res.Waiting, p.flags.rehearse})
	}
	if len(changed) == 0 {
		p.done(safe.Sprintf("%s is so already.", safe.Line(quoted(res.Inbox.Name))))
		return nil
	}
	for _, c := range changed {
		before, after := settingWord(c.Before), settingWord(c.After)
		p.print.say(safe.Sprintf("%s: %s, was %s", safe.Line(capital(c.Key)), after, before))
	}
	p.done(safe.Sprintf("Changed %s.", safe.Line(quoted(res.Inbox.Name))))
	if res.Waiting > 0 {
		p.print.say(safe.Line(res.Stays()))
	}
	if res.Tickets > 0 {
		p.done(safe.Sprintf("%s open conversations became tickets.", safe.Int(res.Tickets)))
	}
	return nil
}

// settingWord is a value in one line.
func settingWord(value string) safe.Text {
	if value == "" {
		return safe.Const("the default")
	}
	return safe.Line(quoted(desk.Snippet(value, 60)))
}

// settingKeys completes the name of a setting.
func settingKeys(suffix string) candidates {
	return func(context.Context, *desk.Seat) ([]string, error) {
		var words []string
		for _, key := range desk.SettingKeys() {
			words = append(words, string(key)+suffix)
		}
		return words, nil
	}
}
