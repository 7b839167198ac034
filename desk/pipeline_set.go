package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// PipelineKey names one thing about a pipeline that can be chosen. Its words
// are stable: the journal and scripts have them.
type PipelineKey string

// The settings of a pipeline.
const (
	PipelineName    PipelineKey = "name"
	PipelineStages  PipelineKey = "stages"  // see [Pipeline.StagesText]
	PipelineReopen  PipelineKey = "reopen"  // see [ReopenOf]
	PipelineDefault PipelineKey = "default" // yes
)

// PipelineKeys are all of them.
func PipelineKeys() []PipelineKey {
	return []PipelineKey{PipelineName, PipelineStages, PipelineReopen, PipelineDefault}
}

// PipelineView is a pipeline with the inboxes whose new conversations become
// tickets there, as far as the actor sees them (H87).
type PipelineView struct {
	Pipeline
	Inboxes []Inbox
}

// Pipelines lists the pipelines, the default one first.
func (s *Seat) Pipelines(ctx context.Context) ([]PipelineView, error) {
	var views []PipelineView
	err := s.d.store.Read(ctx, func(r Reader) error {
		views = nil
		all, err := r.Pipelines()
		if err != nil {
			return err
		}
		inboxes, err := r.Inboxes()
		if err != nil {
			return err
		}
		from := map[PipelineID][]Inbox{}
		for _, in := range inboxes {
			sees, err := s.sees(r, in.ID)
			if err != nil {
				return err
			}
			set, err := r.InboxSettings(in.ID)
			if err != nil {
				return err
			}
			if sees && set.Tickets.On() {
				from[set.Tickets.Pipeline] = append(from[set.Tickets.Pipeline], in)
			}
		}
		for _, p := range all {
			views = append(views, PipelineView{p, from[p.ID]})
		}
		return nil
	})
	return views, err
}

// Pipeline reads one pipeline.
func (s *Seat) Pipeline(ctx context.Context, name string) (PipelineView, error) {
	all, err := s.Pipelines(ctx)
	for _, v := range all {
		if FoldName(v.Name) == FoldName(name) {
			return v, err
		}
	}
	if err == nil {
		err = noPipeline(name)
	}
	return PipelineView{}, err
}

// AddPipeline makes a pipeline; what is not chosen is as in the default one of
// a new desk. Admins only.
func (s *Seat) AddPipeline(ctx context.Context, name string, values map[PipelineKey]string) (Pipeline, error) {
	p := defaultPipeline(s.d.now())
	p.Default = false
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "make a pipeline"); err != nil {
			return err
		}
		values := maps.Clone(values)
		if values == nil {
			values = map[PipelineKey]string{}
		}
		values[PipelineName] = name
		former, err := formerDefault(w, p)
		if err != nil {
			return err
		}
		if err := s.choosePipeline(w, &p, values); err != nil {
			return err
		}
		return w.Append(s.setup(EventPipelineAdded, 0, nil, state(p.state(former))))
	})
	return p, err
}

// SetPipeline changes a pipeline, all of the values or none. A stage in which
// there are tickets stays. Admins only.
func (s *Seat) SetPipeline(ctx context.Context, name string, values map[PipelineKey]string) (Pipeline, error) {
	var p Pipeline
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "change a pipeline"); err != nil {
			return err
		}
		var err error
		if p, err = pipelineNamed(w, name); err != nil {
			return err
		}
		former, err := formerDefault(w, p)
		if err != nil {
			return err
		}
		before := p.state("")
		if err := s.choosePipeline(w, &p, values); err != nil {
			return err
		}
		after := p.state(former)
		if before.same(after) {
			return nil
		}
		return w.Append(s.setup(EventPipelineSet, 0, state(before), state(after)))
	})
	return p, err
}

// choosePipeline puts values into a pipeline and keeps it.
func (s *Seat) choosePipeline(w Writer, p *Pipeline, values map[PipelineKey]string) error {
	all, err := w.Pipelines()
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := strings.TrimSpace(values[key])
		switch key {
		case PipelineName:
			err = namePipeline(p, all, value)
		case PipelineStages:
			err = chooseStages(w, p, value)
		case PipelineReopen:
			p.Reopen, err = ReopenOf(value)
		case PipelineDefault:
			if value != "yes" {
				return invalid("BAD_PIPELINE", "Make another one the default with: postroom pipeline set NAME default=yes", "One pipeline is the default, so default is yes or left out.")
			}
			p.Default = true
		default:
			return invalid("NO_SUCH_SETTING", "There are: name, stages, reopen, default", "A pipeline has no setting %q.", Snippet(string(key), 40))
		}
		if err != nil {
			return err
		}
	}
	for _, other := range all {
		if p.Default && other.Default && other.ID != p.ID {
			other.Default = false
			if err := w.SavePipeline(&other); err != nil {
				return err
			}
		}
	}
	return w.SavePipeline(p)
}

func namePipeline(p *Pipeline, all []Pipeline, name string) error {
	if name = oneLine(name); !isLabel(name) || strings.Contains(name, "/") || FoldName(name) == NoTickets {
		return invalid("BAD_NAME", "Give it a short name, like: Refunds", "%q cannot be the name of a pipeline.", Snippet(name, 40))
	}
	for _, other := range all {
		if other.ID != p.ID && FoldName(other.Name) == FoldName(name) {
			return conflict("NAME_IN_USE", "Choose another name.", "There is a pipeline %q already.", other.Name)
		}
	}
	p.Name = name
	return nil
}

// chooseStages refuses to lose a stage in which there are tickets.
func chooseStages(r Reader, p *Pipeline, text string) error {
	stages, err := stagesOf(text, p.Stages)
	if err != nil {
		return err
	}
	return keepStages(r, p, stages)
}

// keepStages gives a pipeline its stages, where none is lost that has tickets.
func keepStages(r Reader, p *Pipeline, stages []Stage) error {
	for _, was := range p.Stages {
		at := slices.IndexFunc(stages, func(s Stage) bool { return s.ID == was.ID })
		if at >= 0 && stages[at].Closed == was.Closed || was.ID == 0 {
			continue
		}
		n, err := r.CountInStage(was.ID)
		if err != nil {
			return err
		}
		if n > 0 {
			return conflict("STAGE_IN_USE", "Move them first with: postroom ticket stage ID... STAGE",
				"%d ticket%s in %q, so it cannot go, nor change between open and closed.", n, plural(n, " is", "s are"), was.Name)
		}
	}
	p.Stages = stages
	return nil
}

// RemovePipeline removes a pipeline that is not the default one. Its tickets go
// to another one, each to the stage of the same name there, else to the first
// that is open or closed like its own; without another it has to be empty. It
// says how many moved. Inboxes whose tickets began there begin them in the
// default one from now on, and the doctor says so. Admins only.
func (s *Seat) RemovePipeline(ctx context.Context, name, to string) (moved int, err error) {
	err = s.write(ctx, func(w Writer) error {
		moved = 0
		if err := s.mustAdmin(w, "remove a pipeline"); err != nil {
			return err
		}
		p, err := pipelineNamed(w, name)
		if err != nil {
			return err
		}
		if p.Default {
			return conflict("DEFAULT_PIPELINE", "Make another one the default first: postroom pipeline set NAME default=yes", "%q is the default pipeline: tickets have to begin somewhere.", p.Name)
		}
		if moved, err = s.emptyPipeline(w, p, to); err != nil {
			return err
		}
		return errors.Join(w.RemovePipeline(p.ID), w.Append(s.setup(EventPipelineRemoved, 0, state(p.state("")), nil)))
	})
	return moved, err
}

// emptyPipeline moves the tickets of a pipeline into another one.
func (s *Seat) emptyPipeline(w Writer, p Pipeline, to string) (moved int, err error) {
	var other Pipeline
	if to != "" {
		if other, err = pipelineNamed(w, to); err != nil {
			return 0, err
		}
		if other.ID == p.ID {
			return 0, invalid("SAME_PIPELINE", "Name another one.", "That is the pipeline that is to go.")
		}
	}
	for _, st := range p.Stages {
		n, err := w.CountInStage(st.ID)
		if err != nil {
			return 0, err
		}
		if n > 0 && to == "" {
			return 0, conflict("PIPELINE_IN_USE", "Say where its tickets go with: --to PIPELINE", "%d ticket%s in %q.", n, plural(n, " is", "s are"), p.StagePath(st.ID))
		}
		into, same := other.StageNamed(st.Name)
		if !same || into.Closed != st.Closed {
			into = other.stage(func(o Stage) bool { return o.Closed == st.Closed })
		}
		if n > 0 {
			if err := w.MoveStage(st.ID, into.ID); err != nil {
				return 0, err
			}
		}
		moved += n
	}
	return moved, nil
}
