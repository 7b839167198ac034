package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) aliasVerifyCommand() *cobra.Command {
	var patience time.Duration
	c := &cobra.Command{
		Use: "verify ADDRESS", Short: "Show by a mail that an address can be written from",
		Long: "Sends a mail from the address by its account's outgoing server, to the address itself or,\n" +
			"for send-as, to the account, and waits until it is back in the account with the From it\n" +
			"left with. Then the address may be written from. A mail that comes later verifies it too.",
		Example: "  postroom account alias verify help@acme.test",
		Args:    wants(1, 1),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		if patience <= 0 || patience > desk.TestTime {
			return misused(c, "--timeout is a time of at most an hour, as 90s or 5m.")
		}
		return p.verifyAlias(ctx, h, args[0], patience)
	})
	c.Flags().DurationVar(&patience, "timeout", testPatience, "how long the mail may take, as 90s or 5m")
	c.ValidArgsFunction = p.completing(furtherAddresses, words())
	return p.writes(c)
}

func (p *program) verifyAlias(ctx context.Context, h *house, address string, patience time.Duration) error {
	out, err := h.seat.BeginVerify(ctx, address)
	if err != nil {
		return err
	}
	if p.flags.rehearse {
		if !p.print.json {
			p.done(safe.Sprintf("A mail goes from %s to %s.", safe.Addr(out.From.Addr), people(out.To)))
		}
		return nil
	}
	trip, err := p.accompany(ctx, h, out, patience, func(desk.Trip) {})
	if err != nil {
		return err
	}
	a, account, err := findAddress(ctx, h.seat, address)
	if err != nil {
		return err
	}
	if !a.Writes() {
		if trip.Missing != nil {
			return trip.Missing
		}
		return desk.FromChanged(a.Address)
	}
	if p.print.json {
		return p.print.document(addressOf(account, a, false))
	}
	p.done(safe.Sprintf("%s can be written from.", safe.Addr(a.Address)))
	return nil
}

// findAddress gives an address with the one of its account.
func findAddress(ctx context.Context, seat *desk.Seat, address string) (found desk.Address, account string, err error) {
	all, err := seat.Addresses(ctx)
	for _, a := range all {
		if a.Kind == desk.AddressPrimary {
			account = a.Address
		}
		if desk.FoldAddress(a.Address) == desk.FoldAddress(address) {
			return a, account, nil
		}
	}
	return found, "", err
}
