package ui

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// banner is the one place that says what is wrong, since when, and what to do;
// where all is well, that somebody has set me away, or what an admin is due to do.
// Its first line stands where the rule below the header is, so that it moves
// nothing; a second one takes a line from the screen.
type banner struct {
	key   bannerKey
	lines []string
}

type bannerKey struct {
	text  string
	role  theme.Role
	width int
	most  int
	theme *theme.Theme
}

// secondLine is the height from which on a screen can give a line away.
const secondLine = 14

// bannerMargin are the cells before its words, for the sign.
const bannerMargin = 3

// bannerLines draws the banner; none where all is well.
func (m *Model) bannerLines(size shell.Size) []string {
	text, role := m.wrong()
	most := 1
	switch {
	case text.IsEmpty():
		text, role = m.due(size.W), theme.Accent
	case size.H >= secondLine:
		most = 2
	}
	if text.IsEmpty() {
		m.banner = banner{}
		return nil
	}
	k := bannerKey{text: text.String(), role: role, width: size.W, most: most, theme: m.sh.Theme()}
	if m.banner.key != k {
		m.banner = banner{k, drawBanner(k, text)}
	}
	return m.banner.lines
}

func drawBanner(k bannerKey, text safe.Text) []string {
	t := k.theme
	parts := widget.Wrap(t, text, k.width-bannerMargin-1)
	if len(parts) > k.most {
		parts = append(parts[:k.most-1:k.most-1], safe.Join(" ", parts[k.most-1:]...))
	}
	lines := make([]string, len(parts))
	for i, p := range parts {
		l := widget.NewLine(t, k.width).Space(1)
		switch {
		case i > 0:
			l.Space(bannerMargin - 1)
		case k.role == theme.Accent:
			l.Sign(k.role, t.Signs.Dot).Space(1)
		default:
			l.Sign(k.role, t.Signs.Broken).Space(1)
		}
		lines[i] = l.Cell(k.role, p, k.width-bannerMargin-1).String()
	}
	return lines
}

// wrong says what is wrong: with the desk itself, or else with the mailbox that
// needs somebody most.
func (m *Model) wrong() (safe.Text, theme.Role) {
	if e := m.sh.Trouble.Err; e != nil {
		return safe.Sprintf("Since %s: %s", m.sh.When(m.sh.Trouble.Since), shell.Sentence(e)), theme.Bad
	}
	if g, ok := m.looker(); ok {
		return safe.Sprintf("%s sees your inbox %s until %s: %s", safe.Line(g.UserName), safe.Line(g.InboxName), m.sh.When(g.Until), safe.Line(g.Reason)), theme.Warn
	}
	a, in, others := m.worst()
	if a.State != desk.AccountRetrying && !a.State.NeedsPerson() {
		return safe.Text{}, theme.Plain
	}
	text, role := safe.Sprintf("%s since %s: %s", safe.Addr(a.Address), m.sh.When(a.Since), safe.Line(a.Cause)), theme.Warn
	if a.State == desk.AccountNeedsConsent {
		text = safe.Sprintf("%s waits for an admin at its provider since %s: %s", safe.Addr(a.Address), m.sh.When(a.Since), safe.Line(a.Cause))
		role = theme.Bad
	}
	if a.State == desk.AccountNeedsSignIn {
		text = safe.Sprintf("%s needs sign-in since %s: %s. %s", safe.Addr(a.Address), m.sh.When(a.Since), m.cure(a, in), safe.Line(a.Cause))
		role = theme.Bad
	}
	if others > 0 {
		text = safe.Sprintf("%s mailboxes. %s", safe.Int(others+1), text)
	}
	return text, role
}

// due says who has set me away, or else reminds an admin of the quarterly look
// at the set-up. It waits until nothing is wrong, and never takes a line: nothing gets worse by the day.
func (m *Model) due(width int) safe.Text {
	if text, more := m.setAway(); !text.IsEmpty() {
		if all := safe.Join(" ", text, more); m.sh.Theme().Width(all.String()) <= width-bannerMargin-1 {
			return all
		}
		return text
	}
	at := m.sh.State.SignOff
	if at.IsZero() || m.sh.Now().Before(at) {
		return safe.Text{}
	}
	how := safe.Const("postroom doctor --sign-off")
	if m.sh.Screens().Settings != nil {
		how = safe.Const("g , Doctor")
	}
	return safe.Sprintf("Sign-off is due: %s (since %s)", how, m.sh.When(at))
}

// cure says what makes the account sign in again, or who can do that: the owner
// of its inbox, who may configure a shared one, and admins.
func (m *Model) cure(a desk.Account, in desk.InboxView) safe.Text {
	me := m.sh.State.Me
	shared := in.Kind == desk.Shared
	switch {
	case in.Owner != me.ID && !(shared && (in.Rights.Configure || me.Admin())):
		owner := safe.Const("its owner")
		for _, u := range in.Members {
			if u.ID == in.Owner {
				owner = safe.Line(u.Name)
			}
		}
		if !shared {
			return safe.Sprintf("%s can sign in again", owner)
		}
		return safe.Sprintf("%s or an admin can sign in again", owner)
	case m.sh.Screens().Settings != nil:
		return safe.Const("g , opens the settings, where it signs in again")
	}
	return safe.Sprintf("postroom account reauth %s", safe.Addr(a.Address))
}

// looker is an admin who looks into an inbox of mine.
func (m *Model) looker() (desk.BrokenGlass, bool) {
	for _, in := range m.sh.State.Inboxes {
		if in.Owner == m.sh.State.Me.ID && len(in.Glass) > 0 {
			return in.Glass[0], true
		}
	}
	return desk.BrokenGlass{}, false
}

// worst is the mailbox that needs somebody most, with its inbox, and how many
// others do not work. What is behind the personal mailbox of somebody else is not ours to
// mend.
func (m *Model) worst() (worst desk.Account, inbox desk.InboxView, others int) {
	for _, in := range m.sh.State.Inboxes {
		for _, a := range in.Accounts {
			if a.State != desk.AccountRetrying && !a.State.NeedsPerson() {
				continue
			}
			others++ // as the header counts, somebody's own too
			if a.Address == "" {
				continue
			}
			if worst.ID == 0 || rank(a.State) > rank(worst.State) {
				worst, inbox = a, in
			}
		}
	}
	return worst, inbox, max(others-1, 0)
}

// turned looks how the desk is. Where it is well again, what could not be done
// while it was not is no news any more.
func (m *Model) turned() tea.Cmd {
	m.sh.Trouble = m.sh.Desk.Trouble()
	if m.sh.Trouble.Err == nil {
		m.sh.HushTrouble()
	}
	return m.fit()
}

// fit gives the screens the room that the banner leaves.
func (m *Model) fit() tea.Cmd {
	room := m.terminal
	if n := len(m.bannerLines(room)); n > 1 {
		room.H -= n - 1
	}
	if room == m.sh.Size() {
		return nil
	}
	return m.sh.Resize(room)
}
