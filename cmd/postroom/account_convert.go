package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// convertedForm tells programs what a conversion has done or would do.
type convertedForm struct {
	Address       string       `json:"address"`
	History       string       `json:"history"`
	From          homeForm     `json:"from"`
	To            homeForm     `json:"to"`
	Made          bool         `json:"made"`
	Open          int          `json:"open"`
	Conversations int          `json:"conversations"`
	Losing        []person     `json:"losing"`
	Gaining       []person     `json:"gaining"`
	Effects       []effectForm `json:"effects"`
	Batch         string       `json:"batch"`
	DryRun        bool         `json:"dry_run"`
}

type homeForm struct {
	Inbox string `json:"inbox"`
	Kind  string `json:"kind"`
}

type effectForm struct {
	What string `json:"what"`
	Text string `json:"text"`
}

func convertedOf(c desk.Converted, rehearsed bool) convertedForm {
	f := convertedForm{
		Address: c.Address, History: string(c.History), From: homeForm{c.From.Name, string(c.From.Kind)}, To: homeForm{c.To.Name, string(c.To.Kind)},
		Made: c.Made, Open: c.Open, Conversations: c.All, Losing: []person{}, Gaining: []person{}, Effects: []effectForm{}, Batch: c.Batch, DryRun: rehearsed,
	}
	for _, u := range c.Losing {
		f.Losing = append(f.Losing, personOf(u))
	}
	for _, u := range c.Gaining {
		f.Gaining = append(f.Gaining, personOf(u))
	}
	for _, e := range c.Effects() {
		f.Effects = append(f.Effects, effectForm(e))
	}
	if rehearsed {
		f.Batch = ""
	}
	return f
}

func (p *program) accountConvertCommand() *cobra.Command {
	var k desk.Conversion
	var to, history string
	c := &cobra.Command{
		Use: "convert ADDRESS --to personal|shared", Short: "Make a shared account personal, or a personal one shared",
		Long: "Takes an account off its inbox and gives it to one of the other kind, as one step that\n" +
			"undo takes back. No mail is fetched a second time, and nothing changes on the mail server.\n\n" +
			"With --history keep, as without it, what came before stays in the inbox where it is, for\n" +
			"those who read it there, and the account goes to the inbox of --inbox: one that is there\n" +
			"already, or a new one. With --history move the inbox itself becomes personal or shared,\n" +
			"with all that is in it; --inbox then gives it another name.\n\n" +
			"A shared account becomes personal by an admin, and only when nothing refers to it any\n" +
			"more; all that does is listed with the commands that remove it. A personal one becomes\n" +
			"shared by its owner. See first with --preview who gains and who loses access.",
		Example: "  postroom account convert support@acme.test --to personal --owner maya --preview\n" +
			"  postroom account convert maya@acme.test --to shared --inbox support",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			k.Address, k.To, k.History = args[0], desk.InboxKind(to), desk.MailHistory(history)
			done, err := h.seat.Convert(ctx, k)
			if err != nil {
				return err
			}
			return p.converted(done)
		}),
	}
	f := c.Flags()
	f.StringVar(&to, "to", "", "what it becomes: personal or shared")
	f.StringVar(&k.Owner, "owner", "", "login of whose the inbox will be (default: you)")
	f.StringVar(&k.Inbox, "inbox", "", "name of the inbox it serves then (default: what is before the @, or who owns it; with --history move the name it has)")
	f.StringVar(&history, "history", string(desk.HistoryKeep), "what becomes of the mail so far: keep it where it is, or move it along")
	f.BoolVar(&p.flags.rehearse, "preview", false, "the same as --dry-run")
	needs(c, "to")
	p.completesFlag(c, "to", words(string(desk.Personal), string(desk.Shared)))
	p.completesFlag(c, "history", words(string(desk.HistoryKeep), string(desk.HistoryMove)))
	p.completesFlag(c, "owner", userLogins)
	p.completesFlag(c, "inbox", inboxNames)
	c.ValidArgsFunction = p.completing(accountAddresses, words())
	return p.writes(c)
}

func (p *program) accountTransferCommand() *cobra.Command {
	var inbox string
	c := &cobra.Command{
		Use: "transfer ADDRESS --inbox NAME", Short: "Let an account serve another inbox of the same kind",
		Long: "The account goes over to the inbox, one that is there or a new one. What came before stays\n" +
			"where it is, no mail is fetched a second time, and undo takes it back.",
		Example: "  postroom account transfer billing@acme.test --inbox support --preview",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			done, err := h.seat.Transfer(ctx, args[0], inbox)
			if err != nil {
				return err
			}
			return p.converted(done)
		}),
	}
	c.Flags().StringVar(&inbox, "inbox", "", "the inbox it serves then")
	c.Flags().BoolVar(&p.flags.rehearse, "preview", false, "the same as --dry-run")
	needs(c, "inbox")
	p.completesFlag(c, "inbox", inboxNames)
	c.ValidArgsFunction = p.completing(accountAddresses, words())
	return p.writes(c)
}

func (p *program) converted(c desk.Converted) error {
	if p.print.json {
		return p.print.document(convertedOf(c, p.flags.rehearse))
	}
	is := safe.Text{} // a transfer leaves the kind
	if c.To.Kind != c.From.Kind {
		is = safe.Sprintf(" is %s now and", safe.Line(string(c.To.Kind)))
	}
	p.done(safe.Sprintf("%s%s serves the inbox %s.", safe.Addr(c.Address), is, safe.Line(quoted(c.To.Name))))
	var effects [][2]safe.Text
	for _, e := range c.Effects() {
		effects = append(effects, [2]safe.Text{safe.Line(capital(e.What)), safe.Line(e.Text)})
	}
	p.print.fields(effects...)
	if !p.flags.rehearse {
		p.print.remark(safe.Sprintf("Take it back with: postroom undo %s", safe.Line(c.Batch)))
	}
	return nil
}
