package main

import (
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"
)

// terminal gives the file behind a stream if it is a terminal.
func terminal(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// rememberTerminal notes how the terminal is set, and gives what sets it so
// again after a crash in the middle of the screen.
func (p *program) rememberTerminal() func() {
	f, ok := terminal(p.in)
	if !ok {
		return func() {}
	}
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return func() {}
	}
	return func() {
		p.print.leaveScreen()
		_ = term.Restore(int(f.Fd()), before) // nothing better can be done while crashing
	}
}

// narrowest is the width under which columns are no longer squeezed; usual is
// the width of what is no terminal.
const (
	narrowest = 40
	usual     = 80
)

// width is how many columns a line may have.
func width(out io.Writer, getenv func(string) string) int {
	if f, ok := terminal(out); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return max(w, narrowest)
		}
	}
	if w, err := strconv.Atoi(getenv("COLUMNS")); err == nil && w > 0 {
		return max(w, narrowest)
	}
	return usual
}

// onlyASCII reports whether the locale cannot show our signs. No locale at all
// is a bare environment, where UTF-8 is by far the most likely.
func onlyASCII(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return false
}
