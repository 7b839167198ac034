package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// notifyForm is what somebody hears of an inbox, for programs.
type notifyForm struct {
	Inbox  string   `json:"inbox"`
	About  string   `json:"about"`
	Ways   []string `json:"ways"`
	Every  int      `json:"every_minutes"`
	Chosen bool     `json:"chosen"`
}

func notifyOf(n desk.Notifying) notifyForm {
	f := notifyForm{Inbox: n.Inbox.Name, About: string(n.Rule.About), Ways: []string{}, Every: int(n.Rule.Every / time.Minute), Chosen: n.Chosen}
	for _, w := range n.Rule.Ways {
		f.Ways = append(f.Ways, string(w))
	}
	return f
}

func (p *program) notifyCommand() *cobra.Command {
	return p.group("notify", "Of what the screen tells you while you look elsewhere", p.notifyListCommand(), p.notifySetCommand())
}

func (p *program) notifyListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List what you hear of, inbox by inbox", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Notifying(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]notifyForm, len(list))
				for i, n := range list {
					forms[i] = notifyOf(n)
				}
				return p.print.document(forms)
			}
			rows := make([][]safe.Text, len(list))
			for i, n := range list {
				rows[i] = notifyRow(notifyOf(n))
			}
			p.print.table([]column{
				{title: safe.Const("INBOX"), gives: true},
				{title: safe.Const("ABOUT")},
				{title: safe.Const("BY")},
				{title: safe.Const("EVERY")},
				{title: safe.Const("CHOSEN")},
			}, rows)
			return nil
		}),
	}
}

func notifyRow(f notifyForm) []safe.Text {
	chosen := safe.Const("default")
	if f.Chosen {
		chosen = safe.Const("you")
	}
	return []safe.Text{safe.Line(f.Inbox), safe.Line(f.About), safe.Line(strings.Join(f.Ways, ",")), f.every(), chosen}
}

// every is how long news are collected, in words.
func (f notifyForm) every() safe.Text {
	if f.Every > 0 {
		return safe.Sprintf("%s min", safe.Int(f.Every))
	}
	return safe.Const("at once")
}

// notifyHow is the end of a sentence: by which ways and how often, where
// anything is told at all.
func notifyHow(f notifyForm) safe.Text {
	if f.About == string(desk.NotifyNone) {
		return safe.Text{}
	}
	ways := safe.Line(strings.Join(f.Ways, " and "))
	if f.Every == 0 {
		return safe.Sprintf(", by %s, %s", ways, f.every())
	}
	return safe.Sprintf(", by %s, every %s", ways, f.every())
}

func (p *program) notifySetCommand() *cobra.Command {
	var every time.Duration
	by := string(desk.NotifyBell)
	c := &cobra.Command{
		Use: "set INBOX none|mine|all", Short: "Choose what you hear of an inbox, and how",
		Long: "The screen calls you while its terminal is not in front: for mail in what you have and what\n" +
			"is given to you (mine), or for every mail by a person too (all). Never for old, automatic or\n" +
			"read mail. It says how many and where, never what is in them.",
		Example: "  postroom notify set support all --by bell,osc9 --every 15m\n  postroom notify set billing none",
		Args:    wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			ways, err := desk.ParseNotifyWays(by)
			if err != nil {
				return err
			}
			now, err := h.seat.SetNotifying(ctx, args[0], desk.NotifyRule{About: desk.NotifyAbout(args[1]), Ways: ways, Every: every})
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(notifyOf(now))
			}
			p.done(safe.Sprintf("You hear of %s in %s%s.", safe.Line(string(now.Rule.About)), safe.Line(quoted(now.Inbox.Name)), notifyHow(notifyOf(now))))
			return nil
		}),
	}
	c.Flags().StringVar(&by, "by", by, "how: bell, osc9, osc777, with commas between")
	c.Flags().DurationVar(&every, "every", 0, "collect news for so long into one line, like 15m")
	c.ValidArgsFunction = p.completing(inboxNames, func(context.Context, *desk.Seat) ([]string, error) {
		return []string{string(desk.NotifyNone), string(desk.NotifyMine), string(desk.NotifyAll)}, nil
	})
	return p.writes(c)
}
