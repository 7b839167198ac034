//go:build !linux

package main

import "time"

// uptime is nil where the time that a machine has slept cannot be told from a
// clock that jumps: the clock is believed then.
var uptime func() time.Duration
