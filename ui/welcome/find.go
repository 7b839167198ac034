package welcome

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
)

// left does what follows from leaving a field. What somebody has typed stays.
func (f *form) left(field int) tea.Cmd {
	var look tea.Cmd
	if field == inAddress {
		f.suggestName()
		look = f.look()
	}
	f.fill()
	if f.typedBoth() && f.offer.From == "" {
		f.remark = safe.Text{} // that nobody knows them is of no interest any more
	}
	return look
}

func (f *form) typedBoth() bool { return f.fields.Value(inIMAP) != "" && f.fields.Value(inSMTP) != "" }

// look begins to look for the servers of the address. Whoever has typed both
// asks nobody.
func (f *form) look() tea.Cmd {
	address := f.fields.Value(inAddress)
	if address == f.asked {
		return nil
	}
	f.finding.Drop()
	f.asked, f.offer, f.remark = address, Servers{}, safe.Text{}
	f.withdraw()
	if !isAddress(address) || f.typedBoth() {
		return nil
	}
	f.remark = safe.Sprintf("Looking for the mail servers of %s…", safe.Addr(address))
	find := f.outside.Find
	return f.finding.Ask(f.sh.Context(), func(ctx context.Context) (Servers, error) { return find(ctx, address) })
}

// found takes the servers, or says why there are none.
func (f *form) found(msg tea.Msg) {
	servers, err, ok := f.finding.Take(msg)
	if !ok {
		return
	}
	if err != nil {
		why := safe.Line(err.Error())
		var e *desk.Error
		if errors.As(err, &e) {
			why = safe.Line(e.Message)
		}
		f.remark = safe.Sprintf("%s Type them; your mail provider's help pages name them.", why)
		return
	}
	f.offer = servers
	f.remark = safe.Sprintf("The servers are found: %s. %s", safe.Line(servers.From), safe.Line(servers.Note))
	f.fill()
}

// offered are the fields with what has been found for them.
func (f *form) offered() map[int]string {
	all := map[int]string{inIMAP: f.offer.IMAP, inSMTP: f.offer.SMTP}
	if f.offer.Username != f.asked {
		all[inUser] = f.offer.Username
	}
	return all
}

// fill puts what has been found into fields that are empty, once, and never
// into the one that is just being written in.
func (f *form) fill() {
	for field, value := range f.offered() {
		if row := &f.fields.Rows[field]; value != "" && f.filledIn[field] == "" && f.fields.Value(field) == "" && f.fields.At() != field {
			row.Field.Set(value)
			row.Problem, f.filledIn[field] = safe.Text{}, value
		}
	}
}

// withdraw takes back what was filled in for another address.
func (f *form) withdraw() {
	for field, value := range f.filledIn {
		if value != "" && f.fields.Value(field) == value {
			f.fields.Rows[field].Field.Erase()
		}
		f.filledIn[field] = ""
	}
}
