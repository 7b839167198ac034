package desk

import (
	"testing"
	"time"
)

// TestClockThatJumps: the desk's time goes on evenly, says so, and follows the
// clock again when that has gone right, or has held for ten minutes.
func TestClockThatJumps(t *testing.T) {
	for _, jump := range []time.Duration{365 * 24 * time.Hour, -365 * 24 * time.Hour, time.Hour, -time.Hour, 6 * time.Minute} {
		var s steady
		begin := time.Date(2026, 10, 19, 9, 42, 0, 0, time.UTC)
		wall, up := begin, 1000*time.Hour
		pass := func(by time.Duration) time.Time {
			wall, up = wall.Add(by), up+by
			return s.now(wall, up)
		}
		wants := func(what string, got, want time.Time, trouble bool) {
			t.Helper()
			if !got.Equal(want) || (s.trouble.Err != nil) != trouble {
				t.Errorf("%s: it is %s, want %s; trouble %v", what, got, want, s.trouble.Err)
			}
		}
		wants("at first", pass(0), begin, false)
		wants("after a while", pass(time.Minute), begin.Add(time.Minute), false)
		// Small corrections are followed.
		wall = wall.Add(-2 * time.Minute)
		wants("set back a little", pass(time.Minute), begin, false)
		wall = wall.Add(jump)
		wants("after the jump", pass(time.Second), begin.Add(time.Second), true)
		wants("five minutes on", pass(5*time.Minute), begin.Add(5*time.Minute+time.Second), true)
		wall = wall.Add(-jump)
		wants("gone right", pass(time.Second), begin.Add(5*time.Minute+2*time.Second), false)
		wall = wall.Add(jump)
		wants("jumped again", pass(time.Second), begin.Add(5*time.Minute+3*time.Second), true)
		wants("held for long", pass(jumpBelieved), wall, false)
		wants("and on", pass(time.Hour), wall, false)
	}
}

func TestJumpInWords(t *testing.T) {
	const day = 24 * time.Hour
	for off, want := range map[time.Duration]string{
		365 * day: "1 year ahead", -365 * day: "1 year back", -3 * 365 * day: "3 years back", 36 * time.Hour: "2 days ahead", time.Hour: "1 hour ahead",
		-time.Hour + time.Second: "1 hour back", 6 * time.Minute: "6 minutes ahead", 90 * time.Minute: "2 hours ahead",
	} {
		if got := jumped(off).Message; got != "The clock of this machine has jumped "+want+"." {
			t.Errorf("%s: %s", off, got)
		}
	}
}
