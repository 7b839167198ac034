package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// accountForm is an account in the form for programs; never with a secret.
type accountForm struct {
	Address        string `json:"address"`
	Inbox          string `json:"inbox"`
	IMAP           string `json:"imap"`
	SMTP           string `json:"smtp"`
	Username       string `json:"username"`
	OAuth          string `json:"oauth"`
	OAuthUser      string `json:"oauth_user"`
	State          string `json:"state"`
	Cause          string `json:"cause"`
	Since          stamp  `json:"since"`
	CutOff         stamp  `json:"cut_off"`
	WriteBack      string `json:"write_back"`
	AuthServID     string `json:"authserv_id"`
	PlusAddressing bool   `json:"plus_addressing"`
	FilesSent      bool   `json:"files_sent"`
}

func accountOf(a desk.Account, inbox string) accountForm {
	return accountForm{
		Address: a.Address, Inbox: inbox, IMAP: a.IMAP, SMTP: a.SMTP, Username: a.Username, OAuth: a.OAuth, OAuthUser: a.OAuthUser,
		State: string(a.State), Cause: a.Cause, Since: stamp(a.Since), CutOff: stamp(a.CutOff), WriteBack: string(a.WriteBack),
		AuthServID: a.AuthServID, PlusAddressing: a.PlusAddressing, FilesSent: a.FilesSent,
	}
}

// accountLine is address, state and cause in one line.
func accountLine(a desk.Account) safe.Text {
	line := accountAddress(a)
	line = safe.Sprintf("%s, %s", line, safe.Line(string(a.State)))
	if a.Cause != "" {
		line = safe.Sprintf("%s: %s", line, safe.Line(a.Cause))
	}
	return line
}

// accountAddress is the address, where it may be seen.
func accountAddress(a desk.Account) safe.Text {
	if a.Address == "" {
		return safe.Const("(private)")
	}
	return safe.Addr(a.Address)
}

func (p *program) accountCommand() *cobra.Command {
	return p.group("account", "Mail accounts: find servers, connect, list, pause, sign in again, disconnect",
		p.accountConnectCommand(), p.accountDiscoverCommand(), p.accountListCommand(), p.accountPauseCommand(), p.accountResumeCommand(), p.accountReauthCommand(),
		p.accountAliasCommand(), p.accountConvertCommand(), p.accountTransferCommand(), p.accountGetCommand(), p.accountSetCommand(), p.accountFoldersCommand(), p.accountDisconnectCommand(), p.accountReleaseCommand())
}

func (p *program) accountListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the accounts you see, and how they are and why", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			views, err := h.seat.Inboxes(ctx)
			if err != nil {
				return err
			}
			list := []accountForm{}
			var rows [][]safe.Text
			var causes [][2]safe.Text
			for _, v := range views {
				for _, a := range v.Accounts {
					list = append(list, accountOf(a, v.Name))
					rows = append(rows, []safe.Text{accountAddress(a), safe.Line(v.Name), safe.Line(string(a.State)), p.print.age(a.Since)})
					if a.Cause != "" {
						causes = append(causes, [2]safe.Text{safe.Sprintf("%s: ", accountAddress(a)), safe.Line(a.Cause)})
					}
				}
			}
			if p.print.json {
				return p.print.document(list)
			}
			if len(rows) == 0 {
				p.print.remark(safe.Const("No account is connected. Connect one with: postroom account connect ADDRESS --inbox NAME"))
				return nil
			}
			p.print.table([]column{
				{title: safe.Const("ADDRESS"), gives: true},
				{title: safe.Const("INBOX"), gives: true},
				{title: safe.Const("STATE")},
				{title: safe.Const("SINCE"), right: true},
			}, rows)
			for _, c := range causes { // whole: a cell would cut what to do
				p.print.named(c[0], c[1])
			}
			return nil
		}),
	}
}

// disconnectedForm tells programs which addresses are free now.
type disconnectedForm struct {
	Address string   `json:"address"`
	Further []string `json:"further"`
	DryRun  bool     `json:"dry_run"`
}

func (p *program) accountDisconnectCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "disconnect ADDRESS", Short: "Take an account off its inbox; its mail stays",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			free, err := h.seat.Disconnect(ctx, args[0])
			if err != nil {
				return err
			}
			address, further := free[0].Address, []string{}
			for _, a := range free[1:] {
				further = append(further, a.Address)
			}
			if p.print.json {
				return p.print.document(disconnectedForm{address, further, p.flags.rehearse})
			}
			p.done(safe.Sprintf("Disconnected %s. Its mail stays, its password is forgotten.", safe.Addr(address)))
			if len(further) > 0 {
				p.print.say(safe.Sprintf("Free are also its further addresses: %s.", safe.Line(strings.Join(further, ", "))))
				p.print.remark(safe.Const("Connected to the same inbox again, it has those back that were verified and nobody has by then."))
			}
			return nil
		}),
	}
	return p.writes(c)
}
