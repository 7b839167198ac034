package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"postroom/connector"
	"postroom/connector/dial"
	"postroom/desk"
	"postroom/desk/safe"
)

// connecting is what is said about an account on the command line.
type connecting struct {
	// inbox is one that is there; new is one to be made.
	inbox          string
	new            newInbox
	imap, smtp, ca string
	cutOff         string
	noLookup, yes  bool
	account        desk.Account
	signIn         signingIn
	// mailbox is the one that the address of the account opens, where that is
	// another's.
	mailbox string
	// confirmed are the doubts that the kind of the inbox is right, of which
	// somebody has said that it is.
	confirmed []string
}

// connectedForm tells programs what was connected, and what is there. Made is
// the inbox that was made for it, if any.
type connectedForm struct {
	Account accountForm `json:"account"`
	Made    *madeForm   `json:"made"`
	// Further are the addresses that have come back with it.
	Further []string     `json:"further"`
	Folders []folderForm `json:"folders"`
	Traffic trafficForm  `json:"traffic"`
	// Until is when it was disconnected before, null for one that is new.
	Until stamp `json:"connected_until"`
	// Logging is the mode of a personal inbox; null for a shared one.
	Logging *desk.Logging `json:"logging"`
	DryRun  bool          `json:"dry_run"`
}

type folderForm struct {
	Name     string `json:"name"`
	Role     string `json:"role"`
	Messages int    `json:"messages"`
	// Old are those from before the cut-off, which come in closed.
	Old int `json:"old"`
}

func (p *program) accountConnectCommand() *cobra.Command {
	var k connecting
	var c *cobra.Command
	c = &cobra.Command{
		Use: "connect ADDRESS", Short: "Give an inbox its mail account; on a terminal, ask for what is missing",
		Long: "The mail goes into --inbox, or into a new inbox that is made together with it or not at\n" +
			"all: --new for your own, with --shared for a team's, whose people, owner, deputy and\n" +
			"settings are said as for inbox create. What is not said a terminal asks for, one thing at\n" +
			"a time: whose mail it is, the address, servers nobody has found, the password, the inbox.\n\n" +
			"Signs in to both servers first and saves the account only when that works. The\n" +
			"password is asked for, or comes from POSTROOM_PASSWORD or --password-command; it is\n" +
			"never an argument. Connections are always encrypted and verified.\n\n" +
			"With --oauth the account signs in at a provider that oauth set has set up, and no\n" +
			"password is kept: in a browser on this machine, in one elsewhere with --paste, or with a\n" +
			"code and --device where the provider allows it. Mailboxes at Google and Microsoft do so\n" +
			"by themselves once the desk is set up there; --password insists on a password. With\n" +
			"--mailbox the person ADDRESS signs in, and the mailbox is one that person may open.\n\n" +
			"Without --imap and --smtp the servers are found from the address, as account discover\n" +
			"does, and told before the password is asked for.\n\n" +
			"An address that looks like a person's in a shared inbox, or like a team's in a personal\n" +
			"one, has to be confirmed, and so has a mailbox whose newest 200 mails look like that: on\n" +
			"a terminal by typing it again, elsewhere with --yes. Else it is refused (exit code 3).\n\n" +
			"The port says how TLS begins: 143, 587 and 25 by STARTTLS, every other at once.",
		Example: "  postroom account connect\n" +
			"  postroom account connect support@acme.test --inbox support\n" +
			"  postroom account connect support@acme.test --new support --shared --access everyone --owner maya --deputy tom --template support\n" +
			"  postroom account connect support@acme.test --inbox support --imap mail.acme.test:993 --smtp mail.acme.test:465\n" +
			"  postroom account connect support@acme.test --inbox support --cut-off 90d --preview",
		Args: wants(0, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := k.signIn.settle(c); err != nil {
				return err
			}
			k.account.Address = strings.Join(args, "")
			if err := p.askForMailbox(ctx, h, c, &k); err != nil {
				return err
			}
			if k.imap == "" && k.smtp == "" {
				if err := p.lookUp(ctx, &k); err != nil {
					return err
				}
			}
			return p.connect(ctx, h, k)
		}),
	}
	f := c.Flags()
	f.StringVar(&k.inbox, "inbox", "", "the inbox it serves")
	f.StringVar(&k.new.name, "new", "", "make this inbox for it")
	newInboxFlags(c, &k.new)
	f.StringVar(&k.imap, "imap", "", "where mail is read: HOST:PORT, or a URL such as imaps://HOST")
	f.StringVar(&k.smtp, "smtp", "", "where mail is sent: HOST:PORT, or a URL such as smtps://HOST")
	f.StringVar(&k.ca, "ca", "", "file with certificates to trust besides the system's")
	f.StringVar(&k.account.Username, "username", "", "what to sign in as (default: the address)")
	f.StringVar(&k.account.PasswordCommand, "password-command", "", "command that prints the password, run at each connection")
	f.StringVar(&k.account.AuthServID, "authserv-id", "", "name of the provider's server in Authentication-Results")
	f.BoolVar(&k.account.PlusAddressing, "plus-addressing", false, "mail to local+anything@domain arrives here")
	f.BoolVar(&k.account.FilesSent, "files-sent", false, "the provider puts sent mail into Sent by itself")
	f.StringVar(&k.cutOff, "cut-off", "", "mail from before comes in closed and silent: a day as 2026-01-31, or an age as 90d (default 30d)")
	f.BoolVar(&k.yes, "yes", false, "connect it although it looks like a mailbox of the other kind")
	f.BoolVar(&p.flags.rehearse, "preview", false, "say what the first sync would bring, and change nothing")
	f.StringVar(&k.mailbox, "mailbox", "", "with --oauth: the shared `MAILBOX` that ADDRESS opens")
	signInFlags(c, &k.signIn)
	noLookupFlag(c, &k.noLookup)
	c.PreRunE = together("imap", "smtp")
	p.completesFlag(c, "inbox", inboxNames)
	return p.writes(c)
}

func (p *program) connect(ctx context.Context, h *house, k connecting) error {
	a, err := k.settings(ctx, p)
	if err != nil {
		return err
	}
	if a.OAuth, err = p.chooseProvider(ctx, h, k.signIn, a); err != nil {
		return err
	}
	if a.OAuth != "" {
		return p.connectSigned(ctx, h, k, a)
	}
	if k.mailbox != "" {
		return &desk.Error{
			Kind: desk.Invalid, Code: "USAGE", Message: "A password opens its own mailbox only.",
			Hint: "Sign in at a provider with --oauth, or give the mailbox as ADDRESS and who signs in with --username.",
		}
	}
	// Ask the desk first: nobody should type a password for what is not allowed.
	if err := k.rehearse(ctx, h, a); err != nil {
		return err
	}
	if err := p.fits(ctx, h, &k, desk.Traffic{}); err != nil {
		return err
	}
	secrets, _, err := p.secrets(h)
	if err != nil {
		return err
	}
	password, err := p.passwordFor(ctx, secrets, a)
	if err != nil {
		return err
	}
	probed, err := look(ctx, a, password)
	if err != nil {
		return err
	}
	if err := p.settleInbox(ctx, h, &k, probed.Traffic); err != nil {
		return err
	}
	if a.PasswordCommand == "" && !p.flags.rehearse {
		if a.Secret, err = secrets.Seal(ctx, []byte(password)); err != nil {
			return err
		}
	}
	a, made, err := p.join(ctx, h, k, a)
	if err != nil {
		return err
	}
	return p.connected(ctx, h, a, k, made, probed)
}

// connectSigned connects an account that signs in at a provider.
func (p *program) connectSigned(ctx context.Context, h *house, k connecting, a desk.Account) error {
	a.OAuthUser = a.Address
	if k.mailbox != "" {
		a.Address, k.account.Address = k.mailbox, k.mailbox
		if k.account.Username == "" || k.account.Username == a.OAuthUser {
			a.Username = k.mailbox
		}
	}
	if err := k.rehearse(ctx, h, a); err != nil {
		return err
	}
	if err := p.fits(ctx, h, &k, desk.Traffic{}); err != nil {
		return err
	}
	tokens, err := p.tokens(h)
	if err != nil {
		return err
	}
	signed, err := p.signIn(ctx, tokens, a, k.signIn)
	if err != nil {
		return p.waitsForConsent(ctx, h, k, a, err)
	}
	if a, err = p.signedAs(ctx, a, signed); err != nil {
		return err
	}
	probed, err := look(ctx, a, signed.Token)
	if err != nil {
		return err
	}
	if err := p.settleInbox(ctx, h, &k, probed.Traffic); err != nil {
		return err
	}
	a, made, err := p.join(ctx, h, k, a)
	if err != nil {
		return err
	}
	return p.connected(ctx, h, a, k, made, probed)
}

// signedAs is the account with what a sign-in has given.
func (p *program) signedAs(ctx context.Context, a desk.Account, signed connector.SignedIn) (desk.Account, error) {
	if signed.Person != "" {
		a.OAuthUser = signed.Person
	}
	if p.flags.rehearse {
		return a, nil
	}
	var err error
	a.Secret, err = signed.Seal(ctx)
	return a, err
}

// settings reads servers and certificates.
func (k connecting) settings(ctx context.Context, p *program) (desk.Account, error) {
	a := k.account
	if a.Username == "" {
		a.Username = a.Address
	}
	var err error
	if a.CutOff, err = desk.ParseCutOff(k.cutOff, p.print.now().Local()); err != nil {
		return a, err
	}
	imap, err := dial.ParseHostPort("imap", k.imap)
	if err != nil {
		return a, err
	}
	smtp, err := dial.ParseHostPort("smtp", k.smtp)
	if err != nil {
		return a, err
	}
	a.IMAP, a.SMTP = imap.String(), smtp.String()
	if k.ca != "" {
		a.CA, err = p.certificates(ctx, k.ca)
	}
	return a, err
}

// passwordFor gets the password: from the account's command, from the
// environment, or from the person at the keyboard, who does not see it.
func (p *program) passwordFor(ctx context.Context, secrets *connector.Secrets, a desk.Account) (string, error) {
	if a.PasswordCommand != "" {
		return secrets.Password(ctx, a)
	}
	if err := secrets.Ready(ctx); err != nil {
		return "", err
	}
	if password := p.getenv("POSTROOM_PASSWORD"); password != "" {
		return password, nil
	}
	keyboard, ok := terminal(p.in)
	if !ok {
		return "", &desk.Error{
			Kind: desk.Invalid, Code: "NO_PASSWORD", Message: "There is no terminal to ask for the password on.",
			Hint: "Set POSTROOM_PASSWORD, or use --password-command.",
		}
	}
	password, err := p.askPassword(ctx, keyboard, safe.Sprintf("Password for %s:", safe.Line(a.Username)))
	p.print.remark(safe.Text{})
	if err == nil && len(password) == 0 {
		err = &desk.Error{Kind: desk.Invalid, Code: "NO_PASSWORD", Message: "No password was typed."}
	}
	return password, err
}

// askPassword asks for a line and does not show it. The terminal stops showing
// what is typed before the question is on it: whoever types at once, or a
// program that waits for the question, is not faster. However it ends, the
// terminal is set as before.
func (p *program) askPassword(ctx context.Context, keyboard *os.File, question safe.Text) (string, error) {
	fd := int(keyboard.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return "", err
	}
	p.print.ask(question)
	type typed struct {
		text string
		err  error
	}
	done := make(chan typed, 1) // so that a reader nobody waits for can end
	go func() {
		line := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{keyboard, io.Discard}, "")
		text, err := line.ReadPassword("")
		done <- typed{text, err}
	}()
	var t typed
	select {
	case t = <-done:
	case <-ctx.Done():
		t.err = ctx.Err()
	}
	if errors.Is(t.err, io.EOF) {
		t.err = interrupted() // ctrl+c is a key like any other here
	}
	return t.text, errors.Join(t.err, term.Restore(fd, before))
}

// probe signs in to both servers.
func probe(ctx context.Context, a desk.Account, secret string) error {
	if _, err := connector.Probe(ctx, a, secret); err != nil {
		return err
	}
	return connector.ProbeSMTP(ctx, a, secret)
}

// look signs in to both servers and counts what a first sync would bring.
func look(ctx context.Context, a desk.Account, password string) (connector.Probed, error) {
	probed, err := connector.Look(ctx, a, password)
	if err != nil {
		return probed, err
	}
	return probed, connector.ProbeSMTP(ctx, a, password)
}

func (p *program) connected(ctx context.Context, h *house, a desk.Account, k connecting, made *madeForm, probed connector.Probed) error {
	inbox := k.inboxName()
	folders := []folderForm{}
	for _, f := range probed.Folders {
		folders = append(folders, folderForm{f.Name, string(f.Role), f.Messages, f.Old})
	}
	all, err := h.seat.Addresses(ctx)
	if err != nil {
		return err
	}
	back := desk.Further(all, a.ID)
	until, err := h.seat.Formerly(ctx, a.Address)
	if err != nil {
		return err
	}
	logging, logs, err := k.logs(ctx, h, probed.Traffic)
	if err != nil {
		return err
	}
	if p.print.json {
		return p.print.document(connectedForm{
			Account: accountOf(a, inbox), Made: made, Further: append([]string{}, back...), Folders: folders,
			Until: stamp(until), Traffic: trafficForm(probed.Traffic), Logging: logging, DryRun: p.flags.rehearse,
		})
	}
	if made != nil {
		p.tellMade(*made)
	}
	p.done(safe.Sprintf("Connected %s to %s.", safe.Addr(a.Address), safe.Line(quoted(inbox))))
	for _, f := range folders {
		p.print.say(folderLine(f, a.CutOff))
	}
	if !until.IsZero() {
		p.print.say(safe.Line(desk.Stays(until.UTC())))
	}
	if t := probed.Traffic; t.Looked > 0 {
		p.print.say(safe.Sprintf("The newest %s in INBOX make %s.", safe.Line(count(t.Looked, "message", "messages")), safe.Line(count(t.Conversations, "conversation", "conversations"))))
	}
	if logs != "" {
		p.print.say(safe.Line(logs))
	}
	if len(back) > 0 {
		p.print.say(safe.Sprintf("It has its further addresses again: %s.", safe.Addrs(back)))
	}
	if p.flags.rehearse {
		p.print.say(safe.Const(desk.NothingImported))
	}
	p.print.say(safe.Const(desk.FirstSyncIsQuiet))
	p.print.remark(safe.Const("Mail comes in while postroom or postroom sync runs."))
	return nil
}
