package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"postroom/desk"
)

func (p *program) accountGetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "get ADDRESS [SETTING]", Short: "Show what is chosen about an account, or one setting as it is",
		Long: "Shows where the account connects to and what it trusts there, how it signs in, which\n" +
			"folders are read, from when on, and what is written back; never a secret. Of a personal\n" +
			"account only its owner asks. Most are changed with: postroom account set",
		Example: "  postroom account get support@acme.test\n  postroom account get support@acme.test ca >authority.pem",
		Args:    wants(1, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			a, err := h.seat.Mailbox(ctx, args[0])
			if err != nil {
				return err
			}
			list := accountSettings(a)
			if len(args) > 1 {
				return p.oneSetting(list, args[1], "account get "+a.Address)
			}
			if p.print.json {
				return p.print.document(settingForms(list))
			}
			p.showSettings(list)
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(accountAddresses, func(context.Context, *desk.Seat) ([]string, error) {
		var keys []string
		for _, s := range accountSettings(desk.Account{}) {
			keys = append(keys, string(s.Key))
		}
		return keys, nil
	})
	return c
}

// accountSettings are what is chosen about an account, under the names that
// account set takes; how it signs in is chosen by account reauth, and the last
// two were when it was connected.
func accountSettings(a desk.Account) []desk.Setting {
	signIn := "password"
	if a.OAuth != "" {
		signIn = a.OAuth + " as " + a.OAuthUser
	}
	day := func() string {
		if a.CutOff.IsZero() {
			return ""
		}
		return a.CutOff.Local().Format("2006-01-02")
	}
	return []desk.Setting{
		{Key: "imap", Value: a.IMAP, Says: "Where mail is fetched."},
		{Key: "smtp", Value: a.SMTP, Says: "Where mail is sent."},
		{Key: "username", Value: a.Username, Says: "Who it is at both servers."},
		{Key: "ca", Value: a.CA, Lines: true, Says: "The certificates it trusts besides the system's."},
		{Key: "sign-in", Value: signIn, Says: "What it signs in with, and at a provider who has."},
		{Key: "folders", Value: desk.TypeFolders(a.Folders), Says: "The folders that are read; auto is INBOX, Sent and Junk."},
		{Key: "cut-off", Value: day(), Says: "Mail from before this day comes in closed and silent."},
		{Key: "write-back", Value: string(a.WriteBack), Choices: []string{string(desk.WriteNone), string(desk.WriteFlags), string(desk.WriteMove)}, Says: "What of your work is written to the mailbox."},
		{Key: "plus-addressing", Value: strconv.FormatBool(a.PlusAddressing), Says: "Whether mail to NAME+anything arrives here too."},
		{Key: "files-sent", Value: strconv.FormatBool(a.FilesSent), Says: "Whether the server itself puts sent mail into Sent."},
	}
}
