package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// inboxForm is an inbox in the form for programs. Members and counts are null
// where an admin sees only that the inbox exists.
type inboxForm struct {
	Name     string        `json:"name"`
	Kind     string        `json:"kind"`
	Member   bool          `json:"member"`
	Rights   []string      `json:"rights"` // of who asks
	Members  []memberForm  `json:"members"`
	Accounts []accountForm `json:"accounts"`
	Counts   *countsForm   `json:"counts"`
	// Settings, and who can do what in it, are only shown of one inbox.
	Settings map[string]string `json:"settings,omitempty"`
	Access   []accessForm      `json:"access,omitempty"`
}

// memberForm is a member in the form for programs.
type memberForm struct {
	person

	Rights []string `json:"rights"`
}

func rightsOf(r desk.Rights) []string { return strings.Split(r.String(), ",") }

type countsForm struct {
	Open       int `json:"open"`
	Unassigned int `json:"unassigned"`
	Mine       int `json:"mine"`
	Waiting    int `json:"waiting"`
	Closed     int `json:"closed"`
	Spam       int `json:"spam"`
	Falling    int `json:"falling"`
}

func inboxOf(v desk.InboxView) inboxForm {
	f := inboxForm{Name: v.Name, Kind: string(v.Kind), Member: v.Member, Accounts: []accountForm{}}
	for _, a := range v.Accounts {
		f.Accounts = append(f.Accounts, accountOf(a, v.Name))
	}
	if !v.Member {
		return f
	}
	f.Rights, f.Members = rightsOf(v.Rights), []memberForm{}
	for _, m := range v.Members {
		f.Members = append(f.Members, memberForm{personOf(m.User), rightsOf(m.Rights)})
	}
	n := v.Counts
	f.Counts = &countsForm{Open: n.Open, Unassigned: n.Unassigned, Mine: n.Mine, Waiting: n.Owed, Closed: n.Closed, Spam: n.Spam, Falling: n.Falling}
	return f
}

func (p *program) inboxCommand() *cobra.Command {
	member := p.group("member", "Who works in an inbox", p.memberAddCommand(), p.memberSetCommand(), p.memberRemoveCommand())
	return p.group("inbox", "Inboxes and who works in them",
		p.inboxAuditCommand(), p.inboxBreakGlassCommand(), p.inboxCreateCommand(), p.inboxGetCommand(), p.inboxListCommand(), p.inboxLoggedCommand(), p.inboxRelogCommand(), p.inboxMapCommand(), p.inboxMergeCommand(), p.inboxSetCommand(),
		p.inboxShowCommand(), p.inboxTestCommand(), member)
}

func (p *program) inboxListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the inboxes you see", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			views, err := h.seat.Inboxes(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				list := make([]inboxForm, len(views))
				for i, v := range views {
					list[i] = inboxOf(v)
				}
				return p.print.document(list)
			}
			for _, v := range views {
				p.tellGlass(h.seat.Actor().User, v.Glass)
			}
			if len(views) == 0 {
				p.tellNoInbox(h)
				return nil
			}
			rows := make([][]safe.Text, len(views))
			for i, v := range views {
				rows[i] = inboxRow(v)
			}
			p.print.table([]column{
				{title: safe.Const("NAME"), gives: true},
				{title: safe.Const("KIND")},
				{title: safe.Const("OPEN"), right: true},
				{title: safe.Const("UNASSIGNED"), right: true},
				{title: safe.Const("MINE"), right: true},
				{title: safe.Const("WAITING"), right: true},
				{title: safe.Const("FALLING"), right: true},
				{title: safe.Const("MAIL")},
			}, rows)
			return nil
		}),
	}
}

func inboxRow(v desk.InboxView) []safe.Text {
	row := []safe.Text{safe.Line(v.Name), safe.Line(string(v.Kind))}
	for _, n := range []int{v.Counts.Open, v.Counts.Unassigned, v.Counts.Mine, v.Counts.Owed, v.Counts.Falling} {
		if v.Member {
			row = append(row, safe.Int(n))
		} else {
			row = append(row, safe.Const("-"))
		}
	}
	return append(row, health(v.Accounts))
}

// health is the state of an inbox's mail in a word: that of its worst account.
func health(accounts []desk.Account) safe.Text {
	worst := safe.Const("no account")
	order := []desk.AccountState{desk.AccountConnected, desk.AccountConnecting, desk.AccountPaused, desk.AccountRetrying, desk.AccountNeedsSignIn, desk.AccountNeedsConsent}
	rank := -1
	for _, a := range accounts {
		for i, st := range order {
			if a.State == st && i > rank {
				rank, worst = i, safe.Line(string(st))
			}
		}
	}
	return worst
}

func (p *program) inboxShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show NAME", Short: "Show one inbox: numbers, accounts, who can do what, settings", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			v, err := h.seat.Inbox(ctx, args[0])
			if err != nil {
				return err
			}
			// Of somebody's personal inbox an admin sees only that it exists.
			set, err := h.seat.InboxSettings(ctx, args[0])
			if err != nil && desk.KindOf(err) != desk.NotFound {
				return err
			}
			var who desk.InboxAccess
			if v.Member {
				if who, err = h.seat.Access(ctx, args[0]); err != nil {
					return err
				}
			}
			if p.print.json {
				f := inboxOf(v)
				f.Settings, f.Access = settingsOf(set), accessOf(who)
				return p.print.document(f)
			}
			p.showInbox(v)
			if v.Member {
				p.showAccess(who)
			}
			if len(set) > 0 {
				p.print.say(safe.Text{})
				p.showSettings(set)
			}
			return nil
		}),
	}
	return p.completesInboxes(c)
}

func (p *program) showInbox(v desk.InboxView) {
	p.print.fields(
		[2]safe.Text{safe.Const("Inbox"), safe.Line(v.Name)},
		[2]safe.Text{safe.Const("Kind"), safe.Line(string(v.Kind))},
		[2]safe.Text{safe.Const("Mail"), health(v.Accounts)},
	)
	if v.Member {
		n := v.Counts
		p.print.say(safe.Text{})
		p.print.fields(
			[2]safe.Text{safe.Const("Open"), safe.Int(n.Open)},
			[2]safe.Text{safe.Const("Unassigned"), safe.Int(n.Unassigned)},
			[2]safe.Text{safe.Const("Mine"), safe.Int(n.Mine)},
			[2]safe.Text{safe.Const("Waiting"), safe.Int(n.Owed)},
			[2]safe.Text{safe.Const("Falling"), safe.Int(n.Falling)},
			[2]safe.Text{safe.Const("Closed"), safe.Int(n.Closed)},
			[2]safe.Text{safe.Const("Spam"), safe.Int(n.Spam)},
		)
	}
	for i, a := range v.Accounts {
		if i == 0 {
			p.print.say(safe.Text{})
		}
		p.print.fields([2]safe.Text{safe.Const("Account"), accountLine(a)})
	}
}

// tellNoInbox tells somebody who sees no inbox how to get one, and at which
// desk he is.
func (p *program) tellNoInbox(h *house) {
	p.print.remark(safe.Sprintf("There is no inbox for you yet at the desk %s. Make one with: postroom inbox create NAME", safe.Line(h.place)))
}
