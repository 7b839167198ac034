package testserver

import "sync"

// ailment is whether the trouble of a sick server still shows, and how often it
// has.
type ailment struct {
	mu     sync.Mutex
	well   bool
	played int
	shows  chan struct{}
}

func newAilment() *ailment { return &ailment{shows: make(chan struct{})} }

// Played is how often the trouble has shown.
func (a *ailment) Played() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.played
}

// Shows is closed when the trouble has shown.
func (a *ailment) Shows() <-chan struct{} { return a.shows }

func (a *ailment) heal() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.well = true
}

// showing reports whether the trouble shows now that its moment has come.
func (a *ailment) showing() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.well {
		return false
	}
	if a.played++; a.played == 1 {
		close(a.shows)
	}
	return true
}
