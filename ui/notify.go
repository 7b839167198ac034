package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
)

// notices is what is told to somebody who looks elsewhere. It is only known
// that he does where the terminal reports it; then nothing is told while the
// screen is in front.
type notices struct {
	away  bool
	read  shell.Lane[desk.News]
	stale bool     // the desk rang while the news were being read
	seq   desk.Seq // where the next question begins; 0 before the first answer
	// fresh are the inboxes with news that have not been told yet.
	fresh []notice
	// missed counts the conversations with news since he went.
	missed map[desk.ConversationID]bool
	told   time.Time // the last call
	due    time.Time // when the next timer fires; zero while none runs
}

// notice is what is new in an inbox.
type notice struct {
	desk.InboxNews
	since time.Time
}

// noticeDue is the fact that a timer has fired: it may be time to tell what was
// collected.
type noticeDue struct{ at time.Time }

// breath is the least time between two calls, whatever comes in: a flood of
// mail must not become one of calls (promises A26).
const breath = time.Minute

// wentAway hears that the terminal is not in front any more. What is there now
// is no news.
func (m *Model) wentAway() tea.Cmd {
	m.notices.read.Drop()
	m.notices = notices{away: true, told: m.notices.told, due: m.notices.due, missed: map[desk.ConversationID]bool{}}
	return m.readNews()
}

// cameBack hears that somebody looks at the screen again.
func (m *Model) cameBack() {
	m.notices.read.Drop()
	m.notices = notices{told: m.notices.told, due: m.notices.due}
}

// readNews asks what there is to hear of.
func (m *Model) readNews() tea.Cmd {
	n := &m.notices
	if !n.away {
		return nil
	}
	if n.read.Busy() {
		n.stale = true
		return nil
	}
	n.stale = false
	d, after := m.sh.Desk, n.seq
	return n.read.Ask(m.sh.Context(), func(ctx context.Context) (desk.News, error) { return d.News(ctx, after) })
}

// newsRead collects news. One that could not be read is asked for again with
// the next: the banner tells what is wrong with the desk.
func (m *Model) newsRead(msg tea.Msg) tea.Cmd {
	n := &m.notices
	news, err, ok := n.read.Take(msg)
	if !ok || err != nil {
		return nil
	}
	n.seq = news.Seq
	for _, in := range news.Inboxes {
		n.add(in, m.sh.Now())
	}
	cmd := m.tellNews()
	if n.stale {
		return tea.Batch(cmd, m.readNews())
	}
	return cmd
}

// add takes what is new in an inbox to what has not been told yet.
func (n *notices) add(in desk.InboxNews, now time.Time) {
	for _, id := range in.Conversations {
		n.missed[id] = true
	}
	at := slices.IndexFunc(n.fresh, func(f notice) bool { return f.Inbox.ID == in.Inbox.ID })
	if at < 0 {
		n.fresh = append(n.fresh, notice{in, now})
		return
	}
	for _, id := range in.Conversations {
		if !slices.Contains(n.fresh[at].Conversations, id) {
			n.fresh[at].Conversations = append(n.fresh[at].Conversations, id)
		}
	}
}

// dueNews hears that the time of something collected may have come.
func (m *Model) dueNews(fired noticeDue) tea.Cmd {
	if fired.at.Equal(m.notices.due) {
		m.notices.due = time.Time{}
	}
	return m.tellNews()
}

// tellNews calls for what is due, in one line, and sets a timer for the rest.
func (m *Model) tellNews() tea.Cmd {
	n, now := &m.notices, m.sh.Now()
	if !n.away || len(n.fresh) == 0 {
		return nil
	}
	earliest := n.told.Add(breath)
	var ready []notice
	var next time.Time
	for _, f := range n.fresh {
		at := f.since.Add(f.Rule.Every)
		if at.Before(earliest) {
			at = earliest
		}
		switch {
		case !at.After(now):
			ready = append(ready, f)
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	var call tea.Cmd
	if len(ready) > 0 {
		n.fresh = slices.DeleteFunc(n.fresh, func(f notice) bool {
			return slices.ContainsFunc(ready, func(r notice) bool { return r.Inbox.ID == f.Inbox.ID })
		})
		n.told = now
		call = m.sh.Signal(signals(ready))
		if len(n.fresh) > 0 && next.Before(now.Add(breath)) {
			next = now.Add(breath)
		}
	}
	if next.IsZero() || !n.due.IsZero() && !next.Before(n.due) {
		return call
	}
	n.due = next
	return tea.Batch(call, m.sh.After(next.Sub(now), noticeDue{next}))
}

// signals are the sequences that call for what is new. Each way gets what is to
// be told by it, and once.
func signals(list []notice) string {
	var b strings.Builder
	for _, way := range [...]desk.NotifyWay{desk.NotifyBell, desk.NotifyOSC9, desk.NotifyOSC777} {
		var parts []safe.Text
		for _, f := range list {
			if slices.Contains(f.Rule.Ways, way) {
				parts = append(parts, f.words())
			}
		}
		text := plainSignal(safe.Join(", ", parts...))
		switch {
		case len(parts) == 0:
		case way == desk.NotifyBell:
			b.WriteString("\a")
		case way == desk.NotifyOSC9:
			b.WriteString("\x1b]9;" + text + "\a")
		case way == desk.NotifyOSC777:
			b.WriteString("\x1b]777;notify;postroom;" + text + "\a")
		}
	}
	return b.String()
}

// words say how much is new and where, never what is in it.
func (f notice) words() safe.Text {
	name := safe.Line(f.Inbox.Name)
	what := safe.Const("new")
	if f.Rule.About == desk.NotifyMine {
		what = safe.Const("for you")
	}
	return safe.Sprintf("%s %s in %s", safe.Int(len(f.Conversations)), what, name)
}

// longestSignal is how many characters a notification may have.
const longestSignal = 160

// plainSignal keeps a text to what can stand in a sequence: it is cleaned
// already, and a semicolon would begin another field of it.
func plainSignal(t safe.Text) string {
	text := []rune(strings.ReplaceAll(t.String(), ";", ","))
	if len(text) > longestSignal {
		text = append(text[:longestSignal-1], '…')
	}
	return string(text)
}

// title is that of the window: how much one has missed stands before the name.
func (m *Model) title() string {
	if n := len(m.notices.missed); n > 0 {
		return safe.Sprintf("(%s) postroom", safe.Int(n)).String()
	}
	return "postroom"
}
