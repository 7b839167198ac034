package desk

import "testing"

func TestFreemail(t *testing.T) {
	for domain, want := range map[string]bool{
		"gmail.com": true, "web.de": true, "yopmail.com": true, // the last of the list too
		"acme.example": false, "ail.com": false, "": false,
	} {
		if Freemail(domain) != want {
			t.Errorf("Freemail(%q) is %v", domain, !want)
		}
	}
	for address, want := range map[string]string{
		"ann@acme.example": "acme.example", "ann@gmail.com": "", "ann@localhost": "", "ann@[192.0.2.1]": "",
	} {
		if got := companyDomain(address); got != want {
			t.Errorf("the company of %s is at %q, want %q", address, got, want)
		}
	}
}
