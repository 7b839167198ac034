package triage

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/widget"
)

// focus is the pane the keys go to.
type focus uint8

const (
	onList focus = iota
	onSidebar
	onPreview
)

// Screen is the queue with what belongs beside it.
type Screen struct {
	sh      *shell.Shell
	wanted  string // the inbox to open first
	where   where
	win     window
	lane    shell.Lane[found]
	stale   bool
	order   map[ordered]desk.Sort // chosen in this session
	used    uint32                // the columns that rows of this view have had something for
	turning bool                  // another view is on its way; its rows are not there yet
	asking  goal                  // what the question under way is about
	owed    int                   // moves beyond the rows in memory, for the next rows
	steps   int                   // moves made while a jump was under way, for its end
	held    desk.Cursor           // the place of the row that is held, with its id
	chosen  selection
	mark    desk.Cursor // where a range begins
	ranges  shell.Lane[[]desk.ConversationID]
	sidebar sidebar
	preview preview
	search  search
	focus   focus
	drawer  *bool // the user's wish for the sidebar
	areas   shell.Areas
	size    shell.Size
	cache   widget.RowCache
	panes   panes
	// back are rows that actions took away, for an undo.
	back map[desk.ConversationID]desk.Row
}

// New makes the screen. It opens the inbox with the given name, or all.
func New(sh *shell.Shell, inbox string) *Screen {
	s := &Screen{sh: sh, wanted: inbox, where: allOpen()}
	s.preview.sh = sh
	return s
}

// Update hears what concerns the queue.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Opened:
		return s.read(toTop)
	case shell.Resized:
		return s.resized(msg.Size)
	case shell.Resumed:
		// What has been opened has been read, which rings no bell.
		return tea.Batch(s.read(keep), s.preview.again(s.win.current()))
	case shell.Changed:
		return s.changed(msg.Changed)
	case shell.StateRead:
		return s.stateRead()
	case shell.Began:
		return s.began(msg.On)
	case shell.Leaving:
		return s.leaving(msg)
	case shell.Returned:
		return s.returned(msg.On)
	case shell.Answer[found]:
		return s.arrived(msg)
	case shell.Answer[[]desk.ConversationID]:
		return s.rangeRead(msg)
	case shell.Answer[desk.Query]:
		return s.resolved(msg)
	case shell.Answer[desk.Thread]:
		return s.preview.arrived(msg)
	case rested:
		return s.preview.rested(msg)
	case paused:
		return s.paused(msg)
	}
	return nil
}

func (s *Screen) resized(size shell.Size) tea.Cmd {
	s.size = size
	s.arrange()
	if !s.win.loaded {
		return s.read(toTop)
	}
	s.win.scroll()
	return s.more()
}

// arrange divides the screen among the panes.
func (s *Screen) arrange() {
	s.areas = shell.Layout(s.size, shell.Wish{Sidebar: s.drawer, Preview: true})
	s.win.height = max(s.areas.List.H-s.listHead()-s.listFoot(), 0)
	if s.areas.Sidebar.Empty() && s.focus == onSidebar || s.areas.Preview.Empty() && s.focus == onPreview {
		s.focus = onList
	}
	if s.areas.List.Empty() && !s.areas.Sidebar.Empty() {
		s.focus = onSidebar
	}
}

// changed reads the list again if it could look different now. Counts come
// with the state that the root reads.
func (s *Screen) changed(c desk.Changed) tea.Cmd {
	if !c.Touches(s.where.view.Inbox) {
		return nil
	}
	return tea.Batch(s.read(keep), s.preview.again(s.win.current()))
}

func (s *Screen) stateRead() tea.Cmd {
	s.sidebar.fill(s.sh.State, s.where)
	if s.wanted == "" {
		return nil
	}
	for _, in := range s.sh.State.Inboxes {
		if desk.FoldName(in.Name) == desk.FoldName(s.wanted) && in.Member {
			s.wanted = ""
			return s.show(inboxOpen(in))
		}
	}
	return nil
}

// began lets go of the selection: the action has it now.
func (s *Screen) began(on action.Target) tea.Cmd {
	if s.back == nil || len(s.back) > mostChosen {
		s.back = map[desk.ConversationID]desk.Row{}
	}
	for _, id := range on {
		if i := s.win.index(id); i >= 0 {
			s.back[id] = s.win.rows[i]
		}
	}
	s.win.loosen(on)
	if s.chosen.count() > 0 && slices.Equal(s.chosen.ids, on) {
		s.chosen, s.mark = selection{}, desk.Cursor{}
	}
	return nil
}

func (s *Screen) leaving(l shell.Leaving) tea.Cmd {
	s.win.leave(l.On, l.Stay)
	return tea.Batch(s.preview.follow(s.win.current()), s.more())
}

// returned shows conversations that are back where they were, with the cursor
// on the first of them if its place is known.
func (s *Screen) returned(on action.Target) tea.Cmd {
	s.win.restore(on)
	var first *desk.Row
	for _, id := range on {
		if r, ok := s.back[id]; ok {
			delete(s.back, id)
			if first == nil || s.above(r, *first) {
				first = &r
			}
		}
	}
	if first == nil {
		return s.read(keep)
	}
	return s.readAt(*first)
}

// above reports whether a row stands above another in the view.
func (s *Screen) above(a, b desk.Row) bool {
	x, y := a.Cursor(s.where.view.Sort).Key, b.Cursor(s.where.view.Sort).Key
	return x != y && (s.where.view.Sort == desk.ByNewest) == (x > y)
}

// show opens another view from its top.
func (s *Screen) show(w where) tea.Cmd {
	s.where, s.back = w, nil
	s.chosen, s.mark, s.held = selection{}, desk.Cursor{}, desk.Cursor{}
	// The former rows stay in sight until the new ones are there, so that
	// nothing flickers; nothing can be done with them any more.
	s.turning = true
	s.win.crest, s.win.more, s.win.gone = nil, 0, 0
	s.win.fresh, s.win.hidden, s.win.loose = nil, nil, nil
	s.sidebar.mark(w)
	s.sh.Hush()
	return s.ask(s.question(toTop))
}

// Place says what the keys act on: the selection, or else the row under the
// cursor.
func (s *Screen) Place() shell.Place {
	p := shell.Place{Title: safe.Const("postroom"), Scope: s.scope(), On: s.targets(), Chosen: s.chosen.count()}
	if cur := s.win.current(); cur != nil && !s.turning {
		p.At = cur.ID
	}
	if n := s.chosen.count(); n > 0 {
		p.Note = safe.Sprintf("%s selected", safe.Int(n))
	}
	in, _ := s.sh.State.Inbox(s.where.view.Inbox)
	promise := safe.Line(in.Promise)
	if s.size.W < 100 {
		p.Title = safe.Join("  ", s.where.name, s.tally())
		p.Aside = promise
	} else if !promise.IsEmpty() {
		p.Aside = safe.Sprintf("%s: %s", safe.Line(in.Name), promise)
	}
	return p
}

func (s *Screen) scope() action.Scope {
	if s.search.typing {
		return action.Query
	}
	switch s.focus {
	case onSidebar:
		return action.Sidebar
	case onPreview:
		return action.Preview
	default:
		return action.List
	}
}

func (s *Screen) targets() action.Target {
	if s.turning {
		return nil // what is selected is not in the view that is coming
	}
	if s.chosen.count() > 0 {
		return s.chosen.ids
	}
	if cur := s.win.current(); cur != nil {
		return action.Target{cur.ID}
	}
	return nil
}

// Inbox is the name of the inbox in front, empty when it is several.
func (s *Screen) Inbox() string {
	in, _ := s.sh.State.Inbox(s.where.view.Inbox)
	return in.Name
}

// Neighbour is the conversation so many rows below the given one.
func (s *Screen) Neighbour(id desk.ConversationID, by int) (desk.ConversationID, bool) {
	i := s.win.index(id)
	if i < 0 || i+by < 0 || i+by >= len(s.win.rows) {
		return 0, false
	}
	return s.win.rows[i+by].ID, true
}

// Known is a conversation among the rows in memory.
func (s *Screen) Known(id desk.ConversationID) *desk.Row {
	if cur := s.win.current(); cur != nil && cur.ID == id {
		return cur
	}
	if i := s.win.index(id); i >= 0 {
		return &s.win.rows[i]
	}
	return nil
}

// tally says how many the view has: "7 of 19" where the view is a part of a
// list with a count of its own.
func (s *Screen) tally() safe.Text {
	if s.where.count == nil {
		if !s.win.loaded || s.win.above || s.win.below {
			return safe.Text{}
		}
		return safe.Sprintf("%s found", safe.Int(len(s.win.rows)))
	}
	if !s.sh.State.Known {
		return safe.Text{}
	}
	n, of := s.where.count(s.sh.State)
	if of < 0 {
		return safe.Int(n)
	}
	return safe.Sprintf("%s of %s", safe.Int(n), safe.Int(of))
}

// Back takes one step back: the selection, the search, the drawer, the pane.
func (s *Screen) Back() (tea.Cmd, bool) {
	switch {
	case s.search.typing:
		return s.endSearch(), true
	case s.chosen.count() > 0:
		s.chosen, s.mark = selection{}, desk.Cursor{}
	case s.search.prev != nil:
		return s.endSearch(), true
	case s.focus != onList && !s.areas.List.Empty():
		s.focus = onList
	case s.drawer != nil && *s.drawer && s.size.W < 120:
		s.drawer = nil
		s.arrange()
		s.focus = onList
	default:
		return nil, false
	}
	return nil, true
}
