package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"postroom/desk"
	"postroom/desk/safe"
)

// trafficForm is what a look at the newest mail has counted, for programs.
type trafficForm struct {
	Looked        int `json:"looked"`
	Conversations int `json:"conversations"`
	Automatic     int `json:"automatic"`
	// Loggable are those that a personal inbox may log on contacts.
	Loggable   int `json:"loggable"`
	Colleagues int `json:"colleagues"`
	Regulars   int `json:"regulars"`
	Strangers  int `json:"strangers"`
	People     int `json:"people"`
	Sent       int `json:"sent"`
	Names      int `json:"names"`
}

// peopleNames are the names of everybody at the desk: an address that begins
// with one of them is most likely that person's.
func (h *house) peopleNames(ctx context.Context) ([]string, error) {
	users, err := h.seat.Users(ctx)
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Name
	}
	return names, err
}

// fits asks whether an address is the right one for its inbox when something
// speaks against it. Without a terminal to ask on it refuses, with --yes it
// does not ask.
func (p *program) fits(ctx context.Context, h *house, k *connecting, t desk.Traffic) error {
	kind, err := k.kind(ctx, h)
	if err != nil {
		return err
	}
	names, err := h.peopleNames(ctx)
	if err != nil {
		return err
	}
	doubts := slices.DeleteFunc(desk.RoleDoubts(kind, k.account.Address, t, names...), func(d string) bool { return slices.Contains(k.confirmed, d) })
	if len(doubts) == 0 || k.yes {
		return nil
	}
	keyboard, ok := p.asker()
	if !ok {
		return desk.RoleUnlikely(doubts)
	}
	for _, d := range doubts {
		p.print.remark(safe.Line(d))
	}
	typed, err := p.askLine(ctx, keyboard, safe.Sprintf("Type the address again to connect it to a %s inbox all the same:", safe.Line(string(kind))))
	if err != nil {
		return err
	}
	if desk.FoldAddress(strings.TrimSpace(typed)) != desk.FoldAddress(k.account.Address) {
		return desk.RoleUnlikely(doubts)
	}
	k.confirmed = append(k.confirmed, doubts...)
	return nil
}

// maxLine is how long a typed answer may be, in bytes.
const maxLine = 1000

// askLine asks for a line that may be seen. It reads no further than its end:
// what comes after it is for the next question.
func (p *program) askLine(ctx context.Context, keyboard *os.File, question safe.Text) (string, error) {
	p.print.ask(question)
	type typed struct {
		line []byte
		err  error
	}
	done := make(chan typed, 1) // so that a reader nobody waits for can end
	go func() {
		var t typed
		one := make([]byte, 1)
		for len(t.line) < maxLine {
			if _, t.err = keyboard.Read(one); t.err != nil || one[0] == '\n' {
				break
			}
			t.line = append(t.line, one[0])
		}
		done <- t
	}()
	select {
	case t := <-done:
		return string(t.line), t.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// folderLine says what a first sync brings from a folder.
func folderLine(f folderForm, cutOff time.Time) safe.Text {
	line := safe.Sprintf("  %s: %s", safe.Line(f.Name), safe.Line(count(f.Messages, "message", "messages")))
	switch {
	case f.Role == string(desk.RoleJunk) && f.Messages > 0:
		return safe.Sprintf("%s, as spam", line)
	case f.Old > 0:
		return safe.Sprintf("%s, %s of them from before %s: they come in closed", line, safe.Int(f.Old), safe.Line(cutOff.Local().Format("2 January 2006")))
	default:
		return line
	}
}
