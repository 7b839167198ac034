package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postroom/desk"
)

func testSearch(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := fullMail()
	m.Text, m.Quoted, m.Subject = "Please refund the duvet", "the secretquote", "Müller's invoice"
	m.Auto.Kind = desk.AutoNone
	a := w.arrive(w.support.ID, m).Conversation
	b := w.arrive(w.support.ID, mail("2@x", "bob@other.test", "Invoices late", "the late train was late")).Conversation
	_, err := w.ben.AddNote(w.ctx, b, "refund her anyway")
	w.ok(err)
	for line, want := range map[string][]desk.ConversationID{
		"refund ":                  {a, b},
		"refunds ":                 {a, b},
		"invoice ":                 {a, b},
		"muller ":                  {a},
		"invo":                     {a, b},
		"i":                        nil,
		"refund duvet ":            {a},
		"refund train ":            nil, // in the note and in the mail, not in one of them
		`"late train"`:             {b},
		`"train late"`:             nil,
		"secretquote ":             nil,
		"pdf ":                     {a},
		"subject:refund":           nil,
		"subject:invoices":         {a, b},
		"from:ann":                 {a},
		"from:ann@x.test":          {a},
		"from:@x.test":             {a},
		"from:@test":               nil,
		"from:nn@x.test":           nil,
		"from:@other.test":         {b},
		"to:bo@x.test":             {a},
		"to:bcc@x.test":            {a},
		"refund -duvet ":           {b},
		"-duvet ":                  {b},
		"duvet OR train ":          {a, b},
		"(duvet OR train) -late ":  {a},
		"duvet OR is:closed ":      {a},
		"-(duvet OR train) ":       nil,
		"from:@x.test OR train ":   {a, b},
		"-from:@x.test":            {b},
		"refund is:open ":          {a, b},
		"refund is:closed ":        nil,
		"refund #1 ":               {a},
		"zzz #1 ":                  nil,
		"from:@x.test #1 ":         {a},
		"signature ":               nil,
		"ann ":                     {a},
		"refund inbox:sales ":      nil,
		"refund inbox:support ":    {a, b},
		"refund has:attachment ":   {a},
		"refund assignee:nobody ":  {a, b},
		"refund is:owed is:unread": {a, b},
	} {
		viewer := w.ben
		w.want(line, w.query(viewer, line), want)
	}
	w.ok(w.ben.MarkRead(w.ctx, a, desk.FirstMessageID(1<<40)))
	w.want("unread", w.query(w.ben, "refund is:unread"), []desk.ConversationID{b})
	w.want("unread of another", w.query(w.maya, "refund is:unread"), []desk.ConversationID{a, b})
}

func testQueries(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	old := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	w.clock.forward(72 * time.Hour)
	taken := w.arrive(w.support.ID, mail("2@x", "ann@x.test", "Hi", "two")).Conversation
	closed := w.arrive(w.sales.ID, mail("3@x", "ann@x.test", "Hi", "three")).Conversation
	_, err := w.ben.Take(w.ctx, []desk.ConversationID{taken})
	w.ok(err)
	_, err = w.ben.Close(w.ctx, []desk.ConversationID{closed})
	w.ok(err)
	for line, want := range map[string][]desk.ConversationID{
		"":                            {old, taken, closed},
		"is:open":                     {old, taken},
		"is:open is:closed":           nil,
		"is:closed":                   {closed},
		"-is:closed":                  {old, taken},
		"is:spam":                     nil,
		"is:assigned":                 {taken},
		"is:unassigned":               {old, closed},
		"is:unassigned is:open":       {old},
		"assignee:ben":                {taken},
		"assignee:me":                 {taken},
		"assignee:maya":               nil,
		"-assignee:me":                {old, closed},
		"assignee:me OR is:closed":    {taken, closed},
		"assignee:me assignee:maya":   nil,
		"older:2d":                    {old},
		"newer:2d":                    {taken, closed},
		"newer:1y older:1h":           {old},
		"inbox:sales":                 {closed},
		"inbox:sales inbox:support":   nil,
		"-inbox:sales":                {old, taken},
		"#1":                          {old},
		"#1 #2":                       nil,
		"#1 OR #2":                    {old, taken},
		"#1 is:closed":                nil,
		"#99":                         nil,
		"has:attachment":              nil,
		"is:owed":                     {old, taken, closed},
		"is:unread -is:owed":          nil,
		"(is:closed OR older:1d) #1":  {old},
		"-(is:closed OR older:1d)":    {taken},
		"- & is:closed":               {closed},
		"is:open (older:1d OR #2) hi": {old, taken},
	} {
		w.want(line, w.query(w.ben, line), want)
	}
	for _, line := range []string{"assignee:nobodyknown", "inbox:nowhere", "inbox:Ben"} {
		q, err := desk.ParseQuery(line)
		w.ok(err)
		_, err = w.maya.List(w.ctx, desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q}, desk.Window{})
		w.want(line, desk.KindOf(err), desk.Invalid)
	}
	// A view stays what it is: a query only takes away.
	q, err := desk.ParseQuery("is:closed OR is:open")
	w.ok(err)
	w.want("a query within a place", w.list(w.ben, desk.View{Place: desk.InClosed, Assigned: desk.Anybody, Sort: desk.ByWaiting, Query: q}), []desk.ConversationID{closed})
	q, err = desk.ParseQuery("is:owed assignee:me")
	w.ok(err)
	w.want("a query within nobody's", len(w.list(w.ben, desk.View{Place: desk.InOpen, Assigned: desk.Nobody, Sort: desk.ByWaiting, Query: q})), 0)
}

// testSearchPaging pages through a search whose conversations have many hits
// each, forward and back, and compares with one big window.
func testSearchPaging(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	var all []desk.ConversationID
	for i := range 40 {
		m := mail(fmt.Sprint(i, "@x"), "ann@x.test", "Hi", "word")
		if i >= 12 {
			m.References = []string{fmt.Sprint(i*7%12, "@x")}
		}
		if i%9 == 5 {
			m.Text = "nothing"
		}
		c := w.arrive(w.support.ID, m).Conversation
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	_, err := w.ben.AddNote(w.ctx, all[3], "a word")
	w.ok(err)
	q, err := desk.ParseQuery("word ")
	w.ok(err)
	v := desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q}
	p, err := w.ben.List(w.ctx, v, desk.Window{Limit: 100})
	w.ok(err)
	want := ids(p.Rows)
	w.want("found", []any{len(want), p.More, want[0]}, []any{12, false, all[3]})
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(1, 14).Draw(rt, "limit")
		if got := ids(w.pages(rt, w.ben, v, limit)); !slices.Equal(got, want) {
			rt.Fatalf("%v, want %v", got, want)
		}
		at := rapid.IntRange(0, len(want)-1).Draw(rt, "at")
		win := desk.Window{From: p.Rows[at].Cursor(v.Sort), Limit: limit}
		w.same(rt, w.ben, v, win, want[at+1:], false)
		win.Include = true
		w.same(rt, w.ben, v, win, want[at:], false)
		win.Back = true
		w.same(rt, w.ben, v, win, want[:at+1], true)
		win.Include = false
		w.same(rt, w.ben, v, win, want[:at], true)
	})
}
