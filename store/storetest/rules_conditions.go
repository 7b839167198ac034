package storetest

import (
	"slices"
	"testing"
	"time"

	"postroom/desk"
)

// letter is a mail that comes in, with what stands around it. It is from
// ann@kite.test to help@acme.test, in English, unless something of it is changed.
type letter struct {
	desk.Incoming
	// after, where there is one, is done to a conversation that began with an
	// earlier mail and that this one answers.
	after func(desk.ConversationID)
	// hour is that of the day at which it comes; 0 is in the morning.
	hour int
}

// change is how a letter differs.
type change func(*letter)

func from(name, addr string) change {
	return func(l *letter) { l.Mail.From = []desk.Mailbox{{Name: name, Addr: addr}} }
}

// to is whom the mail names, and whom the server says that it was for.
func to(named string, delivered ...string) change {
	return func(l *letter) { l.Mail.To, l.Mail.DeliveredTo = []desk.Mailbox{{Addr: named}}, delivered }
}

func subject(text string) change { return func(l *letter) { l.Mail.Subject = text } }
func text(text string) change    { return func(l *letter) { l.Mail.Text = text } }
func hour(h int) change          { return func(l *letter) { l.hour = h } }

func field(name, value string) change {
	return func(l *letter) { l.Mail.Fields = []desk.Field{{Name: name, Value: value}} }
}

func file(name, kind string) change {
	return func(l *letter) { l.Mail.Attachments = []desk.Attachment{{Filename: name, ContentType: kind}} }
}

func later(do func(desk.ConversationID)) change { return func(l *letter) { l.after = do } }

// all makes several changes.
func all(list ...change) change {
	return func(l *letter) {
		for _, c := range list {
			c(l)
		}
	}
}

// asking is a condition, a letter it holds for, and one that nearly is so.
type asking struct {
	what, when   string
	match, other change
}

// senderConditions ask who writes.
func senderConditions() []asking {
	ann, home, eve := from("", "Ann+work@Kite.test"), from("", "ann@home.test"), from("ann@kite.test", "eve@evil.test")
	kite := from("", "who@kite.test")
	return []asking{
		{"an address, with and without its tag", "from:ann@kite.test", ann, from("", "joann@kite.test")},
		{"an address, not a name that looks like one", "from:ann@kite.test", ann, eve},
		{"a domain", "from:@kite.test", kite, from("", "ann@redkite.test")},
		{"a domain, not what begins with it", "from:@kite.test", kite, from("", "ann@kite.test.evil.test")},
		{"a name", "from:kite", from("Ann Kite", "ann@other.test"), from("Ann Kites", "ann@other.test")},
		{"a contact by another of its addresses", "contact:ann@kite.test", home, kite},
		{"a contact by its name", `contact:"Ann Kite"`, home, from("Ann Kite", "ann.kite@other.test")},
		{"a company by its domain, from elsewhere", "company:kite.test", home, from("", "bob@home.test")},
		{"a company by its name", `company:"Kite Ltd"`, kite, from("Kite Ltd", "kite@other.test")},
		{"who looks after the contact", "owner:ben", home, kite},
		{"an open deal", "has:open-deal", home, from("", "lost@other.test")},
		{"what the provider found", "auth:pass", func(l *letter) { l.AuthPassed = true }, func(*letter) {}},
		{"a sender who is not who he says", "auth:fail", func(l *letter) { l.AuthFailed = true }, func(l *letter) { l.AuthPassed = true }},
		{"a sender nothing was found of", "auth:none", func(*letter) {}, func(l *letter) { l.AuthFailed = true }},
	}
}

// receiverConditions ask whom a mail is for, by all that tells it (S104).
func (w *world) receiverConditions() []asking {
	hidden := to("news@other.test")
	inSales := func(l *letter) { l.Inbox, l.Account = w.sales.ID, w.salesAcc.ID }
	return []asking{
		{"whom it names", "to:orders@acme.test", to("Orders@acme.test"), to("reorders@acme.test")},
		{"a copy", "to:bob@other.test", func(l *letter) { l.Mail.Cc = []desk.Mailbox{{Addr: "bob@other.test"}} }, from("", "bob@other.test")},
		{"an alias that the server wrote down", "to:orders@acme.test", to("list@other.test", "orders@acme.test"), to("list@other.test", "help@acme.test")},
		{"a Bcc, by the account it came to", "to:help@acme.test", hidden, all(hidden, inSales)},
		{"a name at any domain", "to:orders@", to("orders@other.test"), to("orders.eu@acme.test")},
		{"an address of ours", "channel:orders@acme.test", to("x@other.test", "orders@acme.test"), to("help@acme.test")},
		{"not an address of others", "-channel:help@acme.test", to("orders@acme.test"), hidden},
		{"an inbox", "inbox:support", func(*letter) {}, inSales},
	}
}

// textConditions ask what a mail says (S103, S105).
func textConditions() []asking {
	quoted := func(l *letter) { l.Mail.Text, l.Mail.Quoted = "Thanks.", "> a refund" }
	signed := func(l *letter) { l.Mail.Text, l.Mail.Signature = "Thanks.", "Refund & Sons" }
	refund := text("I want a refund.")
	german, english := text("Ich habe die Rechnung nicht und bitte um eine neue"), text("I have not got the invoice and ask for this")
	return []asking{
		{"the subject", "subject:invoice", subject("AW: Your Invoice!"), subject("invoices")},
		{"not what answering puts before it", "subject:re", subject("Re: the re count"), subject("Re: the count")},
		{"a phrase", `subject:"late invoice"`, subject("A late  invoice"), subject("invoice, late")},
		{"the new text, not what is quoted", "body:refund", refund, quoted},
		{"the new text, not a signature", "body:refund", refund, signed},
		{"the new text, not the subject", "body:refund", refund, subject("refund")},
		{"the subject or the new text", "refund", subject("refund"), quoted},
		{"the beginning of a word", "refund*", text("refunding"), text("unrefunded")},
		{"accents", "body:uberfallig", text("ÜBERFÄLLIG"), text("überfälliger")},
		{"a field of the header", "header:List-Id=announce", field("list-id", "All <announce.kite.test>"), field("x-list-id", "announce")},
		{"a field that is there", "header:X-Shop", field("X-Shop", ""), field("X-Shopping", "yes")},
		{"an attachment", "has:attachment", file("bill.pdf", "application/pdf"), text("see the attachment bill.pdf")},
		{"its file name", "ext:pdf", file("Bill.PDF", "application/octet-stream"), file("pdf.exe", "application/pdf")},
		{"its kind", "type:image", file("x", "image/png"), file("image.txt", "text/plain")},
		{"the language", "lang:de", german, english},
	}
}

// standingConditions ask how the conversation stands.
func (w *world) standingConditions() []asking {
	tag := func(name string) change {
		return later(func(id desk.ConversationID) {
			_, err := w.maya.Tag(w.ctx, []desk.ConversationID{id}, []string{name}, nil)
			w.ok(err)
		})
	}
	reply := later(func(desk.ConversationID) {})
	return []asking{
		{"a tag", "tag:vip", tag("VIP"), tag("vips")},
		{"a new conversation", "is:new", func(*letter) {}, reply},
		{"a reply", "is:reply", reply, subject("Re: Hello")},
		{"working hours", "is:in-hours", hour(16), hour(17)},
		{"outside of them", "is:off-hours", hour(8), hour(9)},
	}
}

// joinedConditions ask for all, for any, and for none.
func joinedConditions() []asking {
	return []asking{
		{"all", "from:@kite.test subject:invoice", subject("invoice"), all(subject("invoice"), from("", "bob@other.test"))},
		{"any", "from:@other.test OR subject:invoice", from("", "bob@other.test"), subject("invoices")},
		{"not", "from:@kite.test -subject:invoice", subject("refund"), subject("invoice")},
		{"not any", "-(subject:invoice OR body:refund)", subject("offer"), text("a refund")},
		{"all of some", "(subject:invoice OR body:refund) -lang:de has:attachment", all(subject("invoice"), file("a", "a/b")), subject("invoice")},
	}
}

// testRuleConditions: each condition of a rule, asked of mail as it comes in.
func testRuleConditions(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	w.customersOfRules()
	w.rule(w.maya, "the rule", "desk", "nothing", "tag seen")
	for _, a := range slices.Concat(senderConditions(), w.receiverConditions(), textConditions(), w.standingConditions(), joinedConditions()) {
		_, err := w.maya.EditRule(w.ctx, "the rule", func(r *desk.RuleText) error { r.When = a.when; return nil })
		w.ok(err)
		if !w.meets(a.match) {
			t.Errorf("%s: %s does not match", a.what, a.when)
		}
		if w.meets(a.other) {
			t.Errorf("%s: %s matches what only looks like it", a.what, a.when)
		}
	}
}

// customersOfRules are who the conditions are about: Ann, who writes from two
// addresses, has an owner and an open deal, and somebody whose deal is lost.
func (w *world) customersOfRules() {
	w.t.Helper()
	_, err := w.maya.AddAddress(w.ctx, "help@acme.test", "orders@acme.test", desk.AddressAlias)
	w.ok(err)
	for _, addr := range []string{"ann@kite.test", "lost@other.test"} {
		w.arrive(w.support.ID, mail("first "+addr, addr, "Hello", "It is me."))
	}
	_, err = w.maya.AddCompany(w.ctx, values("name", "Kite Ltd", "domains", "kite.test"))
	w.ok(err)
	_, err = w.maya.SetContact(w.ctx, "ann@kite.test", values("name", "Ann Kite", "email", "+ann@home.test", "company", "Kite Ltd", "owner", "ben"))
	w.ok(err)
	_, _, err = w.maya.AddDeal(w.ctx, values("name", "Ten lamps", "contact", "ann@kite.test"))
	w.ok(err)
	_, _, err = w.maya.AddDeal(w.ctx, values("name", "No lamps", "contact", "lost@other.test", "status", "closed"))
	w.ok(err)
}

// meets brings a letter in and says whether the rule has matched it.
func (w *world) meets(change func(*letter)) bool {
	w.t.Helper()
	w.mails++
	id := time.Duration(w.mails).String() + "@x"
	l := letter{Incoming: desk.Incoming{Inbox: w.support.ID, Account: w.helpAcc.ID, Role: desk.RoleInbox, Mail: mail(id, "ann@kite.test", "Hello", "It is me.")}, hour: 10}
	change(&l)
	if l.after != nil {
		began := w.arrive(l.Inbox, mail("began "+id, "ann@kite.test", "Hello", "It is me.")).Conversation
		l.after(began)
		l.Mail.InReplyTo = []string{"began " + id}
	}
	w.clock.forward(until(w.clock.get(), l.hour))
	l.Raw, l.At = w.keep(l.Inbox, w.clock.get()), w.clock.get()
	before := w.matched()
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{l.Incoming}))
	return w.matched() > before
}

// matched is how often the rule has.
func (w *world) matched() int64 {
	w.t.Helper()
	v, err := w.maya.Rule(w.ctx, "the rule")
	w.ok(err)
	return v.Hits
}

// until is how long it takes until an hour of a working day.
func until(now time.Time, hour int) time.Duration {
	at := time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, time.UTC)
	for !at.After(now) || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, 1)
	}
	return at.Sub(now)
}
