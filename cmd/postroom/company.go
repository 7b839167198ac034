package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// companyForm is a company for programs. Name is null for one that only its
// domain is known of.
type companyForm struct {
	Name     *string  `json:"name"`
	Domains  []string `json:"domains"`
	Owner    *string  `json:"owner"`
	Contacts int      `json:"contacts"`
}

func companyFormOf(co desk.CompanyRow) companyForm {
	return companyForm{orNull(co.Name), append([]string{}, co.Domains...), orNull(co.OwnerName), co.Contacts}
}

func (p *program) companyCommand() *cobra.Command {
	return p.group("company", "Where contacts work",
		p.companyListCommand(), p.companyShowCommand(), p.companyAddCommand(), p.companySetCommand(), p.companyRemoveCommand(),
		p.importLinesCommand(desk.ImportCompanies, "name,domains,owner", desk.CompanyAttributes()))
}

func (p *program) companyListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the companies you see, with how many of their contacts you see",
		Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Companies(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]companyForm, len(list))
				for i, co := range list {
					forms[i] = companyFormOf(co)
				}
				return p.print.document(forms)
			}
			rows := make([][]safe.Text, len(list))
			for i, co := range list {
				rows[i] = []safe.Text{safe.Line(co.Called), orDash(strings.Join(co.Domains, ", ")), orDash(co.OwnerName), safe.Int(co.Contacts)}
			}
			p.print.table([]column{
				{title: safe.Const("COMPANY"), gives: true},
				{title: safe.Const("DOMAINS"), gives: true},
				{title: safe.Const("OWNER")},
				{title: safe.Const("CONTACTS"), right: true},
			}, rows)
			return nil
		}),
	}
}

func (p *program) companyShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show NAME|DOMAIN", Short: "Show a company with the contacts of it you see, and its deals",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			card, err := h.seat.Company(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				people := make([]contactForm, len(card.People))
				for i, k := range card.People {
					people[i] = contactFormOf(k)
				}
				return p.print.document(struct {
					companyForm
					People []contactForm `json:"people"`
					Deals  []dealForm    `json:"deals"`
				}{companyFormOf(card.CompanyRow), people, dealForms(card.Deals)})
			}
			p.print.fields(
				[2]safe.Text{safe.Const("Company"), safe.Line(card.Called)},
				[2]safe.Text{safe.Const("Domains"), safe.Line(strings.Join(card.Domains, ", "))},
				[2]safe.Text{safe.Const("Owner"), safe.Line(card.OwnerName)},
			)
			if len(card.People) > 0 {
				p.print.say(safe.Text{})
				p.contactTable(card.People)
			}
			if len(card.Deals) > 0 {
				p.print.say(safe.Text{})
				p.dealTable(card.Deals)
			}
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(companyNames)
	return c
}

func (p *program) companyAddCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "add NAME [ATTRIBUTE=VALUE...]", Short: "Enter a company for the whole desk",
		Long: "Attributes: domains (with commas between) and owner. Contacts with an address at one of the\n" +
			"domains, who have no other company, are its contacts from then on.",
		Example: "  postroom company add Acme domains=acme.test,acme.example owner=maya",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := attributeValues(args[1:])
			if err != nil {
				return err
			}
			values[desk.AttrName] = args[0]
			res, err := h.seat.AddCompany(ctx, values)
			if err != nil {
				return err
			}
			return p.altered("company", 0, res)
		}),
	}
	c.ValidArgsFunction = p.completing(words(), attributeWords(desk.CompanyAttributes()))
	return p.writes(c)
}

func (p *program) companySetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "set NAME|DOMAIN ATTRIBUTE=VALUE...", Short: "Change a company: name, domains, owner",
		Long: "domains=+DOMAIN adds one, domains=-DOMAIN takes one away; its contacts stay. A company that\n" +
			"mail has brought gets a name this way, and is seen by everybody from then on.",
		Example: "  postroom company set acme.test name=Acme\n  postroom company set Acme domains=+acme.example",
		Args:    wants(2, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := attributeValues(args[1:])
			if err != nil {
				return err
			}
			res, err := h.seat.SetCompany(ctx, args[0], values)
			if err != nil {
				return err
			}
			return p.altered("company", 0, res)
		}),
	}
	c.ValidArgsFunction = p.completing(companyNames, attributeWords(desk.CompanyAttributes()))
	return p.writes(c)
}

func (p *program) companyRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove NAME|DOMAIN", Short: "Take a company off the desk; its contacts and deals stay",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			contacts, err := h.seat.RemoveCompany(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Company  string `json:"company"`
					Contacts int    `json:"contacts"`
					DryRun   bool   `json:"dry_run"`
				}{args[0], contacts, p.flags.rehearse})
			}
			p.done(safe.Sprintf("The company %s is no more; contacts without a company by that: %s.", safe.Line(quoted(args[0])), safe.Int(contacts)))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(companyNames)
	return p.writes(c)
}
