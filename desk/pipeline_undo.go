package desk

import (
	"context"
	"fmt"
	"slices"
)

// PipelineState is what the journal keeps of a pipeline: its settings as they
// are typed, and its stages with their numbers, by which one is found again
// that was given another name.
type PipelineState struct {
	Name    string  `json:"name"`
	Stages  string  `json:"stages"`
	Reopen  string  `json:"reopen"`
	Default bool    `json:"default,omitempty"`
	Kept    []Stage `json:"kept"`
	// Former is the pipeline that was the default one before.
	Former string `json:"former,omitempty"`
}

func (p Pipeline) state(former string) PipelineState {
	v := PipelineState{Name: p.Name, Stages: p.StagesText(), Reopen: p.Reopen.String(), Default: p.Default, Kept: slices.Clone(p.Stages)}
	if p.Default {
		v.Former = former
	}
	return v
}

// same reports whether the settings are the same.
func (v PipelineState) same(o PipelineState) bool {
	return v.Name == o.Name && v.Stages == o.Stages && v.Reopen == o.Reopen && v.Default == o.Default
}

// formerDefault is the name of the default pipeline, where that is another one.
func formerDefault(r Reader, p Pipeline) (string, error) {
	now, err := pipelineNamed(r, "")
	if err != nil || now.ID == p.ID {
		return "", err
	}
	return now.Name, nil
}

func (s *Seat) revertPipeline(ctx context.Context, w Writer, ev Event) (said []string, err error) {
	// The default goes back first: one that is the default cannot be removed.
	giveBack := func(v PipelineState) error {
		if v.Former == "" {
			return nil
		}
		_, err := s.SetPipeline(ctx, v.Former, map[PipelineKey]string{PipelineDefault: yes})
		return err
	}
	err = reverting[PipelineState]{
		what: "pipeline",
		name: func(v PipelineState) string { return v.Name },
		now: func(name string) (PipelineState, error) {
			p, err := pipelineNamed(w, name)
			return p.state(""), err
		},
		same: PipelineState.same,
		add: func(v PipelineState) error {
			_, err := s.AddPipeline(ctx, v.Name, map[PipelineKey]string{PipelineStages: v.Stages, PipelineReopen: v.Reopen})
			said = []string{fmt.Sprintf("The pipeline %q is there again; tickets and inboxes that left it stay where they are.", v.Name)}
			return err
		},
		set: func(now, to PipelineState) error {
			if err := giveBack(now); err != nil {
				return err
			}
			return s.pipelineBack(ctx, now.Name, to)
		},
		remove: func(v PipelineState) error {
			if err := giveBack(v); err != nil {
				return err
			}
			_, err := s.RemovePipeline(ctx, v.Name, "")
			return err
		},
	}.revert(ev)
	return said, err
}

// pipelineBack makes a pipeline as the journal has kept it; its stages keep
// their tickets by their numbers.
func (s *Seat) pipelineBack(ctx context.Context, name string, to PipelineState) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "change a pipeline"); err != nil {
			return err
		}
		p, err := pipelineNamed(w, name)
		if err != nil {
			return err
		}
		before := p.state("")
		stages := slices.Clone(to.Kept)
		for i, st := range stages {
			if !slices.ContainsFunc(p.Stages, func(now Stage) bool { return now.ID == st.ID }) {
				stages[i].ID = 0
			}
		}
		if err := keepStages(w, &p, stages); err != nil {
			return err
		}
		values := map[PipelineKey]string{PipelineName: to.Name, PipelineReopen: to.Reopen}
		if err := s.choosePipeline(w, &p, values); err != nil {
			return err
		}
		return w.Append(s.setup(EventPipelineSet, 0, state(before), state(p.state(""))))
	})
}
