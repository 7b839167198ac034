package desk

// AskRules prepares rules and gives what asks them about a mail that has begun a
// conversation, as when it comes in, but for what the database knows. It says
// how many match.
func AskRules(rules []Rule) func(Mail) int {
	b := newRuleSet(1, rules).bucket(OnCreated, Inbox{ID: 1, Kind: Shared})
	return func(m Mail) int {
		f := &facts{situation: situation{Inbox: "support", Began: true, Place: InOpen}, mail: m}
		f.readMail(b)
		matched := 0
		for _, p := range b.candidates(f) {
			if p.matches(f, nil) {
				matched++
			}
		}
		return matched
	}
}
