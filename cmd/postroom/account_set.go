package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// mailboxForm is how an account's mailbox is treated, for programs. No folders
// means INBOX, Sent and Junk.
type mailboxForm struct {
	Address   string       `json:"address"`
	WriteBack string       `json:"write_back"`
	CutOff    stamp        `json:"cut_off"`
	Folders   []chosenForm `json:"folders"`
	DryRun    bool         `json:"dry_run"`
}

// chosenForm is a folder that is read. ComesIn is open, closed, or empty where
// the folder's purpose decides.
type chosenForm struct {
	Name    string `json:"name"`
	ComesIn string `json:"comes_in"`
}

func (p *program) accountSetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "set ADDRESS SETTING=VALUE…", Short: "Change an account's servers, folders, cut-off and what is written back to its mailbox",
		Long: "write-back says what of your work is written to the mailbox: none; flags, which marks\n" +
			"what was read as Seen and what was answered as Answered; or move, which also moves the\n" +
			"mail of closed conversations to the archive, that of spam to Junk, and back. In a\n" +
			"personal inbox with move, what another program does there counts here, too.\n\n" +
			"folders are all that are read, with commas between them; auto is INBOX, Sent and Junk.\n" +
			"Mail of a further folder comes in open; with :closed behind its name, closed and silent.\n\n" +
			"cut-off is a day, or an age as 90d: mail from before it comes in closed and silent. It\n" +
			"counts for mail that comes in from now on.\n\n" +
			"imap, smtp, username and ca (a file with certificates to trust besides the system's, or\n" +
			"nothing) say where it connects to, as for account connect. Both servers are tried with\n" +
			"what it signs in with before anything is kept, and undo takes it back.",
		Example: "  postroom account set anna@acme.test write-back=move\n" +
			"  postroom account set support@acme.test folders=INBOX,Sent,Junk,Orders,Old:closed cut-off=2026-01-31\n" +
			"  postroom account set support@acme.test imap=mail.acme.test:993 ca=authority.pem",
		Args:              wants(2, -1),
		ValidArgsFunction: p.completing(accountAddresses, words("write-back=none", "write-back=flags", "write-back=move", "folders=", "cut-off=", "imap=", "smtp=", "username=", "ca=")),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			to, rest, err := p.serversChange(ctx, args[1:])
			switch {
			case err != nil:
				return err
			case to.asked() && len(rest) > 0:
				return &desk.Error{
					Kind: desk.Invalid, Code: "BAD_SETTING", Message: "Where an account connects to is changed by itself.",
					Hint: "Give imap=, smtp=, username= and ca= in a command of their own.",
				}
			case to.asked():
				return p.setServers(ctx, h, args[0], to)
			}
			change, err := p.mailboxChange(rest)
			if err != nil {
				return err
			}
			a, err := h.seat.SetMailbox(ctx, args[0], change)
			if err != nil {
				return err
			}
			form := p.mailboxOf(a)
			if p.print.json {
				return p.print.document(form)
			}
			p.done(safe.Sprintf("%s: write-back=%s cut-off=%s folders=%s", safe.Addr(a.Address), safe.Line(form.WriteBack),
				safe.Line(a.CutOff.Local().Format("2006-01-02")), safe.Line(desk.TypeFolders(a.Folders))))
			if change.Folders != nil && len(a.Folders) > 0 && !p.flags.rehearse {
				p.print.remark(safe.Sprintf("See which of them the server has: postroom account folders %s", safe.Addr(a.Address)))
			}
			return nil
		}),
	}
	return p.writes(c)
}

func (p *program) mailboxOf(a desk.Account) mailboxForm {
	form := mailboxForm{Address: a.Address, WriteBack: string(a.WriteBack), CutOff: stamp(a.CutOff), Folders: []chosenForm{}, DryRun: p.flags.rehearse}
	for _, f := range a.Folders {
		form.Folders = append(form.Folders, chosenForm{f.Name, f.Role.ComesIn()})
	}
	return form
}

// mailboxChange reads the settings as they are typed.
func (p *program) mailboxChange(settings []string) (desk.MailboxChange, error) {
	var change desk.MailboxChange
	for _, s := range settings {
		name, value, ok := strings.Cut(s, "=")
		switch {
		case ok && name == "write-back":
			back := desk.WriteBack(value)
			change.WriteBack = &back
		case ok && name == "cut-off":
			at, err := desk.ParseCutOff(value, p.print.now().Local())
			if err != nil {
				return change, err
			}
			change.CutOff = &at
		case ok && name == "folders":
			list, err := desk.ParseFolders(value)
			if err != nil {
				return change, err
			}
			change.Folders = &list
		default:
			return change, &desk.Error{
				Kind: desk.Invalid, Code: "BAD_SETTING", Message: "There is no setting " + safe.Line(s).String() + ".",
				Hint: "Write write-back=, cut-off=, folders=, imap=, smtp=, username= or ca= with a value. See: postroom account set --help",
			}
		}
	}
	return change, nil
}
