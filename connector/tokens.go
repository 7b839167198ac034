package connector

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/desk/safe"
)

// Tokens hands out access tokens and renews them.
//
// Many providers take a refresh token once: whoever comes with a used one has
// stolen it, as far as they know, and the person has to sign in again. So one
// at a time asks for the next, of all goroutines of this process (turns) and of
// all processes and hosts (desk.Mailroom.AskTokens), and what the provider
// answers is committed before anybody has it.
//
//	stored, good ─────────────────────────────────────────── handed out
//	stored, ended or refused ─ ask ─ provider ─ commit ───── handed out
//	                            │       └ refused: told as the account's state
//	                            └ somebody else asks: wait for his
//
// What cannot be had is one transaction over the provider and the database. A
// process that ends between the provider's answer and the commit leaves the old
// refresh token and the mark that an answer is missing (desk.Tokens.AskedAt).
// Whoever comes next tries the old one: Google and Microsoft take it again, and
// all is well; of a provider that does not, the account says that the answer was
// lost, when, and that it has to be signed in again.
type Tokens struct {
	room    *desk.Mailroom
	now     func() time.Time
	secrets *Secrets
	log     *slog.Logger
	holder  string

	mu    sync.Mutex
	turns map[desk.AccountID]chan struct{}
	asked int
	ahead map[desk.AccountID]time.Duration // the provider's clock, last time
	// open are answers of a provider that the database did not take.
	open map[desk.AccountID]unkept
}

// unkept are new tokens that could not be committed, and what they follow.
type unkept struct {
	after  desk.Tokens
	sealed []byte
}

// NewTokens makes a keeper of tokens; one for each process. log may be nil.
func NewTokens(d *desk.Desk, secrets *Secrets, log *slog.Logger) *Tokens {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	nonce := make([]byte, 8)
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	return &Tokens{
		room: d.Mailroom(), now: d.Now, secrets: secrets, log: log, holder: holderName(hex.EncodeToString(nonce)),
		turns: map[desk.AccountID]chan struct{}{}, ahead: map[desk.AccountID]time.Duration{}, open: map[desk.AccountID]unkept{},
	}
}

const (
	// askedMost is how long somebody may ask before he is taken for gone: more
	// than a request may take, and what follows it.
	askedMost = 2*oauth.AskTime + 20*time.Second
	// askGrace is how long an answer is waited for when the program is to end.
	askGrace = 5 * time.Second
	// askAgain is how often one looks whether the other's answer has come.
	askAgain = 200 * time.Millisecond
	// skewed clocks are worth a word; less is what their dates leave out.
	skewed = 5 * time.Minute
)

// sealedGrant is what a row of tokens holds, sealed.
type sealedGrant struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh"`
	Got     time.Time `json:"got"`
	Expires time.Time `json:"expires,omitzero"`
}

// grantText is what a provider has given, in the form that is sealed.
func (k *Tokens) grantText(g oauth.Grant) ([]byte, error) {
	return json.Marshal(sealedGrant{g.Access, g.Refresh, k.now(), g.Expires})
}

// sealAgain seals a grant that takes the place of one that was just opened.
func (k *Tokens) sealAgain(g oauth.Grant) ([]byte, error) {
	text, err := k.grantText(g)
	if err != nil {
		return nil, err
	}
	return k.secrets.sealAgain(text)
}

func (k *Tokens) unseal(t desk.Tokens) (sealedGrant, error) {
	var g sealedGrant
	text, err := k.secrets.Open(t.Sealed)
	if err == nil && json.Unmarshal([]byte(text), &g) != nil {
		err = secretLost("The stored sign-in is damaged.", nil)
	}
	return g, err
}

// good reports whether an access token may be used: it has not ended, nor will
// at once, and the clock has not been set back since it came.
func (g sealedGrant) good(now time.Time) bool {
	if g.Access == "" || now.Before(g.Got) {
		return false
	}
	margin := min(time.Minute, g.Expires.Sub(g.Got)/5)
	return g.Expires.IsZero() || now.Before(g.Expires.Add(-margin))
}

// Token gives an access token for the account. refused is one that the server
// has just refused: another one is given, or an error that says why there is
// none. Errors are [desk.Error] of kind Denied where a person has to do
// something, with the code ADMIN_CONSENT where that is an admin of the
// provider, and Offline where it is to be tried again.
func (k *Tokens) Token(ctx context.Context, a desk.Account, refused string) (string, error) {
	done, err := k.turn(ctx, a.ID)
	if err != nil {
		return "", err
	}
	defer done()
	const rounds = 5 // each means that somebody else has renewed them meanwhile
	for range rounds {
		if err := k.keepOpen(ctx, a.ID); err != nil {
			return "", err
		}
		account, t, err := k.room.Tokens(ctx, a.ID)
		if err != nil {
			return "", err
		}
		if len(t.Sealed) == 0 {
			return "", nobodySignedIn(account)
		}
		g, err := k.unseal(t)
		if err != nil {
			return "", err
		}
		if g.Access != refused && g.good(k.now()) {
			return g.Access, nil
		}
		access, err := k.renew(ctx, account, t, g)
		if !errors.Is(err, desk.ErrStale) {
			return access, err
		}
	}
	return "", &desk.Error{Kind: desk.Offline, Code: "NOT_NOW", Message: "The sign-in of " + a.Address + " changes again and again.", Hint: "Nothing to do: it is tried again."}
}

// turn waits until no other goroutine of this process asks for the account.
func (k *Tokens) turn(ctx context.Context, id desk.AccountID) (done func(), err error) {
	k.mu.Lock()
	turn := k.turns[id]
	if turn == nil {
		turn = make(chan struct{}, 1)
		k.turns[id] = turn
	}
	k.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (k *Tokens) aheadOf(id desk.AccountID) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ahead[id]
}

// renew asks the provider for the tokens after t. [desk.ErrStale] means that
// there are newer ones already.
func (k *Tokens) renew(ctx context.Context, a desk.Account, t desk.Tokens, g sealedGrant) (string, error) {
	request, err := k.request(ctx, t.Provider, a)
	if err != nil {
		return "", err
	}
	mine, err := k.ask(ctx, t)
	if err != nil {
		return "", err
	}
	asking, stop := detached(ctx)
	next, err := oauth.Renew(asking, request, oauth.Grant{Refresh: g.Refresh, Person: t.Person})
	stop()
	noting, end := lastWords(ctx)
	defer end()
	if next.Refresh == "" {
		if e := k.room.EndAsking(noting, mine, oauth.Lost(err)); e != nil {
			k.log.Warn("that the provider was asked could not be noted", "account", a.Address, "err", e)
		}
		return "", k.why(noting, a, t, err)
	}
	sealed, broken := k.sealAgain(next)
	if broken != nil {
		return "", broken
	}
	// From here on the old refresh token may be worth nothing.
	k.mu.Lock()
	k.ahead[a.ID] = next.Ahead
	k.open[a.ID] = unkept{mine, sealed}
	k.mu.Unlock()
	if err := k.keepOpen(noting, a.ID); err != nil {
		return "", err
	}
	k.log.Info("the sign-in was renewed", "account", a.Address, "until", next.Expires)
	return next.Access, err // it may be about a permission that is missing
}

// keepOpen commits what a provider has answered. While the database does not
// take it, it is in memory only, and tried again before anything else.
func (k *Tokens) keepOpen(ctx context.Context, id desk.AccountID) error {
	k.mu.Lock()
	u, ok := k.open[id]
	k.mu.Unlock()
	if !ok {
		return nil
	}
	_, err := k.room.KeepTokens(ctx, u.after, u.sealed)
	if err != nil && !errors.Is(err, desk.ErrStale) && !errors.Is(err, desk.ErrNoRow) {
		return err
	}
	k.mu.Lock()
	delete(k.open, id)
	k.mu.Unlock()
	return err
}

// ask waits until this process is the one that may ask.
func (k *Tokens) ask(ctx context.Context, t desk.Tokens) (desk.Tokens, error) {
	k.mu.Lock()
	k.asked++
	asker := fmt.Sprintf("%s.%d", k.holder, k.asked)
	k.mu.Unlock()
	var other, dead string
	var since time.Time
	for {
		now, err := k.room.AskTokens(ctx, t.Account, t.Version, asker, dead)
		switch {
		case err == nil && now.Version != t.Version:
			return now, desk.ErrStale
		case err == nil || desk.KindOf(err) != desk.Conflict || ctx.Err() != nil:
			return now, err
		}
		// The other's clock may be an hour off, so this one's own is asked how
		// long nothing has changed.
		if now.Asking != other {
			other, since = now.Asking, time.Now()
		}
		if isGone(other, k.holder) || time.Since(since) > askedMost {
			dead = other
			continue
		}
		sleep(ctx, askAgain)
	}
}

// detached is a context that outlives ctx by a little, so that an answer that
// is on its way is not thrown away.
func detached(ctx context.Context) (context.Context, func()) {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), oauth.AskTime)
	stop := context.AfterFunc(ctx, func() {
		sleep(own, askGrace)
		cancel()
	})
	return own, func() {
		stop()
		cancel()
	}
}

// request says whom to ask for an account, and as whom.
func (k *Tokens) request(ctx context.Context, name string, a desk.Account) (oauth.Request, error) {
	r := oauth.Request{Address: mailboxOf(a)}
	if a.ID != 0 {
		r.Account = a.Address
	}
	c, err := k.room.OAuthClient(ctx, name)
	if err != nil {
		return r, err
	}
	r.Client.ID, r.Web = c.ClientID, oauth.Web{CA: c.CA, Now: k.now}
	if len(c.Secret) > 0 {
		if r.Client.Secret, err = k.secrets.Open(c.Secret); err != nil {
			return r, ofProvider(err, c)
		}
	}
	s := oauth.Settings{Key: c.Provider, Tenant: c.Tenant, Scopes: strings.Fields(c.Scopes)}
	if c.Endpoints != "" {
		if err := json.Unmarshal([]byte(c.Endpoints), &s.Endpoints); err != nil {
			return r, fmt.Errorf("read what %s has said of itself: %w", name, err)
		}
	}
	r.Provider = oauth.New(s)
	return r, nil
}

// Ready reports whether this desk can ask a provider: it is set up there, and
// its client secret, where there is one, opens. Nobody is asked for that.
func (k *Tokens) Ready(ctx context.Context, provider string) error {
	_, err := k.request(ctx, provider, desk.Account{})
	return err
}

// ofProvider is the error for the secret of a client that cannot be opened: no
// sign-in of an account mends that.
func ofProvider(err error, c desk.OAuthClient) error {
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "SECRET_LOST" {
		return err
	}
	told := *e
	told.Message = "The client secret of " + c.Provider + " was sealed with a key that is lost."
	told.Hint = "An admin sets it up again: postroom oauth set " + c.Provider + " --client-id " + c.ClientID
	return &told
}

// why adds to a refusal what this desk knows: that it has worked before, and
// that an answer was lost. [desk.ErrStale] is a refusal of tokens that somebody
// has replaced meanwhile.
func (k *Tokens) why(ctx context.Context, a desk.Account, t desk.Tokens, err error) error {
	var e *desk.Error
	if !errors.As(err, &e) || e.Kind != desk.Denied {
		return err
	}
	if _, now, other := k.room.Tokens(ctx, t.Account); other == nil && now.Version != t.Version {
		return desk.ErrStale
	}
	told := *e
	day := func(at time.Time) string { return at.UTC().Format(time.DateOnly) }
	switch {
	case e.Code == "ADMIN_CONSENT":
		since := k.now()
		if a.State == desk.AccountNeedsConsent {
			since = a.Since
		}
		told.Message = fmt.Sprintf("Consent removed on %s: %s", day(since), e.Message)
	case e.Code == "SIGN_IN_ENDED" && !t.AskedAt.IsZero():
		told.Message = fmt.Sprintf("The last renewal of the sign-in of %s was cut off on %s, and %s takes no token twice.", a.Address, day(t.AskedAt), providerName(t.Provider))
	}
	return &told
}

// nobodySignedIn is an account that was connected before an admin of its
// provider had allowed it.
func nobodySignedIn(a desk.Account) error {
	e := &desk.Error{
		Kind: desk.Denied, Code: "NO_TOKEN", Message: fmt.Sprintf("Nobody has signed %s in yet.", a.Address),
		Hint: "Sign in: postroom account reauth " + a.Address,
	}
	if a.State == desk.AccountNeedsConsent {
		e.Code, e.Message, e.Hint = "ADMIN_CONSENT", a.Cause, ""
	}
	return e
}

// mailboxOf is the address a person signs in with.
func mailboxOf(a desk.Account) string {
	if a.OAuthUser != "" {
		return a.OAuthUser
	}
	return a.Address
}

func providerName(key string) string {
	return safe.Line(oauth.New(oauth.Settings{Key: key}).Name).String()
}

// inWords is how far a clock is from ours.
func inWords(ahead time.Duration) string {
	if ahead < 0 {
		return fmt.Sprintf("%d minutes behind", int(-ahead.Minutes()))
	}
	return fmt.Sprintf("%d minutes ahead of", int(ahead.Minutes()))
}
