package desk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"postroom/desk"
)

// TestEventKindsAreAll holds the list of kinds to their declarations.
func TestEventKindsAreAll(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Event") {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		kind, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		declared++
		if !slices.Contains(desk.EventKinds(), desk.EventKind(kind)) {
			t.Errorf("%s is not in EventKinds", spec.Names[0].Name)
		}
		return true
	})
	if n := len(desk.EventKinds()); n != declared || n == 0 {
		t.Errorf("%d kinds listed, %d declared", n, declared)
	}
}
