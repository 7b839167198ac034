package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// reread parses a stored mail once more, for what rules ask and nobody keeps.
func reread(raw desk.RawMail) desk.Incoming { return connector.ParseIncoming(raw, time.Time{}) }

// askedForm is a condition and how it was found, for programs.
type testedForm struct {
	Matched bool         `json:"matched"`
	Counts  bool         `json:"counts"`
	Asked   []desk.Asked `json:"asked"`
	Then    []string     `json:"then"`
}

func (p *program) ruleTestCommand() *cobra.Command {
	var f ruleFlags
	c := &cobra.Command{
		Use: "test NUMBER [NAME]", Short: "Ask a rule, or a condition, about the newest mail of a conversation",
		Long: "Says for each condition whether it holds and what it was asked of. Nothing is done. Without a\n" +
			"rule's name the condition of --when is asked.",
		Example: "  postroom rule test 4473 'invoices to finance'\n  postroom rule test 4473 --when 'body:refund lang:de'",
		Args:    wants(1, 2),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		ids, err := conversationIDs(args[:1])
		if err != nil {
			return err
		}
		t, err := p.ruleToTest(ctx, h, args[1:], ids[0])
		if err == nil {
			err = f.onto(ctx, p, c, &t)
		}
		if err != nil {
			return err
		}
		res, err := h.seat.TestRule(ctx, t, ids[0], reread)
		if err != nil {
			return err
		}
		if p.print.json {
			return p.print.document(testedForm{res.Matched, res.Counts, append([]desk.Asked{}, res.Asked...), res.Then})
		}
		p.asked(res.Asked)
		switch {
		case !res.Matched:
			p.print.say(safe.Const("It does not match."))
		case !res.Counts:
			p.print.say(safe.Const("It matches, but does not count in the conversation's inbox."))
		default:
			p.print.say(safe.Const("It matches."))
		}
		return nil
	})
	f.declare(c)
	return c
}

// ruleToTest is the named rule, or one that counts where the conversation is.
func (p *program) ruleToTest(ctx context.Context, h *house, name []string, id desk.ConversationID) (desk.RuleText, error) {
	if len(name) > 0 {
		v, err := h.seat.Rule(ctx, name[0])
		return v.Text, err
	}
	t, err := h.seat.Thread(ctx, id, 1)
	return desk.RuleText{Name: "a test", Scope: "inbox:" + t.InboxName, On: string(desk.OnReceived), Then: []string{"stop"}}, err
}

// asked prints conditions and how they were found.
func (p *program) asked(list []desk.Asked) {
	for _, a := range list {
		sign := safe.Const("no ")
		if a.Held {
			sign = safe.Const("yes")
		}
		line := safe.Sprintf("  %s  %s", sign, safe.Line(a.Condition))
		if a.Saw != "" {
			line = safe.Sprintf("%s  (saw: %s)", line, safe.Line(a.Saw))
		}
		p.print.say(line)
	}
}

// replayForm is a replay in the form for programs.
type replayForm struct {
	Mails     int              `json:"mails"`
	Different []differentForm  `json:"different"`
	Rules     []ruleCountsForm `json:"rules"`
}

type differentForm struct {
	Conversation desk.ConversationID `json:"conversation"`
	At           stamp               `json:"at"`
	Inbox        string              `json:"inbox"`
	From         string              `json:"from"`
	Subject      string              `json:"subject"`
	Was          string              `json:"was"`
	Is           string              `json:"is"`
}

type ruleCountsForm struct {
	Rule string `json:"rule"`
	Was  int    `json:"was"`
	Is   int    `json:"is"`
}

func (p *program) ruleReplayCommand() *cobra.Command {
	var days int
	var file string
	c := &cobra.Command{
		Use: "replay", Short: "Run rules over the mail that is here, and change nothing",
		Long: "Asks the present rules, and with --file those of a file instead, about the mail of the last\n" +
			"days, and says with which mail something else would be done, and how often each rule matches.\n" +
			"Nothing is written. The file is in the form of: postroom rule show. A conversation is asked as\n" +
			"it began; a reply is asked of the conversation as it is now.",
		Example: "  postroom rule replay --days 30\n  postroom rule show > rules.txt; edit it; postroom rule replay --file rules.txt",
		Args:    wants(0, 0),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, _ []string) error {
		if days < 1 || days > 3660 {
			return misused(c, "--days is a number from 1 to 3660.")
		}
		o := desk.ReplayOptions{Since: h.desk.Now().AddDate(0, 0, -days), Reread: reread}
		if file != "" {
			var err error
			if o.Rules, err = p.rulesIn(ctx, file); err != nil {
				return err
			}
			if o.Rules == nil {
				o.Rules = []desk.RuleText{}
			}
		}
		res, err := h.seat.Replay(ctx, o)
		if err != nil {
			return err
		}
		return p.replayed(res, file != "")
	})
	c.Flags().IntVar(&days, "days", 30, "how many days back")
	c.Flags().StringVar(&file, "file", "", "a file of rules to rehearse; - is standard input")
	return c
}

func (p *program) replayed(res desk.Replay, compared bool) error {
	if p.print.json {
		f := replayForm{Mails: res.Mails, Different: []differentForm{}, Rules: []ruleCountsForm{}}
		for _, d := range res.Different {
			f.Different = append(f.Different, differentForm{d.Conversation, stamp(d.At), d.Inbox, d.From, d.Subject, d.Was, d.Is})
		}
		for _, r := range res.Rules {
			f.Rules = append(f.Rules, ruleCountsForm{r.Name, r.Was, r.Is})
		}
		return p.print.document(f)
	}
	nothing := func(text string) safe.Text {
		if text == "" {
			return safe.Const("nothing")
		}
		return safe.Line(text)
	}
	if compared {
		var rows [][]safe.Text
		for _, d := range res.Different {
			rows = append(rows, []safe.Text{safe.Sprintf("#%s", safe.Int(int(d.Conversation))), day(d.At), safe.Line(d.From), safe.Line(d.Subject), nothing(d.Was), nothing(d.Is)})
		}
		if len(rows) > 0 {
			p.print.table([]column{
				{title: safe.Const("ID")},
				{title: safe.Const("CAME")},
				{title: safe.Const("FROM"), gives: true},
				{title: safe.Const("SUBJECT"), gives: true},
				{title: safe.Const("NOW"), gives: true},
				{title: safe.Const("THEN"), gives: true},
			}, rows)
		}
	}
	var rows [][]safe.Text
	for _, r := range res.Rules {
		row := []safe.Text{safe.Line(r.Name), safe.Int(r.Was), safe.Int(r.Is), {}}
		if r.Is == 0 {
			row[3] = safe.Const("never matches")
		}
		rows = append(rows, row)
	}
	p.print.table([]column{{title: safe.Const("RULE"), gives: true}, {title: safe.Const("NOW"), right: true}, {title: safe.Const("THEN"), right: true}, {title: safe.Const(" ")}}, rows)
	p.print.say(safe.Sprintf("%s mails, %s treated in another way. Nothing was changed.", safe.Int(res.Mails), safe.Int(len(res.Different))))
	return nil
}
