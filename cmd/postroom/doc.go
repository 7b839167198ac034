// Command postroom is a team's inbox in the terminal.
//
// This package wires the rooms together and owns no behaviour: what may be
// done is a method of [desk.Seat], and every command here is one call to it
// with the words of the command line in front and the printing behind.
//
//	main → program → command → wire.go: store, desk, connector → desk.Seat
//	                    ↘ print.go: text for people, JSON for programs
//
// There is one file for each command. Only print.go writes to the terminal,
// and only what package safe has cleaned.
package main
