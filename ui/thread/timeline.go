package thread

import (
	"slices"

	"postroom/desk"
)

// Long conversations show their first entry and the newest ones.
const (
	longFrom   = 12
	keptNewest = 8
)

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

// seen tells what is new to the reader: letters behind the one, and what
// colleagues wrote behind the other.
type seen struct {
	letter, entry desk.MessageID
	me            desk.UserID
}

func (s seen) before(it desk.Item) bool {
	switch {
	case it.Message != nil && it.Message.Direction == desk.In:
		return s.letter != 0 && it.Message.ID > s.letter
	case it.Message != nil:
		return s.entry != 0 && it.Message.ID > s.entry && it.Message.Author != s.me
	case it.Note != nil:
		return s.entry != 0 && it.Note.ID > s.entry && it.Note.Author != s.me
	}
	return false
}

// show takes what has been read, and keeps for every entry how it was shown.
func (p *pane) show(t desk.Thread, since seen) {
	if p.blocks == nil && !p.whole {
		p.foldTo = foldTo(t.Items)
	}
	p.thread, p.since = t, since
	p.rebuild()
}

// foldTo is the last entry that a long conversation folds away. It is decided
// once: were it counted from the end each time, mail that comes in would fold
// away what is being read.
func foldTo(items []desk.Item) desk.MessageID {
	var ids []desk.MessageID
	for _, it := range items {
		switch {
		case it.Message != nil:
			ids = append(ids, it.Message.ID)
		case it.Note != nil:
			ids = append(ids, it.Note.ID)
		}
	}
	if len(ids) <= longFrom {
		return 0
	}
	return ids[len(ids)-keptNewest-1]
}

// rebuild makes the entries anew. The one at the top of the window and the
// current one stay, or else the one above them that is still there.
func (p *pane) rebuild() {
	old := p.blocks
	p.blocks = p.make()
	at := make(map[blockID]int, len(p.blocks))
	for i, b := range p.blocks {
		at[b.key()] = i
	}
	for _, was := range old {
		if i, ok := at[was.key()]; ok {
			p.blocks[i].take(was)
		}
	}
	top := survivor(old, at, p.top)
	if len(old) > 0 && !has(old, at, p.top) {
		p.line = 1 << 20 // the end of what stood above it
	}
	p.top, p.current = top, survivor(old, at, p.current)
	if len(p.blocks) == 0 {
		p.top, p.current = 0, 0
	}
}

func has(old []*block, at map[blockID]int, i int) bool {
	if i >= len(old) {
		return false
	}
	_, ok := at[old[i].key()]
	return ok
}

// survivor is where the entry that stood at i is now, or the nearest one above
// that is still there.
func survivor(old []*block, at map[blockID]int, i int) int {
	for ; i >= 0; i-- {
		if i < len(old) {
			if now, ok := at[old[i].key()]; ok {
				return now
			}
		}
	}
	return 0
}

// take keeps how the same entry was shown before.
func (b *block) take(was *block) {
	b.folded, b.quoted = was.folded, was.quoted
	if same(was.item, b.item) && was.number == b.number && was.middle == b.middle && was.tight == b.tight {
		b.body, b.bodyKey, b.lines, b.drawn = was.body, was.bodyKey, was.lines, was.drawn
	}
}

// same reports whether two entries look the same.
func same(a, b desk.Item) bool {
	switch {
	case a.Message != nil && b.Message != nil:
		return a.Message.ID == b.Message.ID && a.Message.State == b.Message.State && a.Message.Raw == b.Message.Raw
	case a.Note != nil && b.Note != nil:
		return a.Note.ID == b.Note.ID
	case a.Event != nil && b.Event != nil:
		return a.Event.Seq == b.Event.Seq && a.Event.Undone == b.Event.Undone
	}
	return false
}

// make turns the timeline into blocks, messages and notes with their numbers,
// and puts one block in place of what is folded away.
func (p *pane) make() []*block {
	items := p.thread.Items
	list := make([]*block, 0, len(items)+1)
	number := p.thread.Earlier
	for i, it := range items {
		b := &block{item: it, people: p.thread.People, teams: p.thread.Teams, isNew: p.since.before(it)}
		b.tight = it.Event != nil && i+1 < len(items) && items[i+1].Event != nil
		switch {
		case it.Message != nil:
			number++
			b.id, b.number = it.Message.ID, number
		case it.Note != nil:
			number++
			b.id, b.number = it.Note.ID, number
		}
		list = append(list, b)
	}
	earlier := p.thread.Earlier
	last := slices.IndexFunc(list, func(b *block) bool { return b.id != 0 && b.id == p.foldTo })
	if p.whole || last < 0 {
		if earlier > 0 {
			list = slices.Concat([]*block{{middle: earlier}}, list)
		}
		return list
	}
	first := 0
	if earlier == 0 {
		first = slices.IndexFunc(list, func(b *block) bool { return b.id != 0 }) + 1
	}
	for _, b := range list[first : last+1] {
		if b.id != 0 {
			earlier++
		}
	}
	return slices.Concat(list[:first], []*block{{middle: earlier}}, list[last+1:])
}
