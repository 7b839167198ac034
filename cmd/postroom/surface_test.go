package main

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// update writes the files under testdata anew instead of comparing them.
//
//nolint:gochecknoglobals // flags of the test binary are registered before it runs
var update = flag.Bool("update", false, "write testdata anew")

// TestSurface holds the commands and flags to the list that scripts depend on.
func TestSurface(t *testing.T) {
	const file = "testdata/surface.txt"
	got := surface(quietProgram(t).tree())
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the commands have changed. If that is meant: go test ./cmd/postroom -run Surface -update\ngot:\n%s\nwant:\n%s", got, want)
	}
}

func surface(root *cobra.Command) string {
	var lines []string
	walk(root, func(c *cobra.Command) {
		lines = append(lines, "command "+c.CommandPath())
		flags := c.LocalNonPersistentFlags()
		if c == root {
			flags = c.PersistentFlags()
		}
		flags.VisitAll(func(f *pflag.Flag) {
			lines = append(lines, "flag "+c.CommandPath()+" --"+f.Name+" "+f.Value.Type())
		})
	})
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// walk visits a command and all below it.
func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, child := range c.Commands() {
		walk(child, visit)
	}
}

// TestEveryCommandExplainsItself: help is the first manual.
func TestEveryCommandExplainsItself(t *testing.T) {
	walk(quietProgram(t).tree(), func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s says of itself %q", c.CommandPath(), c.Short)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s says nothing of itself", c.CommandPath(), f.Name)
			}
		})
		if len(c.Commands()) == 0 && c.Args == nil && c.Name() != "help" && c.Parent() != nil && c.Parent().Name() != "completion" {
			t.Errorf("%s does not say how many words it takes", c.CommandPath())
		}
	})
}
