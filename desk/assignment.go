package desk

import "encoding/json"

// Assignment is who has a conversation: a user, a team, both, or nobody.
type Assignment struct {
	User UserID
	Team TeamID
	// Reason is why it was given on, in the words of who did it; it is kept with
	// the event and shown there.
	Reason string
}

// Assignment is who has the conversation.
func (c Conversation) Assignment() Assignment { return Assignment{User: c.Assignee, Team: c.Team} }

// to reports whether two assignments are to the same.
func (a Assignment) to(b Assignment) bool { return a.User == b.User && a.Team == b.Team }

// assignmentForm is how an assignment with a team or a reason is kept.
type assignmentForm struct {
	User   UserID `json:"user"`
	Team   TeamID `json:"team,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// MarshalJSON keeps a user alone as his number, as journals have always had it.
func (a Assignment) MarshalJSON() ([]byte, error) {
	if a.Team == 0 && a.Reason == "" {
		return json.Marshal(a.User)
	}
	return json.Marshal(assignmentForm(a))
}

// UnmarshalJSON reads both forms.
func (a *Assignment) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		return json.Unmarshal(b, (*assignmentForm)(a))
	}
	*a = Assignment{}
	return json.Unmarshal(b, &a.User)
}

// Words says who that is, and why: Maya, Billing, Maya of Billing, or nobody;
// Maya: she knows the customer.
func (a Assignment) Words(users map[UserID]string, teams map[TeamID]string) string {
	if a.Reason != "" {
		return a.who(users, teams) + ": " + a.Reason
	}
	return a.who(users, teams)
}

func (a Assignment) who(users map[UserID]string, teams map[TeamID]string) string {
	user, team := users[a.User], teams[a.Team]
	if a.User != 0 && user == "" {
		user = "somebody who is gone"
	}
	if a.Team != 0 && team == "" {
		team = "a team that is gone"
	}
	switch {
	case a.User != 0 && a.Team != 0:
		return user + " of " + team
	case a.User != 0:
		return user
	case a.Team != 0:
		return team
	default:
		return "nobody"
	}
}
