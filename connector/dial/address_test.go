package dial_test

import (
	"errors"
	"strings"
	"testing"

	"postroom/connector/dial"
	"postroom/desk"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"imaps://mail.example.org":             "imaps://mail.example.org:993",
		"IMAPS://Mail.example.org:1993/":       "imaps://Mail.example.org:1993",
		"imap+starttls://mail.example.org":     "imap+starttls://mail.example.org:143",
		"smtps://mail.example.org":             "smtps://mail.example.org:465",
		"smtp+starttls://mail.example.org":     "smtp+starttls://mail.example.org:587",
		"smtp+starttls://mail.example.org:25":  "smtp+starttls://mail.example.org:25",
		"smtp://127.0.0.1:2525":                "smtp://127.0.0.1:2525",
		"imap://localhost:1143":                "imap://localhost:1143",
		"imap://[::1]:1143":                    "imap://[::1]:1143",
		"imaps://[2001:db8::1]":                "imaps://[2001:db8::1]:993",
		" imaps://münchen.example ":            "imaps://münchen.example:993",
		"imap://[::ffff:127.0.0.1]:143":        "imap://[::ffff:127.0.0.1]:143",
		"imap://127.9.9.9":                     "imap://127.9.9.9:143",
		"imap://mail.example.org":              "NO_TLS",
		"smtp://10.0.0.1":                      "NO_TLS",
		"imap://localhost.example.org":         "NO_TLS",
		"imap://127.0.0.1.example.org":         "NO_TLS",
		"imap://2130706433":                    "NO_TLS",
		"":                                     "BAD_SERVER",
		"mail.example.org":                     "BAD_SERVER",
		"imaps://":                             "BAD_SERVER",
		"imaps://anna:secret@mail.example.org": "BAD_SERVER",
		"imaps://mail.example.org/inbox":       "BAD_SERVER",
		"imaps://mail.example.org?tls=no":      "BAD_SERVER",
		"imaps://mail.example.org:0":           "BAD_SERVER",
		"imaps://mail.example.org:70000":       "BAD_SERVER",
		"imaps://mail.exa\nmple.org":           "BAD_SERVER",
		"imaps://-oProxyCommand":               "BAD_SERVER",
		"http://mail.example.org":              "BAD_SERVER",
		"imap+insecure://mail.example.org":     "BAD_SERVER",
		"imaps://" + strings.Repeat("a", 300):  "BAD_SERVER",
	} {
		checkAddress(t, in, want, func() (dial.Address, error) { return dial.Parse(in) })
	}
}

func TestParseHostPort(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"imap", "mail.example.org", "imaps://mail.example.org:993"},
		{"smtp", "mail.example.org", "smtps://mail.example.org:465"},
		{"imap", "mail.example.org:993", "imaps://mail.example.org:993"},
		{"imap", "mail.example.org:143", "imap+starttls://mail.example.org:143"},
		{"imap", "mail.example.org:1143", "imaps://mail.example.org:1143"},
		{"smtp", "mail.example.org:465", "smtps://mail.example.org:465"},
		{"smtp", "mail.example.org:587", "smtp+starttls://mail.example.org:587"},
		{"smtp", "mail.example.org:25", "smtp+starttls://mail.example.org:25"},
		{"smtp", "mail.example.org:2525", "smtps://mail.example.org:2525"},
		{"smtp", "127.0.0.1:587", "smtp+starttls://127.0.0.1:587"},
		{"imap", "[2001:db8::1]:143", "imap+starttls://[2001:db8::1]:143"},
		{"imap", "[2001:db8::1]", "imaps://[2001:db8::1]:993"},
		{"imap", "2001:db8::1", "imaps://[2001:db8::1]:993"},
		{"imap", "imap://127.0.0.1:1143", "imap://127.0.0.1:1143"},
		{"smtp", "smtp+starttls://mail.example.org:2525", "smtp+starttls://mail.example.org:2525"},
		{"smtp", "imaps://mail.example.org", "BAD_SERVER"},
		{"imap", "", "BAD_SERVER"},
		{"imap", ":993", "BAD_SERVER"},
		{"imap", "mail.example.org:imaps", "BAD_SERVER"},
		{"imap", "mail.example.org:993:1", "BAD_SERVER"},
		{"imap", "anna@mail.example.org", "BAD_SERVER"},
	} {
		checkAddress(t, c[1], c[2], func() (dial.Address, error) { return dial.ParseHostPort(c[0], c[1]) })
	}
}

func checkAddress(t *testing.T, in, want string, parse func() (dial.Address, error)) {
	t.Helper()
	a, err := parse()
	var said *desk.Error
	switch {
	case err == nil && a.String() != want:
		t.Errorf("%q is %s, want %s", in, a, want)
	case err != nil && (!errors.As(err, &said) || said.Code != want || said.Kind != desk.Invalid || said.Hint == ""):
		t.Errorf("%q: %v, want %s", in, err, want)
	}
}
