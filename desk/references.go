package desk

import "strings"

// Reference is something that counts on an account being shared, and has to go
// before it becomes personal (S18).
type Reference struct {
	// What it is: an alias, a send-as address.
	What string
	// Name is its address or name.
	Name string
	// Remove is the command that removes it.
	Remove string
}

// references are all that refer to an account. Another kind of thing that can
// is one line here.
func references(r Reader, a Account) ([]Reference, error) {
	var list []Reference
	for _, of := range []func(Reader, Account) ([]Reference, error){
		addressReferences,
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

// mustBeUnreferenced refuses while anything refers to the account, and names
// all of it.
func mustBeUnreferenced(r Reader, a Account) error {
	list, err := references(r, a)
	if err != nil || len(list) == 0 {
		return err
	}
	var what, remove []string
	for _, ref := range list {
		what = append(what, ref.Name+" is "+ref.What)
		remove = append(remove, ref.Remove)
	}
	return &Error{
		Kind: Conflict, Code: "REFERENCED", Message: a.Address + " cannot become personal yet: " + strings.Join(what, ", ") + ".",
		Hint: "Remove " + plural(len(list), "it", "them") + " with: " + strings.Join(remove, "; "), References: list,
	}
}
