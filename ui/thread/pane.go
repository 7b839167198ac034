package thread

import (
	"time"

	"postroom/desk"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// pane is the scrolling part: the entries, which of them the keys act on, and
// which line stands at the top.
type pane struct {
	blocks  []*block
	current int
	// top is the entry whose line number line stands at the top of the pane.
	top, line int
	// fresh asks for a place to begin at with the next picture.
	fresh bool
	// whole shows the middle of a long conversation too; foldTo is where that
	// ends.
	whole  bool
	foldTo desk.MessageID
	// thread and since are what the blocks were made from.
	thread desk.Thread
	since  seen
	paper  paper
	height int
}

func newPane() pane { return pane{fresh: true} }

// view draws the window.
func (p *pane) view(t *theme.Theme, width, height int, now time.Time) []string {
	resized := p.paper.width != width || p.height != height
	p.paper, p.height = paper{t: t, width: width, now: now}, height
	if height <= 0 {
		return nil
	}
	if len(p.blocks) == 0 {
		return widget.Fill(nil, width, height)
	}
	switch {
	case p.fresh:
		p.begin()
	case resized:
		p.keepInSight()
	}
	p.fresh = false
	p.clamp()
	lines := make([]string, 0, height)
	for i, skip := p.top, p.line; i < len(p.blocks) && len(lines) < height; i++ {
		ls := p.lines(i)
		lines = append(lines, ls[min(skip, len(ls)):]...)
		skip = 0
	}
	return widget.Fill(lines, width, height)
}

func (p *pane) lines(i int) []string { return p.blocks[i].render(p.paper, i == p.current) }

// begin puts the newest mail in sight: its end, or where it does not fit its
// beginning.
func (p *pane) begin() {
	p.current = len(p.blocks) - 1
	for i := len(p.blocks) - 1; i >= 0; i-- {
		if p.blocks[i].item.Message != nil {
			p.current = i
			break
		}
	}
	p.toEnd()
	p.clamp()
	p.reveal()
}

// toEnd scrolls to the end.
func (p *pane) toEnd() {
	if len(p.blocks) > 0 {
		p.top, p.line = len(p.blocks)-1, 1<<20
	}
}

// clamp keeps the window inside the conversation: no empty screen below its
// end, none above its beginning.
func (p *pane) clamp() {
	p.top = max(min(p.top, len(p.blocks)-1), 0)
	p.line = max(min(p.line, len(p.lines(p.top))-1), 0)
	below := -p.line
	for i := p.top; i < len(p.blocks) && below < p.height; i++ {
		below += len(p.lines(i))
	}
	p.scrollBy(min(below-p.height, 0))
}

// ready reports whether there is a picture that could be moved.
func (p *pane) ready() bool { return len(p.blocks) > 0 && p.paper.t != nil && p.height > 0 }

// scroll moves the window and lets the cursor follow into sight.
func (p *pane) scroll(by int) {
	if !p.ready() {
		return
	}
	p.scrollBy(by)
	p.clamp()
	p.follow()
}

// ends goes to the beginning or the end of the conversation.
func (p *pane) ends(by int) {
	if !p.ready() {
		return
	}
	i := 0
	p.top, p.line = 0, 0
	if by > 0 {
		i = len(p.blocks) - 1
		p.toEnd()
	}
	for i > 0 && i < len(p.blocks)-1 && p.blocks[i].item.Event != nil {
		i -= by
	}
	p.current = i
	p.clamp()
	p.follow()
}

func (p *pane) scrollBy(by int) {
	p.line += by
	for p.line < 0 && p.top > 0 {
		p.top--
		p.line += len(p.lines(p.top))
	}
	p.line = max(p.line, 0)
	for p.top < len(p.blocks)-1 && p.line >= len(p.lines(p.top)) {
		p.line -= len(p.lines(p.top))
		p.top++
	}
}

// follow moves the cursor to the nearest entry in sight that keys can act on.
// If none begins in the window, it is the one that fills it.
func (p *pane) follow() {
	best := -1
	y := -p.line
	for i := p.top; i < len(p.blocks) && y < p.height; i++ {
		if y >= 0 && p.blocks[i].item.Event == nil && (best < 0 || away(i, p.current) < away(best, p.current)) {
			best = i
		}
		y += len(p.lines(i))
	}
	if best < 0 && p.blocks[p.top].item.Event == nil {
		best = p.top
	}
	if best >= 0 {
		p.current = best
	}
}

func away(a, b int) int { return max(a-b, b-a) }

// step moves to the next or previous entry that is no event, and brings its
// beginning into sight.
func (p *pane) step(by int) {
	for i := p.current + by; i >= 0 && i < len(p.blocks); i += by {
		if p.blocks[i].item.Event == nil {
			p.current = i
			break
		}
	}
	p.reveal()
}

// reveal brings the current entry into sight, whole if it fits, else its
// beginning.
func (p *pane) reveal() {
	if !p.ready() {
		return
	}
	p.top = max(min(p.top, len(p.blocks)-1), 0)
	p.current = max(min(p.current, len(p.blocks)-1), 0)
	y := -p.line
	for i := p.top; i < p.current; i++ {
		y += len(p.lines(i))
	}
	n := len(p.lines(p.current)) - 1 // without the blank line below it
	switch {
	case p.current < p.top || y < 0 || n >= p.height:
		p.top, p.line = p.current, 0
	case y+n > p.height:
		p.scrollBy(y + n - p.height)
	}
	p.clamp()
}

// keepInSight is for a window that has another size now, be it that a text is
// begun below it: what the keys act on is still seen. An entry that fills the
// window stays at the line that was read.
func (p *pane) keepInSight() {
	p.clamp()
	n := len(p.lines(min(p.current, len(p.blocks)-1)))
	if n > p.height && (p.current == p.top || p.current == p.top+1) {
		return
	}
	p.reveal()
}

// fold shows or hides what was quoted in the current entry, or where there is
// nothing of that kind the entry itself. It reports whether entries are wanted
// that have not been read.
func (p *pane) fold() (more bool) {
	b := p.block()
	if b == nil || b.item.Message == nil || b.folded || !b.hides() {
		return p.toggle()
	}
	b.quoted = !b.quoted
	p.reveal()
	return false
}

// toggle shows the current entry whole or as a line; on the middle of a long
// conversation it shows that, and reports whether it has to be read first.
func (p *pane) toggle() (more bool) {
	b := p.block()
	switch {
	case b == nil:
		return false
	case b.middle > 0:
		more = p.thread.Earlier > 0
		if !p.whole {
			p.whole = true
			p.rebuild()
			p.current = min(p.current+1, len(p.blocks)-1)
		}
		// Otherwise what comes takes the place of this entry: it has no name
		// that would keep the cursor on it.
	case b.item.Event == nil:
		b.folded = !b.folded
	}
	p.reveal()
	return more
}

func (p *pane) block() *block {
	if p.current >= len(p.blocks) {
		return nil
	}
	return p.blocks[p.current]
}
