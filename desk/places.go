package desk

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A text somebody writes once for many mails has places: {{agent.name}} is
// whoever writes the mail.

// places are what stands in the places of a text for one author and inbox.
func places(author User, in Inbox) map[string]string {
	name := oneLine(author.Name)
	first, _, _ := strings.Cut(name, " ")
	return map[string]string{"agent.name": name, "agent.first": first, "inbox.name": oneLine(in.Name)}
}

// fill puts what stands in the places into a text. A name that looks like a
// place stays a name: each part of the text is looked at once.
func fill(text string, values map[string]string) string {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(text, "{{")
		name, after, closed := strings.Cut(rest, "}}")
		value, known := values[strings.TrimSpace(name)]
		b.WriteString(before)
		switch {
		case !open:
			return b.String()
		case closed && known:
			b.WriteString(value)
			text = after
		default:
			b.WriteString("{{")
			text = rest
		}
	}
}

// checkPlaces refuses a text with a place that is never filled: a customer
// would read the braces.
func checkPlaces(text string) error {
	known := slices.Sorted(maps.Keys(places(User{}, Inbox{})))
	for i, name := range known {
		known[i] = "{{" + name + "}}"
	}
	none := make(map[string]string, len(known))
	for _, name := range known {
		none[strings.Trim(name, "{}")] = ""
	}
	if left := fill(text, none); strings.Contains(left, "{{") || strings.Contains(left, "}}") {
		return invalid("BAD_PLACE", "There are: "+strings.Join(known, ", "), "%q has braces around something that is not known.", Snippet(text, 60))
	}
	return nil
}

// cleanLines is a text somebody has chosen, with LF line ends and nothing
// behind its last word; false when something in it is no text.
func cleanLines(text string) (string, bool) {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\n")
	odd := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	return text, utf8.ValidString(text) && !strings.ContainsFunc(text, odd)
}
