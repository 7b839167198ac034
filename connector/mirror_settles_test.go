package connector

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// TestMirrorSettles: two mail programs and a worker change a mailbox at the
// same time, in any order. When they stop, mailbox and desk become the same and
// stay so, and nobody loses a mail.
func TestMirrorSettles(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for seed := range uint64(crash.Count(3, 100)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, mail, seed, desk.WriteMove)
			p.steps(t, 40)
			p.settle(t)
			if wrong := p.compare(t); len(wrong) > 0 {
				p.fail(t, "%s", strings.Join(wrong, "\n"))
			}
		})
	}
}

// Without write-back the same steps leave differences, or this test would see
// none.
func TestMirrorSettlesControl(t *testing.T) {
	t.Parallel()
	p := newPlay(t, testserver.Shared(t), 1, desk.WriteNone)
	p.steps(t, 40)
	p.settle(t)
	if wrong := p.compare(t); len(wrong) == 0 {
		t.Error("a mailbox that is not written to is the same as the desk")
	}
}

// Our own move back to the INBOX comes to light after the conversation was
// closed again: that is no news. A desk that forgets what it has written and
// what it still has to write opens the conversation.
func TestOwnMoveIsNoNews(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for _, v := range []struct {
		forgetful bool
		place     desk.Place
	}{{false, desk.InClosed}, {true, desk.InOpen}} {
		user := mail.User(t)
		mail.Deliver(t, user, rawMail("a", "text"))
		o := newMirror(t, mail, user, desk.Personal, desk.WriteMove)
		o.forgetful.Store(v.forgetful)
		o.pass(t)
		o.close(t, "a")
		o.pass(t)
		o.reopen(t, "a")
		o.pass(t)
		o.is(t, "moved back", "a", "", "")
		o.close(t, "a")
		o.pass(t)
		if got := o.find(t, "a").Place(); got != v.place {
			t.Errorf("forgetful %t: it is %s", v.forgetful, got)
		}
	}
}

// forgetfulStore is a store that, when it is told to, does not keep where a
// mail was moved to, and does not know what waits to be written.
type forgetfulStore struct {
	desk.Store
	on *atomic.Bool
}

func (s *forgetfulStore) Write(ctx context.Context, fn func(desk.Writer) error) error {
	return s.Store.Write(ctx, func(w desk.Writer) error {
		if s.on.Load() {
			w = &forgetfulWriter{w}
		}
		return fn(w)
	})
}

type forgetfulWriter struct{ desk.Writer }

func (*forgetfulWriter) Place(desk.Folder, uint32, desk.Placed) error { return nil }

func (*forgetfulWriter) Mirror(desk.AccountID, desk.ConversationID) (desk.Mirror, error) {
	return desk.Mirror{}, desk.ErrNoRow
}

// play is one run of random steps.
type play struct {
	*mirrorOffice
	r      *rand.Rand
	client *imapclient.Client
	mails  int
	told   []string // a line for each pass and what was done meanwhile
	reason string   // why it failed
}

func newPlay(t *testing.T, mail *testserver.Mail, seed uint64, back desk.WriteBack) *play {
	t.Helper()
	p := &play{r: rand.New(rand.NewPCG(seed, 11))}
	// The first cleanup is the last: below all logs stands how it came about.
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("after\n%s\n\n%s", strings.Join(p.told, "\n"), p.reason)
		}
	})
	user := mail.User(t)
	for range 4 {
		mail.Append(t, user, "INBOX", p.letter(t))
	}
	p.mirrorOffice = newMirror(t, mail, user, desk.Personal, back)
	p.client = mail.Dial(t, user)
	return p
}

// letter is a new mail: of a conversation of its own, or an answer to one.
func (p *play) letter(t *testing.T) []byte {
	t.Helper()
	p.mails++
	about, refers := p.mails, ""
	if p.mails > 2 && p.r.IntN(3) == 0 {
		about = 1 + p.r.IntN(2)
		refers = fmt.Sprintf("In-Reply-To: <%d@%s.test>\r\n", about, strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-")))
	}
	return fmt.Appendf(nil, "From: ann@outside.test\r\nTo: us@example.test\r\nSubject: matter %d\r\nMessage-ID: <%d@%s.test>\r\n%s\r\nletter %d\r\n",
		about, p.mails, strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-")), refers, p.mails)
}

// tell notes what is done while a pass is under way.
func (p *play) tell(format string, args ...any) {
	p.told[len(p.told)-1] += "; " + fmt.Sprintf(format, args...)
}

// fail ends the test; the reason is printed last.
func (p *play) fail(t *testing.T, format string, args ...any) {
	t.Helper()
	p.reason = fmt.Sprintf(format, args...)
	t.Fatal("see below")
}

// pass is one pass that has to work.
func (p *play) pass(t *testing.T) {
	t.Helper()
	if err := p.tryPass(t); err != nil {
		p.fail(t, "a pass failed: %v", err)
	}
}

func (p *play) tryPass(t *testing.T) error {
	const most = 4 * time.Minute // on a busy machine; less than the whole test has
	list, err := p.c.Sync(soon(t, most))
	if err == nil && len(list) == 1 {
		err = list[0].Err
	}
	return err
}

// steps does n random things; some of them while a pass is under way.
func (p *play) steps(t *testing.T, n int) {
	t.Helper()
	p.pass(t)
	for n > 0 {
		under := make(chan error, 1)
		go func() { under <- p.tryPass(t) }()
		p.told = append(p.told, fmt.Sprintf("pass %d", len(p.told)+1))
		for range 1 + p.r.IntN(6) {
			n--
			if p.r.IntN(2) == 0 {
				p.atDesk(t)
			} else {
				p.atServer(t)
			}
		}
		if err := <-under; err != nil {
			p.fail(t, "the last pass failed: %v", err)
		}
	}
}

// atDesk does something with a conversation here.
func (p *play) atDesk(t *testing.T) {
	t.Helper()
	rows := slices.Concat(p.rows(t, desk.InOpen), p.rows(t, desk.InClosed), p.rows(t, desk.InSpam), p.rows(t, desk.InTrash))
	row := rows[p.r.IntN(len(rows))]
	ids := []desk.ConversationID{row.ID}
	var err error
	switch p.r.IntN(5) {
	case 0:
		p.tell("here: close %s", row.Subject)
		_, err = p.seat.Close(t.Context(), ids)
	case 1:
		p.tell("here: reopen %s", row.Subject)
		_, err = p.seat.Reopen(t.Context(), ids)
	case 2:
		p.tell("here: throw away %s", row.Subject)
		_, err = p.seat.Trash(t.Context(), ids)
	case 3:
		p.tell("here: restore %s", row.Subject)
		_, err = p.seat.Restore(t.Context(), ids)
	default:
		p.tell("here: read %s", row.Subject)
		err = p.seat.MarkRead(t.Context(), row.ID, row.Last)
	}
	if err != nil {
		p.fail(t, "%v", err)
	}
}

// atServer does something with a mail there.
func (p *play) atServer(t *testing.T) {
	t.Helper()
	folders := []string{"INBOX", "Archive", "Junk", "Trash"}
	from := folders[p.r.IntN(len(folders))]
	if p.r.IntN(8) == 0 {
		p.tell("there: a new mail")
		p.mail.Append(t, p.user, "INBOX", p.letter(t))
		return
	}
	if _, err := p.client.Select(from, nil).Wait(); err != nil {
		p.fail(t, "%v", err)
	}
	found, err := p.client.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	if err != nil {
		p.fail(t, "%v", err)
	}
	uids := found.AllUIDs()
	if len(uids) == 0 {
		return
	}
	uid := uids[p.r.IntN(len(uids))]
	set := imap.UIDSetNum(uid)
	switch p.r.IntN(4) {
	case 0:
		p.tell("there: %s %d seen", from, uid)
		err = p.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
	case 1:
		p.tell("there: %s %d not seen", from, uid)
		err = p.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsDel, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
	default:
		to := folders[p.r.IntN(len(folders))]
		if to == from {
			return
		}
		p.tell("there: %s %d to %s", from, uid, to)
		_, err = p.client.Move(set, to).Wait()
	}
	var no *imap.Error
	if err != nil && (!errors.As(err, &no) || no.Type != imap.StatusResponseTypeNo) {
		p.fail(t, "%v", err) // NO: the worker was faster with this mail
	}
}

// settle makes passes until one changes nothing, neither there nor here.
func (p *play) settle(t *testing.T) {
	t.Helper()
	const most = 8
	before := ""
	for range most {
		p.pass(t)
		now := p.whole(t)
		if now == before {
			return
		}
		before = now
	}
	p.fail(t, "then %d passes, and there still are changes:\n%s", most, before)
}

// whole is all there is to see, there and here.
func (p *play) whole(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, folder := range []string{"INBOX", "Archive", "Junk", "Trash"} {
		for _, m := range p.mail.Messages(t, p.user, folder) {
			fmt.Fprintln(&b, folder, m.UID, m.Flags)
		}
	}
	for _, place := range []desk.Place{desk.InOpen, desk.InClosed, desk.InSpam, desk.InTrash} {
		for _, row := range p.rows(t, place) {
			fmt.Fprintln(&b, place, row.Subject, row.Unread, row.Messages, row.Version)
		}
	}
	return b.String()
}

// onServer is what is known of a conversation's mails there.
type onServer struct {
	lies       []string
	inbox      int
	unseen     bool // in a folder that is read
	newest     int  // the number of the newest letter in INBOX
	newestSeen bool // and whether that is Seen
}

// compare says what is different between there and here.
func (p *play) compare(t *testing.T) []string {
	t.Helper()
	there := map[string]*onServer{}
	letters, read := 0, 0
	for _, folder := range []string{"INBOX", "Archive", "Junk", "Trash"} {
		for _, m := range p.mail.Messages(t, p.user, folder) {
			letters++
			subject := subjectOf(m.Raw)
			if there[subject] == nil {
				there[subject] = &onServer{}
			}
			s := there[subject]
			s.lies = append(s.lies, fmt.Sprintf("letter %d is %s %d %v", letterNumber(m.Raw), folder, m.UID, m.Flags))
			unread := folder == "Archive" || folder == "Trash"
			if !unread {
				read++ // what was put there before it was read nobody sees here
			}
			seen := slices.Contains(m.Flags, `\Seen`)
			s.unseen = s.unseen || !seen && !unread
			if folder != "INBOX" {
				continue
			}
			s.inbox++
			if n := letterNumber(m.Raw); n > s.newest {
				s.newest, s.newestSeen = n, seen
			}
		}
	}
	var wrong []string
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	here := 0
	for _, place := range []desk.Place{desk.InOpen, desk.InClosed, desk.InSpam, desk.InTrash} {
		for _, row := range p.rows(t, place) {
			here += row.Messages
			s := there[row.Subject]
			if s == nil {
				s = &onServer{}
			}
			// In spam, a new mail of the same sender does not bring it back.
			if place != desk.InSpam && (place == desk.InOpen) != (s.inbox > 0) {
				add("%s is %s, with %d mails in INBOX\n%s", row.Subject, place, s.inbox, p.history(t, row.ID, s.lies))
			}
			if place == desk.InOpen && row.Unread && !s.unseen {
				add("%s is unread, and all of it is Seen\n%s", row.Subject, p.history(t, row.ID, s.lies))
			}
			if place == desk.InOpen && !row.Unread && s.newest > 0 && !s.newestSeen {
				add("%s is read, and letter %d is not Seen\n%s", row.Subject, s.newest, p.history(t, row.ID, s.lies))
			}
		}
	}
	if letters != p.mails || here > letters || here < read {
		add("%d letters, %d there, %d of them in folders that are read, and %d here", p.mails, letters, read, here)
	}
	return wrong
}

// history is what the journal and the timeline say about a conversation, below
// where its mails lie.
func (p *play) history(t *testing.T, c desk.ConversationID, lies []string) string {
	t.Helper()
	th, err := p.seat.Thread(t.Context(), c, 0)
	if err != nil {
		p.fail(t, "%v", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  %s\n  %+v\n", strings.Join(lies, ", "), th.Conversation)
	for _, it := range th.Items {
		switch {
		case it.Message != nil:
			fmt.Fprintf(&b, "  %s message %d %s\n", it.At().Format(time.TimeOnly), it.Message.ID, it.Message.Mail.MessageID)
		case it.Event != nil:
			fmt.Fprintf(&b, "  %s %s by %s\n", it.At().Format(time.TimeOnly), it.Event.Kind, it.Event.Actor.Kind)
		default:
		}
	}
	return b.String()
}

func letterNumber(raw []byte) int {
	var n int
	_, rest, _ := strings.Cut(string(raw), "\r\n\r\nletter ")
	_, _ = fmt.Sscan(rest, &n)
	return n
}
