package safe

import (
	"strconv"
	"unicode"
)

// class is what the policy says about a rune.
type class uint8

const (
	foreign  class = iota // out, shown as U+FFFD
	graphic               // shows a picture in cells of its own
	emoji                 // graphic, and may be joined or dressed
	flag                  // a regional indicator, half of a flag
	mark                  // combines with the rune before it
	blank                 // a blank of any kind
	tab                   // U+0009
	newline               // line feed or a separator of lines
	carriage              // CR, alone or before a line feed
	hidden                // dropped
	disguise              // dropped, but shown in a file name
	joiner                // U+200D
	selector              // text or emoji presentation
	tone                  // skin tone
)

// classOf returns the class of a decoded rune. The replacement for a byte
// that is no UTF-8 is not a rune and never gets here.
func classOf(r rune) class {
	switch {
	case r < 0x20:
		switch r {
		case '\n':
			return newline
		case '\r':
			return carriage
		case '\t':
			return tab
		}
		return foreign
	case r == ' ', r == 0xA0:
		return blank
	case r < 0x7F:
		return graphic
	case r < 0xA0:
		return foreign
	case r == 0xAD:
		return hidden
	case r == 0xA9, r == 0xAE:
		return emoji
	case r < 0x300,
		r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA,
		r >= 0x4E00 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		return graphic // fully assigned; the shortcut spares most mail the tables
	case r <= 0xFFFF && unicode.Is(specialLow, r), r > 0xFFFF && unicode.Is(specialHigh, r):
		return classOfSpecial(r)
	case unicode.Is(unicode.M, r):
		return mark
	case unicode.Is(pictures, r) && strconv.IsPrint(r):
		return emoji
	case strconv.IsPrint(r):
		return graphic
	}
	return foreign
}

// classOfSpecial sorts the runes of specialLow and specialHigh.
func classOfSpecial(r rune) class {
	switch {
	case r == 0x2028, r == 0x2029:
		return newline
	case r == 0x200D:
		return joiner
	case r == 0xFE0E, r == 0xFE0F:
		return selector
	case r >= 0x1F3FB && r <= 0x1F3FF:
		return tone
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		return flag
	case r == 0x61C, r == 0x200E, r == 0x200F,
		r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069,
		r >= 0xE0000 && r <= 0xE007F:
		return disguise
	case unicode.Is(attached, r):
		return mark
	case unicode.Is(unicode.Zs, r), unicode.Is(fillers, r):
		return blank
	}
	return hidden
}

// specialLow holds the runes of the first plane that need a decision of
// their own, whatever their general category.
var specialLow = &unicode.RangeTable{R16: []unicode.Range16{
	{0x034F, 0x034F, 1}, // grapheme joiner, padding of newsletters
	{0x061C, 0x061C, 1}, // Arabic letter mark
	{0x115F, 0x11FF, 1}, // Hangul fillers, medial and final letters
	{0x1680, 0x1680, 1}, // Ogham blank
	{0x17B4, 0x17B5, 1}, // Khmer inherent vowels, never shown
	{0x180B, 0x180F, 1}, // Mongolian selectors and vowel separator
	{0x2000, 0x200F, 1}, // blanks, zero-width, marks of direction
	{0x2028, 0x202F, 1}, // separators, bidirectional controls, narrow blank
	{0x205F, 0x2064, 1}, // mathematical blank, word joiner, invisible operators
	{0x2066, 0x206F, 1}, // isolates, deprecated format characters
	{0x2800, 0x2800, 1}, // braille cell without a dot
	{0x3000, 0x3000, 1}, // ideographic blank
	{0x3164, 0x3164, 1}, // Hangul filler
	{0xD7B0, 0xD7FB, 1}, // Hangul medial and final letters, extended
	{0xFE00, 0xFE0F, 1}, // variation selectors
	{0xFEFF, 0xFEFF, 1}, // byte order mark
	{0xFF9E, 0xFFA0, 1}, // half-width voiced marks, half-width filler
}}

// specialHigh is specialLow for the other planes.
var specialHigh = &unicode.RangeTable{R32: []unicode.Range32{
	{0x16FE4, 0x16FE4, 1}, // Khitan filler
	{0x1BCA0, 0x1BCA3, 1}, // shorthand format controls
	{0x1D159, 0x1D159, 1}, // musical null notehead
	{0x1D173, 0x1D17A, 1}, // musical format controls
	{0x1F1E6, 0x1F1FF, 1}, // regional indicators
	{0x1F3FB, 0x1F3FF, 1}, // skin tones
	{0xE0000, 0xE007F, 1}, // tags
	{0xE0100, 0xE01EF, 1}, // variation selectors
}}

// fillers are letters and symbols whose picture is a blank.
var fillers = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x115F, 0x1160, 1}, {0x2800, 0x2800, 1}, {0x3164, 0x3164, 1}, {0xFFA0, 0xFFA0, 1},
	},
	R32: []unicode.Range32{{0x1D159, 0x1D159, 1}},
}

// attached are letters that terminals draw into the cell before them: the
// medial and final parts of a decomposed Hangul syllable, and the half-width
// voiced marks of Japanese.
var attached = &unicode.RangeTable{R16: []unicode.Range16{
	{0x1161, 0x11FF, 1}, {0xD7B0, 0xD7C6, 1}, {0xD7CB, 0xD7FB, 1}, {0xFF9E, 0xFF9F, 1},
}}

// pictures is a superset of the emoji that can be joined, dressed with a
// selector or given a tone. The standard library has no such property.
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x203C, 0x203C, 1},
		{0x2049, 0x2049, 1},
		{0x2122, 0x2122, 1},
		{0x2139, 0x2139, 1},
		{0x2194, 0x21AA, 1},
		{0x231A, 0x23FF, 1},
		{0x24C2, 0x24C2, 1},
		{0x25AA, 0x25FE, 1},
		{0x2600, 0x27BF, 1},
		{0x2934, 0x2935, 1},
		{0x2B05, 0x2B55, 1},
		{0x3030, 0x3030, 1},
		{0x303D, 0x303D, 1},
		{0x3297, 0x3299, 1},
	},
	R32: []unicode.Range32{{0x1F000, 0x1FAFF, 1}},
}

// wide approximates the runes of two cells. It only places tab stops, so an
// error costs a column in a body and nothing else.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115E, 1},
		{0x2E80, 0x303E, 1},
		{0x3041, 0xA4CF, 1},
		{0xA960, 0xA97C, 1},
		{0xAC00, 0xD7A3, 1},
		{0xF900, 0xFAFF, 1},
		{0xFE30, 0xFE6F, 1},
		{0xFF01, 0xFF60, 1},
		{0xFFE0, 0xFFE6, 1},
	},
	R32: []unicode.Range32{{0x1F300, 0x1FAFF, 1}, {0x20000, 0x3FFFD, 1}},
}
