package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/widget"
)

// Servers are where an account connects to, as somebody has typed it. CAFile
// names a file of certificates to trust besides the system's; where it is empty
// the account trusts what it did, or with OnlySystem no others.
type Servers struct {
	IMAP, SMTP, Username string
	CAFile               string
	OnlySystem           bool
}

// The fields of an account's servers.
const (
	serverIMAP = iota
	serverSMTP
	serverUser
	serverTrust
	serverCA
)

// servers asks where the account under the cursor connects to.
func (p *inboxes) servers(action.Target) tea.Cmd {
	b, _ := p.marked()
	a, o := *b.account, p.s.o
	f := &form{
		title:   safe.Sprintf("Servers of %s", safe.Addr(a.Address)),
		intro:   safe.Const("Both servers are tried with what the account signs in with before anything is kept. History, folders and all else about it stay."),
		working: safe.Sprintf("Signing in to both servers of %s… esc stops", safe.Addr(a.Address)),
		culprit: func(e *desk.Error) int {
			switch e.Code {
			case "UNREADABLE_FILE", "BAD_CA":
				return serverCA
			case "BAD_SETTING":
				return serverUser
			default:
				return -1
			}
		},
	}
	kept := safe.Const("the system's certificates")
	if a.CA != "" {
		kept = safe.Const("certificates of its own too")
	}
	f.fields.Rows = []widget.FormRow{
		serverIMAP: {Label: safe.Const("IMAP"), Hint: safe.Const("such as: mail.acme.test:993")},
		serverSMTP: {Label: safe.Const("SMTP"), Hint: safe.Const("such as: mail.acme.test:465")},
		serverUser: {Label: safe.Const("User name"), Hint: safe.Const("mostly the address")},
		serverTrust: {Label: safe.Const("Trusts"), Choices: []widget.Choice{
			{Label: safe.Const("as now"), Hint: kept},
			{Label: safe.Const("system only"), Hint: safe.Const("no certificates of its own")},
		}},
		serverCA: {Label: safe.Const("CA file"), Hint: safe.Const("certificates to trust besides the system's; or nothing")},
	}
	f.fields.Rows[serverIMAP].Field.Set(a.IMAP)
	f.fields.Rows[serverSMTP].Field.Set(a.SMTP)
	f.fields.Rows[serverUser].Field.Set(a.Username)
	f.fields.Buttons = []safe.Text{safe.Const("Try and save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		batch, err := o.SetServers(ctx, a.Address, Servers{
			IMAP: v.text(serverIMAP), SMTP: v.text(serverSMTP), Username: v.text(serverUser),
			CAFile: v.text(serverCA), OnlySystem: v.chosen[serverTrust] == 1,
		})
		return result{text: safe.Sprintf("%s connects there now; both servers were tried.", safe.Addr(a.Address)), undo: batch}, err
	}
	return p.s.open(f)
}
