package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// configForm is an entry of a set-up in the form for programs.
type configForm struct {
	Kind   string              `json:"kind"`
	Name   string              `json:"name"`
	Values map[string][]string `json:"values"`
}

func (p *program) exportCommand() *cobra.Command {
	var config bool
	c := &cobra.Command{
		Use: "export", Short: "Write out the set-up of the desk as a file that apply reads; admins only",
		Long: "Writes users, teams, pipelines, fields of tickets, calendars, shared inboxes, accounts,\n" +
			"strategies, policies and rules in TOML: no password, no mail, no customer, and nothing of\n" +
			"personal inboxes. docs/config.md has the form.",
		Example: "  postroom export --config > desk.toml\n  postroom apply desk.toml --dry-run",
		Args:    wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			c, err := h.seat.Config(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := []configForm{}
				for _, e := range c.Entries {
					forms = append(forms, configForm{e.Kind, e.Name, e.Values})
				}
				return p.print.document(forms)
			}
			// A desk begins with a pipeline, which may have gone in this one.
			c.Exact = []string{"pipeline"}
			p.print.say(safe.Clean(strings.TrimSuffix(configText(c), "\n")))
			return nil
		}),
	}
	c.Flags().BoolVar(&config, "config", false, "the set-up of the desk")
	needs(c, "config")
	return c
}

// configuration reads the file of a set-up, or standard input for -.
func (p *program) configuration(ctx context.Context, name string) (configFile, error) {
	data, err := p.readFile(ctx, name, desk.MaxText)
	if err != nil {
		return configFile{}, err
	}
	if err := readable(string(data), name); err != nil {
		return configFile{}, err
	}
	return readConfig(name, data)
}
