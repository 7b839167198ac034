package structure

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// Closing any descriptor of a database file takes away the locks that SQLite
// has on it in this process, and then a commit that reports success is lost;
// store/crash_lock_test.go shows it. So nobody but SQLite opens them.

// opener: the functions of os that open, or put something in the place of, a
// file they are given by name. Stat and Remove do not open it.
func opener(call *ast.CallExpr) (name string, ok bool) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	switch {
	case isIdent(selector.X, "os"):
		ok = slices.Contains([]string{"Open", "OpenFile", "OpenInRoot", "Create", "ReadFile", "WriteFile", "Truncate", "Rename", "Link", "CopyFS", "DirFS"}, selector.Sel.Name)
	case isIdent(selector.X, "syscall"), isIdent(selector.X, "unix"):
		ok = slices.Contains([]string{"Open", "Openat", "Truncate", "Rename", "Link"}, selector.Sel.Name)
	default:
		ok = false
	}
	return expression(selector), ok
}

// notDatabases are the functions of store that open a file, each of which is
// none SQLite has open: one that is not there yet, the lock beside the
// database (twice), a copy that is finished and gets its name, and its directory.
func notDatabases() []string {
	return []string{"create", "lockFile", "openTurns", "reserve", "sum", "giveName", "syncDir"}
}

// opensFiles finds what store opens by itself.
func opensFiles(node ast.Node) string {
	function, ok := node.(*ast.FuncDecl)
	if !ok || slices.Contains(notDatabases(), function.Name.Name) {
		return ""
	}
	reason := ""
	ast.Inspect(function, func(inner ast.Node) bool {
		if call, ok := inner.(*ast.CallExpr); ok {
			if name, ok := opener(call); ok {
				reason = name + " in " + function.Name.Name + ": only SQLite opens files of a database; os.Stat is fine"
			}
		}
		return true
	})
	return reason
}

// opensDesk finds where cmd opens a file that is called a database.
func opensDesk(node ast.Node) string {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return ""
	}
	name, ok := opener(call)
	if !ok {
		return ""
	}
	for _, argument := range call.Args {
		text := strings.ToLower(types.ExprString(argument))
		for _, word := range []string{"database", "dsn", ".db", "-wal", "-shm", "store", "demodesk"} {
			if strings.Contains(text, word) {
				return name + " of " + types.ExprString(argument) + ": only SQLite opens files of a database; os.Stat is fine"
			}
		}
	}
	return ""
}
