package thread_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"postroom/desk"
	"postroom/ui/uitest"
)

// tight fails unless the frame fills the terminal exactly.
func tight(t *rapid.T, d *uitest.Driver, w, h int) {
	lines := strings.Split(d.Frame(), "\n")
	if len(lines) != h {
		t.Fatalf("%d lines instead of %d", len(lines), h)
	}
	for i, l := range lines {
		if got := ansi.StringWidthWc(l); got != w {
			t.Fatalf("line %d takes %d cells instead of %d: %q\n%s", i, got, w, l, d.Frame())
		}
	}
	if at := d.View().Cursor; at != nil && (at.X < 0 || at.Y < 0 || at.X >= w || at.Y >= h) {
		t.Fatalf("the cursor is outside: %v in %d×%d", at, w, h)
	}
}

// hostile is text as strangers write it.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"\x1b]0;pwned\a\x1b[2J", "naïve \u202egnp.exe", "日本語の長い文章がここにあります。", strings.Repeat("x", 300), "e" + strings.Repeat("\u0301", 60),
			"👨‍👩‍👧 ✈️ 🏳️‍🌈", "हिन्दी में", "שלום עולם", "a\tb\r\nc\rd", strings.Repeat("> quoted\n", 40), "\u0301starts with a mark", "",
		}),
		rapid.String(),
	)
}

// stranger sends a letter of that kind into the conversation.
func (o *office) stranger(t *rapid.T) {
	h := hostile()
	o.receive(letter{
		inbox: "Billing", name: h.Draw(t, "name"), addr: "priya@kite.test", subject: h.Draw(t, "subject"), answers: "2@kite.test",
		text: h.Draw(t, "text"), quoted: h.Draw(t, "quoted"), signature: h.Draw(t, "signature"), attached: "receipt.pdf",
	})
}

// few runs a property fewer times than usual, because every run has a database
// of its own; -rapid.checks asks for more.
func few(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() == checks.DefValue {
		must(t, checks.Value.Set("6"))
		defer func() { must(t, checks.Value.Set(checks.DefValue)) }()
	}
	rapid.Check(t, property)
}

func TestAnyKeysAnywhere(t *testing.T) {
	keys := rapid.SampledFrom([]string{
		"j", "k", "J", "K", "g", "G", "space", "enter", "enter", "i", "[", "]", "r", "R", "n", "esc", "tab", "shift+tab", "ctrl+r", "ctrl+s", "ctrl+z", "ctrl+d", "ctrl+u",
		"ctrl+k", "ctrl+w", "ctrl+up", "ctrl+down", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "backspace", "delete", "a", "A", "e", "x", "s", "d", "q", "z", "c",
		"é", "字", "👍", "2", ":", "?", "ctrl+enter", "ctrl+l",
	})
	widths, heights := rapid.IntRange(1, 140), rapid.IntRange(1, 50)
	few(t, func(rt *rapid.T) {
		o := newOffice(t)
		o.refund()
		w, h := 100, 30
		d := o.reading(w, h)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			switch rapid.IntRange(0, 12).Draw(rt, "what") {
			case 0:
				w, h = widths.Draw(rt, "width"), heights.Draw(rt, "height")
				d.Resize(w, h)
			case 1:
				o.stranger(rt)
				d.Listen()
			case 2:
				d.Send(tea.PasteMsg{Content: hostile().Draw(rt, "paste")})
			case 3:
				d.Advance(time.Second)
			default:
				d.Press(keys.Draw(rt, "key"))
			}
			if d.Quit() {
				return
			}
			tight(rt, d, w, h)
		}
	})
}

// TestTypedTextIsNeverLost types words no two of which are the same, moves the
// text about in every way that keeps it, and looks for each of them in the end:
// in a draft, in the conversation or in the outbox.
func TestTypedTextIsNeverLost(t *testing.T) {
	keys := rapid.SampledFrom([]string{"r", "R", "n", "esc", "esc", "ctrl+r", "ctrl+r", "ctrl+s", "left", "right", "up", "down", "home", "end", "enter", "i", "s", "e", "x", "q", "[", "]", "ctrl+up", "ctrl+enter", "O"})
	few(t, func(rt *rapid.T) {
		o := newOffice(t)
		ids := []desk.ConversationID{o.refund()}
		o.receive(letter{inbox: "Billing", name: "Ana Ruiz", addr: "ana@ruiz.test", subject: "Charged twice", text: "Why?", age: time.Hour})
		ids = append(ids, ids[0]+1)
		d := o.reading(120, 40)
		var typed []string
		for i := range rapid.IntRange(1, 50).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "what") {
			case 0:
				d.Resize(rapid.IntRange(40, 140).Draw(rt, "width"), rapid.IntRange(10, 50).Draw(rt, "height"))
			case 1:
				o.stranger(rt)
				d.Listen()
			case 2:
				d.Advance(400 * time.Millisecond)
			case 3, 4, 5:
				if strings.HasPrefix(d.Line(-1), " esc send") {
					word := fmt.Sprintf(" word%dx ", i)
					typed = append(typed, strings.TrimSpace(word))
					// At the end of a line, so that no word is typed into another.
					d.Press("end").Type(word)
				}
			default:
				d.Press(keys.Draw(rt, "key"))
			}
		}
		d.Press("esc", "esc", "esc").Advance(2 * time.Second)
		all := o.everything(ids)
		for _, w := range typed {
			if !strings.Contains(all, w) {
				rt.Fatalf("%s is lost; there is:\n%s\n%s", w, all, d.Frame())
			}
		}
	})
}

// everything is all that Maya has written, wherever it is.
func (o *office) everything(ids []desk.ConversationID) string {
	o.t.Helper()
	ctx := context.Background()
	var b strings.Builder
	for _, id := range ids {
		for _, kind := range []desk.DraftKind{desk.DraftReply, desk.DraftNote} {
			b.WriteString(string(kind) + ": " + o.draft(id, kind) + "\n")
		}
		th, err := o.maya.Thread(ctx, id, 1000)
		must(o.t, err)
		for _, it := range th.Items {
			switch {
			case it.Note != nil:
				b.WriteString("note: " + it.Note.Text + "\n")
			case it.Message != nil && it.Message.Direction == desk.Out:
				b.WriteString("mail: " + it.Message.Mail.Text + "\n")
			}
		}
	}
	return b.String()
}
