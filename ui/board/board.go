package board

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
)

// Depth is how many tickets of a stage are read.
const Depth = 50

// Screen is the board of one inbox.
type Screen struct {
	sh     *shell.Shell
	inbox  desk.InboxID
	lane   shell.Lane[desk.Board]
	stale  bool
	loaded bool
	b      desk.Board
	// col and line are where the cursor is, lines where it was in each column.
	col, line int
	lines     map[desk.StageID]int
	// gone is the ticket under the cursor when it is on the board no more.
	gone desk.ConversationID
	left int // the first column in sight
	size shell.Size
}

// New makes the board of an inbox.
func New(sh *shell.Shell, inbox desk.InboxID) shell.Screen {
	return &Screen{sh: sh, inbox: inbox, lines: map[desk.StageID]int{}}
}

// Update hears what concerns the board.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Opened:
		s.size = msg.Size
		return s.read()
	case shell.Resized:
		s.size = msg.Size
	case shell.Resumed, shell.Returned:
		return s.read()
	case shell.Changed:
		if msg.Touches(s.inbox) {
			return s.read()
		}
	case shell.Answer[desk.Board]:
		return s.arrived(msg)
	}
	return nil
}

// read asks for the board. While an answer is under way the next question
// waits for it.
func (s *Screen) read() tea.Cmd {
	if s.lane.Busy() {
		s.stale = true
		return nil
	}
	s.stale = false
	d, inbox := s.sh.Desk, s.inbox
	return s.lane.Ask(s.sh.Context(), func(ctx context.Context) (desk.Board, error) { return d.Board(ctx, inbox, Depth) })
}

func (s *Screen) arrived(msg tea.Msg) tea.Cmd {
	b, err, ok := s.lane.Take(msg)
	if !ok {
		return nil
	}
	var again tea.Cmd
	if s.stale {
		again = s.read()
	}
	if err != nil {
		return tea.Batch(s.sh.Missed(err), again)
	}
	s.take(b)
	return again
}

// take shows a board with the cursor on the ticket on which it was.
func (s *Screen) take(b desk.Board) {
	was := s.current()
	stage := s.stage()
	first := !s.loaded
	s.b, s.loaded, s.gone = b, true, 0
	if first {
		s.begin()
		return
	}
	if was == nil {
		s.to(s.indexOf(stage), s.line)
		return
	}
	for col, c := range b.Columns {
		if line := slices.IndexFunc(c.Rows, func(r desk.Row) bool { return r.ID == was.ID }); line >= 0 {
			s.to(col, line)
			return
		}
	}
	s.hold(*was, stage)
}

// hold keeps a ticket that has left the board where it was.
func (s *Screen) hold(was desk.Row, stage desk.StageID) {
	if len(s.b.Columns) == 0 {
		return
	}
	col := s.indexOf(stage)
	rows := s.b.Columns[col].Rows
	line := min(s.line, len(rows))
	s.b.Columns[col].Rows = slices.Insert(slices.Clone(rows), line, was)
	s.gone = was.ID
	s.col, s.line = col, line
}

// begin puts the cursor on the first ticket there is.
func (s *Screen) begin() {
	for col, c := range s.b.Columns {
		if len(c.Rows) > 0 {
			s.to(col, 0)
			return
		}
	}
	s.to(0, 0)
}

func (s *Screen) indexOf(stage desk.StageID) int {
	return max(slices.IndexFunc(s.b.Columns, func(c desk.BoardColumn) bool { return c.Stage.ID == stage }), 0)
}

// stage is the one of the column with the cursor; 0 while there is none.
func (s *Screen) stage() desk.StageID {
	if s.col < len(s.b.Columns) {
		return s.b.Columns[s.col].Stage.ID
	}
	return 0
}

// current is the ticket under the cursor; nil in an empty column.
func (s *Screen) current() *desk.Row {
	if s.col >= len(s.b.Columns) || s.line >= len(s.b.Columns[s.col].Rows) {
		return nil
	}
	return &s.b.Columns[s.col].Rows[s.line]
}

// to puts the cursor somewhere and lets go of a ticket that was held.
func (s *Screen) to(col, line int) {
	if len(s.b.Columns) == 0 {
		return
	}
	if s.gone != 0 {
		held := &s.b.Columns[s.col]
		at := s.line
		held.Rows = slices.DeleteFunc(held.Rows, func(r desk.Row) bool { return r.ID == s.gone })
		if col == s.col && line > at {
			line--
		}
		s.gone = 0
	}
	s.col = min(max(col, 0), len(s.b.Columns)-1)
	s.line = min(max(line, 0), max(len(s.b.Columns[s.col].Rows)-1, 0))
	s.lines[s.stage()] = s.line
}

// Place says what the keys act on: the ticket under the cursor.
func (s *Screen) Place() shell.Place {
	p := shell.Place{Title: safe.Join("  ", safe.Sprintf("%s · board", safe.Line(s.b.Inbox.Name)), s.tally()), Scope: action.Board}
	if r := s.current(); r != nil {
		p.On, p.At = action.Target{r.ID}, r.ID
	}
	return p
}

// tally is how many tickets there are in open stages.
func (s *Screen) tally() safe.Text {
	if !s.loaded {
		return safe.Text{}
	}
	n := 0
	for _, c := range s.b.Columns {
		if !c.Stage.Closed {
			n += c.Total
		}
	}
	return safe.Sprintf("%s open", safe.Int(n))
}

// Inbox is the name of the inbox of which this is the board.
func (s *Screen) Inbox() string { return s.b.Inbox.Name }

// Known is a ticket of the board.
func (s *Screen) Known(id desk.ConversationID) *desk.Row {
	for _, c := range s.b.Columns {
		for i := range c.Rows {
			if c.Rows[i].ID == id {
				return &c.Rows[i]
			}
		}
	}
	return nil
}

// Actions are the ways about the board. What is done with a ticket is declared
// for all places at once.
func (s *Screen) Actions() []action.Action {
	at := action.Board
	by := func(col, line int) func(action.Target) tea.Cmd {
		return func(action.Target) tea.Cmd { return s.move(col, line) }
	}
	return []action.Action{
		{ID: "board.down", Title: "Down", Scope: at, Keys: []string{"j", "down"}, Footer: "move", FooterKey: "hjkl", Weight: 9, Moves: true, Run: by(0, 1)},
		{ID: "board.up", Title: "Up", Scope: at, Keys: []string{"k", "up"}, Moves: true, Run: by(0, -1)},
		{ID: "board.left", Title: "Column to the left", Scope: at, Keys: []string{"h", "left", "shift+tab"}, Moves: true, Run: by(-1, 0)},
		{ID: "board.right", Title: "Column to the right", Scope: at, Keys: []string{"l", "right", "tab"}, Moves: true, Run: by(1, 0)},
		{ID: "board.halfdown", Title: "Half a page down", Scope: at, Keys: []string{"ctrl+d", "pgdown"}, Moves: true, Run: func(action.Target) tea.Cmd { return s.move(0, s.fits()/2) }},
		{ID: "board.halfup", Title: "Half a page up", Scope: at, Keys: []string{"ctrl+u", "pgup"}, Moves: true, Run: func(action.Target) tea.Cmd { return s.move(0, -s.fits()/2) }},
		{ID: "board.first", Title: "To the top", Scope: at, Keys: []string{"g g", "home"}, Moves: true, Run: by(0, -Depth)},
		{ID: "board.last", Title: "To the end", Scope: at, Keys: []string{"G", "end"}, Moves: true, Run: by(0, Depth)},
	}
}

// move moves the cursor by columns, where it goes to the line on which it was,
// or by lines.
func (s *Screen) move(col, line int) tea.Cmd {
	s.sh.Hush()
	to := s.col + col
	if col == 0 || to < 0 || to >= len(s.b.Columns) {
		s.to(s.col, s.line+line)
		return nil
	}
	s.to(to, s.lines[s.b.Columns[to].Stage.ID])
	return nil
}
