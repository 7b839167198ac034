package thread_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/ui"
	"postroom/ui/uitest"
)

// long is a conversation of 200 letters of a page each.
func (o *office) long() {
	o.t.Helper()
	o.receive(letter{inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "A long story", id: "1@kite.test", text: "It begins."})
	page := strings.Repeat("This is a sentence of the usual length, which says nothing new but has to be wrapped. ", 20)
	var list []letter
	for range 199 {
		list = append(list, letter{inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: A long story", answers: "1@kite.test", text: page, quoted: page, signature: "Priya"})
	}
	o.receive(list...)
}

// BenchmarkFirstPaint is opening a conversation of 200 messages from the list
// until its frame is there, the reading from the database included.
func BenchmarkFirstPaint(b *testing.B) {
	o := newOffice(b)
	o.long()
	d := o.open(o.maya, 120, 40)
	d.Frame()
	b.ReportAllocs()
	for b.Loop() {
		d.Press("enter")
		d.View()
		b.StopTimer()
		d.Press("esc")
		b.StartTimer()
	}
}

// BenchmarkScroll is a key in a long conversation and its frame.
func BenchmarkScroll(b *testing.B) {
	o := newOffice(b)
	o.long()
	d := o.reading(120, 40)
	d.View()
	keys := [...]string{"k", "k", "k", "j", "j", "j"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d.Press(keys[i%len(keys)]).View()
	}
}

// BenchmarkKeyInComposer is a letter in a text of 20 kB and its frame.
func BenchmarkKeyInComposer(b *testing.B) {
	o := newOffice(b)
	o.long()
	d := o.reading(120, 40, func(s *ui.Settings) { s.World.After = never }).Press("r").Type(" ")
	paste(d, strings.Repeat("A line of text that somebody pasted from a log, and some more of it.\n", 290))
	d.View()
	letter := uitest.Key("x")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%60 == 59 {
			d.Press("enter")
		} else {
			d.Send(letter)
		}
		d.View()
	}
}

// never is a clock that does not ring: nothing is saved while keys are timed.
func never(time.Duration, tea.Msg) tea.Cmd { return nil }

func paste(d *uitest.Driver, text string) { d.Send(tea.PasteMsg{Content: text}) }
