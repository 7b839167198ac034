package settings

import (
	"cmp"
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// chosenRead is the fact that we know what has been chosen about an inbox.
type chosenRead struct {
	inbox string
	list  []desk.Setting
	err   error
}

// change reads what has been chosen about the inbox under the cursor, and then
// opens a form over it.
func (p *inboxes) change(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, inbox := p.s.o.Desk, b.in.Name
	return shell.Do(p.s.sh, func(ctx context.Context) ([]desk.Setting, error) { return d.InboxSettings(ctx, inbox) },
		func(list []desk.Setting, err error) tea.Msg { return chosenRead{inbox, list, err} })
}

// chosen makes a field of each setting. The desk declares them; what has
// several lines is written elsewhere. What the new values mean is told before
// they are saved, all of them or none.
func (p *inboxes) chosen(c chosenRead) tea.Cmd {
	if c.err != nil {
		return p.s.sh.Fail(c.err)
	}
	if p.s.form != nil || p.s.part() != part(p) {
		return nil // somebody has gone on
	}
	f := &form{title: safe.Sprintf("Change %s", safe.Line(c.inbox)), working: safe.Const("Saving…")}
	var keys []desk.SettingKey
	for _, set := range c.list {
		if set.Lines {
			continue
		}
		keys = append(keys, set.Key)
		f.fields.Rows = append(f.fields.Rows, field(set))
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	d, before := p.s.o.Desk, c.list
	use := func(ctx context.Context, v values) (desk.SettingsChanged, error) {
		changed := map[desk.SettingKey]string{}
		for i, key := range keys {
			was := setting(before, key)
			if now := valueOf(was, v, i); now != was.Value {
				changed[key] = now
			}
		}
		if len(changed) == 0 {
			return desk.SettingsChanged{}, nil
		}
		return d.SetInboxSettings(ctx, c.inbox, changed)
	}
	f.save = func(ctx context.Context, v values) (result, error) {
		done, err := use(ctx, v)
		if err != nil || len(done.After) == 0 {
			return result{text: safe.Const("Nothing is different, so nothing was written.")}, err
		}
		return result{text: safe.Sprintf("%s: %s%s", safe.Line(done.Inbox.Name), differences(done), becameTickets(done)), undo: done.Batch}, nil
	}
	if i := slices.Index(keys, desk.SetLogging); i >= 0 {
		l := &logging{s: p.s, inbox: c.inbox, mode: func(v values) desk.Logging {
			return desk.Logging(cmp.Or(valueOf(setting(c.list, desk.SetLogging), v, i), string(desk.LoggingAutomatic)))
		}}
		l.in(f)
		return p.s.open(f)
	}
	r := &rehearsal[desk.SettingsChanged]{s: p.s, find: use, show: showSettings}
	return r.open(f)
}

// showSettings says what new settings mean.
func showSettings(s *sheet, c desk.SettingsChanged) {
	if _, ok := c.After[desk.SetTickets]; ok {
		showTickets(s, c)
	}
	if stays := c.Stays(); stays != "" {
		s.effect(safe.Const("open ones"), theme.Plain, safe.Line(stays))
	}
}

// becameTickets says how many open conversations have become tickets, behind
// what else was changed; nothing where none has.
func becameTickets(c desk.SettingsChanged) safe.Text {
	if c.Tickets == 0 {
		return safe.Text{}
	}
	return safe.Sprintf(". Open conversations that became tickets: %s.", safe.Int(c.Tickets))
}

func setting(list []desk.Setting, key desk.SettingKey) desk.Setting {
	for _, s := range list {
		if s.Key == key {
			return s
		}
	}
	return desk.Setting{}
}

// field is how a setting is filled in: a choice where it takes certain words
// only, else a text.
func field(s desk.Setting) widget.FormRow {
	name := string(s.Key)
	row := widget.FormRow{Label: safe.Line(strings.ToUpper(name[:1]) + name[1:])}
	if len(s.Choices) > 0 && !s.Text {
		row.Choices = []widget.Choice{{Label: safe.Const("default"), Hint: safe.Line(s.Default)}}
		for i, c := range s.Choices {
			row.Choices = append(row.Choices, widget.Choice{Label: safe.Line(c)})
			if c == s.Value {
				row.Chosen = i + 1
			}
		}
		return row
	}
	row.Hint = safe.Line(s.Says)
	if len(s.Choices) > 0 {
		row.Hint = safe.Sprintf("%s, or a name", safe.Line(strings.Join(s.Choices, ", ")))
		if s.Default != "" {
			row.Hint = safe.Sprintf("%s: %s", safe.Line(s.Default), row.Hint)
		}
	}
	row.Field.Set(s.Value)
	return row
}

// valueOf is what a field says of its setting; empty is the default.
func valueOf(s desk.Setting, v values, i int) string {
	if len(s.Choices) == 0 || s.Text {
		return v.text(i)
	}
	if v.chosen[i] == 0 {
		return ""
	}
	return s.Choices[v.chosen[i]-1]
}

// differences are the settings that are different now.
func differences(c desk.SettingsChanged) safe.Text {
	var list []safe.Text
	for _, key := range desk.SettingKeys() {
		if now, ok := c.After[key]; ok {
			value := safe.Line(now)
			if value.IsEmpty() {
				value = safe.Const("default")
			}
			list = append(list, safe.Sprintf("%s is %s", safe.Line(string(key)), value))
		}
	}
	return safe.Join(", ", list...)
}
