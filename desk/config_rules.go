package desk

import (
	"context"
	"slices"
	"strings"
)

// Of a set-up the rules, and the strategies they assign by.

func configStrategies() ConfigKind {
	set := func(ctx context.Context, s *Seat, e ConfigEntry) error {
		_, err := s.SetStrategy(ctx, e.Name, e.strategy())
		return err
	}
	return ConfigKind{
		Name: "strategy", Key: "name",
		Fields: []ConfigField{{Name: "kind", folded: true}, {Name: "on", Form: ConfigList, folded: true}, {Name: "else", Form: ConfigList, folded: true, late: true}},
		have: func(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
			views, err := s.Strategies(ctx)
			var list []ConfigEntry
			for _, v := range views {
				list = append(list, ConfigEntry{"strategy", v.Name, said(map[string][]string{"kind": one(string(v.Kind)), "on": v.On, "else": v.Otherwise})})
			}
			return list, err
		},
		plain: plainStrategy,
		// What follows may name a strategy that comes after it, so it is said
		// when all are there.
		add: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			set := e.strategy()
			set.Else = nil
			_, err := s.AddStrategy(ctx, e.Name, set)
			return err
		},
		set:    set,
		remove: func(ctx context.Context, s *Seat, name string) error { return s.RemoveStrategy(ctx, name) },
	}
}

// strategy is what the entry says; a list that is said to be empty is emptied.
func (e ConfigEntry) strategy() StrategySetting {
	set := StrategySetting{Kind: StrategyKind(FoldName(e.text("kind")))}
	if e.has("on") {
		set.On = append([]string{}, e.Values["on"]...)
	}
	if e.has("else") {
		set.Else = append([]string{}, e.Values["else"]...)
	}
	return set
}

// plainStrategy writes people as the desk does.
func plainStrategy(r Reader, _ *Seat, e ConfigEntry) (map[string][]string, error) {
	values := notThese(e.Values)
	for _, field := range []string{"on", "else"} {
		if !e.has(field) {
			continue
		}
		values[field] = nil
		for _, text := range e.Values[field] {
			c, err := parseChoice(r, text)
			if err != nil {
				return nil, err
			}
			word, err := c.words(r)
			if err != nil {
				return nil, err
			}
			values[field] = append(values[field], word)
		}
	}
	return values, nil
}

func configRules() ConfigKind {
	return ConfigKind{
		Name: "rule", Key: "name",
		Fields: []ConfigField{
			{Name: "scope", folded: true},
			{Name: "on", folded: true},
			{Name: "when"},
			{Name: "then", Form: ConfigList},
			{Name: "disabled", Form: ConfigFlag},
		},
		have: func(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
			views, err := s.Rules(ctx)
			var list []ConfigEntry
			for _, v := range views {
				list = append(list, ConfigEntry{"rule", v.Text.Name, said(map[string][]string{
					"scope": one(v.Text.Scope), "on": one(v.Text.On), "when": one(v.Text.When),
					"then": slices.Clone(v.Text.Then), "disabled": flagOf(!v.Text.Enabled),
				})})
			}
			return list, err
		},
		add: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			t := RuleText{Name: e.Name, Scope: ScopeDesk, On: string(OnReceived), Enabled: true}
			e.changeRule(&t)
			_, err := s.AddRule(ctx, t, 0)
			return err
		},
		set: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			_, err := s.EditRule(ctx, e.Name, func(t *RuleText) error { e.changeRule(t); return nil })
			return err
		},
		remove: func(ctx context.Context, s *Seat, name string) error { return s.RemoveRule(ctx, name) },
		order:  orderRules,
		waits: func(ctx context.Context, s *Seat, e ConfigEntry) (string, error) {
			address, channel := strings.CutPrefix(FoldName(e.text("scope")), scopeChannel)
			if !channel {
				return "", nil
			}
			if ok, err := s.holds(ctx, address); ok || err != nil {
				return "", err
			}
			return "The rule \"" + Snippet(e.Name, 60) + "\" is for mail to " + address + ", which is not connected. Connect it, then apply the file again.", nil
		},
	}
}

func (e ConfigEntry) changeRule(t *RuleText) {
	for field, to := range map[string]*string{"scope": &t.Scope, "on": &t.On, "when": &t.When} {
		if e.has(field) {
			*to = e.text(field)
		}
	}
	if t.Scope == "" {
		t.Scope = ScopeDesk
	}
	if t.On == "" {
		t.On = string(OnReceived)
	}
	if e.has("then") {
		t.Then = slices.Clone(e.Values["then"])
	}
	if e.has("disabled") {
		t.Enabled = len(e.Values["disabled"]) == 0
	}
}

// orderRules puts rules into an order, in the places they have among the others.
func orderRules(ctx context.Context, s *Seat, names []string) error {
	all, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	next := 0
	for _, v := range all {
		name := v.Text.Name
		if slices.Contains(names, FoldName(name)) {
			name, next = names[next], next+1
		}
		if err := s.OrderRule(ctx, name, v.Position); err != nil {
			return err
		}
	}
	return nil
}
