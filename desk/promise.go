package desk

// sayPromises says of each shared inbox what is agreed for answers there (row
// S244).
func (f *fallings) sayPromises(views []InboxView) error {
	for i := range views {
		v := &views[i]
		p, ok := promised(f.policies, v.ID)
		if !v.Member || v.Kind != Shared || !ok {
			continue
		}
		set, err := f.r.InboxSettings(v.ID)
		if err != nil {
			return err
		}
		// A policy for whatever is a ticket promises nothing where there are none.
		if set.Tickets.On() || len(p.For.Inboxes) > 0 {
			v.Promise = p.promise()
		}
	}
	return nil
}

// promise is the policy's goal for answers in words, of the first one if it has
// one; empty when it has none.
func (t PolicyTerms) promise() string {
	what := "first answer"
	g, ok := t.goal(ClockFirstResponse)
	if !ok {
		what = "answer"
		if g, ok = t.goal(ClockNextResponse); !ok {
			return ""
		}
	}
	text := what + " within " + shortTime(g.Time)
	if g.Calendar != 0 {
		text += " of work"
	}
	return text
}
