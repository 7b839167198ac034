package desk

import (
	"context"
	"slices"
	"strings"

	"postroom/desk/calendar"
)

// Of a set-up what tickets go through, and what is promised to them.

func configPipelines() ConfigKind {
	set := func(ctx context.Context, s *Seat, e ConfigEntry) error {
		_, err := s.SetPipeline(ctx, e.Name, pipelineValuesOf(e))
		return err
	}
	return ConfigKind{
		Name: "pipeline", Key: "name",
		Fields: []ConfigField{{Name: string(PipelineStages)}, {Name: string(PipelineReopen), folded: true}, {Name: string(PipelineDefault), Form: ConfigFlag}},
		have: func(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
			views, err := s.Pipelines(ctx)
			var list []ConfigEntry
			for _, v := range views {
				list = append(list, ConfigEntry{"pipeline", v.Name, said(map[string][]string{
					string(PipelineStages): one(v.StagesText()), string(PipelineReopen): one(v.Reopen.String()), string(PipelineDefault): flagOf(v.Default),
				})})
			}
			return list, err
		},
		add: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			_, err := s.AddPipeline(ctx, e.Name, pipelineValuesOf(e))
			return err
		},
		set: set,
		remove: func(ctx context.Context, s *Seat, name string) error {
			_, err := s.RemovePipeline(ctx, name, "")
			return err
		},
	}
}

// pipelineValuesOf leaves out that a pipeline is not the default one: for that
// another has to be.
func pipelineValuesOf(e ConfigEntry) map[PipelineKey]string {
	values := map[PipelineKey]string{}
	for name, value := range e.Values {
		if name != string(PipelineDefault) || len(value) > 0 {
			values[PipelineKey(name)] = strings.Join(value, ", ")
		}
	}
	return values
}

func configFields() ConfigKind {
	return ConfigKind{
		Name: "field", Key: "name",
		Fields: []ConfigField{{Name: "kind", fixed: true, folded: true}, {Name: "choices", Form: ConfigList, fixed: true}},
		have: func(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
			fields, err := s.TicketFields(ctx)
			var list []ConfigEntry
			for _, f := range fields {
				list = append(list, ConfigEntry{"field", f.Name, said(map[string][]string{"kind": one(string(f.Kind)), "choices": slices.Clone(f.Choices)})})
			}
			return list, err
		},
		add: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			kind := FieldKind(FoldName(e.text("kind")))
			if kind == "" {
				kind = FieldText
			}
			_, err := s.AddTicketField(ctx, TicketField{Name: e.Name, Kind: kind, Choices: slices.Clone(e.Values["choices"])})
			return err
		},
		set:    func(context.Context, *Seat, ConfigEntry) error { return nil }, // all of it is fixed
		remove: func(ctx context.Context, s *Seat, name string) error { return s.RemoveTicketField(ctx, name) },
	}
}

func configCalendars() ConfigKind {
	return ConfigKind{
		Name: "calendar", Key: "name",
		Fields: []ConfigField{{Name: "timezone"}, {Name: "hours"}, {Name: "holidays", Form: ConfigList}, {Name: "holidays_yearly", Form: ConfigList}},
		have: func(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
			all, err := s.Calendars(ctx)
			var list []ConfigEntry
			for _, c := range all {
				list = append(list, ConfigEntry{"calendar", c.Name, said(map[string][]string{
					"timezone": one(c.Spec.Timezone), "hours": one(HoursText(byWeekday(c.Spec))),
					"holidays": c.Spec.Holidays, "holidays_yearly": c.Spec.HolidaysYearly,
				})})
			}
			return list, err
		},
		plain: func(_ Reader, _ *Seat, e ConfigEntry) (map[string][]string, error) {
			values := notThese(e.Values)
			if e.text("hours") != "" {
				spec, err := parseHours(e.text("hours"), "UTC")
				if err != nil {
					return nil, err
				}
				values["hours"] = one(HoursText(spec))
			}
			return values, nil
		},
		add: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			spec, err := e.calendar(calendar.Spec{})
			if err == nil {
				_, err = s.AddCalendar(ctx, e.Name, spec)
			}
			return err
		},
		set: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			now, err := s.Calendar(ctx, e.Name)
			if err != nil {
				return err
			}
			spec, err := e.calendar(now.Spec)
			if err == nil {
				_, _, err = s.SetCalendar(ctx, e.Name, spec, NewTickets)
			}
			return err
		},
		remove: func(ctx context.Context, s *Seat, name string) error { return s.RemoveCalendar(ctx, name) },
	}
}

// byWeekday names the weekdays of a calendar by three letters.
func byWeekday(spec calendar.Spec) calendar.Spec {
	hours := map[string][][2]string{}
	for name, frames := range spec.Hours {
		if day, ok := calendar.Weekday(name); ok {
			short := weekdays()[(int(day)+6)%7]
			hours[short] = append(hours[short], frames...)
		}
	}
	spec.Hours = hours
	return spec
}

// calendar is a calendar with what the entry says of it.
func (e ConfigEntry) calendar(spec calendar.Spec) (calendar.Spec, error) {
	if e.has("timezone") {
		spec.Timezone = e.text("timezone")
	}
	if e.has("hours") {
		parsed, err := parseHours(e.text("hours"), spec.Timezone)
		if err != nil {
			return spec, err
		}
		spec.Hours = parsed.Hours
	}
	if e.has("holidays") {
		spec.Holidays = e.Values["holidays"]
	}
	if e.has("holidays_yearly") {
		spec.HolidaysYearly = e.Values["holidays_yearly"]
	}
	return spec, nil
}

func configPolicies() ConfigKind {
	k := ConfigKind{
		Name: "policy", Key: "name",
		have: havePolicies, plain: plainPolicy,
		add: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			_, err := s.AddPolicy(ctx, e.Name, termsOf(e), NewTickets)
			return err
		},
		set: func(ctx context.Context, s *Seat, e ConfigEntry) error {
			_, err := s.SetPolicy(ctx, e.Name, termsOf(e), NewTickets)
			return err
		},
		remove: func(ctx context.Context, s *Seat, name string) error { return s.RemovePolicy(ctx, name) },
		order:  func(ctx context.Context, s *Seat, names []string) error { return s.OrderPolicies(ctx, names) },
	}
	for _, key := range PolicyKeys() {
		k.Fields = append(k.Fields, ConfigField{Name: string(key), Form: policyForm(key), folded: true})
	}
	return k
}

// policyForm is the form of a term: names stand in lists.
func policyForm(key PolicyKey) ConfigForm {
	switch key {
	case PolicyInboxes, PolicyPriorities, PolicyTags, PolicyCompanies, PolicyPipelines:
		return ConfigList
	default:
		return ConfigText
	}
}

func termsOf(e ConfigEntry) map[PolicyKey]string {
	terms := map[PolicyKey]string{}
	for name, value := range e.Values {
		terms[PolicyKey(name)] = strings.Join(value, ", ")
	}
	return terms
}

// valuesOf are terms as a file has them.
func valuesOf(words map[PolicyKey]string) map[string][]string {
	values := map[string][]string{}
	for key, text := range words {
		values[string(key)] = one(text)
		if policyForm(key) == ConfigList {
			values[string(key)] = strings.Split(text, ", ")
		}
	}
	return values
}

func havePolicies(ctx context.Context, s *Seat) ([]ConfigEntry, error) {
	views, err := s.Policies(ctx)
	var list []ConfigEntry
	for _, v := range views {
		list = append(list, ConfigEntry{"policy", v.Name, valuesOf(v.Words)})
	}
	return list, err
}

// plainPolicy writes terms as the desk does: another version of a policy is made
// only where they mean something else.
func plainPolicy(r Reader, s *Seat, e ConfigEntry) (map[string][]string, error) {
	var p Policy
	if err := p.put(r, s, termsOf(e)); err != nil {
		return nil, err
	}
	words, err := p.words(r, s.actor.User)
	if err != nil {
		return nil, err
	}
	values := valuesOf(words)
	for name := range e.Values {
		if _, ok := values[name]; !ok {
			values[name] = nil
		}
	}
	return values, nil
}
