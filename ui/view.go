package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// View draws one frame. It reads no database: all it shows is in memory, and
// what has not changed is remembered by the screen.
func (m *Model) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: m.title()}
	size := m.terminal
	switch {
	case size.W <= 0 || size.H <= 0:
		return v
	case size.TooSmall():
		v.Content = strings.Join(m.tooSmall(size), "\n")
		return v
	}
	lines, cursor := m.frame(size)
	if d := m.sh.Dialog(); d != nil {
		cursor = m.overlay(d, lines, size)
	}
	n := len(lines)
	for _, l := range lines {
		n += len(l)
	}
	var b strings.Builder
	b.Grow(n)
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l)
	}
	v.Content, v.Cursor = b.String(), cursor
	return v
}

// frame is the screen without dialogs, line by line.
func (m *Model) frame(size shell.Size) ([]string, *tea.Cursor) {
	t := m.sh.Theme()
	wrong := m.bannerLines(size)
	top := 1 + max(len(wrong), 1)
	inner := shell.Size{W: size.W, H: size.H - top - 2}
	place := m.sh.Top().Place()
	pic := m.sh.Top().View(inner)
	lines := make([]string, 0, size.H)
	lines = append(lines, m.header(place, size.W))
	switch {
	case len(wrong) > 0:
		lines = append(lines, wrong...)
	case pic.Rule != nil:
		lines = append(lines, *pic.Rule)
	default:
		lines = append(lines, widget.NewLine(t, size.W).Rule(theme.Rule, t.Signs.Horizontal, size.W).String())
	}
	lines = append(lines, widget.Fill(pic.Lines, size.W, inner.H)...)
	if long := m.longFailure(size.W); long != nil {
		lines = append(lines, long...)
	} else {
		lines = append(lines, m.toastLine(place, size.W), m.footerLine(place, size.W))
	}
	if pic.Cursor == nil {
		return lines, nil
	}
	at := *pic.Cursor
	at.Y += top
	return lines, &at
}

// overlay lays a dialog over the frame, a little above the middle.
func (m *Model) overlay(d shell.Dialog, lines []string, size shell.Size) *tea.Cursor {
	block, cursor := d.View(size)
	if len(block) == 0 {
		return nil
	}
	t := m.sh.Theme()
	w := t.Options().Measure.StringWidth(block[0])
	x, y := max((size.W-w)/2, 0), max((size.H-len(block))/3, 0)
	widget.Over(t, lines, block, x, y)
	if cursor == nil {
		return nil
	}
	return tea.NewCursor(x+cursor.X, y+cursor.Y)
}

// tooSmall is what is left to say in a terminal without room.
func (m *Model) tooSmall(size shell.Size) []string {
	t := m.sh.Theme()
	text := safe.Sprintf("postroom needs a window of 40×10; this one is %s×%s.", safe.Int(size.W), safe.Int(size.H))
	var lines []string
	for _, l := range widget.Wrap(t, text, size.W) {
		lines = append(lines, widget.NewLine(t, size.W).Put(theme.Plain, l).String())
	}
	return widget.Fill(lines, size.W, size.H)
}

// header is the first line: where we are, how the mailboxes do, who I am, and
// the time. What does not fit goes from the right of the left part, never in
// halves; the aside of the title goes first.
func (m *Model) header(place shell.Place, width int) string {
	t := m.sh.Theme()
	clock := safe.Line(m.sh.Now().Format("15:04"))
	name := safe.Line(m.sh.State.Me.Name)
	health, role := m.health()
	used := 1 + t.Width(clock.String()) + 1
	showName := !name.IsEmpty() && width >= 60
	mark := m.standingMark()
	if !mark.IsEmpty() {
		name = safe.Sprintf("%s · %s", name, mark)
	}
	if showName {
		used += t.Width(name.String()) + 5
	}
	title := t.Width(place.Title.String()) + 3
	room := width - used - title - 3
	if t.Width(health.String()) > room && role != theme.Warn {
		health = safe.Text{}
	}
	l := widget.NewLine(t, width).Space(1)
	l.Cell(theme.Strong, place.Title, min(title, width-used-1))
	right := used - 1
	w := t.Width(health.String())
	if w > 0 && w+used+2 < l.Left() {
		right = used + w + 3
	}
	if !place.Aside.IsEmpty() && t.Width(place.Aside.String())+2 <= l.Left()-right {
		l.Put(theme.Faint, place.Aside)
	}
	if right >= used {
		l.To(right).Put(role, health)
	}
	l.To(used - 1)
	if showName {
		if mark.IsEmpty() {
			l.Sign(theme.Good, t.Signs.Health)
		} else {
			l.Sign(theme.Faint, t.Signs.Dot)
		}
		l.Space(1).Put(theme.Plain, name).Space(3)
	}
	return l.Put(theme.Plain, clock).String()
}

// health says in a few words how the mailboxes are connected; what is wrong
// with one of them is for the banner.
func (m *Model) health() (safe.Text, theme.Role) {
	all, offline := 0, 0
	var joining, paused desk.Account
	for _, in := range m.sh.State.Inboxes {
		for _, a := range in.Accounts {
			all++
			switch a.State {
			case desk.AccountRetrying, desk.AccountNeedsSignIn, desk.AccountNeedsConsent:
				offline++
			case desk.AccountConnecting:
				joining = a
			case desk.AccountPaused:
				paused = a
			default:
			}
		}
	}
	switch {
	case all == 0:
		return safe.Text{}, theme.Plain
	case offline > 0:
		return safe.Sprintf("%s %s offline", safe.Int(offline), plural(offline, safe.Const("mailbox"), safe.Const("mailboxes"))), theme.Warn
	case paused.ID != 0 && paused.Address != "":
		return safe.Sprintf("%s paused since %s", safe.Addr(paused.Address), m.sh.When(paused.Since)), theme.Warn
	case joining.ID != 0:
		return safe.Sprintf("%s connecting", safe.Addr(joining.Address)), theme.Faint
	}
	return safe.Const("mail connected"), theme.Faint
}

func rank(s desk.AccountState) int {
	switch s {
	case desk.AccountNeedsSignIn, desk.AccountNeedsConsent:
		return 3
	case desk.AccountRetrying:
		return 2
	case desk.AccountConnecting:
		return 1
	default:
		return 0
	}
}

// toastLine is the line above the footer: the result of the last action at the
// left, what is held and what is selected at the right; while there is nothing
// of that to tell, how many nobody answers.
func (m *Model) toastLine(place shell.Place, width int) string {
	t := m.sh.Theme()
	right, rightRole := m.standing(place, width)
	if n := m.sh.State.Total().Falling; n > 0 && right.IsEmpty() && m.sh.Toast().Text.IsEmpty() {
		right, rightRole = safe.Sprintf("%s falling through · g f", safe.Int(n)), theme.Warn
	}
	w := t.Width(right.String())
	l := widget.NewLine(t, width).Space(1)
	toast := m.sh.Toast()
	room := width - 2
	if w > 0 {
		room -= w + 3
	}
	if !toast.Text.IsEmpty() && room > 8 {
		start := l.Left()
		if toast.Role == theme.Good {
			l.Sign(theme.Good, t.Signs.Done).Space(1)
		}
		text, tw := t.Fit(toast.Text.String(), room-(start-l.Left()))
		l.Cell(roleOfToast(toast.Role), safe.Line(text), tw)
		if m.undoes(place, toast) && start-l.Left()+8 < room {
			l.Space(2).Put(theme.Accent, safe.Const("z")).Put(theme.Plain, safe.Const(" undo"))
		}
	}
	if w > 0 {
		l.To(w+1).Put(rightRole, right)
	}
	return l.String()
}

// standing is the right of the toast line: what is selected, and what is held
// or needs me.
func (m *Model) standing(place shell.Place, width int) (safe.Text, theme.Role) {
	note, role := place.Note, theme.Plain
	more := safe.Text{}
	if h := m.held(); h != nil {
		left := h.HoldUntil.Sub(m.sh.Now())
		more, role = safe.Sprintf("Mail to %s leaves in %ss", recipient(*h), safe.Int(int(left.Seconds()+0.999))), theme.Strong
		if o := m.lastMail(); o != nil && o.ID == h.ID && m.undoBound(place) {
			more = safe.Sprintf("%s · z take back", more)
		}
	} else if n := m.troubled(); n > 0 {
		more = safe.Sprintf("%s outgoing %s you · g o", safe.Int(n), plural(n, safe.Const("mail needs"), safe.Const("mails need")))
		if note.IsEmpty() {
			role = theme.Warn
		}
	}
	both := safe.Join(" · ", note, more)
	switch t := m.sh.Theme(); {
	case note.IsEmpty():
		return more, role
	case more.IsEmpty() || t.Width(both.String()) > width-2:
		return note, theme.Plain
	}
	return both, role
}

// undoBound reports whether z is a verb in this place, and no letter.
func (m *Model) undoBound(place shell.Place) bool {
	a, ok := m.keymap().Find(place.Scope, "z")
	return ok && a.ID == "program.undo"
}

// undoes reports whether z would take back just what the toast tells.
func (m *Model) undoes(place shell.Place, toast shell.Toast) bool {
	step, ok := m.sh.LastStep()
	return ok && toast.Undo == step.Batch && m.lastMail() == nil && m.undoBound(place)
}

// longFailure writes a failure or a refusal that does not fit into one line over
// the footer too: its end is the next step, which must not be cut off. nil where
// one line is enough.
func (m *Model) longFailure(width int) []string {
	t, toast := m.sh.Theme(), m.sh.Toast()
	if toast.Role != theme.Bad && toast.Role != theme.Warn || t.Width(toast.Text.String()) <= width-2 {
		return nil
	}
	var lines []string
	for _, l := range widget.Wrap(t, toast.Text, width-2) {
		lines = append(lines, widget.NewLine(t, width).Space(1).Put(toast.Role, l).String())
	}
	if len(lines) > 2 {
		rest := safe.Join(" ", widget.Wrap(t, toast.Text, width-2)[1:]...)
		lines[1] = widget.NewLine(t, width).Space(1).Put(toast.Role, rest).String()
	}
	return lines[:2]
}

func roleOfToast(r theme.Role) theme.Role {
	if r == theme.Good {
		return theme.Plain
	}
	return r
}

// troubled counts my mails that need a decision. It is the length of the list
// that g o opens on, so it is no number of its own.
func (m *Model) troubled() int {
	n := 0
	for _, o := range m.sh.State.Waiting {
		if o.State == desk.Failed || o.State == desk.InDoubt {
			n++
		}
	}
	return n
}

func plural(n int, one, many safe.Text) safe.Text {
	if n == 1 {
		return one
	}
	return many
}

// Place is where the keys go now, and what they act on.
func (m *Model) Place() shell.Place { return m.sh.Top().Place() }
