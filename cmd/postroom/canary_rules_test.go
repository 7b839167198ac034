package main

// ruleIntrusions are what an intruder tries with the commands for rules and
// senders.
func ruleIntrusions(d *desktop, own string) map[string][][]string {
	private, team := canary("inbox", "personal"), canary("inbox", "shared")
	hers, theirs := canary("rule", "personal"), canary("rule", "shared")
	letter := d.write("rule.txt", "rule: x\nscope: inbox:"+team+"\nthen: close\n")
	all := map[string][][]string{
		"rule add": {
			{"rule", "add", "x", "--scope", "inbox:" + private, "--then", "close"},
			{"rule", "add", "x", "--scope", "inbox:" + team, "--then", "close"},
			{"rule", "add", "x", "--scope", "channel:" + canary("account", "shared") + "@desk.test", "--then", "close"},
			{"rule", "add", "x", "--scope", "inbox:" + own, "--then", "close", "--dry-run"},
		},
		"rule edit":        {{"rule", "edit", theirs, letter}},
		"rule history":     {{"rule", "history", hers}, {"rule", "history", theirs, "--json"}},
		"rule list":        {{"rule", "list"}, {"rule", "list", "--json"}, {"__complete", "rule", "show", ""}},
		"rule order":       {{"rule", "order", theirs, "1"}},
		"rule replay":      {{"rule", "replay"}, {"rule", "replay", "--json"}},
		"rule set":         {{"rule", "set", theirs, "--when", "x"}},
		"rule show":        {{"rule", "show"}, {"rule", "show", hers}, {"rule", "show", theirs, "--json"}},
		"rule webhook-key": {{"rule", "webhook-key", hers}, {"rule", "webhook-key", theirs, "--json"}, {"rule", "webhook-key", theirs, "--renew"}},
		"rule template":    {{"rule", "template"}},
		"sender list":      {{"sender", "list"}, {"sender", "list", "--json"}},
	}
	for _, verb := range []string{"disable", "enable", "remove"} {
		all["rule "+verb] = [][]string{{"rule", verb, hers}, {"rule", verb, theirs}}
	}
	all["neverlog add"] = [][]string{{"neverlog", "add", "b.test", "--desk"}, {"neverlog", "add", "b.test", "--past", "--dry-run"}}
	all["neverlog remove"] = [][]string{{"neverlog", "remove", canary("neverlog", "personal") + ".test"}, {"neverlog", "remove", "b.test", "--desk"}}
	all["neverlog list"] = [][]string{{"neverlog", "list"}, {"neverlog", "list", "--json"}}
	all["inbox logged"] = [][]string{{"inbox", "logged", private}, {"inbox", "logged", private, "--json"}, {"inbox", "logged", team}}
	all["inbox relog"] = [][]string{{"inbox", "relog", private}, {"inbox", "relog", team}}
	for _, verb := range []string{"allow", "deny", "forget"} {
		all["sender "+verb] = [][]string{{"sender", verb, "a@b.test", "--inbox", private}, {"sender", verb, "a@b.test", "--inbox", team}}
	}
	return all
}
