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

// copyKey asks where to, and saves the key there. It is never shown: a screen is
// recorded, shared and scrolled back.
func (p *backup) copyKey(action.Target) tea.Cmd {
	o := p.s.o
	f := &form{
		title: safe.Const("Save a copy of the key"),
		intro: safe.Const("Whoever has the key and a backup reads the passwords of all accounts, so keep the two apart. The file lies on the machine postroom runs on, and only its owner can read it; the journal tells who made it."),
		culprit: func(e *desk.Error) int {
			if e.Code == "FILE_EXISTS" || e.Code == "UNWRITABLE_FILE" {
				return 0
			}
			return -1
		},
	}
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("File"), Hint: safe.Const("such as /media/stick/postroom.key; it must not be there yet")}}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		file := v.text(0)
		if file == "" {
			return result{}, &desk.Error{Kind: desk.Invalid, Code: "UNWRITABLE_FILE", Message: "There is no file named.", Hint: "Say where the key is to be saved."}
		}
		return result{text: safe.Sprintf("The key is in %s now.", safe.Line(file))}, o.CopyKey(ctx, file)
	}
	return p.s.open(f)
}

// keyCost is what a new key would cost, or why there is none.
type keyCost struct {
	lost desk.NewKey
	err  error
}

// newKey finds out what a new key would cost before it asks for one.
func (p *backup) newKey(action.Target) tea.Cmd {
	o := p.s.o
	return shell.Do(p.s.sh, func(ctx context.Context) (desk.NewKey, error) {
		lost, _, err := o.NewKey(desk.Rehearse(ctx))
		return lost, err
	}, func(lost desk.NewKey, err error) tea.Msg { return keyCost{lost, err} })
}

func (p *backup) keyCost(c keyCost) tea.Cmd {
	if c.err != nil {
		return p.s.sh.Fail(c.err)
	}
	o := p.s.o
	p.s.sure(p, safe.Const("Begin a new key?"),
		safe.Sprintf("Only if the old one is on no machine any more: nobody can open then what was sealed with it. %s Mail, history and settings stay.", keyLost(c.lost)),
		safe.Const("Begin a new key"), func(ctx context.Context) (result, error) {
			_, file, err := o.NewKey(ctx)
			return result{text: safe.Sprintf("The key is %s now.", safe.Line(file))}, err
		})
	return nil
}

// keyLost says who has to sign in again, and what has to be set up again, after
// the key was lost.
func keyLost(lost desk.NewKey) safe.Text {
	var addresses []safe.Text
	others := 0
	for _, a := range lost.Accounts {
		if a.Address == "" {
			others++
			continue
		}
		addresses = append(addresses, safe.Addr(a.Address))
	}
	text := safe.Const("No account has to sign in again.")
	if len(addresses) > 0 {
		text = safe.Sprintf("To be signed in again: %s.", safe.Join(", ", addresses...))
	}
	if others > 0 {
		text = safe.Sprintf("%s Personal accounts of others, who sign them in again: %s.", text, safe.Int(others))
	}
	if len(lost.Providers) > 0 {
		var names []safe.Text
		for _, n := range lost.Providers {
			names = append(names, safe.Line(n))
		}
		text = safe.Sprintf("%s Providers to be set up again first: %s.", text, safe.Join(", ", names...))
	}
	return text
}
