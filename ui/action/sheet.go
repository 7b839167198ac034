package action

import (
	"fmt"
	"strings"
)

// Sheet writes the page docs/keys.md.
func Sheet(actions []Action) string {
	var b strings.Builder
	b.WriteString("# Keys\n\nThis page is written from the program's own list of actions.\n")
	for _, place := range places(actions) {
		fmt.Fprintf(&b, "\n## %s\n\n| key | action | |\n|---|---|---|\n", place)
		for _, a := range actions {
			if a.Scope.Name() != place || a.Run == nil {
				continue
			}
			keys := make([]string, len(a.Keys))
			for i, k := range a.Keys {
				keys[i] = code(Show(k))
			}
			if len(keys) == 0 {
				keys = []string{"in the list behind `:`"}
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(keys, " "), a.Title, a.Risk)
		}
	}
	return b.String()
}

// code sets a key in Markdown inside of a table.
func code(key string) string {
	if key == "|" {
		return "`\\|`"
	}
	return "`" + key + "`"
}

// places are the headings in the order in which they come first.
func places(actions []Action) []string {
	var list []string
	seen := map[string]bool{}
	for _, a := range actions {
		if name := a.Scope.Name(); !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	return list
}
