package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/store"
)

func (p *program) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Copy the database to a file, also while it is in use",
		Long: "Makes a consistent copy of the desk, reads it back and holds every stored mail in it\n" +
			"to its hash; open it with --db FILE. The key that opens the accounts' passwords is\n" +
			"not in it: postroom key export prints that.",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.MayBackUp(ctx); err != nil {
				return err
			}
			done, err := h.store.Backup(ctx, args[0])
			if err != nil {
				return err
			}
			if err := h.seat.NoteBackup(ctx, done.Path); err != nil {
				p.print.remark(safe.Sprintf("The copy is made, but the desk could not note that: %s", safe.Line(errorLine(err))))
			}
			return p.copied(done)
		}),
	}
}

// copiedForm is a backup, for programs.
type copiedForm struct {
	File    string       `json:"file"`
	Size    int64        `json:"size"`
	SHA256  string       `json:"sha256"`
	Mails   int          `json:"mails"`
	Damaged []desk.RawID `json:"damaged"`
}

// copied tells of a backup. Mail that was damaged before makes it a failure,
// so that nobody takes it for a whole one.
func (p *program) copied(done store.Copy) error {
	if p.print.json {
		err := p.print.document(copiedForm{done.Path, done.Size, done.SHA256, done.Mails, append([]desk.RawID{}, done.Damaged...)})
		if err != nil {
			return err
		}
	} else {
		p.done(safe.Sprintf("Copied the desk to %s, %s; %s in it, read back and held to their hashes.",
			safe.Line(done.Path), bytesText(done.Size), safe.Line(count(done.Mails, "stored mail", "stored mails"))))
		p.print.say(safe.Sprintf("SHA-256 %s", safe.Line(done.SHA256)))
		p.print.remark(safe.Const("The key to the accounts' passwords is not in it; keep that apart: postroom key export"))
	}
	return damagedMail(done.Damaged)
}

// damagedMail says that stored bytes are not what came in.
func damagedMail(list []desk.RawID) error {
	if len(list) == 0 {
		return nil
	}
	return broken("MAIL_DAMAGED", "Restore an older backup, or fetch these mails again.",
		"The bytes of %s are not what came in (first: number %d); they were left as they are.", count(len(list), "stored mail", "stored mails"), list[0])
}
