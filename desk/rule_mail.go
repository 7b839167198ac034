package desk

// messageVerbs write, tell and call.
func messageVerbs() []ruleVerb { return nil }
