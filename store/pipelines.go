package store

import (
	"errors"
	"slices"
	"time"

	"postroom/desk"
)

const (
	listPipelines = `SELECT id, name, main, reopen, created_at FROM pipelines ORDER BY main DESC, folded`
	listStages    = `SELECT id, pipeline, name, closed, pauses, on_answer, on_reply FROM stages ORDER BY pipeline, position`
	addPipeline   = `INSERT INTO pipelines (name, folded, main, reopen, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING RETURNING id`
	savePipeline   = `UPDATE pipelines SET name = ?, folded = ?, main = ?, reopen = ? WHERE id = ?`
	removePipeline = `DELETE FROM pipelines WHERE id = ?`
	removeStages   = `DELETE FROM stages WHERE pipeline = ?`
	removeStage    = `DELETE FROM stages WHERE id = ?`
	addStage       = `INSERT INTO stages (pipeline, position, name, closed, pauses, on_answer, on_reply)
		VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`
	saveStage = `UPDATE stages SET position = ?, name = ?, closed = ?, pauses = ?, on_answer = ?, on_reply = ? WHERE id = ?`
	// countInStage and moveStage are answered by the index of stages.
	countInStage = `SELECT count(*) FROM conversations WHERE stage = ? AND stage <> 0 AND joined_to = 0`
	moveStage    = `UPDATE conversations SET stage = ? WHERE stage = ? AND stage <> 0`

	ticketColumns = `conversation, category, fields, made_at, closed_at, before, follow_up`
	getTicket     = `SELECT ` + ticketColumns + ` FROM tickets WHERE conversation = ?`
	saveTicket    = `INSERT INTO tickets (` + ticketColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (conversation) DO UPDATE SET category = excluded.category, fields = excluded.fields,
		made_at = excluded.made_at, closed_at = excluded.closed_at, before = excluded.before, follow_up = excluded.follow_up`
	removeTicket = `DELETE FROM tickets WHERE conversation = ?`
	ticketsSince = `SELECT conversation FROM tickets WHERE made_at >= ? ORDER BY made_at DESC, conversation DESC LIMIT ?`
	// withoutTicket is answered by the index of an inbox's places.
	withoutTicket = `SELECT id FROM conversations WHERE inbox = ? AND place IN ('open', 'snoozed') AND ticket = 0 ORDER BY id`

	listFields  = `SELECT id, name, kind, choices FROM ticket_fields ORDER BY id`
	addField    = `INSERT INTO ticket_fields (name, folded, kind, choices) VALUES (?, ?, ?, ?) RETURNING id`
	removeField = `DELETE FROM ticket_fields WHERE id = ?`
)

// Pipelines implements [desk.TicketReader].
func (r *reader) Pipelines() ([]desk.Pipeline, error) {
	list, err := collect(r.session, func(sc scanner) (desk.Pipeline, error) {
		var p desk.Pipeline
		err := sc.Scan(&p.ID, &p.Name, &p.Default, &p.Reopen, into(&p.CreatedAt))
		return p, err
	}, listPipelines)
	if err != nil {
		return nil, err
	}
	stages, err := collect(r.session, func(sc scanner) (desk.Stage, error) {
		var s desk.Stage
		err := sc.Scan(&s.ID, &s.Pipeline, &s.Name, &s.Closed, &s.Pauses, &s.OnAnswer, &s.OnReply)
		return s, err
	}, listStages)
	for _, s := range stages {
		if at := slices.IndexFunc(list, func(p desk.Pipeline) bool { return p.ID == s.Pipeline }); at >= 0 {
			list[at].Stages = append(list[at].Stages, s)
		}
	}
	return list, err
}

// SavePipeline implements [desk.TicketWriter].
func (w *writer) SavePipeline(p *desk.Pipeline) error {
	if p.ID == 0 {
		id, err := w.insert(addPipeline, p.Name, desk.FoldName(p.Name), flag(p.Default), p.Reopen, millis(p.CreatedAt))
		if errors.Is(err, desk.ErrNoRow) {
			return conflict("NAME_IN_USE", "Choose another name.", "There is a pipeline %q already.", p.Name)
		}
		if err != nil {
			return err
		}
		p.ID = desk.PipelineID(id)
	} else if err := w.mustChange(savePipeline, p.Name, desk.FoldName(p.Name), flag(p.Default), p.Reopen, p.ID); err != nil {
		return err
	}
	return w.saveStages(p)
}

// saveStages keeps the stages of a pipeline in their order, and no others.
func (w *writer) saveStages(p *desk.Pipeline) error {
	all, err := w.Pipelines()
	if err != nil {
		return err
	}
	for _, was := range all {
		for _, s := range was.Stages {
			keeps := slices.ContainsFunc(p.Stages, func(o desk.Stage) bool { return o.ID == s.ID })
			if was.ID != p.ID || keeps {
				continue
			}
			if err := w.do(removeStage, s.ID); err != nil {
				return err
			}
		}
	}
	for i := range p.Stages {
		s := &p.Stages[i]
		s.Pipeline = p.ID
		values := []any{i, s.Name, flag(s.Closed), flag(s.Pauses), flag(s.OnAnswer), flag(s.OnReply)}
		if s.ID != 0 {
			if err := w.mustChange(saveStage, append(values, s.ID)...); err != nil {
				return err
			}
			continue
		}
		id, err := w.insert(addStage, append([]any{p.ID}, values...)...)
		if err != nil {
			return err
		}
		s.ID = desk.StageID(id)
	}
	return nil
}

// RemovePipeline implements [desk.TicketWriter].
func (w *writer) RemovePipeline(id desk.PipelineID) error {
	return errors.Join(w.do(removeStages, id), w.do(removePipeline, id))
}

// CountInStage implements [desk.TicketReader].
func (r *reader) CountInStage(s desk.StageID) (int, error) {
	var n int
	err := r.get(countInStage, []any{s}, &n)
	return n, err
}

// MoveStage implements [desk.TicketWriter].
func (w *writer) MoveStage(from, to desk.StageID) error {
	if err := w.do(moveStage, to, from); err != nil {
		return err
	}
	return w.moveStaged(from, to)
}

// Ticket implements [desk.TicketReader].
func (r *reader) Ticket(c desk.ConversationID) (desk.Ticket, error) {
	return find(r.session, func(sc scanner) (desk.Ticket, error) {
		var t desk.Ticket
		err := sc.Scan(&t.Conversation, &t.Category, jsonInto{&t.Fields}, into(&t.MadeAt), into(&t.ClosedAt), &t.Before, &t.FollowUp)
		return t, err
	}, getTicket, c)
}

// SaveTicket implements [desk.TicketWriter].
func (w *writer) SaveTicket(t desk.Ticket) error {
	fields, err := asJSON(t.Fields)
	if err != nil {
		return err
	}
	return w.do(saveTicket, t.Conversation, t.Category, fields, millis(t.MadeAt), millis(t.ClosedAt), t.Before, t.FollowUp)
}

// RemoveTicket implements [desk.TicketWriter].
func (w *writer) RemoveTicket(c desk.ConversationID) error { return w.do(removeTicket, c) }

// TicketsSince implements [desk.TicketReader].
func (r *reader) TicketsSince(since time.Time, limit int) ([]desk.ConversationID, error) {
	return collect(r.session, number[desk.ConversationID], ticketsSince, millis(since), limit)
}

// WithoutTicket implements [desk.TicketReader].
func (r *reader) WithoutTicket(in desk.InboxID) ([]desk.ConversationID, error) {
	return collect(r.session, number[desk.ConversationID], withoutTicket, in)
}

// TicketFields implements [desk.TicketReader].
func (r *reader) TicketFields() ([]desk.TicketField, error) {
	return collect(r.session, func(sc scanner) (desk.TicketField, error) {
		var f desk.TicketField
		err := sc.Scan(&f.ID, &f.Name, &f.Kind, jsonInto{&f.Choices})
		return f, err
	}, listFields)
}

// AddTicketField implements [desk.TicketWriter].
func (w *writer) AddTicketField(f *desk.TicketField) error {
	choices, err := asJSON(f.Choices)
	if err != nil {
		return err
	}
	id, err := w.insert(addField, f.Name, desk.FoldName(f.Name), f.Kind, choices)
	f.ID = desk.FieldID(id)
	return err
}

// RemoveTicketField implements [desk.TicketWriter].
func (w *writer) RemoveTicketField(id desk.FieldID) error { return w.do(removeField, id) }
