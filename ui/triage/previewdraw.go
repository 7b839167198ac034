package triage

import (
	"encoding/json"
	"strings"
	"time"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// lines draws the preview: who and what at the top, the newest message at the
// bottom.
func (p *preview) lines(size shell.Size, focused bool) []string {
	// The day decides how dates are written, so it is part of the key.
	k := pictureKey{p.version, size, p.sh.Theme(), int64(p.sh.Now().YearDay())}
	pic := &p.pic
	if pic.key != k || pic.body == nil {
		pic.key, pic.body = k, p.body(size.W)
	}
	if pic.lines != nil && pic.shown == k && pic.back == p.back && pic.focus == focused {
		return pic.lines
	}
	head := p.head(size, focused)
	room := max(size.H-len(head), 0)
	p.back = min(p.back, max(len(pic.body)-room, 0))
	end := len(pic.body) - p.back
	body := pic.body[max(end-room, 0):end]
	lines := append(head, body...)
	pic.lines, pic.shown, pic.back, pic.focus = widget.Fill(lines, size.W, size.H), k, p.back, focused
	return pic.lines
}

// head is the subject and the facts. Where the preview is low, the line above
// it has said them.
func (p *preview) head(size shell.Size, focused bool) []string {
	t := p.sh.Theme()
	if p.thread == nil || p.sh.Size().W < 100 {
		return nil
	}
	role := theme.Plain
	if focused {
		role = theme.Strong
	}
	th := p.thread
	subject := safe.Line(th.Subject)
	if subject.IsEmpty() {
		subject = safe.Const("(no subject)")
	}
	return []string{
		widget.NewLine(t, size.W).Space(1).Put(theme.Faint, safe.Sprintf("#%s", safe.Int(int(th.ID)))).Space(2).Put(role, subject).String(),
		widget.NewLine(t, size.W).Space(1).Put(theme.Plain, p.person()).String(),
		widget.NewLine(t, size.W).Space(1).Put(theme.Faint, p.facts()).String(),
		widget.NewLine(t, size.W).Space(1).Rule(theme.Rule, t.Signs.Horizontal, size.W-2).String(),
	}
}

// person is the customer with the address he has written from last.
func (p *preview) person() safe.Text {
	for i := len(p.thread.Items) - 1; i >= 0; i-- {
		m := p.thread.Items[i].Message
		if m != nil && m.Direction == desk.In && len(m.Mail.From) > 0 {
			return mailbox(m.Mail.From[0])
		}
	}
	return safe.Line(p.thread.Who)
}

func mailbox(m desk.Mailbox) safe.Text {
	if m.Name == "" {
		return safe.Addr(m.Addr)
	}
	return safe.Sprintf("%s <%s>", safe.Line(m.Name), safe.Addr(m.Addr))
}

// body draws the items, oldest first.
func (p *preview) body(width int) []string {
	if p.thread == nil {
		return []string{}
	}
	t := p.sh.Theme()
	d := drawing{t: t, width: width, now: p.sh.Now(), thread: p.thread}
	if n := p.thread.Earlier; n > 0 {
		d.line(theme.Faint, safe.Sprintf("%s earlier · enter shows all", safe.Int(n)))
		d.blank()
	}
	for i, it := range p.thread.Items {
		if i > 0 {
			d.blank()
		}
		switch {
		case it.Message != nil:
			d.message(it.Message)
		case it.Note != nil:
			d.note(it.Note)
		case it.Event != nil:
			d.event(it.Event)
		}
	}
	return d.out
}

// drawing writes the items of a conversation as lines.
type drawing struct {
	t      *theme.Theme
	width  int
	now    time.Time
	thread *desk.Thread
	out    []string
}

func (d *drawing) blank() { d.out = append(d.out, widget.Blank(d.width)) }

func (d *drawing) line(r theme.Role, text safe.Text) {
	d.out = append(d.out, widget.NewLine(d.t, d.width).Space(1).Put(r, text).String())
}

// heading writes who at the left and when at the right.
func (d *drawing) heading(l *widget.Line, who safe.Text, role theme.Role, at time.Time) {
	when := moment(at, d.now)
	w := d.t.Width(when.String())
	l.Cell(role, who, max(l.Left()-w-3, 0)).To(w+1).Put(theme.Faint, when)
	d.out = append(d.out, l.String())
}

// mostLines is how much of one message a preview shows.
const mostLines = 120

func (d *drawing) message(m *desk.Message) {
	who, role := safe.Const("(no sender)"), theme.Strong
	if len(m.Mail.From) > 0 {
		who = name(m.Mail.From[0])
	}
	if m.Direction == desk.Out {
		if m.AuthorName != "" {
			who = safe.Line(m.AuthorName)
		}
		if len(m.Mail.To) > 0 {
			who = safe.Sprintf("%s to %s", who, name(m.Mail.To[0]))
		}
		if m.State != "" && m.State != desk.Accepted {
			who = safe.Sprintf("%s · %s", who, safe.Line(string(m.State)))
		}
		role = theme.Plain
	}
	d.heading(widget.NewLine(d.t, d.width).Space(1), who, role, m.At)
	lines := widget.Wrap(d.t, safe.Clean(m.Mail.Text), d.width-2)
	for i, l := range lines {
		if i == mostLines {
			d.line(theme.Faint, safe.Sprintf("%s %s more lines · enter shows all", safe.Line(d.t.Signs.Ellipsis), safe.Int(len(lines)-i)))
			break
		}
		d.line(theme.Plain, l)
	}
	if n := len(safe.Clean(m.Mail.Quoted).Lines()); n > 0 {
		what := safe.Const("quoted lines")
		if n == 1 {
			what = safe.Const("quoted line")
		}
		d.line(theme.Faint, safe.Sprintf("%s %s %s", safe.Line(d.t.Signs.Ellipsis), safe.Int(n), what))
	}
	for _, a := range m.Mail.Attachments {
		if !a.Inline {
			d.line(theme.Faint, safe.Sprintf("%s %s  %s", safe.Line(d.t.Signs.Clip), safe.FileName(a.Filename), bytes(a.Size)))
		}
	}
}

// note writes a text for the team: edge, word and colour, three signs, because
// taking it for a mail would be the worst mistake.
func (d *drawing) note(n *desk.Note) {
	edge := func() *widget.Line {
		return widget.NewLine(d.t, d.width).Space(1).Sign(theme.Note, d.t.Signs.Note).Space(1)
	}
	d.heading(edge(), safe.Sprintf("note · %s", safe.Line(n.AuthorName)), theme.Note, n.At)
	for _, l := range widget.Wrap(d.t, safe.Clean(n.Text), d.width-4) {
		d.out = append(d.out, edge().Put(theme.Plain, l).String())
	}
}

func (d *drawing) event(e *desk.Event) {
	who := safe.Const("postroom")
	if n, ok := d.thread.People[e.Actor.User]; ok && e.Actor.Kind == desk.ActorUser {
		who = safe.Line(n)
	}
	what := safe.Line(strings.TrimSpace(string(e.Kind) + " " + e.Detail()))
	if e.Kind == desk.EventAssigned {
		what = d.assigned(e)
	}
	l := widget.NewLine(d.t, d.width).Space(1).Rule(theme.Rule, d.t.Signs.Horizontal, 2).Space(1)
	d.heading(l, safe.Sprintf("%s: %s", who, what), theme.Faint, e.At)
}

// assigned says who has the conversation after the event.
func (d *drawing) assigned(e *desk.Event) safe.Text {
	var to desk.Assignment
	switch err := json.Unmarshal(e.After, &to); {
	case err != nil:
		return safe.Const("assigned it")
	case to == desk.Assignment{}:
		return safe.Const("gave it back")
	case to.User == e.Actor.User && e.Actor.Kind == desk.ActorUser:
		return safe.Const("took it")
	default:
		return safe.Sprintf("assigned it to %s", safe.Line(to.Words(d.thread.People, d.thread.Teams)))
	}
}

func name(m desk.Mailbox) safe.Text {
	if m.Name != "" {
		return safe.Line(m.Name)
	}
	return safe.Addr(m.Addr)
}

// moment writes a time as short as it can be understood today.
func moment(at, now time.Time) safe.Text {
	at = at.In(now.Location())
	switch {
	case at.YearDay() == now.YearDay() && at.Year() == now.Year():
		return safe.Sprintf("today %s", safe.Line(at.Format("15:04")))
	case at.Year() == now.Year():
		return safe.Line(at.Format("2 Jan 15:04"))
	default:
		return safe.Line(at.Format("2 Jan 2006"))
	}
}

func bytes(n int64) safe.Text {
	switch {
	case n < 1000:
		return safe.Sprintf("%s B", safe.Int(int(n)))
	case n < 1000*1000:
		return safe.Sprintf("%s kB", safe.Int(int(n/1000)))
	default:
		return safe.Sprintf("%s.%s MB", safe.Int(int(n/1000/1000)), safe.Int(int(n/1000/100%10)))
	}
}
