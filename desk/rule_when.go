package desk

import (
	"slices"
	"strings"
)

// The leaves that only a rule can ask: they look at one mail, as it comes in.
const (
	TermBody    Term = "body"    // in the new text, never in what is quoted or a signature
	TermHeader  Term = "header"  // NAME=words, or NAME alone for a field that is there
	TermExt     Term = "ext"     // an attachment's file name ends so
	TermType    Term = "type"    // an attachment's media type: application/pdf, or image for all of them
	TermLang    Term = "lang"    // the language of the new text, see [Language]
	TermAuth    Term = "auth"    // what the provider found of the sender: pass, fail or none
	TermChannel Term = "channel" // the address of ours that it came to
	TermOwner   Term = "owner"   // the login of who looks after the contact, or nobody
)

// What only a rule can ask a conversation to be.
const (
	IsNew   = "new"   // it began with this mail
	IsReply = "reply" // it was there before
	IsAuto  = "auto"  // a machine wrote this mail
	// Now is within the hours of the policy that counts, or is not.
	IsInHours  = "in-hours"
	IsOffHours = "off-hours"
)

// HasOpenDeal is what only a rule can ask a conversation to have.
const HasOpenDeal = "open-deal"

// ruleTerms are the operators only a rule has.
func ruleTerms() []string {
	return []string{string(TermBody), string(TermHeader), string(TermExt), string(TermType), string(TermLang), string(TermAuth), string(TermChannel), string(TermOwner)}
}

// listTerms are the operators only a list has, with the reason.
func listTerms() map[string]string {
	return map[string]string{
		string(TermOlder): "A rule that waits for time has it in its events, like: --on \"silent 3d\"",
		string(TermNewer): "A rule runs at the moment something happens: leave it out.",
	}
}

// ParseCondition reads what a rule asks: a line of the query language, with the
// operators only a rule has. Words without an operator are looked for in the
// subject and in the new text. An empty line is always true.
func ParseCondition(line string) (Query, error) {
	// The blank keeps the last word from being the beginning of one.
	q, err := parseQuery(line+" ", true)
	q.Source = line
	return q, err
}

// ruleOperator refuses an operator that belongs to lists in a rule, and one that
// belongs to rules in a list.
func (p *queryParser) ruleOperator(start int, name string) error {
	switch hint, list := listTerms()[name]; {
	case p.rule && list:
		return p.fail(start, hint, "A rule cannot ask %s:", name)
	case !p.rule && slices.Contains(ruleTerms(), name):
		return p.fail(start, "Look for the words without it.", "Only a rule can ask %s:, which looks at a mail as it comes in", name)
	default:
		return nil
	}
}

// ruleValue checks what an operator of rules was given.
func (p *queryParser) ruleValue(at int, e Expr) (*Expr, error) {
	switch e.Term {
	case TermBody:
		return p.wordsAfter(at, e)
	case TermHeader:
		return p.headerValue(at, e)
	case TermAuth:
		return p.choice(at, e, []string{"pass", "fail", "none"})
	case TermLang:
		return p.choice(at, e, Languages())
	case TermOwner:
		if e.Text, e.Phrase = FoldName(e.Text), false; e.Text == "none" {
			e.Text = toNobody
		}
	case TermExt:
		e.Text, e.Phrase = strings.TrimPrefix(FoldName(e.Text), "."), false
	case TermType:
		e.Text, e.Phrase = strings.TrimSuffix(strings.TrimSuffix(FoldName(e.Text), "*"), "/"), false
	case TermChannel:
		e.Text, e.Phrase = FoldAddress(e.Text), false
		if !strings.Contains(e.Text, "@") {
			return nil, p.fail(at, "For example: channel:help@acme.test", "%q is not an address", e.Text)
		}
	default:
	}
	if e.Text == "" || strings.ContainsFunc(e.Text, needsQuotes) {
		return nil, p.fail(at, "For example: "+exampleOf(string(e.Term)), "%q is nothing to look for", e.Text)
	}
	return &e, nil
}

// wordsAfter reads the words behind an operator that looks for some.
func (p *queryParser) wordsAfter(at int, e Expr) (*Expr, error) {
	if !e.Phrase {
		e = p.bare(e)
	}
	if e.Term == TermFrom || e.Term == TermTo {
		e.Text = strings.TrimPrefix(e.Text, "*") // as people write it: *@acme.test
	}
	found := p.words(e)
	if found == nil {
		return nil, p.fail(at, "For example: "+exampleOf(string(e.Term)), "There is no word in %q to look for", e.Text)
	}
	return found, nil
}

// headerValue reads NAME=value, where the value may be quoted, alone or with
// the name.
func (p *queryParser) headerValue(at int, e Expr) (*Expr, error) {
	if !e.Phrase && strings.HasSuffix(e.Text, "=") && p.at < len(p.in) && p.in[p.at] == '"' {
		e.Text += p.phrase()
	}
	name, value, asked := strings.Cut(e.Text, "=")
	name = strings.ToLower(strings.TrimSpace(strings.TrimSuffix(name, ":")))
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' } // RFC 5322 2.2
	if name == "" || strings.ContainsFunc(name, odd) {
		return nil, p.fail(at, "For example: "+exampleOf(string(TermHeader)), "%q is not the name of a header field", name)
	}
	e.Text = name
	if asked {
		if e.Text += "=" + strings.TrimSpace(value); wordingOf(value) == "" {
			return nil, p.fail(at, "For example: "+exampleOf(string(TermHeader)), "There is no word in %q to look for", value)
		}
	}
	e.Phrase = strings.ContainsFunc(e.Text, needsQuotes)
	return &e, nil
}

// checkLeaf refuses what a leaf can ask of a list and not of a rule.
func (p *queryParser) checkLeaf(at int, e *Expr) (*Expr, error) {
	switch {
	case e == nil || !p.rule:
		return e, nil
	case !e.answered():
		return nil, p.fail(at, "Leave it out.", "A rule cannot ask %s:", e.Term)
	case e.Term == TermNumber:
		return nil, p.fail(at, "Ask what the conversations have in common.", "A rule is not about one conversation")
	case e.Term == TermIs && e.Text == IsUnread:
		return nil, p.fail(at, "Leave it out.", "A rule cannot ask is:unread: that is another for each person")
	case e.Term == TermAssignee && e.Text == "me":
		return nil, p.fail(at, "Name somebody, like: assignee:maya", "A rule is nobody's: it has no %q", "me")
	case e.Term == TermTeam && FoldName(e.Text) == "mine":
		return nil, p.fail(at, "Name one, like: team:billing", "A rule is in no team")
	default:
		return e, nil
	}
}

// answered reports whether a rule can tell what a leaf asks.
func (e Expr) answered() bool {
	switch e.Term {
	case TermText, TermSubject, TermBody, TermFrom, TermTo, TermHas, TermExt, TermType, TermHeader, TermLang, TermAuth, TermChannel, TermOwner,
		TermInbox, TermAssignee, TermTeam, TermStage, TermPipeline, TermDue, TermSLA, TermTag, TermPriority, TermContact, TermCompany, TermIs, TermNumber:
		return true
	default:
		return false
	}
}
