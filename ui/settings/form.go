package settings

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// form is filled in in the place of the sheet. Nothing is written before its
// first button has been pressed.
type form struct {
	title  safe.Text
	intro  safe.Text
	fields widget.Form
	begun  []string // what the fields said in the beginning
	// save writes what has been filled in, and tells it. It runs beside the
	// screen, so what it needs of the form is in the values.
	save func(context.Context, values) (result, error)
	// saved, where there is one, hears that it was; closed that the form is
	// gone, saved or not.
	saved, closed func()
	// culprit is the field that an error is about; -1 for none.
	culprit func(*desk.Error) int
	// working is what is said while it is being saved.
	working safe.Text
	// glance, where there is one, finds out what saving would do, and seen
	// hears every fact for its answer; preview writes what it has found.
	glance  func(values) tea.Cmd
	seen    func(tea.Msg) tea.Cmd
	preview func(*sheet)
	// refusal, where there is one, is why the answer says that it cannot be
	// saved: then it is looked up again instead, because what saving would do
	// has not been seen.
	refusal func() error
	// looked is what the fields said at the last glance, glances counts them.
	// settled says that its answer is there: nobody saves what he has not seen,
	// unless the form is hasty.
	looked         []string
	glances        int
	settled, hasty bool
	// harmless says that the form only asks, and writes nothing.
	harmless bool

	// scroll is the first line of the preview in sight, hidden how many lines of
	// it there are besides those that fit.
	scroll, hidden int

	from    column // that had the keys before
	saving  shell.Lane[result]
	problem safe.Text
}

// result is what was written, as it is told, and the batch that takes it back,
// if there is one.
type result struct {
	text safe.Text
	undo string
	// once is told in a box that stays until it is closed: what nobody can
	// look up again.
	once safe.Text
}

// values are what the fields said when Save was pressed.
type values struct {
	typed  []string
	chosen []int
}

// text is what stands in a field, without blanks around it.
func (v values) text(i int) string { return strings.TrimSpace(v.typed[i]) }

func (f *form) values() values {
	var v values
	for _, r := range f.fields.Rows {
		v.typed, v.chosen = append(v.typed, r.Text()), append(v.chosen, r.Chosen)
	}
	return v
}

// glanceTime is how long nothing must have been typed before it is found out
// what saving would do.
const glanceTime = 200 * time.Millisecond

// glanceDue says that nothing has been typed for a while.
type glanceDue struct {
	form   *form
	number int
}

// filled is the answer to a form that was saved.
type filled = shell.Answer[result]

// unsaved is the fact that a form has changes nobody has saved.
type unsaved struct{}

// Unkept implements [shell.Unkept].
func (unsaved) Unkept() error {
	return &desk.Error{Kind: desk.Conflict, Code: "UNSAVED", Message: "The settings have changes.", Hint: "Save or cancel them."}
}

// open begins to fill a form in.
func (s *Screen) open(f *form) tea.Cmd {
	f.begun = f.now()
	f.from, s.form, s.focus, s.picture.stale = s.focus, f, onSheet, true
	return s.look()
}

// now is what the fields say.
func (f *form) now() []string {
	list := make([]string, len(f.fields.Rows))
	for i, r := range f.fields.Rows {
		list[i] = r.Text()
		if len(r.Choices) > 0 {
			list[i] = safe.Int(r.Chosen).String()
		}
	}
	return list
}

// changed reports whether there is anything that would be lost.
func (f *form) changed() bool { return !slices.Equal(f.begun, f.now()) }

// look is to find out what saving would do, when something has changed and
// nothing more is typed for a moment.
func (s *Screen) look() tea.Cmd {
	f := s.form
	if f == nil || f.glance == nil || f.glances > 0 && slices.Equal(f.looked, f.now()) {
		return nil
	}
	f.looked, f.settled, f.scroll = f.now(), false, 0
	f.glances++
	if f.glances == 1 {
		return f.glance(f.values())
	}
	return s.sh.After(glanceTime, glanceDue{f, f.glances})
}

// glance finds it out, unless the form has changed again.
func (s *Screen) glance(due glanceDue) tea.Cmd {
	if s.form != due.form || s.form.glances != due.number {
		return nil
	}
	return s.form.glance(s.form.values())
}

// previewStep is how many lines of a preview a key scrolls: less than are in
// sight anywhere.
const previewStep = 3

// leastFields are the lines that the fields keep while a preview is read.
const leastFields = 6

// pressed is what a key in a form leads to.
type pressed uint8

const (
	pressedNothing pressed = iota
	pressedSave
	pressedCancel
)

func (f *form) press(msg tea.KeyPressMsg) pressed {
	if f.saving.Busy() {
		return pressedNothing
	}
	f.problem = safe.Text{}
	switch f.fields.Press(msg) {
	case 0:
		return pressedSave
	case 1:
		return pressedCancel
	default:
		return pressedNothing
	}
}

func (f *form) paste(text string) {
	if !f.saving.Busy() {
		f.fields.Paste(text)
	}
}

// submit begins to save. What is asked of a mail server on the way can be
// stopped with esc; what is written is written whole or not at all.
func (s *Screen) submit() tea.Cmd {
	f := s.form
	if f.saving.Busy() {
		return nil
	}
	if f.glance != nil && !f.settled && !f.hasty {
		f.problem = safe.Const("A moment: what it would do is still being looked up.")
		return nil
	}
	if f.refusal != nil && f.refusal() != nil {
		if f.failed(f.refusal()); !f.problem.IsEmpty() {
			f.problem = safe.Const("It is refused, for what is said here. It has been looked up again.")
		}
		f.looked = nil
		return s.look()
	}
	v := f.values()
	return f.saving.Ask(s.sh.Context(), func(ctx context.Context) (result, error) { return f.save(ctx, v) })
}

// filled tells that the form has been saved, or what is wrong with it.
func (s *Screen) filled(msg filled) tea.Cmd {
	if s.form == nil {
		return nil
	}
	done, err, ok := s.form.saving.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		s.form.failed(err)
		return nil
	}
	if s.form.saved != nil {
		s.form.saved()
	}
	title := s.form.title
	s.closeForm()
	if !done.once.IsEmpty() {
		s.sh.Show(shell.NewChoice(s.sh, title, done.once, shell.Option{Label: safe.Const("I have it")}))
	}
	return tea.Batch(s.sh.Say(shell.Toast{Text: done.text, Role: theme.Good, Undo: done.undo}), s.part().ask())
}

// failed says what is wrong at the field where it can be put right.
func (f *form) failed(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	var e *desk.Error
	if errors.As(err, &e) && f.culprit != nil {
		if i := f.culprit(e); i >= 0 {
			f.fields.Rows[i].Problem = shell.Sentence(err)
			f.fields.Go(i)
			return
		}
	}
	f.problem = shell.Sentence(err)
}

// leaveForm goes on to what comes after the form; a form with changes asks.
func (s *Screen) leaveForm(then func() tea.Cmd) tea.Cmd {
	f := s.form
	leave := func() tea.Cmd {
		if s.form == f && f != nil {
			s.closeForm()
		}
		if then == nil {
			return nil
		}
		return then()
	}
	switch {
	case f == nil, !f.changed() && !f.saving.Busy():
		return leave()
	case f.saving.Busy():
		f.saving.Drop()
		f.problem = safe.Const("Stopped.")
		return s.part().ask()
	}
	s.sh.Show(shell.NewChoice(s.sh, f.title, safe.Const("What you have changed is not saved. Throw it away?"),
		shell.Option{Label: safe.Const("No, go on with it")},
		shell.Option{Label: safe.Const("Yes, throw it away"), Run: leave}))
	return nil
}

// closeForm forgets the form, and with it every password.
func (s *Screen) closeForm() {
	for i := range s.form.fields.Rows {
		if s.form.fields.Rows[i].Secret {
			s.form.fields.Rows[i].Field.Erase()
		}
	}
	if s.form.closed != nil {
		s.form.closed()
	}
	s.form, s.focus = nil, s.form.from
	s.picture.stale = true
}

// press the first button from wherever one is in the form.
func (s *Screen) saveNow(action.Target) tea.Cmd {
	if s.form == nil {
		return nil
	}
	s.picture.stale = true
	s.form.problem = safe.Text{}
	return s.submit()
}

// scrollPreview shows more of what saving would mean.
func (s *Screen) scrollPreview(by int) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		if f := s.form; f != nil {
			f.scroll, s.picture.stale = max(min(f.scroll+by, f.hidden), 0), true
		}
		return nil
	}
}

// says reports whether a sentence stands at a field or below the form already.
func (f *form) says(text safe.Text) bool {
	return f.problem.String() == text.String() || slices.ContainsFunc(f.fields.Rows, func(r widget.FormRow) bool { return r.Problem.String() == text.String() })
}

// draw draws the form in a column, with what is to be said below it, and tells
// where the cursor stands.
func (f *form) draw(t *theme.Theme, size shell.Size) ([]string, *tea.Position) {
	head, foot := &sheet{t: t, width: size.W}, &sheet{t: t, width: size.W}
	if !f.intro.IsEmpty() {
		head.say(theme.Faint, f.intro)
		head.lines = append(head.lines, widget.Blank(size.W))
	}
	foot.lines = append(foot.lines, widget.Blank(size.W))
	switch {
	case f.saving.Busy():
		foot.say(theme.Accent, f.working)
	case !f.problem.IsEmpty():
		foot.say(theme.Bad, safe.Sprintf("! %s", f.problem))
	case !f.harmless:
		foot.say(theme.Faint, safe.Const("Nothing is written until you save."))
	}
	var would []string
	if f.preview != nil {
		seen := &sheet{t: t, width: size.W}
		if f.preview(seen); len(seen.lines) > 0 {
			would = append([]string{widget.Blank(size.W)}, seen.lines...)
		}
	}
	all, _ := f.fields.View(t, size.W, 1<<10)
	if size.H < len(head.lines)+len(all)+len(would)+len(foot.lines) {
		head.lines = nil
	}
	if room := size.H / 3; len(foot.lines) > room {
		foot.lines = foot.lines[:room]
	}
	room := size.H - len(head.lines) - len(foot.lines)
	share := room / 3
	if f.scroll > 0 {
		share = max(share, room-leastFields) // somebody reads it
	}
	would = f.scrolled(t, would, max(room-len(all), min(share, len(would))), size.W)
	all, cursor := f.fields.View(t, size.W, max(room-len(would), 1))
	foot.lines = append(would, foot.lines...)
	if cursor != nil {
		cursor.Y += len(head.lines)
	}
	if f.saving.Busy() {
		cursor = nil
	}
	return widget.Fill(append(append(head.lines, all...), foot.lines...), size.W, size.H), cursor
}

// scrolled is the part of a preview in sight, in at most so many lines. What
// there is more of is said, with the keys that show it: letters and arrows
// belong to the fields.
func (f *form) scrolled(t *theme.Theme, lines []string, room, width int) []string {
	f.hidden = max(len(lines)-room, 0)
	f.scroll = max(min(f.scroll, f.hidden), 0)
	if f.hidden == 0 || room < 1 {
		return lines[:min(len(lines), max(room, 0))]
	}
	shown := append([]string(nil), lines[f.scroll:f.scroll+room]...)
	if more := f.hidden - f.scroll; more > 0 {
		shown[room-1] = widget.NewLine(t, width).Space(1).Put(theme.Faint, safe.Sprintf("%s more lines · pgdn", safe.Int(more+1))).String()
	}
	return shown
}
