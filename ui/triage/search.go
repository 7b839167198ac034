package triage

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// search is the query line and the way back from it.
type search struct {
	open   bool // the line is in sight
	typing bool // the keys go to it
	field  widget.Field
	at     int // where the cursor stands in the line
	failed string
	lane   shell.Lane[desk.Query]
	number uint64 // of the last change of what is typed
	asked  uint64 // of the query that has been asked for
	view   uint64 // of the query that the view is made from
	landed uint64 // of the query whose rows are in the list
	told   bool   // what is wrong with the query is being told
	prev   *before
}

// pending reports whether the rows in the list are not yet those of the query.
func (s *search) pending() bool { return s.prev != nil && s.landed != s.number }

// before is where the user was when the search began.
type before struct {
	where   where
	win     window
	turning bool
}

// paused is the fact that nothing has been typed for a moment.
type paused struct{ number uint64 }

// typingPause is how long a query rests before it is asked. Fast typing asks
// once, and a single letter is answered at once as far as the eye can tell.
const typingPause = 40 * time.Millisecond

// beginSearch opens the query line. Where one is open, it goes on with it.
func (s *Screen) beginSearch(action.Target) tea.Cmd {
	if s.search.prev == nil {
		s.search.prev = &before{s.where, s.win.clone(), s.turning}
		s.search.field.Set("")
		s.search.view, s.search.landed = s.search.number, s.search.number
	}
	s.search.open, s.search.typing = true, true
	s.focus = onList
	s.arrange()
	return nil
}

// Typing reports whether the keys go to the query line.
func (s *Screen) Typing() bool { return s.search.typing }

// Type takes a key for the query line.
func (s *Screen) Type(msg tea.KeyPressMsg) tea.Cmd {
	was := s.search.field.Value()
	s.search.field.Press(msg)
	if s.search.field.Value() == was {
		return nil
	}
	return s.typed()
}

// toResults gives the keys back to the list. Nothing can be done with its rows
// until they are those of the query, which is asked at once.
func (s *Screen) toResults(action.Target) tea.Cmd {
	if s.search.field.Value() == "" {
		return s.endSearch()
	}
	if !s.search.pending() {
		s.search.typing = s.search.failed != ""
		return nil
	}
	s.search.typing, s.turning = false, true
	if s.search.asked == s.search.number {
		return nil // its answer is on the way
	}
	s.search.number++
	return s.lookUp()
}

// Paste types a text into the query line.
func (s *Screen) Paste(text string) tea.Cmd {
	s.search.field.Insert(text)
	return s.typed()
}

func (s *Screen) typed() tea.Cmd {
	s.search.number++
	return s.sh.After(typingPause, paused{s.search.number})
}

// paused reads the query and asks the desk what its words name. What cannot be
// read is told above the footer; the result before it stays.
func (s *Screen) paused(p paused) tea.Cmd {
	if p.number != s.search.number || s.search.prev == nil {
		return nil
	}
	return s.lookUp()
}

func (s *Screen) lookUp() tea.Cmd {
	s.search.asked = s.search.number
	q, err := desk.ParseQuery(s.search.field.Value())
	if err != nil {
		return s.unreadable(err)
	}
	s.search.readable(s.sh)
	d := s.sh.Desk
	return s.search.lane.Ask(s.sh.Context(), func(ctx context.Context) (desk.Query, error) { return d.Resolve(ctx, q) })
}

// resolved shows what the query finds. It keeps the former rows until the new
// ones are there, so that typing does not flicker.
func (s *Screen) resolved(msg tea.Msg) tea.Cmd {
	q, err, ok := s.search.lane.Take(msg)
	if !ok || s.search.prev == nil {
		return nil
	}
	if err != nil {
		return s.unreadable(err)
	}
	s.search.view = s.search.asked
	if q.IsEmpty() {
		s.where = s.search.prev.where
	} else {
		v := desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q}
		s.where = where{key: "search", name: safe.Const("Search"), view: v}
	}
	s.chosen, s.mark, s.held = selection{}, desk.Cursor{}, desk.Cursor{}
	return s.ask(s.question(toTop))
}

// unreadable says what is wrong with the query, and gives the keys to it.
func (s *Screen) unreadable(err error) tea.Cmd {
	text := shell.Sentence(err)
	if text.IsEmpty() {
		return nil
	}
	s.search.failed, s.search.told = text.String(), true
	s.search.typing, s.turning = true, false
	s.search.landed = s.search.number
	s.focus = onList
	return s.sh.Say(shell.Toast{Text: text, Role: theme.Bad})
}

// readable takes back what was said about the query before.
func (s *search) readable(sh *shell.Shell) {
	if s.told {
		sh.Hush()
	}
	s.failed, s.told = "", false
}

// endSearch goes back to where the search began.
func (s *Screen) endSearch() tea.Cmd {
	p := s.search.prev
	if p == nil {
		return nil
	}
	s.search.readable(s.sh)
	s.search.leave()
	height := s.win.height
	s.where, s.win, s.turning = p.where, p.win, p.turning
	s.win.height = height
	s.chosen, s.mark, s.held = selection{}, desk.Cursor{}, desk.Cursor{}
	s.arrange()
	s.win.scroll()
	s.lane.Drop()
	return tea.Batch(s.read(keep), s.preview.follow(s.win.current()))
}

// leave closes the line without a way back.
func (s *search) leave() {
	number := s.number + 1
	s.lane.Drop()
	*s = search{number: number, lane: s.lane}
}

// line draws the query.
func (s *search) line(t *theme.Theme, width int) string {
	l := widget.NewLine(t, width).Space(1).Put(theme.Accent, safe.Const("/")).Space(1)
	used := width - l.Left()
	room := l.Left() - 1
	s.at = used + s.field.Draw(l, t, room)
	if s.field.Value() == "" && l.Left() >= 0 {
		return s.hint(t, width)
	}
	return l.String()
}

// hint shows an empty query what it can say.
func (s *search) hint(t *theme.Theme, width int) string {
	l := widget.NewLine(t, width).Space(1).Put(theme.Accent, safe.Const("/")).Space(2)
	return l.Put(theme.Faint, safe.Const("words, from:ann, is:unassigned, subject:\"late invoice\", #12")).String()
}
