package parse

import (
	"strings"

	"golang.org/x/net/html/atom"
	"golang.org/x/text/width"
)

// openTable is a table that may turn out to hold data. Its cells are written
// one below the other at first, which is what becomes of a layout table. Only
// the innermost table is watched, so that nesting costs nothing.
type openTable struct {
	level  int // length of the stack when it began
	first  int // first line it wrote
	rows   int
	cells  []cell
	header bool
	border bool
}

type cell struct {
	row         int
	start, stop int // its lines
	span        int // the columns it covers
}

const (
	// A table wider or with taller cells than this is not aligned.
	tableWidth  = 110
	cellHeight  = 6
	columnCount = 40
	cellCount   = 20000
)

func (w *htmlWalk) beginTable(border bool) {
	w.table = &openTable{level: len(w.stack), first: len(w.out), border: border}
}

func (w *htmlWalk) beginRow() {
	if w.table != nil {
		w.table.rows++
	}
}

func (w *htmlWalk) beginCell(header bool, span int) {
	t := w.table
	if t == nil {
		return
	}
	if t.rows == 0 {
		t.rows = 1
	}
	if len(t.cells) >= cellCount {
		w.table = nil
		return
	}
	t.header = t.header || header
	t.cells = append(t.cells, cell{row: t.rows - 1, start: len(w.out), stop: -1, span: span})
}

func (w *htmlWalk) endCell() {
	if t := w.table; t != nil && len(t.cells) > 0 && t.cells[len(t.cells)-1].stop < 0 {
		t.cells[len(t.cells)-1].stop = len(w.out)
	}
}

// endTable aligns the table that ends here if it holds data.
func (w *htmlWalk) endTable() {
	t := w.table
	if t == nil || w.stack[len(w.stack)-1].tag != atom.Table || t.level != len(w.stack)-1 {
		return
	}
	w.table = nil
	if !t.columns() {
		return
	}
	grid, ok := w.grid(t)
	if !ok {
		return
	}
	widths, total := columnWidths(grid)
	height := 0
	for _, row := range grid {
		for _, c := range row {
			height = max(height, len(c))
		}
	}
	data := t.header || t.border
	switch {
	case len(widths) < 2 || height > cellHeight:
		return
	case !data && (height > 1 || total > tableWidth || len(grid) == 1 && (total > 78 || len(widths) > 4)):
		return
	}
	like := w.out[t.first:]
	shape := line{}
	for _, l := range like {
		if l.text != "" {
			shape = line{depth: l.depth, mark: l.mark}
			break
		}
	}
	lead := t.cells[0].start // a caption stays above
	for lead < len(w.out) && w.out[lead].text == "" {
		lead++ // the blank line above the table stays
	}
	var notes []string
	for _, l := range w.out[lead:] {
		notes = append(notes, l.notes...)
	}
	w.out = w.out[:lead]
	for _, row := range grid {
		w.tableRow(row, widths, total <= tableWidth, shape)
	}
	if n := len(w.out); n > 0 {
		w.out[n-1].notes = notes
	}
}

// columns tells whether some row has more than one cell.
func (t *openTable) columns() bool {
	for i := 1; i < len(t.cells); i++ {
		if t.cells[i].row == t.cells[i-1].row {
			return true
		}
	}
	return false
}

// grid gives the lines of every cell by row. ok is false when the table holds
// more than its cells, or quotes.
func (w *htmlWalk) grid(t *openTable) (grid [][][]string, ok bool) {
	covered := 0
	depth, first := 0, true
	for _, c := range t.cells {
		if c.stop < 0 {
			c.stop = len(w.out)
		}
		for c.row >= len(grid) {
			grid = append(grid, nil)
		}
		var text []string
		for _, l := range w.out[c.start:c.stop] {
			covered++
			if l.text == "" {
				continue
			}
			if first {
				depth, first = l.depth, false
			}
			if l.depth != depth {
				return nil, false
			}
			text = append(text, strings.TrimSpace(l.text))
		}
		grid[c.row] = append(grid[c.row], text)
		for n := 1; n < min(c.span, columnCount); n++ {
			grid[c.row] = append(grid[c.row], nil)
		}
		if len(grid[c.row]) > columnCount {
			return nil, false
		}
	}
	return dropEmpty(grid), covered == len(w.out)-t.cells[0].start && !first
}

// dropEmpty takes out rows and columns that only make room.
func dropEmpty(grid [][][]string) [][][]string {
	used := [columnCount]bool{}
	kept := grid[:0]
	for _, row := range grid {
		filled := false
		for i, c := range row {
			if len(c) > 0 {
				used[i], filled = true, true
			}
		}
		if filled {
			kept = append(kept, row)
		}
	}
	for r, row := range kept {
		cells := row[:0]
		for i, c := range row {
			if used[i] {
				cells = append(cells, c)
			}
		}
		kept[r] = cells
	}
	return kept
}

// columnWidths gives the width of every column and of the whole. A row of one
// filled cell is a title over all columns and does not count.
func columnWidths(grid [][][]string) (widths []int, total int) {
	for _, row := range grid {
		for len(widths) < len(row) {
			widths = append(widths, 0)
		}
		if titleRow(row) {
			continue
		}
		for i, c := range row {
			for _, text := range c {
				widths[i] = max(widths[i], textWidth(text))
			}
		}
	}
	for _, n := range widths {
		total += n + 2
	}
	return widths, total
}

func titleRow(row [][]string) bool {
	filled := 0
	for _, c := range row {
		if len(c) > 0 {
			filled++
		}
	}
	return filled == 1 && len(row[0]) > 0
}

// tableRow writes one row: aligned, or with bars where it is too wide.
func (w *htmlWalk) tableRow(row [][]string, widths []int, aligned bool, shape line) {
	if !aligned {
		var cells []string
		for _, c := range row {
			cells = append(cells, strings.Join(c, " "))
		}
		shape.text = strings.Join(cells, " | ")
		w.out = append(w.out, shape)
		return
	}
	height := 0
	for _, c := range row {
		height = max(height, len(c))
	}
	for n := range height {
		var b strings.Builder
		for i, c := range row {
			text := ""
			if n < len(c) {
				text = c[n]
			}
			b.WriteString(text)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", max(0, widths[i]-textWidth(text))+2))
			}
		}
		shape.text = strings.TrimRight(b.String(), " ")
		w.size += b.Len()
		w.out = append(w.out, shape)
	}
}

// textWidth is the width in terminal columns, near enough for alignment.
func textWidth(s string) int {
	n := 0
	for _, c := range s {
		n++
		if c >= 0x1100 {
			if kind := width.LookupRune(c).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
				n++
			}
		}
	}
	return n
}
