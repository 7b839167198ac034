package welcome

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/widget"
)

// The fields, in the order in which they are asked for.
const (
	inAddress = iota
	inName
	inIMAP
	inSMTP
	inUser
	inPassword
	inCA
	fieldCount
)

// step is how far the connecting has come.
type step uint8

const (
	filling step = iota
	checking
	receiving
	sending
	saving
)

// form asks for a mailbox and connects it.
type form struct {
	sh      *shell.Shell
	outside Outside
	kind    desk.InboxKind
	fields  widget.Form
	step    step
	test    shell.Lane[passed]
	// account is what is being tested, messages how many are there.
	account  desk.Account
	messages int
	// made is the inbox that is there already, because the account was refused
	// after it was made.
	made string
	// problem is what belongs to no field, remark what else is to be said.
	problem, remark safe.Text
	// finding looks for the servers of asked, offer is what it has found, and
	// filledIn what of that stands in the fields since.
	finding  shell.Lane[Servers]
	asked    string
	offer    Servers
	filledIn [fieldCount]string
}

// passed is a step of the test that went well.
type passed struct {
	pem      string
	messages int
}

// saved is the fact that inbox and account have been written, or not.
type saved struct {
	form *form
	made string // the inbox, if it was made
	err  error
}

func newForm(sh *shell.Shell, o Outside, kind desk.InboxKind) *form {
	f := &form{sh: sh, outside: o, kind: kind}
	address, name := safe.Const("you@example.org"), safe.Const("what you call it, such as: mine")
	if kind == desk.Shared {
		address, name = safe.Const("support@example.org"), safe.Const("what the team calls it, such as: support")
	}
	f.fields.Rows = []widget.FormRow{
		inAddress:  {Label: safe.Const("Address"), Hint: address},
		inName:     {Label: safe.Const("Inbox name"), Hint: name},
		inIMAP:     {Label: safe.Const("Mail comes by"), Hint: safe.Const("IMAP server, such as imap.example.org:993")},
		inSMTP:     {Label: safe.Const("Mail leaves by"), Hint: safe.Const("SMTP server, such as smtp.example.org:465")},
		inUser:     {Label: safe.Const("User name"), Hint: safe.Const("the address")},
		inPassword: {Label: safe.Const("Password"), Hint: safe.Const("or an app password; it is stored sealed"), Secret: true},
		inCA:       {Label: safe.Const("CA file"), Hint: safe.Const("only for a server of your own: its authority, PEM")},
	}
	f.fields.Buttons = []safe.Text{safe.Const("Test and connect"), safe.Const("Back")}
	return f
}

func (f *form) title() safe.Text {
	if f.kind == desk.Shared {
		return safe.Const("add a team address")
	}
	return safe.Const("add my own inbox")
}

// press takes a key; leave says that the form is done with.
func (f *form) press(msg tea.KeyPressMsg) (cmd tea.Cmd, leave bool) {
	if f.step != filling {
		return nil, false
	}
	before, typed := f.fields.At(), f.typed()
	switch f.fields.Press(msg) {
	case 0:
		return f.submit(), false
	case 1:
		return nil, true
	}
	if before != f.fields.At() {
		return f.left(before), false
	}
	f.mended(typed)
	return nil, false
}

func (f *form) paste(text string) {
	if f.step == filling {
		typed := f.typed()
		f.fields.Paste(text)
		f.mended(typed)
	}
}

// typed is what stands in the field with the focus.
func (f *form) typed() string {
	if at := f.fields.At(); at < len(f.fields.Rows) {
		return f.fields.Rows[at].Field.Value()
	}
	return ""
}

// mended takes back what was wrong with the form as a whole when the field with
// the focus is another than before.
func (f *form) mended(before string) {
	if f.typed() != before {
		f.problem = safe.Text{}
	}
}

// filled reports whether there is anything that would be lost.
func (f *form) filled() bool {
	return slices.ContainsFunc(f.fields.Rows, func(r widget.FormRow) bool { return r.Field.Value() != "" })
}

// suggestName fills in the name of the inbox from the address.
func (f *form) suggestName() {
	if f.fields.Value(inName) != "" {
		return
	}
	local, _, ok := strings.Cut(f.fields.Value(inAddress), "@")
	if ok && local != "" {
		f.fields.Rows[inName].Field.Set(local)
		f.fields.Rows[inName].Problem = safe.Text{}
	}
}

// interrupt stops a test, and without one leaves the form. What is being
// written is not stopped: in a moment it is there or refused.
func (f *form) interrupt() (leave bool) {
	switch f.step {
	case filling:
		return true
	case saving:
		return false
	default:
	}
	f.test.Drop()
	f.step, f.remark = filling, safe.Const("The test was stopped. Nothing has been written.")
	return false
}

// submit reads the form and begins the test.
func (f *form) submit() tea.Cmd {
	f.problem, f.remark = safe.Text{}, safe.Text{}
	f.finding.Drop()
	for i := range f.fields.Rows {
		f.fields.Rows[i].Problem = safe.Text{}
	}
	f.suggestName()
	a := desk.Account{Address: f.fields.Value(inAddress), Username: f.fields.Value(inUser)}
	if a.Username == "" {
		a.Username = a.Address
	}
	ok := f.required(inAddress, safe.Const("The address of the mailbox is needed.")) && f.valid(a.Address)
	ok = f.required(inName, safe.Const("The inbox needs a name.")) && ok
	ok = f.server(inIMAP, "imap", &a.IMAP) && ok
	ok = f.server(inSMTP, "smtp", &a.SMTP) && ok
	ok = f.password() && ok
	if !ok {
		f.firstProblem()
		return nil
	}
	a.FilesSent = f.offer.FilesSent && f.fields.Value(inIMAP) == f.offer.IMAP && f.fields.Value(inSMTP) == f.offer.SMTP
	f.account, f.step = a, checking
	return f.ask(f.check())
}

func (f *form) required(field int, why safe.Text) bool {
	if f.fields.Value(field) != "" {
		return true
	}
	f.fields.Rows[field].Problem = why
	return false
}

// valid looks at an address before anything is asked of a server; the desk has
// the last word.
func (f *form) valid(address string) bool {
	if isAddress(address) {
		return true
	}
	f.fields.Rows[inAddress].Problem = safe.Sprintf("%s is not a mail address. Write it as name@example.org.", safe.Line(address))
	return false
}

func isAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " \t<>")
}

func (f *form) password() bool {
	if f.fields.Rows[inPassword].Field.Value() != "" {
		return true
	}
	f.fields.Rows[inPassword].Problem = safe.Const("The password is needed to sign in.")
	return false
}

func (f *form) server(field int, protocol string, url *string) bool {
	if !f.required(field, safe.Const("The server is needed. Your mail provider's help pages name it.")) {
		return false
	}
	var err error
	if *url, err = f.outside.Server(protocol, f.fields.Value(field)); err != nil {
		f.fields.Rows[field].Problem = shell.Sentence(err)
		return false
	}
	return true
}

func (f *form) firstProblem() {
	for i := range f.fields.Rows {
		if !f.fields.Rows[i].Problem.IsEmpty() {
			f.fields.Go(i)
			return
		}
	}
}

func (f *form) ask(read func(context.Context) (passed, error)) tea.Cmd {
	return f.test.Ask(f.sh.Context(), read)
}

// check reads the certificates and asks the desk whether the inbox may be made,
// before a password goes anywhere.
func (f *form) check() func(context.Context) (passed, error) {
	o, path, name, kind, made := f.outside, f.fields.Value(inCA), f.fields.Value(inName), f.kind, f.made
	return func(ctx context.Context) (passed, error) {
		var p passed
		if made != name {
			if _, err := o.Desk.CreateInbox(desk.Rehearse(ctx), name, kind); err != nil {
				return p, err
			}
		}
		if path == "" {
			return p, nil
		}
		pem, err := o.Certificates(path)
		if err != nil {
			return p, &atField{inCA, err}
		}
		p.pem = pem
		return p, nil
	}
}

// atField is an error whose field is known.
type atField struct {
	field int
	err   error
}

func (e *atField) Error() string { return e.err.Error() }
func (e *atField) Unwrap() error { return e.err }

// tested goes on with the next step of the test.
func (f *form) tested(msg tea.Msg) tea.Cmd {
	p, err, ok := f.test.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		f.failed(err)
		return nil
	}
	o, a, password := f.outside, f.account, f.fields.Rows[inPassword].Field.Value()
	switch f.step {
	case checking:
		f.account.CA, a.CA = p.pem, p.pem
		f.step = receiving
		return f.ask(func(ctx context.Context) (passed, error) {
			n, err := o.Receive(ctx, a, password)
			return passed{messages: n}, err
		})
	case receiving:
		f.messages, f.step = p.messages, sending
		return f.ask(func(ctx context.Context) (passed, error) { return passed{}, o.Send(ctx, a, password) })
	case sending:
		f.step = saving
		return f.save(password)
	default:
		return nil
	}
}

// failed says what is wrong at the field where it can be put right.
func (f *form) failed(err error) {
	field := f.culprit(err)
	f.step = filling
	if field < 0 {
		f.problem = shell.Sentence(err)
		return
	}
	f.fields.Rows[field].Problem = said(err)
	f.fields.Go(field)
}

// said is an error as the form says it: where the command line would name a
// flag, the form names a field.
func said(err error) safe.Text {
	var e *desk.Error
	if errors.As(err, &e) && strings.HasPrefix(e.Code, "CERT_") && strings.Contains(e.Hint, "--ca") {
		return safe.Sprintf("%s If it is your own server, name the file with its authority here.", safe.Line(e.Message))
	}
	return shell.Sentence(err)
}

// culprit is the field an error belongs to; -1 for none of them.
func (f *form) culprit(err error) int {
	var at *atField
	if errors.As(err, &at) {
		return at.field
	}
	var e *desk.Error
	code := ""
	if errors.As(err, &e) {
		code = e.Code
	}
	switch {
	case code == "NAME_IN_USE" || code == "BAD_NAME":
		return inName
	case code == "ADDRESS_IN_USE" || code == "BAD_ADDRESS":
		return inAddress
	case strings.HasPrefix(code, "CERT_") && e.Hint != "" && strings.Contains(e.Hint, "--ca"):
		return inCA
	}
	switch f.step {
	case receiving:
		if desk.KindOf(err) == desk.Denied {
			return inPassword
		}
		return inIMAP
	case sending:
		return inSMTP
	default:
		return -1
	}
}
