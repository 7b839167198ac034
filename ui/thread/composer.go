package thread

import (
	"context"
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

// host is the screen a composer works in.
type host interface {
	// sent ends the writing because the text has gone.
	sent(what then) tea.Cmd
	// stop ends the writing and keeps the text as a draft.
	stop() tea.Cmd
	// again reads the conversation again, because it has changed.
	again() tea.Cmd
}

// composer is a text on its way to becoming a mail or a note.
type composer struct {
	sh    *shell.Shell
	host  host
	conv  desk.ConversationID
	sheet       // what is being written
	aside sheet // the text of the other kind, if that was begun too
	// over is the answer to the question whose the conversation is.
	over shell.Over
	// mail is what a reply was begun from: its inbox, account and version.
	mail   desk.Draft
	head   letterhead
	fields [focusCount]widget.Field
	at     focus
	// ready says that what there was to go on with has been read; read are the
	// kinds for which it has.
	ready bool
	read  map[desk.DraftKind]bool
	// bar is the choice behind esc.
	bar bool
	// beside says that a border stands at the right, which the rules meet; rules
	// are the lines of the picture that are one.
	beside bool
	rules  []int
	// away says that the text is in an editor.
	away bool
	// leaving says that the writing ends when the store has the text.
	leaving bool

	asking  // what stands in the way of sending
	keep    *keeper
	edits   int  // every change, of whichever text
	armed   bool // a save is due
	changed bool // the conversation went on since the text was begun
	words   counted
	mention string // whom a note begins with that was begun for somebody
}

// counted remembers the number of words.
type counted struct{ edits, n int }

// fact is what a composer's own commands have led to; it is for nobody else.
type fact interface{ of() *composer }

type owned struct{ c *composer }

func (o owned) of() *composer { return o.c }

// The facts.
type (
	draftRead struct {
		owned
		draft desk.Draft
		// batch takes back that the conversation was taken over.
		batch string
		err   error
	}
	draftDue struct{ owned }
)

func newComposer(sh *shell.Shell, conv desk.ConversationID, h host) *composer {
	return &composer{sh: sh, host: h, conv: conv, sheet: sheet{kind: desk.DraftNew}, keep: &keeper{}, read: map[desk.DraftKind]bool{}}
}

// begin looks for what is to be written: a text that was begun, or an answer
// with its recipients. Letters that come before it is there are taken already.
// Who takes the conversation over has it before the answer is begun, so that
// the answer is to what it is then.
func (c *composer) begin(start shell.Start, over shell.Over) tea.Cmd {
	c.kind, c.over = desk.DraftReply, over
	c.mention = ""
	if start == shell.ToNote || start == shell.ToNoteHolder {
		c.kind = desk.DraftNote
	}
	if row := c.sh.Known(c.conv); start == shell.ToNoteHolder && row != nil && row.AssigneeName != "" {
		c.mention = "@" + row.AssigneeName + " "
	}
	read, take, mention := c.reading(c.kind, start == shell.ToReplyAll), c.takeOver, c.mention
	return shell.Do(c.sh, func(ctx context.Context) (r draftRead, err error) {
		if over == shell.TakeOver {
			r.batch, err = take(ctx)
		}
		if err == nil {
			r.draft, err = read(ctx)
		}
		if strings.TrimSpace(r.draft.Text) == "" {
			r.draft.Text += mention
		}
		return r, err
	}, func(r draftRead, err error) tea.Msg {
		r.owned, r.err = owned{c}, err
		return r
	})
}

// takeOver gives the conversation to the author, and says what undoes that.
func (c *composer) takeOver(ctx context.Context) (batch string, err error) {
	out, err := c.sh.Desk.Give(ctx, []desk.ConversationID{c.conv}, desk.Assignment{User: c.sh.State.Me.ID})
	return out.Batch, err
}

// reading asks the desk for a text to go on with.
func (c *composer) reading(kind desk.DraftKind, all bool) func(context.Context) (desk.Draft, error) {
	d, id := c.sh.Desk, c.conv
	return func(ctx context.Context) (desk.Draft, error) {
		if kind == desk.DraftReply {
			return d.NewReply(ctx, id, all)
		}
		dr, err := d.Draft(ctx, id, kind)
		if desk.KindOf(err) == desk.NotFound {
			return desk.Draft{Kind: kind, Conversation: id}, nil
		}
		return dr, err
	}
}

// update hears a fact about this composer.
func (c *composer) update(msg fact) tea.Cmd {
	switch msg := msg.(type) {
	case draftRead:
		return tea.Batch(c.begun(msg), c.askHead(), c.tookOver(msg.batch))
	case headRead:
		return c.headed(msg)
	case draftDue:
		c.armed = false
		return c.save()
	case draftSaved:
		return c.saved(msg)
	case kindRead:
		return tea.Batch(c.turned(msg), c.askHead())
	case tried:
		return c.tried(msg)
	case editorReady:
		return c.openEditor(msg)
	case editorDone:
		return c.edited(msg)
	case discarded:
		return c.dropped(msg)
	}
	return nil
}

// tookOver says that the conversation is the author's now.
func (c *composer) tookOver(batch string) tea.Cmd {
	if batch == "" {
		return nil
	}
	return c.sh.Say(shell.Toast{Text: safe.Const("It is yours now."), Role: theme.Good, Undo: batch})
}

// begun puts what was read into the fields; what has been typed since stands
// behind it.
func (c *composer) begun(r draftRead) tea.Cmd {
	if r.err != nil {
		if c.text.Value() == "" {
			return tea.Batch(c.host.stop(), c.sh.Fail(r.err))
		}
		// Somebody has begun to write already: the text stays, and so does
		// what is wrong.
		c.ready, c.leaving, c.problem = true, false, shell.Sentence(r.err)
		c.mail = desk.Draft{Kind: c.kind, Conversation: c.conv}
		return c.changedText()
	}
	typed := c.text.Value()
	c.fill(r.draft)
	if typed == "" {
		return nil
	}
	c.text.Insert(typed)
	cmd := c.changedText()
	if c.leaving {
		return tea.Batch(cmd, c.leave())
	}
	return cmd
}

// fill puts a draft into the fields.
func (c *composer) fill(d desk.Draft) {
	c.ready, c.read[d.Kind] = true, true
	if d.Kind != desk.DraftNote {
		c.addressed(d)
	}
	c.sheet.fill(d)
	if d.Kind == desk.DraftNew && len(d.To) == 0 {
		c.at = onTo
	}
}

// addressed takes the heads of a mail.
func (c *composer) addressed(d desk.Draft) {
	c.mail = d
	c.fields[onTo].Set(mailboxes(d.To))
	c.fields[onCc].Set(mailboxes(d.Cc))
	c.fields[onBcc].Set(mailboxes(d.Bcc))
	c.fields[onSubject].Set(d.Subject)
}

// written is the draft as it stands on the screen.
func (c *composer) written() desk.Draft { return c.draft(&c.sheet) }

func (c *composer) draft(s *sheet) desk.Draft {
	if s.kind == desk.DraftNote {
		return desk.Draft{Kind: desk.DraftNote, Conversation: c.conv, Text: s.text.Value()}
	}
	d := c.mail
	d.Kind, d.Text = s.kind, s.text.Value()
	d.To, d.Cc, d.Bcc = addresses(c.fields[onTo].Value()), addresses(c.fields[onCc].Value()), addresses(c.fields[onBcc].Value())
	d.Subject = c.fields[onSubject].Value()
	return d
}

// empty reports whether there is nothing in it worth keeping.
func (c *composer) empty(d desk.Draft) bool {
	if text := strings.TrimSpace(d.Text); text != "" && text != strings.TrimSpace(c.mention) {
		return false
	}
	return c.conv != 0 || len(d.To)+len(d.Cc)+len(d.Bcc) == 0 && strings.TrimSpace(d.Subject) == ""
}

func (c *composer) note() bool { return c.kind == desk.DraftNote }

func (c *composer) scope() action.Scope {
	if c.bar {
		return action.SendBar
	}
	return action.Composer
}

func (c *composer) typing() bool { return !c.bar }

// press takes a key that is bound to nothing.
func (c *composer) press(msg tea.KeyPressMsg) tea.Cmd {
	if c.sending {
		return nil
	}
	before, in := c.state(), c.mail.Inbox
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
	if c.state() == before {
		return nil
	}
	if c.mail.Inbox != in {
		return tea.Batch(c.changedText(), c.askHead())
	}
	return c.changedText()
}

// state tells whether a key has changed anything. The text counts its edits,
// so that nobody has to compare it.
func (c *composer) state() any {
	type all struct {
		edits   int
		account desk.AccountID
		from    string
		field   string
	}
	s := all{edits: c.text.Edits(), account: c.mail.Account, from: c.mail.From}
	if c.at != onText && c.at != onFrom {
		s.field = c.fields[c.at].Value()
	}
	return s
}

func (c *composer) paste(text string) tea.Cmd {
	switch {
	case c.sending || c.at == onFrom || text == "":
		return nil
	case c.at == onText:
		c.text.Insert(text)
	default:
		c.fields[c.at].Insert(text)
	}
	return c.changedText()
}

// The time a text may be unsaved, which is what a kill can cost, and the time
// after which a store that refused is asked again.
const (
	draftPause = time.Second
	draftRetry = 5 * time.Second
)

// changedText lets the store have the text within a second. What the guards
// said was about another text.
func (c *composer) changedText() tea.Cmd {
	c.problem, c.cautions = safe.Text{}, nil
	c.edits++
	c.saves.edits = c.edits
	return c.arm(draftPause)
}

func (c *composer) arm(pause time.Duration) tea.Cmd {
	if c.armed {
		return nil
	}
	c.armed = true
	return c.sh.After(pause, draftDue{owned{c}})
}

// saw hears of the conversation's newest version.
func (c *composer) saw(t desk.Thread) {
	c.changed = c.read[desk.DraftReply] && t.Version != c.mail.Version
	if c.seen == 0 {
		c.seen = t.Version
	}
}
