package desk

import (
	"path"
	"slices"
	"strings"
	"time"
)

// clause is a condition made ready to be asked: its words are folded.
type clause struct {
	Expr
	args  []clause
	words wording
	// whole are the words among them that may not go on.
	whole []string
	// name is that of the header field.
	name string
}

// compileClause makes a condition ready.
func compileClause(e Expr) clause {
	c := clause{Expr: e}
	for _, a := range e.Args {
		c.args = append(c.args, compileClause(a))
	}
	value := e.Text
	switch e.Term {
	case TermHeader:
		c.name, value, _ = strings.Cut(e.Text, "=")
	case TermFrom, TermTo:
		c.Text = FoldAddress(e.Text)
	case TermContact, TermCompany:
		c.Text = strings.TrimPrefix(FoldAddress(e.Text), "@")
	default:
	}
	c.words = wordingOf(value)
	c.whole = c.wholes()
	return c
}

// Asked is one condition of a rule, and how it was found.
type Asked struct {
	// Condition is its text.
	Condition string `json:"condition"`
	Held      bool   `json:"held"`
	// Saw is what it was asked of, shortened; empty where there is nothing to show.
	Saw string `json:"saw,omitempty"`
}

// trace notes what was asked; nil notes nothing.
type trace struct{ asked []Asked }

func (t *trace) note(c *clause, held bool, saw string) {
	t.asked = append(t.asked, Asked{c.print(false), held, Snippet(saw, 80)})
}

// holds asks a condition. What it decides nothing about any more is not asked.
func (c *clause) holds(f *facts, t *trace) bool {
	switch c.Term {
	case TermAnd:
		for i := range c.args {
			if !c.args[i].holds(f, t) {
				return false
			}
		}
		return true
	case TermOr:
		for i := range c.args {
			if c.args[i].holds(f, t) {
				return true
			}
		}
		return false
	case TermNot:
		return !c.args[0].holds(f, t)
	default:
		held := c.leafHolds(f)
		if t != nil {
			t.note(c, held, c.saw(f))
		}
		return held
	}
}

func (c *clause) leafHolds(f *facts) bool {
	switch c.Term {
	case TermText:
		return f.stands(c, spot{part: inSubject}) || f.stands(c, spot{part: inBody})
	case TermSubject:
		return f.stands(c, spot{part: inSubject})
	case TermBody:
		return f.stands(c, spot{part: inBody})
	case TermFrom:
		return c.names(f, f.senders(), spot{part: inFrom})
	case TermTo:
		return c.names(f, f.recipients(), spot{part: inTo})
	case TermHas:
		if c.Text == HasOpenDeal {
			return f.OpenDeal
		}
		return len(f.mail.Attachments) > 0
	case TermOwner:
		return orNone(f.Owner, toNobody) == c.Text
	case TermContact:
		return slices.Contains(f.Contact, c.Text)
	case TermCompany:
		return slices.Contains(f.Company, c.Text)
	case TermExt, TermType:
		return slices.ContainsFunc(f.mail.Attachments, c.attached)
	case TermHeader:
		if c.words == "" {
			return len(f.Headers[c.name]) > 0
		}
		return f.stands(c, spot{inField, c.name})
	case TermLang:
		return f.Language == c.Text
	case TermAuth:
		return f.Auth == c.Text
	case TermChannel:
		return slices.Contains(f.Channels, c.Text)
	case TermInbox:
		return f.Inbox == FoldName(c.Text)
	case TermAssignee:
		return orNone(f.Assignee, "nobody") == c.Text
	case TermTeam:
		return orNone(FoldName(f.Team), "none") == FoldName(c.Text)
	case TermTag:
		return slices.Contains(f.Tags, c.Text)
	case TermPriority:
		return f.Priority == Priority(c.ID)
	case TermStage:
		return f.inStage(c.Text)
	case TermPipeline:
		return f.Pipeline != "" && f.Pipeline == FoldName(c.Text)
	case TermDue:
		return f.isDue(c.Text)
	case TermSLA:
		return slices.Contains(f.SLA, c.Text)
	default: // is
		return f.is(c.Text)
	}
}

// names reports whether an address among them is meant, or else the words are
// those of somebody's name or address.
func (c *clause) names(f *facts, list []string, at spot) bool {
	if strings.Contains(c.Text, "@") {
		return slices.ContainsFunc(list, func(a string) bool { return addressIs(a, c.Text) })
	}
	return f.stands(c, at)
}

func (c *clause) attached(a Attachment) bool {
	if c.Term == TermExt {
		return strings.TrimPrefix(strings.ToLower(path.Ext(a.Filename)), ".") == c.Text
	}
	kind := strings.ToLower(a.ContentType)
	return kind == c.Text || strings.HasPrefix(kind, c.Text+"/")
}

func (f *facts) is(what string) bool {
	switch what {
	case IsNew:
		return f.Began
	case IsReply:
		return !f.Began
	case IsAuto:
		return f.Auto
	case IsOpen, IsSnoozed, IsClosed, IsSpam, IsTrash:
		return string(f.Place) == what
	case IsAssigned:
		return f.Assignee != "" || f.Team != ""
	case IsUnassigned:
		return f.Assignee == "" && f.Team == ""
	case IsOwed:
		return f.Owed
	case IsTicket:
		return f.Ticket
	case IsInHours:
		return !f.Off
	case IsOffHours:
		return f.Off
	default:
		return false
	}
}

// saw is what a leaf was asked of, for who wants to know why it held or not.
func (c *clause) saw(f *facts) string {
	switch c.Term {
	case TermText, TermSubject:
		return subjectOf(f.mail.Subject)
	case TermBody:
		return f.mail.Text
	case TermFrom:
		return strings.Join(f.senders(), ", ")
	case TermTo:
		return strings.Join(f.recipients(), ", ")
	case TermOwner:
		return orNone(f.Owner, toNobody)
	case TermContact:
		return orNone(strings.Join(f.Contact, ", "), "no contact")
	case TermCompany:
		return orNone(strings.Join(f.Company, ", "), "no company")
	case TermHas, TermExt, TermType:
		if c.Text == HasOpenDeal && c.Term == TermHas {
			return ""
		}
		var files []string
		for _, a := range f.mail.Attachments {
			files = append(files, a.Filename+" ("+a.ContentType+")")
		}
		return orNone(strings.Join(files, ", "), "no attachment")
	case TermHeader:
		return orNone(strings.Join(f.Headers[c.name], ", "), "no such field")
	case TermLang:
		return orNone(f.Language, "not clear")
	case TermAuth:
		return f.Auth
	case TermChannel:
		return strings.Join(f.Channels, ", ")
	case TermInbox:
		return f.Inbox
	case TermAssignee:
		return orNone(f.Assignee, "nobody")
	case TermTeam:
		return orNone(f.Team, "none")
	case TermTag:
		return orNone(strings.Join(f.Tags, ", "), "no tags")
	case TermPriority:
		return f.Priority.String()
	case TermStage, TermPipeline:
		return orNone(strings.Trim(f.Pipeline+"/"+f.Stage, "/"), "no ticket")
	case TermDue:
		if f.Due.IsZero() {
			return "no clock runs"
		}
		return f.Due.Format(time.RFC3339)
	case TermSLA:
		return orNone(strings.Join(f.SLA, ", "), "no clock is so")
	default:
		return ""
	}
}

func orNone(text, none string) string {
	if text == "" {
		return none
	}
	return text
}
