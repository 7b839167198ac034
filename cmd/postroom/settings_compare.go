package main

import (
	"context"

	"postroom/connector"
	"postroom/desk"
	"postroom/ui/settings"
)

// compare holds an inbox against its mail servers, for the screen.
func (p *program) compare(ctx context.Context, h *house, inbox string, told func(account, folder string)) (settings.Compared, error) {
	con, v, err := p.comparable(ctx, h, inbox)
	if err != nil {
		return settings.Compared{}, err
	}
	form, err := h.auditInbox(ctx, con, v, false, told)
	return form.compared(), err
}

// repair puts right what differs, for the screen.
func (p *program) repair(ctx context.Context, h *house, inbox string) (settings.Repaired, error) {
	con, v, err := p.comparable(ctx, h, inbox)
	if err != nil {
		return settings.Repaired{}, err
	}
	found, err := h.auditInbox(ctx, con, v, false, nil)
	if err != nil {
		return settings.Repaired{}, err
	}
	var form inboxAuditForm
	err = h.seat.Repair(ctx, v.Name, func() (done desk.Repaired, err error) {
		form, done, err = h.repair(ctx, con, v, found, false)
		return done, err
	})
	if err != nil {
		return settings.Repaired{}, err
	}
	r := form.Repaired
	return settings.Repaired{Fetched: r.Fetched, Known: r.Known, Gone: r.Gone, Parsed: r.Parsed, ServedBy: r.ServedBy, Left: form.compared()}, nil
}

// comparable is an inbox whose mail the actor sees, and what compares it.
func (p *program) comparable(ctx context.Context, h *house, inbox string) (*connector.Connector, desk.InboxView, error) {
	views, err := h.audible(ctx, []string{inbox})
	if err != nil {
		return nil, desk.InboxView{}, err
	}
	con, err := p.connector(h)
	return con, views[0], err
}

// compared is an audit as the screen shows it.
func (f inboxAuditForm) compared() settings.Compared {
	c := settings.Compared{Waiting: f.Waiting}
	for _, a := range f.Accounts {
		for _, problem := range a.problems() {
			c.Problems = append(c.Problems, problem.String())
		}
		for _, of := range a.Folders {
			if of.Error == nil {
				c.Folders = append(c.Folders, settings.ComparedFolder{
					Account: a.Account, Name: of.Folder, OnServer: of.OnServer, Here: of.Here,
					Missing: of.Missing, Extra: of.Extra, New: of.New, Deleted: of.Gone, Unlisted: of.Unlisted,
				})
			}
		}
	}
	return c
}
