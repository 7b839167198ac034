package main

import (
	"fmt"
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
)

// showMail prints a message as the screen shows it: who, what, the new text;
// quoted text and signature folded away unless full is wanted.
func (p *program) showMail(m desk.Mail, full bool) {
	p.print.fields(
		[2]safe.Text{safe.Const("From"), people(m.From)},
		[2]safe.Text{safe.Const("Reply-To"), people(m.ReplyTo)},
		[2]safe.Text{safe.Const("To"), people(m.To)},
		[2]safe.Text{safe.Const("Cc"), people(m.Cc)},
		[2]safe.Text{safe.Const("Bcc"), people(m.Bcc)},
		[2]safe.Text{safe.Const("Date"), moment(m.Date)},
		[2]safe.Text{safe.Const("Subject"), safe.Line(m.Subject)},
		[2]safe.Text{safe.Const("Automatic"), automatic(m.Auto)},
	)
	p.paragraph(m.Text)
	p.folded("quoted text", m.Quoted, full)
	p.folded("signature", m.Signature, full)
	for i, a := range m.Attachments {
		if i == 0 {
			p.print.say(safe.Text{})
		}
		p.print.named(safe.Const("[attachment] "), safe.Sprintf("%s, %s, %s", safe.FileName(a.Filename), safe.Line(a.ContentType), bytesText(a.Size)))
	}
	for i, d := range m.Defects {
		if i == 0 {
			p.print.say(safe.Text{})
		}
		p.print.named(safe.Const("[note] "), safe.Line(d))
	}
}

// paragraph prints a text of several lines after a blank one, behind a gutter.
func (p *program) paragraph(text string) {
	text = strings.Trim(text, "\n")
	if strings.TrimSpace(text) != "" {
		p.print.say(safe.Text{})
		p.print.quote(safe.Clean(text))
	}
}

// folded prints a part that is usually not read, or only how long it is.
func (p *program) folded(what, text string, full bool) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if full {
		p.paragraph(text)
		return
	}
	n := len(safe.Clean(strings.Trim(text, "\n")).Lines())
	p.print.say(safe.Text{})
	p.print.say(safe.Line(fmt.Sprintf("[%s, %s; --full shows it]", what, count(n, "line", "lines"))))
}

// people lists mailboxes as they are read: the name with the address beside.
func people(list []desk.Mailbox) safe.Text {
	parts := make([]safe.Text, 0, len(list))
	for _, m := range list {
		parts = append(parts, mailbox(m))
	}
	return safe.Join(", ", parts...)
}

func mailbox(m desk.Mailbox) safe.Text {
	name, addr := safe.Line(m.Name), safe.Addr(m.Addr)
	switch {
	case name.IsEmpty():
		return addr
	case addr.IsEmpty():
		return name
	default:
		return safe.Sprintf("%s <%s>", name, addr)
	}
}

func automatic(a desk.Auto) safe.Text {
	if a.Kind == desk.AutoNone || a.Kind == "" {
		return safe.Text{}
	}
	parts := []safe.Text{safe.Line(string(a.Kind))}
	for _, r := range a.Recipients {
		parts = append(parts, safe.Sprintf("%s %s %s", safe.Addr(r.Addr), safe.Line(r.Action), safe.Line(r.Status)))
	}
	return safe.Join("; ", parts...)
}

// bytesText is a size for people.
func bytesText(n int64) safe.Text {
	switch {
	case n < 1000:
		return safe.Line(fmt.Sprintf("%d bytes", n))
	case n < 1000*1000:
		return safe.Line(fmt.Sprintf("%.1f kB", float64(n)/1000))
	default:
		return safe.Line(fmt.Sprintf("%.1f MB", float64(n)/1000/1000))
	}
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
