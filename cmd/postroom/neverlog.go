package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// neverLogForm is an entry of the never-log lists in the form for programs.
type neverLogForm struct {
	Address string          `json:"address"`
	List    desk.NeverList  `json:"list"`
	Scope   desk.NeverScope `json:"scope"`
	Who     *string         `json:"who"`
	At      stamp           `json:"at"`
	Batch   *string         `json:"batch"`
	Past    *pastForm       `json:"past"`
	DryRun  bool            `json:"dry_run"`
}

// pastForm is what became of what was there already.
type pastForm struct {
	Logged   int `json:"logged"`
	Unlogged int `json:"unlogged"`
}

func (p *program) neverLogCommand() *cobra.Command {
	return p.group("neverlog", "Addresses and domains whose mail is logged on no contact",
		p.neverLogAddCommand(), p.neverLogListCommand(), p.neverLogRemoveCommand())
}

// neverList is the list a command changes.
func neverList(desks bool) desk.NeverList {
	if desks {
		return desk.NeverDesk
	}
	return desk.NeverMine
}

func (p *program) neverLogAddCommand() *cobra.Command {
	var desks, past bool
	var scope string
	c := &cobra.Command{
		Use: "add ADDRESS", Short: "Log the mail of a personal inbox with somebody never",
		Long: "ADDRESS is an address, or a domain, which covers its sub-domains too. It counts for the mail\n" +
			"of your personal inboxes, or with --desk, which is for admins, of everybody's; a team's mail is\n" +
			"logged as ever, and nothing is kept from being sent. Of several people in a mail it is logged\n" +
			"with one who is not listed. With --scope mail all mail that names the address is logged with\n" +
			"nobody: on the desk's list that is the default for a domain of the desk's own. What is logged\n" +
			"already stays, in your own inboxes until --past or inbox relog.",
		Example: "  postroom neverlog add mum@home.test --past\n  postroom neverlog add acme.test --desk",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			add := func(ctx context.Context) (desk.NeverLogChange, error) {
				return h.seat.AddNeverLog(ctx, neverList(desks), args[0], desk.NeverScope(scope))
			}
			return p.changeNeverLog(ctx, h, past, add, func(n desk.NeverLogChange) safe.Text {
				if n.Scope == desk.NeverMail {
					return safe.Sprintf("Never logs mail that names %s.", safe.Line(n.Address))
				}
				return safe.Sprintf("Never logs with %s.", safe.Line(n.Address))
			})
		}),
	}
	c.Flags().StringVar(&scope, "scope", "", "what is not logged: address or mail")
	p.completesFlag(c, "scope", oneWordOf(string(desk.NeverAddress), string(desk.NeverMail)))
	return p.neverLogFlags(c, &desks, &past)
}

func (p *program) neverLogFlags(c *cobra.Command, desks, past *bool) *cobra.Command {
	c.Flags().BoolVar(desks, "desk", false, "the desk's list, for everybody's mail")
	c.Flags().BoolVar(past, "past", false, "also what is logged already in your own inboxes")
	return p.writes(c)
}

// oneWordOf completes one of a few.
func oneWordOf(list ...string) candidates {
	return func(context.Context, *desk.Seat) ([]string, error) { return list, nil }
}

func (p *program) neverLogRemoveCommand() *cobra.Command {
	var desks, past bool
	c := &cobra.Command{
		Use: "remove ADDRESS", Short: "Take an address or a domain off a list", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			remove := func(ctx context.Context) (desk.NeverLogChange, error) {
				return h.seat.RemoveNeverLog(ctx, neverList(desks), args[0])
			}
			return p.changeNeverLog(ctx, h, past, remove, func(n desk.NeverLogChange) safe.Text {
				return safe.Sprintf("%s is not on that list any more.", safe.Line(n.Address))
			})
		}),
	}
	return p.neverLogFlags(c, &desks, &past)
}

// changeNeverLog changes a list, with past also what was there already, and tells
// what is different.
func (p *program) changeNeverLog(ctx context.Context, h *house, past bool, change func(context.Context) (desk.NeverLogChange, error), words func(desk.NeverLogChange) safe.Text) error {
	var n desk.NeverLogChange
	var done *desk.Relogged
	var err error
	if past {
		done = &desk.Relogged{}
		n, *done, err = h.seat.NeverLogPast(ctx, change)
	} else {
		n, err = change(ctx)
	}
	if err != nil {
		return err
	}
	if p.flags.rehearse {
		n.Batch = ""
	}
	if p.print.json {
		f := neverLogForm{Address: n.Address, List: n.List, Scope: n.Scope, At: stamp(n.At), Batch: orNull(n.Batch), DryRun: p.flags.rehearse}
		if done != nil {
			f.Past = &pastForm{done.Logged, done.Unlogged}
			if !p.flags.rehearse {
				f.Batch = orNull(done.Batch)
			}
		}
		return p.print.document(f)
	}
	p.done(words(n))
	if done == nil {
		p.done(safe.Const("It counts for new mail; what is logged already stays. Change that in an inbox of yours with: postroom inbox relog INBOX"))
		return nil
	}
	p.relogged(*done)
	return nil
}

func (p *program) neverLogListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List what is never logged of your mail, and what the desk should add", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.NeverLogs(ctx)
			if err != nil {
				return err
			}
			forms, rows := []neverLogForm{}, [][]safe.Text{}
			for _, n := range list.Entries {
				forms = append(forms, neverLogForm{Address: n.Address, List: n.List, Scope: n.Scope, Who: orNull(n.ByName), At: stamp(n.At)})
				rows = append(rows, []safe.Text{safe.Line(n.Address), safe.Line(string(n.List)), safe.Line(string(n.Scope)), safe.Line(n.ByName), day(n.At)})
			}
			if p.print.json {
				return p.print.document(struct {
					Entries []neverLogForm `json:"entries"`
					Missing []string       `json:"missing"`
				}{forms, append([]string{}, list.Missing...)})
			}
			p.print.table([]column{
				{title: safe.Const("ADDRESS"), gives: true},
				{title: safe.Const("LIST")},
				{title: safe.Const("SCOPE")},
				{title: safe.Const("WHO")},
				{title: safe.Const("SINCE")},
			}, rows)
			for _, d := range list.Missing {
				p.done(safe.Sprintf("The desk's own domain %s is not listed. An admin adds it with: postroom neverlog add %s --desk", safe.Line(d), safe.Line(d)))
			}
			return nil
		}),
	}
}

func (p *program) logCommand() *cobra.Command {
	return p.group("log", "Keep conversations of a personal inbox off the contacts' pages",
		p.actCommand("off", "Log conversations with nobody, also what comes later", "Not logged any more", (*desk.Seat).LogOff),
		p.actCommand("on", "Log conversations again, with whom they are now", "Logged again", (*desk.Seat).LogOn))
}

// logRowForm is what is logged of a conversation in the form for programs.
type logRowForm struct {
	ID      desk.ConversationID `json:"id"`
	Subject string              `json:"subject"`
	With    *string             `json:"with"`
	Why     *string             `json:"why"`
	Whose   *string             `json:"whose"`
	Now     bool                `json:"now"`
	Contact *string             `json:"contact"`
}

func (p *program) inboxLoggedCommand() *cobra.Command {
	var mode string
	c := &cobra.Command{
		Use: "logged INBOX", Short: "Show what of a personal inbox is logged on contacts, or would be",
		Long: "Shows of each conversation with whom it is logged by the mode of the inbox and the never-log\n" +
			"lists, or why with nobody, and what is logged otherwise until inbox relog. With --mode it shows\n" +
			"what another mode would do, before it is chosen with: inbox set INBOX logging=MODE. Nothing is\n" +
			"changed.",
		Example: "  postroom inbox logged Maya --mode replies", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			as, err := desk.ParseLogging(mode)
			if err != nil {
				return err
			}
			var rows []desk.LogRow
			page := desk.LogPreview{}
			for first := true; first || page.Next != 0; first = false {
				if page, err = h.seat.Logged(ctx, args[0], as, page.Next); err != nil {
					return err
				}
				rows = append(rows, page.Rows...)
			}
			return p.logged(page.Mode, rows)
		}),
	}
	c.Flags().StringVar(&mode, "mode", "", "as if this `MODE` was chosen: automatic, replies or off")
	p.completesFlag(c, "mode", oneWordOf(string(desk.LoggingAutomatic), string(desk.LoggingReplies), string(desk.LoggingOff)))
	c.ValidArgsFunction = p.completing(inboxNames)
	return c
}

func (p *program) logged(mode desk.Logging, list []desk.LogRow) error {
	forms, rows := []logRowForm{}, [][]safe.Text{}
	counts, different := 0, 0
	for _, r := range list {
		forms = append(forms, logRowForm{r.ID, r.Subject, orNull(r.With), orNull(string(r.Why)), orNull(r.Whose), r.Now, orNull(r.Contact)})
		with := safe.Sprintf("nobody: %s", safe.Line(string(r.Why)))
		if r.Why == "" {
			with = safe.Line(r.With)
			counts++
		}
		now := safe.Const("nobody")
		if r.Now {
			now = safe.Line(r.Contact)
		}
		if r.Changes() {
			different++
		}
		rows = append(rows, []safe.Text{safe.Sprintf("#%s", safe.Int(int(r.ID))), safe.Line(r.Subject), with, now, safe.Line(r.Whose)})
	}
	if p.print.json {
		return p.print.document(struct {
			Mode          desk.Logging `json:"mode"`
			Logged        int          `json:"logged"`
			Different     int          `json:"different"`
			Conversations []logRowForm `json:"conversations"`
		}{mode, counts, different, forms})
	}
	p.print.table([]column{
		{title: safe.Const("ID")},
		{title: safe.Const("SUBJECT"), gives: true},
		{title: safe.Const("LOGGED WITH"), gives: true},
		{title: safe.Const("NOW"), gives: true},
		{title: safe.Const("WHOSE")},
	}, rows)
	p.done(safe.Sprintf("Logging %s: %s of %s conversations are logged, %s of them otherwise than now.", safe.Line(string(mode)), safe.Int(counts), safe.Int(len(list)), safe.Int(different)))
	return nil
}

func (p *program) relogged(done desk.Relogged) {
	p.done(safe.Sprintf("Of what was there already %s conversations are logged now, and %s are not any more.", safe.Int(done.Logged), safe.Int(done.Unlogged)))
}

func (p *program) inboxRelogCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "relog INBOX", Short: "Bring what is logged of a personal inbox in line with its mode and the never-log lists",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			done, err := h.seat.RelogAll(ctx, args[0], "")
			if err != nil {
				return err
			}
			if p.flags.rehearse {
				done.Batch = ""
			}
			if p.print.json {
				return p.print.document(struct {
					Inbox    string  `json:"inbox"`
					Logged   int     `json:"logged"`
					Unlogged int     `json:"unlogged"`
					Batch    *string `json:"batch"`
					DryRun   bool    `json:"dry_run"`
				}{args[0], done.Logged, done.Unlogged, orNull(done.Batch), p.flags.rehearse})
			}
			p.relogged(done)
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(inboxNames)
	return p.writes(c)
}
