package theme

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
)

// Role is what a piece of text is, from which its look follows.
type Role uint8

// The roles.
const (
	Plain  Role = iota
	Strong      // titles and what has the focus
	Faint       // what may be overlooked
	Accent      // keys, and what can be acted on
	Good        // done, connected
	Warn        // needs a look
	Bad         // broken, refused
	Unread      // not read yet
	Note        // for the team only
	Rule        // lines between panes
	Cursor      // the row under the cursor in the pane with the focus
	Rest        // the row under the cursor in another pane
	roleCount
)

// Options are what is known about the terminal and wished by the user.
type Options struct {
	// ASCII keeps to the signs that every terminal has.
	ASCII bool
	// Monochrome leaves colours out; bold, faint and reverse stay.
	Monochrome bool
	// Light says that the background is light.
	Light bool
	// Measure is how the terminal counts cells: by rune, or by grapheme
	// where it has said that it can (mode 2027).
	Measure ansi.Method
}

// Theme is the look of one program. It never changes: another look is another
// theme, so that a cached picture can be told by its theme.
type Theme struct {
	Signs   Signs
	options Options
	// open are the sequences that begin a role on a row of a base role.
	open [roleCount][roleCount]string
}

// New makes the theme of the terminal's own sixteen colours.
func New(o Options) *Theme {
	t := &Theme{Signs: signs(o.ASCII), options: o}
	for base := range roleCount {
		for role := range roleCount {
			t.open[base][role] = open(attributes(base, o), attributes(role, o))
		}
	}
	return t
}

// Options are what the theme was made from.
func (t *Theme) Options() Options { return t.options }

// attributes are the SGR parameters of a role.
func attributes(r Role, o Options) string {
	colour := func(dark, light, attr string) string {
		switch {
		case o.Monochrome:
			return attr
		case o.Light:
			dark = light
		}
		if attr == "" {
			return dark
		}
		return attr + ";" + dark
	}
	switch r {
	case Strong, Unread:
		return "1"
	case Faint, Rule:
		return "2"
	case Accent:
		return colour("36", "34", "")
	case Good:
		return colour("32", "32", "")
	case Warn:
		return colour("33", "35", "1")
	case Bad:
		return colour("31", "31", "1")
	case Note:
		return colour("33", "35", "")
	case Cursor:
		return "7"
	case Rest:
		return "1"
	default:
		return ""
	}
}

// open joins the parameters of a base and a role. On a reversed row colours
// would become backgrounds of single words, so only the attributes stay.
func open(base, role string) string {
	if base == "7" && role != "" {
		role, _, _ = strings.Cut(role, ";")
		if len(role) > 1 || role == "2" || role == "7" {
			role = ""
		}
	}
	switch {
	case base == "" && role == "":
		return ""
	case base == "" || base == role:
		return "\x1b[" + role + "m"
	case role == "":
		return "\x1b[" + base + "m"
	}
	return "\x1b[" + base + ";" + role + "m"
}

// Reset ends what [Theme.Open] has begun.
const Reset = "\x1b[m"

// Open is the sequence that begins a role on a row of the base role; empty
// where nothing changes.
func (t *Theme) Open(base, role Role) string { return t.open[base][role] }

// Width is how many cells a clean text takes on this terminal.
func (t *Theme) Width(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return t.options.Measure.StringWidth(t.speak(s))
}

// Fit gives as much of a clean text of one line as fits into width cells, with
// an ellipsis where something is left out, and the cells it takes.
func (t *Theme) Fit(s string, width int) (string, int) {
	if width <= 0 {
		return "", 0
	}
	if isASCII(s) {
		if len(s) <= width {
			return s, len(s)
		}
		return s[:width-1] + t.Signs.Ellipsis, width
	}
	s = t.speak(s)
	if w := t.options.Measure.StringWidth(s); w <= width {
		return s, w
	}
	end, used := 0, 0
	for end < len(s) {
		cluster, w := ansi.FirstGraphemeCluster(s[end:], t.options.Measure)
		if used+w > width-1 {
			break
		}
		end, used = end+len(cluster), used+w
	}
	return s[:end] + t.Signs.Ellipsis, used + 1
}

// speak turns a text into what an ASCII terminal can show. The replacement is
// as wide as what it stands for, so that columns do not move.
func (t *Theme) speak(s string) string {
	if !t.options.ASCII || isASCII(s) {
		return s
	}
	var b strings.Builder
	// Decomposed, an accented letter is its plain letter and a mark.
	for _, r := range norm.NFD.String(s) {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		if twin, ok := plainTwin(r); ok {
			b.WriteString(twin)
			continue
		}
		for range ansi.WcWidth.StringWidth(string(r)) {
			b.WriteByte('?')
		}
	}
	return b.String()
}

// plainTwin is how punctuation that mail is full of is written in ASCII.
func plainTwin(r rune) (string, bool) {
	switch r {
	case '‘', '’':
		return "'", true
	case '“', '”':
		return `"`, true
	case '–', '—', '‐', '‑':
		return "-", true
	case '…':
		return "~", true
	case '•', '·', '●':
		return "*", true
	}
	return "", false
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
