package structure

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const libraryPage = "docs/decisions/0002-libraries.md"

// TestLibrariesHaveAReason compares what the sources import, and what go.mod
// names, with the page that says why.
func TestLibrariesHaveAReason(t *testing.T) {
	page, err := os.ReadFile(root + "/" + libraryPage)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, violation := range checkLibraries(explained(string(page)), readImports(t), string(mod)) {
		t.Error(violation)
	}
	found := strings.Join(checkLibraries(
		[]string{"example.test/used", "example.test/gone"},
		[]string{"example.test/used/part", "example.test/usedless"},
		"require (\n\texample.test/used v1.0.0\n\texample.test/gone/v2 v2.0.0\n)"), "\n")
	for _, planted := range []string{"example.test/gone", "example.test/usedless"} {
		if !strings.Contains(found, planted) {
			t.Errorf("a planted %s is not seen in %q", planted, found)
		}
	}
}

func checkLibraries(explained, imported []string, mod string) []string {
	var found []string
	for _, importPath := range imported {
		if !slices.ContainsFunc(explained, func(module string) bool {
			return importPath == module || strings.HasPrefix(importPath, module+"/")
		}) {
			found = append(found, importPath+" is imported, but "+libraryPage+" does not say why")
		}
	}
	for _, module := range explained {
		if !strings.Contains(mod, "\t"+module+" ") {
			found = append(found, libraryPage+" explains "+module+", which go.mod does not name")
		}
	}
	return found
}

// explained is every library that has a line: "- `path`: why".
func explained(page string) []string {
	var modules []string
	for _, match := range regexp.MustCompile("(?m)^- `([^`]+)`: .").FindAllStringSubmatch(page, -1) {
		modules = append(modules, match[1])
	}
	return modules
}
