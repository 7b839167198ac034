package storetest

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"postroom/desk"
)

// testTokens: an account that signs in at a provider, and who may renew its
// tokens.
func testTokens(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	client := desk.OAuthClient{Provider: "https://id.acme.test", ClientID: "c", Secret: []byte("sealed"), Tenant: "t", Endpoints: `{"token":"x"}`, Scopes: "a b", CA: "pem"}
	own := desk.Account{Address: "own@acme.test", OAuth: client.Provider, OAuthUser: "ben@acme.test", Secret: []byte("first")}
	if _, err := w.ben.Connect(w.ctx, "Ben", own); desk.KindOf(err) != desk.NotFound {
		t.Errorf("without a client it connects: %v", err)
	}
	if err := w.ben.SetOAuthClient(w.ctx, client); desk.KindOf(err) != desk.Denied {
		t.Errorf("an agent sets a client: %v", err)
	}
	w.ok(w.maya.SetOAuthClient(w.ctx, client))
	client.Since = w.clock.get()
	got, err := w.d.Mailroom().OAuthClient(w.ctx, client.Provider)
	w.ok(err)
	if !reflect.DeepEqual(got, client) {
		t.Errorf("%+v, wanted %+v", got, client)
	}
	list, err := w.ben.OAuthClients(w.ctx)
	w.ok(err)
	if len(list) != 1 || list[0].Secret == nil || len(list[0].Secret) > 0 {
		t.Errorf("a user sees %+v", list)
	}

	a, err := w.ben.Connect(w.ctx, "Ben", own)
	w.ok(err)
	now, tokens, err := w.d.Mailroom().Tokens(w.ctx, a.ID)
	w.ok(err)
	w.want("with the account", []any{now.OAuth, now.OAuthUser, len(now.Secret), now.GrantedAt}, []any{own.OAuth, own.OAuthUser, 0, w.clock.get()})
	w.want("the grant", []any{string(tokens.Sealed), tokens.Version, tokens.Person}, []any{"first", int64(1), "ben@acme.test"})
	if err := w.maya.RemoveOAuthClient(w.ctx, client.Provider); desk.KindOf(err) != desk.Conflict {
		t.Errorf("a client that is used can be removed: %v", err)
	}

	asked, err := w.d.Mailroom().AskTokens(w.ctx, a.ID, 1, "one", "")
	w.ok(err)
	began := asked.AskedAt
	if _, err = w.d.Mailroom().AskTokens(w.ctx, a.ID, 1, "two", ""); desk.KindOf(err) != desk.Conflict {
		t.Errorf("two ask at once: %v", err)
	}
	w.clock.forward(time.Second)
	asked, err = w.d.Mailroom().AskTokens(w.ctx, a.ID, 1, "two", "one") // who is dead
	w.ok(err)
	w.want("the lost answer", []any{asked.Asking, asked.AskedAt}, []any{"two", began})
	kept, err := w.d.Mailroom().KeepTokens(w.ctx, asked, []byte("second"))
	w.ok(err)
	w.want("kept", []any{kept.Version, kept.Asking, kept.AskedAt.IsZero()}, []any{int64(2), "", true})
	if _, err = w.d.Mailroom().KeepTokens(w.ctx, asked, []byte("late")); !errors.Is(err, desk.ErrStale) {
		t.Errorf("a late answer is kept: %v", err)
	}
	newer, err := w.d.Mailroom().AskTokens(w.ctx, a.ID, 1, "three", "")
	w.ok(err)
	w.want("there are newer ones", []any{newer.Version, newer.Asking, string(newer.Sealed)}, []any{int64(2), "", "second"})
	w.tokensOfOthers(a, kept)
}

// tokensOfOthers: a sign-in by a person comes first, and what is disconnected
// has no tokens left.
func (w *world) tokensOfOthers(a desk.Account, kept desk.Tokens) {
	asked, err := w.d.Mailroom().AskTokens(w.ctx, a.ID, kept.Version, "one", "")
	w.ok(err)
	w.ok(w.d.Mailroom().EndAsking(w.ctx, asked, true))
	_, lost, err := w.d.Mailroom().Tokens(w.ctx, a.ID)
	w.ok(err)
	w.want("after a lost answer", []any{lost.Asking, lost.AskedAt.IsZero()}, []any{"", false})
	asked, err = w.d.Mailroom().AskTokens(w.ctx, a.ID, kept.Version, "one", "")
	w.ok(err)
	_, err = w.ben.Reauth(w.ctx, a.Address, func(a desk.Account) (desk.Account, error) {
		a.Secret = []byte("by a person")
		return a, nil
	})
	w.ok(err)
	if _, err = w.d.Mailroom().KeepTokens(w.ctx, asked, []byte("late")); !errors.Is(err, desk.ErrStale) {
		w.t.Errorf("it comes after the person: %v", err)
	}
	w.ok(w.d.Mailroom().EndAsking(w.ctx, asked, true))
	_, now, err := w.d.Mailroom().Tokens(w.ctx, a.ID)
	w.ok(err)
	w.want("the person's", []any{string(now.Sealed), now.AskedAt.IsZero()}, []any{"by a person", true})
	w.disconnect(w.ben, a.Address)
	if _, _, err = w.d.Mailroom().Tokens(w.ctx, a.ID); desk.KindOf(err) != desk.Conflict {
		w.t.Errorf("a disconnected account has tokens: %v", err)
	}
	w.ok(w.maya.RemoveOAuthClient(w.ctx, a.OAuth))
}

// testTokensAtOnce: of several who find the tokens expired, each with a handle
// of his own, one asks the provider.
func testTokensAtOnce(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.ok(w.maya.SetOAuthClient(w.ctx, desk.OAuthClient{Provider: "google", ClientID: "c"}))
	a, err := w.ben.Connect(w.ctx, "Ben", desk.Account{Address: "own@acme.test", OAuth: "google", Secret: []byte("x")})
	w.ok(err)
	const many = 6
	rooms := make([]*desk.Mailroom, many)
	for i := range rooms {
		rooms[i] = w.desk(w.open(t), uint64(i)+20).Mailroom()
	}
	var all sync.WaitGroup
	won := make([]bool, many)
	for i, room := range rooms {
		all.Go(func() {
			_, err := room.AskTokens(w.ctx, a.ID, 1, string(rune('a'+i)), "")
			if won[i] = err == nil; !won[i] && desk.KindOf(err) != desk.Conflict {
				t.Error(err)
			}
		})
	}
	all.Wait()
	n := 0
	for _, ok := range won {
		if ok {
			n++
		}
	}
	w.want("who ask", n, 1)
}
