package desk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What rules have to do with tickets, their stages and clocks, and with other
// inboxes.

const verbMove = "move"

// ticketVerbs make tickets, and move them through stages and between inboxes.
func ticketVerbs() []ruleVerb {
	return []ruleVerb{
		{
			verb: "ticket", example: "ticket support/new", says: "makes a ticket of it, in a stage or where the inbox's tickets begin", shared: true,
			read: readPath, check: checkTicketStage, do: (*ruleRun).ticket,
			foresee: func(f *situation, path string) {
				f.Ticket = true
				f.foreseeStage(path)
			},
		},
		{
			verb: "stage", example: "stage waiting on us", says: "moves a ticket to a stage of its pipeline, or to PIPELINE/STAGE", shared: true,
			read: readStage, check: checkStage, do: (*ruleRun).stage, last: true,
			foresee: func(f *situation, path string) {
				if f.Ticket {
					f.foreseeStage(path)
				}
			},
		},
		{
			verb: verbMove, example: "move billing", says: "takes it to another shared inbox", shared: true,
			read: readInbox, check: checkMove, do: (*ruleRun).move, last: true,
			foresee: func(f *situation, inbox string) { f.Inbox = FoldName(inbox) },
		},
	}
}

func readPath(words string) (string, error) { return oneLine(words), nil }

func readStage(words string) (string, error) {
	if words = oneLine(words); words == "" {
		return "", invalid("BAD_ACTION", "For example: stage waiting on us", "There is no stage.")
	}
	return words, nil
}

func readInbox(words string) (string, error) {
	if words = oneLine(words); words == "" {
		return "", invalid("BAD_ACTION", "For example: move billing", "There is no inbox.")
	}
	return words, nil
}

func checkTicketStage(_ *Seat, r Reader, _ []Inbox, path string) error {
	if path == "" {
		return nil
	}
	_, _, err := stageAt(r, path, 0)
	return err
}

// checkStage refuses a stage that no pipeline has.
func checkStage(_ *Seat, r Reader, _ []Inbox, path string) error {
	_, err := resolveStages(r, Expr{Term: TermStage, Text: path})
	return err
}

// checkMove holds a move to an inbox whose rules the actor may change, too.
func checkMove(s *Seat, r Reader, _ []Inbox, inbox string) error {
	in, err := s.mayIn(r, inbox, RightConfigure)
	if err == nil && in.Kind == Personal {
		err = conflict("PERSONAL_INBOX", "Name a shared inbox.", "%q is a personal inbox, and takes in no conversation of another one.", in.Name)
	}
	return err
}

func (run *ruleRun) ticket(path string) (string, error) {
	c := run.c
	if c.Ticket != 0 {
		return "it is a ticket already", nil
	}
	in, err := run.w.Inbox(c.Inbox)
	if err != nil {
		return "", err
	}
	if in.Kind == Personal {
		return "", conflict("PERSONAL", "", "A personal inbox has no tickets.")
	}
	p, st, err := run.d.As(run.actor()).ticketStage(run.w, *c, path)
	if err != nil {
		return "", err
	}
	return "", run.mirrored(func() error { return run.d.makeTicket(run.w, c, p, st, run.actor(), "") })
}

func (run *ruleRun) stage(path string) (string, error) {
	if run.c.Ticket == 0 {
		return "", conflict("NO_TICKET", "", "It is no ticket.")
	}
	own, err := pipelineOf(run.w, run.c.Stage)
	if err != nil {
		return "", err
	}
	p, st, err := stageAt(run.w, path, own.ID)
	if err != nil {
		return "", err
	}
	if st.ID == run.c.Stage {
		return "it was so already", nil
	}
	return "", run.mirrored(func() error { return run.d.toStage(run.w, run.c, p, st, run.actor(), "") })
}

// mirrored makes a change, and lets the mails on the server follow where the
// conversation goes to another place by it.
func (run *ruleRun) mirrored(change func() error) error {
	before := run.c.Place()
	if err := change(); err != nil || run.c.Place() == before {
		return err
	}
	return run.w.WantMirror(run.c.ID, MoveAlong, run.d.now())
}

func (run *ruleRun) move(inbox string) (string, error) {
	to, err := inboxNamed(run.w, inbox)
	if err != nil {
		return "", err
	}
	switch {
	case to.ID == run.c.Inbox:
		return "it is there already", nil
	case to.Kind == Personal:
		return "", conflict("PERSONAL", "", "%q is a personal inbox.", to.Name)
	}
	if waits, err := run.w.Leaving(run.c.ID); err != nil {
		return "", err
	} else if waits {
		return "", conflict("LEAVING", "", "A mail of it is on its way out.")
	}
	return "", run.d.As(run.actor()).resettle(run.w, run.c, to, "")
}

// inboxNamed is an inbox by its name, whoever works in it.
func inboxNamed(r Reader, name string) (Inbox, error) {
	all, err := r.Inboxes()
	if err != nil {
		return Inbox{}, err
	}
	at := slices.IndexFunc(all, func(in Inbox) bool { return FoldName(in.Name) == FoldName(name) })
	if at < 0 {
		return Inbox{}, conflict("NO_SUCH_INBOX", "", "There is no inbox %q any more.", name)
	}
	return all[at], nil
}

// clockOccasion is what rules run on when a clock tells something: the end of
// one is one occasion, whether it is noticed when it comes or by a late answer.
func clockOccasion(ev Event) (on RuleEvent, occasion string, mark int64) {
	var told ClockTold
	if err := json.Unmarshal(ev.After, &told); err != nil {
		return "", "", 0
	}
	on = OnMissed
	if ev.Kind == EventClockSoon {
		on = OnDueSoon
	}
	return on, fmt.Sprintf("%s: %s", on, told.Clock), told.Due.UnixMilli()
}

// foreseeStage is what a later rule will see of a stage; without a pipeline in
// front it is one of the ticket's own.
func (f *situation) foreseeStage(path string) {
	pipeline, stage, both := strings.Cut(FoldName(path), "/")
	switch {
	case both:
		f.Pipeline, f.Stage = strings.TrimSpace(pipeline), strings.TrimSpace(stage)
	case path != "":
		f.Stage = pipeline
	}
}

// inStage reports whether a stage is meant: its name, or PIPELINE/STAGE.
func (f *situation) inStage(text string) bool {
	pipeline, stage, both := strings.Cut(FoldName(text), "/")
	if !both {
		return f.Stage != "" && f.Stage == pipeline
	}
	return f.Stage != "" && f.Pipeline == strings.TrimSpace(pipeline) && f.Stage == strings.TrimSpace(stage)
}

// isDue reports whether the most urgent clock ends as far ahead as is asked.
func (f *situation) isDue(text string) bool {
	more, ahead, _ := dueOf(text)
	end := f.At.Add(ahead)
	return !f.Due.IsZero() && f.Due.After(end) == more
}

// lookTicket takes over the stage and the clocks, where some rule asks for them.
func (f *facts) lookTicket(r Reader, c Conversation) error {
	f.Ticket, f.Due, f.Stage, f.Pipeline = c.Ticket != 0, c.DueAt, "", ""
	if f.asked.stages && f.Ticket {
		p, err := pipelineOf(r, c.Stage)
		if err != nil {
			return err
		}
		f.Pipeline, f.Stage = FoldName(p.Name), FoldName(p.stage(func(s Stage) bool { return s.ID == c.Stage }).Name)
	}
	if !f.asked.clocks {
		return nil
	}
	f.SLA = nil
	list, err := r.Clocks(c.ID)
	for _, k := range list {
		word := map[ClockState]string{ClockSoon: SLASoon, ClockOverdue: SLAOverdue, ClockMet: SLAMet, ClockMissed: SLAMissed}[k.State(f.At)]
		if word != "" && !slices.Contains(f.SLA, word) {
			f.SLA = append(f.SLA, word)
		}
	}
	return err
}

// workingHours says whether a moment is within the hours of the policy that
// counts for the conversation: those of its first goal. Without a policy, or
// where that counts around the clock, every moment is.
func workingHours(r Reader, c Conversation, at time.Time) (off bool, err error) {
	p, err := policyFor(r, c)
	if err == ErrNoRow || err == nil && len(p.Goals) == 0 { //nolint:errorlint // policyFor returns the sentinel itself
		return false, nil
	}
	if err != nil {
		return false, err
	}
	now, err := calendarOf(r, p.Goals[0].Calendar)
	if err != nil {
		return false, err
	}
	hours, err := hoursOf(r, now.ID)
	if err != nil {
		return false, err
	}
	return !hours.Open(at), nil
}
