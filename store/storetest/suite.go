// Package storetest is the one suite every database under a desk has to pass.
// It speaks to package desk's ports and use cases only, so that what holds on
// one database holds on the next.
package storetest

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"postroom/desk"
)

// Fresh makes an empty database and gives what opens it: each call is another
// handle, as another process would have one. Handles are closed by the test's
// clean-up.
type Fresh func(t testing.TB) (open func(t testing.TB) desk.Store)

// Run runs the suite on each of the databases, side by side: most of the time
// goes into waiting for the disk.
func Run(t *testing.T, databases map[string]Fresh) {
	few(t)
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range suite() {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.test(t, fresh)
				})
			}
		})
	}
}

// promise is one thing every database has to do.
type promise struct {
	name string
	test func(*testing.T, Fresh)
}

func suite() []promise {
	return []promise{
		{"counts", testCounts}, // takes longest, so it begins first
		{"set-ups", testConfig},
		{"set-ups that change", testConfigChanges},
		{"set-ups undone", testApplyUndo},
		{"changes of the set-up undone", testSetupUndo},
		{"set-ups with accounts", testConfigAccounts},
		{"people", testPeople},
		{"inboxes", testInboxes},
		{"settings", testSettings},
		{"pipelines", testPipelines},
		{"tickets", testTickets},
		{"ticket fields", testTicketFields},
		{"mail to a closed ticket", testReopenPolicy},
		{"merged", testMerge},
		{"split", testSplit},
		{"moved", testMoved},
		{"moved away from a team", testMovedTeam},
		{"inboxes merged", testInboxesMerged},
		{"inboxes not merged", testInboxesNotMerged},
		{"undo after inboxes merged", testInboxesMergedUndo},
		{"inboxes merged one after another", testInboxesMergedOn},
		{"settings refused", testSettingsRefused},
		{"letterhead", testLetterhead},
		{"news", testNews},
		{"accounts", testAccounts},
		{"setups", testSetups},
		{"tokens", testTokens},
		{"tokens at once", testTokensAtOnce},
		{"one address, one inbox", testAddressHeld},
		{"two connect at once", testConnectAtOnce},
		{"kinds of addresses", testAddressKinds},
		{"addresses at once", testAddressesAtOnce},
		{"addresses verified", testVerified},
		{"the address that was written to", testSenders},
		{"served before", testServed},
		{"converted", testConvert},
		{"not converted", testConvertRefused},
		{"not converted while routed", testConvertRouted},
		{"converted, with tickets", testConvertWork},
		{"conversion undone", testConvertUndone},
		{"kept stays kept", testKeptStaysKept},
		{"paused", testPaused},
		{"leases", testLeases},
		{"fences", testFences},
		{"ledger", testLedger},
		{"ledger counted", testKnowsExactly},
		{"flags", testFlags},
		{"bytes", testBytes},
		{"message round trip", testMessage},
		{"message ids", testMessageIDs},
		{"timeline", testTimeline},
		{"taken back", testTakenBack},
		{"taken back with its closing", testTakenBackClosing},
		{"taken over with an answer", testTakeOver},
		{"drafts", testDrafts},
		{"threading", testThreading},
		{"late parent", testLateParent},
		{"two inboxes, one Message-ID", testTwoInboxes},
		{"outbox", testOutbox},
		{"jobs", testJobs},
		{"our copy in Sent", testOwnCopy},
		{"answers from elsewhere", testAnswersFromElsewhere},
		{"our address from outside", testOurAddressFromOutside},
		{"write-back", testWriteBack},
		{"done elsewhere", testDoneElsewhere},
		{"done before it was read", testDoneBeforeRead},
		{"write-back converted", testWriteBackConverted},
		{"journal", testJournal},
		{"journal without gaps", testJournalGaps},
		{"history", testHistory},
		{"failed write leaves nothing", testFailedWrite},
		{"claims", testClaims},
		{"undo", testUndo},
		{"survey", testSurvey},
		{"paging", testPaging},
		{"matter", testMatter},
		{"four independent things", testIndependent},
		{"teams that have", testTeamHolds},
		{"tags", testTags},
		{"time", testTick},
		{"visibility", testVisibility},
		{"search", testSearch},
		{"falling through", testFalling},
		{"silence", testSilence},
		{"queries", testQueries},
		{"search paging", testSearchPaging},
		{"reopen", testReopen},
		{"a stranger as late parent", testStrangerAsLateParent},
		{"a forwarded token", testForwardedToken},
		{"our id on a customer's mail", testOurIDOnACustomersMail},
		{"a refused reply that closed", testRefusedReplyClosed},
		{"two new mails taken back", testTwoNewMailsTakenBack},
		{"the same conversation twice", testSameConversationTwice},
		{"rights", testRights},
		{"teams", testTeams},
		{"membership", testMembership},
		{"members are derived", testDerived},
		{"invitations", testInvitations},
		{"a code that arrives", testCodeArrives},
		{"standing", testStanding},
		{"removed users", testRemoved},
		{"what is said of who has gone", testSaidOfTheGone},
		{"the ways out", testWaysOut},
		{"rules and strategies of who leaves", testLeavesRoutes},
		{"contacts and deals of who leaves", testLeavesRecords},
		{"nobody found", testNobodyFound},
		{"break-glass", testGlass},
		{"rules", testRules},
		{"rules that would loop", testRuleLoops},
		{"conditions of rules", testRuleConditions},
		{"rules refused", testRulesRefused},
		{"rules and tickets", testRuleTickets},
		{"rules and stages", testRuleStages},
		{"rules escalate", testRuleEscalates},
		{"history of rules", testRuleHistory},
		{"rules that answer", testRuleAnswers},
		{"rules that thread", testRuleThreads},
		{"rules that tell and call", testRuleNotices},
		{"rules that wait", testRuleTime},
		{"known senders", testKnownSenders},
		{"explaining", testExplain},
		{"explanations kept", testRuleRunsKept},
		{"replay", testReplay},
		{"names", testNames},
		{"customers", testCustomers},
		{"contacts are seen with their mail", testContactsSeen},
		{"whose a mail is", testWhose},
		{"contacts by hand", testContactsByHand},
		{"never-log list", testNeverLog},
		{"logging", testLogging},
		{"contacts merged", testContactsMerged},
		{"companies", testCompanies},
		{"import", testImport},
		{"clocks", testClocks},
		{"clocks stand still", testClocksStandStill},
		{"clocks by another policy", testRegroup},
		{"policies", testPolicies},
		{"simulated", testSimulated},
		{"clocks moved", testClocksMoved},
		{"clocks merged", testClocksMerged},
		{"by due", testByDue},
		{"board", testBoard},
		{"round robin", testRoundRobin},
		{"least busy", testLeastBusy},
		{"available", testAvailable},
		{"hours", testHours},
		{"else", testElse},
		{"reopened", testReopened},
		{"owners", testOwners},
		{"next", testNext},
		{"rules assign", testRuleAssigns},
		{"endless addresses", testEndlessAddresses},
	}
}

// clock is a time that moves when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) get() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// randomness is reproducible, and may be read by several at once.
type randomness struct {
	mu sync.Mutex
	r  *rand.Rand
}

func (r *randomness) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range p {
		p[i] = byte(r.r.Uint32())
	}
	return len(p), nil
}

var _ io.Reader = (*randomness)(nil)

// world is a small desk: an admin and two agents; two shared inboxes, of which
// the admin and ben have support and sales, zoe only sales; and a personal
// inbox of ben's.
type world struct {
	t                         testing.TB
	ctx                       context.Context
	open                      func(testing.TB) desk.Store
	store                     desk.Store
	clock                     *clock
	d                         *desk.Desk
	maya, ben, zoe            *desk.Seat
	support, sales, ownInbox  desk.Inbox
	helpAcc, salesAcc, ownAcc desk.Account
	mails                     int
}

func newWorld(t testing.TB, fresh Fresh) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), open: fresh(t), clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	w.store = w.open(t)
	t.Cleanup(w.namesInTheJournal)
	w.d = w.desk(w.store, 1)
	admin, err := w.d.SignIn(w.ctx, "maya", "")
	w.ok(err)
	w.maya = w.d.As(admin)
	for _, login := range []string{"ben", "zoe"} {
		_, err := w.maya.AddUser(w.ctx, login, "", desk.RoleAgent)
		w.ok(err)
	}
	w.ben, w.zoe = w.seat(w.d, "ben"), w.seat(w.d, "zoe")
	w.support, err = w.maya.CreateInbox(w.ctx, "Support", desk.Shared)
	w.ok(err)
	w.sales, err = w.maya.CreateInbox(w.ctx, "Sales", desk.Shared)
	w.ok(err)
	w.ownInbox, err = w.ben.CreateInbox(w.ctx, "Ben", desk.Personal)
	w.ok(err)
	w.ok(w.maya.AddMember(w.ctx, "Support", "ben", desk.WorkRights()))
	w.ok(w.maya.AddMember(w.ctx, "Sales", "ben", desk.WorkRights()))
	w.ok(w.maya.AddMember(w.ctx, "Sales", "zoe", desk.WorkRights()))
	w.helpAcc = w.connect(w.maya, "Support", "help@acme.test")
	w.salesAcc = w.connect(w.maya, "Sales", "sales@acme.test")
	w.ownAcc = w.connect(w.ben, "Ben", "ben@acme.test")
	return w
}

// desk opens a desk on a handle with randomness of its own.
func (w *world) desk(s desk.Store, seed uint64) *desk.Desk {
	w.t.Helper()
	d, err := desk.New(w.ctx, desk.Outside{Store: s, Clock: w.clock.get, Rand: &randomness{r: rand.New(rand.NewPCG(seed, 7))}})
	w.ok(err)
	return d
}

func (w *world) seat(d *desk.Desk, login string) *desk.Seat {
	w.t.Helper()
	a, err := d.SignIn(w.ctx, login, "")
	w.ok(err)
	return d.As(a)
}

func (w *world) connect(s *desk.Seat, inbox, address string) desk.Account {
	w.t.Helper()
	a, err := s.Connect(w.ctx, inbox, desk.Account{Address: address, IMAP: "imaps://mail.acme.test:993", SMTP: "smtps://mail.acme.test:465", Secret: []byte("sealed")})
	w.ok(err)
	return a
}

// ok ends the test unless err is nil.
func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// want compares two printable values.
func (w *world) want(what string, got, want any) {
	w.t.Helper()
	if g, x := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != x {
		w.t.Fatalf("%s:\n got %s\nwant %s", what, g, x)
	}
}

func (w *world) read(fn func(desk.Reader) error) {
	w.t.Helper()
	w.ok(w.store.Read(w.ctx, fn))
}

func (w *world) write(fn func(desk.Writer) error) {
	w.t.Helper()
	w.ok(w.store.Write(w.ctx, fn))
}

// mail is a plain mail from a customer.
func mail(id, from, subject, text string) desk.Mail {
	return desk.Mail{
		MessageID: id, Subject: subject, Text: text, From: []desk.Mailbox{{Addr: from}},
		To: []desk.Mailbox{{Addr: "help@acme.test"}}, Auto: desk.Auto{Kind: desk.AutoNone},
	}
}

// arrive keeps a mail in an inbox and receives it; the clock goes on.
func (w *world) arrive(inbox desk.InboxID, m desk.Mail) desk.Message {
	w.t.Helper()
	w.clock.forward(time.Minute)
	return w.arriveAt(inbox, m, w.clock.get())
}

func (w *world) arriveAt(inbox desk.InboxID, m desk.Mail, at time.Time) desk.Message {
	w.t.Helper()
	raw := w.keep(inbox, at)
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: raw, Inbox: inbox, Role: desk.RoleInbox, At: at, Mail: m}}))
	return w.messageOf(inbox, raw)
}

// keep stores bytes nobody has stored before.
func (w *world) keep(inbox desk.InboxID, at time.Time) desk.RawID {
	w.t.Helper()
	w.mails++
	var id desk.RawID
	w.write(func(wr desk.Writer) error {
		var err error
		id, _, err = wr.AddRaw(inbox, 0, desk.Folder{Role: desk.RoleInbox},
			desk.Fetched{At: at, Packed: w.store.Pack(fmt.Appendf(nil, "mail %d", w.mails))})
		return err
	})
	return id
}

// messageOf finds the message of a raw mail among all conversations.
func (w *world) messageOf(inbox desk.InboxID, raw desk.RawID) desk.Message {
	w.t.Helper()
	var found desk.Message
	for _, c := range w.conversations() {
		if c.Inbox != inbox || c.JoinedTo != 0 {
			continue
		}
		w.read(func(r desk.Reader) error {
			ms, err := r.Mails(c.ID)
			for _, m := range ms {
				if m.Raw == raw {
					found, err = r.Message(m.ID)
				}
			}
			return err
		})
	}
	if found.ID == 0 {
		w.t.Fatalf("raw mail %d has no message", raw)
	}
	return found
}

// conversations reads every conversation there is, by number.
func (w *world) conversations() []desk.Conversation {
	w.t.Helper()
	var list []desk.Conversation
	w.read(func(r desk.Reader) error {
		ids, err := r.ConversationIDs(0, 1_000_000)
		for _, id := range ids {
			c, err := r.Conversation(id)
			if err != nil {
				return err
			}
			list = append(list, c)
		}
		return err
	})
	return list
}

// list reads the first rows of a view.
func (w *world) list(s *desk.Seat, v desk.View) []desk.ConversationID {
	w.t.Helper()
	p, err := s.List(w.ctx, v, desk.Window{Limit: 100})
	w.ok(err)
	return ids(p.Rows)
}

func ids(rows []desk.Row) []desk.ConversationID {
	list := make([]desk.ConversationID, len(rows))
	for i, r := range rows {
		list[i] = r.ID
	}
	return list
}

// query searches all places as a viewer and gives the numbers, ascending.
func (w *world) query(s *desk.Seat, line string) []desk.ConversationID {
	w.t.Helper()
	q, err := desk.ParseQuery(line)
	w.ok(err)
	list := w.list(s, desk.View{Assigned: desk.Anybody, Sort: desk.ByNewest, Query: q})
	slices.Sort(list)
	return list
}

// few runs the properties fewer times than usual while the suite runs, because
// each run works on a database; -rapid.checks asks for more.
func few(t *testing.T) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() != checks.DefValue {
		return
	}
	if err := checks.Value.Set("8"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) }) // its own default
}
