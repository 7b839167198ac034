package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// entryForm is an event, for programs.
type entryForm struct {
	Seq          desk.Seq            `json:"seq"`
	At           stamp               `json:"at"`
	Kind         string              `json:"kind"`
	Who          string              `json:"who"`
	Login        string              `json:"login"`
	Inbox        *string             `json:"inbox"`
	Conversation desk.ConversationID `json:"conversation"`
	Before       string              `json:"before"`
	After        string              `json:"after"`
	Undone       bool                `json:"undone"`
}

func entryOf(e desk.Entry) entryForm {
	f := entryForm{
		Seq: e.Seq, At: stamp(e.At), Kind: string(e.Kind), Who: e.Who, Login: e.Actor.Login,
		Conversation: e.Conversation, Before: e.Was, After: e.Is, Undone: e.Undone,
	}
	if e.InboxName != "" {
		f.Inbox = &e.InboxName
	}
	return f
}

// journalFlags say which part of the journal is wanted, as they were typed.
type journalFlags struct {
	user, kind, inbox string
	before            int64
	limit             int
}

func (p *program) journalCommand() *cobra.Command {
	var f journalFlags
	c := &cobra.Command{
		Use: "journal", Short: "Who did what and when, the newest first",
		Long: "Lists what has happened in the inboxes you work in; what concerns the whole desk is for\n" +
			"admins. Mail that only came in is left out unless you ask for it with --kind. Nothing\n" +
			"in the journal is ever changed.",
		Example: "  postroom journal --user tom --limit 20\n  postroom journal --kind 'account health' --inbox Support --json",
		Args:    wants(0, 0),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, _ []string) error {
		if f.limit < 1 {
			return misused(c, "--limit is a number from 1 on.")
		}
		q, err := h.journalQuery(ctx, f)
		if err != nil {
			return err
		}
		return p.journal(ctx, h, q, f.limit)
	})
	c.Flags().StringVar(&f.user, "user", "", "only what this person did, by login")
	c.Flags().StringVar(&f.kind, "kind", "", "only events of this kind, as 'assigned' or 'account health'")
	c.Flags().StringVar(&f.inbox, "inbox", "", "only what happened in this inbox")
	c.Flags().Int64Var(&f.before, "before", 0, "go on before the event with this number")
	c.Flags().IntVar(&f.limit, "limit", defaultLimit, "how many to list")
	return p.streams(c)
}

// journalQuery finds out whom and what the flags name.
func (h *house) journalQuery(ctx context.Context, f journalFlags) (desk.JournalQuery, error) {
	q := desk.JournalQuery{Kind: desk.EventKind(f.kind), Before: desk.Seq(f.before)}
	if f.user != "" {
		u, err := userCalled(ctx, h.seat, f.user)
		if err != nil {
			return q, err
		}
		q.User = u.ID
	}
	if f.inbox != "" {
		in, err := h.seat.Inbox(ctx, f.inbox)
		if err != nil {
			return q, err
		}
		q.Inbox = in.ID
	}
	return q, nil
}

// journal prints entries until there are enough; it reads page by page.
func (p *program) journal(ctx context.Context, h *house, q desk.JournalQuery, limit int) error {
	each := func(tell func(desk.Entry) error) error {
		for left := limit; ; {
			q.Limit = min(left, pageSize)
			page, err := h.seat.Journal(ctx, q)
			if err != nil {
				return err
			}
			for _, e := range page.Entries {
				if err := tell(e); err != nil {
					return err
				}
			}
			left -= len(page.Entries)
			if q.Before = page.Next; q.Before == 0 || left == 0 {
				return nil
			}
		}
	}
	if p.print.forPrograms() {
		return p.print.stream(func(emit func(any) error) error {
			return each(func(e desk.Entry) error { return emit(entryOf(e)) })
		})
	}
	var rows [][]safe.Text
	err := each(func(e desk.Entry) error {
		rows = append(rows, []safe.Text{
			safe.Int(int(e.Seq)), safe.Line(e.At.UTC().Format("2006-01-02 15:04")), safe.Line(e.Who), safe.Line(string(e.Kind)),
			safe.Line(e.InboxName), numberOf(e.Conversation), changeOf(e),
		})
		return nil
	})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		p.print.remark(safe.Const("Nothing of the kind is in the journal."))
		return nil
	}
	p.print.table([]column{
		{title: safe.Const("SEQ"), right: true},
		{title: safe.Const("WHEN (UTC)")},
		{title: safe.Const("WHO"), gives: true},
		{title: safe.Const("WHAT")},
		{title: safe.Const("INBOX"), gives: true},
		{title: safe.Const("CONV"), right: true},
		{title: safe.Const("CHANGE"), gives: true},
	}, rows)
	return nil
}

func numberOf(c desk.ConversationID) safe.Text {
	if c == 0 {
		return safe.Text{}
	}
	return safe.Sprintf("#%s", safe.Int(int(c)))
}

// changeOf is what an event has changed.
func changeOf(e desk.Entry) safe.Text {
	switch {
	case e.Was != "" && e.Is != "":
		return safe.Sprintf("%s -> %s", safe.Line(e.Was), safe.Line(e.Is))
	case e.Was != "":
		return safe.Sprintf("%s -> nothing", safe.Line(e.Was))
	default:
		return safe.Line(e.Is)
	}
}
