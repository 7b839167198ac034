package settings

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// mailboxRead is the fact that we know how a mailbox is treated.
type mailboxRead struct {
	account desk.Account
	err     error
}

// mailbox reads how the mailbox under the cursor is treated, and then opens a
// form over it. Of a personal one only its owner decides.
func (p *inboxes) mailbox(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, address := p.s.o.Desk, b.account.Address
	return shell.Do(p.s.sh, func(ctx context.Context) (desk.Account, error) { return d.Mailbox(ctx, address) },
		func(a desk.Account, err error) tea.Msg { return mailboxRead{a, err} })
}

// The fields of a mailbox.
const (
	boxWriteBack = iota
	boxFolders
	boxCutOff
)

func writeBacks() []desk.WriteBack {
	return []desk.WriteBack{desk.WriteNone, desk.WriteFlags, desk.WriteMove}
}

func (p *inboxes) mailboxRead(m mailboxRead) tea.Cmd {
	if m.err != nil {
		return p.s.sh.Fail(m.err)
	}
	if p.s.form != nil || p.s.part() != part(p) {
		return nil // somebody has gone on
	}
	a := m.account
	f := &form{
		title:   safe.Sprintf("Mailbox %s", safe.Addr(a.Address)),
		working: safe.Const("Saving…"),
		culprit: func(e *desk.Error) int {
			switch e.Code {
			case "BAD_CUT_OFF":
				return boxCutOff
			case "BAD_FOLDER", "FOLDER_TWICE", "NO_INBOX", "TOO_MANY_FOLDERS":
				return boxFolders
			default:
				return -1
			}
		},
	}
	f.fields.Rows = []widget.FormRow{
		boxWriteBack: {Label: safe.Const("Writes back"), Choices: []widget.Choice{
			{Label: safe.Const("none"), Hint: safe.Const("it is only read")},
			{Label: safe.Const("flags"), Hint: safe.Const("what is read and answered")},
			{Label: safe.Const("move"), Hint: safe.Const("also into Archive and Junk")},
		}},
		boxFolders: {Label: safe.Const("Folders"), Hint: safe.Const("auto: INBOX, Sent and Junk")},
		boxCutOff:  {Label: safe.Const("Work from"), Hint: safe.Const("a day, or an age such as 90d")},
	}
	for i, w := range writeBacks() {
		if w == a.WriteBack {
			f.fields.Rows[boxWriteBack].Chosen = i
		}
	}
	now := p.s.sh.Now()
	folders, from := desk.TypeFolders(a.Folders), a.CutOff.In(now.Location()).Format(time.DateOnly)
	f.fields.Rows[boxFolders].Field.Set(folders)
	f.fields.Rows[boxCutOff].Field.Set(from)
	f.preview = func(s *sheet) {
		s.say(theme.Faint, safe.Const("Mail of a further folder comes in open; with :closed behind its name, closed and silent: INBOX,Sent,Orders,Old:closed. Mail from before the day comes in closed. What is here already stays as it is."))
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	d := p.s.o.Desk
	f.save = func(ctx context.Context, v values) (result, error) {
		change, err := mailboxChange(a, v, now, folders, from)
		if err != nil {
			return result{}, err
		}
		if change == (desk.MailboxChange{}) {
			return result{text: safe.Const("Nothing is different, so nothing was written.")}, nil
		}
		done, err := d.SetMailbox(ctx, a.Address, change)
		return result{text: safe.Sprintf("%s: %s; reads %s", safe.Addr(a.Address), writesBack(done.WriteBack), readFolders(done.Folders))}, err
	}
	return p.s.open(f)
}

// mailboxChange is what the fields say that they did not say in the beginning:
// a day stands for a moment in it, so one that stays is not written again.
func mailboxChange(a desk.Account, v values, now time.Time, folders, from string) (desk.MailboxChange, error) {
	var change desk.MailboxChange
	if w := writeBacks()[v.chosen[boxWriteBack]]; w != a.WriteBack {
		change.WriteBack = &w
	}
	if typed := v.text(boxFolders); typed != folders {
		var list []desk.FolderChoice
		if typed != "" {
			var err error
			if list, err = desk.ParseFolders(typed); err != nil {
				return change, err
			}
		}
		change.Folders = &list
	}
	if typed := v.text(boxCutOff); typed != from {
		at, err := desk.ParseCutOff(typed, now)
		if err != nil {
			return change, err
		}
		change.CutOff = &at
	}
	return change, nil
}

// writesBack is what of the work here the mailbox gets to see.
func writesBack(w desk.WriteBack) safe.Text {
	switch w {
	case desk.WriteFlags:
		return safe.Const("what is read and answered")
	case desk.WriteMove:
		return safe.Const("what is read and answered, and moves")
	case desk.WriteNone:
	}
	return safe.Const("nothing: it is only read")
}

// readFolders are the folders that are read.
func readFolders(list []desk.FolderChoice) safe.Text {
	if len(list) == 0 {
		return safe.Const("INBOX, Sent and Junk")
	}
	return safe.Line(desk.TypeFolders(list))
}
