package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// addressForm is an address of an account, for programs.
type addressForm struct {
	Account    string `json:"account"`
	Address    string `json:"address"`
	Kind       string `json:"kind"`
	Since      stamp  `json:"since"`
	VerifiedAt stamp  `json:"verified_at"`
	DryRun     bool   `json:"dry_run"`
}

func addressOf(account string, a desk.Address, rehearsed bool) addressForm {
	return addressForm{Account: account, Address: a.Address, Kind: string(a.Kind), Since: stamp(a.Since), VerifiedAt: stamp(a.VerifiedAt), DryRun: rehearsed}
}

func (p *program) accountAliasCommand() *cobra.Command {
	return p.group("alias", "Further addresses of an account: aliases, send-as, targets of forms",
		p.aliasAddCommand(), p.aliasListCommand(), p.aliasVerifyCommand(), p.aliasRemoveCommand())
}

func (p *program) aliasAddCommand() *cobra.Command {
	var kind string
	c := &cobra.Command{
		Use: "add ACCOUNT ADDRESS", Short: "Give an account another address",
		Long: "An alias is an address whose mail arrives in the account's mailbox too, and that may be\n" +
			"written from. send-as may be written from only; its mail arrives somewhere else. form is\n" +
			"where a form or a forwarder delivers to; nobody writes from it. Like the address of an\n" +
			"account, each has one holder in the whole desk.",
		Example: "  postroom account alias add support@acme.test help@acme.test\n" +
			"  postroom account alias add support@acme.test website@acme.test --kind form",
		Args: wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			a, err := h.seat.AddAddress(ctx, args[0], args[1], desk.AddressKind(kind))
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(addressOf(args[0], a, p.flags.rehearse))
			}
			p.done(safe.Sprintf("%s has the address %s (%s).", safe.Addr(args[0]), safe.Addr(a.Address), safe.Line(string(a.Kind))))
			if a.Kind != desk.AddressForm && !p.flags.rehearse {
				p.print.remark(safe.Sprintf("Before it can be written from: postroom account alias verify %s", safe.Addr(a.Address)))
			}
			return nil
		}),
	}
	var kinds []string
	for _, k := range desk.AddressKinds() {
		kinds = append(kinds, string(k))
	}
	c.Flags().StringVar(&kind, "kind", kinds[0], "what it is: "+strings.Join(kinds, ", "))
	p.completesFlag(c, "kind", words(kinds...))
	c.ValidArgsFunction = p.completing(accountAddresses, words())
	return p.writes(c)
}

func (p *program) aliasListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list [ACCOUNT]", Short: "List the addresses of the accounts you see", Args: wants(0, 1),
		ValidArgsFunction: p.completing(accountAddresses, words()),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			all, err := h.seat.Addresses(ctx)
			if err != nil {
				return err
			}
			list, account, found := []addressForm{}, "", len(args) == 0
			var rows [][]safe.Text
			for _, a := range all {
				if a.Kind == desk.AddressPrimary {
					account = a.Address
				}
				if len(args) > 0 && desk.FoldAddress(args[0]) != desk.FoldAddress(account) {
					continue
				}
				found = true
				list = append(list, addressOf(account, a, false))
				rows = append(rows, []safe.Text{safe.Addr(a.Address), safe.Line(string(a.Kind)), safe.Addr(account), addressWrites(a)})
			}
			switch {
			case !found:
				return &desk.Error{
					Kind: desk.NotFound, Code: "NO_SUCH_ACCOUNT", Message: "No account " + args[0] + " is connected.", Hint: "See them with: postroom account list",
				}
			case p.print.json:
				return p.print.document(list)
			case len(rows) == 0:
				p.print.remark(safe.Const("No account is connected. Connect one with: postroom account connect ADDRESS --inbox NAME"))
				return nil
			}
			p.print.table([]column{
				{title: safe.Const("ADDRESS"), gives: true},
				{title: safe.Const("KIND")},
				{title: safe.Const("ACCOUNT"), gives: true},
				{title: safe.Const("WRITTEN FROM")},
			}, rows)
			for _, a := range list {
				if a.Kind != string(desk.AddressForm) && time.Time(a.VerifiedAt).IsZero() {
					p.print.remark(safe.Sprintf("Verify %s with: postroom account alias verify %s", safe.Addr(a.Address), safe.Addr(a.Address)))
				}
			}
			return nil
		}),
	}
}

// addressWrites says whether mail may leave from an address.
func addressWrites(a desk.Address) safe.Text {
	switch {
	case a.Writes():
		return safe.Const("yes")
	case a.Kind == desk.AddressForm:
		return safe.Const("no")
	}
	return safe.Const("not verified")
}

func (p *program) aliasRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove ADDRESS", Short: "Free an address of an account; what came through it stays", Args: wants(1, 1),
		ValidArgsFunction: p.completing(furtherAddresses, words()),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			a, err := h.seat.RemoveAddress(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Address string `json:"address"`
					DryRun  bool   `json:"dry_run"`
				}{a.Address, p.flags.rehearse})
			}
			p.done(safe.Sprintf("%s is free again.", safe.Addr(a.Address)))
			return nil
		}),
	}
	return p.writes(c)
}

func accountAddresses(ctx context.Context, seat *desk.Seat) ([]string, error) {
	return addressesThat(ctx, seat, func(a desk.Address) bool { return a.Kind == desk.AddressPrimary })
}

func furtherAddresses(ctx context.Context, seat *desk.Seat) ([]string, error) {
	return addressesThat(ctx, seat, func(a desk.Address) bool { return a.Kind != desk.AddressPrimary })
}

func addressesThat(ctx context.Context, seat *desk.Seat, fit func(desk.Address) bool) ([]string, error) {
	all, err := seat.Addresses(ctx)
	var words []string
	for _, a := range all {
		if fit(a) {
			words = append(words, a.Address)
		}
	}
	return words, err
}
