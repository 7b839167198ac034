package welcome

import (
	"context"

	"postroom/desk"
)

// Outside is what the first run needs from the rest of the program. Whoever
// wires the program fills it in once.
type Outside struct {
	// LookAround notes that the user wants to see the sample mail. The program
	// on the screen ends right after it, with no error, and whoever started it
	// then starts the demo. It is called on the screen's goroutine and must
	// only take a note. Where it is nil there is no sample mail to look at, and
	// the choice says so.
	LookAround func()
	// Begun is how far the person has come in connecting a mailbox, if that was
	// left half done; [desk.Seat.Setup] is it.
	Begun func(context.Context) (desk.Setup, bool, error)
}
