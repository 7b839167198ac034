// Package store keeps a desk in SQLite: it is the implementation of
// [desk.Store]. SQL lives here and nowhere else, beside the code that runs it,
// one file for each thing that is kept; schema.sql says what each table is for.
//
//	store.go     open and close; the writer and the readers
//	session.go   one connection with its statements, one transaction on it
//	together.go  statements that go over the network together
//	asked.go     what a transaction asks only once
//	migrate.go   the way of an older file to today's schema
//	*.go         people, accounts, conversations, mail, outbox, journal …
//	list.go      windows of lists: one index range for each inbox, merged
//	search.go    full text: what is indexed
//	find.go      queries: how desk.Query becomes SQL
//	walk.go      queries with words: the walk over hits
//	watch.go     news from other processes
//	backup.go    a copy while others write
//
// What it must never know: what a conversation is allowed to do, how a screen
// or a mail server looks. It decides nothing but order, uniqueness and
// visibility: the inboxes a viewer works in are joined inside every query that
// takes a viewer.
//
// Nobody but SQLite may open the files of a database: closing any other
// descriptor of the same file takes away SQLite's locks, and a commit that
// reports success is lost. [os.Stat] is all that is allowed.
package store
