//go:build !race

package main

import (
	"database/sql"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postroom/internal/crash"
)

// crashTeam are some programs that serve the accounts of one desk, and are
// killed and started again.
type crashTeam struct {
	t       *testing.T
	d       *desktop
	program string
	db      *sql.DB
	all     []*crash.Process
}

func newCrashTeam(t *testing.T, d *desktop, n int) *crashTeam {
	t.Helper()
	return &crashTeam{t: t, d: d, program: plain(t), db: crash.Open(t, d.env["POSTROOM_DB"]), all: make([]*crash.Process, n)}
}

func (c *crashTeam) command(args ...string) *exec.Cmd {
	cmd := c.d.command(args...)
	cmd.Path, cmd.Err = c.program, nil
	return cmd
}

// start starts those that do not run.
func (c *crashTeam) start() {
	c.t.Helper()
	for i := range c.all {
		if c.all[i] == nil {
			c.all[i] = crash.Start(c.t, c.command("sync"))
		}
	}
}

// killed is what the one was doing that was killed.
type killed int

const (
	killedIdle   killed = iota // nobody had a lease yet
	killedHolder               // it served an account
	killedBeside               // only others did
)

// killOne lets all run for a while and kills one of them: two times of three
// one that has a lease.
func (c *crashTeam) killOne(after time.Duration) killed {
	c.t.Helper()
	c.start()
	pause := time.NewTimer(after)
	defer pause.Stop()
	<-pause.C
	holders := c.holders()
	victim := rand.IntN(len(c.all))
	if rand.IntN(3) > 0 {
		if i := slices.IndexFunc(c.all, func(p *crash.Process) bool { return holders[p.Cmd.Process.Pid] }); i >= 0 {
			victim = i
		}
	}
	pid := c.all[victim].Cmd.Process.Pid
	c.all[victim].Kill()
	c.all[victim] = nil
	switch {
	case holders[pid]:
		return killedHolder
	case slices.ContainsFunc(c.all, func(p *crash.Process) bool { return p != nil && holders[p.Cmd.Process.Pid] }):
		return killedBeside
	}
	return killedIdle
}

// holders are the processes that have the lease on an account.
func (c *crashTeam) holders() map[int]bool {
	c.t.Helper()
	rows, err := c.db.QueryContext(c.t.Context(), "SELECT holder FROM accounts")
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	pids := map[int]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			c.t.Fatal(err)
		}
		parts := strings.Split(name, "/") // host, process, and what tells it from an earlier one
		if len(parts) != 3 {
			continue
		}
		pid, err := strconv.Atoi(parts[1])
		if err != nil {
			c.t.Fatal(err)
		}
		pids[pid] = true
	}
	if err := rows.Err(); err != nil {
		c.t.Fatal(err)
	}
	return pids
}

func (c *crashTeam) end() {
	for i, process := range c.all {
		if process != nil {
			process.Kill()
			c.all[i] = nil
		}
	}
}

// timeTo is how long one program takes here until something has happened, so
// that the kills fall around it whatever the machine is busy with. It is killed
// too.
func (c *crashTeam) timeTo(happened func() bool) time.Duration {
	c.t.Helper()
	began := time.Now()
	process := crash.Start(c.t, c.command("sync"))
	defer process.Kill()
	crash.Await(c.t, "the first program to do something", happened)
	return time.Since(began)
}
