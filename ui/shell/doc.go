// Package shell is what the screens stand in and what they may ask for: the
// stack of screens, dialogs, the line of results, time, questions to the desk,
// and the rectangles of the terminal.
//
// A screen is a plain struct. It hears facts through Update, draws itself
// through View, and says through Place what its keys act on. It starts no
// goroutine and reads no clock: it asks a [Lane] for what takes time and
// [Shell.After] for what comes later. Screens never import each other; where
// one leads to another, the shell opens it through [Screens].
package shell
