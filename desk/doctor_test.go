package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// patient is a chart with nothing on it but an admin, an agent, a shared inbox
// of both and a personal one of the agent.
func patient() *chart {
	now := at(0)
	root, maya := User{ID: 1, Login: "root", Name: "Root", Role: RoleAdmin, CreatedAt: now}, User{ID: 2, Login: "maya", Name: "Maya", Role: RoleAgent, CreatedAt: now}
	support, own := Inbox{ID: 1, Name: "support", Kind: Shared, Owner: 1, CreatedAt: now}, Inbox{ID: 2, Name: "maya", Kind: Personal, Owner: 2, CreatedAt: now}
	return &chart{
		survey: &survey{
			now: now, me: root, users: map[UserID]User{1: root, 2: maya}, inboxes: []Inbox{own, support},
			members: map[InboxID][]Member{1: {{root, FullRights()}, {maya, WorkRights()}}, 2: {{maya, FullRights()}}},
			accounts: []Account{
				{ID: 1, Inbox: 1, Address: "support@acme.test", State: AccountConnected, Secret: []byte("sealed")},
				{ID: 2, Inbox: 2, Address: "maya@acme.test", State: AccountConnected, Secret: []byte("sealed")},
			},
			last: map[AccountID]LastMail{},
		},
		deputies: map[InboxID]UserID{1: 2}, tickets: map[InboxID]TicketsIn{1: {Off: true}}, routings: map[InboxID]Routing{1: Manually}, roster: &roster{now: now, users: []User{root, maya}}, waiting: map[InboxID]Conversation{}, began: now, lastEvent: now,
		readings: Readings{Machine: &Machine{KeyFile: "/key", Free: 1 << 40}, Servers: map[AccountID]ServerReading{1: {}, 2: {}}},
	}
}

// open makes the shared inboxes so many, each with a deputy and, but for the
// first, with mail; the first has so many conversations.
func (c *chart) open(inboxes, conversations int) {
	c.activity = map[InboxID]int{1: conversations}
	c.inboxes[1].CreatedAt = at(0).Add(-31 * 24 * time.Hour)
	for i := range inboxes - 1 {
		in := c.inboxes[1]
		in.ID, in.Name = InboxID(10+i), "other"
		c.inboxes = append(c.inboxes, in)
		c.members[in.ID], c.deputies[in.ID], c.activity[in.ID] = c.members[1], 2, 5
		c.tickets[in.ID], c.routings[in.ID] = c.tickets[1], Manually
		c.accounts = append(c.accounts, Account{ID: AccountID(10 + i), Inbox: in.ID, Address: "other@acme.test", State: AccountConnected})
	}
}

// own gives accounts the address they sign in with.
func (c *chart) own(accounts ...AccountID) {
	for _, id := range accounts {
		c.addresses = append(c.addresses, Address{Account: id, Address: c.accounts[id-1].Address, Kind: AddressPrimary, VerifiedAt: c.now})
	}
}

// TestDoctorOnReadings makes what no command and no test server can: each is
// found with its bound, and not just before it.
func TestDoctorOnReadings(t *testing.T) {
	if d := patient().diagnose(); len(d.Findings) > 0 || !d.Well() || len(d.Checked) != len(Checks()) {
		t.Fatalf("a chart that is well: %+v", d)
	}
	server := func(change func(*ServerReading)) func(*chart) {
		return func(c *chart) {
			r := c.readings.Servers[1]
			change(&r)
			c.readings.Servers[1] = r
		}
	}
	day := 24 * time.Hour
	for _, tt := range []struct {
		code string
		ill  func(*chart)
		well func(*chart)
	}{
		{"CERTIFICATE_ENDS", server(func(r *ServerReading) { r.CertificateEnds = at(0).Add(14*day - 1) }), server(func(r *ServerReading) { r.CertificateEnds = at(0).Add(14 * day) })},
		{"NO_IDLE", server(func(r *ServerReading) { r.NoIdle = true }), server(func(*ServerReading) {})},
		{"DISK_LOW", func(c *chart) { c.readings.Machine.Free = 512<<20 - 1 }, func(c *chart) { c.readings.Machine.Free = -1 }},
		{"CLOCK_WRONG", func(c *chart) { c.trouble.Err = jumped(time.Hour) }, func(c *chart) { c.lastEvent = at(4) }},
		{"TEAM_AS_PERSON", func(c *chart) { c.accounts[1].Address = "billing@acme.test"; c.me = c.users[2] }, func(c *chart) { c.accounts[1].Address = "billing@acme.test" }},
		{"PASSWORD_AT_PROVIDER", func(c *chart) { c.accounts[0].IMAP = "imaps://imap.gmail.com:993" }, func(c *chart) {
			c.accounts[0].IMAP, c.accounts[0].OAuth = "imaps://outlook.office365.com:993", "microsoft"
		}},
		{"ADDRESS_UNVERIFIED", func(c *chart) {
			c.addresses = []Address{{Account: 1, Address: "x@acme.test", Kind: AddressAlias, Since: at(0).Add(-day - 1)}}
		}, func(c *chart) {
			c.addresses = []Address{{Account: 1, Address: "x@acme.test", Kind: AddressAlias, Since: at(0).Add(-day)}, {Account: 1, Kind: AddressForm}, {Account: 1, Kind: AddressAlias, VerifiedAt: at(0)}}
		}},
		{"OWN_DOMAIN_LOGGED", func(c *chart) { c.own(1, 2) }, func(c *chart) {
			c.own(1, 2)
			c.neverLogs = []NeverLog{{Address: "@acme.test", Scope: NeverMail}}
		}},
		{"OWN_DOMAIN_LOGGED", func(c *chart) {
			c.own(1, 2)
			c.neverLogs = []NeverLog{{Address: "@hq.acme.test"}}
		}, func(c *chart) { c.own(1) }},
		{"OWN_DOMAIN_LOGGED", func(c *chart) { c.own(1, 2) }, func(c *chart) { c.own(2) }},
		{"TOO_MANY", func(c *chart) { c.open(7, 4) }, func(c *chart) { c.open(7, 5) }},
		{"SIGN_IN_NEEDED", func(c *chart) { c.accounts[1].State = AccountNeedsSignIn }, func(c *chart) { c.accounts[1].State = AccountPaused; c.accounts[1].Since = at(0).Add(-7 * day) }},
		{"SIGN_IN_NEEDED", func(c *chart) {
			c.accounts[0].State = AccountNeedsSignIn
			c.readings.Servers[1] = ServerReading{IMAP: denied("", "No."), SMTP: denied("", "No.")}
		}, func(*chart) {}},
		{"SIGN_IN_REFUSED", server(func(r *ServerReading) { r.IMAP, r.SMTP = denied("", "No."), denied("", "No.") }), func(*chart) {}},
		{"SMTP_UNREACHABLE", server(func(r *ServerReading) { r.SMTP = denied("", "No.") }), func(*chart) {}},
		{"PAUSED_LONG", func(c *chart) { c.accounts[1].State = AccountPaused; c.accounts[1].Since = at(0).Add(-7*day - 1) }, func(*chart) {}},
		{"RETRYING_LONG", func(c *chart) { c.accounts[0].State = AccountRetrying; c.accounts[0].Since = at(0).Add(-time.Hour - 1) }, func(c *chart) { c.accounts[0].State = AccountRetrying; c.accounts[0].Since = at(0).Add(-time.Hour) }},
		{"NO_BACKUP", func(c *chart) { c.backedUp = at(0).Add(-7*day - 1); c.began = c.backedUp }, func(c *chart) { c.began = at(0).Add(-70 * day); c.backedUp = at(0).Add(-7 * day) }},
		{"NOT_SIGNED_OFF", func(c *chart) { c.began, c.backedUp = at(0).Add(-90*day-1), at(0) }, func(c *chart) { c.began, c.backedUp, c.signedOff = at(0).Add(-900*day), at(0), at(0).Add(-90*day) }},
	} {
		c := patient()
		tt.well(c)
		if d := c.diagnose(); len(d.Findings) > 0 {
			t.Errorf("%s: too early: %+v", tt.code, d.Findings)
		}
		c = patient()
		tt.ill(c)
		d := c.diagnose()
		if len(d.Findings) != 1 || d.Findings[0].Code != tt.code || d.Findings[0].What == "" {
			t.Errorf("%s is not what is found: %+v", tt.code, d.Findings)
			continue
		}
		if notice := d.Findings[0].Severity == Notice; d.Well() != notice || (d.Passed() == len(d.Checked)) != notice {
			t.Errorf("%s: well %v, %d of %d", tt.code, d.Well(), d.Passed(), len(d.Checked))
		}
	}
}

// TestDoctorNamesWhatMendsTheWay: a certificate or a host that has changed is
// told to the account; trying once more helps only with other failures.
func TestDoctorNamesWhatMendsTheWay(t *testing.T) {
	for code, want := range map[string]string{
		"CERT_UNKNOWN": "postroom account set support@acme.test ca=FILE", "CERT_OTHER_NAME": "postroom account set support@acme.test imap=HOST:PORT smtp=HOST:PORT",
		"UNKNOWN_HOST": "postroom account set support@acme.test imap=HOST:PORT smtp=HOST:PORT", "REFUSED": "postroom sync --once",
	} {
		c := patient()
		failed := &Error{Kind: Offline, Code: code, Message: "It failed."}
		c.readings.Servers[c.accounts[0].ID] = ServerReading{IMAP: failed, SMTP: failed}
		var got []string
		for _, f := range c.diagnose().Findings {
			if strings.HasSuffix(f.Code, "_UNREACHABLE") {
				got = append(got, f.Fix)
			}
		}
		if !slices.Equal(got, []string{want, want}) {
			t.Errorf("after %s: %q", code, got)
		}
	}
}

// TestDoctorTellsOnlyWhatOneMaySee looks at the same faults with three pairs of
// eyes.
func TestDoctorTellsOnlyWhatOneMaySee(t *testing.T) {
	ill := func(me UserID) *chart {
		c := patient()
		c.users[3] = User{ID: 3, Login: "tom", Name: "Tom", Role: RoleAgent, CreatedAt: c.now}
		c.me = c.users[me]
		c.accounts[0].State, c.accounts[1].State = AccountNeedsSignIn, AccountNeedsSignIn
		c.accounts[0].Cause, c.accounts[1].Cause = "team cause", "private cause"
		c.readings.Machine.KeyOpen, c.readings.Machine.KeyMissing = true, true
		c.readings.Machine.OpenFiles = map[AccountID]string{2: "/home/maya/password"}
		c.readings.Servers[2] = ServerReading{IMAP: errors.New("private refusal"), SMTP: errors.New("private refusal")}
		return c
	}
	for _, tt := range []struct {
		who  UserID
		want map[string]string // code and where: fix
	}{
		{1, map[string]string{
			"SIGN_IN_NEEDED support@acme.test": "postroom account reauth support@acme.test", "SIGN_IN_NEEDED maya": "",
			"NO_INBOX tom": "postroom inbox member add support tom", "KEY_OPEN /key": "chmod 600 /key",
			"KEY_MISSING /key": "postroom key new",
		}},
		{2, map[string]string{
			"SIGN_IN_NEEDED support@acme.test": "", "SIGN_IN_NEEDED maya@acme.test": "postroom account reauth maya@acme.test",
			"PASSWORD_FILE_OPEN maya@acme.test": "chmod go= /home/maya/password",
			"IMAP_UNREACHABLE maya@acme.test":   "postroom sync --once", "SMTP_UNREACHABLE maya@acme.test": "postroom sync --once",
		}},
		{3, map[string]string{}},
	} {
		d := ill(tt.who).diagnose()
		for _, f := range d.Findings {
			key := f.Code + " " + f.Where
			fix, ok := tt.want[key]
			if !ok || fix != f.Fix {
				t.Errorf("user %d is told %s: %s (%s)", tt.who, key, f.What, f.Fix)
			}
			delete(tt.want, key)
		}
		for key := range tt.want {
			t.Errorf("user %d is not told %s", tt.who, key)
		}
	}
}

// TestShellWord: a command that is pasted into a shell means what it says.
func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{"support": "support", "the sales": "'the sales'", "it's": `'it'\''s'`, "": "''", "$(rm x)": "'$(rm x)'", "a;b": "'a;b'", "büro": "'büro'", "~x": "'~x'"} {
		if got := shellWord(word); got != want {
			t.Errorf("%q becomes %s, want %s", word, got, want)
		}
		if got := (Finding{Fix: command("inbox", word, "x")}).Words(); !slices.Equal(got, []string{"inbox", word, "x"}) {
			t.Errorf("%q is read back as %q", word, got)
		}
	}
}

// TestDoctorSaysWhatHasToBeFilledIn, so that nothing is run with a word that
// only stands for another.
func TestDoctorSaysWhatHasToBeFilledIn(t *testing.T) {
	for fix, want := range map[string]bool{
		"": false, "postroom account resume a@b.test": true, "postroom inbox set support deputy=LOGIN": false, "postroom inbox member add INBOX tom": false,
		"postroom account set a@b.test imap=HOST:PORT": false, "postroom inbox set 'The Sales' tickets=off": true, "postroom conversation close 1 2": true,
	} {
		if got := (Finding{Fix: fix}).Whole(); got != want {
			t.Errorf("%q: whole is %v", fix, got)
		}
	}
	if words := (Finding{Fix: "chmod 600 /key"}).Words(); words != nil {
		t.Errorf("chmod is a command of ours: %q", words)
	}
}

// TestDoctorKnowsWhoseAnAddressIs, where one user alone is called so.
func TestDoctorKnowsWhoseAnAddressIs(t *testing.T) {
	c := patient()
	c.users[3] = User{ID: 3, Login: "tom", Name: "Tom Berg"}
	c.users[4] = User{ID: 4, Login: "berg", Name: "Ute Berg"}
	c.users[5] = User{ID: 5, Login: "ute2", Name: "Ute Kern"}
	for address, want := range map[string]UserID{"tom@acme.test": 3, "tom.berg@acme.test": 3, "berg@acme.test": 4, "ute@acme.test": 1, "nora@acme.test": 1} {
		if got := c.whose(Account{Address: address}, 1); got != want {
			t.Errorf("%s is user %d's, want %d", address, got, want)
		}
	}
}
