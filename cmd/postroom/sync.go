package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// syncForm is what one pass over an account has done, for programs.
type syncForm struct {
	Account  string  `json:"account"`
	New      int     `json:"new"`
	Known    int     `json:"known"`
	Gone     int     `json:"gone"`
	Skipped  int     `json:"skipped"`
	Deferred int     `json:"deferred"`
	InDoubt  int     `json:"in_doubt"`
	ServedBy string  `json:"served_by"`
	Paused   bool    `json:"paused"`
	Error    *string `json:"error"`
}

func (p *program) syncCommand() *cobra.Command {
	var once, audit bool
	var account string
	c := &cobra.Command{
		Use: "sync", Short: "Fetch and send mail without a screen",
		Long: "Serves all accounts until it is interrupted: new mail comes in as it arrives, queued\n" +
			"mail goes out. With --once it makes one pass and ends. With --audit it fetches and\n" +
			"changes nothing, but compares every folder with what is here, message by message.",
		Args: wants(0, 0),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, _ []string) error {
		switch given := c.Flags().Changed("account"); {
		case given && !audit:
			return misused(c, "--account goes with --audit.")
		case given && account == "":
			return misused(c, "--account is empty.") // a variable of a script that is not set
		}
		con, err := p.connector(h)
		switch {
		case err != nil:
			return err
		case audit:
			return p.audit(ctx, h, con, account)
		case once:
			return p.syncOnce(ctx, h, con)
		default:
			return p.syncOn(ctx, h, con)
		}
	})
	c.Flags().BoolVar(&once, "once", false, "make one pass and end")
	c.Flags().BoolVar(&audit, "audit", false, "compare the servers with what is here, and end")
	c.Flags().StringVar(&account, "account", "", "with --audit: only the account with this `ADDRESS`")
	c.PreRunE = exclusive("once", "audit")
	return c
}

// syncOn serves until the context ends, which is how it is meant to end.
func (p *program) syncOn(ctx context.Context, h *house, con *connector.Connector) error {
	if !p.print.json {
		p.print.remark(safe.Const("Serving all accounts; ctrl+c ends it."))
	}
	err := h.together(ctx, con.Run, h.listen, func(ctx context.Context) error { return p.tellTrouble(ctx, h) })
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// tellTrouble tells what is wrong with the desk, and when it is well again, as
// the screen does in its banner. It ends with a desk that has moved away,
// because that does not come back.
func (p *program) tellTrouble(ctx context.Context, h *house) error {
	bell := h.desk.Bell().Listen()
	defer bell.Close()
	told := ""
	for {
		code := ""
		if t := h.desk.Trouble(); t.Err != nil {
			code = t.Err.Code
			if code == "DESK_MOVED" {
				return t.Err
			}
			if code != told {
				p.print.remark(safe.Sprintf("%s %s", safe.Line(t.Err.Message), safe.Line(t.Err.Hint)))
			}
		} else if told != "" {
			p.print.remark(safe.Const("That is over; all goes on."))
		}
		told = code
		select {
		case <-ctx.Done():
			return nil
		case <-bell.Rung():
			bell.Take()
		}
	}
}

func (p *program) syncOnce(ctx context.Context, h *house, con *connector.Connector) error {
	all, err := con.Sync(ctx)
	if err != nil {
		return err
	}
	list, err := h.mine(ctx, all)
	if err != nil {
		return err
	}
	kept, err := h.keptBack(ctx)
	if err != nil {
		return err
	}
	failed := 0
	var unwell error // then no account is to blame
	forms := make([]syncForm, len(list))
	for i, s := range list {
		forms[i] = syncForm{Account: s.Account, New: s.New, Known: s.Known, Gone: s.Gone, Skipped: s.Skipped, ServedBy: s.ServedBy, Paused: s.Paused}
		forms[i].Deferred, forms[i].InDoubt = kept[s.Account].deferred, kept[s.Account].inDoubt
		if forms[i].Error = problem(s.Err); s.Err != nil {
			failed++
		}
		if desk.KindOf(s.Err) == desk.Unwell {
			unwell = s.Err
		}
	}
	if p.print.json {
		if err := p.print.document(forms); err != nil {
			return err
		}
	} else {
		p.showSync(list, kept)
	}
	switch {
	case unwell != nil:
		return unwell
	case failed > 0:
		return &desk.Error{
			Kind: desk.Offline, Code: "SYNC_INCOMPLETE", Message: count(failed, "account", "accounts") + " could not be read completely.",
			Hint: "See: postroom account list",
		}
	}
	return nil
}

// keptBack counts an account's mail that is not out after a pass.
type keptBack struct{ deferred, inDoubt int }

// keptBack counts it for the accounts of the actor's inboxes, by address.
func (h *house) keptBack(ctx context.Context) (map[string]keptBack, error) {
	accounts, err := h.seat.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	list, err := h.seat.Outbox(ctx, false)
	if err != nil {
		return nil, err
	}
	kept := map[string]keptBack{}
	for _, a := range accounts {
		var k keptBack
		for _, o := range list {
			switch {
			case o.Account != a.ID:
			case o.State == desk.Deferred:
				k.deferred++
			case o.State == desk.InDoubt:
				k.inDoubt++
			}
		}
		kept[a.Address] = k
	}
	return kept, nil
}

// mine keeps what is about accounts the actor may see: a pass serves all of
// them, but what came in for somebody else is not told.
func (h *house) mine(ctx context.Context, all []connector.Summary) ([]connector.Summary, error) {
	accounts, err := h.seat.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var list []connector.Summary
	for _, s := range all {
		if slices.ContainsFunc(accounts, func(a desk.Account) bool { return a.Address == s.Account }) {
			list = append(list, s)
		}
	}
	return list, nil
}

func (p *program) showSync(list []connector.Summary, kept map[string]keptBack) {
	if len(list) == 0 {
		p.print.remark(safe.Const("None of your inboxes has an account. Connect one with: postroom account connect ADDRESS --inbox NAME"))
	}
	for _, s := range list {
		switch {
		case s.Paused:
			p.print.say(safe.Sprintf("%s: paused; nothing was fetched or sent.", safe.Addr(s.Account)))
		case s.ServedBy != "":
			p.print.say(safe.Sprintf("%s: another process serves it (%s).", safe.Addr(s.Account), safe.Line(s.ServedBy)))
		case s.Err != nil:
			p.print.say(safe.Sprintf("%s: %s new, then: %s", safe.Addr(s.Account), safe.Int(s.New), safe.Line(errorLine(s.Err))))
		default:
			p.print.say(safe.Sprintf("%s: %s new, %s gone from the server, %s skipped.", safe.Addr(s.Account), safe.Int(s.New), safe.Int(s.Gone), safe.Int(s.Skipped)))
		}
		if k := kept[s.Account]; k.deferred > 0 {
			p.print.say(safe.Sprintf("%s: %s not out yet and tried again later; see: postroom outbox list", safe.Addr(s.Account), safe.Line(count(k.deferred, "mail is", "mails are"))))
		}
		if k := kept[s.Account]; k.inDoubt > 0 {
			p.print.say(safe.Sprintf("%s: %s in doubt and not sent again; see: postroom outbox list", safe.Addr(s.Account), safe.Line(count(k.inDoubt, "mail is", "mails are"))))
		}
	}
}
