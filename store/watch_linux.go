package store

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// wakeUps tells of changes of the write-ahead log. inotify watches the
// directory and opens nothing in it; elsewhere the library would open the
// files, which takes SQLite's locks away.
func (s *Store) wakeUps(ctx context.Context) (<-chan struct{}, time.Duration) {
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, lookUntil
	}
	if err := n.Add(filepath.Dir(s.path)); err != nil {
		_ = n.Close()
		return nil, lookUntil
	}
	wake := make(chan struct{}, 1)
	log := s.path + "-wal"
	s.watchers.Add(1)
	go func() {
		defer s.watchers.Done()
		defer close(wake)
		defer func() { _ = n.Close() }()
		for {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-n.Events:
				if !ok {
					return
				}
				if e.Name != log {
					continue
				}
			case _, ok := <-n.Errors: // an overflow: look, to be sure
				if !ok {
					return
				}
			}
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	}()
	return wake, sweep
}
