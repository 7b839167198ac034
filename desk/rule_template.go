package desk

import (
	"slices"
	"strings"
)

// RuleTemplate is a rule that comes with the program. What is in capitals in
// its text is to be filled in.
type RuleTemplate struct {
	Name, Says string
	Text       RuleText
}

// RuleTemplates are those there are (row S250).
func RuleTemplates() []RuleTemplate {
	return []RuleTemplate{
		{
			Name: "invoice-to-finance", Says: "What speaks of an invoice goes to whoever looks after money.",
			Text: RuleText{Name: "invoices to finance", Scope: "inbox:INBOX", On: "created", When: "invoice* OR bill OR billing OR has:attachment subject:payment", Then: []string{"assign WHO", "tag invoice"}},
		},
		{
			Name: "customer-first", Says: "All mail from one company goes to the same person.",
			Text: RuleText{Name: "customer first", Scope: "inbox:INBOX", On: "created", When: "from:DOMAIN", Then: []string{"assign WHO", "priority high"}},
		},
		{
			Name: "newsletters-away", Says: "Newsletters and lists are closed as they come in.",
			Text: RuleText{Name: "newsletters away", Scope: "inbox:INBOX", On: "created", When: "header:list-unsubscribe is:auto", Then: []string{"tag newsletter", "close", "stop"}},
		},
		{
			Name: "forged", Says: "What the provider found forged is marked.",
			Text: RuleText{Name: "forged", Scope: "inbox:INBOX", On: "received", When: "auth:fail", Then: []string{"tag forged", "priority low"}},
		},
		{
			Name: "silent-follow-up", Says: "What the customer has not answered for three days is closed.",
			Text: RuleText{Name: "silent for three days", Scope: "inbox:INBOX", On: "silent 3d", When: "is:open", Then: []string{"tag no-answer", "close"}},
		},
	}
}

// FillRule gives the rule of a template with what is in capitals filled in, by
// its word: INBOX, WHO, DOMAIN.
func FillRule(name string, values map[string]string) (RuleText, error) {
	all := RuleTemplates()
	at := slices.IndexFunc(all, func(t RuleTemplate) bool { return t.Name == FoldName(name) })
	if at < 0 {
		return RuleText{}, notFound("NO_SUCH_TEMPLATE", "See those there are with: postroom rule template", "There is no template %q.", name)
	}
	t := all[at].Text
	var missing []string
	fillIn := func(text *string) {
		words := strings.FieldsFunc(*text, func(r rune) bool { return r < 'A' || r > 'Z' })
		for _, w := range words {
			if w == "OR" {
				continue
			}
			value, ok := values[w]
			switch {
			case ok && value != "":
				*text = strings.ReplaceAll(*text, w, value)
			case !slices.Contains(missing, w):
				missing = append(missing, w)
			}
		}
	}
	t.Then = slices.Clone(t.Then)
	fillIn(&t.Scope)
	fillIn(&t.When)
	for i := range t.Then {
		fillIn(&t.Then[i])
	}
	if len(missing) > 0 {
		return t, invalid("TO_FILL_IN", "Write: postroom rule add --template "+name+" --fill "+strings.Join(missing, "=… --fill ")+"=…", "The template wants to know %s.", strings.Join(missing, " and "))
	}
	t.Enabled = true
	return t, nil
}
