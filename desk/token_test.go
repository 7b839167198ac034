package desk

import "testing"

func TestTokenReadsBackFromEveryPlace(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	tok := makeToken(key, 4473, "00ff10")
	for _, s := range []string{tok, tok + "@acme.test", "PR1" + tok[3:] + "@ACME.test", "support+" + tok + "@acme.test"} {
		id, ok := readToken(key, s)
		if !ok || id != 4473 {
			t.Errorf("readToken(%q) = %d, %v", s, id, ok)
		}
	}
}

func TestTokenOfOthersDoesNotVerify(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	tok := makeToken(key, 4473, "00ff10")
	other := makeToken([]byte("another desk's key"), 4473, "00ff10")
	forged := []string{
		"", "@", "pr1", "pr1...", other, tok[:len(tok)-1], tok + "a",
		"pr1.3ga" + tok[len("pr1.3g9"):], // another conversation, same signature
		"pr1.-1.00.aaaaaaaaaaaaaaaa", "pr1.zzzzzzzzzzzzzzzzzzzz.0.a",
	}
	for _, s := range forged {
		if id, ok := readToken(key, s); ok {
			t.Errorf("readToken(%q) = %d, want refusal", s, id)
		}
	}
}

func TestFingerprintNamesTheDeskAndOpensNothing(t *testing.T) {
	a, b := &Desk{key: []byte("one key")}, &Desk{key: []byte("another key")}
	if a.Fingerprint() != a.Fingerprint() || a.Fingerprint() == b.Fingerprint() || len(a.Fingerprint()) != 16 {
		t.Errorf("%q and %q", a.Fingerprint(), b.Fingerprint())
	}
	if id, ok := readToken(a.key, "pr1.fingerprint."+a.Fingerprint()); ok {
		t.Errorf("the fingerprint is a token of conversation %d", id)
	}
}
