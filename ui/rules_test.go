package ui_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestRules holds the sources of the screen to what they promise: nothing runs
// beside the program, nothing is global, commands come in no hidden order, and
// Update stays a table of contents.
func TestRules(t *testing.T) {
	set := token.NewFileSet()
	must(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		for _, broken := range breaches(set, f) {
			t.Error(broken)
		}
		return nil
	}))
}

func TestRulesSeeABreach(t *testing.T) {
	const planted = `package x
import tea "charm.land/bubbletea/v2"
var count int
func f() tea.Cmd { go f(); return tea.Sequence(nil) }`
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "planted.go", planted, 0)
	must(t, err)
	if got := breaches(set, f); len(got) != 3 {
		t.Errorf("%d breaches found, want 3: %v", len(got), got)
	}
}

// breaches lists what in a file is against the rules.
func breaches(set *token.FileSet, f *ast.File) []string {
	var list []string
	add := func(n ast.Node, what string) { list = append(list, set.Position(n.Pos()).String()+": "+what) }
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, s := range g.Specs {
				if v, ok := s.(*ast.ValueSpec); ok && !strings.HasPrefix(v.Names[0].Name, "Err") && v.Names[0].Name != "_" {
					add(v, "a global variable")
				}
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			add(n, "a go statement")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "tea" && n.Sel.Name == "Sequence" {
				add(n, "tea.Sequence")
			}
		case *ast.FuncDecl:
			lines := set.Position(n.End()).Line - set.Position(n.Pos()).Line
			if n.Name.Name == "Update" && lines > 60 {
				add(n, "an Update of more than 60 lines")
			}
		}
		return true
	})
	return list
}
