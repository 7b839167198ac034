package main

import (
	"context"
	"slices"

	"postroom/desk"
)

// query reads a line of the query language and finds out whom it names.
func (h *house) query(ctx context.Context, line string) (desk.Query, error) {
	q, err := desk.ParseQuery(line)
	if err != nil {
		return q, err
	}
	return h.seat.Resolve(ctx, q)
}

// search is the view of a query over everything.
func (h *house) search(ctx context.Context, line string) (desk.View, error) {
	q, err := h.query(ctx, line)
	return desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q}, err
}

// namesPlace reports whether a query says itself in which places to look.
func namesPlace(q desk.Query) bool { return q.Expr != nil && exprNamesPlace(*q.Expr) }

func exprNamesPlace(e desk.Expr) bool {
	return e.Term == desk.TermIs && slices.Contains(desk.Places(), desk.Place(e.Text)) || slices.ContainsFunc(e.Args, exprNamesPlace)
}
