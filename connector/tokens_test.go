package connector

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/store"
)

// Of many goroutines in many processes that find a token refused, one asks the
// provider, and all get what it was given. The control asks without asking the
// desk, and comes with used tokens.
func TestOneRenewsForAll(t *testing.T) {
	t.Parallel()
	o := newTokenOffice(t, time.Minute, noServers)
	_, a, g := o.opened(t)
	const processes, goroutines = 4, 3
	var all sync.WaitGroup
	given := make(chan string, processes*goroutines)
	for range processes {
		k := o.another(t)
		for range goroutines {
			all.Go(func() {
				token, err := k.Token(t.Context(), a, g.Access)
				if err != nil {
					t.Error(err)
				}
				given <- token
			})
		}
	}
	all.Wait()
	close(given)
	first := <-given
	for token := range given {
		if token != first || token == g.Access {
			t.Error("not all were given the same new token")
		}
	}
	if renewed, reused := o.provider.Refreshes(); renewed != 1 || reused != 0 {
		t.Errorf("%d renewals, %d with a used token", renewed, reused)
	}

	row, _, err := o.accountAndTokens(t)
	if err == nil {
		g, err = o.tokens.unseal(row)
	}
	if err != nil {
		t.Fatal(err)
	}
	request, err := o.tokens.request(t.Context(), row.Provider, a)
	if err != nil {
		t.Fatal(err)
	}
	for range processes {
		all.Go(func() {
			_, _ = oauth.Renew(t.Context(), request, oauth.Grant{Refresh: g.Refresh})
		})
	}
	all.Wait()
	if _, reused := o.provider.Refreshes(); reused == 0 {
		t.Error("the control came with no used token, so this shows nothing")
	}
}

// another is a process of its own at the same desk, as far as the database can
// tell.
func (o *tokenOffice) another(t *testing.T) *Tokens {
	t.Helper()
	own := &tokenOffice{office: openOffice(t, o.path)}
	return own.newTokens(t)
}

// A process that has died while it was asking is in nobody's way.
func TestDeadAskerIsPassedOver(t *testing.T) {
	t.Parallel()
	o := newTokenOffice(t, time.Minute, noServers)
	dead := exec.CommandContext(t.Context(), "true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	row, a, err := o.accountAndTokens(t)
	if err != nil {
		t.Fatal(err)
	}
	g, err := o.tokens.unseal(row)
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ := strings.Cut(holderName("x"), "/")
	if _, err := o.desk.Mailroom().AskTokens(t.Context(), a.ID, row.Version, fmt.Sprintf("%s/%d/gone", host, dead.ProcessState.Pid()), ""); err != nil {
		t.Fatal(err)
	}
	token, err := o.tokens.Token(soon(t, time.Minute), a, g.Access)
	if err != nil || token == g.Access {
		t.Errorf("it waits for the dead: %v", err)
	}
	// One that lives is waited for: the control.
	row, _, err = o.accountAndTokens(t)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.desk.Mailroom().AskTokens(t.Context(), a.ID, row.Version, "another-host/1/alive", ""); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*askAgain)
	defer cancel()
	if _, err := o.tokens.Token(ctx, a, token); err == nil {
		t.Error("it does not wait for another host")
	}
}

// A database that does not take the new tokens costs no sign-in: they wait in
// memory, nobody gets them before they are kept, and nobody asks again.
func TestTokensWaitForTheDatabase(t *testing.T) {
	t.Parallel()
	o := newTokenOffice(t, time.Minute, noServers)
	row, a, err := o.accountAndTokens(t)
	if err != nil {
		t.Fatal(err)
	}
	g, err := o.tokens.unseal(row)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), o.path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	moody := &moodyStore{Store: st}
	d, err := desk.New(t.Context(), desk.Outside{Store: moody, Clock: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	k := NewTokens(d, o.tokens.secrets, nil)
	full := errors.New("the disk is full")
	o.provider.AfterGrant(func() { moody.fail = func() error { return full } })
	if _, err := k.Token(t.Context(), a, g.Access); !errors.Is(err, full) {
		t.Fatalf("it hands out what is not kept: %v", err)
	}
	o.provider.AfterGrant(nil)
	if _, err := k.Token(t.Context(), a, g.Access); !errors.Is(err, full) {
		t.Errorf("the second time: %v", err)
	}
	moody.fail = nil
	token, err := k.Token(t.Context(), a, g.Access)
	if err != nil || token == g.Access {
		t.Errorf("when the disk has room again: %v", err)
	}
	if renewed, reused := o.provider.Refreshes(); renewed != 1 || reused != 0 {
		t.Errorf("%d renewals, %d with a used token", renewed, reused)
	}
}

// In a rehearsal, too, what the provider has given is kept: the refresh token it
// took is worth nothing any more. The control puts the row back, as a rehearsal
// would that took this back with all else.
func TestRehearsalKeepsTokens(t *testing.T) {
	t.Parallel()
	o := newTokenOffice(t, time.Minute, noServers)
	row, a, g := o.opened(t)
	first, err := o.tokens.Token(desk.Rehearse(t.Context()), a, g.Access)
	if err != nil {
		t.Fatal(err)
	}
	second, err := o.another(t).Token(t.Context(), a, first)
	if err != nil || second == first {
		t.Fatalf("after the rehearsal: %v", err)
	}
	if renewed, reused := o.provider.Refreshes(); renewed != 2 || reused != 0 {
		t.Errorf("%d renewals, %d with a used token", renewed, reused)
	}
	now, _, err := o.accountAndTokens(t)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.desk.Mailroom().KeepTokens(t.Context(), now, row.Sealed); err != nil {
		t.Fatal(err)
	}
	_, err = o.another(t).Token(t.Context(), a, g.Access)
	if _, reused := o.provider.Refreshes(); desk.KindOf(err) != desk.Denied || reused == 0 {
		t.Errorf("the control is let in: %v", err)
	}
}
