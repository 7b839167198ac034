package triage

import (
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// entry is one line of the sidebar: a heading, a view, or a view below another.
type entry struct {
	label   safe.Text
	heading bool
	below   bool
	// inbox marks the entries of a shared inbox.
	inbox desk.InboxID
	where where
}

// sidebar are the views at the left.
type sidebar struct {
	entries []entry
	cursor  int
	top     int
	open    string // the key of the view in the list
	version int    // grows with every change, for the remembered picture
}

// fill builds the entries from the inboxes I work in.
func (b *sidebar) fill(s shell.State, now where) {
	at := ""
	if b.cursor < len(b.entries) {
		at = b.entries[b.cursor].where.key
	}
	b.entries = b.entries[:0]
	b.open = now.key
	b.section(safe.Const("MINE"))
	for _, in := range s.Inboxes {
		if in.Member && in.Kind == desk.Personal {
			b.view(safe.Line(in.Name), inboxOpen(in))
		}
	}
	b.view(safe.Const("Assigned to me"), mine(s.Me.ID))
	b.section(safe.Const("QUEUES"))
	b.view(safe.Const("All open"), allOpen())
	b.view(safe.Const("Unassigned"), unassigned())
	b.view(safe.Const("Waiting on us"), waiting())
	if s.Total().Falling > 0 || now.key == fallingKey {
		b.view(safe.Const("Falling through"), falling())
	}
	b.teams(s.Teams, now)
	first := true
	for _, in := range s.Inboxes {
		if !in.Member || in.Kind != desk.Shared {
			continue
		}
		if first {
			b.section(safe.Const("SHARED INBOXES"))
			first = false
		}
		b.view(safe.Line(in.Name), inboxOpen(in))
		b.entries[len(b.entries)-1].inbox = in.ID
		if now.view.Inbox == in.ID {
			b.entries = append(b.entries, entry{label: safe.Const("unassigned"), below: true, where: inboxUnassigned(in)})
		}
	}
	b.section(safe.Const("ELSEWHERE"))
	b.view(safe.Const("Snoozed"), snoozed())
	b.view(safe.Const("Closed"), closed())
	b.view(safe.Const("Spam"), spam())
	b.view(safe.Const("Trash"), trash())
	b.stay(at)
	b.version++
}

// teams are mine and those that have something, and the one that is open: the
// list must not lose its name when its last conversation is taken.
func (b *sidebar) teams(list []desk.TeamQueue, now where) {
	views := make([]entry, len(list))
	open, isTeam := strings.CutPrefix(now.key, teamKey)
	shown := !isTeam
	for i, team := range list {
		views[i] = entry{label: safe.Line(team.Name), where: ofTeam(team.Team)}
		shown = shown || team.ID == now.view.Team
	}
	if !shown {
		views = append(views, entry{label: safe.Line(open), where: now})
	}
	if len(views) > 0 {
		b.section(safe.Const("TEAMS"))
	}
	b.entries = append(b.entries, views...)
}

func (b *sidebar) section(name safe.Text) {
	if len(b.entries) > 0 {
		b.entries = append(b.entries, entry{heading: true})
	}
	b.entries = append(b.entries, entry{label: name, heading: true})
}

func (b *sidebar) view(label safe.Text, w where) {
	b.entries = append(b.entries, entry{label: label, where: w})
}

// stay puts the cursor on the view it was on, or on the open one.
func (b *sidebar) stay(key string) {
	for _, want := range [...]string{key, b.open} {
		for i, e := range b.entries {
			if !e.heading && e.where.key == want {
				b.cursor = i
				return
			}
		}
	}
	b.cursor = 0
	b.move(1)
}

// mark notes which view the list shows.
func (b *sidebar) mark(w where) {
	b.open = w.key
	b.version++
	for i, e := range b.entries {
		if !e.heading && e.where.key == w.key {
			b.cursor = i
		}
	}
}

// move moves the cursor over views, past headings.
func (b *sidebar) move(by int) {
	step := 1
	if by < 0 {
		step, by = -1, -by
	}
	for at := b.cursor + step; at >= 0 && at < len(b.entries) && by > 0; at += step {
		if !b.entries[at].heading {
			b.cursor = at
			by--
		}
	}
	b.version++
}

// current is the view under the cursor.
func (b *sidebar) current() (where, bool) {
	if b.cursor >= len(b.entries) || b.entries[b.cursor].heading {
		return where{}, false
	}
	return b.entries[b.cursor].where, true
}

// draw draws the views with their numbers.
func (b *sidebar) draw(t *theme.Theme, s shell.State, size shell.Size, focused bool) []string {
	b.top = widget.Scroll(b.top, b.cursor, size.H, len(b.entries))
	lines := make([]string, 0, size.H)
	for i := b.top; i < min(b.top+size.H, len(b.entries)); i++ {
		lines = append(lines, b.line(t, s, i, size.W, focused))
	}
	return widget.Fill(lines, size.W, size.H)
}

func (b *sidebar) line(t *theme.Theme, s shell.State, i, width int, focused bool) string {
	e := b.entries[i]
	if e.heading {
		return widget.NewLine(t, width).Space(1).Put(theme.Faint, e.label).String()
	}
	base, edge := theme.Plain, " "
	role := theme.Plain
	if e.where.key == b.open {
		role, edge = theme.Strong, t.Signs.Cursor
	}
	if focused && i == b.cursor {
		base, edge = theme.Cursor, t.Signs.Cursor
	}
	l := widget.NewLineOn(t, base, width).Sign(theme.Accent, edge).Space(1)
	if e.below {
		l.Space(2)
		if e.where.key != b.open {
			role = theme.Faint
		}
	}
	n := safe.Text{}
	if s.Known {
		count, _ := e.where.count(s)
		n = safe.Int(count)
		if count == 0 {
			n = safe.Text{}
		}
	}
	w := t.Width(n.String())
	l.Cell(role, e.label, l.Left()-w-2).Space(1).Put(role, n)
	return l.String()
}
