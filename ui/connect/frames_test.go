package connect_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"postroom/desk"
	"postroom/ui"
	"postroom/ui/connect"
	"postroom/ui/uitest"
)

// TestFrames: every question in three sizes; the refusal in three looks.
func TestFrames(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		for look, change := range map[string]func(*ui.Settings){
			"dark": func(*ui.Settings) {}, "none": func(s *ui.Settings) { s.Monochrome = true }, "ascii": func(s *ui.Settings) { s.ASCII, s.Monochrome = true, true },
		} {
			h := newHouse(t)
			_, err := h.seat.AddUser(context.Background(), "ben", "Ben Okafor", desk.RoleAgent)
			must(t, err)
			h.servers = map[string]connect.Servers{"a.smith@acme.test": {
				IMAP: "imap.acme.test:993", SMTP: "smtp.acme.test:465", From: "from the settings of Acme Mail that postroom knows", Note: "It wants an app password.",
			}}
			h.receive = &desk.Error{Kind: desk.Denied, Message: "imap.acme.test refuses user name or password of a.smith@acme.test (it says: \x1b[31mAuthentication failed\x07).", Hint: "Type the password again; with two-factor sign-in most providers want an app password."}
			d := h.open(size[0], size[1], change)
			golden := func(what string) {
				frame := d.Frame()
				for i, l := range strings.Split(frame, "\n") {
					if got := ansi.StringWidthWc(l); got != size[0] {
						t.Errorf("%s: line %d takes %d cells: %q", what, i, got, l)
					}
				}
				if look != "ascii" {
					if what != "refused" {
						return // the looks differ in colours and signs, and those in nothing
					}
					frame = d.Styled()
				}
				uitest.Golden(t, fmt.Sprintf("%s_%dx%d_%s.txt", what, size[0], size[1], look), frame+"\n")
			}
			h.wizard(d)
			golden("goal")
			next(d.Press("2"), 1).Type("a.smith@acme.test")
			golden("address")
			next(d, 1)
			golden("role")
			next(d.Type("a.smith@acme.test"), 1)
			golden("servers")
			next(d, 4).Type("top secret")
			golden("sign-in")
			next(d, 2)
			golden("refused")
			if look != "ascii" {
				continue
			}
			h.receive = nil
			next(d, 2)
			golden("inbox")
			d.Press("tab", "tab", "tab").Type("ben")
			next(d, 1)
			golden("purpose")
			next(d, 1)
			d.Press("down")
			golden("tickets")
			next(d, 3)
			golden("preview")
			next(d, 1)
			golden("test")
			d.Press("right", "enter")
			golden("access")
		}
	}
}

// few runs a property fewer times than usual, because every run has a database
// of its own; -rapid.checks asks for more.
func few(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() == checks.DefValue {
		must(t, checks.Value.Set("5"))
		defer func() { must(t, checks.Value.Set(checks.DefValue)) }()
	}
	rapid.Check(t, property)
}

// TestAnyKeys: no keys, pastes, sizes break a frame, and no frame ever shows
// the password, nor does what is kept hold it.
func TestAnyKeys(t *testing.T) {
	keys := rapid.SampledFrom([]string{"1", "2", "3", "j", "k", "tab", "shift+tab", "up", "down", "left", "right", "enter", "enter", "enter", "esc", "backspace", "ctrl+u", "ctrl+w", "home", "x", "é", "字", "@", "ctrl+l", "?"})
	few(t, func(rt *rapid.T) {
		h := newHouse(t)
		w, height := 100, 30
		d := typed(h.open(w, height).Press("2"), address).Type("top secret")
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			switch rapid.IntRange(0, 8).Draw(rt, "what") {
			case 0:
				w, height = rapid.IntRange(1, 140).Draw(rt, "width"), rapid.IntRange(1, 50).Draw(rt, "height")
				d.Resize(w, height)
			case 1:
				d.Send(tea.PasteMsg{Content: rapid.String().Draw(rt, "paste")})
			default:
				d.Press(keys.Draw(rt, "key"))
			}
			lines := strings.Split(d.Frame(), "\n")
			if len(lines) != height || strings.Contains(d.Frame(), "secret") {
				rt.Fatalf("%d lines of %d, or a password:\n%s", len(lines), height, d.Frame())
			}
			for i, l := range lines {
				if got := ansi.StringWidthWc(l); got != w {
					rt.Fatalf("line %d takes %d cells of %d: %q", i, got, w, l)
				}
			}
			if at := d.View().Cursor; at != nil && (at.X < 0 || at.Y < 0 || at.X >= w || at.Y >= height) {
				rt.Fatalf("the cursor is outside: %v in %d×%d", at, w, height)
			}
		}
		if u, _ := h.saved(); strings.Contains(fmt.Sprintf("%+v", u), "secret") {
			rt.Fatalf("kept is %+v", u)
		}
	})
}
