package shell

import "time"

// Step is something done in this session that z takes back.
type Step struct {
	// Batch is what the desk calls it.
	Batch string
	At    time.Time
}

// LastStep is the newest step that has not been taken back; false when nothing
// of this session is left.
func (s *Shell) LastStep() (Step, bool) {
	if len(s.steps) == 0 {
		return Step{}, false
	}
	return s.steps[len(s.steps)-1], true
}

// PopStep takes the newest step off, because it is being taken back.
func (s *Shell) PopStep() (Step, bool) {
	step, ok := s.LastStep()
	if ok {
		s.steps = s.steps[:len(s.steps)-1]
	}
	return step, ok
}

// PushStep notes a step, or puts one back that could not be taken back. The
// steps stay in the order of their times.
func (s *Shell) PushStep(step Step) {
	i := len(s.steps)
	for i > 0 && s.steps[i-1].At.After(step.At) {
		i--
	}
	s.steps = append(s.steps[:i:i], append([]Step{step}, s.steps[i:]...)...)
}
