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
	account := action.When("no mailbox of yours is marked: move to one with j and k", func() bool { b, ok := p.marked(); return ok && b.account != nil && b.account.Address != "" })
	member := action.When("only who works in the inbox can test it", func() bool { b, ok := p.marked(); return ok && b.in.Member })
	awake := action.When("it is paused; P resumes it", func() bool { b, ok := p.marked(); return ok && b.account.State != desk.AccountPaused })
	idle := action.When("another test mail is under way", func() bool { return !p.trip.UnderWay() })
	there := action.When("no inbox of yours is marked: move to one with j and k", func() bool { b, ok := p.marked(); return ok && (b.in.Member || b.in.Kind == desk.Shared) })
	shared := action.When("a personal inbox has no members", func() bool { b, ok := p.marked(); return ok && b.in.Kind == desk.Shared })
	members := action.When("nobody was let in but the owner", func() bool { return len(p.grants()) > 0 })
	wizard := action.When("it is not possible here; use “postroom account connect”", func() bool { return p.s.sh.Screens().Connect != nil })
	pause, title := safe.Const("Pause"), "Pause or resume the mailbox"
	if b, ok := p.marked(); ok && b.account != nil && b.account.State == desk.AccountPaused {
		pause = safe.Const("Resume")
	}
	return []verb{
		{action.Action{ID: "account.signin", Title: "Sign in again", Needs: []action.Need{account}, Run: p.signIn}, safe.Const("Sign in again")},
		{action.Action{ID: "account.pause", Title: title, Keys: []string{"P"}, Needs: []action.Need{account}, Footer: "pause or resume", Weight: 5, Run: p.pause}, pause},
		{action.Action{ID: "inbox.change", Title: "Change the inbox: name, From, owner, deputy", Needs: []action.Need{there}, Run: p.change}, safe.Const("Change")},
		{action.Action{ID: "account.convert", Title: "Switch between personal and shared", Needs: []action.Need{account}, Run: p.convert}, safe.Const("Switch type")},
		{action.Action{ID: "inbox.test", Title: "Send a test mail, and follow it back", Needs: []action.Need{account, member, awake, idle}, Run: p.test}, safe.Const("Test mail")},
		{action.Action{ID: "member.add", Title: "Let somebody in, or change what he may", Needs: []action.Need{shared}, Run: p.letIn}, safe.Const("Let in")},
		{action.Action{ID: "member.remove", Title: "Take somebody out of the inbox", Needs: []action.Need{shared, members}, Risk: action.Asks, Run: p.takeOut}, safe.Const("Take out")},
		{action.Action{ID: "account.mailbox", Title: "Choose folders, cut-off and what is written back to the mailbox", Needs: []action.Need{account}, Run: p.mailbox}, safe.Const("Mailbox")},
		{action.Action{ID: "account.disconnect", Title: "Disconnect the mailbox", Keys: []string{"#"}, Needs: []action.Need{account}, Risk: action.Asks, Run: p.disconnect}, safe.Const("Disconnect")},
		{action.Action{ID: "account.connect", Title: "Connect a mailbox", Needs: []action.Need{wizard}, Run: p.connect}, safe.Const("Connect a mailbox")},
		{action.Action{ID: "inbox.create", Title: "New inbox", Keys: []string{"c"}, Footer: "new inbox", Weight: 4, Run: p.create}, safe.Const("New inbox")},
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
		_, n, err := d.Resume(ctx, address)
		text := safe.Sprintf("%s works again.", safe.Addr(address))
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
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("disconnect"), text,
		shell.Option{Label: safe.Const("No, leave it connected")},
		shell.Option{Label: safe.Sprintf("Yes, disconnect %s", safe.Addr(address)), Run: func() tea.Cmd {
			return p.do(func(ctx context.Context) (safe.Text, error) {
				return safe.Sprintf("%s is disconnected; its address is free.", safe.Addr(address)), d.Disconnect(ctx, address)
			})
		}}))
	return nil
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
	f.fields.Rows = []widget.FormRow{
		newName: {Label: safe.Const("Name"), Hint: safe.Const("such as: support")},
		newKind: {Label: safe.Const("Type"), Choices: []widget.Choice{
			{Label: safe.Const("personal"), Hint: safe.Const("only you see it")},
			{Label: safe.Const("shared"), Hint: safe.Const("members work on it together")},
		}},
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		kind := []desk.InboxKind{desk.Personal, desk.Shared}[v.chosen[newKind]]
		in, err := d.CreateInbox(ctx, v.text(newName), kind)
		return result{text: safe.Sprintf("The inbox %s is there; no mailbox is connected yet.", safe.Line(in.Name))}, err
	}
	return p.s.open(f)
}
