package main

import (
	"errors"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/connector/parse"
)

func (p *program) parseCommand() *cobra.Command {
	var full bool
	c := &cobra.Command{
		Use: "parse FILE", Short: "Show one message as the connector reads it",
		Long: "Parses one message as the connector would and writes nothing; it needs no database.\n" +
			"FILE is - for standard input. What is broken in the message is told, and is no error:\n" +
			"exit code 1 is for what is no message at all.",
		Args: wants(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			raw, err := p.readFile(c.Context(), args[0], connector.MaxMail)
			if err != nil {
				return err
			}
			if err := parse.Check(raw); errors.Is(err, parse.ErrNoMessage) {
				return broken("NO_MESSAGE", "Give a file with one mail as it was sent (RFC 5322).", "%s holds %s", args[0], sentence(err.Error()))
			}
			mail := parse.Parse(raw, parse.Options{})
			if p.print.json {
				return p.print.document(formOf(mail))
			}
			p.showMail(mail, full)
			return nil
		},
	}
	c.Flags().BoolVar(&full, "full", false, "show quoted text and signature too")
	return c
}
