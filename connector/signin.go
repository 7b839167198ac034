package connector

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postroom/desk"
)

// keys are what accounts sign in with: passwords, and access tokens.
type keys struct {
	password func(context.Context, desk.Account) (string, error)
	tokens   *Tokens
}

// given is the one secret a person has just typed, or signed in for.
func given(secret string) keys {
	return keys{password: func(context.Context, desk.Account) (string, error) { return secret, nil }}
}

// secret gives what the account signs in with now. refused is the token the
// server has just refused, if it has.
func (k keys) secret(ctx context.Context, a desk.Account, refused string) (string, error) {
	if a.OAuth == "" || k.tokens == nil {
		return k.password(ctx, a)
	}
	return k.tokens.Token(ctx, a, refused)
}

// enter opens a connection with what the account signs in with. A token that is
// refused is renewed once: the server may know better than we when it has
// ended.
func enter[T any](ctx context.Context, a desk.Account, k keys, open func(secret string) (T, error)) (T, error) {
	var none T
	secret, err := k.secret(ctx, a, "")
	if err != nil {
		return none, err
	}
	c, err := open(secret)
	if k.tokens == nil || !isBadToken(err) {
		return c, err
	}
	if secret, err = k.secret(ctx, a, secret); err != nil {
		return none, err
	}
	if c, err = open(secret); isBadToken(err) {
		err = k.tokens.refusedAnew(a, err)
	}
	return c, err
}

func isBadToken(err error) bool {
	var e *desk.Error
	return errors.As(err, &e) && e.Code == "BAD_TOKEN"
}

// enterSession is enter for IMAP.
func enterSession(ctx context.Context, a desk.Account, k keys, p pace) (*session, error) {
	return enter(ctx, a, k, func(secret string) (*session, error) { return openSession(ctx, a, secret, p) })
}

// enterSubmission is enter for SMTP.
func enterSubmission(ctx context.Context, a desk.Account, k keys, p patience) (*submission, error) {
	return enter(ctx, a, k, func(secret string) (*submission, error) { return openSubmission(ctx, a, secret, p) })
}

// stateOf is the state an error puts an account into.
func stateOf(err error) desk.AccountState {
	var e *desk.Error
	switch {
	case desk.KindOf(err) != desk.Denied:
		return desk.AccountRetrying
	case errors.As(err, &e) && e.Code == "ADMIN_CONSENT":
		return desk.AccountNeedsConsent
	}
	return desk.AccountNeedsSignIn
}

// refusedAnew is the error for a mail server that refuses what the provider has
// just given: a clock, or something other than the sign-in.
func (k *Tokens) refusedAnew(a desk.Account, err error) error {
	var e *desk.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	if ahead := k.aheadOf(a.ID); ahead.Abs() > skewed {
		told.Kind, told.Code = desk.Offline, "CLOCK_OFF"
		told.Message = fmt.Sprintf("A fresh token of %s is refused, and the clock of %s is %s that of this machine.", a.Address, providerName(a.OAuth), inWords(ahead))
		told.Hint = "Set the clock of this machine; if it is right, the provider's or the mail server's is not. It is tried again."
		return &told
	}
	told.Message = strings.TrimSuffix(e.Message, ".") + fmt.Sprintf(", though %s has just renewed it.", providerName(a.OAuth))
	told.Hint = "Look whether IMAP and SMTP are switched on for the mailbox, then sign in again" + again(a)
	return &told
}
