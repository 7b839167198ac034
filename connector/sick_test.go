package connector

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// hasty is a pace at which a test sees every deadline and every next attempt.
func hasty() pace {
	return pace{
		greeting: time.Second, exchange: time.Second, search: time.Second, mail: time.Second,
		broken: time.Millisecond, again: 300 * time.Millisecond, most: time.Second, look: 3 * time.Second,
	}
}

// account is how an account is now.
func (o *office) account(t testing.TB, id desk.AccountID) desk.Account {
	t.Helper()
	list, err := o.seat.Accounts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(a desk.Account) bool { return a.ID == id })
	if i < 0 {
		t.Fatalf("account %d is gone", id)
	}
	return list[i]
}

// awaitHealth waits until the health of an account is as it should be.
func (o *office) awaitHealth(t testing.TB, id desk.AccountID, what string, holds func(desk.Account) bool) {
	t.Helper()
	bell := o.desk.Bell().Listen()
	defer bell.Close()
	ctx := soon(t, patienceForHealth)
	for a := o.account(t, id); !holds(a); a = o.account(t, id) {
		select {
		case <-bell.Rung():
			bell.Take()
		case <-ctx.Done():
			t.Fatalf("waited for the account %s; it is %s: %s", what, a.State, a.Cause)
		}
	}
}

// patienceForHealth is far longer than it takes.
const patienceForHealth = time.Minute

// audit compares one account with its server.
func (o *office) audit(t testing.TB, c *Connector, id desk.AccountID) Audited {
	t.Helper()
	list, err := c.Audit(soon(t, time.Minute), []desk.AccountID{id}, nil)
	if err != nil || len(list) != 1 {
		t.Fatalf("audit: %v, %v", list, err)
	}
	return list[0]
}

// patientServer is a sick server with its account.
type patientServer struct {
	*testserver.Sick
	testserver.Trouble
	account desk.AccountID
}

// TestEverySickServerIsToldAndHeals serves one account on each sick server, all
// at once. Each has to say in words what is wrong; once its server is well all
// of its mail has to come by itself, and the audit to find nothing missing and
// nothing extra (promises P5, P10, M11).
func TestEverySickServerIsToldAndHeals(t *testing.T) {
	t.Parallel()
	o := newOffice(t, desk.Shared)
	con := o.connector(t)
	con.pace = hasty()
	auditor := o.connector(t)
	var ward []patientServer
	for i, trouble := range testserver.Troubles() {
		server := testserver.StartSick(t, trouble)
		a := o.connect(t, server.URL(), server.CAFile, fmt.Sprintf("sick%02d@example.test", i))
		ward = append(ward, patientServer{server, trouble, a.ID})
	}
	run(t, con)
	if len(ward) < 45 {
		t.Errorf("only %d sick servers", len(ward))
	}
	for _, p := range ward {
		t.Run(p.Name, func(t *testing.T) {
			o.awaitHealth(t, p.account, "to say "+p.Says, func(a desk.Account) bool {
				told := func(says string) bool { return strings.Contains(a.Cause, says) }
				return slices.ContainsFunc(strings.Split(p.Says, "|"), told) && (p.Says != "" || p.At == "NONE" || p.Played() > 0)
			})
			told := o.account(t, p.account)
			t.Logf("%s: %s", told.State, told.Cause)
			if strings.ContainsAny(told.Cause, "\x1b\x07\r\n") {
				t.Errorf("its health is not harmless: %q", told.Cause)
			}
			p.Heal()
		})
	}
	for _, p := range ward {
		t.Run(p.Name+", well again", func(t *testing.T) {
			o.awaitHealth(t, p.account, "to be well", func(a desk.Account) bool {
				// One that took IDLE away still serves the connection without it.
				return a.State == desk.AccountConnected && (a.Cause == "" || a.Cause == asked)
			})
			found := o.audit(t, auditor, p.account)
			if !found.Complete() || len(found.Folders) != 1 || found.Folders[0].Here != found.Folders[0].OnServer || found.Folders[0].New > 0 {
				t.Errorf("the audit finds %+v", found)
			}
		})
	}
}
