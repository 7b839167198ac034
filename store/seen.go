package store

import (
	"sync"

	"postroom/desk"
)

// seen is how far this process knows the journal, by its own commits and by
// what the watcher has told.
type seen struct {
	mu   sync.Mutex
	last desk.Seq
}

// own notes a commit of this process. One that follows on what is known is
// news to nobody here.
func (s *seen) own(first, last desk.Seq) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first == s.last+1 {
		s.last = last
	}
}

// foreign notes the journal's last number and reports whether it holds more
// than was known. The very first look only learns where the journal stands.
func (s *seen) foreign(last desk.Seq, first bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	news := last > s.last
	s.last = max(s.last, last)
	return news && !first
}
