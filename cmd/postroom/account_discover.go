package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"postroom/connector/discover"
	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/desk/safe"
)

// foundForm is what is known of the servers of an address, for programs.
type foundForm struct {
	Address   string   `json:"address"`
	Source    string   `json:"source"`
	Provider  string   `json:"provider"`
	IMAP      string   `json:"imap"`
	SMTP      string   `json:"smtp"`
	Username  string   `json:"username"`
	OAuth     string   `json:"oauth"`
	FilesSent bool     `json:"files_sent"`
	Elsewhere []string `json:"elsewhere"`
	Doubtful  bool     `json:"doubtful"`
	Note      string   `json:"note"`
}

func (p *program) accountDiscoverCommand() *cobra.Command {
	var noLookup bool
	c := &cobra.Command{
		Use: "discover ADDRESS", Short: "Find the mail servers of an address",
		Long: "Prints what account connect would use, and connects to no mail server. In this order\n" +
			"it looks at the providers it knows, the domain's own page (Autoconfig) and its SRV\n" +
			"and MX records, and at the public list of the makers of Thunderbird. The domain is all\n" +
			"that anybody is told; pages are fetched over TLS only, and servers without TLS are\n" +
			"left out. Exit code 5: nobody knows any.",
		Example: "  postroom account discover support@acme.test",
		Args:    wants(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			found, err := p.finder(noLookup).Find(c.Context(), args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				f := foundForm{
					Address: args[0], Source: string(found.Source), Provider: found.Provider,
					IMAP: found.IMAP.String(), SMTP: found.SMTP.String(), Username: found.Username, OAuth: oauth.For(found.IMAP.Host),
					FilesSent: found.FilesSent, Elsewhere: []string{}, Doubtful: found.Doubtful(), Note: found.Note,
				}
				f.Elsewhere = append(f.Elsewhere, found.Elsewhere()...)
				return p.print.document(f)
			}
			for _, line := range foundLines(found) {
				p.print.say(line)
			}
			return nil
		},
	}
	noLookupFlag(c, &noLookup)
	return c
}

func noLookupFlag(c *cobra.Command, to *bool) {
	c.Flags().BoolVar(to, "no-lookup", false, "ask nobody for the servers: only the providers postroom knows (or POSTROOM_NO_LOOKUP=1)")
}

// finder looks for servers as far as the user lets it.
func (p *program) finder(noLookup bool) discover.Finder {
	return discover.Finder{Offline: noLookup || p.getenv("POSTROOM_NO_LOOKUP") == "1"}
}

// foundLines say what has been found, where, and what there is to know.
func foundLines(f discover.Found) []safe.Text {
	lines := []safe.Text{
		safe.Sprintf("Found %s:", safe.Line(f.From())),
		safe.Sprintf("  mail comes by   %s", safe.Line(f.IMAP.String())),
		safe.Sprintf("  mail leaves by  %s", safe.Line(f.SMTP.String())),
		safe.Sprintf("  signs in as     %s", safe.Line(f.Username)),
	}
	if key := oauth.For(f.IMAP.Host); key != "" {
		lines = append(lines, safe.Sprintf("  signs in at     %s (--oauth %s)", safe.Line(key), safe.Line(key)))
	}
	for _, host := range f.Elsewhere() {
		lines = append(lines, safe.Sprintf("%s is outside of %s.", safe.Host(host), safe.Host(f.Domain)))
	}
	if f.Note != "" {
		lines = append(lines, safe.Line(f.Note))
	}
	return lines
}

// lookUp fills in the servers nobody has given. Where none is found a terminal
// asks for them.
func (p *program) lookUp(ctx context.Context, k *connecting) error {
	found, err := p.finder(k.noLookup).Find(ctx, k.account.Address)
	if err == nil {
		err = doubt(found)
	}
	if err != nil {
		return p.askForServers(ctx, k, err)
	}
	k.imap, k.smtp = found.IMAP.String(), found.SMTP.String()
	if k.account.Username == "" {
		k.account.Username = found.Username
	}
	k.account.FilesSent = k.account.FilesSent || found.FilesSent
	for _, line := range foundLines(found) {
		p.print.remark(line)
	}
	return nil
}

// doubt refuses what DNS alone says of somebody unknown: a password would go
// there (RFC 6186, 6).
func doubt(f discover.Found) error {
	if !f.Doubtful() {
		return nil
	}
	imap, smtp := typed(f.IMAP), typed(f.SMTP)
	return &desk.Error{
		Kind: desk.Conflict, Code: "SERVER_ELSEWHERE",
		Message: fmt.Sprintf("Only DNS, which can be forged, names servers for %s, and they are in another domain: %s and %s.", f.Domain, imap, smtp),
		Hint:    fmt.Sprintf("If they are your provider's, say so: --imap %s --smtp %s", imap, smtp),
	}
}
