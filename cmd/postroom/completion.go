package main

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
)

// Completion answers while somebody waits for the tab key: it reads one page,
// says nothing when anything is wrong, and never makes a database.

// completionTime is how long the answer may take.
const completionTime = 500 * time.Millisecond

// candidates reads words from the desk for completion.
type candidates func(ctx context.Context, seat *desk.Seat) ([]string, error)

func (p *program) completing(read candidates) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		base := c.Context()
		if base == nil {
			base = context.Background()
		}
		ctx, cancel := context.WithTimeout(base, completionTime)
		defer cancel()
		if !p.deskExists() {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		h, err := p.open(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer func() { _ = h.close() }()
		words, err := read(ctx, h.seat)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

func inboxNames(ctx context.Context, seat *desk.Seat) ([]string, error) {
	views, err := seat.Inboxes(ctx)
	names := make([]string, len(views))
	for i, v := range views {
		names[i] = v.Name
	}
	return names, err
}

// openConversations are the first page of the open ones, with their subjects
// as descriptions.
func openConversations(ctx context.Context, seat *desk.Seat) ([]string, error) {
	view := desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByWaiting}
	page, err := seat.List(ctx, view, desk.Window{Limit: defaultLimit})
	words := make([]string, len(page.Rows))
	for i, r := range page.Rows {
		words[i] = strconv.FormatInt(int64(r.ID), 10) + "\t" + plainLine(r.Subject)
	}
	return words, err
}

func userLogins(ctx context.Context, seat *desk.Seat) ([]string, error) {
	users, err := seat.Users(ctx)
	words := make([]string, len(users))
	for i, u := range users {
		words[i] = u.Login + "\t" + plainLine(u.Name)
	}
	return words, err
}

func (p *program) completesInboxes(c *cobra.Command) *cobra.Command {
	c.ValidArgsFunction = p.completing(inboxNames)
	return c
}

func (p *program) completesConversations(c *cobra.Command) *cobra.Command {
	c.ValidArgsFunction = p.completing(openConversations)
	return c
}

// completesFlagInbox completes the value of --inbox.
func (p *program) completesFlagInbox(c *cobra.Command) {
	if err := c.RegisterFlagCompletionFunc("inbox", p.completing(inboxNames)); err != nil {
		panic("the command " + c.Name() + " has no flag --inbox: " + err.Error())
	}
}
