package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/store"
)

// movedForm is a move, for programs.
type movedForm struct {
	From    string           `json:"from"`
	To      string           `json:"to"`
	Tables  []movedTableForm `json:"tables"`
	Mails   int              `json:"mails"`
	Damaged []desk.RawID     `json:"damaged"`
	Altered int64            `json:"altered"`
}

type movedTableForm struct {
	Name   string `json:"table"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// rehearsedForm is a move that --dry-run has looked at; free is null where it
// cannot be known.
type rehearsedForm struct {
	From   string      `json:"from"`
	To     string      `json:"to"`
	Tables []countForm `json:"tables"`
	Bytes  int64       `json:"bytes"`
	Free   *int64      `json:"free"`
	DryRun bool        `json:"dry_run"`
}

type countForm struct {
	Name string `json:"table"`
	Rows int64  `json:"rows"`
}

func (p *program) migrateCommand() *cobra.Command {
	var from, to string
	c := &cobra.Command{
		Use: "migrate --from DSN --to DSN", Short: "Move the desk to another database",
		Long: "Copies everything while nobody can write, compares both sides row by row, and holds\n" +
			"every stored mail to its hash. Only then is the desk in the new database, and the old\n" +
			"one tells whoever opens it where it has gone. What is cut off is begun anew; there is\n" +
			"one desk at any moment. The new database has to be empty.",
		Example: "  postroom migrate --from sqlite:desk.db --to postgres://desk@db.example.com/postroom\n" +
			"  postroom migrate --from postgres://desk@db.example.com/postroom --to sqlite:desk.db",
		Args: wants(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			if p.flags.rehearse {
				return p.rehearseMove(c.Context(), from, to)
			}
			done, err := p.migrate(c.Context(), from, to)
			if err != nil {
				return err
			}
			return p.moved(done)
		},
	}
	c.Flags().StringVar(&from, "from", "", "where the desk is: sqlite:PATH, or the address of a server")
	c.Flags().StringVar(&to, "to", "", "where it is to go, in the same form")
	needs(c, "from", "to")
	return p.writes(c)
}

// toMove opens the desk for somebody who may move it.
func (p *program) toMove(ctx context.Context, from string) (*house, error) {
	h, err := p.openAt(ctx, from, store.Options{Moving: true, Existing: true})
	if err != nil {
		return nil, err
	}
	if err := h.seat.MayMove(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// rehearseMove tells what would move, and whether it could.
func (p *program) rehearseMove(ctx context.Context, from, to string) (err error) {
	h, err := p.toMove(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	r, err := h.store.RehearseMove(ctx, to, store.Options{AnyDisk: p.anyDisk()})
	if err != nil {
		return err
	}
	if p.print.json {
		f := rehearsedForm{From: r.From, To: r.To, Tables: []countForm{}, Bytes: r.Size, DryRun: true}
		for _, t := range r.Tables {
			f.Tables = append(f.Tables, countForm{t.Name, t.Rows})
		}
		if r.Free >= 0 {
			f.Free = &r.Free
		}
		return p.print.document(f)
	}
	rows := make([][]safe.Text, 0, len(r.Tables))
	for _, t := range r.Tables {
		rows = append(rows, []safe.Text{safe.Line(t.Name), safe.Int(int(t.Rows))})
	}
	p.print.table([]column{{title: safe.Const("TABLE")}, {title: safe.Const("ROWS"), right: true}}, rows)
	p.print.say(safe.Sprintf("This would move from %s to %s, where nothing is in the way.", safe.Line(r.From), safe.Line(r.To)))
	room := safe.Const("how much is free on the server is not known here")
	if r.Free >= 0 {
		room = safe.Sprintf("%s are free there", bytesText(r.Free))
	}
	p.done(safe.Sprintf("It takes about %s; %s.", bytesText(r.Size), room))
	return nil
}

func (p *program) migrate(ctx context.Context, from, to string) (done store.Moved, err error) {
	h, err := p.toMove(ctx, from)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	target, err := store.Open(ctx, to, store.Options{Moving: true, AnyDisk: p.anyDisk()})
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	return h.store.MoveTo(ctx, target, p.movingProgress())
}

// movingProgress tells the tables as they come, to somebody who watches.
func (p *program) movingProgress() func(string, int64) {
	if _, ok := terminal(p.err); !ok || p.print.json {
		return nil
	}
	return func(table string, rows int64) {
		p.print.remark(safe.Sprintf("copied %s, %s rows", safe.Line(table), safe.Int(int(rows))))
	}
}

// moved tells what is where now.
func (p *program) moved(done store.Moved) error {
	if p.print.json {
		f := movedForm{From: done.From, To: done.To, Tables: []movedTableForm{}, Mails: done.Mails, Damaged: append([]desk.RawID{}, done.Damaged...), Altered: done.Altered}
		for _, t := range done.Tables {
			f.Tables = append(f.Tables, movedTableForm(t))
		}
		if err := p.print.document(f); err != nil {
			return err
		}
		return damagedMail(done.Damaged)
	}
	rows := make([][]safe.Text, 0, len(done.Tables))
	for _, t := range done.Tables {
		rows = append(rows, []safe.Text{safe.Line(t.Name), safe.Int(int(t.Rows)), safe.Line(t.SHA256[:16])})
	}
	if len(rows) > 0 {
		p.print.table([]column{{title: safe.Const("TABLE")}, {title: safe.Const("ROWS"), right: true}, {title: safe.Const("SHA-256 ON BOTH SIDES")}}, rows)
		p.print.say(safe.Sprintf("%s held to their hashes.", safe.Line(count(done.Mails, "stored mail", "stored mails"))))
	}
	if done.Altered > 0 {
		p.print.say(safe.Sprintf("%s held characters that are not kept any more; U+FFFD stands for them.", safe.Line(count(int(done.Altered), "text", "texts"))))
	}
	p.print.say(safe.Sprintf("The desk has moved from %s to %s.", safe.Line(done.From), safe.Line(done.To)))
	p.print.remark(safe.Const("Name it with --db or POSTROOM_DB from now on. The key to the accounts' passwords stays where it is."))
	return damagedMail(done.Damaged)
}
