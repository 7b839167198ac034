package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/ui"
)

// screen opens the terminal interface, with the connector behind it.
func (p *program) screen(c *cobra.Command, _ []string) error {
	keyboard, in := terminal(p.in)
	display, out := terminal(p.out)
	if !in || !out {
		return &desk.Error{
			Kind: desk.Invalid, Code: "NO_TERMINAL", Message: "There is no terminal to open the screen on.",
			Hint: "On the command line: postroom conversation list, or postroom --help",
		}
	}
	err := p.seated(func(ctx context.Context, h *house, _ []string) error {
		return p.show(ctx, h, keyboard, display)
	})(c, nil)
	if err == nil && p.wantsDemo {
		return p.demo(c.Context(), "")
	}
	return err
}

// show runs the screen until the user leaves it; then the connector ends too,
// and whatever else was to run beside.
func (p *program) show(ctx context.Context, h *house, in io.Reader, out io.Writer, beside ...func(context.Context) error) error {
	con, err := p.connector(h)
	if err != nil {
		return err
	}
	screens, err := p.screens(h)
	if err != nil {
		return err
	}
	bell := h.desk.Bell().Listen()
	defer bell.Close()
	screen := func(ctx context.Context) error {
		return ui.Run(ctx, ui.Options{Desk: h.seat, Bell: bell, Now: h.desk.Now, Screens: screens, ASCII: p.print.ascii, Env: os.Environ(), In: in, Out: out})
	}
	return h.together(ctx, append(beside, con.Run, h.listen, screen)...)
}
