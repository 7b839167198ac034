package main

import (
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
)

// accessForm is a row of the matrix: for each right, why he has it; empty for
// one he has not.
type accessForm struct {
	person

	Rights map[desk.Right][]string `json:"rights"`
	Flag   string                  `json:"flag"`
}

func accessOf(list desk.InboxAccess) []accessForm {
	rows := []accessForm{}
	for _, a := range list.Users {
		f := accessForm{person: personOf(a.User), Rights: map[desk.Right][]string{}, Flag: a.Flag}
		for _, what := range desk.AllRights() {
			f.Rights[what] = reasons(a, what)
		}
		rows = append(rows, f)
	}
	return rows
}

func reasons(a desk.Access, what desk.Right) []string {
	list := []string{}
	for _, why := range a.From[what] {
		list = append(list, why.String())
	}
	return list
}

// showAccess prints who can do what in an inbox and where each right comes
// from, and what is odd about it.
func (p *program) showAccess(list desk.InboxAccess) {
	p.print.say(safe.Text{})
	columns := []column{{title: safe.Const("WHO")}}
	for _, what := range desk.AllRights() {
		columns = append(columns, column{title: safe.Line(strings.ToUpper(string(what)))})
	}
	columns = append(columns, column{title: safe.Const("NOTE"), gives: true})
	var rows [][]safe.Text
	for _, a := range list.Users {
		row := []safe.Text{safe.Line(a.User.Login)}
		for _, what := range desk.AllRights() {
			cell := safe.Const("-")
			if why := reasons(a, what); len(why) > 0 {
				cell = safe.Line(strings.Join(why, ", "))
			}
			row = append(row, cell)
		}
		rows = append(rows, append(row, safe.Line(a.Flag)))
	}
	p.print.table(columns, rows)
	for _, t := range list.EmptyTeams {
		p.print.remark(safe.Sprintf("Nobody is in the team %s, which was let in.", safe.Line(quoted(t))))
	}
}
