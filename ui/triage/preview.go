package triage

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// preview is the end of the conversation under the cursor.
type preview struct {
	sh     *shell.Shell
	lane   shell.Lane[desk.Thread]
	wanted desk.ConversationID
	thread *desk.Thread
	// version grows with every answer.
	version int
	resting bool
	// stale is set when the bell has rung and nothing was asked for it.
	stale bool
	// listed is the version of the conversation that the list shows.
	listed int64
	back   int // lines scrolled back from the end
	pic    picture
}

// rested is the fact that the cursor has been left alone for a moment.
type rested struct{}

const (
	// restTime is how long a preview waits while the cursor is moving. The
	// first row of a movement is read at once, then the one it ends on.
	restTime = 90 * time.Millisecond
	// previewItems is how many messages and notes are read.
	previewItems = 10
)

// follow shows another row.
func (p *preview) follow(r *desk.Row) tea.Cmd {
	if r == nil {
		p.clear()
		return nil
	}
	p.listed = r.Version
	if r.ID == p.wanted && (p.lane.Busy() || p.thread != nil && p.thread.ID == r.ID && p.thread.Version == r.Version) {
		return nil
	}
	if r.ID != p.wanted {
		p.back = 0
	}
	p.wanted = r.ID
	if p.resting {
		return nil
	}
	p.resting = true
	return tea.Batch(p.ask(), p.sh.After(restTime, rested{}))
}

// again reads the same row anew after the bell, now or as soon as it may.
func (p *preview) again(r *desk.Row) tea.Cmd {
	if r == nil {
		return nil
	}
	if p.resting || p.lane.Busy() {
		p.stale = true
		return nil
	}
	p.wanted, p.listed = r.ID, r.Version
	return p.ask()
}

func (p *preview) ask() tea.Cmd {
	p.stale = false
	d, id := p.sh.Desk, p.wanted
	return p.lane.Ask(p.sh.Context(), func(ctx context.Context) (desk.Thread, error) { return d.Thread(ctx, id, previewItems) })
}

// rested asks for the row the cursor has come to rest on.
func (p *preview) rested(rested) tea.Cmd {
	p.resting = false
	if p.wanted == 0 || p.thread != nil && p.thread.ID == p.wanted && !p.behind() || p.lane.Busy() {
		return nil
	}
	return p.ask()
}

// behind reports whether what was read may be older than what has happened.
func (p *preview) behind() bool { return p.stale || p.thread != nil && p.thread.Version < p.listed }

func (p *preview) arrived(msg tea.Msg) tea.Cmd {
	t, err, ok := p.lane.Take(msg)
	if !ok {
		return nil
	}
	if desk.KindOf(err) == desk.NotFound && err != nil {
		p.thread = nil
		p.version++
		return nil
	}
	if err != nil {
		return p.sh.Missed(err)
	}
	p.thread = &t
	p.version++
	if t.ID == p.wanted && p.behind() && !p.resting {
		return p.ask()
	}
	return nil
}

func (p *preview) clear() {
	p.lane.Drop()
	p.wanted, p.thread, p.back = 0, nil, 0
	p.version++
}

// scroll moves through the text; by is in lines, down is positive.
func (p *preview) scroll(by int) { p.back = max(p.back-by, 0) }

// title names the conversation, for the line above the preview.
func (p *preview) title() safe.Text {
	if p.thread == nil {
		return safe.Text{}
	}
	return safe.Sprintf("#%s · %s · %s", safe.Int(int(p.thread.ID)), safe.Line(p.thread.Who), p.facts())
}

// facts are status, assignee and inbox, in words.
func (p *preview) facts() safe.Text {
	t := p.thread
	list := []safe.Text{safe.Line(string(t.Place()))}
	if t.Ticket != 0 {
		list = append(list, safe.Line(t.StageName))
	}
	if !t.DueAt.IsZero() {
		list = append(list, safe.Sprintf("%s due %s", safe.Line(string(t.Due)), p.sh.When(t.DueAt)))
	}
	if holder := t.Holder(); holder != "" {
		list = append(list, safe.Sprintf("%s has it", safe.Line(holder)))
	} else if t.Place() == desk.InOpen {
		list = append(list, safe.Const("nobody has it"))
	}
	list = append(list, safe.Line(t.InboxName))
	if t.Priority != desk.NoPriority {
		list = append(list, safe.Sprintf("%s priority", safe.Line(t.Priority.String())))
	}
	for _, tag := range t.Tags {
		list = append(list, safe.Sprintf("#%s", safe.Line(tag)))
	}
	if t.AnsweredOutside {
		list = append(list, safe.Const("answered outside"))
	}
	return safe.Join(" · ", list...)
}

// picture remembers the lines of a preview and what they were made from.
type picture struct {
	key   pictureKey
	body  []string
	lines []string
	shown pictureKey
	back  int
	focus bool
}

type pictureKey struct {
	version int
	size    shell.Size
	theme   *theme.Theme
	minute  int64
}
