package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"postroom/desk"
	"postroom/ui"
	"postroom/ui/uitest"
)

// looks are the ways in which a frame is written down: what it says, how it is
// dressed, and the two plain dresses.
func looks() map[string]func(*ui.Settings) {
	return map[string]func(*ui.Settings){
		"dark":  func(*ui.Settings) {},
		"mono":  func(s *ui.Settings) { s.Monochrome = true },
		"ascii": func(s *ui.Settings) { s.ASCII = true },
	}
}

// scene is a desk with a bit of everything in sight.
func scene(t *testing.T) *office {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	o.receive(letter{
		inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: Refund still missing", answers: "3@test", age: 11 * time.Minute,
		text: "It is Friday and I heard nothing. This is the third time I am asking. Please just refund me today.", quoted: "> Hello Priya,\n> sorry about that.\n",
	})
	_, err := o.maya.Assign(ctx, []desk.ConversationID{3}, o.tom.Actor().User)
	must(t, err)
	_, err = o.tom.AddNote(ctx, 3, "Warehouse ticket W-311. Chase Thursday.")
	must(t, err)
	must(t, o.desk.Mailroom().SetHealth(ctx, o.lease["Support"], desk.AccountRetrying, "connection refused"))
	must(t, o.maya.MarkRead(ctx, 1, 1<<62))
	return o
}

func TestFrames(t *testing.T) {
	o := scene(t)
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		for look, change := range looks() {
			d := o.open(o.maya, size[0], size[1], at("Billing"), change)
			d.Press("j", "j", "x", "x").Advance(time.Second)
			d.Press("k").Advance(time.Second)
			straight(t, d, size[0], size[1])
			name := fmt.Sprintf("triage-%dx%d-%s", size[0], size[1], look)
			uitest.Golden(t, name+".txt", trimmed(d.Frame()))
			uitest.Golden(t, name+".styled", d.Styled()+"\n")
		}
	}
}

// trimmed is a frame without the blanks at the ends of its lines, which no
// reader of a golden file can see.
func trimmed(frame string) string {
	lines := strings.Split(frame, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestDialogFrames(t *testing.T) {
	o := scene(t)
	for name, keys := range map[string][]string{
		"palette": {":", "a", "s", "s"},
		"help":    {"?"},
		"assign":  {"x", "x", "a"},
		"search":  {"/", "r", "e", "f", "u", "n", "d"},
		"goto":    {"g"},
	} {
		d := o.open(o.maya, 80, 24, at("Billing"))
		d.Press(keys...).Advance(time.Second)
		straight(t, d, 80, 24)
		uitest.Golden(t, "dialog-"+name+".txt", trimmed(d.Frame()))
	}
}

// straight fails unless the frame has exactly the lines and columns of the
// terminal and no escape sequence but attributes.
func straight(t testing.TB, d *uitest.Driver, w, h int) {
	t.Helper()
	checkFrame(t, d.View().Content, w, h, ansi.WcWidth)
}

func checkFrame(t testing.TB, content string, w, h int, m ansi.Method) {
	t.Helper()
	lines := strings.Split(content, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines instead of %d:\n%s", len(lines), h, ansi.Strip(content))
	}
	for i, l := range lines {
		if got := m.StringWidth(l); got != w {
			t.Fatalf("line %d has %d cells instead of %d: %q", i, got, w, l)
		}
		if bad := foreign(l); bad != "" {
			t.Fatalf("line %d has %s: %q", i, bad, l)
		}
	}
}

// foreign finds a control character that is not part of an attribute.
func foreign(l string) string {
	for i, r := range l {
		switch {
		case r == 0x1b:
			end := strings.IndexByte(l[i:], 'm')
			if !strings.HasPrefix(l[i:], "\x1b[") || end < 0 || strings.Trim(l[i+2:i+end], "0123456789;") != "" {
				return "an escape sequence of another kind"
			}
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return fmt.Sprintf("the control character %U", r)
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return fmt.Sprintf("the direction %U", r)
		}
	}
	return ""
}

// hostile are names and subjects written to break a screen.
func hostile() []letter {
	texts := []string{
		"\x1b[2J\x1b[31mcleared\x07",
		"\u009b31m C1 and \u0090 DCS",
		"\u202egnp.exe\u202c overridden \u2066isolated",
		"marks " + "Z" + strings.Repeat("\u0301", 500),
		"हिन्दी में विषय, தமிழ், ไทย",
		"👨‍👩‍👧‍👦 family ✈️ plane 🏳️‍🌈 flag 🇩🇪 🤦🏽‍♀️",
		"日本語の件名はとても長いので切り取られる必要があります",
		"\tTabs\r\nand\nlines\u2028and\u2029more",
		"\xff\xfe no UTF-8 \xc3",
		"\u200bzero\u200dwidth\ufeff \u00ad soft",
		"\ue0a0 private \U000f0000 use",
		"שלום עולם مرحبا بالعالم",
		"ﷺ wide ligature ﷽ 𒐫 long sign",
		"",
	}
	var list []letter
	for i, s := range texts {
		list = append(list, letter{inbox: "Billing", name: s, addr: fmt.Sprintf("h%d@x.test", i), subject: s, text: s + "\n" + strings.Repeat(s+" ", 20), quoted: s, attached: "f" + s, age: time.Duration(i+1) * time.Hour})
	}
	return list
}

func TestHostileFrames(t *testing.T) {
	o := newOffice(t)
	o.receive(hostile()...)
	for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
		for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}, {40, 10}} {
			for look, change := range looks() {
				d := o.open(o.maya, size[0], size[1], at("Billing"), change)
				if m == ansi.GraphemeWidth {
					d.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeSet})
				}
				for range len(hostile()) {
					checkFrame(t, d.View().Content, size[0], size[1], m)
					d.Press("x").Advance(time.Second)
				}
				d.Press(":")
				checkFrame(t, d.View().Content, size[0], size[1], m)
				if d.Press("esc"); size[0] == 120 && m == ansi.WcWidth {
					uitest.Golden(t, "hostile-"+look+".txt", trimmed(d.Frame()))
				}
			}
		}
	}
}

// TestAnySize draws every size without a fall, also sizes with no room.
func TestAnySize(t *testing.T) {
	o := scene(t)
	d := o.open(o.maya, 120, 40)
	for _, w := range []int{1, 5, 20, 39, 40, 41, 59, 60, 79, 80, 99, 100, 119, 120, 159, 160, 300} {
		for _, h := range []int{1, 5, 9, 10, 11, 15, 16, 17, 24, 40, 100} {
			d.Resize(w, h)
			straight(t, d, w, h)
			for _, keys := range [][]string{{"\\"}, {":"}, {"esc", "/"}, {"a"}, {"esc", "\\", "?"}, {"esc"}} {
				d.Press(keys...)
				straight(t, d, w, h)
			}
		}
	}
	d.Resize(120, 40).See("Maya")
}

// FuzzFrame writes a mail with any subject, name and text: every line of the
// frame has exactly the width of the terminal, and no sequence but our own.
func FuzzFrame(f *testing.F) {
	for _, l := range hostile() {
		f.Add(l.subject, l.name, l.text, uint8(80), uint8(24))
	}
	f.Fuzz(func(t *testing.T, subject, name, text string, w, h uint8) {
		width, height := max(int(w), 40), min(max(int(h), 10), 60)
		fake := &oneRow{row: desk.Row{Conversation: desk.Conversation{ID: 1, Inbox: 1, Subject: subject, Who: name, Snippet: text, Status: desk.Open, LastAt: monday(), Attachments: true}, InboxName: name, AssigneeName: subject, Unread: true}, text: text}
		clock := uitest.NewClock(monday())
		for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			d := uitest.New(t, ui.New(context.Background(), ui.Settings{Desk: fake, World: clock.World(), Ring: func() tea.Cmd { return nil }}), clock, nil)
			if m == ansi.GraphemeWidth {
				d.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeSet})
			}
			d.Resize(width, height).Advance(time.Second)
			checkFrame(t, d.View().Content, width, height, m)
			d.Press("a")
			checkFrame(t, d.View().Content, width, height, m)
			d.Press("esc", "/").Send(tea.PasteMsg{Content: subject}).Advance(time.Second)
			checkFrame(t, d.View().Content, width, height, m)
		}
	})
}
