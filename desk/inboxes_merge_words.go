package desk

import (
	"fmt"
	"strings"
)

// manyMerged is from how many conversations on a merge keeps others waiting for
// so long that they notice it.
const manyMerged = 2000

// Effects tell all a person has to know before an inbox goes into another one,
// the same on the screen and on the command line.
func (m InboxMerge) Effects() []Effect {
	list := []Effect{{"conversations", m.conversations()}, {"new mail", m.newMail()}}
	if len(m.Losing) > 0 {
		list = append(list, Effect{"lose access", names(m.Losing) + " no longer " + plural(len(m.Losing), "reads ", "read ") + "any of it, old or new."})
	}
	if len(m.Gaining) > 0 {
		list = append(list, Effect{"gain access", names(m.Gaining) + " will read all of it, old and new."})
	}
	if len(m.Losing)+len(m.Gaining) == 0 {
		list = append(list, Effect{"access", "The same people read it as before."})
	}
	if len(m.Adrift) > 0 {
		list = append(list, Effect{"assigned", m.adrift()})
	}
	if m.Tickets > 0 || len(m.Policies) > 0 {
		list = append(list, Effect{"tickets", m.tickets()})
	}
	if m.All >= manyMerged {
		list = append(list, Effect{"time", "It is one step, and nobody else can write until it is done: about six seconds for 50,000 conversations on SQLite, and as long for a tenth of them on PostgreSQL. Do it when nobody works."})
	}
	return append(list,
		Effect{"rules", m.ruleWords()},
		Effect{"routing", m.routingWords()},
		Effect{"settings", fmt.Sprintf("Name in From, signature, tickets and members are those of %q. What people want to hear goes along where they have chosen nothing there.", m.To.Name)},
		Effect{"mail server", "Nothing changes there, and no mail is fetched again."},
		Effect{"undo", m.undoing()})
}

func (m InboxMerge) conversations() string {
	text := fmt.Sprintf("%d %s, %d of them open, %s into %q with notes, answers and history",
		m.All, plural(m.All, "conversation", "conversations"), m.Open, plural(m.All, "goes", "go"), m.To.Name)
	if m.Tag != "" {
		text += ", tagged " + m.Tag
	}
	if m.Untagged > 0 {
		text += fmt.Sprintf(" (%d had no room for one more tag)", m.Untagged)
	}
	return text + fmt.Sprintf(". %q is gone then, and its name is free.", m.From.Name)
}

func (m InboxMerge) newMail() string {
	if len(m.Addresses) == 0 {
		return fmt.Sprintf("%q has no address.", m.From.Name)
	}
	var list []string
	for _, a := range m.Addresses {
		list = append(list, a.Address)
	}
	return fmt.Sprintf("What arrives at %s goes into %q, also what is fetched from before.", strings.Join(list, ", "), m.To.Name)
}

func (m InboxMerge) adrift() string {
	var list []string
	for _, a := range m.Adrift {
		list = append(list, fmt.Sprintf("%s (%d open)", a.User.Name, a.Open))
	}
	return fmt.Sprintf("%s %s not answer in %q, so nobody has these any more.", strings.Join(list, ", "), plural(len(list), "does", "do"), m.To.Name)
}

func (m InboxMerge) tickets() string {
	text := fmt.Sprintf("%d open %s number, stage and clocks.", m.Tickets, plural(m.Tickets, "ticket keeps its", "tickets keep their"))
	if len(m.Policies) > 0 {
		text += fmt.Sprintf(" The %s %s only for %q: what counts for %q comes in %s place.", plural(len(m.Policies), "policy", "policies"),
			strings.Join(m.Policies, ", ")+plural(len(m.Policies), " is", " are"), m.From.Name, m.To.Name, plural(len(m.Policies), "its", "their"))
	}
	return text
}

func (m InboxMerge) ruleWords() string {
	if len(m.Rules) == 0 {
		return "There are none to take along."
	}
	var parts []string
	if len(m.Addresses) > 0 {
		parts = append(parts, fmt.Sprintf("%s %s along and %s for mail to these addresses only.", strings.Join(m.Rules, ", "), plural(len(m.Rules), "goes", "go"), plural(len(m.Rules), "counts", "count")))
	}
	for _, r := range m.Idle {
		parts = append(parts, fmt.Sprintf("%s is turned off: %s.", r.Name, strings.TrimSuffix(r.Why, ".")))
	}
	return strings.Join(parts, " ")
}

func (m InboxMerge) routingWords() string {
	var list []string
	for _, u := range m.Routing {
		list = append(list, u.Address)
	}
	text := fmt.Sprintf("New conversations find somebody as in %q.", m.To.Name)
	if len(list) > 0 {
		text = fmt.Sprintf("New conversations with %s find somebody as before.", strings.Join(list, ", "))
	}
	if m.Unrouted {
		text += fmt.Sprintf(" Where the routing chooses people who may not answer in %q, that of %q counts.", m.To.Name, m.To.Name)
	}
	return text
}

// undoing says that there is no undo, and what the way back is.
func (m InboxMerge) undoing() string {
	text := "It cannot be undone. The way back is a new inbox, account transfer, and conversation move"
	if m.Tag != "" {
		return text + " of those tagged " + m.Tag + "."
	}
	return text + "; with a tag you would know which they were."
}
