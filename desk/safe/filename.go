package safe

import "unicode/utf8"

const (
	maxName  = 64 // runes of a file name that are shown
	nameTail = 24 // of these at the end, where the extension is
)

// FileName returns the name of a file for display. The extension the system
// will act on is always the last thing shown: controls that would turn the
// name around appear as U+FFFD, a long row of blanks is one blank, and a name
// that is too long loses its middle and not its end.
func FileName(s string) Text {
	t := clean(trimASCII(s), name)
	if len(t) <= maxName || utf8.RuneCountInString(t) <= maxName {
		return Text{t}
	}
	head, tail := 0, len(t)
	for range maxName - nameTail - 1 {
		_, size := utf8.DecodeRuneInString(t[head:])
		head += size
	}
	for range nameTail {
		_, size := utf8.DecodeLastRuneInString(t[:tail])
		tail -= size
	}
	return Text{clean(t[:head]+"…"+t[tail:], name)}
}
