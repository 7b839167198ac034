package desk

import (
	"slices"
	"strings"
)

// Reference is something that counts on an account being shared, and has to go
// before it becomes personal (S18).
type Reference struct {
	// What it is: an alias, a send-as address, a rule, routed by a strategy.
	What string
	// Name is its address or name.
	Name string
	// Remove is the command that removes it, or lets it refer to the account no
	// more.
	Remove string
}

// references are all that refer to an account. Another kind of thing that can
// is one line here.
func references(r Reader, a Account) ([]Reference, error) {
	var list []Reference
	for _, of := range []func(Reader, Account) ([]Reference, error){
		ruleReferences, routingReferences, addressReferences, // an address goes only after what counts on it
	} {
		some, err := of(r, a)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// addressReferences are the account's further addresses.
func addressReferences(r Reader, a Account) ([]Reference, error) {
	all, err := r.Addresses()
	var list []Reference
	for _, d := range all {
		if d.Account == a.ID && d.Kind != AddressPrimary {
			list = append(list, Reference{What: d.Kind.article(), Name: d.Address, Remove: d.release()})
		}
	}
	return list, err
}

// ruleReferences are the rules for one of the account's addresses, and those for
// its inbox where that is left without an account.
func ruleReferences(r Reader, a Account) ([]Reference, error) {
	addresses, in, alone, err := reachOf(r, a)
	if err != nil {
		return nil, err
	}
	return rulesThat(r, func(rule Rule) bool { return rule.namesAddress(addresses) || alone && rule.namesInbox(in) })
}

// rulesThat are the rules that refer to something.
func rulesThat(r Reader, refer func(Rule) bool) ([]Reference, error) {
	rules, err := r.Rules()
	var list []Reference
	for _, rule := range rules {
		if refer(rule) {
			list = append(list, Reference{What: "a rule", Name: rule.Name, Remove: command("rule", "remove", rule.Name)})
		}
	}
	return list, err
}

// reachOf are the folded addresses of an account, its inbox, and whether no
// other account serves that.
func reachOf(r Reader, a Account) (addresses []string, in Inbox, alone bool, err error) {
	all, err := r.Addresses()
	if err != nil {
		return nil, in, false, err
	}
	for _, d := range all {
		if d.Account == a.ID {
			addresses = append(addresses, FoldAddress(d.Address))
		}
	}
	if in, err = r.Inbox(a.Inbox); err != nil {
		return nil, in, false, err
	}
	accounts, err := r.Accounts()
	other := func(o Account) bool { return o.Inbox == in.ID && o.ID != a.ID }
	return addresses, in, !slices.ContainsFunc(accounts, other), err
}

// namesAddress reports whether the rule counts for mail to one of the folded
// addresses, or asks for it.
func (r Rule) namesAddress(folded []string) bool {
	return slices.Contains(folded, r.Channel) ||
		r.names(func(e Expr) bool {
			return (e.Term == TermChannel || e.Term == TermTo) && slices.Contains(folded, FoldAddress(e.Text))
		})
}

// namesInbox reports whether the rule counts in the inbox, asks for it, or moves
// conversations there.
func (r Rule) namesInbox(in Inbox) bool {
	folded := FoldName(in.Name)
	return r.Inbox == in.ID ||
		r.names(func(e Expr) bool { return e.Term == TermInbox && FoldName(e.Text) == folded }) ||
		slices.ContainsFunc(r.Then, func(line string) bool {
			a, err := parseAction(line)
			return err == nil && a.verb == verbMove && FoldName(a.words) == folded
		})
}

// names reports whether some leaf of the rule's condition is one.
func (r Rule) names(is func(Expr) bool) bool {
	q, err := ParseCondition(r.When)
	return err == nil && q.Expr != nil && q.Expr.some(is)
}

func (e Expr) some(is func(Expr) bool) bool {
	return is(e) || slices.ContainsFunc(e.Args, func(a Expr) bool { return a.some(is) })
}

// routingReferences are the strategies that give out what comes to the account's
// addresses, and that of its inbox where that is left without an account.
func routingReferences(r Reader, a Account) ([]Reference, error) {
	addresses, in, alone, err := reachOf(r, a)
	if err != nil {
		return nil, err
	}
	uses, err := r.UsesOf(in.ID)
	if err != nil {
		return nil, err
	}
	var list []Reference
	for _, u := range uses {
		whole := u.Address == ""
		if u.Routing.Strategy() == 0 || whole && !alone || !whole && !slices.Contains(addresses, u.Address) {
			continue
		}
		by, err := routingWords(r, u.Routing)
		if err != nil {
			return nil, err
		}
		ref := Reference{What: "routed by the strategy " + by, Name: u.Address, Remove: command("strategy", "use", asInbox, u.Address)}
		if whole {
			ref.Name, ref.Remove = in.Name, command("inbox", "set", in.Name, "routing="+RoutingManual)
		}
		list = append(list, ref)
	}
	return list, nil
}

// mustBeUnreferencedAddress refuses to release an address while a rule or a
// strategy counts on it.
func mustBeUnreferencedAddress(r Reader, a Address) error {
	folded := FoldAddress(a.Address)
	acc, err := r.Account(a.Account)
	if err != nil {
		return err
	}
	list, err := rulesThat(r, func(rule Rule) bool { return rule.namesAddress([]string{folded}) })
	if err != nil {
		return err
	}
	routed, err := routingReferences(r, acc)
	if err != nil {
		return err
	}
	for _, ref := range routed {
		if ref.Name == folded {
			list = append(list, ref)
		}
	}
	return refuseReferenced(a.Address+" cannot be removed yet", list)
}

// mustBeUnreferenced refuses while anything refers to the account, and names
// all of it; with its inbox, also what gives that tickets and goals.
func mustBeUnreferenced(r Reader, a Account, from Inbox, h MailHistory) error {
	list, err := references(r, a)
	if err != nil {
		return err
	}
	if h == HistoryMove {
		work, err := workReferences(r, from)
		if err != nil {
			return err
		}
		list = append(list, work...)
	}
	return refuseReferenced(a.Address+" cannot become personal yet", list)
}

// refuseReferenced names all that stands in the way, and what frees it; nil
// where nothing does.
func refuseReferenced(what string, list []Reference) error {
	if len(list) == 0 {
		return nil
	}
	var names, remove []string
	for _, ref := range list {
		names = append(names, ref.Name+" is "+ref.What)
		remove = append(remove, ref.Remove)
	}
	return &Error{
		Kind: Conflict, Code: "REFERENCED", Message: what + ": " + strings.Join(names, ", ") + ".",
		Hint: "Remove " + plural(len(list), "it", "them") + " with: " + strings.Join(remove, "; "), References: list,
	}
}
