package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// One shared inbox goes into another (S289): its accounts with all their
// addresses, its conversations with all that is in them, its rules and routing.
// A conversation goes as by [Seat.Move]; what is different is that afterwards
// there is no inbox any more to which mail, old or new, could come: the
// accounts serve the other one as if they always had.
//
// It cannot be undone. What comes in afterwards answers mail of either inbox,
// and whose it would have been nobody knows. The way back is a new inbox to
// which the account is transferred and the tagged conversations are moved.

// mergePage is how many conversations are looked for at once.
const mergePage = 500

// InboxMerge is what merging an inbox into another one does, or in a
// [Rehearse] would do.
type InboxMerge struct {
	From, To Inbox
	// Tag is what all conversations of From get, as it is kept; empty for none.
	Tag string
	// Addresses are those of From's accounts, by account.
	Addresses []Address
	// Open and All are how many conversations there are in From; Tickets how
	// many of those that are open or snoozed are tickets.
	Open, All, Tickets int
	// Losing saw them and will not; Gaining will and did not.
	Losing, Gaining []User
	// Adrift are those who have open conversations and do not answer in To.
	Adrift []Adrift
	// Rules are the names of the rules that go along, Idle those of them that
	// are turned off, because To cannot have what they do.
	Rules []string
	Idle  []IdleRule
	// Routing is where the routing of From goes on.
	Routing []Use
	// Unrouted says that From's routing chooses people who may not answer in
	// To, so that To's counts.
	Unrouted bool
	// Policies are those that count for From and, in its place, for nothing.
	Policies []string
	// Untagged are how many conversations have as many tags as there can be.
	// Only known when it is done.
	Untagged int
}

// Adrift is somebody who loses open conversations, and how many.
type Adrift struct {
	User User
	Open int
}

// IdleRule is a rule that cannot do its work any more, and why.
type IdleRule struct{ Name, Why string }

// InboxesMerged is what the journal keeps of it, in both inboxes.
type InboxesMerged struct {
	From          string   `json:"from"`
	Into          string   `json:"into"`
	Addresses     []string `json:"addresses,omitempty"`
	Conversations int      `json:"conversations"`
	Rules         []string `json:"rules,omitempty"`
	Tag           string   `json:"tag,omitempty"`
}

// MergeInboxes brings all of a shared inbox into another one, and tags its
// conversations if tag is not empty. Who does it has to be allowed to configure
// both. In the context of [Rehearse] it only looks, and nobody has to wait.
func (s *Seat) MergeInboxes(ctx context.Context, from, into, tag string) (InboxMerge, error) {
	var m InboxMerge
	if strings.TrimSpace(tag) != "" {
		tags, err := ParseTags([]string{strings.TrimSpace(tag)})
		if err != nil {
			return m, err
		}
		tag = tags[0]
	}
	if Rehearsing(ctx) {
		err := s.d.store.Read(ctx, func(r Reader) error {
			p, err := s.planMerge(r, from, into, tag)
			m = p.InboxMerge
			return err
		})
		return m, err
	}
	err := s.write(ctx, func(w Writer) error {
		p, err := s.planMerge(w, from, into, tag)
		if err != nil {
			return err
		}
		if err := s.mergeInbox(w, &p); err != nil {
			return err
		}
		m = p.InboxMerge
		return nil
	})
	return m, err
}

// mergePlan is a merge with what it needs to be done.
type mergePlan struct {
	InboxMerge
	// rules are those that go along.
	rules []ruleMove
}

// planMerge finds out all that a merge means, or why it cannot be.
func (s *Seat) planMerge(r Reader, from, into, tag string) (mergePlan, error) {
	p := mergePlan{InboxMerge: InboxMerge{Tag: tag}}
	for _, side := range []struct {
		name string
		in   *Inbox
	}{{from, &p.From}, {into, &p.To}} {
		var err error
		if *side.in, err = s.mayIn(r, side.name, RightConfigure); err != nil {
			return p, err
		}
		if side.in.Kind != Shared {
			return p, conflict("PERSONAL", "Make it shared first with: postroom account convert ADDRESS --to shared", "%q is a personal inbox: only shared ones are merged.", side.in.Name)
		}
	}
	if p.From.ID == p.To.ID {
		return p, conflict("SAME_INBOX", "Name another inbox with --into.", "%q cannot go into itself.", p.From.Name)
	}
	for _, find := range []func(Reader) error{p.settled, p.addresses, p.access, func(r Reader) error { return p.counts(r, s.actor.User) }, func(r Reader) error { return p.findRules(s, r) }, p.routing, p.policies} {
		if err := find(r); err != nil {
			return p, err
		}
	}
	return p, nil
}

// settled refuses while mail is on its way out: the server of its account takes
// it, and where that belongs must not change meanwhile.
func (p *mergePlan) settled(r Reader) error {
	n, err := r.LeavingFrom(p.From.ID)
	if err == nil && n > 0 {
		return conflict("MAIL_WAITING", "Let it go out, or cancel it: postroom outbox list", "%d outgoing %s of %q not sent yet.", n, plural(n, "mail is", "mails are"), p.From.Name)
	}
	return err
}

func (p *mergePlan) addresses(r Reader) error {
	accounts, err := r.Accounts()
	if err != nil {
		return err
	}
	ours := map[AccountID]bool{}
	for _, a := range accounts {
		if a.Inbox != p.From.ID {
			continue
		}
		ours[a.ID] = true
		if err := mustBeSettled(r, a); err != nil {
			return err
		}
	}
	all, err := r.Addresses()
	for _, a := range all {
		if ours[a.Account] {
			p.Addresses = append(p.Addresses, a)
		}
	}
	return err
}

// access finds who loses and who gains by it, and which of those who answer in
// the one inbox and not in the other have something open.
func (p *mergePlan) access(r Reader) error {
	here, err := r.Members(p.From.ID)
	if err != nil {
		return err
	}
	there, err := r.Members(p.To.ID)
	if err != nil {
		return err
	}
	p.Losing, p.Gaining = without(here, there), without(there, here)
	users, err := r.Users()
	if err != nil {
		return err
	}
	for _, u := range users {
		if slices.ContainsFunc(there, func(m Member) bool { return m.ID == u.ID && m.Rights.Reply }) {
			continue
		}
		open, err := r.OpenOf(p.From.ID, u.ID)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			p.Adrift = append(p.Adrift, Adrift{u, len(open)})
		}
	}
	return nil
}

func (p *mergePlan) counts(r Reader, viewer UserID) error {
	counts, err := r.Counts(viewer)
	if err != nil {
		return err
	}
	n := counts[p.From.ID]
	p.Open, p.All = n.Open, n.Open+n.Snoozed+n.Closed+n.Spam+n.Trash
	plain, err := r.WithoutTicket(p.From.ID)
	p.Tickets = n.Open + n.Snoozed - len(plain)
	return err
}

// policies are those that name the inbox that goes.
func (p *mergePlan) policies(r Reader) error {
	all, err := r.Policies()
	for _, policy := range all {
		if !policy.Off && slices.Contains(policy.For.Inboxes, p.From.ID) {
			p.Policies = append(p.Policies, policy.Name)
		}
	}
	return err
}

// routing keeps for each address how its new conversations find somebody, as far
// as those it chooses among may answer in the other inbox.
func (p *mergePlan) routing(r Reader) error {
	uses, err := r.UsesOf(p.From.ID)
	if err != nil {
		return err
	}
	of := map[string]Routing{}
	for _, u := range uses {
		of[u.Address] = u.Routing
	}
	for _, a := range p.Addresses {
		folded := FoldAddress(a.Address)
		to, own := of[folded]
		if !own {
			to = of[""]
		}
		if to == 0 {
			continue
		}
		if st := to.Strategy(); st != 0 {
			outside, err := outsiders(r, p.To.ID, []Choice{{ToStrategy, int64(st)}})
			if err != nil {
				return err
			}
			if len(outside) > 0 {
				p.Unrouted = true
				continue
			}
		}
		p.Routing = append(p.Routing, Use{p.To.ID, folded, to})
	}
	return nil
}

// mergeInbox does what was planned.
func (s *Seat) mergeInbox(w Writer, p *mergePlan) error {
	moved, err := s.mergeConversations(w, p)
	if err != nil {
		return err
	}
	uses, err := w.UsesOf(p.From.ID)
	if err != nil {
		return err
	}
	if err := w.JoinInbox(p.From.ID, p.To.ID); err != nil {
		return err
	}
	for _, u := range uses {
		u.Routing = 0
		if err := w.SaveRouting(u); err != nil {
			return err
		}
	}
	for _, u := range p.Routing {
		if err := w.SaveRouting(u); err != nil {
			return err
		}
	}
	if err := s.mergeRules(w, p); err != nil {
		return err
	}
	kept := InboxesMerged{From: p.From.Name, Into: p.To.Name, Conversations: moved, Rules: p.Rules, Tag: p.Tag}
	for _, a := range p.Addresses {
		kept.Addresses = append(kept.Addresses, a.Address)
	}
	for _, in := range []InboxID{p.From.ID, p.To.ID} {
		if err := w.Append(s.event(EventInboxesMerged, in, 0, nil, state(kept))); err != nil {
			return err
		}
	}
	return nil
}

// mergeConversations moves all conversations, page by page, and says how many:
// each is gone from where the next page is looked for.
func (s *Seat) mergeConversations(w Writer, p *mergePlan) (moved int, err error) {
	t, err := tripOf(w, p.From, p.To, "")
	if err != nil {
		return 0, err
	}
	tags := map[string]json.RawMessage{}
	if err := w.RehomeAll(p.From.ID, p.To.ID); err != nil {
		return 0, err
	}
	for {
		some, err := w.SomeIn(p.From.ID, mergePage)
		if err != nil || len(some) == 0 {
			return moved, err
		}
		for _, c := range some {
			if c.JoinedTo != 0 {
				// All of it is in another one already; its row says where it was.
				c.Inbox = p.To.ID
			} else {
				moved++
				if err := s.bring(w, &c, p, t, tags); err != nil {
					return moved, err
				}
			}
			c.Version++
			if err := w.SaveConversation(c); err != nil {
				return moved, err
			}
		}
	}
}

// bring moves one conversation and tags it. seen keeps the states of tags
// that many conversations share.
func (s *Seat) bring(w Writer, c *Conversation, p *mergePlan, t trip, seen map[string]json.RawMessage) error {
	if p.Tag != "" && !slices.Contains(c.Tags, p.Tag) {
		after := retagged(c.Tags, []string{p.Tag}, nil)
		if len(after) > maxTags {
			p.Untagged++
		} else {
			if err := w.Append(s.event(EventTagged, p.To.ID, c.ID, shared(seen, c.Tags), shared(seen, after))); err != nil {
				return err
			}
			c.Tags = after
		}
	}
	return s.arrive(w, c, t)
}

// shared is the state of some tags, one for all that have the same.
func shared(seen map[string]json.RawMessage, tags []string) json.RawMessage {
	key := strings.Join(tags, " ")
	if _, ok := seen[key]; !ok {
		seen[key] = state(tags)
	}
	return seen[key]
}
