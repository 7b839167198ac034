package crash

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Written is one thing a program has done that a disk, or whoever waits for
// the program, can know of.
type Written struct {
	// Call is the system call, or "said" for a line on standard output.
	Call string
	// Path is the file it was done to; for "said" it is what was said.
	Path   string
	Data   []byte
	Offset int64 // the new length for ftruncate
}

// Record runs a program to its end and gives what it did to the files below
// dir and what it said, in the order in which it was done.
func Record(t testing.TB, cmd *exec.Cmd, dir string) []Written {
	t.Helper()
	log := filepath.Join(t.TempDir(), "record")
	const calls = "trace=write,pwrite64,fdatasync,fsync,ftruncate,unlink,unlinkat"
	traced := under(cmd, []string{"strace", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1000000", "-o", log, "-e", "signal=none", "-e", calls})
	var trouble strings.Builder
	traced.Stdout, traced.Stderr = io.Discard, &trouble
	if err := traced.Run(); err != nil {
		t.Fatalf("record a program: %v\n%s", err, trouble.String())
	}
	list, err := readRecord(log, dir)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var (
	recordedLine = regexp.MustCompile(`^(\d+) +(.*)$`)
	resumedCall  = regexp.MustCompile(`^<\.\.\. (\w+) resumed>(.*)$`)
)

const unfinished = " <unfinished ...>"

// readRecord puts calls together that other threads' lines have torn apart. A
// call counts from when it was done.
func readRecord(log, dir string) ([]Written, error) {
	file, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var list []Written
	open := map[string]string{}
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 8<<20)
	for sc.Scan() {
		m := recordedLine.FindStringSubmatch(sc.Text())
		if m == nil {
			continue
		}
		thread, line := m[1], m[2]
		if begun, ok := strings.CutSuffix(line, unfinished); ok {
			open[thread] = begun
			continue
		}
		if r := resumedCall.FindStringSubmatch(line); r != nil {
			line = open[thread] + r[2]
			delete(open, thread)
		}
		w, ok, err := parseCall(line)
		if err != nil {
			return nil, fmt.Errorf("%w in %.200s", err, line)
		}
		if ok && (w.Call == "said" || w.Path == dir || strings.HasPrefix(w.Path, dir+"/")) {
			list = append(list, w)
		}
	}
	return list, sc.Err()
}

var (
	onDescriptor = regexp.MustCompile(`^(\w+)\((\d+)<([^>]*)>(?:, "([^"]*)")?(?:, (\d+))?(?:, (\d+))?\) += (-?\d+)`)
	onPath       = regexp.MustCompile(`^(unlink|unlinkat)\((?:[^"]*)"([^"]*)"[^)]*\) += (-?\d+)`)
)

// parseCall reads one whole line of strace; false when it is of no interest: it
// failed, or is no call at all.
func parseCall(line string) (Written, bool, error) {
	if m := onPath.FindStringSubmatch(line); m != nil {
		path, err := unescape(m[2])
		return Written{Call: "unlink", Path: string(path)}, m[3] == "0", err
	}
	m := onDescriptor.FindStringSubmatch(line)
	if m == nil || strings.HasPrefix(m[7], "-") {
		return Written{}, false, nil
	}
	path, err := unescape(m[3])
	if err != nil {
		return Written{}, false, err
	}
	data, err := unescape(m[4])
	if err != nil {
		return Written{}, false, err
	}
	w := Written{Call: m[1], Path: string(path), Data: data}
	switch w.Call {
	case "write":
		// A database is written with pwrite64; this is how the program speaks.
		return Written{Call: "said", Path: strings.TrimSpace(string(data))}, m[2] == "1", nil
	case "pwrite64":
		if done, _ := strconv.Atoi(m[7]); done != len(data) {
			return w, false, fmt.Errorf("a write of %d bytes was recorded with %d", done, len(data))
		}
		w.Offset, err = strconv.ParseInt(m[6], 10, 64)
	case "ftruncate":
		w.Offset, err = strconv.ParseInt(m[5], 10, 64)
	}
	return w, true, err
}

// unescape reads the \x0a of strace -xx.
func unescape(text string) ([]byte, error) {
	return hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
}
