package desk

import "slices"

// workReferences are what gives tickets and goals to an inbox: a personal one
// has neither, so they go before it becomes one.
func workReferences(r Reader, in Inbox) ([]Reference, error) {
	set, err := r.InboxSettings(in.ID)
	if err != nil {
		return nil, err
	}
	var list []Reference
	if set.Tickets.On() {
		list = append(list, Reference{What: "set to make tickets", Name: in.Name, Remove: command("inbox", "set", in.Name, "tickets="+NoTickets)})
	}
	policies, err := r.Policies()
	for _, p := range policies {
		if slices.Contains(p.For.Inboxes, in.ID) {
			// Without its last inbox a policy would count for all.
			list = append(list, Reference{What: "a policy for it", Name: p.Name, Remove: command("sla", "remove", p.Name)})
		}
	}
	return list, err
}

// work says what becomes of routing, tickets and clocks.
func (c Converted) work() []Effect {
	moves, shared := c.History == HistoryMove, c.To.Kind == Shared
	routing := "The routing of " + quotedName(c.From) + " stays its own; nobody else is given what comes into a personal inbox."
	tickets := "The ticket setting and the policies of " + quotedName(c.From) + " stay its own, and clocks of its tickets run on; what comes into a personal inbox begins neither."
	switch {
	case moves && shared:
		routing = "Nobody is given a conversation by itself until inbox set " + string(SetRouting) + "= says who."
		tickets = "Conversations become no tickets, and no clock begins, until inbox set " + string(SetTickets) + "= says so."
	case moves:
		routing = "From then on nobody else is given a conversation of it."
		tickets = "What comes in from then on becomes no ticket. Tickets there are go along, and their clocks run on."
	case shared:
		routing = "New mail is given to whom the routing of " + quotedName(c.To) + " says."
		tickets = "New mail becomes a ticket, with its clocks, where " + quotedName(c.To) + " is set to make them."
	}
	return []Effect{{"routing", routing}, {"tickets", tickets}}
}

func quotedName(in Inbox) string { return "\"" + in.Name + "\"" }
