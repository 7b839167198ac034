package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// importedForm is what an import has done, for programs.
type importedForm struct {
	Files   int           `json:"files"`
	Read    int           `json:"read"`
	New     int           `json:"new"`
	Skipped int           `json:"skipped"`
	Reasons []leftOutForm `json:"reasons"`
	DryRun  bool          `json:"dry_run"`
}

type leftOutForm struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

func (p *program) importCommand() *cobra.Command {
	var inbox string
	c := &cobra.Command{
		Use: "import --inbox NAME PATH...", Short: "Bring mail from files into an inbox",
		Long: "Reads eml files, mbox files, Maildirs and directories of them. Mail the inbox has\n" +
			"already is recognised, so an import can be repeated. Mail older than 30 days comes in\n" +
			"closed. What cannot be read is left out and told.",
		Example: "  postroom import --inbox support ~/Maildir old.mbox",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			con, err := p.connector(h)
			if err != nil {
				return err
			}
			done, err := con.Import(ctx, h.seat, inbox, args, p.importProgress())
			if err != nil {
				return err
			}
			return p.imported(done)
		}),
	}
	c.Flags().StringVar(&inbox, "inbox", "", "the inbox the mail goes into")
	needs(c, "inbox")
	p.completesFlag(c, "inbox", inboxNames)
	return p.writes(c)
}

// importProgress tells how far a long import is, to somebody who watches.
func (p *program) importProgress() func(connector.Progress) {
	tell := p.everyThousand()
	return func(now connector.Progress) {
		tell(now.Read, safe.Sprintf("%s read, %s new so far", safe.Int(now.Read), safe.Int(now.New)))
	}
}

// everyThousand says how far something is, to somebody who watches, whenever
// the number has passed the next thousand.
func (p *program) everyThousand() func(n int, words safe.Text) {
	const step = 1000
	if _, ok := terminal(p.err); !ok || p.print.json {
		return func(int, safe.Text) {}
	}
	next := step
	return func(n int, words safe.Text) {
		if n >= next {
			next = n - n%step + step
			p.print.remark(words)
		}
	}
}

// imported tells what came in. Nothing read at all is a failure: the path was
// probably wrong.
func (p *program) imported(done connector.Imported) error {
	if p.print.json {
		f := importedForm{Files: done.Files, Read: done.Read, New: done.New, Skipped: done.Left, Reasons: []leftOutForm{}, DryRun: p.flags.rehearse}
		for _, s := range done.Skipped {
			f.Reasons = append(f.Reasons, leftOutForm(s))
		}
		if err := p.print.document(f); err != nil {
			return err
		}
	} else {
		p.done(safe.Line("Read " + count(done.Read, "mail", "mails") + " from " + count(done.Files, "file", "files") + ", " + count(done.New, "of them new.", "of them new.")))
		for _, s := range done.Skipped {
			p.print.remark(safe.Sprintf("Left out %s: %s.", safe.Line(s.Path), safe.Line(s.Why)))
		}
		if more := done.Left - len(done.Skipped); more > 0 {
			p.print.remark(safe.Sprintf("Left out %s more.", safe.Int(more)))
		}
	}
	if done.Read == 0 {
		return &desk.Error{
			Kind: desk.NotFound, Code: "NOTHING_READ", Message: "There was no mail to read.",
			Hint: "Name eml files, mbox files, Maildirs, or directories of them.",
		}
	}
	return nil
}
