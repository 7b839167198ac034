package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postroom/desk"
)

// A query becomes three things: a narrower view (so that an index range is
// shorter), a full text expression (so that hits are walked), and predicates
// for what is left. Words from outside only ever become arguments.

// pred is a piece of SQL with its arguments; the zero pred is true.
type pred struct {
	text string
	args []any
}

func (p pred) and(o pred) pred {
	switch {
	case p.text == "":
		return o
	case o.text == "":
		return p
	}
	return pred{p.text + " AND " + o.text, append(slices.Clone(p.args), o.args...)}
}

// compiled is a view with its query taken apart.
type compiled struct {
	view   desk.View
	places []desk.Place
	// never says that nothing can match.
	never bool
	// tag is one that leads to the conversations by its own index; "" when none
	// does.
	tag string
	// only is the one conversation the query names.
	only desk.ConversationID
	// match is the full text part, without the inboxes; hit are predicates on
	// the message m that was hit.
	match string
	hit   pred
	// where are predicates on the conversation c, as its row rd for the viewer.
	where pred
	// among are the ids of the few conversations that the list is taken from;
	// empty for all.
	among pred
}

func (ft *fullText) compile(v desk.View) (compiled, error) {
	q := compiled{view: v, places: []desk.Place{v.Place}}
	if v.Place == "" {
		q.places = desk.Places()
		if v.Query.Expr == nil || !asksForTrash(*v.Query.Expr) {
			q.places = slices.DeleteFunc(q.places, func(p desk.Place) bool { return p == desk.InTrash })
		}
	}
	if v.Query.Expr == nil {
		return q, nil
	}
	conjuncts := []desk.Expr{*v.Query.Expr}
	if v.Query.Expr.Term == desk.TermAnd {
		conjuncts = v.Query.Expr.Args
	}
	var matches, without []string
	for _, e := range conjuncts {
		if q.narrow(e) {
			continue
		}
		if few, ok := withCustomer(e); ok && q.among.text == "" {
			q.among = few
			continue
		}
		if m, ok := ft.withoutOf(e); ok {
			without = append(without, m)
			continue
		}
		if m, hit, ok := ft.matchOf(e); ok {
			if m != "" {
				matches = append(matches, m)
			}
			q.hit = q.hit.and(hit)
			continue
		}
		p, err := ft.predicate(e)
		if err != nil {
			return q, err
		}
		q.where = q.where.and(p)
	}
	q.match = strings.Join(matches, ft.and)
	if q.match == "" {
		q.where, q.hit = q.where.and(hitOnly(q.hit)), pred{}
	}
	if q.match != "" || q.only != 0 || q.tag != "" {
		q.where, q.among = q.where.and(isAmong(q.among)), pred{} // those are fewer
	}
	ft.leaveOut(&q, without)
	return q, nil
}

// asksForTrash reports whether a query over all places finds also what was
// thrown away: only when it says so, or names a conversation.
func asksForTrash(e desk.Expr) bool {
	return e.Term == desk.TermIs && e.Text == desk.IsTrash || e.Term == desk.TermNumber || slices.ContainsFunc(e.Args, asksForTrash)
}

// narrow makes the view itself narrower, if the condition is of that kind.
func (q *compiled) narrow(e desk.Expr) bool {
	switch {
	case e.Term == desk.TermIs && e.Text == desk.IsOpen:
		q.place(desk.InOpen)
	case e.Term == desk.TermIs && e.Text == desk.IsClosed:
		q.place(desk.InClosed)
	case e.Term == desk.TermIs && e.Text == desk.IsSpam:
		q.place(desk.InSpam)
	case e.Term == desk.TermIs && e.Text == desk.IsSnoozed:
		q.place(desk.InSnoozed)
	case e.Term == desk.TermIs && e.Text == desk.IsTrash:
		q.place(desk.InTrash)
	case e.Term == desk.TermIs && e.Text == desk.IsUnassigned && q.view.Team == 0 && (q.view.Assigned == desk.Anybody || q.view.Assigned == desk.Nobody):
		q.view.Assigned = desk.Nobody
	case e.Term == desk.TermAssignee && e.ID > 0 && (q.view.Assigned == desk.Anybody || q.view.Assigned == desk.Assigned(e.ID)):
		q.view.Assigned = desk.Assigned(e.ID)
	case e.Term == desk.TermIs && e.Text == desk.IsOwed && q.view.Sort == desk.ByWaiting:
		q.view.Owed = true
	case e.Term == desk.TermInbox && e.ID != 0 && (q.view.Inbox == 0 || q.view.Inbox == desk.InboxID(e.ID)):
		q.view.Inbox = desk.InboxID(e.ID)
	case e.Term == desk.TermTeam && e.ID > 0 && (q.view.Team == 0 && q.view.Assigned != desk.Nobody || q.view.Team == desk.TeamID(e.ID)):
		q.view.Team = desk.TeamID(e.ID)
	case e.Term == desk.TermTag && q.tag == "" && (q.view.Sort == desk.ByWaiting || q.view.Sort == desk.ByNewest):
		q.tag = e.Text // the index of tags has these two orders
	case e.Term == desk.TermNumber && (q.only == 0 || q.only == desk.ConversationID(e.ID)):
		q.only = desk.ConversationID(e.ID)
	default:
		return false
	}
	return true
}

// withoutOf is the word that a condition wants in no message.
func (ft *fullText) withoutOf(e desk.Expr) (match string, ok bool) {
	if e.Term != desk.TermNot || len(e.Args) != 1 {
		return "", false
	}
	match, hit, ok := ft.matchOf(e.Args[0])
	return match, ok && match != "" && hit.text == ""
}

// leaveOut takes away conversations in which a word occurs. Where hits are
// walked, the index itself leaves out messages with the word, and only the
// conversation's other messages have to be asked.
func (ft *fullText) leaveOut(q *compiled, without []string) {
	if len(without) == 0 {
		return
	}
	none := "(" + strings.Join(without, ft.or) + ")"
	other := ""
	if q.match != "" && q.only == 0 {
		q.match = "((" + q.match + ")" + ft.without + none + ")"
		other = " AND m.id <> s.rowid"
	}
	p := ft.hasHit(none, pred{}, other)
	q.where = q.where.and(pred{"NOT " + p.text, p.args})
}

func (q *compiled) place(p desk.Place) {
	q.never = q.never || !slices.Contains(q.places, p)
	q.places = []desk.Place{p}
}

// field is where a word is looked for: anywhere but in what marks the inbox, or
// in one field of a message.
type field int

const (
	inAll field = iota
	inSubject
	inSender
	inRecipients
)

// fieldOf is the field of a term that looks for words.
func fieldOf(t desk.Term) (f field, ok bool) {
	switch t {
	case desk.TermText:
		return inAll, true
	case desk.TermSubject:
		return inSubject, true
	case desk.TermFrom:
		return inSender, true
	case desk.TermTo:
		return inRecipients, true
	default:
		return inAll, false
	}
}

// matchOf turns an expression of words into the language of the index, if it
// is one: leaves, and their ands and ors. A word without a letter or digit
// matches everything, because the index knows no such word. Addresses are held
// to the message's sender besides, which ors cannot express.
func (ft *fullText) matchOf(e desk.Expr) (match string, hit pred, ok bool) {
	if e.Term == desk.TermAnd || e.Term == desk.TermOr {
		parts := make([]string, 0, len(e.Args))
		for _, a := range e.Args {
			m, h, ok := ft.matchOf(a)
			if !ok || e.Term == desk.TermOr && (h.text != "" || m == "") {
				return "", pred{}, false
			}
			hit = hit.and(h)
			if m != "" {
				parts = append(parts, m)
			}
		}
		if len(parts) == 0 {
			return "", hit, true
		}
		joint := ft.and
		if e.Term == desk.TermOr {
			joint = ft.or
		}
		return "(" + strings.Join(parts, joint) + ")", hit, true
	}
	in, ok := fieldOf(e.Term)
	if !ok {
		return "", pred{}, false
	}
	if e.Term == desk.TermFrom {
		hit = senderIs(e.Text)
	}
	if !strings.ContainsFunc(e.Text, isWord) {
		return "", hit, true
	}
	return ft.leaf(in, e.Text, e.Prefix && prefixable(e.Text)), hit, true
}

// isWord reports whether a character is part of a word in the index.
func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r)
}

// prefixable keeps single letters from meaning half of all words.
func prefixable(s string) bool { return utf8.RuneCountInString(s) >= 2 }

// senderIs holds a whole address, or a domain written @acme.test, to the
// sender itself; of anything else the words must do.
func senderIs(text string) pred {
	folded := desk.FoldAddress(text)
	at := strings.LastIndexByte(folded, '@')
	switch {
	case at < 0 || at == len(folded)-1:
		return pred{}
	case at == 0:
		return pred{"substr(m.sender, length(m.sender) - length(?) + 1) = ?", []any{folded, folded}}
	default:
		return pred{"m.sender = ?", []any{folded}}
	}
}

// predicate is a condition on the conversation c.
func (ft *fullText) predicate(e desk.Expr) (pred, error) {
	switch e.Term {
	case desk.TermAnd, desk.TermOr:
		return ft.jointPredicate(e)
	case desk.TermNot:
		if len(e.Args) != 1 {
			return pred{}, badQuery("a negation has one operand")
		}
		p, err := ft.predicate(e.Args[0])
		if p.text == "" {
			p.text = "1 = 1"
		}
		return pred{"NOT (" + p.text + ")", p.args}, err
	case desk.TermIs:
		return isPredicate(e.Text)
	case desk.TermHas:
		return pred{"c.attachments = 1", nil}, nil
	case desk.TermAssignee:
		if e.ID == 0 {
			return pred{}, badQuery("assignee:" + e.Text + " was not resolved")
		}
		return pred{"c.assignee = ?", []any{max(e.ID, 0)}}, nil
	case desk.TermInbox:
		if e.ID == 0 {
			return pred{}, badQuery("inbox:" + e.Text + " was not resolved")
		}
		return pred{"c.inbox = ?", []any{e.ID}}, nil
	case desk.TermTeam:
		return teamPredicate(e)
	case desk.TermTag:
		return hasTag(e.Text), nil
	case desk.TermPriority:
		// The index of priorities leaves out those that have none.
		if e.ID == int64(desk.NoPriority) {
			return pred{"c.priority = 0", nil}, nil
		}
		return pred{"(c.priority = ? AND c.priority <> 0)", []any{e.ID}}, nil
	case desk.TermContact, desk.TermCompany:
		few, ok := withCustomer(e)
		if !ok {
			return pred{}, badQuery(string(e.Term) + ":" + e.Text + " was not resolved")
		}
		return isAmong(few), nil
	case desk.TermStage, desk.TermPipeline:
		return stagePredicate(e)
	case desk.TermNumber:
		return pred{"c.id = ?", []any{e.ID}}, nil
	case desk.TermOlder:
		return pred{"c.last_at < ?", []any{e.Unix * 1000}}, nil
	case desk.TermNewer:
		return pred{"c.last_at >= ?", []any{e.Unix * 1000}}, nil
	case desk.TermDue:
		if e.DueAfter() {
			return pred{"c.due_at > ?", []any{e.Unix * 1000}}, nil
		}
		return pred{"(c.due_at > 0 AND c.due_at <= ?)", []any{e.Unix * 1000}}, nil
	case desk.TermSLA:
		return slaPredicate(e)
	case desk.TermWaits:
		return waitsPredicate(e), nil
	case desk.TermText, desk.TermSubject, desk.TermFrom, desk.TermTo:
		return ft.wordPredicate(e)
	default:
		return pred{}, badQuery("the term " + string(e.Term) + " is not known")
	}
}

func teamPredicate(e desk.Expr) (pred, error) {
	switch e.ID {
	case 0:
		return pred{}, badQuery("team:" + e.Text + " was not resolved")
	case desk.NoTeam:
		return pred{"c.team = 0", nil}, nil
	default:
		return pred{"c.team = ?", []any{e.ID}}, nil
	}
}

func hasTag(tag string) pred {
	return pred{"EXISTS (SELECT 1 FROM conversation_tags ct WHERE ct.conversation = c.id AND ct.tag = ?)", []any{tag}}
}

func badQuery(why string) error {
	return invalid("BAD_QUERY", "", "The query cannot be answered: %s.", why)
}

func (ft *fullText) jointPredicate(e desk.Expr) (pred, error) {
	var texts []string
	var all pred
	for _, a := range e.Args {
		p, err := ft.predicate(a)
		if err != nil {
			return pred{}, err
		}
		if p.text == "" {
			p.text = "1 = 1"
		}
		texts = append(texts, p.text)
		all.args = append(all.args, p.args...)
	}
	joint := " AND "
	if e.Term == desk.TermOr {
		joint = " OR "
	}
	all.text = "(" + strings.Join(texts, joint) + ")"
	return all, nil
}

// stagePredicate names one stage in a form that the index of stages answers.
func stagePredicate(e desk.Expr) (pred, error) {
	if len(e.IDs) == 0 {
		return pred{}, badQuery(string(e.Term) + ":" + e.Text + " was not resolved")
	}
	p := pred{"c.stage <> 0 AND c.stage = ?", []any{e.IDs[0]}}
	for _, id := range e.IDs[1:] {
		p.args = append(p.args, id)
	}
	if len(e.IDs) > 1 {
		p.text = "c.stage <> 0 AND c.stage IN (?" + strings.Repeat(", ?", len(e.IDs)-1) + ")"
	}
	return p, nil
}

func isPredicate(what string) (pred, error) {
	switch what {
	case desk.IsOpen, desk.IsSnoozed, desk.IsClosed, desk.IsSpam, desk.IsTrash:
		return pred{"c.place = ?", []any{what}}, nil
	case desk.IsUnassigned:
		return pred{"(c.assignee = 0 AND c.team = 0)", nil}, nil
	case desk.IsAssigned:
		return pred{"(c.assignee <> 0 OR c.team <> 0)", nil}, nil
	case desk.IsUnread:
		return pred{"c.last_in > coalesce(rd.up_to, 0)", nil}, nil
	case desk.IsTicket:
		return pred{"c.ticket <> 0", nil}, nil
	case desk.IsOwed:
		return pred{"c.rank < ?", []any{int64(desk.RankOwed)}}, nil
	default:
		return pred{}, badQuery("is:" + what + " is not known")
	}
}

// waitsPredicate asks since when a customer waits: the range of an index, as far
// as the order is that of waiting.
func waitsPredicate(e desk.Expr) pred {
	p := pred{"c.rank < ?", []any{e.Unix * 1000}}
	if len(e.IDs) == 0 {
		return p
	}
	in := pred{text: "c.inbox IN (?" + strings.Repeat(", ?", len(e.IDs)-1) + ")"}
	for _, id := range e.IDs {
		in.args = append(in.args, id)
	}
	p = in.and(p)
	p.text = "(" + p.text + ")"
	return p
}

// slaPredicate asks for how a clock of the conversation stands.
func slaPredicate(e desk.Expr) (pred, error) {
	stopped := `EXISTS (SELECT 1 FROM clocks k WHERE k.conversation = c.id AND k.told = ?)`
	switch e.Text {
	case desk.SLAOverdue:
		return pred{"(c.due_at > 0 AND c.due_at <= ?)", []any{e.Unix * 1000}}, nil
	case desk.SLASoon:
		return pred{"c.due_state = ?", []any{desk.ClockSoon}}, nil
	case desk.SLAMet:
		return pred{stopped, []any{desk.ClockMet}}, nil
	case desk.SLAMissed:
		return pred{stopped, []any{desk.ClockMissed}}, nil
	default:
		return pred{}, badQuery("sla:" + e.Text + " is not known")
	}
}

// wordPredicate asks a conversation for a word where words cannot lead: under
// a negation, or beside other things in an or.
func (ft *fullText) wordPredicate(e desk.Expr) (pred, error) {
	match, hit, _ := ft.matchOf(e)
	if match == "" {
		return hitOnly(hit), nil
	}
	return ft.hasHit(match, hit, ""), nil
}

// hasHit asks whether one message or note of the conversation matches.
func (ft *fullText) hasHit(match string, hit pred, other string) pred {
	text := strings.NewReplacer("OTHER", other, "HIT", andText(hit)).Replace(ft.hasWord)
	p := pred{text: text, args: append([]any{match}, hit.args...)}
	if hit.text == "" {
		p.text += ft.noteHasWord
		p.args = append(p.args, match)
	}
	p.text += ")"
	return p
}

func andText(p pred) string {
	if p.text == "" {
		return ""
	}
	return " AND " + p.text
}

// hitOnly asks for a message by its sender alone.
func hitOnly(hit pred) pred {
	if hit.text == "" {
		return pred{}
	}
	return pred{"EXISTS (SELECT 1 FROM messages m WHERE m.conversation = c.id AND " + hit.text + ")", hit.args}
}

// inScope is the full text expression limited to inboxes. There is none
// without it.
func (ft *fullText) inScope(match string, inboxes []desk.InboxID) string {
	tokens := make([]string, len(inboxes))
	for i, in := range inboxes {
		tokens[i] = scopeOf(in)
	}
	return ft.scope(tokens) + ft.and + match
}
