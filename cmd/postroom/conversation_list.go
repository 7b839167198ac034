package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// pageSize is how many rows are read at once; defaultLimit how many are
// listed unless asked otherwise.
const (
	pageSize     = 500
	defaultLimit = 50
)

// paging says which part of a list is wanted.
type paging struct {
	limit int
	after string
	all   bool
}

func (pg *paging) flags(c *cobra.Command) {
	c.Flags().IntVar(&pg.limit, "limit", defaultLimit, "how many to list")
	c.Flags().StringVar(&pg.after, "after", "", "go on behind this cursor, or this conversation")
	c.Flags().BoolVar(&pg.all, "all", false, "list everything")
	c.PreRunE = exclusive("limit", "all")
}

// conversationListCommand lists conversations; with tickets the list has what only
// those have in place of the inbox.
func (p *program) conversationListCommand(tickets bool) *cobra.Command {
	var pg paging
	var order string
	c := &cobra.Command{
		Use: "list [QUERY]", Short: "List open conversations, the longest waiting first",
		Long: "Lists the open conversations of your inboxes, the longest waiting first. A query\n" +
			"limits it; one that says is:closed or is:spam lists those instead. --sort due has only\n" +
			"what a clock runs for, with the stage and when it is due. What is searched for by words comes in the order of its mails.",
		Example: "  postroom conversation list\n  postroom conversation list 'is:unassigned from:@acme.test' --json",
		Args:    wants(0, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			q, err := h.query(ctx, strings.Join(args, " "))
			if err != nil {
				return err
			}
			by, err := sortOf(order)
			if err != nil {
				return err
			}
			v := desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: by, Query: q}
			if namesPlace(q) {
				v.Place = ""
			}
			return p.list(ctx, h, v, pg, tickets || by == desk.ByDue)
		}),
	}
	pg.flags(c)
	c.Flags().StringVar(&order, "sort", string(desk.ByWaiting), "order: waiting, newest, due or priority")
	p.completesFlag(c, "sort", func(context.Context, *desk.Seat) ([]string, error) {
		return []string{string(desk.ByWaiting), string(desk.ByNewest), string(desk.ByDue), string(desk.ByPriority)}, nil
	})
	return p.streams(c)
}

// sortOf reads the order of a list.
func sortOf(word string) (desk.Sort, error) {
	switch by := desk.Sort(word); by {
	case desk.ByWaiting, desk.ByNewest, desk.ByDue, desk.ByPriority:
		return by, nil
	default:
		return "", &desk.Error{Kind: desk.Invalid, Code: "BAD_SORT", Message: quoted(word) + " is no order of a list.", Hint: "Write --sort waiting, newest, due or priority."}
	}
}

// list prints a view page by page, so that a list of any length takes the
// memory of one page.
func (p *program) list(ctx context.Context, h *house, v desk.View, pg paging, tickets bool) error {
	if err := checkLimit(pg.limit, "Use --all to list everything."); err != nil {
		return err
	}
	from, err := cursorAfter(ctx, h.seat, pg.after, v.Sort)
	if err != nil {
		return err
	}
	if !p.print.forPrograms() {
		return p.listText(ctx, h, v, pg, from, tickets)
	}
	names, err := logins(ctx, h.seat)
	if err != nil {
		return err
	}
	return p.print.stream(func(emit func(any) error) error {
		_, _, err := pages(ctx, h.seat, v, pg, from, func(rows []desk.Row) error {
			for _, r := range rows {
				if err := emit(rowOf(r, v.Sort, names)); err != nil {
					return err
				}
			}
			return nil
		})
		return err
	})
}

// checkLimit holds for --limit wherever it is a flag.
func checkLimit(limit int, hint string) error {
	if limit < 1 {
		return &desk.Error{Kind: desk.Invalid, Code: "BAD_LIMIT", Message: "The limit must be 1 or more.", Hint: hint}
	}
	return nil
}

func (p *program) listText(ctx context.Context, h *house, v desk.View, pg paging, from desk.Cursor, tickets bool) error {
	first := true
	last, more, err := pages(ctx, h.seat, v, pg, from, func(rows []desk.Row) error {
		cells := make([][]safe.Text, len(rows))
		for i, r := range rows {
			cells[i] = p.listRow(r, tickets)
		}
		if first {
			p.print.table(listColumns(tickets), cells)
		} else {
			p.print.moreRows(listColumns(tickets), cells)
		}
		first = false
		return p.print.broken
	})
	switch {
	case err != nil:
		return err
	case first:
		return p.tellNothing(ctx, h)
	case more:
		p.print.remark(safe.Sprintf("There is more: --after %s, or --all.", safe.Line(cursorText(last))))
	}
	return nil
}

// tellNothing tells that a list is empty. At a desk without an inbox there may
// have been a slip in --db, which makes a desk where there was none.
func (p *program) tellNothing(ctx context.Context, h *house) error {
	views, err := h.seat.Inboxes(ctx)
	switch {
	case err != nil:
		return err
	case len(views) == 0:
		p.tellNoInbox(h)
	default:
		p.print.remark(safe.Const("There is nothing here."))
	}
	return nil
}

// pages reads a view from a place on, and hands over page after page. It gives
// the place behind the last row, and whether the list goes on there.
func pages(ctx context.Context, seat *desk.Seat, v desk.View, pg paging, from desk.Cursor, each func([]desk.Row) error) (desk.Cursor, bool, error) {
	left := pg.limit
	for {
		size := pageSize
		if !pg.all {
			size = min(size, left)
		}
		page, err := seat.List(ctx, v, desk.Window{From: from, Limit: size})
		if err != nil || len(page.Rows) == 0 {
			return from, false, err
		}
		if err := each(page.Rows); err != nil {
			return from, false, err
		}
		from = page.Rows[len(page.Rows)-1].Cursor(v.Sort)
		left -= len(page.Rows)
		if !page.More || !pg.all && left <= 0 {
			return from, page.More, nil
		}
	}
}

// cursorText writes the place behind a row.
func cursorText(c desk.Cursor) string { return fmt.Sprintf("%d.%d", c.Key, c.ID) }

// cursorAfter reads --after: a cursor as it was printed, which stays where it
// was, or a conversation, which is looked up where it is now.
func cursorAfter(ctx context.Context, seat *desk.Seat, s string, by desk.Sort) (desk.Cursor, error) {
	if s == "" {
		return desk.Cursor{}, nil
	}
	if key, id, ok := strings.Cut(s, "."); ok {
		k, err1 := strconv.ParseInt(key, 10, 64)
		n, err2 := strconv.ParseInt(id, 10, 64)
		if err1 == nil && err2 == nil {
			return desk.Cursor{Key: k, ID: desk.ConversationID(n)}, nil
		}
	}
	id, err := conversationID(s)
	if err != nil {
		return desk.Cursor{}, err
	}
	t, err := seat.Thread(ctx, id, 1)
	return t.Cursor(by), err
}
