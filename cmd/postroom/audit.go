package main

import (
	"context"
	"slices"
	"strings"

	"postroom/connector"
	"postroom/desk"
	"postroom/desk/safe"
)

// auditForm is how an account compares with its server, for programs.
type auditForm struct {
	Account  string            `json:"account"`
	Folders  []auditFolderForm `json:"folders"`
	OnServer int               `json:"on_server"`
	Here     int               `json:"here"`
	Missing  int               `json:"missing"`
	Extra    int               `json:"extra"`
	// OnlyInbox says that the server's list of folders cannot be read.
	OnlyInbox bool    `json:"only_inbox"`
	Complete  bool    `json:"complete"`
	Error     *string `json:"error"`
}

type auditFolderForm struct {
	Folder      string `json:"folder"`
	Role        string `json:"role"`
	UIDValidity uint32 `json:"uidvalidity"`
	OnServer    int    `json:"on_server"`
	Here        int    `json:"here"`
	Missing     int    `json:"missing"`
	Extra       int    `json:"extra"`
	New         int    `json:"new"`
	Gone        int    `json:"gone"`
	Unlisted    int    `json:"unlisted"`
	// MissingUIDs and ExtraUIDs are the first of them.
	MissingUIDs []uint32 `json:"missing_uids"`
	ExtraUIDs   []uint32 `json:"extra_uids"`
	Error       *string  `json:"error"`
}

// auditedUIDs is how many UIDs are named.
const auditedUIDs = 100

// audit compares the actor's accounts, or one of them, with their servers.
func (p *program) audit(ctx context.Context, h *house, con *connector.Connector, address string) error {
	ids, err := h.audited(ctx, address)
	if err != nil {
		return err
	}
	forms, err := compared(ctx, con, ids, nil)
	if err != nil {
		return err
	}
	if p.print.json {
		if err := p.print.document(forms); err != nil {
			return err
		}
	} else {
		p.showAudit(forms)
	}
	return auditOutcome(forms)
}

// compared is how accounts compare with their servers.
func compared(ctx context.Context, con *connector.Connector, ids []desk.AccountID, told func(account, folder string)) ([]auditForm, error) {
	list, err := con.Audit(ctx, ids, told)
	forms := make([]auditForm, len(list))
	for i, a := range list {
		forms[i] = auditOf(a)
	}
	return forms, err
}

// audited are the accounts to look at: only those the actor may see.
func (h *house) audited(ctx context.Context, address string) ([]desk.AccountID, error) {
	accounts, err := h.seat.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var ids []desk.AccountID
	for _, a := range accounts {
		if a.Address != "" && (address == "" || desk.FoldAddress(a.Address) == desk.FoldAddress(address)) {
			ids = append(ids, a.ID)
		}
	}
	if address != "" && len(ids) == 0 {
		return nil, &desk.Error{
			Kind: desk.NotFound, Code: "NO_ACCOUNT", Message: "None of your inboxes has an account with that address.",
			Hint: "See: postroom account list",
		}
	}
	return ids, nil
}

func auditOf(a connector.Audited) auditForm {
	form := auditForm{Account: a.Account, Folders: []auditFolderForm{}, OnlyInbox: a.OnlyInbox, Complete: a.Complete(), Error: problem(a.Err)}
	for _, f := range a.Folders {
		form.Folders = append(form.Folders, auditFolderForm{
			Folder: f.Name, Role: string(f.Role), UIDValidity: f.UIDValidity, OnServer: f.OnServer, Here: f.Here,
			Missing: len(f.Missing), Extra: len(f.Extra), New: f.New, Gone: f.Gone, Unlisted: f.Unlisted,
			MissingUIDs: someUIDs(f.Missing), ExtraUIDs: someUIDs(f.Extra), Error: problem(f.Err),
		})
		form.OnServer += f.OnServer
		form.Here += f.Here
		form.Missing += len(f.Missing)
		form.Extra += len(f.Extra)
	}
	return form
}

// problem is an error in one line, nil when there is none.
func problem(err error) *string {
	if err == nil {
		return nil
	}
	text := errorLine(err)
	return &text
}

func someUIDs(uids []uint32) []uint32 {
	return append([]uint32{}, uids[:min(len(uids), auditedUIDs)]...)
}

// problems are what could not be compared, in words.
func (a auditForm) problems() []safe.Text {
	var list []safe.Text
	address := safe.Addr(a.Account)
	if a.Error != nil {
		list = append(list, safe.Sprintf("%s: %s", address, safe.Line(*a.Error)))
	}
	if a.OnlyInbox {
		list = append(list, safe.Sprintf("%s: the server's list of folders cannot be read, so only INBOX was compared.", address))
	}
	for _, f := range a.Folders {
		if f.Error != nil {
			list = append(list, safe.Sprintf("%s, %s: %s", address, safe.Line(f.Folder), safe.Line(*f.Error)))
		}
	}
	return list
}

func (p *program) showAudit(list []auditForm) {
	if len(list) == 0 {
		p.print.remark(safe.Const("None of your inboxes has an account. Connect one with: postroom account connect ADDRESS --inbox NAME"))
		return
	}
	var rows [][]safe.Text
	var problems []safe.Text
	for _, a := range list {
		address := safe.Addr(a.Account)
		problems = append(problems, a.problems()...)
		for _, f := range a.Folders {
			if f.Error != nil {
				continue
			}
			rows = append(rows, []safe.Text{address, safe.Line(f.Folder), safe.Int(f.OnServer), safe.Int(f.Here), safe.Int(f.Missing), safe.Int(f.Extra), f.remarks()})
		}
	}
	if len(rows) > 0 {
		p.print.table([]column{
			{title: safe.Const("ACCOUNT"), gives: true},
			{title: safe.Const("FOLDER"), gives: true},
			{title: safe.Const("ON SERVER"), right: true},
			{title: safe.Const("HERE"), right: true},
			{title: safe.Const("MISSING"), right: true},
			{title: safe.Const("EXTRA"), right: true},
			{title: safe.Const("REMARKS"), gives: true},
		}, rows)
	}
	for _, text := range problems {
		p.print.say(text)
	}
	missing, extra, _ := auditTotals(list)
	if slices.ContainsFunc(list, func(a auditForm) bool { return !a.compared() }) {
		// A script that looks for the line of a whole inbox must not find it.
		p.print.say(safe.Sprintf("Not everything was compared; missing in what was: %s, and too many: %s.", safe.Int(missing), safe.Int(extra)))
		return
	}
	p.print.say(safe.Sprintf("missing=%s extra=%s", safe.Int(missing), safe.Int(extra)))
}

// compared reports whether everything could be compared, whatever differs.
func (f auditForm) compared() bool {
	return f.Error == nil && !f.OnlyInbox && !slices.ContainsFunc(f.Folders, func(of auditFolderForm) bool { return of.Error != nil || of.Unlisted > 0 })
}

// remarks are what is no difference but worth a word.
func (f auditFolderForm) remarks() safe.Text {
	var words []string
	if f.New > 0 {
		words = append(words, count(f.New, "new since the last sync", "new since the last sync"))
	}
	if f.Gone > 0 {
		words = append(words, count(f.Gone, "deleted there since the last sync", "deleted there since the last sync"))
	}
	if f.Unlisted > 0 {
		words = append(words, count(f.Unlisted, "counted there and not listed", "counted there and not listed"))
	}
	return safe.Line(strings.Join(words, ", "))
}

// auditTotals counts over all accounts; unsure are those that show no
// difference and could not be compared completely.
func auditTotals(list []auditForm) (missing, extra int, unsure []string) {
	for _, a := range list {
		missing += a.Missing
		extra += a.Extra
		if !a.Complete && a.Missing == 0 && a.Extra == 0 {
			unsure = append(unsure, a.Account)
		}
	}
	return missing, extra, unsure
}

// auditOutcome says what to do about a difference.
func auditOutcome(list []auditForm) error {
	missing, extra, unsure := auditTotals(list)
	switch {
	case missing > 0:
		return &desk.Error{
			Kind: desk.Offline, Code: "MAIL_MISSING", Message: count(missing, "message of the server is", "messages of the server are") + " not here.",
			Hint: "Fetch what is missing with: postroom inbox audit --repair",
		}
	case extra > 0:
		return &desk.Error{
			Kind: desk.Offline, Code: "MAIL_EXTRA", Message: count(extra, "message here was", "messages here were") + " never on the server under its number.",
			Hint: "The server may have been restored from a backup; postroom inbox audit --repair notes that they are gone. No mail is lost by it.",
		}
	case len(unsure) > 0:
		return &desk.Error{
			Kind: desk.Offline, Code: "AUDIT_INCOMPLETE", Message: strings.Join(unsure, ", ") + " could not be compared completely.",
			Hint: "See: postroom account list",
		}
	}
	return nil
}
