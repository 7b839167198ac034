package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Routing says in lines how a conversation last got somebody by itself, or why
// it got nobody, with all who were looked at: from the journal, as it was then.
// It is empty where nothing was tried.
func (s *Seat) Routing(ctx context.Context, id ConversationID) ([]string, error) {
	var lines []string
	err := s.d.store.Read(ctx, func(r Reader) error {
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		lines, err = routingTold(r, c.ID)
		return err
	})
	return lines, err
}

// routingTold tells the last event of kind [EventRouted] of a conversation.
func routingTold(r Reader, id ConversationID) ([]string, error) {
	ev, err := r.LastChange(id, 0, []EventKind{EventRouted})
	if errors.Is(err, ErrNoRow) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return routedLines(r, ev)
}

// routedLines tells an event of kind [EventRouted].
func routedLines(r Reader, ev Event) ([]string, error) {
	var routed Routed
	if err := json.Unmarshal(ev.After, &routed); err != nil {
		return nil, fmt.Errorf("read event %d: %w", ev.Seq, err)
	}
	login, err := loginsOf(r)
	if err != nil {
		return nil, err
	}
	var lines []string
	for i, step := range routed.Steps {
		line := step.By
		if step.Kind != "" && step.By != string(step.Kind) {
			line += " (" + string(step.Kind) + ")"
		}
		last := i == len(routed.Steps)-1
		switch {
		case step.Said != "":
			line += ": " + step.Said
		case last && routed.Team != 0 && routed.User == 0:
			line += ": it has it, for whoever of it takes it"
		case step.By == string(ToNobody):
			line += ": it waits for whoever takes it"
		}
		lines = append(lines, line)
		for _, c := range step.Candidates {
			lines = append(lines, "  "+c.told(login[c.User], step.Kind))
		}
	}
	if routed.Waits {
		lines = append(lines, "nobody could have it: it is given to the first who can")
	}
	return lines, nil
}

// loginsOf are the logins of all users.
func loginsOf(r Reader) (map[UserID]string, error) {
	users, err := r.Users()
	login := map[UserID]string{}
	for _, u := range users {
		login[u.ID] = u.Login
	}
	return login, err
}

// told is a candidate in words, with what counted.
func (c Candidate) told(login string, kind StrategyKind) string {
	line := login + ": "
	switch {
	case c.Skip == SkipFull:
		return line + fmt.Sprintf("has %d of the %d he can have", c.Load, c.Capacity)
	case c.Skip != "":
		return line + c.Skip.Says()
	case c.Chosen:
		line += "has it"
	default:
		line += "could have had it"
	}
	return line + c.counted(kind)
}

// counted is what decided between those who could have it.
func (c Candidate) counted(kind StrategyKind) string {
	switch {
	case kind == LeastBusy:
		return fmt.Sprintf(", with %d that need an answer", c.Load)
	case kind == RoundRobin && c.Turn == 0:
		return ", had none yet"
	case kind == RoundRobin:
		return fmt.Sprintf(", last had turn %d", c.Turn)
	default:
		return ""
	}
}
