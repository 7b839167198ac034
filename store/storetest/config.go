package storetest

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// entry is one of a set-up; a value has its parts with bars between.
func entry(kind, name string, values ...string) desk.ConfigEntry {
	e := desk.ConfigEntry{Kind: kind, Name: name, Values: map[string][]string{}}
	for _, v := range values {
		field, value, _ := strings.Cut(v, "=")
		e.Values[field] = nil
		if value != "" {
			e.Values[field] = strings.Split(value, "|")
		}
	}
	return e
}

func (w *world) lastSeq() desk.Seq {
	w.t.Helper()
	var seq desk.Seq
	w.read(func(r desk.Reader) error { var err error; seq, err = r.LastSeq(); return err })
	return seq
}

func (w *world) config(s *desk.Seat) desk.Config {
	w.t.Helper()
	c, err := s.Config(w.ctx)
	w.ok(err)
	return c
}

// apply applies entries and gives what changed.
func (w *world) apply(exact string, entries ...desk.ConfigEntry) desk.Applied {
	w.t.Helper()
	c := desk.Config{Entries: entries}
	if exact != "" {
		c.Exact = strings.Split(exact, ",")
	}
	done, err := w.maya.Apply(w.ctx, c)
	w.ok(err)
	return done
}

// someConfig is a set-up of everything there is, thrown with dice.
func someConfig(r *rand.Rand) desk.Config {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	some := func(from ...string) string {
		list := slices.DeleteFunc(slices.Clone(from), func(string) bool { return r.IntN(2) == 0 })
		return strings.Join(list, "|")
	}
	onOff := func() string { return pick("", "yes") }
	c := desk.Config{Entries: []desk.ConfigEntry{
		entry("user", "ada", "role="+pick("agent", "admin"), "hours="+pick("Mon-Fri 09:00-17:00", "mon 08:00-12:00 13:00-15:30, tue-wed 10:00-24:00"), "zone="+pick("Europe/Berlin", "Asia/Tokyo"), "capacity="+pick("", "0", "12"), "share="+pick("", "40", "100")),
		entry("user", "ike", "name=Ike Ünal", "idle="+pick("", "30m", "1h0m"), "disabled="+onOff()),
		entry("team", "Billing", "members="+some("ada", "ike", "maya")),
		entry("team", "Night, and days", "members="+some("ada", "maya")),
		entry("pipeline", "Repairs", "stages="+pick("In, Out: closed", "Came in,At work:pauses  answered, Back: replied, Done: closed"), "reopen="+pick("reopen", "always new", "new after 9d"), "default="+onOff()),
		entry("field", "order", "kind="+pick("text", "number", "date")),
		entry("field", "colour", "kind=choice", "choices=red|green, or so"),
		entry("never_log", "@acme.test", "scope=mail"),
		entry("calendar", "berlin", "timezone=Europe/Berlin", "hours="+pick("mon-fri 09:00-17:00", "Sat-Sun 10:00-12:00 14:00-24:00"), "holidays="+some("2026-12-24", "2026-12-31"), "holidays_yearly="+some("12-25")),
		entry("inbox", "Desk", "members="+pick("ada|team:Billing: see", "everyone: see,reply|ada", "ada: see,reply,assign,configure"), "owner="+pick("", "maya", "ada"), "from="+pick("", "inbox", "{{agent.first}} at Acme"), "tickets="+pick("", "off", "Repairs", "Support/New"), "contacts="+pick("", "by-hand")),
		entry("inbox", "Post", "members=ada|team:Billing", "signature="+pick("", "Yours,\n\"{{agent.name}}\""), "routing="+pick("", "manual", "rota")),
		entry("strategy", "after", "kind="+pick("contact-owner", "deal-owner"), "else="+pick("", "strategy:rota|nobody", "team:billing")),
		entry("strategy", "rota", "kind="+pick("round-robin", "least-busy", "random"), "on="+pick("ada", "team:billing|ada")),
		entry("policy", "Urgent", "first-response="+pick("1h", "60m in Berlin", "1h warn 10m"), "priority="+pick("", "urgent", "high|urgent"), "inbox="+pick("", "Post|Desk"), "state="+pick("", "off")),
		entry("policy", "Else", "resolution=40h in berlin", "tag="+pick("", "vip|Gold"), "pipeline="+pick("", "Repairs"), "starts="+pick("", "ticket")),
		entry("rule", "money", "scope="+pick("desk", "inbox:Post"), "on="+pick("received", "received,created"), "when="+pick("subject:invoice", "from:acme.test  OR tag:x"), "then=tag money|assign team:Billing|stop", "disabled="+onOff()),
		entry("rule", "rest", "when="+pick("", "is:auto"), "then="+pick("tag rest", "assign strategy:rota", "priority HIGH|snooze 3d")),
	}}
	if r.IntN(2) == 0 { // the order of rules and policies counts, that of the others does not
		slices.Reverse(c.Entries)
	}
	return c
}

// testConfig: a set-up that is applied is there, applied again it changes
// nothing and writes nothing, and what is written out makes the same desk of an
// empty one.
func testConfig(t *testing.T, fresh Fresh) {
	for seed := range uint64(rounds(t)) {
		c := someConfig(rand.New(rand.NewPCG(seed, 5)))
		w, other := emptyWorld(t, fresh), emptyWorld(t, fresh)
		done, err := w.maya.Apply(w.ctx, c)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if len(done.Changes) == 0 || len(done.Missing) > 0 {
			t.Fatalf("seed %d: changes %q, missing %q", seed, done.Changes, done.Missing)
		}
		out := w.config(w.maya)
		before := w.lastSeq()
		for _, again := range []desk.Config{c, out} {
			done, err := w.maya.Apply(w.ctx, again)
			w.ok(err)
			w.want("changes of the second time", len(done.Changes), 0)
			w.want("events of the second time", w.lastSeq()-before, desk.Seq(0))
		}
		out.Exact = []string{"pipeline"}
		_, err = other.maya.Apply(other.ctx, out)
		other.ok(err)
		out.Exact = nil
		if got := other.config(other.maya); !reflect.DeepEqual(got, out) {
			t.Errorf("seed %d: written out\n%v\nand applied\n%v", seed, out, got)
		}
	}
}

// rounds is how many set-ups are thrown: two, and more where -rapid.checks asks
// for more than the usual few.
func rounds(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(flag.Lookup("rapid.checks").Value.String())
	if err != nil {
		t.Fatal(err)
	}
	return max(n/4, 1)
}

// emptyWorld is a desk in which maya has just signed in.
func emptyWorld(t testing.TB, fresh Fresh) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), open: fresh(t), clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	w.store = w.open(t)
	w.d = w.desk(w.store, 1)
	admin, err := w.d.SignIn(w.ctx, "maya", "")
	w.ok(err)
	w.maya = w.d.As(admin)
	return w
}

// testConfigChanges: only what the file says is changed, a rehearsal and a
// mistake leave nothing, and what is not in the file goes only where it is exact.
func testConfigChanges(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	before, seq := w.config(w.maya), w.lastSeq()
	team := entry("team", "Billing", "members=ben|zoe")
	rule := entry("rule", "money", "when=subject:invoice", "then=tag money")

	_, err := w.ben.Apply(w.ctx, desk.Config{})
	w.want("an agent applies", desk.KindOf(err), desk.Denied)
	_, err = w.ben.Config(w.ctx)
	w.want("an agent writes out", desk.KindOf(err), desk.Denied)

	done, err := w.maya.Apply(desk.Rehearse(w.ctx), desk.Config{Entries: []desk.ConfigEntry{team, rule}})
	w.ok(err)
	w.want("rehearsed", len(done.Changes), 2)
	_, err = w.maya.Apply(w.ctx, desk.Config{Entries: []desk.ConfigEntry{team, rule, entry("inbox", "Sales", "deputy=nobody-here")}})
	var of *desk.ConfigError
	if !errors.As(err, &of) || of.Entry != 2 || desk.KindOf(err) != desk.NotFound {
		t.Fatalf("a deputy nobody knows: %v", err)
	}
	if got := w.config(w.maya); !reflect.DeepEqual(got, before) || w.lastSeq() != seq {
		t.Errorf("what was not applied has left something: %v", got)
	}

	done = w.apply("", team, rule, entry("inbox", "Sales", "members=zoe: see", "deputy=ben"))
	w.want("said", strings.Join(done.Changes, "\n"), strings.Join([]string{
		`The team "Billing" is new: members "ben, zoe".`,
		`The inbox "Sales": members is "ben, zoe: see", was "ben, zoe".`,
		`The inbox "Sales": deputy is "ben", was the default.`,
		`The rule "money" is new: scope "desk"; on "received"; when "subject:invoice"; then "tag money".`,
	}, "\n"))
	w.want("nothing exact", len(w.apply("", entry("team", "Billing", "members=ben")).Changes), 0)
	w.want("exact", strings.Join(w.apply("team,rule,inbox", entry("team", "Billing", "members=ben"), entry("inbox", "Sales", "members=ben")).Changes, "\n"), strings.Join([]string{
		`The team "Billing": members is "ben", was "ben, zoe".`,
		`The inbox "Sales": members is "ben", was "ben, zoe: see".`,
		`The rule "money" is removed.`,
	}, "\n"))
	if _, err := w.maya.Inbox(w.ctx, "Support"); err != nil {
		t.Errorf("an inbox that is not in the file: %v", err)
	}
	w.refusedConfigs()
}

// refusedConfigs are set-ups that no desk can have, each for a reason of its own.
func (w *world) refusedConfigs() {
	w.t.Helper()
	for code, c := range map[string]desk.Config{
		"BAD_EXACT": {Exact: []string{"user"}},
		"TWICE":     {Entries: []desk.ConfigEntry{entry("team", "X"), entry("team", " x")}},
		"NO_NAME":   {Entries: []desk.ConfigEntry{entry("team", " ")}},
		"BAD_HOURS": {Entries: []desk.ConfigEntry{entry("user", "ben", "zone=Europe/Berlin")}},
	} {
		_, err := w.maya.Apply(w.ctx, c)
		w.refused("a set-up", err, code)
	}
}

// testConfigAccounts: of a mailbox the file has no password, so it waits until
// somebody has signed in, and what is for its mail waits with it.
func testConfigAccounts(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	account := entry("account", "new@acme.test", "inbox=Sales", "imap=imaps://mail.acme.test:993", "smtp=smtps://mail.acme.test:465", "write_back=flags", "addresses=orders@acme.test|form@acme.test: form")
	rule := entry("rule", "orders", "scope=channel:new@acme.test", "then=tag order")
	done := w.apply("", account, rule)
	w.want("waits", fmt.Sprint(len(done.Changes), len(done.Missing)), "0 2")
	if !strings.Contains(done.Missing[0], "postroom account connect new@acme.test --inbox Sales") {
		t.Errorf("what to do is not said: %s", done.Missing[0])
	}
	w.connect(w.maya, "Sales", "new@acme.test")
	done = w.apply("", account, rule)
	w.want("connected", fmt.Sprint(len(done.Changes), done.Missing), "3 []")
	w.want("again", len(w.apply("", account, rule).Changes), 0)
	done = w.apply("", entry("account", "new@acme.test", "imap=imaps://other.test:993"))
	w.want("another server", fmt.Sprint(len(done.Changes), len(done.Missing)), "0 1")
}
