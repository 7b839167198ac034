package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// lookAgain is how often the outbox is read when no bell rings.
const lookAgain = 2 * time.Second

// deliver waits until a mail is out or cannot be. It sends for the account
// itself unless another process does.
func (p *program) deliver(ctx context.Context, h *house, out desk.Outgoing) (desk.Outgoing, error) {
	a := h.account(ctx, out.Account)
	if a.State == desk.AccountPaused {
		out.Held = a.Holds()
		return out, nil
	}
	con, err := p.connector(h)
	if err != nil {
		return out, err
	}
	if err := waitsForPerson(ctx, con, a); err != nil {
		return out, err
	}
	final := out
	err = h.together(ctx, h.listen,
		func(ctx context.Context) error { return con.SendFor(ctx, out.Account) },
		func(ctx context.Context) error {
			var err error
			if final, err = p.await(ctx, h, out.ID); err != nil {
				return err
			}
			return h.finishJobs(ctx, out.Account)
		})
	if err != nil && ctx.Err() != nil {
		return h.calledOff(context.WithoutCancel(ctx), out.ID)
	}
	return final, err
}

// waitsForPerson refuses to wait for an account that another process serves and
// that needs somebody to sign it in: that process does not try before.
func waitsForPerson(ctx context.Context, con *connector.Connector, a desk.Account) error {
	if !a.State.NeedsPerson() {
		return nil
	}
	served, err := con.ServedBy(ctx, a.ID)
	if err != nil || served == "" {
		return err
	}
	return &desk.Error{
		Kind: desk.Denied, Code: "NEEDS_SIGN_IN", Message: "The mail waits in the outbox, " + a.Holds() + ".",
		Hint: "Then it goes out by itself: " + served + " serves the account.",
	}
}

// calledOff tells what has become of a mail that nobody waits for any more. It
// may have left in that very moment; and whoever is not told that it waits
// writes it a second time.
func (h *house) calledOff(ctx context.Context, id desk.OutgoingID) (desk.Outgoing, error) {
	out, err := h.desk.Mailroom().Outgoing(ctx, id)
	if err != nil {
		return out, err
	}
	switch out.State {
	case desk.Accepted, desk.Failed, desk.InDoubt, desk.Cancelled:
		return out, nil
	case desk.Queued, desk.Claimed, desk.Submitting, desk.Deferred:
	}
	return out, &desk.Error{
		Kind: desk.Broken, Code: "INTERRUPTED",
		Message: fmt.Sprintf("Interrupted. The mail is in the outbox as number %d (%s) and leaves when postroom or postroom sync runs.", id, out.State),
		Hint:    "Take it back with: " + outboxHint("cancel", id),
	}
}

// await reads a row of the outbox until its state is final, or until it waits
// for a person to sign the account in or to resume it: that may take for ever.
func (p *program) await(ctx context.Context, h *house, id desk.OutgoingID) (desk.Outgoing, error) {
	bell := h.desk.Bell().Listen()
	defer bell.Close()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	told := ""
	for {
		out, err := h.desk.Mailroom().Outgoing(ctx, id)
		if err != nil {
			return out, err
		}
		switch out.State {
		case desk.Accepted, desk.Failed, desk.InDoubt, desk.Cancelled:
			return out, nil
		case desk.Queued, desk.Deferred:
			a := h.account(ctx, out.Account)
			if a.State == desk.AccountPaused {
				out.Held = a.Holds()
			}
			if out.Held != "" || out.State == desk.Deferred && a.State.NeedsPerson() {
				return out, nil
			}
			if out.State == desk.Queued {
				break
			}
			if told != out.LastError {
				told = out.LastError
				p.print.remark(safe.Sprintf("Not yet: %s It is tried again at %s; ctrl+c leaves it in the outbox.", safe.Line(sentence(told)), moment(out.NextTry)))
			}
		case desk.Claimed, desk.Submitting:
		}
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-bell.Rung():
			bell.Take()
		case <-again.C:
		}
	}
}

// account is the account as it is now; the zero value when that cannot be read,
// and then the next look will tell.
func (h *house) account(ctx context.Context, id desk.AccountID) desk.Account {
	list, err := h.desk.Mailroom().Accounts(ctx)
	if err != nil {
		return desk.Account{}
	}
	at := slices.IndexFunc(list, func(a desk.Account) bool { return a.ID == id })
	if at < 0 {
		return desk.Account{}
	}
	return list[at]
}

// jobsTime is how long a command waits for what follows a mail.
const jobsTime = 15 * time.Second

// finishJobs gives the worker the time to put the copy into Sent. What is not
// done by then is done by whoever serves the account next.
func (h *house) finishJobs(ctx context.Context, account desk.AccountID) error {
	ctx, cancel := context.WithTimeout(ctx, jobsTime)
	defer cancel()
	again := time.NewTicker(jobsLook)
	defer again.Stop()
	for {
		due, err := h.desk.Mailroom().NextDue(ctx, account)
		if err != nil || due.IsZero() || due.After(h.desk.Now()) {
			return nil // the mail itself is out
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}

// jobsLook is how often it is looked whether the jobs are done: they touch no
// row that rings a bell.
const jobsLook = 50 * time.Millisecond

// leaveQueued ends at once, and warns when nobody would send the mail.
func (p *program) leaveQueued(ctx context.Context, h *house, res desk.Sending) error {
	con, err := p.connector(h)
	if err != nil {
		return err
	}
	served, err := con.ServedBy(ctx, res.Outgoing.Account)
	if err != nil {
		return err
	}
	if served == "" {
		p.print.remark(safe.Const("Nobody serves this account now: the mail goes out when postroom or postroom sync runs."))
	}
	if p.print.json {
		return p.print.document(sentForm{Outgoing: outgoingOf(res.Outgoing), Batch: res.Batch})
	}
	p.print.say(safe.Sprintf("Queued as mail %s in conversation #%s.", safe.Int(int(res.Outgoing.ID)), safe.Int(int(res.Outgoing.Conversation))))
	return nil
}
