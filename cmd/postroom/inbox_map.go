package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// mappedForm is an address of the desk, for programs. What an admin may not
// know of somebody's personal inbox is null.
type mappedForm struct {
	Address *string  `json:"address"`
	Kind    string   `json:"kind"`
	Inbox   string   `json:"inbox"`
	Of      string   `json:"inbox_kind"`
	Owner   string   `json:"owner"`
	Members []string `json:"members"`
	// Rules are those that mail to it meets; Routing is a strategy, manual, or
	// null while nobody has decided.
	Rules   []string `json:"rules"`
	Routing *string  `json:"routing"`
	State   string   `json:"state"`
	Cause   string   `json:"cause"`
	Since   stamp    `json:"since"`
	LastIn  stamp    `json:"last_in"`
	LastOut stamp    `json:"last_out"`
}

func mappedOf(m desk.Mapped) mappedForm {
	f := mappedForm{
		Kind: string(m.Address.Kind), Inbox: m.Inbox.Name, Of: string(m.Inbox.Kind), Owner: m.Owner.Login, State: string(m.Account.State), Cause: m.Account.Cause,
		Since: stamp(m.Address.Since), LastIn: stamp(m.LastIn), LastOut: stamp(m.LastOut),
	}
	if m.Address.Address == "" {
		return f
	}
	f.Address, f.Members, f.Rules = &m.Address.Address, []string{}, append([]string{}, m.Rules...)
	if m.Routing != "" {
		f.Routing = &m.Routing
	}
	for _, u := range m.Members {
		f.Members = append(f.Members, u.Login)
	}
	return f
}

func (p *program) inboxMapCommand() *cobra.Command {
	return &cobra.Command{
		Use: "map", Short: "Show every address: its inbox, who looks after it, its rules, its last mail, its health",
		Long: "Lists every address you may know of. RULES counts the enabled rules that mail to it meets,\n" +
			"ROUTING is the strategy that gives it to people, or manual; --json names the rules. The last\n" +
			"mail in and out is that of the address's account. Of other people's personal inboxes an admin\n" +
			"sees that they exist and how they are.",
		Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Map(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]mappedForm, len(list))
				for i, m := range list {
					forms[i] = mappedOf(m)
				}
				return p.print.document(forms)
			}
			if len(list) == 0 {
				p.print.remark(safe.Const("No address is connected. Connect one with: postroom account connect ADDRESS --inbox NAME"))
				return nil
			}
			p.showMap(list)
			return nil
		}),
	}
}

func (p *program) showMap(list []desk.Mapped) {
	rows := make([][]safe.Text, len(list))
	for i, m := range list {
		var members []string
		for _, u := range m.Members {
			members = append(members, u.Login)
		}
		rows[i] = []safe.Text{
			accountAddress(desk.Account{Address: m.Address.Address}), safe.Line(string(m.Address.Kind)), safe.Line(m.Inbox.Name), safe.Line(string(m.Inbox.Kind)), safe.Line(m.Owner.Login),
			safe.Line(strings.Join(members, " ")), ruleCount(m), safe.Line(m.Routing), p.print.age(m.LastIn), p.print.age(m.LastOut), safe.Line(string(m.Account.State)),
		}
	}
	p.print.table([]column{
		{title: safe.Const("ADDRESS")}, // half an address is none
		{title: safe.Const("KIND")},
		{title: safe.Const("INBOX"), gives: true},
		{title: safe.Const("OF")},
		{title: safe.Const("OWNER"), gives: true},
		{title: safe.Const("MEMBERS"), gives: true},
		{title: safe.Const("RULES"), right: true},
		{title: safe.Const("ROUTING"), gives: true},
		{title: safe.Const("IN"), right: true},
		{title: safe.Const("OUT"), right: true},
		{title: safe.Const("MAIL")},
	}, rows)
}

// ruleCount is empty where the viewer may not know it.
func ruleCount(m desk.Mapped) safe.Text {
	if m.Address.Address == "" {
		return safe.Text{}
	}
	return safe.Int(len(m.Rules))
}
