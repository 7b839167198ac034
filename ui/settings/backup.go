package settings

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// backup are the copies of the desk that have been made, and the way to the
// next.
type backup struct {
	s     *Screen
	list  list
	made  []desk.Entry
	read  shell.Lane[copies]
	known bool
}

// copies are the backups in the journal.
type copies struct{ desk.History }

// backupsShown is how many copies the list goes back.
const backupsShown = 50

func newBackup(s *Screen) *backup {
	return &backup{s: s, list: list{tall: 1, nothing: safe.Const("No copy of this desk has been made yet.")}}
}

func (p *backup) about() About {
	return About{ID: Backup, Title: safe.Const("Backup"), scope: action.InBackup, system: true}
}

func (p *backup) here() *list { return &p.list }

func (p *backup) mark() (safe.Text, theme.Role) {
	if len(p.made) == 0 {
		return safe.Text{}, theme.Faint
	}
	return p.s.sh.When(p.made[0].At), theme.Faint
}

func (p *backup) ask() tea.Cmd {
	if p.known || p.read.Busy() {
		return nil
	}
	d := p.s.o.Desk
	return p.read.Ask(p.s.sh.Context(), func(ctx context.Context) (copies, error) {
		c := copies{}
		for q := (desk.JournalQuery{Kind: desk.EventBackedUp, Limit: backupsShown}); ; {
			h, err := d.Journal(ctx, q)
			c.Entries = append(c.Entries, h.Entries...)
			if q.Before = h.Next; err != nil || h.Next == 0 || len(c.Entries) >= backupsShown {
				return c, err
			}
		}
	})
}

func (p *backup) update(msg tea.Msg) tea.Cmd {
	if c, ok := msg.(keyCost); ok {
		return p.keyCost(c)
	}
	answer, ok := msg.(shell.Answer[copies])
	if !ok {
		return nil
	}
	c, err, ok := p.read.Take(answer)
	if !ok {
		return nil
	}
	if err != nil {
		return p.s.sh.Missed(err)
	}
	p.known, p.made = true, c.Entries
	rows := make([]row, len(p.made))
	for i, e := range p.made {
		rows[i] = row{id: int64(e.Seq), title: safe.Line(e.Is), right: p.s.sh.When(e.At)}
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
	return nil
}

func (p *backup) sheet(s *sheet) {
	if p.list.at < len(p.made) {
		e := p.made[p.list.at]
		s.fact(safe.Const("file"), theme.Plain, safe.Line(e.Is))
		s.fact(safe.Const("made"), theme.Plain, p.s.sh.When(e.At))
		s.fact(safe.Const("by"), theme.Plain, safe.Line(e.Who))
		s.gap()
	}
	s.say(theme.Faint, safe.Const("A copy is read back before it gets its name, every stored mail against its hash. Open it with --db FILE. The key to the accounts' passwords is not in it."))
	s.title(safe.Const("The key"))
	s.say(theme.Faint, safe.Const("It opens the passwords that the accounts sign in with. Keep a copy apart from the backups: without it every account signs in again, with it and a backup anybody does. Another machine that works on this desk needs one too."))
}

func (p *backup) verbs() []verb {
	admin := action.When("only admins copy the whole desk: it holds what everybody has written", func() bool { return p.s.state().Me.Admin() })
	return []verb{
		{Action: action.Action{ID: "backup.make", Title: "Back up now", Keys: []string{"c"}, Footer: "back up now", Weight: 5, Run: p.create}, button: safe.Const("Back up now"), right: admin},
		{Action: action.Action{ID: "key.copy", Title: "Save a copy of the key", Keys: []string{"K"}, Footer: "copy the key", Weight: 4, Run: p.copyKey}, button: safe.Const("Copy the key"), right: admin},
		{Action: action.Action{ID: "key.new", Title: "Begin a new key, because the old one is lost", Keys: []string{"N"}, Weight: 3, Run: p.newKey}, button: safe.Const("New key"), right: admin},
	}
}

// create asks where to, and copies the desk while everybody goes on working.
func (p *backup) create(action.Target) tea.Cmd {
	o := p.s.o
	f := &form{
		title:   safe.Const("Back up now"),
		intro:   safe.Const("The desk is copied as of one moment while everybody goes on working, and the copy is read back. It lies on the machine postroom runs on."),
		working: safe.Const("Copying the desk, and reading the copy back… esc stops"),
		culprit: func(e *desk.Error) int {
			if e.Kind == desk.Invalid || e.Kind == desk.Conflict {
				return 0
			}
			return -1
		},
	}
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("File"), Hint: safe.Const("such as /backup/desk.db; it must not be there yet")}}
	f.fields.Rows[0].Field.Set(fmt.Sprintf("postroom-%s.db", p.s.sh.Now().Format("2006-01-02-1504")))
	f.fields.Buttons = []safe.Text{safe.Const("Copy"), safe.Const("Cancel")}
	f.saved = func() { p.known = false }
	f.save = func(ctx context.Context, v values) (result, error) {
		done, err := o.BackUp(ctx, v.text(0))
		megabytes := safe.Line(fmt.Sprintf("%.1f", float64(done.Size)/1e6))
		return result{text: safe.Sprintf("Copied to %s: %s MB, %s stored mails held to their hashes.", safe.Line(done.File), megabytes, safe.Int(done.Mails))}, err
	}
	return p.s.open(f)
}
