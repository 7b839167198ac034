package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/widget"
)

func (p *inboxes) verbs() []verb {
	account := p.fits("no mailbox of yours is marked: move to one with j and k", func(b box) bool { return b.account != nil && b.account.Address != "" })
	there := p.fits("no inbox of yours is marked: move to one with j and k", func(b box) bool { return b.in.Member })
	shared := p.fits("a personal inbox has no members", func(b box) bool { return b.in.Kind == desk.Shared })
	awake := p.fits("it is paused; P resumes it", func(b box) bool { return b.account.State != desk.AccountPaused })
	idle := action.When("another test mail is under way", func() bool { return !p.trip.UnderWay() })
	members := action.When("nobody was let in but the owner", func() bool { return len(p.grants()) > 0 })
	wizard := action.When("it is not possible here; use “postroom account connect”", func() bool { return p.s.sh.Screens().Connect != nil })
	outside := action.When("the mail servers cannot be asked from here", func() bool { return p.s.o.Compare != nil })
	look, works := p.s.sh.MayIn(p.inbox, desk.RightConfigure), p.s.sh.MayIn(p.inbox, desk.RightConfigure, desk.RightReply)
	pause := safe.Const("Pause")
	if b, ok := p.marked(); ok && b.account != nil && b.account.State == desk.AccountPaused {
		pause = safe.Const("Resume")
	}
	list := []verb{
		{Action: action.Action{ID: "account.signin", Title: "Sign in again", Run: p.signIn}, button: safe.Const("Sign in again"), fits: account, right: look},
		{Action: action.Action{ID: "account.pause", Title: "Pause or resume the mailbox", Keys: []string{"P"}, Footer: "pause or resume", Weight: 5, Run: p.pause}, button: pause, fits: account, right: look},
		{Action: action.Action{ID: "inbox.change", Title: "Change the inbox: name, From, owner, deputy", Run: p.change}, button: safe.Const("Change"), fits: there, right: look},
		{Action: action.Action{ID: "account.convert", Title: "Switch between personal and shared", Run: p.convert}, button: safe.Const("Switch type"), fits: account, right: p.mayConvert(look)},
		{Action: action.Action{ID: "inbox.test", Title: "Send a test mail, and follow it back", Needs: []action.Need{awake, idle}, Run: p.test}, button: safe.Const("Test mail"), fits: account, right: works},
		{Action: action.Action{ID: "inbox.compare", Title: "Compare the inbox with its mail servers, and repair", Needs: []action.Need{awake, outside}, Run: p.compare}, button: safe.Const("Compare"), fits: account},
		{Action: action.Action{ID: "member.add", Title: "Let somebody in, or change what he may", Run: p.letIn}, button: safe.Const("Let in"), fits: shared, right: look},
		{Action: action.Action{ID: "member.remove", Title: "Take somebody out of the inbox", Needs: []action.Need{members}, Risk: action.Asks, Run: p.takeOut}, button: safe.Const("Take out"), fits: shared, right: look},
		{Action: action.Action{ID: "account.mailbox", Title: "Choose folders, cut-off and what is written back to the mailbox", Run: p.mailbox}, button: safe.Const("Mailbox"), fits: account, right: look},
		{Action: action.Action{ID: "account.servers", Title: "Change the servers, user name or certificates of the mailbox", Needs: []action.Need{outside}, Run: p.servers}, button: safe.Const("Servers"), fits: account, right: look},
		{Action: action.Action{ID: "account.addresses", Title: "Add, verify or remove a further address of the mailbox", Needs: []action.Need{idle}, Run: p.addresses}, button: safe.Const("Addresses"), fits: account, right: look},
		{Action: action.Action{ID: "account.transfer", Title: "Let the mailbox serve another inbox of the same kind", Run: p.transfer}, button: safe.Const("Other inbox"), fits: account, right: look},
		{Action: action.Action{ID: "inbox.merge", Title: "Merge the inbox into another shared one", Run: p.merge}, button: safe.Const("Merge into"), fits: p.fits("only shared inboxes are merged", func(b box) bool { return b.in.Member && b.in.Kind == desk.Shared }), right: look},
		{Action: action.Action{ID: "account.disconnect", Title: "Disconnect the mailbox", Keys: []string{"#"}, Risk: action.Asks, Run: p.disconnect}, button: safe.Const("Disconnect"), fits: account, right: look},
	}
	return append(append(list, p.glassVerbs()...),
		verb{Action: action.Action{ID: "account.connect", Title: "Connect a mailbox", Needs: []action.Need{wizard}, Run: p.connect}, button: safe.Const("Connect a mailbox")},
		verb{Action: action.Action{ID: "inbox.create", Title: "New inbox", Keys: []string{"c"}, Footer: "new inbox", Weight: 4, Run: p.create}, button: safe.Const("New inbox")})
}

// fits is the need of a certain thing under the cursor.
func (p *inboxes) fits(why string, is func(box) bool) action.Need {
	return action.When(why, func() bool { b, ok := p.marked(); return ok && is(b) })
}

// inbox is the inbox of what the cursor is on.
func (p *inboxes) inbox() (desk.InboxView, bool) {
	b, ok := p.marked()
	return b.in, ok
}

// mayConvert is the need of who may switch: of a shared one that is an admin.
func (p *inboxes) mayConvert(look action.Need) action.Need {
	return func(on action.Target) string {
		if b, ok := p.marked(); ok && b.in.Kind == desk.Shared && b.in.Rights.Configure && !p.s.state().Me.Admin() {
			return "only an admin can make a shared account personal"
		}
		return look(on)
	}
}

func (p *inboxes) pause(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, address := p.s.o.Desk, b.account.Address
	if b.account.State != desk.AccountPaused {
		return p.do(func(ctx context.Context) (safe.Text, error) {
			_, err := d.Pause(ctx, address)
			return safe.Sprintf("%s is paused: nothing is fetched, and its mail is held until P resumes it.", safe.Addr(address)), err
		})
	}
	return p.do(func(ctx context.Context) (safe.Text, error) {
		a, n, err := d.Resume(ctx, address)
		text := safe.Sprintf("%s works again.", safe.Addr(address))
		if a.State.NeedsPerson() {
			text = safe.Sprintf("%s is no longer paused, but it does not work until somebody signs it in.", safe.Addr(address))
		}
		if n > 0 {
			text = safe.Sprintf("%s Held mails that leave now: %s.", text, safe.Int(n))
		}
		return text, err
	})
}

// connect opens the wizard that connects a mailbox.
func (p *inboxes) connect(action.Target) tea.Cmd {
	kind := desk.InboxKind("")
	if b, ok := p.marked(); ok && b.account == nil {
		kind = b.in.Kind
	}
	return p.s.sh.Open(p.s.sh.Screens().Connect(p.s.sh, shell.Connecting{Kind: kind}))
}

// disconnect asks first. Where the cursor is then does not matter any more.
func (p *inboxes) disconnect(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, address := p.s.o.Desk, b.account.Address
	text := safe.Sprintf("%s will serve %s no more: nothing comes in and nothing leaves, and its password is forgotten. Its mail and conversations stay here, nothing changes on the mail server, and the address is free to be connected again.",
		safe.Addr(address), safe.Line(b.in.Name))
	if further := p.furtherOf(b.account.ID); len(further) > 0 {
		text = safe.Sprintf("%s So are its further addresses: %s; those that are verified come back when it is connected to the same inbox again and nobody has them by then.", text, safe.Join(", ", further...))
	}
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("disconnect"), text,
		shell.Option{Label: safe.Const("No, leave it connected")},
		shell.Option{Label: safe.Sprintf("Yes, disconnect %s", safe.Addr(address)), Run: func() tea.Cmd {
			return p.do(func(ctx context.Context) (safe.Text, error) {
				_, err := d.Disconnect(ctx, address)
				return safe.Sprintf("%s is disconnected; its address is free.", safe.Addr(address)), err
			})
		}}))
	return nil
}

// furtherOf are the further addresses of an account.
func (p *inboxes) furtherOf(id desk.AccountID) []safe.Text {
	var list []safe.Text
	for _, a := range p.further.list {
		if a.Account == id && a.Kind != desk.AddressPrimary {
			list = append(list, safe.Addr(a.Address))
		}
	}
	return list
}

// signIn asks for a new password and tries it before it is kept; who signs in at
// a provider is led there.
func (p *inboxes) signIn(action.Target) tea.Cmd {
	b, _ := p.marked()
	if b.account.OAuth != "" {
		return p.signInAtProvider(*b.account)
	}
	address, o := b.account.Address, p.s.o
	f := &form{
		title:   safe.Sprintf("Sign in again: %s", safe.Addr(address)),
		intro:   safe.Sprintf("The user name is %s. History, folders and everything else about the mailbox stay.", safe.Line(b.account.Username)),
		working: safe.Sprintf("Signing in to both servers of %s… esc stops", safe.Addr(address)),
		culprit: func(e *desk.Error) int {
			if e.Kind == desk.Denied || e.Kind == desk.Invalid {
				return 0
			}
			return -1
		},
	}
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("Password"), Hint: safe.Const("or an app password; it is stored sealed"), Secret: true}}
	f.fields.Buttons = []safe.Text{safe.Const("Sign in"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		password := v.typed[0]
		if password == "" {
			return result{}, &desk.Error{Kind: desk.Invalid, Code: "NO_PASSWORD", Message: "The password is needed to sign in."}
		}
		return result{text: safe.Sprintf("%s is signed in again.", safe.Addr(address))}, o.SignIn(ctx, address, password)
	}
	return p.s.open(f)
}

// The fields of a new inbox.
const (
	newName = iota
	newKind
)

// create asks for the name and the kind of a new inbox.
func (p *inboxes) create(action.Target) tea.Cmd {
	d := p.s.o.Desk
	f := &form{
		title:   safe.Const("New inbox"),
		intro:   safe.Const("An inbox is where conversations live. A mailbox is connected to it afterwards."),
		working: safe.Const("Making the inbox…"),
		culprit: func(e *desk.Error) int {
			if e.Code == "NAME_IN_USE" || e.Code == "BAD_NAME" {
				return newName
			}
			return newKind
		},
	}
	kinds := []widget.Choice{
		{Label: safe.Const("personal"), Hint: safe.Const("only you see it")},
		{Label: safe.Const("shared"), Hint: safe.Const("members work on it together")},
	}
	if !p.s.state().Me.Admin() {
		kinds = kinds[:1]
		kinds[0].Hint = safe.Const("only you see it; shared ones are made by admins")
	}
	f.fields.Rows = []widget.FormRow{
		newName: {Label: safe.Const("Name"), Hint: safe.Const("such as: support")},
		newKind: {Label: safe.Const("Type"), Choices: kinds},
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		kind := []desk.InboxKind{desk.Personal, desk.Shared}[v.chosen[newKind]]
		in, err := d.CreateInbox(ctx, v.text(newName), kind)
		return result{text: safe.Sprintf("The inbox %s is there; no mailbox is connected yet.", safe.Line(in.Name))}, err
	}
	return p.s.open(f)
}
