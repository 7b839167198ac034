package thread

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"postroom/desk"
)

func TestAddressesAsTyped(t *testing.T) {
	for typed, want := range map[string][]desk.Mailbox{
		"":                           nil,
		" , ;":                       nil,
		"a@b.test":                   {{Addr: "a@b.test"}},
		"a@b.test; c@d.test":         {{Addr: "a@b.test"}, {Addr: "c@d.test"}},
		"Ann <a@b.test>, c@d.test":   {{Name: "Ann", Addr: "a@b.test"}, {Addr: "c@d.test"}},
		`"Roe, Ann" <a@b.test>`:      {{Name: "Roe, Ann", Addr: "a@b.test"}},
		`"a, b"@c.test`:              {{Addr: `"a, b"@c.test`}},
		"half <writ":                 {{Name: "half", Addr: "writ"}},
		"two words":                  {{Addr: "two words"}},
		"<a@b.test,c@d.test>, e@f.x": {{Addr: "a@b.test,c@d.test"}, {Addr: "e@f.x"}},
	} {
		if got := addresses(typed); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v instead of %v", typed, got, want)
		}
	}
}

// TestAddressesComeBack: who is shown in a field is who gets the mail, also
// with names that look like lists or addresses.
func TestAddressesComeBack(t *testing.T) {
	name := rapid.StringMatching(`([A-Za-zäß,;<>@"'.\\]{1,3} ?){0,4}[a-z]?`)
	addr := rapid.StringMatching(`[a-z0-9.+_-]{1,9}@[a-z0-9-]{1,9}\.test`)
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) desk.Mailbox {
			return desk.Mailbox{Name: name.Draw(t, "name"), Addr: addr.Draw(t, "addr")}
		}), 0, 5).Draw(rt, "list")
		got := addresses(mailboxes(list))
		if len(got) != len(list) {
			rt.Fatalf("%q has %d recipients instead of %d", mailboxes(list), len(got), len(list))
		}
		for i := range list {
			if got[i].Addr != list[i].Addr {
				rt.Fatalf("%q goes to %q instead of %q", mailboxes(list), got[i].Addr, list[i].Addr)
			}
		}
	})
}
