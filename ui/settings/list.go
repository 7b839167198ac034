package settings

import (
	"strings"

	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// row is one thing of a list.
type row struct {
	// id tells the thing from all others of its list, whatever becomes of it.
	id    int64
	sign  string
	title safe.Text
	// role dresses the sign and the line below the title.
	role theme.Role
	// right stands at the end of the first line, under below it.
	right, under safe.Text
}

// list is a cursor on rows. It keeps to its thing and not to the number of the
// row.
type list struct {
	rows []row
	at   int
	// lost says that the thing under the cursor is gone: until somebody moves
	// on, nothing is marked.
	lost bool
	top  int
	// tall is how many lines a row takes: 1 or 2.
	tall int
	// nothing is what stands there when there are no rows; read says that this
	// is known.
	nothing safe.Text
	read    bool
}

// idOf makes an id for a thing that has names only.
func idOf(names ...string) int64 {
	var n uint64 = 14695981039346656037 // FNV-1a
	for _, c := range []byte(strings.Join(names, "\x00")) {
		n = (n ^ uint64(c)) * 1099511628211
	}
	return int64(n >> 1)
}

// set replaces the rows. hold says that a question about the thing under the
// cursor is open, so that no other may slip under it.
func (l *list) set(rows []row, hold bool) {
	id, had := l.id()
	l.rows, l.read = rows, true
	if !had {
		if l.lost {
			return
		}
		l.at = 0
		return
	}
	for i, r := range rows {
		if r.id == id {
			l.at = i
			return
		}
	}
	l.at, l.lost = min(l.at, max(len(rows)-1, 0)), hold
}

// id is the thing under the cursor; false when nothing is marked.
func (l *list) id() (int64, bool) {
	if l.lost || l.at >= len(l.rows) {
		return 0, false
	}
	return l.rows[l.at].id, true
}

// point puts the cursor on a thing, if it is there.
func (l *list) point(id int64) {
	for i, r := range l.rows {
		if r.id == id {
			l.at, l.lost = i, false
		}
	}
}

// move moves the cursor over so many rows.
func (l *list) move(by int) {
	if l.lost {
		l.lost, by = false, 0
	}
	l.at = min(max(l.at+by, 0), max(len(l.rows)-1, 0))
}

// page is how many rows fit into a height.
func (l *list) page(height int) int { return max(height/max(l.tall, 1), 1) }

// draw draws the rows in sight.
func (l *list) draw(t *theme.Theme, size shell.Size, focused bool) []string {
	height := l.page(size.H)
	l.top = widget.Scroll(l.top, l.at, height, len(l.rows))
	var lines []string
	if len(l.rows) == 0 && l.read {
		for _, part := range widget.Wrap(t, l.nothing, size.W-3) {
			lines = append(lines, widget.NewLine(t, size.W).Space(2).Put(theme.Faint, part).String())
		}
	}
	for i := l.top; i < min(l.top+height, len(l.rows)); i++ {
		lines = append(lines, l.row(t, l.rows[i], size.W, l.look(i, focused))...)
	}
	return widget.Fill(lines, size.W, size.H)
}

// look is how a row is dressed: reversed under the cursor, bold where the
// cursor has been left.
func (l *list) look(i int, focused bool) theme.Role {
	switch {
	case i != l.at || l.lost:
		return theme.Plain
	case focused:
		return theme.Cursor
	default:
		return theme.Rest
	}
}

func (l *list) row(t *theme.Theme, r row, width int, look theme.Role) []string {
	edge, base := " ", look
	if look != theme.Plain {
		edge = t.Signs.Cursor
	}
	first := widget.NewLineOn(t, base, width).Sign(theme.Accent, edge)
	if r.sign != "" {
		first.Sign(r.role, r.sign).Space(1)
	} else {
		first.Space(1)
	}
	room := t.Width(r.right.String())
	if room > 0 {
		room += 2
	}
	first.Cell(theme.Plain, r.title, max(first.Left()-room, 0)).To(t.Width(r.right.String())+1).Put(theme.Faint, r.right)
	lines := []string{first.String()}
	if l.tall > 1 {
		if look == theme.Rest {
			base = theme.Plain
		}
		second := widget.NewLineOn(t, base, width).Sign(theme.Accent, edge).Space(2)
		role := theme.Faint
		if r.role == theme.Warn || r.role == theme.Bad {
			role = r.role
		}
		lines = append(lines, second.Put(role, r.under).String())
	}
	return lines
}
