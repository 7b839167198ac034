package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

const verbWebhook = "webhook"

// HookKey is what the calls of a rule are signed with.
type HookKey struct {
	Rule string
	Key  string
	// Since is when the rule was made, or its key last renewed.
	Since time.Time
	// Calls are the addresses the rule calls.
	Calls []string
}

// HookKey shows what the calls of a rule are signed with, to whoever may change
// the rule.
func (s *Seat) HookKey(ctx context.Context, name string) (HookKey, error) {
	var k HookKey
	err := s.d.store.Read(ctx, func(r Reader) error {
		rule, _, err := s.ruleToChange(r, name)
		if err != nil {
			return err
		}
		k, err = s.d.keyOf(r, rule)
		return err
	})
	return k, err
}

// RenewHookKey gives the calls of a rule another key. The old one is no more:
// calls that wait are signed with the new one, too. It cannot be undone.
func (s *Seat) RenewHookKey(ctx context.Context, name string) (HookKey, error) {
	var k HookKey
	err := s.write(ctx, func(w Writer) error {
		rule, t, err := s.ruleToChange(w, name)
		if err != nil {
			return err
		}
		if _, err := s.d.keyOf(w, rule); err != nil {
			return err
		}
		if err := s.noteRule(w, &rule, RuleKeyed, &t, ""); err != nil {
			return err
		}
		k, err = s.d.keyOf(w, rule)
		return err
	})
	return k, err
}

func (d *Desk) keyOf(r Reader, rule Rule) (HookKey, error) {
	k := HookKey{Rule: rule.Name}
	for _, line := range rule.Then {
		if address, ok := strings.CutPrefix(line, verbWebhook+" "); ok {
			k.Calls = append(k.Calls, address)
		}
	}
	if len(k.Calls) == 0 {
		return k, conflict("NO_WEBHOOK", "The actions of a rule are shown by: "+command("rule", "show", rule.Name), "The rule %q calls no address.", rule.Name)
	}
	var err error
	k.Key, k.Since, err = d.hookKey(r, rule.ID)
	return k, err
}

// hookKey is made from the desk's key and the change that made the rule, or
// last renewed its key. No two changes have one number, and so no rule has the
// key of one that was there before.
func (d *Desk) hookKey(r Reader, rule RuleID) (key string, since time.Time, err error) {
	changes, err := r.RuleChanges(rule, 0)
	if err != nil {
		return "", since, err
	}
	var from Edition
	for _, c := range slices.Backward(changes) {
		if c.Change == RuleAdded || c.Change == RuleKeyed {
			from, since = c.Edition, c.At
			break
		}
	}
	m := hmac.New(sha256.New, d.key)
	m.Write([]byte("webhook." + strconv.FormatInt(int64(rule), 10) + "." + strconv.FormatInt(int64(from), 10)))
	return hex.EncodeToString(m.Sum(nil)), since, nil
}
