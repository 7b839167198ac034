package structure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"sort"
	"strings"
	"testing"
)

const module = "postroom"

// graph is every package of the module with what its non-test files import.
type graph map[string][]string

// listed is a package as the go command describes it, which also sees files
// behind build tags.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := decoder.Decode(&p)
		if err == io.EOF {
			return packages
		}
		if err != nil {
			t.Fatalf("read what go list prints: %v", err)
		}
		packages = append(packages, p)
	}
}

func readGraph(t *testing.T) graph {
	t.Helper()
	packages := graph{}
	for _, p := range list(t) {
		packages[p.ImportPath] = p.Imports
	}
	return packages
}

// readImports is every package of another module that is imported, also by
// tests.
func readImports(t *testing.T) []string {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range list(t) {
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if within(imported) == "" && !isStandard(imported) {
				seen[imported] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// root is the module, seen from this directory.
const root = "../.."

func TestImports(t *testing.T) {
	packages := readGraph(t)
	if len(packages) < 3 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	for _, violation := range checkImports(packages) {
		t.Error(violation)
	}
}

func checkImports(packages graph) []string {
	var found []string
	for importer, imports := range packages {
		for _, imported := range imports {
			for _, rule := range []func(importer, imported string) string{
				deskIsAlone, roomsAreApart, screensAreApart,
			} {
				if reason := rule(importer, imported); reason != "" {
					found = append(found, fmt.Sprintf("%s imports %s: %s", importer, imported, reason))
				}
			}
		}
		found = append(found, onlyCommandWires(importer, imports)...)
		found = append(found, hasAName(importer)...)
	}
	sort.Strings(found)
	return found
}

// within is the path below the module: "ui/triage", or empty for other modules.
func within(importPath string) string {
	below, ok := strings.CutPrefix(importPath, module+"/")
	if !ok {
		return ""
	}
	return below
}

// room is the first part of that path: desk, store, connector, ui, cmd, internal.
func room(importPath string) string {
	name, _, _ := strings.Cut(within(importPath), "/")
	return name
}

// isStandard: only the standard library has import paths without a dotted host.
func isStandard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".") && first != module
}

func deskIsAlone(importer, imported string) string {
	if room(importer) != "desk" {
		return ""
	}
	switch imported {
	case "os", "os/exec", "os/signal", "net", "net/http", "net/smtp", "database/sql", "syscall", "log", "unsafe":
		return "desk does no input or output"
	case "crypto/rand":
		return "randomness comes from outside desk"
	}
	if room(imported) == "desk" || isStandard(imported) {
		return ""
	}
	return "desk knows the standard library and itself"
}

func roomsAreApart(importer, imported string) string {
	apart := map[string]bool{"ui": true, "connector": true, "store": true}
	from, to := room(importer), room(imported)
	if apart[from] && apart[to] && from != to {
		return "ui, connector and store never import each other"
	}
	if (apart[from] || from == "internal") && to == "cmd" {
		return "nothing imports cmd"
	}
	return ""
}

// screen is the screen of the ui that a package belongs to, or empty: what the
// screens share, the root, and the SSH server in front of it are none.
func screen(importPath string) string {
	below, ok := strings.CutPrefix(within(importPath), "ui/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(below, "/")
	switch name {
	case "action", "theme", "widget", "shell", "term", "uitest", "sshd":
		return ""
	}
	return name
}

func screensAreApart(importer, imported string) string {
	to := screen(imported)
	if to == "" || room(importer) != "ui" || within(importer) == "ui" {
		return ""
	}
	if from := screen(importer); from != to {
		return "screens never import each other, and what they share never imports a screen"
	}
	return ""
}

func onlyCommandWires(importer string, imports []string) []string {
	if within(importer) == "cmd/postroom" {
		return nil
	}
	rooms := map[string]bool{}
	for _, imported := range imports {
		switch room(imported) {
		case "ui", "connector", "store":
			rooms[room(imported)] = true
		}
	}
	if len(rooms) < 2 {
		return nil
	}
	return []string{importer + " wires several rooms: only cmd/postroom does"}
}

func hasAName(importPath string) []string {
	switch name := path.Base(importPath); name {
	case "util", "utils", "common", "helper", "helpers", "base", "misc", "manager":
		return []string{importPath + " is called " + name + ", which says nothing about what it is for"}
	}
	return nil
}

func TestImportRulesSeeViolations(t *testing.T) {
	for _, c := range []struct {
		name    string
		planted graph
		seen    string // empty: allowed
	}{
		{"desk and a library", graph{"postroom/desk": {"github.com/spf13/cobra"}}, "standard library"},
		{"desk and a room", graph{"postroom/desk/safe": {"postroom/store"}}, "standard library"},
		{"desk and a file", graph{"postroom/desk": {"os"}}, "input or output"},
		{"desk and chance", graph{"postroom/desk": {"crypto/rand"}}, "randomness"},
		{"desk and desk", graph{"postroom/desk": {"strings", "net/mail", "postroom/desk/safe"}}, ""},
		{"ui and store", graph{"postroom/ui": {"postroom/store"}}, "never import each other"},
		{"ui and connector", graph{"postroom/ui/triage": {"postroom/connector/parse"}}, "never import each other"},
		{"connector and ui", graph{"postroom/connector": {"postroom/ui/term"}}, "never import each other"},
		{"connector and store", graph{"postroom/connector": {"postroom/store"}}, "never import each other"},
		{"store and ui", graph{"postroom/store": {"postroom/ui"}}, "never import each other"},
		{"store and connector", graph{"postroom/store": {"postroom/connector"}}, "never import each other"},
		{"store and cmd", graph{"postroom/store": {"postroom/cmd/postroom"}}, "nothing imports cmd"},
		{"two screens", graph{"postroom/ui/triage": {"postroom/ui/thread"}}, "screens never"},
		{"parts of two screens", graph{"postroom/ui/triage/bulk": {"postroom/ui/thread/side"}}, "screens never"},
		{"widget and a screen", graph{"postroom/ui/widget": {"postroom/ui/thread"}}, "screens never"},
		{"a screen and its part", graph{"postroom/ui/triage": {"postroom/ui/triage/bulk", "postroom/ui/widget"}}, ""},
		{"the root and screens", graph{"postroom/ui": {"postroom/ui/triage", "postroom/ui/thread"}}, ""},
		{"sshd and the root", graph{"postroom/ui/sshd": {"postroom/ui"}}, ""},
		{"a second wiring", graph{"postroom/internal/demo": {"postroom/ui", "postroom/store"}}, "only cmd/postroom"},
		{"the wiring", graph{"postroom/cmd/postroom": {"postroom/ui", "postroom/store", "postroom/connector"}}, ""},
		{"a name that says nothing", graph{"postroom/ui/util": nil}, "says nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := strings.Join(checkImports(c.planted), "\n")
			if c.seen == "" && found != "" || !strings.Contains(found, c.seen) {
				t.Errorf("found %q, want %q", found, c.seen)
			}
		})
	}
}

// TestOldBubbleTeaStaysOut: two versions of the framework in one program
// compile, and then fight over one terminal.
func TestOldBubbleTeaStaysOut(t *testing.T) {
	sums, err := os.ReadFile(root + "/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for _, violation := range checkSums(string(sums)) {
		t.Error(violation)
	}
	planted := "github.com/charmbracelet/bubbletea v1.3.4/go.mod h1:x=\n"
	if len(checkSums(planted)) == 0 {
		t.Error("a planted Bubble Tea v1 is not seen")
	}
}

func checkSums(sums string) []string {
	var found []string
	for line := range strings.Lines(sums) {
		name, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "github.com/charmbracelet/bubbletea", "github.com/charmbracelet/lipgloss", "github.com/charmbracelet/bubbles":
			found = append(found, "go.sum names "+name+" "+version+": version 2 lives at charm.land")
		}
	}
	return found
}
