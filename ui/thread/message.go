package thread

import (
	"fmt"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// messageHead says who wrote to whom, when, and how it stands.
func (b *block) messageHead(p paper, current bool) string {
	m, t := b.item.Message, p.t
	sign := t.Signs.Unfolded
	if b.folded {
		sign = t.Signs.Open
	}
	l := p.head(current, sign)
	right, role := state(m)
	when := p.moment(m.At)
	room := t.Width(when.String()) + 1
	if w := t.Width(right.String()); w > 0 {
		room += w + 2
	}
	if b.isNew {
		room += newWidth
	}
	l.Put(theme.Faint, safe.Sprintf("%s ", safe.Int(b.number)))
	name, rest := sender(m)
	left := max(l.Left()-room-1, 10)
	// A long name may look like an address: it never pushes the real one out.
	width := min(t.Width(name.String()), max(left-t.Width(rest.String())-2, left/2))
	l.Cell(theme.Strong, name, width)
	if left -= width; left > 4 {
		if b.folded {
			rest = safe.Line(desk.Snippet(m.Mail.Text, 120))
		}
		l.Space(2).Cell(theme.Faint, rest, left-2)
	}
	l.To(room).Put(theme.Faint, when)
	if !right.IsEmpty() {
		l.Space(2).Put(role, right)
	}
	return b.newSign(t, l).String()
}

// sender is who wrote a message, and the address or the recipients.
func sender(m *desk.Message) (name, rest safe.Text) {
	var from desk.Mailbox
	if len(m.Mail.From) > 0 {
		from = m.Mail.From[0]
	}
	name = safe.Line(from.Name)
	if m.AuthorName != "" {
		name = safe.Line(m.AuthorName)
	}
	if name.IsEmpty() {
		name = safe.Addr(from.Addr)
	} else {
		rest = safe.Sprintf("<%s>", safe.Addr(from.Addr))
	}
	if name.IsEmpty() {
		name = safe.Const("(no sender)")
	}
	if m.Direction == desk.Out {
		rest = safe.Sprintf("to %s", people(m.Mail.To))
	}
	return name, rest
}

// people are the first recipients of a list, and how many more there are.
func people(list []desk.Mailbox) safe.Text {
	if len(list) == 0 {
		return safe.Const("nobody")
	}
	first := safe.Line(list[0].Name)
	if first.IsEmpty() {
		first = safe.Addr(list[0].Addr)
	}
	if len(list) == 1 {
		return first
	}
	return safe.Sprintf("%s and %s more", first, safe.Int(len(list)-1))
}

// state says in a word how a message stands, where that is worth a word.
func state(m *desk.Message) (safe.Text, theme.Role) {
	switch m.State {
	case desk.Queued, desk.Claimed:
		return safe.Const("waiting to leave"), theme.Warn
	case desk.Submitting:
		return safe.Const("leaving"), theme.Warn
	case desk.Deferred:
		return safe.Const("will be tried again"), theme.Warn
	case desk.Failed:
		return safe.Const("not sent"), theme.Bad
	case desk.InDoubt:
		return safe.Const("in doubt"), theme.Bad
	case desk.Accepted:
		return safe.Const("sent"), theme.Faint
	default:
	}
	switch {
	case m.Direction == desk.Out && m.Outgoing == 0:
		return safe.Const("from another client"), theme.Faint
	case m.Mail.Auto.Kind == desk.AutoBounce:
		return safe.Const("bounce"), theme.Bad
	case m.Mail.Auto.Kind != desk.AutoNone && m.Mail.Auto.Kind != "":
		return safe.Const("automatic"), theme.Faint
	}
	return safe.Text{}, theme.Plain
}

// messageText is what a message says, and what is to be known about it.
func (b *block) messageText(p paper) []string {
	m := b.item.Message
	var lines []string
	put := func(role theme.Role, text safe.Text) {
		for _, l := range widget.Wrap(p.t, text, p.room()) {
			lines = append(lines, p.line().Space(indent).Put(role, l).String())
		}
	}
	if m.AuthFailed {
		put(theme.Bad, safe.Const("! The sender is not verified: this may be from somebody else."))
	}
	if also := recipients(m); !also.IsEmpty() {
		put(theme.Faint, also)
	}
	missing := m.Mail.Missing()
	if m.Unreadable && len(missing) == 0 {
		put(theme.Warn, safe.Const("This mail could not be read as one. Here are its bytes as text:"))
	}
	put(theme.Plain, safe.Clean(m.Mail.Text))
	if m.Mail.Text == "" && m.Mail.Quoted == "" && len(missing) == 0 {
		put(theme.Faint, safe.Const("(no text)"))
	}
	for _, d := range missing {
		put(theme.Warn, safe.Sprintf("Not all of this mail is shown: %s", safe.Line(d)))
	}
	b.hidden(p, &lines, put)
	lines = append(lines, p.attachments(m.Mail.Attachments)...)
	return append(lines, widget.Blank(p.width))
}

// recipients are all who got a message, where that is more than one: who
// answers should know who reads it.
func recipients(m *desk.Message) safe.Text {
	if len(m.Mail.To)+len(m.Mail.Cc) < 2 {
		return safe.Text{}
	}
	list := func(boxes []desk.Mailbox) safe.Text {
		const most = 6
		parts := make([]safe.Text, 0, most+1)
		for i, box := range boxes {
			if i == most {
				parts = append(parts, safe.Sprintf("%s more", safe.Int(len(boxes)-most)))
				break
			}
			parts = append(parts, safe.Addr(box.Addr))
		}
		return safe.Join(", ", parts...)
	}
	if len(m.Mail.Cc) == 0 {
		return safe.Sprintf("to %s", list(m.Mail.To))
	}
	return safe.Sprintf("to %s · cc %s", list(m.Mail.To), list(m.Mail.Cc))
}

// hides reports whether something was split off the text.
func (b *block) hides() bool {
	m := b.item.Message
	return m != nil && (m.Mail.Quoted != "" || m.Mail.Signature != "")
}

// hidden is what was split off a text: shown on demand.
func (b *block) hidden(p paper, lines *[]string, put func(theme.Role, safe.Text)) {
	m := b.item.Message.Mail
	quoted, signature := safe.Clean(m.Quoted), safe.Clean(m.Signature)
	n := len(quoted.Lines())
	switch {
	case n == 0 && signature.IsEmpty():
		return
	case b.quoted:
		put(theme.Faint, signature)
		put(theme.Faint, quoted)
		return
	}
	what := safe.Const("signature")
	if n > 0 {
		what = safe.Sprintf("%s quoted %s", safe.Int(n), plural(n, safe.Const("line"), safe.Const("lines")))
		if !signature.IsEmpty() {
			what = safe.Sprintf("%s and a signature", what)
		}
	}
	*lines = append(*lines, p.line().Space(indent).Put(theme.Faint, safe.Sprintf("%s %s · space to show", safe.Line(p.t.Signs.Ellipsis), what)).String())
}

// attachments names the files of a mail, as many in a line as fit.
func (p paper) attachments(list []desk.Attachment) []string {
	var lines []string
	var l *widget.Line
	n := 0
	for _, a := range list {
		if a.Inline {
			continue
		}
		n++
		number, name, size := safe.Sprintf("[%s] ", safe.Int(n)), safe.FileName(a.Filename), safe.Sprintf("  %s", bytes(a.Size))
		need := p.t.Width(number.String()) + p.t.Width(name.String()) + p.t.Width(size.String())
		if l != nil && l.Left() < need+5 {
			lines, l = append(lines, l.String()), nil
		}
		if l == nil {
			l = p.line().Space(indent)
		} else {
			l.Space(4)
		}
		// The size gives way before the name, whose end says what it is.
		l.Put(theme.Accent, number).Put(theme.Plain, name).Put(theme.Faint, size)
	}
	if l == nil {
		return nil
	}
	return append(lines, l.String())
}

// bytes is a size as people read it.
func bytes(n int64) safe.Text {
	switch {
	case n < 1000:
		return safe.Line(fmt.Sprintf("%d B", n))
	case n < 1000*1000:
		return safe.Line(fmt.Sprintf("%d kB", (n+500)/1000))
	default:
		return safe.Line(fmt.Sprintf("%.1f MB", float64(n)/1e6))
	}
}
