package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
)

// done says what was done, or in a rehearsal that it was not.
func (p *program) done(what safe.Text) {
	if p.flags.rehearse {
		what = safe.Sprintf("%s (dry run: nothing was changed)", what)
	}
	p.print.say(what)
}

// outcomeForm is what became of an action, for programs.
type outcomeForm struct {
	Done    []desk.ConversationID `json:"done"`
	Skipped []skippedForm         `json:"skipped"`
	Said    []string              `json:"said,omitempty"`
	Batch   string                `json:"batch"`
	DryRun  bool                  `json:"dry_run"`
}

type skippedForm struct {
	ID     desk.ConversationID `json:"id"`
	Reason string              `json:"reason"`
}

// outcome tells what became of an action on conversations. One that was left
// alone makes the whole a refusal, so that a script does not take a part for
// everything.
func (p *program) outcome(verb string, out desk.Outcome, err error) error {
	if err != nil {
		return err
	}
	if p.flags.rehearse {
		out.Batch = ""
	}
	if p.print.json {
		f := outcomeForm{Done: []desk.ConversationID{}, Skipped: []skippedForm{}, Said: out.Said, Batch: out.Batch, DryRun: p.flags.rehearse}
		f.Done = append(f.Done, out.Done...)
		for _, s := range out.Skipped {
			f.Skipped = append(f.Skipped, skippedForm(s))
		}
		if err := p.print.document(f); err != nil {
			return err
		}
	} else {
		if len(out.Done) > 0 {
			p.done(safe.Sprintf("%s %s.", safe.Line(verb), safe.Line(numbers(out.Done))))
		}
		for _, text := range out.Said {
			p.done(safe.Line(text))
		}
	}
	if len(out.Skipped) == 0 {
		return nil
	}
	var reasons []string
	for _, s := range out.Skipped {
		if why := fmt.Sprintf("#%d: %s", s.ID, strings.TrimSuffix(s.Reason, ".")); !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
	}
	hint := "See how it is now with: postroom conversation show " + strconv.Itoa(int(out.Skipped[0].ID))
	return refused("SKIPPED", hint, "Left alone %s.", strings.Join(reasons, "; "))
}

// numbers names each conversation once.
func numbers(ids []desk.ConversationID) string {
	var parts []string
	for i, id := range ids {
		if !slices.Contains(ids[:i], id) {
			parts = append(parts, fmt.Sprintf("#%d", id))
		}
	}
	return strings.Join(parts, ", ")
}

// conversationID reads #4473 or 4473.
func conversationID(s string) (desk.ConversationID, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(s, "#"), 10, 64)
	if err != nil || n <= 0 {
		return 0, &desk.Error{
			Kind: desk.Invalid, Code: "BAD_ID", Message: quoted(s) + " is not the number of a conversation.",
			Hint: "Write it as 4473; see the open ones with: postroom conversation list",
		}
	}
	return desk.ConversationID(n), nil
}

func conversationIDs(args []string) ([]desk.ConversationID, error) {
	ids := make([]desk.ConversationID, len(args))
	for i, a := range args {
		var err error
		if ids[i], err = conversationID(a); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
