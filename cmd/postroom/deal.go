package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// dealForm is a deal for programs. Contact and company are null where there is
// none, or where one may not see it.
type dealForm struct {
	ID       desk.DealID `json:"id"`
	Ref      *string     `json:"ref"`
	Name     string      `json:"name"`
	Contact  *string     `json:"contact"`
	Company  *string     `json:"company"`
	Owner    *string     `json:"owner"`
	Stage    *string     `json:"stage"`
	Status   string      `json:"status"`
	Amount   *string     `json:"amount"`
	ActiveAt stamp       `json:"active_at"`
}

func dealForms(deals []desk.DealRow) []dealForm {
	list := []dealForm{}
	for _, d := range deals {
		list = append(list, dealForm{
			ID: d.ID, Ref: orNull(d.Ref), Name: d.Name, Contact: orNull(d.With), Company: orNull(d.At), Owner: orNull(d.OwnerName),
			Stage: orNull(d.Stage), Status: d.Status(), Amount: orNull(d.Worth()), ActiveAt: stamp(d.ActiveAt),
		})
	}
	return list
}

func (p *program) dealCommand() *cobra.Command {
	return p.group("deal", "Sales on their way, as far as routing needs them",
		p.dealListCommand(), p.dealShowCommand(), p.dealAddCommand(), p.dealSetCommand(), p.dealCloseCommand(),
		p.importLinesCommand(desk.ImportDeals, "ref,name,contact,company,owner,stage,status,amount", desk.DealAttributes()))
}

func (p *program) dealListCommand() *cobra.Command {
	var contact, company, owner string
	var q desk.DealQuery
	c := &cobra.Command{
		Use: "list", Short: "List deals, the most recently active first",
		Example: "  postroom deal list --open --owner maya",
		Args:    wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Deals(ctx, contact, company, owner, q)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(dealForms(list))
			}
			p.dealTable(list)
			return nil
		}),
	}
	f := c.Flags()
	f.BoolVar(&q.Open, "open", false, "only open ones")
	f.BoolVar(&q.Closed, "closed", false, "only closed ones")
	f.StringVar(&owner, "owner", "", "only those of this user")
	f.StringVar(&contact, "contact", "", "only those with this contact: an address")
	f.StringVar(&company, "company", "", "only those with this company: its name or a domain")
	p.completesFlag(c, "owner", userLogins)
	p.completesFlag(c, "contact", contactAddresses)
	p.completesFlag(c, "company", companyNames)
	return c
}

func (p *program) dealTable(list []desk.DealRow) {
	rows := make([][]safe.Text, len(list))
	for i, d := range list {
		with := d.With
		if with == "" {
			with = d.At
		}
		rows[i] = []safe.Text{safe.Int(int(d.ID)), safe.Line(d.Name), orDash(with), orDash(d.OwnerName), orDash(d.Stage), safe.Line(d.Status()), orDash(d.Worth()), p.print.age(d.ActiveAt)}
	}
	p.print.table([]column{
		{title: safe.Const("DEAL"), right: true},
		{title: safe.Const("NAME"), gives: true},
		{title: safe.Const("WITH"), gives: true},
		{title: safe.Const("OWNER")},
		{title: safe.Const("STAGE")},
		{title: safe.Const("STATUS")},
		{title: safe.Const("AMOUNT"), right: true},
		{title: safe.Const("ACTIVE"), right: true},
	}, rows)
}

// dealID reads the number of a deal.
func dealID(s string) (desk.DealID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, &desk.Error{Kind: desk.Invalid, Code: "BAD_ID", Message: quoted(s) + " is not the number of a deal.", Hint: "See them with: postroom deal list"}
	}
	return desk.DealID(n), nil
}

func (p *program) dealShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show DEAL", Short: "Show a deal", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			id, err := dealID(args[0])
			if err != nil {
				return err
			}
			d, err := h.seat.Deal(ctx, id)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(dealForms([]desk.DealRow{d})[0])
			}
			p.print.fields(
				[2]safe.Text{safe.Const("Deal"), safe.Int(int(d.ID))},
				[2]safe.Text{safe.Const("Name"), safe.Line(d.Name)},
				[2]safe.Text{safe.Const("Elsewhere"), safe.Line(d.Ref)},
				[2]safe.Text{safe.Const("Contact"), safe.Line(d.With)},
				[2]safe.Text{safe.Const("Company"), safe.Line(d.At)},
				[2]safe.Text{safe.Const("Owner"), safe.Line(d.OwnerName)},
				[2]safe.Text{safe.Const("Stage"), safe.Line(d.Stage)},
				[2]safe.Text{safe.Const("Status"), safe.Line(d.Status())},
				[2]safe.Text{safe.Const("Amount"), safe.Line(d.Worth())},
				[2]safe.Text{safe.Const("Active"), moment(d.ActiveAt)},
			)
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(dealNumbers)
	return c
}

func (p *program) dealAddCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "add NAME [ATTRIBUTE=VALUE...]", Short: "Enter a deal",
		Long: "Attributes: contact (an address), company, owner, stage (a word of yours), status (open or\n" +
			"closed), amount (as 1250.00 EUR), ref (what another system calls it). Without a company it is\n" +
			"its contact's.",
		Example: "  postroom deal add 'Fifty seats' contact=ann@acme.test owner=maya stage=offer 'amount=1250.00 EUR'",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := attributeValues(args[1:])
			if err != nil {
				return err
			}
			values[desk.AttrName] = args[0]
			id, res, err := h.seat.AddDeal(ctx, values)
			if err != nil {
				return err
			}
			return p.altered("deal", id, res)
		}),
	}
	c.ValidArgsFunction = p.completing(words(), attributeWords(desk.DealAttributes()))
	return p.writes(c)
}

func (p *program) dealSetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "set DEAL ATTRIBUTE=VALUE...", Short: "Change a deal: name, contact, company, owner, stage, status, amount, ref",
		Example: "  postroom deal set 12 stage=won status=closed",
		Args:    wants(2, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := attributeValues(args[1:])
			if err != nil {
				return err
			}
			return p.setDeal(ctx, h, args[0], values)
		}),
	}
	c.ValidArgsFunction = p.completing(dealNumbers, attributeWords(desk.DealAttributes()))
	return p.writes(c)
}

func (p *program) dealCloseCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "close DEAL", Short: "Close a deal: routing asks for open ones only", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			return p.setDeal(ctx, h, args[0], map[string]string{desk.AttrStatus: string(desk.Closed)})
		}),
	}
	c.ValidArgsFunction = p.completing(dealNumbers)
	return p.writes(c)
}

func (p *program) setDeal(ctx context.Context, h *house, number string, values map[string]string) error {
	id, err := dealID(number)
	if err != nil {
		return err
	}
	res, err := h.seat.SetDeal(ctx, id, values)
	if err != nil {
		return err
	}
	return p.altered("deal", id, res)
}

func dealNumbers(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Deals(ctx, "", "", "", desk.DealQuery{Open: true, Limit: defaultLimit})
	found := make([]string, len(list))
	for i, d := range list {
		found[i] = strconv.FormatInt(int64(d.ID), 10) + "\t" + plainLine(d.Name)
	}
	return found, err
}
