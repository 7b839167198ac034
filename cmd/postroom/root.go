package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
)

// program is one run of the command line.
type program struct {
	world
	print *printer
	flags flags
	// wantsDemo is set when the first run was left for the sample mail.
	wantsDemo bool
}

// flags are those that every command takes.
type flags struct {
	db, as             string
	json, lines, ascii bool
	rehearse           bool
}

func newProgram(w world) *program {
	_, onTerminal := terminal(w.out)
	return &program{world: w, print: &printer{
		out: w.out, err: w.err, now: w.clock, terminal: onTerminal,
		width: width(w.out, w.getenv), wide: !onTerminal && w.getenv("COLUMNS") == "", ascii: onlyASCII(w.getenv),
	}}
}

// execute runs the command line and gives the exit code.
func (p *program) execute(ctx context.Context) int {
	root := p.tree()
	root.SetArgs(p.args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = p.print.broken
	}
	if err == nil {
		return exitDone
	}
	if slices.Contains(p.args, "--json") || slices.Contains(p.args, "--jsonl") {
		// The flags may not have been read before the mistake.
		p.print.json = true
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = interrupted()
	}
	p.print.failed(err)
	return exitCode(err)
}

// tree builds all commands.
func (p *program) tree() *cobra.Command {
	root := &cobra.Command{
		Use:   "postroom",
		Short: "A team's inbox in the terminal",
		Long: "postroom is a team's inbox in the terminal. Without a command it opens the screen;\n" +
			"every action of the screen is also a command, for scripts and screen readers.\n\n" +
			"Exit codes: 0 done, 1 failed, 2 usage, 3 conflict or refused, 4 not allowed, 5 not found.",
		Args: p.noSuchCommand,
		RunE: p.screen,
		PersistentPreRun: func(*cobra.Command, []string) {
			p.print.json, p.print.lines = p.flags.json, p.flags.lines
			p.print.ascii = p.print.ascii || p.flags.ascii
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetIn(p.in)
	root.SetFlagErrorFunc(flagMistake)
	f := root.PersistentFlags()
	f.StringVar(&p.flags.db, "db", "", "database: sqlite:PATH or postgres://USER@HOST/NAME (default $POSTROOM_DB, else in the user's data directory)")
	f.StringVar(&p.flags.as, "as", "", "act as this user; admins only (default $POSTROOM_USER)")
	p.completesFlag(root, "as", userLogins)
	f.BoolVar(&p.flags.json, "json", false, "print one JSON document; errors are JSON too")
	f.BoolVar(&p.flags.ascii, "ascii", false, "draw with ASCII signs only")
	root.AddCommand(
		p.accountCommand(), p.applyCommand(), p.backupCommand(), p.calendarCommand(), p.companyCommand(), p.composeCommand(), p.contactCommand(), p.conversationCommand(), p.dealCommand(), p.demoCommand(), p.doctorCommand(), p.exportCommand(),
		p.importCommand(), p.inboxCommand(), p.journalCommand(), p.keyCommand(), p.loginCommand(), p.migrateCommand(), p.nextCommand(), p.noteCommand(), p.notifyCommand(),
		p.oauthCommand(), p.outboxCommand(), p.parseCommand(), p.pipelineCommand(), p.rebuildCommand(), p.replyCommand(), p.ruleCommand(),
		p.neverLogCommand(), p.searchCommand(), p.senderCommand(), p.syncCommand(),
		p.slaCommand(), p.strategyCommand(), p.teamCommand(), p.ticketCommand(),
		p.undoCommand(), p.userCommand(), p.versionCommand(),
	)
	root.InitDefaultCompletionCmd(p.args...)
	p.wantsShell(root)
	root.SetHelpCommand(p.helpCommand())
	root.InitDefaultHelpCmd()
	return root
}

// wantsShell makes the library's command "completion" answer like our groups:
// alone, or with a shell it does not know, it would show its help and succeed.
func (p *program) wantsShell(root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Use += " SHELL"
			c.Args = p.noSuchCommand
			c.RunE = oneOf
		}
	}
}

// group is a command that only holds others.
func (p *program) group(use, short string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use + " COMMAND", Short: short,
		Args: p.noSuchCommand,
		RunE: oneOf,
	}
	c.AddCommand(children...)
	return c
}

// oneOf is what a group does that is called alone.
func oneOf(c *cobra.Command, _ []string) error {
	return misused(c, "%s wants one of: %s.", c.CommandPath(), strings.Join(childNames(c), ", "))
}

func childNames(c *cobra.Command) []string {
	var names []string
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() {
			names = append(names, child.Name())
		}
	}
	return names
}

// noSuchCommand answers a word that is no command.
func (p *program) noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	// The nearest: one slip of a finger before two.
	for c.SuggestionsMinimumDistance = 1; c.SuggestionsMinimumDistance <= 2; c.SuggestionsMinimumDistance++ {
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			return &desk.Error{
				Kind: desk.Invalid, Code: "USAGE", Message: "There is no command " + quoted(c.CommandPath()+" "+args[0]) + ".",
				Hint: "Did you mean: " + c.CommandPath() + " " + near[0],
			}
		}
	}
	return misused(c, "There is no command %s.", quoted(c.CommandPath()+" "+args[0]))
}

func quoted(s string) string { return `"` + s + `"` }

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// wants checks how many words stand behind a command; most below 0 is any
// number.
func wants(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		form := strings.TrimSuffix(c.UseLine(), " [flags]")
		switch {
		case len(args) < least:
			return misused(c, "Something is missing. Write: %s", form)
		case most >= 0 && len(args) > most:
			return misused(c, "%q is too much. Write: %s", args[most], form)
		}
		return nil
	}
}

// helpCommand is cobra's, but a topic that does not exist is an error.
func (p *program) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Help about any command",
		RunE: func(c *cobra.Command, args []string) error {
			target, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return p.noSuchCommand(c.Root(), args)
			}
			return target.Help()
		},
	}
}

// writes gives a command the flag --dry-run: everything is done in a
// transaction that is then taken back.
func (p *program) writes(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&p.flags.rehearse, "dry-run", false, "say what would be done, and change nothing")
	return c
}

// streams gives a command the flag --jsonl.
func (p *program) streams(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&p.flags.lines, "jsonl", false, "print one JSON object a line")
	return c
}

// needs says which flags must be given.
func needs(c *cobra.Command, names ...string) {
	run := c.Args
	c.Args = func(c *cobra.Command, args []string) error {
		if err := run(c, args); err != nil {
			return err
		}
		for _, n := range names {
			if !c.Flags().Changed(n) {
				return misused(c, "--%s is missing.", n)
			}
		}
		return nil
	}
}
