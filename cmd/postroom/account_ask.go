package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// What is not said about a mailbox a terminal asks for, in the order of the
// wizard; a script is told what is missing.

// known reports whether it was said into which inbox the mail goes.
func (k connecting) known() bool { return k.inbox != "" || k.new.name != "" }

// inboxName is the inbox that was said.
func (k connecting) inboxName() string {
	if k.inbox != "" {
		return k.inbox
	}
	return k.new.name
}

// kind is the kind of that inbox, or of the one that is going to be said.
func (k connecting) kind(ctx context.Context, h *house) (desk.InboxKind, error) {
	switch {
	case k.inbox != "":
		in, err := h.seat.Inbox(ctx, k.inbox)
		return in.Kind, err
	case k.new.shared:
		return desk.Shared, nil
	}
	return desk.Personal, nil
}

// logs says what will be logged of the mail in a personal inbox; nothing for a
// shared one, whose mail always is.
func (k connecting) logs(ctx context.Context, h *house, t desk.Traffic) (*desk.Logging, string, error) {
	kind, err := k.kind(ctx, h)
	if err != nil || kind != desk.Personal {
		return nil, "", err
	}
	var set []desk.Setting
	if k.inbox != "" {
		if set, err = h.seat.InboxSettings(ctx, k.inbox); err != nil {
			return nil, "", err
		}
	}
	mode, says := desk.LoggingAhead(k.inboxName(), set, t)
	return &mode, says, nil
}

// askForMailbox asks for whose mail it is and for the address.
func (p *program) askForMailbox(ctx context.Context, h *house, c *cobra.Command, k *connecting) error {
	described := k.new.shared || k.new.access+k.new.template+k.new.owner+k.new.deputy != ""
	keyboard, ok := p.asker()
	switch {
	case k.inbox != "" && k.new.name != "":
		return misused(c, "Either --inbox, which is there, or --new, which is made.")
	case k.inbox != "" && described:
		return misused(c, "--inbox is there already: what is said about a new one goes with --new.")
	case !ok && k.account.Address == "":
		return misused(c, "The address is missing. Write: postroom account connect ADDRESS --inbox NAME")
	case !ok && !k.known():
		return &desk.Error{
			Kind: desk.Invalid, Code: "USAGE", Message: "It is not said into which inbox the mail goes.",
			Hint: "Give --inbox NAME for one that is there, --new NAME for a new one of your own, or --new NAME --shared for a team's.",
		}
	}
	if _, err := k.new.wanted(); err != nil {
		return err
	}
	if !k.known() && !described {
		whose, err := p.askLine(ctx, keyboard, safe.Const("Whose mail is it? mine: only I see it; team: a queue several work on (enter for mine):"))
		if err != nil {
			return err
		}
		switch desk.FoldName(strings.TrimSpace(whose)) {
		case "", "mine", "my":
		case "team", "a team's", "ours":
			k.new.shared = true
		default:
			return &desk.Error{Kind: desk.Invalid, Code: "USAGE", Message: quoted(whose) + " is no answer to that.", Hint: "Type mine or team; nothing was changed."}
		}
	}
	if k.account.Address == "" {
		if err := p.askIfMissing(ctx, keyboard, &k.account.Address, "", safe.Const("Which address is it?")); err != nil {
			return err
		}
	}
	if !ok || k.mailbox != "" {
		return nil // the desk is asked about both at once
	}
	return h.seat.AddressFree(ctx, k.account.Address)
}

// askForServers asks for the servers that nobody has found, and without a
// terminal says why.
func (p *program) askForServers(ctx context.Context, k *connecting, why error) error {
	keyboard, ok := p.asker()
	var e *desk.Error
	if !ok || !errors.As(why, &e) {
		return why
	}
	p.print.remark(safe.Line(e.Message))
	if err := p.askIfMissing(ctx, keyboard, &k.imap, "", safe.Const("Mail comes by (IMAP server, such as imap.example.org:993):")); err != nil {
		return err
	}
	return p.askIfMissing(ctx, keyboard, &k.smtp, "", safe.Const("Mail leaves by (SMTP server, such as smtp.example.org:465):"))
}

// settleInbox looks whether the mailbox is of the right kind for its inbox, and
// asks for what has not been said about that.
func (p *program) settleInbox(ctx context.Context, h *house, k *connecting, t desk.Traffic) error {
	if err := p.fits(ctx, h, k, t); err != nil || k.inbox != "" {
		return err
	}
	keyboard, ok := p.asker()
	if !ok {
		return nil
	}
	if !k.known() {
		if err := p.askForInbox(ctx, h, k); err != nil || k.inbox != "" {
			return err
		}
	}
	if !k.new.shared {
		return nil
	}
	if err := p.askWhoWorksThere(ctx, &k.new); err != nil {
		return err
	}
	usual := desk.SuggestTemplate(k.account.Address)
	for _, ask := range []struct {
		word     *string
		usual    string
		question safe.Text
	}{
		{&k.new.owner, "", safe.Const("Who looks after it (a login; enter for you)?")},
		{&k.new.deputy, "", safe.Const("Who does while that one is away (a login; enter for nobody)?")},
		{&k.new.template, usual, safe.Sprintf("What is it for: support, sales, billing, general or none (enter for %s)?", safe.Line(usual))},
	} {
		if err := p.askIfMissing(ctx, keyboard, ask.word, ask.usual, ask.question); err != nil {
			return err
		}
	}
	return nil
}

// askForInbox asks into which inbox the mail goes. A name that is there is that
// inbox, any other one a new one.
func (p *program) askForInbox(ctx context.Context, h *house, k *connecting) error {
	keyboard, _ := p.asker()
	kind, err := k.kind(ctx, h)
	if err != nil {
		return err
	}
	views, err := h.seat.Inboxes(ctx)
	if err != nil {
		return err
	}
	views = slices.DeleteFunc(views, func(in desk.InboxView) bool { return in.Kind != kind || !in.Rights.Configure })
	question := safe.Const("Into which inbox does its mail go?")
	if len(views) > 0 {
		names := make([]string, len(views))
		for i, in := range views {
			names[i] = in.Name
		}
		question = safe.Sprintf("%s There are: %s; another name makes a new one.", question, safe.Line(strings.Join(names, ", ")))
	}
	local, _, _ := strings.Cut(k.account.Address, "@")
	name := ""
	if err := p.askIfMissing(ctx, keyboard, &name, local, safe.Sprintf("%s (enter for %s)", question, safe.Line(local))); err != nil {
		return err
	}
	if slices.ContainsFunc(views, func(in desk.InboxView) bool { return desk.FoldName(in.Name) == desk.FoldName(name) }) {
		k.inbox, k.new = name, newInbox{}
		return nil
	}
	k.new.name = name
	return nil
}

// rehearse asks the desk whether the account may be connected, as far as that
// is said.
func (k connecting) rehearse(ctx context.Context, h *house, a desk.Account) error {
	if !k.known() {
		return h.seat.AddressFree(ctx, a.Address)
	}
	_, _, _, err := k.write(desk.Rehearse(ctx), h, a)
	return err
}

// write connects the account, to a new inbox together with that.
func (k connecting) write(ctx context.Context, h *house, a desk.Account) (desk.Account, desk.SettingsChanged, desk.NewInbox, error) {
	if k.inbox != "" {
		a, err := h.seat.Connect(ctx, k.inbox, a)
		return a, desk.SettingsChanged{}, desk.NewInbox{}, err
	}
	wanted, err := k.new.wanted()
	if err != nil {
		return a, desk.SettingsChanged{}, wanted, err
	}
	a, res, err := h.seat.ConnectNew(ctx, wanted, a)
	return a, res, wanted, err
}

// join connects the account, and gives the inbox that was made for it, if one
// was.
func (p *program) join(ctx context.Context, h *house, k connecting, a desk.Account) (desk.Account, *madeForm, error) {
	a, res, wanted, err := k.write(ctx, h, a)
	if err != nil || k.inbox != "" {
		return a, nil, err
	}
	made := p.madeOf(res, wanted.Access)
	return a, &made, nil
}
