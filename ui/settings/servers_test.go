package settings_test

import (
	"testing"

	"postroom/ui/settings"
)

// TestServers: what is there stands in the fields; nothing is tried before
// Save, a failure keeps nothing, and z takes a change back.
func TestServers(t *testing.T) {
	o := newOffice(t)
	before := o.account("billing@acme.test")
	d := pick(o.open(o.maya, 120, 40).Press("g", ","), "change the servers").See("Servers of billing@acme.test", before.IMAP, before.SMTP, "CA file")
	golden(t, d, "servers-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "servers-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("ctrl+u").Type("imaps://nowhere")
	if len(o.tried) > 0 {
		t.Fatalf("tried before Save: %v", o.tried)
	}
	d.Press("ctrl+s").See("There is no server nowhere.")
	if now := o.account("billing@acme.test"); now.IMAP != before.IMAP {
		t.Fatalf("kept %s", now.IMAP)
	}
	d.Press("ctrl+u").Type("imaps://new.acme.test").Press("tab", "tab", "tab", "tab").Type("ca.pem").Press("ctrl+s").See("billing@acme.test connects there now", "imaps://new.acme.test", "certificates of its own")
	if want := (settings.Servers{IMAP: "imaps://new.acme.test", SMTP: before.SMTP, Username: before.Username, CAFile: "ca.pem"}); o.tried[1] != want {
		t.Fatalf("tried %+v", o.tried[1])
	}
	d.Press("z").See("Undone")
	if now := o.account("billing@acme.test"); now.IMAP != before.IMAP || now.CA != "" {
		t.Fatalf("after undo %+v", now)
	}
}
