// Package board shows the tickets of one inbox in columns, one for each stage.
//
// The cursor is on a ticket, not on a line: it follows the ticket when that
// goes to another stage, whoever moves it. A ticket that has left the board
// stays under the cursor until the cursor leaves it, so that no key hits
// another one. A column has the first tickets of its stage and the number of
// the others; they are found in the list.
package board
