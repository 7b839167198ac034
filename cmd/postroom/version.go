package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"postroom/desk/safe"
)

// build is which program this is, from what the compiler has noted.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which version this is", Args: wants(0, 0),
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if p.print.json {
				return p.print.document(b)
			}
			p.print.say(safe.Line("postroom " + b.Version + " " + b.Revision))
			return nil
		},
	}
}

func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{Version: "unknown"}
	}
	b := build{Version: info.Main.Version, Go: info.GoVersion}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Revision = s.Value
		}
	}
	return b
}
