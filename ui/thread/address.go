package thread

import (
	"strings"

	"postroom/desk"
)

// mailboxes writes a list as it is typed.
func mailboxes(list []desk.Mailbox) string {
	var b strings.Builder
	for i, m := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		switch {
		case m.Name == "":
			b.WriteString(m.Addr)
		case strings.ContainsAny(m.Name, `,;<>"`):
			b.WriteString(`"` + strings.ReplaceAll(m.Name, `"`, "'") + `" <` + m.Addr + ">")
		default:
			b.WriteString(m.Name + " <" + m.Addr + ">")
		}
	}
	return b.String()
}

// addresses reads a list as it is typed. It refuses nothing, so that a draft
// keeps what is half written; the desk checks it on sending.
func addresses(s string) []desk.Mailbox {
	var list []desk.Mailbox
	for _, part := range splitList(s) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		open := strings.LastIndexByte(part, '<')
		if open < 0 {
			list = append(list, desk.Mailbox{Addr: part})
			continue
		}
		addr := strings.TrimSuffix(strings.TrimSpace(part[open+1:]), ">")
		name := strings.Trim(strings.TrimSpace(part[:open]), `"`)
		list = append(list, desk.Mailbox{Name: name, Addr: strings.TrimSpace(addr)})
	}
	return list
}

// splitList divides at commas and semicolons outside of quotes and brackets.
func splitList(s string) []string {
	var parts []string
	from, quoted, angle := 0, false, false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '<':
			angle = true
		case r == '>':
			angle = false
		case (r == ',' || r == ';') && !angle:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}
