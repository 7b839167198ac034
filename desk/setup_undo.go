package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Undo of what was changed about the set-up: rules, strategies, who works when,
// calendars, policies, pipelines and fields. What an event has changed is
// brought back by the use case that changes it, with the rights of whoever
// undoes it now.

// changesSetup reports whether an event of the kind is a change of the set-up
// that can be undone. One without a batch is part of something larger, such as
// a user who leaves, and is not undone by itself.
func (k EventKind) changesSetup() bool {
	switch k {
	case EventRuleAdded, EventRuleChanged, EventRuleRemoved, EventRuleOrdered,
		EventStrategySet, EventStrategyRemoved, EventAddressRouted, EventAvailability,
		EventCalendarSet, EventCalendarRemoved, EventPolicySet, EventPolicyRemoved, EventPoliciesOrdered,
		EventPipelineAdded, EventPipelineSet, EventPipelineRemoved, EventFieldAdded, EventFieldRemoved,
		EventTeamJoined, EventTeamLeft, EventNeverLogSet, EventNeverLogRemoved, EventApplied:
		return true
	default:
		return false
	}
}

// setup is an event of a change of the set-up, in a batch of its own.
func (s *Seat) setup(kind EventKind, in InboxID, before, after json.RawMessage) *Event {
	ev := s.event(kind, in, 0, before, after)
	ev.Batch = s.d.newBatch()
	return ev
}

// undoing is the transaction of an undo: what a use case writes into the
// journal there is that something was undone.
type undoing struct {
	Writer
	batch string
}

func (u *undoing) Append(ev *Event) error {
	ev.Kind, ev.Batch = EventUndone, u.batch
	return u.Writer.Append(ev)
}

// undoSetup brings back what a change of the set-up has changed, and says what
// stays, or why nothing is brought back.
func (s *Seat) undoSetup(ctx context.Context, w Writer, ev Event, batch string) (said []string, reason string, err error) {
	if m, ok := w.(*mirrored); ok {
		w = m.Writer // each use case mirrors by itself
	}
	u := &undoing{w, batch}
	said, err = s.revertSetup(context.WithValue(ctx, joining{s.d}, Writer(u)), u, ev)
	switch KindOf(err) {
	case Conflict, NotFound, Denied, Invalid:
		if err != nil {
			return nil, strings.TrimSuffix(err.Error(), "."), nil
		}
	default:
	}
	return said, "", err
}

func (s *Seat) revertSetup(ctx context.Context, w Writer, ev Event) (said []string, err error) {
	switch ev.Kind {
	case EventRuleAdded, EventRuleChanged, EventRuleRemoved:
		return nil, s.revertRule(ctx, w, ev)
	case EventRuleOrdered:
		return nil, s.revertRuleOrder(ctx, w, ev)
	case EventStrategySet, EventStrategyRemoved:
		return nil, s.revertStrategy(ctx, w, ev)
	case EventAddressRouted:
		return nil, s.revertRoute(ctx, w, ev)
	case EventAvailability:
		return nil, s.revertAvailability(ctx, w, ev)
	case EventCalendarSet, EventCalendarRemoved:
		return nil, s.revertCalendar(ctx, w, ev)
	case EventPolicySet, EventPolicyRemoved:
		return nil, s.revertPolicy(ctx, w, ev)
	case EventPoliciesOrdered:
		return nil, s.revertPolicyOrder(ctx, w, ev)
	case EventPipelineAdded, EventPipelineSet, EventPipelineRemoved:
		return s.revertPipeline(ctx, w, ev)
	case EventFieldAdded, EventFieldRemoved:
		return s.revertField(ctx, w, ev)
	case EventTeamJoined, EventTeamLeft:
		return nil, s.revertTeam(ctx, w, ev)
	case EventNeverLogSet, EventNeverLogRemoved:
		return nil, s.revertNeverLog(ctx, w, ev)
	default:
		return appliedStays(ev)
	}
}

// reverting is how a kind of thing in the set-up is brought back; T is what the
// journal keeps of it.
type reverting[T any] struct {
	what string // "rule"
	name func(T) string
	// now is the one of that name; [ErrNoRow] or NotFound when there is none.
	now func(name string) (T, error)
	// same reports whether two are so that nobody has changed one since.
	same   func(a, b T) bool
	add    func(T) error
	set    func(now, to T) error
	remove func(T) error
}

// revert brings back what an event has changed. It is refused when that is not
// as the event has left it.
func (r reverting[T]) revert(ev Event) error {
	var before, after *T
	if err := errors.Join(unmarshal(ev.Before, &before), unmarshal(ev.After, &after)); err != nil {
		return err
	}
	if before == nil && after == nil {
		return fmt.Errorf("an event %q without a state", ev.Kind)
	}
	if after == nil {
		_, err := r.now(r.name(*before))
		if err == nil {
			return conflict("CHANGED_SINCE", "", "There is another %s %q since.", r.what, r.name(*before))
		}
		if !isGone(err) {
			return err
		}
		return r.add(*before)
	}
	now, err := r.now(r.name(*after))
	switch {
	case isGone(err):
		return conflict("CHANGED_SINCE", "", "The %s %q is gone since.", r.what, r.name(*after))
	case err != nil:
		return err
	case !r.same(now, *after):
		return conflict("CHANGED_SINCE", "", "The %s %q has been changed since.", r.what, r.name(*after))
	case before == nil:
		return r.remove(*after)
	default:
		return r.set(*after, *before)
	}
}

func isGone(err error) bool {
	return errors.Is(err, ErrNoRow) || err != nil && KindOf(err) == NotFound
}

func unmarshal(raw json.RawMessage, to any) error {
	if len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, to)
}

// sameState compares what the journal would keep.
func sameState[T any](a, b T) bool { return string(state(a)) == string(state(b)) }

// insteadOfSetupUndo is the command by which a change of the set-up is changed
// back by hand.
func insteadOfSetupUndo(k EventKind) string {
	switch k {
	case EventRuleAdded, EventRuleChanged, EventRuleRemoved, EventRuleOrdered:
		return command("rule", "list")
	case EventStrategySet, EventStrategyRemoved, EventAddressRouted:
		return command("strategy", "list")
	case EventAvailability:
		return command("user", "standby")
	case EventCalendarSet, EventCalendarRemoved:
		return command("calendar", "list")
	case EventPolicySet, EventPolicyRemoved, EventPoliciesOrdered:
		return command("sla", "list")
	case EventPipelineAdded, EventPipelineSet, EventPipelineRemoved:
		return command("pipeline", "list")
	case EventFieldAdded, EventFieldRemoved:
		return command("ticket", "field", "list")
	case EventNeverLogSet, EventNeverLogRemoved:
		return command("neverlog", "list")
	default:
		return command("team", "list")
	}
}

// inBatch is the transaction of a set-up that is applied: all it does is one
// batch, which one undo takes back.
type inBatch struct {
	Writer
	batch string
	// takes says that some of it can be undone; stays are the kinds of what
	// cannot, in their order.
	takes bool
	stays []EventKind
}

func (b *inBatch) Append(ev *Event) error {
	ev.Batch = b.batch
	if ev.Undoable() {
		b.takes = true
	} else if !slices.Contains(b.stays, ev.Kind) && ev.Conversation == 0 {
		b.stays = append(b.stays, ev.Kind)
	}
	return b.Writer.Append(ev)
}

// AppliedSetup is what the journal keeps of a set-up that was applied.
type AppliedSetup struct {
	Changes int         `json:"changes"`
	Stays   []EventKind `json:"stays,omitempty"`
}

// appliedStays says what the undo of a set-up leaves as it is.
func appliedStays(ev Event) ([]string, error) {
	var a AppliedSetup
	if err := unmarshal(ev.After, &a); err != nil || len(a.Stays) == 0 {
		return nil, err
	}
	var kinds []string
	for _, k := range a.Stays {
		kinds = append(kinds, string(k))
	}
	return []string{"Of what was applied this stays, for commands of its own: " + strings.Join(kinds, ", ") + "."}, nil
}
