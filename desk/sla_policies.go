package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// PolicyView is a policy in words.
type PolicyView struct {
	Policy
	// Words are its terms as they are typed, by [PolicyKeys], without those that
	// say nothing.
	Words map[PolicyKey]string
}

// PolicyKey names one of a policy's terms. Its words are stable: the command line
// and scripts have them.
type PolicyKey string

// The terms of a policy.
const (
	PolicyFirst      PolicyKey = "first-response"
	PolicyNext       PolicyKey = "next-response"
	PolicySolved     PolicyKey = "resolution"
	PolicyInboxes    PolicyKey = "inbox"
	PolicyPriorities PolicyKey = "priority"
	PolicyTags       PolicyKey = "tag"
	PolicyCompanies  PolicyKey = "company"
	PolicyPipelines  PolicyKey = "pipeline"
	PolicyStarts     PolicyKey = "starts"
	PolicyStanding   PolicyKey = "state"
)

// PolicyKeys are all of them, in the order in which they are shown.
func PolicyKeys() []PolicyKey {
	return []PolicyKey{PolicyFirst, PolicyNext, PolicySolved, PolicyInboxes, PolicyPriorities, PolicyTags, PolicyCompanies, PolicyPipelines, PolicyStarts, PolicyStanding}
}

// PolicyState is what the journal keeps of a policy.
type PolicyState struct {
	Name    string      `json:"name"`
	Version int         `json:"version"`
	Terms   PolicyTerms `json:"terms"`
	// Goals are as they are typed. Place is where one stood that was removed,
	// from 1. For is which tickets a change was for.
	Goals map[PolicyKey]string `json:"goals,omitempty"`
	Place int                  `json:"place,omitempty"`
	For   Running              `json:"for,omitempty"`
}

func (p Policy) state(r Reader) (PolicyState, error) {
	v := PolicyState{Name: p.Name, Version: p.Version, Terms: p.PolicyTerms, Goals: map[PolicyKey]string{}}
	for _, key := range []PolicyKey{PolicyFirst, PolicyNext, PolicySolved} {
		if g, ok := p.goal(clockOf(key)); ok {
			text, err := g.text(r)
			if err != nil {
				return v, err
			}
			v.Goals[key] = text
		}
	}
	return v, nil
}

// policyFor is the policy that counts for a ticket: the first one it fits.
// [ErrNoRow] when there is none.
func policyFor(r Reader, c Conversation) (Policy, error) {
	all, err := r.Policies()
	if err != nil {
		return Policy{}, err
	}
	for _, p := range all {
		ok, err := p.fits(r, c)
		if err != nil || ok {
			return p, err
		}
	}
	return Policy{}, ErrNoRow
}

// fits reports whether the policy is for a ticket.
func (t PolicyTerms) fits(r Reader, c Conversation) (bool, error) {
	among := func(n int, is bool) bool { return n == 0 || is }
	f := t.For
	tagged := slices.ContainsFunc(f.Tags, func(tag string) bool { return slices.Contains(c.Tags, tag) })
	if t.Off || !among(len(f.Inboxes), slices.Contains(f.Inboxes, c.Inbox)) ||
		!among(len(f.Priorities), slices.Contains(f.Priorities, c.Priority)) || !among(len(f.Tags), tagged) {
		return false, nil
	}
	if len(f.Pipelines) > 0 {
		p, err := pipelineOf(r, c.Stage)
		if err != nil || !slices.Contains(f.Pipelines, p.ID) {
			return false, err
		}
	}
	if len(f.Companies) == 0 {
		return true, nil
	}
	k, err := r.Contact(c.Contact)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return slices.Contains(f.Companies, k.Company), err
}

// Policies lists the policies, in the order in which a ticket meets them.
func (s *Seat) Policies(ctx context.Context) ([]PolicyView, error) {
	var list []PolicyView
	err := s.d.store.Read(ctx, func(r Reader) error {
		all, err := r.Policies()
		for _, p := range all {
			v := PolicyView{Policy: p}
			if v.Words, err = p.words(r, s.actor.User); err != nil {
				return err
			}
			list = append(list, v)
		}
		return err
	})
	return list, err
}

func policyNamed(r Reader, name string) (Policy, error) {
	all, err := r.Policies()
	if at := slices.IndexFunc(all, func(p Policy) bool { return FoldName(p.Name) == FoldName(name) }); at >= 0 {
		return all[at], err
	}
	if err == nil {
		err = notFound("NO_SUCH_POLICY", "See the policies with: postroom sla list", "There is no policy %q.", Snippet(name, 60))
	}
	return Policy{}, err
}

// AddPolicy makes a policy behind those there are. Admins only.
func (s *Seat) AddPolicy(ctx context.Context, name string, terms map[PolicyKey]string, to Running) (recounted int, err error) {
	return s.changePolicy(ctx, "make a policy", to, func(w Writer) (was, now Policy, err error) {
		if now.Name, err = shortName(name); err != nil {
			return was, now, err
		}
		if _, err := policyNamed(w, now.Name); err == nil {
			return was, now, conflict("NAME_IN_USE", "Change it with: postroom sla set "+now.Name, "There is a policy %q already.", now.Name)
		}
		all, err := w.Policies()
		now.Position = len(all) + 1
		return was, now, errors.Join(err, now.put(w, s, terms))
	})
}

// SetPolicy changes terms of a policy; an empty value takes one away. Clocks
// that run keep the version they began with, or with [OpenTickets] go by the
// new one. Admins only.
func (s *Seat) SetPolicy(ctx context.Context, name string, terms map[PolicyKey]string, to Running) (recounted int, err error) {
	return s.changePolicy(ctx, "change a policy", to, func(w Writer) (was, now Policy, err error) {
		if was, err = policyNamed(w, name); err != nil {
			return was, now, err
		}
		now = was
		now.Goals = slices.Clone(was.Goals)
		return was, now, now.put(w, s, terms)
	})
}

// changePolicy keeps a new version of a policy, and says of how many open
// tickets it changes what is due.
func (s *Seat) changePolicy(ctx context.Context, what string, to Running, change func(Writer) (was, now Policy, err error)) (recounted int, err error) {
	err = s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, what); err != nil {
			return err
		}
		was, now, err := change(w)
		if err != nil {
			return err
		}
		if _, err := s.keepPolicy(w, was, now, to); err != nil || to != OpenTickets {
			return err
		}
		recounted, err = s.d.rewind(w, s.actor)
		return err
	})
	return recounted, err
}

// keepPolicy keeps a new version of a policy, or with no former one a new
// policy, with its event.
func (s *Seat) keepPolicy(w Writer, was, now Policy, to Running) (Policy, error) {
	if err := now.promises(); err != nil {
		return now, err
	}
	now.Version, now.Since = was.Version+1, s.d.now()
	var err error
	if now.ID, err = w.AddPolicy(now); err != nil {
		return now, err
	}
	if now.Line == 0 {
		now.Line = now.ID
	}
	after, err := now.state(w)
	if err != nil {
		return now, err
	}
	after.For = to
	ev := s.setup(EventPolicySet, 0, nil, state(after))
	if was.ID != 0 {
		before, err := was.state(w)
		if err != nil {
			return now, err
		}
		ev.Before = state(before)
	}
	return now, w.Append(ev)
}

// promises refuses a policy that says nothing.
func (t PolicyTerms) promises() error {
	if len(t.Goals) == 0 {
		return invalid("NO_GOAL", "Give it one, like: --first-response 4h", "A policy without a goal promises nothing.")
	}
	return nil
}

// OrderPolicies gives policies the order of their names; those that are not
// named keep theirs behind them. Admins only.
func (s *Seat) OrderPolicies(ctx context.Context, names []string) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "order the policies"); err != nil {
			return err
		}
		all, err := w.Policies()
		if err != nil {
			return err
		}
		var order []Policy
		for _, name := range names {
			p, err := policyNamed(w, name)
			if err != nil {
				return err
			}
			order = append(order, p)
		}
		return s.placePolicies(w, all, append(order, all...))
	})
}

// placePolicies gives policies another order, with its event. One that is named
// twice stands at the first place.
func (s *Seat) placePolicies(w Writer, all, order []Policy) error {
	var lines []PolicyID
	var before, after []string
	for _, p := range all {
		before = append(before, p.Name)
	}
	for _, p := range order {
		if !slices.Contains(lines, p.Line) {
			lines, after = append(lines, p.Line), append(after, p.Name)
		}
	}
	if slices.Equal(before, after) {
		return nil
	}
	if err := w.PlacePolicies(lines); err != nil {
		return err
	}
	return w.Append(s.setup(EventPoliciesOrdered, 0, state(before), state(after)))
}

// RemovePolicy takes a policy away. Clocks that run by it go on. Admins only.
func (s *Seat) RemovePolicy(ctx context.Context, name string) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "remove a policy"); err != nil {
			return err
		}
		p, err := policyNamed(w, name)
		if err != nil {
			return err
		}
		was, err := p.state(w)
		if err != nil {
			return err
		}
		all, err := w.Policies()
		if err != nil {
			return err
		}
		was.Place = 1 + slices.IndexFunc(all, func(o Policy) bool { return o.ID == p.ID })
		if err := w.RetirePolicy(p.Line); err != nil {
			return err
		}
		return w.Append(s.setup(EventPolicyRemoved, 0, state(was), nil))
	})
}

// The two words of [PolicyStarts], and of [PolicyStanding].
const (
	startsMail   = "first mail"
	startsTicket = "ticket"
	standingOn   = "on"
	standingOff  = "off"
)

// put changes terms as they are typed.
func (p *Policy) put(r Reader, s *Seat, terms map[PolicyKey]string) error {
	for _, key := range PolicyKeys() {
		value, asked := terms[key]
		if !asked {
			continue
		}
		var err error
		switch key {
		case PolicyFirst, PolicyNext, PolicySolved:
			err = p.putGoal(r, clockOf(key), value)
		case PolicyStarts:
			p.FromTicket, err = oneOfTwo(key, value, startsMail, startsTicket)
		case PolicyStanding:
			p.Off, err = oneOfTwo(key, value, standingOn, standingOff)
		default:
			err = p.putFor(r, s, key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func clockOf(key PolicyKey) ClockKind {
	return map[PolicyKey]ClockKind{PolicyFirst: ClockFirstResponse, PolicyNext: ClockNextResponse, PolicySolved: ClockResolution}[key]
}

// oneOfTwo reads one of two words; an empty value is the first.
func oneOfTwo(key PolicyKey, value, first, second string) (isSecond bool, err error) {
	switch FoldName(value) {
	case "", first:
		return false, nil
	case second:
		return true, nil
	default:
		return false, invalid("BAD_TERM", "It is "+first+" or "+second+".", "%q is nothing that %s can be.", Snippet(value, 40), key)
	}
}

func (p *Policy) putGoal(r Reader, k ClockKind, value string) error {
	p.Goals = slices.DeleteFunc(p.Goals, func(g Goal) bool { return g.Clock == k })
	if strings.TrimSpace(value) == "" {
		return nil
	}
	g, err := parseGoal(r, k, value)
	if err != nil {
		return err
	}
	p.Goals = append(p.Goals, g)
	slices.SortFunc(p.Goals, func(a, b Goal) int { return slices.Index(ClockKinds(), a.Clock) - slices.Index(ClockKinds(), b.Clock) })
	return nil
}

// putFor reads which tickets the policy is for: names with commas between.
func (p *Policy) putFor(r Reader, s *Seat, key PolicyKey, value string) error {
	f := &p.For
	switch key {
	case PolicyInboxes:
		f.Inboxes = nil
	case PolicyPriorities:
		f.Priorities = nil
	case PolicyTags:
		f.Tags = nil
	case PolicyPipelines:
		f.Pipelines = nil
	default:
		f.Companies = nil
	}
	for _, name := range strings.Split(value, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		switch key {
		case PolicyInboxes:
			in, err := s.mustSeeInbox(r, name)
			if err != nil {
				return err
			}
			if in.Kind == Personal {
				return conflict("PERSONAL_INBOX", "Name a shared inbox.", "%q is personal: there are no tickets and no goals in it.", in.Name)
			}
			f.Inboxes = append(f.Inboxes, in.ID)
		case PolicyPriorities:
			prio, err := ParsePriority(name)
			if err != nil {
				return err
			}
			f.Priorities = append(f.Priorities, prio)
		case PolicyTags:
			f.Tags = append(f.Tags, FoldName(name))
		case PolicyPipelines:
			p, err := pipelineNamed(r, name)
			if err != nil {
				return err
			}
			f.Pipelines = append(f.Pipelines, p.ID)
		default:
			co, err := r.CompanyByName(FoldName(name))
			if errors.Is(err, ErrNoRow) {
				return notFound("NO_SUCH_COMPANY", "See the companies with: postroom company list", "There is no company %q.", Snippet(name, 60))
			}
			if err != nil {
				return err
			}
			f.Companies = append(f.Companies, co.ID)
		}
	}
	return nil
}
