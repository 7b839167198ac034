package desk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Pipeline is the way tickets of a kind go, from stage to stage. A desk always
// has one that is the default: where the one that was meant is gone, tickets
// come up there (S142).
type Pipeline struct {
	ID      PipelineID
	Name    string // unique, compared folded
	Default bool
	Reopen  Reopen
	// Stages are its stages in their order: one that is open or more, and one
	// that is closed or more.
	Stages    []Stage
	CreatedAt time.Time
}

// Stage is where a ticket stands in its pipeline.
type Stage struct {
	ID       StageID
	Pipeline PipelineID
	Name     string // unique in its pipeline, compared folded
	// Closed says that the matter is over there: a ticket in a closed stage is
	// a closed conversation, and the other way round (H86).
	Closed bool
	// Pauses says that the ticket's clocks stand still there.
	Pauses bool
	// OnAnswer and OnReply say that our answer moves a ticket here, and the
	// customer's (H88). Of each a pipeline has one at most.
	OnAnswer, OnReply bool
}

// Reopen is what a customer's mail to a closed ticket does (H92): it opens it
// again, or begins another that is linked to it.
type Reopen int

// The policies; a number above them is after how many days since a ticket was
// closed a mail begins another one.
const (
	ReopenAlways Reopen = -1
	ReopenNever  Reopen = 0
)

// maxReopenDays is ten years: what is older is no policy.
const maxReopenDays = 3650

// String is the policy in words, as [ReopenOf] reads it.
func (p Reopen) String() string {
	switch {
	case p < 0:
		return "reopen"
	case p == 0:
		return "always new"
	default:
		return fmt.Sprintf("new after %dd", int(p))
	}
}

// ReopenOf reads a policy: "reopen", "always new" or "new after 30d".
func ReopenOf(text string) (Reopen, error) {
	words := strings.Fields(strings.ToLower(text))
	switch joined := strings.Join(words, " "); {
	case joined == "reopen":
		return ReopenAlways, nil
	case joined == "always new":
		return ReopenNever, nil
	case strings.HasPrefix(joined, "new after "):
		n, err := strconv.Atoi(strings.TrimSuffix(words[len(words)-1], "d"))
		if len(words) == 3 && err == nil && n > 0 && n <= maxReopenDays {
			return Reopen(n), nil
		}
	}
	return 0, invalid("BAD_PIPELINE", `It is one of: "reopen", "new after 30d", "always new"`, "%q is not what a mail to a closed ticket can do.", Snippet(text, 40))
}

// begins reports whether a mail that comes now to a ticket that was closed then
// begins another one.
func (p Reopen) begins(closed, now time.Time) bool {
	return p == ReopenNever || p > 0 && now.Sub(closed) > time.Duration(p)*24*time.Hour
}

// First is where a ticket begins: the first open stage.
func (p Pipeline) First() Stage {
	return p.stage(func(s Stage) bool { return !s.Closed })
}

// stage is the first one of a kind; the zero stage when there is none.
func (p Pipeline) stage(is func(Stage) bool) Stage {
	if at := slices.IndexFunc(p.Stages, is); at >= 0 {
		return p.Stages[at]
	}
	return Stage{}
}

// StageNamed is the stage with a name; false when there is none.
func (p Pipeline) StageNamed(name string) (Stage, bool) {
	s := p.stage(func(s Stage) bool { return FoldName(s.Name) == FoldName(name) })
	return s, s.ID != 0 || s.Name != ""
}

// StagePath is how a stage is named everywhere: Support/Waiting on us.
func (p Pipeline) StagePath(id StageID) string {
	return p.Name + "/" + p.stage(func(s Stage) bool { return s.ID == id }).Name
}

// StagesText are the stages as they are typed, see [stagesOf].
func (p Pipeline) StagesText() string {
	texts := make([]string, len(p.Stages))
	for i, s := range p.Stages {
		words := []string{}
		for _, w := range stageWords() {
			if *w.flag(&s) {
				words = append(words, w.name)
			}
		}
		texts[i] = s.Name
		if len(words) > 0 {
			texts[i] += ": " + strings.Join(words, " ")
		}
	}
	return strings.Join(texts, ", ")
}

// stageWord is what can be said about a stage.
type stageWord struct {
	name string
	flag func(*Stage) *bool
}

func stageWords() []stageWord {
	return []stageWord{
		{"closed", func(s *Stage) *bool { return &s.Closed }},
		{"pauses", func(s *Stage) *bool { return &s.Pauses }},
		{"answered", func(s *Stage) *bool { return &s.OnAnswer }},
		{"replied", func(s *Stage) *bool { return &s.OnReply }},
	}
}

// defaultPipeline is the one a desk begins with (H85).
func defaultPipeline(now time.Time) Pipeline {
	return Pipeline{Name: "Support", Default: true, Reopen: ReopenAlways, CreatedAt: now, Stages: defaultStages()}
}

func defaultStages() []Stage {
	return []Stage{
		{Name: "New"},
		{Name: "Waiting on contact", Pauses: true, OnAnswer: true},
		{Name: "Waiting on us", OnReply: true},
		{Name: "Closed", Closed: true},
	}
}

// stagesOf reads stages as they are typed, with commas between:
//
//	New, Waiting on contact: pauses answered, Waiting on us: replied, Closed: closed
//
// The words behind a colon say what the stage is: closed; pauses, where clocks
// stand still; answered and replied, where our answer and the customer's move a
// ticket. "Old > New" gives a stage of the pipeline another name. Stages keep
// their numbers by their names.
func stagesOf(text string, now []Stage) ([]Stage, error) {
	var list []Stage
	for _, part := range strings.Split(text, ",") {
		names, words, _ := strings.Cut(part, ":")
		was, name, renamed := strings.Cut(names, ">")
		if !renamed {
			name = was
		}
		s := Stage{Name: oneLine(name)}
		if !isLabel(s.Name) || strings.Contains(s.Name, "/") {
			return nil, badStages("%q cannot be the name of a stage.", Snippet(s.Name, 40))
		}
		kept, known := Pipeline{Stages: now}.StageNamed(oneLine(was))
		if s.ID, s.Pipeline = kept.ID, kept.Pipeline; renamed && !known {
			return nil, badStages("There is no stage %q to rename.", oneLine(was))
		}
		for _, word := range strings.Fields(strings.ToLower(words)) {
			at := slices.IndexFunc(stageWords(), func(w stageWord) bool { return w.name == word })
			if at < 0 {
				return nil, badStages("%q says nothing about a stage.", Snippet(word, 40))
			}
			*stageWords()[at].flag(&s) = true
		}
		list = append(list, s)
	}
	return list, checkStages(list)
}

func badStages(format string, args ...any) error {
	return invalid("BAD_PIPELINE", "Write them like: "+Pipeline{Stages: defaultStages()}.StagesText(), format, args...)
}

// checkStages holds stages to what a ticket needs on its way.
func checkStages(list []Stage) error {
	names := map[string]bool{}
	var open, closed, answered, replied int
	for _, s := range list {
		if names[FoldName(s.Name)] {
			return badStages("There are two stages %q.", s.Name)
		}
		names[FoldName(s.Name)] = true
		if s.Closed {
			closed++
		} else {
			open++
		}
		if s.Closed && (s.OnAnswer || s.OnReply) {
			return badStages("An answer cannot move a ticket to %q, which is closed.", s.Name)
		}
		answered += count(s.OnAnswer)
		replied += count(s.OnReply)
	}
	switch {
	case open == 0:
		return badStages("No stage is open: a ticket has nowhere to begin.")
	case closed == 0:
		return badStages("No stage is closed: a ticket has nowhere to end.")
	case answered > 1 || replied > 1:
		return badStages("An answer moves a ticket to one stage, not to several.")
	case len(list) > maxStages:
		return badStages("A pipeline has %d stages at most.", maxStages)
	}
	return nil
}

// maxStages is more than anybody keeps apart.
const maxStages = 30

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// isLabel reports whether a text can name something in one line.
func isLabel(text string) bool {
	return text != "" && utf8.RuneCountInString(text) <= 60 && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// pipelineNamed is the pipeline called name; the default one without a name.
func pipelineNamed(r Reader, name string) (Pipeline, error) {
	all, err := r.Pipelines()
	if err != nil {
		return Pipeline{}, err
	}
	folded := FoldName(name)
	at := slices.IndexFunc(all, func(p Pipeline) bool { return FoldName(p.Name) == folded || folded == "" && p.Default })
	if at < 0 {
		return Pipeline{}, noPipeline(name)
	}
	return all[at], nil
}

func noPipeline(name string) error {
	return notFound("NO_SUCH_PIPELINE", "See the pipelines with: postroom pipeline list", "There is no pipeline %q.", Snippet(name, 60))
}

// stageAt reads PIPELINE/STAGE; of a pipeline alone it is where tickets begin.
// Without a name in front it is a stage of in, or of the default pipeline.
func stageAt(r Reader, path string, in PipelineID) (Pipeline, Stage, error) {
	pipeline, stage, both := strings.Cut(path, "/")
	if !both {
		if p, err := pipelineNamed(r, path); err == nil && strings.TrimSpace(path) != "" && in == 0 {
			return p, p.First(), nil
		}
		pipeline, stage = "", path
	}
	p, err := pipelineByID(r, in)
	if both {
		p, err = pipelineNamed(r, pipeline)
	}
	if err != nil {
		return Pipeline{}, Stage{}, err
	}
	if strings.TrimSpace(stage) == "" {
		return p, p.First(), nil
	}
	s, ok := p.StageNamed(stage)
	if !ok {
		var names []string
		for _, s := range p.Stages {
			names = append(names, s.Name)
		}
		return p, s, notFound("NO_SUCH_STAGE", "It has: "+strings.Join(names, ", "), "The pipeline %q has no stage %q.", p.Name, Snippet(stage, 60))
	}
	return p, s, nil
}

// pipelineByID is a pipeline, and the default one where it is gone.
func pipelineByID(r Reader, id PipelineID) (Pipeline, error) {
	return pick(r, func(p Pipeline) bool { return p.ID == id })
}

// pipelineOf is the pipeline of a stage, and the default one where it is gone.
func pipelineOf(r Reader, id StageID) (Pipeline, error) {
	return pick(r, func(p Pipeline) bool {
		return slices.ContainsFunc(p.Stages, func(s Stage) bool { return s.ID == id })
	})
}

// pick is the pipeline that is meant, else the default one.
func pick(r Reader, is func(Pipeline) bool) (Pipeline, error) {
	all, err := r.Pipelines()
	if err != nil {
		return Pipeline{}, err
	}
	slices.SortStableFunc(all, func(a, b Pipeline) int { return cmp.Compare(count(b.Default), count(a.Default)) })
	if at := slices.IndexFunc(all, is); at >= 0 {
		return all[at], nil
	}
	if len(all) == 0 {
		return Pipeline{}, errors.New("the desk has no pipeline")
	}
	return all[0], nil
}
