// Package paint runs a Bubble Tea program without Bubble Tea's own renderer,
// which looks at the screen 60 or 120 times a second, whether anything has
// changed or not: a key waits for its turn, and an idle program never sleeps.
//
//	View  → the newest view is noted, one wake-up          (the event loop)
//	paint → cells → what differs → one write                (a command, at its own pace)
//
// A frame is painted when there is one, and while it is being painted the
// event loop goes on: of the views that come in the meantime only the newest
// is painted next. So a held key costs one frame for many presses, and a slow
// terminal slows nobody but itself.
//
// The package takes over what Bubble Tea's renderer does with the terminal:
// raw mode, the alternate screen, the cursor, bracketed paste, the keyboard
// protocols, the size, the questions about synchronized output (mode 2026) and
// grapheme widths (mode 2027). It takes the terminal with the first frame and
// gives it back whatever happens: at the end, on suspend, around another
// program, and after a panic.
//
// Of a tea.View it knows Content, Cursor (position and shape), and WindowTitle;
// programs here are always on the alternate screen and use no mouse. It must
// never know what is shown.
package paint
