package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) searchCommand() *cobra.Command {
	var pg paging
	c := &cobra.Command{
		Use: "search QUERY", Short: "Search all conversations, the newest first",
		Long: "Searches everything you may see: open and closed conversations, and spam. -is:spam leaves\n" +
			"spam out; a query that begins with a dash goes behind --.",
		Example: "  postroom search 'refund from:@acme.test newer:30d'\n  postroom search '\"late invoice\" -is:closed' --json",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			v, err := h.search(ctx, strings.Join(args, " "))
			if err != nil {
				return err
			}
			return p.list(ctx, h, v, pg, false)
		}),
	}
	pg.flags(c)
	return p.streams(c)
}
