package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// explanationForm says why a conversation is where it is, for programs.
type explanationForm struct {
	ID       desk.ConversationID `json:"id"`
	Inbox    string              `json:"inbox"`
	Status   string              `json:"status"`
	Assignee string              `json:"assignee"`
	Runs     []explainedRunForm  `json:"runs"`
	Routing  []string            `json:"routing"`
	Returns  stamp               `json:"returns"`
	Events   []entryForm         `json:"events"`
}

type explainedRunForm struct {
	At      stamp               `json:"at"`
	On      string              `json:"on"`
	From    string              `json:"from"`
	Subject string              `json:"subject"`
	Rules   []explainedRuleForm `json:"rules"`
}

type explainedRuleForm struct {
	Rule    string         `json:"rule"`
	Matched bool           `json:"matched"`
	Skipped string         `json:"skipped"`
	Asked   []desk.Asked   `json:"asked"`
	Done    []desk.ActDone `json:"done"`
}

func (p *program) explainCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "explain ID", Short: "Say why a conversation is where it is: rules, who could have had it, and what was done",
		Long: "Tells for each mail which rules were asked, which condition failed or matched and what it was\n" +
			"asked of, who could have been given it and why each was passed over, and what was done since. It is what was kept at that moment,\n" +
			"whatever the rules are now.",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			ids, err := conversationIDs(args)
			if err != nil {
				return err
			}
			x, err := h.seat.Explain(ctx, ids[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(explanationOf(x))
			}
			p.explain(x)
			return nil
		}),
	}
	return p.completesConversations(c)
}

func explanationOf(x desk.Explanation) explanationForm {
	f := explanationForm{ID: x.ID, Inbox: x.InboxName, Status: string(x.Status), Assignee: x.AssigneeName, Runs: []explainedRunForm{}, Routing: append([]string{}, x.Routing...), Returns: stamp(x.Returns), Events: []entryForm{}}
	for _, run := range x.Runs {
		rf := explainedRunForm{At: stamp(run.At), On: string(run.On), From: run.From, Subject: run.Subject, Rules: []explainedRuleForm{}}
		for _, r := range run.Rules {
			rf.Rules = append(rf.Rules, explainedRuleForm{r.Name, r.Matched, r.Skipped, append([]desk.Asked{}, r.Asked...), append([]desk.ActDone{}, r.Done...)})
		}
		f.Runs = append(f.Runs, rf)
	}
	for _, e := range x.Events {
		f.Events = append(f.Events, entryOf(e))
	}
	return f
}

func (p *program) explain(x desk.Explanation) {
	has := safe.Const("nobody has it")
	if name := x.Holder(); name != "" {
		has = safe.Sprintf("%s has it", safe.Line(name))
	}
	p.print.say(safe.Sprintf("#%s in %s is %s, and %s.", safe.Int(int(x.ID)), safe.Line(quoted(x.InboxName)), safe.Line(string(x.Place())), has))
	if !x.Returns.IsZero() {
		p.print.say(safe.Sprintf("It goes back to the queue at %s, unless something is done with it before.", moment(x.Returns)))
	}
	if len(x.Runs) == 0 {
		p.print.say(safe.Const("No rule was asked about it."))
	}
	for _, run := range x.Runs {
		p.print.rule(safe.Sprintf("%s, %s: %s", safe.Line(string(run.On)), moment(run.At), safe.Line(run.Subject)))
		for _, r := range run.Rules {
			p.explainRule(r)
		}
	}
	if len(x.Routing) > 0 {
		p.print.rule(safe.Const("who it was given to by itself"))
	}
	for _, line := range x.Routing {
		p.print.say(safe.Line(line))
	}
	if len(x.Events) > 0 {
		p.print.rule(safe.Const("what was done"))
	}
	for _, e := range x.Events {
		p.print.say(safe.Sprintf("%s  %s: %s %s", moment(e.At), safe.Line(e.Who), safe.Line(string(e.Kind)), changeOf(e)))
	}
}

func (p *program) explainRule(r desk.ExplainedRule) {
	verdict := safe.Const("did not match")
	if r.Matched {
		verdict = safe.Const("matched")
	}
	if r.Skipped != "" {
		verdict = safe.Sprintf("was passed over: %s", safe.Line(r.Skipped))
	}
	p.print.say(safe.Sprintf("%s %s", safe.Line(r.Name), verdict))
	p.asked(r.Asked)
	for _, d := range r.Done {
		line := safe.Sprintf("  -> %s", safe.Line(desk.Snippet(d.Action, 80)))
		if d.Said != "" {
			line = safe.Sprintf("%s: %s", line, safe.Line(d.Said))
		}
		p.print.say(line)
	}
}
