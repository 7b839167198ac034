package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// contactForm is a contact for programs.
type contactForm struct {
	Name    string  `json:"name"`
	Addr    string  `json:"addr"`
	Company *string `json:"company"`
	Owner   *string `json:"owner"`
	Listed  bool    `json:"listed"`
}

func contactFormOf(k desk.ContactRow) contactForm {
	return contactForm{Name: k.Shown, Addr: k.Address, Company: orNull(k.CompanyName), Owner: orNull(k.OwnerName), Listed: k.Listed}
}

func (p *program) contactCommand() *cobra.Command {
	return p.group("contact", "People who write to the desk",
		p.contactListCommand(), p.contactShowCommand(), p.contactAddCommand(), p.contactSetCommand(),
		p.contactMergeCommand(), p.contactDuplicatesCommand(), p.importLinesCommand(desk.ImportContacts, "email,name,company,owner", desk.ContactAttributes()))
}

func (p *program) contactListCommand() *cobra.Command {
	var owner, company string
	q := desk.ContactQuery{Limit: defaultLimit}
	var all bool
	c := &cobra.Command{
		Use: "list [WORDS]", Short: "List the contacts you see, by address",
		Long: "Lists the contacts of conversations you see, and those somebody has entered for the desk.\n" +
			"WORDS must all be in the name or in an address.",
		Example: "  postroom contact list lee --company acme.test\n  postroom contact list --owner maya --all --json",
		Args:    wants(0, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if all {
				q.Limit = 0
			} else if err := checkLimit(q.Limit, "Leave it out for 50, or write --all."); err != nil {
				return err
			}
			q.After = desk.FoldAddress(q.After)
			list, err := h.seat.ContactsLike(ctx, strings.Join(args, " "), owner, company, q)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]contactForm, len(list))
				for i, k := range list {
					forms[i] = contactFormOf(k)
				}
				return p.print.document(forms)
			}
			p.contactTable(list)
			if q.Limit > 0 && len(list) == q.Limit {
				p.print.remark(safe.Sprintf("There may be more: --after %s", safe.Line(list[len(list)-1].Address)))
			}
			return nil
		}),
	}
	f := c.Flags()
	f.StringVar(&owner, "owner", "", "only those this user looks after")
	f.StringVar(&company, "company", "", "only those of this company: its name or a domain")
	f.StringVar(&q.After, "after", "", "begin behind this address")
	f.IntVar(&q.Limit, "limit", defaultLimit, "how many")
	f.BoolVar(&all, "all", false, "all of them")
	p.completesFlag(c, "owner", userLogins)
	p.completesFlag(c, "company", companyNames)
	return c
}

func (p *program) contactTable(list []desk.ContactRow) {
	rows := make([][]safe.Text, len(list))
	for i, k := range list {
		rows[i] = []safe.Text{safe.Line(k.Address), orDash(k.Shown), orDash(k.CompanyName), orDash(k.OwnerName)}
	}
	p.print.table([]column{
		{title: safe.Const("ADDRESS"), gives: true},
		{title: safe.Const("NAME"), gives: true},
		{title: safe.Const("COMPANY"), gives: true},
		{title: safe.Const("OWNER")},
	}, rows)
}

func (p *program) contactAddCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "add ADDRESS|#ID [ATTRIBUTE=VALUE...]", Short: "Enter a contact for the whole desk, or the sender of a conversation",
		Long: "Attributes: name, company (of those there are), owner, email (more addresses, with commas\n" +
			"between). With #ID the sender of that conversation becomes a contact, for an inbox where mail\n" +
			"makes none; it is seen by who sees the conversation.",
		Example: "  postroom contact add ann@acme.test 'name=Ann Lee' owner=maya\n  postroom contact add '#4473'",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := attributeValues(args[1:])
			if err != nil {
				return err
			}
			if strings.HasPrefix(args[0], "#") {
				return p.addContactOf(ctx, h, args[0], values)
			}
			values[desk.AttrEmail] = strings.Trim(args[0]+","+strings.TrimPrefix(values[desk.AttrEmail], "+"), ",")
			res, err := h.seat.AddContact(ctx, values)
			if err != nil {
				return err
			}
			return p.altered("contact", 0, res)
		}),
	}
	c.ValidArgsFunction = p.completing(words(), attributeWords(desk.ContactAttributes()))
	return p.writes(c)
}

// addContactOf makes the sender of a conversation a contact.
func (p *program) addContactOf(ctx context.Context, h *house, number string, values map[string]string) error {
	id, err := conversationID(number)
	if err != nil {
		return err
	}
	res, err := h.seat.AddContactOf(ctx, id)
	if err != nil || len(values) == 0 || p.flags.rehearse {
		if err != nil {
			return err
		}
		return p.altered("contact", 0, res)
	}
	set, err := h.seat.SetContact(ctx, number, values)
	if err != nil {
		return err
	}
	set.Added = true
	return p.altered("contact", 0, set)
}

func (p *program) contactSetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "set ADDRESS|#ID ATTRIBUTE=VALUE...", Short: "Change a contact: name, email, company, owner, listed",
		Long: "An empty value takes away. email=+ADDRESS adds an address, email=-ADDRESS takes one away;\n" +
			"listed=yes shows the contact to everybody at the desk. With #ID it is the contact of that\n" +
			"conversation. What has changed is in the journal; undo takes it back.",
		Example: "  postroom contact set ann@acme.test owner=maya email=+ann@home.test\n  postroom contact set '#4473' 'name=Ann Lee'",
		Args:    wants(2, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := attributeValues(args[1:])
			if err != nil {
				return err
			}
			res, err := h.seat.SetContact(ctx, args[0], values)
			if err != nil {
				return err
			}
			return p.altered("contact", 0, res)
		}),
	}
	c.ValidArgsFunction = p.completing(contactAddresses, attributeWords(desk.ContactAttributes()))
	return p.writes(c)
}

func (p *program) contactMergeCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "merge INTO FROM", Short: "Make two contacts one; undo makes them two again",
		Long: "INTO keeps what was entered about it and gets what it lacks: name, owner, company. Who sees\n" +
			"it sees the addresses of both from then on. Each conversation stays where it is seen.",
		Example: "  postroom contact merge ann@acme.test ann@home.test",
		Args:    wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			res, err := h.seat.MergeContacts(ctx, args[0], args[1])
			if err != nil {
				return err
			}
			return p.altered("contact", 0, res)
		}),
	}
	c.ValidArgsFunction = p.completing(contactAddresses)
	return p.writes(c)
}

// duplicateForm is two contacts that may be one, for programs.
type duplicateForm struct {
	Into contactForm `json:"into"`
	From contactForm `json:"from"`
	Why  string      `json:"why"`
}

func (p *program) contactDuplicatesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "duplicates", Short: "Propose contacts to merge",
		Long: "Proposes contacts you see whose addresses are one mailbox at their provider (dots and what is\n" +
			"behind a plus, where the provider ignores them), or who have the same name at one company.",
		Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			found, err := h.seat.Duplicates(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]duplicateForm, len(found))
				for i, d := range found {
					forms[i] = duplicateForm{contactFormOf(d.Into), contactFormOf(d.From), d.Why}
				}
				return p.print.document(forms)
			}
			for _, d := range found {
				p.print.say(safe.Sprintf("%s and %s: %s", safe.Line(d.Into.Address), safe.Line(d.From.Address), safe.Line(d.Why)))
				p.print.say(safe.Sprintf("  postroom contact merge %s %s", safe.Line(d.Into.Address), safe.Line(d.From.Address)))
			}
			if len(found) == 0 {
				p.print.say(safe.Const("No two contacts look like one."))
			}
			return nil
		}),
	}
}
