package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// mergedForm tells programs what merging two inboxes has done or would do.
type mergedForm struct {
	Inbox         string       `json:"inbox"`
	Into          string       `json:"into"`
	Tag           string       `json:"tag"`
	Addresses     []string     `json:"addresses"`
	Conversations int          `json:"conversations"`
	Open          int          `json:"open"`
	Tickets       int          `json:"tickets"`
	Losing        []person     `json:"losing"`
	Gaining       []person     `json:"gaining"`
	Unassigned    []adriftForm `json:"unassigned"`
	Rules         []string     `json:"rules"`
	TurnedOff     []string     `json:"turned_off"`
	Policies      []string     `json:"policies"`
	Untagged      int          `json:"untagged"`
	Effects       []effectForm `json:"effects"`
	DryRun        bool         `json:"dry_run"`
}

// adriftForm is who loses open conversations, and how many.
type adriftForm struct {
	person

	Open int `json:"open"`
}

func mergedOf(m desk.InboxMerge, rehearsed bool) mergedForm {
	f := mergedForm{
		Inbox: m.From.Name, Into: m.To.Name, Tag: m.Tag, Addresses: []string{}, Conversations: m.All, Open: m.Open, Tickets: m.Tickets,
		Losing: []person{}, Gaining: []person{}, Unassigned: []adriftForm{}, Rules: append([]string{}, m.Rules...), TurnedOff: []string{},
		Policies: append([]string{}, m.Policies...), Untagged: m.Untagged, Effects: []effectForm{}, DryRun: rehearsed,
	}
	for _, a := range m.Addresses {
		f.Addresses = append(f.Addresses, a.Address)
	}
	for _, u := range m.Losing {
		f.Losing = append(f.Losing, personOf(u))
	}
	for _, u := range m.Gaining {
		f.Gaining = append(f.Gaining, personOf(u))
	}
	for _, a := range m.Adrift {
		f.Unassigned = append(f.Unassigned, adriftForm{personOf(a.User), a.Open})
	}
	for _, r := range m.Idle {
		f.TurnedOff = append(f.TurnedOff, r.Name)
	}
	for _, e := range m.Effects() {
		f.Effects = append(f.Effects, effectForm(e))
	}
	return f
}

func (p *program) inboxMergeCommand() *cobra.Command {
	var into, tag string
	c := &cobra.Command{
		Use: "merge NAME --into NAME", Short: "Let a shared inbox go into another one",
		Long: "Takes all of a shared inbox into another one, as one step: its accounts with their\n" +
			"addresses, its conversations with notes, tickets and history, its rules and routing. With\n" +
			"--tag its conversations can be told from the others. No mail is fetched a second time, and\n" +
			"nothing changes on the mail server. The inbox is gone then, and its name is free.\n\n" +
			"See first with --preview who gains and who loses sight of what, and which conversations\n" +
			"lose who has them. It cannot be undone. It takes the right to configure both inboxes.",
		Example: "  postroom inbox merge returns --into support --tag returns --preview\n" +
			"  postroom inbox merge returns --into support --tag returns",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			done, err := h.seat.MergeInboxes(ctx, args[0], into, tag)
			if err != nil {
				return err
			}
			return p.mergedInbox(done)
		}),
	}
	f := c.Flags()
	f.StringVar(&into, "into", "", "the inbox that stays")
	f.StringVar(&tag, "tag", "", "a tag for all conversations that go")
	f.BoolVar(&p.flags.rehearse, "preview", false, "the same as --dry-run")
	needs(c, "into")
	p.completesFlag(c, "into", inboxNames)
	c.ValidArgsFunction = p.completing(inboxNames, words())
	return p.writes(c)
}

func (p *program) mergedInbox(m desk.InboxMerge) error {
	if p.print.json {
		return p.print.document(mergedOf(m, p.flags.rehearse))
	}
	p.done(safe.Sprintf("The inbox %s has gone into %s.", safe.Line(quoted(m.From.Name)), safe.Line(quoted(m.To.Name))))
	var effects [][2]safe.Text
	for _, e := range m.Effects() {
		effects = append(effects, [2]safe.Text{safe.Line(capital(e.What)), safe.Line(e.Text)})
	}
	p.print.fields(effects...)
	return nil
}
