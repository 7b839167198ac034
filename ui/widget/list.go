package widget

import (
	"postroom/ui/theme"
)

// RowKey is all that the picture of a row depends on. Two rows with the same
// key look the same, so a row is drawn once and shown as often as it is asked
// for.
type RowKey struct {
	ID      int64
	Version int64
	Width   int
	Look    uint32 // selected, unread, under the cursor, …: the caller's bits
	Theme   *theme.Theme
	// Minute dates what a row says about the time that has passed.
	Minute int64
}

// RowCache remembers the pictures of rows. It holds two generations: what is
// asked for moves to the young one, and what nobody has asked for while a
// generation filled up is forgotten. So it stays small without a list of uses.
type RowCache struct {
	young, old map[RowKey]string
}

// rowCacheSize is one generation: some screens full of rows.
const rowCacheSize = 512

// Row gives the picture of a row, drawn with draw unless it is remembered.
func (c *RowCache) Row(k RowKey, draw func() string) string {
	if s, ok := c.young[k]; ok {
		return s
	}
	s, ok := c.old[k]
	if !ok {
		s = draw()
	}
	if c.young == nil || len(c.young) >= rowCacheSize {
		c.old, c.young = c.young, make(map[RowKey]string, rowCacheSize)
	}
	c.young[k] = s
	return s
}

// Scroll is how a cursor moves through a window of height lines over count
// rows: the least change of top after which the cursor is visible with a
// margin of rows around it, so that one always sees where the way leads.
func Scroll(top, cursor, height, count int) int {
	if height <= 0 || count <= height {
		return 0
	}
	margin := min(2, (height-1)/2)
	if cursor < top+margin {
		top = cursor - margin
	}
	if cursor > top+height-1-margin {
		top = cursor - height + 1 + margin
	}
	return min(max(top, 0), count-height)
}
