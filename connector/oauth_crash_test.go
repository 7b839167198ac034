//go:build !race

package connector

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/internal/crash"
)

// TestCrashTokens kills a process in the two places where a renewal can be torn
// (promises P7): when the mail server sees the new access token for the first
// time, and when the provider has answered and nobody has read it. After the
// first the desk has the new refresh token and goes on. After the second there
// is nothing to go on with at a provider that takes a token once; then the
// account says what has happened, and when. The control uses the new token
// before it is kept, and is signed out by the first kill.
func TestCrashTokens(t *testing.T) {
	if path := os.Getenv("POSTROOM_TEST_TOKENS"); path != "" {
		renewAndUse(t, path, os.Getenv("POSTROOM_TEST_NAIVE") != "")
		return
	}
	o := newTokenOffice(t, time.Minute, onlyDovecot)
	kills := crash.Count(2, 40)
	for range kills {
		o.killRenewal(t, false, o.provider.BeforeLook)
		if err := o.renewal(t); err != nil {
			t.Fatalf("killed when the new token was used: %v", err)
		}
	}
	if _, reused := o.provider.Refreshes(); reused != 0 {
		t.Errorf("%d renewals came with a used token", reused)
	}
	var e *desk.Error
	o.killRenewal(t, false, o.provider.AfterGrant)
	if err := o.renewal(t); !errors.As(err, &e) || e.Kind != desk.Denied || !strings.Contains(e.Message, "was cut off on "+time.Now().UTC().Format(time.DateOnly)) {
		t.Errorf("killed before the answer was read: %v", err)
	}
	o.reauth(t)
	if err := o.renewal(t); err != nil {
		t.Errorf("after a new sign-in: %v", err)
	}
	o.killRenewal(t, true, o.provider.BeforeLook)
	if err := o.renewal(t); !errors.As(err, &e) || e.Code != "SIGN_IN_ENDED" {
		t.Errorf("the control survives: %v", err)
	}
	crash.Report(t, "%d kills at the first use of a new token: none lost; 1 before the answer was read: told; the control was signed out", kills)
}

// renewal renews the tokens now, as the next process would.
func (o *tokenOffice) renewal(t *testing.T) error {
	t.Helper()
	k := o.newTokens(t)
	row, a, err := o.accountAndTokens(t)
	if err != nil {
		t.Fatal(err)
	}
	g, err := k.unseal(row)
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Token(t.Context(), a, g.Access)
	return err
}

// killRenewal starts a process that renews and uses a token, and kills it at a
// moment that the provider knows.
func (o *tokenOffice) killRenewal(t *testing.T, naive bool, at func(func())) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashTokens$")
	child.Env = append(os.Environ(), "POSTROOM_TEST_TOKENS="+o.path, "POSTROOM_TEST_ACCOUNT="+strconv.FormatInt(int64(o.a.ID), 10))
	if naive {
		child.Env = append(child.Env, "POSTROOM_TEST_NAIVE=1")
	}
	started := make(chan *crash.Process, 1)
	var once sync.Once
	killed := make(chan struct{})
	at(func() {
		once.Do(func() {
			(<-started).Kill()
			close(killed)
		})
	})
	defer at(nil)
	process := crash.Start(t, child)
	started <- process
	<-process.Ended()
	select {
	case <-killed:
	case <-time.After(10 * time.Second):
		t.Fatal("the process ended before it could be killed")
	}
}

// renewAndUse is the process: it renews the account's tokens and signs in.
func renewAndUse(t *testing.T, path string, naive bool) {
	o := &tokenOffice{office: openOffice(t, path)}
	k := o.newTokens(t)
	id, err := strconv.ParseInt(os.Getenv("POSTROOM_TEST_ACCOUNT"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	o.a.ID = desk.AccountID(id)
	row, a, err := o.accountAndTokens(t)
	if err != nil {
		t.Fatal(err)
	}
	g, err := k.unseal(row)
	if err != nil {
		t.Fatal(err)
	}
	if !naive {
		token, err := k.Token(t.Context(), a, g.Access)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = openSession(t.Context(), a, token, patient())
		return
	}
	// The control: use it, and keep it when that has worked.
	request, err := k.request(t.Context(), row.Provider, a)
	if err != nil {
		t.Fatal(err)
	}
	next, err := oauth.Renew(t.Context(), request, oauth.Grant{Refresh: g.Refresh})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = openSession(t.Context(), a, next.Access, patient())
	sealed, err := k.sealAgain(next)
	if err == nil {
		_, err = k.room.KeepTokens(context.Background(), row, sealed)
	}
	t.Logf("the control lives: %v", err)
}
