package settings

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// doctor is what is set up in a way that goes wrong, each with what mends it.
type doctor struct {
	s     *Screen
	list  list
	found desk.Diagnosis
	due   time.Time
	read  shell.Lane[examined]
	known bool
	// servers says that the mail servers are to be asked too, which is for who
	// wants it only: it signs in everywhere.
	servers bool
}

// examined is a diagnosis, and when it should be signed off next; zero for who
// cannot.
type examined struct {
	desk.Diagnosis
	due time.Time
}

func newDoctor(s *Screen) *doctor {
	return &doctor{s: s, list: list{tall: 2, nothing: safe.Const("Nothing to mend.")}}
}

func (p *doctor) about() About {
	return About{ID: Doctor, Title: safe.Const("Doctor"), scope: action.InDoctor, system: true}
}

func (p *doctor) here() *list { return &p.list }

// mark counts what does not work, and else what is only a warning.
func (p *doctor) mark() (safe.Text, theme.Role) {
	n := map[desk.Severity]int{}
	for _, f := range p.found.Findings {
		n[f.Severity]++
	}
	switch {
	case n[desk.Fault] > 0:
		return safe.Sprintf("%s !", safe.Int(n[desk.Fault])), theme.Bad
	case n[desk.Warning] > 0:
		return safe.Int(n[desk.Warning]), theme.Warn
	default:
		return safe.Text{}, theme.Faint
	}
}

func (p *doctor) ask() tea.Cmd {
	if p.known {
		return nil
	}
	return p.examine()
}

// examine looks at the desk and the machine, and where it is wished at the
// mail servers.
func (p *doctor) examine() tea.Cmd {
	if p.read.Busy() {
		return nil
	}
	o, servers := p.s.o, p.servers
	return p.read.Ask(p.s.sh.Context(), func(ctx context.Context) (examined, error) {
		var readings desk.Readings
		if o.Readings != nil {
			var err error
			if readings, err = o.Readings(ctx, servers); err != nil {
				return examined{}, err
			}
		}
		found, err := o.Desk.Doctor(ctx, readings)
		if err != nil {
			return examined{}, err
		}
		due, err := o.Desk.SignOffDue(ctx)
		return examined{found, due}, err
	})
}

func (p *doctor) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		if !msg.Settings {
			return nil // traffic does not change how the desk is set up
		}
		p.known = false
		if p.s.part() == part(p) {
			return p.ask()
		}
	case mended:
		return p.mended(msg)
	case shell.Answer[examined]:
		return p.arrived(msg)
	}
	return nil
}

func (p *doctor) arrived(msg tea.Msg) tea.Cmd {
	e, err, ok := p.read.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		return p.s.sh.Missed(err)
	}
	p.known, p.found, p.due = true, e.Diagnosis, e.due
	p.list.set(p.rows(), p.s.sh.Dialog() != nil)
	return nil
}

func (p *doctor) rows() []row {
	t := p.s.sh.Theme()
	rows := make([]row, len(p.found.Findings))
	for i, f := range p.found.Findings {
		r := row{id: idOf(f.Code, f.Where), title: safe.Line(f.Where), sign: t.Signs.Dot, role: theme.Faint, right: safe.Line(string(f.Area)), under: safe.Line(f.What)}
		if f.Where == "" {
			r.title = safe.Line(f.About)
		}
		switch f.Severity {
		case desk.Fault:
			r.sign, r.role = t.Signs.Broken, theme.Bad
		case desk.Warning:
			r.sign, r.role = t.Signs.Broken, theme.Warn
		case desk.Notice:
		}
		rows[i] = r
	}
	return rows
}

func (p *doctor) sheet(s *sheet) {
	if f, ok := p.marked(); ok {
		p.finding(s, f)
		s.gap()
	}
	if p.known {
		p.summary(s)
	}
}

func (p *doctor) finding(s *sheet, f desk.Finding) {
	s.fact(safe.Const("what"), theme.Plain, safe.Line(f.What))
	s.fact(safe.Const("looked for"), theme.Faint, safe.Line(f.About))
	s.fact(safe.Const("how bad"), theme.Plain, safe.Line(string(f.Severity)))
	s.fact(safe.Const("mend it"), theme.Accent, safe.Line(f.Fix))
	s.fact(safe.Const("code"), theme.Faint, safe.Line(f.Code))
}

// summary is how the desk as a whole does.
func (p *doctor) summary(s *sheet) {
	s.say(theme.Faint, safe.Sprintf("%s of %s checks are well, as of %s.", safe.Int(p.found.Passed()), safe.Int(len(p.found.Checked)), p.s.sh.When(p.found.At)))
	if !p.servers {
		s.say(theme.Faint, safe.Const("The mail servers were not asked."))
	}
	switch {
	case p.due.IsZero():
	case p.due.Before(p.s.sh.Now()):
		s.say(theme.Warn, safe.Sprintf("The set-up should have been gone through and signed off by %s.", p.s.sh.When(p.due)))
	default:
		s.say(theme.Faint, safe.Sprintf("To be gone through and signed off by %s.", p.s.sh.When(p.due)))
	}
}

func (p *doctor) verbs() []verb {
	some := action.When("nothing is marked that could be mended", func() bool { _, ok := p.marked(); return ok })
	fix := action.When("there is no command that mends it", func() bool { f, ok := p.marked(); return ok && f.Fix != "" })
	known := action.When("it has not been looked at yet", func() bool { return p.known })
	admin := action.When("only admins sign off how the desk is set up", func() bool { return p.s.state().Me.Admin() })
	outside := action.When("the mail servers cannot be asked from here", func() bool { return p.s.o.Readings != nil })
	return []verb{
		{Action: action.Action{ID: "doctor.mend", Title: "Mend what is marked, or go where that is done", Needs: []action.Need{fix}, Run: p.mend}, button: safe.Const("Mend it"), fits: some},
		{Action: action.Action{ID: "doctor.copy", Title: "Copy the command that mends it", Keys: []string{"y"}, Footer: "copy command", Weight: 5, Needs: []action.Need{fix}, Run: p.copyFix}, button: safe.Const("Copy command"), fits: some},
		{Action: action.Action{ID: "doctor.again", Title: "Look again, and sign in to every mail server", Needs: []action.Need{outside}, Run: p.again}, button: safe.Const("Ask the servers")},
		{Action: action.Action{ID: "doctor.signoff", Title: "Sign the checklist off", Needs: []action.Need{known}, Run: p.signOff}, button: safe.Const("Sign off"), right: admin},
	}
}

func (p *doctor) again(action.Target) tea.Cmd {
	p.servers = true
	return tea.Batch(p.examine(), p.s.say(theme.Faint, safe.Const("Signing in to every mail server…")))
}

// signOff asks for a note and keeps the checklist.
func (p *doctor) signOff(action.Target) tea.Cmd {
	d, found := p.s.o.Desk, p.found
	open := len(found.Checked) - found.Passed()
	f := &form{
		title:   safe.Const("Sign off the set-up"),
		intro:   safe.Sprintf("%s checks were made; %s of them found something to mend. You sign that you have seen it. The list stays in the journal and cannot be changed.", safe.Int(len(found.Checked)), safe.Int(open)),
		working: safe.Const("Signing…"),
	}
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("Note"), Hint: safe.Const("what there is to say, or nothing")}}
	f.fields.Buttons = []safe.Text{safe.Const("Sign off"), safe.Const("Cancel")}
	f.saved = func() { p.known = false }
	f.save = func(ctx context.Context, v values) (result, error) {
		_, err := d.SignOff(ctx, found, v.text(0))
		return result{text: safe.Const("Signed off. It is due again in 90 days.")}, err
	}
	return p.s.open(f)
}
