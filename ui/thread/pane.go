package thread

import (
	"slices"
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
	// whole shows the middle of a long conversation too.
	whole bool
	// items and people are what the blocks were made from.
	thread desk.Thread
	opened desk.MessageID
	paper  paper
	height int
}

func newPane() pane { return pane{fresh: true} }

// Long conversations show their first entry and the newest ones.
const (
	longFrom   = 12
	keptNewest = 8
)

// show takes what has been read, and keeps for every entry how it was shown.
func (p *pane) show(t desk.Thread, opened desk.MessageID) {
	p.thread, p.opened = t, opened
	p.rebuild()
}

func (p *pane) rebuild() {
	old := map[blockID]*block{}
	for _, b := range p.blocks {
		old[b.key()] = b
	}
	var topKey, currentKey blockID
	if len(p.blocks) > 0 {
		topKey, currentKey = p.blocks[p.top].key(), p.blocks[p.current].key()
	}
	p.blocks = p.make()
	for i, b := range p.blocks {
		if was, ok := old[b.key()]; ok {
			b.folded, b.quoted = was.folded, was.quoted
			if same(was.item, b.item) && was.number == b.number && was.middle == b.middle {
				b.lines, b.drawn = was.lines, was.drawn
			}
		}
		if b.key() == topKey {
			p.top = i
		}
		if b.key() == currentKey {
			p.current = i
		}
	}
	p.top = max(min(p.top, len(p.blocks)-1), 0)
	p.current = max(min(p.current, len(p.blocks)-1), 0)
}

// same reports whether two entries look the same.
func same(a, b desk.Item) bool {
	switch {
	case a.Message != nil && b.Message != nil:
		return a.Message.ID == b.Message.ID && a.Message.State == b.Message.State && a.Message.Raw == b.Message.Raw
	case a.Note != nil && b.Note != nil:
		return a.Note.ID == b.Note.ID
	case a.Event != nil && b.Event != nil:
		return a.Event.Seq == b.Event.Seq
	}
	return false
}

// blockID is what makes an entry the same one after reading again.
type blockID struct {
	id     desk.MessageID
	seq    desk.Seq
	middle bool
}

func (b *block) key() blockID {
	if b.item.Event != nil {
		return blockID{seq: b.item.Event.Seq}
	}
	return blockID{id: b.id, middle: b.middle > 0}
}

// make turns the timeline into blocks, numbered as the messages are.
func (p *pane) make() []*block {
	var list []*block
	number := p.thread.Earlier
	for _, it := range p.thread.Items {
		b := &block{item: it, people: p.thread.People}
		switch {
		case it.Message != nil:
			number++
			b.id, b.number = it.Message.ID, number
			b.isNew = p.opened != 0 && it.Message.ID > p.opened && it.Message.Direction == desk.In
		case it.Note != nil:
			b.id = it.Note.ID
		}
		list = append(list, b)
	}
	if !p.whole && len(list) > longFrom {
		kept := len(list) - keptNewest
		middle := &block{middle: kept - 1 + p.thread.Earlier}
		list = slices.Concat(list[:1], []*block{middle}, list[kept:])
	} else if p.thread.Earlier > 0 && len(list) > 0 {
		list = slices.Concat([]*block{{middle: p.thread.Earlier}}, list)
	}
	return list
}

// view draws the window.
func (p *pane) view(t *theme.Theme, width, height int, now time.Time) []string {
	p.paper, p.height = paper{t: t, width: width, now: now}, height
	if height <= 0 {
		return nil
	}
	if len(p.blocks) == 0 {
		return widget.Fill(nil, width, height)
	}
	if p.fresh {
		p.fresh = false
		p.begin()
	}
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
	if len(p.lines(p.current)) >= p.height {
		p.top, p.line = p.current, 0
		return
	}
	p.toEnd()
	p.clamp()
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

// scroll moves the window and lets the cursor follow into sight.
func (p *pane) scroll(by int) {
	if len(p.blocks) == 0 || p.paper.t == nil {
		return
	}
	p.scrollBy(by)
	p.clamp()
	first, last := p.inSight()
	p.current = min(max(p.current, first), last)
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

// inSight are the first and the last entry whose first line is in the window.
func (p *pane) inSight() (first, last int) {
	first, last = -1, p.top
	y := -p.line
	for i := p.top; i < len(p.blocks) && y < p.height; i++ {
		if y >= 0 {
			if first < 0 {
				first = i
			}
			last = i
		}
		y += len(p.lines(i))
	}
	if first < 0 {
		first = p.top
	}
	return first, last
}

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

// reveal brings the current entry into sight, whole if it fits.
func (p *pane) reveal() {
	if len(p.blocks) == 0 || p.paper.t == nil {
		return
	}
	y := -p.line
	for i := p.top; i < p.current; i++ {
		y += len(p.lines(i))
	}
	n := len(p.lines(p.current))
	switch {
	case p.current < p.top || y < 0 || n >= p.height:
		p.top, p.line = p.current, 0
	case y+n > p.height:
		p.scrollBy(y + n - p.height)
	}
	p.clamp()
}

// fold shows or hides what was quoted in the current entry, or where there is
// nothing of that kind the entry itself.
func (p *pane) fold() {
	b := p.block()
	if b == nil {
		return
	}
	if m := b.item.Message; m != nil && !b.folded && (m.Mail.Quoted != "" || m.Mail.Signature != "") {
		b.quoted = !b.quoted
	} else {
		p.toggle()
	}
	p.reveal()
}

// toggle shows the current entry whole or as a line; on the middle of a long
// conversation it shows that.
func (p *pane) toggle() {
	b := p.block()
	switch {
	case b == nil:
	case b.middle > 0 && !p.whole:
		p.whole = true
		p.rebuild()
	case b.item.Event == nil && b.middle == 0:
		b.folded = !b.folded
	}
	p.reveal()
}

func (p *pane) block() *block {
	if p.current >= len(p.blocks) {
		return nil
	}
	return p.blocks[p.current]
}
