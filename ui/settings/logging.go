package settings

import (
	"cmp"
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// loggedMost is how many people, and reasons, a preview names.
const loggedMost = 8

// wouldLog is what a mode logs of a personal inbox.
type wouldLog struct {
	mode                     desk.Logging
	all, logged, differently int
	with, why                []tallied // the most first
}

// tallied is so many conversations with somebody, or for a reason.
type tallied struct {
	what  string
	count int
}

// tally counts by what, and gives the most.
func tally(counts map[string]int) []tallied {
	list := make([]tallied, 0, len(counts))
	for what, n := range counts {
		list = append(list, tallied{what, n})
	}
	slices.SortFunc(list, func(a, b tallied) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.what, b.what)) })
	return list
}

// logging is the preview of a form that chooses the mode of an inbox.
type logging struct {
	s     *Screen
	inbox string
	// mode reads it from the fields, asked is the one that found is about.
	mode  func(values) desk.Logging
	asked desk.Logging
	found wouldLog
	err   error
	known bool
	read  shell.Lane[wouldLog]
}

// in puts the preview below the fields of a form. Whoever changes something else
// need not wait for it.
func (l *logging) in(f *form) {
	f.hasty = true
	f.glance = func(v values) tea.Cmd {
		mode := l.mode(v)
		if (l.known || l.read.Busy()) && mode == l.asked {
			return nil
		}
		l.asked, l.known = mode, false
		return l.read.Ask(l.s.sh.Context(), func(ctx context.Context) (wouldLog, error) { return l.look(ctx, mode) })
	}
	f.seen = func(msg tea.Msg) tea.Cmd {
		found, err, ok := l.read.Take(msg)
		if ok && !errors.Is(err, context.Canceled) {
			l.found, l.err, l.known = found, err, true
		}
		return nil
	}
	f.preview = l.show
	f.closed = l.read.Drop
}

func (l *logging) look(ctx context.Context, mode desk.Logging) (wouldLog, error) {
	var sum wouldLog
	with, why := map[string]int{}, map[string]int{}
	page := desk.LogPreview{}
	for first := true; first || page.Next != 0; first = false {
		var err error
		if page, err = l.s.o.Desk.Logged(ctx, l.inbox, mode, page.Next); err != nil {
			return sum, err
		}
		sum.mode = page.Mode
		for _, r := range page.Rows {
			sum.all++
			if r.Changes() {
				sum.differently++
			}
			if r.Why != "" {
				why[string(r.Why)]++
				continue
			}
			sum.logged++
			with[r.With]++
		}
	}
	sum.with, sum.why = tally(with), tally(why)
	return sum, nil
}

func (l *logging) show(s *sheet) {
	switch {
	case !l.known:
		s.say(theme.Faint, safe.Const("Looking what would be logged…"))
		return
	case l.err != nil:
		s.say(theme.Faint, shell.Sentence(l.err))
		return
	}
	n := l.found
	s.say(theme.Plain, safe.Sprintf("Logging %s: of %s %s would be with a contact, %s otherwise than now.", safe.Line(string(n.mode)), conversations(n.all), safe.Int(n.logged), safe.Int(n.differently)))
	for i, w := range n.with {
		if i == loggedMost {
			s.say(theme.Faint, safe.Sprintf("and with %s more", safe.Int(len(n.with)-i)))
			break
		}
		s.say(theme.Plain, safe.Sprintf("%s: %s", safe.Addr(w.what), conversations(w.count)))
	}
	for _, w := range n.why[:min(len(n.why), loggedMost)] {
		s.say(theme.Faint, safe.Sprintf("with nobody: %s, because %s", conversations(w.count), safe.Line(w.what)))
	}
	if n.differently > 0 {
		s.say(theme.Faint, safe.Sprintf("It counts for new mail; what is here stays as it is until: postroom inbox relog %s", safe.Line(l.inbox)))
	}
}

// conversations are so many of them.
func conversations(n int) safe.Text {
	if n == 1 {
		return safe.Const("1 conversation")
	}
	return safe.Sprintf("%s conversations", safe.Int(n))
}
