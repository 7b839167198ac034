package settings

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// Compared is how the mail of an inbox compares with its mail servers.
type Compared struct {
	// Waiting are stored mails without a message.
	Waiting int
	Folders []ComparedFolder
	// Problems are the sentences on what could not be compared.
	Problems []string
}

// ComparedFolder is how one folder of an account compares: messages on the
// server and here. Missing are there and not here, Extra here and never were
// there; New have come, and Gone been deleted there, since the last look. Unlisted are counted there and not
// listed.
type ComparedFolder struct {
	Account, Name                                          string
	OnServer, Here, Missing, Extra, New, Deleted, Unlisted int
}

// Repaired is what a repair has done: mails fetched, mails known again by their
// bytes, mails marked as gone, stored mails that have a message now. ServedBy
// names processes that serve an account meanwhile: theirs is the rest.
type Repaired struct {
	Fetched, Known, Gone, Parsed int
	ServedBy                     []string
	Left                         Compared
}

// differs says what a repair has to do: mails to fetch, to mark as gone, and to
// read.
func (c Compared) differs() (fetch, gone, read int) {
	for _, f := range c.Folders {
		fetch += f.Missing
		gone += f.Extra
	}
	return fetch, gone, c.Waiting
}

func (c Compared) whole() bool {
	fetch, gone, read := c.differs()
	unlisted := slices.ContainsFunc(c.Folders, func(f ComparedFolder) bool { return f.Unlisted > 0 })
	return fetch+gone+read == 0 && !unlisted && len(c.Problems) == 0
}

// comparing is an inbox that is held against its mail servers. What is found is
// the preview of the repair.
type comparing struct {
	s     *Screen
	form  *form
	inbox string
	read  shell.Lane[Compared]
	found Compared
	err   error
	known bool
	mu    sync.Mutex
	at    safe.Text // the folder that is looked at
}

// compareTick is the time to look how far a comparison is.
type compareTick struct{ of *comparing }

// compareTime is how often that is.
const compareTime = 250 * time.Millisecond

func (p *inboxes) compare(action.Target) tea.Cmd {
	b, _ := p.marked()
	w := &comparing{s: p.s, inbox: b.in.Name}
	f := &form{
		title:   safe.Sprintf("Compare %s with its mail servers", safe.Line(b.in.Name)),
		intro:   safe.Const("Every message of every folder that is read is asked for. Looking changes nothing, neither there nor here."),
		working: safe.Const("Putting it right, folder by folder… esc stops"),
		glance:  w.glance, seen: w.seen, preview: w.preview, closed: w.read.Drop, save: w.repair,
	}
	f.fields.Buttons = []safe.Text{safe.Const("Repair"), safe.Const("Close")}
	w.form = f
	return p.s.open(f)
}

// glance compares, and looks now and then how far that is.
func (w *comparing) glance(values) tea.Cmd {
	o, inbox := w.s.o, w.inbox
	ask := w.read.Ask(w.s.sh.Context(), func(ctx context.Context) (Compared, error) { return o.Compare(ctx, inbox, w.told) })
	return tea.Batch(ask, w.s.sh.After(compareTime, compareTick{w}))
}

// told hears from beside the screen which folder is next.
func (w *comparing) told(account, folder string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = safe.Sprintf("%s, %s", safe.Addr(account), safe.Line(folder))
}

func (w *comparing) seen(msg tea.Msg) tea.Cmd {
	if tick, ok := msg.(compareTick); ok && tick.of == w && w.read.Busy() {
		return w.s.sh.After(compareTime, compareTick{w})
	}
	found, err, ok := w.read.Take(msg)
	if ok && !errors.Is(err, context.Canceled) {
		w.known, w.found, w.err, w.form.settled = true, found, err, true
	}
	return nil
}

func (w *comparing) preview(s *sheet) {
	switch {
	case !w.known:
		w.mu.Lock()
		at := w.at
		w.mu.Unlock()
		if at.IsEmpty() {
			s.say(theme.Accent, safe.Const("Signing in… esc leaves"))
			return
		}
		s.say(theme.Accent, safe.Sprintf("Comparing %s… esc leaves", at))
		return
	case w.err != nil:
		s.say(theme.Bad, shell.Sentence(w.err))
		return
	}
	w.outcome(s)
	s.gap()
	for _, f := range w.found.Folders {
		role := theme.Plain
		if f.Missing+f.Extra > 0 {
			role = theme.Warn
		}
		text := safe.Sprintf("%s there, %s here: %s missing, %s extra", safe.Int(f.OnServer), safe.Int(f.Here), safe.Int(f.Missing), safe.Int(f.Extra))
		if f.New > 0 {
			text = safe.Sprintf("%s; %s new since the last look", text, safe.Int(f.New))
		}
		if f.Deleted > 0 {
			text = safe.Sprintf("%s; %s deleted there since", text, safe.Int(f.Deleted))
		}
		if f.Unlisted > 0 {
			text = safe.Sprintf("%s; %s counted there and not listed", text, safe.Int(f.Unlisted))
		}
		s.effect(safe.Line(f.Name), role, safe.Sprintf("%s (%s)", text, safe.Addr(f.Account)))
	}
}

// outcome says whether the inbox is whole, and else what a repair would do.
func (w *comparing) outcome(s *sheet) {
	for _, problem := range w.found.Problems {
		s.say(theme.Bad, safe.Line(problem))
	}
	fetch, gone, read := w.found.differs()
	if w.found.whole() {
		s.say(theme.Good, safe.Const("It is whole: nothing is missing, and nothing extra."))
		return
	}
	if fetch+gone+read == 0 {
		return
	}
	s.say(theme.Strong, safe.Const("Repair would:"))
	told := func(n int, text safe.Text) {
		if n > 0 {
			s.effect(safe.Int(n), theme.Warn, text)
		}
	}
	told(fetch, safe.Const("fetch, or know again by their bytes: they are on the server and not here"))
	told(gone, safe.Const("mark as gone from the server, where they never were under their number; their conversations stay"))
	told(read, safe.Const("read: they are stored and have no message yet"))
	s.effect(safe.Const("mail server"), theme.Plain, safe.Const("Nothing changes there."))
}

// repair puts right what was found, and says what is left.
func (w *comparing) repair(ctx context.Context, _ values) (result, error) {
	switch {
	case w.err != nil:
		return result{}, w.err
	case w.found.whole():
		return result{}, &desk.Error{Kind: desk.Conflict, Code: "NOTHING_ASKED", Message: "There is nothing to repair."}
	}
	done, err := w.s.o.Repair(ctx, w.inbox)
	if err != nil {
		return result{}, err
	}
	text := safe.Sprintf("%s: %s fetched, %s known again, %s gone, %s read.", safe.Line(w.inbox), safe.Int(done.Fetched), safe.Int(done.Known), safe.Int(done.Gone), safe.Int(done.Parsed))
	switch {
	case done.Left.whole():
		return result{text: safe.Sprintf("%s It is whole.", text)}, nil
	case len(done.ServedBy) > 0:
		return result{text: safe.Sprintf("%s The process that serves it does the rest.", text)}, nil
	}
	return result{}, &desk.Error{Kind: desk.Broken, Code: "NOT_WHOLE", Message: text.String() + " It is still not whole.", Hint: "Close this and compare again to see what is left."}
}
