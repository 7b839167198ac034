package desk

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A mailbox connected as the wrong kind is found out late: a team reads one
// person's mail, or a queue lies where nobody but one sees it. So before an
// account is connected its address and its newest mail are looked at (rows S13,
// S54, S126). Nothing here decides: what looks wrong is told in numbers, and
// somebody has to say that it is right.

// What every way to connect a mailbox says about it.
const (
	NothingImported  = "Nothing is imported before the mailbox is connected."
	FirstSyncIsQuiet = "The first sync sends no mail and changes nothing on the mail server."
)

// Traffic is what a look at the newest mail of a mailbox has counted.
type Traffic struct {
	// Looked is how many mails of INBOX were looked at, Conversations how many
	// they make by what they answer (a mail that answers one which was not looked
	// at counts as one of its own), Automatic how many of them no person has
	// written: newsletters, lists, bounces, our own.
	Looked, Conversations, Automatic int
	// Loggable are the mails looked at that a personal inbox may log on a contact:
	// all that say who wrote them but bounces and other reports about mail.
	Loggable int
	// Colleagues, Regulars and Strangers are the other mails: from addresses
	// of the mailbox's own domain, from others who wrote three times or more,
	// and from those who wrote once or twice.
	Colleagues, Regulars, Strangers int
	// People is how many different addresses wrote the mails of people.
	People int
	// Sent is how many sent mails were looked at, Names how many different
	// names stand in front of the address in them.
	Sent, Names int
}

// Human is how many of the mails looked at were written by people.
func (t Traffic) Human() int { return t.Looked - t.Automatic }

// regular is how many mails of somebody in a look make him a correspondent:
// few customers write so often.
const regular = 3

// TrafficOf counts mails of a mailbox. Of each only who wrote to whom, what it
// answers, and Auto are looked at. company tells whether the domain of the address is that of the people
// who work there, and not that of a provider with millions of them.
func TrafficOf(address string, company bool, inbox, sent []Mail) Traffic {
	t := Traffic{Looked: len(inbox), Conversations: conversationsIn(inbox, sent), Sent: len(sent)}
	own := FoldAddress(address)
	domain := own[strings.LastIndexByte(own, '@')+1:]
	wrote := map[string]int{}
	for i := range inbox {
		from := author(&inbox[i])
		if from != "" && inbox[i].makesContact() {
			t.Loggable++
		}
		if from == "" || from == own || inbox[i].Auto.Kind != AutoNone {
			t.Automatic++
			continue
		}
		wrote[from]++
	}
	t.People = len(wrote)
	for from, n := range wrote {
		switch {
		case company && strings.HasSuffix(from, "@"+domain):
			t.Colleagues += n
		case n >= regular:
			t.Regulars += n
		default:
			t.Strangers += n
		}
	}
	names := map[string]bool{}
	for i := range sent {
		if from := sent[i].From; len(from) > 0 && from[0].Name != "" {
			names[FoldName(from[0].Name)] = true
		}
	}
	t.Names = len(names)
	return t
}

// conversationsIn counts the conversations that the mails of INBOX make when
// they come in together with those of Sent: by the rule of [Desk.place], as far
// as headers tell.
func conversationsIn(inbox, sent []Mail) int {
	all := slices.Concat(sent, inbox)
	holder, at := make([]int, len(all)), map[string]int{}
	for i := range all {
		holder[i] = i
		if id := all[i].MessageID; id != "" {
			at[id] = i
		}
	}
	root := func(i int) int {
		for holder[i] != i {
			holder[i] = holder[holder[i]]
			i = holder[i]
		}
		return i
	}
	for i := range all {
		for _, id := range answered(all[i]) {
			if k, ok := at[id]; ok && (i < len(sent) || takesPart(&all[k], author(&all[i]))) {
				holder[root(i)] = root(k)
				break
			}
		}
	}
	found := map[int]bool{}
	for i := len(sent); i < len(all); i++ {
		found[root(i)] = true
	}
	return len(found)
}

// takesPart reports whether somebody wrote a mail or was written to by it.
func takesPart(m *Mail, who string) bool {
	return slices.ContainsFunc(slices.Concat(m.From, m.To, m.Cc), func(b Mailbox) bool { return FoldAddress(b.Addr) == who })
}

// author is the folded address of who wrote a mail; empty when it names nobody.
func author(m *Mail) string {
	if len(m.From) == 0 {
		return ""
	}
	return FoldAddress(m.From[0].Addr)
}

// enough is how many mails of people, or sent ones, tell something about a
// mailbox.
const enough = 20

// circle is how many people make mail that goes to and fro private: when one
// or two write everything, it may be a machine or a test.
const circle = 3

// answerers is how many names in sent mail make a mailbox one of several people.
const answerers = 3

// RoleDoubts tells in whole sentences why an address may be the wrong one for
// an inbox of this kind; none when nothing speaks against it. The zero Traffic
// is that of a mailbox nobody has looked at. The names are those of people of
// the desk.
func RoleDoubts(kind InboxKind, address string, t Traffic, names ...string) []string {
	var doubts []string
	say := func(format string, args ...any) { doubts = append(doubts, fmt.Sprintf(format, args...)) }
	local, _, _ := strings.Cut(address, "@")
	switch kind {
	case Shared:
		if looksLikeAPerson(local, names) {
			say("%s looks like the address of a person; in a shared inbox the whole team reads it.", address)
		}
		if known := t.Colleagues + t.Regulars; t.Human() >= enough && t.People >= circle && known > t.Strangers {
			say("It is full of mail between people who know each other: of %d mails from people %d are from colleagues and %d from others who write often.",
				t.Human(), t.Colleagues, t.Regulars)
		}
	case Personal:
		if looksLikeATeam(local) {
			say("%s looks like the address of a team; in a personal inbox only you see it.", address)
		}
		if t.Human() >= enough && t.People >= enough && t.Strangers*10 >= t.Human()*7 {
			say("It looks like a queue: %d mails from people came from %d addresses, %d of them from somebody who wrote once or twice.",
				t.Human(), t.People, t.Strangers)
		}
		if t.Sent >= enough && t.Names >= answerers {
			say("Several people answer from it: %d sent mails bear %d different names.", t.Sent, t.Names)
		}
	}
	return doubts
}

// RoleUnlikely refuses to go on with doubts nobody has confirmed; nil where
// there are none. The hint is the command line's.
func RoleUnlikely(doubts []string) error {
	if len(doubts) == 0 {
		return nil
	}
	return conflict("ROLE_UNLIKELY", "Choose an inbox of the other kind, or say that it is right with --yes.", "%s", strings.Join(doubts, " "))
}

// looksLikeATeam tells whether the local part of an address is what teams are
// called, alone or as a part of it.
func looksLikeATeam(local string) bool {
	return slices.ContainsFunc(wordsOf(local), func(w string) bool {
		if slices.Contains(teamWords, w) {
			return true
		}
		return slices.ContainsFunc(teamStems, func(s string) bool { return strings.HasPrefix(w, s) || strings.HasSuffix(w, s) })
	})
}

// looksLikeAPerson tells whether the local part is what people are called: a
// given name, the name of somebody of the desk, or two words none of which is
// a team's.
func looksLikeAPerson(local string, names []string) bool {
	words := wordsOf(local)
	if len(words) == 0 || looksLikeATeam(local) {
		return false
	}
	if slices.Contains(givenNames, words[0]) {
		return true
	}
	if slices.ContainsFunc(names, func(name string) bool { return calledAfter(local, name) }) {
		return true
	}
	// max.mustermann and m.mustermann; one letter twice is no name.
	return len(words) == 2 && len(words[1]) > 1 && strings.ContainsAny(local, "._")
}

// calledAfter reports whether the local part begins with somebody's given name,
// or is all of the name.
func calledAfter(local, name string) bool {
	words, parts := wordsOf(local), wordsOf(name)
	return len(words) > 0 && len(parts) > 0 && (parts[0] == words[0] || strings.Join(parts, "") == strings.Join(words, ""))
}

// wordsOf takes a local part or a name apart, without what stands behind a
// plus, folded.
func wordsOf(s string) []string {
	s, _, _ = strings.Cut(strings.ToLower(s), "+")
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}
