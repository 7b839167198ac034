package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Undone is what an undo did.
type Undone struct {
	Outcome
	// What is the kind of the action that was taken back.
	What EventKind
	// Stands are the kinds of what the actor has done since that nothing takes
	// back, the newest first: it was not his last act that was taken back.
	Stands []EventKind
}

// sinceUndone is how many entries behind an action are looked through for what
// stands.
const sinceUndone = 5000

// stands finds what the actor did after an action that cannot be taken back.
func (s *Seat) stands(r Reader, taken []Event) ([]EventKind, error) {
	events, err := r.EventsAfter(taken[0].Seq, sinceUndone)
	if err != nil {
		return nil, err
	}
	events = slices.DeleteFunc(events, func(ev Event) bool { return ev.Actor.Kind != ActorUser || ev.Actor.User != s.actor.User })
	// An action that is taken back is gone with all its entries, and so is what
	// the taking back has done besides.
	gone := map[string]bool{taken[0].Batch: true}
	for _, ev := range events {
		if ev.Undone || ev.Kind == EventUndone {
			gone[ev.Batch] = true
		}
	}
	gone[""] = false
	var kinds []EventKind
	for _, ev := range slices.Backward(events) {
		if !gone[ev.Batch] && ev.Kind.lasting() && !slices.Contains(kinds, ev.Kind) {
			kinds = append(kinds, ev.Kind)
		}
	}
	return kinds, nil
}

// Past is what was gone past, in a sentence; empty where that is nothing.
func (u Undone) Past() string {
	if len(u.Stands) == 0 {
		return ""
	}
	words := make([]string, len(u.Stands))
	for i, kind := range u.Stands {
		words[i] = string(kind)
	}
	return "What you have done besides cannot be taken back and stands: " + strings.Join(words, ", ") + "."
}

// Undo takes back the actor's last undoable action, or the one with the given
// batch. A conversation whose same field has changed since is skipped, naming
// who changed it and to what (design, "Undo").
func (s *Seat) Undo(ctx context.Context, batch string) (Undone, error) {
	var out Undone
	err := s.write(ctx, func(w Writer) error {
		out = Undone{}
		events, err := w.LastBatch(s.actor.User, batch)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if len(events) == 0 {
			return notFound("NOTHING_TO_UNDO", "", "There is nothing of yours to undo.")
		}
		out.What = events[0].Kind
		if batch == "" {
			if out.Stands, err = s.stands(w, events); err != nil {
				return err
			}
		}
		out.Batch = s.d.newBatch()
		for _, ev := range events {
			if ev.Conversation == 0 {
				said, reason, err := s.undoElsewhere(ctx, w, ev, out.Batch)
				if err != nil {
					return err
				}
				if reason != "" {
					hint, err := s.insteadOfUndo(w, ev)
					if err != nil {
						return err
					}
					return conflict("CHANGED_SINCE", hint, "It is not undone: %s.", reason)
				}
				out.Said = append(out.Said, said...)
				continue
			}
			said, reason, err := s.undoIn(w, ev, out.Batch)
			out.Said = append(out.Said, said...)
			switch {
			case err != nil:
				return err
			case reason != "":
				out.Skipped = append(out.Skipped, Skipped{ev.Conversation, reason})
			case !slices.Contains(out.Done, ev.Conversation):
				out.Done = append(out.Done, ev.Conversation)
			}
		}
		if len(out.Done)+len(out.Skipped)+len(out.Said) == 0 {
			out.Said = []string{fmt.Sprintf("Taken back: %s.", out.What)}
		}
		return w.MarkUndone(events)
	})
	return out, err
}

// insteadOfUndo is what can be done about an event in no conversation that is
// not undone: the command that changes it back by hand, and where it stands what
// has happened since.
func (s *Seat) insteadOfUndo(r Reader, ev Event) (string, error) {
	see := command("journal")
	in, err := r.Inbox(ev.Inbox)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return "", err
	}
	if err == nil && ev.Inbox != 0 {
		see = command("journal", "--inbox", in.Name)
	}
	see = "See what has happened since with: " + see
	switch ev.Kind {
	case EventInboxSet:
		var before map[SettingKey]string
		if err := json.Unmarshal(ev.Before, &before); err != nil {
			return "", err
		}
		words := []string{"inbox", "set", in.Name}
		for _, key := range SettingKeys() {
			if value, ok := before[key]; ok {
				words = append(words, string(key)+"="+value)
			}
		}
		return "Change it back by hand with: " + command(words...) + ". " + see, nil
	case EventConverted:
		var before conversion
		if err := json.Unmarshal(ev.Before, &before); err != nil {
			return "", err
		}
		return "Switch it by hand with: " + command("account", "convert", before.Address, "--to", string(before.Kind), "--inbox", before.Name) + ". " + see, nil
	default:
		if ev.Kind.changesSetup() {
			return "See how it is now with: " + insteadOfSetupUndo(ev.Kind) + ". " + see, nil
		}
		return see, nil
	}
}

// undoElsewhere reverses an event that was in no conversation, and says what
// is again as it was, or why not.
func (s *Seat) undoElsewhere(ctx context.Context, w Writer, ev Event, batch string) (said []string, reason string, err error) {
	if ev.Inbox != 0 {
		if in, err := w.Inbox(ev.Inbox); err == nil && in.JoinedTo != 0 {
			return nil, fmt.Sprintf("the inbox %q has gone into another one since", in.Name), nil
		} else if err != nil && !errors.Is(err, ErrNoRow) {
			return nil, "", err
		}
	}
	switch ev.Kind {
	case EventConverted, EventTransferred:
		return s.undoConvert(w, ev, batch)
	case EventServersSet:
		return s.undoServers(w, ev, batch)
	case EventInboxSet:
		return s.undoSettings(w, ev, batch)
	case EventSignatureSet:
		return s.undoSignature(w, ev, batch)
	case EventNotifySet:
		return s.undoNotifying(w, ev, batch)
	case EventContactSet:
		return s.undoContact(w, ev, batch)
	case EventContactsMerged:
		return s.undoMerge(w, ev, batch)
	case EventCompanySet:
		return s.undoCompany(w, ev, batch)
	case EventDealSet:
		return s.undoDeal(w, ev, batch)
	default:
		if ev.Kind.changesSetup() {
			return s.undoSetup(ctx, w, ev, batch)
		}
		return nil, "it cannot be undone", nil
	}
}

// undoIn reverses one event in a conversation, and says what else it did, or
// why not.
func (s *Seat) undoIn(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	c, err := s.mustSee(w, ev.Conversation)
	if KindOf(err) == NotFound && err != nil {
		return nil, "you do not see it any more", nil
	}
	if err != nil {
		return nil, "", err
	}
	if ok, err := s.may(w, c.Inbox, RightReply, RightAssign); err != nil || !ok {
		return nil, "you may not change it any more", err
	}
	switch ev.Kind {
	case EventMerged:
		return s.unmerge(w, c, ev, batch)
	case EventSplit:
		return s.unsplit(w, c, ev, batch)
	case EventMoved:
		reason, err = s.unmove(w, c, ev, batch)
		return nil, reason, err
	default:
		reason, err = s.undoOne(w, c, ev, batch)
		return nil, reason, err
	}
}

// undoOne reverses what an event has changed in the row, or says why not.
func (s *Seat) undoOne(w Writer, c Conversation, ev Event, batch string) (string, error) {
	switch ev.Kind {
	case EventAssigned, EventPriority, EventTagged, EventLogged, EventSnoozed, EventWoken, EventSpam, EventNotSpam, EventTrashed, EventRestored:
		if reason, err := s.undoMatter(w, &c, ev); reason != "" || err != nil {
			return reason, err
		}
	case EventClosed, EventReopened:
		var before, after Status
		if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after)); err != nil {
			return "", err
		}
		if c.Status != after {
			return s.whoChanged(w, c, ev, EventClosed, EventReopened, EventReceived)
		}
		if err := s.d.turnTo(w, &c, before, s.actor); err != nil {
			return "", err
		}
		if err := s.d.stageFollows(w, &c, s.actor); err != nil {
			return "", err
		}
	case EventTicketMade, EventStage:
		reason, err := s.undoStage(w, &c, ev)
		if err != nil || reason != "" {
			return reason, err
		}
	case EventTicketSet:
		reason, err := undoFields(w, c, ev)
		if err != nil || reason != "" {
			return reason, err
		}
	case EventNoteAdded:
		if err := w.HideNote(ev.Message); err != nil {
			return "", err
		}
	default:
		return "it cannot be undone", nil
	}
	c.Version++
	undo := s.event(EventUndone, c.Inbox, c.ID, ev.After, ev.Before)
	undo.Batch, undo.Message = batch, ev.Message
	if err := s.d.tell(w, &c, undo); err != nil {
		return "", err
	}
	return "", w.SaveConversation(c)
}

// whoChanged says who has changed the field since, and to what.
func (s *Seat) whoChanged(r Reader, c Conversation, since Event, kinds ...EventKind) (string, error) {
	later, err := r.LastChange(c.ID, since.Seq, kinds)
	if errors.Is(err, ErrNoRow) {
		return "it has changed since", nil
	}
	if err != nil {
		return "", err
	}
	who := "new mail"
	if later.Actor.Kind == ActorUser {
		u, err := r.User(later.Actor.User)
		if err != nil {
			return "", err
		}
		who = u.Name
	}
	switch later.Kind {
	case EventAssigned:
	case EventClosed, EventReopened, EventReceived:
		return fmt.Sprintf("%s has made it %s since", who, c.Place().Words()), nil
	default:
		return who + " has changed that since", nil
	}
	teams, err := teamNames(r)
	if err != nil {
		return "", err
	}
	to, err := r.User(c.Assignee)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return "", err
	}
	held := c.Assignment().Words(map[UserID]string{c.Assignee: to.Name}, teams)
	if held == "nobody" {
		return who + " has given it back since", nil
	}
	return fmt.Sprintf("%s has assigned it to %s since", who, held), nil
}
