//go:build !linux

package store

import (
	"context"
	"time"
)

// wakeUps has nothing to offer where watching would open the files; the
// watcher looks more often instead.
func (s *Store) wakeUps(context.Context) (<-chan struct{}, time.Duration) { return nil, lookUntil }
