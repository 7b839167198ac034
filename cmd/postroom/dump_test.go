package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postroom/internal/crash"
)

// What a desk says, table by table, in an order that depends on nothing but
// itself: two desks with the same dump are the same desk.

type tableDump map[string][]string

// dumpDesk reads all tables but those that say nothing of the desk: the marks
// of open stores and the migrations. Of the search index it takes every word
// with its place.
func dumpDesk(t *testing.T, path string) tableDump {
	t.Helper()
	db := crash.Open(t, path)
	db.SetMaxOpenConns(1) // the view on the index is temporary
	if _, err := db.ExecContext(t.Context(), `CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, instance)`); err != nil {
		t.Fatal(err)
	}
	names := firstColumn(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search%'
		AND name NOT LIKE 'goose%' AND name <> 'marks' ORDER BY name`)
	d := tableDump{"search": rowsOf(t, db, `SELECT doc, col, group_concat(term, ' ') AS words
		FROM (SELECT * FROM temp.words ORDER BY doc, col, offset) GROUP BY doc, col`)}
	for _, name := range names {
		d[name] = rowsOf(t, db, `SELECT * FROM `+name)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

func firstColumn(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	var list []string
	for _, row := range rowsOf(t, db, query) {
		list = append(list, strings.Trim(strings.SplitN(row, "=", 2)[1], `"`))
	}
	return list
}

// rowsOf gives every row as text, sorted.
func rowsOf(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), query)
	if err != nil {
		t.Fatal(query, err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var row []string
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				v = fmt.Sprintf("%x", b)
			}
			row = append(row, fmt.Sprintf("%s=%#v", names[i], v))
		}
		list = append(list, strings.Join(row, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(query, err)
	}
	slices.Sort(list)
	return list
}

// without leaves tables out.
func (d tableDump) without(names ...string) tableDump {
	rest := tableDump{}
	for name, rows := range d {
		if !slices.Contains(names, name) {
			rest[name] = rows
		}
	}
	return rest
}

// differences names what is not the same, at most one row of each table.
func (d tableDump) differences(other tableDump) []string {
	var list []string
	for name := range other {
		if _, ok := d[name]; !ok {
			list = append(list, name+" is only in one")
		}
	}
	for name, rows := range d {
		others, ok := other[name]
		if !ok {
			list = append(list, name+" is only in one")
			continue
		}
		for i := range max(len(rows), len(others)) {
			if i >= len(rows) || i >= len(others) || rows[i] != others[i] {
				list = append(list, fmt.Sprintf("%s (%d and %d rows):\n  %v\n  %v", name, len(rows), len(others), rows[min(i, len(rows)):min(i+1, len(rows))], others[min(i, len(others)):min(i+1, len(others))]))
				break
			}
		}
	}
	slices.Sort(list)
	return list
}

// mustEqual fails the test where two dumps differ.
func (d tableDump) mustEqual(t *testing.T, other tableDump) {
	t.Helper()
	for _, diff := range d.differences(other) {
		t.Error(diff)
	}
}
