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

// completionTime is how long the answer may take. It is for a database that
// hangs: a busy machine needs some seconds to start a program and open a desk.
const completionTime = 5 * time.Second

// candidates reads words from the desk for completion.
type candidates func(ctx context.Context, seat *desk.Seat) ([]string, error)

// completing completes the first word with the first reader, the second with
// the second, and all further words with the last.
func (p *program) completing(first candidates, more ...candidates) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		read := first
		if len(args) > 0 && len(more) > 0 {
			read = more[min(len(args), len(more))-1]
		}
		base := c.Context()
		if base == nil {
			base = context.Background()
		}
		ctx, cancel := context.WithTimeout(base, completionTime)
		defer cancel()
		if !p.deskExists(ctx) {
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

// words are always the same, or none.
func words(list ...string) candidates {
	return func(context.Context, *desk.Seat) ([]string, error) { return list, nil }
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

// conversationsAndUsers are for a list of conversations that ends in a user.
func conversationsAndUsers(ctx context.Context, seat *desk.Seat) ([]string, error) {
	ids, err := openConversations(ctx, seat)
	if err != nil {
		return nil, err
	}
	users, err := userLogins(ctx, seat)
	return append(users, ids...), err
}

func (p *program) completesInboxes(c *cobra.Command) *cobra.Command {
	c.ValidArgsFunction = p.completing(inboxNames)
	return c
}

func (p *program) completesConversations(c *cobra.Command) *cobra.Command {
	c.ValidArgsFunction = p.completing(openConversations)
	return c
}

// completesFlag completes the value of a flag.
func (p *program) completesFlag(c *cobra.Command, flag string, read candidates) {
	if err := c.RegisterFlagCompletionFunc(flag, p.completing(read)); err != nil {
		panic("the command " + c.Name() + " has no flag --" + flag + ": " + err.Error())
	}
}
