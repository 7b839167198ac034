package connector

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// spawn is the only place where a goroutine of this package begins. A panic in
// it is reported and comes out as an error: it must cost one account its
// connection, not all inboxes their process.
func spawn(log *slog.Logger, name string, fn func() error) <-chan error {
	done := make(chan error, 1) // so that nobody has to wait for it
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				log.Error("a part of the connector has panicked", "part", name, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				done <- fmt.Errorf("%s panicked: %v", name, v)
			}
		}()
		done <- fn()
	}()
	return done
}

// crew is goroutines that end together: the first failure calls stop.
type crew struct {
	log  *slog.Logger
	stop func(error)
	wg   sync.WaitGroup
}

// spawn starts one of the crew.
func (c *crew) spawn(name string, fn func() error) {
	c.wg.Add(1)
	spawn(c.log, name, func() error {
		defer c.wg.Done()
		defer func() {
			if v := recover(); v != nil {
				c.stop(fmt.Errorf("%s panicked: %v", name, v))
				panic(v)
			}
		}()
		if err := fn(); err != nil {
			c.stop(err)
		}
		return nil
	})
}

// wait returns when all have ended.
func (c *crew) wait() { c.wg.Wait() }
