package desk

import (
	"errors"
	"strings"
)

// words are the terms as they are typed. An inbox the viewer does not see has
// no name for him.
func (p Policy) words(r Reader, viewer UserID) (map[PolicyKey]string, error) {
	words := map[PolicyKey]string{}
	for _, key := range []PolicyKey{PolicyFirst, PolicyNext, PolicySolved} {
		if g, ok := p.goal(clockOf(key)); ok {
			text, err := g.text(r)
			if err != nil {
				return nil, err
			}
			words[key] = text
		}
	}
	inboxes, err := eachName(p.For.Inboxes, func(id InboxID) (string, error) {
		if _, err := r.Rights(id, viewer); errors.Is(err, ErrNoRow) {
			return "(an inbox of others)", nil
		}
		in, err := r.Inbox(id)
		return in.Name, err
	})
	if err != nil {
		return nil, err
	}
	companies, err := eachName(p.For.Companies, func(id CompanyID) (string, error) {
		co, err := r.Company(id)
		if errors.Is(err, ErrNoRow) {
			return "(removed)", nil
		}
		return co.Name, err
	})
	if err != nil {
		return nil, err
	}
	pipelines, err := eachName(p.For.Pipelines, func(id PipelineID) (string, error) {
		all, err := r.Pipelines()
		for _, pipe := range all {
			if pipe.ID == id {
				return pipe.Name, err
			}
		}
		return "(removed)", err
	})
	if err != nil {
		return nil, err
	}
	var priorities []string
	for _, prio := range p.For.Priorities {
		priorities = append(priorities, prio.String())
	}
	for key, list := range map[PolicyKey][]string{PolicyInboxes: inboxes, PolicyPriorities: priorities, PolicyTags: p.For.Tags, PolicyCompanies: companies, PolicyPipelines: pipelines} {
		if len(list) > 0 {
			words[key] = strings.Join(list, ", ")
		}
	}
	if p.FromTicket {
		words[PolicyStarts] = startsTicket
	}
	if p.Off {
		words[PolicyStanding] = standingOff
	}
	return words, nil
}

func eachName[T any](ids []T, name func(T) (string, error)) ([]string, error) {
	var names []string
	for _, id := range ids {
		n, err := name(id)
		if err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, nil
}
