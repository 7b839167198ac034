package thread

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

// focus is which part of the composer the keys go to.
type focus uint8

const (
	onText focus = iota
	onFrom
	onTo
	onCc
	onBcc
	onSubject
	focusCount
)

// host is the screen a composer works in.
type host interface {
	// sent ends the writing because the text has gone.
	sent(closed, next bool) tea.Cmd
	// stop ends the writing and keeps the text as a draft.
	stop() tea.Cmd
}

// composer is a text on its way to becoming a mail or a note.
type composer struct {
	sh   *shell.Shell
	host host
	conv desk.ConversationID
	// draft is what the text was begun from: its inbox, account and version.
	draft  desk.Draft
	ready  bool
	fields [focusCount]widget.Field
	text   widget.Editor
	at     focus
	// bar is the choice behind esc.
	bar bool
	// cautions are what the guards have said and the author has seen.
	cautions []desk.Caution
	problem  safe.Text
	sending  bool
	// changed says that the conversation went on since the text was begun.
	changed bool

	keep    *keeper
	saved   int // the edits that the store has
	savedAt time.Time
	armed   bool
}

// The facts about a composer's own commands.
type (
	draftRead struct {
		c     *composer
		draft desk.Draft
		err   error
	}
	draftDue   struct{ c *composer }
	draftSaved struct {
		c     *composer
		edits int
		err   error
	}
)

func newComposer(sh *shell.Shell, conv desk.ConversationID, h host) *composer {
	return &composer{sh: sh, host: h, conv: conv, keep: &keeper{}}
}

// begin looks for what is to be written: a draft that was begun, or an answer
// with its recipients.
func (c *composer) begin(start shell.Start) tea.Cmd {
	id := c.conv
	return shell.Do(c.sh, func(ctx context.Context) (desk.Draft, error) {
		if start != shell.ToNote {
			return c.sh.Desk.NewReply(ctx, id, start == shell.ToReplyAll)
		}
		d, err := c.sh.Desk.Draft(ctx, id, desk.DraftNote)
		if desk.KindOf(err) == desk.NotFound {
			return desk.Draft{Kind: desk.DraftNote, Conversation: id}, nil
		}
		return d, err
	}, c.read)
}

func (c *composer) read(d desk.Draft, err error) tea.Msg { return draftRead{c, d, err} }

// update hears a fact about this composer.
func (c *composer) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case draftRead:
		if msg.c == c {
			return c.begun(msg)
		}
	case draftDue:
		if msg.c == c {
			c.armed = false
			return c.save()
		}
	case draftSaved:
		if msg.c == c {
			return c.stored(msg)
		}
	case tried:
		if msg.c == c {
			return c.tried(msg)
		}
	case editorReady:
		if msg.c == c {
			return c.openEditor(msg)
		}
	case editorDone:
		if msg.c == c {
			return c.edited(msg)
		}
	}
	return nil
}

func (c *composer) begun(r draftRead) tea.Cmd {
	if r.err != nil {
		return tea.Batch(c.host.stop(), c.sh.Fail(r.err))
	}
	c.fill(r.draft)
	if c.conv == 0 && len(r.draft.To) == 0 {
		c.at = onTo
	}
	return nil
}

// fill puts a draft into the fields.
func (c *composer) fill(d desk.Draft) {
	c.draft, c.ready = d, true
	c.fields[onTo].Set(mailboxes(d.To))
	c.fields[onCc].Set(mailboxes(d.Cc))
	c.fields[onBcc].Set(mailboxes(d.Bcc))
	c.fields[onSubject].Set(d.Subject)
	c.text.Set(d.Text)
	c.saved = c.text.Edits()
}

// written is the draft as it stands in the fields.
func (c *composer) written() desk.Draft {
	d := c.draft
	d.Text = c.text.Value()
	if d.Kind == desk.DraftNote {
		return d
	}
	d.To, d.Cc, d.Bcc = addresses(c.fields[onTo].Value()), addresses(c.fields[onCc].Value()), addresses(c.fields[onBcc].Value())
	d.Subject = c.fields[onSubject].Value()
	return d
}

// saw hears of the conversation's newest version.
func (c *composer) saw(t desk.Thread) {
	c.changed = c.ready && c.draft.Kind == desk.DraftReply && t.Version != c.draft.Version
}

func (c *composer) note() bool { return c.draft.Kind == desk.DraftNote }

func (c *composer) scope() action.Scope {
	if c.bar {
		return action.SendBar
	}
	return action.Composer
}

func (c *composer) typing() bool { return !c.bar }

// press takes a key that is bound to nothing.
func (c *composer) press(msg tea.KeyPressMsg) tea.Cmd {
	if !c.ready || c.sending {
		return nil
	}
	switch {
	case c.at == onText:
		c.text.Press(msg)
	case c.at == onFrom:
		c.chooseFrom(msg.Keystroke())
	case msg.Keystroke() == "enter":
		c.focusNext(1)
	default:
		c.fields[c.at].Press(msg)
	}
	return c.changedText()
}

func (c *composer) paste(text string) tea.Cmd {
	if !c.ready || c.sending {
		return nil
	}
	if c.at == onText {
		c.text.Insert(text)
	} else if c.at != onFrom {
		c.fields[c.at].Insert(text)
	}
	return c.changedText()
}

// draftPause is how long a text may be unsaved: what a kill can cost.
const draftPause = time.Second

// changedText lets the store have the text within a second.
func (c *composer) changedText() tea.Cmd {
	c.problem, c.cautions = safe.Text{}, nil
	if c.armed {
		return nil
	}
	c.armed = true
	return c.sh.After(draftPause, draftDue{c})
}

// save gives the text to the store, if there is something new to keep.
func (c *composer) save() tea.Cmd {
	d, edits := c.written(), c.text.Edits()
	if !c.ready || d.Text == "" && d.ID == 0 {
		return nil
	}
	keep, sh := c.keep, c.sh
	return shell.Do(sh, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, keep.save(ctx, sh.Desk, d, edits)
	}, func(_ struct{}, err error) tea.Msg { return draftSaved{c, edits, err} })
}

func (c *composer) stored(s draftSaved) tea.Cmd {
	if s.err != nil {
		return c.sh.Fail(s.err)
	}
	c.saved, c.savedAt = s.edits, c.sh.Now()
	return nil
}

// senders are the accounts the mail may leave from.
func (c *composer) senders() []desk.Account {
	in, _ := c.sh.State.Inbox(c.draft.Inbox)
	return in.Accounts
}

func (c *composer) chooseFrom(key string) {
	by := 1
	if key == "left" || key == "up" {
		by = -1
	}
	list := c.senders()
	for i, a := range list {
		if a.ID == c.draft.Account {
			c.draft.Account = list[(i+by+len(list))%len(list)].ID
			return
		}
	}
}

// focusNext goes to the next field that exists.
func (c *composer) focusNext(by int) {
	if c.note() {
		c.at = onText
		return
	}
	for {
		c.at = focus((int(c.at) + by + int(focusCount)) % int(focusCount))
		if c.at != onFrom || len(c.senders()) > 1 {
			return
		}
	}
}

// switchKind makes a reply a note and back. The text stays.
func (c *composer) switchKind() tea.Cmd {
	if !c.ready || c.conv == 0 {
		return nil
	}
	text := c.text.Value()
	start := shell.ToNote
	if c.note() {
		start = shell.ToReply
	}
	was := c.draft
	next := newComposer(c.sh, c.conv, c.host)
	*c = *next
	read := c.begin(start)
	return func() tea.Msg {
		msg, ok := read().(draftRead)
		if !ok || msg.err != nil {
			return draftRead{c, withText(was, text), nil}
		}
		return draftRead{c, withText(msg.draft, text), nil}
	}
}

func withText(d desk.Draft, text string) desk.Draft {
	if d.Text != "" && text != "" && d.Text != text {
		text = text + "\n\n" + d.Text
	}
	if text != "" {
		d.Text = text
	}
	return d
}

// role is the colour of the composer: a note must not look like a reply.
func (c *composer) role() theme.Role {
	if c.note() {
		return theme.Note
	}
	return theme.Accent
}
