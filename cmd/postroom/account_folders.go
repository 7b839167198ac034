package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// folderOnServer is a folder of an account, for programs. Reads says how its
// mail comes in (open, closed, sent, spam), empty when it is not read.
type folderOnServer struct {
	Folder   string `json:"folder"`
	Role     string `json:"role"`
	Reads    string `json:"reads"`
	Messages int    `json:"messages"`
	Here     int    `json:"here"`
	Gone     bool   `json:"gone"`
}

func (p *program) accountFoldersCommand() *cobra.Command {
	return &cobra.Command{
		Use: "folders ADDRESS", Short: "List the folders on an account's server, and which are read",
		Long: "Asks the server, opens no folder and changes nothing. Choose others with:\n" +
			"postroom account set ADDRESS folders=INBOX,Sent,…",
		Args: wants(1, 1), ValidArgsFunction: p.completing(accountAddresses),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			a, err := h.seat.Mailbox(ctx, args[0])
			if err != nil {
				return err
			}
			con, err := p.connector(h)
			if err != nil {
				return err
			}
			list, err := con.Folders(ctx, a.ID)
			if err != nil {
				return err
			}
			forms := make([]folderOnServer, len(list))
			for i, f := range list {
				forms[i] = folderOnServer{Folder: f.Name, Role: string(f.Role), Reads: readsAs(f.Reads), Messages: f.Messages, Here: f.Here, Gone: f.Gone}
			}
			if p.print.json {
				return p.print.document(forms)
			}
			p.showFolders(a, list, forms)
			return nil
		}),
	}
}

// readsAs is how mail of a folder with the role comes in.
func readsAs(r desk.FolderRole) string {
	switch r { //nolint:exhaustive // the others are not read
	case desk.RoleInbox, desk.RoleExtra:
		return "open"
	case desk.RoleClosed:
		return "closed"
	case desk.RoleSent:
		return "sent"
	case desk.RoleJunk:
		return "spam"
	default:
		return ""
	}
}

func (p *program) showFolders(a desk.Account, list []connector.ServerFolder, forms []folderOnServer) {
	var rows [][]safe.Text
	for i, f := range list {
		reads := forms[i].Reads
		switch {
		case f.Gone && f.Here == 0:
			reads = "not on the server" // it may never have been
		case f.Gone:
			reads = "gone from the server"
		case reads == "":
			reads = "not read"
		}
		rows = append(rows, []safe.Text{safe.Line(f.Name), safe.Line(string(f.Role)), safe.Line(reads), safe.Int(f.Messages), safe.Int(f.Here)})
	}
	p.print.table([]column{
		{title: safe.Const("FOLDER"), gives: true},
		{title: safe.Const("IS FOR")},
		{title: safe.Const("COMES IN")},
		{title: safe.Const("ON SERVER"), right: true},
		{title: safe.Const("HERE"), right: true},
	}, rows)
	p.print.remark(safe.Sprintf("Choose others with: postroom account set %s folders=%s", safe.Addr(a.Address), safe.Line(desk.TypeFolders(a.Folders))))
}
