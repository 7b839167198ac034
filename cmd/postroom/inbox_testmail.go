package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"postroom/connector/dial"
	"postroom/desk"
	"postroom/desk/safe"
)

// testPatience is how long a test mail may take unless somebody says otherwise.
const testPatience = 2 * time.Minute

// testForm is the test of one account, for programs.
type testForm struct {
	Account      string              `json:"account"`
	Conversation desk.ConversationID `json:"conversation"`
	Passed       bool                `json:"passed"`
	Began        stamp               `json:"began"`
	Hops         []hopForm           `json:"hops"`
	Error        *string             `json:"error"`
}

// hopForm is a hop that was passed, or with null the one where the test ended
// or one behind that.
type hopForm struct {
	Hop string `json:"hop"`
	At  stamp  `json:"at"`
}

func (p *program) inboxTestCommand() *cobra.Command {
	var patience time.Duration
	c := &cobra.Command{
		Use: "test NAME", Short: "Send a test mail through the outside, and follow it back",
		Long: "Sends a mail from each account of the inbox to that account's own address, and follows\n" +
			"it: sent, delivered, fetched, threaded, routed, logged. The first hop that is missing is\n" +
			"named with what to do, and the exit code is 1. What it leaves is one closed conversation\n" +
			"a month, which nobody has to answer, and the mail itself on the server.",
		Example: "  postroom inbox test support\n  */30 * * * * postroom inbox test support --timeout 5m >/dev/null   # in a crontab",
		Args:    wants(1, 1),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		if patience <= 0 || patience > desk.TestTime {
			return misused(c, "--timeout is a time of at most an hour, as 90s or 5m.")
		}
		return p.testInbox(ctx, h, args[0], patience)
	})
	c.Flags().DurationVar(&patience, "timeout", testPatience, "how long each mail may take, as 90s or 5m")
	return p.writes(p.completesInboxes(c))
}

// testInbox tests one account after the other, also behind one that fails.
func (p *program) testInbox(ctx context.Context, h *house, name string, patience time.Duration) error {
	v, err := h.seat.Inbox(ctx, name)
	if err != nil {
		return err
	}
	if !v.Member {
		ask := "Ask one of its members."
		if v.Kind == desk.Personal {
			ask = "Ask its owner."
		}
		return &desk.Error{Kind: desk.Denied, Code: "NOT_ALLOWED", Message: "Only who works in the inbox " + quoted(v.Name) + " can test it.", Hint: ask}
	}
	if len(v.Accounts) == 0 {
		return refused("NO_ACCOUNT", "Connect one with: postroom account connect ADDRESS --inbox NAME", "The inbox %s has no mail account to test.", quoted(v.Name))
	}
	forms := []testForm{}
	var failed error
	for _, a := range v.Accounts {
		told := p.tellsHops(a, len(v.Accounts) > 1)
		trip, err := p.testAccount(ctx, h, v.Name, a, patience, told.passed)
		if err != nil {
			return err
		}
		if failed == nil {
			failed = trip.Missing
		}
		forms = append(forms, testOf(a, trip))
		if !p.print.json && !p.flags.rehearse {
			told.over(trip)
		}
	}
	if p.print.json {
		if err := p.print.document(forms); err != nil {
			return err
		}
	}
	if p.flags.rehearse {
		return nil
	}
	return failed
}

// testAccount sends a test mail and follows it until it is here, cannot come
// any more, or has taken too long. told is called with each look at it.
func (p *program) testAccount(ctx context.Context, h *house, inbox string, a desk.Account, patience time.Duration, told func(desk.Trip)) (desk.Trip, error) {
	if err := p.canServe(ctx, h, a); err != nil {
		return desk.Trip{}, err
	}
	out, err := h.seat.BeginTest(ctx, inbox, a.ID)
	if err != nil {
		return desk.Trip{}, err
	}
	if p.flags.rehearse {
		p.tellTest(a)
		return desk.Trip{Outgoing: out}, nil
	}
	return p.accompany(ctx, h, out, patience, told)
}

// canServe refuses a test that could not even begin: the key to the password is
// not here, and no other process serves the account. No server is at fault then.
func (p *program) canServe(ctx context.Context, h *house, a desk.Account) error {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return err
	}
	con, err := p.connector(h)
	if err != nil {
		return err
	}
	if served, err := con.ServedBy(ctx, a.ID); err != nil || served != "" || a.PasswordCommand != "" {
		return err
	}
	return secrets.Ready(ctx)
}

// accompany serves the account of a test mail until that is over, or a server
// refuses the connection: who waits learns nothing more then.
func (p *program) accompany(ctx context.Context, h *house, out desk.Outgoing, patience time.Duration, told func(desk.Trip)) (desk.Trip, error) {
	con, err := p.connector(h)
	if err != nil {
		return desk.Trip{}, err
	}
	if waitsForPerson(ctx, con, h.account(ctx, out.Account)) != nil {
		patience = 0 // whoever serves the account does not try before
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// What cannot be read must not keep the mail from leaving, or the wrong
	// hop would be named: so it is sent first, and read for afterwards.
	refused, why := false, ""
	over := func(t desk.Trip) bool {
		told(t)
		if t.Over() {
			return true
		}
		if news := t.Missing.Error(); news != why { // or each look would knock at the server
			why, refused = news, h.refused(limited, t)
		}
		return refused
	}
	sent := func(t desk.Trip) bool { return over(t) || t.Has(desk.HopSent) }
	err = h.serveTest(limited, out.ID, sent, func(ctx context.Context) error { return con.SendFor(ctx, out.Account) })
	if err == nil && !refused {
		err = h.serveTest(limited, out.ID, over, func(ctx context.Context) error { return con.RunFor(ctx, out.Account) })
	}
	// How it ended is written down also when somebody has lost patience.
	last := context.WithoutCancel(ctx)
	trip, broken := h.seat.FollowTest(last, out.ID)
	if broken == nil {
		broken = h.seat.EndTest(last, trip)
	}
	return trip, errors.Join(broken, err, ctx.Err())
}

// refused reports whether the server that keeps a test mail from the next hop
// refuses the connection: what listens on no port needs a person. An error that
// may pass by itself is waited for. Only what has failed once is tried.
func (h *house) refused(ctx context.Context, t desk.Trip) bool {
	a := h.account(ctx, t.Outgoing.Account)
	to := dial.Target{CA: a.CA}
	switch {
	case t.Next == desk.HopSent && t.Outgoing.State == desk.Deferred:
		to.URL = a.SMTP
	case t.Next == desk.HopFetched && a.State == desk.AccountRetrying:
		to.URL = a.IMAP
	default:
		return false
	}
	conn, err := dial.Open(ctx, to)
	if err == nil {
		_ = conn.Close() // nothing was said
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// serveTest serves an account until a test mail is as far as it is to come, or
// ctx ends. An error is one of the desk.
func (h *house) serveTest(ctx context.Context, id desk.OutgoingID, far func(desk.Trip) bool, serve func(context.Context) error) error {
	unlessOver := func(part func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error {
			if err := part(ctx); ctx.Err() == nil {
				return err
			}
			return nil // it was ended in the middle of something
		}
	}
	return h.together(ctx, unlessOver(h.listen), unlessOver(serve),
		unlessOver(func(ctx context.Context) error { return h.followTest(ctx, id, far) }))
}

// followTest waits until a test mail is as far as it is to come.
func (h *house) followTest(ctx context.Context, id desk.OutgoingID, far func(desk.Trip) bool) error {
	bell := h.desk.Bell().Listen()
	defer bell.Close()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		trip, err := h.seat.FollowTest(ctx, id)
		if err != nil || far(trip) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-bell.Rung():
			bell.Take()
		case <-again.C:
		}
	}
}

func testOf(a desk.Account, t desk.Trip) testForm {
	f := testForm{
		Account: a.Address, Conversation: t.Outgoing.Conversation, Passed: t.Missing == nil && len(t.Passed) > 0,
		Began: stamp(t.Outgoing.CreatedAt), Hops: []hopForm{}, Error: problem(t.Missing),
	}
	for _, hop := range desk.Hops() {
		f.Hops = append(f.Hops, hopForm{Hop: string(hop), At: stamp(passedAt(t, hop))})
	}
	return f
}

// passedAt is when a hop was passed; the zero time when it was not.
func passedAt(t desk.Trip, hop desk.Hop) time.Time {
	at := slices.IndexFunc(t.Passed, func(p desk.Passage) bool { return p.Hop == hop })
	if at < 0 {
		return time.Time{}
	}
	return t.Passed[at].At
}

// tellTest says what would be sent.
func (p *program) tellTest(a desk.Account) {
	if !p.print.json {
		p.done(safe.Sprintf("A test mail goes from %s to %s.", safe.Addr(a.Address), safe.Addr(a.Address)))
	}
}

// hopTeller prints the hops of a test mail, each as soon as it is behind it,
// with the time since the mail was queued.
type hopTeller struct {
	p       *program
	account desk.Account
	several bool // accounts are tested
	told    int  // hops
}

func (p *program) tellsHops(a desk.Account, several bool) *hopTeller {
	return &hopTeller{p: p, account: a, several: several}
}

// passed prints the hops that are new.
func (l *hopTeller) passed(t desk.Trip) {
	if l.p.print.json {
		return
	}
	for _, one := range t.Passed[min(l.told, len(t.Passed)):] {
		l.line(one.Hop, safe.Sprintf("%s (after %s)", safe.Line(one.At.UTC().Format("15:04:05 UTC")), safe.Line(elapsed(one.At.Sub(t.Outgoing.CreatedAt)))))
	}
}

// over prints the other ones. Why one is missing is told by the error, for the
// last account; for others here.
func (l *hopTeller) over(t desk.Trip) {
	l.passed(t)
	for _, hop := range desk.Hops()[l.told:] {
		what := safe.Const("-")
		if hop == t.Next {
			what = safe.Const("failed")
		}
		l.line(hop, what)
	}
	if l.several && t.Missing != nil {
		l.p.print.say(safe.Line(errorLine(t.Missing)))
	}
}

// line prints one hop; the names are as wide as the longest.
func (l *hopTeller) line(hop desk.Hop, what safe.Text) {
	if l.told == 0 && l.several {
		l.p.print.rule(safe.Addr(l.account.Address))
	}
	l.told++
	pad := strings.Repeat(" ", len(desk.HopDelivered)-len(hop))
	l.p.print.named(safe.Clean(capital(string(hop))+":"+pad+" "), what)
}

// elapsed is a time in seconds. The clock of a mail server counts whole ones,
// so what it says may lie before the beginning.
func elapsed(d time.Duration) string { return fmt.Sprintf("%.1f s", max(d, 0).Seconds()) }
