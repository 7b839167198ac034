package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/store"
	"postroom/ui/shell"
)

// onlooker is somebody who looks for what Vera has.
type onlooker struct {
	login string
	// inbox is his own, empty for none.
	inbox string
	admin bool
	// personal and shared are the fields he may read of Vera's inboxes.
	personal, shared []string
	// enter is how he comes to the desk, leave takes from him what he was let
	// into, and back lets him in again: without the control that he has seen
	// it then, not to see it says nothing.
	enter, leave, back func(d *desktop)
	// out says that no command may answer him at all.
	out bool
	// seat is the one he took when he came, as a screen has that stays open.
	seat *desk.Seat
}

// onlookers are the roles: no member, one who sees only, an admin who is no
// member, one who has looked into the personal inbox, and four who are out
// again or not in yet.
func onlookers() []*onlooker {
	shared, personal := canary("inbox", "shared"), canary("inbox", "personal")
	join := func(login string, rights string) func(*desktop) {
		return func(d *desktop) {
			d.must("user", "add", login)
			d.as("vera").must("inbox", "member", "add", shared, login, "--rights", rights)
			d.as(login).finds("shared")
		}
	}
	root := func(args ...string) func(*desktop) { return func(d *desktop) { d.must(args...) } }
	vera := func(args ...string) func(*desktop) { return func(d *desktop) { d.as("vera").must(args...) } }
	code := ""
	return []*onlooker{
		{login: "tom", inbox: "toms", enter: root("user", "add", "tom")},
		{login: "sam", inbox: "sams", shared: canaryFields("shared"), enter: join("sam", "see")},
		{login: "root", inbox: "admins", admin: true, personal: []string{"inbox"}, shared: canaryFields("shared")},
		{
			login: "adam", inbox: "adams", admin: true, personal: []string{"inbox"}, shared: canaryFields("shared"),
			enter: func(d *desktop) {
				d.must("user", "add", "adam", "--role", "admin")
				d.as("adam").must("inbox", "break-glass", personal, "--reason", "x")
				d.as("adam").finds("personal")
			},
			leave: func(d *desktop) { d.as("adam").must("inbox", "break-glass", personal, "--end") },
		},
		{
			login: "lea", inbox: "leas", enter: join("lea", "see,reply,assign,configure"),
			leave: vera("inbox", "member", "remove", shared, "lea"),
			back:  vera("inbox", "member", "add", shared, "lea"),
		},
		{login: "dan", out: true, enter: join("dan", "see,reply"), leave: root("user", "disable", "dan"), back: root("user", "enable", "dan")},
		{login: "rex", out: true, enter: join("rex", "see,reply"), leave: root("user", "remove", "rex")},
		{
			login: "pia", out: true, enter: func(d *desktop) { code = d.invited("pia") },
			back: func(d *desktop) {
				d.as("pia").must("user", "verify", code)
				d.as("vera").must("inbox", "member", "add", shared, "pia")
			},
		},
	}
}

// invited asks somebody to the desk and gives the code.
func (d *desktop) invited(login string) string {
	d.t.Helper()
	var told struct {
		Code string `json:"code"`
	}
	if err := json.Unmarshal([]byte(d.must("user", "invite", login, "--email", login+"@x.test", "--out-of-band", "--json")), &told); err != nil {
		d.t.Fatal(err)
	}
	return told.Code
}

// finds is a search for everything in one of Vera's inboxes that has to answer.
func (d *desktop) finds(inbox string) {
	d.t.Helper()
	if found := d.must("search", anyCanary(inbox), "--json"); !strings.Contains(found, canary("name", inbox)) {
		d.t.Errorf("%s may see the %s inbox and finds\n%s", d.login, inbox, found)
	}
}

func TestNobodyFindsWhatHeMayNotSee(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	st, err := store.Open(t.Context(), d.env["POSTROOM_DB"], store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d.shared = st
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	batch := furnishCanaries(t, d)
	roles := onlookers()
	for _, who := range roles {
		who.comes(t, d)
	}
	d.in = "text"
	commands := leaves(quietProgram(t).tree())
	for _, who := range roles {
		heard := who.triesCommands(t, d, commands, batch)
		heard += who.triesScreens(t, batch)
		who.hasSeen(t, heard)
	}
	for _, who := range roles {
		if who.back != nil {
			who.back(d)
			d.as(who.login).finds("shared")
		}
	}
	veraSeesAll(t, d.as("vera"))
}

// comes makes somebody an onlooker, and gives him an inbox to try things with.
func (o *onlooker) comes(t *testing.T, d *desktop) {
	t.Helper()
	him := d.as(o.login)
	if o.enter != nil {
		o.enter(d)
	}
	if o.inbox != "" {
		create := []string{"inbox", "create", o.inbox}
		if o.admin {
			create = append(create, "--shared")
		}
		him.must(create...)
		him.connectEmpty(t, o.inbox, o.inbox+"@desk.test")
	}
	if o.login != "pia" { // who is not in yet has no seat
		him.seated(t, func(_ context.Context, h *house) error {
			o.seat = h.seat
			return nil
		})
	}
	if o.leave != nil {
		o.leave(d)
	}
}

// triesCommands runs every command, and gives what was said.
func (o *onlooker) triesCommands(t *testing.T, d *desktop, commands []*cobra.Command, batch string) string {
	t.Helper()
	tries := intrusions(d, o.inbox, batch)
	var heard strings.Builder
	for _, c := range commands {
		name := strings.TrimPrefix(c.CommandPath(), "postroom ")
		if len(tries[name]) == 0 {
			t.Errorf("postroom %s is not tried: say in intrusions what an intruder would do with it", name)
		}
		for _, args := range tries[name] {
			// What an admin may do would change the desk for the next try.
			if o.admin && c.Flags().Lookup("dry-run") != nil && !slices.Contains(args, "--dry-run") && args[0] != "__complete" {
				args = append(slices.Clone(args), "--dry-run")
			}
			for _, args := range [][]string{args, append(slices.Clone(args), "--json")} {
				r := d.as(o.login).run(args...)
				heard.WriteString(r.out)
				o.learns(t, "postroom "+strings.Join(args, " "), r.out+r.err, args)
				if n := len(args); n > 1 && args[n-1] == "--json" {
					holdsToForm(t, args, r.out, r.err)
				}
				if o.out && r.code == exitDone && args[0] != "__complete" && slices.Contains(answering(), name) {
					t.Errorf("postroom %s answers %s, who is out:\n%s", strings.Join(args, " "), o.login, r.out)
				}
			}
		}
	}
	return heard.String()
}

// answering are the commands that tell what is on the desk.
func answering() []string {
	return []string{
		"account list", "account alias list", "backup", "conversation list", "conversation show", "doctor", "inbox audit", "inbox list", "inbox map", "inbox show", "journal",
		"notify list", "oauth list", "outbox list", "search", "team list", "user list", "login",
	}
}

// learns looks for canaries in what somebody was told that he has not typed.
func (o *onlooker) learns(t *testing.T, by, said string, args []string) {
	t.Helper()
	said = strings.ToLower(said)
	var words []string
	for _, typed := range args {
		words = append(words, strings.TrimPrefix(typed, "inbox:"))
		if _, value, ok := strings.Cut(typed, "="); ok && value != "" {
			words = append(words, value)
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) }) // or "add" is taken out of an address
	for _, typed := range words {
		said = strings.ReplaceAll(said, strings.ToLower(typed), "")
	}
	for _, inbox := range canaryInboxes() {
		may := o.personal
		if inbox == "shared" {
			may = o.shared
		}
		for _, field := range canaryFields(inbox) {
			if !strings.Contains(said, canary(field, inbox)) || slices.Contains(may, field) {
				continue
			}
			if o.admin && whoRemovesMayLearn(args, field) || len(args) > 2 && anyoneMayLearn(args, inbox, field) {
				continue
			}
			t.Errorf("%s tells %s the %s of the %s inbox:\n%s", by, o.login, field, inbox, said)
		}
	}
}

// hasSeen is the control of what somebody may see: he has come across it. The
// cause of a trouble is told only as long as it lasts.
func (o *onlooker) hasSeen(t *testing.T, heard string) {
	t.Helper()
	want := []string{}
	if o.inbox != "" {
		want = append(want, o.inbox+"@desk.test")
	}
	for _, field := range o.personal {
		want = append(want, canary(field, "personal"))
	}
	for _, field := range o.shared {
		if field != "cause" && field != "username" && field != "draft" {
			want = append(want, canary(field, "shared"))
		}
	}
	for _, word := range want {
		if !strings.Contains(heard, word) {
			t.Errorf("%s has come across %q nowhere, and may", o.login, word)
		}
	}
}

// triesScreens calls all that a screen can ask for or do, in the seat that was
// taken when he was let in, and takes back what is done.
func (o *onlooker) triesScreens(t *testing.T, batch string) string {
	t.Helper()
	if o.seat == nil {
		return ""
	}
	ctx := desk.Rehearse(t.Context())
	var heard strings.Builder
	asks := screenAsks(o.seat, batch)
	for m := range reflect.TypeFor[shell.Desk]().Methods() {
		ask := asks[m.Name]
		if ask == nil {
			t.Errorf("%s of the screen is not tried: say in screenAsks what an intruder would ask it", m.Name)
			continue
		}
		for _, id := range canaryIDs() {
			got, err := ask(ctx, id)
			said := fmt.Sprintf("%+v %v", got, err)
			heard.WriteString(said)
			o.learns(t, fmt.Sprintf("%s(%d)", m.Name, id), said, nil)
		}
	}
	return heard.String()
}

// canaryIDs are conversations of Vera's: one with mail and the queued one of
// each inbox.
func canaryIDs() []int { return []int{1, 4, 5, 8} }

type asking func(ctx context.Context, id int) (any, error)

// screenAsks is what an intruder would ask each method of the screen.
func screenAsks(s *desk.Seat, batch string) map[string]asking {
	type (
		c = desk.ConversationID
		o = desk.OutgoingID
	)
	only := func(err error) (any, error) { return nil, err }
	draft := func(id int) desk.Draft {
		return desk.Draft{Conversation: c(id), Kind: desk.DraftReply, Text: "x"}
	}
	return map[string]asking{
		"List": func(ctx context.Context, id int) (any, error) {
			q, err := desk.ParseQuery(anyCanary(canaryInboxes()[id/5]))
			if err != nil {
				return nil, err
			}
			found, err := s.List(ctx, desk.View{Sort: desk.ByWaiting, Assigned: desk.Anybody, Query: q}, desk.Window{Limit: 50})
			if err != nil {
				return found, err
			}
			all, err := s.List(ctx, desk.View{Place: desk.InOpen, Sort: desk.ByWaiting, Assigned: desk.Anybody}, desk.Window{Limit: 50})
			return []any{found, all}, err
		},
		"Thread":     func(ctx context.Context, id int) (any, error) { return s.Thread(ctx, c(id), 100) },
		"Inboxes":    func(ctx context.Context, _ int) (any, error) { return s.Inboxes(ctx) },
		"TeamQueues": func(ctx context.Context, _ int) (any, error) { return s.TeamQueues(ctx) },
		"Me":         func(ctx context.Context, _ int) (any, error) { return s.Me(ctx) },
		"News":       func(ctx context.Context, _ int) (any, error) { return s.News(ctx, 1) },
		"SignOffDue": func(ctx context.Context, _ int) (any, error) { return s.SignOffDue(ctx) },
		"Trouble":    func(context.Context, int) (any, error) { return s.Trouble(), nil },
		"Resolve": func(ctx context.Context, id int) (any, error) {
			q, err := desk.ParseQuery("inbox:" + canary("inbox", canaryInboxes()[id/5]))
			if err == nil {
				_, err = s.Resolve(ctx, q)
			}
			return nil, besides(err, canary("inbox", canaryInboxes()[id/5]))
		},
		"Take":            func(ctx context.Context, id int) (any, error) { return s.Take(ctx, []c{c(id)}) },
		"Close":           func(ctx context.Context, id int) (any, error) { return s.Close(ctx, []c{c(id)}) },
		"Reopen":          func(ctx context.Context, id int) (any, error) { return s.Reopen(ctx, []c{c(id)}) },
		"Explain":         func(ctx context.Context, id int) (any, error) { return s.Explain(ctx, c(id)) },
		"Teams":           func(ctx context.Context, _ int) (any, error) { return s.Teams(ctx) },
		"AssignableTeams": func(ctx context.Context, id int) (any, error) { return s.AssignableTeams(ctx, []c{c(id)}) },
		"Give": func(ctx context.Context, id int) (any, error) {
			return s.Give(ctx, []c{c(id)}, desk.Assignment{User: 1})
		},
		"SetPriority": func(ctx context.Context, id int) (any, error) {
			return s.SetPriority(ctx, []c{c(id)}, desk.High)
		},
		"Tag":  func(ctx context.Context, id int) (any, error) { return s.Tag(ctx, []c{c(id)}, []string{"x"}, nil) },
		"Tags": func(ctx context.Context, _ int) (any, error) { return s.Tags(ctx) },
		"Snooze": func(ctx context.Context, id int) (any, error) {
			return s.Snooze(ctx, []c{c(id)}, time.Now().Add(time.Hour))
		},
		"Wake":      func(ctx context.Context, id int) (any, error) { return s.Wake(ctx, []c{c(id)}) },
		"MarkSpam":  func(ctx context.Context, id int) (any, error) { return s.MarkSpam(ctx, []c{c(id)}) },
		"NotSpam":   func(ctx context.Context, id int) (any, error) { return s.NotSpam(ctx, []c{c(id)}) },
		"Trash":     func(ctx context.Context, id int) (any, error) { return s.Trash(ctx, []c{c(id)}) },
		"Restore":   func(ctx context.Context, id int) (any, error) { return s.Restore(ctx, []c{c(id)}) },
		"Pipelines": func(ctx context.Context, _ int) (any, error) { return s.Pipelines(ctx) },
		"CreateTickets": func(ctx context.Context, id int) (any, error) {
			return s.CreateTickets(desk.Rehearse(ctx), []c{c(id)}, desk.TicketSpec{})
		},
		"StepStage":    func(ctx context.Context, id int) (any, error) { return s.StepStage(desk.Rehearse(ctx), []c{c(id)}, 1) },
		"Board":        func(ctx context.Context, id int) (any, error) { return s.Board(ctx, desk.InboxID(id/5+1), 5) },
		"Ticket":       func(ctx context.Context, id int) (any, error) { return s.Ticket(ctx, c(id)) },
		"TicketFields": func(ctx context.Context, _ int) (any, error) { return s.TicketFields(ctx) },
		"SetTicket": func(ctx context.Context, id int) (any, error) {
			return s.SetTicket(desk.Rehearse(ctx), []c{c(id)}, map[string]string{desk.CategoryField: "x"})
		},
		"SetStage":     func(ctx context.Context, id int) (any, error) { return s.SetStage(ctx, []c{c(id)}, "Closed") },
		"Merge":        func(ctx context.Context, id int) (any, error) { return s.Merge(desk.Rehearse(ctx), []c{c(id)}, 1) },
		"Split":        func(ctx context.Context, id int) (any, error) { return s.Split(desk.Rehearse(ctx), c(id), 2) },
		"Next":         func(ctx context.Context, _ int) (any, error) { return s.Next(ctx) },
		"Standby":      func(ctx context.Context, _ int) (any, error) { return s.Standby(ctx) },
		"SetAway":      func(ctx context.Context, _ int) (any, error) { return s.SetAway(ctx, "") },
		"SetAvailable": func(ctx context.Context, _ int) (any, error) { return s.SetAvailable(ctx, "") },
		"Move": func(ctx context.Context, id int) (any, error) {
			name := canary("inbox", canaryInboxes()[1-id/5])
			out, err := s.Move(desk.Rehearse(ctx), []c{c(id)}, name)
			return out, besides(err, name)
		},
		"PreviewMove": func(ctx context.Context, id int) (any, error) {
			name := canary("inbox", canaryInboxes()[1-id/5])
			out, err := s.PreviewMove(ctx, []c{c(id)}, name)
			return out, besides(err, name)
		},
		"Undo":       func(ctx context.Context, _ int) (any, error) { return s.Undo(ctx, batch) },
		"MarkRead":   func(ctx context.Context, id int) (any, error) { return only(s.MarkRead(ctx, c(id), 1)) },
		"Assignable": func(ctx context.Context, id int) (any, error) { return s.Assignable(ctx, []c{c(id)}) },
		"AddNote":    func(ctx context.Context, id int) (any, error) { return s.AddNote(ctx, c(id), "x") },
		"NewReply":   func(ctx context.Context, id int) (any, error) { return s.NewReply(ctx, c(id), true) },
		"NewMail": func(ctx context.Context, id int) (any, error) {
			name := canary("inbox", canaryInboxes()[id/5])
			d, err := s.NewMail(ctx, name)
			return d, besides(err, name)
		},
		"Draft":        func(ctx context.Context, id int) (any, error) { return s.Draft(ctx, c(id), desk.DraftNew) },
		"SaveDraft":    func(ctx context.Context, id int) (any, error) { return s.SaveDraft(ctx, draft(id)) },
		"DiscardDraft": func(ctx context.Context, id int) (any, error) { return only(s.DiscardDraft(ctx, c(id), desk.DraftNew)) },
		"Letterhead":   func(ctx context.Context, id int) (any, error) { return s.Letterhead(ctx, desk.InboxID(id/5+1)) },
		"Prepare":      func(ctx context.Context, id int) (any, error) { return s.Prepare(ctx, draft(id)) },
		"Send":         func(ctx context.Context, id int) (any, error) { return s.Send(ctx, draft(id), desk.SendOptions{}) },
		"Outbox":       func(ctx context.Context, _ int) (any, error) { return s.Outbox(ctx, true) },
		"CancelSend":   func(ctx context.Context, id int) (any, error) { return s.CancelSend(ctx, o(id/4)) },
		"RetrySend":    func(ctx context.Context, id int) (any, error) { return only(s.RetrySend(ctx, o(id/4))) },
		"ResolveSend":  func(ctx context.Context, id int) (any, error) { return only(s.ResolveSend(ctx, o(id/4))) },
		"RawMail": func(ctx context.Context, id int) (any, error) {
			raw, err := s.RawMail(ctx, c(id), desk.MessageID(id))
			return string(raw), err
		},
	}
}

// besides is what an error says besides what was typed.
func besides(err error, typed string) error {
	if err == nil {
		return nil
	}
	return errors.New(strings.ReplaceAll(err.Error(), typed, ""))
}
