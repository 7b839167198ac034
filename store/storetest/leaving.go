package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// hint is the next step an error names.
func hint(err error) string {
	if e, ok := err.(*desk.Error); ok { //nolint:errorlint // use cases return it itself
		return e.Hint
	}
	return ""
}

// testSaidOfTheGone: who has left stands in no matrix, and nobody is sent to him.
func testSaidOfTheGone(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	release, keep := desk.Going{Fate: desk.Release}, desk.Going{Fate: desk.KeepAs}
	rows := func() []string {
		a, err := w.maya.Access(w.ctx, "Support")
		w.ok(err)
		var logins []string
		for _, u := range a.Users {
			logins = append(logins, u.User.Login)
		}
		return logins
	}
	w.ok(w.maya.AddMember(w.ctx, "Support", desk.Everyone, desk.Rights{}))
	w.want("before", rows(), []string{"ben", "maya", "zoe"})
	asked := func() string { return w.inUse(w.zoe, "Zoe", desk.Account{Address: "ben@acme.test"}).Hint }
	_, err := w.zoe.CreateInbox(w.ctx, "Zoe", desk.Personal)
	w.ok(err)
	w.want("of somebody who is here", asked(), "Ask Ben or an admin of this desk to release it.")
	_, err = w.maya.DisableUser(w.ctx, "ben")
	w.ok(err)
	w.want("of somebody who may not sign in", asked(), "Ask Maya, an admin of this desk, to release it.")
	w.want("who may not sign in is marked", rows(), []string{"ben", "maya", "zoe"})
	_, err = w.maya.RemoveUser(w.ctx, "ben", desk.Leaving{Addresses: keep, Inboxes: keep, Conversations: release})
	w.ok(err)
	w.want("of somebody who has left", asked(), "Ask Maya, an admin of this desk, to release it.")
	w.want("after", rows(), []string{"maya", "zoe"})

	// An owner who may not sign in lets nobody in.
	_, err = w.maya.AddUser(w.ctx, "kim", "", desk.RoleAdmin)
	w.ok(err)
	_, err = w.maya.SetInboxSettings(w.ctx, "Sales", map[desk.SettingKey]string{desk.SetOwner: "zoe"})
	w.ok(err)
	_, err = w.maya.DisableUser(w.ctx, "zoe")
	w.ok(err)
	_, err = w.maya.AddUser(w.ctx, "lou", "", desk.RoleAgent)
	w.ok(err)
	w.ok(w.maya.AddMember(w.ctx, "Sales", "lou", desk.Rights{Reply: true}))
	w.want("who lets him", hint(w.seat(w.d, "lou").AddMember(w.ctx, "Sales", "maya", desk.WorkRights())), "Ask Kim, an admin of this desk, to let you.")
}

// testWaysOut: what is refused, or done by half, names the command that goes on.
func testWaysOut(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for _, grant := range []bool{false, true} {
		if grant {
			w.ok(w.maya.AddMember(w.ctx, "Support", "maya", desk.WorkRights()))
		}
		_, err := w.maya.RemoveMember(w.ctx, "Support", "maya")
		w.refused("an owner taken out", err, "OWNER")
		w.want("how", hint(err), "Hand it over first with: postroom inbox set Support owner=LOGIN")
	}
	first, err := w.maya.SetInboxSettings(w.ctx, "Support", map[desk.SettingKey]string{desk.SetOwner: "ben"})
	w.ok(err)
	_, err = w.maya.SetInboxSettings(w.ctx, "Support", map[desk.SettingKey]string{desk.SetOwner: "maya"})
	w.ok(err)
	_, err = w.maya.SetInboxSettings(w.ctx, "Support", map[desk.SettingKey]string{desk.SetOwner: "ben", desk.SetFrom: "inbox"})
	w.ok(err)
	_, err = w.maya.SetInboxSettings(w.ctx, "Support", map[desk.SettingKey]string{desk.SetOwner: "maya"})
	w.ok(err)
	_, err = w.maya.Undo(w.ctx, first.Batch)
	w.refused("undone too late", err, "CHANGED_SINCE")
	w.want("instead", hint(err), "Change it back by hand with: postroom inbox set Support owner=maya. See what has happened since with: postroom journal --inbox Support")

	// What needed a person when it was paused needs one when it is resumed.
	resumed := func(before desk.AccountState, reauth bool) desk.AccountState {
		w.clock.forward(time.Minute)
		w.write(func(wr desk.Writer) error {
			a, err := wr.Account(w.helpAcc.ID)
			a.State, a.Cause, a.Since = before, "", w.clock.get()
			if err != nil {
				return err
			}
			return wr.SaveHealth(a)
		})
		_, err := w.maya.Pause(w.ctx, "help@acme.test")
		w.ok(err)
		w.clock.forward(time.Minute)
		if reauth {
			_, err = w.maya.Reauth(w.ctx, "help@acme.test", func(a desk.Account) (desk.Account, error) {
				a.Secret = []byte("sealed anew")
				return a, nil
			})
			w.ok(err)
		}
		a, _, err := w.maya.Resume(w.ctx, "help@acme.test")
		w.ok(err)
		return a.State
	}
	w.want("resumed", []desk.AccountState{
		resumed(desk.AccountConnected, false), resumed(desk.AccountNeedsSignIn, false), resumed(desk.AccountNeedsSignIn, true), resumed(desk.AccountNeedsConsent, false),
	}, []desk.AccountState{desk.AccountConnecting, desk.AccountNeedsSignIn, desk.AccountConnecting, desk.AccountNeedsConsent})

	_, err = w.maya.CreateInbox(w.ctx, "Old", desk.Shared)
	w.ok(err)
	d, err := w.maya.Doctor(w.ctx, desk.Readings{})
	w.ok(err)
	at := slices.IndexFunc(d.Findings, func(f desk.Finding) bool { return f.Code == "NO_ADDRESS" })
	w.want("the way out of an empty inbox", d.Findings[at].What, "It has no account, so no mail can reach it. If nobody needs it any more, let it go into another: postroom inbox merge Old --into Sales --tag old")
}

// testLeavesRoutes: rules and strategies that name somebody who leaves are
// listed, and nobody leaves before it is said where they go; what then happens
// is one step, in the journal.
func testLeavesRoutes(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	w.strategy("rota", desk.RoundRobin, "ben,zoe", "ben,team:"+w.team("Backup", "ada").Name)
	_, err := w.maya.AddStrategy(w.ctx, "alone", setting(desk.Random, "ben", ""))
	w.ok(err)
	rule := func(name, when string, then ...string) {
		_, err := w.maya.AddRule(w.ctx, desk.RuleText{Name: name, Scope: "inbox:Sales", On: "received", When: when, Then: then, Enabled: true}, 0)
		w.ok(err)
	}
	rule("to ben", "", "assign strategy:rota else ben", "notify ben look", "tag ben")
	rule("asks", "(assignee:ben OR owner:zoe) invoice", "tag seen")
	rule("other", "ben", "tag ben")
	release, keep := desk.Going{Fate: desk.Release}, desk.Going{Fate: desk.KeepAs}
	leave := desk.Leaving{Addresses: keep, Inboxes: keep, Conversations: release}
	remove := func(rules, strategies desk.Going) error {
		l := leave
		l.Rules, l.Strategies = rules, strategies
		_, err := w.maya.RemoveUser(w.ctx, "ben", l)
		return err
	}
	to := func(login string) desk.Going { return desk.Going{Fate: desk.Transfer, To: login} }
	disable, drop := desk.Going{Fate: desk.Disable}, desk.Going{Fate: desk.Drop}

	held, err := w.maya.Holdings(w.ctx, "ben")
	w.ok(err)
	w.want("what names him", []any{held.Rules, held.Strategies}, []any{[]string{"to ben", "asks"}, []string{"alone", "rota"}})
	for what, err := range map[string]error{
		"nothing said": remove(desk.Going{}, desk.Going{}), "only the rules": remove(disable, desk.Going{}), "only the strategies": remove(desk.Going{}, drop),
	} {
		w.refused(what, err, "USER_HOLDS")
	}
	w.refused("rules kept", remove(keep, drop), "BAD_FATE")
	w.refused("strategies disabled", remove(disable, disable), "BAD_FATE")
	w.refused("rules to nobody", remove(desk.Going{Fate: desk.Transfer}, drop), "NO_HEIR")
	w.refused("a strategy without anybody", remove(disable, drop), "NO_TARGETS")
	_, err = w.maya.AddUser(w.ctx, "lou", "", desk.RoleAgent)
	w.ok(err)
	w.refused("a strategy to somebody who may not answer", remove(disable, to("lou")), "TARGET_WITHOUT_ACCESS")
	_, err = w.maya.SetStrategy(w.ctx, "alone", setting("", "zoe", ""))
	w.ok(err)

	seq := w.journalLength()
	w.ok(remove(to("ada"), drop))
	st, err := w.maya.Strategy(w.ctx, "rota")
	w.ok(err)
	w.want("who is chosen among", []any{st.On, st.Otherwise}, []any{[]string{"zoe"}, []string{"team:Backup"}})
	text := func(name string) desk.RuleText {
		r, err := w.maya.Rule(w.ctx, name)
		w.ok(err)
		return r.Text
	}
	w.want("the rules", []any{text("to ben").Then, text("asks").When, text("other").When, text("other").Then},
		[]any{[]string{"assign strategy:rota else ada", "notify ada look", "tag ben"}, "(assignee:ada OR owner:zoe) invoice", "ben", []string{"tag ben"}})
	kinds := map[desk.EventKind]int{}
	w.read(func(r desk.Reader) error {
		events, err := r.EventsAfter(seq, 100)
		for _, ev := range events {
			kinds[ev.Kind]++
		}
		return err
	})
	w.want("in the journal", []int{kinds[desk.EventRuleChanged], kinds[desk.EventStrategySet], kinds[desk.EventUserRemoved]}, []int{2, 1, 1})
	_, who := w.come()
	w.want("the next one", who, "zoe")
}

// testNobodyFound: a strategy that finds nobody is not switched on, and the
// doctor names whoever rules and strategies count on and is not there.
func testNobodyFound(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh)
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetRouting: "manual"})
	said := func(codes ...string) []string {
		d, err := w.maya.Doctor(w.ctx, desk.Readings{})
		w.ok(err)
		var list []string
		for _, f := range d.Findings {
			if slices.Contains(codes, f.Code) {
				list = append(list, f.Where+": "+f.What+" "+f.Fix)
			}
		}
		return list
	}
	all := []string{"ROUTING_UNDECIDED", "RULE_NAMES_GONE", "STRATEGY_NAMES_GONE", "STRATEGY_FINDS_NOBODY"}
	w.want("undecided", said(all...), []string{"Sales: Nobody has decided who gets its new conversations, and no rule assigns them; until then they wait for whoever takes them. postroom inbox set Sales routing=manual"})
	w.team("Backup", "ada")
	_, err := w.maya.AddStrategy(w.ctx, "alone", setting(desk.Random, "zoe", "team:backup"))
	w.ok(err)
	_, err = w.maya.AddStrategy(w.ctx, "rota", setting(desk.RoundRobin, "zoe,ben", "strategy:alone,nobody"))
	w.ok(err)
	for _, rule := range [][2]string{{"to zoe", "assign zoe else team:backup"}, {"tells", "notify ben look"}} {
		_, err = w.maya.AddRule(w.ctx, desk.RuleText{Name: rule[0], Scope: "inbox:Sales", On: "received", Then: rule[1:], Enabled: true}, 0)
		w.ok(err)
	}
	w.team("Gone", "ada")
	_, err = w.maya.AddRule(w.ctx, desk.RuleText{Name: "asks", Scope: "inbox:Sales", On: "received", When: "-assignee:zoe (owner:zoe OR team:gone OR team:backup OR assignee:nobody OR owner:none OR team:none)", Then: []string{"tag x"}, Enabled: true}, 0)
	w.ok(err)
	w.want("while all are here", said(all...), []string(nil))
	_, err = w.maya.DisableUser(w.ctx, "zoe")
	w.ok(err)
	const asks = "asks: Its condition asks for Zoe, who may not sign in any more"
	w.want("one is not", said(all...), []string{
		"to zoe: The rule counts on Zoe, who may not sign in any more. postroom rule disable 'to zoe'",
		asks + ". postroom rule disable asks",
		"alone: It names Zoe, who may not sign in any more. postroom strategy set alone --on LOGIN",
		"rota: It names Zoe, who may not sign in any more. postroom strategy set rota --on ben",
	})
	w.set(w.maya, "Sales", map[desk.SettingKey]string{desk.SetRouting: "rota"})
	_, err = w.maya.LeaveTeam(w.ctx, "Backup", "ada")
	w.ok(err)
	w.want("nobody is", said("STRATEGY_FINDS_NOBODY"), []string{"alone: It can find nobody: it names Zoe, who may not sign in any more; the team Backup, which has nobody in it. postroom strategy set alone --on LOGIN"})
	_, err = w.maya.SetInboxSettings(w.ctx, "Sales", map[desk.SettingKey]string{desk.SetRouting: "alone"})
	w.refused("a strategy that finds nobody", err, "FINDS_NOBODY")
	_, err = w.maya.SetAway(w.ctx, "ben")
	w.ok(err)
	w.clock.forward(15 * 24 * time.Hour)
	w.want("away for long", said("STRATEGY_FINDS_NOBODY", "RULE_NAMES_GONE"), []string{
		"to zoe: The rule counts on Zoe, who may not sign in any more; the team Backup, which has nobody in it. postroom rule disable 'to zoe'",
		"tells: The rule counts on Ben, who has been away for 15 days. postroom rule disable tells",
		asks + ". postroom rule disable asks",
		"alone: It can find nobody: it names Zoe, who may not sign in any more; the team Backup, which has nobody in it. postroom strategy set alone --on LOGIN",
		"rota: It can find nobody: it names Ben, who has been away for 15 days; Zoe, who may not sign in any more. postroom strategy set rota --on LOGIN",
	})
	_, err = w.maya.RemoveTeam(w.ctx, "Gone")
	w.ok(err)
	w.want("a team is gone", slices.Contains(said("RULE_NAMES_GONE"), "asks: Its condition asks for Zoe, who may not sign in any more; the team gone, which is gone. postroom rule disable asks"), true)
}

// testKeptStaysKept: undoing a conversion does not let work again what is kept
// for somebody who has left; the way out is said.
func testKeptStaysKept(t *testing.T, fresh Fresh) {
	for _, gone := range []bool{false, true} {
		w := newWorld(t, fresh)
		done, err := w.maya.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Personal, Owner: "zoe", Inbox: "Zoes"})
		w.ok(err)
		if gone {
			keep := desk.Going{Fate: desk.KeepAs}
			_, err = w.maya.RemoveUser(w.ctx, "zoe", desk.Leaving{Addresses: keep, Inboxes: keep, Conversations: desk.Going{Fate: desk.Release}})
			w.ok(err)
		}
		_, err = w.maya.Undo(w.ctx, done.Batch)
		w.want("the undo", refused(err), map[bool]string{true: "CHANGED_SINCE", false: refused(nil)}[gone])
		if gone && !strings.Contains(err.Error(), "Zoe has been removed since") {
			t.Errorf("it does not say why: %v", err)
		}
	}
}
