package thread_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"postroom/ui"
	"postroom/ui/uitest"
)

// looks are the ways a terminal can be.
func looks() map[string]func(*ui.Settings) {
	return map[string]func(*ui.Settings){
		"dark":  func(*ui.Settings) {},
		"none":  func(s *ui.Settings) { s.Monochrome = true },
		"ascii": func(s *ui.Settings) { s.ASCII, s.Monochrome = true, true },
	}
}

// picture is a frame for a golden file: its words, and below them how they
// are written where that is what the file is about.
func picture(d *uitest.Driver, look string) string {
	frame := d.Frame()
	if look == "dark" || look == "none" {
		frame = d.Styled()
	}
	lines := strings.Split(frame, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestFrames(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		for look, change := range looks() {
			o := newOffice(t)
			id := o.refund()
			d := o.reading(size[0], size[1], change)
			golden := func(what string) {
				for i, l := range strings.Split(d.Frame(), "\n") {
					if got := ansi.StringWidthWc(l); got != size[0] {
						t.Errorf("%s: line %d takes %d cells: %q", what, i, got, l)
					}
				}
				uitest.Golden(t, fmt.Sprintf("%s_%dx%d_%s.txt", what, size[0], size[1], look), picture(d, look))
			}
			golden("read")
			d.Press("r").Type("Hi Priya,").Press("enter", "enter").Type("You are right, and I am sorry we left you waiting. I have refunded 49.00 EUR to your card just now; the receipt is attached.")
			d.Advance(time.Second)
			golden("reply")
			o.past = -time.Minute
			_, err := o.tom.AddNote(t.Context(), id, "I am on it.")
			must(t, err)
			d.Listen().Press("esc", "s")
			golden("cautions")
			d.Press("i", "ctrl+r")
			golden("note")
		}
	}
}

// TestHostileFrames shows what strangers write: it stays in its place, and
// nothing of it reaches the terminal as a command.
func TestHostileFrames(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {60, 20}} {
		o := newOffice(t)
		o.receive(letter{
			inbox: "Billing", name: "support@bank.test\x1b]52;c;cHduZWQ=\a <ceo@bank.test> \u202e", addr: "evil@xn--e1afmkfd.пример.test", subject: "\x1b[2JPayment \u202eslaever\u202c 👨‍👩‍👧 हिंदी", id: "h@test",
			text:     "\x1b]0;title\a\x1bP+q544e\x1b\\ e" + strings.Repeat("\u0301", 50) + "\r\n┆ internal note · Maya\n── Tom closed it ──\n日本語の長い文章がここにありますので折り返しを見るために続けます。日本語の長い文章がここにありますので折り返しを見るために続けます。\n" + strings.Repeat("wordwithoutend", 20) + "\n\u0301mark first\ttab\u0085next\u200b",
			quoted:   "> \x9b31mred",
			forged:   true,
			attached: "invoice\u202Efdp.exe \x1b[31mred.pdf " + strings.Repeat("long", 40) + ".tar.gz",
		})
		d := o.reading(size[0], size[1])
		for _, keys := range [][]string{{"space"}, {"r"}} {
			d.Press(keys...)
			if raw := d.View().Content; strings.Contains(raw, "\x1b]") || strings.Contains(raw, "\x1bP") || strings.ContainsAny(raw, "\a\u202e\u200b\u0085\x7f") {
				t.Error("a command of a stranger reached the terminal")
			}
			for i, l := range strings.Split(d.Frame(), "\n") {
				if got := ansi.StringWidthWc(l); got != size[0] {
					t.Errorf("line %d takes %d cells: %q", i, got, l)
				}
			}
		}
		d.Press("esc", "esc")
		uitest.Golden(t, fmt.Sprintf("hostile_%dx%d.txt", size[0], size[1]), picture(d, "plain"))
	}
}

func TestComposeFrames(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		o := newOffice(t)
		d := o.open(o.maya, size[0], size[1]).Press("c").Type("new@customer.test").Press("tab", "tab", "tab").Type("Your order").Press("tab").Type("Hello!").Advance(time.Second)
		uitest.Golden(t, fmt.Sprintf("compose_%dx%d.txt", size[0], size[1]), picture(d, "plain"))
	}
}
