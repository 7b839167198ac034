package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) userSignatureCommand() *cobra.Command {
	var file string
	var none bool
	c := &cobra.Command{
		Use: "signature [TEXT]", Short: "Show or change your own signature",
		Long: "Your signature stands under your mail from inboxes that have none of their own. Without a\n" +
			"text it is shown. {{agent.name}}, {{agent.first}} and {{inbox.name}} stand for who writes and\n" +
			"where. A mail that ends with a line -- gets no signature.",
		Example: "  postroom user signature --file signature.txt\n  postroom user signature 'Maya Brandt, Acme'\n  postroom user signature --none",
		Args:    wants(0, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			text := strings.Join(args, " ")
			if !none && file == "" && len(args) == 0 {
				return p.showSignature(ctx, h)
			}
			if none && (file != "" || len(args) > 0) || file != "" && len(args) > 0 {
				return &desk.Error{Kind: desk.Invalid, Code: "USAGE", Message: "That is more than one signature.", Hint: "Give a text, or --file, or --none."}
			}
			if file != "" {
				var err error
				if text, err = p.writtenText(ctx, file, "the signature"); err != nil {
					return err
				}
			}
			batch, err := h.seat.SetSignature(ctx, text)
			if err != nil {
				return err
			}
			if p.flags.rehearse {
				batch = ""
			}
			if p.print.json {
				return p.print.document(struct {
					Batch  string `json:"batch"`
					DryRun bool   `json:"dry_run"`
				}{batch, p.flags.rehearse})
			}
			p.done(safe.Const("Your signature is kept."))
			return nil
		}),
	}
	c.Flags().StringVar(&file, "file", "", "read it from a file; - is standard input")
	c.Flags().BoolVar(&none, "none", false, "have none")
	return p.writes(c)
}

func (p *program) showSignature(ctx context.Context, h *house) error {
	text, err := h.seat.Signature(ctx)
	if err != nil {
		return err
	}
	if p.print.json {
		return p.print.document(struct {
			Signature string `json:"signature"`
		}{text})
	}
	if text == "" {
		p.print.remark(safe.Const("You have no signature. Make one with: postroom user signature TEXT"))
		return nil
	}
	p.print.say(safe.Clean(text))
	return nil
}
