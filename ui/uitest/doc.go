// Package uitest drives the program of the screen in tests: press keys, hear
// messages, look at frames. It is synchronous. A command runs to its end
// before the next key, timers fire when the test moves the clock, and the bell
// is heard when the test lets it, so no test sleeps and none depends on how
// fast the machine is.
package uitest
