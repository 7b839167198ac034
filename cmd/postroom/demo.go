package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postroom/connector/sample"
	"postroom/desk"
	"postroom/desk/safe"
)

// The demo is the real program on a database of its own, with a mail server on
// loopback full of sample mail. Only what is in this file knows about it.

// Customers of the demo write and answer this often.
const (
	demoArrivals = 25 * time.Second
	demoAnswers  = 20 * time.Second
)

func (p *program) demoCommand() *cobra.Command {
	var keep string
	c := &cobra.Command{
		Use: "demo", Short: "Look around with sample mail",
		Long: "Starts the program on a throw-away desk: a team of three, a personal and two shared\n" +
			"inboxes, some hundred conversations, and customers who write while you look.\n" +
			"Nothing leaves this machine. The directory is gone when the last one leaves.",
		Args: wants(0, 0),
		RunE: func(c *cobra.Command, _ []string) error { return p.demo(c.Context(), keep) },
	}
	c.Flags().StringVar(&keep, "keep", "", "make the desk in this new `directory` and leave it there")
	return c
}

// demo makes the desk, lets its team work for a moment, and opens the screen.
func (p *program) demo(ctx context.Context, keep string) (err error) {
	keyboard, in := terminal(p.in)
	display, out := terminal(p.out)
	if !in || !out {
		return &desk.Error{Kind: desk.Invalid, Code: "NO_TERMINAL", Message: "There is no terminal to show the demo on.", Hint: "Start it in a terminal window."}
	}
	if t := p.getenv("TERM"); t == "dumb" || t == "" && p.getenv("WT_SESSION") == "" {
		return &desk.Error{
			Kind: desk.Invalid, Code: "NO_SCREEN", Message: "This terminal cannot show a screen (TERM is dumb or empty).",
			Hint: "Start the demo in another terminal window, or say what this one is, as with TERM=xterm.",
		}
	}
	dir, err := demoDirectory(keep)
	if err != nil {
		return err
	}
	p.flags.db, p.flags.as = filepath.Join(dir, demoDesk), ""
	p.print.remark(safe.Const("Preparing sample mail…"))
	office, err := sample.Open(p.clock(), uint64(p.clock().UnixNano()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	h, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := p.furnish(ctx, h, office); err != nil {
		return err
	}
	p.print.remark(safe.Sprintf("This desk is %s", safe.Line(p.flags.db)))
	p.print.remark(safe.Sprintf("A second terminal joins with: %s --db %s --as tom", safe.Line(p.called()), safe.Line(shellWord(p.flags.db))))
	live := func(ctx context.Context) error {
		return office.Live(ctx, sample.Pace{Arrivals: demoArrivals, Answers: demoAnswers}, p.clock)
	}
	return p.show(ctx, h, keyboard, display, live)
}

// furnish brings team, inboxes and accounts to the desk, fetches the mail, and
// lets the team have done some of its work.
func (p *program) furnish(ctx context.Context, h *house, office *sample.Office) error {
	team := map[string]*desk.Seat{}
	for _, person := range sample.People() {
		seat, err := p.hire(ctx, h, person)
		if err != nil {
			return err
		}
		team[person.Login] = seat
	}
	h.seat = team[sample.People()[0].Login]
	if err := p.settleIn(ctx, h, office); err != nil {
		return err
	}
	con, err := p.connector(h)
	if err != nil {
		return err
	}
	if _, err := con.Sync(ctx); err != nil {
		return err
	}
	return work(ctx, team)
}

// hire makes a user, or takes the one who has started the demo.
func (p *program) hire(ctx context.Context, h *house, person sample.Person) (*desk.Seat, error) {
	role := desk.RoleAgent
	if person == sample.People()[0] {
		role = desk.RoleAdmin
	}
	_, err := h.seat.AddUser(ctx, person.Login, person.Name, role)
	if err != nil && desk.KindOf(err) != desk.Conflict {
		return nil, err
	}
	login, err := p.login()
	if err != nil {
		return nil, err
	}
	actor, err := h.desk.SignIn(ctx, login, person.Login)
	if err != nil {
		return nil, err
	}
	return h.desk.As(actor), nil
}

// settleIn makes the inboxes and connects them to the office's mailboxes.
func (p *program) settleIn(ctx context.Context, h *house, office *sample.Office) error {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return err
	}
	for _, m := range sample.Mailboxes() {
		kind := desk.Shared
		if m.Personal != "" {
			kind = desk.Personal
		}
		if _, err := h.seat.CreateInbox(ctx, m.Inbox, kind); err != nil {
			return err
		}
		sealed, err := secrets.Seal(ctx, []byte(m.Password))
		if err != nil {
			return err
		}
		a := desk.Account{Address: m.Address, IMAP: office.IMAP, SMTP: office.SMTP, Secret: sealed}
		if _, err := h.seat.Connect(ctx, m.Inbox, a); err != nil {
			return err
		}
		if m.Alias != "" {
			if _, err := h.seat.AddAddress(ctx, m.Address, m.Alias, desk.AddressAlias); err != nil {
				return err
			}
		}
		if kind == desk.Personal {
			continue
		}
		if _, err := h.seat.SetInboxSettings(ctx, m.Inbox, map[desk.SettingKey]string{desk.SetTickets: m.Tickets, desk.SetRouting: desk.RoutingManual}); err != nil {
			return err
		}
		for _, person := range sample.People()[1:] {
			if err := h.seat.AddMember(ctx, m.Inbox, person.Login, desk.WorkRights()); err != nil {
				return err
			}
		}
	}
	ours := desk.Account{Address: sample.Mailboxes()[0].Address}.Domain()
	_, err = h.seat.AddNeverLog(ctx, desk.NeverDesk, ours, "")
	return err
}

// work is what the team has done before you came: each has taken some
// conversations, left a note here and there, and closed what was done.
func work(ctx context.Context, team map[string]*desk.Seat) error {
	notes := []string{"The depot has confirmed it, waiting for their photo.", "Second time this month, please look at the earlier one too.", "Promised an answer until Thursday."}
	for i, person := range sample.People() {
		seat := team[person.Login]
		v := desk.View{Place: desk.InOpen, Assigned: desk.Nobody, Sort: desk.ByNewest}
		page, err := seat.List(ctx, v, desk.Window{Limit: 90})
		if err != nil {
			return err
		}
		for n, row := range page.Rows {
			ids := []desk.ConversationID{row.ID}
			var err error
			switch (n + i) % 7 {
			case 1, 4:
				_, err = seat.Take(ctx, ids)
			case 2:
				if strings.EqualFold(row.InboxName, "Maya") {
					continue
				}
				_, err = seat.AddNote(ctx, row.ID, notes[n%len(notes)])
			case 5:
				_, err = seat.Close(ctx, ids)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
