package widget

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
)

// Editor is a text of several lines that is being typed, with an undo of its
// own. The terminal's cursor stands in it.
type Editor struct {
	text []rune
	at   int
	// goal is the column that up and down try to keep; -1 takes the cursor's.
	goal int
	top  int // the first row in sight
	past []editorState
	// typing says that the newest entry of past was made by letters, so that
	// one undo takes back a word and not a letter.
	typing bool
	edits  int

	rows  []editorRow
	drawn editorKey
}

type editorState struct {
	text []rune
	at   int
}

// editorRow is one row of the wrapped text, as places in it.
type editorRow struct{ from, to int }

type editorKey struct {
	edits, width int
	theme        *theme.Theme
}

// editorPast is how many undos are kept.
const editorPast = 200

// Value is what has been typed.
func (e *Editor) Value() string { return string(e.text) }

// Edits counts the changes, so that a text that is not saved can be told.
func (e *Editor) Edits() int { return e.edits }

// Words counts the words.
func (e *Editor) Words() int { return len(strings.Fields(string(e.text))) }

// Set replaces the text; the cursor stands at its beginning.
func (e *Editor) Set(s string) {
	e.text, e.at, e.top = []rune(safe.Clean(s).String()), 0, 0
	e.past, e.typing = nil, false
	e.changed()
}

// Replace sets the text as one change that can be undone.
func (e *Editor) Replace(s string) {
	e.remember(false)
	e.text = []rune(safe.Clean(s).String())
	e.at = min(e.at, len(e.text))
	e.changed()
}

// Insert types a text, which may have several lines.
func (e *Editor) Insert(s string) {
	if s == "" {
		return
	}
	letter := len([]rune(s)) == 1 && s != "\n" && s != " "
	e.remember(letter)
	e.splice(e.at, e.at, []rune(safe.Clean(s).String()))
}

// remember keeps the state for undo, unless the change goes on with a word.
func (e *Editor) remember(letter bool) {
	if !letter || !e.typing {
		e.past = append(e.past, editorState{slices.Clone(e.text), e.at})
		if len(e.past) > editorPast {
			e.past = e.past[1:]
		}
	}
	e.typing = letter
}

func (e *Editor) splice(from, to int, add []rune) {
	e.text = slices.Concat(e.text[:from], add, e.text[to:])
	e.at = from + len(add)
	e.changed()
}

func (e *Editor) changed() { e.edits, e.goal = e.edits+1, -1 }

// Press takes a key and reports whether it was one for a text.
func (e *Editor) Press(msg tea.KeyPressMsg) bool {
	k := msg.Key()
	if k.Text != "" && !k.Mod.Contains(tea.ModCtrl) && !k.Mod.Contains(tea.ModAlt) {
		e.Insert(k.Text)
		return true
	}
	key := msg.Keystroke()
	if e.edit(key) {
		return true
	}
	goal := e.goal
	if !e.move(key) {
		return false
	}
	e.typing = false
	if key != "up" && key != "down" && key != "pgup" && key != "pgdown" {
		goal = -1
	} else if goal < 0 {
		goal = e.goal
	}
	e.goal = goal
	return true
}

func (e *Editor) edit(key string) bool {
	switch key {
	case "enter", "shift+enter", "ctrl+j":
		e.Insert("\n")
	case "backspace", "ctrl+h":
		e.cut(e.at-1, e.at)
	case "delete", "ctrl+d":
		e.cut(e.at, e.at+1)
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		e.cut(e.wordLeft(), e.at)
	case "ctrl+u":
		e.cut(e.lineStart(), e.at)
	case "ctrl+k":
		e.cut(e.at, max(e.lineEnd(), e.at+1))
	case "ctrl+z":
		e.undo()
	default:
		return false
	}
	return true
}

func (e *Editor) cut(from, to int) {
	from, to = max(from, 0), min(to, len(e.text))
	if from >= to {
		return
	}
	e.remember(false)
	e.splice(from, to, nil)
}

func (e *Editor) undo() {
	if len(e.past) == 0 {
		return
	}
	last := e.past[len(e.past)-1]
	e.past = e.past[:len(e.past)-1]
	e.text, e.at, e.typing = last.text, last.at, false
	e.changed()
}

func (e *Editor) move(key string) bool {
	switch key {
	case "left", "ctrl+b":
		e.at = max(e.at-1, 0)
	case "right", "ctrl+f":
		e.at = min(e.at+1, len(e.text))
	case "alt+left", "ctrl+left", "alt+b":
		e.at = e.wordLeft()
	case "alt+right", "ctrl+right", "alt+f":
		e.at = e.wordRight()
	case "home", "ctrl+a":
		e.at = e.lineStart()
	case "end", "ctrl+e":
		e.at = e.lineEnd()
	case "ctrl+home":
		e.at = 0
	case "ctrl+end":
		e.at = len(e.text)
	case "up", "ctrl+p":
		e.vertical(-1)
	case "down", "ctrl+n":
		e.vertical(1)
	case "pgup":
		e.vertical(-10)
	case "pgdown":
		e.vertical(10)
	default:
		return false
	}
	return true
}

// vertical moves by rows of the last picture.
func (e *Editor) vertical(by int) {
	if e.drawn.edits != e.edits || len(e.rows) == 0 {
		return
	}
	i := e.rowOf(e.at)
	if e.goal < 0 {
		e.goal = e.at - e.rows[i].from
	}
	to := min(max(i+by, 0), len(e.rows)-1)
	r := e.rows[to]
	e.at = min(r.from+e.goal, r.to)
}

func (e *Editor) rowOf(at int) int {
	i, found := slices.BinarySearchFunc(e.rows, at, func(r editorRow, at int) int { return r.from - at })
	if !found {
		i--
	}
	return max(i, 0)
}

func (e *Editor) lineStart() int {
	i := e.at
	for i > 0 && e.text[i-1] != '\n' {
		i--
	}
	return i
}

func (e *Editor) lineEnd() int {
	i := e.at
	for i < len(e.text) && e.text[i] != '\n' {
		i++
	}
	return i
}

func (e *Editor) wordLeft() int {
	i := e.at
	for i > 0 && unicode.IsSpace(e.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(e.text[i-1]) {
		i--
	}
	return i
}

func (e *Editor) wordRight() int {
	i := e.at
	for i < len(e.text) && unicode.IsSpace(e.text[i]) {
		i++
	}
	for i < len(e.text) && !unicode.IsSpace(e.text[i]) {
		i++
	}
	return i
}

// View draws the part around the cursor, height lines of width cells, and
// tells where the cursor stands.
func (e *Editor) View(t *theme.Theme, width, height int) ([]string, tea.Position) {
	if width < 2 || height < 1 {
		return nil, tea.Position{}
	}
	e.wrap(t, width)
	row := e.rowOf(e.at)
	e.top = min(max(e.top, row-height+1), row)
	e.top = max(min(e.top, len(e.rows)-height), 0)
	lines := make([]string, 0, height)
	for i := e.top; i < len(e.rows) && len(lines) < height; i++ {
		role := theme.Plain
		if text := e.text[e.rows[i].from:e.rows[i].to]; len(text) > 0 && text[0] == '>' {
			role = theme.Faint
		}
		lines = append(lines, NewLine(t, width).Put(role, e.row(i)).String())
	}
	x := t.Width(string(e.text[e.rows[row].from:e.at]))
	return Fill(lines, width, height), tea.Position{X: min(x, width-1), Y: row - e.top}
}

func (e *Editor) row(i int) safe.Text {
	return safe.Clean(string(e.text[e.rows[i].from:e.rows[i].to]))
}

// wrap breaks the text into rows at blanks, once for each change and width.
// The last cell of a row is kept free for the cursor.
func (e *Editor) wrap(t *theme.Theme, width int) {
	key := editorKey{e.edits, width, t}
	if e.drawn == key {
		return
	}
	e.drawn, e.rows = key, e.rows[:0]
	from := 0
	for i := 0; i <= len(e.text); i++ {
		if i == len(e.text) || e.text[i] == '\n' {
			e.wrapLine(t, from, i, width-1)
			from = i + 1
		}
	}
}

func (e *Editor) wrapLine(t *theme.Theme, from, to, width int) {
	for {
		used, blank, i := 0, -1, from
		for ; i < to; i++ {
			w := t.Width(string(e.text[i]))
			if used+w > width {
				break
			}
			used += w
			if e.text[i] == ' ' {
				blank = i
			}
		}
		if i >= to {
			e.rows = append(e.rows, editorRow{from, to})
			return
		}
		if blank > from {
			i = blank + 1
		}
		i = max(i, from+1)
		e.rows = append(e.rows, editorRow{from, i})
		from = i
	}
}
