package main

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"postroom/connector/parse"
	"postroom/desk"
	"postroom/desk/safe"
)

// conversationForm is a conversation for programs (design 5).
type conversationForm struct {
	ID       desk.ConversationID `json:"id"`
	Inbox    string              `json:"inbox"`
	Subject  string              `json:"subject"`
	Status   string              `json:"status"`
	Assignee *string             `json:"assignee"`
	Team     *string             `json:"team"`
	Place    string              `json:"place"`
	Priority string              `json:"priority"`
	Snoozed  stamp               `json:"snoozed_until"`
	Tags     []string            `json:"tags"`
	Ticket   *ticketForm         `json:"ticket"`
	Contact  *contactForm        `json:"contact"`
	Messages []messageForm       `json:"messages"`
	Events   []eventForm         `json:"events"`
}

// mailForm is a mail for programs.
type mailForm struct {
	desk.Mail
	// Date hides that of the mail, which has no null.
	Date stamp `json:"date"`
}

func formOf(m desk.Mail) mailForm { return mailForm{Mail: m, Date: stamp(m.Date)} }

// messageForm is a message as parse prints it, with what the desk knows.
type messageForm struct {
	mailForm
	ID        desk.MessageID `json:"id"`
	At        stamp          `json:"at"`
	Direction string         `json:"direction"`
	State     string         `json:"state"`
}

// eventForm is an entry of the history; a note is one with its text.
type eventForm struct {
	At     stamp           `json:"at"`
	Kind   string          `json:"kind"`
	Actor  string          `json:"actor"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
	Text   *string         `json:"text"`
}

func (p *program) conversationShowCommand() *cobra.Command {
	var full bool
	var limit int
	var c *cobra.Command
	c = &cobra.Command{
		Use: "show ID", Short: "Show a conversation with its messages, notes and events",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			id, err := conversationID(args[0])
			if err != nil {
				return err
			}
			switch {
			case c.Flags().Changed("limit"):
				if err := checkLimit(limit, "Leave it out for the newest 200, or with --json for everything."); err != nil {
					return err
				}
			case p.print.json:
				// A document must not leave anything out without saying so.
				limit = math.MaxInt32
			}
			limit = min(limit, math.MaxInt32)
			t, err := h.seat.Thread(ctx, id, limit)
			if err != nil {
				return err
			}
			if p.print.json {
				f, err := conversationOf(ctx, h.seat, t)
				if err != nil {
					return err
				}
				return p.print.document(f)
			}
			ticket, err := ticketOf(ctx, h.seat, t.Conversation)
			if err != nil {
				return err
			}
			p.showThread(t, ticket, full)
			return nil
		}),
	}
	c.Flags().BoolVar(&full, "full", false, "show quoted text and signatures too")
	c.Flags().IntVar(&limit, "limit", 0, "how many of the newest messages and notes (default 200; with --json all)")
	return p.completesConversations(c)
}

func conversationOf(ctx context.Context, seat *desk.Seat, t desk.Thread) (conversationForm, error) {
	names, err := logins(ctx, seat)
	if err != nil {
		return conversationForm{}, err
	}
	f := conversationForm{
		ID: t.ID, Inbox: t.InboxName, Subject: t.Subject, Status: string(t.Status),
		Place: string(t.Place()), Priority: t.Priority.String(), Snoozed: stamp(t.SnoozedUntil),
		Tags: append([]string{}, t.Tags...), Messages: []messageForm{}, Events: []eventForm{},
	}
	if f.Contact, err = contactOf(ctx, seat, t); err != nil {
		return f, err
	}
	if login, ok := names[t.Assignee]; ok {
		f.Assignee = &login
	}
	if f.Ticket, err = ticketOf(ctx, seat, t.Conversation); err != nil {
		return f, err
	}
	if t.Team != 0 {
		f.Team = &t.TeamName
	}
	for _, it := range t.Items {
		switch {
		case it.Message != nil:
			m, err := messageOf(ctx, seat, t.ID, *it.Message)
			if err != nil {
				return f, err
			}
			f.Messages = append(f.Messages, m)
		case it.Note != nil:
			f.Events = append(f.Events, eventForm{
				At: stamp(it.Note.At), Kind: string(desk.EventNoteAdded), Actor: names[it.Note.Author], Text: &it.Note.Text,
			})
		default:
			f.Events = append(f.Events, eventForm{
				At: stamp(it.Event.At), Kind: string(it.Event.Kind), Actor: actorName(it.Event.Actor, names),
				Before: named(it.Event.Before, names, t.Teams), After: named(it.Event.After, names, t.Teams),
			})
		}
	}
	return f, nil
}

// assignmentForm is who has a conversation when a team is part of it.
type assignmentForm struct {
	User   *string `json:"user"`
	Team   *string `json:"team"`
	Reason string  `json:"reason"`
}

// named puts the login where the journal has the number of a user, which is
// the only number it keeps of a conversation's change; nobody is null. With a
// team it is both, by their names.
func named(value json.RawMessage, names map[desk.UserID]string, teams map[desk.TeamID]string) json.RawMessage {
	var a desk.Assignment
	if len(value) == 0 || json.Unmarshal(value, &a) != nil {
		return value
	}
	var f assignmentForm
	if login, ok := names[a.User]; ok {
		f.User = &login
	}
	var told any = f.User
	if name, ok := teams[a.Team]; ok || a.Reason != "" {
		if f.Reason = a.Reason; ok {
			f.Team = &name
		}
		told = f
	}
	quoted, err := json.Marshal(told)
	if err != nil {
		return value
	}
	return quoted
}

func actorName(a desk.Actor, names map[desk.UserID]string) string {
	if a.Kind == desk.ActorUser {
		return names[a.User]
	}
	return string(a.Kind)
}

// contactOf is the customer: the contact, or where there is none the other side
// of the oldest message that shows one.
func contactOf(ctx context.Context, seat *desk.Seat, t desk.Thread) (*contactForm, error) {
	card, err := seat.Customer(ctx, t.ID)
	if err == nil && card.Address != "" {
		f := contactFormOf(card.ContactRow)
		return &f, nil
	}
	if err != nil && !errors.Is(err, desk.ErrNoRow) {
		return nil, err
	}
	for _, it := range t.Items {
		if it.Message == nil {
			continue
		}
		side := it.Message.Mail.From
		if it.Message.Direction == desk.Out {
			side = it.Message.Mail.To
		}
		if len(side) > 0 {
			return &contactForm{Name: side[0].Name, Addr: side[0].Addr}, nil
		}
	}
	return nil, nil
}

// messageOf is a message with everything that is in its raw bytes: the whole
// text and the HTML are made again from them.
func messageOf(ctx context.Context, seat *desk.Seat, conv desk.ConversationID, m desk.Message) (messageForm, error) {
	f := messageForm{mailForm: formOf(m.Mail), ID: m.ID, At: stamp(m.At), Direction: string(m.Direction), State: messageState(m)}
	if m.Raw != 0 && !m.Unreadable {
		raw, err := seat.RawMail(ctx, conv, m.ID)
		if err != nil {
			return f, err
		}
		f.mailForm = formOf(parse.Parse(raw, parse.Options{}))
		f.Auto.Kind = m.Mail.Auto.Kind // the desk knows its own mail, the parser does not
	} else if f.BodyText == "" {
		f.BodyText = f.Text
	}
	return withLists(f), nil
}

// withLists makes missing lists empty ones: the contract has no null there.
func withLists(f messageForm) messageForm {
	for _, l := range []*[]string{&f.InReplyTo, &f.References, &f.Defects} {
		*l = append([]string{}, *l...)
	}
	for _, l := range []*[]desk.Mailbox{&f.From, &f.ReplyTo, &f.To, &f.Cc} {
		*l = append([]desk.Mailbox{}, *l...)
	}
	f.Attachments = append([]desk.Attachment{}, f.Attachments...)
	f.Auto.Recipients = append([]desk.AutoRecipient{}, f.Auto.Recipients...)
	return f
}

// messageState is where a message stands: received, or how far it got out.
func messageState(m desk.Message) string {
	switch {
	case m.Direction == desk.In:
		return "received"
	case m.State == "":
		// Written in another client: it lies in Sent, so a server took it.
		return string(desk.Accepted)
	default:
		return string(m.State)
	}
}

func (p *program) showThread(t desk.Thread, ticket *ticketForm, full bool) {
	users, teams := map[desk.UserID]string{t.Assignee: t.AssigneeName}, map[desk.TeamID]string{t.Team: t.TeamName}
	assignee := safe.Line(t.Assignment().Words(users, teams))
	priority := safe.Text{}
	if t.Priority != desk.NoPriority {
		priority = safe.Line(t.Priority.String())
	}
	waits := safe.Text{}
	if t.Status == desk.Open {
		waits = moment(t.WaitingSince)
	}
	p.print.fields(
		[2]safe.Text{safe.Const("Conversation"), safe.Sprintf("#%s", safe.Int(int(t.ID)))},
		[2]safe.Text{safe.Const("Subject"), safe.Line(t.Subject)},
		[2]safe.Text{safe.Const("With"), safe.Line(t.Who)},
		[2]safe.Text{safe.Const("Inbox"), safe.Line(t.InboxName)},
		[2]safe.Text{safe.Const("Status"), statusOf(t.Conversation)},
		[2]safe.Text{safe.Const("Ticket"), stageOf(ticket)},
		[2]safe.Text{safe.Const("Assigned to"), assignee},
		[2]safe.Text{safe.Const("Priority"), priority},
		[2]safe.Text{safe.Const("Tags"), safe.Line(strings.Join(t.Tags, ", "))},
		[2]safe.Text{safe.Const("Snoozed until"), moment(t.SnoozedUntil)},
		[2]safe.Text{safe.Const("Waiting since"), waits},
		[2]safe.Text{safe.Const("Maybe related"), related(t.RelatedTo)},
	)
	if t.Earlier > 0 {
		p.print.say(safe.Text{})
		p.print.say(safe.Sprintf("[%s earlier messages and notes; --limit shows them]", safe.Int(t.Earlier)))
	}
	for _, it := range t.Items {
		p.print.say(safe.Text{})
		p.showItem(it, t, full)
	}
}

// stageOf says where a ticket stands; nothing for what is none.
func stageOf(f *ticketForm) safe.Text {
	if f == nil {
		return safe.Text{}
	}
	return safe.Line(f.Pipeline + "/" + f.Stage)
}

// statusOf is each of the things a conversation is, independent of the others.
func statusOf(c desk.Conversation) safe.Text {
	status := safe.Line(string(c.Status))
	if c.Spam {
		status = safe.Sprintf("%s, spam", status)
	}
	if c.Trashed {
		status = safe.Sprintf("%s, in the trash", status)
	}
	return status
}

func related(id desk.ConversationID) safe.Text {
	if id == 0 {
		return safe.Text{}
	}
	return safe.Sprintf("#%s", safe.Int(int(id)))
}

func (p *program) showItem(it desk.Item, t desk.Thread, full bool) {
	when := moment(it.At())
	switch {
	case it.Message != nil:
		what := messageState(*it.Message)
		p.print.rule(safe.Sprintf("%s, %s", safe.Line(what), when))
		p.showMail(it.Message.Mail, full)
	case it.Note != nil:
		p.print.rule(safe.Sprintf("note by %s, %s", safe.Line(it.Note.AuthorName), when))
		p.paragraph(it.Note.Text)
	default:
		p.print.rule(safe.Sprintf("%s, %s", eventLine(*it.Event, t), when))
	}
}

// eventLine says in words what happened.
func eventLine(e desk.Event, t desk.Thread) safe.Text {
	who := safe.Line(t.People[e.Actor.User])
	if e.Actor.Kind != desk.ActorUser {
		who = safe.Const("postroom")
	}
	var test desk.TestResult
	if e.Kind == desk.EventTested && json.Unmarshal(e.After, &test) == nil && !test.Passed {
		return safe.Sprintf("%s: inbox tested, not %s", who, safe.Line(string(test.Hop)))
	}
	switch e.Kind {
	case desk.EventAssigned:
	case desk.EventTicketMade, desk.EventStage, desk.EventMoved, desk.EventMerged, desk.EventSplit:
		return safe.Sprintf("%s: %s, %s", who, safe.Line(string(e.Kind)), safe.Line(e.TicketWords()))
	default:
		return safe.Sprintf("%s: %s", who, safe.Line(strings.TrimSpace(string(e.Kind)+" "+e.Detail())))
	}
	var from, to desk.Assignment
	if json.Unmarshal(e.After, &to) != nil || json.Unmarshal(e.Before, &from) != nil {
		return safe.Sprintf("%s: assigned", who)
	}
	if from.User == 0 && from.Team == 0 {
		return safe.Sprintf("%s: assigned to %s", who, safe.Line(to.Words(t.People, t.Teams)))
	}
	from.Reason = ""
	return safe.Sprintf("%s: %s -> %s", who, safe.Line(from.Words(t.People, t.Teams)), safe.Line(to.Words(t.People, t.Teams)))
}
