package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// inboxAuditForm is how the mail of an inbox compares with the servers of its
// accounts, for programs.
type inboxAuditForm struct {
	Inbox string `json:"inbox"`
	// Waiting are stored mails without a message; Verified is how many stored
	// mails were held to their hashes, Damaged which of them are not what came
	// in: null without --bytes.
	Waiting  int          `json:"waiting"`
	Verified *int         `json:"verified"`
	Damaged  []desk.RawID `json:"damaged"`
	Accounts []auditForm  `json:"accounts"`
	// Repaired is null without --repair.
	Repaired *repairForm `json:"repaired"`
}

// repairForm is what a repair has done.
type repairForm struct {
	desk.Repaired
	// ServedBy names processes that serve an account meanwhile: theirs is what
	// is left to repair.
	ServedBy []string `json:"served_by"`
	// DryRun says that it would be so. What would be fetched and what would be
	// known by its bytes is told apart by its bytes only: all of it is in
	// Fetched then.
	DryRun bool `json:"dry_run"`
}

func (p *program) inboxAuditCommand() *cobra.Command {
	var repair, bytes, rehearse bool
	c := &cobra.Command{
		Use: "audit [NAME]", Short: "Compare an inbox with its mail servers, message by message",
		Long: "Asks the servers of the inbox, or of all your inboxes, for every message of every folder\n" +
			"that is read, and compares that with what is here: missing=0 and extra=0 is a whole inbox.\n" +
			"With --repair what is missing is fetched, what was never there is marked as gone, stored\n" +
			"mail without a message gets one, and all is compared again; with --dry-run it says what that\n" +
			"would be. Exit code 1 means a difference.",
		Example: "  postroom inbox audit support\n  postroom inbox audit --repair --json",
		Args:    wants(0, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			return p.auditInboxes(ctx, h, args, repair, rehearse, bytes)
		}),
	}
	c.Flags().BoolVar(&repair, "repair", false, "put right what is found, and look again")
	c.Flags().BoolVar(&rehearse, "dry-run", false, "with --repair: say what would be done, and change nothing")
	c.Flags().BoolVar(&bytes, "bytes", false, "hold every stored mail to its hash too; reads all of them")
	return p.completesInboxes(c)
}

func (p *program) auditInboxes(ctx context.Context, h *house, args []string, repair, rehearse, bytes bool) error {
	views, err := h.audible(ctx, args)
	if err != nil {
		return err
	}
	con, err := p.connector(h)
	if err != nil {
		return err
	}
	forms := make([]inboxAuditForm, len(views))
	for i, v := range views {
		// Of all his inboxes he repairs those in which he may do something.
		if forms[i], err = h.auditInbox(ctx, con, v, bytes, nil); err == nil && repair && (len(args) > 0 || v.Rights != (desk.Rights{})) {
			found := forms[i]
			err = h.seat.Repair(ctx, v.Name, func() (done desk.Repaired, err error) {
				if rehearse {
					return done, nil
				}
				forms[i], done, err = h.repair(ctx, con, v, found, bytes)
				return done, err
			})
		}
		if err != nil {
			return err
		}
		if repair && rehearse && v.Rights != (desk.Rights{}) {
			forms[i].Repaired = forms[i].repairable()
			if forms[i].Repaired.ServedBy, err = servedBy(ctx, con, v); err != nil {
				return err
			}
		}
	}
	if p.print.json {
		if err := p.print.document(forms); err != nil {
			return err
		}
	} else {
		p.showInboxAudits(forms)
	}
	return inboxAuditOutcome(forms)
}

// audible are the inboxes that the actor may compare with their servers, or the
// one that is named: those whose mail he sees, but not what he sees through the
// glass, where he only reads and signs in nowhere.
func (h *house) audible(ctx context.Context, args []string) ([]desk.InboxView, error) {
	if len(args) > 0 {
		v, err := h.seat.Inbox(ctx, args[0])
		if err == nil && !audited(v) {
			err = &desk.Error{Kind: desk.Denied, Code: "NOT_ALLOWED", Message: "Only its owner can compare a personal inbox with its server.", Hint: "Ask its owner."}
		}
		return []desk.InboxView{v}, err
	}
	views, err := h.seat.Inboxes(ctx)
	return slices.DeleteFunc(views, func(v desk.InboxView) bool { return !audited(v) }), err
}

func audited(v desk.InboxView) bool {
	return v.Member && (v.Kind == desk.Shared || v.Rights.Configure)
}

func idsOf(v desk.InboxView) []desk.AccountID {
	var ids []desk.AccountID
	for _, a := range v.Accounts {
		ids = append(ids, a.ID)
	}
	return ids
}

func (h *house) auditInbox(ctx context.Context, con *connector.Connector, v desk.InboxView, bytes bool, told func(account, folder string)) (inboxAuditForm, error) {
	form := inboxAuditForm{Inbox: v.Name}
	look := h.seat.Waiting
	if bytes {
		look = h.seat.VerifyStored
	}
	stored, err := look(ctx, v.Name)
	if err != nil {
		return form, err
	}
	form.Waiting = stored.Waiting
	if bytes {
		form.Verified, form.Damaged = &stored.Mails, append([]desk.RawID{}, stored.Damaged...)
	}
	form.Accounts, err = compared(ctx, con, idsOf(v), told)
	return form, err
}

// servedBy names the other processes that serve accounts of an inbox.
func servedBy(ctx context.Context, con *connector.Connector, v desk.InboxView) ([]string, error) {
	names := []string{}
	for _, id := range idsOf(v) {
		who, err := con.ServedBy(ctx, id)
		if err != nil {
			return nil, err
		}
		if who != "" {
			names = append(names, who)
		}
	}
	return names, nil
}

// repairable is what a repair would do.
func (f inboxAuditForm) repairable() *repairForm {
	would := &repairForm{Repaired: desk.Repaired{Parsed: f.Waiting}, ServedBy: []string{}, DryRun: true}
	for _, a := range f.Accounts {
		for _, of := range a.Folders {
			would.Fetched += of.Missing + of.New
			would.Gone += of.Extra + of.Gone
		}
	}
	return would
}

// repair puts right what an audit has found, and compares again.
func (h *house) repair(ctx context.Context, con *connector.Connector, v desk.InboxView, found inboxAuditForm, bytes bool) (inboxAuditForm, desk.Repaired, error) {
	var done desk.Repaired
	servedBy := []string{}
	list, err := con.Repair(ctx, idsOf(v))
	for _, s := range list {
		done.Fetched += s.New
		done.Known += s.Known
		done.Gone += s.Gone
		if s.ServedBy != "" {
			servedBy = append(servedBy, s.ServedBy)
		}
	}
	if err != nil {
		return found, done, err
	}
	form, err := h.auditInbox(ctx, con, v, bytes, nil)
	if err == nil {
		done.Parsed = max(0, found.Waiting-form.Waiting)
	}
	form.Repaired = &repairForm{Repaired: done, ServedBy: servedBy}
	return form, done, err
}

func (p *program) showInboxAudits(forms []inboxAuditForm) {
	var all []auditForm
	for _, f := range forms {
		all = append(all, f.Accounts...)
	}
	p.showAudit(all)
	for _, f := range forms {
		name := safe.Line(f.Inbox)
		if f.Waiting > 0 {
			p.print.say(safe.Sprintf("%s: %s no message yet.", name, safe.Line(count(f.Waiting, "stored mail has", "stored mails have"))))
		}
		if f.Verified != nil {
			p.print.say(safe.Sprintf("%s: %s held to their hashes, %s damaged.", name, safe.Line(count(*f.Verified, "stored mail", "stored mails")), safe.Int(len(f.Damaged))))
		}
		if r := f.Repaired; r != nil && r.DryRun {
			p.print.say(safe.Sprintf("%s: %s would be fetched or recognised by their bytes, %s marked as gone, %s given a message (dry run: nothing was changed).", name,
				safe.Int(r.Fetched), safe.Int(r.Gone), safe.Int(r.Parsed)))
		} else if r != nil {
			p.print.say(safe.Sprintf("%s: %s fetched, %s recognised by their bytes, %s marked as gone, %s given a message.", name,
				safe.Int(r.Fetched), safe.Int(r.Known), safe.Int(r.Gone), safe.Int(r.Parsed)))
		}
		if f.Repaired != nil {
			for _, who := range f.Repaired.ServedBy {
				p.print.say(safe.Sprintf("%s: another process serves it (%s) and puts it right within 15 minutes.", name, safe.Line(who)))
			}
		}
	}
}

// inboxAuditOutcome says what to do about a difference. What came in once and
// is damaged comes before what can be fetched again.
func inboxAuditOutcome(forms []inboxAuditForm) error {
	var all []auditForm
	var damaged []desk.RawID
	waiting := 0
	for _, f := range forms {
		all = append(all, f.Accounts...)
		damaged = append(damaged, f.Damaged...)
		waiting += f.Waiting
	}
	if err := damagedMail(damaged); err != nil {
		return err
	}
	if err := auditOutcome(all); err != nil {
		return leftToOthers(err, forms)
	}
	if waiting > 0 {
		return &desk.Error{
			Kind: desk.Broken, Code: "MAIL_WAITING", Message: count(waiting, "stored mail has", "stored mails have") + " no message yet.",
			Hint: "Read them with: postroom inbox audit --repair",
		}
	}
	return nil
}

// leftToOthers gives a difference its next step where another process serves
// the account: this one can repair nothing meanwhile.
func leftToOthers(err error, forms []inboxAuditForm) error {
	var e *desk.Error
	var others []string
	for _, f := range forms {
		if f.Repaired != nil {
			others = append(others, f.Repaired.ServedBy...)
		}
	}
	if len(others) == 0 || !errors.As(err, &e) || e.Code == "AUDIT_INCOMPLETE" {
		return err
	}
	slices.Sort(others)
	said := *e
	said.Hint = "It is put right within 15 minutes by " + safe.Line(strings.Join(slices.Compact(others), ", ")).String() + ": wait, or stop that process and repair then."
	return &said
}
