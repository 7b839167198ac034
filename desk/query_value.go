package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// operators are what stands before a colon in this version.
func operators() []string {
	return []string{"is", "has", "assignee", "inbox", "from", "to", "subject", "older", "newer", "team", "tag", "priority", "contact", "company", "stage", "pipeline", "ticket", "due", "sla"}
}

// termTicket is another way to write a number.
const termTicket Term = "ticket"

// operated reads the value of an operator.
func (p *queryParser) operated(start int, name string) (*Expr, error) {
	if err := p.ruleOperator(start, name); err != nil {
		return nil, err
	}
	known := operators()
	if p.rule {
		known = append(known, ruleTerms()...)
	}
	if !slices.Contains(known, name) {
		hint := "Put it in quotes to look for the word."
		if near, ok := nearest(name, known); ok {
			hint = "Did you mean " + near + ":?"
		}
		return nil, p.fail(start, hint, "There is no %s:", name)
	}
	at := p.at
	e := Expr{Term: Term(name)}
	if p.at < len(p.in) && p.in[p.at] == '"' {
		e.Text, e.Phrase = p.phrase(), true
	} else {
		e.Text = p.word()
	}
	if e.Text == "" {
		return nil, p.fail(start, "For example: "+exampleOf(name), "There is nothing after %s:", name)
	}
	found, err := p.value(at, e)
	if err != nil {
		return nil, err
	}
	return p.checkLeaf(at, found)
}

// value checks what an operator was given.
func (p *queryParser) value(at int, e Expr) (*Expr, error) {
	switch e.Term {
	case TermFrom, TermTo, TermSubject:
		return p.wordsAfter(at, e)
	case TermIs:
		words := []string{IsOpen, IsSnoozed, IsClosed, IsSpam, IsTrash, IsUnassigned, IsAssigned, IsUnread, IsOwed, IsTicket}
		if p.rule {
			words = append(words, IsNew, IsReply, IsAuto, IsInHours, IsOffHours)
		} else {
			words = append(words, IsFalling) // a rule runs on an event, and nothing happens then
		}
		return p.choice(at, e, words)
	case TermHas:
		if FoldName(e.Text) == "attachments" {
			e.Text = "attachment"
		}
		words := []string{"attachment"}
		if p.rule {
			words = append(words, HasOpenDeal)
		}
		return p.choice(at, e, words)
	case TermOlder, TermNewer:
		e.Text, e.Phrase = strings.ToLower(e.Text), false
		if _, _, ok := ageOf(e.Text); !ok {
			return nil, p.fail(at, "Use a number and h, d, w, m or y, like "+string(e.Term)+":2d", "%q is not an age", e.Text)
		}
		return &e, nil
	case TermDue:
		e.Text, e.Phrase = strings.ToLower(e.Text), false
		if _, _, ok := dueOf(e.Text); !ok {
			return nil, p.fail(at, "Use < or >, a number and m (minutes), h, d or w, like due:<1h", "%q is no time ahead", e.Text)
		}
		return &e, nil
	case TermSLA:
		return p.choice(at, e, []string{SLAOverdue, SLASoon, SLAMet, SLAMissed})
	case TermAssignee:
		e.Text, e.Phrase = FoldName(e.Text), false
		if e.Text == "none" {
			e.Text = "nobody"
		}
		e.Phrase = strings.ContainsFunc(e.Text, needsQuotes)
		return &e, nil
	case TermBody, TermHeader, TermExt, TermType, TermLang, TermAuth, TermChannel, TermOwner:
		return p.ruleValue(at, e)
	case TermTag:
		tags, err := ParseTags([]string{e.Text})
		if err != nil {
			return nil, p.fail(at, "For example: "+exampleOf("tag"), "%q is no tag", e.Text)
		}
		e.Text, e.Phrase = tags[0], false
		return &e, nil
	case TermPriority:
		prio, err := ParsePriority(e.Text)
		if err != nil {
			return nil, p.fail(at, "There is none, low, medium, high and urgent.", "%q is no priority", e.Text)
		}
		e.Text, e.Phrase, e.ID = prio.String(), false, int64(prio)
		return &e, nil
	case termTicket:
		id, ok := numberOf("#" + strings.TrimPrefix(e.Text, "#"))
		if !ok {
			return nil, p.fail(at, "For example: "+exampleOf(string(e.Term)), "%q is not the number of a ticket", e.Text)
		}
		return &Expr{Term: TermNumber, ID: id}, nil
	default: // inbox, team, stage, pipeline
		e.Phrase = strings.ContainsFunc(e.Text, needsQuotes)
		return &e, nil
	}
}

func needsQuotes(r rune) bool { return isGap(r) || r == '(' || r == ')' }

// choice holds a value to a few words.
func (p *queryParser) choice(at int, e Expr, words []string) (*Expr, error) {
	e.Text, e.Phrase = FoldName(e.Text), false
	if slices.Contains(words, e.Text) {
		return &e, nil
	}
	hint := "There is " + string(e.Term) + ":" + strings.Join(words, ", "+string(e.Term)+":") + "."
	if near, ok := nearest(e.Text, words); ok {
		hint = "Did you mean " + string(e.Term) + ":" + near + "?"
	}
	return nil, p.fail(at, hint, "There is no %s:%s", e.Term, e.Text)
}

func exampleOf(name string) string {
	switch Term(name) {
	case TermIs:
		return "is:open"
	case TermHas:
		return "has:attachment"
	case TermAssignee:
		return "assignee:me"
	case TermInbox:
		return "inbox:support"
	case TermTeam:
		return "team:billing"
	case TermTag:
		return "tag:refund"
	case TermPriority:
		return "priority:high"
	case TermOlder, TermNewer:
		return name + ":2d"
	case TermStage:
		return `stage:"waiting on us"`
	case TermPipeline:
		return "pipeline:support"
	case termTicket:
		return "ticket:4473"
	case TermDue:
		return "due:<1h"
	case TermSLA:
		return "sla:overdue"
	case TermSubject:
		return `subject:"late invoice"`
	case TermBody:
		return "body:refund"
	case TermHeader:
		return "header:List-Id=announce"
	case TermExt:
		return "ext:pdf"
	case TermType:
		return "type:image"
	case TermChannel:
		return "channel:help@acme.test"
	case TermContact:
		return "contact:ann@acme.test"
	case TermCompany:
		return "company:acme.test"
	case TermOwner:
		return "owner:maya"
	default:
		return name + ":@acme.test"
	}
}

// ageOf reads 2d, 12h, 3w, 6m, 1y.
func ageOf(s string) (n int, unit byte, ok bool) {
	if len(s) < 2 || !strings.ContainsRune("hdwmy", rune(s[len(s)-1])) || s[0] < '0' || s[0] > '9' {
		return 0, 0, false
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	return n, s[len(s)-1], err == nil && n <= 10000
}

// dueOf reads <1h, >2d, 30m: how far ahead the end of a clock lies at most, or
// with > at least.
func dueOf(s string) (more bool, ahead time.Duration, ok bool) {
	s, more = strings.CutPrefix(s, ">")
	if !more {
		s = strings.TrimPrefix(s, "<")
	}
	if len(s) < 2 || s[0] < '0' || s[0] > '9' {
		return false, 0, false
	}
	unit, ok := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[s[len(s)-1]]
	n, err := strconv.Atoi(s[:len(s)-1])
	return more, time.Duration(n) * unit, ok && err == nil && n <= 10000
}

// DueAfter reports whether a due: asks for what is due later than its time.
func (e Expr) DueAfter() bool {
	more, _, _ := dueOf(e.Text)
	return more
}

// nearest is the word that differs least, if any is near enough to be meant.
func nearest(s string, words []string) (string, bool) {
	best, least := "", 3
	for _, w := range words {
		d := distance(s, w)
		if strings.HasPrefix(w, s) && len(s) > 1 {
			d = min(d, 1)
		}
		if d < least && d < len(w) {
			best, least = w, d
		}
	}
	return best, best != ""
}

// distance counts the letters to change, add or leave out (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
