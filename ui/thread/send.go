package thread

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// then is what follows on sending.
type then uint8

const (
	stayHere then = iota
	closeIt
	goToNext
)

// asking is what stands between a text and its sending.
type asking struct {
	// cautions are what the guards have said and the author has seen, shownAt
	// since when.
	cautions []desk.Caution
	shownAt  time.Time
	// seen is the version of the conversation that was on the screen with the
	// cautions: only a change up to there is confirmed by sending again.
	seen    int64
	problem safe.Text
	// unsaved says that the problem is a draft that could not be stored.
	unsaved bool
	sending bool
}

// tried is the fact that sending has been tried.
type tried struct {
	owned
	cautions []desk.Caution
	batch    string // what undo takes back; of a note only
	then     then
	err      error
}

// lookTime is how long a caution has to be on the screen before a key can
// confirm it: a key pressed twice by habit has not read it.
const lookTime = 300 * time.Millisecond

// send hands the text to the desk. What the guards say is shown; sending once
// more confirms exactly what has been shown.
func (c *composer) send(what then) tea.Cmd {
	if !c.ready || c.sending || len(c.cautions) > 0 && c.sh.Now().Sub(c.shownAt) < lookTime {
		return nil
	}
	if c.betrays() {
		return c.warned([]desk.Caution{{Guard: wasNote, Detail: "This was a note for the team; s again sends it to the customer."}})
	}
	c.sending, c.leaving, c.problem = true, false, safe.Text{}
	d, keep, sh := c.written(), c.keep, c.sh
	o := desk.SendOptions{Close: what == closeIt, Hold: desk.HoldTime}
	if c.over == shell.Anyway {
		o.Confirmed = append(o.Confirmed, desk.GuardAssigned)
	}
	for _, ca := range c.cautions {
		switch {
		case ca.Guard == wasNote:
		case ca.Guard != desk.GuardChanged:
			o.Confirmed = append(o.Confirmed, ca.Guard)
		case c.seen != 0:
			d.Version = c.seen
		}
	}
	return shell.Do(sh, func(ctx context.Context) (tried, error) {
		t := tried{owned: owned{c}, then: what}
		err := keep.finish(d.Kind, func() (bool, error) {
			if d.Kind == desk.DraftNote {
				out, err := sh.Desk.AddNote(ctx, d.Conversation, d.Text)
				t.batch = out.Batch
				return err == nil, err
			}
			res, err := sh.Desk.Send(ctx, d, o)
			t.cautions = res.Cautions
			return err == nil && len(t.cautions) == 0, err
		})
		return t, err
	}, func(t tried, err error) tea.Msg {
		t.err = err
		return t
	})
}

func (c *composer) tried(t tried) tea.Cmd {
	c.sending = false
	switch {
	case t.err != nil:
		c.refused(t.err)
		return nil
	case len(t.cautions) > 0:
		return c.warned(t.cautions)
	}
	was := c.kind
	cmd := tea.Batch(c.save(), c.host.sent(t.then)) // the text of the other kind stays
	if was == desk.DraftNote {
		return tea.Batch(cmd, c.sh.Say(shell.Toast{Text: safe.Const("The note is in the conversation; only the team sees it."), Role: theme.Good, Undo: t.batch}))
	}
	return cmd
}

// refused shows what is wrong where it can be put right.
func (c *composer) refused(err error) {
	c.problem, c.bar = shell.Sentence(err), false
	var e *desk.Error
	if !errors.As(err, &e) {
		return
	}
	switch e.Code {
	case "NO_RECIPIENT":
		c.at = onTo
	case "BAD_RECIPIENT":
		c.at = c.wrong()
	case "EMPTY_MAIL", "EMPTY_NOTE":
		c.at = onText
	}
}

// wrong is the first field with an address that is none.
func (c *composer) wrong() focus {
	for _, f := range [...]focus{onTo, onCc, onBcc} {
		for _, m := range addresses(c.fields[f].Value()) {
			if at := strings.LastIndexByte(m.Addr, '@'); at < 1 || at == len(m.Addr)-1 || strings.ContainsAny(m.Addr, " \t<>,;") {
				return f
			}
		}
	}
	return onTo
}

// warned shows what the guards have said. Those that were confirmed before
// stay confirmed.
func (c *composer) warned(cautions []desk.Caution) tea.Cmd {
	for _, ca := range cautions {
		c.cautions = slices.DeleteFunc(c.cautions, func(old desk.Caution) bool { return old.Guard == ca.Guard })
	}
	c.cautions = append(c.cautions, cautions...)
	c.bar, c.shownAt = true, c.sh.Now()
	if slices.ContainsFunc(cautions, func(ca desk.Caution) bool { return ca.Guard == desk.GuardChanged }) {
		c.seen = 0
		return c.host.again()
	}
	return nil
}
