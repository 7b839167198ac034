package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"postroom/desk"
	"postroom/desk/safe"
)

func testPrinter(width int) (*printer, *bytes.Buffer, *bytes.Buffer) {
	var out, problems bytes.Buffer
	return &printer{out: &out, err: &problems, width: width, now: time.Now}, &out, &problems
}

// TestTablesFit: whatever is in the cells, lines stay within the terminal and
// columns stay in line.
func TestTablesFit(t *testing.T) {
	rows := [][]safe.Text{
		{safe.Line("#1"), safe.Line("Ana"), safe.Line(strings.Repeat("long subject ", 40))},
		{safe.Line("#222"), safe.Line("李伟李伟李伟李伟李伟李伟李伟"), safe.Line("日本語の件名")},
		{safe.Line("#3"), safe.Line("\x1b[2Jx\ny"), safe.Line("")},
	}
	columns := []column{{title: safe.Const("ID")}, {title: safe.Const("WHO"), width: 10}, {title: safe.Const("SUBJECT"), gives: true}}
	for _, w := range []int{40, 80, 200} {
		p, out, _ := testPrinter(w)
		p.table(columns, rows)
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			if got := ansi.StringWidth(line); got > w {
				t.Errorf("at %d columns a line takes %d: %q", w, got, line)
			}
			if strings.ContainsAny(line, "\x1b\x07") {
				t.Errorf("a command reached the terminal: %q", line)
			}
		}
		if n := strings.Count(out.String(), "\n"); n != 4 {
			t.Errorf("4 lines were due, %d came:\n%s", n, out)
		}
	}
}

// TestExitCodes holds every kind of failure to its code, wrapped or not.
func TestExitCodes(t *testing.T) {
	for kind, want := range map[desk.Kind]int{
		desk.Broken: 1, desk.Offline: 1, desk.Invalid: 2, desk.Conflict: 3, desk.Denied: 4, desk.NotFound: 5,
	} {
		err := &desk.Error{Kind: kind, Code: "X", Message: "It is so."}
		for _, e := range []error{err, fmt.Errorf("while: %w", err), errors.Join(err, errors.New("and more"))} {
			if got := exitCode(e); got != want {
				t.Errorf("%s ends with %d, want %d", kind, got, want)
			}
		}
	}
	if got := exitCode(errors.New("something")); got != exitFailed {
		t.Errorf("an unknown failure ends with %d", got)
	}
}

// TestErrorsAreClean: what a server or a mail says in an error is text from
// outside too.
func TestErrorsAreClean(t *testing.T) {
	hostile := &desk.Error{Kind: desk.Offline, Code: "X", Message: "It says \x1b]0;title\x07 \u202eno.", Hint: "Ask \x1b[2J."}
	for _, asJSON := range []bool{false, true} {
		p, out, problems := testPrinter(80)
		p.json = asJSON
		p.failed(hostile)
		if strings.ContainsAny(problems.String(), "\x1b\x07\u202e") || out.Len() > 0 {
			t.Errorf("as JSON %v: %q", asJSON, problems)
		}
	}
}

// TestAClosedPipeIsAFailure, not a result cut short.
func TestAClosedPipeIsAFailure(t *testing.T) {
	w := quietProgram(t).world
	w.args, w.out = []string{"version"}, closedPipe{}
	if code := newProgram(w).execute(t.Context()); code != exitFailed {
		t.Errorf("writing to a closed pipe ends with %d", code)
	}
}

type closedPipe struct{}

// Write fails, as on a pipe whose reader is gone.
func (closedPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestAMistakeIsTold: a panic ends in words and an exit code.
func TestAMistakeIsTold(t *testing.T) {
	var problems bytes.Buffer
	w := quietProgram(t).world
	w.args, w.err = []string{"login"}, &problems
	w.getenv = func(k string) string { return map[string]string{"POSTROOM_DB": t.TempDir() + "/d/p.db"}[k] }
	w.login = func() (string, error) { panic("planted") }
	if code := run(w); code != exitFailed {
		t.Errorf("a panic ends with %d", code)
	}
	for _, want := range []string{"because of a mistake in itself", "report it", "planted", "print_test.go"} {
		if !strings.Contains(problems.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, problems.String())
		}
	}
}

// TestUndoNamesAConversationOnce although two of its actions were taken back.
func TestUndoNamesAConversationOnce(t *testing.T) {
	t.Parallel()
	if got := numbers([]desk.ConversationID{11, 11, 12, 11}); got != "#11, #12" {
		t.Errorf("it names %s", got)
	}
}

// TestNoLineOfTheirsPassesForOurs: what is longer than a terminal went on at its
// left edge, where our own lines begin. A word or a subject of the right length
// put anything there.
func TestNoLineOfTheirsPassesForOurs(t *testing.T) {
	forged := strings.Repeat("x", 38) + "[attachment]invoice.pdf"
	print := func(onTerminal bool) string {
		p, out, _ := testPrinter(40)
		p.terminal = onTerminal
		p.quote(safe.Clean(forged))
		p.fields([2]safe.Text{safe.Const("Subject"), safe.Line(strings.Repeat("y", 31) + "[note] all is well")})
		p.named(safe.Const("[attachment] "), safe.Line(strings.Repeat("z", 27)+"[note] all is well"))
		return out.String()
	}
	for line := range strings.Lines(print(true)) {
		line = strings.TrimSuffix(line, "\n")
		ours := line == "Subject:" || line == "[attachment]"
		if ansi.StringWidth(line) > 40 || !ours && !strings.HasPrefix(line, gutter) {
			t.Errorf("a terminal of 40 columns has %q at its left edge", line)
		}
	}
	// What is no terminal keeps a long word, such as a target, whole.
	if got := print(false); !strings.Contains(got, forged) {
		t.Errorf("a word was broken: %q", got)
	}
}
