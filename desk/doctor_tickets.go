package desk

// readTickets reads where the inboxes make tickets.
func (c *chart) readTickets(r Reader) error {
	c.tickets, c.adrift = map[InboxID]TicketsIn{}, map[InboxID]string{}
	for _, in := range c.inboxes {
		set, err := r.InboxSettings(in.ID)
		if err != nil {
			return err
		}
		c.tickets[in.ID] = set.Tickets
		if !set.Tickets.On() {
			continue
		}
		p, st, gone, err := set.Tickets.beginning(r)
		if err != nil {
			return err
		}
		if gone {
			c.adrift[in.ID] = p.StagePath(st.ID)
		}
	}
	return nil
}

func undecidedTickets(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		f.What = "Nobody has decided whether its conversations become tickets; until then they do not."
		f.Fix = c.byKeeper(in.ID, "inbox", "set", in.Name, "tickets="+NoTickets)
		return !c.tickets[in.ID].Decided() && len(c.accountsOf(in)) > 0
	})
}

func adriftTickets(c *chart) []Finding {
	return c.eachShared(func(in Inbox, f *Finding) bool {
		f.What = "The pipeline or stage its tickets are to begin in is gone; they begin in " + c.adrift[in.ID] + "."
		f.Fix = c.byKeeper(in.ID, "inbox", "set", in.Name, "tickets="+c.adrift[in.ID])
		return c.adrift[in.ID] != ""
	})
}
