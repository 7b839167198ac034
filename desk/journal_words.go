package desk

import (
	"encoding/json"
	"fmt"
	"strings"
)

// called are the names of all there are, and of who has left.
type called struct {
	users map[UserID]string
	teams map[TeamID]string
}

// tell puts names into an entry in place of the numbers that the journal keeps,
// because names change.
func (k called) tell(e *Entry) {
	in := valueIn
	switch e.Kind {
	case EventAssigned:
		in = k.holderIn
	case EventOwnerChanged:
		in = k.userIn
	case EventUndone:
		in = k.undoneIn
	case EventRouted:
		in = k.routedIn
	case EventJoined:
		in = numberIn
	case EventAddressAdded, EventAddressRemoved, EventAddressVerified:
		in = addressIn
	case EventNotified:
		in = notifiedIn
	case EventServersSet:
		in = serversIn
	case EventConverted, EventTransferred:
		in = conversionIn
	case EventAccountDisconnected:
		if k.departed(e) {
			return
		}
	case EventStage, EventTicketMade, EventMoved, EventMovedAway, EventMerged, EventSplit:
		in = ticketWords
	case EventLogged:
		in = loggedIn
	case EventNeverLogSet, EventNeverLogRemoved:
		in = neverLogIn
	case EventGlassBroken, EventGlassOver:
		in = glassIn
	case EventSignedOff:
		in = signatureIn
	case EventRepaired:
		in = repairedIn
	case EventPolicySet, EventPolicyRemoved:
		in = policyIn
	default:
	}
	e.Was, e.Is = in(e.Before), in(e.After)
}

func (k called) holderIn(raw json.RawMessage) string {
	var a Assignment
	if json.Unmarshal(raw, &a) != nil {
		return valueIn(raw)
	}
	return a.Words(k.users, k.teams)
}

// userIn is a user who stands there by his number.
func (k called) userIn(raw json.RawMessage) string {
	var id UserID
	if json.Unmarshal(raw, &id) != nil {
		return valueIn(raw)
	}
	return Assignment{User: id}.Words(k.users, k.teams)
}

// undoneIn is what an undo has brought back. Of all that is undone only who has
// a conversation is kept by a number, or by one under "user", and only whom one is logged with by one
// under "contact".
func (k called) undoneIn(raw json.RawMessage) string {
	var id UserID
	var form struct {
		User *UserID `json:"user"`
	}
	if json.Unmarshal(raw, &id) == nil && len(raw) > 0 && string(raw) != "null" || json.Unmarshal(raw, &form) == nil && form.User != nil {
		return k.holderIn(raw)
	}
	var logged struct {
		Contact *ContactID `json:"contact"`
	}
	if json.Unmarshal(raw, &logged) == nil && logged.Contact != nil {
		return loggedIn(raw)
	}
	return conversionIn(raw)
}

// routedIn is whom a routing has found.
func (k called) routedIn(raw json.RawMessage) string {
	var found Routed
	if len(raw) == 0 || json.Unmarshal(raw, &found) != nil {
		return valueIn(raw)
	}
	if found.Waits {
		return "nobody yet: it waits for the first who can have it"
	}
	return Assignment{User: found.User, Team: found.Team}.Words(k.users, k.teams)
}

// numberIn is a conversation that stands there by its number.
func numberIn(raw json.RawMessage) string {
	var id ConversationID
	if len(raw) == 0 || json.Unmarshal(raw, &id) != nil || id == 0 {
		return valueIn(raw)
	}
	return fmt.Sprintf("#%d", id)
}

func loggedIn(raw json.RawMessage) string {
	var l LogState
	if len(raw) == 0 || json.Unmarshal(raw, &l) != nil {
		return valueIn(raw)
	}
	return l.words()
}

func neverLogIn(raw json.RawMessage) string {
	var n NeverLogState
	if len(raw) == 0 || json.Unmarshal(raw, &n) != nil {
		return valueIn(raw)
	}
	if n.Scope == NeverMail {
		return n.Address + ", with all mail that names it"
	}
	return n.Address
}

// policyIn is a policy with what it asks by word. What it asks by number is told
// by how many those are.
func policyIn(raw json.RawMessage) string {
	var p PolicyState
	if len(raw) == 0 || json.Unmarshal(raw, &p) != nil || p.Name == "" {
		return valueIn(raw)
	}
	words := []string{fmt.Sprintf("%s, version %d", p.Name, p.Version)}
	if p.Terms.Off {
		words = append(words, "off")
	}
	for _, key := range PolicyKeys() {
		if goal, ok := p.Goals[key]; ok {
			words = append(words, string(key)+"="+goal)
		}
	}
	var priorities []string
	for _, level := range p.Terms.For.Priorities {
		priorities = append(priorities, level.String())
	}
	for _, asks := range []struct {
		key  PolicyKey
		list []string
	}{{PolicyPriorities, priorities}, {PolicyTags, p.Terms.For.Tags}} {
		if len(asks.list) > 0 {
			words = append(words, string(asks.key)+"="+strings.Join(asks.list, ","))
		}
	}
	for _, asks := range []struct {
		n         int
		one, many string
	}{{len(p.Terms.For.Inboxes), "inbox", "inboxes"}, {len(p.Terms.For.Companies), "company", "companies"}, {len(p.Terms.For.Pipelines), "pipeline", "pipelines"}} {
		if asks.n > 0 {
			words = append(words, fmt.Sprintf("for %d %s", asks.n, plural(asks.n, asks.one, asks.many)))
		}
	}
	return strings.Join(words, ", ")
}

func repairedIn(raw json.RawMessage) string {
	var d Repaired
	if len(raw) == 0 || json.Unmarshal(raw, &d) != nil {
		return valueIn(raw)
	}
	return fmt.Sprintf("%d fetched, %d known again, %d marked as gone, %d given a message", d.Fetched, d.Known, d.Gone, d.Parsed)
}

func notifiedIn(raw json.RawMessage) string {
	var n Notified
	if len(raw) == 0 || json.Unmarshal(raw, &n) != nil {
		return valueIn(raw)
	}
	return strings.TrimSuffix(n.Who+": "+n.Text, ": ")
}

// departure is what the inbox an account leaves keeps of where it goes: which
// inbox that is may be no business of who works there.
type departure struct {
	As EventKind `json:"as"` // [EventConverted] or [EventTransferred]
	To InboxKind `json:"to"`
}

// departed tells an account that went to another inbox as what was done, in the
// inbox it has left: it was not disconnected.
func (k called) departed(e *Entry) bool {
	var to departure
	if len(e.After) == 0 || json.Unmarshal(e.After, &to) != nil || to.As == "" {
		return false
	}
	e.Kind, e.Was, e.Is = to.As, valueIn(e.Before)+" in this inbox", fmt.Sprintf("in another inbox, a %s one; its mail until then stays here", to.To)
	return true
}

// signatureIn tells how a sign-off has ended; doctor --history has its points.
func signatureIn(raw json.RawMessage) string {
	var s signature
	if len(raw) == 0 || json.Unmarshal(raw, &s) != nil {
		return valueIn(raw)
	}
	words := fmt.Sprintf("%d of %d points are well", SignOff{Points: s.Points}.Passed(), len(s.Points))
	if s.Note != "" {
		words += ": " + s.Note
	}
	return words
}
