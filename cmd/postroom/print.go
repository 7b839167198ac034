package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/widget"
)

// This file is the only one that writes to the terminal (a test holds the
// others to it). Text goes out as [safe.Text] or through safe.JSON and in no
// other way, so nothing a stranger wrote can give the terminal a command.

// printer writes what a command has to say: results to out, errors and
// warnings to err.
type printer struct {
	out, err io.Writer
	// json and lines ask for one document, or for one object a line.
	json, lines bool
	ascii       bool
	width       int
	// terminal says that out is one: it would go on at the left edge with what
	// is longer than its width.
	terminal bool
	// wide says that nobody has said how wide the output may be: it goes into
	// a file or another program, which wants whole words.
	wide bool
	now  func() time.Time
	// broken is the first failure to write, such as a closed pipe.
	broken error
}

// forPrograms reports whether the output is JSON of some form.
func (p *printer) forPrograms() bool { return p.json || p.lines }

func (p *printer) write(w io.Writer, b []byte) {
	if p.broken == nil || w == p.err {
		if _, err := w.Write(b); err != nil && p.broken == nil {
			p.broken = err
		}
	}
}

// say prints lines of text for people.
func (p *printer) say(t safe.Text) { p.write(p.out, []byte(t.String()+"\n")) }

// remark prints a line beside the result, such as a warning.
func (p *printer) remark(t safe.Text) { p.write(p.err, []byte(t.String()+"\n")) }

// gutter stands before what others wrote, so that no line of theirs can pass
// for one of ours.
const gutter = "  "

// quote prints a text that somebody wrote, wrapped to the width.
func (p *printer) quote(t safe.Text) {
	for _, l := range t.Lines() {
		for _, row := range widget.Rows(ansi.GraphemeWidth, l.String(), p.width-len(gutter), p.terminal) {
			if row == "" {
				p.say(safe.Text{})
			} else {
				p.say(safe.Join("", safe.Const(gutter), safe.Clean(row)))
			}
		}
	}
}

// named prints one line that begins with a name of ours and goes on with what
// somebody wrote. On a terminal what is longer goes on behind the gutter.
func (p *printer) named(name, text safe.Text) {
	line := safe.Join("", name, text)
	if !p.terminal || ansi.StringWidth(line.String()) <= p.width {
		p.say(line)
		return
	}
	for i, row := range widget.Rows(ansi.GraphemeWidth, line.String(), p.width-len(gutter), true) {
		if i > 0 {
			row = gutter + row
		}
		p.say(safe.Clean(row))
	}
}

// ask prints a question whose answer comes behind it.
func (p *printer) ask(t safe.Text) { p.write(p.err, []byte(t.String()+" ")) }

// document prints v as the one JSON document of this run.
func (p *printer) document(v any) error {
	b, err := p.encode(v, !p.lines)
	if err != nil {
		return err
	}
	p.write(p.out, append(b, '\n'))
	return p.broken
}

// stream prints the values that each hands to it: as an array, or one a line.
func (p *printer) stream(each func(emit func(any) error) error) error {
	n := 0
	err := each(func(v any) error {
		b, err := p.encode(v, false)
		if err != nil {
			return err
		}
		switch {
		case p.lines:
		case n == 0:
			p.write(p.out, []byte("[\n"))
		default:
			p.write(p.out, []byte(",\n"))
		}
		n++
		p.write(p.out, b)
		if p.lines {
			p.write(p.out, []byte("\n"))
		}
		return p.broken
	})
	if err != nil || p.lines {
		return err
	}
	if n == 0 {
		p.write(p.out, []byte("[]\n"))
	} else {
		p.write(p.out, []byte("\n]\n"))
	}
	return p.broken
}

// column is how one column of a table is drawn.
type column struct {
	title safe.Text
	// width is fixed; 0 takes what the widest cell needs.
	width int
	right bool
	// gives columns become narrower when the line is too long.
	gives bool
}

const (
	gap        = 2
	leastWidth = 8
)

// table prints rows in columns that fit the width of the terminal.
func (p *printer) table(columns []column, rows [][]safe.Text) {
	widths := p.fit(columns, rows)
	head := make([]safe.Text, len(columns))
	for i, c := range columns {
		head[i] = c.title
	}
	p.row(columns, widths, head)
	for _, r := range rows {
		p.row(columns, widths, r)
	}
}

// moreRows goes on with a table whose columns all have fixed widths.
func (p *printer) moreRows(columns []column, rows [][]safe.Text) {
	widths := p.fit(columns, nil)
	for _, r := range rows {
		p.row(columns, widths, r)
	}
}

// fit gives each column its width.
func (p *printer) fit(columns []column, rows [][]safe.Text) []int {
	widths := make([]int, len(columns))
	total := gap * (len(columns) - 1)
	for i, c := range columns {
		widths[i] = c.width
		if c.width == 0 {
			widths[i] = ansi.StringWidth(c.title.String())
			for _, r := range rows {
				widths[i] = max(widths[i], ansi.StringWidth(r[i].String()))
			}
		}
		total += widths[i]
	}
	if p.wide && !slices.ContainsFunc(columns, func(c column) bool { return c.width > 0 }) {
		return widths
	}
	for total > p.width {
		widest := -1
		for i, c := range columns {
			if c.gives && widths[i] > leastWidth && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}

func (p *printer) row(columns []column, widths []int, cells []safe.Text) {
	var b strings.Builder
	for i, c := range columns {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", gap))
		}
		cell := ansi.Truncate(cells[i].String(), widths[i], p.more())
		pad := strings.Repeat(" ", max(0, widths[i]-ansi.StringWidth(cell)))
		if c.right {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	p.say(safe.Clean(strings.TrimRight(b.String(), " ")))
}

// fields prints names and values one under the other, without the empty ones.
func (p *printer) fields(pairs ...[2]safe.Text) {
	w := 0
	for _, f := range pairs {
		if !f[1].IsEmpty() {
			w = max(w, ansi.StringWidth(f[0].String()))
		}
	}
	for _, f := range pairs {
		if !f[1].IsEmpty() {
			pad := strings.Repeat(" ", w-ansi.StringWidth(f[0].String()))
			p.named(safe.Clean(f[0].String()+":"+pad+" "), f[1])
		}
	}
}

// more is the sign of a text that was cut.
func (p *printer) more() string {
	if p.ascii {
		return "..."
	}
	return "…"
}

// unread is the sign of what has not been read.
func (p *printer) unread() safe.Text {
	if p.ascii {
		return safe.Const("*")
	}
	return safe.Const("●")
}

// rule is a title over a part of the output.
func (p *printer) rule(t safe.Text) {
	if p.ascii {
		p.say(safe.Sprintf("-- %s --", t))
		return
	}
	p.say(safe.Sprintf("── %s ──", t))
}

// age says how long ago a time was, in at most four letters.
func (p *printer) age(at time.Time) safe.Text {
	if at.IsZero() {
		return safe.Text{}
	}
	d := p.now().Sub(at)
	switch {
	case d < time.Minute:
		return safe.Const("now")
	case d < time.Hour:
		return safe.Sprintf("%sm", safe.Int(int(d/time.Minute)))
	case d < 24*time.Hour:
		return safe.Sprintf("%sh", safe.Int(int(d/time.Hour)))
	case d < 365*24*time.Hour:
		return safe.Sprintf("%sd", safe.Int(int(d/(24*time.Hour))))
	default:
		return safe.Sprintf("%sy", safe.Int(int(d/(365*24*time.Hour))))
	}
}

// until says how far away a time is in which something is due.
func (p *printer) until(at time.Time) safe.Text {
	switch now := p.now(); {
	case at.IsZero():
		return safe.Text{}
	case at.After(now):
		// The other way round it is as long ago.
		return safe.Sprintf("in %s", p.age(now.Add(-at.Sub(now))))
	default:
		return safe.Sprintf("%s late", p.age(at))
	}
}

// moment writes a time for people, in UTC so that two people speak of the same.
func moment(at time.Time) safe.Text {
	if at.IsZero() {
		return safe.Text{}
	}
	return safe.Line(at.UTC().Format("2006-01-02 15:04 UTC"))
}

// day writes the date of a time, in UTC.
func day(at time.Time) safe.Text { return safe.Line(at.UTC().Format(time.DateOnly)) }

// plainLine is a clean line for who needs a string, such as a shell that
// completes words.
func plainLine(s string) string { return safe.Line(s).String() }

// failure is the form of an error for programs.
type failure struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Hint    string `json:"hint"`
		// Holder is there for ADDRESS_IN_USE.
		Holder *holderForm `json:"holder,omitempty"`
		// References are there for REFERENCED.
		References []referenceForm `json:"references,omitempty"`
	} `json:"error"`
}

// holderForm is who has an address; what the reader may not know is null.
type holderForm struct {
	Name    string  `json:"name"`
	Kind    *string `json:"kind"`
	As      *string `json:"as"`
	Since   stamp   `json:"since"`
	Release *string `json:"release"`
}

// referenceForm is something that is in the way, and what removes it.
type referenceForm struct {
	What   string `json:"what"`
	Name   string `json:"name"`
	Remove string `json:"remove"`
}

func holderOf(h *desk.Holding) *holderForm {
	if h == nil {
		return nil
	}
	f := &holderForm{Name: h.Name, Since: stamp(h.Since)}
	if h.Kind != "" {
		kind, as := string(h.Kind), string(h.As)
		f.Kind, f.As = &kind, &as
	}
	if h.Release != "" {
		f.Release = &h.Release
	}
	return f
}

// failed prints an error: one sentence, then the next step.
func (p *printer) failed(err error) {
	e := &desk.Error{Kind: desk.Broken, Code: "FAILED", Message: sentence(err.Error())}
	errors.As(err, &e)
	message := e.Message
	if e.Err != nil && (e.Kind == desk.Broken || e.Kind == desk.Unwell) {
		// Elsewhere the sentence says it all; here the cause helps to mend it.
		message = sentence(strings.TrimSuffix(message, ".") + ": " + e.Err.Error())
	}
	if p.forPrograms() {
		var f failure
		f.Error.Code, f.Error.Message, f.Error.Hint, f.Error.Holder = e.Code, message, e.Hint, holderOf(e.Holder)
		for _, ref := range e.References {
			f.Error.References = append(f.Error.References, referenceForm(ref))
		}
		b, jsonErr := p.encode(f, false)
		if jsonErr == nil {
			p.write(p.err, append(b, '\n'))
			return
		}
	}
	p.remark(safe.Sprintf("postroom: %s", safe.Line(message)))
	if e.Hint != "" {
		p.remark(safe.Line(e.Hint))
	}
}

// sentence makes a sentence of what a library says.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".?!") {
		return s
	}
	return s + "."
}

// panicked tells of a mistake in the program itself, and where to report it.
func (p *printer) panicked(b build, cause any, stack []byte) {
	p.remark(safe.Const("postroom has stopped because of a mistake in itself. Nothing that was saved is lost."))
	p.remark(safe.Const("Please report it to the maintainers of postroom, with what you did and these lines:"))
	p.remark(safe.Sprintf("postroom %s %s %s", safe.Line(b.Version), safe.Line(b.Revision), safe.Line(b.Go)))
	p.remark(safe.Line(fmt.Sprint(cause)))
	p.remark(safe.Bytes(stack))
}

// leaveScreen ends the full screen, the mouse and the bracketed paste, shows
// the cursor again and takes back colours, for a crash in the middle of the
// screen. These are our own words to the terminal, the only ones of their kind.
func (p *printer) leaveScreen() {
	p.write(p.err, []byte("\x1b[?1049l\x1b[?25h\x1b[?2004l\x1b[?1000;1002;1003;1006l\x1b[?1004l\x1b[0m\r\n"))
}

// stamp is a time for programs: RFC 3339 in UTC, null when there is none.
type stamp time.Time

// MarshalJSON writes the time.
func (s stamp) MarshalJSON() ([]byte, error) {
	if time.Time(s).IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(time.Time(s).UTC())
}
