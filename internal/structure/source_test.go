package structure

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// printer is the one file that may write to the terminal outside a frame; it
// takes only text that desk/safe has cleaned.
const printer = "cmd/postroom/print.go"

// sourceRule looks at one node of one file and says what is wrong with it.
type sourceRule struct {
	applies func(path string) bool
	check   func(node ast.Node) string
}

func sourceRules() []sourceRule {
	program := func(dirs ...string) func(string) bool {
		return func(path string) bool {
			first, _, _ := strings.Cut(path, "/")
			return slices.Contains(dirs, first) && !strings.HasSuffix(path, "_test.go") && path != printer
		}
	}
	return []sourceRule{
		{program("ui", "desk"), startsGoroutine},
		{program("desk"), readsClock},
		{program("ui", "cmd"), printsDirectly},
		{program("store"), opensFiles},
		{program("cmd"), opensDesk},
		{func(path string) bool { return strings.HasSuffix(path, "_test.go") }, skips},
	}
}

func TestSources(t *testing.T) {
	files := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		violations, err := checkSource(filepath.ToSlash(below), source)
		for _, violation := range violations {
			t.Error(violation)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Fatalf("only %d files were looked at", files)
	}
}

func checkSource(path string, source []byte) ([]string, error) {
	var rules []sourceRule
	for _, rule := range sourceRules() {
		if rule.applies(path) {
			rules = append(rules, rule)
		}
	}
	if len(rules) == 0 {
		return nil, nil
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []string
	ast.Inspect(file, func(node ast.Node) bool {
		for _, rule := range rules {
			if reason := rule.check(node); reason != "" {
				found = append(found, fmt.Sprintf("%s: %s", files.Position(node.Pos()), reason))
			}
		}
		return true
	})
	return found, nil
}

func startsGoroutine(node ast.Node) string {
	if _, ok := node.(*ast.GoStmt); ok {
		return "ui and desk start no goroutines: return a command, or let the connector do it"
	}
	return ""
}

func readsClock(node ast.Node) string {
	selector, ok := node.(*ast.SelectorExpr)
	if !ok || !isIdent(selector.X, "time") {
		return ""
	}
	switch selector.Sel.Name {
	case "Now", "Since", "Until", "Local", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc", "Sleep":
		return "desk does not use time." + selector.Sel.Name + ": the time and its zone come from outside"
	}
	return ""
}

// printsDirectly finds what writes to the terminal without passing the printer.
func printsDirectly(node ast.Node) string {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return ""
	}
	const reason = ": text reaches the terminal through " + printer + " only, which cleans it"
	switch callee := call.Fun.(type) {
	case *ast.Ident:
		if callee.Name == "print" || callee.Name == "println" {
			return callee.Name + reason
		}
	case *ast.SelectorExpr:
		name := callee.Sel.Name
		switch {
		case isIdent(callee.X, "fmt") && strings.HasPrefix(name, "Print"),
			isIdent(callee.X, "log") && (strings.HasPrefix(name, "Print") || strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic")),
			isTerminal(callee.X) && strings.HasPrefix(name, "Write"),
			writesToFirst(callee) && len(call.Args) > 0 && isTerminal(call.Args[0]):
			return expression(callee) + reason
		}
	}
	return ""
}

// writesToFirst: functions whose first argument is where they write.
func writesToFirst(callee *ast.SelectorExpr) bool {
	return isIdent(callee.X, "fmt") && strings.HasPrefix(callee.Sel.Name, "Fprint") ||
		isIdent(callee.X, "io") && (callee.Sel.Name == "WriteString" || callee.Sel.Name == "Copy")
}

// isTerminal: os.Stdout, os.Stderr, and the ways cobra names them.
func isTerminal(e ast.Expr) bool {
	if call, ok := e.(*ast.CallExpr); ok {
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		switch selector.Sel.Name {
		case "OutOrStdout", "ErrOrStderr", "OutOrStderr":
			return true
		}
		return false
	}
	selector, ok := e.(*ast.SelectorExpr)
	return ok && isIdent(selector.X, "os") && (selector.Sel.Name == "Stdout" || selector.Sel.Name == "Stderr")
}

// skips finds a test that skips by itself: only testserver.Need knows that
// under CI a skip is a failure. Fuzzers and properties skip inputs, not tests,
// and -short is somebody's own wish.
func skips(node ast.Node) string {
	function, ok := node.(*ast.FuncDecl)
	if !ok || function.Body == nil || strings.HasPrefix(function.Name.Name, "Fuzz") {
		return ""
	}
	reason := ""
	ast.Inspect(function.Body, func(inner ast.Node) bool {
		switch inner := inner.(type) {
		case *ast.FuncLit:
			return !takesProperty(inner.Type)
		case *ast.IfStmt:
			return !asksForShort(inner.Cond)
		case *ast.SelectorExpr:
			if name := inner.Sel.Name; name == "Skip" || name == "Skipf" || name == "SkipNow" {
				reason = expression(inner) + " in " + function.Name.Name + ": tests skip through testserver.Need only, which fails under CI"
			}
		}
		return true
	})
	return reason
}

func asksForShort(condition ast.Expr) bool {
	call, ok := condition.(*ast.CallExpr)
	if !ok {
		return false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	return ok && isIdent(selector.X, "testing") && selector.Sel.Name == "Short"
}

func takesProperty(function *ast.FuncType) bool {
	for _, parameter := range function.Params.List {
		if pointer, ok := parameter.Type.(*ast.StarExpr); ok {
			selector, ok := pointer.X.(*ast.SelectorExpr)
			return ok && isIdent(selector.X, "rapid")
		}
	}
	return false
}

func isIdent(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}

func expression(selector *ast.SelectorExpr) string {
	if ident, ok := selector.X.(*ast.Ident); ok {
		return ident.Name + "." + selector.Sel.Name
	}
	return selector.Sel.Name
}

func TestSourceRulesSeeViolations(t *testing.T) {
	for _, c := range []struct {
		path, body string
		seen       string // empty: allowed
	}{
		{"ui/model.go", `go func() {}()`, "goroutines"},
		{"desk/bell.go", `go ring()`, "goroutines"},
		{"connector/poller.go", `go poll()`, ""},
		{"desk/due.go", `_ = time.Now()`, "time.Now"},
		{"desk/due.go", `now := time.Now; now()`, "time.Now"},
		{"desk/due.go", `_ = t.In(time.Local)`, "time.Local"},
		{"desk/due.go", `_ = time.Unix(0, 0).UTC()`, ""},
		{"store/time.go", `_ = time.Now()`, ""},
		{"ui/model.go", `fmt.Println(subject)`, "fmt.Println"},
		{"cmd/postroom/list.go", `fmt.Printf("%s", subject)`, "fmt.Printf"},
		{"cmd/postroom/list.go", `fmt.Fprintln(os.Stdout, subject)`, "fmt.Fprintln"},
		{"cmd/postroom/list.go", `fmt.Fprintf(os.Stderr, "%v", err)`, "fmt.Fprintf"},
		{"cmd/postroom/list.go", `fmt.Fprint(cmd.OutOrStdout(), subject)`, "fmt.Fprint"},
		{"cmd/postroom/list.go", `os.Stdout.WriteString(subject)`, "WriteString"},
		{"cmd/postroom/list.go", `io.WriteString(os.Stderr, subject)`, "io.WriteString"},
		{"cmd/postroom/list.go", `io.Copy(os.Stdout, body)`, "io.Copy"},
		{"cmd/postroom/main.go", `log.Fatal(err)`, "log.Fatal"},
		{"cmd/postroom/main.go", `println(subject)`, "println"},
		{"cmd/postroom/list.go", `fmt.Fprintln(&b, subject)`, ""},
		{"cmd/postroom/print.go", `fmt.Fprintln(os.Stdout, subject)`, ""},
		{"connector/parse/tool.go", `fmt.Println(subject)`, ""},
		{"store/watch.go", `b, err := os.ReadFile(s.path + "-shm")`, "only SQLite opens"},
		{"store/backup.go", `in, err := os.Open(s.path)`, "only SQLite opens"},
		{"store/watch.go", `fd, err := unix.Open(path, unix.O_RDONLY, 0)`, "only SQLite opens"},
		{"store/watch.go", `info, err := os.Stat(s.path + "-wal")`, ""},
		{"cmd/postroom/backup.go", `f, err := os.Open(databaseFile(h.dsn))`, "only SQLite opens"},
		{"cmd/postroom/backup.go", `b, err := os.ReadFile(h.store.Path())`, "only SQLite opens"},
		{"cmd/postroom/backup.go", `b, err := os.ReadFile(name)`, ""},
		{"store/store_test.go", `t.Skip("no server")`, "t.Skip"},
		{"store/store_test.go", `check(func() { t.Skipf("no %s", name) })`, "t.Skipf"},
		{"store/store_test.go", `rapid.Check(t, func(t *rapid.T) { t.Skip() })`, ""},
		{"store/store_test.go", `if testing.Short() { t.Skip("slow") }`, ""},
		{"store/store_test.go", `if missing() { t.Skip("no server") }`, "t.Skip"},
		{"store/store_test.go", `testserver.Need(t, "dovecot"); fmt.Println(time.Now())`, ""},
	} {
		t.Run(c.path+" "+c.body, func(t *testing.T) {
			violations, err := checkSource(c.path, []byte("package planted\nfunc f() { "+c.body+" }\n"))
			if err != nil {
				t.Fatal(err)
			}
			found := strings.Join(violations, "\n")
			if c.seen == "" && found != "" || !strings.Contains(found, c.seen) {
				t.Errorf("found %q, want %q", found, c.seen)
			}
		})
	}
}
