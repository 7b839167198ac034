//go:build !race

package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"postroom/internal/crash"
)

// crashRuns runs operations with faults and counts.
type crashRuns struct {
	program string

	mu     sync.Mutex
	hits   int
	bad    int
	points map[string]bool
}

// faultsOver gives faults at so many calls, evenly over all that an operation makes:
// every kind of call first, then more of those that are many.
func faultsOver(most map[string]int, points int, faults func(call string, n int) []crash.Fault) []crash.Fault {
	perCall := map[string][]crash.Fault{}
	for call, n := range most {
		for i := range n {
			perCall[call] = append(perCall[call], faults(call, i+1)...)
		}
	}
	var list []crash.Fault
	for _, call := range crash.WriteCalls() {
		all := perCall[call]
		if len(all) == 0 {
			continue
		}
		// From both ends inwards would favour the start; every golden step is as
		// even after ten as after a hundred.
		step := max(1, len(all)*618/1000)
		for gcd(step, len(all)) != 1 {
			step++
		}
		for i := range all {
			list = append(list, all[i*step%len(all)])
		}
		perCall[call] = list[len(list)-len(all):]
	}
	list = list[:0:0]
	for i := 0; len(list) < points; i++ {
		before := len(list)
		for _, call := range crash.WriteCalls() {
			if i < len(perCall[call]) {
				list = append(list, perCall[call][i])
			}
		}
		if len(list) == before {
			break // every call there is
		}
	}
	return list[:min(points, len(list))]
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// all shares so many faults out among operations.
func (r *crashRuns) all(t *testing.T, ops []crashOp, points int, faults func(call string, n int) []crash.Fault) {
	t.Run("at", func(t *testing.T) { // returns when all of them have ended
		for i, op := range ops {
			t.Run(op.name, func(t *testing.T) {
				t.Parallel()
				r.at(t, op, points*(i+1)/len(ops)-points*i/len(ops), faults)
			})
		}
	})
}

// at runs one operation with so many faults. Threads take turns differently
// each time, so the same fault again is another place, and one that does not
// come is replaced.
func (r *crashRuns) at(t *testing.T, op crashOp, points int, faults func(call string, n int) []crash.Fault) {
	whole := op.copy(t)
	count := crash.Trace(t, r.command(whole, op), crash.Fault{})
	if count.Exit != exitDone {
		t.Fatalf("nothing happened to it, and it ended with %d: %s", count.Exit, count.Output)
	}
	want := op.rows(t, whole)
	if want == "" {
		t.Fatal("the end is empty")
	}
	list := faultsOver(count.Most, points, faults)
	if len(list) == 0 {
		t.Fatalf("there is nothing to hit in %v", count.Most)
	}
	hits := 0
	for i := 0; hits < points && i < 4*points; i++ {
		f := list[i%len(list)]
		hit, wrong := r.once(t, op, f, want)
		if hit {
			hits++
		}
		for _, what := range wrong {
			t.Errorf("%s: %s", f, what)
		}
	}
	if hits < points*3/4 {
		t.Errorf("only %d of %d faults have happened", hits, points)
	}
}

// once runs the operation with a fault, looks, runs it again and compares.
func (r *crashRuns) once(t *testing.T, op crashOp, f crash.Fault, want string) (hit bool, wrong []string) {
	t.Helper()
	d := op.copy(t)
	run := crash.Trace(t, r.command(d, op), f)
	switch {
	case strings.Contains(run.Output, "goroutine ") || strings.Contains(run.Output, "a mistake in postroom"):
		wrong = append(wrong, "the program broke: "+run.Output)
	case run.Exit == exitDone && f.Error != "" && op.rows(t, d) != want:
		wrong = append(wrong, "it says that it is done, and it is not: "+run.Output)
	}
	wrong = append(wrong, op.broken(t, d)...)
	again := r.command(d, op)
	out, err := again.CombinedOutput()
	if err != nil && (!op.refusal || again.ProcessState.ExitCode() != exitConflict) {
		wrong = append(wrong, "once more: "+err.Error()+": "+string(out))
	}
	wrong = append(wrong, op.broken(t, d)...)
	if got := op.rows(t, d); got != want {
		wrong = append(wrong, "the end is\n"+difference(got, want))
	}
	if op.wrong != nil {
		wrong = append(wrong, op.wrong(t, d)...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if run.Hit {
		r.hits++
		r.points[op.name+" "+run.Point] = true
	}
	if len(wrong) > 0 {
		r.bad++
	}
	return run.Hit, wrong
}

func (r *crashRuns) command(d *desktop, op crashOp) *exec.Cmd {
	cmd := d.command(op.args...)
	cmd.Path, cmd.Err = r.program, nil
	return cmd
}

// copy is the desk once more, in another place.
func (op crashOp) copy(t *testing.T) *desktop {
	t.Helper()
	if op.begin != nil {
		op.begin()
	}
	d := newDesktop(t)
	from, to := op.desk.env["HOME"], d.env["HOME"]
	crash.CopyDir(t, from, to)
	for k, v := range op.desk.env {
		d.env[k] = strings.ReplaceAll(v, from, to)
	}
	d.t = t
	return d
}

func (op crashOp) broken(t *testing.T, d *desktop) []string {
	t.Helper()
	if op.unmade {
		return nil
	}
	db := crash.Open(t, d.env["POSTROOM_DB"])
	defer func() { _ = db.Close() }() // reading only
	return crash.Broken(t, db)
}

// rows is the end an operation has come to; empty where there is no whole desk.
func (op crashOp) rows(t *testing.T, d *desktop) string {
	t.Helper()
	path := d.env["POSTROOM_DB"]
	if found, err := filepath.Glob(path); err != nil || len(found) == 0 {
		return ""
	}
	db := crash.Open(t, path)
	defer func() { _ = db.Close() }() // reading only
	if op.unmade && crash.Number(t, db, "SELECT count(*) FROM sqlite_schema WHERE name = 'desk'") == 0 {
		return ""
	}
	return crash.Rows(t, db, op.end...)
}

// difference is the lines that only one of two texts has.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	var list []string
	for _, line := range a {
		if !slices.Contains(b, line) {
			list = append(list, "+ "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			list = append(list, "- "+line)
		}
	}
	return strings.Join(list[:min(len(list), 10)], "\n")
}
